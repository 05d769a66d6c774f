"""Groups of products that share something scarce: each is decided by itself, and the whole is their sum."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from engine.economics.instance import ATO, MTS, Booleans, Instance, Integers
from engine.economics.optima.screen import scarce_products, screen
from engine.economics.optima.stock import fold
from engine.program.deadline import NEVER, Deadline, Log
from engine.program.highs import SolveStatus
from engine.search.branch_and_cut import NOWHERE, PooledSearch, Search
from engine.search.cheapest import without_shared_parts
from engine.search.decomposition import SMALLEST, search_group
from engine.search.evaluator import PooledEvaluator
from engine.search.lean import lean
from engine.search.recourse import Recourse

# Gap to which the least inventory is searched for.
_LEAN_GAP = 1e-3
# Finished searches: the one for a plan asks, and again the one for the reason why there is none.
_LEANEST: WeakKeyDictionary[Instance, Search] = WeakKeyDictionary()


def groups(instance: Instance, allowed: Booleans) -> list[Integers]:
    """Connected components of products, the parts they may be assembled from, the resources they use and their ties.

    A product decided otherwise than ATO that uses no resource and has no ties is alone. A budget (C7), a limit of
    changes (C8) or CVaR (C9) ties everything into one group.

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
    if instance.ties_products:
        return [np.arange(products, dtype=np.int64)]
    edges, capacity = instance.edges, instance.capacity
    use = allowed[edges.product, ATO]
    left, right, nodes = edges.product[use], products + edges.component[use], products + components
    if capacity is not None:
        product, resource = np.nonzero(capacity.used)
        left, right = np.concatenate([left, product]), np.concatenate([right, nodes + resource])
        nodes += len(capacity.names)
    for members in instance.ties.labels:
        left, right = np.concatenate([left, members]), np.concatenate([right, np.full(len(members), nodes)])
        nodes += 1
    graph = sparse.coo_matrix((np.ones(len(left)), (left, right)), shape=(nodes, nodes))
    label = connected_components(graph, directed=False)[1][:products]
    order = np.argsort(label, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if products else []
    return sorted((np.sort(members).astype(np.int64) for members in parts), key=lambda members: int(members[0]))


def search_whole(
    instance: Instance,
    *,
    gap: float,
    deadline: Deadline = NEVER,
    log: Log = lambda _: None,
    start: Integers | None = None,
) -> Search:
    """Screen, search every group by itself and put the results together.

    At once where a budget, a limit of changes or CVaR ties all products together. The gap of every group relative to
    its own cost is at most the one asked for, and costs are not negative, so the gap of the whole is too.

    Parameters
    ----------
    instance : Instance
        Folded (`engine.economics.optima.stock.fold`).
    gap, deadline, log
        As of `solve`.
    start : shape (I,), optional
        A plan to begin with.
    """
    if not instance.stock_decided or instance.max_changes is not None:
        spare = None if instance.budget is None else partial(lean_search, instance)
        return PooledSearch(instance, gap=gap, deadline=deadline, log=log, start=start, spare=spare).run()
    screened = screen(instance)
    narrowed = replace(instance.without_paths(), allowed=screened.allowed)
    decided = screened.allowed.sum(axis=1) == 1
    outside = decided & ~screened.allowed[:, ATO] & ~scarce_products(instance) & ~instance.ties.tied
    parts = [members for members in groups(instance, screened.allowed) if not outside[members].all()]
    log(f"{int(decided.sum())} of {len(decided)} products decided by screening, {len(parts)} groups")
    # Groups without a choice need one program, which is as many side by side.
    plain = [members for members in parts if decided[members].all()]
    parts = [members for members in parts if not decided[members].all()]
    parts.sort(key=lambda members: (int((~decided[members]).sum()), int(members[0])))
    if plain:
        parts = [np.sort(np.concatenate(plain)), *parts]
    merged = _Merged(narrowed, outside)
    weight = np.array([1.0 + (~decided[members]).sum() for members in parts])
    for number, members in enumerate(parts):
        # Every group gets its share of the time left; what a small one does not need goes to the larger ones.
        until = deadline.share(float(weight[number] / weight[number:].sum()))
        part = narrowed.restricted(products=members)
        large = len(members) >= SMALLEST
        search = search_group(
            part, gap=gap, deadline=until, log=log if large or len(parts) == 1 else lambda _: None,
            start=None if start is None else start[members],
        )  # fmt: skip
        if search.status is SolveStatus.INFEASIBLE:
            return NOWHERE
        # Where there was no time for another.
        best = search.best or PooledEvaluator(part).evaluate(without_shared_parts(part))
        merged.add(members, search, best)
        if len(parts) > 1 and best is not None:
            log(f"group {number + 1} of {len(parts)}: {len(members)} products, {best.objective:,.0f}")
    return merged.search()


class _Merged:
    """Puts the groups' results into one, in the order of the whole instance."""

    def __init__(self, instance: Instance, outside: Booleans) -> None:
        products, samples = len(instance.products), instance.samples
        resources = 0 if instance.capacity is None else len(instance.capacity.names)
        self.instance = instance
        self.strategy = np.argmax(instance.allowed, axis=1).astype(np.int64)
        fixed = instance.standing[np.arange(products), self.strategy]
        self.objective = self.bound = float(fixed[outside].sum())
        level = np.full(products, np.nan) if instance.stock_level is None else instance.stock_level
        self.level = np.where(outside & (self.strategy == MTS), level, np.nan)
        self.base = np.zeros(len(instance.components))
        self.late = np.zeros((products, samples))
        self.prices = np.zeros((len(instance.components), samples))
        self.overtime, self.outsourced = np.zeros((resources, samples)), np.zeros((resources, samples))
        self.complete, self.status = True, SolveStatus.OPTIMAL

    def add(self, members: Integers, search: Search, best: Recourse | None) -> None:
        """Take over the result of one group."""
        if search.status is not SolveStatus.OPTIMAL:
            self.status = search.status
        self.bound += search.bound
        if best is None:
            self.complete = False
            return
        instance, edges = self.instance, self.instance.edges
        inside = np.zeros(len(instance.products), dtype=bool)
        inside[members] = True
        shared = np.unique(edges.component[inside[edges.product] & instance.allowed[edges.product, ATO]])
        # The group's instance has the parts that come early or after the order too, which tie nobody.
        early, bought = edges.early_component[inside[edges.early_product]], edges.bought
        parts = np.unique(np.concatenate([shared, early, bought.component[inside[bought.product]]]))
        held = np.isin(parts, shared)
        self.objective += best.objective
        self.strategy[members], self.level[members] = best.strategy, best.level
        self.base[shared], self.prices[shared] = best.base[held], best.prices[held]
        self.late[members] = best.late
        if instance.capacity is not None and len(best.overtime):
            used = np.flatnonzero(instance.capacity.used[members].any(axis=0))
            self.overtime[used], self.outsourced[used] = best.overtime, best.outsourced

    def search(self) -> Search:
        """The whole, without a plan where some group has none."""
        if not self.complete:
            return Search(best=None, bound=self.bound, status=self.status)
        samples = self.instance.samples
        best = Recourse(
            strategy=self.strategy, objective=self.objective, program_value=self.objective, level=self.level,
            base=self.base, late=self.late, prices=self.prices, overtime=self.overtime, outsourced=self.outsourced,
            budget_price=0.0, tail=np.full(samples, 1.0 / samples),
        )  # fmt: skip
        return Search(best=best, bound=self.bound, status=self.status)


def lean_search(instance: Instance, deadline: Deadline = NEVER) -> Search:
    """The strategies that need the least money in stock, with hindsight, and a bound of what any plan needs.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    deadline : Deadline
    """
    search = _LEANEST.get(instance)
    if search is None:
        search = search_whole(fold(lean(instance)), gap=_LEAN_GAP, deadline=deadline)
        if search.status is not SolveStatus.TIME_LIMIT:
            _LEANEST[instance] = search
    return search
