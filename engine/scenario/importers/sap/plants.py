"""The tables of each plant: material masters tell which there are, other tables whose rows are whose."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from engine.errors import Fault, ScenarioError
from engine.scenario.settings import nearest
from engine.words.reason import cause

# The field of each table that names the plant.
_PLANTS = {"MARC": "WERKS", "MBEW": "BWKEY", "MAST": "WERKS", "MAPL": "WERKS", "VBAP": "WERKS", "CRHD": "WERKS",
           "EINE": "WERKS"}  # fmt: skip


def by_plant(
    tables: dict[str, pd.DataFrame], plant: str | None, folder: Path, notes: list[str]
) -> dict[str, dict[str, pd.DataFrame]]:
    """The tables of each plant by its name, '' where masters name none.

    Parameters
    ----------
    tables : dict of str to DataFrame
        MARC among them.
    plant : str or None
        The only one that is wanted; all where not given.
    folder : Path
        Named in faults.
    notes : list of str
        What was left out is added.

    Raises
    ------
    ScenarioError
        Where the one given is not among them.
    """
    plants = sorted(set(tables["MARC"]["WERKS"]) - {""})
    if plant is not None and plant not in plants:
        why = cause("sap_plant_none", plant=plant, near=nearest(plant, plants))
        raise ScenarioError([Fault(file=folder.name, cause=why)])
    wanted = [plant] if plant is not None else plants or [""]
    if len(wanted) > 1:
        tables = {**tables, **_orders_with_plants(tables, set(plants), notes)}
    return {one: {name: _of(name, frame, one) for name, frame in tables.items()} for one in wanted}


def _of(name: str, frame: pd.DataFrame, plant: str) -> pd.DataFrame:
    field = _PLANTS.get(name)
    # A blank stands for all of them, as in purchasing records that no plant owns.
    return frame[frame[field].isin((plant, ""))].reset_index(drop=True) if field in frame else frame


def _orders_with_plants(tables: dict[str, pd.DataFrame], plants: set[str], notes: list[str]) -> dict[str, pd.DataFrame]:
    """Order lines with a plant each: where they name none, the one plant of their material; others are left out.

    A blank is no order in every plant.
    """
    lines = tables.get("VBAP")
    if lines is None:
        return {}
    named = lines["WERKS"] if "WERKS" in lines else pd.Series("", index=lines.index)
    masters = tables["MARC"][["MATNR", "WERKS"]].drop_duplicates()
    only = masters.drop_duplicates("MATNR", keep=False).set_index("MATNR")["WERKS"]
    plant = named.where(named != "", lines["MATNR"].map(only).fillna(""))
    for count, what in (
        (int((plant == "").sum()), "that name no plant, of materials that do not stand in one alone"),
        (int((~plant.isin(plants | {""})).sum()), "of plants that MARC does not have"),
    ):
        if count:
            notes.append(f"Order lines {what}, left out: {count:,}.")
    return {"VBAP": lines.assign(WERKS=plant)[plant.isin(plants)].reset_index(drop=True)}
