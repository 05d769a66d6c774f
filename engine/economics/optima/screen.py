"""Decides what can be decided product by product, before any program is solved; proofs in docs/screening.md.

Three tests, each of which keeps at least one best plan: lone products by their own three costs, subadditivity of the
pooled component cost, and dominated strategies. They are repeated until nothing changes, since a product that is no
longer assembled to order leaves its parts to the others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTO, MTS, Booleans, Instance, Integers
from engine.economics.optima.stock import fold

# Shares of samples that a candidate stock covers; the newsvendor's own share is added per product.
_SHARES = (0.0, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.88, 0.91, 0.94, 0.96, 0.98, 0.99, 1.0)
_BLOCK = 4_000_000


class DecidedBy(StrEnum):
    """Why a product is decided, or that it is not."""

    OPEN = "open"
    GIVEN = "given"
    LONE = "lone"
    DEDICATED = "dedicated"
    DOMINATED = "dominated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Strategies left after the tests.

    Parameters
    ----------
    allowed : shape (I, 3)
        At least one best plan uses only these.
    decided_by : tuple of DecidedBy
        One per product; `OPEN` where more than one strategy is left.
    """

    allowed: Booleans
    decided_by: tuple[DecidedBy, ...]

    @property
    def counts(self) -> dict[DecidedBy, int]:
        """Number of products by test, every test named."""
        counter = Counter(self.decided_by)
        return {test: counter[test] for test in DecidedBy}


@dataclass(frozen=True, slots=True, kw_only=True)
class DedicatedCost:
    """Cost a year of assembling a product from parts of its own, fixed cost included.

    Parameters
    ----------
    low, high : shape (I,)
        Bounds. `low` is for a product that shares no part; `high` holds in any company, infinite where no
        candidate keeps the on-time target.
    exact : shape (I,)
        Whether `high` is the optimum of the product alone.
    """

    low: Array
    high: Array
    exact: Booleans


def screen(instance: Instance) -> Screen:
    """Narrow the strategies to those that some best plan uses.

    Without effect under a budget (C7), a limit of changes (C8) or CVaR (C9), which tie all products together, and on
    products that use a scarce resource (C5) or whose strategy others share (C10).

    Parameters
    ----------
    instance : Instance
        Finished stock is folded in where that is not done.
    """
    allowed = instance.allowed.copy()
    by = np.full(len(instance.products), DecidedBy.OPEN, dtype=object)
    by[allowed.sum(axis=1) == 1] = DecidedBy.GIVEN
    if not instance.ties_products:
        _narrow(instance if instance.stock_decided else fold(instance), allowed, by)
    return Screen(allowed=allowed, decided_by=tuple(by))


def scarce_products(instance: Instance) -> Booleans:
    """Products that use hours of a resource under some allowed strategy, shape (I,)."""
    capacity = instance.capacity
    if capacity is None:
        return np.zeros(len(instance.products), dtype=bool)
    # Made in any strategy, assembled in any: only the hours' variability depends on it.
    return np.asarray(capacity.used.any(axis=1))


def _narrow(instance: Instance, allowed: Booleans, by: npt.NDArray[np.object_]) -> None:
    """Apply the tests in place until nothing changes."""
    free = ~scarce_products(instance) & ~instance.ties.tied
    fixed = instance.standing
    cost = dedicated_cost(instance)
    values = np.full(len(free), np.nan)

    def keep(which: Integers, strategy: Integers | int, test: DecidedBy) -> None:
        allowed[which] = False
        allowed[which, strategy] = True
        by[which] = test

    def mark() -> None:
        done = (allowed.sum(axis=1) == 1) & (by == DecidedBy.OPEN)
        by[done] = DecidedBy.DOMINATED

    both = free & allowed[:, MTS] & allowed[:, MTO]
    dearer = np.where(fixed[:, MTO] >= fixed[:, MTS], MTO, MTS)
    allowed[both, dearer[both]] = False
    mark()
    rest = np.where(allowed, fixed, np.inf)
    rest[:, ATO] = np.inf
    # The best of what is not ATO; the dearer of two was dropped.
    other, best = np.argmin(rest, axis=1), rest.min(axis=1)
    pays = free & (by == DecidedBy.OPEN) & allowed[:, ATO] & (cost.high <= best)
    keep(np.flatnonzero(pays), ATO, DecidedBy.DEDICATED)
    while True:
        contested = free & (by == DecidedBy.OPEN) & allowed[:, ATO]
        shared = shared_lines(instance, allowed)
        allowed[contested & (joining_cost(instance, shared) >= best), ATO] = False
        mark()
        with_shared = np.zeros(len(free), dtype=bool)
        with_shared[instance.edges.product[shared]] = True
        lone = np.flatnonzero(free & (by == DecidedBy.OPEN) & allowed[:, ATO] & ~with_shared)
        for i in lone[~cost.exact[lone] & (cost.low[lone] < best[lone]) & np.isnan(values[lone])].tolist():
            values[i] = alone_cost(instance, i)
        # Where the lower bound alone decides, the cost itself is not known: it is at least that of the other.
        alone = np.where(np.isnan(values), np.where(cost.exact, cost.high, np.inf), values)
        sure = lone[~np.isnan(values[lone]) | cost.exact[lone] | (cost.low[lone] >= best[lone])]
        keep(sure, np.where(alone[sure] <= best[sure], ATO, other[sure]), DecidedBy.LONE)
        if np.array_equal(contested, free & (by == DecidedBy.OPEN) & allowed[:, ATO]):
            return


