"""The event simulation draws the season and follows the calendar; what a plan promises holds."""

from dataclasses import replace

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.decision.tables.stock_calendar import swings
from engine.economics.build import build_instance
from engine.errors import EngineError
from engine.evaluate.simulate.clock.orders import PoissonOrders, SeasonalOrders
from engine.evaluate.simulate.clock.stock import Stock
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, Shelf
from engine.evaluate.simulate.replicate import simulate_system
from engine.evaluate.simulate.simulation import simulate
from engine.evaluate.simulate.translate import system_of
from tests.economics.test_following import HALF, SLOW
from tests.evidence import FULL
from tests.scenarios import make_scenario, season_rows

YEAR = tuple(np.concatenate([np.full(180, 0.5), np.full(185, (365 - 90) / 185)]).tolist())


def simulated(scenario, **options):
    plan = solve(scenario, certified=False, compared=False).plan
    return plan, simulate(scenario, plan, **{"years": 10.0, "replications": 10, "correct": False, **options}).summary


@pytest.mark.parametrize(("cv", "samples"), [*([(0.1, 1000)] if FULL else []), (0.3, 1000)])
def test_a_promise_holds_and_a_season_costs_what_even_demand_costs(cv, samples):
    row = {**SLOW, "demand_cv": cv}
    _, even = simulated(make_scenario([row], samples=samples))
    plan, season = simulated(make_scenario([row], samples=samples, seasons=HALF))
    noise = season["cost_half_width"] / season["simulated_cost_per_year"]
    assert abs(season["cost_deviation"]) <= 0.03 + noise
    assert season["simulated_cost_per_year"] == pytest.approx(even["simulated_cost_per_year"], rel=0.03 + 2.0 * noise)
    assert season["on_time"] == pytest.approx(plan.decisions["on_time"][0], abs=0.03)


@pytest.mark.parametrize("review_days", [0, 7])
def test_more_orders_in_season_are_met_too(review_days):
    row = {**SLOW, "distribution": "poisson", "demand_cv": "", "demand_per_week": 6.0}
    _, found = simulated(make_scenario([row], samples=1000, seasons=HALF, review_days=review_days))
    assert abs(found["cost_deviation"]) <= 0.04 + found["cost_half_width"] / found["simulated_cost_per_year"]


@pytest.mark.parametrize("strategy", ["MTS", "ATO"])
def test_units_of_the_high_season_count_as_often_as_they_come(strategy):
    """Stocks follow the mean of the season, not its spread: counted by instants 2 points too many were on time."""
    rows = [
        {"product": name, "demand_per_week": week, "distribution": "poisson", "demand_cv": "", "allowed": strategy,
         "lead_time_target_days": 3.0, "assembly_days": 1.0, "make_days": 16.0, "replenishment_days": 14.0,
         "late_cost_per_unit_day": late}
        for name, week, late in (("P1", 30.0, 0.5), ("P2", 12.0, 0.3))
    ]  # fmt: skip
    parts = [{"unit_cost": 30.0, "lead_time_days": 14.0}, {"unit_cost": 40.0, "lead_time_days": 9.0}]
    scenario = make_scenario(
        rows, components=parts, bom={"P1": {"C1": 1, "C2": 2}, "P2": {"C1": 2, "C2": 1}}, samples=4000, seed=3,
        seasons=[*season_rows(0.5, product="P1"), *season_rows(0.5, product="P2")], review_days=7,
    )  # fmt: skip
    plan = solve(scenario, certified=False, compared=False).plan
    seen = simulate(scenario, plan, years=40.0 if FULL else 20.0, replications=8).products
    assert seen["simulated_on_time"].to_numpy() == pytest.approx(seen["planned_on_time"].to_numpy(), abs=0.012)
    assert seen["simulated_otif"].to_numpy() == pytest.approx(seen["planned_otif"].to_numpy(), abs=0.012)


@pytest.mark.parametrize("family", ["poisson", "gamma"])
def test_a_season_brings_more_orders_of_single_ones_and_larger_lots_of_others(family):
    row = {**SLOW, "distribution": family, "demand_cv": "" if family == "poisson" else 0.5}
    stock = build_instance(make_scenario([row], samples=50, seasons=HALF)).stock
    assert stock.pace[0].mean() == pytest.approx(1.0)
    # From half to one and a half, or as the season of the rows has it.
    assert np.ptp(stock.pace[0]) > 0.3
    orders = stock.pace[0] if family == "poisson" else np.ones(50)
    np.testing.assert_allclose(stock.order_pace[0], orders)


