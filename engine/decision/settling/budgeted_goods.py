"""Finished goods with lost sales under an inventory budget: levels that use it up where it saves the most.

Late units fall in steps as a level rises, so that the cheapest levels at a price of inventory jump past the budget:
what is between two such plans is no best one, and what is left of the budget buys something. Here each product has the
levels at which its cost can be least, each with its inventory and its cost, and a budget is shared out among them: by
the price that keeps it, then from product to product while that saves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import DAYS_PER_YEAR, MTS, Instance, Integers
from engine.economics.optima.stock import breakpoints, measure_stock

# Halvings of the price that keeps the budget, and of the level that uses up what is left; rounds over the products.
_HALVINGS, _FILLING, _ROUNDS = 60, 40, 6
# Of so many products each pair changes places, of more each product alone; of so few all combinations are looked at, a
# budget in so many equal parts.
_PAIRS, _FEW, _PARTS = 24, 8, 1000
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Levels of one product of which no other holds less and costs less; all of shape (n,), ascending in inventory.

    Parameters
    ----------
    level : Array
    value : Array
        Inventory, money.
    cost : Array
        Money a year.
    """

    level: Array
    value: Array
    cost: Array

    def within(self, value: Array | float) -> Integers:
        """The cheapest place that holds no more; -1 where none does."""
        return np.asarray(np.searchsorted(self.value, np.asarray(value) + _CLOSE * (1.0 + np.abs(value)), "right") - 1)

    def at(self, price: float) -> int:
        """The cheapest place where inventory costs so much more."""
        return int(np.argmin(self.cost + price * self.value))


def shares_out(instance: Instance, strategy: Integers) -> Integers:
    """Products made to stock where some of them lose sales and a budget, but no risk, ties them; else none."""
    made = np.flatnonzero(strategy == MTS)
    if instance.budget is None or instance.cvar_weight > 0.0 or not (instance.lost[made] > 0.0).any():
        return np.zeros(0, dtype=np.int64)
    return made


def levels_within(instance: Instance, made: Integers, budget: float) -> Array | None:
    """Levels of the products that cost little and hold no more than a budget, shape (n,); None where none do.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    made : shape (n,)
    budget : float
        What is left to them, money.
    """
    curves = [_curve(instance, i) for i in made.tolist()]
    tried = [_at_price(curves, budget), *([_in_parts(curves, budget)] if 1 < len(curves) <= _FEW else [])]
    found = [places for places in tried if places is not None]
    if not found:
        return None
    for places in found:
        _exchanged(curves, places, budget)
    places = min(found, key=lambda one: sum(float(curve.cost[k]) for curve, k in zip(curves, one, strict=True)))
    level = np.array([curve.level[k] for curve, k in zip(curves, places, strict=True)])
    return _filled(instance, made, level, budget - _held(curves, places))


def _held(curves: list[Curve], places: list[int]) -> float:
    """Inventory of the products at some places of their curves, money."""
    return sum(float(curve.value[k]) for curve, k in zip(curves, places, strict=True))


def _measured(instance: Instance, i: int, levels: Array) -> tuple[Array, Array]:
    """Inventory and yearly cost of a product at some levels."""
    seen = measure_stock(instance.stock, i, levels, rate=float(instance.stock_rate[i]))
    # h E(on hand) + p E(backlog) + lost E(late)
    cost = instance.carrying[i] * seen.on_hand + instance.late[i] * seen.backlog
    cost += DAYS_PER_YEAR * instance.lost[i] * seen.late_per_day
    return instance.unit_cost[i] * seen.on_hand, cost


def _curve(instance: Instance, i: int) -> Curve:
    levels = breakpoints(instance.stock, i, late_units=True)
    value, cost = _measured(instance, i, levels)
    # Inventory never falls as the level rises: what costs no less than a lower level is no choice.
    cheaper = np.concatenate([[True], cost[1:] < np.minimum.accumulate(cost)[:-1]])
    return Curve(level=levels[cheaper], value=value[cheaper], cost=cost[cheaper])


