"""The tables of a report: exact numbers, no language. What is shown of them is rounded by `shown`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.close import CLOSE_SHARE
from engine.decision.tables.books import BOOKS
from engine.decision.tables.figures import FIGURES, plan_figures
from engine.decision.tables.order_points import CUTOFFS, ORDER_POINTS
from engine.decision.tables.plants import by_plant
from engine.economics.instance import TERMS
from engine.evaluate.reasons.today import NoCurrentCost, change_cost
from engine.notices import Notice, notice_of
from engine.report.as_shown import decisions_as_shown
from engine.report.content import Report
from engine.report.numbers import add_up
from engine.report.sentences.payback import repaid_by_itself
from engine.report.sentences.words import switches as switched
from engine.scenario.columns import STRATEGIES
from engine.scenario.locks import EXPIRED, EXPIRED_OF, end_of_lock
from engine.scenario.plants import PLANT

# Left blank, to be filled in by hand.
TO_FILL = ("by_when", "by_whom")


def named(report: Report, keys: pd.Series, table: str) -> pd.Series:
    """Names of products or components by their keys; '' without a scenario."""
    if report.scenario is None:
        return pd.Series("", index=keys.index, dtype=object)
    frame = report.scenario.table(table)
    names = frame.set_index(frame.columns[0])["name"].fillna("").astype(str)
    return keys.map(names).fillna("").astype(object)


def with_names(report: Report, table: pd.DataFrame) -> pd.DataFrame:
    """A table of products with their names behind their keys, where the scenario has some: who signs reads names."""
    if "product" not in table or "name" in table:
        return table
    names = named(report, table["product"], "products")
    if (names == "").all():
        return table
    columns = list(table.columns)
    columns.insert(columns.index("product") + 1, "name")
    return table.assign(name=names)[columns]


def notices(report: Report) -> list[Notice]:
    """What was warned of the scenario, and which locks have ended by the day of the report since."""
    given = [notice_of(said) for said in report.plan.summary.get("warnings") or []]
    past, day = {said.product for said in given if said.kind in (EXPIRED, EXPIRED_OF)}, report.date
    ended = [end_of_lock(one.lock, None) for one in report.locks
             if day is not None and one.lock.expired(day) and one.lock.product not in past]  # fmt: skip
    return [*given, *ended]


def warnings(report: Report, language: str) -> pd.DataFrame:
    """The same in words: place, found, done, right."""
    rows = [(notice.place, *notice.words(language)) for notice in notices(report)]
    return pd.DataFrame(rows, columns=["place", "found", "done", "right"])


def no_demand(report: Report) -> pd.DataFrame:
    """Products without demand, with the stock that they have."""
    names = ["product", "name", "stock_on_hand", "inventory_value"]
    table = pd.DataFrame(report.plan.summary.get("no_demand") or [], columns=[*names, "status"])[names]
    for name in names[2:]:
        table[name] = pd.to_numeric(table[name])
    return table


def stock_calendar(report: Report) -> pd.DataFrame:
    """Levels by week of the stocks that follow a season."""
    return report.plan.stock_calendar.drop(columns="kind")


def segments(report: Report) -> pd.DataFrame:
    """Customers of a product who wait differently: share, target and service of each segment."""
    return report.plan.segments


def stock_swings(report: Report) -> pd.DataFrame:
    """Least and most of each of them, and in which week; a row for each stock."""
    rows = []
    for (_, item), weeks in report.plan.stock_calendar.groupby(["kind", "item"], sort=False):
        level, period = weeks["order_up_to"].to_numpy(), weeks["period"].to_numpy()
        low, high = int(level.argmin()), int(level.argmax())
        rows.append((item, level[low], period[low], level[high], period[high]))
    return pd.DataFrame(rows, columns=["item", "least_up_to", "least_in_week", "most_up_to", "most_in_week"])


def decisions(report: Report, decimals: int | None = None) -> pd.DataFrame:
    """The plan's decisions with name and family, in the order of the scenario; with decimals amounts are as shown."""
    table = report.plan.decisions if decimals is None else decisions_as_shown(report.plan.decisions, decimals)
    table = table.copy()
    table.insert(1, "name", named(report, table["product"], "products"))
    family: Any = ""
    if report.scenario is not None:
        given = report.scenario.products
        family = table["product"].map(given.set_index("product")["family"]).fillna("").astype(object)
    table.insert(2, "family", family)
    table = table.drop(columns=["regret_low_per_year", "certainty"], errors="ignore")
    at = list(table.columns).index("regret_per_year") + 1
    table.insert(at, "certainty", report.certainty["certainty"].to_numpy())
    if not bool(table["order_size_cutoff"].notna().any()):
        table = table.drop(columns=list(CUTOFFS))
    return _booked(table)


