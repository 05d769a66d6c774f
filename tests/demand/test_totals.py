import numpy as np
import pandas as pd
import pytest

from engine.demand.fitting.totals import (
    MONTH_WEEKS,
    MONTHLY_BATCHES,
    MONTHLY_TOTALS,
    ORDERS,
    WEEKLY_TOTALS,
    Bucket,
    at_weekday,
    bucket_of,
    periods,
)


def bucket(dates, units=None, *, named=False):
    days = np.array(dates, dtype="datetime64[D]")
    return bucket_of(days, np.ones(len(days)) if units is None else np.array(units, dtype=float), named=named)


def firsts(count, day=1):
    return [f"{2022 + k // 12}-{1 + k % 12:02d}-{day:02d}" for k in range(count)]


def lasts(count):
    return [str(np.datetime64("2022-01") + k + 1) + "-01" for k in range(count)]


@pytest.mark.parametrize("dates", [firsts(12), firsts(12, 15), [np.datetime64(d) - 1 for d in lasts(12)]])
def test_totals_of_months_stand_on_one_day(dates):
    assert bucket(dates) == MONTHLY_TOTALS
    # A named customer orders so: batches, whose size is known.
    assert bucket(dates, named=True) == MONTHLY_BATCHES


def test_a_book_of_half_a_year_is_needed():
    assert bucket(firsts(5)) == ORDERS


def test_a_month_may_be_missing_and_a_batch_may_be_late():
    days = [*firsts(20)]
    del days[7]
    days[3] = "2022-04-09"
    assert bucket(days, named=True) == MONTHLY_BATCHES


def test_one_large_order_makes_no_batches():
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2022-01-03", periods=60, freq="11D")]
    assert bucket(days, [5000, *[1] * 59], named=True) == ORDERS


def test_totals_of_weeks_are_single_lines_of_one_weekday_without_customer():
    weeks = [f"{day:%Y-%m-%d}" for day in pd.date_range("2022-01-03", periods=30, freq="7D")]
    assert bucket(weeks) == WEEKLY_TOTALS
    assert bucket(weeks, named=True) == ORDERS
    assert bucket([*weeks, weeks[0]]) == ORDERS
    assert bucket([*weeks[:-1], "2022-12-31"]) == ORDERS


def test_months_of_a_book_are_whole_or_have_sales():
    days = np.array(["2022-02-01", "2022-04-01"], dtype="datetime64[D]")
    found = periods(days, MONTHLY_TOTALS, sales=days, first=pd.Timestamp("2022-01-10"), last=pd.Timestamp("2022-05-20"))
    assert (found.first, found.count, found.index.tolist()) == (pd.Timestamp("2022-02-01"), 3, [0, 2])
    whole = periods(days, MONTHLY_TOTALS, sales=days, first=pd.Timestamp("2022-01-01"), last=pd.Timestamp("2022-05-31"))
    assert (whole.first, whole.count) == (pd.Timestamp("2022-01-01"), 5)


def test_a_month_has_the_weeks_of_a_twelfth_of_a_year():
    assert pytest.approx(365.25 / 7) == 12 * MONTH_WEEKS


def spaced(count, **offset):
    return [f"{pd.Timestamp('2015-01-31') + k * pd.DateOffset(**offset):%Y-%m-%d}" for k in range(count)]


def month_ends(count, months):
    return [f"{pd.Timestamp('2015-01-31') + pd.offsets.MonthEnd(k * months):%Y-%m-%d}" for k in range(count)]


@pytest.mark.parametrize(
    ("dates", "period"),
    [
        (spaced(20, days=14), Bucket(weeks=2)),
        (spaced(13, days=28), Bucket(weeks=4)),
        (month_ends(10, 2), Bucket(months=2)),
        (month_ends(10, 3), Bucket(months=3)),
        (firsts(30)[::3], Bucket(months=3)),
        (spaced(8, years=1), Bucket(months=12)),
        ([*spaced(20, days=28)[:9], *spaced(20, days=28)[10:]], Bucket(weeks=4)),
    ],
)
def test_a_longer_period_that_all_days_keep_to_is_the_bucket(dates, period):
    assert bucket(dates, named=True) == period
    assert bucket(dates) == Bucket(totals=True, months=period.months, weeks=period.weeks)
    # One order out of step, and they are orders again.
    assert bucket([*dates, "2015-02-11"], named=True) not in (period, MONTHLY_TOTALS)


