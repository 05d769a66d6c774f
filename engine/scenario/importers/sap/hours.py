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
        MAPL, PLPO and CRHD; of one plant.
    products : Series of str
    with_parts : set of str
        Those whose work comes after their parts: it is assembly.
    notes : list of str
        What was assumed is added.
    """
    if any(name not in tables for name in ("MAPL", "PLPO", "CRHD")):
        return None
    links = tables["MAPL"].drop_duplicates("MATNR")
    links = links[links["MATNR"].isin(products)]
    work = links[["MATNR", "PLNNR"]].merge(tables["PLPO"], on="PLNNR", how="inner")
    centres = tables["CRHD"].drop_duplicates("OBJID").set_index("OBJID")["ARBPL"]
    work["resource"] = work["ARBID"].map(centres)
    work = work[work["resource"].notna()]
    machine, labour = (_hours(work, n) for n in ("2", "3"))
    per = column_or(work, "BMSCH", 1.0)
    work["hours"] = machine.where(machine > 0.0, labour) / per.where(per > 0.0, 1.0)
    found = work.groupby(["MATNR", "resource"], sort=False)["hours"].sum().reset_index()
    found = found[found["hours"] > 0.0].rename(columns={"MATNR": "product", "hours": "hours_per_unit"})
    found["stage"] = ["assemble" if name in with_parts else "make" for name in found["product"]]
    notes.append(
        "Hours are the standard value 2 (machine) of operations, 3 (labour) where it is zero; set-up is not among "
        "them. Work on products with a bill is assembly."
    )
    return found[["product", "resource", "stage", "hours_per_unit"]]


def _hours(work: pd.DataFrame, number: str) -> pd.Series:
    unit = column_or(work, f"VGE0{number}", "H").str.upper().map(_HOURS).fillna(1.0)
    return column_or(work, f"VGW0{number}", 0.0) * unit
