"""Spare parts of a manufacturer (3,451 SKUs, 150 weeks): finished stock or nothing, no bill of materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.errors import EngineError
from engine.scenario.files.write import write_scenario_folder
from engine.scenario.importers.source import SourceTable, read_source
from engine.scenario.importers.weekly import weekly_moments

if TYPE_CHECKING:
    from pathlib import Path

DAYS_PER_WEEK = 7
POISSON_TOLERANCE = 0.005

TABLES = {
    "items": SourceTable(
        file="items.csv",
        columns={
            "sku": "text",
            "cost_price_eur": "number",
            "fixed_cost_per_order_eur": "number",
            "holding_eur_per_unit_year": "number",
            "lead_time_weeks": "number",
            "min_order_qty": "number",
        },
        required=frozenset(
            (
                "sku",
                "cost_price_eur",
                "fixed_cost_per_order_eur",
                "holding_eur_per_unit_year",
                "lead_time_weeks",
            )
        ),
    ),
    "weekly": SourceTable(
        file="weekly.csv.gz", columns={"sku": "text"}, required=frozenset(("sku",)), rest="number"
    ),
}


def import_man_spare_parts(
    source: Path,
    out: Path,
    *,
    only_selling: bool = True,
    lead_time_target_days: float = 14.0,
    late_cost_share_per_day: float = 0.005,
    on_time_target: float | None = None,
    price_over_cost: float | None = None,
) -> list[str]:
    """Turn the spare-parts data into a scenario.

    Parameters
    ----------
    source : Path
        Folder with ``items.csv`` and ``weekly.csv.gz``.
    out : Path
        Scenario folder to write.
    only_selling : bool
        Leave out SKUs without demand. A scenario cannot hold a product without demand, so False is
        admissible only where every SKU sells.
    lead_time_target_days : float
        Days a customer waits; an assumption, the data have none.
    late_cost_share_per_day : float
        Cost of lateness per unit and day as a share of the cost price; an assumption.
    on_time_target : float, optional
        Share of units on time to be held besides; an assumption.
    price_over_cost : float, optional
        Selling price as a multiple of the cost price; without it there are no prices.

    Returns
    -------
    list of str
        The notes, as in ``NOTES.md``.

    Raises
    ------
    EngineError
        Where a file, a column or a value is missing or unreadable.
    """
    read = read_source(source, TABLES)
    items = read["items"].set_index("sku")
    weekly = read["weekly"].set_index("sku")
    weeks = weekly.shape[1]
    _check(items, weekly)
    # A blank week is a week without demand; a negative one is a return, not demand.
    negative = weekly.to_numpy() < 0
    weekly = weekly.fillna(0.0).clip(lower=0.0).reindex(items.index)
    selling = weekly.sum(axis=1) > 0
    if not only_selling and not selling.all():
        raise EngineError(
            f"{int((~selling).sum())} SKUs never sell (the first is {selling.index[~selling][0]}) and a "
            "scenario cannot hold a product without demand; import with only_selling"
        )
    if not selling.any():
        raise EngineError("weekly.csv.gz: no SKU has any demand")
    items, weekly = items[selling], weekly[selling]
    moments = weekly_moments(weekly)
    holding_rate = float(np.median(items["holding_eur_per_unit_year"] / items["cost_price_eur"]))
    lead_days = items["lead_time_weeks"] * DAYS_PER_WEEK
    products = pd.DataFrame(
        {
            "product": items.index,
            "demand_per_week": moments["demand_per_week"].to_numpy(),
            "demand_cv": moments["demand_cv"].to_numpy(),
            "distribution": _distributions(weekly, moments),
            "unit_cost": items["cost_price_eur"].to_numpy(),
            "lead_time_target_days": lead_time_target_days,
            "make_days": lead_days.to_numpy(),
            "replenishment_days": lead_days.to_numpy(),
            "batch_setup_cost": items["fixed_cost_per_order_eur"].to_numpy(),
            "min_order_quantity": items["min_order_qty"].to_numpy(),
            "late_cost_per_unit_day": (items["cost_price_eur"] * late_cost_share_per_day).round(6).to_numpy(),
            "allowed": "MTS|MTO",
        }
    )
    if price_over_cost is not None:
        products["price"] = (items["cost_price_eur"] * price_over_cost).round(6).to_numpy()
    settings: dict[str, object] = {
        "name": "man_spare_parts",
        "currency": "EUR",
        "holding_rate_per_year": round(holding_rate, 6),
        "review_days": DAYS_PER_WEEK,
        "samples": 300,
        "seed": 1,
    }
    if on_time_target is not None:
        settings["on_time_target"] = on_time_target
    counts = products["distribution"].value_counts()
    families = ", ".join(
        f"{name} {counts.get(name, 0)}" for name in ("gamma", "negative_binomial", "poisson")
    )
    one_week = int((moments["active_weeks"] == 1).sum())
    lead_counts = lead_days.value_counts().sort_index()
    notes = [
        (
            f"{len(products)} of {len(selling)} SKUs have demand in the {weeks} weeks and are products; "
            f"{int((~selling).sum())} never sell and are left out."
        ),
        (
            "There is no bill of materials: every SKU may be made to stock or to order (MTS|MTO), not "
            "assembled to order."
        ),
        (
            f"Demand: mean and CV (sample standard deviation) of all {weeks} weeks, weeks without demand "
            f"included. Weeks below zero (returns) set to 0: {int(negative.sum())}. Trend and life cycle "
            "are not removed, so they count as variability."
        ),
        (
            f"{one_week} SKUs sell in one week only: their CV is sqrt({weeks}) = {weeks**0.5:.2f} whatever "
            "was sold, which says that demand is rare and nothing of its size."
        ),
        (
            f"Distribution: {families}. Poisson where all weeks are whole numbers and the CV is the "
            f"Poisson one (within {POISSON_TOLERANCE:.1%}), negative binomial where they are whole and the "
            f"CV is above it, gamma otherwise: {int((~_whole(weekly)).sum())} SKUs have fractional weeks."
        ),
        "Lead time: replenishment_days and make_days are both the lead time of the data, in days: "
        + ", ".join(f"{count} SKUs {days:g}" for days, count in lead_counts.items())
        + ". Making to order is not quicker than replenishing.",
        (
            "Fixed cost per order as batch_setup_cost; minimum order quantity as given "
            f"({int((items['min_order_qty'].fillna(0) == 0).sum())} SKUs have none or 0). Packaging units "
            "are not used."
        ),
        (
            f"Holding rate {holding_rate:g} a year, the median ratio of holding cost to cost price; no "
            "obsolescence is given."
        ),
        f"Assumed, not in the data: customers wait {lead_time_target_days:g} days.",
        f"Assumed, not in the data: a late unit costs {late_cost_share_per_day:.2%} of its cost price a day.",
        "Assumed, not in the data: "
        + ("no on-time target." if on_time_target is None else f"an on-time target of {on_time_target:.1%}."),
        "Assumed, not in the data: "
        + (
            "no price, since no sale is lost."
            if price_over_cost is None
            else f"price {price_over_cost:g} times cost."
        ),
        "Assumed, not in the data: review every 7 days.",
    ]
    write_scenario_folder(out, settings=settings, tables={"products": products}, notes=notes)
    return notes


def _check(items: pd.DataFrame, weekly: pd.DataFrame) -> None:
    faults: list[str] = []
    for file, frame in (("items.csv", items), ("weekly.csv.gz", weekly)):
        doubled = frame.index[frame.index.duplicated()]
        faults.extend(f"{file}: SKU {sku} stands twice; keep one row" for sku in doubled.unique())
    faults.extend(
        f"weekly.csv.gz: SKU {sku} of items.csv is missing" for sku in items.index.difference(weekly.index)
    )
    faults.extend(
        f"items.csv: SKU {sku} of weekly.csv.gz is missing" for sku in weekly.index.difference(items.index)
    )
    free = items.index[items["cost_price_eur"] <= 0]
    faults.extend(f"items.csv: SKU {sku}: cost_price_eur must be above 0" for sku in free)
    if weekly.shape[1] < 2:
        faults.append("weekly.csv.gz: at least two weeks are needed for a CV")
    if faults:
        raise EngineError("\n".join(faults))


def _whole(weekly: pd.DataFrame) -> np.ndarray:
    values = weekly.to_numpy(dtype=np.float64)
    return np.asarray((values == np.floor(values)).all(axis=1))


def _distributions(weekly: pd.DataFrame, moments: pd.DataFrame) -> np.ndarray:
    """Name the family that each SKU's mean and CV admit: a gamma demand always does."""
    implied = 1.0 / np.sqrt(moments["demand_per_week"].to_numpy())
    ratio = moments["demand_cv"].to_numpy() / implied
    whole = _whole(weekly)
    poisson = whole & (np.abs(ratio - 1.0) <= POISSON_TOLERANCE)
    spread = whole & (ratio > 1.0 + POISSON_TOLERANCE)
    return np.select([poisson, spread], ["poisson", "negative_binomial"], default="gamma")
