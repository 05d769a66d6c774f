"""Best stock of the parts of lone assemble-to-order products whose parts are all exposed in one window.

In units of the product: a kit of m sets covers the window's demand up to m, S_c = a_c m. With one part that comes in
batches, its inventory position counts too, as in finished stock.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array
from engine.economics.instance import DAYS_PER_YEAR
from engine.economics.lone.mixture import Shortage, quantile

_HALVINGS = 80
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class KitCase:
    """What the parts of lone products of one family face.

    Parameters
    ----------
    now, end : Shortage
        Over the cycle and at its end, the batch in sets.
    rate : shape (products,)
    kit : shape (products,)
        Carrying cost a year of one set of the exposed parts.
    late, lost, target : shape (products,)
        As of `StockCase`.
    cycle_days : float
        Over which late units are counted.
    counts_end : bool
        Late units are those at the end of the cycle; else arrivals that find none.
    """

    now: Shortage
    end: Shortage
    rate: Array
    kit: Array
    late: Array
    lost: Array
    target: Array
    cycle_days: float
    review_days: float

    def take(self, which: Integers) -> KitCase:
        """The same of some products."""
        return KitCase(
            now=self.now.take(which), end=self.end.take(which), rate=self.rate[which], kit=self.kit[which],
            late=self.late[which], lost=self.lost[which], target=self.target[which], cycle_days=self.cycle_days,
            review_days=self.review_days,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BestKit:
    """Sets of parts and what they bring; all of shape (products,).

    Parameters
    ----------
    sets, on_hand, backlog, late_per_day
        On hand in sets; late units a day as the model counts them.
    """

    sets: Array
    on_hand: Array
    backlog: Array
    late_per_day: Array


def best_kit(case: KitCase) -> BestKit:
    """The sets of least cost: a newsvendor in which a late product leaves its other parts on the shelf.

    Carrying kit (m + E V - E D + B(m)) + late B(m), at least what the target needs at the end of the cycle (C6); with
    lost sales the dearer of counting each late unit of the end of the cycle and calling all late is avoided.
    """
    zero = np.zeros(len(case.rate))
    dear = case.kit + case.late
    goal = np.where(dear > 0.0, case.kit / np.where(dear > 0.0, dear, 1.0), 1.0)
    sets = np.maximum(quantile(case.now, goal, zero), zero)
    least = _least_sets(case)
    sets = np.maximum(sets, least)
    losing = np.flatnonzero(case.lost > 0.0)
    if losing.size:
        sets[losing] = _with_lost_sales(case.take(losing), sets[losing], least[losing])
    backlog = case.now.backlog(sets)
    on_hand = np.maximum(backlog + sets + case.now.position - case.now.mean, 0.0)
    return BestKit(sets=sets, on_hand=on_hand, backlog=backlog, late_per_day=_late_per_day(case, sets))


def _late_per_day(case: KitCase, sets: Array) -> Array:
    counted = np.minimum(case.end.backlog(sets) / case.cycle_days, case.rate)
    if case.review_days > 0.0:
        return counted
    counts = (case.target > 0.0) | (case.lost > 0.0)
    return np.where(counts, counted, case.rate * case.now.tail(sets)[0])


def _least_sets(case: KitCase) -> Array:
    """The least sets whose backlog at the end of the cycle keeps the target, by halving."""
    least = np.zeros(len(case.rate))
    which = np.flatnonzero(case.target > 0.0)
    if not which.size:
        return least
    part = case.take(which)
    allowed = (1.0 - part.target) * part.rate * part.cycle_days
    low, high = np.zeros(len(which)), part.end.mean + part.end.sd + 1.0
    for _ in range(60):
        short = part.end.backlog(high) > allowed
        if not short.any():
            break
        high = np.where(short, 2.0 * high, high)
    high = np.where(part.end.backlog(low) <= allowed, low, high)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        fits = part.end.backlog(middle) <= allowed
        low, high = np.where(fits, low, middle), np.where(fits, middle, high)
        if (high - low <= 1e-10 * (1.0 + high)).all():
            break
    least[which] = high
    return least


def _with_lost_sales(case: KitCase, sets: Array, least: Array) -> Array:
    """The cheaper of counting late units, a convex problem solved by halving its slope, and of all being late."""
    per_unit = case.lost * DAYS_PER_YEAR / case.cycle_days

    def slope(level: Array) -> Array:
        late = (case.kit + case.late) * case.now.tail(level)[0]
        return np.asarray(case.kit - late - per_unit * case.end.tail(level)[0])

    low, high = least, np.maximum(case.end.mean + case.end.sd, sets) + 1.0
    for _ in range(60):
        short = slope(high) < 0.0
        if not short.any():
            break
        high = np.where(short, 2.0 * high, high)
    high = np.where(slope(low) >= 0.0, low, high)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        rising = slope(middle) >= 0.0
        low, high = np.where(rising, low, middle), np.where(rising, middle, high)

    def cost(level: Array) -> Array:
        backlog = case.now.backlog(level)
        counted = np.minimum(case.end.backlog(level) / case.cycle_days, case.rate)
        total = case.kit * (level + backlog) + case.late * backlog + case.lost * DAYS_PER_YEAR * counted
        return np.asarray(total)

    tried = np.round(high) if case.now.integer else high
    return np.where(cost(tried) <= cost(sets), tried, sets)
