"""The linear relaxation of the reduced program: rows and cuts added until neither is violated, and a dive from it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Instance, Integers
from engine.solve.bridge import Answer, Basis, Solver, Status
from engine.solve.cuts import Cut, as_rows, renewed, violated_cuts
from engine.solve.places import COLUMNS, OPEN, ROWS, Places, kept, taken
from engine.solve.pooled import PooledProgram, build_pooled, violated_limits, violated_rows

_ROUNDS = 12
# A round of cuts that lifts the bound by less than this share of it was the last.
_LIFT = 2e-6
_WHOLE = 1e-6
_DIVES = 12
_WIDEST = 1.6


@dataclass(slots=True, kw_only=True)
class Rows:
    """Rows of (C3) and (C4) that are held, and cuts found; they only grow.

    Of the rows of (C4) few matter: one in forty on AdventureWorks, half the time of the relaxation.

    Parameters
    ----------
    tail : shape (C, W)
    tail_end : shape (C, W) or None
    peak, peak_end : shape (I, W) or None
        None holds none.
    cuts : list of Cut
    """

    tail: Booleans
    tail_end: Booleans | None
    peak: Booleans | None = None
    peak_end: Booleans | None = None
    cuts: list[Cut] = field(default_factory=list)

    def build(self, instance: Instance, strategy: Integers, *, every_tangent: bool = False) -> PooledProgram:
        """The program with these rows, without the cuts."""
        return build_pooled(
            instance, strategy, self.tail, self.tail_end, peak=self.peak, peak_end=self.peak_end,
            every_tangent=every_tangent,
        )  # fmt: skip

    def widen(self, other: Rows) -> None:
        """Hold the other's rows too, unless they are many more than these."""
        both = self.tail | other.tail
        if both.shape == self.tail.shape and both.sum() <= _WIDEST * self.tail.sum():
            self.tail = both
        if self.tail_end is not None and other.tail_end is not None:
            both = self.tail_end | other.tail_end
            if both.sum() <= _WIDEST * self.tail_end.sum():
                self.tail_end = both
        if other.peak is not None:
            self.peak = other.peak if self.peak is None else self.peak | other.peak
        if other.peak_end is not None:
            self.peak_end = other.peak_end if self.peak_end is None else self.peak_end | other.peak_end

    def grow(self, instance: Instance, pooled: PooledProgram, values: Array) -> bool:
        """Add the rows that a solution violates; whether there were any."""
        missing = violated_rows(instance, pooled, values)
        self.tail = self.tail | missing
        found = bool(missing.any())
        if self.tail_end is not None:
            missing_end = violated_rows(instance, pooled, values, end=True)
            self.tail_end = self.tail_end | missing_end
            found = found or bool(missing_end.any())
            over_end = violated_limits(instance, pooled, values, end=True)
            self.peak_end = over_end if self.peak_end is None else self.peak_end | over_end
            found = found or bool(over_end.any())
        over = violated_limits(instance, pooled, values)
        self.peak = over if self.peak is None else self.peak | over
        return found or bool(over.any())


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """Where a relaxation ended, for the next one to start from.

    Parameters
    ----------
    place : Places
    basis : Basis
        Its rows are those of `place`, then the cuts.
    cuts : list of Cut
        Those that hold with equality.
    """

    place: Places
    basis: Basis
    cuts: list[Cut]


