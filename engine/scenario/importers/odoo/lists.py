"""Odoo's lists: rows of one record below each other, products by reference or name, states of orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from engine.scenario.importers.listings import above_zero, column_or
from engine.scenario.importers.structure import Structure

_MINUTES = 60.0
# States of a line that is no order: technical, English, German.
_NO_ORDER = ("draft", "sent", "cancel", "quotation", "quotation sent", "cancelled", "canceled", "angebot",
             "angebot gesendet", "storniert")  # fmt: skip
_BOM = ["product", "component", "quantity", "scrap_share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """The first bill of each product.

    Parameters
    ----------
    rows : DataFrame
        As exported, each with its product.
    lines : DataFrame
        Its parts by unit of the product.
    days : mapping of str to float
        That assembly takes, by product.
    """

    rows: pd.DataFrame
    lines: pd.DataFrame
    days: Mapping[str, float]


def one_row_each(table: pd.DataFrame, notes: list[str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Products by key, and names to keys.

    The key is the internal reference, else the name. Rows without a name belong to the product above them: its second
    vendor, its second route.

    Parameters
    ----------
    table : DataFrame
    notes : list of str
        What was done is added.
    """
    code = column_or(table, "default_code", "")
    frame = table.assign(key=code.where(code != "", table["name"]))
    frame = frame.assign(record=(frame["key"] != "").cumsum())
    if "route_ids" in frame:
        routes = frame.groupby("record")["route_ids"].agg(lambda found: ", ".join(one for one in found if one))
        frame["route_ids"] = frame["record"].map(routes)
    frame = frame[frame["key"] != ""]
    gone = column_or(frame, "active", "true").str.lower() == "false"
    if gone.any():
        notes.append(f"Left out, archived: {int(gone.sum()):,} products.")
    frame = frame[~gone]
    double = frame["key"].duplicated()
    if double.any():
        shown = ", ".join(frame.loc[double, "key"].unique()[:10])
        notes.append(f"Products of one reference or name, the first of each is taken: {shown}.")
    frame = frame[~double]
    several = frame["name"].duplicated(keep=False)
    aliases = dict(zip(frame.loc[~several, "name"], frame.loc[~several, "key"], strict=True))
    return frame.set_index("key"), {name: key for name, key in aliases.items() if name != key}


def bill_lines(table: pd.DataFrame | None, aliases: Mapping[str, str], notes: list[str]) -> Bills:
    """The first bill of each product."""
    if table is None:
        return Bills(rows=pd.DataFrame(), lines=pd.DataFrame({name: pd.Series(dtype=object) for name in _BOM}), days={})
    frame = _filled(table, aliases)
    several = frame.groupby("product")["bill"].nunique()
    if (several > 1).any():
        notes.append(f"Products with several bills, the first of each is taken: {int((several > 1).sum()):,}.")
    frame = frame[frame["bill"] == frame.groupby("product")["bill"].transform("min")]
    heads = frame.drop_duplicates("product").set_index("product")
    per = column_or(heads, "product_qty", 1.0)
    days = above_zero(column_or(heads, "produce_delay", 0.0))
    lines = frame[frame["bom_line_ids/product_id"] != ""]
    found = pd.DataFrame({
        "product": lines["product"], "component": lines["bom_line_ids/product_id"].replace(dict(aliases)),
        "quantity": lines["bom_line_ids/product_qty"] / lines["product"].map(per.where(per > 0.0, 1.0)),
    })  # fmt: skip
    found = found.groupby(["product", "component"], sort=False)["quantity"].sum().reset_index()
    return Bills(rows=frame, lines=found.assign(scrap_share=0.0), days=days)


def _filled(table: pd.DataFrame, aliases: Mapping[str, str]) -> pd.DataFrame:
    """Each row with its product and the number of its bill; rows below a bill's first have no product."""
    product = table["product_tmpl_id"].replace(dict(aliases))
    below = (product == "").any()
    starts = (product != "") if below else (product != product.shift())
    return table.assign(bill=starts.cumsum(), product=product.where(product != "").ffill()).dropna(subset=["product"])


def operations(bills: Bills, known: Structure) -> pd.DataFrame:
    """Hours by product and work centre; no rows where none are exported."""
    columns = ["product", "resource", "stage", "hours_per_unit"]
    centre, minutes = "operation_ids/workcenter_id", "operation_ids/time_cycle"
    frame = bills.rows
    if centre not in frame or minutes not in frame:
        return pd.DataFrame(columns=columns)
    work = frame[(frame[centre] != "") & frame["product"].isin(known.products)]
    work = work.assign(resource=work[centre], hours_per_unit=work[minutes].fillna(0.0) / _MINUTES)
    found = work.groupby(["product", "resource"], sort=False)["hours_per_unit"].sum().reset_index()
    return found[found["hours_per_unit"] > 0.0].assign(stage="assemble")[columns]


def order_lines(table: pd.DataFrame | None, aliases: Mapping[str, str], notes: list[str]) -> pd.DataFrame | None:
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
    found = pd.DataFrame({
        "order_date": frame["order_id/date_order"], "product": frame["product_id"].replace(dict(aliases)),
        "quantity": frame["product_uom_qty"],
    })  # fmt: skip
    for ours, theirs in (("requested_date", "order_id/commitment_date"), ("order_number", "order_id"),
                         ("customer", "order_partner_id")):  # fmt: skip
        if theirs in frame:
            found[ours] = frame[theirs]
    return found.reset_index(drop=True)
