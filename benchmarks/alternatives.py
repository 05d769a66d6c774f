"""How far what another strategy of one product is told to cost is from the plan decided anew with the product there.

A plan works such a move out in the program; what the queue for parts costs after it is an estimate, unless the plan
after the move was served in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.decision.exact_costs import with_exact_costs
from engine.decision.plan import Plan
from engine.decision.solve import solve
from engine.economics.build import build_instance
from engine.evaluate.trust.first_stage import recourse_of_plan
from engine.scenario.columns import STRATEGIES
from engine.scenario.examples import examples_folder
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario

EXAMPLES, PRODUCTS = ("bicycles", "industrial-pumps"), 8


def report(examples: tuple[str, ...] = EXAMPLES, *, products: int = PRODUCTS) -> list[str]:
    """Some products of each example, evenly over its table; amounts are the product's part of the plan, a year."""
    lines = ["| example | product | from | to | told | decided anew | off by |", "|:--|:--|:--|:--|--:|--:|--:|"]
    off = list[float]()
    for name in examples:
        scenario = read_scenario(examples_folder() / name)
        plan = solve(scenario, certified=False).plan_or_raise()
        step = max(len(plan.decisions) // products, 1)
        for product, before, after, told, anew in _moves(scenario, plan, list(plan.decisions["product"])[::step]):
            off.append(told / anew - 1.0)
            lines.append(f"| {name} | {product} | {before} | {after} | {told:,.0f} | {anew:,.0f} | {off[-1]:+.1%} |")
    size = np.abs(off)
    return [*lines, "", f"{len(off)} moves, off by {np.median(size):.1%} in the median and {size.max():.1%} at most"]


def _moves(scenario: Scenario, plan: Plan, products: list[str]) -> Iterator[tuple[str, str, str, float, float]]:
    """Product, its strategy and another, what that is told to cost where it is opened, and what it costs anew."""
    instance = build_instance(scenario)
    recourse = recourse_of_plan(instance, plan)
    chosen = plan.decisions.set_index("product")
    kept = chosen["strategy"].loc[scenario.products["product"]].to_numpy()
    for product in products:
        row = with_exact_costs(instance, plan, recourse, product).decisions.set_index("product").loc[product]
        for strategy in STRATEGIES:
            told = row[f"cost_if_{strategy}"]
            if strategy == row["strategy"] or np.isnan(told):
                continue
            locked = np.where(scenario.products["product"] == product, strategy, kept)
            moved = solve(replace(scenario, products=scenario.products.assign(locked=locked)), certified=False).plan
            if moved is not None:
                more = moved.objective_per_year - plan.objective_per_year
                yield product, row["strategy"], strategy, float(told), float(row["expected_cost_per_year"] + more)
