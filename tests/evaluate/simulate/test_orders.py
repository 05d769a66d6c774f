"""Orders one by one, restated on the same draws: lots of processes, seasons, segments and books that are replayed."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import special

from engine.evaluate.simulate.clock.orders import (
    GammaLots,
    ListedOrders,
    LogarithmicOrders,
    NormalLots,
    OrderStream,
    PoissonOrders,
    ReplayedOrders,
    SeasonalOrders,
    SegmentOrders,
    WeekLots,
)
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, Part, Shelf, System


def rng(seed=3):
    return np.random.default_rng(seed)


@dataclass(frozen=True)
class Given:
    """Orders that are given up to the end."""

    def draw(self, rng, days):
        day = np.arange(0.25, days, 0.5)
        return OrderStream(day=day, units=np.arange(1.0, len(day) + 1.0))


def sent(steps, mean, draws, *, a_day=2):
    """A lot at the first step at which another quarter of a day's mean has come together, all that came so far."""
    hour = draws.uniform(0.0, 1.0)
    best, out, sends, units = 0.0, 0.0, [], []
    total = 0.0
    for k, step in enumerate(steps):
        total += step
        before, best = best, max(best, total)
        if np.floor(best / (0.25 * mean)) > np.floor(before / (0.25 * mean)):
            sends.append(k)
            units.append(best - out)
            out = best
    return (np.array(sends) + hour + 1e-3 * draws.random(len(sends))) / a_day, np.array(units)


@pytest.mark.parametrize("days", [30.0, 29.3])
@pytest.mark.parametrize("cv", [0.3, 1.4])
def test_lots_of_a_process_are_its_half_days_or_eighths(days, cv):
    draws, count = rng(), int(np.ceil(2.0 * days))
    steps = draws.gamma(1.0 / (14.0 * cv**2), 21.0 * cv**2, count)
    found = GammaLots(mean_per_day=3.0, week_cv=cv).draw(rng(), days)
    day, units = sent(steps, 3.0, draws)
    np.testing.assert_allclose(found.day, day)
    np.testing.assert_allclose(found.units, units)
    draws = rng()
    steps = draws.normal(0.375, cv * 3.0 * np.sqrt(7.0 / 8.0), int(np.ceil(8.0 * days)))
    found = NormalLots(mean_per_day=3.0, week_cv=cv).draw(rng(), days)
    day, units = sent(steps, 3.0, draws, a_day=8)
    np.testing.assert_allclose(found.day, day)
    # What is returned is taken from the lots before it is sent.
    np.testing.assert_allclose(found.units, units)


@pytest.mark.parametrize(("days", "whole"), [(35.0, 5), (36.5, 6)])
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_weeks_of_the_past_are_sent_evenly_in_lots_that_are_all_alike(days, whole, seed):
    """Lot by lot: the first after a random part of one, each other once a quarter of a day's mean has come."""
    weeks, draws = (0.0, 14.0, 70.0), rng(seed)
    drawn, begin, part = draws.choice(np.array(weeks), whole + 1), draws.uniform(0.0, 1.0), draws.uniform(0.0, 1.0)
    sends, owed = [], part
    for k, week in enumerate(drawn):
        passed = 0.0
        while week - passed > owed:
            passed += owed
            sends.append(7.0 * (k - begin + passed / week))
            owed = 1.0
        owed -= week - passed
    sends = np.array(sends) + 1e-3 * 0.25 * draws.random(len(sends))
    found = WeekLots(weeks=weeks).draw(rng(seed), days)
    np.testing.assert_allclose(found.day, sends[(sends >= 0.0) & (sends < days)])
    assert (found.units == 1.0).all()


def test_no_lots_come_of_weeks_without_demand():
    assert WeekLots(weeks=(0.0, 0.0)).draw(rng(), 30.0).units.size == 0


