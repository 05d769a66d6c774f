"""A change of level told apart from noise: two one-sided CUSUMs of normal scores, their limits by probability.

Page's (1954) CUSUM of z_n, normal where nothing has changed: C+_n = max(0, C+_(n-1) + z_n - k), and C-_n the same of
-z_n; with k half of the shift looked for it is the quickest to tell that shift at its rate of false alarms
(Moustakides 1986). A constant limit rings seldom at first and more often later. Here the limit of week n is the
quantile of C_n where nothing has changed and no alarm was given before, so that the chance of a false alarm is the same
in every week (Margavio, Conerly, Woodall and Drake 1995). The distribution of C_n is carried on a grid (Brook and
Evans 1972).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from engine.demand.streams import Array
from engine.economics.axes import Integers

WEEKS_PER_MONTH = 365.25 / 12.0 / 7.0
# Grid of the CUSUM, in standard deviations of a week.
_STEP, _TOP = 0.02, 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """What the charts of several products say.

    Parameters
    ----------
    week : shape (I,)
        Of the first alarm, from 0; -1 where there is none.
    since : shape (I,)
        First week after the chart that rang last stood at zero: the likeliest week of the change.
    upward : shape (I,)
        Whether demand rose.
    """

    week: Integers
    since: Integers
    upward: npt.NDArray[np.bool_]


def each_of_two(per_month: float) -> float:
    """Chance of a false alarm in a month of each of two charts that together have a given one.

    Examples
    --------
    >>> round(each_of_two(0.01), 6)
    0.005013
    """
    return float(1.0 - (1.0 - per_month) ** 0.5)


def weekly_rate(per_month: float) -> float:
    """Chance of a false alarm in a week that makes a given one in a month.

    Examples
    --------
    >>> round(weekly_rate(0.01), 6)
    0.002309
    """
    return float(1.0 - (1.0 - per_month) ** (1.0 / WEEKS_PER_MONTH))


def limits(k: float, rate: float, weeks: int) -> Array:
    """Limits of one chart, shape (weeks,).

    Parameters
    ----------
    k : float
        Reference value, standard deviations.
    rate : float
        Chance of a false alarm in each week, given none before.
    weeks : int
    """
    grid = np.arange(0.0, _TOP + _STEP / 2.0, _STEP)
    # P(C' in the cell around grid[j] | C = grid[i]); all below zero is at zero.
    edges = np.append(grid + _STEP / 2.0, np.inf)
    below = special.ndtr(edges[None, :-1] - grid[:, None] + k)
    move = np.diff(below, axis=1, prepend=0.0)
    move[:, -1] += 1.0 - below[:, -1]
    chance = np.zeros(len(grid))
    chance[0] = 1.0
    limit = np.zeros(weeks)
    for n in range(weeks):
        chance = chance @ move
        # The tail above each upper edge; the limit is where it is the rate, within a cell in proportion.
        tail = 1.0 - np.cumsum(chance)
        j = int(np.argmax(tail <= rate))
        share = (rate - tail[j]) / max(chance[j], 1e-300)
        limit[n] = grid[j] + _STEP * (0.5 - share)
        chance[j] *= 1.0 - share
        chance[j + 1 :] = 0.0
        chance /= chance.sum()
    return limit


def alarms(scores: Array, k: Array, rate: float | Array) -> Alarms:
    """The first alarm of each product, upward or downward, each side at half of the rate.

    Parameters
    ----------
    scores : shape (I, weeks)
        Normal where nothing has changed.
    k : shape (I,)
        Reference values; charts of equal ones share their limits.
    rate : float, or shape (I,)
        Chance of a false alarm in each week.
    """
    count, weeks = scores.shape
    week, since = np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64)
    upward = np.zeros(count, dtype=bool)
    pairs = list(zip(k.tolist(), np.broadcast_to(rate, (count,)).tolist(), strict=True))
    limit_of = {pair: limits(pair[0], pair[1] / 2.0, weeks) for pair in dict.fromkeys(pairs)}
    limit = np.stack([limit_of[pair] for pair in pairs]) if count else np.zeros((0, weeks))
    chart, zero = np.zeros((2, count)), np.zeros((2, count), dtype=np.int64)
    signs = np.array([1.0, -1.0])[:, None]
    for n in range(weeks):
        chart = np.maximum(0.0, chart + signs * scores[:, n] - k)
        zero[chart <= 0.0] = n + 1
        rings = (chart > limit[:, n]) & (week < 0)
        first = rings.any(axis=0)
        week[first], upward[first] = n, rings[0, first]
    # The chart that rang tells since when, with all that has come until now.
    rang = np.where(upward, 0, 1)
    since[:] = np.where(week >= 0, np.minimum(zero[rang, np.arange(count)], np.maximum(week, 0)), 0)
    return Alarms(week=week, since=since, upward=upward)


def reference(cv: Array, shift: float = 0.5) -> Array:
    """Reference values for a shift of the level by a share of it: half of it in standard deviations, to a tenth.

    Examples
    --------
    >>> reference(np.array([0.25, 0.5, 2.0])).tolist()
    [1.0, 0.5, 0.1]
    """
    return np.asarray(np.clip(np.round(0.5 * shift / np.maximum(cv, 1e-6), 1), 0.1, 1.5))


def normal_scores(below: Array, through: Array, u: Array) -> Array:
    """Scores that are normal where the distribution is right, in steps or not: the randomised probability transform.

    z = ndtri(F(x-) + U (F(x) - F(x-))), U uniform (Brockwell 2007).

    Parameters
    ----------
    below, through : shape (I, weeks)
        P(X < x) and P(X <= x).
    u : shape (I, weeks)
        Uniforms.
    """
    chance = np.clip(below + u * (through - below), 1e-12, 1.0 - 1e-12)
    return np.asarray(special.ndtri(chance))
