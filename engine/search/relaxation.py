"""The linear relaxation of the reduced program: rows and cuts added until neither is violated, and a dive from it."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Instance, Integers
from engine.program.deadline import NEVER, Deadline
from engine.program.highs import Basis, Solution, Solver, SolveStatus
from engine.program.numbering import OPEN, carried_over, taken
from engine.program.reduced import PooledProgram
from engine.search.cheapest import nearest
from engine.search.cuts.families import Cut, as_rows, renewed, violated_cuts
from engine.search.held_rows import RowPool
from engine.search.start import PlanBasis

_ROUNDS = 12
# A round of rows that lifts the bound by less than this share of what counts as little for cuts was the last: the next
# round of cuts finds them too. And the least such lift.
_GROWTH, _LEAST = 0.5, 1e-6
_WHOLE = 1e-6
_DIVES = 12


class Relaxation:
    """A relaxation with its program, kept warm.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
        Decided strategies, `OPEN` elsewhere.
    rows : RowPool
        Shared with whoever asks next.
    deadline : Deadline
    allowed : shape (I, 3), optional
        Bounds on the strategies, where less is left than the instance allows.
    cuts : list of Cut, optional
        Of the same products with other numbers: their recipes are renewed.
    plan : PlanBasis, optional
        Of the same instance: where the first solve starts.
    repriced : bool
        The plan was the best under other costs.
    enough : float
        A bound that does: no rows are added beyond it.
    little : float
        A round of cuts that lifts the bound by less than this share of it was the last.
    """

    def __init__(
        self,
        instance: Instance,
        strategy: Integers,
        rows: RowPool,
        *,
        deadline: Deadline = NEVER,
        allowed: Booleans | None = None,
        cuts: list[Cut] | None = None,
        plan: PlanBasis | None = None,
        repriced: bool = False,
        enough: float = np.inf,
        little: float = 2e-6,
    ) -> None:
        self.instance, self.strategy, self.rows, self.deadline = instance, strategy, rows, deadline
        self.enough, self.little = enough, little
        self._held: tuple[Integers, Integers, Array, Array] | None = None
        self.pooled, self.solver = self._program()
        if allowed is not None:
            product, choice = np.nonzero(self.pooled.x >= 0)
            upper = allowed[product, choice].astype(np.float64)
            self.hold(product, choice, np.zeros(len(upper)), upper)
        fresh = [cut for cut in renewed(cuts or [], instance, self.pooled) if cut is not None]
        if fresh:
            self.solver.add_rows(*as_rows(fresh, self.pooled))
            self.rows.cuts += fresh
        if plan is not None:
            plan.continue_in(self.solver, self.pooled.place)
        self.answer: Solution = self.solver.solve(
            time_limit=self.deadline.left(), enough=enough, feasible=repriced
        )

    def keep_what_matters(self) -> tuple[Basis, Integers] | None:
        """Leave the rows and cuts that matter at the end of the last solve to whoever asks next; None without a basis.

        Rows that hold with equality and as many of the next, and the cuts that hold with equality.

        Returns
        -------
        basis : Basis
        cuts : shape (n,)
            Places of the cuts that are kept.
        """
        basis = self.solver.basis()
        if basis is None:
            return None
        basic, count = basis.basic_rows(), self.pooled.place.row_count
        over = np.maximum(self.solver.row_values()[:count] - self.pooled.program.row_low, 1e-12)
        self.rows.thin(self.pooled.place, np.where(basic[:count], over, 0.0))
        tight = np.flatnonzero(~basic[count:])
        self.rows.cuts = [self.rows.cuts[k] for k in tight.tolist()]
        return basis, tight

    def thin(self) -> None:
        """Hold only the rows and cuts that matter at the last solution: every solve after it is far shorter."""
        kept = self.keep_what_matters()
        if kept is not None:
            self._rebuild(*kept)

    def add_violated(self) -> bool:
        """Hold the rows that the last solution violates, and solve again; whether there were any."""
        if self.answer.values is None or not self.rows.grow(self.instance, self.pooled, self.answer.values):
            return False
        every = np.arange(self.solver.rows - self.pooled.place.row_count, dtype=np.int64)
        self._rebuild(self.solver.basis(), every)
        self.answer = self.solver.solve(time_limit=self.deadline.left(), enough=self.enough)
        return True

    def _program(self) -> tuple[PooledProgram, Solver]:
        pooled = self.rows.build(self.instance, self.strategy)
        solver = Solver(pooled.program, relax=True)
        if self.rows.cuts:
            solver.add_rows(*as_rows(self.rows.cuts, pooled))
        return pooled, solver

    def _rebuild(self, basis: Basis | None, cuts: Integers) -> None:
        """Program and solver for the rows and cuts held now, from the last basis; the cuts by their places in it."""
        before = self.pooled.place
        self.pooled, self.solver = self._program()
        if basis is not None:
            now = self.pooled.place
            columns, (old, new) = carried_over(before, now)
            old = np.concatenate([old, before.row_count + cuts])
            new = np.concatenate([new, now.row_count + np.arange(len(cuts))])
            self.solver.continue_from(basis, columns, (old, new))
        if self._held is not None:
            self.hold(*self._held)

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
        self.answer = self.solver.solve(time_limit=self.deadline.left(), enough=self.enough)
        return self.answer.values if self.solved else None

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
        return self.answer.status is SolveStatus.OPTIMAL and self.answer.values is not None

    @property
    def bound(self) -> float:
        """Proven lower bound of the program with all rows; -inf where the last solve proved nothing."""
        if self.answer.status is SolveStatus.ENOUGH:
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
            cuts = violated_cuts(self.instance, self.pooled, self.answer.values)
            if not cuts:
                return
            self.solver.add_rows(*as_rows(cuts, self.pooled))
            self.rows.cuts += cuts
            before = self.answer
            if self.resolve() is None:
                if self.answer.status is not SolveStatus.ENOUGH:
                    self.answer = before
                return
            if self.answer.objective - before.objective < self.little * abs(before.objective):
                return

    def rounded(self) -> Integers:
        """The strategies of the largest shares that keep the rules over strategies, shape (I,)."""
        return nearest(self.instance, self.pooled, self.answer.values)

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
            share = taken(values, places)
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
            values = self.solver.solve(time_limit=self.deadline.left()).values
        for chosen in taken_up:
            self.solver.set_bounds(chosen, lower[chosen], upper[chosen])
        return None if values is None else nearest(self.instance, self.pooled, values)

    def reduced_costs(self) -> Array:
        """Reduced costs of the open strategies, shape (I, 3), zero elsewhere."""
        if self.answer.reduced is None:
            return np.zeros(self.pooled.x.shape)
        return taken(self.answer.reduced, self.pooled.x)

    @property
    def out_of_time(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline.passed()
