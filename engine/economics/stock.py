"""Finished stock on samples: cost curves over the reorder level, least stock for a target, the optimum."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import DAYS_PER_YEAR, MTS, TERMS, FinishedStock, Instance, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMeasures:
    """Sampled measures of one finished stock at given reorder levels.

    Parameters
    ----------
    on_hand, backlog : shape (levels,)
        Mean units.
    late_per_day : shape (levels,)
        Units a day delivered late.
    """

    on_hand: Array
    backlog: Array
    late_per_day: Array


def _mean_excess(values: Array, levels: Array) -> Array:
    """E(X - s)+ at many levels s, by sorting once."""
    ordered = np.sort(values)
    tail = np.concatenate([np.cumsum(ordered[::-1])[::-1], [0.0]])
    first = np.searchsorted(ordered, levels, side="right")
    excess: Array = np.maximum(tail[first] - (len(ordered) - first) * levels, 0.0) / len(ordered)
    return excess


def measure_stock(stock: FinishedStock, i: int, levels: Array, *, rate: float, review_days: float) -> StockMeasures:
    """Mean on-hand, backlog and late units of product i at reorder levels.

    Late units a day are (E(D(LT+R-L') - S - V)+ - E(D(LT-L') - S - V)+) / R, the backlog built up in one
    cycle; at R = 0 the arrivals that find no stock: rate x P(D >= S + V) over exposed samples (Hadley &
    Whitin 1963).

    Parameters
    ----------
    stock : FinishedStock
    i : int
    levels : shape (levels,)
    rate : float
        Units a day.
    review_days : float
    """
    x = stock.demand[i] - stock.position[i]
    backlog = _mean_excess(x, levels)
    on_hand = backlog + levels - x.mean()
    if review_days > 0.0:
        end = _mean_excess(stock.demand_end[i] - stock.position[i], levels)
        start = _mean_excess(stock.demand_start[i] - stock.position[i], levels)
        late = (end - start) / review_days
    else:
        exposed = np.sort(x[stock.exposed[i]])
        late = rate * (len(exposed) - np.searchsorted(exposed, levels, side="left")) / len(x)
    return StockMeasures(on_hand=on_hand, backlog=backlog, late_per_day=np.clip(late, 0.0, rate))


def breakpoints(stock: FinishedStock, i: int, *, late_units: bool) -> Array:
    """Reorder levels at which a sampled cost can have its least value, ascending and within the bounds."""
    parts = [stock.demand[i] - stock.position[i]]
    if late_units:
        parts += [stock.demand_start[i] - stock.position[i], stock.demand_end[i] - stock.position[i]]
        if np.array_equal(stock.demand_start[i], stock.demand_end[i]):
            # Continuous review: late units are a step function that falls just above a sample.
            parts.append(_just_above(parts[0]))
    low = max(float(stock.least[i]), -float(stock.batch[i]))
    high = max(float(stock.most[i]), low)
    levels = np.clip(np.unique(np.concatenate([*parts, [low]])), low, high)
    return np.unique(levels)


def least_stock(stock: FinishedStock, i: int, *, target: float, rate: float, review_days: float) -> float:
    """The least reorder level whose late units are at most (1 - target) of demand (C6, type 2 service).

    Found between the breakpoints of the sampled curve, where it is linear; at R = 0 it is a step function and
    the level is the next unit above a sample, or the next number where demand is not whole.
    """
    levels = np.unique(
        np.concatenate([part[i] - stock.position[i] for part in (stock.demand, stock.demand_start, stock.demand_end)])
    )
    if review_days <= 0.0:
        # A level equal to the demand is still late.
        levels = _just_above(levels)
    levels = np.concatenate([[-float(stock.batch[i])], levels[levels > -float(stock.batch[i])]])
    late = measure_stock(stock, i, levels, rate=rate, review_days=review_days).late_per_day
    most = (1.0 - target) * rate
    met = late <= most * (1.0 + 1e-12) + 1e-15
    first = int(np.argmax(met)) if met.any() else len(levels) - 1
    if first == 0 or review_days <= 0.0:
        return float(levels[first])
    # The difference of two convex curves can rise again; the level returned is safe from there on.
    if not bool(met[first:].all()):
        first = len(met) - int(np.argmax(~met[::-1]))
    low, high, before, after = levels[first - 1], levels[first], late[first - 1], late[first]
    level = float(high if before <= after else low + (before - most) / (before - after) * (high - low))
    # Nobody holds a part of a unit: where demand and batches are whole, so is the level.
    return float(np.ceil(level - 1e-9)) if _all_whole(levels[1:]) else level


def _just_above(values: Array) -> Array:
    """The next unit where all values are whole, else a hair above each value."""
    if _all_whole(values):
        return np.asarray(values + 1.0)
    return np.asarray(values + np.maximum(1e-9, 1e-9 * np.abs(values)))


def _all_whole(values: Array) -> bool:
    return bool(np.array_equal(values, np.round(values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOptimum:
    """Best finished stock of every product by itself.

    Parameters
    ----------
    level : shape (I,)
        Reorder level S.
    on_hand, backlog, late_per_day : shape (I,)
    cost : shape (I,)
        Holding, obsolescence, late and lost margin, money per year, without the fixed terms.
    """

    level: Array
    on_hand: Array
    backlog: Array
    late_per_day: Array
    cost: Array


def best_stock(instance: Instance, *, value_price: float = 0.0) -> StockOptimum:
    """The reorder level of least cost of each product by itself.

    Without lost sales the newsvendor quantile late / (late + carrying) of X = D - V on the samples; with them
    the least of the sampled curve, which need not be convex.

    Parameters
    ----------
    instance : Instance
    value_price : float
        Price per unit of inventory value and year, added to carrying (a budget's shadow price).

    Returns
    -------
    StockOptimum
        NaN for products that may not be made to stock.
    """
    count = len(instance.products)
    out = np.full((5, count), np.nan)
    carrying = instance.carrying + value_price * instance.unit_cost
    plain = instance.allowed[:, MTS] & (instance.lost <= 0.0)
    out[:, plain] = _newsvendors(instance, np.flatnonzero(plain), carrying)
    for i in np.flatnonzero(instance.allowed[:, MTS] & ~plain).tolist():
        lost = float(instance.lost[i])
        levels = breakpoints(instance.stock, i, late_units=True)
        found = measure_stock(instance.stock, i, levels, rate=float(instance.rate[i]), review_days=instance.review_days)
        cost = (
            carrying[i] * found.on_hand + instance.late[i] * found.backlog + lost * DAYS_PER_YEAR * found.late_per_day
        )
        best = int(np.argmin(cost))
        out[:, i] = (
            levels[best],
            found.on_hand[best],
            found.backlog[best],
            found.late_per_day[best],
            cost[best],
        )
    return StockOptimum(level=out[0], on_hand=out[1], backlog=out[2], late_per_day=out[3], cost=out[4])


def _newsvendors(instance: Instance, which: Integers, carrying: Array) -> Array:
    """Level, on hand, backlog, late units a day and cost of products without lost sales, shape (5, n).

    The curve is convex: within bounds, the level nearest to the newsvendor's quantile is best.
    """
    stock, samples = instance.stock, instance.samples
    x = np.sort(stock.net[which], axis=1)
    late, kept = instance.late[which], carrying[which]
    ratio = late / np.maximum(late + kept, 1e-300)
    # A share that is a whole number of samples but for its rounding is that number.
    place = np.clip(np.ceil(ratio * samples - 1e-9).astype(np.int64) - 1, 0, samples - 1)
    low = np.maximum(stock.least[which], -stock.batch[which])
    level = np.where(ratio > 0.0, x[np.arange(len(which)), place], low)
    level = np.clip(level, low, np.maximum(stock.most[which], low))
    backlog = np.maximum(x - level[:, None], 0.0).mean(axis=1)
    on_hand = backlog + level - x.mean(axis=1)
    rate = instance.rate[which]
    if instance.review_days > 0.0:
        end, start = (
            np.maximum(demand[which] - stock.position[which] - level[:, None], 0.0).mean(axis=1)
            for demand in (stock.demand_end, stock.demand_start)
        )
        late_units = (end - start) / instance.review_days
    else:
        late_units = rate * (stock.exposed[which] & (stock.net[which] >= level[:, None])).mean(axis=1)
    late_units = np.clip(late_units, 0.0, rate)
    return np.stack([level, on_hand, backlog, late_units, kept * on_hand + late * backlog])


def decide_stock(instance: Instance, optimum: StockOptimum) -> Instance:
    """Fold the best finished stock of each product into the fixed costs of MTS.

    Exact where nothing ties finished stocks together, that is without a budget (C7) and without CVaR (C9):
    then the stock of a product is its own newsvendor problem whatever the others do.
    """
    fixed = instance.fixed.copy()
    chosen = instance.allowed[:, MTS]
    terms = {
        "holding": instance.holding * optimum.on_hand,
        "obsolescence": instance.obsolescence * optimum.on_hand,
        "late": instance.late * optimum.backlog,
        "lost_margin": instance.lost * DAYS_PER_YEAR * optimum.late_per_day,
    }
    for term, cost in terms.items():
        fixed[chosen, MTS, TERMS.index(term)] += cost[chosen]
    return replace(instance, fixed=fixed, stock_decided=True)


def fold(instance: Instance, optimum: StockOptimum) -> Instance:
    """The instance with finished stock decided; under a budget (C7) or CVaR (C9), which tie the stocks, as it is."""
    tied = instance.budget is not None or instance.cvar_weight > 0.0
    return instance if tied else decide_stock(instance, optimum)
