"""A large group decided block by block: the parts that cross are priced, and plan and bound are those of the whole.

The relaxation of a whole group takes the simplex method steps in proportion to its products, and each step longer as
well. Blocks take as long as there are products. What their sum misses is what the prices miss at the borders:

1. plans of the blocks, put together, are a plan of the whole; one program of decided strategies has its stocks, prices
2. the products beside a border, relaxed by themselves, tell what its parts are worth where strategies are open
3. blocks at these prices, relaxed and tightened, give a bound of the whole (`PricedRows`) and strategies of a next plan

A plan that is not proven by then begins the search of the whole, which ends in any case.
"""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.program.block_basis import Places, carried_into, joined_basis
from engine.program.deadline import Deadline, Log
from engine.program.highs import Solver, SolveStatus
from engine.program.numbering import OPEN, HeldRows, Numbering, open_strategies
from engine.program.reduced import tail_rows
from engine.search.blocks import SIZE, Blocks, cut_in_blocks
from engine.search.branch_and_cut import FIRST_TAIL, LITTLE, NOWHERE, PooledSearch, Search
from engine.search.evaluator import PooledEvaluator, Priced
from engine.search.held_rows import RowPool, nearest_rows
from engine.search.priced_rows import PricedRows, affordable, cost_of_crossing, plan_prices
from engine.search.recourse import Recourse, on_hand_parts
from engine.search.relaxation import Relaxation
from engine.search.start import PlanBasis, likely_strategies

# Products from which on blocks are quicker: 3,400 take half of the time or less, 1,700 as long.
SMALLEST = 2000
# Share of the parts in use that may cross: each is priced, and what its price misses is in the gap.
_MOST_CROSSING = 0.15
# Samples with most demand for a crossing part whose rows the first program of the whole holds.
_CROSSING_TAIL = 0.05
_ROUNDS = 2
_HELD = 1e-9


def search_group(
    instance: Instance, *, gap: float, deadline: Deadline, log: Log, start: Integers | None = None,
    smallest: int = SMALLEST, size: int = SIZE,
) -> Search:  # fmt: skip
    """Search one group: whole, or in blocks where it is large and few parts cross.

    Parameters
    ----------
    instance : Instance
        Of one group, finished stock decided.
    gap, deadline, log, start
        As of `engine.search.groups.search_whole`.
    smallest, size : int
        Products from which on a group is cut, and of a block.
    """
    search = PooledSearch(instance, gap=gap, deadline=deadline, log=log, start=start)
    blocks = _blocks_of(instance, smallest, size)
    if blocks is None or not (search.strategy == OPEN).any():
        return search.run()
    found = Decomposition(instance, blocks, gap=gap, deadline=deadline, log=log, start=start).run()
    if found.status is not SolveStatus.TIME_LIMIT or deadline.passed():
        return found
    search.bound = found.bound
    search.start = start if found.best is None else found.best.strategy
    return search.run()


def _blocks_of(instance: Instance, smallest: int, size: int) -> Blocks | None:
    """Blocks of a group that is large enough; None where something but parts ties it, or many parts cross."""
    tied = instance.capacity is not None or instance.ties_products or instance.ties_strategies
    if len(instance.products) < smallest or tied or not instance.stock_decided:
        return None
    blocks = cut_in_blocks(instance, size)
    used = instance.parts_of(instance.allowed[:, ATO])
    return blocks if len(blocks.members) > 1 and blocks.crossing.sum() <= _MOST_CROSSING * used.sum() else None


