import numpy as np
import pandas as pd
import pytest

from engine.demand.history import Cleaning, calendar, histories, in_life, weekly_history


def orders(*rows):
    """Rows of date, quantity, customer, product (P) and requested date (none)."""
    columns = ["order_date", "quantity", "customer", "product", "requested_date"]
    full = [[*row, *["", "P", None][len(row) - 2 :]] for row in rows]
    frame = pd.DataFrame(full, columns=columns).assign(channel="")
    frame["quantity"] = frame["quantity"].astype(float)
    for name in ("order_date", "requested_date"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def test_weeks_end_with_the_last_day_and_what_is_left_at_the_start_is_not_used():
    book = orders(("2024-01-01", 9), ("2024-01-03", 1), ("2024-01-09", 2), ("2024-01-16", 4))
    weeks = calendar(book)
    assert (weeks.weeks, weeks.last_day) == (2, pd.Timestamp("2024-01-16"))
    assert histories(book)["P"].weeks.tolist() == [3.0, 4.0]


def test_returns_are_netted_in_their_week_and_never_below_zero():
    book = orders(("2024-01-01", 5), ("2024-01-02", -2), ("2024-01-08", 1), ("2024-01-09", -4), ("2024-01-14", 0))
    history = histories(book)["P"]
    assert history.weeks.tolist() == [3.0, 0.0]
    assert history.cleaned.return_lines == 2
    assert history.cleaned.returned_units == 6.0
    assert history.cleaned.clipped_weeks == 1
    assert history.cleaned.changed_weeks


def test_double_lines_are_dropped_only_where_a_customer_is_named():
    named = orders(("2024-01-01", 5, "A"), ("2024-01-01", 5, "A"), ("2024-01-07", 1, "A"))
    assert histories(named)["P"].weeks.tolist() == [6.0]
    assert histories(named)["P"].cleaned.duplicate_lines == 1
    anonymous = orders(("2024-01-01", 5), ("2024-01-01", 5), ("2024-01-07", 1))
    assert histories(anonymous)["P"].weeks.tolist() == [11.0]
    assert not histories(anonymous)["P"].cleaned.changed_weeks


def test_an_order_is_what_one_customer_asks_on_one_day():
    book = orders(
        ("2024-01-01", 5, "A"), ("2024-01-01", 3, "A"), ("2024-01-01", 4, "B"), ("2024-01-07", 2), ("2024-01-07", 2)
    )  # fmt: skip
    assert sorted(histories(book)["P"].order_sizes.tolist()) == [2.0, 2.0, 4.0, 8.0]


def test_weeks_are_those_of_the_whole_book_for_every_product():
    book = orders(("2024-01-01", 5, "", "P"), ("2024-01-14", 1, "", "Q"))
    both = histories(book)
    assert both["P"].weeks.tolist() == [5.0, 0.0]
    assert both["Q"].weeks.tolist() == [0.0, 1.0]
    assert list(histories(book, ["Q"])) == ["Q"]
    assert histories(book.iloc[:0]) == {}


@pytest.mark.parametrize(
    ("weeks", "before", "after"),
    [
        ([0] * 5 + [3, 1, 2, 4, 2], 5, 0),
        ([3, 1, 2, 4, 2] + [0] * 5, 0, 5),
        ([0] * 3 + [3, 1, 2, 4, 2], 0, 0),  # too short a gap to say
        ([0] * 6 + [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], 0, 0),  # rare demand has such gaps
        ([0] * 30 + [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], 30, 0),
        ([0] * 20 + [3, 1, 2], 0, 0),  # three weeks with sales say too little
    ],
)
def test_gaps_at_the_ends_are_life_cycle_where_they_are_unlikely(weeks, before, after):
    kept, cleaned = in_life(np.array(weeks, dtype=float), Cleaning())
    assert (cleaned.weeks_before_launch, cleaned.weeks_after_end) == (before, after)
    assert kept.tolist() == weeks[before : len(weeks) - after]


def test_a_week_of_launch_or_end_counts_only_where_it_is_whole():
    weeks = np.array([0] * 5 + [3, 1, 2, 4, 2] + [0] * 5, dtype=float)
    kept, cleaned = in_life(weeks, Cleaning(), starts_partial=True, ends_partial=True)
    assert kept.tolist() == [1.0, 2.0, 4.0]
    assert cleaned.partial_weeks == 2
    # Without a launch in sight there is nothing partial about the first week.
    kept, cleaned = in_life(weeks[5:10], Cleaning(), starts_partial=True, ends_partial=True)
    assert (kept.size, cleaned.partial_weeks) == (5, 0)


def test_the_empirical_history_is_the_cleaned_one():
    book = orders(("2024-01-01", 5), ("2024-01-09", -4), ("2024-01-14", 1))
    assert weekly_history(book, "P") == (5.0, 0.0)
    short = orders(("2024-01-01", 5), ("2024-01-03", 1))
    assert weekly_history(short, "P") == (6.0,)


def test_dates_and_waits_are_kept():
    book = orders(("2024-01-01", 5, "A", "P", "2024-01-04"), ("2024-01-07", 1))
    history = histories(book)["P"]
    assert history.waits_days.tolist() == [3.0]
    assert history.units.tolist() == [5.0, 1.0]
