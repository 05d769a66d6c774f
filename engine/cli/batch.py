"""Commands for catalogues of any size: batch fit, batch run, batch report."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.decide import EXIT_FAULTY, Today, day_of
from engine.cli.leaving import leave_cause
from engine.cli.stopping import EXIT_STOPPED, PATIENCE_SECONDS, progress, stoppable
from engine.cli.writable import check_results
from engine.report.sentences.plain import counted


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    batch = typer.Typer(help="Catalogues of any size: decide them in partitions, on this machine or a cluster.")
    batch.command()(fit)
    batch.command()(run)
    batch.command()(report)
    batch.command()(thresholds)
    app.add_typer(batch, name="batch")


def fit(
    catalogue: Annotated[Path, typer.Argument(help="Folder of tables; demand columns of products may be blank.")],
    orders: Annotated[Path, typer.Option(help="Order lines: a CSV file, a Parquet file or a folder of such.")],
    out: Annotated[Path, typer.Option(help="New folder: the catalogue with its blanks filled, and fit/.")],
    workers: Annotated[int | None, typer.Option(help="Processes side by side; all cores by default.", min=1)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Fill blank demand columns of a catalogue from order lines, partition by partition, into a new folder.

    Exit codes: 0 done, 1 faulty input or no product could be fitted.
    """
    from engine.catalog.intake.fitted import FIT, fit_catalogue
    from engine.errors import EngineError
    from engine.report.machine import cores

    def log(line: str) -> None:
        if not quiet:
            typer.echo(f"  {line}", err=True)

    try:
        summary = fit_catalogue(catalogue, orders, out, workers=workers or cores(), log=log).summary
    except EngineError as error:
        typer.echo(str(error), err=True)
        leave_cause(error)
        raise typer.Exit(EXIT_FAULTY) from error
    typer.echo(
        f"{summary['scenario']}: {summary['fitted']:,} of {counted(summary['products'], 'product')} fitted to "
        f"{counted(summary['lines'], 'order line')}; {summary['no_demand']:,} without demand, "
        f"{summary['refused']:,} refused"
    )
    if summary["lines_of_other_products"]:
        others = counted(summary["lines_of_other_products"], "order line")
        typer.echo(f"  {others} of products that are not in the catalogue")
    if summary["warnings"]:
        typer.echo(f"  {counted(summary['warnings'], 'warning')} in {out / FIT / 'warnings.csv'}")
    typer.echo(f"  written to {out}; {out / FIT} tells of it; 'codp batch run {out}' decides it")
    if summary["refused"] and not summary["fitted"]:
        raise typer.Exit(EXIT_FAULTY)