class Relaxation:
    """A relaxation with its program, kept warm.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
        Decided strategies, `OPEN` elsewhere.
    rows : Rows
        Shared with whoever asks next.
    deadline : float, optional
    allowed : shape (I, 3), optional
        Bounds on the strategies, where less is left than the instance allows.
    after : Remembered, optional
        Of the same products with other numbers: its basis and its cuts are the start where rows and columns fit.
    """

    def __init__(
        self,
        instance: Instance,
        strategy: Integers,
        rows: Rows,
        *,
        deadline: float | None = None,
        allowed: Booleans | None = None,
        after: Remembered | None = None,
    ) -> None:
        self.instance, self.strategy, self.rows, self.deadline = instance, strategy, rows, deadline
        self._held: tuple[Integers, Integers, Array, Array] | None = None
        self.pooled, self.solver = self._program()
        if allowed is not None:
            product, choice = np.nonzero(self.pooled.x >= 0)
            left = allowed[product, choice].astype(np.float64)
            self.hold(product, choice, np.zeros(len(left)), left)
        if after is not None and self._fits(after.place):
            self._take_over(after)
        self.answer: Answer = self.solver.solve(time_limit=self._left())
        self._grow()

    def remember(self) -> Remembered | None:
        """Where the last solve ended; None where there is no basis."""
        basis = self.solver.basis()
        if basis is None:
            return None
        count = self.pooled.place.row_count
        tight = np.flatnonzero(~basis.basic_rows()[count:])
        rows = np.concatenate([basis.rows[:count], basis.rows[count + tight]])
        return Remembered(
            place=self.pooled.place, basis=Basis(columns=basis.columns, rows=rows),
            cuts=[self.rows.cuts[k] for k in tight.tolist()],
        )  # fmt: skip

    def _take_over(self, after: Remembered) -> None:
        """Start from where another ended, its cuts renewed for the numbers here."""
        fresh = renewed(after.cuts, self.instance, self.pooled)
        alive = np.array([k for k, cut in enumerate(fresh) if cut is not None], dtype=np.int64)
        cuts = [cut for cut in fresh if cut is not None]
        before = len(self.rows.cuts)
        if cuts:
            self.solver.add_rows(*as_rows(cuts, self.pooled))
            self.rows.cuts += cuts
        self._continue_from(after.place, after.basis, alive, before + np.arange(len(cuts)))

    def _fits(self, old: Places) -> bool:
        """Whether every row and column of the other is here."""
        new = self.pooled.place
        same = old.x.shape == new.x.shape and bool(((old.x >= 0) == (new.x >= 0)).all())
        if not same or not np.array_equal(old.strategy, new.strategy) or old.tangents.shape != new.tangents.shape:
            return False
        pairs = [(getattr(old, name), getattr(new, name)) for name in (*COLUMNS, *ROWS)]
        return all(a.shape == b.shape and not ((a >= 0) & (b < 0)).any() for a, b in pairs)

    def _program(self) -> tuple[PooledProgram, Solver]:
        pooled = self.rows.build(self.instance, self.strategy)
        solver = Solver(pooled.program, relax=True)
        if self.rows.cuts:
            solver.add_rows(*as_rows(self.rows.cuts, pooled))
        return pooled, solver

    def _rebuild(self) -> None:
        """Program and solver for the rows held now, from the last basis."""
        place, basis, cuts = self.pooled.place, self.solver.basis(), self.solver.rows - self.pooled.place.row_count
        self.pooled, self.solver = self._program()
        same = np.arange(cuts, dtype=np.int64)
        self._continue_from(place, basis, same, same)
        if self._held is not None:
            self.hold(*self._held)
        self.answer = self.solver.solve(time_limit=self._left())

    def hold(self, product: Integers, choice: Integers, lower: Array, upper: Array) -> None:
        """Bound the shares of open strategies, until they are bounded again.

        Parameters
        ----------
        product, choice, lower, upper : shape (n,)
        """
        self._held = (product, choice, lower, upper)
        self.solver.set_bounds(self.pooled.x[product, choice], lower, upper)

    def resolve(self) -> Array | None:
        """Solve under the bounds held now; None where nothing is feasible or time is up."""
        self.answer = self.solver.solve(time_limit=self._left())
        return self.answer.values if self.solved else None

    def _continue_from(self, place: Places, basis: Basis | None, cuts: Integers, new_cuts: Integers) -> None:
        """Take over a basis; `cuts` are numbers of cuts there, `new_cuts` the same ones here."""
        if basis is None:
            return
        now = self.pooled.place
        old_columns, new_columns, old_rows, new_rows = kept(place, now, len(self.instance.components))
        rows = (
            np.concatenate([old_rows, place.row_count + cuts]), np.concatenate([new_rows, now.row_count + new_cuts])
        )  # fmt: skip
        self.solver.continue_from(basis, (old_columns, new_columns), rows)

    def _grow(self) -> bool:
        """Add rows of (C3) until none is violated; whether there were any."""
        grown = False
        while self.solved and self.answer.values is not None and not self.out_of_time:
            if not self.rows.grow(self.instance, self.pooled, self.answer.values):
                break
            self._rebuild()
            grown = True
        return grown

    @property
    def solved(self) -> bool:
        """Whether the last solve came to its end with a solution."""
        return self.answer.status is Status.OPTIMAL and self.answer.values is not None

    def tighten(self, rounds: int = _ROUNDS) -> None:
        """Add cuts, and the rows that the solution then violates, while they lift the bound."""
        for _ in range(rounds):
            before = self.answer.objective
            self.cut(rounds)
            if not self._grow() or self.answer.objective - before < _LIFT * abs(before):
                return

    def cut(self, rounds: int = _ROUNDS) -> None:
        """Add cuts while they lift the bound; rows left out stay out."""
        for _ in range(rounds):
            if not self.solved or self.answer.values is None or self.out_of_time:
                return
            found = violated_cuts(self.instance, self.pooled, self.answer.values)
            if not found:
                return
            self.solver.add_rows(*as_rows(found, self.pooled))
            self.rows.cuts += found
            before = self.answer
            if self.resolve() is None:
                self.answer = before
                return
            if self.answer.objective - before.objective < _LIFT * abs(before.objective):
                return

    def rounded(self) -> Integers:
        """The strategy with the largest share of each product, shape (I,)."""
        return self._nearest(self.answer.values)

    def dive(self) -> Integers | None:
        """Decide the products one after another where the relaxation is surest; None where that leads nowhere."""
        if self.answer.values is None:
            return None
        places = self.pooled.x
        lower, upper = self.pooled.program.lower, self.pooled.program.upper
        values: Array | None = self.answer.values
        taken_up: list[np.ndarray] = []
        for _ in range(_DIVES):
            if values is None or self.out_of_time:
                break
            share = np.where(places >= 0, taken(values, places), 0.0)
            surest = share.max(axis=1)
            split = np.flatnonzero((self.strategy == OPEN) & (surest < 1.0 - _WHOLE))
            if not split.size:
                break
            # The surest third at a time, and with them what is whole by now.
            count = max(1, len(split) // 3)
            cut = np.sort(surest[split])[::-1][count - 1]
            rows = np.flatnonzero((self.strategy == OPEN) & (surest >= cut))
            chosen = places[rows, np.argmax(share[rows], axis=1)]
            self.solver.set_bounds(chosen, np.ones(len(chosen)), np.ones(len(chosen)))
            taken_up.append(chosen)
            values = self.solver.solve(time_limit=self._left()).values
        for chosen in taken_up:
            self.solver.set_bounds(chosen, lower[chosen], upper[chosen])
        return None if values is None else self._nearest(values)

    def reduced_costs(self) -> Array:
        """Reduced costs of the open strategies, shape (I, 3), zero elsewhere."""
        if self.answer.reduced is None:
            return np.zeros(self.pooled.x.shape)
        return taken(self.answer.reduced, self.pooled.x)

    def _nearest(self, values: Array | None) -> Integers:
        share = np.where(self.pooled.x >= 0, taken(values, self.pooled.x) if values is not None else 0.0, -1.0)
        return np.where(self.strategy == OPEN, np.argmax(share, axis=1), self.strategy)

    def _left(self) -> float | None:
        return None if self.deadline is None else max(self.deadline - time.perf_counter(), 0.01)

    @property
    def out_of_time(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and time.perf_counter() >= self.deadline
