"""Order lines in the order of their dates, but for those whose day was taken for the month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.notices import Notice
from engine.scenario.arrays import Booleans
from engine.scenario.files.dates import day_for_month
from engine.scenario.files.parse import ParsedTable

_Days = npt.NDArray[np.int64]
# Dates that can be read one way only show the order of the lines: so many, nearly all of them in order.
_LEAST_SURE, _IN_ORDER = 20, 0.98
# A line stands in the order of the others within a week; so many that do not are told by nearly all of them.
_NEAR_DAYS, _LEAST_EXCHANGED, _EXPLAINED = 7, 3, 0.8


def date_order(parsed: Mapping[str, ParsedTable]) -> Iterator[Notice]:
    """Order dates that stand in the order of the lines around them with day and month exchanged only.

    They are read so, in place: programs that take the day for the month do it wherever it is at most 12, and leave the
    other dates as they are.

    Parameters
    ----------
    parsed : mapping of str to ParsedTable
    """
    table = parsed.get("orders")
    if table is None or len(table.frame) < _LEAST_SURE:
        return
    dates = table.frame["order_date"]
    right = day_for_month(dates)
    taken = exchanged(_days(dates), _days(right), sure=(right == dates).to_numpy() & dates.notna().to_numpy())
    if not taken.any():
        return
    table.frame["order_date"] = dates.mask(taken, right)
    first = int(np.flatnonzero(taken)[0])
    yield Notice(
        kind="dates_out_of_order", file=table.file, row=int(table.rows[first]), column="order_date",
        values={"lines": int(taken.sum()), "date": f"{dates.iloc[first]:%Y-%m-%d}",
                "read": f"{right.iloc[first]:%Y-%m-%d}"},
    )  # fmt: skip


def exchanged(days: _Days, other: _Days, *, sure: Booleans) -> Booleans:
    """Which lines stand in the order of the sure ones by their other day only.

    Parameters
    ----------
    days, other : shape (lines,)
        As they stand, and with day and month exchanged.
    sure : shape (lines,)
        Both are the same, so that the day is known.

    Examples
    --------
    >>> days = np.arange(300, 360)
    >>> days[[5, 20, 35]], other, sure = 200, np.arange(300, 360), np.arange(60) % 15 != 5
    >>> np.flatnonzero(exchanged(days, other, sure=sure)).tolist()
    [5, 20, 35]
    """
    none = np.zeros(len(days), dtype=bool)
    known = days[sure]
    if len(known) < _LEAST_SURE or sure.all():
        return none
    steps = np.diff(known)
    falling = float((steps <= 0).mean()) > float((steps >= 0).mean())
    if float(((steps <= 0) if falling else (steps >= 0)).mean()) < _IN_ORDER:
        return none
    if falling:
        return exchanged(days[::-1], other[::-1], sure=sure[::-1])[::-1]
    before = np.cumsum(sure)
    low = np.append(np.iinfo(np.int64).min // 2, known)[before] - _NEAR_DAYS
    high = np.append(known, np.iinfo(np.int64).max // 2)[before] + _NEAR_DAYS
    outside = ~sure & ((days < low) | (days > high))
    taken = outside & (other >= low) & (other <= high)
    if taken.sum() < _LEAST_EXCHANGED or taken.sum() < _EXPLAINED * outside.sum():
        return none
    return np.asarray(taken)


def _days(dates: pd.Series) -> _Days:
    days: _Days = dates.to_numpy().astype("datetime64[D]").astype(np.int64)
    return days