def test_an_order_comes_at_any_place_of_what_is_sent_with_it():
    """Half of a quarter of a day's mean where each of those sends a lot; single orders are none."""
    steady = NormalLots(mean_per_day=6.0, week_cv=0.002).draw(rng(), 7000.0).unsent
    assert 0.0 <= steady.min() <= steady.max() <= 1.5 * 1.1
    assert steady.mean() == pytest.approx(0.75, rel=0.1)
    weeks = WeekLots(weeks=(7.0, 21.0)).draw(rng(), 7000.0).unsent
    assert weeks.mean() == pytest.approx(0.25, rel=0.02)
    assert PoissonOrders(per_day=2.0).draw(rng(), 50.0).unsent is None


@pytest.mark.parametrize(("lots", "cv"), [(NormalLots, 0.3), (NormalLots, 0.45), (GammaLots, 0.6)])
def test_what_comes_before_an_order_is_the_mean_of_as_many_days(lots, cv):
    """Units of the lots before an order's own in the nine days up to it, and what is in none of them."""
    found = lots(mean_per_day=4.0, week_cv=cv).draw(rng(), 70_000.0)
    sent = np.concatenate([[0.0], np.cumsum(found.units)])
    since = sent[np.searchsorted(found.day, found.day - 9.0)]
    before = (sent[:-1] - since + found.unsent)[100:]
    assert before.mean() == pytest.approx(36.0, abs=4.0 * 0.1)


def test_a_season_and_segments_scale_what_is_in_no_lot_before():
    lots, daily = GammaLots(mean_per_day=4.0, week_cv=0.6), (0.0, 0.5, 1.5, 2.0)
    even = lots.draw(rng(), 80.0)
    factor = np.array(daily)[even.day.astype(int) % 4]
    found = SeasonalOrders(orders=lots, daily=daily, in_orders=False).draw(rng(), 80.0)
    np.testing.assert_array_equal(found.unsent, (even.unsent * factor)[factor > 0.0])
    of, draws = SegmentOrders(orders=lots, share=(0.75, 0.25), wait_days=(2.0, 9.0)).draw(rng(), 80.0), rng()
    for part, wait in ((0.75, 2.0), (0.25, 9.0)):
        own = GammaLots(mean_per_day=4.0 * part, week_cv=0.6 / np.sqrt(part)).draw(draws, 80.0)
        np.testing.assert_array_equal(of.unsent[of.wait_days == wait], own.unsent)


def test_single_orders_come_at_random_instants():
    found, draws = PoissonOrders(per_day=2.0, size=5.0).draw(rng(), 50.0), rng()
    np.testing.assert_array_equal(found.day, np.sort(draws.uniform(0.0, 50.0, draws.poisson(100.0))))
    assert (found.units == 5.0).all()
    varied = PoissonOrders(per_day=40.0, size=5.0, size_cv2=0.3).draw(rng(), 500.0).units
    assert varied.mean() == pytest.approx(5.0, rel=0.02)
    assert varied.var() == pytest.approx(0.3 * 25.0, rel=0.05)
    # No variance that a gamma could have.
    assert (PoissonOrders(per_day=2.0, size=5.0, size_cv2=1e-12).draw(rng(), 50.0).units == 5.0).all()
    listed = ListedOrders(per_day=40.0, sizes=(1.0, 1.0, 4.0)).draw(rng(), 500.0)
    assert listed.day.size == pytest.approx(20_000, rel=0.03)
    assert (listed.units == 4.0).mean() == pytest.approx(1.0 / 3.0, abs=0.02)
    weekly, size = 21.0, 4.0
    p = size / (size + weekly)
    found = LogarithmicOrders(mean_per_day=3.0, week_size=size).draw(rng(), 7.0 * 4000)
    # Orders of a week by Quenouille: r ln(1 + m / r), each logarithmic of parameter 1 - p.
    assert found.day.size == pytest.approx(-size * np.log(p) * 4000, rel=0.02)
    assert found.units.mean() == pytest.approx(-(1.0 - p) / (p * np.log(p)), rel=0.02)


