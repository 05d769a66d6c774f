"""The command that prices a goal: goal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.decide import Gap, ScenarioPath, Variant, load
from engine.cli.stopping import PATIENCE_SECONDS, stoppable
from engine.cli.writable import check_folder

if TYPE_CHECKING:
    from engine.evaluate.studies.goals import Reached


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(goal)


def goal(
    scenario: ScenarioPath,
    out: Annotated[Path, typer.Option(help="Where the plan that reaches the goal goes.")],
    inventory_below: Annotated[
        float | None, typer.Option(help="Percent that inventory is to be below today's strategies.", min=0.0, max=100.0)
    ] = None,
    on_time: Annotated[
        float | None, typer.Option(help="Percent of units on time, of every product, at least.", min=0.0, max=99.9)
    ] = None,
    switches: Annotated[int | None, typer.Option(help="Products that leave today's strategy, at most.", min=0)] = None,
    gap: Gap = 1e-3,
    variant: Variant = None,
) -> None:
    """Price a goal: "inventory 20% below today", "on time at least 95%", "at most 10 switches", or several at once.

    Exit codes: 0 reached, 1 faulty input, 3 no plan reaches it, 4 no plan in time.
    """
    from engine.economics.exposure.draw import SampleCache
    from engine.evaluate.processes.beside import beside
    from engine.evaluate.studies.goals import Goal, reach
    from engine.evaluate.trust.plan_certainty import with_figures
    from engine.report.files import refuse_to_replace, write_plan

    wanted = Goal(
        inventory_below_today=None if inventory_below is None else inventory_below / 100.0,
        on_time=None if on_time is None else on_time / 100.0,
        most_switches=switches,
    )
    if wanted == Goal():
        raise typer.BadParameter("say what is wanted: --inventory-below, --on-time or --switches")
    check_folder(out)
    refuse_to_replace(out, "plan", plan=True)
    given = load(scenario, variant)
    with stoppable(PATIENCE_SECONDS):
        cache = SampleCache()
        reached = reach(given, wanted, gap=gap, cache=cache)
        with beside() as aside:
            plan = with_figures(reached.scenario, reached.plan, cache=cache, aside=aside)
    typer.echo(_told(reached))
    write_plan(plan, out)
    typer.echo(f"  written to {out}")


def _told(reached: Reached) -> str:
    summary, price = reached.plan.summary, reached.price
    money = summary["currency"]
    before = reached.without.objective_per_year
    return "\n".join([
        f"{summary['scenario']}: the goal costs {price.cost_per_year:+,.0f} {money} a year",
        f"  cost      {reached.plan.objective_per_year:>14,.0f} {money} a year, without the goal {before:,.0f}",
        f"  inventory {summary['inventory_value']:>14,.0f} {money} on average ({price.inventory_value:+,.0f})",
        f"  switches  {price.switches:>14,}   without the goal {price.switches_before:,}",
    ])  # fmt: skip
