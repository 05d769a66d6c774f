"""`review`: of each product whether the plan's demand still holds, and whether deciding again would switch it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.decision.solve import DEFAULT_GAP
from engine.demand.book.book import order_book
from engine.demand.book.weeks import Calendar, calendar
from engine.demand.fitting.complete import complete
from engine.demand.streams import Array
from engine.demand.year import year_of
from engine.errors import EngineError
from engine.evaluate.review.again import in_use
from engine.evaluate.review.flips import crossed_of, with_flips
from engine.evaluate.review.moved import fitted_in_both, moved_inputs
from engine.evaluate.review.sequential import each_of_two
from engine.evaluate.review.told import (
    COLUMNS,
    OF_PLANS,
    Standing,
    again_in,
    charted,
    counts_of_moved,
    decided_again,
    not_charted,
    regret_of,
    with_moved,
)
from engine.evaluate.review.waits import targets_since, waits_of, with_asked, with_target, with_targets
from engine.evaluate.studies.same_scenario import plan_of, refuse_other_data
from engine.scenario.scenario import Scenario
from engine.words.reason import cause

FALSE_ALARMS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What has come since a plan was made.

    Parameters
    ----------
    products : pandas.DataFrame
        One row per product, columns `COLUMNS` and `OF_PLANS`: the level since the change with its 95% interval, the
        first day of it, the last day of the week in which it was told, the strategy of the plan decided again, what the
        plan has cost above that one since, which inputs are others now, what customers ask for where they ask for
        another lead time, and where thresholds are given, the demand at which the strategy flips.
    summary : dict
    """

    products: pd.DataFrame
    summary: dict[str, Any]


def review(
    scenario: Scenario,
    plan: Plan,
    orders: pd.DataFrame | None = None,
    *,
    now: Scenario | None = None,
    fitted: Mapping[str, frozenset[str]] | None = None,
    false_alarms: float = FALSE_ALARMS,
    thresholds: pd.DataFrame | None = None,
    gap: float = DEFAULT_GAP,
) -> Review:
    """Ask of each product whether what the plan was made for still holds, and decide again with what does not.

    Parameters
    ----------
    scenario : Scenario
        That the plan was made from.
    plan : Plan
    orders : pandas.DataFrame, optional
        Order lines since, as the table of a scenario; those of other products are left out.
    now : Scenario, optional
        The same products with the costs, times, parts and settings of today.
    fitted : mapping of str to frozenset of str, optional
        Products by the demand column that is left to the order lines in both (`fitted_in_both`), for scenarios that are
        filled in already; by default as they are given.
    false_alarms : float
        Share of products without a change that may be told of one in a month.
    thresholds : pandas.DataFrame, optional
        As ``thresholds.csv``.
    gap : float
        Relative gap to which it is decided again.

    Raises
    ------
    EngineError
        Where the plan is not the scenario's, the order lines are of less than a week, or there is nothing to look at.
    """
    began = time.perf_counter()
    if orders is None and now is None:
        raise EngineError(cause("review_nothing"))
    if not 0.0 < false_alarms < 1.0:
        raise EngineError(cause("review_alarms", share=false_alarms))
    if fitted is None and now is not None:
        fitted = fitted_in_both(scenario, now)
    scenario = complete(scenario)
    refuse_other_data(scenario, plan)
    plan = plan_of(scenario, plan)
    used = in_use(scenario.products["product"], plan.decisions, plan.components)
    weeks: Calendar | None = None
    table, told = not_charted(scenario, used)
    asked: dict[str, tuple[float, int]] = {}
    if orders is not None:
        demand, weeks = weekly_demand(scenario, orders)
        waits = waits_of(scenario, orders, weeks)
        watched = scenario.products["product"].isin(waits.products).to_numpy(dtype=bool)
        table, told = charted(scenario, used, demand, weeks, false_alarms=false_alarms, shared=watched)
        asked = targets_since(
            waits, weeks.weeks, false_alarms=each_of_two(false_alarms), seed=int(plan.summary["seed"])
        )
    world = scenario if now is None else complete(now)
    moved = {} if now is None else moved_inputs(scenario, world, fitted)
    table, world = with_asked(with_moved(table, with_target(moved, asked)), scenario, asked), with_targets(world, asked)
    again = None
    if (table["verdict"] != Standing.HOLDS.value).any():
        again = again_in(
            world, plan.decisions, plan.components, table, told, gap=gap, samples=int(plan.summary["samples"]),
            seed=int(plan.summary["seed"]),
        )  # fmt: skip
        table = decided_again(table, told, again, 0 if weeks is None else weeks.weeks)
    table = with_flips(table, thresholds)
    counts = {one.value: int((table["verdict"] == one.value).sum()) for one in Standing}
    return Review(
        products=table[[*COLUMNS, *OF_PLANS]],
        summary={
            "scenario": scenario.name,
            "currency": scenario.settings.currency,
            "status": "solved",
            "counts": counts,
            "products": len(table),
            "weeks": 0 if weeks is None else weeks.weeks,
            "first_day": None if weeks is None else f"{weeks.first_day:%Y-%m-%d}",
            "last_day": None if weeks is None else f"{weeks.last_day:%Y-%m-%d}",
            "known_to": None if weeks is None else _known_to(scenario, weeks),
            "moved": counts_of_moved(table["moved"]),
            "crossed": None if thresholds is None else crossed_of(table),
            "false_alarms_per_month": false_alarms,
            "saving_per_year": None if again is None else again.saving,
            "regret_so_far": regret_of(table),
            "gap": gap,
            "samples": int(plan.summary["samples"]),
            "seed": int(plan.summary["seed"]),
            "seconds": round(time.perf_counter() - began, 3),
            "input_sha256": scenario.digest(),
        },
    )