def test_customers_give_their_own_days_or_those_of_the_product_never_less_than_none():
    day = np.arange(4.0)
    assert OrderStream(day=day, units=day).waits(3.0).tolist() == [3.0] * 4
    given = OrderStream(day=day, units=day, wait_days=np.array([1.0, np.nan, -2.0, 0.0]))
    assert given.waits(3.0).tolist() == [1.0, 3.0, 0.0, 0.0]
    assert OrderStream(day=day, units=day).waits(-1.0).tolist() == [0.0] * 4


def test_a_season_scales_lots_and_brings_more_orders():
    daily = tuple(np.where(np.arange(365) % 3 == 0, 0.0, 1.5))
    even = Given().draw(None, 400.0)
    factor = np.array(daily)[even.day.astype(int) % 365]
    found = SeasonalOrders(orders=Given(), daily=daily, in_orders=False).draw(None, 400.0)
    np.testing.assert_array_equal(found.day, even.day[factor > 0.0])
    np.testing.assert_array_equal(found.units, (even.units * factor)[factor > 0.0])
    # Half a day of orders passes in a third of one that has half as many again; none pass in a day without.
    found = SeasonalOrders(orders=Given(), daily=daily, in_orders=True).draw(None, 399.5)
    passed = np.concatenate([[0.0], np.cumsum(np.resize(daily, 400))])
    whole = Given().draw(None, passed[-1])
    day = np.interp(whole.day, passed, np.arange(401.0))
    np.testing.assert_allclose(found.day, day[day < 399.5])
    np.testing.assert_array_equal(found.units, whole.units[day < 399.5])
    assert (found.day.astype(int) % 365 % 3 != 0).all()


def test_orders_are_of_a_segment_by_chance_and_lots_have_a_process_for_each():
    share, waits = (3.0, 1.0), (2.0, 9.0)
    found = SegmentOrders(orders=PoissonOrders(per_day=40.0), share=share, wait_days=waits).draw(rng(), 500.0)
    np.testing.assert_array_equal(found.day, PoissonOrders(per_day=40.0).draw(rng(), 500.0).day)
    assert (found.wait_days == 2.0).mean() == pytest.approx(0.75, abs=0.02)
    for lots in (GammaLots(mean_per_day=4.0, week_cv=0.6), NormalLots(mean_per_day=4.0, week_cv=0.2)):
        found, draws = SegmentOrders(orders=lots, share=share, wait_days=waits).draw(rng(), 200.0), rng()
        assert (np.diff(found.day) >= 0.0).all()
        for part, wait in ((0.75, 2.0), (0.25, 9.0)):
            own = type(lots)(mean_per_day=4.0 * part, week_cv=lots.week_cv / np.sqrt(part)).draw(draws, 200.0)
            np.testing.assert_array_equal(found.day[found.wait_days == wait], own.day)
            np.testing.assert_array_equal(found.units[found.wait_days == wait], own.units)
    weeks = WeekLots(weeks=(7.0, 21.0))
    whole, found = weeks.draw(rng(), 90.0), SegmentOrders(orders=weeks, share=share, wait_days=waits).draw(rng(), 90.0)
    for part, wait in ((0.75, 2.0), (0.25, 9.0)):
        np.testing.assert_array_equal(found.units[found.wait_days == wait], part * whole.units)