def _booked(table: pd.DataFrame) -> pd.DataFrame:
    """The table without the columns on stock on hand where none is given."""
    return table if bool(table["stock_on_hand"].notna().any()) else table.drop(columns=list(BOOKS))


def _plant(table: pd.DataFrame) -> list[str]:
    """The column for plants, where there are any."""
    return [PLANT] if PLANT in table else []


def plants(report: Report, shown: Shown | None = None) -> pd.DataFrame:
    """One row per plant, as `by_plant`; no rows without plants, amounts as shown where that is given."""
    table = by_plant(report.plan.decisions)
    if shown is not None:
        for name, total in (("expected_cost_per_year", shown.cost), ("inventory_value", shown.inventory)):
            table[name] = add_up(table[name].to_numpy(dtype=float), total, shown.decimals)
    return table


def switches(report: Report, decimals: int | None = None) -> pd.DataFrame:
    """Products that leave their current strategy, largest saving first, those whose amount is not known last.

    What a switch costs once, and in how many months it pays back by itself, where changes cost anything; with room for
    who does it by when. With decimals savings are those of the costs as shown.
    """
    table = switched(decisions(report))
    columns = ["product", "name", "family", *_plant(table), "current_strategy", "strategy", "saving_per_year"]
    if change_cost(report.plan) > 0.0:
        table = table.assign(**repaid_by_itself(report.plan, table))
        columns += ["change_cost", "payback_months"]
    if decimals is not None:
        saving = switched(decisions(report, decimals)).set_index("product")["saving_per_year"]
        table = table.assign(saving_per_year=table["product"].map(saving).astype(float))
    table = table[columns].sort_values(
        ["saving_per_year", "product"], ascending=[False, True], na_position="last", ignore_index=True
    )
    return table.assign(**dict.fromkeys(TO_FILL, ""))


def locks(report: Report) -> pd.DataFrame:
    """Products kept at a strategy: why, by whom, until when, what that costs a year by itself; the dearest first."""
    names = ["product", "strategy", "lock_reason", "lock_owner", "lock_until", "lock_cost_per_year"]
    rows = [
        (one.lock.product, one.lock.strategy, one.lock.reason, one.lock.owner,
         "" if one.lock.until is None else str(one.lock.until),
         np.nan if one.cost_per_year is None else one.cost_per_year)
        for one in report.locks
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=names).astype({"lock_cost_per_year": float})
    table.insert(1, "name", named(report, table["product"], "products"))
    return table.sort_values(
        ["lock_cost_per_year", "product"], ascending=[False, True], na_position="last", ignore_index=True
    )


def by_strategy(report: Report) -> pd.DataFrame:
    """One row per strategy: products, expected_cost_per_year, inventory_value."""
    table = report.plan.decisions
    grouped = table.groupby("strategy")
    frame = pd.DataFrame({"strategy": list(STRATEGIES)})
    frame["products"] = frame["strategy"].map(grouped.size()).fillna(0).astype(int)
    for name in ("expected_cost_per_year", "inventory_value"):
        frame[name] = frame["strategy"].map(grouped[name].sum()).fillna(0.0)
    return frame


def beside_today(report: Report) -> pd.DataFrame:
    """The figures of today's strategies and of the plan: figure, today, as_given, plan; no rows where today is unknown.

    The column as_given is there only where the report knows that plan.
    """
    today, scenario = report.today, report.scenario
    if isinstance(today, NoCurrentCost) or scenario is None:
        return pd.DataFrame(columns=["figure", "today", "plan"])
    planned = plan_figures(report.plan, scenario.products["demand_per_week"].to_numpy(dtype=float))
    table = pd.DataFrame({"figure": FIGURES, "today": [float(today[name]) for name in FIGURES],
                          "plan": [planned[name] for name in FIGURES]})  # fmt: skip
    if report.as_given is not None:
        table.insert(2, "as_given", [report.as_given[name] for name in FIGURES])
    return table


def ledger(report: Report) -> pd.DataFrame:
    """The plan's ledger with name and strategy of the product."""
    table = report.plan.ledger.copy()
    table.insert(1, "name", named(report, table["product"], "products"))
    chosen = report.plan.decisions.set_index("product")["strategy"]
    table.insert(2, "strategy", table["product"].map(chosen).astype(object))
    return table


