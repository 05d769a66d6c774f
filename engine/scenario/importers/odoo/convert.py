"""From a folder of Odoo's exports to a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from engine.errors import Fault, ScenarioError
from engine.scenario.importers.answers import Found, finish
from engine.scenario.importers.listings import above_zero, column_or, read_tables
from engine.scenario.importers.odoo.fields import BILLS, LINES, ODOO, ORDERS, PRODUCTS, RULES, UNITS
from engine.scenario.importers.odoo.lists import bill_lines, lines_of_orders, operations, order_lines
from engine.scenario.importers.odoo.names import base_units, first_rules, on_order, one_row_each
from engine.scenario.importers.odoo.variants import variant_values
from engine.scenario.importers.structure import Structure, Times, structure, total_days
from engine.words.reason import cause


def import_odoo(folder: Path, out: Path, *, answers: Path | None = None, decimal: str | None = None) -> list[str]:
    """Turn Odoo's exports into a scenario.

    Parameters
    ----------
    folder : Path
        Files named by their model, as Odoo names them: ``Product (product.template).xlsx``, ``mrp.bom.csv``,
        ``sale.order.line.csv``, ``stock.warehouse.orderpoint.csv``.
    out : Path
        Scenario folder to write.
    answers : Path, optional
        Folder of tables with what Odoo does not hold; see `engine.scenario.importers.answers`.
    decimal : str, optional
        The decimal sign, where the numbers do not tell.

    Returns
    -------
    list of str
        Notes as of `engine.scenario.importers.answers.finish`.

    Raises
    ------
    ScenarioError
        With every fault, by file, row and field, or by the key of a product.
    """
    export = Found()
    tables, faults = read_tables(folder, ODOO, needed=(PRODUCTS,), decimal=decimal, currencies=export.currencies)
    if faults:
        raise ScenarioError(faults)
    export.notes.append(f"Read from Odoo: {', '.join(sorted(tables))}.")
    master, called = one_row_each(tables[PRODUCTS], export.notes)
    units = base_units(master, tables.get(UNITS))
    bills = bill_lines(
        tables.get(BILLS), called, units, export.notes, values=variant_values(master), asked=export.asked
    )
    lines_given = tables.get(LINES)
    if lines_given is None:
        lines_given = lines_of_orders(tables.get(ORDERS))
    rules = tables.get(RULES, pd.DataFrame({"product_id": []}))
    rules = first_rules(rules, called)
    lines = order_lines(lines_given, called, units, export.notes)
    export.asked += units.questions()
    names = [str(name) for name in master.index]
    sold = set() if lines is None else set(lines["product"]) & set(names)
    # A kit that nobody orders by itself is no more than its parts, and a bill outlives its product.
    inner = bills.kits - sold
    names = [name for name in names if name not in inner]
    below = bills.lines[bills.lines["product"].isin(names)]
    items = structure(names, below, sold=sold, planned=(), notes=export.notes)
    if not items.products:
        raise ScenarioError([Fault(file=folder.name, cause=cause("odoo_no_product"))])
    making = {**_days(master, "produce_delay"), **bills.days}
    times = Times(making=making, buying=_days(master, "seller_ids/delay"), receipt={})
    days = total_days(names, below, times)
    export.add("products", _products(master, rules, items, making, days, kits=bills.kits), "products of Odoo")
    if items.components:
        export.add("components", _components(master, rules, items, days), "components of Odoo")
        export.add("bom", items.bom, "bills of materials of Odoo")
    if lines is not None:
        there = lines["product"].isin(items.products)
        if not there.all():
            export.notes.append(f"Order lines of products that are not exported, left out: {int((~there).sum()):,}.")
        export.add("orders", lines[there], "order lines of Odoo")
    hours = operations(bills, items)
    if len(hours):
        export.add("routing", hours, "operations of Odoo")
        export.notes.append("Hours are the durations of operations, one cycle a unit; work on products is assembly.")
    export.notes.append(
        "Today's strategies: with the route Replenish on Order a product is made to order, or assembled to order where "
        "none of its parts has it; without the route it is made to stock; a kit is its parts. The customer lead time "
        "is what is accepted."
    )
    return finish(export, answers, out, folder.name)


def _days(master: pd.DataFrame, field: str) -> dict[str, float]:
    return above_zero(column_or(master, field, 0.0))


def _described(master: pd.DataFrame, key: str, names: list[str]) -> pd.DataFrame:
    some = master.reindex(names)
    frame = pd.DataFrame({key: names, "name": some["name"].tolist()}, dtype=object)
    frame["unit_cost"] = some["standard_price"].to_numpy()
    frame["stock_on_hand"] = some["qty_available"].clip(lower=0.0).to_numpy() if "qty_available" in some else np.nan
    return frame


def _lots(rules: pd.DataFrame, names: list[str]) -> pd.Series:
    lots = column_or(rules, "qty_multiple", 0.0).reindex(names)
    # A multiple of one says that units are whole, not that there are lots.
    return lots.where(lots > 1.0).reset_index(drop=True)


def _products(
    master: pd.DataFrame, rules: pd.DataFrame, items: Structure, making: Mapping[str, float],
    days: Mapping[str, float], *, kits: set[str],
) -> pd.DataFrame:  # fmt: skip
    frame = _described(master, "product", items.products)
    some = master.reindex(items.products)
    both = frame["product"].isin(items.both)
    has_bill = frame["product"].isin(items.bom["product"])
    frame["family"] = some["categ_id"].tolist() if "categ_id" in some else ""
    frame["price"] = some["list_price"].where(some["list_price"] > 0.0).to_numpy() if "list_price" in some else np.nan
    wait = column_or(some, "sale_delay", 0.0).to_numpy(dtype=float)
    frame["lead_time_target_days"] = np.where(wait > 0.0, wait, np.nan)
    made = frame["product"].map(making).fillna(0.0)
    frame["assembly_days"] = np.where(has_bill & ~both, made, 0.0)
    frame["make_days"] = np.where(has_bill, np.nan, frame["product"].map(days).to_numpy(dtype=float))
    frame["batch_size"] = _lots(rules, items.products)
    ordered = on_order(master)
    parts = {str(name): set(rows) for name, rows in items.bom.groupby("product")["component"]}
    frame["current_strategy"] = [
        "ATO" if name in kits and name in parts
        else ("ATO" if name in parts and parts[name].isdisjoint(ordered) else "MTO") if name in ordered
        # What is its own part is assembled from stock, which Odoo delivers from stock.
        else "ATO" if name in items.both else "MTS"
        for name in items.products
    ]  # fmt: skip
    return frame


def _components(master: pd.DataFrame, rules: pd.DataFrame, items: Structure, days: Mapping[str, float]) -> pd.DataFrame:
    frame = _described(master, "component", items.components)
    frame["lead_time_days"] = frame["component"].map(days)
    least = column_or(master, "seller_ids/min_qty", 0.0).reindex(items.components).reset_index(drop=True)
    lots = pd.concat([least.where(least > 1.0), _lots(rules, items.components)], axis=1).max(axis=1)
    frame["min_order_quantity"] = lots.to_numpy()
    return frame
