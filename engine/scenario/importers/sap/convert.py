"""From a folder of SAP's tables to a scenario."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.errors import Fault, ScenarioError
from engine.scenario.files.assumed import question
from engine.scenario.importers.answers import Found, finish
from engine.scenario.importers.listings import read_tables
from engine.scenario.importers.sap.fields import NEEDED_TABLES, SAP
from engine.scenario.importers.sap.hours import routing
from engine.scenario.importers.sap.materials import materials
from engine.scenario.importers.sap.orders import has_days, order_lines
from engine.scenario.importers.sap.plants import by_plant
from engine.scenario.importers.sap.units import base_units
from engine.scenario.importers.units import BaseUnits
from engine.words.reason import cause

# Where the tables of a scenario come from, as faults name it.
_ORIGINS = {
    "products": "products of SAP", "components": "components of SAP", "bom": "bill of materials of SAP",
    "orders": "order lines of SAP", "routing": "routing of SAP",
}  # fmt: skip
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
        The only one that is wanted; all where not given, each row with its own.
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
    export = Found()
    tables, faults = read_tables(
        folder, SAP, needed=NEEDED_TABLES, decimal=decimal, asked=export.asked, notes=export.notes,
        currencies=export.currencies,
    )  # fmt: skip
    if faults:
        raise ScenarioError(faults)
    if "VBAP" in tables and not any(has_days(tables[name]) for name in ("VBAK", "VBAP") if name in tables):
        near = any(one.notice.column == "AUDAT" for one in export.asked)
        about, done = " (document date), which no heading is", "order lines are left out meanwhile"
        export.asked += [] if near else [question("VBAK", "AUDAT", about=about, done=done, whole=True)]
    sites = by_plant(tables, plant, folder, export.notes)
    units = base_units(tables)
    read = {name: _of_plant(site, name if len(sites) > 1 else "", work_week, units) for name, site in sites.items()}
    export.asked += units.questions()
    if not any(len(site.frames["products"]) for site in read.values()):
        raise ScenarioError([Fault(file=folder.name, cause=cause("sap_no_product"))])
    for name, site in read.items():
        export.notes += [f"Plant {name}: {note}" for note in site.notes] if len(sites) > 1 else site.notes
    for name, origin in _ORIGINS.items():
        frames = [site.frames[name] for site in read.values() if name in site.frames]
        filled = [frame for frame in frames if len(frame)]
        if filled or (frames and name == "orders"):
            export.add(name, pd.concat(filled or frames, ignore_index=True), origin)
    current = export.tables["products"]["current_strategy"]
    unknown = current.count("")
    if unknown:
        export.asked.append(question(
            "products.csv", "current_strategy", about="{counts}, whose strategy group says none",
            done="unknown meanwhile", blank=unknown, rows=len(current),
        ))  # fmt: skip
    export.notes.insert(0, f"Read from SAP tables: {', '.join(sorted(tables))}; {_said(sites)}.")
    export.notes.append(
        f"Days: planned delivery in days of the calendar, in-house production and goods receipt in working days, "
        f"{work_week:g} a week. In-house production of products with a bill is assembly."
    )
    export.notes.append(
        "Unit costs are standard prices, or moving prices where these control, by price unit. Stock is the valuated "
        "one. Strategies of today are those of strategy groups."
    )
    return finish(export, answers, out, f"{folder.name} {' '.join(sites)}".strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """What the tables of one plant say, by table of a scenario."""

    frames: dict[str, pd.DataFrame]
    notes: list[str]


def _of_plant(tables: dict[str, pd.DataFrame], plant: str, work_week: float, units: BaseUnits) -> _Site:
    """The tables of one plant put together; its name in every row where it is not ''."""
    notes: list[str] = []
    lines = order_lines(tables, units, notes)
    sold = set() if lines is None else set(lines["product"])
    made = materials(tables, sold=sold, work_week=work_week, units=units)
    notes += made.notes
    frames = {"products": made.products, "components": made.components, "bom": made.bom}
    if lines is not None:
        mask = lines["product"].isin(made.products["product"])
        if not mask.all():
            notes.append(f"Order lines of materials that MARC does not have, left out: {int((~mask).sum()):,}.")
        frames["orders"] = lines[mask]
    hours = routing(tables, made.products["product"], set(made.bom["product"]), notes)
    if hours is not None:
        frames["routing"] = hours
    if plant:
        frames = {name: frame.assign(plant=plant) for name, frame in frames.items()}
    return _Site(frames=frames, notes=notes)


def _said(plants: Iterable[str]) -> str:
    named = [plant for plant in plants if plant]
    if not named:
        return "plant not named"
    return f"plant {named[0]}" if len(named) == 1 else f"plants {', '.join(named)}"
