"""What a plan promises: its stocks, costs and lateness first come first served, where the program had hindsight.

The two-stage program stays the bound: first come first served is one way to share parts out, so that nothing a plant
can do costs less than the program. The difference of the two is the allocation gap.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.decision.tables.attribution import attribute, finished_on_hand
from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Instance, Integers
from engine.economics.optima.stock import best_stock
from engine.program.deadline import NEVER, Deadline
from engine.search.first_come.tuning import Tuned, Tuning
from engine.search.first_come.waiting import FirstCome
from engine.search.recourse import Recourse, parts_on_shelf

# Prices of inventory tried until a budget holds, and how exactly it has to.
_PRICES, _WITHIN = 14, 1e-9
# First step from the program's price; shares of a price and of a budget at which the search ends; halvings between.
_FIRST_STEP, _CLOSE, _UNUSED, _HALVINGS = 0.02, 0.05, 2e-4, 12
# Money a year per money in stock at which nothing but inventory counts.
_HIGHEST_PRICE = 1e4
# Rounds of descent of a plan, and of a plan next to it.
ROUNDS, FEW_ROUNDS = 40, 8


def promised(
    instance: Instance, recourse: Recourse, *, rounds: int = ROUNDS, near: Array | None = None,
    deadline: Deadline = NEVER,
) -> Recourse | None:
    """The plan first come first served: parts tuned, what waits and is late, the cost.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    recourse : Recourse
        What the program says of the strategies.
    rounds : int
        Most rounds of descent.
    near : shape (C,), optional
        Levels of parts from which the descent may begin as well as from the program's.
    deadline : Deadline
        After it the levels stay as they are by then.

    Returns
    -------
    Recourse or None
        None where no stocks keep the inventory budget.
    """
    if instance.budget is None:
        return costed(instance, _tuned(instance, recourse, rounds=rounds, near=near, deadline=deadline))
    queue = _queue(instance, recourse.strategy)
    tried = _tuned(
        instance, recourse, rounds=rounds, near=near, price=recourse.budget_price, deadline=deadline, queue=queue
    )
    if recourse.budget_price <= 0.0 and _left(instance, tried) >= 0.0:
        return costed(instance, tried)
    few = min(rounds, FEW_ROUNDS)
    dear, lean = _bracket(instance, recourse, tried, rounds=few, deadline=deadline, queue=queue)
    if lean is None:
        lean = _leanest(instance, recourse, queue=queue)
        if _left(instance, lean) < -_WITHIN * instance.budget:
            return None
    lean = costed(instance, lean)
    return lean if dear is None else _between(instance, dear, lean, queue=queue)


def _bracket(
    instance: Instance, recourse: Recourse, tried: Recourse, *, rounds: int, deadline: Deadline,
    queue: FirstCome | None,
) -> tuple[Recourse | None, Recourse | None]:
    """Plans above and below the budget whose prices of inventory are close, where there are such; none is costed.

    Parameters
    ----------
    tried : Recourse
        At the program's price of the budget.
    rounds : int
        Of descent at each price.
    deadline : Deadline
        No price is tried after it.
    """
    unused = _UNUSED * (instance.budget or 0.0)
    price, step = recourse.budget_price, _FIRST_STEP
    low: tuple[float, Recourse] | None = None
    high: tuple[float, Recourse] | None = None
    for _ in range(_PRICES):
        if _left(instance, tried) < 0.0:
            low = price, tried
        else:
            high = price, tried
            if price <= 0.0 or _left(instance, tried) <= unused:
                break
        if high is None:
            price, step = price + step, 2.0 * step + price
        elif low is None:
            price, step = max(price - step, 0.0), 2.0 * step
        else:
            above, below = -_left(instance, low[1]), _left(instance, high[1])
            # Off the ends, so that the bracket shrinks on both sides.
            share = float(np.clip(above / (above + below), 0.1, 0.9))
            price = low[0] + share * (high[0] - low[0])
            if high[0] - low[0] <= _CLOSE * high[0]:
                break
        if deadline.passed():
            break
        tried = _tuned(
            instance, replace(recourse, base=tried.base), rounds=rounds, price=price, deadline=deadline, queue=queue
        )
    return None if low is None else low[1], None if high is None else high[1]


def _between(instance: Instance, dear: Recourse, lean: Recourse, *, queue: FirstCome | None) -> Recourse:
    """The plan between two of the same strategies that uses the budget up; on-hand stock is convex in the levels."""
    best, low, high = lean, 0.0, 1.0
    tuning = Tuning(instance, lean.strategy, queue=queue)
    for _ in range(_HALVINGS):
        share = 0.5 * (low + high)
        level = lean.level + share * (dear.level - lean.level)
        base = lean.base + share * (dear.base - lean.base)
        tried = replace(lean, level=level)
        if tuning.used.size:
            tried = with_parts(tried, tuning.kept(base))
        if _left(instance, tried) >= 0.0:
            low, best = share, tried
        else:
            high = share
    plan = costed(instance, best)
    return plan if plan.objective < lean.objective else lean


def _left(instance: Instance, recourse: Recourse) -> float:
    """Budget less inventory, money."""
    return (instance.budget or 0.0) - inventory_value(instance, recourse)


def leanest(instance: Instance, recourse: Recourse) -> Recourse:
    """The plan of the same strategies with the least inventory value found, whatever else it costs.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    recourse : Recourse
        What the program says of the strategies.
    """
    return costed(instance, _leanest(instance, recourse))


def _leanest(instance: Instance, recourse: Recourse, *, queue: FirstCome | None = None) -> Recourse:
    empty = replace(recourse, base=-instance.parts.batch)
    return _tuned(instance, empty, rounds=ROUNDS, price=_HIGHEST_PRICE, queue=queue)


def _assembles(instance: Instance, strategy: Integers) -> bool:
    return bool((strategy[instance.edges.product] == ATO).any())


def _queue(instance: Instance, strategy: Integers) -> FirstCome | None:
    """Who waits for parts, laid out once for all prices of inventory; None where nobody does."""
    return FirstCome(instance, strategy, instance.part_carrying) if _assembles(instance, strategy) else None


def _tuned(
    instance: Instance, recourse: Recourse, *, rounds: int, near: Array | None = None, price: float = 0.0,
    deadline: Deadline = NEVER, queue: FirstCome | None = None,
) -> Recourse:
    """The plan first come first served at a price of inventory, before it is costed."""
    level = recourse.level
    if price >= _HIGHEST_PRICE or (instance.budget is not None and instance.cvar_weight <= 0.0):
        level = np.where(recourse.strategy == MTS, best_stock(instance, value_price=price).level, np.nan)
    if not _assembles(instance, recourse.strategy):
        none = np.zeros(recourse.late.shape)
        return replace(recourse, level=level, late=none, late_now=none, age=none)
    starts = (recourse.base,) if near is None else (recourse.base, near)
    tuning = Tuning(instance, recourse.strategy, value_price=price, queue=queue)
    return with_parts(replace(recourse, level=level), tuning.tune(*starts, rounds=rounds, deadline=deadline))


def with_parts(recourse: Recourse, tuned: Tuned) -> Recourse:
    """The plan with other reorder levels of parts and what they bring."""
    waiting = tuned.waiting
    return replace(
        recourse, base=tuned.base, late=waiting.units, late_now=waiting.late, age=waiting.age,
        prices=waiting.pull / len(recourse.tail),
    )  # fmt: skip


def with_stocks(instance: Instance, recourse: Recourse, level: Array, base: Array) -> Recourse:
    """The plan of the same strategies with stocks as they are given, whether good or not.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    recourse : Recourse
    level : shape (I,)
        Reorder level of finished stock; of products that have none it is not looked at.
    base : shape (C,)
        Base stock of components.
    """
    plan = replace(recourse, level=np.where(recourse.strategy == MTS, level, np.nan))
    tuning = Tuning(instance, recourse.strategy)
    return costed(instance, with_parts(plan, tuning.measure(base)) if tuning.used.size else plan)


def costed(instance: Instance, recourse: Recourse) -> Recourse:
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
    finished = instance.unit_cost @ finished_on_hand(instance, recourse).mean(axis=1)
    return float(finished + instance.parts.unit_cost @ parts_on_shelf(instance, recourse).mean(axis=1))


def follow(
    instance: Instance, start: Recourse, strategy: Integers, found: Recourse, *, deadline: Deadline = NEVER
) -> Recourse | None:
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
    deadline : Deadline
    """
    moved = found.base + np.where(start.base > found.base, 0.5 * (start.base - found.base), 0.0)
    return promised(
        instance, replace(found, strategy=strategy), rounds=FEW_ROUNDS, near=moved, deadline=deadline
    )
