"""Weeks without a line of any product: a part of the book that was not exported, or a firm that was closed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.demand.book.weeks import calendar
from engine.demand.fitting.gaps import booked_late, suspected_runs


def pauses(lines: pd.DataFrame) -> tuple[tuple[pd.Timestamp, pd.Timestamp], ...]:
    """First and last days of weeks in a row without any line, which the pace of the book hardly explains.

    Rare products cannot tell such weeks from their own; the book can, where it has two products at least. Weeks that
    are as empty a year before or after are the season of all, and a run that the week after makes up for was booked
    late.

    Parameters
    ----------
    lines : pandas.DataFrame
    """
    if lines["product"].nunique() < 2:
        return ()
    weeks = calendar(lines["order_date"].min(), lines["order_date"].max())
    week = weeks.day(lines["order_date"].to_numpy()) // 7
    count = np.bincount(week[week >= 0], minlength=weeks.weeks).astype(np.float64)
    return tuple(
        (
            weeks.first_day + pd.Timedelta(days=7 * run.start), weeks.first_day + pd.Timedelta(days=7 * run.stop - 1)
        )
        for run in suspected_runs(count)
        if not booked_late(run, count)
    )  # fmt: skip
