"""What is advised where no plan keeps all rules: the least that does, by rule, and following it leaves a plan."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest

from engine.decision.outcome import Infeasible, Solved
from engine.decision.relaxation.choices import nearest_choice
from engine.decision.relaxation.conflicts import relaxed, relaxed_instance
from engine.decision.solve import solve
from engine.economics.build import build_instance
from engine.report.sentences.words import unsolved
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from engine.search.recourse import hours_needed
from tests.conftest import ROOT
from tests.evidence import FULL
from tests.scenarios import random_scenario

# Share by which the budget advised may lie above the least, the gap to which it is searched for, and some for serving
# in turn, which keeps more in stock than hindsight does.
NEAR = 5e-3
SAMPLES = 40 if FULL else 20


@pytest.mark.parametrize("name", ["bicycles", "industrial-pumps"])
def test_a_budget_far_too_small_is_told_with_the_least_that_does(name):
    scenario = read_scenario(ROOT / "scenarios" / name).with_settings(samples=SAMPLES, inventory_budget=20_000.0)
    outcome = solve(scenario)
    assert isinstance(outcome, Infeasible)
    (conflict,) = outcome.conflicts
    assert (conflict.rule, conflict.setting) == ("C7", "inventory_budget")
    assert "set inventory_budget to" in unsolved(outcome)
    followed = solve(relaxed(scenario, outcome.conflicts), gap=0.05, certified=False, compared=False)
    assert isinstance(followed, Solved)
    assert followed.plan.summary["inventory_value"] <= conflict.needed
    less = scenario.with_settings(inventory_budget=conflict.needed * (1.0 - NEAR))
    assert isinstance(solve(less, gap=0.05), Infeasible)


@cache
def tight(seed):
    """Three products on a resource that has too few hours, with changes limited: often without a choice."""
    rng = np.random.default_rng(seed)
    scenario = random_scenario(rng, products=3, components=2)
    products = scenario.products.assign(current_strategy=rng.choice(["MTS", "MTO", ""], 3))
    products["allowed"] = rng.choice(["MTS|MTO", "ATO|MTO", "MTS|ATO|MTO", "MTS|ATO"], 3)
    used = [
        {"product": name, "resource": "R", "stage": stage, "hours_per_unit": float(rng.uniform(0.5, 2.0))}
        for name in products["product"] for stage in ("make", "assemble")
    ]  # fmt: skip
    hours = float(products["demand_per_week"].sum() * rng.uniform(0.8, 2.0))
    resources = pd.DataFrame([{"resource": "R", "hours_per_week": hours, "overtime_hours_per_week": 0.1 * hours}])
    given = Scenario.from_frames(
        products, scenario.components, scenario.bom, resources=resources, routing=pd.DataFrame(used),
        settings={"holding_rate_per_year": 0.2, "samples": 60, "max_changes": int(rng.integers(0, 2))},
    )  # fmt: skip
    return build_instance(given)


@cache
def nearest(seed):
    return nearest_choice(tight(seed))


def excess(instance, strategy):
    """Sum of what a choice exceeds, relative, by (C5) and (C8) as they are written."""
    strategy = np.array(strategy)
    limit = instance.capacity.hours + instance.capacity.overtime
    over = np.maximum(hours_needed(instance, strategy).max(axis=1) - limit, 0.0)
    known = instance.current >= 0
    changes = max(0, int((strategy != instance.current)[known].sum()) - instance.max_changes)
    return float((over / np.maximum(limit, 1.0)).sum()) + changes / len(strategy)


@pytest.mark.parametrize("seed", range(12))
def test_the_nearest_choice_is_the_least_of_all(seed):
    instance = tight(seed)
    choices = product(*(np.flatnonzero(row).tolist() for row in instance.allowed))
    least = min(excess(instance, choice) for choice in choices)
    found = nearest(seed)
    assert excess(instance, found.strategy) == pytest.approx(least, abs=1e-4 * max(1.0, least))
    assert bool(found.conflicts) == (least > 1e-6)
    given_way = relaxed_instance(instance, found.conflicts)
    assert excess(given_way, found.strategy) == pytest.approx(0.0, abs=1e-9)


def test_some_choices_were_out_of_reach():
    assert sum(bool(nearest(seed).conflicts) for seed in range(12)) >= 3


def test_the_numbers_of_the_advice_are_those_of_the_scenario_advised():
    scenario = read_scenario(ROOT / "scenarios" / "tiny").with_settings(
        samples=50, inventory_budget=100.0, on_time_target=0.9
    )
    products = scenario.products.assign(allowed="MTS|ATO", locked="", on_time_target=0.9)
    scenario = replace(scenario, products=products)
    outcome = solve(scenario)
    assert isinstance(outcome, Infeasible)
    instance = relaxed_instance(build_instance(scenario), outcome.conflicts)
    again = build_instance(relaxed(scenario, outcome.conflicts))
    assert instance.budget == again.budget
    np.testing.assert_allclose(instance.on_time_target, again.on_time_target)
    np.testing.assert_allclose(instance.stock.least, again.stock.least)
