"""Weeks of the calendar around the instant observed, for what is drawn by the week: history, and the common factor.

A plant has Mondays and is looked at on any day, so that the week of the instant is broken: u days of it are still to
come, u uniform on (0, 7), and 7 - u have passed. It is the same week for all products. A window of t days then holds
broken weeks at both ends, and what falls due now, at the pace of the week, is more where a week is a full one.
"""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array, uniforms

WEEK_DAYS = 7


def days_to_come(seed: int, samples: int) -> Array:
    """Days of the week of the instant that are still to come, uniform on (0, 7), shape (W,)."""
    return np.asarray(uniforms(seed, "place in the week", "", 1, samples)[0] * WEEK_DAYS)


def week_uniforms(seed: int, purpose: str, key: str, *, days: int, samples: int, ahead: bool = False) -> Array:
    """Uniforms of the weeks that so many days touch, that of the instant first; shape (weeks, W).

    Parameters
    ----------
    seed, purpose, key
        Of the stream.
    days : int
        A multiple of seven; more of them extend the weeks without changing them.
    samples : int
    ahead : bool
        Of the days after the instant, whose first week is that of the days before it.
    """
    weeks = days // WEEK_DAYS + 1
    u = uniforms(seed, purpose, key, weeks, samples)
    if not ahead:
        return u
    return np.concatenate([u[:1], uniforms(seed, purpose, f"{key} ahead", weeks, samples)[1:]])


def by_day(weeks: Array, to_come: Array, *, ahead: bool = False) -> Array:
    """What weeks make of each day away from the instant; a day with a Sunday night in it has a part of both.

    Parameters
    ----------
    weeks : shape (n + 1, W)
        Of a day in each week.
    to_come : shape (W,)
        As of `days_to_come`.
    ahead : bool

    Returns
    -------
    numpy.ndarray, shape (7 n, W)

    Examples
    --------
    >>> by_day(np.array([[1.0], [2.0]]), np.array([4.5]))[:, 0].tolist()
    [1.0, 1.0, 1.5, 2.0, 2.0, 2.0, 2.0]
    """
    days = WEEK_DAYS * (len(weeks) - 1)
    start = np.arange(days)[:, None] + (WEEK_DAYS - to_come if ahead else to_come)
    week = np.minimum((start / WEEK_DAYS).astype(np.int64), len(weeks) - 1)
    following = np.minimum(week + 1, len(weeks) - 1)
    within = np.clip(WEEK_DAYS * (week + 1) - start, 0.0, 1.0)
    sample = np.arange(weeks.shape[1])
    return np.asarray(within * weeks[week, sample] + (1.0 - within) * weeks[following, sample])
