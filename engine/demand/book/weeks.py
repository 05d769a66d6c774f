"""The weeks, or longer periods, of an order book."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.fitting.totals import ORDERS, Bucket
from engine.demand.streams import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Whole weeks of the order book, counted back from its last day; what is left before them is not used.

    Parameters
    ----------
    last_day : pandas.Timestamp
    weeks : int
    """

    last_day: pd.Timestamp
    weeks: int

    @property
    def first_day(self) -> pd.Timestamp:
        """First day of the first week."""
        return self.last_day - pd.Timedelta(days=7 * self.weeks - 1)

    def day(self, dates: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
        """Day of each date counted from the first day of the first week; negative before it."""
        last = np.datetime64(self.last_day.date(), "D")
        return np.asarray(self.weeks * 7 - 1 - (last - dates.astype("datetime64[D]")).astype(np.int64))


def calendar(first: pd.Timestamp, last: pd.Timestamp) -> Calendar:
    """The weeks of an order book, the same for all products.

    Parameters
    ----------
    first, last : pandas.Timestamp
        First and last day of the book.
    """
    return Calendar(last_day=last, weeks=(int((last - first).days) + 1) // 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The weeks, or longer periods, of a book, and in which of them each line of a product stands.

    Parameters
    ----------
    start : pandas.Timestamp
    count : int
    index : shape (lines,)
        Those outside 0 to count are not used.
    bucket : Bucket
    """

    start: pd.Timestamp
    count: int
    index: npt.NDArray[np.int64]
    bucket: Bucket = ORDERS

    @property
    def weeks(self) -> float:
        """Weeks of one of them."""
        return self.bucket.length_weeks

    def totals(self, quantity: Array) -> Array:
        """Units of each week, shape (count,)."""
        inside = (self.index >= 0) & (self.index < self.count)
        totals = np.bincount(self.index[inside], weights=quantity[inside], minlength=self.count)
        return totals.astype(np.float64)

    def first_day(self, k: int) -> pd.Timestamp:
        """First day of week k."""
        return self.bucket.first_day(self.start, k)

    def stock_outs(self, stretches: list[tuple[pd.Timestamp, pd.Timestamp]]) -> npt.NDArray[np.bool_]:
        """The weeks that a stock-out touches."""
        touched = np.zeros(self.count, dtype=bool)
        if stretches:
            edges = pd.DatetimeIndex([self.first_day(k) for k in range(self.count + 1)])
            for first, last in stretches:
                touched |= np.asarray((edges[:-1] <= last) & (edges[1:] > first))
        return touched
