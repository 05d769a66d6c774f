"""What a plan promises: its stocks, costs and lateness first come first served, where the program had hindsight.

The two-stage program stays the bound: first come first served is one way to share parts out, so that nothing a plant
can do costs less than the program. The difference of the two is the allocation gap.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.decision.attribution import attribute, finished_measures
from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Instance, Integers
from engine.economics.stock import best_stock
from engine.search.first_come.tuning import Tuned, Tuning
from engine.search.recourse import Recourse, on_hand_parts

# Prices of inventory tried until a budget holds, and how exactly it has to.
_PRICES, _WITHIN = 14, 1e-9
# Share of a budget that may be left when the price is found.
_UNUSED = 2e-4
# Money a year per money in stock at which nothing but inventory counts.
_HIGHEST_PRICE = 1e4
# Rounds of descent of a plan, and of a plan next to it.
ROUNDS, FEW_ROUNDS = 40, 8


def promised(instance: Instance, recourse: Recourse, *, rounds: int = ROUNDS) -> Recourse | None:
    """The plan first come first served: parts tuned, what waits and is late, the cost.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    recourse : Recourse
        What the program says of the strategies.
    rounds : int
        Most rounds of descent.

    Returns
    -------
    Recourse or None
        None where no stocks keep the inventory budget.
    """
    if instance.budget is None:
        return _served(instance, recourse, rounds=rounds)
    budget, price = instance.budget, recourse.budget_price
    tried = _served(instance, recourse, rounds=rounds, price=price)
    left = budget - inventory_value(instance, tried)
    if left >= 0.0 and price <= 0.0:
        return tried
    # The least price of inventory at which the budget holds: its bracket, then the chord between both ends.
    best = tried if left >= 0.0 else None
    low, high = ((price, left), None) if left < 0.0 else ((0.0, None), (price, left))
    for _ in range(_PRICES):
        if high is not None and high[1] <= _UNUSED * budget:
            break
        if high is None:
            price = 2.0 * price + 0.05
        elif low[1] is None:
            price = 0.5 * high[0]
        else:
            # Off the ends, so that the bracket shrinks on both sides.
            share = np.clip(low[1] / (low[1] - high[1]), 0.1, 0.9)
            price = low[0] + float(share) * (high[0] - low[0])
        tried = _served(instance, replace(recourse, base=tried.base), rounds=min(rounds, FEW_ROUNDS), price=price)
        left = budget - inventory_value(instance, tried)
        if left < 0.0:
            low = price, left
            continue
        high = price, left
        if best is None or tried.objective < best.objective:
            best = tried
    if best is not None and high is not None:
        polished = _served(instance, replace(recourse, base=best.base), rounds=rounds, price=high[0])
        if polished.objective < best.objective and inventory_value(instance, polished) <= budget * (1.0 + _WITHIN):
            best = polished
    if best is None:
        least = leanest(instance, recourse)
        best = least if inventory_value(instance, least) <= instance.budget * (1.0 + _WITHIN) else None
    return best


def leanest(instance: Instance, recourse: Recourse) -> Recourse:
    """The plan of the same strategies with the least inventory value found, whatever else it costs.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    recourse : Recourse
        What the program says of the strategies.
    """
    empty = replace(recourse, base=-instance.parts.batch)
    return _served(instance, empty, rounds=ROUNDS, price=_HIGHEST_PRICE)


def _served(instance: Instance, recourse: Recourse, *, rounds: int, price: float = 0.0) -> Recourse:
    level = recourse.level
    if price >= _HIGHEST_PRICE or (instance.budget is not None and instance.cvar_weight <= 0.0):
        level = np.where(recourse.strategy == MTS, best_stock(instance, value_price=price).level, np.nan)
    if not (recourse.strategy[instance.edges.product] == ATO).any():
        none = np.zeros(recourse.late.shape)
        return _costed(instance, replace(recourse, level=level, late=none, late_now=none, age=none))
    tuned = Tuning(instance, recourse.strategy, value_price=price).tune(recourse.base, rounds=rounds)
    return _costed(instance, with_parts(replace(recourse, level=level), tuned))


def with_parts(recourse: Recourse, tuned: Tuned) -> Recourse:
    """The plan with other reorder levels of parts and what they bring."""
    waiting = tuned.waiting
    return replace(
        recourse, base=tuned.base, late=waiting.units, late_now=waiting.late, age=waiting.age,
        prices=waiting.pull / len(recourse.tail),
    )  # fmt: skip


def _costed(instance: Instance, recourse: Recourse) -> Recourse:
    """The plan with its tail of risk and its cost."""
    if instance.cvar_weight > 0.0:
        cost = attribute(instance, recourse).sample_cost
        recourse = replace(recourse, tail=tail_weights(cost, instance.cvar_level))
    return replace(recourse, objective=attribute(instance, recourse).objective)


def tail_weights(cost: Array, level: float) -> Array:
    """Weights of the samples in the CVaR: the dearest (1 - level) of all, the sample at the edge in part; sum one."""
    order, room = np.argsort(-cost, kind="stable"), (1.0 - level) * len(cost)
    weights = np.zeros(len(cost))
    weights[order] = np.clip(room - np.arange(len(cost)), 0.0, 1.0)
    shares: Array = weights / weights.sum()
    return shares


def inventory_value(instance: Instance, recourse: Recourse) -> float:
    """Mean value of finished stock and parts on hand, as (C7) counts it, money.

    Parameters
    ----------
    instance : Instance
    recourse : Recourse
    """
    edges = instance.edges
    finished = instance.unit_cost @ finished_measures(instance, recourse).on_hand.mean(axis=1)
    parts = instance.parts.unit_cost @ on_hand_parts(instance, recourse).mean(axis=1)
    early = np.where((recourse.strategy[edges.early_product] == ATO)[:, None], edges.early, 0.0).mean(axis=1)
    return float(finished + parts + instance.parts.unit_cost[edges.early_component] @ early)


def follow(instance: Instance, start: Recourse, strategy: Integers, found: Recourse) -> Recourse | None:
    """A plan next to another, first come first served, its parts tuned from the other's.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    start : Recourse
        The plan it is next to.
    strategy : shape (I,)
    found : Recourse
        What the program says of the strategies.
    """
    moved = found.base + np.where(start.base > found.base, 0.5 * (start.base - found.base), 0.0)
    return promised(instance, replace(found, strategy=strategy, base=moved), rounds=FEW_ROUNDS)
