"""What a plan promises: its stocks, costs and lateness first come first served, where the program had hindsight.

The two-stage program stays the bound: first come first served is one way to share parts out, so that nothing a plant
can do costs less than the program. The difference of the two is the allocation gap.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.decision.settling.budgeted_goods import levels_within, shares_out
from engine.decision.settling.whole_goods import beside_whole, rounded, rounded_down, whole_goods, with_units_left
from engine.decision.tables.attribution import attribute, finished_on_hand, ledger_of
from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Instance, Integers
from engine.economics.optima.stock import best_stock
from engine.program.deadline import NEVER, Deadline
from engine.search.first_come.risk import Risk, tail_weights
from engine.search.first_come.tuning import FIRST_STEP, NEARBY, Tuned, Tuning
from engine.search.first_come.waiting import FirstCome
from engine.search.recourse import Recourse, mean_parts_on_shelf

# Spreads by which levels of parts begin higher where late units are lost: the cheapest of the first, and the last.
_HIGHER = ((0.5, 1.0, 1.5, 2.0), (3.0,))
# Prices of inventory tried until a budget holds, and how exactly it has to.
_PRICES, _WITHIN = 14, 1e-9
# First step from the program's price and its least share of it, and how much the price grows at a time at most; shares
# of a price and of a budget at which the search ends; and the most plans tried between two.
_STEP, _FIRST_SHARE, _GROWTH, _CLOSE, _UNUSED, _TRIES = 0.02, 0.25, 3.0, 0.05, 2e-4, 12
# From the price of a plan nearby to the next one, and how close two have to be: what is between them is found by the
# budget.
_NEARBY_STEP, _NEARBY_CLOSE = 0.1, 0.2
# A plan between two that leaves no more of the budget unused is close enough.
_USED_UP = 1e-6
# Money a year per money in stock at which nothing but inventory counts.
_HIGHEST_PRICE = 1e4
_SMALLEST = 1e-300
# Rounds of descent of a plan, of a plan next to it, and at each price after the first.
ROUNDS, FEW_ROUNDS, _ROUNDS_AGAIN = 40, 8, 30


def promised(
    instance: Instance, recourse: Recourse, *, rounds: int = ROUNDS, first: float | Array = FIRST_STEP,
    price: float | None = None, queue: FirstCome | None = None, from_plan: bool = False, deadline: Deadline = NEVER,
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
    first : float or shape (C,)
        Its first step, a share of the spread of what a part has to cover.
    price : float, optional
        At which the inventory of a plan nearby uses the budget up, money per year; the program's where it is left out.
    queue : FirstCome, optional
        Of the strategies, where it is laid out.
    from_plan : bool
        Levels begin from those of a plan nearby, which are good for its risk, too.
    deadline : Deadline
        After it the levels stay as they are by then.

    Returns
    -------
    Recourse or None
        None where no stocks keep the inventory budget.
    """
    if instance.budget is None:
        tuned = _tuned(
            instance, recourse, rounds=rounds, first=first, deadline=deadline, queue=queue, from_plan=from_plan
        )
        return costed(instance, tuned)
    queue = laid_out(instance, recourse.strategy) if queue is None else queue
    begin = recourse.budget_price if price is None else price
    tried = _tuned(
        instance, recourse, rounds=rounds, first=first, price=begin, deadline=deadline, queue=queue,
        from_plan=from_plan,
    )  # fmt: skip
    if begin <= 0.0 and _left(instance, tried) >= 0.0:
        return costed(instance, tried)
    few, close = min(rounds, _ROUNDS_AGAIN), _CLOSE if price is None else _NEARBY_CLOSE
    step = _first_step(begin) if price is None else _NEARBY_STEP * begin
    bracket = _bracket(
        instance, recourse, tried, price=begin, step=step, close=close, rounds=few, deadline=deadline, queue=queue
    )  # fmt: skip
    dear, lean = (None if end is None else end[1] for end in bracket)
    if lean is None:
        lean = _leanest(instance, recourse, queue=queue)
        if _left(instance, lean) < -_WITHIN * instance.budget:
            return None
    lean = costed(instance, lean)
    return _shared_out(instance, lean if dear is None else _between(instance, dear, lean, queue=queue))


def _shared_out(instance: Instance, plan: Recourse) -> Recourse:
    """The plan with what its finished stocks may hold shared out among them anew, where some lose sales."""
    made = shares_out(instance, plan.strategy)
    if not made.size:
        return plan
    finished = instance.unit_cost @ finished_on_hand(instance, plan).mean(axis=1)
    level = levels_within(instance, made, _left(instance, plan) + float(finished))
    if level is None:
        return plan
    other = replace(plan, level=plan.level.copy())
    other.level[made] = level
    other = costed(instance, replace(other, level=rounded_down(instance, plan.strategy, other.level)))
    return other if other.objective < plan.objective else plan


