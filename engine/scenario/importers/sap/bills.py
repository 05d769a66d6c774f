"""Bills of materials to the parts of each material, in base units of both."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from engine.scenario.importers.listings import column_or
from engine.scenario.importers.structure import without_phantoms
from engine.scenario.importers.units import BaseUnits

Tables = Mapping[str, pd.DataFrame]
# Texts and documents of a bill are no parts.
_NO_PART = ("T", "D")
_PRODUCTION = "1"
# Of a bill that production does not use.
_INACTIVE = "2"
# Special procurement of an assembly that is never made by itself: its parts stand for it.
_PHANTOM = "50"
_COLUMNS = ["product", "component", "quantity", "scrap_share"]


def bill_lines(tables: Tables, master: pd.DataFrame, units: BaseUnits, notes: list[str]) -> pd.DataFrame:
    """One row per material and part, in base units of both, phantom assemblies replaced by their parts.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        MAST and STPO, else there are no rows; STKO and STAS where there.
    master : DataFrame
        MARC by material.
    units : BaseUnits
    notes : list of str
        What was left out is added.
    """
    if "MAST" not in tables or "STPO" not in tables:
        return pd.DataFrame({name: pd.Series(dtype=object if k < 2 else float) for k, name in enumerate(_COLUMNS)})
    links = _links(tables, notes)
    items = _items(tables, links, notes)
    items = items[(items["IDNRK"] != "") & ~column_or(items, "POSTP", "").isin(_NO_PART)]
    lines = links[["MATNR", "STLNR", "alternative"]].merge(items, on=["STLNR", "alternative"], how="inner")
    yields = lines["MENGE"] < 0.0
    if yields.any():
        notes.append(f"Items below zero (what is made besides) left out of bills: {int(yields.sum()):,}.")
    lines = lines[~yields].reset_index(drop=True)
    share = column_or(lines, "AUSCH", 0.0) / 100.0
    quantity = lines["MENGE"] * units.per(lines["IDNRK"], column_or(lines, "MEINS", ""))
    frame = pd.DataFrame({
        "product": lines["MATNR"], "component": lines["IDNRK"],
        "quantity": quantity / _base_quantities(tables, lines, units),
        # SAP adds the scrap to what is needed; a scrap_share is of what is taken.
        "scrap_share": share / (1.0 + share),
        "phantom": (column_or(lines, "DUMPS", "") != "") | lines["IDNRK"].isin(phantoms(master)),
    })  # fmt: skip
    return without_phantoms(frame, notes)


def phantoms(master: pd.DataFrame) -> set[str]:
    """Materials that are assemblies in name only."""
    return set(master.index[column_or(master, "SOBSL", "") == _PHANTOM])


def _links(tables: Tables, notes: list[str]) -> pd.DataFrame:
    """The bill of each material: production's before others, those in use before others, the first alternative."""
    links = tables["MAST"].assign(usage=column_or(tables["MAST"], "STLAN", _PRODUCTION))
    links = links.assign(other=links["usage"] != _PRODUCTION, alternative=column_or(links, "STLAL", ""), idle=False)
    heads = tables.get("STKO")
    if heads is not None:
        keys = pd.MultiIndex.from_frame(heads.assign(STLAL=column_or(heads, "STLAL", ""))[["STLNR", "STLAL"]])
        places = pd.MultiIndex.from_frame(links[["STLNR", "alternative"]])
        gone = keys[(column_or(heads, "LKENZ", "") != "").to_numpy()]
        idle = keys[(column_or(heads, "STLST", "").str.lstrip("0") == _INACTIVE).to_numpy()]
        links = links.assign(idle=places.isin(idle))[~places.isin(gone)]
    links = links.sort_values(["other", "idle", "alternative"], kind="stable")
    several = int(links["MATNR"].duplicated().sum())
    if several:
        notes.append(f"Materials with several bills: the first is taken, {several:,} are left out.")
    return links.drop_duplicates("MATNR")


def _items(tables: Tables, links: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Items by the alternative that they belong to; to each of their bill where STAS does not tell them apart."""
    items, which = tables["STPO"], tables.get("STAS")
    items = items[column_or(items, "LKENZ", "") == ""]
    if which is not None and "STLKN" in items:
        # A change takes an item out by a row of its own.
        node = ["STLNR", "STLAL", "STLKN"]
        out = pd.MultiIndex.from_frame(which.loc[column_or(which, "LKENZ", "") != "", node])
        which = which[~pd.MultiIndex.from_frame(which[node]).isin(out)]
        kept = which[["STLNR", "STLAL", "STLKN"]].drop_duplicates()
        return items.merge(kept, on=["STLNR", "STLKN"], how="inner").rename(columns={"STLAL": "alternative"})
    heads = tables.get("STKO")
    if heads is not None and "STLAL" in heads:
        several = heads.groupby("STLNR")["STLAL"].nunique()
        told = sorted(set(several.index[several > 1]) & set(links["STLNR"]))
        if told:
            notes.append(
                "Bills with alternatives that nothing tells apart (export STAS, and STPO with STLKN), all items are "
                f"counted: {', '.join(told)}."
            )
    return items.merge(links[["STLNR", "alternative"]].drop_duplicates(), on="STLNR", how="inner")


def _base_quantities(tables: Tables, lines: pd.DataFrame, units: BaseUnits) -> pd.Series:
    """The quantity that each line's bill is for, in base units of what it makes; one where it is not said."""
    heads = tables.get("STKO")
    if heads is None:
        return pd.Series(1.0, index=lines.index)
    heads = heads.assign(alternative=column_or(heads, "STLAL", ""), unit=column_or(heads, "BMEIN", ""))
    base = heads.drop_duplicates(["STLNR", "alternative"]).set_index(["STLNR", "alternative"])
    any_of = heads.drop_duplicates("STLNR").set_index("STLNR")
    places = pd.MultiIndex.from_frame(lines[["STLNR", "alternative"]])
    quantity = pd.Series(base["BMENG"].reindex(places).to_numpy(), index=lines.index)
    quantity = quantity.fillna(lines["STLNR"].map(any_of["BMENG"])).fillna(1.0)
    unit = pd.Series(base["unit"].reindex(places).to_numpy(), index=lines.index)
    unit = unit.fillna(lines["STLNR"].map(any_of["unit"])).fillna("")
    return quantity.where(quantity > 0.0, 1.0) * units.per(lines["MATNR"], unit)
