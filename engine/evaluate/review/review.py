"""`review`: of each product whether the plan's demand still holds, and whether deciding again would switch it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.decision.solve import DEFAULT_GAP
from engine.demand.book.book import order_book
from engine.demand.complete import complete
from engine.demand.goodness import Moments, distribution_function
from engine.demand.streams import Array, stream
from engine.demand.weeks import Calendar, calendar
from engine.demand.year import year_of
from engine.errors import EngineError
from engine.evaluate.review.again import Again, InUse, decide_again, in_use
from engine.evaluate.review.sequential import Alarms, alarms, normal_scores, reference, weekly_rate
from engine.evaluate.rules_in_use import weekly_cvs
from engine.evaluate.same_scenario import plan_of, refuse_other_data
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.words.reason import cause

FALSE_ALARMS = 0.01
COLUMNS = (
    "product", "strategy", "verdict", "planned_per_week", "level_per_week", "level_low", "level_high", "since",
    "told_on", "strategy_again", "regret_so_far", "flip_below", "flip_above",
)  # fmt: skip
_WIDTH = 1.96
WEEKS_PER_YEAR = 365.0 / 7.0


class Standing(StrEnum):
    """What is said of a product."""

    HOLDS = "holds"
    DRIFTING = "drifting"
    AGAIN = "decide again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What has come since a plan was made.

    Parameters
    ----------
    products : pandas.DataFrame
        One row per product, columns `COLUMNS`: the level since the change with its 95% interval, the first day of it,
        the last day of the week in which it was told, the strategy of the plan decided again, what the plan has cost
        above that one since, and where thresholds are given, the demand at which the strategy flips.
    summary : dict
    """

    products: pd.DataFrame
    summary: dict[str, Any]


