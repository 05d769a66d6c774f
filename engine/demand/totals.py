"""Order lines that are totals of months or weeks, and orders that come in monthly batches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.patterns import BATCH_DAYS, LEAST_MONTHS
from engine.demand.streams import Array

BATCH_SHARE = 0.8
LEAST_TOTALS = 12
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
    first : pandas.Period
    count : int
    index : numpy.ndarray, shape (lines,)
        Month of each line, counted from the first.
    """

    first: pd.Period
    count: int
    index: npt.NDArray[np.int64]


def bucket_of(dates: pd.DatetimeIndex, units: Array, *, named: bool) -> Bucket:
    """What the order lines of a product are.

    Monthly totals are lines without customer that stand on one day of the month throughout; monthly batches have
    `BATCH_SHARE` of their units and of their days with orders within three days of the month. Weekly totals are single
    lines without customer, all on one weekday. A month's last days count back from its end, so that the 28th and the
    31st are the same day.

    Parameters
    ----------
    dates : pandas.DatetimeIndex, shape (lines,)
        Of lines that are no returns.
    units : shape (lines,)
    named : bool
        A customer or an order number is given.
    """
    if len(dates) == 0:
        return Bucket.ORDERS
    days = dates.unique()
    if days.to_period("M").nunique() >= LEAST_MONTHS:
        from_start, from_end = np.asarray(days.day), np.asarray(days.days_in_month - days.day)
        if not named and min(len(set(from_start)), len(set(from_end))) == 1:
            return Bucket.MONTHLY_TOTALS
        if _batched(dates, units):
            return Bucket.MONTHLY_BATCHES
    if not named and len(days) == len(dates) >= LEAST_TOTALS and len(set(days.day_of_week)) == 1:
        return Bucket.WEEKLY_TOTALS
    return Bucket.ORDERS


def _batched(dates: pd.DatetimeIndex, units: Array) -> bool:
    """Whether units and days with orders both stand within three days of the month, in most months of the span."""
    days = dates.unique()
    span = (dates.max().to_period("M") - dates.min().to_period("M")).n + 1
    if 2 * days.to_period("M").nunique() < span:
        return False
    for of in (_from_start, _from_end):
        by_units = np.bincount(of(dates), weights=units, minlength=32)
        by_days = np.bincount(of(days), minlength=32).astype(np.float64)
        within = [np.convolve(by, np.ones(BATCH_DAYS), mode="valid") / by.sum() for by in (by_units, by_days)]
        if bool((np.minimum(*within) >= BATCH_SHARE).any()):
            return True
    return False


def _from_start(days: pd.DatetimeIndex) -> npt.NDArray[np.int64]:
    return np.asarray(days.day, dtype=np.int64)


def _from_end(days: pd.DatetimeIndex) -> npt.NDArray[np.int64]:
    return np.asarray(days.days_in_month - days.day, dtype=np.int64)


def monthly(dates: pd.DatetimeIndex, *, first: pd.Timestamp, last: pd.Timestamp) -> Months:
    """The months of a book, its first and last only where they are whole or have sales of the product.

    Parameters
    ----------
    dates : shape (lines,)
        Of a product's lines.
    first, last : pandas.Timestamp
        First and last day of the book.
    """
    number = np.asarray(dates.year * 12 + dates.month, dtype=np.int64)
    begin, end = (day.year * 12 + day.month for day in (first, last))
    if first.day > 1 and begin not in number:
        begin += 1
    if last.day < last.days_in_month and end not in number:
        end -= 1
    year, month = divmod(begin - 1, 12)
    period = pd.Period(year=year, month=month + 1, freq="M")
    return Months(first=period, count=max(end - begin + 1, 0), index=number - begin)
