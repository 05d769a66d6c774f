"""The oracle: every combination of strategies, its best stocks by a linear program written here from the rules.

Nothing of `engine.model`, `engine.program` or `engine.search` is used, so that an error there cannot hide here.
"""

from dataclasses import dataclass
from functools import cache, partial
from itertools import product as combinations_of

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

MTS, ATO, MTO = 0, 1, 2
DAYS_PER_YEAR = 365.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The cheapest combination and its cost a year; infinite where no combination keeps the rules."""

    cost: float
    strategy: tuple[int, ...]
    costs: dict[tuple[int, ...], float]


def enumerate_all(instance):
    """Cost of every combination of allowed strategies."""
    choices = [np.flatnonzero(row).tolist() for row in instance.allowed]
    # Finished stock by itself costs the same in every combination.
    finished = cache(partial(best_finished, instance))
    costs = {combination: cost_of(instance, combination, finished) for combination in combinations_of(*choices)}
    strategy = min(costs, key=costs.get) if costs else ()
    return Best(cost=costs.get(strategy, np.inf), strategy=strategy, costs=costs)


def cost_of(instance, strategy, finished=None):
    """Least cost a year under one combination, infinite where no stocks keep the rules.

    finished : `best_finished` of a product, if it is known.
    """
    family = instance.ties.family.tolist()
    if instance.max_changes is not None:
        changes = sum(1 for k, now in zip(strategy, instance.current, strict=True) if now >= 0 and k != now)
        if changes > instance.max_changes:
            return np.inf
    if any(len({strategy[i] for i in range(len(strategy)) if family[i] == name}) > 1 for name in set(family) - {-1}):
        return np.inf
    limits = instance.ties.limits
    for k, counted, least, most in zip(limits.strategy, limits.counted, limits.least, limits.most, strict=True):
        if not least <= sum(1 for i, chosen in enumerate(strategy) if counted[i] and chosen == k) <= most:
            return np.inf
    program = _Program(instance, strategy)
    program.finished_stock(finished or partial(best_finished, instance))
    program.components()
    program.late_units()
    program.capacity()
    return program.least_cost()


def finished_curve(instance, i):
    """Cost a year of finished stock over the reorder level, without lost sales being convex: a function of S."""
    stock, count = instance.stock, instance.samples

    def cost(level):
        ahead = stock.position[i] + level
        hand = (np.maximum(ahead - stock.demand[i], 0.0) + stock.early[i]).sum() / count
        back = np.maximum(stock.demand[i] - ahead, 0.0).sum() / count
        # Each sample for the units that fall due in it.
        late = instance.rate[i] * stock.pace[i][stock.reached[i] > ahead + 1e-12 * abs(level)].sum() / count
        carrying = instance.carrying[i]
        return carrying * hand + instance.late[i] * back + instance.lost[i] * DAYS_PER_YEAR * late

    return cost


def best_finished(instance, i):
    """Least cost of finished stock by itself: the curve at every kink within the bounds."""
    stock = instance.stock
    low = max(float(stock.least[i]), -float(stock.batch[i]))
    high = max(float(stock.most[i]), low)
    kinks = np.concatenate([stock.demand[i] - stock.position[i], stock.reached[i] - stock.position[i], [low]])
    levels = np.clip(kinks[np.isfinite(kinks)], low, high)
    cost = finished_curve(instance, i)
    return min(cost(level) for level in np.unique(levels))


class _Rows:
    """min c'x + offset with A x <= b and bounds, written entry by entry."""

    def __init__(self):
        self.cost, self.bounds, self.entries, self.limit, self.offset = [], [], [], [], 0.0

    def variable(self, cost, low=0.0, high=None):
        self.cost.append(cost)
        self.bounds.append((low, high))
        return len(self.cost) - 1

    def at_most(self, terms, limit):
        self.entries += [(len(self.limit), column, value) for column, value in terms]
        self.limit.append(limit)

    def minimum(self):
        if not self.cost:
            return self.offset if all(limit >= 0 for limit in self.limit) else np.inf
        row, column, value = zip(*self.entries, strict=True) if self.entries else ((), (), ())
        matrix = sparse.csr_matrix((value, (row, column)), shape=(len(self.limit), len(self.cost)))
        found = linprog(self.cost, A_ub=matrix, b_ub=self.limit, bounds=self.bounds, method="highs")
        if found.status == 2:
            return np.inf
        assert found.status == 0, found.message
        return found.fun + self.offset


