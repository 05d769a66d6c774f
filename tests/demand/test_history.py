import numpy as np
import pandas as pd
import pytest

from engine.demand.book.book import order_book
from engine.demand.book.history import histories
from engine.demand.book.life import Cleaning, in_life
from engine.demand.book.weeks import calendar
from engine.demand.fitting.stationary import scenario_weeks
from engine.demand.fitting.totals import MONTHLY_TOTALS, WEEKLY_TOTALS
from tests.scenarios import make_scenario


def scenario(*rows, **tables):
    """Rows of date, quantity, customer, product (P) and requested date (none)."""
    columns = ["order_date", "quantity", "customer", "product", "requested_date"]
    full = [[*row, *["", "P", None][len(row) - 2 :]] for row in rows]
    lines = [dict(zip(columns, row, strict=True)) for row in full]
    names = sorted({line["product"] for line in lines})
    return make_scenario(products=[{"product": name} for name in names], orders=lines, **tables)


def orders(*rows, **tables):
    return order_book(scenario(*rows, **tables))


def test_weeks_end_with_the_last_day_and_what_is_left_at_the_start_is_not_used():
    book = orders(("2024-01-01", 9), ("2024-01-03", 1), ("2024-01-09", 2), ("2024-01-16", 4))
    weeks = calendar(book.first_day, book.last_day)
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


def test_equal_lines_are_orders_and_doubles_only_where_an_order_number_repeats():
    equal = orders(("2024-01-01", 5, "A"), ("2024-01-01", 5, "A"), ("2024-01-07", 1, "A"))
    assert histories(equal)["P"].weeks.tolist() == [11.0]
    assert sorted(histories(equal)["P"].order_sizes.tolist()) == [1.0, 5.0, 5.0]
    assert [notice.kind for notice in equal.notices] == ["equal_lines"]
    row = {"order_date": "2024-01-01", "product": "P1", "quantity": 5, "customer": "A", "order_number": "7"}
    last = {**row, "order_date": "2024-01-07", "quantity": 1, "order_number": "8"}
    doubled = order_book(make_scenario(orders=[row, row, last]))
    assert histories(doubled)["P1"].weeks.tolist() == [6.0]
    assert histories(doubled)["P1"].cleaned.duplicate_lines == 1
    lines = [{**row, "order_line": 1}, {**row, "order_line": 2}, {**last, "order_line": 1}]
    numbered = order_book(make_scenario(orders=lines))
    assert histories(numbered)["P1"].weeks.tolist() == [11.0]
    assert sorted(histories(numbered)["P1"].order_sizes.tolist()) == [1.0, 10.0]


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
    assert histories(order_book(make_scenario())) == {}


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


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_launch_and_an_end_of_what_sells_all_year_are_no_season(share):
    rng = np.random.default_rng(12)
    found = []
    for _ in range(200):
        sold = (rng.random(80) < share) * 1.0
        _, cleaned = in_life(np.concatenate([np.zeros(40), sold, np.zeros(40)]), Cleaning())
        found.append((cleaned.weeks_before_launch >= 40, cleaned.weeks_after_end >= 40))
    # The chance of the twin weeks is 1% at either end.
    assert np.mean(found) > 0.98


def test_a_week_of_launch_or_end_counts_only_where_it_is_whole():
    weeks = np.array([0] * 5 + [3, 1, 2, 4, 2] + [0] * 5, dtype=float)
    kept, cleaned = in_life(weeks, Cleaning(), starts_partial=True, ends_partial=True)
    assert kept.tolist() == [1.0, 2.0, 4.0]
    assert cleaned.partial_weeks == 2
    # Without a launch in sight there is nothing partial about the first week.
    kept, cleaned = in_life(weeks[5:10], Cleaning(), starts_partial=True, ends_partial=True)
    assert (kept.size, cleaned.partial_weeks) == (5, 0)


