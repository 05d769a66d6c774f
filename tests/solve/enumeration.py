"""The oracle: every combination of strategies, its best stocks by a linear program written here from the rules.

Nothing of `engine.model` or `engine.solve` is used, so that an error there cannot hide here.
"""

from dataclasses import dataclass
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
    costs = {combination: cost_of(instance, combination) for combination in combinations_of(*choices)}
    strategy = min(costs, key=costs.get) if costs else ()
    return Best(cost=costs.get(strategy, np.inf), strategy=strategy, costs=costs)


def cost_of(instance, strategy):
    """Least cost a year under one combination, infinite where no stocks keep the rules."""
    if instance.max_changes is not None:
        changes = sum(1 for k, now in zip(strategy, instance.current, strict=True) if now >= 0 and k != now)
        if changes > instance.max_changes:
            return np.inf
    lost = [i for i in counted_ato(instance, strategy) if instance.lost[i] > 0.0]
    # Late ATO units are the end-of-cycle backlog, at most all units: either branch, whichever costs less.
    return min(_linear(instance, strategy, dict(zip(lost, branch, strict=True)))
               for branch in combinations_of((False, True), repeat=len(lost)))  # fmt: skip


def counted_ato(instance, strategy):
    """ATO products with components to wait for and an assembly within the customer's wait."""
    with_parts = set(instance.edges.product.tolist())
    return [i for i, k in enumerate(strategy) if k == ATO and i in with_parts and instance.assembly_late_days[i] <= 0]


def finished_curve(instance, i):
    """Cost a year of finished stock over the reorder level, without lost sales being convex: a function of S."""
    stock, count = instance.stock, instance.samples

    def cost(level):
        ahead = stock.position[i] + level
        hand = np.maximum(ahead - stock.demand[i], 0.0).sum() / count
        back = np.maximum(stock.demand[i] - ahead, 0.0).sum() / count
        if instance.review_days > 0.0:
            end = np.maximum(stock.demand_end[i] - ahead, 0.0).sum() / count
            start = np.maximum(stock.demand_start[i] - ahead, 0.0).sum() / count
            late = (end - start) / instance.review_days
        else:
            late = instance.rate[i] * (stock.exposed[i] & (stock.demand[i] >= ahead)).sum() / count
        late = min(max(late, 0.0), instance.rate[i])
        carrying = instance.holding[i] + instance.obsolescence[i]
        return carrying * hand + instance.late[i] * back + instance.lost[i] * DAYS_PER_YEAR * late

    return cost


def best_finished(instance, i):
    """Least cost of finished stock by itself: the curve at every kink within the bounds."""
    stock = instance.stock
    low = max(float(stock.least[i]), -float(stock.batch[i]))
    high = max(float(stock.most[i]), low)
    kinks = [stock.demand[i], stock.demand_start[i], stock.demand_end[i]]
    levels = np.concatenate([part - stock.position[i] for part in kinks])
    whole = np.array_equal(levels, np.round(levels))
    above = levels + (1.0 if whole else 1e-9)
    levels = np.clip(np.concatenate([levels, above, [low]]), low, high)
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


