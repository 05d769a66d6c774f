"""Work of stock orders comes with the orders: against a shop that orders and works day by day, and by hand."""

from math import ceil

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.exposure.stock_work import StockOrders
from tests.scenarios import make_scenario

RATE, CV, HOURS = 6.0, 0.8, 42.0


def stocked(*, review_days: float, lead: float, lot: float, outsourcing: float | str = 2.0, **changes: object):
    row = {
        "demand_per_week": 7.0 * RATE, "demand_cv": CV, "unit_cost": 10.0, "lead_time_target_days": 0.0,
        "late_cost_per_unit_day": 1.0, "make_days": lead, "replenishment_days": lead, "allowed": "MTS",
        "batch_size": lot or "", **changes,
    }  # fmt: skip
    return make_scenario(
        [row], review_days=review_days, samples=4000,
        resources=[{"resource": "press", "hours_per_week": HOURS, "overtime_hours_per_week": 900.0,
                    "overtime_cost_per_hour": 1.0, "outsourcing_cost_per_hour": outsourcing}],
        routing=[{"product": "P1", "resource": "press", "stage": "make", "hours_per_unit": 1.0}],
    )  # fmt: skip


def worked_day_by_day(*, review: int, lead: int, lot: float, days: int = 210_000):
    """Hours of every week of a shop that orders in whole lots at reviews and spreads each order over its lead time."""
    rng = np.random.default_rng(5)
    daily = rng.gamma(1.0 / (7.0 * CV**2), RATE * 7.0 * CV**2, days)
    sold = daily[: days - days % review].reshape(-1, review).sum(axis=1).tolist()
    work, position = np.zeros(days + lead + 1), lot
    for k, units in enumerate(sold, start=1):
        position -= units
        order = -position if lot <= 0.0 else lot * ceil(max(-position, 0.0) / lot)
        position += order
        if order:
            work[k * review : k * review + lead] += order / lead
    return work[700:days].reshape(-1, 7).sum(axis=1)


@pytest.mark.parametrize(
    ("review_days", "lead", "lot"), [(7.0, 21, 0.0), (7.0, 21, 60.0), (7.0, 4, 0.0), (3.0, 10, 25.0), (0.0, 12, 80.0)]
)
def test_hours_spread_as_in_a_shop_that_works_day_by_day(review_days, lead, lot):
    hours = worked_day_by_day(review=max(int(review_days), 1), lead=lead, lot=lot)
    capacity = build_instance(stocked(review_days=review_days, lead=float(lead), lot=lot)).capacity
    model = 7.0 * RATE * capacity.stock_pace[0]
    assert model.mean() == pytest.approx(hours.mean(), rel=0.01)
    assert model.std() == pytest.approx(hours.std(), rel=0.05)
    over = [np.maximum(each - HOURS, 0.0).mean() for each in (model, hours)]
    assert over[0] == pytest.approx(over[1], rel=0.06)


def orders(sold: list[float], *, lead: float) -> StockOrders:
    found = StockOrders.of(
        np.array([0]), lead_days=np.array([lead]), review_days=7.0, bucket_days=7.0, instant=np.zeros(1)
    )
    path = np.zeros((int(found.days[0]) + 1, 1))
    for week, units in enumerate(sold):
        path[7 * week + 7 :] += units
    found.put([0], [path])
    return found


@pytest.mark.parametrize(
    ("lot", "position", "work", "other"),
    [
        # Sold in the last weeks 10, 20, 30, 0: ordered at the end of each week before; a week is half of 14 days.
        (0.0, 0.0, (20.0 + 30.0) / 2.0, 8.0 / 2.0),
        # In lots of 25 with 5 left above the level: 15, 35, 65, 65 in all are 0, 1, 2, 2 lots.
        (25.0, 5.0, (25.0 + 25.0) / 2.0, 0.0),
        # With 20 left: 30, 50, 80, 80 are 1, 1, 3, 3 lots.
        (25.0, 20.0, (0.0 + 50.0) / 2.0, 25.0 / 2.0),
    ],
)
def test_the_week_has_its_part_of_the_orders_in_the_shop(lot, position, work, other):
    found = orders([10.0, 20.0, 30.0, 0.0], lead=14.0)
    # Beside it a sample in which 8 were sold, that many weeks ago that half of them is in the shop.
    beside = orders([0.0, 0.0, 8.0, 0.0], lead=14.0)
    both = StockOrders(
        bucket_days=7.0, lead_days=found.lead_days, row=found.row, age=found.age, before=0.0,
        sold=np.concatenate([found.sold, beside.sold], axis=2),
    )  # fmt: skip
    pace = both.pace(np.array([[position, position]]), np.array([lot]))[0]
    np.testing.assert_allclose(pace, np.array([work, other]) / (0.5 * (work + other)))


def test_even_demand_is_worked_off_evenly():
    even = build_instance(stocked(review_days=7.0, lead=16.0, lot=0.0, demand_cv=0.0))
    assert np.ptp(even.capacity.stock_pace) < 1e-9


def test_a_full_shop_puts_work_for_stock_off_where_no_hours_can_be_bought():
    firm = build_instance(stocked(review_days=7.0, lead=16.0, lot=60.0, outsourcing=""))
    np.testing.assert_array_equal(firm.capacity.stock_pace, 1.0)
