"""Odoo's lists: rows of one record below each other, products by reference, name or identifier, states of orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from engine.scenario.files.assumed import Question
from engine.scenario.importers.listings import above_zero, column_or
from engine.scenario.importers.odoo.names import Names, group_rows
from engine.scenario.importers.odoo.variants import Value, for_variants
from engine.scenario.importers.structure import Structure, without_phantoms
from engine.scenario.importers.units import BaseUnits

_MINUTES = 60.0
# States of a line that is no order: technical, English, German.
_NO_ORDER = ("draft", "sent", "cancel", "quotation", "quotation sent", "cancelled", "canceled", "angebot",
             "angebot gesendet", "storniert", "abgebrochen")  # fmt: skip
# Of a bill whose product is delivered as its parts.
_KIT = ("kit", "phantom", "bausatz", "set")
_BOM = ["product", "component", "quantity", "scrap_share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """The first bill of each product.

    Parameters
    ----------
    rows : DataFrame
        As exported, each with its product.
    lines : DataFrame
        Its parts by unit of the product, those of kits in their place.
    days : mapping of str to float
        That assembly takes, by product.
    kits : set of str
        Products that are delivered as their parts.
    """

    rows: pd.DataFrame
    lines: pd.DataFrame
    days: Mapping[str, float]
    kits: set[str]


def bill_lines(
    table: pd.DataFrame | None, names: Names, units: BaseUnits, notes: list[str], *,
    values: Mapping[str, set[Value]], asked: list[Question],
) -> Bills:  # fmt: skip
    """The first bill of each product.

    Parameters
    ----------
    table : DataFrame or None
    names : Names
        Of the products.
    units : BaseUnits
    notes : list of str
        What was done is added.
    values : mapping of str to set of (str, str)
        Of products that are variants.
    asked : list of Question
        What is asked for is added.
    """
    if table is None or table.empty:
        none = pd.DataFrame({name: pd.Series(dtype=object) for name in _BOM})
        return Bills(rows=pd.DataFrame(), lines=none, days={}, kits=set())
    frame = for_variants(_filled(table, names), values, asked)
    several = frame.groupby("product")["bill"].nunique()
    if (several > 1).any():
        notes.append(f"Products with several bills, the first of each is taken: {int((several > 1).sum()):,}.")
    frame = frame[frame["bill"] == frame.groupby("product")["bill"].transform("min")]
    heads = frame.drop_duplicates("product").set_index("product")
    kits = set(heads.index[column_or(heads, "type", "").str.lower().isin(_KIT)])
    made = pd.Series(heads.index, index=heads.index)
    # quantity = of the line / of the bill, both in base units.
    per = column_or(heads, "product_qty", 1.0)
    per = per.where(per > 0.0, 1.0) * units.per(made, column_or(heads, "product_uom_id", ""))
    lines = frame[frame["bom_line_ids/product_id"] != ""]
    part = lines["bom_line_ids/product_id"].map(names.key)
    quantity = lines["bom_line_ids/product_qty"] * units.per(part, column_or(lines, "bom_line_ids/product_uom_id", ""))
    bill = pd.DataFrame({
        "product": lines["product"], "component": part, "quantity": quantity / lines["product"].map(per),
        "scrap_share": 0.0, "phantom": part.isin(kits),
    })  # fmt: skip
    days = above_zero(column_or(heads, "produce_delay", 0.0))
    return Bills(rows=frame, lines=without_phantoms(bill, notes), days=days, kits=kits)


def _filled(table: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Each row with its product and the number of its bill; rows below a bill's first have no product.

    A bill of a product with variants is one of each of them, unless it names one; one's own counts before it.
    """
    variant = column_or(table, "product_id", "")
    product = variant.where(variant != "", table["product_tmpl_id"])
    below = (product == "").any()
    starts = (product != "") if below else (product != product.shift())
    frame = table.assign(bill=starts.cumsum(), product=product.where(product != "").ffill()).dropna(subset=["product"])
    ended = frame["bill"][column_or(frame, "active", "").str.lower().isin(("false", "falsch"))]
    frame = frame[~frame["bill"].isin(ended)]
    frame = frame.assign(product=frame["product"].map(names.keys)).explode("product")
    headed = frame["bill"].isin(frame.loc[column_or(frame, "product_id", "") != "", "bill"])
    # The number says which is the first, and those of a variant are before those of all.
    return frame.assign(bill=frame["bill"] + (~headed) * (frame["bill"].max() if len(frame) else 0))


def operations(bills: Bills, items: Structure) -> pd.DataFrame:
    """Hours by product and work centre; no rows where none are exported."""
    columns = ["product", "resource", "stage", "hours_per_unit"]
    centre, minutes = "operation_ids/workcenter_id", "operation_ids/time_cycle"
    frame = bills.rows
    if centre not in frame or minutes not in frame:
        return pd.DataFrame(columns=columns)
    work = frame[(frame[centre] != "") & frame["product"].isin(items.products)]
    work = work.assign(resource=work[centre], hours_per_unit=work[minutes].fillna(0.0) / _MINUTES)
    hours = work.groupby(["product", "resource"], sort=False)["hours_per_unit"].sum().reset_index()
    return hours[hours["hours_per_unit"] > 0.0].assign(stage="assemble")[columns]


def lines_of_orders(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """The list of orders in the fields of the list of their lines: what the first of an order's rows says holds below.

    Parameters
    ----------
    table : DataFrame or None
    """
    if table is None:
        return None
    table = table[~group_rows(table, "name", ("order_line/product_id", "partner_id"))]
    record = (table["name"] != "").cumsum()
    heads = {"name": "order_id", "date_order": "order_id/date_order", "commitment_date": "order_id/commitment_date",
             "partner_id": "order_partner_id", "state": "state"}  # fmt: skip
    names = {"order_line/product_id": "product_id", "order_line/product_uom_qty": "product_uom_qty",
           "order_line/product_uom": "product_uom"}  # fmt: skip
    cells = {theirs: table[name] for name, theirs in names.items() if name in table}
    cells |= {theirs: table.groupby(record)[name].transform("first") for name, theirs in heads.items() if name in table}
    return pd.DataFrame(cells)[record > 0].reset_index(drop=True)


def order_lines(table: pd.DataFrame | None, names: Names, units: BaseUnits, notes: list[str]) -> pd.DataFrame | None:
    """Order lines in the columns of a scenario, without quotations and cancellations; None where none are exported."""
    if table is None:
        return None
    state = column_or(table, "state", "sale").str.lower()
    dropped = state.isin(_NO_ORDER)
    if dropped.any():
        notes.append(f"Lines of quotations and cancelled orders, left out: {int(dropped.sum()):,}.")
    frame = table[~dropped & (table["product_id"] != "")]
    undated = frame["order_id/date_order"].isna()
    if undated.any():
        notes.append(f"Order lines without a day, left out: {int(undated.sum()):,}.")
    frame = frame[~undated]
    product = frame["product_id"].map(names.key)
    book = pd.DataFrame({
        "order_date": frame["order_id/date_order"], "product": product,
        "quantity": frame["product_uom_qty"] * units.per(product, column_or(frame, "product_uom", "")),
    })  # fmt: skip
    for ours, theirs in (("requested_date", "order_id/commitment_date"), ("order_number", "order_id"),
                         ("customer", "order_partner_id")):  # fmt: skip
        if theirs in frame:
            book[ours] = frame[theirs]
    return book.reset_index(drop=True)
