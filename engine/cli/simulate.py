"""Command `codp simulate`: a plan under orders one by one, beside what it promised."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from engine.cli.decide import ScenarioPath, Seed, Variant, load
from engine.cli.writable import check_results
from engine.report.sentences.plain import counted, deviation, percent
from engine.words.causes import CHANCE, FEW

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluate.simulate.simulation import Simulation

PROGRESS_SECONDS = 0.5
SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(simulate)


def simulate(
    scenario: ScenarioPath,
    plan: Annotated[Path | None, typer.Option(help="Folder of a plan; solved first where none is given.")] = None,
    years: Annotated[
        float, typer.Option(help="Length of each replication, after its warm-up.", min=0.1, max=10_000)
    ] = 5.0,
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
    from engine.evaluate.processes.beside import beside
    from engine.evaluate.simulate.simulation import simulate as simulated
    from engine.report.files import read_plan, write_plan, write_results

    check_results(out, "simulation")
    case = load(scenario, variant)
    given = None if plan is None else read_plan(plan)
    began = time.perf_counter()
    with beside() as aside:
        simulation = simulated(
            case, given, years=years, replications=replications, seed=seed, replay=orders == "replay", correct=correct,
            told=_progress(), aside=aside,
        )  # fmt: skip
    simulation.summary["seconds"] = round(time.perf_counter() - began, 3)
    typer.echo(_told(simulation))
    if out is not None:
        tables = {
            name: getattr(simulation, name) for name in ("products", "ledger", "totals", "components", "resources")
        }
        if simulation.corrected is not None:
            write_plan(simulation.corrected, out / "corrected")
        write_results(out, tables, simulation.summary)
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


def _told(simulation: Simulation) -> str:
    """The simulation in words."""
    summary, money = simulation.summary, simulation.summary["currency"]
    runs = f"{counted(summary['replications'], 'replication')} of {counted(summary['years'], 'year')}"
    runs += f", seed {summary['seed']}, orders {summary['orders']}"
    lines = [
        f"{summary['scenario']}: {counted(len(simulation.products), 'product')}, {runs}",
        *_stopped(summary),
        f"  {'':8}{'planned':>14} {'simulated':>14} {'95% +-':>10}  {'':>7}  on time planned, simulated",
    ]
    lines += [
        f"  {row['strategy']:8}{row['planned_cost_per_year']:>14,.0f} {row['simulated_cost_per_year']:>14,.0f} "
        f"{row['half_width']:>10,.0f}  {deviation(row['deviation']):>7}  {percent(row['planned_on_time'])}, "
        f"{percent(row['simulated_on_time'])}"
        for row in simulation.totals.to_dict("records")
    ]
    lines += [
        f"  cost in {money} a year",
        *_deviations(simulation.products, summary["causes"]),
        *_targets(summary, "  "),
    ]
    if "corrected" in summary:
        check = summary["corrected"]
        lines.append(
            f"  corrected: {check['cost_per_year']:,.0f} {money} a year; on fresh seeds "
            f"{check['held_out_cost_per_year']:,.0f} +- {check['held_out_half_width']:,.0f} "
            f"({deviation(check['deviation'])}, ATO {deviation(check['ato_deviation'])})"
        )
        lines += _targets(check, "    ")
    return "\n".join(lines)


def _stopped(summary: dict[str, Any]) -> list[str]:
    """How far a simulation came that Ctrl-C ended."""
    if summary["status"] != "stopped":
        return []
    done, asked = summary["replications"], summary["replications_asked"]
    if done < asked:
        return [f"  stopped early: {done} of {counted(asked, 'replication')}, and what follows is from those"]
    if not summary["causes_looked_for"]:
        return ["  stopped early: the plan is simulated, causes are not looked for"]
    if "corrected" not in summary:
        return ["  stopped early: the plan is simulated, not corrected"]
    done = summary["corrected"]["replications"]
    return [f"  stopped early: the correction is checked on {done} of {counted(asked, 'replication')}"]


def _deviations(table: pd.DataFrame, causes: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    """Products that do not hold what the plan promises, the dearest first, and why."""
    named = table[table["likely_cause"] != ""].copy()
    if named.empty:
        return []
    named["size"] = (named["simulated_cost_per_year"] - named["planned_cost_per_year"]).abs()
    kind = named["product"].map(lambda product: causes[product][0]["kind"])
    few = kind == FEW
    open_ones = few | (kind == CHANCE)
    says = "product deviates" if len(named) == 1 else "products deviate"
    rest = ""
    if open_ones.any():
        rest = f"; of {int(open_ones.sum())} the simulation is too short to be sure"
        rest += f" ({int(few.sum())} with too few orders)" if few.any() else ""
    lines = [f"  {len(named)} {says} by more than 5% of cost or 2 points of service{rest}"]
    sure = named[~open_ones].sort_values(["size", "product"], ascending=[False, True])
    lines += [
        f"    {row['product']:<16} {row['strategy']} {_cost(row)}, on time "
        f"{percent(row['planned_on_time'])} -> {percent(row['simulated_on_time'])}: {row['likely_cause']}"
        for row in sure.head(SHOWN).to_dict("records")
    ]
    return lines


def _cost(row: dict[Hashable, Any]) -> str:
    """By how much a product's cost deviates: a share, or the amounts where next to nothing was planned."""
    if math.isfinite(row["cost_deviation"]):
        return f"{deviation(row['cost_deviation']):>7}"
    return f"{row['planned_cost_per_year']:,.0f} -> {row['simulated_cost_per_year']:,.0f} a year"


def _targets(summary: dict[str, Any], indent: str) -> list[str]:
    """On-time targets that are missed, and those of which too few orders tell nothing."""
    lines = []
    if summary["targets_missed"]:
        lines.append(f"{indent}on-time targets missed for sure: {_some(summary['targets_missed'])}")
    if summary["targets_untold"]:
        lines.append(f"{indent}too few orders to tell whether on-time targets hold: {_some(summary['targets_untold'])}")
    return lines


def _some(names: list[str]) -> str:
    """The first few names and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"
