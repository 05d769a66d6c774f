"""Totals of periods that are not there, or of which the last had not ended when the book was written."""

from __future__ import annotations

import numpy as np
from scipy import special

from engine.demand.fitting.gaps import UNLIKELY_RUN, SalesGap, is_seasonal, runs_without_sales
from engine.demand.fitting.totals import Bucket, Days, bucket_of
from engine.demand.streams import Array
from engine.scenario.arrays import Booleans

# So many totals show what one is like; the last of them is of a part of its period where it is below half the least.
LEAST_TOTALS = 8
UNFINISHED_SHARE = 0.5
# Periods without a line are told where they are this share of all at most: else the product sells now and then.
SHARE_MISSING = 0.2


def with_stray_end(days: Days, units: Array, *, named: bool) -> tuple[Bucket, Booleans]:
    """What the lines are, and which of them are totals of a period that had not ended: those of the day of export.

    All others are totals of periods, and the last day comes before its period's end.

    Parameters
    ----------
    days, units : shape (lines,)
        Of lines that are no returns.
    named : bool
        As of `bucket_of`.

    Examples
    --------
    >>> ends = np.arange("2021-02", "2022-03", dtype="datetime64[M]").astype("datetime64[D]") - 1
    >>> bucket, stray = with_stray_end(np.append(ends, ends[-1] + 7), np.full(14, 10.0), named=False)
    >>> bucket.name, bucket.totals, int(stray.sum())
    ('months', True, 1)
    """
    bucket = bucket_of(days, units, named=named)
    none = np.zeros(len(days), dtype=bool)
    if named or bucket.totals or not len(days):
        return bucket, none
    stray = days == days.max()
    others = days[~stray]
    if not len(others):
        return bucket, none
    whole = bucket_of(others, units[~stray], named=False)
    apart = int((days.max() - others.max()).astype(np.int64))
    # A month has at least so many of its mean days.
    return (whole, stray) if whole.totals and apart < 0.9 * 7.0 * whole.length_weeks else (bucket, none)


def is_unfinished(totals: Array) -> bool:
    """Whether the last total is of a part of its period only.

    Parameters
    ----------
    totals : shape (periods,)

    Examples
    --------
    >>> is_unfinished(np.array([90.0] * 9 + [30.0])), is_unfinished(np.array([90.0] * 9 + [50.0]))
    (True, False)
    """
    return len(totals) > LEAST_TOTALS and bool(0.0 < totals[-1] < UNFINISHED_SHARE * totals[:-1].min())


def missing_totals(totals: Array, filled: Booleans, *, year: int) -> tuple[tuple[SalesGap, ...], int]:
    """Periods without a line that totals as the others hardly explain, and how many others there are.

    Totals of mean m and standard deviation s are zero with a chance of at most Phi(-m/s), as if they were normal: n of
    them have a run of k with n Phi(-m/s)^k. What is as empty in other years is a season.

    Parameters
    ----------
    totals : shape (periods,)
        From the first to the last with sales; NaN where a period does not count.
    filled : shape (periods,)
        Which have a line at all: a zero that is written is one.
    year : int
        Periods of a year.

    Examples
    --------
    >>> totals = np.array([9.0, 11.0, 0.0, 10.0] + [9.0, 11.0] * 8)
    >>> [(gap.start, gap.stop) for gap in missing_totals(totals, totals > 0.0, year=52)[0]]
    [(2, 3)]
    """
    sold = totals[totals > 0.0]
    empty = (totals == 0.0) & ~filled
    if len(sold) < LEAST_TOTALS or not empty.any() or empty.sum() > SHARE_MISSING * len(totals):
        return (), 0
    spread = float(sold.std(ddof=1)) / float(sold.mean())
    zero = float(special.ndtr(-1.0 / spread)) if spread > 0.0 else 0.0
    gaps = []
    for start, stop in sorted(runs_without_sales(np.where(filled, 1.0, totals))):
        chance = len(totals) * zero ** (stop - start)
        if chance < UNLIKELY_RUN and not is_seasonal(totals, start, stop, year):
            gaps.append(SalesGap(start=start, stop=stop, chance=chance))
    return tuple(gaps), int(empty.sum()) - sum(gap.stop - gap.start for gap in gaps)
