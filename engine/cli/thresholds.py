"""The command that looks for flips: thresholds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.decide import Samples, ScenarioPath, Seed, Variant, load
from engine.cli.stopping import PATIENCE_SECONDS, progress, stoppable
from engine.cli.writable import check_results
from engine.report.sentences.plain import counted

if TYPE_CHECKING:
    import pandas as pd

# As the table of thresholds says it.
ONLY_ONE = "only one strategy is possible"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(thresholds)


def thresholds(
    scenario: ScenarioPath,
    out: Annotated[Path, typer.Option(help="Where thresholds.csv and summary.json go.")],
    product: Annotated[list[str] | None, typer.Option(help="Only this product; may be repeated.")] = None,
    inputs: Annotated[
        str, typer.Option(help="Only these, with commas: demand_per_week,demand_cv,unit_cost,...")
    ] = "",
    gap: Annotated[float, typer.Option(help="Relative gap to prove at every decision.", min=0.0, max=1.0)] = 1e-4,
    samples: Samples = None,
    seed: Seed = None,
    variant: Variant = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show progress in a file, too.")] = False,
) -> None:
    """Find the value of each input at which a product's strategy flips, and show it by deciding again.

    Ctrl-C ends the search; the products finished by then are told and written.
    """
    from engine.evaluate.sensitivity.thresholds import thresholds as find
    from engine.report.files import write_results

    named = tuple(name.strip() for name in inputs.split(",") if name.strip())
    if inputs and not named:
        raise typer.BadParameter(f"'{inputs}' names no input; leave it out for all", param_hint="--inputs")
    check_results(out, "thresholds")
    given = load(scenario, variant)
    with stoppable(PATIENCE_SECONDS):
        study = find(
            given, products=product or (), inputs=named, gap=gap, samples=samples, seed=seed,
            log=progress(verbose=verbose),
        )  # fmt: skip
    counts = study.summary["counts"]
    flips = counts["verified"] + counts["open"]
    typer.echo(f"{given.name}: {counted(flips, 'flip')}, {counts['verified']} shown by deciding again on either side")
    if study.summary["status"] == "stopped":
        done, asked = study.summary["products_done"], study.summary["products_asked"]
        typer.echo(f"  stopped early: {done} of {counted(asked, 'product')}")
    for name, rows in study.table.groupby("product", sort=False):
        for line in _product(str(name), rows):
            typer.echo(line)
    write_results(out, {"thresholds": study.table}, study.summary)
    typer.echo(f"  written to {out}")


def _product(name: str, rows: pd.DataFrame) -> list[str]:
    """The flips of a product, or that there are none."""
    head = f"  {name} ({rows['strategy'].iloc[0]})"
    flips = rows[rows["strategy_below"] != ""]
    if len(flips):
        return [head, *(f"    {words}" for words in flips["words"])]
    if rows["words"].str.endswith(f": {ONLY_ONE}").all():
        return [f"{head}: {ONLY_ONE}"]
    looked = rows.loc[rows["side"] != "", "input"].nunique()
    if not looked:
        return [f"{head}: none of the inputs has an effect"]
    return [f"{head}: no flip within reach of the {counted(looked, 'input')} looked at"]
