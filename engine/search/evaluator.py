"""Best stocks under given strategies: the pooled linear program, exact and warm between neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTS, Booleans, Instance, Integers
from engine.economics.optima.stock import late_units
from engine.program.deadline import NEVER, Deadline
from engine.program.highs import Basis, Solution, Solver, SolveStatus, basis_of
from engine.program.numbering import HeldRows, Numbering, carried_over, taken
from engine.program.reduced import TAIL, PooledProgram, build_pooled, tail_rows, violated_rows
from engine.program.tangents import solve_with_tangents, some_tangents
from engine.search.recourse import Recourse, dispatch_hours
from engine.search.start import PlanBasis

_NONE: Integers = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What the duals of a program price.

    Parameters
    ----------
    place : Numbering
    duals : shape (rows,)
        Of its rows, and of others added behind them.
    """

    place: Numbering
    duals: Array

    @property
    def prices(self) -> Array:
        """Of the rows of (C3), shape (C, W)."""
        return np.maximum(taken(self.duals, self.place.rows["C3"]), 0.0)

    @property
    def budget_price(self) -> float:
        """Of the budget (C7), zero where there is none."""
        row = self.place.rows.get("C7", np.zeros(0, dtype=np.int64))
        return max(0.0, -float(self.duals[row[0]])) if row.size else 0.0

    @property
    def tail(self) -> Array:
        """Weights of the samples in the CVaR (C9), shape (W,); all the same without."""
        samples = self.place.rows["C3"].shape[1]
        weights = np.maximum(self.duals[self.place.rows["C9"][0]], 0.0) if self.place.risk else np.zeros(samples)
        return weights / weights.sum() if weights.sum() > 0.0 else np.full(samples, 1.0 / samples)


