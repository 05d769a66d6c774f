"""First answers: prices from the pool bound every choice, a small program of those bounds proposes the next.

The cost of the strategies' shares is F(x) = fixed x + stock(beta) x + pool(x, beta) + overtime(x) - beta budget,
beta the price of inventory value. Every evaluation of the pool gives a linear bound valid for all shares (see
`pool`), so the least of the bounds over the shares is a lower bound of the optimum (Kelley 1960; the next point is
half-way to the best one seen, Ben-Ameur & Neto 2007). Integer plans met on the way are evaluated exactly.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Instance, Integers
from engine.economics.stock import StockOptimum, best_stock
from engine.solve.bridge import Program, Solver
from engine.solve.neighbours import overtime_cost
from engine.solve.pool import Pool, PoolCost
from engine.solve.pooled import OPEN, build_pooled, taken

_BISECTIONS = 6
_HIGHEST_PRICE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAnswer:
    """A plan with its gap, found fast.

    Parameters
    ----------
    strategy : shape (I,)
    objective, bound : float
        Money per year: an upper bound of the plan's cost that its stocks reach, and a lower bound of the optimum.
    value_price : float
        Price of inventory value beta.
    evaluations : int
        Of the pool.
    """

    strategy: Integers
    objective: float
    bound: float
    value_price: float
    evaluations: int

    @property
    def gap(self) -> float:
        """(objective - bound) / objective."""
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1e-9)


class CutSearch:
    """Bounds and plans of one instance, on a pool that outlives it.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    pool : Pool
        Updated to this instance.
    value_price : float
        Where to start the price of inventory value.
    """

    def __init__(self, instance: Instance, pool: Pool, *, value_price: float = 0.0) -> None:
        self.instance, self.pool = instance, pool
        self.budget = instance.budget
        self.beta = value_price if self.budget is not None else 0.0
        self.range = (0.0, np.inf)
        self.best: FirstAnswer | None = None
        self.bound = -np.inf
        self.evaluations = 0
        self._stocks: dict[float, tuple[StockOptimum, Array]] = {}
        self._tried: set[bytes] = set()
        self._prepare()

    def _prepare(self) -> None:
        """The master: shares, overtime, and one column for what the cuts bound."""
        instance = self.instance
        only = instance.allowed.sum(axis=1) == 1
        self.decided = np.where(only, np.argmax(instance.allowed, axis=1), OPEN).astype(np.int64)
        none = np.zeros((len(instance.components), instance.samples), dtype=bool)
        every = np.full(len(only), OPEN, dtype=np.int64)
        bare = replace(instance, stock_decided=True)
        pooled = build_pooled(bare, every, none, None)
        program, self.x = pooled.program, pooled.x
        cost = program.cost.copy()
        choice = self.x >= 0
        fixed = instance.fixed_total.copy()
        # What the pool and the stocks cost stands in the cuts.
        fixed[:, ATO] = 0.0
        cost[self.x[choice]] = fixed[choice]
        count = len(cost)
        matrix = sparse.hstack([program.matrix, sparse.csc_matrix((len(program.row_low), 1))], format="csc")
        self.theta = count
        self.master = Solver(
            Program(
                cost=np.append(cost, 1.0), offset=0.0, matrix=matrix, row_low=program.row_low,
                row_high=program.row_high, lower=np.append(program.lower, -1e12),
                upper=np.append(program.upper, np.inf),
                integer=np.zeros(count + 1, dtype=bool), columns={}, rows={},
            )
        )  # fmt: skip

    def stock(self) -> tuple[StockOptimum, Array]:
        """Best finished stock at the present price, and its average value per product."""
        if self.beta not in self._stocks:
            optimum = best_stock(self.instance, value_price=self.beta)
            self._stocks[self.beta] = (optimum, np.nan_to_num(self.instance.unit_cost * optimum.on_hand))
        return self._stocks[self.beta]

    def run(self, *, gap: float, seconds: float, start: Integers | None = None) -> FirstAnswer | None:
        """Search until the gap is proven or time is up; None where no plan was found."""
        deadline = time.perf_counter() + seconds
        center = self._shares(start) if start is not None else self.instance.allowed / self.instance.allowed.sum(
            axis=1, keepdims=True
        )
        cost = np.nan_to_num(self.stock()[0].cost)
        for cut in self.pool.recall():
            self._add_row(cut, cost)
        best_value = self._cut_at(center)
        if start is not None:
            self._offer(np.argmax(center, axis=1))
        while True:
            answer = self.master.solve()
            if answer.values is None:
                return self.best
            self.bound = max(self.bound, answer.objective)
            point = np.clip(taken(answer.values, self.x), 0.0, 1.0)
            if self._done(gap) or (self.best is not None and time.perf_counter() > deadline):
                return self.best
            self._offer(np.argmax(point, axis=1))
            if self._done(gap) or (self.best is not None and time.perf_counter() > deadline):
                return self.best
            middle = 0.5 * center + 0.5 * point
            value = self._cut_at(middle)
            if value < best_value:
                best_value, center = value, middle
            self._offer(np.argmax(center, axis=1))
            if time.perf_counter() > deadline:
                return self._last_look()

    def _last_look(self) -> FirstAnswer | None:
        """The bound of the cuts made last."""
        answer = self.master.solve()
        if answer.values is not None:
            self.bound = max(self.bound, answer.objective)
        if self.best is not None:
            self.best = replace(self.best, bound=min(self.bound, self.best.objective))
        return self.best

    def _done(self, gap: float) -> bool:
        if self.best is None:
            return False
        self.best = replace(self.best, bound=min(self.bound, self.best.objective), evaluations=self.evaluations)
        return self.best.gap <= gap

    def _shares(self, strategy: Integers) -> Array:
        shares = np.zeros(self.instance.allowed.shape)
        rows = np.arange(len(strategy))
        known = self.instance.allowed[rows, strategy]
        shares[rows[known], strategy[known]] = 1.0
        lost = ~known
        shares[lost] = self.instance.allowed[lost] / self.instance.allowed[lost].sum(axis=1, keepdims=True)
        return shares

    def _cut_at(self, shares: Array) -> float:
        """Evaluate shares, add the cut; the cost there (overtime left to the master)."""
        found = self._evaluate(shares[:, ATO])
        optimum, value = self.stock()
        cost = np.nan_to_num(optimum.cost)
        self._add_row(found.cut, cost)
        total = found.relaxed + float(cost @ shares[:, MTS])
        total += float((self.instance.fixed_total * shares)[:, [0, 2]].sum())
        if self.budget is not None:
            total -= self.beta * self.budget
            self._steer(found.inventory + float(value @ shares[:, MTS]), self.budget)
        return total

    def _evaluate(self, share: Array) -> PoolCost:
        self.evaluations += 1
        return self.pool.evaluate(share)

    def _add_row(self, cut: Array, stock_cost: Array) -> None:
        """Hold theta >= pool cut x[ATO] + stock cost x[MTS] - beta budget."""
        columns, values = [self.theta], [1.0]
        for strategy, coefficient in ((ATO, cut), (MTS, stock_cost)):
            some = (self.x[:, strategy] >= 0) & (coefficient != 0.0)
            columns += self.x[some, strategy].tolist()
            values += (-coefficient[some]).tolist()
        constant = 0.0 if self.budget is None else -self.beta * self.budget
        self.master.add_row(constant, np.array(columns), np.array(values))

    def _steer(self, inventory: float, budget: float) -> None:
        """Move the price of inventory value towards the budget, between the bounds seen."""
        low, high = self.range
        if inventory > budget:
            low = max(low, self.beta)
        else:
            high = min(high, self.beta)
        if low >= high:
            # Shares have moved since the bounds were seen.
            low, high = 0.5 * min(low, high), 2.0 * max(low, high)
        self.range = (low, high)
        if inventory <= budget and self.beta == 0.0:
            return
        rate = float(np.median(self.instance.holding / np.maximum(self.instance.unit_cost, 1e-12))) or 0.1
        target = min(max(2.0 * low, 0.25 * rate), _HIGHEST_PRICE) if high == np.inf else 0.5 * (low + high)
        self._price(0.0 if target < 1e-4 * rate else target)

    def _price(self, beta: float) -> None:
        self.beta = beta
        self.pool.reprice(beta)

    def _offer(self, strategy: Integers) -> None:
        """Evaluate a plan exactly, keep it where it is the best; its cut is kept too."""
        strategy = np.where(self.decided == OPEN, strategy, self.decided)
        token = strategy.tobytes()
        if token in self._tried or not self._keeps_changes(strategy):
            return
        self._tried.add(token)
        hours = overtime_cost(self.instance, strategy)
        if hours is None:
            return
        shares = self._shares(strategy)
        if self.budget is None:
            self._keep(strategy, self._plan_cost(shares, hours)[0])
            return
        self._offer_within_budget(strategy, shares, hours, self.budget)

    def _offer_within_budget(self, strategy: Integers, shares: Array, hours: float, budget: float) -> None:
        """The least price whose stocks fit the budget, by bisection; stocks in between are not worth the time."""
        low, high = 0.0, np.inf
        beta = self.beta
        for step in range(16):
            # A first plan is worth any time; a better one is worth little.
            # Beyond any price, what stock is left cannot be spared.
            if beta > _HIGHEST_PRICE or (step >= _BISECTIONS and (self.best is not None or high < np.inf)):
                break
            self._price(beta)
            cost, inventory = self._plan_cost(shares, hours)
            if inventory <= budget:
                self._keep(strategy, cost)
                high = beta
                if beta == 0.0 or inventory > 0.995 * budget:
                    break
            else:
                low = beta
            beta = max(2.0 * low, 0.02) if high == np.inf else 0.5 * (low + high)
        self._price(high if high < np.inf else min(beta, _HIGHEST_PRICE))

    def _plan_cost(self, shares: Array, hours: float) -> tuple[float, float]:
        """True cost of a plan with the stocks of the present price, and the value it holds."""
        found = self._evaluate(shares[:, ATO])
        optimum, value = self.stock()
        cost = np.nan_to_num(optimum.cost)
        self._add_row(found.cut, cost)
        inventory = found.inventory + float(value @ shares[:, MTS])
        total = found.value + float(cost @ shares[:, MTS]) - self.beta * inventory
        total += float((self.instance.fixed_total * shares)[:, [0, 2]].sum()) + hours
        return total, inventory

    def _keep(self, strategy: Integers, objective: float) -> None:
        if self.best is None or objective < self.best.objective:
            self.best = FirstAnswer(
                strategy=strategy, objective=objective, bound=min(self.bound, objective), value_price=self.beta,
                evaluations=self.evaluations,
            )  # fmt: skip

    def _keeps_changes(self, strategy: Integers) -> bool:
        if self.instance.max_changes is None:
            return True
        known = self.instance.current >= 0
        return int((strategy[known] != self.instance.current[known]).sum()) <= self.instance.max_changes
