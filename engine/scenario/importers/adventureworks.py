"""AdventureWorks (Microsoft's fictional bicycle maker) as a scenario: bicycles on shared modules.

Demand, bills and lead times are those of the data. What the data lack (late costs, premiums, targets)
is assumed here, by name, and said in the notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.errors import EngineError
from engine.scenario.files.write import write_scenario_folder
from engine.scenario.importers import adventureworks_bom as bills
from engine.scenario.importers import adventureworks_notes as words
from engine.scenario.importers.adventureworks_capacity import capacity_tables
from engine.scenario.importers.adventureworks_source import CAPACITY_TABLES, TABLES, check_source
from engine.scenario.importers.source import read_source
from engine.scenario.importers.weekly import weekly_moments, weekly_quantities

if TYPE_CHECKING:
    from pathlib import Path

WEEKS = 52
LAST_DAY = pd.Timestamp("2020-05-31")
HOLDING_RATE = 0.25
OBSOLESCENCE = 0.15
TARGET_DAYS = 10
ASSEMBLY_DAYS = 4
LATE_SHARE_OF_PRICE = 0.003
ASSEMBLY_PREMIUM_SHARE = 0.01
MAKE_PREMIUM_SHARE = 0.03
SETUP_COST = 40
SPARE_FAMILY = "modules sold alone"
SPARE_SUFFIX = "/spare"
MONEY_DECIMALS = 4


def import_adventureworks(
    source: Path, out: Path, *, capacity: bool = False, orders: bool = False
) -> list[str]:
    """Turn the AdventureWorks data into a scenario.

    Parameters
    ----------
    source : Path
        Folder with ``products.csv``, ``bom_edges.csv``, ``sales_lines.csv.gz``, ``ProductVendor.csv`` and,
        for capacity, ``locations.csv`` and ``routings.csv``.
    out : Path
        Scenario folder to write.
    capacity : bool
        Add work centres and routings, hours scaled to the load.
    orders : bool
        Add the order lines of the 52 weeks.

    Returns
    -------
    list of str
        The notes, as in ``NOTES.md``: every choice and scaling with its numbers.

    Raises
    ------
    EngineError
        Where a file, a column or a value is missing or does not fit.
    """
    read = read_source(source, {**TABLES, **(CAPACITY_TABLES if capacity else {})})
    check_source(read)
    items = read["items"].set_index("ProductID")
    edges = read["edges"][read["edges"]["current"] == 1]
    vendors = read["vendors"]
    sales = read["sales"].rename(columns={"qty": "quantity"})

    weekly = weekly_quantities(sales, key="product_id", last_day=LAST_DAY, weeks=WEEKS)
    weekly = weekly[weekly.sum(axis=1) > 0]
    bikes_known = items.index[items["Category"] == "Bikes"]
    bikes = [bike for bike in bikes_known if bike in weekly.index]
    if not bikes:
        raise EngineError(
            f"sales_lines.csv.gz: no bicycle has sales in the {WEEKS} weeks to {LAST_DAY:%Y-%m-%d}"
        )
    # In the order of products.csv, so that the tables do not depend on the order of the other files.
    place = pd.Series(range(len(items)), index=items.index)
    bom = edges[edges["assembly_id"].isin(bikes)].sort_values(
        ["assembly_id", "component_id"], key=lambda ids: ids.map(place)
    )
    without = sorted(set(bikes) - set(bom["assembly_id"]))
    if without:
        name = items["ProductNumber"][without[0]]
        raise EngineError(f"bom_edges.csv: the bicycle {name} has sales but no current components")
    used = set(bom["component_id"])
    modules = [part for part in items.index if part in used]
    spares = [part for part in modules if part in weekly.index]

    recorded, priced = bills.module_costs(modules, items, vendors)
    ratios = bills.material_ratios(bom, recorded, items)
    factor = bills.MATERIAL_SHARE / float(ratios.median())
    costs = (recorded * factor).round(MONEY_DECIMALS)
    below = bills.children(edges)
    days = bills.lead_times(modules, items, vendors, below)
    moments = weekly_moments(weekly.loc[[*bikes, *spares]])

    names = items["ProductNumber"]
    products = pd.concat(
        [_bicycles(bikes, items, moments), _spares(spares, items, moments, costs)], ignore_index=True
    )
    links = pd.concat(
        [
            pd.DataFrame(
                {
                    "product": bom["assembly_id"].map(names),
                    "component_id": bom["component_id"],
                    "qty": bom["qty"],
                }
            ),
            pd.DataFrame({"product": names[spares] + SPARE_SUFFIX, "component_id": spares, "qty": 1.0}),
        ],
        ignore_index=True,
    )
    components = pd.DataFrame(
        {
            "component": names[modules].to_numpy(),
            "name": items.loc[modules, "Name"].to_numpy(),
            "unit_cost": costs[modules].to_numpy(),
            "lead_time_days": days[modules].to_numpy(),
            "obsolescence_per_year": OBSOLESCENCE,
        }
    )
    tables = {
        "products": products,
        "components": components,
        "bom": pd.DataFrame(
            {
                "product": links["product"],
                "component": links["component_id"].map(names),
                "quantity": links["qty"],
            }
        ),
    }
    notes = [
        (
            f"{len(bikes)} of {len(bikes_known)} bicycles have sales in the {WEEKS} weeks to "
            f"{LAST_DAY:%Y-%m-%d} and are products; the {len(modules)} modules (direct components in their "
            f"current bills) are the components, {_shared(bom)} of them in more than one bicycle."
        ),
        (
            f"{len(spares)} modules were also sold alone in these weeks and are products too (key with "
            f"{SPARE_SUFFIX}, family '{SPARE_FAMILY}'): a bill of one module, no assembly, ATO or MTO, so "
            "both demands draw on one stock."
        ),
        *words.demand_notes(sales, weekly, moments, bikes=bikes, spares=spares, last_day=LAST_DAY),
        (
            f"Module costs do not roll up: the direct components of a bicycle cost {ratios.min():.2f} to "
            f"{ratios.max():.2f} times the bicycle (median {ratios.median():.2f}). All module costs are "
            f"scaled by {factor:.4f}, so that the material of the median bicycle is "
            f"{bills.MATERIAL_SHARE:.0%} of its cost; the others have {(ratios * factor).min():.0%} to "
            f"{(ratios * factor).max():.0%}, {int((ratios * factor > 1).sum())} of them above 100%."
        ),
        words.zero_cost_note(bikes, items, below, priced, modules),
        *words.lead_time_notes(modules, items, vendors, days),
        (
            f"Holding {HOLDING_RATE:.0%} and obsolescence {OBSOLESCENCE:.0%} of unit cost a year, for "
            "products and modules: assumed."
        ),
        (
            f"Target {TARGET_DAYS} days, bicycle assembly {ASSEMBLY_DAYS} days, delivery 0 days. The "
            "target and delivery are assumed (internet orders are promised in 12 days; resellers' have no "
            "due date), the assembly time is the bicycles' DaysToManufacture."
        ),
        (
            f"Late cost {LATE_SHARE_OF_PRICE:.1%} of the list price per unit and day: assumed. The list "
            "price is the price; what was charged is "
            f"{words.realised_share(_inside(sales, bikes), items):.0%} of it for the bicycles."
        ),
        (
            f"Premiums are shares of unit cost: {ASSEMBLY_PREMIUM_SHARE:.0%} ATO, {MAKE_PREMIUM_SHARE:.0%} "
            f"MTO; a module sold alone is not assembled and pays no ATO premium. Set-up {SETUP_COST} per "
            "batch of finished bicycles. All assumed."
        ),
        (
            "Make days are left blank: the longest module lead time plus assembly. The current strategy "
            "is unknown and left blank."
        ),
    ]
    if capacity:
        demand = products.set_index("product")["demand_per_week"]
        loaded = capacity_tables(links, items, demand, read["routings"], read["locations"])
        tables.update(resources=loaded.resources, routing=loaded.routing)
        notes.extend(loaded.notes)
    else:
        notes.append("Work centres are left out: the recorded hours per week are nominal.")
    if orders:
        labels = {**names[bikes], **(names[spares] + SPARE_SUFFIX)}
        tables["orders"], note = words.order_lines(_inside(sales, [*bikes, *spares]), labels)
        notes.append(note)
    settings: dict[str, object] = {
        "name": "adventureworks",
        "currency": "USD",
        "holding_rate_per_year": HOLDING_RATE,
        "review_days": 7,
        "samples": 300,
        "seed": 1,
    }
    write_scenario_folder(out, settings=settings, tables=tables, notes=notes)
    return notes


def _bicycles(bikes: list[str], items: pd.DataFrame, moments: pd.DataFrame) -> pd.DataFrame:
    rows = items.loc[bikes]
    cost = rows["StandardCost"]
    return pd.DataFrame(
        {
            "product": rows["ProductNumber"],
            "name": rows["Name"],
            "family": rows["Subcategory"],
            "demand_per_week": moments["demand_per_week"].reindex(bikes),
            "demand_cv": moments["demand_cv"].reindex(bikes),
            "unit_cost": cost,
            "price": rows["ListPrice"],
            "lead_time_target_days": TARGET_DAYS,
            "delivery_days": 0,
            "assembly_days": ASSEMBLY_DAYS,
            "batch_setup_cost": float(SETUP_COST),
            "assembly_premium": (cost * ASSEMBLY_PREMIUM_SHARE).round(MONEY_DECIMALS),
            "make_premium": (cost * MAKE_PREMIUM_SHARE).round(MONEY_DECIMALS),
            "obsolescence_per_year": OBSOLESCENCE,
            "late_cost_per_unit_day": (rows["ListPrice"] * LATE_SHARE_OF_PRICE).round(MONEY_DECIMALS),
            "allowed": "MTS|ATO|MTO",
        }
    )


def _spares(spares: list[str], items: pd.DataFrame, moments: pd.DataFrame, costs: pd.Series) -> pd.DataFrame:
    frame = _bicycles(spares, items, moments)
    cost = costs.reindex(spares)
    return frame.assign(
        product=frame["product"] + SPARE_SUFFIX,
        family=SPARE_FAMILY,
        unit_cost=cost,
        assembly_days=0,
        batch_setup_cost=np.nan,
        assembly_premium=0.0,
        make_premium=(cost * MAKE_PREMIUM_SHARE).round(MONEY_DECIMALS),
        allowed="ATO|MTO",
    )


def _shared(bom: pd.DataFrame) -> int:
    bicycles_served = bom.groupby("component_id")["assembly_id"].nunique()
    return int((bicycles_served >= 2).sum())


def _inside(sales: pd.DataFrame, wanted: list[str]) -> pd.DataFrame:
    first = LAST_DAY - pd.Timedelta(days=7 * WEEKS - 1)
    return sales[sales["order_date"].between(first, LAST_DAY) & sales["product_id"].isin(wanted)]
