"""What waves do to stock and cash: surplus runs down at the rate of demand, what is missing is bought at once.

An item's stock begins with what lies there, where that is given, else with today's best; each wave gives it another
level on average. Above it the item sells off, d units a day; below, it is bought. Finished goods that no longer wait in
stock find only the buyers of the days until the first order is served in the new way (`engine.decision.tables.books`):
the rest is stranded. Stock that nobody has counted runs down before its switch, so that none of it is stranded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.decision.tables.books import gone_within, stock_items
from engine.demand.streams import Array
from engine.economics.instance import DAYS_PER_YEAR
from engine.scenario.scenario import Scenario

MONTHS_PER_YEAR = 12
_MONTH_DAYS = DAYS_PER_YEAR / MONTHS_PER_YEAR
CASH = ("month", "switched", "change_cost", "saving", "released", "built", "cash", "cumulative_cash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Average stocks of all items, finished goods before parts, J of them, before and after K waves.

    Parameters
    ----------
    unit_cost, rate : shape (J,)
        Money, and units a day.
    start : shape (J,)
        Units there at the beginning.
    planned : shape (K + 1, J)
        Units on average.
    useful : shape (K + 1, J)
        Units that find buyers whatever the plan holds; infinite where it keeps the item in stock.
    """

    unit_cost: Array
    rate: Array
    start: Array
    planned: Array
    useful: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What one wave does to stock, money: before = after + released + stranded - built.

    Parameters
    ----------
    released : float
        Surplus that runs down; below zero where a switch strands stock that was running down already.
    built : float
        What is bought for higher levels.
    stranded : float
        Surplus that finds no buyers.
    run_down_days : float or None
        Within which 90% of the surplus is gone, by value; None where nothing runs down.
    """

    released: float
    built: float
    stranded: float
    run_down_days: float | None


def levels_of(scenario: Scenario, plans: list[Plan]) -> Levels:
    """Stocks before and after each wave.

    Parameters
    ----------
    scenario : Scenario
    plans : list of Plan
        Today's, and that after each wave.
    """
    both = [stock_items(scenario, plan.decisions, plan.components) for plan in plans]

    def all_items(kinds: tuple[object, ...], name: str) -> Array:
        return np.concatenate([np.asarray(getattr(items, name), dtype=float) for items in kinds])

    on_hand = all_items(both[0], "on_hand")
    planned = np.stack([all_items(kinds, "planned") for kinds in both])
    useful = np.stack([all_items(kinds, "useful") for kinds in both])
    given = np.isfinite(on_hand)
    return Levels(
        unit_cost=all_items(both[0], "unit_cost"), rate=all_items(both[0], "rate"),
        start=np.where(given, on_hand, planned[0]), planned=planned, useful=np.where(given, useful, np.inf),
    )  # fmt: skip


def stock_flows(levels: Levels, starts: list[int], months: int) -> tuple[list[Movement], Array, Array]:
    """The movement of each wave, and what is released and built in each month.

    Parameters
    ----------
    levels : Levels
    starts : list of int
        Month at the beginning of which each wave switches, from 0, ascending; K of them.
    months : int

    Returns
    -------
    movements : list of Movement
    released, built : shape (months,)
        Money.
    """
    cost, level = levels.unit_cost, levels.start.copy()
    before, floor = levels.start, np.zeros_like(level)
    target = level.copy()
    span = max([months, *(start + 1 for start in starts)])
    released, built = np.zeros(span), np.zeros(span)
    moved: list[Movement] = []
    for month in range(span):
        for k in [k for k, start in enumerate(starts, start=1) if start == month]:
            planned, useful = levels.planned[k], levels.useful[k]
            leaves = np.isfinite(useful) & (np.isinf(levels.useful[k - 1]) | (k == 1))
            kept = np.where(leaves, np.maximum(level - useful, 0.0), floor)
            target = np.maximum(planned, kept)
            moved.append(_movement(levels, before, planned, kept - floor, np.maximum(level - target, 0.0)))
            before, floor = planned, kept
            built[month] += float(cost @ np.maximum(target - level, 0.0))
            level = np.maximum(level, target)
        after = np.maximum(target, level - levels.rate * _MONTH_DAYS)
        released[month] = float(cost @ (level - after))
        level = after
    return moved, released[:months], built[:months]


def _movement(levels: Levels, before: Array, planned: Array, stranded: Array, surplus: Array) -> Movement:
    cost, rate = levels.unit_cost, levels.rate
    # Of what runs down, that of the items whose level this wave lowers.
    counted = (planned < before) & (rate > 0.0)
    days = np.divide(surplus, rate, out=np.zeros_like(rate), where=counted)
    down = np.maximum(before - planned, 0.0) - stranded
    return Movement(
        released=float(cost @ down), built=float(cost @ np.maximum(planned - before, 0.0)),
        stranded=float(cost @ stranded), run_down_days=gone_within(np.where(counted, cost * surplus, 0.0), days),
    )  # fmt: skip


def cash_table(
    *, starts: list[int], switched: list[int], once: list[float], saving: list[float], released: Array, built: Array
) -> pd.DataFrame:
    """Money month by month, columns `CASH`: less what changes and stock cost, plus savings and stock released.

    Parameters
    ----------
    starts : list of int
        Of the waves.
    switched : list of int
        Products of each wave.
    once, saving : list of float
        What the changes of each wave cost once, and what it saves a year, from its month on.
    released, built : shape (months,)
    """
    months = np.arange(len(released))
    count, paid, rate = np.zeros(len(months)), np.zeros(len(months)), np.zeros(len(months))
    for start, products, cost, saved in zip(starts, switched, once, saving, strict=True):
        count[months >= start] += products
        paid[months == start] += cost
        rate[months >= start] += saved
    earned = rate / MONTHS_PER_YEAR
    cash = earned + released - built - paid
    values = (months + 1, count.astype(np.int64), paid, earned, released, built, cash, np.cumsum(cash))
    return pd.DataFrame(dict(zip(CASH, values, strict=True)))


def stays_above(cumulative: Array) -> int | None:
    """Month, from 1, from which on cumulative cash is never below zero; None where it ends below.

    Examples
    --------
    >>> stays_above(np.array([-5.0, 2.0, -1.0, 3.0])), stays_above(np.array([1.0])), stays_above(np.array([-1.0]))
    (4, 1, None)
    """
    below = np.flatnonzero(cumulative < 0.0)
    last = int(below[-1]) if below.size else -1
    return None if last == len(cumulative) - 1 else last + 2
