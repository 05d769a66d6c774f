"""The command that trades cost against something else: frontier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.decide import Gap, Samples, ScenarioPath, Seed, Variant, load
from engine.cli.stopping import PATIENCE_SECONDS, progress, stoppable
from engine.cli.writable import check_results

if TYPE_CHECKING:
    import pandas as pd

# Switches of a step that are told.
SHOWN = 3


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(frontier)


def frontier(
    scenario: ScenarioPath,
    out: Annotated[Path, typer.Option(help="Where frontier.csv, switches.csv and summary.json go.")],
    by: Annotated[str, typer.Option(help="inventory, lead_time or on_time.")] = "inventory",
    points: Annotated[int, typer.Option(help="Limits to try.", min=2, max=200)] = 8,
    gap: Gap = 1e-3,
    point_gap: Annotated[
        float, typer.Option(help="Relative gap to prove for the other points.", min=0.0, max=0.99)
    ] = 1e-2,
    point_samples: Annotated[
        int | None,
        typer.Option(help="Samples on which strategies of rough points by inventory are looked for.", min=1),
    ] = None,
    samples: Samples = None,
    seed: Seed = None,
    variant: Variant = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show progress in a file, too.")] = False,
) -> None:
    """Show what less inventory, a shorter promise or better service costs, and who switches on the way.

    The points found so far are written after each of them. Ctrl-C ends it; they are told then.
    """
    from engine.evaluate.processes.beside import beside
    from engine.evaluate.studies.frontier import By, Frontier
    from engine.evaluate.studies.frontier import frontier as trade
    from engine.report.files import write_results

    if by not in list(By):
        raise typer.BadParameter(f"'{by}' is none of {', '.join(By)}", param_hint="--by")

    check_results(out, "frontier")
    given = load(scenario, variant)

    def write(so_far: Frontier) -> None:
        write_results(out, {"frontier": so_far.points, "switches": so_far.switches}, so_far.summary)

    with stoppable(PATIENCE_SECONDS), beside() as aside:
        study = trade(
            given, by=By(by), points=points, gap=gap, point_gap=point_gap, point_samples=point_samples,
            samples=samples, seed=seed, log=progress(verbose=verbose), so_far=write, aside=aside,
        )  # fmt: skip
    money = given.settings.currency
    typer.echo(f"{given.name}: {study.summary['kept']} of {points} points kept")
    if study.summary["status"] == "stopped":
        typer.echo(f"  stopped early: {study.summary['points_done']} of {points} points tried")
    typer.echo(f"  {'point':>5}{'cost, ' + money:>16}{'inventory':>14}{'promise':>9}{'on time':>9}  MTS/ATO/MTO")
    for row in study.points.to_dict("records"):
        if not row["kept"]:
            typer.echo(f"  {row['point']:>5}  left out: {row['reason']}")
            continue
        counts = "/".join(str(row[name]) for name in ("MTS", "ATO", "MTO"))
        typer.echo(
            f"  {row['point']:>5}{row['cost_per_year']:>16,.0f}{row['inventory_value']:>14,.0f}"
            f"{row['promised_lead_time_days']:>9.1f}{row['on_time']:>9.1%}  {counts}"
            + (", the plan as it is" if row["plan"] else "")
        )
    for line in _switches(study.switches):
        typer.echo(line)
    write(study)
    typer.echo(f"  written to {out}")


def _switches(table: pd.DataFrame) -> list[str]:
    """Who switches from each point to the next, those whose cost changes most first."""
    size = (table["cost_to_per_year"] - table["cost_from_per_year"]).abs()
    lines = []
    for (first, then), rows in table.assign(size=size).groupby(["from_point", "to_point"], sort=True):
        told = [
            f"{row.product} {row.strategy_from} -> {row.strategy_to}"
            for row in rows.sort_values(["size", "product"], ascending=[False, True]).head(SHOWN).itertuples()
        ]
        more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
        lines.append(f"  from point {first} to {then}: {', '.join(told)}{more}")
    return lines