def _at_price(curves: list[Curve], budget: float) -> list[int] | None:
    """Places at the lowest price of inventory that keeps the budget, found by halving."""

    def at(price: float) -> list[int]:
        return [curve.at(price) for curve in curves]

    least, room = [0] * len(curves), budget + _CLOSE * (1.0 + abs(budget))
    if _held(curves, least) > room:
        return None
    if _held(curves, free := at(0.0)) <= room:
        return free
    low, high, lean = 0.0, 1.0, least
    for _ in range(_HALVINGS):
        if _held(curves, tried := at(high)) <= room:
            lean = tried
            break
        low, high = high, 2.0 * high
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if _held(curves, tried := at(middle)) <= room:
            high, lean = middle, tried
        else:
            low = middle
    return lean


def _in_parts(curves: list[Curve], budget: float) -> list[int] | None:
    """The cheapest places whose inventory, each in whole parts of the budget, keeps it (Bellman 1957); None where none.

    C_n(b) = min over levels of c_n + C_{n-1}(b - parts of v_n).
    """
    if budget <= 0.0:
        return None
    parts, least = np.arange(_PARTS + 1), np.zeros(_PARTS + 1)
    chosen: list[Integers] = []
    taken = [np.ceil(curve.value / budget * _PARTS - _CLOSE).astype(np.int64) for curve in curves]
    for curve, needs in zip(curves, taken, strict=True):
        rest = parts[:, None] - needs
        total = np.where(rest >= 0, curve.cost + least[np.maximum(rest, 0)], np.inf)
        chosen.append(total.argmin(axis=1))
        least = total[parts, chosen[-1]]
    if not np.isfinite(least[-1]):
        return None
    places, left = list[int](), _PARTS
    for best, needs in zip(reversed(chosen), reversed(taken), strict=True):
        places.append(int(best[left]))
        left -= int(needs[places[-1]])
    return places[::-1]


def _exchanged(curves: list[Curve], places: list[int], budget: float) -> None:
    """Move products one by one, and two of them at a time, while that saves within the budget; in place."""
    count = len(curves)
    for _ in range(_ROUNDS):
        moved = False
        left = budget - _held(curves, places)
        for i, curve in enumerate(curves):
            best = int(curve.within(float(curve.value[places[i]]) + left))
            if curve.cost[best] < curve.cost[places[i]]:
                left -= float(curve.value[best] - curve.value[places[i]])
                places[i], moved = best, True
        for i in range(count if count <= _PAIRS else 0):
            for j in range(count):
                if i != j:
                    left, changed = _pair(curves, places, i, j, left)
                    moved = moved or changed
        if not moved:
            return


def _pair(curves: list[Curve], places: list[int], i: int, j: int, left: float) -> tuple[float, bool]:
    """The best places of two products in what both hold and what is left; what is left then, and whether they moved."""
    one, other, at, there = curves[i], curves[j], places[i], places[j]
    room = float(one.value[at] + other.value[there]) + left
    rest = other.within(room - one.value)
    total = np.where(rest >= 0, one.cost + other.cost[rest], np.inf)
    best = int(np.argmin(total))
    now = float(one.cost[at] + other.cost[there])
    if not total[best] < now - _CLOSE * (1.0 + abs(now)):
        return left, False
    places[i], places[j] = best, int(rest[best])
    return room - float(one.value[best] + other.value[rest[best]]), True


def _filled(instance: Instance, made: Integers, level: Array, left: float) -> Array:
    """What is left put into the product whose cost it lowers the most, goods of whole units left out."""
    best, saved = level, 0.0
    if left <= 0.0:
        return level
    for k, i in enumerate(made.tolist()):
        if instance.whole[i]:
            continue
        value, cost = (float(part[0]) for part in _measured(instance, i, level[k : k + 1]))
        top = float(max(instance.stock.most[i], level[k]))
        reach = min(top, float(level[k]) + left / max(float(instance.unit_cost[i]), 1e-300) + _span(instance, i))
        raised = _highest(instance, i, float(level[k]), reach, value + left)
        after = float(_measured(instance, i, np.array([raised]))[1][0])
        if cost - after > saved:
            saved, best = cost - after, level.copy()
            best[k] = raised
    return best


def _span(instance: Instance, i: int) -> float:
    """A rise of the level beyond which all of it lies on the shelf, units."""
    net = instance.stock.net[i]
    return float(net.max() - net.min())


def _highest(instance: Instance, i: int, low: float, high: float, most: float) -> float:
    """The highest level of a product between two that holds no more than the most."""
    for _ in range(_FILLING):
        middle = 0.5 * (low + high)
        held = float(_measured(instance, i, np.array([middle]))[0][0])
        low, high = (middle, high) if held <= most else (low, middle)
    return low
