"""The linear relaxation of the reduced program: rows and cuts added until neither is violated, and a dive from it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Instance, Integers
from engine.solve.bridge import Answer, Basis, Solver, Status
from engine.solve.cuts import Cut, as_rows, renewed, violated_cuts
from engine.solve.finished import some_tangents, violated_tangents
from engine.solve.places import OPEN, Held, Places, kept, taken
from engine.solve.pooled import PooledProgram, build_pooled, violated_limits, violated_rows
from engine.solve.risk_rows import violated_backlog
from engine.solve.start import PlanBasis

_ROUNDS = 12
# The same for rows, which the next round of cuts finds too, as a share of that and at least.
_GROWTH, _LEAST = 0.5, 1e-6
_WHOLE = 1e-6
_DIVES = 12
_WIDEST = 1.6
# Rows of a component that are held beyond those next to equality.
_MORE = 2


@dataclass(slots=True, kw_only=True)
class Rows:
    """Rows that matter and those held of them, and cuts found.

    Of the rows of (C4) few matter: one in forty on AdventureWorks, half the time of the relaxation.

    Parameters
    ----------
    tail : shape (C, W)
        Rows of (C3) whose samples have late units.
    tail_end : shape (C, W) or None
    held : Held
    cuts : list of Cut
    """

    tail: Booleans
    tail_end: Booleans | None
    held: Held = field(default_factory=Held)
    cuts: list[Cut] = field(default_factory=list)

    def build(self, instance: Instance, strategy: Integers) -> PooledProgram:
        """The program with these rows, without the cuts."""
        return build_pooled(instance, strategy, self.tail, self.tail_end, self.held)

    def widen(self, other: Rows) -> None:
        """Begin from what mattered to another: its samples too, unless they are many more, and the rows it held."""
        both = self.tail | other.tail
        if both.shape == self.tail.shape and both.sum() <= _WIDEST * self.tail.sum():
            self.tail = both
        if self.tail_end is not None and other.tail_end is not None:
            both = self.tail_end | other.tail_end
            if both.sum() <= _WIDEST * self.tail_end.sum():
                self.tail_end = both
        held, more = self.held, other.held
        for name in ("peak", "peak_end"):
            own, there = getattr(held, name), getattr(more, name)
            setattr(held, name, own if there is None else _with(own, there))
        if more.cover is not None and more.cover.shape == self.tail.shape:
            held.cover, held.cover_end = more.cover, more.cover_end
        if held.tangent is not None and more.tangent is not None:
            held.tangent = more.tangent

    def add(self, tail: Booleans, tail_end: Booleans | None) -> None:
        """Hold rows of (C3)."""
        held = self.held
        self.tail = self.tail | tail
        held.cover = None if held.cover is None else held.cover | tail
        if self.tail_end is not None and tail_end is not None:
            self.tail_end = self.tail_end | tail_end
            held.cover_end = None if held.cover_end is None else held.cover_end | tail_end

    def grow(self, instance: Instance, pooled: PooledProgram, values: Array) -> bool:
        """Add the rows that a solution violates; whether there were any."""
        held = self.held
        missing, missing_end = violated_rows(instance, pooled, values), None
        found = bool(missing.any())
        if self.tail_end is not None:
            missing_end = violated_rows(instance, pooled, values, end=True)
            over = violated_limits(instance, pooled, values, end=True)
            held.peak_end = _with(held.peak_end, over)
            found = found or bool(missing_end.any() or over.any())
        self.add(missing, missing_end)
        if held.backlog is not None:
            short = violated_backlog(instance, pooled.place, values)
            held.backlog = held.backlog | short
            found = found or bool(short.any())
        if held.tangent is not None:
            short = violated_tangents(instance, pooled.place, values)
            held.tangent = held.tangent | short
            found = found or bool(short.any())
        over = violated_limits(instance, pooled, values)
        held.peak = _with(held.peak, over)
        return found or bool(over.any())

    def thin(self, place: Places, slack: Array) -> None:
        """Hold only the rows that hold with equality at a solution, and as many of the next.

        Parameters
        ----------
        place : Places
        slack : shape (rows,)
            How far each row is from holding with equality, zero where it does.
        """
        held = self.held
        held.cover = _nearest_rows(place.cover, slack)
        if self.tail_end is not None:
            held.cover_end = _nearest_rows(place.cover_end, slack)
        if held.backlog is not None:
            held.backlog = _nearest_rows(place.backlog_rows, slack)
        if held.tangent is not None:
            # Levels move far between what-ifs: some of all are held at any time.
            held.tangent = _nearest_rows(place.tangents, slack) | some_tangents(place.tangents.shape)


def _with(own: Booleans | None, more: Booleans) -> Booleans:
    return more if own is None else own | more


def _nearest_rows(rows: Integers, slack: Array) -> Booleans:
    """Of the rows of each component or product those with equality, as many of the next, and some more."""
    far = np.where(rows >= 0, np.append(slack, np.inf)[rows], np.inf)
    count = 2 * (far <= 0.0).sum(axis=1) + _MORE
    nearest = np.argsort(far, axis=1, kind="stable")
    wanted = np.zeros(rows.shape, dtype=bool)
    np.put_along_axis(wanted, nearest, np.arange(rows.shape[1]) < count[:, None], axis=1)
    return wanted & (rows >= 0)


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
    cuts : list of Cut, optional
        Of the same products with other numbers: their recipes are renewed.
    plan : PlanBasis, optional
        Of the same instance: where the first solve starts.
    enough : float
        A bound that does: no rows are added beyond it.
    little : float
        A round of cuts that lifts the bound by less than this share of it was the last.
    """

    def __init__(
        self,
        instance: Instance,
        strategy: Integers,
        rows: Rows,
        *,
        deadline: float | None = None,
        allowed: Booleans | None = None,
        cuts: list[Cut] | None = None,
        plan: PlanBasis | None = None,
        enough: float = np.inf,
        little: float = 2e-6,
    ) -> None:
        self.instance, self.strategy, self.rows, self.deadline = instance, strategy, rows, deadline
        self.enough, self.little = enough, little
        self._held: tuple[Integers, Integers, Array, Array] | None = None
        self.pooled, self.solver = self._program()
        if allowed is not None:
            product, choice = np.nonzero(self.pooled.x >= 0)
            left = allowed[product, choice].astype(np.float64)
            self.hold(product, choice, np.zeros(len(left)), left)
        fresh = [cut for cut in renewed(cuts or [], instance, self.pooled) if cut is not None]
        if fresh:
            self.solver.add_rows(*as_rows(fresh, self.pooled))
            self.rows.cuts += fresh
        if plan is not None:
            plan.continue_in(self.solver, self.pooled.place, len(instance.components))
        self.answer: Answer = self.solver.solve(time_limit=self._left(), enough=enough)

    def keep_what_matters(self) -> bool:
        """Leave the rows and cuts that matter at the end of the last solve to whoever asks next; False without a basis.

        Rows that hold with equality and as many of the next, and the cuts that hold with equality.
        """
        basis = self.solver.basis()
        if basis is None:
            return False
        basic, count = basis.basic_rows(), self.pooled.place.row_count
        over = np.maximum(self.solver.row_values()[:count] - self.pooled.program.row_low, 1e-12)
        self.rows.thin(self.pooled.place, np.where(basic[:count], over, 0.0))
        self.rows.cuts = [self.rows.cuts[k] for k in np.flatnonzero(~basic[count:]).tolist()]
        return True

    def thin(self) -> None:
        """Hold only the rows and cuts that matter at the last solution: every solve after it is far shorter."""
        basis, place = self.solver.basis(), self.pooled.place
        if basis is None:
            return
        basic = basis.basic_rows()
        values, program = self.solver.row_values(), self.pooled.program
        count = place.row_count
        slack = np.where(basic[:count], np.maximum(values[:count] - program.row_low, 1e-12), 0.0)
        self.rows.thin(place, slack)
        tight = np.flatnonzero(~basic[count:])
        self.rows.cuts = [self.rows.cuts[k] for k in tight.tolist()]
        self.pooled, self.solver = self._program()
        self._continue_from(place, basis, cuts=tight)
        if self._held is not None:
            self.hold(*self._held)

    def add_violated(self) -> bool:
        """Hold the rows that the last solution violates, and solve again; whether there were any."""
        if self.answer.values is None or not self.rows.grow(self.instance, self.pooled, self.answer.values):
            return False
        self._rebuild()
        return True

    def _program(self) -> tuple[PooledProgram, Solver]:
        pooled = self.rows.build(self.instance, self.strategy)
        solver = Solver(pooled.program, relax=True)
        if self.rows.cuts:
            solver.add_rows(*as_rows(self.rows.cuts, pooled))
        return pooled, solver

    def _rebuild(self) -> None:
        """Program and solver for the rows held now, from the last basis."""
        place, basis = self.pooled.place, self.solver.basis()
        cuts = np.arange(self.solver.rows - place.row_count, dtype=np.int64)
        self.pooled, self.solver = self._program()
        self._continue_from(place, basis, cuts=cuts)
        if self._held is not None:
            self.hold(*self._held)
        self.answer = self.solver.solve(time_limit=self._left(), enough=self.enough)

    def hold(self, product: Integers, choice: Integers, lower: Array, upper: Array) -> None:
        """Bound the shares of open strategies, until they are bounded again.

        Parameters
        ----------
        product, choice, lower, upper : shape (n,)
        """
        self._held = (product, choice, lower, upper)
        self.solver.set_bounds(self.pooled.x[product, choice], lower, upper)

    def resolve(self) -> Array | None:
        """Solve under the bounds held now; None where nothing is feasible, time is up or the bound does."""
        self.answer = self.solver.solve(time_limit=self._left(), enough=self.enough)
        return self.answer.values if self.solved else None

    def _continue_from(self, place: Places, basis: Basis | None, *, cuts: Integers) -> None:
        if basis is None:
            return
        now = self.pooled.place
        old_columns, new_columns, old_rows, new_rows = kept(place, now, len(self.instance.components))
        rows = (
            np.concatenate([old_rows, place.row_count + cuts]),
            np.concatenate([new_rows, now.row_count + np.arange(len(cuts))]),
        )
        self.solver.continue_from(basis, (old_columns, new_columns), rows)

    def grow(self) -> bool:
        """Add rows of (C3) and (C4) while some are violated and that lifts the bound; whether there were any."""
        grown, before = False, -np.inf
        while self.solved and self.answer.values is not None and not self.out_of_time:
            now = self.answer.objective
            if now >= self.enough or now - before < max(_GROWTH * self.little, _LEAST) * abs(now):
                break
            before = now
            if not self.add_violated():
                break
            grown = True
        return grown

    @property
    def solved(self) -> bool:
        """Whether the last solve came to its end with a solution."""
        return self.answer.status is Status.OPTIMAL and self.answer.values is not None

    @property
    def bound(self) -> float:
        """Proven lower bound of the program with all rows; -inf where the last solve proved nothing."""
        if self.answer.status is Status.ENOUGH:
            return self.answer.bound
        return self.answer.objective if self.solved else -np.inf

    def tighten(self, rounds: int = _ROUNDS) -> None:
        """Add cuts, and the rows that the solution then violates, while they lift the bound."""
        for _ in range(rounds):
            before = self.answer.objective
            self.cut(rounds)
            if not self.grow() or not self.answer.objective - before >= self.little * abs(before):
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
                if self.answer.status is not Status.ENOUGH:
                    self.answer = before
                return
            if self.answer.objective - before.objective < self.little * abs(before.objective):
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
