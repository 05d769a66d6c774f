"""Time of the simulation as whole paths and event by event, on the same drawn orders."""

from __future__ import annotations

import time

from benchmarks.instances import group
from engine.decision.outcome import Infeasible
from engine.decision.solve import solve
from engine.demand.fitting.complete import complete
from engine.evaluate.simulate.replicate import Form, simulate_system
from engine.evaluate.simulate.translate import system_of
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario

BUNDLED = ("tiny", "bicycles", "industrial-pumps", "spare-parts")


def report(
    *, products: int = 100, years: float = 5.0, samples: int = 100, bundled: tuple[str, ...] = BUNDLED
) -> list[str]:
    """The bundled scenarios, and random groups with and without an assembly line whose hours bind; one replication.

    Processor seconds; plans are decided beforehand, those of groups to 2%.
    """
    scenarios = {name: (complete(read_scenario(f"scenarios/{name}")), 0.001) for name in bundled}
    for capacity in (False, True):
        name = f"random, {products} products" + (" on a line" if capacity else "")
        scenarios[name] = group(products, samples=samples, capacity=capacity), 0.02
    return [
        "| scenario | resources | MTS, ATO, MTO | units a week | years | events s | paths s | paths / events |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(name, scenario, years, gap) for name, (scenario, gap) in scenarios.items()),
    ]


def _row(name: str, scenario: Scenario, years: float, gap: float) -> str:
    resources = len(scenario.resources)
    outcome = solve(scenario, gap=gap, time_limit=60.0)
    if isinstance(outcome, Infeasible) or outcome.plan is None:
        return f"| {name} | {resources} | no plan | | | | | |"
    system = system_of(scenario, outcome.plan)
    spent, units = [], 0.0
    forms: tuple[Form, ...] = ("events", "paths")
    for form in forms:
        began = time.process_time()
        seen = simulate_system(system, years=years, replications=1, form=form)
        spent.append(time.process_time() - began)
        units = 7.0 * float(seen.observed.units.mean(axis=0).sum())
    counts = ", ".join(str(count) for count in outcome.plan.summary["counts"].values())
    shown = f"{spent[0]:.2f} | {spent[1]:.2f} | {spent[1] / spent[0]:.2f}"
    return f"| {name} | {resources} | {counts} | {units:,.0f} | {years:g} | {shown} |"
