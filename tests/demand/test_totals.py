import numpy as np
import pandas as pd
import pytest

from engine.demand.totals import MONTH_WEEKS, Bucket, bucket_of, monthly


def bucket(dates, units=None, *, named=False):
    days = np.array(dates, dtype="datetime64[D]")
    return bucket_of(days, np.ones(len(days)) if units is None else np.array(units, dtype=float), named=named)


def firsts(count, day=1):
    return [f"{2022 + k // 12}-{1 + k % 12:02d}-{day:02d}" for k in range(count)]


def lasts(count):
    return [str(np.datetime64("2022-01") + k + 1) + "-01" for k in range(count)]


@pytest.mark.parametrize("dates", [firsts(12), firsts(12, 15), [np.datetime64(d) - 1 for d in lasts(12)]])
def test_totals_of_months_stand_on_one_day(dates):
    assert bucket(dates) is Bucket.MONTHLY_TOTALS
    # A named customer orders so: batches, whose size is known.
    assert bucket(dates, named=True) is Bucket.MONTHLY_BATCHES


def test_a_book_of_half_a_year_is_needed():
    assert bucket(firsts(5)) is Bucket.ORDERS


def test_a_month_may_be_missing_and_a_batch_may_be_late():
    days = [*firsts(20)]
    del days[7]
    days[3] = "2022-04-09"
    assert bucket(days, named=True) is Bucket.MONTHLY_BATCHES


def test_one_large_order_makes_no_batches():
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2022-01-03", periods=60, freq="11D")]
    assert bucket(days, [5000, *[1] * 59], named=True) is Bucket.ORDERS


def test_totals_of_weeks_are_single_lines_of_one_weekday_without_customer():
    weeks = [f"{day:%Y-%m-%d}" for day in pd.date_range("2022-01-03", periods=30, freq="7D")]
    assert bucket(weeks) is Bucket.WEEKLY_TOTALS
    assert bucket(weeks, named=True) is Bucket.ORDERS
    assert bucket([*weeks, weeks[0]]) is Bucket.ORDERS
    assert bucket([*weeks[:-1], "2022-12-31"]) is Bucket.ORDERS


def test_months_of_a_book_are_whole_or_have_sales():
    days = np.array(["2022-02-01", "2022-04-01"], dtype="datetime64[D]")
    found = monthly(days, first=pd.Timestamp("2022-01-10"), last=pd.Timestamp("2022-05-20"))
    assert (found.first, found.count, found.index.tolist()) == (pd.Timestamp("2022-02-01"), 3, [0, 2])
    whole = monthly(days, first=pd.Timestamp("2022-01-01"), last=pd.Timestamp("2022-05-31"))
    assert (whole.first, whole.count) == (pd.Timestamp("2022-01-01"), 5)


def test_a_month_has_the_weeks_of_a_twelfth_of_a_year():
    assert pytest.approx(365.25 / 7) == 12 * MONTH_WEEKS