class PooledEvaluator:
    """Evaluates strategies exactly; keeps the rows that were ever needed.

    Parameters
    ----------
    instance : Instance
        Folded (`engine.economics.optima.stock.fold`).
    plan : PlanBasis, optional
        Of another plan, or of the same products with other numbers: where the first solve starts.
    deadline : Deadline
        After it nothing is evaluated, and `cut_short` tells so.
    rows : shape (C, W), optional
        Of (C3), where those that bind are known already: programs begin with these, by default with the samples of
        most demand, which are several times as many.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        plan: PlanBasis | None = None,
        deadline: Deadline = NEVER,
        rows: Booleans | None = None,
    ) -> None:
        self.instance, self.deadline = instance, deadline
        self.cut_short = False
        shape = (len(instance.components), instance.samples)
        self.known = np.zeros(shape, dtype=bool) if rows is None else rows.copy()
        self._most_demand = rows is None
        self.known_tangent: Booleans | None = None
        if not instance.stock_decided and instance.cvar_weight <= 0.0:
            self.known_tangent = some_tangents(instance.stock.net.shape)
        self._plan = plan
        # The last strategies evaluated, where that took no program; else of the last program what its basis is made of.
        self._plain: Integers | None = None
        self._solved: tuple[Integers, Numbering, object] | None = None

    @property
    def plan(self) -> PlanBasis | None:
        """The basis of the last plan found."""
        if self._plain is not None:
            self._by_program(self._plain)
        if self._solved is not None:
            strategy, place, basis = self._solved
            self._plan, self._solved = PlanBasis(strategy=strategy, place=place, basis=basis_of(basis)), None
        return self._plan

    def evaluate(self, strategy: Integers) -> Recourse | None:
        """Best stocks under one choice of strategies; None where no stocks keep the rules, or time is up."""
        if self._leaves_nothing_open(strategy) and not self.deadline.passed():
            self._plain = strategy.copy()
            return self._without_parts(strategy)
        return self._by_program(strategy)

    def _leaves_nothing_open(self, strategy: Integers) -> bool:
        """Whether the program of some strategies has no row: no part is drawn from, nothing ties stocks or hours."""
        instance = self.instance
        ties = instance.ties_products or instance.ties_strategies or instance.capacity is not None
        return instance.stock_decided and not ties and not (strategy == ATO).any()

    def _without_parts(self, strategy: Integers) -> Recourse:
        """What the program without rows says: its constant, sum of c_ik x[i,k]."""
        instance = self.instance
        chosen = strategy[:, None] == np.arange(3)
        cost = float(chosen.ravel().astype(np.float64) @ np.where(chosen, instance.choice, 0.0).ravel())
        none = np.zeros((len(instance.components), instance.samples))
        level = np.full(len(strategy), np.nan) if instance.stock_level is None else instance.stock_level
        overtime, outsourced, _ = dispatch_hours(instance, strategy)
        return Recourse(
            strategy=strategy, objective=cost, program_value=cost,
            level=np.where(strategy == MTS, level, np.nan), base=np.zeros(len(none)),
            late=np.zeros((len(strategy), instance.samples)), prices=none, overtime=overtime, outsourced=outsourced,
            budget_price=0.0, tail=np.full(instance.samples, 1.0 / instance.samples),
        )  # fmt: skip

    def _by_program(self, strategy: Integers) -> Recourse | None:
        instance = self.instance
        tail = tail_rows(instance, strategy, TAIL) | self.known if self._most_demand else self.known
        while True:
            pooled = build_pooled(instance, strategy, tail, HeldRows(tangent=self.known_tangent))
            solver = Solver(pooled.program)
            answer = self._solve(solver, pooled)
            if answer.status is not SolveStatus.OPTIMAL or answer.values is None or answer.duals is None:
                self.cut_short = self.cut_short or answer.status is SolveStatus.TIME_LIMIT
                return None
            if solver.has_basis:
                self._solved, self._plain = (strategy, pooled.place, solver.raw_basis()), None
            missing = violated_rows(instance, pooled, answer.values)
            tail = tail | missing
            self.known |= missing
            if not missing.any():
                return self._recourse(pooled, strategy, answer.objective, answer.values, answer.duals)

    def _solve(self, solver: Solver, pooled: PooledProgram) -> Solution:
        """Solve with the tangents of the finished stocks' backlog that matter, which makes it exact."""
        if self._plain is not None:
            # The basis of a program without rows: all columns at their lower bounds.
            solver.continue_from(Basis(columns=_NONE, rows=_NONE), (_NONE, _NONE), (_NONE, _NONE))
        elif (plan := self.plan) is not None:
            # From the basis of a plan nearby; HiGHS mends what does not fit.
            solver.continue_from(plan.basis, *carried_over(plan.place, pooled.place))
        answer = solve_with_tangents(self.instance, pooled.place, solver, deadline=self.deadline)
        if self.known_tangent is not None:
            self.known_tangent = self.known_tangent | (pooled.place.rows["tangents"] >= 0)
        return answer

    def last_basis(self) -> tuple[PlanBasis, Booleans] | None:
        """Basis of the last plan found, and its rows of (C3) that hold with equality, shape (C, W)."""
        plan = self.plan
        if plan is None:
            return None
        place, held = plan.place, ~np.append(plan.basis.basic_rows(), True)  # the last: a place of -1
        return plan, held[place.rows["C3"]]

    def _recourse(
        self, pooled: PooledProgram, strategy: Integers, objective: float, values: Array, duals: Array
    ) -> Recourse:
        instance = self.instance
        late = taken(values, pooled.late)
        priced = Priced(place=pooled.place, duals=duals)
        overtime, outsourced, _ = dispatch_hours(instance, strategy)
        # The products' own optima, or the program's where a budget ties them together.
        level = instance.stock_level if instance.stock_level is not None else taken(values, pooled.place.columns["S"])
        level = np.where(strategy == MTS, level, np.nan)
        return Recourse(
            strategy=strategy,
            objective=objective + above_envelope(instance, pooled.place, strategy, values),
            program_value=objective,
            level=level,
            base=np.where(pooled.place.used, values[pooled.place.columns["Sc"]], 0.0),
            late=late,
            prices=priced.prices,
            overtime=overtime,
            outsourced=outsourced,
            budget_price=priced.budget_price,
            tail=priced.tail,
        )


def above_envelope(instance: Instance, place: Numbering, strategy: Integers, values: Array) -> float:
    """Lost margin of finished stock beyond the program's convex envelope, money per year; zero where it is folded.

    Parameters
    ----------
    instance : Instance
    place : Numbering
    strategy : shape (I,)
        As the program has them.
    values : shape (columns,)
    """
    columns = place.columns["late_mts"]
    i = np.flatnonzero((columns >= 0) & (strategy == MTS))
    late = late_units(instance.stock, i, values[place.columns["S"][i]], rate=instance.stock_rate[i])
    return float((instance.lost[i] * DAYS_PER_YEAR * (late - values[columns[i]])).sum())
