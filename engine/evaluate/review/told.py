"""The table of a review: who left the plan's demand by the charts, what else moved, and what deciding again says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.book.weeks import Calendar
from engine.demand.fitting.goodness import Moments, distribution_function
from engine.demand.streams import Array, stream
from engine.evaluate.review.again import Again, InUse, decide_again, in_use
from engine.evaluate.review.sequential import Alarms, alarms, each_of_two, normal_scores, reference, weekly_rate
from engine.evaluate.studies.rules_in_use import weekly_cvs
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario

COLUMNS = (
    "product", "strategy", "verdict", "planned_per_week", "level_per_week", "level_low", "level_high", "since",
    "told_on", "strategy_again", "regret_so_far", "moved",
)  # fmt: skip
# The demand at which the strategy flips with its range of sampling, and which flips the level since has passed.
FLIPS = (
    "flip_below", "flip_below_low", "flip_below_high", "flip_above", "flip_above_low", "flip_above_high", "crossed",
)  # fmt: skip
# Of a plan alone: what customers ask for where they ask for another lead time than planned.
OF_PLANS = ("planned_target_days", "target_days", *FLIPS)
_WIDTH = 1.96
WEEKS_PER_YEAR = 365.0 / 7.0


class Standing(StrEnum):
    """What is said of a product."""

    HOLDS = "holds"
    DRIFTING = "drifting"
    AGAIN = "decide again"


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
    score = np.zeros(demand.shape)
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
        score[i] = normal_scores(np.minimum(under, through), through, u)
    return score


def charted(
    scenario: Scenario, used: InUse, demand: Array, weeks: Calendar, *, false_alarms: float,
    shared: npt.NDArray[np.bool_] | None = None,
) -> tuple[pd.DataFrame, Alarms]:  # fmt: skip
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
    shared : shape (I,), optional
        Products that another chart may tell of a change, too: both have the rate together.
    """
    alone, both = weekly_rate(false_alarms), weekly_rate(each_of_two(false_alarms))
    rate = np.where(np.zeros(len(demand), dtype=bool) if shared is None else shared, both, alone)
    told = alarms(scores(scenario, demand), reference(weekly_cvs(scenario)), rate)
    rang, count = told.week >= 0, demand.shape[1]
    counted = np.arange(count) >= told.since[:, None]
    length = counted.sum(axis=1)
    level = (demand * counted).sum(axis=1) / length
    half = _WIDTH * weekly_cvs(scenario) * level / length**0.5
    day = [f"{weeks.first_day + pd.Timedelta(days=7 * k):%Y-%m-%d}" for k in range(count + 1)]
    last = [f"{weeks.first_day + pd.Timedelta(days=7 * k + 6):%Y-%m-%d}" for k in range(count)]
    table = _as_planned(scenario, used).assign(
        verdict=np.where(rang, Standing.DRIFTING.value, Standing.HOLDS.value),
        level_per_week=level, level_low=np.maximum(level - half, 0.0), level_high=level + half,
        since=[day[k] if r else "" for k, r in zip(told.since.tolist(), rang.tolist(), strict=True)],
        told_on=[last[k] if r else "" for k, r in zip(told.week.tolist(), rang.tolist(), strict=True)],
        regret_so_far=np.where(rang, np.nan, 0.0),
    )  # fmt: skip
    return table, told


def not_charted(scenario: Scenario, used: InUse) -> tuple[pd.DataFrame, Alarms]:
    """The same without order lines: nobody is told of anything."""
    count = len(scenario.products)
    nobody = np.full(count, -1, dtype=np.int64)
    told = Alarms(week=nobody, since=np.zeros(count, dtype=np.int64), upward=np.zeros(count, dtype=bool))
    return _as_planned(scenario, used), told


