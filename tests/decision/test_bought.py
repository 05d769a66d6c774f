"""Parts that are bought after the order lie on the shelf while their unit waits for other parts."""

import numpy as np
import pytest

from engine import solve
from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.economics.lone.decide import decide_lone
from engine.evaluate.simulate.replicate import simulate_system
from engine.evaluate.simulate.translate import system_of
from engine.search.first_come.tuning import Tuning
from tests.oracle.promises import happens, solved
from tests.oracle.systems import System
from tests.scenarios import make_scenario

MADE = {
    "product": "P", "demand_per_week": 20.0, "demand_cv": 0.9, "distribution": "gamma", "unit_cost": 120.0,
    "lead_time_target_days": 4.0, "assembly_days": 1.0, "late_cost_per_unit_day": 0.3, "allowed": "ATO",
}  # fmt: skip
SLOW = {"component": "slow", "unit_cost": 30.0, "lead_time_days": 25.0}
BOUGHT = {"component": "bought", "unit_cost": 60.0, "lead_time_days": 3.0, "obsolescence_per_year": 0.1}
BOM = {"P": {"slow": 1.0, "bought": 2.0}}


def system(review, **columns):
    settings = {"holding_rate_per_year": 0.25, "review_days": review, "seed": 7}
    return System([{**MADE, **columns}], [SLOW, BOUGHT], BOM, settings)


@pytest.mark.parametrize("review", [0.0, 7.0])
def test_they_are_paid_for_as_long_as_they_lie_there(review):
    """The simulated plant buys them at the order; their holding is half of all that this plan costs in stock."""
    made = system(review)
    promise = solved(made.scenario(samples=3000), certified=False, compared=False)
    outcome = happens(made.plant, promise, seed=3, runs=10, days=6000.0)
    assert outcome.holding == pytest.approx(promise.holding, rel=0.03)
    assert outcome.parts[1].on_hand > 2.0
    assert outcome.cost == pytest.approx(promise.cost, rel=0.05)


@pytest.mark.parametrize("budget", [None, 3000.0])
def test_a_minute_more_of_lead_time_changes_nothing(budget):
    """A part that takes longer than the order leaves is stocked, and reserved; next to that limit both are one."""
    costs, values = [], []
    for days in (3.0, 3.0 + 1e-5):
        slow = [SLOW, {**BOUGHT, "lead_time_days": days}]
        scenario = make_scenario([MADE], components=slow, bom=BOM, review_days=0, inventory_budget=budget)
        plan = solve(scenario, certified=False, compared=False).plan
        costs.append(plan.objective_per_year)
        values.append(plan.decisions["inventory_value"].sum())
        assert plan.ledger["cost_per_year"].sum() == pytest.approx(plan.objective_per_year, rel=1e-9)
        assert plan.components["inventory_value"].sum() == pytest.approx(values[-1], rel=1e-9)
    assert costs[0] == pytest.approx(costs[1], rel=1e-3)
    assert values[0] == pytest.approx(values[1], rel=1e-3)


def test_the_closed_form_of_a_lone_product_has_them():
    scenario = system(7.0).scenario(samples=20_000)
    found = decide_lone(scenario)
    instance = build_instance(scenario)
    tuned = Tuning(instance, np.array([ATO])).tune(np.array([found.sets[0], 0.0]))
    ledger_of_choice = float(instance.standing[0, ATO])
    assert found.exact[0]
    assert found.cost[0, ATO] == pytest.approx(tuned.cost + ledger_of_choice, rel=0.02)


def test_who_waits_for_nothing_keeps_nothing():
    quick = {**SLOW, "lead_time_days": 2.0}
    instance = build_instance(make_scenario([MADE], components=[quick, BOUGHT], bom=BOM, review_days=0))
    assert not instance.edges.bought.product.size
    assert not instance.bought_carrying.any()


def test_they_lie_there_in_a_simulation_of_the_plan_too():
    scenario = system(0.0).scenario(samples=4000)
    plan = solve(scenario, certified=False, compared=False).plan
    planned = plan.components.set_index("component")["inventory_value"]["bought"]
    found = simulate_system(system_of(scenario, plan), years=20, replications=6, seed=2)
    assert 60.0 * found.part_on_hand("bought").mean == pytest.approx(planned, rel=0.2)
