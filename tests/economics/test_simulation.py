"""Predicted holding, late cost and late units against a simulation that shares no formula with the engine."""

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.optima.stock import best_stock, measure_stock
from tests.economics.shelf import continuous, periodic
from tests.evidence import FULL
from tests.scenarios import make_scenario

SAMPLES = 40_000


def predicted(product, **settings):
    """Level and measures of the sampled optimum of one product."""
    row = {"unit_cost": 100, "late_cost_per_unit_day": 1.0, **product}
    instance = build_instance(make_scenario([row], samples=SAMPLES, holding_rate_per_year=0.4, **settings))
    level = float(best_stock(instance).level[0])
    found = measure_stock(instance.stock, 0, np.array([level]), rate=float(instance.rate[0]))
    return level, float(found.on_hand[0]), float(found.backlog[0]), float(found.late_per_day[0])


# One thing at a time, where another case of the same test has it beside others: in the long form.
ALONE = {"customers-wait", "batch", "random-lead-time"}
PERIODIC = [
    pytest.param(0, 0, 0, 0.02, id="plain"),
    pytest.param(0, 4, 0, 0.02, id="customers-wait"),
    pytest.param(40, 0, 0, 0.02, id="batch"),
    pytest.param(40, 4, 0, 0.02, id="batch-and-customers-wait"),
    pytest.param(0, 0, 0.3, 0.02, id="random-lead-time"),
    pytest.param(40, 4, 0.3, 0.02, id="everything"),
    pytest.param(0, 11, 0, 0.02, id="customers-wait-longer-than-the-lead-time"),
]
# Its random lead times are in no other case.
CONTINUOUS = [
    pytest.param(0, 0, 0, id="plain"),
    pytest.param(0, 3, 0, id="customers-wait"),
    pytest.param(6, 0, 0, id="batch"),
    pytest.param(6, 3, 0, id="batch-and-customers-wait"),
    pytest.param(0, 0, 0.3, id="random-lead-time"),
]


def chosen(cases, besides=()):
    """All cases in the long form; else those that stand for others, and those named besides."""
    return [one for one in cases if FULL or one.id not in ALONE or one.id in besides]


@pytest.mark.parametrize(("batch", "wait_days", "lead_cv", "tolerance"), chosen(PERIODIC))
def test_periodic_review(batch, wait_days, lead_cv, tolerance):
    demand = {"demand_per_week": 20.0, "demand_cv": 0.8}
    level, on_hand, late, late_per_day = predicted(
        {
            **demand, "lead_time_target_days": wait_days, "replenishment_days": 10, "replenishment_cv": lead_cv,
            "batch_size": batch or "", "make_days": 30,
        },
        review_days=7,
    )  # fmt: skip
    seen = periodic(
        level=level, batch=batch, demand_per_week=20.0, cv=0.8, lead_days=10, lead_cv=lead_cv, wait_days=wait_days
    )
    assert on_hand == pytest.approx(seen[0], rel=tolerance)
    assert late == pytest.approx(seen[1], rel=tolerance)
    assert late_per_day == pytest.approx(seen[2], rel=max(tolerance, 0.03))


def test_stock_ordered_before_it_is_needed_lies_on_the_shelf():
    """Where customers wait longer than the supplier, what a review orders at u < L' - LT before it is due comes early.

    Without it 6% of the stock on hand would be missing here.
    """
    level, on_hand, late, late_per_day = predicted(
        {
            "demand_per_week": 20.0, "demand_cv": 0.8, "lead_time_target_days": 12, "replenishment_days": 10,
            "make_days": 30,
        },
        review_days=7,
    )  # fmt: skip
    seen = periodic(level=level, demand_per_week=20.0, cv=0.8, lead_days=10, wait_days=12)
    assert on_hand == pytest.approx(seen[0], rel=0.02)
    assert late == pytest.approx(seen[1], rel=0.02)
    assert late_per_day == pytest.approx(seen[2], rel=0.03)


@pytest.mark.parametrize(("batch", "wait_days", "lead_cv"), chosen(CONTINUOUS, besides=("random-lead-time",)))
def test_continuous_review(batch, wait_days, lead_cv):
    level, on_hand, late, late_per_day = predicted(
        {
            "distribution": "poisson", "demand_per_week": 4.0, "demand_cv": "", "replenishment_days": 10,
            "lead_time_target_days": wait_days, "replenishment_cv": lead_cv, "batch_size": batch or "",
            "make_days": 30,
        },
        review_days=0,
    )  # fmt: skip
    seen = continuous(
        level=round(level), batch=batch, orders_per_week=4.0, lead_days=10, lead_cv=lead_cv, wait_days=wait_days
    )
    assert level == round(level)
    assert on_hand == pytest.approx(seen[0], rel=0.02)
    assert late == pytest.approx(seen[1], rel=0.02)
    assert late_per_day * 7 / 4 == pytest.approx(seen[2], rel=0.02)