def _as_planned(scenario: Scenario, used: InUse) -> pd.DataFrame:
    """The products as the plan has them, all of them holding and nothing told; columns `COLUMNS`."""
    return pd.DataFrame(
        {
            "product": scenario.products["product"].to_numpy(),
            "strategy": [STRATEGIES[k] for k in used.strategy.tolist()], "verdict": Standing.HOLDS.value,
            "planned_per_week": scenario.products["demand_per_week"].to_numpy(dtype=float),
            "level_per_week": np.nan, "level_low": np.nan, "level_high": np.nan,
            "since": "", "told_on": "", "strategy_again": "", "regret_so_far": 0.0, "moved": "",
        }
    )  # fmt: skip


def with_moved(table: pd.DataFrame, moved: Mapping[str, list[str]]) -> pd.DataFrame:
    """The table with what else has moved: who holds by demand alone is drifting, since when nobody knows."""
    named = table["product"].map(lambda product: ", ".join(moved.get(product, ()))).astype(object)
    only = (named != "") & (table["verdict"] == Standing.HOLDS.value)
    return table.assign(
        moved=named, verdict=table["verdict"].mask(only, Standing.DRIFTING.value),
        regret_so_far=table["regret_so_far"].mask(only),
    )  # fmt: skip


def levels(scenario: Scenario, since: pd.Series, rang: pd.Series | npt.NDArray[np.bool_]) -> Array:
    """Units a week that are decided with again: the level since of whom the charts told, else the scenario's; (I,)."""
    given = scenario.products["demand_per_week"].to_numpy(dtype=float)
    return np.where(np.asarray(rang, dtype=bool), since.to_numpy(dtype=float), given)


def again_in(
    world: Scenario, decisions: pd.DataFrame, components: pd.DataFrame, table: pd.DataFrame, told: Alarms, *,
    gap: float, samples: int, seed: int, settle: bool = True,
) -> Again | None:  # fmt: skip
    """The plan decided again for those of a table who no longer hold, in a world of today; in the order of the table.

    Parameters
    ----------
    world : Scenario
        Its products are those of the table, in any order.
    decisions, components : pandas.DataFrame
        What the plan has set.
    table : pandas.DataFrame
        As of `charted`, with what else has moved.
    told : Alarms
        By the rows of the table.
    gap, samples, seed, settle
        As of `decide_again`.
    """
    names = world.products["product"]
    rows = table.assign(rang=told.week >= 0).set_index("product").loc[names]
    again = decide_again(
        world, in_use(names, decisions, components), levels(world, rows["level_per_week"], rows["rang"]),
        (rows["verdict"] != Standing.HOLDS.value).to_numpy(dtype=bool), gap=gap, samples=samples, seed=seed,
        settle=settle,
    )  # fmt: skip
    place = pd.Index(names).get_indexer(table["product"])
    return None if again is None else replace(again, strategy=again.strategy[place], over=again.over[place])


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
    rang, changed = told.week >= 0, (table["verdict"] != Standing.HOLDS.value).to_numpy(dtype=bool)
    strategies = np.array([STRATEGIES[k] for k in again.strategy.tolist()], dtype=object)
    switched = changed & (strategies != table["strategy"].to_numpy(dtype=object))
    since = (weeks - told.since) / WEEKS_PER_YEAR
    return table.assign(
        strategy_again=strategies, verdict=table["verdict"].mask(switched, Standing.AGAIN.value),
        regret_so_far=np.where(rang, again.over * since, table["regret_so_far"]),
    )  # fmt: skip


def counts_of_moved(moved: pd.Series) -> dict[str, int]:
    """Products by what has moved, most first."""
    counts = moved[moved != ""].str.split(", ").explode().value_counts()
    return {str(name): int(count) for name, count in counts.items()}


def regret_of(table: pd.DataFrame) -> float | None:
    """Regret so far of all products whose demand has moved together; None where that of some is not known."""
    regret = table.loc[table["told_on"] != "", "regret_so_far"]
    return float(regret.sum()) if regret.notna().all() else None