def terms(report: Report) -> pd.DataFrame:
    """Terms of the ledger that are not zero, one column per strategy and their total, largest first."""
    table = ledger(report).pivot_table(
        index="term", columns="strategy", values="cost_per_year", aggfunc="sum", fill_value=0.0
    )
    table = table.reindex(index=[term for term in TERMS if term in table.index], columns=list(STRATEGIES), fill_value=0)
    table = table.astype(float)
    table["total"] = table.sum(axis=1)
    return table.sort_values("total", ascending=False, kind="stable").rename_axis(columns=None).reset_index()


def finished(report: Report) -> pd.DataFrame:
    """Products that wait in finished stock, the most valuable stock first."""
    table = decisions(report)
    table = table[table["strategy"] == "MTS"]
    cut = [name for name in CUTOFFS if name in table]
    columns = [
        "product", "name", *_plant(table), "base_stock", *ORDER_POINTS, *cut, "inventory_value", "on_time", "otif",
        "lead_time_days", "ex_stock_days",
    ]  # fmt: skip
    return table[columns].sort_values("inventory_value", ascending=False, kind="stable", ignore_index=True)


def components(report: Report) -> pd.DataFrame:
    """Components that are stocked or lie there today, those first whose sharing saves most."""
    table = report.plan.components
    table = table[(table["products_served"] > 0) | (table["stock_on_hand"] > 0.0)].copy()
    table.insert(1, "name", named(report, table["component"], "components"))
    return _booked(table).sort_values(
        ["pooling_saving_per_year", "inventory_value"], ascending=False, kind="stable", ignore_index=True
    )


def resources(report: Report) -> pd.DataFrame:
    """The plan's resources with what one more regular hour a week is worth."""
    table = report.plan.resources.copy()
    price: Mapping[str, float] = report.plan.summary.get("hour_price_per_year", {})
    table["hour_price_per_year"] = table["resource"].map(price).astype(float)
    return table.sort_values("mean_utilisation", ascending=False, kind="stable", ignore_index=True)


def close_calls(report: Report, decimals: int | None = None) -> pd.DataFrame:
    """Products whose next best strategy costs hardly more, the closest first; with decimals amounts are as shown."""
    table = decisions(report)
    cost = table["expected_cost_per_year"].abs().clip(lower=1e-9)
    table["regret_share"] = table["regret_per_year"] / cost
    table = table[table["regret_share"] <= CLOSE_SHARE]
    columns = ["product", "name", "strategy", "next_best", "regret_per_year", "regret_share"]
    if decimals is not None:
        table["regret_per_year"] = decisions(report, decimals).loc[table.index, "regret_per_year"]
    return table[columns].sort_values(["regret_share", "product"], kind="stable", ignore_index=True)


def shown(report: Report, decimals: int) -> Shown:
    """Rounded amounts that add up to each other in every table."""
    return Shown(report, decimals)


class Shown:
    """Amounts as shown: the total first, then its parts by strategy and term.

    Every amount is within one unit of the exact one, and each table adds up to the same total.

    Attributes
    ----------
    decimals : int
    cost, inventory : float
    cost_by_strategy, inventory_by_strategy : dict of str to float
    terms : pandas.DataFrame
        As `terms`.
    """

    def __init__(self, report: Report, decimals: int) -> None:
        self.decimals = decimals
        self.cost = round(report.plan.objective_per_year, decimals)
        self.inventory = round(float(report.plan.summary["inventory_value"]), decimals)
        mix = by_strategy(report)
        self.cost_by_strategy = self._split(mix, "expected_cost_per_year", self.cost, decimals)
        self.inventory_by_strategy = self._split(mix, "inventory_value", self.inventory, decimals)
        exact = terms(report)
        rounded = exact.copy()
        for k in STRATEGIES:
            rounded[k] = add_up(exact[k].to_numpy(), self.cost_by_strategy[k], decimals)
        rounded["total"] = rounded[list(STRATEGIES)].sum(axis=1).round(decimals)
        self.terms = rounded

    @staticmethod
    def _split(mix: pd.DataFrame, column: str, total: float, decimals: int) -> dict[str, float]:
        # A strategy without products has nothing, not a unit that rounding left over.
        used = mix[mix["products"] > 0]
        parts = dict.fromkeys(STRATEGIES, 0.0)
        parts.update(zip(used["strategy"], add_up(used[column].to_numpy(), total, decimals), strict=True))
        return parts
