"""What comes back is taken from the order it belongs to."""

import numpy as np
import pandas as pd
import pytest

from engine.demand.book.returns import take_back, take_from_large
from tests.evidence import FULL


def lines(*rows):
    """Rows of day, quantity, customer, order number and line."""
    full = [[*row, *["", "", ""][len(row) - 2 :]] for row in rows]
    frame = pd.DataFrame(full, columns=["day", "quantity", "customer", "order_number", "order_line"])
    return frame.assign(
        product="P", quantity=frame["quantity"].astype(float),
        order_date=pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["day"], unit="D"),
    )  # fmt: skip


def left(*rows):
    return take_back(lines(*rows)).quantity.tolist()


def test_a_cancellation_takes_back_its_order_by_customer_and_quantity():
    assert left((0, 10, "A"), (1, 1000, "B"), (2, 10, "A"), (15, -1000, "B")) == [10, 0, 10, 0]


def test_the_latest_order_that_is_not_later_is_taken():
    assert left((0, 5, "A"), (3, 5, "A"), (4, -5, "A"), (9, 5, "A")) == [5, 0, 0, 5]
    assert left((5, -5, "A"), (5, 5, "A")) == [0, 0]  # one day: the order first, however they stand


def test_a_cancellation_booked_some_days_before_its_order_takes_it_back():
    assert left((5, 1000, "A"), (4, -1000, "A")) == [0, 0]
    assert left((40, 1000, "A"), (4, -1000, "A")) == [1000, -1000]  # too long before
    assert left((5, 1000, "A"), (4, -900, "A")) == [1000, -900]  # another quantity
    assert left((5, 1000, "B"), (4, -1000, "A")) == [1000, -1000]
    assert left((0, 1000, "A"), (4, -1000, "A"), (5, 1000, "A")) == [0, 0, 1000]  # an earlier one comes first


def test_another_customer_keeps_the_order():
    assert left((0, 7, "A"), (1, -7, "B")) == [7, -7]


def test_a_line_without_customer_takes_back_what_has_its_quantity():
    assert left((0, 1000, "A"), (1, 10, "B"), (9, -1000, "")) == [0, 10, 0]


def test_part_of_an_order_comes_back_to_its_customer():
    assert left((0, 10, "A"), (1, 8, "B"), (9, -3, "A")) == [7, 8, 0]
    assert left((0, 10, "A"), (1, 4, "A"), (9, -6, "A")) == [8, 0, 0]
    assert left((0, 10, "A"), (9, -12, "A")) == [0, -2]
    assert left((0, 10, "A"), (9, -30, "A")) == [10, -30]  # far more than was bought


def test_the_order_number_comes_first_whatever_customer_and_date():
    rows = [(0, 10, "A", "1"), (5, 10, "A", "2"), (9, -10, "A", "1")]
    assert left(*rows) == [0, 10, 0]
    assert left((0, -4, "", "7"), (3, 10, "A", "7"), (4, 4, "A", "8")) == [0, 6, 4]


def test_the_line_of_the_order_comes_before_its_other_lines():
    rows = [(0, 6, "A", "1", "10"), (0, 6, "A", "1", "20"), (9, -2, "A", "1", "10")]
    assert left(*rows) == [4, 6, 0]


def weekly_left(*rows):
    """The same with returns that their week does not hold."""
    frame = lines(*rows)
    quantity = take_back(frame).quantity
    week = (frame["order_date"] - pd.Timestamp("2024-01-01")).dt.days.to_numpy() // 7
    source = take_from_large(frame, quantity, week)
    return quantity.tolist(), source.tolist()


def test_a_return_that_its_week_does_not_hold_is_taken_from_an_order_that_does():
    assert weekly_left((0, 1000), (7, 10), (15, -995)) == ([5, 10, 0], [-1, -1, 0])
    assert weekly_left((0, 1000), (7, 10), (15, -400), (22, -600)) == ([0, 10, 0, 0], [-1, -1, 0, 0])
    assert weekly_left((7, 10), (15, -1000), (22, 1000)) == ([10, 0, 0], [-1, 2, -1])  # booked before its order
    assert weekly_left((7, 10), (15, -900), (22, 1000))[0] == [10, -900, 1000]
    assert weekly_left((0, 1000, "A"), (15, -1000, "A spelled in full")) == ([0, 0], [-1, 0])
    assert weekly_left((0, 1000), (7, 10, "B"), (15, -995, "B"))[0] == [5, 10, 0]


def test_what_its_week_holds_is_netted_there_and_what_nothing_holds_stays():
    assert weekly_left((0, 1000), (14, 10), (15, -6)) == ([1000, 10, -6], [-1, -1, -1])
    assert weekly_left((0, 10), (7, 10), (15, -15))[0] == [10, 10, -15]
    # Who buys has orders of his own.
    assert weekly_left((0, 1000, "A"), (7, 10, "B"), (15, -995, "B"))[0] == [1000, 10, -995]
    assert weekly_left((0, 5), (1, -2), (7, 1), (8, -4))[0] == [5, -2, 1, -4]  # two of the five have come back already


@pytest.mark.parametrize("seed", range(20 if FULL else 6))
def test_units_are_kept_and_nothing_new_is_ordered(seed):
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 6, 200) * np.where(rng.random(200) < 0.2, -1, 1)
    rows = [
        (int(day), int(units), "ABC "[k].strip(), str(number) if number < 40 else "")
        for day, units, k, number in zip(
            np.sort(rng.integers(0, 300, 200)), size, rng.integers(0, 4, 200), rng.integers(0, 80, 200), strict=True
        )
    ]
    back = take_back(lines(*rows))
    assert back.quantity.sum() == pytest.approx(size.sum())
    assert (back.quantity[size > 0] >= 0).all()
    assert (back.quantity[size > 0] <= size[size > 0]).all()
    assert (back.quantity[size < 0] <= 0).all()
    assert (back.quantity[back.matched] == 0).all()
    more, _ = weekly_left(*rows)
    assert sum(more) == pytest.approx(size.sum())
    assert all(0 <= now <= then for now, then in zip(more, back.quantity, strict=True) if then > 0)


def large(*rows):
    """What is left where returns are more than their week sold."""
    frame = lines(*rows)
    quantity = take_back(frame).quantity
    take_from_large(frame, quantity, frame["day"].to_numpy() // 7)
    return quantity.tolist()


def test_a_large_return_booked_long_before_its_customers_next_order_takes_it_back():
    assert large((60, 1000, "A"), (4, -1000, "A"), (5, 10, "B")) == [0, 0, 10]
    assert large((100, 1000, "A"), (4, -1000, "A"), (5, 10, "B")) == [1000, -1000, 10]  # too long before
    assert large((60, 1000, "A"), (4, -1000, ""), (5, 10, "B")) == [1000, -1000, 10]  # of nobody