def run(
    catalogue: Annotated[Path, typer.Argument(help="Folder of tables (Parquet or CSV) with scenario.yaml.")],
    out: Annotated[Path, typer.Option(help="Folder of the run; the same command resumes it.")],
    gap: Annotated[float, typer.Option(help="Relative gap to prove for every group.", min=0.0, max=0.99)] = 4e-3,
    samples: Annotated[int | None, typer.Option(help="In place of the catalogue's own.", min=1)] = None,
    seed: Annotated[int | None, typer.Option(help="In place of the catalogue's own.", min=0)] = None,
    always_available_share: Annotated[
        float, typer.Option(help="Parts below this share of every product's cost tie no products.", min=0.0, max=0.99)
    ] = 0.0,
    largest_group: Annotated[
        int, typer.Option(help="Groups with more products end at the bound of their prices.", min=1)
    ] = 400,
    moved_group: Annotated[
        int, typer.Option(help="Groups with more products keep the program's strategies; no single moves.", min=1)
    ] = 20,
    bundle_products: Annotated[int, typer.Option(help="Products of small groups put into one program.", min=1)] = 200,
    partitions: Annotated[int | None, typer.Option(help="Files; by size where left out.", min=1)] = None,
    certify_share: Annotated[
        float, typer.Option(help="Share of groups that the Pyomo model has the last word on.", min=0.0, max=1.0)
    ] = 0.01,
    certify: Annotated[bool, typer.Option(help="Let the Pyomo model have the last word on that share.")] = True,
    workers: Annotated[
        int | None, typer.Option(help="Processes here; all cores by default, 0 without Dask.", min=0)
    ] = None,
    scheduler: Annotated[str | None, typer.Option(help="Dask cluster: tls://host:port.")] = None,
    insecure_tcp: Annotated[bool, typer.Option("--insecure-tcp", help="Allow tcp:// to another host.")] = False,
    stop_on_rejected: Annotated[
        bool, typer.Option("--stop-on-rejected", help="End at the first faulty row instead of going on without it.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    today: Today = None,
) -> None:
    """Decide a catalogue; Ctrl-C leaves a run that the same command resumes.

    Exit codes: 0 complete, 1 faulty input or a partition that failed, 130 stopped.
    """
    from engine.catalog.options import BatchOptions
    from engine.catalog.run import Stopped, run_batch
    from engine.errors import EngineError

    options = BatchOptions(
        gap=gap, samples=samples, seed=seed, always_available_share=always_available_share, partitions=partitions,
        largest_group=largest_group, moved_group=moved_group, stop_on_rejected=stop_on_rejected,
        bundle_products=bundle_products, certify_share=certify_share if certify else 0.0,
    )  # fmt: skip

    def log(line: str) -> None:
        if not quiet:
            typer.echo(f"  {line}", err=True)

    command = shlex.join(["codp", *sys.argv[1:]])
    try:
        result = run_batch(
            catalogue, out, options=options, workers=workers, scheduler=scheduler, insecure_tcp=insecure_tcp,
            today=day_of(today), log=log,
        )  # fmt: skip
    except Stopped as error:
        typer.echo(f"{error}: {command}", err=True)
        raise typer.Exit(EXIT_STOPPED) from error
    except KeyboardInterrupt as error:
        typer.echo(f"stopped; what is finished is kept; the same command goes on: {command}", err=True)
        raise typer.Exit(EXIT_STOPPED) from error
    except EngineError as error:
        typer.echo(str(error), err=True)
        leave_cause(error)
        raise typer.Exit(EXIT_FAULTY) from error
    if result.failed:
        for number, reason in sorted(result.failed.items()):
            typer.echo(f"partition {number} of {result.partitions} failed: {reason}", err=True)
        typer.echo(
            f"{result.finished} partitions are finished and kept; the same command tries the others again", err=True
        )
        raise typer.Exit(EXIT_FAULTY)
    summary = result.summary
    typer.echo(
        f"{summary['scenario']}: {counted(summary['products'], 'product')} for {summary['objective_per_year']:,.0f} "
        f"{summary['currency']} a year, strategies proven within {summary['gap']:.2%}; "
        f"{counted(summary['rejected_rows'], 'row')} rejected"
    )
    typer.echo(f"  written to {out}; 'codp batch report {out}' shows it")


def report(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a complete run.")],
    top: Annotated[int, typer.Option(help="Switches to list.", min=1)] = 20,
    tables: Annotated[Path | None, typer.Option(help="Write the tables there as CSV.")] = None,
    sqlite: Annotated[Path | None, typer.Option(help="Write all decisions into this SQLite file.")] = None,
) -> None:
    """Tell what a run found: totals, strategies by family, the switches that save most, a histogram of regret."""
    from engine.catalog.results.report import batch_report, report_text, write_sqlite, write_tables

    summary = batch_report(out, top=top)
    typer.echo(report_text(summary))
    if tables is not None:
        write_tables(summary, tables)
        typer.echo(f"  tables written to {tables}")
    if sqlite is not None:
        typer.echo(f"  {write_sqlite(out, sqlite):,} decisions written to {sqlite}")


def thresholds(
    run: Annotated[Path, typer.Argument(help="Folder of a complete batch run.", metavar="RUN")],
    scenario: Annotated[Path, typer.Option(help="The catalogue that it was made from.")],
    out: Annotated[
        Path | None, typer.Option(help="Where thresholds.csv and summary.json go; by default RUN/thresholds.")
    ] = None,
    product: Annotated[list[str] | None, typer.Option(help="Only this product; may be repeated.")] = None,
    inputs: Annotated[str, typer.Option(help="With commas: demand_per_week,demand_cv,...")] = "demand_per_week",
    most: Annotated[
        int, typer.Option(help="Products where none are named: those nearest to another strategy.", min=1)
    ] = 100,
    gap: Annotated[float, typer.Option(help="Relative gap to prove at every decision.", min=0.0, max=1.0)] = 1e-4,
) -> None:
    """Find at which demand products of a run flip, each with its group alone; 'codp review RUN' has them from there."""
    from engine.catalog.results.thresholds import THRESHOLDS, thresholds_of_run
    from engine.report.files import write_results

    target = run / THRESHOLDS if out is None else out
    check_results(target, THRESHOLDS)
    named = tuple(name.strip() for name in inputs.split(",") if name.strip())
    with stoppable(PATIENCE_SECONDS):
        found = thresholds_of_run(
            run, scenario, products=product or (), inputs=named, most=most, gap=gap, log=progress(verbose=False)
        )
    summary = found.summary
    flips = summary["counts"]["verified"] + summary["counts"]["open"]
    typer.echo(
        f"{summary['scenario']}: {counted(flips, 'flip')} of {counted(summary['products_done'], 'product')}, "
        f"{summary['counts']['verified']} shown by deciding again on either side"
    )
    for name, said in (("groups_too_large", "in groups too large to be looked at (--moved-group)"),
                       ("other_strategy", "left out: samples give them another strategy than the run")):  # fmt: skip
        if summary[name]:
            typer.echo(f"  {counted(summary[name], 'product')} {said}")
    write_results(target, {THRESHOLDS: found.table}, summary)
    typer.echo(f"  written to {target}")
