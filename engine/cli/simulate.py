"""Command `codp simulate`: a plan under orders one by one, beside what it promised."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from engine.cli.decide import ScenarioPath, Seed, Variant, load

if TYPE_CHECKING:
    from engine.evaluate.simulate.simulation import Simulation

PROGRESS_SECONDS = 0.5
SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(simulate)


def simulate(
    scenario: ScenarioPath,
    plan: Annotated[Path | None, typer.Option(help="Folder of a plan; solved first where none is given.")] = None,
    years: Annotated[float, typer.Option(help="Length of each replication, after its warm-up.", min=0.1)] = 5.0,
    replications: Annotated[int, typer.Option(help="Independent runs.", min=1)] = 10,
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option(help="Where tables and summary go.")] = None,
    variant: Variant = None,
    orders: Annotated[
        Literal["drawn", "replay"], typer.Option(help="Draw orders, or replay the scenario's order lines.")
    ] = "drawn",
    correct: Annotated[
        bool, typer.Option("--correct", help="Tune components' base stocks to the simulation; OUT/corrected is a plan.")
    ] = False,
) -> None:
    """Simulate a plan order by order: whether it holds what it promises, and if not, why.

    Ctrl-C ends the simulation; what is finished by then is reported.
    """
    from engine.evaluate.simulate.simulation import simulate as simulated
    from engine.report.files import read_plan, refuse_to_replace, write_plan, write_results

    if out is not None:
        refuse_to_replace(out, "simulation")
    case = load(scenario, variant)
    given = None if plan is None else read_plan(plan)
    began = time.perf_counter()
    found = simulated(
        case, given, years=years, replications=replications, seed=seed, replay=orders == "replay", correct=correct,
        told=_progress(),
    )  # fmt: skip
    found.summary["seconds"] = round(time.perf_counter() - began, 3)
    typer.echo(_told(found))
    if out is not None:
        tables = {name: getattr(found, name) for name in ("products", "ledger", "totals", "components", "resources")}
        if found.corrected is not None:
            write_plan(found.corrected, out / "corrected")
        write_results(out, tables, found.summary)
        typer.echo(f"  written to {out}")


def _progress() -> Callable[[str, int, int], None]:
    """One line on a terminal, now and then; nothing where the errors go to a file."""
    last = 0.0

    def told(phase: str, done: int, steps: int) -> None:
        nonlocal last
        if not sys.stderr.isatty():
            return
        now = time.monotonic()
        if done == steps or now - last > PROGRESS_SECONDS:
            last = now
            typer.echo(f"\r  {phase} {done / max(steps, 1):4.0%}", err=True, nl=done == steps)

    return told


def _told(found: Simulation) -> str:
    """The simulation in words."""
    summary, money = found.summary, found.summary["currency"]
    runs = f"{summary['replications']} replications of {summary['years']:g} years, seed {summary['seed']}"
    lines = [f"{summary['scenario']}: {len(found.products)} products, {runs}, orders {summary['orders']}"]
    if summary["status"] == "stopped":
        lines.append("  stopped early: what follows is from the replications finished")
    lines.append(f"  {'':8}{'planned':>14} {'simulated':>14} {'95% +-':>10}  {'':>7}  on time planned, simulated")
    lines += [
        f"  {row.strategy:8}{row.planned_cost_per_year:>14,.0f} {row.simulated_cost_per_year:>14,.0f} "
        f"{row.half_width:>10,.0f}  {row.deviation:>+7.1%}  {row.planned_on_time:.1%}, {row.simulated_on_time:.1%}"
        for row in found.totals.itertuples()
    ]
    lines.append(f"  cost in {money} a year")
    table = found.products
    named = table[table["likely_cause"] != ""].copy()
    named["size"] = (named["simulated_cost_per_year"] - named["planned_cost_per_year"]).abs()
    sure = named[~named["likely_cause"].str.startswith("chance")]
    chance = len(named) - len(sure)
    if len(named):
        lines.append(
            f"  {len(named)} products deviate by more than 5% of cost or 2 points of service, "
            f"{chance} of them within what chance allows"
        )
    lines += [
        f"    {row.product:<16} {row.strategy} {row.cost_deviation:>+7.1%}, on time "
        f"{row.planned_on_time:.1%} -> {row.simulated_on_time:.1%}: {row.likely_cause}"
        for row in sure.sort_values(["size", "product"], ascending=[False, True]).head(SHOWN).itertuples()
    ]
    if summary["targets_missed"]:
        lines.append(f"  on-time targets missed for sure: {_some(summary['targets_missed'])}")
    if "corrected" in summary:
        check = summary["corrected"]
        lines.append(
            f"  corrected: {check['cost_per_year']:,.0f} {money} a year; on fresh seeds "
            f"{check['held_out_cost_per_year']:,.0f} +- {check['held_out_half_width']:,.0f} "
            f"({check['deviation']:+.1%}, ATO {check['ato_deviation']:+.1%})"
        )
        if check["targets_missed"]:
            lines.append(f"    on-time targets missed for sure: {_some(check['targets_missed'])}")
    return "\n".join(lines)


def _some(names: list[str]) -> str:
    """The first few names and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"
