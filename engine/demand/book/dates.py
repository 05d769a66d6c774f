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
# Days that are far from each other may begin so near to the rest.
LEAST_SCATTERED_DAYS = 14
# Lines beyond such a gap are slips where they are few; beyond a gap of many years, where they are the smaller part.
SHARE_BEYOND = 0.05
YEARS_APART_DAYS = 3653
# One or two days alone at the beginning, or at the end (below zero), are slips, or orders after the book was closed,
# where they lie so many times the longest gap apart; or half as far, where so long a gap is unlikely at the share of
# days with orders.
ALONE_DAYS, TIMES_LONGEST, LEAST_ORDER_DAYS = (1, 2, -1, -2), 3.0, 20
UNLIKELY_GAP = 1e-3
# Two of them belong together so near.
TOGETHER_DAYS = 7
SHARE_ALONE, LINES_ALONE = 0.0025, 2
# A book is read from its densest part, so that slips at both ends are met one after the other.
_MOST_SLIPS = 200


def far_dates(days: Days) -> Booleans:
    """Which lines are dated far from all others.

    The longest gap between days with orders divides the book. The smaller part is far where the gap is at least
    `LEAST_GAP_DAYS` long, more than `TIMES_NEXT_GAP` times the longest one inside the larger part, long enough for
    `ORDER_DAYS_MISSING` days with orders at the pace of the larger part, and the smaller part has at most
    `SHARE_BEYOND` of the lines (or less than half of them, where the gap is longer than ten years). This is done
    again with the larger part until nothing is far. Several slips, or orders of the years to come, lie far from each
    other, too: gaps of `LEAST_SCATTERED_DAYS` divide the book, and what lies beyond one of the two around the part with
    most lines is judged alike, all together, where one of its gaps has `LEAST_GAP_DAYS`. One or two days at
    an end with a few lines are far from `LEAST_SCATTERED_DAYS` on, where that is `TIMES_LONGEST` the longest gap of all
    others, or half of that and n (1 - p)^gap < `UNLIKELY_GAP`, p the share of days with orders and n their number.

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
        some = distinct[low:high], counts[low:high]
        cut = _slip(*some) or _scattered(*some) or _alone(*some)
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
    lines = int(counts.sum())
    early = 2 * int(counts[: at + 1].sum()) <= lines
    rest, few = (at + 1, len(distinct)) if early else (0, at + 1), counts[: at + 1] if early else counts[at + 1 :]
    if gaps[at] > YEARS_APART_DAYS:
        far = 2 * int(few.sum()) < lines
    else:
        far = _beyond(gaps[at : at + 1], distinct[slice(*rest)], few=int(few.sum()), lines=lines)
    if not far:
        return 0
    return at + 1 if early else at + 1 - len(distinct)


def _scattered(distinct: Days, counts: Days) -> int:
    """The same of days that lie far from each other, beyond either end of the part with most lines."""
    gaps = np.diff(distinct)
    edges = np.concatenate([[0], np.flatnonzero(gaps >= LEAST_SCATTERED_DAYS) + 1, [len(distinct)]])
    if len(edges) < 4:
        return 0
    part = int(np.argmax(np.add.reduceat(counts, edges[:-1])))
    start, stop = int(edges[part]), int(edges[part + 1])
    core, lines = distinct[start:stop], int(counts.sum())
    if len(core) < 2:
        return 0
    early, late = gaps[:start], gaps[stop - 1 :]
    if _beyond(early[::-1], core, few=int(counts[:start].sum()), lines=lines):
        return start
    return stop - len(distinct) if _beyond(late, core, few=int(counts[stop:].sum()), lines=lines) else 0


def _alone(distinct: Days, counts: Days) -> int:
    """The same of a day or two alone at either end."""
    gaps = np.diff(distinct)
    most = max(float(LINES_ALONE), SHARE_ALONE * float(counts.sum()))
    for cut in ALONE_DAYS:
        few, rest = (counts[:cut], gaps[cut:]) if cut > 0 else (counts[cut:], gaps[:cut])
        if len(rest) < LEAST_ORDER_DAYS or int(few.sum()) > most:
            continue
        gap = int(gaps[cut - 1] if cut > 0 else gaps[cut])
        if abs(cut) > 1 and int(gaps[0] if cut > 0 else gaps[-1]) > TOGETHER_DAYS:
            continue
        chance = len(rest) * (1.0 - len(rest) / float(rest.sum())) ** float(gap)
        times = TIMES_LONGEST if chance >= UNLIKELY_GAP else TIMES_LONGEST / 2.0
        if gap >= max(LEAST_SCATTERED_DAYS, times * float(rest.max())):
            return cut
    return 0


def _beyond(gaps: Days, rest: Days, *, few: int, lines: int) -> bool:
    """Whether lines beyond gaps at one end of the rest, the nearest first, are few of all and dated far from it."""
    span = float(rest[-1] - rest[0])
    if not len(gaps) or span <= 0.0:
        return False
    return bool(
        gaps.max() >= LEAST_GAP_DAYS
        and gaps[0] > TIMES_NEXT_GAP * np.diff(rest).max()
        and gaps[0] * (len(rest) - 1) / span >= ORDER_DAYS_MISSING
        and few <= max(1.0, SHARE_BEYOND * lines)
    )
