"""The command that turns exports and known data into a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from engine.errors import EngineError

IMPORTERS = ("sap", "odoo", "table", "adventureworks", "man-spare-parts")
USED_BY = {
    "--map": ("table",), "--suggest": ("table",), "--plant": ("sap",), "--answers": ("sap", "odoo"),
    "--decimal": ("sap", "odoo"),
}  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(name="import")(import_)


def import_(
    source: Annotated[str, typer.Argument(help=f"One of {', '.join(IMPORTERS)}.")],
    folder: Annotated[Path, typer.Argument(help="Folder with the source's files; of 'table' a file will do.")],
    out: Annotated[Path | None, typer.Option(help="Scenario folder to write.")] = None,
    mapping: Annotated[Path | None, typer.Option("--map", help="table: which columns are which, as YAML.")] = None,
    suggest: Annotated[bool, typer.Option("--suggest", help="table: write a first --map from the headings.")] = False,
    plant: Annotated[str | None, typer.Option(help="sap: only this plant; by default all there are.")] = None,
    answers: Annotated[
        Path | None, typer.Option(help="sap, odoo: folder with tables of ours that hold what they do not.")
    ] = None,
    decimal: Annotated[str | None, typer.Option(help="sap, odoo: decimal sign, where the numbers do not tell.")] = None,
    work_week: Annotated[float, typer.Option(help="sap: working days a week.", min=1.0, max=7.0)] = 5.0,
    orders: Annotated[bool, typer.Option(help="adventureworks: with the order lines.")] = False,
    capacity: Annotated[bool, typer.Option(help="adventureworks: with work centres, their hours scaled.")] = False,
) -> None:
    """Turn exports and known data into a scenario; every assumption and scaling is printed and kept in its notes."""
    if source not in IMPORTERS:
        raise EngineError(f"there is no importer '{source}'; known are: {', '.join(IMPORTERS)}")
    if source == "table" and mapping is None:
        raise typer.BadParameter("which columns are which? --suggest writes a first one", param_hint="--map")
    _refuse_unused(source, {
        "--map": mapping is not None, "--suggest": suggest, "--plant": plant is not None,
        "--answers": answers is not None, "--decimal": decimal is not None,
    })  # fmt: skip
    if suggest and mapping is not None:
        from engine.scenario.importers.suggest import suggest_map

        points = suggest_map(folder, mapping)
        typer.echo(f"written to {mapping}; read it, then run 'codp import table {folder} --map {mapping} --out ...'")
        _list(points)
        return
    if decimal not in (None, ",", "."):
        raise typer.BadParameter(f"'{decimal}' is neither , nor .", param_hint="--decimal")
    if out is None:
        raise typer.BadParameter("names the scenario folder to write", param_hint="--out")
    notes = _imported(
        source, folder, out, mapping=mapping, plant=plant, answers=answers, decimal=decimal, work_week=work_week,
        orders=orders, capacity=capacity,
    )  # fmt: skip
    typer.echo(f"written to {out}; next 'codp check {out}', then 'codp solve {out} --out PLAN'")
    _list(notes)


def _refuse_unused(source: str, given: Mapping[str, bool]) -> None:
    """Refuse what would change nothing."""
    unused = [name for name, there in given.items() if there and source not in USED_BY[name]]
    if unused:
        raise typer.BadParameter(f"'{source}' does not use it", param_hint=", ".join(unused))


def _imported(
    source: str, folder: Path, out: Path, *, mapping: Path | None, plant: str | None, answers: Path | None,
    decimal: str | None, work_week: float, orders: bool, capacity: bool,
) -> list[str]:  # fmt: skip
    """What each importer says of what it did."""
    if source == "table" and mapping is not None:
        from engine.scenario.importers.table import import_table

        return import_table(folder, mapping, out)
    if source == "odoo":
        from engine.scenario.importers.odoo.convert import import_odoo

        return import_odoo(folder, out, answers=answers, decimal=decimal)
    if source == "sap":
        from engine.scenario.importers.sap.convert import import_sap

        return import_sap(folder, out, plant=plant, answers=answers, decimal=decimal, work_week=work_week)
    if source == "adventureworks":
        from engine.scenario.importers.adventureworks import import_adventureworks

        return import_adventureworks(folder, out, orders=orders, capacity=capacity)
    from engine.scenario.importers.man_spare_parts import import_man_spare_parts

    return import_man_spare_parts(folder, out)


def _list(points: list[str]) -> None:
    for point in points:
        typer.echo(f"  - {point}")
