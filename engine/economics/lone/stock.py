"""Best stock of lone products: the reorder level of least cost within target and shelf life.

Finished stock, and the parts of a product that all have one window, counted in sets: S_c = a_c S.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array
from engine.economics.exposure.windows import sold_within_life
from engine.economics.instance import DAYS_PER_YEAR
from engine.economics.lone.mixture import Shortage, quantile
from engine.economics.lone.windows import INSTANT
from engine.scenario.arrays import Integers

_GOLDEN = 0.5 * (np.sqrt(5.0) - 1.0)
_GRID = 32
_REFINE = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCase:
    """What one shelf of each of some lone products of one family faces: finished stock, or sets of parts.

    Parameters
    ----------
    now : Shortage
        Over the cycle, as costs are counted.
    due : Shortage
        Over the cycle, when units fall due; the same but for costs at the end of the period.
    start, end : Shortage
        At both ends of the stretch over which late units are counted.
    stretch_days : float
        Its length.
    still : Shortage
        An instant before a window of zero.
    rate : shape (products,)
        Units a day.
    carrying, late, lost : shape (products,)
        Money per unit on hand and year, per unit late and year, per late unit.
    target : shape (products,)
        Share on time, zero where there is none.
    life_days : shape (products,)
        Shelf life, NaN where there is none.
    order_size : shape (products,)
        Units of an order, of demand that has no single orders.
    orders_per_day : shape (products,)
        Of negative binomial demand.
    """

    now: Shortage
    due: Shortage
    start: Shortage
    end: Shortage
    stretch_days: float
    still: Shortage
    rate: Array
    carrying: Array
    late: Array
    lost: Array
    target: Array
    life_days: Array
    order_size: Array
    orders_per_day: Array

    def take(self, which: Integers) -> StockCase:
        """The same of some products."""
        return StockCase(
            now=self.now.take(which), due=self.due.take(which), start=self.start.take(which), end=self.end.take(which),
            stretch_days=self.stretch_days, still=self.still.take(which), rate=self.rate[which],
            carrying=self.carrying[which], late=self.late[which], lost=self.lost[which], target=self.target[which],
            life_days=self.life_days[which],
            order_size=self.order_size[which], orders_per_day=self.orders_per_day[which],
        )  # fmt: skip

    def late_per_day(self, level: Array) -> Array:
        """Late units a day: d/dt E(D(t) - S - V)+ over the stretch.

        While windows stand at zero it is the slope from below, l P(S + V < -U), U what comes of its own order after a
        unit: supply is bought for whole orders, and their newest units wait for the lot.
        """
        late = (self.end.backlog(level) - self.start.backlog(level)) / self.stretch_days
        if (self.due.batch > 0.0).any():
            late = late + self.due.none * (self.due.owed(level) - self.still.backlog(level)) / INSTANT
        return np.clip(late, 0.0, self.rate)

    def whole_orders(self, level: Array) -> Array:
        """Share of the orders that are whole when they fall due, P(D(t) + Z <= S + V), shape (products,).

        Orders of n a day make P(D(t) > s) grow by n (P(D(t) + Z > s) - P(D(t) > s)): so of negative binomial demand,
        n = r ln(1 + l / r) with l units a day and size r of a day (Quenouille 1949). An order without a window is late
        where S + V < 0.
        """
        demands, due = self.now.demands, self.due
        if demands.family == "poisson":
            return 1.0 - self.late_per_day(level) / self.rate
        if demands.family == "negative_binomial":
            grown = (self.end.tail(level)[0] - self.start.tail(level)[0]) / self.stretch_days
            return np.clip(1.0 - due.tail(level)[0] - grown / self.orders_per_day, 0.0, 1.0)
        after_order = level - self.order_size
        beyond = due.tail(after_order)[0] + due.none * (due.below_zero(level) - due.below_zero(after_order))
        return np.clip(1.0 - beyond, 0.0, 1.0)

    def cost(self, level: Array) -> Array:
        """Carrying, late and lost margin, money a year."""
        backlog = self.now.backlog(level)
        total = self.carrying * self.on_hand(level, backlog) + self.late * backlog
        if (self.lost > 0.0).any():
            total = total + self.lost * DAYS_PER_YEAR * self.late_per_day(level)
        return np.asarray(total)

    def on_hand(self, level: Array, backlog: Array) -> Array:
        """E(S + V - D)+, from the backlog at the level."""
        return np.maximum(backlog + level + self.now.position - self.now.mean, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BestStock:
    """Reorder levels and what they bring; all of shape (products,).

    Parameters
    ----------
    level, on_hand, backlog, late_per_day, otif
        The last is the share of orders on time in full.
    sellable : bool
        The shelf life leaves room for the stock that the target needs.
    need : float
        Fullest shelf that the target needs, units.
    """

    level: Array
    on_hand: Array
    backlog: Array
    late_per_day: Array
    otif: Array
    sellable: npt.NDArray[np.bool_]
    need: Array

    def put(self, which: Integers, part: BestStock) -> None:
        """Write in what was found for some products."""
        for name in ("level", "on_hand", "backlog", "late_per_day", "otif", "sellable", "need"):
            getattr(self, name)[which] = getattr(part, name)


def best_stock(case: StockCase) -> BestStock:
    """The reorder level of least cost; the newsvendor quantile unless lost sales bend the curve.

    Least and most levels are those of the sampled model: the least that meets the target (C6), the most that sells
    within the shelf life at the mean rate.
    """
    batch = case.now.batch
    floor = -batch
    least = floor.copy()
    targeted = np.flatnonzero(case.target > 0.0)
    if targeted.size:
        least[targeted] = least_level(case.take(targeted))
    life = sold_within_life(case.rate, case.life_days, case.now.mean, batch, whole=case.now.integer)
    most = np.where(np.isnan(case.life_days), np.inf, life)
    sellable = most >= least - 1e-9
    dear = case.late + case.carrying
    goal = np.where(dear > 0.0, case.carrying / np.where(dear > 0.0, dear, 1.0), 1.0)
    level = np.clip(quantile(case.now, goal, floor), least, np.maximum(most, least))
    losing = np.flatnonzero(case.lost > 0.0)
    if losing.size:
        level[losing] = _least_cost(case.take(losing), level[losing], least[losing], most[losing])
    backlog = case.now.backlog(level)
    return BestStock(
        level=level, on_hand=case.on_hand(level, backlog), backlog=backlog, late_per_day=case.late_per_day(level),
        otif=case.whole_orders(level), sellable=sellable, need=least + batch,
    )  # fmt: skip


def least_level(case: StockCase) -> Array:
    """The least level from which on late units stay within (1 - target) of demand, by halving; shape (products,)."""
    allowed = (1.0 - case.target) * case.rate
    whole = case.now.integer
    low = -case.now.batch - (1.0 if whole else 0.0)
    high = np.maximum(case.end.mean, case.now.mean) + case.now.sd + 1.0
    for _ in range(60):
        short = case.late_per_day(high) > allowed
        if not short.any():
            break
        high = np.where(short, 2.0 * high + case.end.sd, high)
    if whole:
        high = np.ceil(high)
    floor = -case.now.batch
    met = case.late_per_day(floor) <= allowed * (1.0 + 1e-12) + 1e-15
    for _ in range(64):
        middle = np.floor(0.5 * (low + high)) if whole else 0.5 * (low + high)
        fits = case.late_per_day(middle) <= allowed * (1.0 + 1e-12) + 1e-15
        high = np.where(fits, middle, high)
        low = np.where(fits, low, middle)
        width = high - low
        if (width <= (1.0 if whole else 1e-9 * (1.0 + np.abs(high)))).all():
            break
    return np.where(met, floor, np.maximum(high, floor))


def _least_cost(case: StockCase, start: Array, least: Array, most: Array) -> Array:
    """The level of least cost where the curve need not be convex: a grid, then the golden section around its best."""
    whole = case.now.integer
    low = np.maximum(least, -case.now.batch)
    high = np.maximum(np.minimum(quantile(case.end, np.full(len(low), 1e-4), low), np.maximum(most, low)), start)
    # Shares of the range, closer where stock is scarce.
    shares = np.linspace(0.0, 1.0, _GRID + 1) ** 1.5
    best, value, at = start.copy(), case.cost(start), np.full(len(start), -1.0)
    for k, share in enumerate(shares):
        level = low + share * (high - low)
        level = np.round(level) if whole else level
        cost = case.cost(level)
        better = cost < value
        best, value, at = np.where(better, level, best), np.where(better, cost, value), np.where(better, k, at)
    around = np.clip(at, 0, _GRID).astype(np.int64)
    span = high - low
    left = np.where(at < 0, low, low + shares[np.maximum(around - 1, 0)] * span)
    right = np.where(at < 0, high, low + shares[np.minimum(around + 1, _GRID)] * span)
    for _ in range(_REFINE):
        one, two = right - _GOLDEN * (right - left), left + _GOLDEN * (right - left)
        first, second = case.cost(np.floor(one) if whole else one), case.cost(np.ceil(two) if whole else two)
        lower = first <= second
        left, right = np.where(lower, left, one), np.where(lower, two, right)
    for level in (0.5 * (left + right), np.floor(left), np.ceil(right), np.round(0.5 * (left + right))):
        tried = np.clip(np.round(level) if whole else level, low, np.maximum(most, low))
        cost = case.cost(tried)
        best, value = np.where(cost < value, tried, best), np.where(cost < value, cost, value)
    return np.asarray(best)
