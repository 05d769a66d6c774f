"""What orders make a stock order, and when, stated anew order by order for lead times that do not vary."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from engine.evaluate.simulate.clock.drawn import Drawn, Source
from engine.evaluate.simulate.clock.observed import Horizon
from engine.evaluate.simulate.clock.orders import GammaLots, OrderStream
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, LargeOrders, Part, Shelf, System

DAYS = np.array([0.25, 1.5, 6.75, 7.0, 13.0, 20.125, 21.0, 33.5])
UNITS = np.array([1.0, 4.0, 2.0, 1.0, 3.0, 5.0, 2.0, 1.0])
HORIZON = Horizon(warm_up_days=20.0, batch_days=10.0, batches=2)


@dataclass(frozen=True)
class Given:
    """Orders that are given, not drawn."""

    waits: tuple = ()

    def draw(self, rng, days):
        assert days == 40.0
        return OrderStream(day=DAYS, units=UNITS, wait_days=np.array(self.waits) if self.waits else None)


def part(lead, batch=0.0, level=10.0):
    return Part(name=f"C{lead}{batch}", shelf=Shelf(level=level, batch=batch, supply=Supply(mean_days=lead)))


def drawn(good, *parts, **more):
    return Drawn(System(goods=(good,), parts=parts, **more), HORIZON, 3, 0)


@pytest.mark.parametrize("review", [0.0, 7.0])
@pytest.mark.parametrize("wait", [0.0, 5.0, 12.0, 30.0])
def test_finished_stock_is_ordered_at_the_last_review_in_time(review, wait):
    """Orders count from when they come in, or from a review before their last moment, the due day less lead time."""
    good = Good(name="A", orders=Given(), wait_days=wait, shelf=Shelf(level=8.0, supply=Supply(mean_days=10.0)))
    found = drawn(good, review_days=review)
    (asked,) = found.asked
    assert asked.source is Source.SHELF
    np.testing.assert_array_equal(asked.at, DAYS + wait)
    np.testing.assert_array_equal(asked.due, DAYS + wait)
    np.testing.assert_array_equal(asked.units, UNITS)
    assert asked.recipe == asked.covered == ((0, 1.0),)
    assert found.finished == {0: 0}
    (claim,) = asked.claims
    np.testing.assert_allclose(claim.at, np.maximum(DAYS, DAYS + wait - 10.0 - review), atol=1e-8)
    np.testing.assert_array_equal(claim.units, UNITS)
    assert claim.bought is None
    assert not claim.at_once
    assert (found.stocks[0].owner, found.stocks[0].start) == (0, 8.0)


@pytest.mark.parametrize("review", [0.0, 7.0])
@pytest.mark.parametrize("lead", [4.0, 6.0, 6.5, 25.0])
def test_parts_are_bought_for_orders_that_can_wait_for_them(review, lead):
    """Six days are left for parts. What comes in time lies there from the last review that was; the rest is stocked."""
    good = Good(name="A", orders=Given(), wait_days=8.0, assembly_days=2.0, parts=((0, 2.0),), order_size=1.5)
    (asked,) = drawn(good, part(lead), review_days=review).asked
    assert asked.source is Source.PARTS
    np.testing.assert_array_equal(asked.at, DAYS + 6.0)
    np.testing.assert_array_equal(asked.due, DAYS + 8.0)
    np.testing.assert_array_equal(asked.takes, np.full(8, 1.5))
    if lead > 6.0:
        (claim,) = asked.claims
        np.testing.assert_allclose(claim.at, np.maximum(DAYS, DAYS + 6.0 - lead - review), atol=1e-8)
        np.testing.assert_array_equal(claim.units, 2.0 * UNITS)
        assert claim.bought is None
        assert asked.recipe == asked.covered == ((0, 2.0),)
        assert asked.lying == ()
        assert all(not one.units.size for one in asked.early)
        return
    assert asked.claims == asked.recipe == asked.covered == ()
    assert asked.lying == ((0, 2.0),)
    if review == 0.0:
        assert asked.early == ()
        return
    since, until, units = [], [], []
    for day, count in zip(DAYS, UNITS, strict=True):
        # The first review from when it would not be a whole cycle too soon.
        at = math.ceil((day + max(6.0 - lead - review, 0.0)) / review - 1e-9) * review
        if at + lead < day + 6.0:
            since.append(at + lead)
            until.append(day + 6.0)
            units.append(2.0 * count)
    (early,) = asked.early
    assert early.stock == 0
    np.testing.assert_allclose(early.since, since, atol=1e-8)
    np.testing.assert_array_equal(early.until, until)
    np.testing.assert_array_equal(early.units, units)


@pytest.mark.parametrize("review", [0.0, 7.0])
@pytest.mark.parametrize("order_size", [None, 1.5])
def test_a_lot_that_supply_is_in_time_for_stands_for_itself(review, order_size):
    """Ordered at the last review in time for it; else it stands for an order. A part needs no more than its time."""
    waits = (12.0, 12.0, 12.0, 30.0, 10.0, 0.0, 16.5, 12.0)
    supply = Supply(mean_days=10.0)
    stocked = Good(name="A", orders=Given(waits), shelf=Shelf(level=8.0, supply=supply), order_size=order_size)
    assembled = Good(name="A", orders=Given(waits), parts=((0, 1.0),), order_size=order_size)
    shelf = drawn(stocked, review_days=review).asked[0]
    parts = drawn(assembled, part(10.0), review_days=review).asked[0]
    for asked, reviewed in ((shelf, review), (parts, 0.0)):
        for day, due, units, takes in zip(asked.day, asked.due, asked.units, asked.takes, strict=True):
            at = max(day, due - 10.0 - reviewed)
            seen = math.ceil(at / reviewed - 1e-9) * reviewed if reviewed else at
            assert takes == (units if order_size is None or seen + 10.0 <= due + 1e-9 else order_size)
    assert order_size is None or len(set(shelf.takes)) > 2


def test_an_order_needs_what_comes_before_it_with_its_lot():
    lots, supply = GammaLots(mean_per_day=4.0, week_cv=0.5), Supply(mean_days=10.0)
    for good in (
        Good(name="A", orders=lots, shelf=Shelf(level=8.0, supply=supply), order_size=1.5),
        Good(name="A", orders=lots, parts=((0, 1.0),), order_size=1.5),
    ):
        found = drawn(good, part(10.0))
        unsent = lots.draw(found.stream("orders", "A"), HORIZON.days).unsent
        np.testing.assert_allclose(found.asked[0].takes, 1.5 + unsent)


@pytest.mark.parametrize("waits", [(), (3.0, 30.0, 8.0, np.nan, 0.0, 12.0, 8.0, 3.0)])
def test_customers_who_wait_differently_have_parts_bought_or_stocked(waits):
    """The same part comes in time for one order and not for the next."""
    good = Good(name="A", orders=Given(waits), wait_days=8.0, assembly_days=2.0, parts=((0, 1.0), (1, 3.0)))
    (asked,) = drawn(good, part(7.0), part(20.0), review_days=7.0).asked
    given = np.where(np.isnan(waits), 8.0, waits) if waits else np.full(8, 8.0)
    slack = np.maximum(given - 2.0, 0.0)
    turn = np.argsort(DAYS + slack, kind="stable")
    np.testing.assert_array_equal(asked.at, (DAYS + slack)[turn])
    np.testing.assert_array_equal(asked.day, DAYS[turn])
    np.testing.assert_array_equal(asked.due, (DAYS + given)[turn])
    assert asked.covered == ()
    for stock, (lead, quantity) in enumerate(((7.0, 1.0), (20.0, 3.0))):
        alone = lead <= slack
        own = [claim for claim in asked.claims if claim.stock == stock]
        bought = [claim for claim in own if claim.bought is not None]
        stocked = [claim for claim in own if claim.bought is None]
        assert (len(bought), len(stocked)) == (int(alone.any()), int((~alone).any()))
        for claim in bought:
            np.testing.assert_array_equal(claim.bought, DAYS[alone])
            np.testing.assert_allclose(claim.at, (DAYS + slack)[alone], atol=1e-8)
            np.testing.assert_array_equal(claim.units, quantity * UNITS[alone])
        for claim in stocked:
            np.testing.assert_allclose(claim.at, np.maximum(DAYS, DAYS + slack - lead - 7.0)[~alone], atol=1e-8)
            np.testing.assert_array_equal(claim.units, quantity * UNITS[~alone])


@pytest.mark.parametrize("review", [0.0, 7.0])
@pytest.mark.parametrize("lead", [5.0, 25.0])
def test_lots_of_parts_are_ordered_at_reviews_or_just_in_time(review, lead):
    """Where the part can come after the order and the next review is too late, the order is placed by itself."""
    good = Good(name="A", orders=Given(), wait_days=8.0, assembly_days=2.0, parts=((0, 2.0),))
    (asked,) = drawn(good, part(lead, batch=12.0), review_days=review).asked
    assert asked.recipe == ((0, 2.0),)
    assert asked.early == asked.lying == ()
    latest = np.maximum(DAYS + 6.0 - lead, DAYS)
    at = np.maximum(DAYS, DAYS + 6.0 - lead - review)
    next_review = np.ceil(at / review - 1e-9) * review if review else at
    alone = (lead <= 6.0) & (next_review > latest) if review else np.zeros(8, dtype=bool)
    by_itself = [claim for claim in asked.claims if claim.at_once]
    reviewed = [claim for claim in asked.claims if not claim.at_once]
    assert (len(by_itself), len(reviewed)) == (int(alone.any()), int((~alone).any()))
    for claims, which, moment in ((by_itself, alone, latest), (reviewed, ~alone, at)):
        for claim in claims:
            np.testing.assert_allclose(claim.at, moment[which], atol=1e-8)
            np.testing.assert_array_equal(claim.units, 2.0 * UNITS[which])
            assert claim.bought is None


def test_large_orders_are_made_beside_the_stock_and_others_from_order_to_due_day():
    shelf = Shelf(level=8.0, batch=6.0, whole=True, supply=Supply(mean_days=10.0))
    large = LargeOrders(orders=Given(), wait_days=9.0)
    good = Good(name="A", orders=Given(), wait_days=1.0, shelf=shelf, large=large, make=Supply(mean_days=4.0))
    found = drawn(good)
    assert [asked.source for asked in found.asked] == [Source.SHELF, Source.LARGE_WORK]
    beside = found.asked[1]
    np.testing.assert_array_equal(beside.at, DAYS)
    np.testing.assert_array_equal(beside.due, DAYS + 9.0)
    np.testing.assert_array_equal(beside.takes, np.full(8, 4.0))
    assert beside.claims == ()
    # The position of a lot is one of its whole units at first.
    assert found.stocks[0].above in set(np.arange(1.0, 7.0))
    assert found.stocks[0].start == 8.0 + found.stocks[0].above
    made = drawn(Good(name="A", orders=Given(), wait_days=5.0, make=Supply(mean_days=3.0)))
    assert made.asked[0].source is Source.WORK
    np.testing.assert_array_equal(made.asked[0].at, DAYS)
    np.testing.assert_array_equal(made.asked[0].due, DAYS + 5.0)


def test_positions_of_lots_are_even_over_the_lot():
    starts = np.array([
        Drawn(System(goods=(), parts=(part(9.0, batch=12.0),)), HORIZON, seed, 0).stocks[0].above
        for seed in range(400)
    ])  # fmt: skip
    assert 0.0 <= starts.min() < 0.3
    assert 11.7 < starts.max() <= 12.0
    assert starts.mean() == pytest.approx(6.0, abs=0.6)
    assert not (starts == np.round(starts)).any()


def test_moments_count_where_costs_are_charged_at_the_end_of_the_cycle():
    good = Good(name="A", orders=Given())
    assert drawn(good, review_days=7.0).moment_days == 0.0
    assert drawn(good, review_days=7.0, period_end=True).moment_days == 7.0


def test_goods_share_the_common_factor_of_a_week():
    """The same weeks for all goods, of mean 1, and constant from one to the next."""
    goods = (Good(name="A", orders=Given()), Good(name="B", orders=Given()))
    horizon, factors = HORIZON, []
    for seed in range(200):
        one, other = Drawn(System(goods=goods, common_factor_cv=0.4), horizon, seed, 0).asked
        np.testing.assert_array_equal(one.units, other.units)
        factors.append(one.units / UNITS)
    factors = np.array(factors)
    assert factors.mean() == pytest.approx(1.0, abs=0.06)
    assert factors.std() == pytest.approx(0.4, abs=0.05)
    # Days 6.75 and 7 are nearly always in one week, days 0.25 and 20.125 never.
    assert (factors[:, 2] == factors[:, 3]).mean() == pytest.approx(1.0 - 0.25 / 7.0, abs=0.05)
    assert not (factors[:, 0] == factors[:, 5]).any()
