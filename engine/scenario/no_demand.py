"""Products without demand: listed, and taken out of what is decided, with the lines that are theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from engine.scenario.arrays import Booleans
from engine.scenario.columns import COLUMNS
from engine.scenario.files.parse import ParsedTable
from engine.scenario.scenario import Scenario

COLUMNS_TOLD = ("product", "name", "stock_on_hand", "inventory_value", "status")
STATUS = "no demand, not stocked"
_LINES = ("bom", "routing")


def without_demand(
    products: pd.DataFrame, orders: pd.DataFrame | None, forecasts: pd.DataFrame | None = None
) -> Booleans:
    """Which products have no demand: zero is given, or nothing is, the order book has none and nobody foresees any.

    Parameters
    ----------
    products : pandas.DataFrame
    orders : pandas.DataFrame or None
        None where there is no order book.
    forecasts : pandas.DataFrame, optional

    Returns
    -------
    numpy.ndarray of bool, shape (products,)
    """
    demand = products["demand_per_week"].to_numpy(dtype=float)
    silent = np.zeros(len(products), dtype=bool)
    if orders is not None and len(orders):
        sold = set(orders.loc[orders["quantity"] > 0.0, "product"])
        if forecasts is not None:
            sold |= set(forecasts.loc[forecasts["quantity"] > 0.0, "product"])
        silent = np.isnan(demand) & ~products["product"].isin(sold).to_numpy() & (products["product"] != "").to_numpy()
    return np.asarray((demand == 0.0) | silent)


def set_aside(parsed: Mapping[str, ParsedTable]) -> tuple[dict[str, ParsedTable], dict[str, pd.DataFrame]]:
    """Tables without the products that have no demand, and those products with their lines, by table.

    Parameters
    ----------
    parsed : mapping of str to ParsedTable
    """
    if "products" not in parsed:
        return dict(parsed), {}
    goods = parsed["products"]
    mask = np.array([(k, "demand_per_week") not in goods.bad for k in range(len(goods.frame))], dtype=bool)
    idle = mask & without_demand(
        goods.frame, *(parsed[name].frame if name in parsed else None for name in ("orders", "forecasts"))
    )
    if not idle.any():
        return dict(parsed), {}
    names = set(goods.frame.loc[idle, "product"])
    remaining, aside = dict(parsed), {"products": goods.frame[idle].reset_index(drop=True)}
    remaining["products"] = _kept(goods, ~idle)
    for table in _LINES:
        if table in parsed:
            theirs = parsed[table].frame["product"].isin(names).to_numpy()
            if theirs.any():
                aside[table] = parsed[table].frame[theirs].reset_index(drop=True)
                remaining[table] = _kept(parsed[table], ~theirs)
    return remaining, aside


def _kept(table: ParsedTable, keep: Booleans) -> ParsedTable:
    place = np.cumsum(keep) - 1
    bad = {(int(place[record]), column) for record, column in table.bad if keep[record]}
    return replace(table, frame=table.frame[keep].reset_index(drop=True), rows=table.rows[keep], bad=bad)


def set_aside_more(scenario: Scenario, idle: Booleans) -> Scenario:
    """A scenario without the products named, which join those without demand.

    Parameters
    ----------
    scenario : Scenario
    idle : shape (products,)
    """
    if not idle.any():
        return scenario
    names = set(scenario.products.loc[idle, "product"])
    keep = {"products": ~idle} | {
        name: ~scenario.table(name)["product"].isin(names).to_numpy(dtype=bool) for name in _LINES
    }
    aside = {name: joined(scenario.table(name)[~kept], scenario.no_demand.get(name)) for name, kept in keep.items()}
    rows = {name: numbers[keep[name]] if name in keep else numbers for name, numbers in scenario.rows.items()}
    return replace(
        scenario, products=scenario.products[keep["products"]].reset_index(drop=True),
        bom=scenario.bom[keep["bom"]].reset_index(drop=True),
        routing=scenario.routing[keep["routing"]].reset_index(drop=True),
        no_demand={name: frame for name, frame in aside.items() if len(frame)}, rows=rows,
    )  # fmt: skip


def joined(frame: pd.DataFrame, more: pd.DataFrame | None) -> pd.DataFrame:
    """One table and another below it."""
    if more is None or not len(more):
        return frame.reset_index(drop=True)
    return more if not len(frame) else pd.concat([frame, more], ignore_index=True)


def whole_table(scenario: Scenario, name: str) -> pd.DataFrame:
    """One table as the client gave it, products without demand at its end."""
    return joined(scenario.table(name), scenario.no_demand.get(name)) if name in COLUMNS else scenario.table(name)


def no_demand_rows(scenario: Scenario) -> list[dict[str, object]]:
    """The same as records, blanks being None."""
    table = no_demand_table(scenario).astype(object)
    return [
        {str(name): None if value != value else value for name, value in row.items()}  # noqa: PLR0124  (NaN)
        for row in table.to_dict("records")
    ]


def no_demand_table(scenario: Scenario) -> pd.DataFrame:
    """The products without demand, with the stock on hand they have; columns as `COLUMNS_TOLD`."""
    frame = scenario.no_demand.get("products")
    if frame is None:
        return pd.DataFrame({name: pd.Series([], dtype="object") for name in COLUMNS_TOLD})
    told = frame[["product", "name", "stock_on_hand"]].copy()
    told["inventory_value"] = frame["stock_on_hand"] * frame["unit_cost"]
    told["status"] = STATUS
    return told[list(COLUMNS_TOLD)].reset_index(drop=True)
