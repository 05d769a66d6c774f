"""Stocks that follow a season: what multiplies demand costs what even demand costs, and constant stocks cost more."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.decision.whatif import best_stocks
from engine.demand.year import year_instants
from engine.economics import build
from engine.economics.build import build_instance, scenario_season
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import ATO
from engine.economics.optima.stock import best_stock
from tests.evidence import FULL
from tests.scenarios import make_scenario, random_scenario, season_rows

SLOW = {
    "demand_per_week": 40.0, "unit_cost": 10.0, "lead_time_target_days": 0.0, "make_days": 21.0,
    "replenishment_days": 21.0, "late_cost_per_unit_day": 0.05, "allowed": "MTS",
}  # fmt: skip
HALF = season_rows(0.5, periods=52, product="P1")


def lone(cv: float, **more: object):
    return make_scenario([{**SLOW, "demand_cv": cv}], samples=2000, **more)


def assert_same(first: object, second: object) -> None:
    """All arrays of two dataclasses are the same to the last bit."""
    for part in fields(first):
        one, other = getattr(first, part.name), getattr(second, part.name)
        if is_dataclass(one):
            assert_same(one, other)
        elif isinstance(one, np.ndarray):
            assert one.tobytes() == other.tobytes(), part.name


@pytest.mark.parametrize(("cv", "constant"), [(0.1, 3.0), (0.3, 2.0), (0.8, 1.3)])
def test_a_season_costs_what_even_demand_costs_where_stocks_follow(cv, constant, monkeypatch):
    """Lead time 21, R 7, season 50%: 0.4 to 2.9% more than even demand; constant stocks 3.3, 2.1, 1.4 times as much."""
    even = float(best_stock(build_instance(lone(cv))).cost[0])
    follows = float(best_stock(build_instance(lone(cv, seasons=HALF))).cost[0])
    assert 0.98 * even <= follows <= 1.03 * even
    found = build.following
    monkeypatch.setattr(build, "following", lambda *given: replace(found(*given), stock=np.zeros((1, 52))))
    stays = float(best_stock(build_instance(lone(cv, seasons=HALF))).cost[0])
    assert constant * even <= stays <= 1.3 * constant * even


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_a_part_follows_what_its_products_take_together(shift):
    """In step they cost what even demand costs; against each other nothing swings, and what is scaled varies more.

    The variance of both together is then that of even demand times 1 + 0.25 sin^2, its root on average 1.06.
    """
    row = {**SLOW, "allowed": "ATO", "lead_time_target_days": 3.0, "demand_cv": 0.4}
    shelf = {
        "components": [{"unit_cost": 6.0, "lead_time_days": 20.0}], "bom": {"P1": {"C1": 1}, "P2": {"C1": 1}},
        "samples": 1000,
    }  # fmt: skip
    seasons = [*HALF, *season_rows(0.5, periods=52, shift=shift, product="P2")]
    cost = [
        best_stocks(build_instance(make_scenario([row, row], **shelf, **more)), np.array([ATO, ATO])).objective
        for more in ({}, {"seasons": seasons})
    ]
    assert cost[1] == pytest.approx((1.06 if shift else 1.0) * cost[0], rel=0.03)
    swing = scenario_season(make_scenario([row, row], **shelf, seasons=seasons)).lines.sum(axis=0)
    swing = np.abs(swing).max()
    assert swing < 3.0 if shift else swing > 130.0


@pytest.mark.parametrize("seed", [5, 6] if FULL else [5])
def test_factors_of_one_are_no_season_and_small_ones_next_to_none(seed):
    """The first to the last bit, the others but for rounding: what is scaled by one and swings by nothing."""
    def scenario(amplitude: float | None):
        rows = [row for k in range(1, 5) for row in season_rows(amplitude or 0.0, product=f"P{k}")]
        more = {} if amplitude is None else {"seasons": rows}
        return random_scenario(np.random.default_rng(seed), products=4, resources=1, samples=60, **more)

    plain, ones, small = scenario(None), scenario(0.0), scenario(1e-9)
    assert_same(build_instance(ones), build_instance(plain))
    cost = solve(plain, certified=False).plan.objective_per_year
    assert solve(ones, certified=False).plan.objective_per_year == cost
    assert build_instance(small).capacity.pace is not None
    assert solve(small, certified=False).plan.objective_per_year == pytest.approx(cost, rel=1e-6)


@pytest.mark.parametrize("distribution", ["gamma", "normal", "poisson", "compound_poisson"])
def test_windows_hold_what_is_sold_in_them_over_the_year(distribution):
    row = {**SLOW, "distribution": distribution, "demand_cv": "" if distribution == "poisson" else 0.5}
    even, season = (
        build_instance(make_scenario([row], samples=4000, **more)) for more in ({}, {"seasons": HALF})
    )
    # The swing adds nothing over a year, so that windows less the swing have the mean that they had.
    assert season.stock.demand.mean() == pytest.approx(even.stock.demand.mean(), rel=0.01)


def test_whole_units_stay_whole():
    row = {**SLOW, "distribution": "poisson", "demand_cv": "", "demand_per_week": 3.0}
    instance = build_instance(make_scenario([row], samples=300, seasons=HALF))
    assert (instance.stock.demand == np.round(instance.stock.demand)).all()
    level = best_stock(instance).level
    assert (level == np.round(level)).all()


def test_work_for_stock_follows_the_season():
    routing = [{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 1.0}]
    machine = {"resource": "R", "hours_per_week": 45.0, "overtime_hours_per_week": 60.0, "overtime_cost_per_hour": 9.0}
    shop = {"routing": routing, "resources": [machine]}
    instance = build_instance(lone(0.3, seasons=HALF, **shop))
    assert instance.capacity.pace.mean() == pytest.approx(1.0, abs=0.005)
    assert instance.capacity.pace.max() == pytest.approx(1.5, abs=0.01)
    # Even demand of 40 hours a week fits; with a season the hours above 45 are overtime.
    ledger = solve(lone(0.3, seasons=HALF, **shop)).plan.ledger.set_index("term")["cost_per_year"]
    factor = 1.0 + 0.5 * np.sin(2.0 * np.pi * (np.arange(10_000) + 0.5) / 10_000)
    expected = 9.0 * 365.0 / 7.0 * np.maximum(40.0 * factor - 45.0, 0.0).mean()
    assert ledger["overtime"] == pytest.approx(expected, rel=0.02)
    assert "overtime" not in set(solve(lone(0.3, **shop)).plan.ledger["term"])


def test_under_a_budget_a_season_costs_what_even_demand_costs():
    """The swing is that of levels which keep the budget: with that of levels which costs ask for, 29% more."""
    cost = []
    for amplitude in (0.0, 0.5):
        seasons = [row for k in range(1, 5) for row in season_rows(amplitude, product=f"P{k}")]
        scenario = random_scenario(
            np.random.default_rng(4), products=4, samples=200 if FULL else 100, inventory_budget=3000.0, seasons=seasons
        )
        cost.append(solve(scenario, certified=False).plan.objective_per_year)
    assert cost[1] == pytest.approx(cost[0], rel=0.04)


def test_what_costs_less_to_be_late_swings_less():
    """The swing is that of the level that the costs ask for: mean demand and the safety stock of the ratio."""
    swings = [
        scenario_season(
            make_scenario([{**SLOW, "demand_cv": 0.8, "late_cost_per_unit_day": late}], seasons=HALF)
        ).stock.max()
        for late in (0.005, 0.05, 0.5)
    ]
    assert swings[0] < swings[1] < swings[2]


def test_a_cached_draw_is_a_fresh_one():
    cache = SampleCache()
    seasons = season_rows(0.6, product="P2")
    scenario = random_scenario(np.random.default_rng(8), products=3, samples=40, seasons=seasons)
    build_instance(random_scenario(np.random.default_rng(8), products=3, samples=40), cache=cache)
    first, second = build_instance(scenario, cache=cache), build_instance(scenario)
    assert_same(first.edges, second.edges)
    assert_same(first.stock, second.stock)


@pytest.mark.parametrize("distribution", ["poisson", "compound_poisson"])
def test_more_orders_in_season_cost_what_even_ones_cost(distribution):
    row = {**SLOW, "distribution": distribution, "demand_per_week": 20.0, "order_size": 4.0, "demand_cv": 0.6}
    row |= {"order_size": 1.0, "demand_cv": ""} if distribution == "poisson" else {}
    cost = [
        float(best_stock(build_instance(make_scenario([row], samples=2000, **more))).cost[0])
        for more in ({}, {"seasons": HALF})
    ]
    assert cost[1] == pytest.approx(cost[0], rel=0.05)


@pytest.mark.parametrize("distribution", ["gamma", "poisson"])
def test_the_queue_of_a_part_sees_the_demand_of_its_window(distribution):
    """The path by the day back to where the window begins holds what the window holds, its swing included."""
    row = {**SLOW, "allowed": "ATO", "distribution": distribution, "demand_cv": 0.3 if distribution == "gamma" else ""}
    scenario = make_scenario(
        [row], components=[{"lead_time_days": 20.0}], bom={"P1": {"C1": 1}}, samples=300, review_days=0, seasons=HALF
    )
    edges, now = build_instance(scenario).edges, year_instants(scenario.settings.seed, 300)
    window = edges.windows[0] + scenario_season(scenario).line_swing(0, 0, now - 20.0)
    assert edges.paths[0][20] == pytest.approx(window, rel=0.02)
    assert np.corrcoef(window, np.sin(2.0 * np.pi * (now - 10.0) / 365.0))[0, 1] > 0.7


def test_parts_that_are_scrapped_swing_as_those_that_are_taken():
    """Half of what is taken is scrapped: stocks cover the season of two parts a unit, as if two were needed."""
    row = {**SLOW, "demand_cv": 0.4, "allowed": "ATO", "lead_time_target_days": 3.0}

    def taken(quantity: float, scrap: float):
        bom = [{"product": "P1", "component": "C1", "quantity": quantity, "scrap_share": scrap}]
        return build_instance(
            make_scenario([row], components=[{"lead_time_days": 20.0}], bom=bom, samples=300, seasons=HALF)
        )

    assert_same(taken(1.0, 0.5), taken(2.0, 0.0))


def test_what_lies_until_due_follows_the_season_of_its_own_product():
    """Ordered ahead at the factor of the day it falls due: on average what even demand leaves; others' is even."""
    row = {**SLOW, "demand_cv": 0.4, "lead_time_target_days": 40.0, "allowed": "ATO"}
    shelf = {"components": [{"lead_time_days": 20.0}] * 3, "samples": 2000}
    shelf["bom"] = {f"P{i}": {f"C{i}": 1} for i in (1, 2, 3)}
    even, swings = (
        build_instance(make_scenario([row] * 3, seasons=rows, **shelf)).edges
        for rows in ((), season_rows(0.5, periods=4, product="P2"))
    )
    factor = swings.early / even.early
    assert swings.early_product.tolist() == [0, 1, 2]
    assert (factor[[0, 2]] == 1.0).all()
    assert factor[1].mean() == pytest.approx(1.0, abs=0.01)
    assert (factor[1].min(), factor[1].max()) == pytest.approx((0.55, 1.45), abs=0.15)
