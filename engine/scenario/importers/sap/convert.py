"""From a folder of SAP's tables to a scenario."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from engine.errors import Fault, ScenarioError
from engine.scenario.importers.answers import Found, finish
from engine.scenario.importers.listings import read_tables
from engine.scenario.importers.sap.fields import NEEDED_TABLES, SAP
from engine.scenario.importers.sap.hours import routing
from engine.scenario.importers.sap.materials import materials
from engine.scenario.importers.sap.orders import order_lines
from engine.scenario.settings import nearest
from engine.words.reason import cause

# The field of each table that names the plant.
_PLANTS = {"MARC": "WERKS", "MBEW": "BWKEY", "MAST": "WERKS", "MAPL": "WERKS", "VBAP": "WERKS", "CRHD": "WERKS",
           "EINE": "WERKS"}  # fmt: skip
WORK_WEEK = 5.0


def import_sap(
    folder: Path, out: Path, *, plant: str | None = None, answers: Path | None = None, decimal: str | None = None,
    work_week: float = WORK_WEEK,
) -> list[str]:  # fmt: skip
    """Turn table exports (SE16N) into a scenario.

    Parameters
    ----------
    folder : Path
        Files named by their table: ``MARC.csv``, ``se16n_mbew.txt``, ``VBAP.xlsx``.
    out : Path
        Scenario folder to write.
    plant : str, optional
        Needed where there are several.
    answers : Path, optional
        Folder of tables with what SAP does not hold; see `engine.scenario.importers.answers`.
    decimal : str, optional
        The decimal sign, where the numbers do not tell.
    work_week : float
        Days a week that in-house production and goods receipt are counted in.

    Returns
    -------
    list of str
        The notes, as in ``NOTES.md``: what is asked for and assumed meanwhile, and what was done.

    Raises
    ------
    ScenarioError
        With every fault, by file, row and field, or by the key of a material.
    """
    tables, faults = read_tables(folder, SAP, needed=NEEDED_TABLES, decimal=decimal)
    if faults:
        raise ScenarioError(faults)
    tables, plant = of_plant(tables, plant, folder)
    found = Found()
    lines = order_lines(tables, found.notes)
    made = materials(tables, sold=set() if lines is None else set(lines["product"]), work_week=work_week)
    found.notes += made.notes
    if made.products.empty:
        raise ScenarioError([Fault(file=folder.name, cause=cause("sap_no_product"))])
    found.add("products", made.products, "products of SAP")
    if len(made.components):
        found.add("components", made.components, "components of SAP")
        found.add("bom", made.bom, "bill of materials of SAP")
    if lines is not None:
        known = lines["product"].isin(made.products["product"])
        if not known.all():
            found.notes.append(f"Order lines of materials that MARC does not have, left out: {int((~known).sum()):,}.")
        found.add("orders", lines[known], "order lines of SAP")
    hours = routing(tables, made.products["product"], set(made.bom["product"]), found.notes)
    if hours is not None and len(hours):
        found.add("routing", hours, "routing of SAP")
    unknown = int((made.products["current_strategy"] == "").sum())
    if unknown:
        found.asked.append(f"products.csv: current_strategy of {unknown:,} of {len(made.products):,}, whose strategy "
                           "group says none; unknown meanwhile.")  # fmt: skip
    found.notes.insert(0, f"Read from SAP tables: {', '.join(sorted(tables))}; plant {plant or 'not named'}.")
    found.notes.append(
        f"Days: planned delivery in days of the calendar, in-house production and goods receipt in working days, "
        f"{work_week:g} a week. In-house production of products with a bill is assembly."
    )
    found.notes.append(
        "Unit costs are standard prices, or moving prices where these control, by price unit. Stock is the valuated "
        "one. Strategies of today are those of strategy groups."
    )
    return finish(found, answers, out, f"{folder.name} {plant}".strip() if plant else folder.name)


def of_plant(tables: dict[str, pd.DataFrame], plant: str | None, folder: Path) -> tuple[dict[str, pd.DataFrame], str]:
    """The tables of one plant, and which it is.

    Parameters
    ----------
    tables : dict of str to DataFrame
        MARC among them.
    plant : str or None
        The only one where not given.
    folder : Path
        Named in faults.

    Raises
    ------
    ScenarioError
        Where there are several, or the one given is not among them.
    """
    plants = sorted(set(tables["MARC"]["WERKS"]) - {""})
    if plant is None and len(plants) > 1:
        why = cause("sap_plants", count=len(plants), plants=", ".join(plants[:20]))
        raise ScenarioError([Fault(file=folder.name, cause=why)])
    if plant is not None and plant not in plants:
        why = cause("sap_plant_none", plant=plant, near=nearest(plant, plants))
        raise ScenarioError([Fault(file=folder.name, cause=why)])
    one = plant or (plants[0] if plants else "")
    kept = {}
    for name, frame in tables.items():
        field = _PLANTS.get(name)
        # A blank stands for all of them, as in purchasing records that no plant owns.
        kept[name] = frame[frame[field].isin((one, ""))].reset_index(drop=True) if field in frame else frame
    return kept, one
