"""Time of the simulation: one hundred products that share modules, five years."""

from __future__ import annotations

import time

from benchmarks.instances import group
from engine.decision.outcome import Infeasible
from engine.decision.solve import solve
from engine.evaluate.simulate.simulation import simulate


def report(*, products: int = 100, years: float = 5.0, samples: int = 100) -> list[str]:
    """With and without an assembly line whose hours bind; the plan is decided beforehand, to 2%."""
    head = "| products | assembly line | MTS, ATO, MTO | units a week | years | simulation s |"
    rows = [head, "|---|---|---|---|---|---|"]
    for capacity in (False, True):
        scenario = group(products, samples=samples, capacity=capacity)
        outcome = solve(scenario, gap=0.02, time_limit=60.0)
        if isinstance(outcome, Infeasible) or outcome.plan is None:
            rows.append(f"| {products} | {'yes' if capacity else 'no'} | no plan | | | |")
            continue
        began = time.perf_counter()
        found = simulate(scenario, outcome.plan, years=years, replications=1)
        seconds = time.perf_counter() - began
        counts = ", ".join(str(count) for count in outcome.plan.summary["counts"].values())
        units = found.products["units_per_week"].sum()
        line = "yes" if capacity else "no"
        rows.append(f"| {products} | {line} | {counts} | {units:,.0f} | {years:g} | {seconds:.1f} |")
    return rows
