"""Finished goods in whole units: levels that a budget or risk left between two units, put on one of them.

Without either each level is a newsvendor's, which is a unit that some sample asks for, but where a common factor makes
pieces of the units. Where stocks hang together the program's levels are real numbers, which its bound allows; those of
a plan are ordered and put on a shelf.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import DAYS_PER_YEAR, MTS, Instance, Integers
from engine.economics.optima.stock import measure_stock
from engine.search.recourse import Recourse

# A level that is whole but for the rounding of sums is.
_ROUNDING = 1e-6
# Units beyond those lost by rounding down that may be put on the shelves of a budget, for each product.
_UNITS = 2


def whole_goods(instance: Instance, strategy: Integers) -> Integers:
    """Products that the strategies make to stock and that are sold in single units."""
    return np.flatnonzero((strategy == MTS) & instance.whole)


def rounded_down(instance: Instance, strategy: Integers, level: Array) -> Array:
    """Levels, shape (I,), those of whole goods at the unit below; never below their least."""
    out, goods = level.copy(), whole_goods(instance, strategy)
    out[goods] = np.maximum(np.floor(level[goods] + _ROUNDING), np.ceil(instance.stock.lowest[goods] - _ROUNDING))
    return out


def beside_whole(instance: Instance, recourse: Recourse, level: Array) -> Array:
    """Levels, shape (I,), those of whole goods as a plan has them."""
    out, goods = level.copy(), whole_goods(instance, recourse.strategy)
    out[goods] = recourse.level[goods]
    return out


def rounded(instance: Instance, recourse: Recourse) -> Array:
    """Levels of a plan, shape (I,), those of whole goods at the unit below or above, as costs less.

    c_i(S) = sum_w weight_w [h (S - X[w])+ + p (X[w] - S)+] + m late(S), the tail of risk as the program has it.
    """
    level, goods = recourse.level.copy(), whole_goods(instance, recourse.strategy)
    down = rounded_down(instance, recourse.strategy, level)[goods]
    up = np.minimum(np.ceil(level[goods] - _ROUNDING), np.maximum(instance.stock.most[goods], down))
    open_ = np.flatnonzero(up > down)
    weights = recourse.sample_weights(instance)
    for at, i in zip(open_.tolist(), goods[open_].tolist(), strict=True):
        costs = [_weighed(instance, i, float(unit[at]), weights) for unit in (down, up)]
        down[at] = up[at] if costs[1] < costs[0] else down[at]
    level[goods] = down
    return level


def with_units_left(instance: Instance, recourse: Recourse, left: float) -> Recourse:
    """The plan with units of whole goods that what is left of the budget still pays for, the most saving first.

    Parameters
    ----------
    instance : Instance
    recourse : Recourse
    left : float
        Budget less inventory, money.
    """
    goods = [i for i in whole_goods(instance, recourse.strategy).tolist() if instance.unit_cost[i] > 0.0]
    level, weights = recourse.level.copy(), recourse.sample_weights(instance)
    one_more = {i: _one_more(instance, i, float(level[i]), weights) for i in goods}
    for _ in range(_UNITS * len(goods)):
        # saving per money in stock
        paid = [i for i, (saving, value) in one_more.items() if saving > 0.0 and value <= left]
        if not paid:
            break
        best = max(paid, key=lambda i: one_more[i][0] / max(one_more[i][1], 1e-12))
        left -= one_more[best][1]
        level[best] += 1.0
        one_more[best] = _one_more(instance, best, float(level[best]), weights)
    return replace(recourse, level=level)


def _one_more(instance: Instance, i: int, level: float, weights: Array) -> tuple[float, float]:
    """What a unit more of a product saves a year, and by how much it raises the inventory value."""
    if level + 1.0 > instance.stock.most[i] + _ROUNDING:
        return 0.0, 0.0
    now, then = (_weighed(instance, i, unit, weights) for unit in (level, level + 1.0))
    hand = measure_stock(instance.stock, i, np.array([level, level + 1.0]), rate=0.0).on_hand
    return now - then, float(instance.unit_cost[i] * (hand[1] - hand[0]))


def _weighed(instance: Instance, i: int, level: float, weights: Array) -> float:
    """Carrying, lateness and lost margin of a product at a level, money a year."""
    gap = level - instance.stock.net[i]
    cost = instance.carrying[i] * np.maximum(gap, 0.0) + instance.late[i] * np.maximum(-gap, 0.0)
    rate = float(instance.stock_rate[i])
    became = measure_stock(instance.stock, i, np.array([level]), rate=rate).late_per_day[0]
    return float(cost @ weights + DAYS_PER_YEAR * instance.lost[i] * became)
