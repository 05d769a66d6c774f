"""Order lines that are totals of months, weeks or longer periods, and orders that come in batches once a period."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, gcd

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.fitting.patterns import BATCH_DAYS, LEAST_MONTHS, month_places
from engine.demand.streams import Array

Days = npt.NDArray[np.datetime64]

BATCH_SHARE = 0.8
LEAST_TOTALS = 12
# Periods with sales from which on those longer than a month count as such: of batches, and of totals that all follow
# the one before by just one.
LEAST_PERIODS, LEAST_EVEN_PERIODS = 8, 4
# Batches within three days of the month, and a fifth of the days elsewhere.
_DAYS_A_MONTH = 4
# A mean month.
MONTH_WEEKS = 365.25 / 12.0 / 7.0
# Periods people add up over, beside weeks and months: two and four weeks; two months, quarters, halves and years.
_WEEKS = (2, 4)
_MONTHS = (2, 3, 6, 12)
# Totals of about a month or less, by a rule of their own (each 30 days; 4, 4 and 5 weeks; the 15th and the last): so
# many days apart, and so far from a multiple of the mean, as a share of it and in days.
_EVEN_DAYS = (10.0, 36.0)
_EVEN_SHARE, _EVEN_LEAST = 0.17, 2.5
# Lines a day from which on named ones may be totals, by customer.
_TOGETHER = 2
# A weekly total is booked a day early or late at holidays.
_HOLIDAY_DAYS = 1
# Totals at least so far apart, one in every month, are those of months.
_MONTHLY = 28.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What the order lines of a product are, and the periods that are fitted.

    Parameters
    ----------
    totals : bool
        The lines are no orders, so that the size of an order is not known.
    months : int
        Of a period; 0 where it has whole weeks.
    weeks : int
        Of a period, where it has no months.
    days : float
        Of a period of neither whole months nor whole weeks, on average; 0 elsewhere.
    """

    totals: bool = False
    months: int = 0
    weeks: int = 1
    days: float = 0.0

    @property
    def long(self) -> bool:
        """Whether periods are longer than a week."""
        return self.months > 0 or self.weeks > 1 or self.days > 0.0

    @property
    def length_weeks(self) -> float:
        """Weeks of a period."""
        return self.months * MONTH_WEEKS if self.months else self.length_days / 7.0

    @property
    def length_days(self) -> float:
        """Days of a period without months."""
        return self.days or 7.0 * self.weeks

    def first_day(self, start: pd.Timestamp, k: int) -> pd.Timestamp:
        """First day of period k, where period 0 begins with the given day."""
        step = pd.DateOffset(months=k * self.months) if self.months else pd.Timedelta(days=ceil(k * self.length_days))
        return start + step

    @property
    def name(self) -> str:
        """As it stands in the table of fits: weeks, months, or such as '4 weeks'."""
        if self.days:
            return f"{self.days:.3g} days"
        count, unit = (self.months, "months") if self.months else (self.weeks, "weeks")
        return unit if count == 1 else f"{count} {unit}"


