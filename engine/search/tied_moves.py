"""Plans that differ in one product where finished stocks are tied: a few products are open in one warm program.

Under a budget (C7) or risk (C9) a move changes stocks everywhere, and nothing of a product can be decided beforehand.
The program of the plan with a few products open has all that their moves need; each move fixes their strategies anew,
so that the plan's basis stays dual feasible and the dual simplex needs few steps.
"""

from __future__ import annotations

import numpy as np

from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.program.deadline import NEVER, Deadline
from engine.program.highs import Solution, Solver, SolveStatus
from engine.program.numbering import OPEN, HeldRows, carried_over
from engine.program.reduced import TAIL, build_pooled, tail_rows, tail_rows_next_to, violated_rows
from engine.program.tangents import solve_with_tangents
from engine.search.evaluator import PooledEvaluator, Priced, above_envelope
from engine.search.start import PlanBasis

# Products open in one program: with more of them every step takes longer, with fewer more programs are built.
_AT_ONCE = 6


class TiedMoves:
    """Costs of the plans next to one plan.

    Parameters
    ----------
    instance : Instance
        With finished stock open.
    strategy : shape (I,)
        Of the plan.
    products : list of int
        Whose moves will be asked for, in this order.
    evaluator : PooledEvaluator
        Of the instance; the rows and the basis that it knows are begun with.
    deadline : Deadline
    """

    def __init__(
        self, instance: Instance, strategy: Integers, products: list[int], evaluator: PooledEvaluator, *,
        deadline: Deadline = NEVER,
    ) -> None:
        self.instance, self.strategy, self.evaluator, self.deadline = instance, strategy, evaluator, deadline
        may = [i for i in dict.fromkeys(products) if instance.allowed[i, strategy[i]]]
        self.bundle = {i: at // _AT_ONCE for at, i in enumerate(may)}
        self.open: tuple[int, _OpenProducts] | None = None

    @property
    def priced(self) -> Priced | None:
        """The prices of the last move whose cost was known."""
        return None if self.open is None else self.open[1].priced

    def cost(self, i: int, k: int) -> float | None:
        """Objective after product i alone moves to k; inf where rules break, None where it is not known exactly."""
        if i not in self.bundle:
            return None
        number = self.bundle[i]
        if self.open is None or self.open[0] != number:
            self.open = number, self._opened([j for j, other in self.bundle.items() if other == number])
        return self.open[1].cost(i, k)

    def _opened(self, products: list[int]) -> _OpenProducts:
        """The program in which these are open, begun from what the last one has found."""
        plan, tangent = self.evaluator.plan, self.evaluator.known_tangent
        if self.open is not None:
            basis, held = self.open[1].begun_from()
            plan, tangent = basis or plan, None if tangent is None else tangent | held
        return _OpenProducts(
            self.instance, self.strategy, products, cover=self.evaluator.known, tangent=tangent, plan=plan,
            deadline=self.deadline,
        )  # fmt: skip


class _OpenProducts:
    """The program of a plan in which a few products are open, solved for the plan itself.

    Parameters
    ----------
    cover : shape (C, W)
        Rows of (C3) to hold beyond those of most demand.
    tangent : shape (I, W) or None
        Tangents of finished stock to begin with.
    plan : PlanBasis or None
        Where the first solve starts.
    """

    def __init__(
        self, instance: Instance, strategy: Integers, products: list[int], *, cover: Booleans,
        tangent: Booleans | None, plan: PlanBasis | None, deadline: Deadline,
    ) -> None:
        self.instance, self.strategy, self.deadline = instance, strategy, deadline
        opened = strategy.copy()
        opened[products] = OPEN
        tail = cover | tail_rows(instance, strategy, TAIL)
        tail |= tail_rows_next_to(instance, strategy == ATO, opened == OPEN, TAIL)
        self.pooled = build_pooled(instance, opened, tail, HeldRows(tangent=tangent))
        self.solver = Solver(self.pooled.program, relax=True)
        if plan is not None:
            self.solver.continue_from(plan.basis, *carried_over(plan.place, self.pooled.place))
        for i in products:
            self._fix(i, int(strategy[i]))
        self.solved = self._solve().status is SolveStatus.OPTIMAL
        self.basis, self.rows = self.solver.raw_basis(), self.solver.rows
        self.priced: Priced | None = None

    def cost(self, i: int, k: int) -> float | None:
        """As of `TiedMoves`, of one of the open products."""
        self.priced = None
        if not self.solved:
            return None
        self._fix(i, k)
        self._go_back()
        answer = self._solve()
        self._fix(i, int(self.strategy[i]))
        if answer.status is SolveStatus.INFEASIBLE:
            return float("inf")
        if answer.status is not SolveStatus.OPTIMAL or answer.values is None:
            return None
        if violated_rows(self.instance, self.pooled, answer.values).any():
            return None
        if answer.duals is not None:
            self.priced = Priced(place=self.pooled.place, duals=answer.duals)
        after = self.strategy.copy()
        after[i] = k
        return answer.objective + above_envelope(self.instance, self.pooled.place, after, answer.values)

    def begun_from(self) -> tuple[PlanBasis | None, Booleans]:
        """What another program of the same plan begins from: its basis, and the tangents held, shape (I, W)."""
        place = self.pooled.place
        self._go_back()
        basis = self.solver.basis() if self.solved else None
        plan = None if basis is None else PlanBasis(strategy=self.strategy, place=place, basis=basis)
        return plan, place.rows["tangents"] >= 0

    def _go_back(self) -> None:
        """Begin the next solve from the plan itself."""
        self.solver.go_back_to(self.basis, rows=self.rows)
        self.rows = self.solver.rows

    def _fix(self, i: int, k: int) -> None:
        """Let product i have strategy k."""
        x, late, solver = self.pooled.x[i], self.pooled.late[i], self.solver
        # x[i,j] = 1 for j = k, else 0
        one = (np.flatnonzero(x >= 0) == k).astype(np.float64)
        solver.set_bounds(x[x >= 0], one, one)
        # (C4) w_i <= P_i x[i,ATO]
        some = np.flatnonzero(late >= 0)
        if some.size:
            most = self.instance.edges.peak[i, some] * float(k == ATO)
            solver.set_bounds(late[some], np.zeros(len(some)), most)

    def _solve(self) -> Solution:
        return solve_with_tangents(self.instance, self.pooled.place, self.solver, deadline=self.deadline)
