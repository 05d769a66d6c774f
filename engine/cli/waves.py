"""The command that puts switches in order: waves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.decide import Gap, Samples, ScenarioPath, Seed, Variant, load
from engine.cli.stopping import PATIENCE_SECONDS, progress, stoppable
from engine.cli.writable import check_results
from engine.report.sentences.plain import counted

if TYPE_CHECKING:
    from engine.evaluate.waves.waves import Waves

# Switches of a wave that are told.
SHOWN = 3


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(waves)


def waves(
    scenario: ScenarioPath,
    out: Annotated[Path, typer.Option(help="Where waves.csv, switches.csv, cash.csv and summary.json go.")],
    sizes: Annotated[str, typer.Option(help="Most switches of each wave, then the rest.")] = "10,10,rest",
    by: Annotated[str | None, typer.Option(help="family or plant: a wave is one of them, in place of sizes.")] = None,
    budget: Annotated[
        float | None, typer.Option(help="Money once that the changes of a wave may cost, in place of sizes.", min=0.0)
    ] = None,
    every: Annotated[int, typer.Option(help="Months from one wave to the next.", min=1, max=60)] = 3,
    months: Annotated[
        int | None, typer.Option(help="Months to tell cash of; 24, or 12 after the last wave.", min=1, max=600)
    ] = None,
    gap: Gap = 1e-3,
    wave_gap: Annotated[float, typer.Option(help="Relative gap to prove for each wave.", min=0.0, max=1.0)] = 1e-4,
    samples: Samples = None,
    seed: Seed = None,
    variant: Variant = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show progress in a file, too.")] = False,
) -> None:
    """Put the switches from today's strategies to the plan in order: each wave the best next one, the last the plan."""
    from engine.evaluate.waves.sizes import sizes_of
    from engine.evaluate.waves.waves import waves as in_order
    from engine.report.files import write_results

    # Told before any work is done.
    sizes_of(sizes)
    check_results(out, "waves")
    given = load(scenario, variant)
    with stoppable(PATIENCE_SECONDS):
        schedule = in_order(
            given, sizes=sizes, by=by, budget=budget, every=every, months=months, gap=gap, wave_gap=wave_gap,
            samples=samples, seed=seed, log=progress(verbose=verbose),
        )  # fmt: skip
    _tell(schedule)
    tables = {name: getattr(schedule, name) for name in ("waves", "switches", "cash", "schedules")}
    write_results(out, tables, schedule.summary)
    typer.echo(f"  written to {out}")


def _tell(schedule: Waves) -> None:
    summary = schedule.summary
    money = summary["currency"]
    if not summary["switches"]:
        typer.echo(f"{summary['scenario']}: the plan keeps today's strategies; there is nothing to switch")
        return
    verb = "switches" if summary["switches"] == 1 else "switch"
    typer.echo(
        f"{summary['scenario']}: {counted(summary['switches'], 'product')} {verb} in "
        f"{counted(summary['waves'], 'wave')}, saving {summary['saving_per_year']:,.0f} {money} a year for "
        f"{summary['change_cost']:,.0f} once"
    )
    typer.echo(
        f"  {'wave':>4}{'month':>7}{'switches':>10}{'once':>11}{'saves a year':>14}{'so far':>11}{'pays back':>11}"
        f"{'inventory':>13}{'released':>12}{'built':>11}"
    )
    for row in schedule.waves.iloc[1:].to_dict("records"):
        repaid = row["payback_months"]
        typer.echo(
            f"  {row['wave']:>4}{row['month']:>7}{row['switches']:>10}{row['change_cost']:>11,.0f}"
            f"{row['saving_per_year']:>14,.0f}{row['saving_so_far']:>11,.0f}"
            f"{'never' if repaid != repaid else f'{repaid:,.1f} mo.':>11}"  # noqa: PLR0124  (NaN differs from itself)
            f"{row['inventory_value']:>13,.0f}{row['inventory_released']:>12,.0f}{row['inventory_built']:>11,.0f}"
        )
    for wave, rows in schedule.switches.groupby("wave", sort=True):
        told = [f"{row.product} {row.strategy_from} -> {row.strategy_to}" for row in rows.head(SHOWN).itertuples()]
        more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
        typer.echo(f"  wave {wave}: {', '.join(told)}{more}")
    of = schedule.schedules.set_index("schedule")["saving_in_first_wave"]
    if summary["waves"] > 1:
        typer.echo(
            f"  the first wave saves {of['waves']:,.0f} {money} a year; the largest single savings first, "
            f"{of['largest_first']:,.0f}"
        )
    if summary["over_budget"] > 0.0:
        typer.echo(
            f"  the last wave's changes cost {summary['over_budget']:,.0f} {money} more than the budget: no switches "
            "within it save by themselves"
        )
    if summary["saving_falls_by"] > 0.0:
        typer.echo(
            f"  a wave costs {summary['saving_falls_by']:,.0f} {money} a year more than before it: what the plan's "
            "rules ask for, or what its proof leaves open"
        )