def test_the_empirical_history_is_the_cleaned_one():
    book = scenario(("2024-01-01", 5), ("2024-01-09", -6), ("2024-01-14", 1))
    assert scenario_weeks(book, ["P"]) == {"P": (5.0, 0.0)}
    short = scenario(("2024-01-01", 5), ("2024-01-03", 1))
    assert scenario_weeks(short, ["P"]) == {"P": (6.0,)}


def test_dates_and_waits_are_kept():
    book = orders(("2024-01-01", 5, "A", "P", "2024-01-04"), ("2024-01-07", 1))
    history = histories(book)["P"]
    assert history.waits_days.tolist() == [3.0]
    assert history.units.tolist() == [5.0, 1.0]


def days(first, count, step=7):
    return [f"{day:%Y-%m-%d}" for day in pd.date_range(first, periods=count, freq=f"{step}D")]


def test_weeks_of_a_stock_out_are_left_out_and_the_rest_keeps_its_place():
    sold = [(day, 10, "A") for k, day in enumerate(days("2024-01-01", 30)) if k not in (10, 11)]
    ended = [*sold, ("2024-07-28", 10, "A")]
    out = [{"product": "P", "first_day": "2024-03-11", "last_day": "2024-03-24"}]
    history = histories(orders(*ended, stock_outs=out))["P"]
    assert history.cleaned.stock_out_weeks == 2
    assert history.weeks.size == 28
    assert history.weeks[:-1].tolist() == [10.0] * 27
    assert (history.place[9], history.place[10]) == (9, 12)
    assert histories(orders(*ended))["P"].weeks.size == 30


def test_a_run_without_sales_that_demand_hardly_explains_is_told_and_left_out():
    sold = [(day, 10, "A") for k, day in enumerate(days("2024-01-01", 104)) if not 40 <= k < 53]
    history = histories(orders(*sold))["P"]
    assert history.cleaned.suspected_weeks == 13
    assert history.weeks.mean() == 10.0
    (run,) = history.suspected
    assert run.first <= pd.Timestamp("2024-10-14")
    assert run.chance < 1e-6


def test_totals_of_months_are_fitted_at_months():
    totals = [(f"{year}-{month:02d}-01", 100) for year in (2022, 2023) for month in range(1, 13)]
    history = histories(orders(*totals))["P"]
    assert history.bucket == MONTHLY_TOTALS
    assert history.weeks.tolist() == [100.0] * 24
    assert history.order_sizes.size == 0
    # 24 x 100 in two years.
    assert history.weeks.mean() / history.bucket_weeks == pytest.approx(2400 / (730.5 / 7), rel=1e-9)


def test_totals_of_weeks_say_nothing_of_orders():
    totals = [(day, 7 + k % 3) for k, day in enumerate(days("2024-01-05", 40))]
    history = histories(orders(*totals))["P"]
    assert history.bucket == WEEKLY_TOTALS
    assert history.order_sizes.size == 0
    assert history.weeks.size == 39


def test_a_weekly_total_that_a_holiday_moved_stands_in_its_week():
    days = pd.date_range("2022-01-03", periods=40, freq="7D").to_numpy().copy()
    days[[5, 21, 39]] += np.array([1, -1, 1]).astype("timedelta64[D]")
    history = histories(orders(*[(str(day)[:10], 20) for day in days]))["P"]
    assert history.bucket == WEEKLY_TOTALS
    assert (history.weeks == 20.0).all()


def test_what_is_left_out_is_counted_in_weeks_whatever_the_periods():
    months = [f"{2021 + k // 12}-{1 + k % 12:02d}-01" for k in range(36)]
    rows = [(day, 100) for k, day in enumerate(months) if 12 <= k < 30]
    history = histories(orders(*rows, *[(day, 1, "c", "Q") for day in months]))["P"]
    assert history.bucket == MONTHLY_TOTALS
    assert (history.cleaned.weeks_before_launch, history.cleaned.weeks_after_end) == (52, 22)
