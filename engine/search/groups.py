"""Groups of products that share something scarce: each is decided by itself, and the whole is their sum."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from engine.economics.instance import ATO, MTS, Booleans, Capacity, Edges, FinishedStock, Instance, Integers, Parts
from engine.economics.screen import scarce_products, screen
from engine.economics.stock import StockOptimum
from engine.model.variables import wants_end_of_cycle
from engine.program.highs import Status
from engine.search.branch_and_cut import PooledSearch, Search
from engine.search.evaluator import PooledEvaluator
from engine.search.recourse import Recourse

Log = Callable[[str], None]


def groups(instance: Instance, allowed: Booleans) -> list[Integers]:
    """Connected components of products, the parts they may be assembled from and the resources they use.

    A product decided otherwise than ATO that uses no resource is alone. A budget (C7), a limit of changes (C8), CVaR
    (C9) or lost sales tie everything into one group.

    Parameters
    ----------
    instance : Instance
    allowed : shape (I, 3)
        Strategies that are left.

    Returns
    -------
    list of arrays
        Ascending products of each group, the groups in the order of their first product.
    """
    products, components = allowed.shape[0], len(instance.components)
    tied = instance.budget is not None or instance.max_changes is not None
    if tied or instance.cvar_weight > 0.0 or bool((instance.lost > 0.0).any()):
        return [np.arange(products, dtype=np.int64)]
    edges, capacity = instance.edges, instance.capacity
    use = allowed[edges.product, ATO]
    left, right, nodes = edges.product[use], products + edges.component[use], products + components
    if capacity is not None:
        product, resource = np.nonzero((capacity.make_hours > 0.0) | (capacity.assemble_hours > 0.0))
        left, right = np.concatenate([left, product]), np.concatenate([right, nodes + resource])
        nodes += len(capacity.names)
    graph = sparse.coo_matrix((np.ones(len(left)), (left, right)), shape=(nodes, nodes))
    label = connected_components(graph, directed=False)[1][:products]
    order = np.argsort(label, kind="stable")
    found = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if products else []
    return sorted((np.sort(members).astype(np.int64) for members in found), key=lambda members: int(members[0]))


def split(instance: Instance, members: Integers) -> Instance:
    """The instance of some products alone, with the components and resources that they use.

    Parameters
    ----------
    instance : Instance
    members : shape (products,)
        Ascending; a group, or else what they share with others is counted in full.
    """
    inside = np.full(len(instance.products), -1, dtype=np.int64)
    inside[members] = np.arange(len(members))
    edges = instance.edges
    lines = np.flatnonzero((inside[edges.product] >= 0) & instance.allowed[edges.product, ATO])
    component, part = np.unique(edges.component[lines], return_inverse=True)
    window, at = np.unique(edges.window[lines], return_inverse=True)
    rows = {"allowed", "current", "rate", "unit_cost", "holding", "obsolescence", "late", "lost", "integer", "fixed"}
    rows |= {"wait_days", "assembly_late_days", "make_late_days", "make_on_time", "on_time_target", "co2"}
    stock, parts = instance.stock, instance.parts
    return replace(
        instance,
        products=tuple(instance.products[i] for i in members.tolist()),
        components=tuple(instance.components[c] for c in component.tolist()),
        dropped={(int(inside[i]), k): why for (i, k), why in instance.dropped.items() if inside[i] >= 0},
        stock=FinishedStock(
            position=stock.position[members], demand=stock.demand[members], demand_start=stock.demand_start[members],
            demand_end=stock.demand_end[members], exposed=stock.exposed[members], batch=stock.batch[members],
            least=stock.least[members], most=stock.most[members],
        ),
        parts=Parts(
            unit_cost=parts.unit_cost[component], holding=parts.holding[component],
            obsolescence=parts.obsolescence[component], stocking=parts.stocking[component],
            batch=parts.batch[component], position=parts.position[component], co2=parts.co2[component],
            lead_time_days=parts.lead_time_days[component],
        ),
        edges=Edges(
            product=inside[edges.product[lines]], component=part.astype(np.int64), quantity=edges.quantity[lines],
            window=at.astype(np.int64), windows=edges.windows[window], windows_end=edges.windows_end[window],
            window_product=inside[edges.window_product[window]], peak=edges.peak[members],
            peak_end=edges.peak_end[members],
        ),
        capacity=_capacity(instance.capacity, members),
        **{name: getattr(instance, name)[members] for name in sorted(rows)},
    )  # fmt: skip


def _resources(capacity: Capacity, members: Integers) -> Integers:
    hours = capacity.make_hours[members] + capacity.assemble_hours[members]
    return np.flatnonzero((hours > 0.0).any(axis=0))


def _capacity(capacity: Capacity | None, members: Integers) -> Capacity | None:
    """The resources that the members use; None where there is none."""
    if capacity is None or not (used := _resources(capacity, members)).size:
        return None
    return Capacity(
        names=tuple(capacity.names[g] for g in used.tolist()), bucket_days=capacity.bucket_days,
        hours=capacity.hours[used], overtime=capacity.overtime[used], overtime_cost=capacity.overtime_cost[used],
        outsourcing_cost=capacity.outsourcing_cost[used], make_hours=capacity.make_hours[np.ix_(members, used)],
        assemble_hours=capacity.assemble_hours[np.ix_(members, used)], demand=capacity.demand[members],
    )  # fmt: skip


def search_groups(
    instance: Instance,
    optimum: StockOptimum,
    *,
    gap: float,
    deadline: float | None = None,
    log: Log = lambda _: None,
    start: Integers | None = None,
) -> Search:
    """Screen, search every group by itself and put the results together.

    The gap of every group relative to its own cost is at most the one asked for, and costs are not negative, so the
    gap of the whole is too.

    Parameters
    ----------
    instance : Instance
        With finished stock decided, without (C7), (C8), CVaR and lost sales.
    optimum : StockOptimum
    gap, deadline, log, start
        As of `PooledSearch`.
    """
    screened = screen(instance, optimum)
    narrowed = replace(instance, allowed=screened.allowed)
    decided = screened.allowed.sum(axis=1) == 1
    outside = decided & ~screened.allowed[:, ATO] & ~scarce_products(instance)
    found = [members for members in groups(instance, screened.allowed) if not outside[members].all()]
    found.sort(key=lambda members: (int((~decided[members]).sum()), int(members[0])))
    log(f"{int(decided.sum())} of {len(decided)} products decided by screening, {len(found)} groups")
    merged = _Merged(narrowed, optimum, outside, counts_end=wants_end_of_cycle(instance))
    weight = np.array([1.0 + (~decided[members]).sum() for members in found])
    for number, members in enumerate(found):
        until = deadline
        if deadline is not None:
            # Every group gets its share of the time left; what a small one does not need goes to the larger ones.
            now = time.perf_counter()
            until = now + (deadline - now) * float(weight[number] / weight[number:].sum())
        part, own = split(narrowed, members), _own(optimum, members)
        search = PooledSearch(
            part, own, gap=gap, deadline=until, log=log if len(found) == 1 else lambda _: None,
            start=None if start is None else start[members],
        ).run()  # fmt: skip
        if search.status is Status.INFEASIBLE:
            return Search(best=None, bound=np.inf, status=Status.INFEASIBLE)
        best = search.best or _simple_plan(part, own)
        merged.add(members, search, best)
        if len(found) > 1 and best is not None:
            log(f"group {number + 1} of {len(found)}: {len(members)} products, {best.objective:,.0f}")
    return merged.search()


def _own(optimum: StockOptimum, members: Integers) -> StockOptimum:
    return StockOptimum(
        level=optimum.level[members], on_hand=optimum.on_hand[members], backlog=optimum.backlog[members],
        late_per_day=optimum.late_per_day[members], cost=optimum.cost[members],
    )  # fmt: skip


def _simple_plan(instance: Instance, optimum: StockOptimum) -> Recourse | None:
    """The cheapest strategy of each product by its fixed costs: a plan where there was no time for another."""
    cost = np.where(instance.allowed, instance.fixed_total, np.inf)
    return PooledEvaluator(instance, optimum).evaluate(np.argmin(cost, axis=1).astype(np.int64))


class _Merged:
    """Puts the groups' results into one, in the order of the whole instance."""

    def __init__(self, instance: Instance, optimum: StockOptimum, outside: Booleans, *, counts_end: bool) -> None:
        products, samples = len(instance.products), instance.samples
        resources = 0 if instance.capacity is None else len(instance.capacity.names)
        self.instance = instance
        self.strategy = np.argmax(instance.allowed, axis=1).astype(np.int64)
        fixed = instance.fixed_total[np.arange(products), self.strategy]
        self.objective = self.bound = float(fixed[outside].sum())
        self.level = np.where(outside & (self.strategy == MTS), optimum.level, np.nan)
        self.base = np.zeros(len(instance.components))
        self.late, self.late_end = np.zeros((products, samples)), np.zeros((products, samples))
        self.counts_end = counts_end
        self.prices = np.zeros((len(instance.components), samples))
        self.overtime, self.outsourced = np.zeros((resources, samples)), np.zeros((resources, samples))
        self.complete, self.status = True, Status.OPTIMAL

    def add(self, members: Integers, search: Search, best: Recourse | None) -> None:
        """Take over the result of one group."""
        if search.status is not Status.OPTIMAL:
            self.status = search.status
        self.bound += search.bound
        if best is None:
            self.complete = False
            return
        instance, edges = self.instance, self.instance.edges
        inside = np.zeros(len(instance.products), dtype=bool)
        inside[members] = True
        parts = np.unique(edges.component[inside[edges.product] & instance.allowed[edges.product, ATO]])
        self.objective += best.objective
        self.strategy[members], self.level[members] = best.strategy, best.level
        self.base[parts], self.prices[parts] = best.base, best.prices
        self.late[members] = best.late
        if best.late_end is not None:
            self.late_end[members] = best.late_end
        if instance.capacity is not None and len(best.overtime):
            used = _resources(instance.capacity, members)
            self.overtime[used], self.outsourced[used] = best.overtime, best.outsourced

    def search(self) -> Search:
        """The whole, without a plan where some group has none."""
        if not self.complete:
            return Search(best=None, bound=self.bound, status=self.status)
        samples = self.instance.samples
        best = Recourse(
            strategy=self.strategy, objective=self.objective, level=self.level, base=self.base, late=self.late,
            late_end=self.late_end if self.counts_end else None, prices=self.prices, overtime=self.overtime,
            outsourced=self.outsourced, budget_price=0.0, tail=np.full(samples, 1.0 / samples),
        )  # fmt: skip
        return Search(best=best, bound=self.bound, status=self.status)