def shared_lines(instance: Instance, allowed: Booleans) -> Booleans:
    """Lines whose component another product uses too that may be assembled to order, shape (E,)."""
    edges = instance.edges
    use = allowed[edges.product, ATO]
    pairs = np.unique(np.stack([edges.component[use], edges.product[use]]), axis=1)
    users = np.bincount(pairs[0], minlength=len(instance.components))
    shared: Booleans = use & (users[edges.component] > 1)
    return shared


def joining_cost(instance: Instance, shared: Booleans) -> Array:
    """Least that a product can add by joining any pool of other ATO products, fixed cost included, shape (I,).

    By duality of the pooled program, whatever the prices of the shared parts are (docs/screening.md).

    Parameters
    ----------
    instance : Instance
        With finished stock decided.
    shared : shape (E,)
        From `shared_lines`.
    """
    edges, carrying = instance.edges, instance.part_carrying
    least = instance.standing[:, ATO].copy()
    alone = ~shared
    pairs = np.unique(np.stack([edges.product[alone], edges.component[alone]]), axis=1)
    np.add.at(least, pairs[0], instance.part_stocking[pairs[1]])
    product, window = edges.product[shared], edges.window[shared]
    ahead = (edges.peak[edges.window_product] - edges.windows).max(axis=1, initial=0.0)
    gain = edges.windows.mean(axis=1) + ahead
    np.subtract.at(least, product, carrying[edges.component[shared]] * edges.quantity[shared] * gain[window])
    return least