def weekly_demand(
    scenario: Scenario, orders: pd.DataFrame, weeks: Calendar | None = None
) -> tuple[Array, Calendar]:
    """Units of each whole week of new order lines, counted back from their last day, shape (I, weeks).

    Parameters
    ----------
    scenario : Scenario
    orders : pandas.DataFrame
    weeks : Calendar, optional
        Of more lines than these, whose dates were looked at together.
    """
    products = scenario.products["product"]
    mine = orders[orders["product"].isin(set(products))].reset_index(drop=True)
    book = order_book(replace(scenario, orders=mine), dates_known=weeks is not None)
    lines = book.lines
    if weeks is None:
        weeks = weeks_of(book.first_day, book.last_day)
    # Returns of what was ordered before leave no week below zero.
    week = weeks.day(lines["order_date"].to_numpy()) // 7
    row = lines["product"].map(dict(zip(products, range(len(products)), strict=True))).to_numpy(dtype=np.int64)
    mask = week >= 0
    demand = np.zeros((len(products), weeks.weeks))
    np.add.at(demand, (row[mask], week[mask]), lines["quantity"].to_numpy(dtype=float)[mask])
    return np.maximum(demand, 0.0) / _season(scenario, weeks), weeks


def _known_to(scenario: Scenario, weeks: Calendar) -> str | None:
    """The last day of the scenario's own order lines, where new ones begin before it; None where none are known."""
    if scenario.orders.empty:
        return None
    last = order_book(scenario).last_day
    return f"{last:%Y-%m-%d}" if weeks.first_day <= last else None


def weeks_of(first: pd.Timestamp, last: pd.Timestamp) -> Calendar:
    """The whole weeks of new order lines from their first to their last day; NaT where there are none.

    Raises
    ------
    EngineError
        Where there is none to review.
    """
    if pd.isna(first):
        raise EngineError(cause("review_no_product"))
    weeks = calendar(first, last)
    if weeks.weeks < 1:
        raise EngineError(cause("review_short"))
    return weeks


def _season(scenario: Scenario, weeks: Calendar) -> Array:
    """Factor of the season in each week, shape (I, weeks); one where there is none."""
    year = year_of(scenario)
    factor = np.ones((len(scenario.products), weeks.weeks))
    if year is None:
        return factor
    days = pd.date_range(weeks.first_day, periods=weeks.weeks, freq="7D")
    start = np.asarray(days.day_of_year, dtype=float) - 1.0
    for i in np.flatnonzero(year.seasonal).tolist():
        factor[i] = np.maximum(year.mean(i, start, 7.0), 1e-9)
    return factor