ORDERS = Bucket()
WEEKLY_TOTALS = Bucket(totals=True)
MONTHLY_BATCHES = Bucket(months=1)
MONTHLY_TOTALS = Bucket(months=1, totals=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """Whole periods of a book.

    Parameters
    ----------
    first : pandas.Timestamp
        First day of the first.
    count : int
    index : numpy.ndarray, shape (lines,)
        Period of each line, counted from the first.
    """

    first: pd.Timestamp
    count: int
    index: npt.NDArray[np.int64]


def bucket_of(dates: Days, units: Array, *, named: bool) -> Bucket:
    """What the order lines of a product are.

    Monthly totals are lines without customer that stand on one day of the month throughout; monthly batches have
    `BATCH_SHARE` of their units and of their days with orders within three days of the month. Weekly totals are single
    lines without customer, all on one weekday but for a few on the day before or after. A month's last days count back
    from its end, so that the 28th and the 31st are the same day. Where all days with orders keep to a longer period
    (two or four weeks; two months, quarters, halves, years) and most follow the one before by just that, it is the
    period: of batches, or of totals where no customer is named. So are lines without customer, or of
    several on the same days, that keep about the same distance, of a month or less.

    Parameters
    ----------
    dates : shape (lines,)
        Of lines that are no returns.
    units : shape (lines,)
    named : bool
        A customer or an order number is given.
    """
    if len(dates) == 0:
        return ORDERS
    days, inverse = np.unique(dates.astype("datetime64[D]"), return_inverse=True)
    if longer := _longer(days, totals=not named):
        return longer
    month = days.astype("datetime64[M]")
    months = len(np.unique(month))
    if months >= LEAST_MONTHS and len(days) <= _DAYS_A_MONTH * months:
        from_start, from_end = month_places(days)
        if not named and min(len(np.unique(from_start)), len(np.unique(from_end))) == 1:
            return MONTHLY_TOTALS
        # One customer may order at even distances; several on the same days are what somebody added up.
        together = len(dates) >= _TOGETHER * len(days)
        if (not named or together) and (even := _even(days, totals=not named)):
            return Bucket(months=1, totals=not named) if months == len(days) and even.days >= _MONTHLY else even
        span = int((month[-1] - month[0]).astype(np.int64)) + 1
        by_day = np.bincount(inverse, weights=units, minlength=len(days)).astype(np.float64)
        if 2 * months >= span and any(_within(place, by_day) >= BATCH_SHARE for place in (from_start, from_end)):
            return MONTHLY_BATCHES
    single = not named and len(days) == len(dates) >= LEAST_TOTALS
    return WEEKLY_TOTALS if single and _weekly(days) else ORDERS


def _weekly(days: Days) -> bool:
    """Whether days are of one weekday, but for a few that a holiday moved, and no two of one week."""
    number = days.astype(np.int64)
    moved, gaps = np.abs(number - at_weekday(days).astype(np.int64)), np.diff(number)
    return bool(
        moved.max() <= _HOLIDAY_DAYS and (moved == 0).mean() >= BATCH_SHARE and gaps.min() >= 7 - 2 * _HOLIDAY_DAYS
    )


def at_weekday(days: Days) -> Days:
    """Each day moved to the next day of the weekday that most of them have, back or forth.

    Examples
    --------
    >>> at_weekday(np.array(["2024-01-01", "2024-01-08", "2024-01-16"], dtype="datetime64[D]"))[-1].item().day
    15
    """
    number = days.astype("datetime64[D]").astype(np.int64)
    usual = int(np.bincount(number % 7, minlength=7).argmax())
    moved: Days = (number - ((number - usual + 3) % 7 - 3)).astype("datetime64[D]")
    return moved


def _even(days: Days, *, totals: bool) -> Bucket | None:
    """Totals, or batches, that stand about the same number of days apart, if they do; some may be missing."""
    if len(days) < LEAST_TOTALS:
        return None
    gaps = np.asarray(np.diff(days.astype(np.int64)), dtype=np.int64)
    usual = float(np.median(gaps))
    count = np.maximum(np.round(gaps / usual), 1.0)
    if (count == 1.0).mean() < BATCH_SHARE:
        return None
    mean = float(gaps.sum() / count.sum())
    least, most = _EVEN_DAYS
    apart = np.abs(gaps - count * mean)
    if least <= mean <= most and apart.max() <= max(_EVEN_SHARE * mean, _EVEN_LEAST):
        return Bucket(totals=totals, days=mean)
    return None


def _longer(days: Days, *, totals: bool) -> Bucket | None:
    """The period longer than a month, or of some weeks, that distinct days keep to, if any."""
    if len(days) < (LEAST_EVEN_PERIODS if totals else LEAST_PERIODS):
        return None
    few = len(days) < LEAST_PERIODS
    gaps = np.asarray(np.diff(days.astype(np.int64)), dtype=np.int64)
    weeks, rest = divmod(gcd(*gaps.tolist()), 7)
    if rest == 0 and weeks in _WEEKS and not few and _regular(gaps, 7 * weeks):
        return Bucket(weeks=weeks, totals=totals)
    # Business days move an end of month or its first by the days of a weekend.
    if min(int(np.ptp(place)) for place in month_places(days)) < BATCH_DAYS:
        apart = np.asarray(np.diff(days.astype("datetime64[M]").astype(np.int64)), dtype=np.int64)
        months = gcd(*apart.tolist())
        if months in _MONTHS and _regular(apart, months, least=1.0 if few else BATCH_SHARE):
            return Bucket(months=months, totals=totals)
    return None


def _regular(gaps: npt.NDArray[np.int64], period: int, *, least: float = BATCH_SHARE) -> bool:
    """Whether most days follow the one before by one period."""
    return float((gaps == period).mean()) >= least


def _within(place: npt.NDArray[np.int64], units: Array) -> float:
    """The largest share, both of units and of days, within three days of the month."""
    shares = []
    for weight in (units, np.ones(len(place))):
        by_day = np.bincount(place, weights=weight, minlength=33)
        shares.append(np.convolve(by_day, np.ones(BATCH_DAYS), mode="valid") / by_day.sum())
    return float(np.minimum(*shares).max())


def periods(
    dates: Days, bucket: Bucket, *, sales: Days, first: pd.Timestamp, last: pd.Timestamp
) -> Periods:
    """The periods of a book, its first and last only where they are whole or have sales of the product.

    A period of weeks begins on a day with sales; one of several months begins in a month that has them, or ends in it
    where sales stand at its end. Totals of neither stand in the middle of their period, since their distances differ.

    Parameters
    ----------
    dates : shape (lines,)
        Of a product's lines.
    bucket : Bucket
        With periods longer than a week.
    sales : shape (sales,)
        Dates of those that are no returns.
    first, last : pandas.Timestamp
        First and last day of the book.
    """
    kind, length = ("datetime64[M]", float(bucket.months)) if bucket.months else ("datetime64[D]", bucket.length_days)
    sold = sales.astype(kind).astype(np.int64)
    from_start, from_end = month_places(sales.astype("datetime64[D]"))
    at_end = bucket.months > 1 and np.ptp(from_end) < np.ptp(from_start)
    origin = int(sold.min()) + int(at_end) - int(bucket.days / 2.0)

    def number(days: Days) -> npt.NDArray[np.int64]:
        return np.asarray((days.astype(kind).astype(np.int64) - origin) // length, dtype=np.int64)

    def opening(period: int) -> pd.Timestamp:
        first = np.array(origin + ceil(period * length)).astype(kind)
        return pd.Timestamp(first.astype("datetime64[s]").item())

    begin, end = number(np.array([first, last], dtype="datetime64[D]")).tolist()
    filled = number(dates)
    if first > opening(begin) and begin not in filled:
        begin += 1
    if last + pd.Timedelta(days=1) < opening(end + 1) and end not in filled:
        end -= 1
    return Periods(first=opening(begin), count=max(end - begin + 1, 0), index=filled - begin)
