"""What comes back is taken from the order it belongs to."""

import numpy as np
import pandas as pd
import pytest

from engine.demand.book.returns import take_back


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


def test_the_order_number_comes_first_whatever_customer_and_date():
    rows = [(0, 10, "A", "1"), (5, 10, "A", "2"), (9, -10, "A", "1")]
    assert left(*rows) == [0, 10, 0]
    assert left((0, -4, "", "7"), (3, 10, "A", "7"), (4, 4, "A", "8")) == [0, 6, 4]


def test_the_line_of_the_order_comes_before_its_other_lines():
    rows = [(0, 6, "A", "1", "10"), (0, 6, "A", "1", "20"), (9, -2, "A", "1", "10")]
    assert left(*rows) == [4, 6, 0]


@pytest.mark.parametrize("seed", range(20))
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
