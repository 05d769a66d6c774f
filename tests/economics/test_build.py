"""The sampled instance: the closed form, independence of order, and what time and targets rule out."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize, special

from engine.economics.build import build_instance
from engine.economics.exposure import draw
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import ATO, MTO, MTS, TERMS
from engine.economics.optima.closed_form import stock_performance
from engine.economics.optima.stock import best_stock, breakpoints, least_stock, measure_stock
from tests.evidence import covering
from tests.scenarios import make_scenario, random_scenario

SAMPLES = 20_000


@pytest.mark.evidence
@pytest.mark.parametrize(
    ("demand", "batch", "wait_days", "review_days"),
    covering(
        [("gamma", 0.8), ("normal", 0.3), ("poisson", 0), ("negative_binomial", 0.8)], [0, 30], [0, 4, 12], [0, 7]
    ),
)
def test_samples_agree_with_the_closed_form(demand, batch, wait_days, review_days):
    family, cv = demand
    row = {
        "distribution": family, "demand_per_week": 20, "demand_cv": cv or "", "replenishment_days": 10,
        "lead_time_target_days": wait_days, "batch_size": batch or "", "make_days": 30,
    }  # fmt: skip
    instance = build_instance(make_scenario([row], review_days=review_days, samples=SAMPLES))
    levels = np.array([0.0, 10.0, 25.0, 45.0])
    found = measure_stock(instance.stock, 0, levels, rate=20 / 7)
    exact = stock_performance(
        family, mean_per_week=20, cv=cv, lead_time_days=10, level=levels, batch=batch,
        review_days=review_days, wait_days=wait_days,
    )  # fmt: skip
    error = 4 * instance.stock.net[0].std() / SAMPLES**0.5 + 1e-9
    assert found.on_hand == pytest.approx(exact.on_hand, abs=error)
    assert found.backlog == pytest.approx(exact.backlog, abs=error)
    # A share of the samples: at most half a unit of spread each. Normal demand falls below a stock of nothing within
    # hours, which an order of its own does not tell.
    diffuse = 0.02 if family == "normal" and review_days else 0.0
    error = 4 * 20 / 7 * 0.5 / SAMPLES**0.5 + diffuse * exact.late_per_day
    assert (np.abs(found.late_per_day - exact.late_per_day) <= error).all()


def test_a_product_draws_the_same_wherever_it_stands():
    scenario = random_scenario(np.random.default_rng(4), products=5, components=5, resources=1)
    backwards = replace(
        scenario,
        products=scenario.products.iloc[::-1].reset_index(drop=True),
        components=scenario.components.iloc[::-1].reset_index(drop=True),
        bom=scenario.bom.iloc[::-1].reset_index(drop=True),
    )
    one, other = build_instance(scenario), build_instance(backwards)
    assert other.products == one.products[::-1]
    assert np.array_equal(one.stock.demand, other.stock.demand[::-1])
    assert np.array_equal(one.stock.position, other.stock.position[::-1])
    for e in range(len(one.edges.product)):
        name, part = one.products[one.edges.product[e]], one.components[one.edges.component[e]]
        same = [
            k for k in range(len(other.edges.product))
            if other.products[other.edges.product[k]] == name and other.components[other.edges.component[k]] == part
        ]  # fmt: skip
        assert np.array_equal(one.edges.demand[e], other.edges.demand[same[0]])


def test_windows_of_a_part_grow_with_its_lead_time():
    scenario = make_scenario(
        [{"lead_time_target_days": 6, "assembly_days": 1}],
        components=[{"lead_time_days": 4}, {"lead_time_days": 8}, {"lead_time_days": 20}],
        bom={"P1": {"C1": 1, "C2": 1, "C3": 2}},
    )
    edges = build_instance(scenario).edges
    # C1 comes in 4 of the 5 days that the customer leaves: it is bought after the order.
    assert edges.component.tolist() == [1, 2]
    assert np.all(edges.windows[1] >= edges.windows[0])
    # The peak is demand of the longest window's whole days.
    longest, path = edges.windows.max(axis=0), edges.paths[edges.path[0]]
    day = (path < edges.peak[0]).sum(axis=0)
    at, before = (np.take_along_axis(path, place[None], axis=0)[0] for place in (day, day - 1))
    assert np.array_equal(at, edges.peak[0])
    assert ((before <= longest) & (longest <= at)).all()
    assert np.array_equal(edges.demand[1], 2 * edges.windows[1])
    # No more becomes late than waits, nor than fell due.
    assert (edges.late_rate[0] <= 1.0 + 1e-9).all()


def test_what_time_rules_out_has_its_reason():
    instance = build_instance(
        make_scenario(
            [
                {"assembly_days": 3, "lead_time_target_days": 2, "on_time_target": 0.9},
                {"make_days": 6, "make_cv": 0.5, "on_time_target": 0.9},
                {"make_days": 5, "on_time_target": 0.9},
                {"shelf_life_days": 1, "on_time_target": 0.99, "replenishment_days": 30},
            ],
            components=[{}],
            bom={"P1": {"C1": 1}},
        )
    )
    assert not instance.allowed[0, ATO]
    assert str(instance.dropped[0, ATO]) == "assembly alone takes 3 of 2 days"
    assert not instance.allowed[1, MTO]
    assert "of orders, target 90%" in str(instance.dropped[1, MTO])
    assert instance.allowed[2, MTO]
    assert not instance.allowed[3, MTS]
    assert "shelf life of 1 days" in str(instance.dropped[3, MTS])
    assert not instance.allowed[1, ATO]


@pytest.mark.parametrize(
    ("demand", "target", "review_days"),
    covering([("gamma", ""), ("poisson", ""), ("poisson", 7), ("normal", 12)], [0.5, 0.9, 0.98], [0, 7]),
)
def test_the_least_stock_meets_the_target_and_less_does_not(demand, target, review_days):
    family, batch = demand
    row = {
        "distribution": family, "demand_cv": "" if family == "poisson" else 0.4, "on_time_target": target,
        "batch_size": batch, "make_days": 12, "lead_time_target_days": 2,
    }  # fmt: skip
    instance = build_instance(make_scenario([row], review_days=review_days, samples=400))
    least = float(instance.stock.least[0])
    rate = float(instance.rate[0])
    step = 1.0 if family == "poisson" else 1e-6

    def late(level):
        found = measure_stock(instance.stock, 0, np.array([level]), rate=rate)
        return float(found.late_per_day[0])

    assert late(least) <= (1 - target) * rate * (1 + 1e-9)
    assert late(least - step) > (1 - target) * rate * (1 - 1e-5)
    if family == "poisson":
        assert least == round(least)
    assert best_stock(instance).level[0] >= least


@pytest.mark.parametrize("review_days", [0, 7])
@pytest.mark.parametrize("family", ["gamma", "poisson"])
def test_lost_sales_take_the_best_of_all_levels(family, review_days):
    row = {
        "distribution": family, "demand_cv": "" if family == "poisson" else 0.9, "price": 130, "make_days": 12,
        "lost_share_if_late": 0.5, "late_cost_per_unit_day": 0.05,
    }  # fmt: skip
    instance = build_instance(make_scenario([row], review_days=review_days, samples=60))
    best = best_stock(instance)
    assert instance.lost[0] == 15.0
    levels = np.arange(0.0, 60.0, 1.0 if family == "poisson" else 0.01)
    found = measure_stock(instance.stock, 0, levels, rate=float(instance.rate[0]))
    cost = 25 * found.on_hand + 0.05 * 365 * found.backlog + 15 * 365 * found.late_per_day
    assert best.cost[0] <= cost.min() + 1e-6
    assert breakpoints(instance.stock, 0, late_units=True).size >= breakpoints(instance.stock, 0, late_units=False).size


def test_least_stock_of_a_certain_demand():
    """Ten units a week, lead time seven days, review each week: from 10 to 20 units are out, all instants alike.

    A unit is late where more are out than stocked: 18 keep four in five on time.
    """
    row = {"demand_cv": 0, "make_days": 7, "lead_time_target_days": 0, "on_time_target": 0.8}
    stock = build_instance(make_scenario([row], samples=100)).stock
    assert least_stock(stock, 0, target=0.8) == pytest.approx(18.0, abs=0.1)


def test_a_position_below_zero_keeps_the_newest_units_waiting():
    """Supply is as fast as customers wait, but a lot is ordered only when 20 of 30 units are owed.

    Positions are even between -20 and 10. Of an order, units with fewer behind them than are owed wait; how many are
    behind a unit exceeds x with chance E2(x / b), b the mean of a large order, 1.25 on average.
    """
    row = {"make_days": 5, "lead_time_target_days": 5, "batch_size": 30, "late_cost_per_unit_day": 0.01}
    stock = build_instance(make_scenario([row], samples=3000, review_days=0)).stock
    found = measure_stock(stock, 0, np.array([-20.0, 0.0]), rate=2.0)
    jump = 10 * 0.5**2
    assert found.late_per_day == pytest.approx([2.0 * (20 - jump / 2) / 30, 0.0], abs=0.02)
    assert found.backlog == pytest.approx([20.0**2 / 2 / 30, 0.0], abs=0.05)
    owed = optimize.brentq(lambda y: y - jump * (0.5 - special.expn(3, y / jump)) - 0.1 * 30, 0.1, 30.0)
    assert least_stock(stock, 0, target=0.9) == pytest.approx(-owed, abs=0.2)


def test_fixed_costs_by_strategy_and_term():
    instance = build_instance(
        make_scenario(
            [
                {
                    "demand_per_week": 7, "order_size": 2, "assembly_days": 3, "lead_time_target_days": 1,
                    "make_days": 9, "assembly_order_cost": 4, "make_order_cost": 6, "assembly_premium": 0.5,
                    "make_premium": 0.25, "batch_size": 73, "batch_setup_cost": 10, "price": 160, "change_cost": 99,
                    "stocking_cost_per_year": 11, "lost_share_if_late": 0.5, "current_strategy": "MTO",
                }
            ],
            components=[{}], bom={"P1": {"C1": 1}},
        )
    )  # fmt: skip
    year, late = 365, 365.0
    expected = {
        (MTS, "batch_setup"): 10 * year / 73,
        (MTS, "stocking"): 11,
        (MTS, "change"): 99 / 2,
        (ATO, "order_handling"): 4 * year / 2,
        (ATO, "premium"): 0.5 * year,
        (ATO, "late"): late * 2,
        (ATO, "lost_margin"): 0.5 * 60 * year,
        (ATO, "change"): 99 / 2,
        (MTO, "order_handling"): 6 * year / 2,
        (MTO, "premium"): 0.25 * year,
        (MTO, "late"): late * 8,
        (MTO, "lost_margin"): 0.5 * 60 * year,
    }
    for strategy in (MTS, ATO, MTO):
        for k, term in enumerate(TERMS):
            wanted = expected.get((strategy, term), 0.0)
            assert instance.prices.choice[0, strategy, k] == pytest.approx(wanted), (strategy, term)


def test_paths_that_are_long_enough_are_not_drawn_again(monkeypatch):
    """Windows of any length are cut from the path that was drawn for them, whole weeks among them."""
    rows = [{"replenishment_days": days, "make_days": 30} for days in range(1, 16)]
    cache, drawn = SampleCache(), []
    given = make_scenario(rows, samples=10)
    build_instance(given, cache=cache)
    monkeypatch.setattr(draw, "draw_panels", lambda processes, *_, **__: drawn.extend(processes) or ())
    # Other windows, for parts that nobody has; those of finished stock as long as before.
    build_instance(replace(given, products=given.products.assign(assembly_days=1.0)), cache=cache)
    assert not drawn
    build_instance(replace(given, products=given.products.assign(replenishment_days=30.0)), cache=cache)
    assert len(drawn) == len(rows)


@pytest.mark.parametrize("lead", [10.0, 27.0])
def test_parts_that_lie_until_due_are_counted_once_in_lots_as_without(lead):
    """a l min(L' - assembly - LT, R)^2 / (2 R): on its own without lots; of lots it is demand of windows below zero."""
    goods = {"demand_per_week": 14.0, "demand_cv": 0.05, "lead_time_target_days": 30.0, "assembly_days": 1.0,
             "allowed": "ATO"}  # fmt: skip
    for lot in (0.0, 25.0):
        part = {"lead_time_days": lead, "min_order_quantity": lot}
        made = make_scenario([goods], components=[part], bom={"P1": {"C1": 3.0}}, samples=2000)
        edges = build_instance(made).edges
        lies = edges.early.sum(axis=0).mean() - edges.demand.sum(axis=0).mean()
        assert lies == pytest.approx(3.0 * 2.0 * min(29.0 - lead, 7.0) ** 2 / 14.0, rel=0.02), lot
        assert (len(edges.early) > 0) == (lot == 0.0)


@pytest.mark.parametrize("late", [1e-9, 3e-4, 0.1, 5.0, 1e4])
def test_the_newsvendors_level_is_the_best_of_all_samples(late):
    """From lateness that is next to free, where the least sample is enough, to what nobody may run out of."""
    row = {"demand_cv": 0.9, "late_cost_per_unit_day": late, "make_days": 12, "lead_time_target_days": 0}
    instance = build_instance(make_scenario([row], samples=40))
    levels = np.sort(instance.stock.net[0])
    found = measure_stock(instance.stock, 0, levels, rate=float(instance.rate[0]))
    cost = 25.0 * found.on_hand + late * 365.0 * found.backlog
    best = best_stock(instance)
    assert best.level[0] == levels[np.argmin(cost)]
    assert best.cost[0] == pytest.approx(cost.min(), rel=1e-12)
