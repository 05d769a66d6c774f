"""Sales documents to order lines."""

from __future__ import annotations

import pandas as pd

from engine.scenario.importers.listings import column_or
from engine.scenario.importers.sap.bills import Tables
from engine.scenario.importers.units import BaseUnits

# Categories of documents: orders, those free of charge, scheduling agreements; what comes back; all others (inquiries,
# quotations, contracts, credit and debit memos) take nothing from stock.
_ORDERS, _RETURN = ("C", "I", "E"), "H"


def order_lines(tables: Tables, units: BaseUnits, notes: list[str]) -> pd.DataFrame | None:
    """Order lines in the columns of a scenario, rejected ones left out; None where there are no sales documents.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        VBAK and VBAP, VBEP where there; of one plant.
    units : BaseUnits
        Where lines name their sales unit and not what it is.
    notes : list of str
        What was done is added.
    """
    if "VBAP" not in tables:
        return None
    lines = tables["VBAP"]
    heads = _heads(tables, notes)
    if heads is None:
        return None
    rejected = column_or(lines, "ABGRU", "") != ""
    strange = ~lines["VBELN"].isin(heads.index)
    day = heads["AUDAT"] if "AUDAT" in heads else heads["ERDAT"]
    if rejected.any():
        notes.append(
            f"Rejected order lines left out: {int(rejected.sum()):,}. Those rejected for want of stock were demand."
        )
    if strange.any():
        notes.append(f"Order lines whose document is not in VBAK, left out: {int(strange.sum()):,}.")
    kind = lines["VBELN"].map(column_or(heads, "VBTYP", _ORDERS[0])).fillna(_ORDERS[0])
    other = ~kind.isin((*_ORDERS, _RETURN)) & ~rejected & ~strange
    if "VBTYP" not in heads and "VBAK" in tables:
        notes.append("VBAK is without VBTYP: quotations, contracts and returns, if there are any, count as orders.")
    if other.any():
        notes.append(f"Lines of documents that are no orders (quotations, contracts), left out: {int(other.sum()):,}.")
    lines = lines[~rejected & ~strange & ~other & (lines["MATNR"] != "")]
    sign = 1.0 - 2.0 * (kind[lines.index] == _RETURN)
    wanted = lines["VBELN"].map(heads["VDATU"]) if "VDATU" in heads else pd.Series(pd.NaT, index=lines.index)
    if "VBEP" in tables:
        schedule = tables["VBEP"]
        first = schedule[column_or(schedule, "WMENG", 1.0) > 0.0].groupby(["VBELN", "POSNR"])["EDATU"].min()
        places = pd.MultiIndex.from_frame(lines[["VBELN", "POSNR"]])
        wanted = pd.Series(first.reindex(places).to_numpy(), index=lines.index).fillna(wanted)
    book = pd.DataFrame({
        "order_date": lines["VBELN"].map(day), "product": lines["MATNR"],
        "quantity": sign * lines["KWMENG"] * _per_sales_unit(lines, units), "requested_date": wanted,
        "order_number": lines["VBELN"], "order_line": lines["POSNR"],
    })  # fmt: skip
    if "KUNNR" in heads:
        book["customer"] = lines["VBELN"].map(heads["KUNNR"])
    undated = book["order_date"].isna()
    if undated.any():
        notes.append(f"Order lines without a day, left out: {int(undated.sum()):,}.")
    return book[~undated].reset_index(drop=True)


def _per_sales_unit(lines: pd.DataFrame, units: BaseUnits) -> pd.Series:
    """Base units in one of the sales unit of each line: as the line says, else as its unit does."""
    if "UMVKZ" not in lines:
        return units.per(lines["MATNR"], column_or(lines, "VRKME", ""))
    per = column_or(lines, "UMVKZ", 1.0) / column_or(lines, "UMVKN", 1.0).where(lambda many: many > 0.0, 1.0)
    return per.where(per > 0.0, 1.0)


def has_days(table: pd.DataFrame) -> bool:
    """Whether documents, or lines, say when they were ordered."""
    return bool({"AUDAT", "ERDAT"} & set(table.columns))


def _heads(tables: Tables, notes: list[str]) -> pd.DataFrame | None:
    """Documents by number, with a day; those of lines where VBAK is not exported, None where nothing has a day."""
    heads, lines = tables.get("VBAK"), tables["VBAP"]
    if heads is None and "ERDAT" in lines:
        notes.append(
            "VBAK is not exported: order lines have the day on which they were created, and quotations, contracts and "
            "returns, if there are any, count as orders."
        )
        heads = lines[["VBELN", "ERDAT"]]
    elif heads is not None and not has_days(heads) and "ERDAT" in lines:
        notes.append("VBAK has neither AUDAT nor ERDAT: order lines have the day on which they were created.")
        heads = heads.merge(lines[["VBELN", "ERDAT"]].drop_duplicates("VBELN"), on="VBELN", how="left")
    if heads is None or not has_days(heads):
        what = "VBAK is not exported" if heads is None else "VBAK has neither AUDAT nor ERDAT"
        notes.append(f"{what}: order lines have no day and are left out.")
        return None
    return heads.drop_duplicates("VBELN").set_index("VBELN")
