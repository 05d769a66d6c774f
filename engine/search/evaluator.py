"""Best stocks under given strategies: the pooled linear program, exact and warm between neighbours."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Booleans, Instance, Integers
from engine.economics.stock import StockOptimum
from engine.model.variables import wants_end_of_cycle
from engine.program.finished_stock import more_tangents, some_tangents, violated_tangents
from engine.program.highs import Answer, Solver, Status
from engine.program.numbering import Held, taken
from engine.program.reduced import PooledProgram, build_pooled, component_demand, tail_rows, violated_rows
from engine.search.recourse import Recourse, dispatch_hours
from engine.search.start import PlanBasis

_TAIL = 0.15


class PooledEvaluator:
    """Evaluates strategies exactly; keeps the rows that were ever needed.

    Parameters
    ----------
    instance : Instance
        With finished stock decided.
    optimum : StockOptimum
        Best finished stock of each product.
    plan : PlanBasis, optional
        Of another plan, or of the same products with other numbers: where the first solve starts.
    """

    def __init__(self, instance: Instance, optimum: StockOptimum, *, plan: PlanBasis | None = None) -> None:
        self.instance, self.optimum = instance, optimum
        shape = (len(instance.components), instance.samples)
        self.known = np.zeros(shape, dtype=bool)
        self.known_end = np.zeros(shape, dtype=bool) if wants_end_of_cycle(instance) else None
        self.known_tangent: Booleans | None = None
        if not instance.stock_decided and instance.cvar_weight <= 0.0:
            self.known_tangent = some_tangents(instance.stock.net.shape)
        self.plan = plan

    def evaluate(self, strategy: Integers) -> Recourse | None:
        """Best stocks under one choice of strategies; None where no stocks keep the rules."""
        instance = self.instance
        tail = self._rows(strategy, end=False)
        tail_end = None if self.known_end is None else self._rows(strategy, end=True)
        while True:
            pooled = build_pooled(instance, strategy, tail, tail_end, Held(tangent=self.known_tangent))
            solver = Solver(pooled.program)
            answer = self._solve(solver, pooled)
            if answer.status is Status.INFEASIBLE or answer.values is None or answer.duals is None:
                return None
            basis = solver.basis()
            if basis is not None:
                self.plan = PlanBasis(strategy=strategy, place=pooled.place, basis=basis)
            missing = violated_rows(instance, pooled, answer.values)
            lacking = missing.any()
            tail = tail | missing
            self.known |= missing
            if tail_end is not None and self.known_end is not None:
                missing_end = violated_rows(instance, pooled, answer.values, end=True)
                lacking = lacking or missing_end.any()
                tail_end = tail_end | missing_end
                self.known_end |= missing_end
            if not lacking:
                return self._recourse(pooled, strategy, answer.objective, answer.values, answer.duals)

    def _solve(self, solver: Solver, pooled: PooledProgram) -> Answer:
        """Solve with the tangents of the finished stocks' backlog that matter, which makes it exact."""
        if self.plan is not None:
            self.plan.continue_nearby(solver, pooled.place, len(self.instance.components))
        answer = solver.solve()
        while self.known_tangent is not None and answer.values is not None:
            missing = violated_tangents(self.instance, pooled.place, answer.values)
            if not missing.any():
                break
            self.known_tangent = self.known_tangent | missing
            solver.add_rows(*more_tangents(self.instance, pooled.place, missing))
            answer = solver.solve()
        return answer

    def last_basis(self) -> tuple[PlanBasis, Booleans, Booleans | None] | None:
        """Basis of the last plan found, and its rows of (C3) that hold with equality, shape (C, W), end included."""
        if self.plan is None:
            return None
        place, held = self.plan.place, ~np.append(self.plan.basis.basic_rows(), True)  # the last: a place of -1
        return self.plan, held[place.cover], None if self.known_end is None else held[place.cover_end]

    def _rows(self, strategy: Integers, *, end: bool) -> Booleans:
        known = self.known_end if end and self.known_end is not None else self.known
        positive = component_demand(self.instance, strategy == ATO, end=end) > 0.0
        return tail_rows(self.instance, strategy, _TAIL, end=end) | (known & positive)

    def _recourse(
        self, pooled: PooledProgram, strategy: Integers, objective: float, values: Array, duals: Array
    ) -> Recourse:
        instance = self.instance
        prices = taken(duals, pooled.cover)
        late = taken(values, pooled.late)
        late_end = None
        if self.known_end is not None:
            late_end = taken(values, pooled.late_end)
        tail = np.full(instance.samples, 1.0 / instance.samples)
        if pooled.place.risk:
            weights = np.maximum(duals[pooled.place.beyond], 0.0)
            tail = weights / weights.sum() if weights.sum() > 0.0 else tail
        overtime = outsourced = np.zeros((0, instance.samples))
        if instance.capacity is not None:
            overtime, outsourced, _ = dispatch_hours(instance.capacity, instance.rate, strategy)
        return Recourse(
            strategy=strategy,
            objective=objective,
            level=np.where(strategy == MTS, self._levels(pooled, values), np.nan),
            base=np.maximum(values[: len(instance.components)], 0.0),
            late=late,
            late_end=late_end,
            prices=np.maximum(prices, 0.0),
            overtime=overtime,
            outsourced=outsourced,
            budget_price=max(0.0, -float(duals[pooled.budget[0]])) if pooled.budget.size else 0.0,
            tail=tail,
        )

    def _levels(self, pooled: PooledProgram, values: Array) -> Array:
        """Reorder levels: the products' own optima, or the program's where a budget ties them together."""
        return self.optimum.level if self.instance.stock_decided else taken(values, pooled.level)
