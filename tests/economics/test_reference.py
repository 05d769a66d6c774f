"""Published and enumerated values: the closed form at the printed precision, the sampled instance beside it."""

import numpy as np
import pytest
from scipy.optimize import minimize

from engine.demand.streams import uniforms
from engine.economics.build import build_instance
from engine.economics.instance import MTO, MTS
from engine.economics.optima.closed_form import (
    backlog,
    lead_time_demand_sd,
    make_to_order_wins,
    newsvendor,
    pooling_ratio,
    stock_performance,
)
from engine.economics.optima.losses import WindowDemand, window_demand
from engine.economics.optima.stock import best_stock, measure_stock
from tests.evidence import FULL, covering
from tests.scenarios import make_scenario

SAMPLES = 40_000
# Money per unit and year: holding 0.18 and 0.70 per unit short make the engine's yearly cost the cost per period.
NO_WAIT = {"unit_cost": 1, "lead_time_target_days": 0}


def sampled(product, *, samples=SAMPLES, **settings):
    return build_instance(make_scenario([{**NO_WAIT, **product}], samples=samples, **settings))


def at_level(instance, level):
    """Sampled on-hand, backlog and late units a day, and the standard error of the first two."""
    found = measure_stock(instance.stock, 0, np.array([float(level)]), rate=float(instance.rate[0]))
    error = instance.stock.net[0].std() / instance.samples**0.5
    return float(found.on_hand[0]), float(found.backlog[0]), float(found.late_per_day[0]), float(error)


def close_optimum(instance, *, level, cost, holding, late):
    """The sampled optimum agrees with the exact one within the noise of its samples."""
    best = best_stock(instance)
    error = instance.stock.net[0].std() / instance.samples**0.5
    assert best.cost[0] == pytest.approx(cost, abs=4 * (holding + late) * error)
    assert best.level[0] == pytest.approx(level, abs=8 * error)


def test_a1_newsvendor_of_normal_demand():
    """Snyder & Shen, Fundamentals of Supply Chain Theory, example 4.3."""
    demand = window_demand("normal", mean_per_week=50, cv=8 / 50, days=7)
    best = newsvendor(demand, holding=0.18, late=0.70)
    assert float(best.level) == pytest.approx(56.603956, abs=5e-7)
    assert float(best.cost) == pytest.approx(1.997605, abs=5e-7)
    instance = sampled(
        {
            "distribution": "normal", "demand_per_week": 50, "demand_cv": 8 / 50, "replenishment_days": 0,
            "late_cost_per_unit_day": 0.70 / 365,
        },
        holding_rate_per_year=0.18, cost_timing="period_end",
    )  # fmt: skip
    close_optimum(instance, level=56.603956, cost=1.997605, holding=0.18, late=0.70)


def test_a2_newsvendor_of_poisson_demand():
    """Snyder & Shen, example 4.7."""
    demand = window_demand("poisson", mean_per_week=6, cv=0, days=7)
    best = newsvendor(demand, holding=1, late=4)
    assert float(best.level) == 8
    assert float(best.cost) == pytest.approx(3.570107, abs=5e-7)
    instance = sampled(
        {
            "distribution": "poisson", "demand_per_week": 6, "demand_cv": "", "replenishment_days": 0,
            "late_cost_per_unit_day": 4 / 365,
        },
        holding_rate_per_year=1, cost_timing="period_end",
    )  # fmt: skip
    close_optimum(instance, level=8, cost=3.570107, holding=1, late=4)
    assert best_stock(instance).level[0] == 8


def test_a3_base_stock_over_lead_time_and_review():
    """Snyder & Shen, example 4.4: four periods of lead time and one of review, charged at the period's end."""
    demand = window_demand("normal", mean_per_week=50, cv=8 / 50, days=35)
    best = newsvendor(demand, holding=0.18, late=0.70)
    assert float(best.level) == pytest.approx(264.766894, abs=5e-7)
    assert float(best.cost) == pytest.approx(4.466781, abs=5e-7)
    instance = sampled(
        {
            "distribution": "normal", "demand_per_week": 50, "demand_cv": 8 / 50, "replenishment_days": 28,
            "late_cost_per_unit_day": 0.70 / 365,
        },
        holding_rate_per_year=0.18, review_days=7, cost_timing="period_end",
    )  # fmt: skip
    close_optimum(instance, level=264.766894, cost=4.466781, holding=0.18, late=0.70)


