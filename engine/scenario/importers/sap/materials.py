"""Material masters, prices and bills of materials to products, components and their parts lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from engine.scenario.erp.sap import COLLECTIVE, FIXED_LOT, REORDER_TYPES, STRATEGY_OF_GROUP
from engine.scenario.importers.listings import above_zero, column_or
from engine.scenario.importers.sap.bills import Tables, bill_lines, phantoms
from engine.scenario.importers.structure import Structure, Times, structure, total_days
from engine.scenario.importers.units import BaseUnits

# Procured outside; 'X' is both, and made here first.
_EXTERNAL = "F"
_CALENDAR_WEEK = 7.0
_ENGLISH = ("E", "EN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What the masters and bills say.

    Parameters
    ----------
    products, components, bom : pandas.DataFrame
        In the columns of a scenario; what is not said is missing.
    notes : list of str
    """

    products: pd.DataFrame
    components: pd.DataFrame
    bom: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def materials(tables: Tables, *, sold: set[str], work_week: float, units: BaseUnits) -> Materials:
    """Products and their parts, as of `structure`.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Of one plant.
    sold : set of str
        Materials with order lines.
    work_week : float
        Days a week that `DZEIT` and `WEBAZ` are counted in.
    units : BaseUnits
    """
    notes: list[str] = []
    master = _masters(tables, notes)
    lines = bill_lines(tables, master, units, notes)
    # What stands for its parts is neither product nor part, unless it is sold.
    inner = (phantoms(master) & set(lines["product"])) - sold
    master = master[~master.index.isin(inner)]
    # Bills outlive what they are of.
    lines = lines[lines["product"].isin(master.index)]
    names = [str(name) for name in master.index]
    planned = set(master.index[column_or(master, "STRGR", "") != ""])
    levels = structure(names, lines, sold=sold & set(names), planned=planned, notes=notes)
    times = _times(tables, master, work_week)
    days = total_days(names, lines, times)
    goods = _described(tables, master, levels.products)
    has_bill = goods["product"].isin(levels.bom["product"])
    made = goods["product"].map(times.making).to_numpy(dtype=float)
    external = goods["product"].isin(list(times.bought)).to_numpy()
    goods["assembly_days"] = np.where(has_bill & ~goods["product"].isin(levels.both), made, 0.0)
    # Where there are parts, all of it takes as long as the longest of them and assembly, which is the default.
    goods["make_days"] = np.where(has_bill & ~external, np.nan, goods["product"].map(days).to_numpy(dtype=float))
    goods["batch_size"] = _lot(master, levels.products, "BSTFE")
    goods["min_order_quantity"] = _lot(master, levels.products, "BSTMI")
    goods["current_strategy"] = _strategies(master, levels, notes)
    stock = _components(_described(tables, master, levels.components), master, levels.components, days)
    return Materials(products=goods, components=stock, bom=levels.bom, notes=notes)


def _masters(tables: Tables, notes: list[str]) -> pd.DataFrame:
    """MARC by material, without those that are flagged for deletion in the plant or everywhere."""
    master = tables["MARC"].drop_duplicates("MATNR").set_index("MATNR")
    gone = column_or(master, "LVORM", "") != ""
    everywhere = tables.get("MARA")
    if everywhere is not None:
        flagged = set(everywhere.loc[column_or(everywhere, "LVORM", "") != "", "MATNR"])
        gone |= master.index.isin(flagged)
    if gone.any():
        notes.append(f"Left out, flagged for deletion: {int(gone.sum()):,} materials.")
    return master[~gone]


def _times(tables: Tables, master: pd.DataFrame, work_week: float) -> Times:
    """Days of the calendar; the delivery time of a material counts before those of its info records."""
    planned = column_or(master, "PLIFZ", 0.0)
    buying = above_zero(planned)
    making, receipt = ({str(name): float(days) for name, days in _working(master, field, work_week).items()}
                       for field in ("DZEIT", "WEBAZ"))  # fmt: skip
    bought = {str(name) for name in master.index[column_or(master, "BESKZ", "") == _EXTERNAL]}
    return Times(making=making, buying={**_info_days(tables), **buying}, receipt=receipt, bought=bought)


def _components(stock: pd.DataFrame, master: pd.DataFrame, names: list[str], days: Mapping[str, float]) -> pd.DataFrame:
    stock = stock.rename(columns={"product": "component"}).drop(columns="family")
    stock["lead_time_days"] = stock["component"].map(days)
    lots = pd.concat([_lot(master, names, "BSTMI"), _lot(master, names, "BSTFE")], axis=1).max(axis=1)
    stock["min_order_quantity"] = lots.to_numpy()
    return stock


