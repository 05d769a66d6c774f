"""How much the level of a product may change, by what its weeks tell and by what others have shown.

No mean of past weeks is that of the weeks to come: customers come and go, and what sells in spring may not in autumn.
Weeks of one product seldom tell how much, so that what is seen in many stands beside them: a prior, which the weeks
then confirm or refute.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft

from engine.demand.book.life import YEAR_WEEKS
from engine.demand.fitting.patterns import PERIOD_WEEKS
from engine.demand.streams import Array

# Three levels in ten wander, by 30% a year on average: chosen on half of the products of two real books, and looked at
# on the other half (docs/evidence/fit.md). So are the shares of products with a season, and its mean amplitude.
WANDERING_SHARE = 0.3
MEAN_WANDER = 0.3
SEASONAL_SHARE = 0.5
MEAN_AMPLITUDE = 0.4
# A fit is in use for half a year: on average its sums begin half of that later.
IN_USE_WEEKS = 26
_LEAST_SUMS = 3
# Standard deviations of a year's change and amplitudes of a season, as shares of the level: finely where small.
_WANDERS: Array = np.append(0.0, np.geomspace(0.01, 1.0, 24))
_AMPLITUDES: Array = np.append(0.0, np.geomspace(0.05, 1.5, 12))


def _prior(values: Array, share: float, mean: float) -> Array:
    """Chance of each value: none at all, or exponential."""
    chance = np.exp(-values / mean) * np.gradient(values)
    chance *= share / chance.sum()
    chance[0] += 1.0 - share
    return np.asarray(chance)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChange:
    """How much a level changes, as shares of it.

    Parameters
    ----------
    wander : float
        Standard deviation of its change in a year.
    amplitude : float
        Root mean square of the amplitude of a yearly wave that is not told from the weeks.
    """

    wander: float = 0.0
    amplitude: float = 0.0

    def variance(self, weeks: float, ahead: float) -> float:
        """Variance of the level of a sum ahead around the mean of the weeks seen, as a share of it squared.

        A random walk is d^2/52 (n/3 + W/3) apart in the means of n weeks and of the W that follow; g weeks between
        them add d^2/52 g. A wave a sin(w t + p) of any phase p has the mean a r_n sin(.) of n weeks,
        r_n = sin(w n / 2) / (w n / 2), so that two means whose middles are m weeks apart differ by

            a^2 / 2 (r_n^2 + r_W^2 - 2 r_n r_W cos(w m)).

        Parameters
        ----------
        weeks, ahead : float
            That the level is the mean of, and of the sum.
        """
        gap = IN_USE_WEEKS / 2.0
        walk = self.wander**2 / YEAR_WEEKS * (weeks / 3.0 + gap + ahead / 3.0)
        past, coming = np.sinc(weeks / YEAR_WEEKS), np.sinc(ahead / YEAR_WEEKS)
        apart = np.cos(2.0 * np.pi * (weeks / 2.0 + gap + ahead / 2.0) / YEAR_WEEKS)
        wave = 0.5 * self.amplitude**2 * (past**2 + coming**2 - 2.0 * past * coming * apart)
        return float(walk + wave)


def level_change(
    weeks: Array, cv: float, *, bucket_weeks: float = 1.0, ratio: float = 1.0, wave: bool = True
) -> LevelChange:
    """What the level may change by, a posterior of a random walk and of a season.

    The level of sums of B weeks walks at random by d sqrt(B/52) from one to the next, and each sum has the variance
    s^2 = v cv^2 / B around it, all as shares of the mean. The walk's covariance around its mean is the inverse of that
    of its steps, whose eigenvectors are the cosines of `scipy.fft.dct`; with m sums the coefficients z_k of them have
    the independent variances

        V_k = s^2 + d^2 B / 52 / (4 sin^2(pi k / 2 m)), k = 1 to m - 1,

    so that the mean, which is not known, takes nothing from them (restricted likelihood). A season is a yearly wave of
    amplitude a and any phase: its sine and cosine, with coefficients U (m - 1, 2), have the variance a^2 / 2 each. So

        z ~ N(0, diag V + a^2 / 2 U U'),

    whose inverse and determinant take a matrix of two rows (Woodbury): with G = U' V^-1 U and h = U' V^-1 z,

        log p = -1/2 (sum log V + z' V^-1 z + log |I + a^2/2 G| - a^2/2 h' (I + a^2/2 G)^-1 h).

    What is told are the roots of the means of d^2 and a^2 over the posterior.

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
    wave : bool
        There may be a season; else there is none, or it is known.

    Examples
    --------
    >>> steady = np.tile([9.0, 11.0], 78)
    >>> level_change(steady, 0.1).wander < 0.02 < 0.1 < level_change(np.repeat([8.0, 12.0], 78), 0.1).wander
    True
    """
    mean = float(weeks.mean()) if len(weeks) else 0.0
    if mean <= 0.0 or cv <= 0.0:
        return LevelChange()
    amplitudes = _AMPLITUDES if wave else _AMPLITUDES[:1]
    chance = _prior(_WANDERS, WANDERING_SHARE, MEAN_WANDER)[:, None] * (
        _prior(_AMPLITUDES, SEASONAL_SHARE, MEAN_AMPLITUDE) if wave else np.ones(1)
    )
    each = max(1, round(PERIOD_WEEKS / bucket_weeks))
    count = len(weeks) // each
    if count >= _LEAST_SUMS:
        sums = weeks[len(weeks) - count * each :].reshape(count, each).mean(axis=1) / mean
        likelihood = _likelihood(sums, each * bucket_weeks, cv**2 * max(1.0, ratio) / each, amplitudes)
        chance = chance * np.exp(likelihood - likelihood.max())
    chance = chance / chance.sum()
    return LevelChange(
        wander=float((chance.sum(axis=1) * _WANDERS**2).sum() ** 0.5),
        amplitude=float((chance.sum(axis=0) * amplitudes**2).sum() ** 0.5),
    )


def _likelihood(sums: Array, length: float, variance: float, amplitudes: Array) -> Array:
    """Logarithm of the likelihood, but for a constant; shape (wanders, amplitudes)."""
    count = len(sums)
    angle = 2.0 * np.pi * length / YEAR_WEEKS * np.arange(count)
    size = np.sinc(length / YEAR_WEEKS)
    z, u, v = fft.dct(np.stack([sums, size * np.cos(angle), size * np.sin(angle)]), norm="ortho")[:, 1:]
    walk = length / YEAR_WEEKS / (4.0 * np.sin(np.pi * np.arange(1, count) / (2.0 * count)) ** 2)
    precision = 1.0 / (variance + _WANDERS[:, None] ** 2 * walk)
    guu, gvv, guv, hu, hv, zz = ((precision @ x)[:, None] for x in (u * u, v * v, u * v, u * z, v * z, z * z))
    half = 0.5 * amplitudes**2
    a, b, c = 1.0 + half * guu, 1.0 + half * gvv, half * guv
    determinant = a * b - c**2
    told = half * (b * hu**2 - 2.0 * c * hu * hv + a * hv**2) / determinant
    return np.asarray(0.5 * (np.log(precision).sum(axis=1)[:, None] - np.log(determinant) - zz + told))
