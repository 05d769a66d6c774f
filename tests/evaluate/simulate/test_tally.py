"""What is counted of a good: deliveries on their due day, lead times, and orders by the days that customers give."""

import pytest

from engine.evaluate.simulate.clock.tally import ON_TIME, Request, Tally
from engine.evaluate.simulate.clock.worth import Worth


def test_pieces_of_an_order_leave_on_the_due_day_or_when_they_are_ready():
    tally = Tally(delivery_days=2.0)
    order = Request(day=10.0, due=14.0, units=6.0)
    tally.deliver(order, 4.0, ready=11.0)
    assert (tally.orders, order.left, order.in_time) == (0, 2.0, 4.0)
    tally.deliver(order, 2.0, ready=17.5, counted=0.25)
    assert (tally.units, tally.late_units, tally.orders, tally.orders_on_time) == (6.0, 2.0, 1, 0)
    # Half a day counts more, where only certain moments count.
    assert tally.late_unit_days == tally.dear_late_unit_days == 2.0 * (3.5 + 0.25)
    # From order to delivery: never early.
    assert tally.leads == {6.0: 4.0, 9.5: 2.0}
    assert tally.waits == {}


@pytest.mark.parametrize(("after", "late"), [(0.0, False), (0.5 * ON_TIME, False), (2.0 * ON_TIME, True)])
def test_rounding_makes_nothing_late(after, late):
    tally = Tally(delivery_days=0.0)
    tally.deliver(Request(day=10.0, due=14.0, units=1.0), 1.0, ready=14.0 + after)
    assert (tally.late_units == 1.0) is late
    assert (tally.orders_on_time == 0) is late


def test_an_order_is_on_time_where_what_it_stands_for_is():
    """Whole, or as much of it as a smaller order asks for; short is short whatever comes in time."""
    for least, in_time, short, on_time in (
        (None, 5.0, False, 1), (None, 4.9, False, 0), (3.0, 3.0, False, 1), (3.0, 2.9, False, 0), (9.0, 5.0, False, 1),
        (3.0, 5.0, True, 0), (None, 5.0 * (1.0 - 1e-12), False, 1),
    ):  # fmt: skip
        tally, order = Tally(delivery_days=0.0), Request(day=0.0, due=1.0, units=5.0, least=least, short=short)
        tally.deliver(order, in_time, ready=0.5)
        if order.left > 1e-9:
            tally.deliver(order, order.left, ready=3.0)
        assert (tally.orders, tally.orders_on_time) == (1, on_time), (least, in_time, short)


def test_customers_who_wait_differently_are_counted_apart():
    tally = Tally(delivery_days=0.0, dearness=((2.0, 3.0), (5.0, 0.5)))
    tally.deliver(Request(day=0.0, due=2.0, units=4.0), 4.0, ready=3.5)
    tally.deliver(Request(day=1.0, due=6.0, units=2.0), 2.0, ready=7.0, counted=0.5)
    tally.deliver(Request(day=2.0, due=4.0, units=1.0), 1.0, ready=3.0)
    # Units, late ones, and their days late.
    assert tally.waits == {2.0: (5.0, 4.0, 6.0), 5.0: (2.0, 2.0, 2.0)}
    assert tally.late_unit_days == 4.0 * 1.5 + 2.0 * 1.5
    assert tally.dear_late_unit_days == 3.0 * 4.0 * 1.5 + 0.5 * 2.0 * 1.5
    # Who gives days that nobody was told of costs what all cost on average.
    tally.deliver(Request(day=0.0, due=3.0, units=1.0), 1.0, ready=4.0)
    assert tally.dear_late_unit_days == 18.0 + 1.5 + 1.0


def test_counting_anew_keeps_lead_times_alone():
    tally = Tally(delivery_days=1.0)
    tally.deliver(Request(day=0.0, due=1.0, units=3.0), 3.0, ready=2.0)
    tally.large_orders, tally.large_units, tally.overrun_units = 2, 5.0, 1.0
    tally.reset()
    counts = [name for name in Tally.__slots__ if name not in {"counts", "leads", "delivery_days", "dearness", "waits"}]
    assert all(getattr(tally, name) == 0 for name in counts)
    assert tally.leads == {3.0: 3.0}
    assert Tally.__slots__ == tuple(sorted(Tally.__slots__))


def test_one_more_part_is_worth_the_lateness_and_the_shelf_of_the_units_it_makes():
    worth = Worth(late=[730.0, 0.0], material=[40.0, 10.0], carrying=[5.0, 5.0], quantity={(0, 1): 4.0, (1, 0): 1.0})
    assert worth.of(0, 1) == (730.0 + 40.0) / 4.0
    assert worth.of(1, 0) == 10.0