def price_of_budget(
    instance: Instance, plan: Recourse, *, queue: FirstCome | None, deadline: Deadline = NEVER
) -> float:
    """The price of inventory, money per year, at which stocks of a plan's strategies use its budget up.

    Parameters
    ----------
    instance : Instance
    plan : Recourse
        First come first served.
    queue : FirstCome or None
        Of its strategies.
    deadline : Deadline
        No price is tried after it.
    """
    price = plan.budget_price
    tried = _tuned(
        instance, plan, rounds=_ROUNDS_AGAIN, first=NEARBY, price=price, deadline=deadline, queue=queue
    )
    ends = _bracket(
        instance, plan, tried, price=price, step=_first_step(price), rounds=_ROUNDS_AGAIN, deadline=deadline,
        queue=queue,
    )  # fmt: skip
    return float(np.mean([end[0] for end in ends if end is not None]))


def _bracket(
    instance: Instance, recourse: Recourse, tried: Recourse, *, price: float, step: float, close: float = _CLOSE,
    rounds: int, deadline: Deadline, queue: FirstCome | None,
) -> tuple[tuple[float, Recourse] | None, tuple[float, Recourse] | None]:
    """Prices of inventory that are close, and their plans above and below the budget, where there are such.

    Parameters
    ----------
    tried : Recourse
        At the first price; no plan is costed.
    price, step : float
        The first price, and by how much the next one differs.
    close : float
        Share of the price at which two are.
    rounds : int
        Of descent at each price.
    deadline : Deadline
        No price is tried after it.
    """
    unused = _UNUSED * (instance.budget or 0.0)
    low: tuple[float, Recourse] | None = None
    high: tuple[float, Recourse] | None = None
    seen: list[tuple[float, float]] = []
    for _ in range(_PRICES):
        over = _left(instance, tried)
        seen.append((price, over))
        if over < 0.0:
            low = price, tried
        else:
            high = price, tried
            if price <= 0.0 or over <= unused:
                break
        if high is None or low is None:
            side = 1.0 if high is None else -1.0
            price, step = max(price + side * _step(seen, step), 0.0), _GROWTH * step
        else:
            if high[0] - low[0] <= close * high[0]:
                break
            price = _inside(low[0], high[0], root=_root(seen), lean=over >= 0.0)
        if deadline.passed():
            break
        near = replace(recourse, base=tried.base)
        tried = _tuned(
            instance, near, rounds=rounds, first=NEARBY, price=price, deadline=deadline, queue=queue
        )
    return low, high


def _first_step(price: float) -> float:
    """From the program's price to the next one tried."""
    return max(_STEP, _FIRST_SHARE * price)


def _root(seen: list[tuple[float, float]]) -> float:
    """The price at which the budget would be used up, by the last two prices tried; infinite where they do not say."""
    (before, then), (now, residual) = seen[-2:]
    return now - residual * (now - before) / (residual - then) if (residual - then) * (now - before) > 0.0 else np.inf


def _step(seen: list[tuple[float, float]], step: float) -> float:
    """How far to go on where the budget is on one side of all prices tried: a little beyond where they lead."""
    if len(seen) < 2 or not np.isfinite(root := _root(seen)):
        return step
    return float(np.clip(abs(root - seen[-1][0]) + 0.5 * _CLOSE * root, 0.5 * step, _GROWTH * step))


def _inside(low: float, high: float, *, root: float, lean: bool) -> float:
    """A price between two, on the other side of the root than the last one tried, which was lean or was not."""
    beyond = root - 0.5 * _CLOSE * root if lean else root + 0.5 * _CLOSE * root
    tenth = 0.1 * (high - low)
    return beyond if low + tenth < beyond < high - tenth else 0.5 * (low + high)


def _between(instance: Instance, dear: Recourse, lean: Recourse, *, queue: FirstCome | None) -> Recourse:
    """The plan between two of the same strategies that uses the budget up, whole goods in whole units."""
    tuning = Tuning(instance, lean.strategy, queue=queue)
    best = _used_up(instance, dear, lean, tuning)
    if whole_goods(instance, lean.strategy).size:
        # A unit more of whole goods is dearer than what is left: what is stocked in pieces uses it up.
        most = dear.level if instance.cvar_weight > 0.0 else np.fmax(dear.level, best_stock(instance).level)
        best = _used_up(instance, replace(dear, level=beside_whole(instance, best, most)), best, tuning)
        best = with_units_left(instance, best, _left(instance, best))
    plan = costed(instance, best)
    return plan if plan.objective < lean.objective else lean


