"""Weeks with nothing to sell: stock-outs that are given, and runs without sales that demand hardly explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.book.life import YEAR_WEEKS
from engine.demand.streams import Array

# The chance of a run anywhere in the history, at demand as elsewhere, below which it is taken for a stock-out.
UNLIKELY_RUN = 1e-3
LEAST_RUN = 4
LEAST_ACTIVE = 8
# Where as many of the same weeks of another year are empty too, the run is a season.
SEASONAL_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesGap:
    """Weeks without sales in a row.

    Parameters
    ----------
    start, stop : int
        First week, and first week after it.
    chance : float
        Of such a run anywhere, at demand as in the other weeks.
    """

    start: int
    stop: int
    chance: float


def suspected_runs(weeks: Array, *, least: int = LEAST_RUN, year: int = YEAR_WEEKS) -> tuple[SalesGap, ...]:
    """Runs of weeks without sales, between weeks with sales, that demand hardly explains.

    With a share p of weeks with sales elsewhere, a run of k weeks begins at one of n weeks with a chance below
    n (1 - p)^k. Weeks that are as empty a year before or after are a season, not a stock-out.

    Parameters
    ----------
    weeks : shape (weeks,)
        From launch to end of life; NaN where a week does not count.
    least : int
        Shortest run.
    year : int
        Weeks (or buckets) of a year.

    Examples
    --------
    >>> [(run.start, run.stop) for run in suspected_runs(np.array([3.0] * 20 + [0.0] * 6 + [2.0] * 20))]
    [(20, 26)]
    """
    sold = weeks > 0.0
    if int(sold.sum()) < LEAST_ACTIVE:
        return ()
    edges = np.flatnonzero(np.diff(np.concatenate([[True], weeks != 0.0, [True]]).astype(np.int8)))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if a > 0 and b < len(weeks)]
    counted = int((~np.isnan(weeks)).sum())
    found: list[SalesGap] = []
    # Longest first, so that one stock-out does not hide the next by making empty weeks look usual.
    for start, stop in sorted(runs, key=lambda run: run[0] - run[1]):
        length = stop - start
        left = counted - sum(run.stop - run.start for run in found) - length
        idle = (left - int(sold.sum()) + 0.5) / (left + 1.0)
        chance = min(1.0, counted * idle**length)
        if length < least or chance >= UNLIKELY_RUN:
            break
        if not _seasonal(weeks, start, stop, year):
            found.append(SalesGap(start=start, stop=stop, chance=chance))
    return tuple(sorted(found, key=lambda run: run.start))


def _seasonal(weeks: Array, start: int, stop: int, year: int) -> bool:
    for shift in (-year, year):
        twin = weeks[max(0, start + shift) : max(0, min(len(weeks), stop + shift))]
        twin = twin[~np.isnan(twin)]
        if 2 * len(twin) >= stop - start and float((twin == 0.0).mean()) >= SEASONAL_SHARE:
            return True
    return False
