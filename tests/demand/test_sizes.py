"""Sizes of orders that have not been seen: what few orders leave open, and what many, or equal ones, do not."""

import numpy as np
import pytest

from engine.demand.book.history import History
from engine.demand.fitting.sizes import SIZE_CV2, unseen_sizes
from engine.demand.fitting.stationary import stationary
from engine.demand.fitting.sums import sums_ahead


def rare(sizes, between=6):
    """An order each so many weeks."""
    weeks = np.zeros(between * len(sizes))
    weeks[::between] = sizes
    return weeks


def test_few_orders_lie_between_what_was_seen_and_what_others_show():
    """By hand: eight orders, sizes 3 and 5 by turns, one week in six; 15 (1 - 1/6) = 12.5 orders of squared CV 1.5."""
    sizes = np.tile([3.0, 5.0], 4)
    seen = (8.0 / 7.0) / 16.0
    likely = np.exp((8.0 * np.log(seen) + 12.5 * np.log(1.5)) / 20.5)
    cv = (6.0 * (1.0 + seen)) ** 0.5
    assert unseen_sizes(sizes, rare(sizes), cv) == pytest.approx(6.0 * (likely - seen) / cv**2)
    assert seen < likely < SIZE_CV2


def test_many_orders_tell_by_themselves():
    sizes = np.tile([3.0, 5.0], 400)
    few, many = (unseen_sizes(of, rare(of), 2.5) for of in (sizes[:8], sizes))
    assert few > 0.3 > 0.02 > many > 0.0


@pytest.mark.parametrize(
    "weeks", [np.tile([9.0, 11.0], 52), rare(np.full(20, 4.0)), rare([1.0, 200.0, 1.0, 1.0, 1.0, 1.0])]
)
def test_regular_weeks_packs_and_sizes_that_differ_more_add_nothing(weeks):
    assert unseen_sizes(np.zeros(0), weeks, 1.0) == 0.0


def test_without_sizes_of_orders_weeks_with_sales_stand_for_them():
    sizes = np.array([2.0, 3.0, 4.0, 2.0, 5.0])
    assert unseen_sizes(np.zeros(0), rare(sizes), 2.0) == unseen_sizes(sizes, rare(sizes), 2.0) > 0.0


def test_what_is_added_widens_sums_ahead_and_not_the_test_that_all_stays():
    past = History(product="P1", weeks=rare([2.0, 3.0, 4.0, 2.0, 5.0, 3.0, 2.0, 4.0]))
    found, tested = (sums_ahead(past, stationary(past), 4.0, untested=one) for one in (False, True))
    added = unseen_sizes(past.order_sizes, past.weeks, stationary(past).cv)
    assert found.unseen_sizes == added > 0.1
    assert found.ratio == pytest.approx((1.0 + added) * found.autocorrelation * (1.0 + 4.0 / len(past.weeks)))
    assert tested.unseen_sizes == 0.0


@pytest.mark.parametrize("true", [0.5, 1.5, 4.0])
def test_sizes_drawn_from_many_products_are_told_nearer_than_by_each_alone(true):
    """Squared CVs of sizes around a common one: the second moment of the orders to come, by eight seen."""
    rng = np.random.default_rng(7)
    own = true * np.exp(rng.normal(0.0, 0.5, 400))
    drawn = [rng.gamma(1.0 / c, c, 8) for c in own]
    seen = np.array([one.var(ddof=1) / one.mean() ** 2 for one in drawn])
    weeks = [rare(one) for one in drawn]
    added = np.array([unseen_sizes(one, week, 1.0) for one, week in zip(drawn, weeks, strict=True)]) / 6.0
    far, near = (np.log(seen / own), np.log((seen + added) / own))
    # Where sizes differ less than in other products the price of the prior is a squared CV that is too large.
    assert (near**2).mean() < (far**2).mean() if true >= 1.0 else near.mean() < np.log(SIZE_CV2 / true)