def review(
    scenario: Scenario,
    plan: Plan,
    orders: pd.DataFrame,
    *,
    false_alarms: float = FALSE_ALARMS,
    thresholds: pd.DataFrame | None = None,
    gap: float = DEFAULT_GAP,
) -> Review:
    """Ask of each product whether its weekly demand is still the plan's, and decide again with what is not.

    Parameters
    ----------
    scenario : Scenario
        That the plan was made from.
    plan : Plan
    orders : pandas.DataFrame
        Order lines since, as the table of a scenario; those of other products are left out.
    false_alarms : float
        Share of products without a change that may be told of one in a month.
    thresholds : pandas.DataFrame, optional
        As ``thresholds.csv``.
    gap : float
        Relative gap to which it is decided again.

    Raises
    ------
    EngineError
        Where the plan is not the scenario's, or the order lines are of less than a week.
    """
    began = time.perf_counter()
    if not 0.0 < false_alarms < 1.0:
        raise EngineError(cause("review_alarms", share=false_alarms))
    scenario = complete(scenario)
    refuse_other_data(scenario, plan)
    plan = plan_of(scenario, plan)
    demand, weeks = weekly_demand(scenario, orders)
    used = in_use(scenario.products["product"], plan.decisions, plan.components)
    table, told = charted(scenario, used, demand, weeks, false_alarms=false_alarms)
    again = None
    if (told.week >= 0).any():
        again = decide_again(
            scenario, used, levels(scenario, table), told.week >= 0, gap=gap, samples=int(plan.summary["samples"]),
            seed=int(plan.summary["seed"]),
        )  # fmt: skip
        table = decided_again(table, told, again, weeks.weeks)
    if thresholds is not None:
        flips = _flips(thresholds)
        for side in ("below", "above"):
            table[f"flip_{side}"] = table["product"].map(flips.get(side, pd.Series(dtype=float))).astype(float)
    counts = {one.value: int((table["verdict"] == one.value).sum()) for one in Standing}
    return Review(
        products=table[list(COLUMNS)],
        summary={
            "scenario": scenario.name,
            "currency": scenario.settings.currency,
            "status": "solved",
            "counts": counts,
            "products": len(table),
            "weeks": weeks.weeks,
            "first_day": f"{weeks.first_day:%Y-%m-%d}",
            "last_day": f"{weeks.last_day:%Y-%m-%d}",
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
    known = week >= 0
    demand = np.zeros((len(products), weeks.weeks))
    np.add.at(demand, (row[known], week[known]), lines["quantity"].to_numpy(dtype=float)[known])
    return np.maximum(demand, 0.0) / _season(scenario, weeks), weeks


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


def scores(scenario: Scenario, demand: Array) -> Array:
    """Normal scores of weekly demand under the plan's distributions, shape (I, weeks).

    Whole units under a distribution without steps stand for all that rounds to them. What `empirical` demand is like
    between its weeks nobody knows: it is taken as gamma of their mean and CV.

    Parameters
    ----------
    scenario : Scenario
        Its demand columns filled in.
    demand : shape (I, weeks)
        Without season.
    """
    products, cvs = scenario.products, weekly_cvs(scenario)
    found = np.zeros(demand.shape)
    for i, (name, family, mean, size) in enumerate(
        zip(products["product"], products["distribution"], products["demand_per_week"], products["order_size"],
            strict=True)
    ):  # fmt: skip
        x, cv = demand[i], max(float(cvs[i]), 1e-6)
        of = Moments(
            mean=np.full(x.shape, float(mean)), cv=np.full(x.shape, cv), order_size=np.full(x.shape, float(size))
        )
        kind = "gamma" if family in ("", "empirical") else str(family)
        even = kind in ("gamma", "normal") and bool((x == np.round(x)).all())
        half = 0.5 if even else 0.0
        through = distribution_function(kind, x + half, of)
        under = distribution_function(kind, x - half if even else x * (1.0 - 1e-9) - 1e-9, of)
        u = stream(scenario.settings.seed, "review", str(name)).random(x.shape)
        found[i] = normal_scores(np.minimum(under, through), through, u)
    return found


def charted(
    scenario: Scenario, used: InUse, demand: Array, weeks: Calendar, *, false_alarms: float
) -> tuple[pd.DataFrame, Alarms]:
    """The products with what was told of them, all of them holding or drifting, and the charts behind it.

    Parameters
    ----------
    scenario : Scenario
        Its demand columns filled in.
    used : InUse
        Of the plan.
    demand : shape (I, weeks)
        As of `weekly_demand`.
    weeks : Calendar
    false_alarms : float
        Share of products without a change that may be told of one in a month.
    """
    told = alarms(scores(scenario, demand), reference(weekly_cvs(scenario)), weekly_rate(false_alarms))
    planned, rang = scenario.products["demand_per_week"].to_numpy(dtype=float), told.week >= 0
    count = demand.shape[1]
    counted = np.arange(count) >= told.since[:, None]
    length = counted.sum(axis=1)
    level = (demand * counted).sum(axis=1) / length
    half = _WIDTH * weekly_cvs(scenario) * level / length**0.5
    day = [f"{weeks.first_day + pd.Timedelta(days=7 * k):%Y-%m-%d}" for k in range(count + 1)]
    last = [f"{weeks.first_day + pd.Timedelta(days=7 * k + 6):%Y-%m-%d}" for k in range(count)]
    table = pd.DataFrame(
        {
            "product": scenario.products["product"].to_numpy(),
            "strategy": [STRATEGIES[k] for k in used.strategy.tolist()],
            "verdict": np.where(rang, Standing.DRIFTING.value, Standing.HOLDS.value),
            "planned_per_week": planned,
            "level_per_week": level,
            "level_low": np.maximum(level - half, 0.0),
            "level_high": level + half,
            "since": [day[k] if r else "" for k, r in zip(told.since.tolist(), rang.tolist(), strict=True)],
            "told_on": [last[k] if r else "" for k, r in zip(told.week.tolist(), rang.tolist(), strict=True)],
            "strategy_again": "", "regret_so_far": np.where(rang, np.nan, 0.0),
            "flip_below": np.nan, "flip_above": np.nan,
        }
    )  # fmt: skip
    return table, told


def levels(scenario: Scenario, table: pd.DataFrame) -> Array:
    """Units a week that are decided with again: the level since of who was told, else the plan's; shape (I,)."""
    holds = (table["verdict"] == Standing.HOLDS.value).to_numpy()
    planned = scenario.products["demand_per_week"].to_numpy(dtype=float)
    return np.where(holds, planned, table["level_per_week"].to_numpy(dtype=float))


def decided_again(table: pd.DataFrame, told: Alarms, again: Again | None, weeks: int) -> pd.DataFrame:
    """The table with the plan decided again: its strategies, who has to be switched, and the regret so far.

    Regret so far: what the plan has cost above the plan decided again in the weeks since the change, its strategies and
    stocks as they are.

    Parameters
    ----------
    table : pandas.DataFrame
        As of `charted`, its rows in the order of the charts.
    told : Alarms
    again : Again or None
    weeks : int
        Of the order lines.
    """
    if again is None:
        return table
    rang = told.week >= 0
    strategies = np.array([STRATEGIES[k] for k in again.strategy.tolist()], dtype=object)
    switched = rang & (strategies != table["strategy"].to_numpy(dtype=object))
    since = (weeks - told.since) / WEEKS_PER_YEAR
    return table.assign(
        strategy_again=strategies, verdict=table["verdict"].mask(switched, Standing.AGAIN.value),
        regret_so_far=np.where(rang, again.over * since, 0.0),
    )  # fmt: skip


def regret_of(table: pd.DataFrame) -> float | None:
    """Regret so far of all products together; None where that of some is not known."""
    known = table["regret_so_far"].notna().all()
    return float(table["regret_so_far"].sum()) if known else None


def _flips(thresholds: pd.DataFrame) -> dict[str, pd.Series]:
    """Demand a week at which each product flips, by side."""
    flips = thresholds[(thresholds["input"] == "demand_per_week") & (thresholds["strategy_below"].fillna("") != "")]
    return {
        str(side): rows.set_index("product")["high" if side == "below" else "low"].astype(float)
        for side, rows in flips.groupby("side")
    }
