"""How much the level of a product may wander, by what its weeks tell and by what others have shown.

No mean of past weeks is that of the weeks to come: customers come and go. Weeks of one product seldom tell how much, so
that what is seen in many stands beside them: a prior, which the weeks then confirm or refute.
"""

from __future__ import annotations

import numpy as np
from scipy import fft

from engine.demand.book.life import YEAR_WEEKS
from engine.demand.fitting.patterns import PERIOD_WEEKS
from engine.demand.streams import Array

# Three levels in ten wander, by 30% a year on average: chosen on half of the products of two real books, and looked at
# on the other half (docs/evidence/fit.md).
WANDERING_SHARE = 0.3
MEAN_WANDER = 0.3
# A fit is in use for half a year: on average its sums begin half of that later.
IN_USE_WEEKS = 26
_LEAST_SUMS = 3
# Standard deviations of a year's change, as shares of the level: finely where they are small.
_WANDERS: Array = np.append(0.0, np.geomspace(0.01, 1.0, 24))


def _prior() -> Array:
    """Chance of each of `_WANDERS`: none at all, or exponential."""
    chance = np.exp(-_WANDERS / MEAN_WANDER) * np.gradient(_WANDERS)
    chance *= WANDERING_SHARE / chance.sum()
    chance[0] += 1.0 - WANDERING_SHARE
    return np.asarray(chance)


_PRIOR = _prior()


def yearly_wander(weeks: Array, cv: float, *, bucket_weeks: float = 1.0, ratio: float = 1.0) -> float:
    """Standard deviation of the change of a level in a year, as a share of it.

    The level of sums of B weeks walks at random by d sqrt(B/52) from one to the next, and each sum has the variance
    s^2 = v cv^2 / B around it, all as shares of the mean. The walk's covariance around its mean is the inverse of that
    of its steps, whose eigenvectors are the cosines of `scipy.fft.dct`; with m sums and the coefficients z_k of them,

        z_k ~ N(0, s^2 + d^2 B / 52 / (4 sin^2(pi k / 2 m))), k = 1 to m - 1,

    independently, so that the mean, which is not known, takes nothing from them (restricted likelihood). What is told
    is the root of the mean of d^2 over the posterior.

    Parameters
    ----------
    weeks : numpy.ndarray, shape (weeks,)
        Trend and season taken out; gaps count as none.
    cv : float
        Of a week (bucket).
    bucket_weeks : float
        Weeks of a bucket.
    ratio : float
        Variance of sums over that of independent weeks, which is then no wandering.

    Examples
    --------
    >>> steady = np.tile([9.0, 11.0], 78)
    >>> yearly_wander(steady, 0.1) < 0.02 < 0.1 < yearly_wander(np.repeat([8.0, 12.0], 78), 0.1)
    True
    """
    mean = float(weeks.mean()) if len(weeks) else 0.0
    if mean <= 0.0 or cv <= 0.0:
        return 0.0
    each = max(1, round(PERIOD_WEEKS / bucket_weeks))
    count = len(weeks) // each
    likelihood = np.zeros(len(_WANDERS))
    if count >= _LEAST_SUMS:
        sums = weeks[len(weeks) - count * each :].reshape(count, each).mean(axis=1) / mean
        z2 = fft.dct(sums, norm="ortho")[1:] ** 2
        walk = each * bucket_weeks / YEAR_WEEKS / (4.0 * np.sin(np.pi * np.arange(1, count) / (2.0 * count)) ** 2)
        variance = cv**2 * max(1.0, ratio) / each + _WANDERS[:, None] ** 2 * walk
        likelihood = -0.5 * (np.log(variance) + z2 / variance).sum(axis=1)
    posterior = _PRIOR * np.exp(likelihood - likelihood.max())
    return float(((posterior * _WANDERS**2).sum() / posterior.sum()) ** 0.5)


def wandered(wander: float, weeks: float, ahead: float) -> float:
    """Variance of the level of a sum ahead around the mean of the weeks seen, as a share of it squared.

    A random walk is d^2/52 (n/3 + W/3) apart in the means of n weeks and of the W that follow; g weeks between them
    add d^2/52 g.

    Parameters
    ----------
    wander : float
        In a year.
    weeks, ahead : float
        That the level is the mean of, and of the sum.
    """
    return wander**2 / YEAR_WEEKS * (weeks / 3.0 + IN_USE_WEEKS / 2.0 + ahead / 3.0)
