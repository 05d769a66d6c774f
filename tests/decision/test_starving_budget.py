"""A budget that starves all stocks: what is called solved is proven, and the same as the extensive form."""

import itertools
import math

import numpy as np
import pytest

from engine.decision.outcome import Solved
from engine.decision.relaxation.least_inventory import least_inventory
from engine.decision.settling.promise import inventory_value, leanest
from engine.decision.solve import solve
from engine.economics.build import build_instance
from engine.economics.optima.stock import fold
from engine.scenario.read import read_scenario
from engine.search.evaluator import PooledEvaluator
from engine.search.lean import lean
from tests.evidence import FULL
from tests.scenarios import make_scenario


# A hundred samples in full: the extensive form takes most of the time.
@pytest.mark.parametrize("budget", [0.0, 1.0, 4000.0] if FULL else [0.0, 4000.0])
def test_solved_means_proven_under_a_starving_budget(budget):
    scenario = read_scenario("scenarios/tiny").with_settings(inventory_budget=budget)
    samples = 100 if FULL else 25
    outcome = solve(scenario, samples=samples, compared=False)
    assert isinstance(outcome, Solved)
    assert outcome.plan.gap <= 1e-3
    whole = solve(scenario, samples=samples, extensive=True, compared=False)
    assert isinstance(whole, Solved)
    assert outcome.plan.objective_per_year == pytest.approx(whole.plan.objective_per_year, rel=1e-3)


def test_a_move_that_the_change_limit_forbids_is_told_as_such():
    scenario = read_scenario("scenarios/tiny").with_settings(max_changes=0)
    outcome = solve(scenario, samples=60)
    assert isinstance(outcome, Solved)
    chair = outcome.plan.decisions.set_index("product").loc["CHAIR"]
    assert "a year less, but max_changes leaves no room for it" in chair["reason"]
    assert chair["regret_per_year"] < 0.0


# Parts that seem to need next to nothing with hindsight, and much where the target is counted; P2 loses sales.
SHARING = {
    "products": [
        {"product": "P0", "demand_per_week": 13.13, "demand_cv": 0.83, "unit_cost": 38.22, "lead_time_target_days": 3.0,
         "make_days": 18.0, "replenishment_days": 17.0, "assembly_days": 2.0, "late_cost_per_unit_day": 0.19},
        {"product": "P1", "demand_per_week": 9.21, "demand_cv": 0.29, "distribution": "normal", "unit_cost": 50.83,
         "lead_time_target_days": 5.0, "make_days": 22.0, "replenishment_days": 20.0, "late_cost_per_unit_day": 0.14},
        {"product": "P2", "demand_per_week": 18.77, "demand_cv": "", "distribution": "poisson", "unit_cost": 219.02,
         "price": 360.0, "lead_time_target_days": 7.0, "make_days": 22.0, "late_cost_per_unit_day": 0.26,
         "lost_share_if_late": 0.7},
    ],
    "components": [
        {"unit_cost": 9.98, "lead_time_days": 16.0},
        {"unit_cost": 78.47, "lead_time_days": 18.0, "min_order_quantity": 92.0, "lead_time_cv": 0.14},
        {"unit_cost": 23.92, "lead_time_days": 14.0, "lead_time_cv": 0.4},
    ],
    "bom": [
        {"product": "P0", "component": "C1", "quantity": 3.0, "loss_per_order": 2.5},
        {"product": "P0", "component": "C3", "quantity": 0.25}, {"product": "P1", "component": "C3", "quantity": 2.0},
        {"product": "P2", "component": "C1", "quantity": 1.0}, {"product": "P2", "component": "C2", "quantity": 1.0},
        {"product": "P2", "component": "C3", "quantity": 3.0, "loss_per_order": 2.6, "scrap_share": 0.18},
    ],
}  # fmt: skip


def _sharing(budget):
    settings = {"review_days": 0, "on_time_target": 0.9, "inventory_budget": budget}
    return make_scenario(**SHARING, samples=200 if FULL else 100, **settings)


def test_the_least_budget_is_that_of_the_leanest_strategies():
    """All strategies one by one, each with the least stock that keeps its targets: none needs less."""
    instance = build_instance(_sharing(100.0))
    evaluator = PooledEvaluator(fold(lean(instance)))
    each = itertools.product(*(np.flatnonzero(row) for row in instance.allowed))
    programs = filter(None, (evaluator.evaluate(np.array(strategy)) for strategy in each))
    needed = [inventory_value(instance, leanest(instance, program)) for program in programs]
    assert least_inventory(instance)[1] <= min(needed) * (1.0 + 1e-6)
    assert least_inventory(instance, tries=0)[1] > 1.2 * min(needed)


def test_the_budget_that_is_advised_gives_a_plan_where_sales_are_lost():
    """What sales the program's envelope does not see is no part of the program's value, which the model certifies."""
    outcome = solve(_sharing(100.0))
    advised = math.ceil(next(one.needed for one in outcome.conflicts if one.rule == "C7"))
    plan = solve(_sharing(advised), compared=False).plan_or_raise()
    assert plan.summary["inventory_value"] <= advised
    assert plan.summary["certified_by"]["model"] == "pyomo"
