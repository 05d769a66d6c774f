"""Orders of sizes seen: distribution of a day by simulation, moments, own and whole orders."""

import numpy as np
import pytest

from engine.demand.own_order import own_order, whole_order
from engine.demand.seen_orders import seen_orders

SIZES = (1.0,) * 57 + (2.5,) * 38 + (60.0,) * 5


def weekly_cv(sizes, mean):
    """Of orders at random times: sqrt(E[X^2] / (mean E[X]))."""
    units = np.asarray(sizes)
    return ((units**2).mean() / (mean * units.mean())) ** 0.5


@pytest.mark.parametrize("sizes", [SIZES, (3.0, 4.0, 7.0)])
def test_a_day_is_that_of_orders_drawn_one_by_one(sizes):
    mean = 40.0
    made = seen_orders(mean_per_week=mean, cv=weekly_cv(sizes, mean), sizes=sizes)
    assert made.sizes == pytest.approx(sorted(sizes))
    rng = np.random.default_rng(2)
    count = rng.poisson(made.orders_per_day, 200_000)
    drawn = np.bincount(np.repeat(np.arange(len(count)), count), weights=rng.choice(sizes, count.sum()))
    drawn = np.append(drawn, np.zeros(len(count) - len(drawn)))
    found = made.increments((np.arange(200_000) + 0.5) / 200_000)
    for size in (0.2, 3.2, 8.2, 59.2, 61.2, 70.2):
        assert (found <= size).mean() == pytest.approx((drawn <= size).mean(), abs=0.006)
    assert found.mean() == pytest.approx(mean / 7.0, rel=1e-3)
    assert found.var() == pytest.approx(mean**2 * made.cv**2 / 7.0, rel=5e-3)


def test_more_variation_than_the_orders_explain_comes_in_larger_and_fewer_orders():
    mean, cv = 40.0, 1.3 * weekly_cv(SIZES, 40.0)
    made = seen_orders(mean_per_week=mean, cv=cv, sizes=SIZES)
    assert made.order_size == pytest.approx(1.69 * np.mean(SIZES))
    found = made.increments((np.arange(100_000) + 0.5) / 100_000)
    assert found.mean() == pytest.approx(mean / 7.0, rel=1e-3)
    assert found.var() == pytest.approx(mean**2 * cv**2 / 7.0, rel=5e-3)


def test_a_unit_finds_itself_in_large_orders_and_an_order_in_its_own():
    made = seen_orders(mean_per_week=40.0, cv=weekly_cv(SIZES, 40.0), sizes=SIZES)
    u, v = np.random.default_rng(3).random((2, 100_000))
    sizes = np.asarray(SIZES)
    assert whole_order(made, 1.0, u, v).mean() == pytest.approx(sizes.mean(), rel=0.03)
    before = own_order(made, u, v)
    assert before.mean() == pytest.approx((sizes**2).mean() / sizes.mean() / 2.0, rel=0.03)
