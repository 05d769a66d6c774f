"""The command that writes a plan back: the settings of a planning system that change, as a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.decide import load
from engine.cli.report import ReportLanguage
from engine.cli.writable import check_folder
from engine.report.sentences.plain import counted
from engine.scenario.erp.odoo import DEFAULT_VERSION, ON_ORDER, OdooVersion

if TYPE_CHECKING:
    from engine.decision.plan import Plan
    from engine.report.erp.changes import Key


class System(StrEnum):
    """Systems that settings are written for."""

    csv = "csv"
    sap = "sap"
    odoo = "odoo"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(export)


def export(
    system: Annotated[System, typer.Argument(help="Whose settings: a plain table, SAP's or Odoo's.")],
    plan: Annotated[Path, typer.Argument(metavar="PLAN_DIR", help="A plan that 'codp solve' wrote.")],
    out: Annotated[Path, typer.Option(help="CSV file to write.")],
    scenario: Annotated[
        Path | None, typer.Option(help="Scenario of the plan: parts of products made to order are set, too.")
    ] = None,
    plant: Annotated[str, typer.Option(help="Plant or warehouse, put beside every item.")] = "",
    before: Annotated[
        list[Path] | None,
        typer.Option(
            help="Where old values are: a file written before and carried out, or a folder of exports: MARC of "
            "sap, products and reordering rules of odoo; repeatable, later ones count."
        ),
    ] = None,
    odoo_version: Annotated[OdooVersion, typer.Option(help="Version that the rules are for.")] = DEFAULT_VERSION,
    language: Annotated[ReportLanguage, typer.Option(help="Of the reasons.")] = ReportLanguage.en,
) -> None:
    """Write the settings that a plan changes: old and new value and why. Nothing is sent anywhere."""
    from engine.report.erp.changes import changes, write_changes
    from engine.report.erp.systems import material_master, plain, routes
    from engine.report.files import read_plan

    if out.suffix.lower() != ".csv":
        raise typer.BadParameter(f"'{out.name}' does not end in .csv", param_hint="--out")
    check_folder(out.absolute().parent)
    planned = read_plan(plan)
    settings = {System.csv: plain, System.sap: material_master, System.odoo: routes(odoo_version)}[system]
    earlier = _earlier(before or [], system, planned, plant)
    given = None if scenario is None else load(scenario)
    table = changes(planned, settings, scenario=given, plant=plant, before=earlier, language=language.value)
    write_changes(table, out)
    typer.echo(f"{counted(len(table), 'setting')} of {counted(table['item'].nunique(), 'item')} to change")
    idle_parts = int(planned.components["reorder_point"].isna().sum())
    if given is None and idle_parts:
        typer.echo(f"  left as they are: {counted(idle_parts, 'part')} without stock; --scenario tells whose they are")
    if shared := _shared(planned):
        typer.echo(f"  one stock of all plants: {counted(shared, 'part')}; set each once, in the plant where it lies")
    if system is System.odoo:
        typer.echo(f"  for Odoo {odoo_version.value}; '{ON_ORDER}' must be unarchived")
    if len(planned.stock_calendar):
        typer.echo("  stocks follow a season: these are the means of the year, stock_calendar.csv has each week's")
    if cut := int(planned.decisions["order_size_cutoff"].notna().sum()):
        typer.echo(f"  with a cut-off, above which orders are entered as made to order: {counted(cut, 'product')}")
    if idle := planned.summary.get("no_demand"):
        typer.echo(f"  without demand and not set: {counted(len(idle), 'product')}")
    typer.echo(f"  written to {out}")


def _earlier(paths: list[Path], system: System, plan: Plan, plant: str) -> dict[Key, str]:
    """What is set today, later sources over earlier ones."""
    from engine.report.erp.changes import known, read_changes

    earlier: dict[Key, str] = {}
    for path in paths:
        if system is System.sap and path.is_dir():
            earlier |= _masters(path, plan, plant)
        elif system is System.odoo and path.is_dir():
            earlier |= _rules(path, plant)
        else:
            earlier |= known([read_changes(path)])
    return earlier


def _rules(folder: Path, plant: str) -> dict[Key, str]:
    """What Odoo's routes and reordering rules hold today."""
    from engine.scenario.importers.odoo.today import rules_today

    return {(item, plant, model, field): value for (item, model, field), value in rules_today(folder).items()}


def _shared(plan: Plan) -> int:
    """Parts of a plan of several plants that have one stock for all of them."""
    parts = plan.components
    if "plant" not in plan.decisions or plan.decisions["plant"].nunique() < 2:
        return 0
    return int(((parts["plant"] == "") if "plant" in parts else parts["reorder_point"].notna()).sum())


def _masters(folder: Path, plan: Plan, plant: str) -> dict[Key, str]:
    """What SAP's masters hold today, of the plants of a plan, or of the one that is meant."""
    from engine.report.erp.systems import MARC
    from engine.scenario.importers.sap.today import masters_today

    held = masters_today(folder, plant or None)
    sited, sites = "plant" in plan.decisions or "plant" in plan.components, sorted({site for _, site, _ in held})
    if not sited and len(sites) > 1:
        said = f"{folder.name} holds {len(sites)} plants ({', '.join(sites[:20])}); say which the plan is of"
        raise typer.BadParameter(said, param_hint="--plant")
    return {(item, site if sited else plant, MARC, field): value for (item, site, field), value in held.items()}