def _used_up(instance: Instance, dear: Recourse, lean: Recourse, tuning: Tuning) -> Recourse:
    """What is between two plans and keeps the budget, not costed; on-hand stock is convex in the levels."""
    best, enough = lean, _USED_UP * (instance.budget or 0.0)
    low, high = (0.0, _left(instance, lean)), (1.0, _left(instance, dear))
    if high[1] >= 0.0:
        return dear
    for _ in range(_TRIES):
        # Illinois: the end that stays counts half the next time (Dowell & Jarratt 1971).
        share = low[0] + (high[0] - low[0]) * low[1] / max(low[1] - high[1], _SMALLEST)
        level = rounded_down(instance, lean.strategy, lean.level + share * (dear.level - lean.level))
        base = lean.base + share * (dear.base - lean.base)
        tried = replace(lean, level=level)
        if tuning.used.size:
            tried = with_parts(tried, tuning.kept(base))
        over = _left(instance, tried)
        if over >= 0.0:
            low, high, best = (share, over), (high[0], 0.5 * high[1]), tried
            if over <= enough:
                break
        else:
            low, high = (low[0], 0.5 * low[1]), (share, over)
    return best


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


def laid_out(instance: Instance, strategy: Integers, *, near: FirstCome | None = None) -> FirstCome | None:
    """Who waits for parts, laid out once for all prices of inventory; None where nobody does.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
    near : FirstCome, optional
        Of strategies that differ in a few products.
    """
    if not _assembles(instance, strategy):
        return None
    return FirstCome(instance, strategy, instance.part_carrying, near=near)


def _tuned(
    instance: Instance, recourse: Recourse, *, rounds: int, price: float = 0.0, deadline: Deadline = NEVER,
    queue: FirstCome | None = None, first: float | Array = FIRST_STEP, from_plan: bool = False,
) -> Recourse:
    """The plan first come first served at a price of inventory, before it is costed."""
    level = rounded(instance, recourse)
    if price >= _HIGHEST_PRICE or (instance.budget is not None and instance.cvar_weight <= 0.0):
        level = np.where(recourse.strategy == MTS, best_stock(instance, value_price=price).level, np.nan)
        level = rounded(instance, replace(recourse, level=level))
    if not _assembles(instance, recourse.strategy):
        none = np.zeros(recourse.late.shape)
        return replace(recourse, level=level, late=none, late_now=none, age=none)
    plan = replace(recourse, level=level)
    tuning = Tuning(instance, recourse.strategy, value_price=price, queue=queue)
    risk = _risk(instance, plan, tuning.queue) if price < _HIGHEST_PRICE else None
    # Late units that are lost fall in steps, between which descent comes to rest: it begins higher, too.
    higher = [
        [recourse.base + more * tuning.spread for more in some] for some in _HIGHER
        if tuning.loses_sales and not from_plan
    ]  # fmt: skip
    starts = [recourse.base]
    if risk is not None:
        if not from_plan:
            first_of = [*starts, *(start for some in higher for start in some)]
            starts.append(tuning.tune(*first_of, rounds=rounds, first=first, deadline=deadline).base)
        tuning = Tuning(instance, recourse.strategy, value_price=price, queue=tuning.queue, risk=risk)
    tuned = tuning.tune(*starts, rounds=rounds, first=first, deadline=deadline)
    for some in higher:
        if not deadline.passed():
            other = tuning.tune(*some, rounds=rounds, first=first, deadline=deadline)
            tuned = other if other.cost < tuned.cost else tuned
    return with_parts(plan, tuned)


def _risk(instance: Instance, recourse: Recourse, queue: FirstCome) -> Risk | None:
    """What risk counts, and what the plan costs beside its parts; None where nothing but expected cost does."""
    if instance.cvar_weight <= 0.0:
        return None
    tuning = Tuning(instance, recourse.strategy, queue=queue)
    served = tuning.measure(recourse.base)
    whole = attribute(instance, with_parts(recourse, served)).at_risk
    sample_cost = tuning.sample_cost(served.base, served.waiting)
    return Risk(weight=instance.cvar_weight, level=instance.cvar_level, beside=whole - sample_cost)


def with_parts(recourse: Recourse, tuned: Tuned) -> Recourse:
    """The plan with other reorder levels of parts and what they bring."""
    waiting = tuned.waiting
    return replace(
        recourse, base=tuned.base, late=waiting.units, late_now=tuned.late, age=waiting.age,
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
    if instance.cvar_weight <= 0.0:
        return replace(recourse, objective=float(ledger_of(instance, recourse).sum()))
    # The tail weighs what is told already: cost + lambda sum_w (q'_w - q_w) cost_w.
    told = attribute(instance, recourse)
    tail = tail_weights(told.at_risk, instance.cvar_level)
    risk = instance.cvar_weight * float(told.at_risk @ (tail - recourse.tail))
    return replace(recourse, tail=tail, objective=told.objective + risk)


def inventory_value(instance: Instance, recourse: Recourse) -> float:
    """Mean value of finished stock and parts on hand, as (C7) counts it, money.

    Parameters
    ----------
    instance : Instance
    recourse : Recourse
    """
    finished = instance.unit_cost @ finished_on_hand(instance, recourse).mean(axis=1)
    return float(finished + instance.parts.unit_cost @ mean_parts_on_shelf(instance, recourse))
