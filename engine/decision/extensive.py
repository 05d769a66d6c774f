"""The extensive form in Pyomo, solved whole: the readable reference, and the path for rules that tie all stocks."""

from __future__ import annotations

import time

import numpy as np
import pyomo.environ as pyo

from engine.demand.streams import Array
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTS, Instance, Integers
from engine.economics.stock import StockOptimum, best_stock, decide_stock, measure_stock
from engine.model.build import build_model
from engine.program.highs import Answer, Solver, Status, compile_model
from engine.search.branch_and_cut import Search
from engine.search.recourse import Recourse


class ExtensiveSearch:
    """Builds and compiles the model once; evaluates any strategies with it.

    Parameters
    ----------
    instance : Instance
    gap : float
    deadline : float or None
        `time.perf_counter` at which to stop.
    """

    def __init__(self, instance: Instance, *, gap: float = 0.0, deadline: float | None = None) -> None:
        self.gap, self.deadline = gap, deadline
        self.optimum: StockOptimum | None = None
        tied = instance.budget is not None or instance.cvar_weight > 0.0
        if not tied and bool((instance.lost > 0.0).any()):
            # Late units of finished stock are not convex in S: where nothing ties stocks together they are folded
            # exactly; the model's envelope stands for them under a budget or CVaR only.
            self.optimum = best_stock(instance)
            instance = decide_stock(instance, self.optimum)
        self.instance = instance
        self.model = build_model(instance)
        self.program = compile_model(self.model)
        columns = self.program.columns
        self.x = np.array(
            [[columns.get(id(self.model.x[i, k]), -1) for k in range(3)] for i in self.model.products],
            dtype=np.int64,
        )
        binary = [columns[id(late)] for late in self.model.all_late.values() if id(late) in columns]
        self.all_late = np.array(binary, dtype=np.int64)
        self._fixed: Solver | None = None
        self._whole: Solver | None = None

    def run(self) -> Search:
        """Solve the mixed-integer program, then its stocks once more under the strategies found."""
        left = None if self.deadline is None else max(self.deadline - time.perf_counter(), 0.01)
        answer = Solver(self.program).solve(gap=0.9 * self.gap, time_limit=left)
        if answer.status is Status.INFEASIBLE:
            return Search(best=None, bound=np.inf, status=Status.INFEASIBLE)
        if answer.values is None:
            return Search(best=None, bound=answer.bound, status=Status.TIME_LIMIT)
        share = np.where(self.x >= 0, answer.values[np.maximum(self.x, 0)], 0.0)
        best = self.evaluate(np.argmax(share, axis=1))
        if best is None:
            return Search(best=None, bound=answer.bound, status=Status.TIME_LIMIT)
        return Search(best=best, bound=min(answer.bound, best.objective), status=answer.status)

    def evaluate(self, strategy: Integers) -> Recourse | None:
        """Best stocks under one choice of strategies; None where no stocks keep the rules."""
        if not self.instance.allowed[np.arange(len(strategy)), strategy].all():
            return None
        if self._fixed is None:
            self._fixed = Solver(self.program, relax=True)
        if self._whole is None and self.all_late.size:
            self._whole = Solver(self.program)
        chosen = np.zeros(self.x.shape)
        chosen[np.arange(len(strategy)), strategy] = 1.0
        some = self.x >= 0
        if self._whole is not None:
            # Whether all units count as late is a choice too; once made, the program is linear and has prices.
            self._whole.set_bounds(self.x[some], chosen[some], chosen[some])
            first = self._whole.solve()
            if first.values is None:
                return None
            late = np.round(first.values[self.all_late])
            self._fixed.set_bounds(self.all_late, late, late)
        self._fixed.set_bounds(self.x[some], chosen[some], chosen[some])
        answer = self._fixed.solve()
        if answer.status is Status.INFEASIBLE or answer.values is None:
            return None
        return self._recourse(strategy, answer, answer.values)

    def _recourse(self, strategy: Integers, answer: Answer, values: Array) -> Recourse:
        instance, m = self.instance, self.model
        free = self._values(m.S, values, (len(instance.products),)) if self.optimum is None else self.optimum.level
        level = np.where(strategy == MTS, free, np.nan)
        samples = (len(instance.products), instance.samples)
        late_end = self._values(m.w_end, values, samples) if hasattr(m, "w_end") else None
        hours = (0 if instance.capacity is None else len(instance.capacity.names), instance.samples)
        tail = np.full(instance.samples, 1.0 / instance.samples)
        if instance.cvar_weight > 0.0:
            tail = self._tail(answer)
        return Recourse(
            strategy=strategy,
            objective=answer.objective + self._above_envelope(level, values),
            level=level,
            base=self._values(m.Sc, values, (len(instance.components),)),
            late=np.where((strategy == ATO)[:, None], self._values(m.w, values, samples), 0.0),
            late_end=late_end,
            prices=self._prices(answer),
            overtime=self._values(m.O, values, hours),
            outsourced=self._values(m.U, values, hours),
            budget_price=self._budget_price(answer),
            tail=tail,
        )

    def _above_envelope(self, level: Array, values: Array) -> float:
        """Lost margin of finished stock beyond the model's convex envelope, money per year."""
        instance, extra = self.instance, 0.0
        for i, late in self.model.late_mts.items():
            if np.isfinite(level[i]):
                measured = measure_stock(
                    instance.stock, i, level[[i]], rate=float(instance.rate[i]), review_days=instance.review_days
                )
                held = values[self.program.columns[id(late)]]
                extra += float(instance.lost[i]) * DAYS_PER_YEAR * (float(measured.late_per_day[0]) - held)
        return extra

    def _values(self, variable: pyo.Var, values: Array, shape: tuple[int, ...]) -> Array:
        out = np.zeros(shape)
        for index, data in variable.items():
            column = self.program.columns.get(id(data))
            if column is not None:
                out[index] = max(values[column], 0.0) if variable is not self.model.S else values[column]
        return out

    def _prices(self, answer: Answer) -> Array:
        out = np.zeros((len(self.instance.components), self.instance.samples))
        if answer.duals is not None:
            for index, data in self.model.C3.items():
                row = self.program.rows.get(id(data))
                if row is not None:
                    out[index] = max(answer.duals[row], 0.0)
        return out

    def _budget_price(self, answer: Answer) -> float:
        if answer.duals is None or not hasattr(self.model, "C7"):
            return 0.0
        return max(0.0, -float(answer.duals[self.program.rows[id(self.model.C7)]]))

    def _tail(self, answer: Answer) -> Array:
        """Weights of the CVaR: the duals of (C9), scaled to one."""
        weights = np.zeros(self.instance.samples)
        if answer.duals is not None:
            for s, data in self.model.C9.items():
                weights[s] = max(0.0, -float(answer.duals[self.program.rows[id(data)]]))
        return weights / weights.sum() if weights.sum() > 0.0 else np.full(len(weights), 1.0 / len(weights))
