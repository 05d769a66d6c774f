"""Finished goods whose demand comes in whole units are stocked whole, whatever ties the stocks."""

import itertools

import numpy as np
import pytest

from engine import solve
from engine.decision.settling.promise import inventory_value, with_stocks
from engine.decision.whatif import best_stocks
from engine.economics.build import build_instance
from engine.economics.instance import MTS
from engine.economics.lone.decide import decide_lone
from tests.scenarios import make_scenario

POISSON = {"distribution": "poisson", "demand_cv": "", "allowed": "MTS", "replenishment_days": 20.0}
GOODS = [
    {**POISSON, "product": "A", "demand_per_week": 3.0, "unit_cost": 90.0, "late_cost_per_unit_day": 2.0},
    {**POISSON, "product": "B", "demand_per_week": 7.0, "unit_cost": 40.0, "late_cost_per_unit_day": 1.0},
    {**POISSON, "product": "C", "demand_per_week": 1.0, "unit_cost": 70.0, "late_cost_per_unit_day": 1.0},
]


@pytest.mark.parametrize("budget", [300.0, 600.0, 1000.0])
def test_a_budget_is_spent_on_whole_units_as_well_as_can_be(budget):
    """All levels tried one by one that keep the budget: none of them costs half a percent less."""
    scenario = make_scenario(GOODS, samples=200, inventory_budget=budget)
    plan, instance = solve(scenario, certified=False, compared=False).plan, build_instance(scenario)
    recourse = best_stocks(instance, np.full(3, MTS))
    levels = plan.decisions["base_stock"].to_numpy()
    assert (levels == np.round(levels)).all()
    assert plan.summary["inventory_value"] <= budget * (1.0 + 1e-9)
    assert plan.bound_per_year <= plan.objective_per_year
    costs = []
    for step in itertools.product((-1.0, 0.0, 1.0, 2.0), repeat=3):
        tried = np.maximum(levels + np.array(step), instance.stock.lowest)
        if inventory_value(instance, other := with_stocks(instance, recourse, tried, recourse.base)) <= budget:
            costs.append(other.objective)
    assert plan.objective_per_year <= min(costs) * 1.005


@pytest.mark.parametrize(
    "settings", [{}, {"inventory_budget": 1500.0}, {"risk": {"cvar_weight": 0.6, "cvar_level": 0.9}}]
)
@pytest.mark.parametrize("columns", [{}, {"on_time_target": 0.9}, {"price": 200.0, "lost_share_if_late": 0.5}])
def test_a_common_factor_leaves_single_goods_whole(settings, columns):
    """The factor makes pieces of the units that samples ask for; nobody orders a piece."""
    goods = [{**one, "batch_setup_cost": 9.0 * k} | columns for k, one in enumerate(GOODS)]
    scenario = make_scenario(goods, samples=200, demand={"common_factor_cv": 0.2}, **settings)
    plan = solve(scenario, certified=False, compared=False).plan
    for name in ("base_stock", "lot_size", "order_up_to", "reorder_point"):
        units = plan.decisions[name].fillna(0.0).to_numpy(dtype=float)
        assert units == pytest.approx(np.round(units), abs=1e-9), name
    instance, levels = build_instance(scenario), plan.decisions["base_stock"].to_numpy()
    assert (levels >= instance.stock.lowest - 1e-9).all()
    if not settings:
        recourse = best_stocks(instance, np.full(3, MTS))
        for i, step in itertools.product(range(3), (-1.0, 1.0)):
            tried = levels.copy()
            tried[i] += step
            keeps = tried[i] >= instance.stock.lowest[i]
            cost = with_stocks(instance, recourse, tried, recourse.base).objective
            assert not keeps or cost >= plan.objective_per_year * (1.0 - 1e-9)


def test_goods_that_come_in_pieces_use_up_what_whole_units_leave():
    goods = [*GOODS[:2], {**GOODS[2], "distribution": "gamma", "demand_cv": 1.0}]
    plan = solve(make_scenario(goods, samples=200, inventory_budget=600.0)).plan
    levels = plan.decisions["base_stock"].to_numpy()
    assert (levels[:2] == np.round(levels[:2])).all()
    assert plan.summary["inventory_value"] == pytest.approx(600.0, rel=2e-3)


def test_risk_leaves_whole_units_that_no_other_unit_betters():
    scenario = make_scenario(GOODS, samples=200, risk={"cvar_weight": 0.6, "cvar_level": 0.9})
    plan, instance = solve(scenario, certified=False, compared=False).plan, build_instance(scenario)
    recourse = best_stocks(instance, np.full(3, MTS))
    levels = plan.decisions["base_stock"].to_numpy()
    assert (levels == np.round(levels)).all()
    for i, step in itertools.product(range(3), (-1.0, 1.0)):
        tried = levels.copy()
        tried[i] += step
        other = with_stocks(instance, recourse, tried, recourse.base)
        assert other.objective >= plan.objective_per_year * (1.0 - 2e-3)


def test_a_shelf_life_leaves_whole_units():
    """What sells in 5 days, on top of the demand of the window, binds and is no whole number."""
    made = {**POISSON, "product": "P", "demand_per_week": 5.3, "shelf_life_days": 5.0, "late_cost_per_unit_day": 50.0}
    scenario = make_scenario([made], samples=200)
    level = solve(scenario).plan.decisions["base_stock"][0]
    assert level == round(level) == build_instance(scenario).stock.most[0]
    lone = decide_lone(scenario).level[0]
    assert lone == round(lone)
