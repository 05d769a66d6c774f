"""Commands about data: check, import, template, example, fit."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.decide import EXIT_FAULTY, ScenarioPath, Today, Workers, day_of, load
from engine.report.sentences.plain import counted


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(check)
    app.command()(template)
    app.command()(example)
    app.command()(fit)


def check(scenario: ScenarioPath, today: Today = None) -> None:
    """List every fault of a scenario as file:row:column: what is wrong, what would be right; and every warning."""
    from engine.cli.warned import idle, told
    from engine.scenario.locks import expired_locks

    case = load(scenario)
    case = case.with_notices(expired_locks(case, day_of(today)))
    if len(case.orders):
        from engine.demand.book.book import order_book

        # Order lines that fill no blank are looked at all the same.
        case = case.with_notices(order_book(case).notices)
    names = ("product", "component", "resource", "order")
    counts = ", ".join(counted(len(case.table(f"{name}s")), name) for name in names)
    for line in told(case.notices, most=None):
        typer.echo(line)
    for line in idle(case):
        typer.echo(line)
    typer.echo(f"{case.name}: no faults ({counts}; {counted(len(case.settings.variants), 'variant')})")


def template(
    path: Annotated[Path, typer.Argument(help="New folder, or new .xlsx file.")],
) -> None:
    """Write an empty scenario with every column explained: units, meaning, choices."""
    from engine.scenario.files.template import write_template

    write_template(path)
    typer.echo(f"written to {path}; fill it in and run 'codp check {path}'")


def example(
    name: Annotated[str | None, typer.Argument(help="Which; without one, they are listed.")] = None,
    folder: Annotated[Path | None, typer.Argument(help="New folder, by default of the example's name.")] = None,
) -> None:
    """Copy an example scenario into a folder of your own, to check, solve and change."""
    from engine.scenario.examples import copy_example, example_names

    if name is None:
        typer.echo("\n".join(example_names()))
        return
    target = Path(name) if folder is None else folder
    copy_example(name, target)
    typer.echo(f"written to {target}; run 'codp solve {target} --out {target}-plan'")


def fit(
    scenario: ScenarioPath,
    out: Annotated[Path, typer.Option(help="Where fit.csv and summary.json go.")],
    weeks: Annotated[int, typer.Option(help="Fewest weeks of history to fit from.", min=2)] = 26,
    target_quantile: Annotated[
        float, typer.Option(help="Quantile of requested waits for the target.", min=0.0, max=1.0)
    ] = 0.1,
    on_time_today: Annotated[
        float | None,
        typer.Option(help="Share delivered on time today, below 1: prints the late cost it implies.", min=0.0, max=1.0),
    ] = None,
    workers: Workers = None,
) -> None:
    """Fit demand columns to order lines: mean, CV, class, distribution, target; says what was cleaned."""
    from engine.cli.warned import told
    from engine.demand.fitting.fit import fit_demand
    from engine.demand.fitting.late_cost import with_implied_late_cost
    from engine.demand.fitting.write import write_fit
    from engine.evaluate.processes.beside import copied
    from engine.evaluate.processes.side_by_side import side_by_side
    from engine.report.machine import cores
    from engine.scenario.read import read_scenario

    if on_time_today == 1.0:
        raise typer.BadParameter("no finite late cost makes all orders on time; give a share below 1")
    given = read_scenario(scenario)
    # A process that is no copy loads the engine anew, which takes longer than to judge some hundred products.
    beside = partial(side_by_side, processes=workers or (cores() if copied() else 1))
    fitted = fit_demand(given, weeks_min=weeks, target_quantile=target_quantile, pieces=beside)
    write_fit(fitted, out)
    served = int((fitted.table["distribution"] != "").sum())
    typer.echo(f"{given.name}: {served} of {counted(len(fitted.table), 'product')} fitted")
    for note in fitted.notes:
        typer.echo(f"  - {note}")
    for line in told(fitted.notices):
        typer.echo(f"  {line}", err=True)
    for fault in fitted.faults:
        typer.echo(f"  {fault}", err=True)
    if on_time_today is not None:
        blank = given.products["late_cost_per_unit_day"].isna()
        implied = with_implied_late_cost(given, on_time_today).products[blank]
        typer.echo("  late cost per unit and day that today's service implies, b = h beta / (1 - beta):")
        for row in implied.itertuples(index=False):
            typer.echo(f"    {row.product:<20} {float(str(row.late_cost_per_unit_day)):.4g}")
        if implied.empty:
            typer.echo("    none: every product has a late_cost_per_unit_day of its own")
    typer.echo(f"  written to {out}")
    if not served:
        raise typer.Exit(EXIT_FAULTY)
