"""The simulated plant against textbook values, before anything is held against it.

Tolerances are some four standard errors of the run, worked out beside each test or read off batches of runs; a fault
of a percent in what they hold is seen.
"""

import numpy as np
import pytest
from scipy import stats

from tests.evidence import FULL
from tests.oracle.orders import draw_orders
from tests.oracle.plant import Part, Plant, Product
from tests.oracle.simulation import Simulation


def lone(product, *, review=0.0, runs=20, days=10_000.0, seed=1):
    return Simulation(Plant(products=(product,), review=review), seed=seed, runs=runs, days=days)


def product(**columns):
    return Product(**{"name": "P", "week": 7.0, "family": "poisson", "replenishment": 10.0, **columns})


@pytest.mark.parametrize("family", ["gamma", "poisson", "negative_binomial", "compound_poisson"])
def test_orders_have_the_weekly_mean_and_cv(family):
    made = product(week=14.0, cv=0.7, family=family, order_size=3.0)
    orders = draw_orders(made, np.random.default_rng(3), runs=1, days=7.0 * 40_000, apart=1.0)
    weeks = np.bincount((orders.time // 7.0).astype(int), weights=orders.size, minlength=40_000)
    cv = 14.0**-0.5 if family == "poisson" else 0.7
    assert weeks.mean() == pytest.approx(14.0, rel=4 * cv / 200)
    assert weeks.std() / weeks.mean() == pytest.approx(cv, rel=0.03)


def test_small_orders_of_gamma_demand_are_gamma_distributed():
    made = product(week=10.0, cv=0.9, family="gamma")
    orders = draw_orders(made, np.random.default_rng(4), runs=1, days=5.0 * 40_000, apart=1.0)
    windows = np.bincount((orders.time // 5.0).astype(int), weights=orders.size, minlength=40_000)
    levels = stats.gamma.ppf([0.1, 0.25, 0.5, 0.75, 0.95, 0.99], 5.0 / 7.0 / 0.81, scale=10.0 * 0.81)
    seen = [(windows <= level).mean() for level in levels]
    assert seen == pytest.approx([0.1, 0.25, 0.5, 0.75, 0.95, 0.99], abs=0.01)


@pytest.mark.parametrize("wait", [0.0, 4.0])
def test_poisson_base_stock(wait):
    """Backorders are those of a Poisson number outstanding (Palm 1938; Feeney & Sherbrooke 1966)."""
    seen = lone(product(wait=wait)).from_stock(0, 12.0)
    outstanding = stats.poisson(10.0 - wait)
    units = np.arange(100)
    chance = outstanding.pmf(units)
    assert seen.on_hand == pytest.approx(chance @ np.maximum(12 - units, 0), rel=0.01)
    assert seen.backlog == pytest.approx(chance @ np.maximum(units - 12, 0), abs=0.02)
    assert seen.late_share == pytest.approx(outstanding.sf(11), abs=0.006)


def test_infinitely_many_servers_where_every_part_takes_its_own_time():
    """Nothing is stocked: units on order are those of M/G/infinity, rate x time."""
    part = Part(name="C", lead=9.0)
    plant = Plant(products=(product(parts=((0, 1.0),), wait=2.0),), parts=(part,))
    (seen,), (shelf,) = Simulation(plant, seed=2, days=5000.0).assembled((0,), [0.0])
    assert seen.backlog == pytest.approx(7.0, rel=0.02)
    assert seen.late_share == 1.0
    assert shelf.on_hand == pytest.approx(0.0, abs=1e-3)


def test_reorder_level_and_lot():
    """r = 12, Q = 10, Poisson 5 a day, two days: type 2 0.9469, on hand 7.572 (reference F1)."""
    seen = lone(product(week=35.0, replenishment=2.0, batch=10.0)).from_stock(0, 12.0)
    assert 1.0 - seen.late_share == pytest.approx(0.9469, abs=0.002)
    assert seen.on_hand == pytest.approx(7.572, rel=0.01)


@pytest.mark.parametrize(("wait", "on_time"), [(0.0, 0.865771), (2.0, 0.990057)])
def test_assembly_from_two_parts(wait, on_time):
    """Orders for A, B and both at 0.6, 0.5, 0.4 a day, five days, base stock (9, 8); Song (1998), reference H1."""
    parts = (Part(name="A", lead=5.0), Part(name="B", lead=5.0))
    products = tuple(
        product(name=name, week=7.0 * rate, parts=lines, wait=wait)
        for name, rate, lines in (("A", 0.6, ((0, 1.0),)), ("B", 0.5, ((1, 1.0),)), ("AB", 0.4, ((0, 1.0), (1, 1.0))))
    )
    simulation = Simulation(Plant(products=products, parts=parts), seed=1, days=20_000.0 if FULL else 10_000.0)
    waiting, _ = simulation.assembled((0, 1, 2), [9.0, 8.0])
    assert 1.0 - waiting[2].late_share == pytest.approx(on_time, abs=0.005)


@pytest.mark.parametrize("cv", [0.4, 1.3])
def test_gamma_base_stock(cv):
    """E(D(t) - S)+ of a gamma distribution, and its derivative with respect to t: late units a day."""
    made = product(week=20.0, cv=cv, family="gamma", replenishment=21.0, wait=3.0)
    scale = 20.0 * cv**2

    def excess(days, level):
        shape = days / 7.0 / cv**2
        over = stats.gamma.sf(level, shape + 1.0, scale=scale), stats.gamma.sf(level, shape, scale=scale)
        return shape * scale * over[0] - level * over[1]

    level = float(stats.gamma.ppf(0.9, 18.0 / 7.0 / cv**2, scale=scale))
    seen = lone(made, days=10_000.0 if FULL else 5000.0).from_stock(0, level)
    late = (excess(18.001, level) - excess(17.999, level)) / 0.002
    assert seen.backlog == pytest.approx(excess(18.0, level), rel=0.06)
    assert seen.on_hand == pytest.approx(level - 18.0 * made.rate + excess(18.0, level), rel=0.02)
    assert seen.late_share == pytest.approx(late / made.rate, abs=0.01)


@pytest.mark.parametrize("wait", [0.0, 2.0, 8.0])
def test_a_steady_flow_under_reviews(wait):
    """Nearly constant demand, lead time 6, reviews every 7 days: what is on hand falls in a straight line."""
    made = product(week=70.0, cv=0.05, family="gamma", replenishment=6.0, wait=wait)
    seen = lone(made, review=7.0, runs=4, days=350.0 if FULL else 175.0).from_stock(0, 100.0)
    # S - D(6 + u - wait), u uniform on 0..7; D next to normal, below zero what comes early.
    days = 6.0 + np.linspace(0.0, 7.0, 10_001) - wait
    net, sd = 100.0 - 10.0 * days, 3.5 * np.sqrt(np.abs(days) / 7.0) + 1e-9
    short = sd * (stats.norm.pdf(net / sd) - net / sd * stats.norm.sf(net / sd))
    assert seen.on_hand == pytest.approx((net + short).mean(), rel=0.02)
    assert seen.backlog == pytest.approx(short.mean(), rel=0.06, abs=0.01)
    assert seen.late_share == pytest.approx(stats.norm.sf(net / sd).mean(), abs=0.01)


@pytest.mark.parametrize(("wait", "early"), [(8.0, 10.0 * 4.0 / 14.0), (30.0, 10.0 * 3.5)])
def test_goods_ordered_at_reviews_lie_until_they_are_due(wait, early):
    """l min(L' - LT, R)^2 / (2 R) of a part that is bought after the order; none where orders are placed at once."""
    made = product(week=70.0, wait=wait, parts=((0, 1.0),))
    plant = Plant(products=(made,), parts=(Part(name="C", lead=6.0),), review=7.0)
    (seen,), (shelf,) = Simulation(plant, seed=1, runs=4, days=1400.0).assembled((0,), [0.0])
    assert shelf.on_hand == pytest.approx(early, rel=0.02)
    assert seen.late_share == 0.0
    at_once = Simulation(Plant(products=plant.products, parts=plant.parts), seed=1, runs=4, days=700.0)
    assert at_once.assembled((0,), [0.0])[1][0].on_hand == pytest.approx(0.0, abs=1e-9)


def test_the_rest_of_a_lot_lies_on_the_shelf():
    """Parts bought after the order, 100 at a time: (Q - 1)/2 units on average where orders are single units."""
    made = product(wait=20.0, parts=((0, 1.0),))
    plant = Plant(products=(made,), parts=(Part(name="C", lead=6.0, lot=100.0),))
    (seen,), (shelf,) = Simulation(plant, seed=1, runs=40, days=5000.0).assembled((0,), [0.0])
    assert shelf.on_hand == pytest.approx(50.0, rel=0.01)
    assert seen.late_share == 0.0
    # At a reorder level of -20 a fifth of the units waits for others to fill the lot.
    (seen,), _ = Simulation(plant, seed=1, runs=40, days=5000.0).assembled((0,), [-20.0])
    assert seen.late_share == pytest.approx(0.2, abs=0.01)


def test_random_lead_times_are_those_of_the_contract():
    """Lead times that do not cross, one law for every instant: D over a gamma time, whose mean and spread are known."""
    made = product(week=35.0, replenishment=10.0, replenishment_cv=0.4)
    seen = lone(made, runs=2000 if FULL else 1000, days=100.0).from_stock(0, 65.0)
    days = stats.gamma.ppf((np.arange(2000) + 0.5) / 2000, 1 / 0.16, scale=1.6)
    units = np.arange(400)
    outstanding = stats.poisson.pmf(units[:, None], 5.0 * days).mean(axis=1)
    assert seen.backlog == pytest.approx(outstanding @ np.maximum(units - 65, 0), rel=0.04)
    assert seen.on_hand == pytest.approx(outstanding @ np.maximum(65 - units, 0), rel=0.01)


def test_made_to_order():
    made = product(wait=8.0, make=10.0, make_cv=0.5)
    seen = Simulation(Plant(products=(made,)), seed=1, days=100.0).to_order(0)
    took = stats.gamma(4.0, scale=2.5)
    assert seen.late_share == pytest.approx(took.sf(8.0), abs=1e-4)
    over = took.expect(lambda days: days - 8.0, lb=8.0)
    assert seen.backlog == pytest.approx(over, rel=1e-3)


def test_costs_are_priced_by_hand():
    made = product(wait=0.0, carrying=3.0, late=50.0, lost=2.0)
    simulation = lone(made, days=2000.0)
    outcome = simulation.outcome(["MTS"], [12.0], [])
    seen = outcome.products[0]
    assert outcome.cost == pytest.approx(3.0 * seen.on_hand + 50.0 * seen.backlog + 2.0 * 365.0 * seen.late_share)
