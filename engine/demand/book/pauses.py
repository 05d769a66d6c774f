"""Weeks without a line of any product: a part of the book that was not exported, or a firm that was closed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.fitting.gaps import booked_late, suspected_runs
from engine.notices import Notice
from engine.words.notices import Value

Stretch = tuple[pd.Timestamp, pd.Timestamp]


def book_pauses(days: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> tuple[Stretch, ...]:
    """First and last days of weeks in a row without any line, which the pace of the book hardly explains.

    Rare products cannot tell such weeks from their own; a book of several can. Weeks that are as empty a year before or
    after are the season of all, and a run that the week after makes up for was booked late.

    Parameters
    ----------
    days : shape (days,)
        Since 1970, of lines that count.
    counts : shape (days,)
        Lines of each.
    """
    if not len(days):
        return ()
    # Whole weeks to the last day, as `calendar` has them.
    first, last = int(days.min()), int(days.max())
    start = last + 1 - 7 * ((last - first + 1) // 7)
    week = (days - start) // 7
    lines = np.bincount(week[week >= 0], weights=counts[week >= 0]).astype(np.float64)
    edges = [
        (start + 7 * run.start, start + 7 * run.stop - 1)
        for run in suspected_runs(lines)
        if not booked_late(run, lines)
    ]
    return tuple((pd.Timestamp(begin, unit="D"), pd.Timestamp(end, unit="D")) for begin, end in edges)


def pause_notices(pauses: tuple[Stretch, ...]) -> list[Notice]:
    """What is said of them."""
    notices = []
    for begin, end in pauses:
        weeks = ((end - begin).days + 1) // 7
        values: dict[str, Value] = {
            "first": begin.date().isoformat(), "last": end.date().isoformat(), "weeks": weeks,
        }  # fmt: skip
        notices.append(Notice(kind="book_pause", file="orders.csv", column="order_date", values=values))
    return notices
