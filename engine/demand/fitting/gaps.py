"""Weeks with nothing to sell: stock-outs that are given, and runs without sales that demand hardly explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.book.life import YEAR_WEEKS
from engine.demand.streams import Array

# The chance of a run anywhere in the history, at demand as elsewhere, below which it is taken for a stock-out.
UNLIKELY_RUN = 1e-3
LEAST_RUN = 3
LEAST_ACTIVE = 8
# Where as many of the same weeks of another year are empty too, the run is a season.
SEASONAL_SHARE = 0.5
# So is one of more than this share of a year, in a book that shows those weeks in no other year.
LONGEST_RUN_YEARS = 0.5
# Of what a run would have sold, so much in the week after it beside its own is what was booked late.
LATE_SHARE = 0.5


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
    n (1 - p)^k. Weeks that are as empty a year before or after are a season, not a stock-out; so is more than half a
    year where no other year is known.

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
    counted = int((~np.isnan(weeks)).sum())
    gaps: list[SalesGap] = []
    # Longest first, so that one stock-out does not hide the next by making empty weeks look usual.
    for start, stop in runs_without_sales(weeks):
        length = stop - start
        left = counted - sum(run.stop - run.start for run in gaps) - length
        chance = _chance(counted, left, int(sold.sum()), length)
        if length < least or chance >= UNLIKELY_RUN:
            break
        if not is_seasonal(weeks, start, stop, year):
            gaps.append(SalesGap(start=start, stop=stop, chance=chance))
    return tuple(sorted(gaps, key=lambda run: run.start))


def booked_late(run: SalesGap, *measures: Array) -> bool:
    """Whether the week after a run makes up for it: orders of the run were booked then, and none were lost.

    Parameters
    ----------
    run : SalesGap
    measures : arrays, shape (weeks,)
        Units, number of lines: all of them make up for it, so that one large order does not.

    Examples
    --------
    >>> weeks = np.array([3.0] * 10 + [0.0] * 5 + [17.0] + [3.0] * 10)
    >>> booked_late(SalesGap(start=10, stop=15, chance=0.0), weeks)
    True
    """
    length = run.stop - run.start
    return all(
        run.stop < len(weeks)
        and weeks[run.stop]
        >= (1.0 + LATE_SHARE * length) * float(np.nanmean(np.delete(weeks, slice(run.start, run.stop + 1))))
        for weeks in measures
    )


def spread(weeks: Array, run: SalesGap) -> Array:
    """Weeks in which what was booked after a run is spread evenly over it, in whole units where they were.

    Examples
    --------
    >>> spread(np.array([3.0, 0.0, 0.0, 7.0]), SalesGap(start=1, stop=3, chance=0.0)).tolist()
    [3.0, 2.0, 3.0, 2.0]
    """
    found = weeks.copy()
    part = slice(run.start, run.stop + 1)
    steps = np.linspace(0.0, float(weeks[part].sum()), run.stop - run.start + 2)
    if (weeks[part] == np.floor(weeks[part])).all():
        steps = np.round(steps)
    found[part] = np.diff(steps)
    return found


def sells_in_season(weeks: Array, *, year: int = YEAR_WEEKS) -> bool:
    """Whether sales pause for more than half a year between the only seasons that a book of one to two years shows.

    Parameters
    ----------
    weeks : shape (weeks,)
    year : int
        Weeks (or buckets) of a year.

    Examples
    --------
    >>> season = np.full(10, 8.0)
    >>> sells_in_season(np.concatenate([season, np.zeros(42), season])), sells_in_season(np.tile(season, 7))
    (True, False)
    """
    longest = next(iter(runs_without_sales(weeks)), None)
    if not year < len(weeks) < 2 * year or longest is None or not _once(weeks, *longest, year):
        return False
    length = longest[1] - longest[0]
    return _chance(len(weeks), len(weeks) - length, int((weeks > 0.0).sum()), length) < UNLIKELY_RUN


def runs_without_sales(weeks: Array) -> list[tuple[int, int]]:
    """Runs without sales between weeks with sales, the longest first."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], weeks != 0.0, [True]]).astype(np.int8)))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if a > 0 and b < len(weeks)]
    return sorted(runs, key=lambda run: run[0] - run[1])


def _chance(counted: int, left: int, sold: int, length: int) -> float:
    """Of a run anywhere in so many weeks, demand being as in those that are left without it."""
    idle = (left - sold + 0.5) / (left + 1.0)
    return float(min(1.0, counted * idle**length))


def is_seasonal(weeks: Array, start: int, stop: int, year: int) -> bool:
    """Whether a run is as empty in another year, or longer than half a year of which no other is known."""
    twins = _twins(weeks, start, stop, year)
    return _once(weeks, start, stop, year) or any(float((twin == 0.0).mean()) >= SEASONAL_SHARE for twin in twins)


def _once(weeks: Array, start: int, stop: int, year: int) -> bool:
    """Whether a run is longer than half a year, and its weeks are known of no other year."""
    return stop - start > LONGEST_RUN_YEARS * year and not _twins(weeks, start, stop, year)


def _twins(weeks: Array, start: int, stop: int, year: int) -> list[Array]:
    """The same weeks of the years before and after, where half of them are known."""
    twins = [weeks[max(0, start + k) : max(0, min(len(weeks), stop + k))] for k in (-year, year)]
    filled = [twin[~np.isnan(twin)] for twin in twins]
    return [twin for twin in filled if 2 * len(twin) >= stop - start]
