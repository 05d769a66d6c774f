"""How far what another strategy of one product is told to cost is from the plan decided anew with the product there.

What is told exactly is served in turn from the stocks of the plan; what is told as *at least* is a bound of the
program, less what the product waits itself and an estimate of what others gain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.decision.plan import Plan, at_least_of
from engine.decision.solve import solve
from engine.scenario.columns import STRATEGIES
from engine.scenario.examples import examples_folder
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario

EXAMPLES, PRODUCTS = ("bicycles", "industrial-pumps", "spare-parts"), 10


def report(examples: tuple[str, ...] = EXAMPLES, *, products: int = PRODUCTS) -> list[str]:
    """Some products of each example, evenly over its table; amounts are the product's part of the plan, a year."""
    lines = ["| example | product | from | to | told | decided anew | off by |", "|:--|:--|:--|:--|--:|--:|--:|"]
    off = dict[bool, list[float]]({False: [], True: []})
    for name in examples:
        scenario = read_scenario(examples_folder() / name)
        plan = solve(scenario, certified=False).plan_or_raise()
        step = max(len(plan.decisions) // products, 1)
        some = list(plan.decisions["product"])[::step]
        for product, before, after, told, least, anew in _moves(scenario, plan, some):
            share = told / anew - 1.0
            off[least].append(share)
            amount = f"{'at least ' if least else ''}{told:,.0f}"
            lines.append(f"| {name} | {product} | {before} | {after} | {amount} | {anew:,.0f} | {share:+.1%} |")
    exact, bounds = np.abs(off[False]), np.array(off[True])
    size = f"off by {np.median(exact):.1%} in the median and {exact.max():.1%} at most"
    above = f"{(bounds > 0.0).sum()} of them above, by {max(bounds.max(initial=0.0), 0.0):.1%} at most"
    return [*lines, "", f"{len(exact)} moves told exactly, {size}; {len(bounds)} told as at least, {above}"]


def _moves(scenario: Scenario, plan: Plan, products: list[str]) -> Iterator[tuple[str, str, str, float, bool, float]]:
    """Product, its strategy and another, what that is told to cost, whether at least, and what it costs anew."""
    chosen = plan.decisions.set_index("product")
    kept = chosen["strategy"].loc[scenario.products["product"]].to_numpy()
    # How well stocks are tuned differs from start to start by more than a small product costs: both are decided anew.
    before = _decided(scenario, kept)
    for product in products:
        row = chosen.loc[product]
        for strategy in STRATEGIES:
            told = row[f"cost_if_{strategy}"]
            if strategy == row["strategy"] or np.isnan(told) or before is None:
                continue
            after = _decided(scenario, np.where(scenario.products["product"] == product, strategy, kept))
            if after is not None:
                anew = float(row["expected_cost_per_year"] + after - before)
                yield product, row["strategy"], strategy, float(told), strategy in at_least_of(row), anew


def _decided(scenario: Scenario, strategies: npt.NDArray[np.object_]) -> float | None:
    """What strategies cost, decided anew; None where a rule forbids them."""
    locked = replace(scenario, products=scenario.products.assign(locked=strategies))
    plan = solve(locked, certified=False, compared=False).plan
    return None if plan is None else plan.objective_per_year