class _Program:
    """Stocks and second stage of one combination."""

    def __init__(self, instance, strategy):
        self.instance, self.strategy, self.count = instance, strategy, instance.samples
        self.lp = _Rows()
        # Terms of each sample's cost a year (for the CVaR), and of the mean inventory value (for the budget).
        self.sample_terms = [[] for _ in range(self.count)]
        self.sample_constant = np.zeros(self.count)
        self.value_terms, self.value_constant = [], 0.0
        self.wait = {}

    def mean_variable(self, per_sample, **bounds):
        """A first-stage variable, which costs the same in every sample."""
        column = self.lp.variable(per_sample, **bounds)
        for terms in self.sample_terms:
            terms.append((column, per_sample))
        return column

    def sample_variable(self, s, per_sample, **bounds):
        column = self.lp.variable(per_sample / self.count, **bounds)
        self.sample_terms[s].append((column, per_sample))
        return column

    def finished_stock(self, finished):
        instance = self.instance
        tied = instance.budget is not None or instance.cvar_weight > 0.0
        for i, k in enumerate(self.strategy):
            self.sample_constant += instance.prices.choice[i, k].sum()
            if k == MTS and tied:
                self._tied_stock(i)
            elif k == MTS:
                self.sample_constant += finished(i)

    def _tied_stock(self, i):
        instance, stock, count = self.instance, self.instance.stock, self.count
        assert instance.lost[i] == 0.0, "lost sales together with a budget have no closed form here"
        carrying, worth = instance.carrying[i], instance.unit_cost[i]
        low = max(float(stock.least[i]), -float(stock.batch[i]))
        high = None if np.isinf(stock.most[i]) else float(stock.most[i])
        level = self.mean_variable(carrying, low=low, high=high)
        self.value_terms.append((level, worth))
        self.sample_constant += carrying * stock.early[i]
        self.value_constant += worth * stock.early[i].mean()
        for s in range(count):
            net = stock.demand[i, s] - stock.position[i, s]
            back = self.sample_variable(s, carrying + instance.late[i])
            self.sample_constant[s] -= carrying * net
            self.value_terms.append((back, worth / count))
            self.value_constant -= worth * net / count
            self.lp.at_most([(back, -1.0), (level, -1.0)], -net)

    def components(self):
        instance, edges, parts = self.instance, self.instance.edges, self.instance.parts
        self.lines = [e for e in range(len(edges.product)) if self.strategy[edges.product[e]] == ATO]
        weight = instance.part_carrying
        needed = sorted({int(edges.component[e]) for e in self.lines})
        base = {c: self.mean_variable(weight[c], low=-parts.batch[c]) for c in needed}
        for c in needed:
            self.sample_constant += instance.part_stocking[c] + weight[c] * parts.position[c]
            self.value_terms.append((base[c], parts.unit_cost[c]))
            self.value_constant += parts.unit_cost[c] * parts.position[c].mean()
        for e in self.lines:
            drawn = edges.quantity[e] * edges.windows[edges.window[e]]
            self.sample_constant -= weight[edges.component[e]] * drawn
            self.value_constant -= parts.unit_cost[edges.component[e]] * drawn.mean()
        for i, c, early in zip(edges.early_product, edges.early_component, edges.early, strict=True):
            if self.strategy[i] == ATO:
                self.sample_constant += weight[c] * early
                self.value_constant += parts.unit_cost[c] * early.mean()
        wait = self._waiting(weight)
        self._cover(base, wait, edges.windows)

    def _waiting(self, weight):
        """Late units; each leaves its other parts on the shelf."""
        instance, edges, wait = self.instance, self.instance.edges, {}
        for i in sorted({int(edges.product[e]) for e in self.lines}):
            mine = [e for e in self.lines if edges.product[e] == i]
            carried = sum(edges.quantity[e] * weight[edges.component[e]] for e in mine)
            worth = sum(edges.quantity[e] * instance.parts.unit_cost[edges.component[e]] for e in mine)
            bought = edges.bought
            for b in [b for b in range(len(bought.product)) if bought.product[b] == i]:
                carried += bought.quantity[b] * weight[bought.component[b]]
                worth += bought.quantity[b] * instance.parts.unit_cost[bought.component[b]]
            for s in range(self.count):
                margin = instance.lost[i] * DAYS_PER_YEAR if instance.assembly_late_days[i] <= 0.0 else 0.0
                each = instance.waiting[i] + carried + margin * edges.late_rate[i, s]
                wait[i, s] = self.sample_variable(s, each, high=edges.peak[i, s])
                self.value_terms.append((wait[i, s], worth / self.count))
        self.wait = wait
        return wait

    def _cover(self, base, late, windows):
        edges = self.instance.edges
        for c, level in base.items():
            at = [e for e in self.lines if edges.component[e] == c]
            for s in range(self.count):
                demand = sum(edges.quantity[e] * windows[edges.window[e], s] for e in at)
                terms = [(late[int(edges.product[e]), s], -edges.quantity[e]) for e in at]
                self.lp.at_most([(level, -1.0), *terms], self.instance.parts.position[c, s] - demand)

    def late_units(self):
        """Mean late units a day of each product with a target, a share of each unit that waits."""
        instance = self.instance
        for i in sorted({i for i, _ in self.wait}):
            if instance.on_time_target[i] > 0.0:
                became = instance.edges.late_rate[i]
                late = [(self.wait[i, s], became[s] / self.count) for s in range(self.count)]
                self.lp.at_most(late, (1.0 - instance.on_time_target[i]) * instance.rate[i])

    def capacity(self):
        """Hours of every bucket: regular, overtime, outsourced."""
        instance, capacity = self.instance, self.instance.capacity
        if capacity is None:
            return
        yearly = DAYS_PER_YEAR / capacity.bucket_days
        over_price, outside_price = instance.prices.overtime.sum(axis=1), instance.prices.outsourced.sum(axis=1)
        for g in range(len(capacity.names)):
            for s in range(self.count):
                hours = 0.0
                for i, k in enumerate(self.strategy):
                    mean, drawn = instance.rate[i] * capacity.bucket_days, capacity.demand[i, s]
                    # What is made for stock comes with its orders, what is made ahead follows the season.
                    pace = capacity.stock_pace if k == MTS else capacity.pace
                    mean *= 1.0 if pace is None else pace[i, s]
                    hours += capacity.make_hours[i, g] * (drawn if k == MTO else mean)
                    hours += capacity.assemble_hours[i, g] * (mean if k == MTS else drawn)
                over = self.sample_variable(s, over_price[g] * yearly, high=capacity.overtime[g])
                terms = [(over, -1.0)]
                if capacity.outsourcing[g]:
                    terms.append((self.sample_variable(s, outside_price[g] * yearly), -1.0))
                self.lp.at_most(terms, capacity.hours[g] - hours)

    def least_cost(self):
        instance, lp = self.instance, self.lp
        if instance.budget is not None:
            lp.at_most(self.value_terms, instance.budget - self.value_constant)
        lp.offset += self.sample_constant.mean()
        if instance.cvar_weight > 0.0:
            lp.cost = [(1.0 - instance.cvar_weight) * c for c in lp.cost]
            lp.offset *= 1.0 - instance.cvar_weight
            eta = lp.variable(instance.cvar_weight, low=None)
            for s in range(self.count):
                beyond = lp.variable(instance.cvar_weight / self.count / (1.0 - instance.cvar_level))
                lp.at_most([*self.sample_terms[s], (eta, -1.0), (beyond, -1.0)], -self.sample_constant[s])
        return lp.minimum()
