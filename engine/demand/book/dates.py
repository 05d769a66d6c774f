"""Dates that lie far from all others: slips of the year, place holders such as 9999-12-31."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.scenario.arrays import Booleans

Days = npt.NDArray[np.int64]

# A gap is one that dates jump over by a slip where it is so long, so many times the next longest one, and would have
# held so many days with orders at the pace of the rest.
LEAST_GAP_DAYS = 28
TIMES_NEXT_GAP = 3.0
ORDER_DAYS_MISSING = 5.0
# Lines beyond such a gap are slips where they are few; beyond a gap of many years, where they are the smaller part.
SHARE_BEYOND = 0.05
YEARS_APART_DAYS = 3653
# A book is read from its densest part, so that slips at both ends are met one after the other.
_MOST_SLIPS = 200


def far_dates(days: Days) -> Booleans:
    """Which lines are dated far from all others.

    The longest gap between days with orders divides the book. The smaller part is far where the gap is at least
    `LEAST_GAP_DAYS` long, more than `TIMES_NEXT_GAP` times the longest one inside the larger part, long enough for
    `ORDER_DAYS_MISSING` days with orders at the pace of the larger part, and the smaller part has at most
    `SHARE_BEYOND` of the lines (or less than half of them, where the gap is longer than ten years). This is done
    again with the larger part until nothing is far.

    Parameters
    ----------
    days : shape (lines,)
        Days since any origin.

    Returns
    -------
    numpy.ndarray of bool, shape (lines,)

    Examples
    --------
    >>> far_dates(np.array([0, 7, 14, 21, 28, 35, 42, 49, 66_000])).tolist()[-2:]
    [False, True]
    """
    distinct, inverse, counts = np.unique(days, return_inverse=True, return_counts=True)
    low, high = near_dates(distinct, counts)
    place = np.arange(len(distinct))
    return np.asarray(((place < low) | (place >= high))[inverse])


def near_dates(distinct: Days, counts: Days) -> tuple[int, int]:
    """The same of a book told by its days: from which of them on and up to which, without it, none is far.

    Parameters
    ----------
    distinct : shape (days,)
        Ascending.
    counts : shape (days,)
        Lines of each.
    """
    low, high = 0, len(distinct)
    for _ in range(_MOST_SLIPS):
        cut = _slip(distinct[low:high], counts[low:high])
        if cut == 0:
            break
        low, high = (low + cut, high) if cut > 0 else (low, high + cut)
    return low, high


def _slip(distinct: Days, counts: Days) -> int:
    """How many days to leave out: at the beginning where positive, at the end where negative."""
    if len(distinct) < 3:
        return 0
    gaps = np.diff(distinct)
    at = int(np.argmax(gaps))
    before, lines = int(counts[: at + 1].sum()), int(counts.sum())
    early = before <= lines - before
    few = min(before, lines - before)
    rest, inner = (distinct[at + 1 :], gaps[at + 1 :]) if early else (distinct[: at + 1], gaps[:at])
    gap = float(gaps[at])
    if gap > YEARS_APART_DAYS:
        far = 2 * few < lines
    else:
        span = float(rest[-1] - rest[0])
        missing = gap * (len(rest) - 1) / span if span > 0.0 else 0.0
        far = (
            gap >= LEAST_GAP_DAYS
            and gap > TIMES_NEXT_GAP * float(inner.max(initial=0))
            and missing >= ORDER_DAYS_MISSING
            and few <= max(1.0, SHARE_BEYOND * lines)
        )
    if not far:
        return 0
    return at + 1 if early else at + 1 - len(distinct)
