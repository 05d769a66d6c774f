"""Stocks in closed form, on no sample: what the sampled instance is checked against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array
from engine.economics.optima.losses import Family, Numbers, WindowDemand, window_demand

_NODES = 96
# Days that stand for an instant.
_INSTANT = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsvendor:
    """Least-cost stock for one window.

    Parameters
    ----------
    level, cost : numpy.ndarray
        Order-up-to level S* and expected cost.
    """

    level: Array
    cost: Array


def newsvendor(demand: WindowDemand, *, holding: Numbers, late: Numbers) -> Newsvendor:
    """The least S with P(D <= S) >= late / (late + holding) (Arrow, Harris & Marschak 1951).

    As a base-stock level, with D the demand of lead time and review, it is the optimum of Karlin & Scarf
    (1958).

    Parameters
    ----------
    demand : WindowDemand
    holding, late : array_like
        Cost per unit left over, and per unit short.

    Examples
    --------
    Snyder & Shen (2019), examples 4.3 (newsvendor) and 4.4 (base stock over four periods and a review).

    >>> one = WindowDemand(family="normal", mean=np.array(50.0), sd=np.array(8.0))
    >>> best = newsvendor(one, holding=0.18, late=0.70)
    >>> round(float(best.level), 6), round(float(best.cost), 6)
    (56.603956, 1.997605)
    >>> five = WindowDemand(family="normal", mean=np.array(250.0), sd=8.0 * np.sqrt(5.0))
    >>> best = newsvendor(five, holding=0.18, late=0.70)
    >>> round(float(best.level), 6), round(float(best.cost), 6)
    (264.766894, 4.466781)
    """
    h, p = np.asarray(holding, dtype=np.float64), np.asarray(late, dtype=np.float64)
    level = demand.quantile(p / (p + h))
    return Newsvendor(level=level, cost=h * (level - demand.mean) + (h + p) * demand.loss(level))


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPerformance:
    """Averages over time of one stock.

    Parameters
    ----------
    on_hand, backlog : numpy.ndarray
        Mean units on the shelf, and late beyond the wait that customers accept.
    late_per_day : numpy.ndarray
        Units a day delivered late.
    type_1 : numpy.ndarray
        Probability of no backlog at the end of a cycle: just before a receipt.
    type_2 : numpy.ndarray
        Share of units on time (fill rate).
    """

    on_hand: Array
    backlog: Array
    late_per_day: Array
    type_1: Array
    type_2: Array


def backlog(demand: WindowDemand, *, level: Numbers, batch: Numbers = 0.0) -> Array:
    """E(D - S - V)+, V uniform on (0, Q) or on 1..Q for whole units (Hadley & Whitin 1963, chapter 4).

    Without a batch the first-order loss at S; with one the difference of second-order losses over Q.
    """
    s, q = np.asarray(level, dtype=np.float64), np.asarray(batch, dtype=np.float64)
    step = 1.0 if demand.integer else 0.0
    mean = demand.loss2(s + step) - demand.loss2(s + q + step)
    return np.where(q > 0.0, mean / np.where(q > 0.0, q, 1.0), demand.loss(s))


def stock_performance(
    family: Family,
    *,
    mean_per_week: Numbers,
    cv: Numbers,
    lead_time_days: Numbers,
    level: Numbers,
    batch: Numbers = 0.0,
    review_days: float = 0.0,
    wait_days: Numbers = 0.0,
    period_end: bool = False,
) -> StockPerformance:
    """Performance of (R, S), (R, nQ) and (Q, r) policies with backlogging and a fixed lead time.

    The level S is the order-up-to level without a batch, else the reorder level r. Backlog at an instant u
    after a review is E(D(LT + u - L') - S - V)+ and is averaged over u ~ U(0, R), except at `period_end`,
    where u = R. Late units a day are d/dt E(D(t) - S - V)+ on average over the cycle, the backlog built up in it
    over R; at R = 0 over a short stretch. With single units these are the arrivals that find no stock, l P(D >= S + V)
    (Hadley & Whitin 1963, chapter 4). Where customers wait longer than the lead time, l min(L' - LT, R)^2 / (2 R)
    units come early; levels are not below zero then, or what comes early would fill them.

    Parameters
    ----------
    family : str
    mean_per_week, cv, lead_time_days, level, batch, wait_days : array_like
        Broadcast together, for example over products.
    review_days : float
        R; zero is continuous review.
    period_end : bool
        Observe the end of the cycle in place of its average.

    Examples
    --------
    Reorder level 12 and batch 10 under a Poisson demand of 5 a day over two days:

    >>> found = stock_performance(
    ...     "poisson", mean_per_week=35, cv=0, lead_time_days=2, level=12, batch=10
    ... )
    >>> round(float(found.type_1), 6), round(float(found.type_2), 6), round(float(found.on_hand), 6)
    (0.791556, 0.946957, 7.571943)
    """
    given = (mean_per_week, cv, lead_time_days, level, batch, wait_days)
    mean, spread, lead, s, q, wait = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in given))
    rate, start = mean / 7.0, lead - wait

    def over(days: Array) -> WindowDemand:
        return window_demand(family, mean_per_week=mean, cv=spread, days=np.maximum(days, 0.0))

    def short(days: Array) -> Array:
        return backlog(over(days), level=s, batch=q)

    end = start + review_days
    if review_days > 0.0 and not period_end:
        short_now, sold = _averages(short, rate, start, end)
    else:
        short_now, sold = short(end), rate * np.maximum(end, 0.0)
    whole = over(end).integer
    position = np.where(q > 0.0, (q + (1.0 if whole else 0.0)) / 2.0, 0.0)
    ahead = np.clip(-start, 0.0, review_days)
    early = ahead**2 / (2.0 * review_days) if review_days > 0.0 else ahead
    if review_days > 0.0:
        late = (short(end) - short(start)) / review_days
    else:
        before = np.maximum(start - _INSTANT / 2.0, 0.0)
        late = np.where(start > 0.0, (short(before + _INSTANT) - short(before)) / _INSTANT, 0.0)
    missed = np.divide(late, rate, out=np.zeros_like(late), where=rate > 0.0)
    return StockPerformance(
        on_hand=short_now + s + position - sold + rate * early,
        backlog=short_now,
        late_per_day=late,
        type_1=1.0 - over(end).above(s),
        type_2=1.0 - missed,
    )


def _averages(short: Callable[[Array], Array], rate: Array, start: Array, end: Array) -> tuple[Array, Array]:
    """Mean backlog and mean demand of a window uniform on (start, end), what is below zero being zero."""
    low = np.maximum(start, 0.0)
    exposed = np.maximum(end - low, 0.0)
    nodes, weights = _gauss_legendre()
    shape = (_NODES,) + (1,) * low.ndim
    # Nodes crowd towards short windows, where demand in closed form changes fastest.
    at = low + exposed * nodes.reshape(shape) ** 2
    weight = (weights * 2.0 * nodes).reshape(shape)
    inside = (short(at) * weight).sum(axis=0) * exposed + short(np.zeros_like(low)) * (end - start - exposed)
    sold = rate * (np.maximum(end, 0.0) ** 2 - low**2) / 2.0
    return inside / (end - start), sold / (end - start)


@lru_cache(maxsize=1)
def _gauss_legendre() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return (nodes + 1.0) / 2.0, weights / 2.0


def lead_time_demand_sd(*, mean: Numbers, sd: Numbers, lead_time: Numbers, lead_time_sd: Numbers) -> Array:
    """Standard deviation of demand over a random lead time: sqrt(E[L] sd^2 + mean^2 Var[L]).

    Hadley & Whitin (1963), chapter 3, for lead times that do not cross. Mean and sd are those of one period,
    the lead time is in periods.

    Examples
    --------
    >>> sd = lead_time_demand_sd(mean=100, sd=30, lead_time=5, lead_time_sd=(2 / 3) ** 0.5)
    >>> round(float(sd), 6)
    105.67245
    """
    m, s, mean_time, sd_time = (np.asarray(x, dtype=np.float64) for x in (mean, sd, lead_time, lead_time_sd))
    return np.asarray(np.sqrt(mean_time * s**2 + m**2 * sd_time**2))


def pooling_ratio(products: Numbers, correlation: Numbers) -> Array:
    """Safety stock of n equal products pooled over dedicated: sqrt((1 + (n - 1) rho) / n) (Eppen 1979).

    Examples
    --------
    >>> [round(float(x), 6) for x in pooling_ratio(2, np.array([0.0, 0.5, -0.5]))]
    [0.707107, 0.866025, 0.5]
    """
    n, rho = np.asarray(products, dtype=np.float64), np.asarray(correlation, dtype=np.float64)
    return np.asarray(np.sqrt((1.0 + (n - 1.0) * rho) / n))


def make_to_order_wins(demand: WindowDemand, *, holding: Numbers, late: Numbers) -> npt.NDArray[np.bool_]:
    """Whether no stock is best: P(D = 0) >= late / (late + holding) (Arreola-Risa & DeCroix 1998).

    The demand is that of the lead time less the wait that customers accept. Gamma and normal demand are never
    zero, so that they always call for some stock.

    Examples
    --------
    >>> none = WindowDemand(family="poisson", mean=np.array([0.05, 0.2]), sd=np.sqrt([0.05, 0.2]))
    >>> make_to_order_wins(none, holding=1.0, late=9.0).tolist()
    [True, False]
    """
    h, p = np.asarray(holding, dtype=np.float64), np.asarray(late, dtype=np.float64)
    none = 1.0 - demand.above(0.0) if demand.integer else np.where(demand.mean > 0.0, 0.0, 1.0)
    return np.asarray(none >= p / (p + h))
