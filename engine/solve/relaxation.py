"""The linear relaxation of the reduced program: rows and cuts added until neither is violated, and a dive from it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Instance, Integers
from engine.solve.bridge import Answer, Basis, Solver, Status
from engine.solve.places import COLUMNS, OPEN, ROWS, Places, kept, taken
from engine.solve.pooled import PooledProgram, build_pooled, violated_rows
from engine.solve.rounding import Cut, as_rows, hours_cuts, pair_cuts

_ROUNDS = 12
# A round of cuts that lifts the bound by less than this share of it was the last.
_LIFT = 2e-6
_WHOLE = 1e-6
_DIVES = 12
_WIDEST = 1.6


@dataclass(slots=True, kw_only=True)
class Rows:
    """Rows of (C3) that are held, and cuts found; they only grow.

    Parameters
    ----------
    tail : shape (C, W)
    tail_end : shape (C, W) or None
    cuts : list of Cut
    """

    tail: Booleans
    tail_end: Booleans | None
    cuts: list[Cut] = field(default_factory=list)

    def widen(self, other: Rows) -> None:
        """Hold the other's rows too, unless they are many more than these."""
        both = self.tail | other.tail
        if both.shape == self.tail.shape and both.sum() <= _WIDEST * self.tail.sum():
            self.tail = both
        if self.tail_end is not None and other.tail_end is not None:
            both = self.tail_end | other.tail_end
            if both.sum() <= _WIDEST * self.tail_end.sum():
                self.tail_end = both

    def grow(self, instance: Instance, pooled: PooledProgram, values: Array) -> bool:
        """Add the rows that a solution violates; whether there were any."""
        missing = violated_rows(instance, pooled, values)
        self.tail = self.tail | missing
        found = bool(missing.any())
        if self.tail_end is not None:
            missing_end = violated_rows(instance, pooled, values, end=True)
            self.tail_end = self.tail_end | missing_end
            found = found or bool(missing_end.any())
        return found


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
    after : Relaxation, optional
        Of the same products with other numbers: its basis is the start where rows and columns fit.
    """

    def __init__(
        self,
        instance: Instance,
        strategy: Integers,
        rows: Rows,
        *,
        deadline: float | None = None,
        allowed: Booleans | None = None,
        after: Relaxation | None = None,
    ) -> None:
        self.instance, self.strategy, self.rows, self.deadline = instance, strategy, rows, deadline
        self._held: tuple[Integers, Integers, Array, Array] | None = None
        self.plain: tuple[Places, Basis | None]
        self.pooled, self.solver = self._program()
        if allowed is not None:
            product, choice = np.nonzero(self.pooled.x >= 0)
            left = allowed[product, choice].astype(np.float64)
            self.hold(product, choice, np.zeros(len(left)), left)
        if after is not None and self._fits(after):
            self._continue_from(*after.plain, cuts=0)
        self.answer: Answer = self.solver.solve(time_limit=self._left())
        self._grow()
        # Cuts are of these numbers alone; who comes next starts from what was before them.
        self.plain = (self.pooled.place, self.solver.basis())

    def _fits(self, after: Relaxation) -> bool:
        """Whether every row and column of the other is here."""
        old, new = after.plain[0], self.pooled.place
        same = old.x.shape == new.x.shape and bool(((old.x >= 0) == (new.x >= 0)).all())
        if not same or not np.array_equal(old.strategy, new.strategy) or old.tangents.shape != new.tangents.shape:
            return False
        pairs = [(getattr(old, name), getattr(new, name)) for name in (*COLUMNS, *ROWS)]
        return all(a.shape == b.shape and not ((a >= 0) & (b < 0)).any() for a, b in pairs)

    def _program(self) -> tuple[PooledProgram, Solver]:
        pooled = build_pooled(self.instance, self.strategy, self.rows.tail, self.rows.tail_end)
        solver = Solver(pooled.program, relax=True)
        if self.rows.cuts:
            solver.add_rows(*as_rows(self.rows.cuts, pooled))
        return pooled, solver

    def _rebuild(self) -> None:
        """Program and solver for the rows held now, from the last basis."""
        place, basis, cuts = self.pooled.place, self.solver.basis(), self.solver.rows - self.pooled.place.row_count
        self.pooled, self.solver = self._program()
        self._continue_from(place, basis, cuts=cuts)
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

    def _continue_from(self, place: Places, basis: Basis | None, *, cuts: int) -> None:
        if basis is None:
            return
        now = self.pooled.place
        old_columns, new_columns, old_rows, new_rows = kept(place, now, len(self.instance.components))
        more = np.arange(cuts, dtype=np.int64)
        rows = (np.concatenate([old_rows, place.row_count + more]), np.concatenate([new_rows, now.row_count + more]))
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
            found: list[Cut] = [*pair_cuts(self.instance, self.pooled, self.answer.values)]
            found += hours_cuts(self.instance, self.pooled, self.answer.values)
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
