"""Whether customers ask for another lead time than the plan's, told apart from noise by ranks alone.

The rank of a wait among all that came before it is uniform and independent of earlier ranks where nothing has changed,
whatever the waits are like (sequential ranks; McDonald 1990, *Naval Research Logistics* 37). So the charts of
`engine.evaluate.review.sequential` hold their rate without knowing the distribution of waits, however few are known.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.book.book import order_book
from engine.demand.book.weeks import Calendar
from engine.demand.fitting.classify import TARGET_QUANTILE
from engine.demand.streams import Array, stream
from engine.evaluate.review.sequential import alarms, normal_scores, weekly_rate
from engine.scenario.scenario import Scenario

_TARGET = "lead_time_target_days"
# Fewer known waits say little of what customers asked for.
_LEAST = 10
# Half of a shift by one standard deviation of a week's mean score.
_REFERENCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Days between order and requested date by product: those that the plan knew, and those since with their weeks.

    Parameters
    ----------
    known, new, week : dict of str to numpy.ndarray
    """

    known: Mapping[str, Array]
    new: Mapping[str, Array]
    week: Mapping[str, npt.NDArray[np.int64]]

    @property
    def products(self) -> frozenset[str]:
        """Whose waits can be looked at."""
        return frozenset(self.known) & frozenset(self.new)


def waits_of(scenario: Scenario, orders: pd.DataFrame, weeks: Calendar, *, dates_known: bool = False) -> Waits:
    """The waits of products whose lead-time target is what their order lines ask for; nobody's where it is a promise.

    Parameters
    ----------
    scenario : Scenario
        That the plan was made from, its demand columns filled in.
    orders : pandas.DataFrame
        Order lines since.
    weeks : Calendar
        Of them.
    dates_known : bool
        The dates of the scenario's own lines were looked at beside more of them.
    """
    if scenario.orders.empty or "requested_date" not in orders or orders["requested_date"].isna().all():
        return Waits(known={}, new={}, week={})
    goods = scenario.products
    before = order_book(scenario, dates_known=dates_known).lines
    before = _dated(before[before["order_date"] < weeks.first_day])
    target = dict(zip(goods["product"], goods["lead_time_target_days"].astype(float), strict=True))
    sorted_waits = {
        str(name): days for name, rows in before.groupby("product")
        if len(days := rows["wait"].to_numpy(dtype=float)) >= _LEAST
        and target[name] == np.quantile(days, TARGET_QUANTILE, method="lower")
    }  # fmt: skip
    mine = orders[orders["product"].isin(sorted_waits)].reset_index(drop=True)
    if mine.empty:
        return Waits(known={}, new={}, week={})
    since = _dated(order_book(replace(scenario, orders=mine), dates_known=True).lines).sort_values("order_date")
    since = since.assign(week=weeks.day(since["order_date"].to_numpy()) // 7)
    since = since[(since["week"] >= 0) & (since["week"] < weeks.weeks)]
    by = {str(name): rows for name, rows in since.groupby("product")}
    return Waits(
        known=sorted_waits, new={name: rows["wait"].to_numpy(dtype=float) for name, rows in by.items()},
        week={name: rows["week"].to_numpy(dtype=np.int64) for name, rows in by.items()},
    )  # fmt: skip


def _dated(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per order of a product, with its wait in days."""
    lines = lines[lines["requested_date"].notna() & (lines["quantity"] > 0.0)].drop_duplicates(["product", "order"])
    return lines.assign(wait=np.maximum((lines["requested_date"] - lines["order_date"]).dt.days, 0))


def targets_since(waits: Waits, count: int, *, false_alarms: float, seed: int) -> dict[str, tuple[float, int]]:
    """The lead-time target of customers since the change, and its week, of products whose waits are others now.

    Parameters
    ----------
    waits : Waits
    count : int
        Weeks.
    false_alarms : float
        Share of products without a change that may be told of one in a month.
    seed : int
    """
    names = sorted(waits.products)
    scores = np.stack([_scores(waits, name, count, seed) for name in names]) if names else np.zeros((0, count))
    told = alarms(scores, np.full(len(names), _REFERENCE), weekly_rate(false_alarms))
    targets = {}
    for name, week, since in zip(names, told.week.tolist(), told.since.tolist(), strict=True):
        if week >= 0:
            days = waits.new[name][waits.week[name] >= since]
            targets[name] = (float(np.quantile(days, TARGET_QUANTILE, method="lower")), int(since))
    return targets


def _scores(waits: Waits, name: str, count: int, seed: int) -> Array:
    """Normal scores of a product's weeks, zero where nobody asked for a day; shape (weeks,).

    z_week = sum z_j / sqrt(n), z_j of the rank of wait j among all before it.
    """
    new, week = waits.new[name], waits.week[name]
    before, rank = np.sort(waits.known[name]).tolist(), np.empty((2, len(new)))
    for j, days in enumerate(new.tolist()):
        rank[:, j] = bisect_left(before, days), bisect_right(before, days) + 1
        insort(before, days)
    u = stream(seed, "review waits", name).random(len(new))
    below, through = rank / (len(before) - len(new) + np.arange(1, len(new) + 1))
    z = normal_scores(below, through, u)
    lines = np.bincount(week, minlength=count)
    return np.asarray(np.bincount(week, weights=z, minlength=count) / np.sqrt(np.maximum(lines, 1)))


# By product what customers ask for since the change, days and its week, as of `targets_since`.
Asked = Mapping[str, tuple[float, int]]


def with_target(moved: Mapping[str, list[str]], asked: Asked) -> dict[str, list[str]]:
    """What has moved by product, the lead-time target of those who ask for another one with it."""
    every = dict.fromkeys((*moved, *asked))
    return {name: [*moved.get(name, ()), *([_TARGET] if name in asked else [])] for name in every}


def with_asked(table: pd.DataFrame, scenario: Scenario, asked: Asked) -> pd.DataFrame:
    """The table of a review with the target that was planned, and the one asked for where that is another."""
    targets = pd.Series({product: days for product, (days, _) in asked.items()}, dtype=float)
    return table.assign(
        planned_target_days=scenario.products[_TARGET].to_numpy(dtype=float),
        target_days=table["product"].map(targets).astype(float),
    )


def with_targets(world: Scenario, asked: Asked) -> Scenario:
    """The scenario with what customers ask for now, at least what delivery takes."""
    if not asked:
        return world
    goods = world.products
    days = goods["product"].map({product: days for product, (days, _) in asked.items()})
    target = np.maximum(days.fillna(goods[_TARGET]).astype(float), goods["delivery_days"].astype(float))
    return replace(world, products=goods.assign(**{_TARGET: goods[_TARGET].where(days.isna(), target)}))