def _linear(instance, strategy, all_late):
    """The program of one combination; `all_late[i]`: every ATO unit of i counts as late."""
    lp, count = _Rows(), instance.samples
    tied = instance.budget is not None or instance.cvar_weight > 0.0
    # Terms of each sample's cost a year (for the CVaR), and of the mean inventory value (for the budget).
    sample_terms = [[] for _ in range(count)]
    sample_constant = np.zeros(count)
    value_terms, value_constant = [], 0.0

    def mean_variable(per_sample, **bounds):
        """A first-stage variable that costs the same in every sample."""
        column = lp.variable(per_sample, **bounds)
        for terms in sample_terms:
            terms.append((column, per_sample))
        return column

    def sample_variable(s, per_sample, **bounds):
        column = lp.variable(per_sample / count, **bounds)
        sample_terms[s].append((column, per_sample))
        return column

    for i, k in enumerate(strategy):
        sample_constant += instance.fixed[i, k].sum()
        if k != MTS:
            continue
        if not tied:
            sample_constant += best_finished(instance, i)
            continue
        assert instance.lost[i] == 0.0, "lost sales together with a budget have no closed form here"
        stock, carrying = instance.stock, instance.holding[i] + instance.obsolescence[i]
        low = max(float(stock.least[i]), -float(stock.batch[i]))
        high = None if np.isinf(stock.most[i]) else float(stock.most[i])
        level = mean_variable(carrying, low=low, high=high)
        value_terms.append((level, instance.unit_cost[i]))
        for s in range(count):
            net = stock.demand[i, s] - stock.position[i, s]
            back = sample_variable(s, carrying + instance.late[i])
            sample_constant[s] -= carrying * net
            value_terms.append((back, instance.unit_cost[i] / count))
            value_constant -= instance.unit_cost[i] * net / count
            lp.at_most([(back, -1.0), (level, -1.0)], -net)

    edges, parts = instance.edges, instance.parts
    lines = [e for e in range(len(edges.product)) if strategy[edges.product[e]] == ATO]
    weight = {c: parts.holding[c] + parts.obsolescence[c] for c in range(len(instance.components))}
    needed = sorted({int(edges.component[e]) for e in lines})
    base = {c: mean_variable(weight[c]) for c in needed}
    for c in needed:
        sample_constant += parts.stocking[c] + weight[c] * parts.position[c]
        value_terms.append((base[c], parts.unit_cost[c]))
        value_constant += parts.unit_cost[c] * parts.position[c].mean()
    wait, wait_end = {}, {}
    for i in sorted({int(edges.product[e]) for e in lines}):
        mine = [e for e in lines if edges.product[e] == i]
        carried = sum(edges.quantity[e] * weight[int(edges.component[e])] for e in mine)
        worth = sum(edges.quantity[e] * parts.unit_cost[edges.component[e]] for e in mine)
        for s in range(count):
            most = max(0.0, max(edges.windows[edges.window[e], s] for e in mine))
            most_end = max(0.0, max(edges.windows_end[edges.window[e], s] for e in mine))
            wait[i, s] = sample_variable(s, instance.late[i] + carried, high=most)
            value_terms.append((wait[i, s], worth / count))
            wait_end[i, s] = lp.variable(0.0, high=most_end)
    for e in lines:
        i, c, q = int(edges.product[e]), int(edges.component[e]), edges.quantity[e]
        sample_constant -= weight[c] * q * edges.windows[edges.window[e]]
        value_constant -= parts.unit_cost[c] * q * edges.windows[edges.window[e]].mean()
    counts_end = bool(((instance.on_time_target > 0) | (instance.lost > 0)).any())
    for c in needed:
        at = [e for e in lines if edges.component[e] == c]
        for s in range(count):
            for late, windows in ((wait, edges.windows), (wait_end, edges.windows_end)):
                if late is wait_end and not counts_end:
                    continue
                demand = sum(edges.quantity[e] * windows[edges.window[e], s] for e in at)
                terms = [(late[int(edges.product[e]), s], -edges.quantity[e]) for e in at]
                lp.at_most([(base[c], -1.0), *terms], parts.position[c, s] - demand)
    cycle = instance.review_days if instance.review_days > 0 else 1.0
    for i in sorted({i for i, _ in wait_end}):
        ends = [(wait_end[i, s], 1.0 / count / cycle) for s in range(count)]
        if instance.on_time_target[i] > 0.0:
            lp.at_most(ends, (1.0 - instance.on_time_target[i]) * instance.rate[i])
        if i in all_late:
            margin = instance.lost[i] * DAYS_PER_YEAR
            if all_late[i]:
                sample_constant += margin * instance.rate[i]
            else:
                for column, value in ends:
                    lp.cost[column] += margin * value
                    for terms in sample_terms:
                        terms.append((column, margin * value))
    _capacity(instance, strategy, lp, sample_variable)
    if instance.budget is not None:
        lp.at_most(value_terms, instance.budget - value_constant)
    lp.offset += sample_constant.mean()
    if instance.cvar_weight > 0.0:
        lp.cost = [(1.0 - instance.cvar_weight) * c for c in lp.cost]
        lp.offset *= 1.0 - instance.cvar_weight
        eta = lp.variable(instance.cvar_weight, low=None)
        for s in range(count):
            share = instance.cvar_weight / count / (1.0 - instance.cvar_level)
            beyond = lp.variable(share)
            lp.at_most([*sample_terms[s], (eta, -1.0), (beyond, -1.0)], -sample_constant[s])
    return lp.minimum()


def _capacity(instance, strategy, lp, sample_variable):
    """Hours of every bucket: regular, overtime, outsourced."""
    capacity = instance.capacity
    if capacity is None:
        return
    yearly = DAYS_PER_YEAR / capacity.bucket_days
    for g in range(len(capacity.names)):
        for s in range(instance.samples):
            hours = 0.0
            for i, k in enumerate(strategy):
                mean, drawn = instance.rate[i] * capacity.bucket_days, capacity.demand[i, s]
                hours += capacity.make_hours[i, g] * (drawn if k == MTO else mean)
                hours += capacity.assemble_hours[i, g] * (mean if k == MTS else drawn)
            terms = [(sample_variable(s, capacity.overtime_cost[g] * yearly, high=capacity.overtime[g]), -1.0)]
            if not np.isnan(capacity.outsourcing_cost[g]):
                terms.append((sample_variable(s, capacity.outsourcing_cost[g] * yearly), -1.0))
            lp.at_most(terms, capacity.hours[g] - hours)