def test_a_book_is_replayed_from_its_day_on_and_round_and_round():
    book = ReplayedOrders(
        day=(0.0, 2.0, 2.0, 9.0), units=(1.0, 2.0, 3.0, 4.0), wait_days=(5.0, np.nan, 0.0, 1.0), span_days=10.0,
        start=0.28, order_units=(1.0, 5.0, 5.0, 4.0),
    )  # fmt: skip
    found, draws = book.draw(rng(), 25.0), rng()
    hours = draws.uniform(0.0, 1.0, 12)
    lines = []
    for turn in range(3):
        for k in range(4):
            # From the third day of the book on.
            at = (book.day[k] - 2.0) % 10.0 + 10.0 * turn + hours[4 * turn + k]
            if at < 25.0:
                lines.append((at, book.units[k], book.wait_days[k]))
    lines.sort(key=lambda line: line[0])
    np.testing.assert_allclose(found.day, [at for at, *_ in lines])
    np.testing.assert_array_equal(found.units, [units for _, units, _ in lines])
    np.testing.assert_array_equal(found.wait_days, [wait for *_, wait in lines])
    some = book.only(np.array([True, False, True, False]))
    assert (some.day, some.units, some.order_units) == ((0.0, 2.0), (1.0, 3.0), (1.0, 5.0))
    assert some.wait_days == (5.0, 0.0)
    assert (some.span_days, some.start) == (10.0, 0.28)


def test_lead_times_of_a_law_or_a_list_at_given_chances():
    u = np.array([0.0, 0.24, 0.26, 0.6, 0.99, 1.0])
    listed = Supply(mean_days=5.0, values=(9.0, 2.0, 4.0, 5.0))
    assert listed.quantile(u).tolist() == [2.0, 2.0, 4.0, 5.0, 9.0, 9.0]
    assert listed.random
    assert listed.sd_days == pytest.approx(np.std([2.0, 4.0, 5.0, 9.0]))
    assert listed.at_normal(np.array([-9.0, 0.1, 9.0])).tolist() == [2.0, 5.0, 9.0]
    fixed = Supply(mean_days=5.0)
    assert (fixed.random, fixed.sd_days) == (False, 0.0)
    assert fixed.quantile(u).tolist() == fixed.at_normal(u).tolist() == [5.0] * 6
    assert not Supply(mean_days=0.0, cv=0.5).random
    varied = Supply(mean_days=5.0, cv=0.4)
    assert (varied.random, varied.sd_days) == (True, 2.0)
    fine = (np.arange(20_000) + 0.5) / 20_000
    assert varied.quantile(fine).mean() == pytest.approx(5.0, rel=1e-3)
    assert varied.quantile(fine).std() == pytest.approx(2.0, rel=1e-2)
    np.testing.assert_allclose(varied.at_normal(special.ndtri(fine)), varied.quantile(fine), rtol=1e-4)


def test_parts_are_drawn_from_stock_or_bought_after_the_order():
    shelves = {
        "fixed": Shelf(level=1.0, supply=Supply(mean_days=4.0)),
        "slow": Shelf(level=1.0, supply=Supply(mean_days=6.0)),
        "random": Shelf(level=1.0, supply=Supply(mean_days=4.0, cv=0.2)),
        "lots": Shelf(level=1.0, batch=3.0, supply=Supply(mean_days=4.0)),
    }
    system = System(goods=(), parts=tuple(Part(name=name, shelf=shelf) for name, shelf in shelves.items()))
    for wait, drawn, shared in (
        (6.0, {1, 2, 3}, [False, True, False, False]), (5.9, {0, 1, 2, 3}, [True] * 4), (8.0, {2, 3}, [False] * 4),
        (1.0, {0, 1, 2, 3}, [True] * 4),
    ):  # fmt: skip
        good = Good(name="A", orders=Given(), wait_days=wait, assembly_days=2.0, parts=((0, 1), (1, 1), (2, 1), (3, 1)))
        assert system.drawn(good) == drawn
        assert [system.shared(good, part) for part in range(4)] == shared
    assert Good(name="A", orders=Given(), wait_days=2.0).longest_wait_days == 2.0
    apart = Good(name="A", orders=Given(), wait_days=2.0, dearness=((2.0, 1.0), (7.0, 1.0)), mean_per_day=3.0)
    assert apart.longest_wait_days == 7.0
    assert apart.steady_units(3).tolist() == [3.0] * 3
    season = Good(name="A", orders=Given(), mean_per_day=3.0, season=(0.5, 1.5))
    assert season.steady_units(3).tolist() == [1.5, 4.5, 1.5]
