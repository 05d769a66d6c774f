"""Slips of a date are told from the orders of slow goods, from shut-downs and from launches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.demand.book.dates import far_dates

WEEKLY = np.arange(0, 728, 7)


def far(days):
    days = np.asarray(days)
    return sorted(days[far_dates(days)].tolist())


@pytest.mark.parametrize("slip", [728 + 90, 728 + 365, 66_000, 2_900_000, -365, -730_000])
def test_a_slip_beyond_either_end_is_far(slip):
    assert far([*WEEKLY, slip]) == [slip]


def test_orders_of_the_months_to_come_begin_near():
    daily = [day for day in range(700) if day % 7 < 5]
    assert far([*daily, 715, 746, 777, 808]) == [715, 746, 777, 808]
    # A holiday, and work again.
    assert far([*daily, *range(715, 720)]) == []


def test_slips_at_both_ends_are_found_one_after_the_other():
    assert far([*WEEKLY, -9000, 728 + 300, 70_000, 2_900_000]) == [-9000, 728 + 300, 70_000, 2_900_000]


@pytest.mark.parametrize("beyond", [
    [728 + 70, 728 + 170, 728 + 275],  # years of next year, one here, one there
    [728 + 40 * k for k in range(1, 6)],  # call-offs of the months to come
    [-1400, -950, -480],
])  # fmt: skip
def test_slips_that_lie_far_from_each_other_are_far(beyond):
    assert far([*WEEKLY, *beyond]) == beyond
    assert far([*WEEKLY, *beyond, -3000, 728 + 1000]) == sorted([*beyond, -3000, 728 + 1000])


@pytest.mark.parametrize(
    "days",
    [
        WEEKLY,
        [0, 28, *range(56, 728, 7)],  # a slow start, not far apart for its pace
        [*(y * 364 + d for y in range(3) for d in range(0, 70, 7)), 3 * 364],  # a season, and the first day of the next
        [],
        [5],
        [5, 9000],  # two lines: nobody knows which one is wrong
        [0, 200, 260, 500, 690, 700],  # slow goods
        [*range(0, 300, 7), *range(335, 700, 7)],  # a shut-down of five weeks
        [*range(0, 300, 7), *range(500, 800, 7)],  # half a year without a line: neither part is small
        [*WEEKLY, 728 + 13],
        [0, 31, 59, 90, 120, 151, 181, 212],  # months
    ],
)
def test_what_is_slow_is_not_far(days):
    assert far(days) == []


def test_many_lines_beyond_a_gap_are_no_slip_unless_the_gap_is_longer_than_ten_years():
    late = [728 + 400 + k for k in range(20)]
    assert far([*WEEKLY, *late]) == []
    century = [728 + 36_500 + k for k in range(20)]
    assert far([*WEEKLY, *century]) == century


@given(st.lists(st.integers(0, 700), min_size=60, max_size=200), st.integers(2000, 3_000_000))
def test_the_order_of_lines_and_the_origin_do_not_count(days, slip):
    mixed = np.array([*days, slip])
    order = np.random.default_rng(len(days)).permutation(len(mixed))
    first = far_dates(mixed)
    assert (far_dates(mixed[order]) == first[order]).all()
    assert (far_dates(mixed + 12_345) == first).all()


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize(("gap", "left_out"), [(13, False), (20, False), (21, True), (27, True)])
def test_a_day_alone_after_a_regular_book_is_far(gap, left_out, back):
    days = np.append(np.arange(104) * 7, 103 * 7 + gap) * (-1 if back else 1)
    assert far_dates(days)[-1] == left_out


@pytest.mark.parametrize(("lines", "left_out"), [([20], True), ([18, 20], True), ([13], False), ([16, 18, 20], False)])
def test_up_to_two_days_alone_after_a_book_of_most_days_are_far(lines, left_out):
    days = np.flatnonzero(np.random.default_rng(4).random(700) < 0.58)
    far = far_dates(np.append(days, days[-1] + np.array(lines)))
    assert far[-len(lines) :].tolist() == [left_out] * len(lines)
    assert not far[: -len(lines)].any()


def test_a_gap_of_a_book_of_few_days_says_nothing_of_the_day_after():
    days = np.append(np.arange(15) * 7, 14 * 7 + 27)
    assert not far_dates(days).any()