def test_parts_that_follow_two_seasons_keep_the_promise():
    goods = [
        {**SLOW, "allowed": "ATO", "lead_time_target_days": 5.0, "assembly_days": 2.0, "demand_cv": 0.3},
        {**SLOW, "allowed": "ATO", "lead_time_target_days": 3.0, "assembly_days": 1.0, "demand_cv": 0.6},
    ]
    scenario = make_scenario(
        goods, components=[{"unit_cost": 6.0, "lead_time_days": 20.0}, {"unit_cost": 3.0, "lead_time_days": 12.0}],
        bom={"P1": {"C1": 1, "C2": 1}, "P2": {"C1": 2, "C2": 1}}, samples=600,
        seasons=[*HALF, *season_rows(0.4, shift=0.3, product="P2")],
    )  # fmt: skip
    _, found = simulated(scenario)
    assert abs(found["cost_deviation"]) <= 0.04 + found["cost_half_width"] / found["simulated_cost_per_year"]


def test_a_stock_that_stays_the_same_costs_much_more():
    """The simulation sees what the calendar is worth: without it, the same plan costs twice as much."""
    scenario = make_scenario([{**SLOW, "demand_cv": 0.3}], samples=500, seasons=HALF)
    plan = solve(scenario, certified=False, compared=False).plan
    system = system_of(scenario, plan)
    assert system.goods[0].shelf.swing == tuple(swings(scenario, ["MTS"])[0][0])
    good = system.goods[0]
    cost = []
    for swing in (good.shelf.swing, ()):
        still = replace(system, goods=(replace(good, shelf=replace(good.shelf, swing=swing)),))
        seen = simulate_system(still, years=5, replications=6)
        cost.append(seen.cost_per_day(good.name, holding=2.5 / 365.0, late=0.05).mean)
    assert cost[1] > 1.7 * cost[0]


def test_orders_come_when_the_season_says():
    rng, days = np.random.default_rng(1), 365.0 * 40
    for in_orders in (True, False):
        drawn = SeasonalOrders(orders=PoissonOrders(per_day=2.0), daily=YEAR, in_orders=in_orders).draw(rng, days)
        assert drawn.units.sum() / days == pytest.approx(2.0, rel=0.02)
        early = drawn.units[np.mod(drawn.day, 365.0) < 180.0].sum() / (180 * 40)
        assert early == pytest.approx(1.0, rel=0.03)
        assert (drawn.units == 1.0).all() == in_orders
        assert (np.diff(drawn.day) >= 0.0).all()


def test_days_without_a_season_have_no_orders():
    daily = tuple(np.concatenate([np.zeros(165), np.full(200, 365 / 200)]).tolist())
    for in_orders in (True, False):
        drawn = SeasonalOrders(orders=PoissonOrders(per_day=1.0), daily=daily, in_orders=in_orders)
        day = drawn.draw(np.random.default_rng(2), 3650.0).day
        assert (np.mod(day, 365.0) >= 165.0 - 1e-6).all()


def test_a_stock_orders_up_to_the_level_of_the_week():
    swing = tuple(float(week) for week in range(52))
    stock = Stock(Shelf(level=10.0, supply=Supply(mean_days=1.0), swing=swing), 10.0, lambda *_: None, 0.0)
    assert stock.replenish(3.0) == 0.0
    assert stock.replenish(7.0) == 1.0
    assert stock.replenish(365.0 + 364.9) == 50.0
    # In a week of less nothing is sent back.
    assert stock.replenish(2.0 * 365.0) == 0.0


def test_steady_work_follows_the_season():
    good = Good(name="A", orders=PoissonOrders(per_day=1.0), mean_per_day=2.0, season=YEAR)
    assert good.steady_units(400)[[0, 179, 180, 365]] == pytest.approx([1.0, 1.0, 2.0 * YEAR[-1], 1.0])


def test_a_replay_of_order_lines_needs_the_day_of_the_year():
    orders = [{"product": "P1", "order_date": f"2025-0{k}-03", "quantity": 4} for k in range(1, 7)]
    scenario = make_scenario([{**SLOW, "demand_cv": 0.3}], samples=50, seasons=HALF, orders=orders)
    with pytest.raises(EngineError, match="leave the table seasons out"):
        simulate(scenario, solve(scenario, certified=False, compared=False).plan, replay=True)