def even(*days, count=24, start="2021-01-30"):
    """Dates whose distances repeat."""
    gaps = np.resize(np.array(days), count - 1)
    return (np.datetime64(start) + np.concatenate([[0], np.cumsum(gaps)])).tolist()


def half_months(count):
    return sorted([*firsts(count, 15), *[np.datetime64(d) - 1 for d in lasts(count)]], key=np.datetime64)


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (even(30), 30.0), (even(28, 28, 35, count=25), 30.3), (even(35, 28, 28, count=37), 30.3),
        (half_months(24), 15.2),
        (sorted([*firsts(24), *firsts(24, 15)]), 15.2),
        (sorted([*half_months(24)[1::2], *firsts(24, 10), *firsts(24, 20)], key=np.datetime64), 10.1),
        ([*even(30)[:9], *even(30)[11:]], 30.0),
    ],
)  # fmt: skip
def test_totals_that_keep_about_a_distance_are_those_of_periods_of_it(dates, days):
    found = bucket(dates)
    assert (found.totals, found.months, found.weeks) == (True, 0, 1)
    assert found.days == pytest.approx(days, abs=0.1)
    assert bucket(dates, named=True).days == 0.0
    # Of three customers each, on the same days.
    by_customer = bucket(np.repeat(dates, 3).tolist(), named=True)
    assert (by_customer.totals, by_customer.days) == (False, found.days)
    whole = np.array(dates, dtype="datetime64[D]")
    ends = (pd.Timestamp(whole[0]), pd.Timestamp(whole[-1]))
    lie = periods(whole, found, sales=whole, first=ends[0], last=ends[1])
    # One total in each period, none where some are missing.
    assert len(np.unique(lie.index)) == len(whole)
    assert (int(lie.index[0]), int(lie.index[-1])) == (0, lie.count - 1)


def test_orders_at_random_distances_are_no_totals():
    rng = np.random.default_rng(3)
    for mean in (10, 15, 30):
        assert bucket(even(*np.maximum(1, rng.gamma(4.0, mean / 4.0, 30).astype(int)).tolist(), count=30)) == ORDERS


def test_totals_of_months_may_be_booked_on_the_last_day_of_business():
    days = [np.busday_offset(np.datetime64(day), -1, roll="forward") for day in lasts(30)]
    assert bucket(days) == MONTHLY_TOTALS


def test_few_totals_of_quarters_are_no_totals_of_months():
    assert bucket(firsts(19)[::3]) == Bucket(months=3, totals=True)
    assert bucket(firsts(12)[::3]) == Bucket(months=3, totals=True)
    assert bucket([*firsts(13)[::3], *firsts(19)[14::3]]) == MONTHLY_TOTALS  # one out of step
    assert bucket(firsts(12)[::3], named=True) == ORDERS  # four orders of a customer are no rule


def test_a_weekly_total_that_a_holiday_moved_is_one_all_the_same():
    weeks = np.datetime64("2022-01-03") + 7 * np.arange(30)
    moved = weeks.copy()
    moved[[4, 20]] += 1
    moved[9] -= 1
    assert bucket(moved) == WEEKLY_TOTALS
    assert at_weekday(moved).tolist() == weeks.tolist()
    moved[12] += 2
    assert bucket(moved) == ORDERS


def test_sparse_weeks_are_no_period():
    weeks = np.random.default_rng(0).choice(104, 20, replace=False) * 14
    days = np.datetime64("2020-01-06") + np.sort(weeks)
    assert bucket(days, named=True) == ORDERS


def test_periods_of_a_book_lie_where_its_totals_do():
    quarters = np.array(["2022-03-31", "2022-06-30", "2022-12-31"], dtype="datetime64[D]")
    bounds = {"first": pd.Timestamp("2022-01-01"), "last": pd.Timestamp("2023-02-10")}
    found = periods(quarters, Bucket(months=3), sales=quarters, **bounds)
    assert (found.first, found.count, found.index.tolist()) == (pd.Timestamp("2022-01-01"), 4, [0, 1, 3])
    fours = np.array(["2022-02-07", "2022-03-07", "2022-05-02"], dtype="datetime64[D]")
    found = periods(fours, Bucket(weeks=4), sales=fours, **bounds)
    assert (found.first, found.index.tolist()) == (pd.Timestamp("2022-01-10"), [1, 2, 4])
    assert found.first + found.count * pd.Timedelta(days=28) <= pd.Timestamp("2023-02-11")
