"""Commands about data: check, import, template, fit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.decide import ScenarioPath, load
from engine.errors import EngineError

IMPORTERS = ("adventureworks", "man-spare-parts")


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(check)
    app.command(name="import")(import_)


def check(scenario: ScenarioPath) -> None:
    """List every fault of a scenario as file:row:column: what is wrong, what would be right."""
    found = load(scenario)
    counts = ", ".join(f"{len(found.table(name))} {name}" for name in ("products", "components", "resources", "orders"))
    typer.echo(f"{found.name}: no faults ({counts}; {len(found.settings.variants)} variants)")


def import_(
    source: Annotated[str, typer.Argument(help=f"One of {', '.join(IMPORTERS)}.")],
    folder: Annotated[Path, typer.Argument(help="Folder with the source's files.")],
    out: Annotated[Path, typer.Option(help="Scenario folder to write.")],
    orders: Annotated[bool, typer.Option(help="adventureworks: with the order lines.")] = False,
    capacity: Annotated[bool, typer.Option(help="adventureworks: with work centres, their hours scaled.")] = False,
) -> None:
    """Turn known data into a scenario; every assumption and scaling is printed and kept in its notes."""
    if source == "adventureworks":
        from engine.scenario.importers.adventureworks import import_adventureworks

        notes = import_adventureworks(folder, out, orders=orders, capacity=capacity)
    elif source == "man-spare-parts":
        from engine.scenario.importers.man_spare_parts import import_man_spare_parts

        notes = import_man_spare_parts(folder, out)
    else:
        raise EngineError(f"there is no importer '{source}'; known are: {', '.join(IMPORTERS)}")
    typer.echo(f"written to {out}")
    for note in notes:
        typer.echo(f"  - {note}")