class Decomposition:
    """One search of a group in blocks.

    Parameters
    ----------
    instance : Instance
    blocks : Blocks
    gap, deadline, log, start
        As of `search_group`.
    """

    def __init__(
        self, instance: Instance, blocks: Blocks, *, gap: float, deadline: Deadline, log: Log,
        start: Integers | None = None,
    ) -> None:  # fmt: skip
        self.instance, self.blocks, self.gap, self.deadline, self.log = instance, blocks, gap, deadline, log
        self.start = start
        self.open = open_strategies(instance)
        self.best: Recourse | None = None
        self.bound = -np.inf
        self._component = {name: c for c, name in enumerate(instance.components)}
        self._lines = self._line_counts(np.ones(len(instance.products), dtype=bool))

    def run(self) -> Search:
        """Plan, price, bound; stop as soon as the gap is proven."""
        self.log(f"{len(self.blocks.members)} blocks, {int(self.blocks.crossing.sum())} parts in several")
        evaluator = self._begin()
        for _ in range(_ROUNDS if self.best is not None else 0):
            bound, strategy = self._bound(evaluator, self._border_prices(evaluator))
            if bound == np.inf:
                return NOWHERE
            self.bound = max(self.bound, bound)
            self.log(f"bound {self.bound:,.0f} of the blocks")
            if strategy is not None:
                self._offer(evaluator, strategy)
            if self._proven() or strategy is None:
                break
        if self.best is not None:
            self.bound = min(self.bound, self.best.objective)
        status = SolveStatus.OPTIMAL if self._proven() else SolveStatus.TIME_LIMIT
        return Search(best=self.best, bound=self.bound, status=status)

    def _proven(self) -> bool:
        return self.best is not None and self.best.objective - self.bound <= self.gap * abs(self.best.objective)

    def _begin(self) -> PooledEvaluator:
        """A plan of the whole from plans of the blocks, and what evaluates the next."""
        instance, crossing = self.instance, self.blocks.crossing
        strategy = np.zeros(len(instance.products), dtype=np.int64)
        rows = np.zeros((len(instance.components), instance.samples), dtype=bool)
        plans = []
        for members in self.blocks.members:
            places, part = self._part(members)
            strategy[members] = self._likely(part, members)
            evaluator = PooledEvaluator(part, deadline=self.deadline)
            best = evaluator.evaluate(strategy[members])
            plan = evaluator.plan
            if best is None or plan is None:
                return PooledEvaluator(instance, deadline=self.deadline)
            rows[places["component"]] |= _binding(part, best)
            plans.append((places, plan.place, plan.basis))
        # What the blocks had of a part each to itself, the whole has once.
        rows[crossing] = tail_rows(instance, strategy, _CROSSING_TAIL)[crossing]
        place = Numbering(instance, strategy, rows, HeldRows())
        joined = PlanBasis(strategy=strategy, place=place, basis=joined_basis(place, plans))
        whole = PooledEvaluator(instance, plan=joined, deadline=self.deadline, rows=rows)
        self._offer(whole, strategy)
        return whole

    def _likely(self, part: Instance, members: Integers) -> Integers:
        """Strategies of a block to begin with."""
        if self.start is not None and self.instance.allowed[members, self.start[members]].all():
            return self.start[members]
        open_ = self.open[members]
        few = likely_strategies(part, open_)
        if few is not None:
            return few
        rows = RowPool(tail=tail_rows(part, open_, FIRST_TAIL))
        return Relaxation(part, open_, rows, deadline=self.deadline).rounded()

    def _offer(self, evaluator: PooledEvaluator, strategy: Integers) -> None:
        """Evaluate a choice and keep it where it is the best so far."""
        recourse = evaluator.evaluate(strategy)
        if recourse is not None and (self.best is None or recourse.objective < self.best.objective):
            self.best = recourse
            self.log(f"plan {recourse.objective:,.0f}")

    def _border_prices(self, evaluator: PooledEvaluator) -> Array:
        """Prices of the crossing parts, shape (C, W): the best plan's, or those of the relaxation beside its border."""
        assert self.best is not None  # noqa: S101  (asked for once there is a plan)
        plan = plan_prices(self.instance, self.best)
        prices = np.where(self.blocks.crossing[:, None], plan, 0.0)
        for members in self.blocks.beside:
            if self.deadline.passed():
                break
            places, part = self._part(members)
            inside = np.zeros(len(self.instance.products), dtype=bool)
            inside[members] = True
            here = places["component"]
            outside = self._line_counts(inside)[here] < self._lines[here]
            relaxation = self._relaxation(evaluator, part, places, outside, plan)
            if relaxation.solved and relaxation.answer.duals is not None:
                told = Priced(place=relaxation.pooled.place, duals=relaxation.answer.duals).prices
                # Of a part that the relaxation does not use the price says nothing.
                border = self.blocks.crossing[here] & ~outside & (told > 0.0).any(axis=1)
                prices[here[border]] = told[border]
        return affordable(self.instance, prices)

    def _bound(self, evaluator: PooledEvaluator, prices: Array) -> tuple[float, Integers | None]:
        """A bound of the whole and strategies to try; without these where time is up."""
        bound = cost_of_crossing(self.instance, self.open, self.blocks.crossing, prices)
        strategy = np.zeros(len(self.open), dtype=np.int64)
        for members in self.blocks.members:
            if self.deadline.passed():
                return -np.inf, None
            places, part = self._part(members)
            priced = self.blocks.crossing[places["component"]]
            relaxation = self._relaxation(evaluator, part, places, priced, prices)
            if relaxation.answer.status is SolveStatus.INFEASIBLE:
                return np.inf, None
            if not relaxation.solved:
                return -np.inf, None
            relaxation.thin()
            relaxation.tighten()
            bound += relaxation.bound
            strategy[members] = relaxation.rounded()
            relaxation.thin()
            whole = relaxation.dive()
            if whole is not None:
                strategy[members] = whole
        return bound, strategy

    def _relaxation(
        self, evaluator: PooledEvaluator, part: Instance, places: Places, priced: Booleans, prices: Array
    ) -> Relaxation:
        """The relaxation of some products at the prices of some of their parts, from the basis of the last plan."""
        open_, known = self.open[places["product"]], evaluator.known[places["component"]]
        rows = PricedRows(
            tail=known, priced=priced, prices=np.where(priced[:, None], prices[places["component"]], 0.0)
        )
        plan = self._plan(evaluator.plan, part, places, rows)
        rows.add(tail_rows(part, open_, FIRST_TAIL))
        relaxation = Relaxation(
            part, open_, rows, deadline=self.deadline, plan=plan, little=LITTLE * self.gap
        )
        relaxation.grow()
        return relaxation

    def _plan(self, whole: PlanBasis | None, part: Instance, places: Places, rows: PricedRows) -> PlanBasis | None:
        """The basis of the last plan's part at the prices."""
        if whole is None:
            return None
        strategy = whole.strategy[places["product"]]
        pooled = rows.build(part, strategy)
        solver = Solver(pooled.program)
        solver.continue_from(whole.basis, *carried_into(pooled.place, places, whole.place))
        solver.solve(time_limit=self.deadline.left())
        basis = solver.basis()
        return None if basis is None else PlanBasis(strategy=strategy, place=pooled.place, basis=basis)

    def _part(self, members: Integers) -> tuple[Places, Instance]:
        """Some products with the parts that they use, and the places of both."""
        part = self.instance.restricted(products=members)
        component = np.array([self._component[name] for name in part.components], dtype=np.int64)
        return {"product": members, "component": component}, part

    def _line_counts(self, inside: Booleans) -> Integers:
        """Lines of some products that may be assembled, by part, shape (C,)."""
        edges = self.instance.edges
        use = inside[edges.product] & self.instance.allowed[edges.product, ATO]
        return np.bincount(edges.component[use], minlength=len(self.instance.components))


def _binding(instance: Instance, plan: Recourse) -> Booleans:
    """Rows of (C3) that a plan holds with equality, as many of the next, and some more; shape (C, W)."""
    spare = on_hand_parts(instance, plan)
    far = np.where(spare <= _HELD * (1.0 + np.abs(plan.base[:, None])), 0.0, spare)
    return nearest_rows(np.where(instance.parts_of(plan.strategy == ATO)[:, None], far, np.inf))