def _described(tables: Tables, master: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Key, name, family, unit cost and stock of materials."""
    frame = pd.DataFrame({"product": names}, dtype=object)
    frame["name"] = frame["product"].map(_names(tables))
    group = tables["MARA"].drop_duplicates("MATNR").set_index("MATNR") if "MARA" in tables else master.iloc[:0]
    frame["family"] = frame["product"].map(group["MATKL"]) if "MATKL" in group else ""
    # Split valuation has a row for each type besides the one of them all.
    split = column_or(tables["MBEW"], "BWTAR", "") != ""
    value = tables["MBEW"].assign(split=split).sort_values("split", kind="stable")
    value = value.drop_duplicates("MATNR").set_index("MATNR")
    price = value["STPRS"].where(column_or(value, "VPRSV", "S") != "V", column_or(value, "VERPR", np.nan))
    per = column_or(value, "PEINH", 1.0)
    frame["unit_cost"] = frame["product"].map(price / per.where(per > 0.0, 1.0))
    frame["stock_on_hand"] = frame["product"].map(value["LBKUM"].clip(lower=0.0)) if "LBKUM" in value else np.nan
    return frame


def _names(tables: Tables) -> dict[str, str]:
    """Descriptions, English ones before others."""
    texts = tables.get("MAKT")
    if texts is None:
        return {}
    english = column_or(texts, "SPRAS", "").str.upper().isin(_ENGLISH)
    ordered = pd.concat([texts[english], texts[~english]]).drop_duplicates("MATNR")
    return dict(zip(ordered["MATNR"], ordered["MAKTX"], strict=True))


def _info_days(tables: Tables) -> dict[str, float]:
    """Delivery times of purchasing info records by material, the longest of several."""
    records = tables.get("EINE")
    if records is None:
        return {}
    if "MATNR" not in records:
        if "EINA" not in tables or "INFNR" not in records:
            return {}
        records = records.merge(tables["EINA"][["INFNR", "MATNR"]], on="INFNR", how="inner")
    days = records.groupby("MATNR")["APLFZ"].max()
    return above_zero(days)


def _working(master: pd.DataFrame, field_name: str, work_week: float) -> pd.Series:
    """Working days as days of the calendar."""
    return column_or(master, field_name, 0.0) * (_CALENDAR_WEEK / work_week)


def _lot(master: pd.DataFrame, names: list[str], field_name: str) -> pd.Series:
    """A lot size, missing where it is zero, or where the lot-sizing procedure does not ask for it."""
    lot = column_or(master, field_name, 0.0)
    if field_name == "BSTFE":
        lot = lot.where(column_or(master, "DISLS", FIXED_LOT) == FIXED_LOT, 0.0)
    lot = lot.reindex(names)
    return lot.where(lot > 0.0).reset_index(drop=True)


def _strategies(master: pd.DataFrame, items: Structure, notes: list[str]) -> list[str]:
    """Today's strategies.

    By the planning strategy group; make to order is assemble to order where every part is kept in one stock, by
    its flag or a reorder point. Without a group a reorder point says make to stock.
    """
    group, kind = (column_or(master, name, "") for name in ("STRGR", "DISMM"))
    flag = column_or(master, "SBDKZ", "")
    shared = {str(name) for name in master.index if flag[name] == COLLECTIVE or kind[name] in REORDER_TYPES}
    parts = {str(name): set(rows) for name, rows in items.bom.groupby("product")["component"]}
    strategies, assembled = [], []
    for name in items.products:
        strategy = STRATEGY_OF_GROUP.get(group[name].lstrip("0"), "")
        if strategy == "MTO" and name in parts and parts[name] <= shared:
            strategy = "ATO"
            assembled.append(name)
        if strategy == "ATO" and name not in parts:
            strategy = "MTO"
        if not group[name] and kind[name] in REORDER_TYPES:
            strategy = "MTS"
        # What is its own part is assembled from stock, which is what the master calls made to stock.
        strategies.append("ATO" if strategy == "MTS" and name in items.both else strategy)
    if assembled:
        notes.append(
            "Made to order by their group, from parts that are all kept in one stock (collective requirements, reorder "
            f"point), so assembled to order today: {', '.join(assembled)}."
        )
    return strategies