def test_b1_lead_times_that_do_not_cross_widen_demand():
    """sigma^2 = E[L] sd^2 + mean^2 Var[L] (Hadley & Whitin 1963, chapter 3): 4, 5 or 6 periods of N(100, 30^2)."""
    spread = np.std([4, 5, 6])
    sd = float(lead_time_demand_sd(mean=100, sd=30, lead_time=5, lead_time_sd=spread))
    assert sd == pytest.approx(105.672450, abs=5e-7)
    z = 1.6448536269514722
    assert z * sd == pytest.approx(173.815712, abs=5e-7)
    ignored = float(lead_time_demand_sd(mean=100, sd=30, lead_time=5, lead_time_sd=0))
    assert z * ignored == pytest.approx(110.340136, abs=5e-7)
    # The formula holds for any lead time; the engine's is gamma with the same mean and variance.
    instance = sampled(
        {
            "distribution": "normal", "demand_per_week": 100, "demand_cv": 0.3, "replenishment_days": 35,
            "replenishment_cv": spread / 5,
        },
        review_days=0,
    )  # fmt: skip
    assert instance.stock.demand[0].mean() == pytest.approx(500, abs=4 * sd / SAMPLES**0.5)
    assert instance.stock.demand[0].std() == pytest.approx(sd, rel=4 / (2 * SAMPLES) ** 0.5)


def test_f1_reorder_level_and_batch_under_poisson_demand():
    """Poisson 5 a day, lead time 2 days (Hadley & Whitin 1963, chapter 4).

    The source prints (Q, r) = (12, 10). Its three values belong to r = 12 and Q = 10: with r = 10 and
    Q = 12 the type 1 service is 0.583040.
    """
    case = {"family": "poisson", "mean_per_week": 35, "cv": 0, "lead_time_days": 2}
    found = stock_performance(**case, level=12, batch=10)
    assert float(found.type_1) == pytest.approx(0.791556, abs=5e-7)
    assert float(found.type_2) == pytest.approx(0.946957, abs=5e-7)
    assert float(found.on_hand) == pytest.approx(7.571943, abs=5e-7)
    assert float(stock_performance(**case, level=10, batch=12).type_1) == pytest.approx(0.583040, abs=5e-7)
    instance = sampled(
        {
            "distribution": "poisson", "demand_per_week": 35, "demand_cv": "", "replenishment_days": 2,
            "batch_size": 10,
        },
        review_days=0,
    )  # fmt: skip
    on_hand, backlog, late, error = at_level(instance, 12)
    assert on_hand == pytest.approx(7.571943, abs=4 * error)
    assert backlog == pytest.approx(float(found.backlog), abs=4 * error)
    noise = 4 * (0.053 * 0.947 / SAMPLES) ** 0.5
    assert 1 - late / 5 == pytest.approx(0.946957, abs=noise)
    noise = 4 * (0.79 * 0.21 / SAMPLES) ** 0.5
    assert np.mean(instance.stock.demand[0] <= 12) == pytest.approx(0.791556, abs=noise)


def test_f2_reorder_level_and_batch_under_normal_demand():
    """Lead-time demand N(250, 50^2), r = 300, Q = 100: the shelf is empty for 1 - 0.958533 of the time.

    That is the published fill rate: nothing is demanded but single units, each order is placed at r itself. With its
    variance demand comes in larger ones, sigma^2 / 2 l = 5 units ahead of each: the shortage grows by as much of
    P(r < D < r + Q) / Q more.
    """
    found = stock_performance("normal", mean_per_week=250, cv=0.2, lead_time_days=7, level=300, batch=100)
    assert float(found.type_1) == pytest.approx(0.841345, abs=5e-7)
    demand = window_demand("normal", mean_per_week=250, cv=0.2, days=7)
    empty = (backlog(demand, level=300 - 1e-4, batch=100) - backlog(demand, level=300 + 1e-4, batch=100)) / 2e-4
    assert 1.0 - float(empty) == pytest.approx(0.958533, abs=5e-7)
    between = 0.158655 - 0.001350
    assert float(found.type_2) == pytest.approx(0.958533 - 5.0 * between / 100.0, abs=1e-6)
    instance = sampled(
        {
            "distribution": "normal", "demand_per_week": 250, "demand_cv": 0.2, "replenishment_days": 7,
            "batch_size": 100,
        },
        review_days=0,
    )  # fmt: skip
    _, _, late, _ = at_level(instance, 300)
    noise = 4 * (0.0415 * 0.9585 / SAMPLES) ** 0.5
    assert np.mean(instance.stock.net[0] <= 300) == pytest.approx(0.958533, abs=noise)
    assert 1 - late / (250 / 7) == pytest.approx(float(found.type_2), abs=noise)
    noise = 4 * (0.84 * 0.16 / SAMPLES) ** 0.5
    assert np.mean(instance.stock.demand[0] <= 300) == pytest.approx(0.841345, abs=noise)