def dedicated_cost(instance: Instance) -> DedicatedCost:
    """Bounds of the cost of each product assembled from parts of its own.

    One window without an on-time target is a newsvendor, late / (late + carrying) on the samples (Arrow, Harris &
    Marschak 1951), and exact; several windows are tried at common shares of covered samples, and bounded from below by
    splitting lateness between the windows in proportion to their carrying costs.
    """
    edges, parts = instance.edges, instance.parts
    count, windows = len(instance.products), len(edges.window_product)
    carried, kit = np.zeros(windows), np.zeros(count)
    np.add.at(carried, edges.window, instance.part_carrying[edges.component] * edges.quantity)
    np.add.at(kit, edges.window_product, carried)
    steady = instance.standing[:, ATO].copy()
    on_top = instance.part_stocking + instance.part_carrying * parts.position.mean(axis=1)
    np.add.at(steady, edges.product, on_top[edges.component])
    low, high = steady.copy(), steady.copy()
    order = np.argsort(edges.window_product, kind="stable")
    product, first = np.unique(edges.window_product[order], return_index=True)
    last = np.append(first[1:], len(order))
    size = max(1, _BLOCK // max(instance.samples, 1))
    start = 0
    while start < len(product):
        stop = max(start + 1, int(np.searchsorted(last, first[start] + size, side="right")))
        rows = order[first[start] : last[stop - 1]]
        which = product[start:stop]
        above, below = _try_stocks(
            instance, which, rows, first=first[start:stop] - first[start], carried=carried[rows], kit=kit[which]
        )
        high[which] += above
        low[which] += below
        start = stop
    batched = np.zeros(count, dtype=bool)
    batched[edges.product[(parts.position.max(axis=1, initial=0.0) > 0.0)[edges.component]]] = True
    low[batched] = -np.inf
    exact = (np.bincount(edges.window_product, minlength=count) <= 1) & ~batched
    exact &= (instance.on_time_target <= 0.0) & (instance.lost <= 0.0)
    return DedicatedCost(low=low, high=high, exact=exact)


def _try_stocks(
    instance: Instance, product: Integers, rows: Integers, *, first: Integers, carried: Array, kit: Array
) -> tuple[Array, Array]:
    """Least cost of the candidates and a lower bound, both shape (products,), of a block of windows.

    Parameters
    ----------
    product : shape (products,)
    rows : shape (windows,)
        The products' windows, one product after the other.
    first : shape (products,)
        Where each begins in `rows`.
    carried : shape (windows,)
        Carrying cost of what one unit needs of the window's parts.
    kit : shape (products,)
        The same of all its parts.
    """
    edges, samples = instance.edges, instance.samples
    demand = edges.windows[rows]
    mean, owner = demand.mean(axis=1), np.repeat(np.arange(len(product)), np.diff(np.append(first, len(rows))))
    ordered = np.sort(demand, axis=1)
    late_price = instance.waiting[product] + instance.bought_carrying[product]
    dear = late_price + kit
    ratio = np.where(dear > 0.0, late_price / np.where(dear > 0.0, dear, 1.0), 1.0)
    allowance = (1.0 - instance.part_target[product]) * instance.rate[product]
    targeted = instance.on_time_target[product] > 0.0
    # Units delivered late a day of each unit that waits, and what they cost a year.
    became = edges.late_rate[product]
    lost = instance.part_lost[product][:, None]
    weight = dear[:, None] + DAYS_PER_YEAR * lost * became

    def cost_of(level: Array) -> Array:
        late = np.maximum.reduceat(np.maximum(demand - level[:, None], 0.0), first, axis=0)
        cost: Array = np.add.reduceat(carried * (level - mean), first) + (weight * late).mean(axis=1)
        return np.where(targeted & ((became * late).mean(axis=1) > allowance), np.inf, cost)

    def level_of(values: Array, share: Array) -> Array:
        place = np.clip(np.ceil(share * samples - 1e-9).astype(np.int64) - 1, 0, samples - 1)
        level: Array = np.where(share > 0.0, 1.0, 0.0)[owner] * values[np.arange(len(rows)), place[owner]]
        return level

    quantile = level_of(ordered, ratio)
    best = cost_of(quantile)
    for share in _SHARES:
        constant = np.full(len(product), share)
        best = np.minimum(best, cost_of(level_of(ordered, constant)))
        if targeted.any():
            best = np.minimum(best, cost_of(np.maximum(quantile, level_of(ordered, constant))))
    part = carried / np.where(kit > 0.0, kit, 1.0)[owner]
    short = np.maximum(demand - quantile[:, None], 0.0).mean(axis=1)
    split = np.add.reduceat(carried * (quantile - mean) + part * dear[owner] * short, first)
    return best, split


def alone_cost(instance: Instance, i: int) -> float:
    """Cost a year of product i assembled to order from parts that no other product uses: a linear program.

    NaN where it was not solved.
    """
    edges, parts, samples = instance.edges, instance.parts, instance.samples
    lines = np.flatnonzero(edges.product == i)
    offset = float(instance.standing[i, ATO])
    if not lines.size:
        return offset
    component, quantity = edges.component[lines], edges.quantity[lines]
    carrying, position = instance.part_carrying[component], parts.position[component]
    demand = quantity[:, None] * edges.windows[edges.window[lines]]
    offset += float((instance.part_stocking[component] + carrying * (position - demand).mean(axis=1)).sum())
    lost = DAYS_PER_YEAR * float(instance.part_lost[i])
    waits = instance.waiting[i] + instance.bought_carrying[i] + float(carrying @ quantity)
    weight = (waits + lost * edges.late_rate[i]) / samples
    cost = np.concatenate([carrying, weight])
    lower = np.concatenate([-parts.batch[component], np.zeros(samples)])
    upper = np.concatenate([np.full(len(lines), np.inf), edges.peak[i]])
    cover = _cover(quantity, samples)
    rows, limit = cover, (position - demand).ravel()
    if instance.on_time_target[i] > 0.0:
        promise = sparse.csr_matrix(np.concatenate([np.zeros(len(lines)), edges.late_rate[i] / samples])[None, :])
        rows = sparse.csr_matrix(sparse.vstack([cover, promise]))
        limit = np.append(limit, (1.0 - instance.part_target[i]) * instance.rate[i])
    bounds = np.stack([lower, upper], axis=1)
    from scipy.optimize import linprog  # noqa: PLC0415  (slow import, needed where parts are shared only)

    # The stubs know dense rows only.
    solution = linprog(cost, A_ub=rows, b_ub=limit, bounds=bounds, method="highs")  # type: ignore[call-overload]
    return offset + float(solution.fun) if solution.status == 0 else float("nan")


def _cover(quantity: Array, samples: int) -> sparse.csr_matrix:
    """Rows of (C3) of one product as -stock - quantity x late <= position - demand."""
    lines = len(quantity)
    stock = sparse.kron(sparse.eye(lines), -np.ones((samples, 1)))
    late = sparse.kron(-quantity[:, None], sparse.eye(samples))
    return sparse.csr_matrix(sparse.hstack([stock, late]))
