"""Routings and work centres to hours."""

from __future__ import annotations

import pandas as pd

from engine.scenario.importers.listings import column_or
from engine.scenario.importers.sap.bills import Tables

# Hours in a unit of time, as SAP and people write it.
_HOURS = {"H": 1.0, "HR": 1.0, "STD": 1.0, "STD.": 1.0, "MIN": 1.0 / 60.0, "S": 1.0 / 3600.0, "SEC": 1.0 / 3600.0,
          "SEK": 1.0 / 3600.0, "TAG": 24.0, "DAY": 24.0, "D": 24.0, "": 1.0}  # fmt: skip


def routing(tables: Tables, products: pd.Series, with_parts: set[str], notes: list[str]) -> pd.DataFrame | None:
    """Hours by product and work centre; None where routings, work centres or what ties them are missing.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        MAPL, PLPO and CRHD, PLAS where there; of one plant.
    products : Series of str
    with_parts : set of str
        Those whose work comes after their parts: it is assembly.
    notes : list of str
        What was assumed is added.
    """
    if any(name not in tables for name in ("MAPL", "PLPO", "CRHD")):
        return None
    links = tables["MAPL"][column_or(tables["MAPL"], "LOEKZ", "") == ""]
    links = links.assign(PLNAL=column_or(links, "PLNAL", "")).sort_values("PLNAL", kind="stable")
    links = links.drop_duplicates("MATNR")
    links = links[links["MATNR"].isin(products)]
    work = _operations(tables, links[["MATNR", "PLNNR", "PLNAL"]], notes)
    centres = tables["CRHD"].drop_duplicates("OBJID").set_index("OBJID")["ARBPL"]
    work["resource"] = work["ARBID"].map(centres)
    work = work[work["resource"].notna()]
    machine, labour = (_hours(work, n) for n in ("2", "3"))
    per = column_or(work, "BMSCH", 1.0)
    work["hours"] = machine.where(machine > 0.0, labour) / per.where(per > 0.0, 1.0)
    hours = work.groupby(["MATNR", "resource"], sort=False)["hours"].sum().reset_index()
    hours = hours[hours["hours"] > 0.0].rename(columns={"MATNR": "product", "hours": "hours_per_unit"})
    hours["stage"] = ["assemble" if name in with_parts else "make" for name in hours["product"]]
    notes.append(
        "Hours are the standard value 2 (machine) of operations, 3 (labour) where it is zero; set-up is not among "
        "them. Work on products with a bill is assembly."
    )
    return hours[["product", "resource", "stage", "hours_per_unit"]]


def _operations(tables: Tables, links: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """The operations of each material: of the first alternative of its group where PLAS tells them apart."""
    work = tables["PLPO"]
    work = work[column_or(work, "LOEKZ", "") == ""]
    which = tables.get("PLAS")
    if which is not None and "PLNKN" in work:
        which = which.loc[column_or(which, "LOEKZ", "") == "", ["PLNNR", "PLNAL", "PLNKN"]].drop_duplicates()
        return links.merge(which, on=["PLNNR", "PLNAL"], how="inner").merge(work, on=["PLNNR", "PLNKN"], how="inner")
    every = tables["MAPL"].assign(PLNAL=column_or(tables["MAPL"], "PLNAL", ""))
    several = every.groupby("PLNNR")["PLNAL"].nunique()
    told = sorted(set(several.index[several > 1]) & set(links["PLNNR"]))
    if told:
        notes.append(
            "Routings with alternatives that nothing tells apart (export PLAS, and PLPO with PLNKN), all operations "
            f"are counted: {', '.join(told)}."
        )
    return links.merge(work, on="PLNNR", how="inner")


def _hours(work: pd.DataFrame, number: str) -> pd.Series:
    unit = column_or(work, f"VGE0{number}", "H").str.upper().map(_HOURS).fillna(1.0)
    return column_or(work, f"VGW0{number}", 0.0) * unit
