"""Order lines that are totals of months or weeks, and orders that come in monthly batches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.patterns import BATCH_DAYS, LEAST_MONTHS
from engine.demand.streams import Array

Days = npt.NDArray[np.datetime64]

BATCH_SHARE = 0.8
LEAST_TOTALS = 12
# Batches within three days of the month, and a fifth of the days elsewhere.
_DAYS_A_MONTH = 4
# A mean month.
MONTH_WEEKS = 365.25 / 12.0 / 7.0


class Bucket(Enum):
    """What the order lines of a product are."""

    ORDERS = "orders"
    WEEKLY_TOTALS = "weekly_totals"
    MONTHLY_BATCHES = "monthly_batches"
    MONTHLY_TOTALS = "monthly_totals"

    @property
    def monthly(self) -> bool:
        """Whether months, not weeks, are fitted."""
        return self in (Bucket.MONTHLY_BATCHES, Bucket.MONTHLY_TOTALS)

    @property
    def totals(self) -> bool:
        """Whether the lines are no orders, so that the size of an order is not known."""
        return self in (Bucket.WEEKLY_TOTALS, Bucket.MONTHLY_TOTALS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """Whole months of a book.

    Parameters
    ----------
    first : pandas.Timestamp
        First day of the first.
    count : int
    index : numpy.ndarray, shape (lines,)
        Month of each line, counted from the first.
    """

    first: pd.Timestamp
    count: int
    index: npt.NDArray[np.int64]


def bucket_of(dates: Days, units: Array, *, named: bool) -> Bucket:
    """What the order lines of a product are.

    Monthly totals are lines without customer that stand on one day of the month throughout; monthly batches have
    `BATCH_SHARE` of their units and of their days with orders within three days of the month. Weekly totals are single
    lines without customer, all on one weekday. A month's last days count back from its end, so that the 28th and the
    31st are the same day.

    Parameters
    ----------
    dates : shape (lines,)
        Of lines that are no returns.
    units : shape (lines,)
    named : bool
        A customer or an order number is given.
    """
    if len(dates) == 0:
        return Bucket.ORDERS
    days, inverse = np.unique(dates.astype("datetime64[D]"), return_inverse=True)
    month = days.astype("datetime64[M]")
    months = len(np.unique(month))
    if months >= LEAST_MONTHS and len(days) <= _DAYS_A_MONTH * months:
        from_start = (days - month.astype("datetime64[D]")).astype(np.int64)
        from_end = ((month + 1).astype("datetime64[D]") - days).astype(np.int64)
        if not named and min(len(np.unique(from_start)), len(np.unique(from_end))) == 1:
            return Bucket.MONTHLY_TOTALS
        span = int((month[-1] - month[0]).astype(np.int64)) + 1
        by_day = np.bincount(inverse, weights=units, minlength=len(days)).astype(np.float64)
        if 2 * months >= span and any(_within(place, by_day) >= BATCH_SHARE for place in (from_start, from_end)):
            return Bucket.MONTHLY_BATCHES
    weekdays = np.unique(days.astype(np.int64) % 7)
    if not named and len(days) == len(dates) >= LEAST_TOTALS and len(weekdays) == 1:
        return Bucket.WEEKLY_TOTALS
    return Bucket.ORDERS


def _within(place: npt.NDArray[np.int64], units: Array) -> float:
    """The largest share, both of units and of days, within three days of the month."""
    shares = []
    for weight in (units, np.ones(len(place))):
        by_day = np.bincount(place, weights=weight, minlength=33)
        shares.append(np.convolve(by_day, np.ones(BATCH_DAYS), mode="valid") / by_day.sum())
    return float(np.minimum(*shares).max())


def monthly(dates: Days, *, first: pd.Timestamp, last: pd.Timestamp) -> Months:
    """The months of a book, its first and last only where they are whole or have sales of the product.

    Parameters
    ----------
    dates : shape (lines,)
        Of a product's lines.
    first, last : pandas.Timestamp
        First and last day of the book.
    """
    number = dates.astype("datetime64[M]").astype(np.int64)
    begin, end = ((day.year - 1970) * 12 + day.month - 1 for day in (first, last))
    if first.day > 1 and begin not in number:
        begin += 1
    if last.day < last.days_in_month and end not in number:
        end -= 1
    start = pd.Timestamp(np.datetime64(begin, "M").astype("datetime64[s]"))
    return Months(first=start, count=max(end - begin + 1, 0), index=number - begin)