@pytest.mark.parametrize(
    ("products", "correlation", "ratio"),
    [(2, 0.0, 0.707107), (2, 0.5, 0.866025), (2, -0.5, 0.5), (5, 0.0, 0.447214)],
)
def test_g1_pooled_safety_stock(products, correlation, ratio):
    """Eppen 1979: sqrt((1 + (n - 1) rho) / n)."""
    assert float(pooling_ratio(products, correlation)) == pytest.approx(ratio, abs=5e-7)
    if correlation < 0:
        return  # a common factor only correlates upwards
    cv = 0.3
    instance = build_instance(
        make_scenario(
            [{"distribution": "normal", "demand_cv": cv, "replenishment_days": 7, **NO_WAIT}] * products,
            samples=SAMPLES if FULL else 20_000, review_days=0, demand={"common_factor_cv": cv * correlation**0.5},
        )
    )  # fmt: skip
    demand = instance.stock.demand
    sampled_ratio = demand.sum(axis=0).std() / demand.std(axis=1).sum()
    # The common part is of calendar weeks, of which seven days on end have two: a third of its variance evens out.
    week = correlation * (2 / 3) / (1 - correlation / 3)
    assert sampled_ratio == pytest.approx(float(pooling_ratio(products, week)), rel=0.02)


def test_g2_one_common_part_for_two_products():
    """Baker, Magazine & Nuttle 1986: two products, demand U(0, 1), one own part each, one common part.

    Fewest units 2 a + c with P(D1 <= a, D2 <= a, D1 + D2 <= c) = a^2 - (2 a - c)^2 / 2 at least 0.8.
    """
    service = 0.8

    def joint(x):
        return x[0] ** 2 - max(2 * x[0] - x[1], 0) ** 2 / 2

    found = minimize(
        lambda x: 2 * x[0] + x[1],
        x0=[0.95, 1.6],
        bounds=[(0, 1), (0, 2)],
        constraints={"type": "ineq", "fun": lambda x: joint(x) - service},
        tol=1e-12,
    )
    own = np.sqrt(8 * service / 7)
    assert found.x == pytest.approx([own, 1.5 * own], abs=1e-5)
    assert own == pytest.approx(0.956183, abs=5e-7)
    assert 1.5 * own == pytest.approx(1.434274, abs=5e-7)
    dedicated = np.sqrt(service)
    assert dedicated == pytest.approx(0.894427, abs=5e-7)
    assert 100 * (1 - 3.5 * own / (4 * dedicated)) == pytest.approx(6.46, abs=0.005)
    # On the engine's own draws the levels keep the joint service.
    first, second = (uniforms(1, "demand", key, 1, SAMPLES)[0] for key in ("P1", "P2"))
    kept = np.mean((first <= own) & (second <= own) & (first + second <= 1.5 * own))
    assert kept == pytest.approx(service, abs=4 * (service * (1 - service) / SAMPLES) ** 0.5)


@pytest.mark.parametrize(("late_over_holding", "mean"), covering([1.5, 4.0, 9.0, 30.0], [0.02, 0.15, 0.6]))
def test_make_to_order_threshold(late_over_holding, mean):
    """Arreola-Risa & DeCroix 1998: no stock iff P(D = 0) >= late / (late + holding), at continuous review."""
    demand = WindowDemand(family="poisson", mean=np.array(mean), sd=np.sqrt(mean))
    wins = bool(make_to_order_wins(demand, holding=1, late=late_over_holding))
    assert wins == (newsvendor(demand, holding=1, late=late_over_holding).level == 0)
    assert abs(np.exp(-mean) - late_over_holding / (1 + late_over_holding)) > 0.001
    lead, wait = 10.0, 3.0
    instance = sampled(
        {
            "distribution": "poisson", "demand_per_week": mean, "demand_cv": "", "lead_time_target_days": wait,
            "make_days": lead, "late_cost_per_unit_day": late_over_holding / 365,
        },
        holding_rate_per_year=1, review_days=0,
    )  # fmt: skip
    best = best_stock(instance)
    assert (best.level[0] == 0) == wins
    # Without stock, made to stock is made to order (Little's law).
    _, backlog, _, error = at_level(instance, 0)
    assert instance.late[0] * backlog == pytest.approx(
        instance.choice[0, MTO] - instance.choice[0, MTS], abs=4 * late_over_holding * error
    )
    stocked = float(newsvendor(demand, holding=1, late=late_over_holding).cost)
    assert best.cost[0] == pytest.approx(stocked, abs=4 * (1 + late_over_holding) * error)
