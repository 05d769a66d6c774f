"""Finished stock on samples: cost curves over the reorder level, least stock for a target, the optimum."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import along
from engine.economics.instance import DAYS_PER_YEAR, MTS, FinishedStock, Instance, Integers

# A level equal to what a sample reaches but for the rounding of sums covers it.
_ROUNDING = 1e-12


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


def _units_beyond(stock: FinishedStock, i: int) -> tuple[Array, Array]:
    """What samples reach, ascending, shape (W,), and how many units fall due in the n last of them, shape (W + 1,)."""
    reached = stock.reached[i] - stock.position[i]
    order = np.argsort(reached, kind="stable")
    beyond = np.concatenate([np.cumsum(stock.pace[i][order[::-1]])[::-1], [0.0]])
    return reached[order], beyond


def measure_stock(stock: FinishedStock, i: int, levels: Array, *, rate: float) -> StockMeasures:
    """Mean on-hand, backlog and late units of product i at reorder levels.

    Late units a day are rate x E(pace; D(t) + U > S + V), U what comes of its own order up to and with a unit that
    falls due, the pace as of `FinishedStock`: the derivative of E(D(t) - S - V)+ with respect to t, at every review
    period. With single units and continuous review it is P(D >= S + V) (Hadley & Whitin 1963).

    Parameters
    ----------
    stock : FinishedStock
    i : int
    levels : shape (levels,)
    rate : float
        Units a day.
    """
    x = stock.net[i]
    backlog = _mean_excess(x, levels)
    on_hand = backlog + levels - x.mean() + stock.early[i].mean()
    reached, beyond = _units_beyond(stock, i)
    late = rate * beyond[np.searchsorted(reached, levels + _ROUNDING * np.abs(levels), side="right")] / len(x)
    return StockMeasures(on_hand=on_hand, backlog=backlog, late_per_day=late)


def late_units(stock: FinishedStock, which: Integers, level: Array, *, rate: Array) -> Array:
    """Late units a day of some products at a reorder level each, as `measure_stock` counts them.

    Parameters
    ----------
    stock : FinishedStock
    which : shape (n,)
    level, rate : shape (n,)
        Units, and units a day.

    Returns
    -------
    numpy.ndarray, shape (n,)
    """
    reached = stock.reached[which] - stock.position[which]
    short = reached > (level + _ROUNDING * np.abs(level))[:, None]
    late: Array = rate * np.where(short, stock.pace[which], 0.0).sum(axis=1) / reached.shape[1]
    return late


def breakpoints(stock: FinishedStock, i: int, *, late_units: bool) -> Array:
    """Reorder levels at which a sampled cost can have its least value, ascending and within the bounds."""
    parts = [stock.net[i]]
    if late_units:
        # Late units are a step function that falls where a sample is reached.
        parts.append(stock.reached[i] - stock.position[i])
    low = float(stock.lowest[i])
    high = max(float(stock.most[i]), low)
    levels = np.clip(np.unique(np.concatenate([*parts, [low]])), low, high)
    return np.unique(levels)


def least_stock(stock: FinishedStock, i: int, *, target: float) -> float:
    """The least reorder level whose late units are at most (1 - target) of demand (C6, type 2 service).

    The quantile of D(t) + U - V over the samples, each for the units that fall due in it.
    """
    reached, beyond = _units_beyond(stock, i)
    late = int(np.searchsorted(beyond[::-1], (1.0 - target) * len(reached) + 1e-9, side="right")) - 1
    level = float(reached[len(reached) - late - 1]) if late < len(reached) else -np.inf
    return max(level, -float(stock.batch[i]))


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

    level: Array = along("product")
    on_hand: Array = along("product")
    backlog: Array = along("product")
    late_per_day: Array = along("product")
    cost: Array = along("product")


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
        measures = measure_stock(instance.stock, i, levels, rate=float(instance.stock_rate[i]))
        cost = (
            carrying[i] * measures.on_hand
            + instance.late[i] * measures.backlog
            + lost * DAYS_PER_YEAR * measures.late_per_day
        )
        best = int(np.argmin(cost))
        out[:, i] = (
            levels[best],
            measures.on_hand[best],
            measures.backlog[best],
            measures.late_per_day[best],
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
    low = stock.lowest[which]
    level = np.where(ratio > 0.0, x[np.arange(len(which)), place], low)
    level = np.clip(level, low, np.maximum(stock.most[which], low))
    backlog = np.maximum(x - level[:, None], 0.0).mean(axis=1)
    on_hand = backlog + level - x.mean(axis=1)
    on_hand += stock.early[which].mean(axis=1)
    became = late_units(stock, which, level, rate=instance.stock_rate[which])
    return np.stack([level, on_hand, backlog, became, kept * on_hand + late * backlog])


def least_stock_cost(stock: FinishedStock, carrying: Array, late: Array) -> Array:
    """The least that finished stock costs where every sample has prices of its own, lost sales left out, shape (I,).

    The newsvendor's cost curve is convex whatever the samples weigh: within bounds its least is at the first sample, in
    order of what they ask for, up to which carrying and lateness together outweigh all lateness.

    Parameters
    ----------
    stock : FinishedStock
    carrying, late : shape (I, W)
        Of a unit on hand and of a unit late in each sample, its weight included.
    """
    x, low = stock.net, stock.lowest
    order = np.argsort(x, axis=1)
    asked, moved = np.take_along_axis(x, order, axis=1), np.take_along_axis(carrying + late, order, axis=1)
    # The slope of the curve at the right of x_n: sum_{m <= n} (carrying_m + late_m) - sum late
    place = (moved.cumsum(axis=1) < late.sum(axis=1, keepdims=True)).sum(axis=1).clip(max=x.shape[1] - 1)
    level = np.clip(asked[np.arange(len(x)), place], low, np.maximum(stock.most, low))[:, None]
    cost = carrying * (np.maximum(level - x, 0.0) + stock.early) + late * np.maximum(x - level, 0.0)
    return np.asarray(cost.sum(axis=1))


def decide_stock(instance: Instance, optimum: StockOptimum) -> Instance:
    """Fold the best finished stock of each product into the prices of MTS.

    Exact where nothing ties finished stocks together, that is without a budget (C7) and without CVaR (C9):
    then the stock of a product is its own newsvendor problem whatever the others do.
    """
    choice = instance.prices.choice.copy()
    made = instance.allowed[:, MTS]
    # measure x price, term by term
    stock_terms = (
        optimum.on_hand[:, None] * instance.carrying_terms
        + optimum.backlog[:, None] * instance.prices.backlog
        + (DAYS_PER_YEAR * optimum.late_per_day)[:, None] * instance.prices.late_unit
    )
    choice[made, MTS] += stock_terms[made]
    return replace(instance, prices=replace(instance.prices, choice=choice), stock_level=optimum.level)


def fold(instance: Instance) -> Instance:
    """The instance with finished stock decided; under a budget (C7) or CVaR (C9), which tie the stocks, as it is."""
    return instance if instance.ties_stocks else decide_stock(instance, best_stock(instance))
