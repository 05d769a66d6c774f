"""How much sums of weeks over the exposure differ from what is foreseen, beside sums of independent weeks.

A stock covers the demand of its exposure, not of a week. Weeks that follow each other make its sum vary more than
independent ones, weeks that make up for each other less; a level that moves goes on moving until the fit is renewed,
and one that does not may begin to wander; level, season and the deviation around them are themselves known from few
weeks only; and of few orders the largest has hardly been seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.book.history import History
from engine.demand.fitting.goodness import excess_kurtosis, moments, skewness
from engine.demand.fitting.patterns import LEAST_SEASON_WEEKS, ONE_PERCENT, PERIOD_WEEKS
from engine.demand.fitting.sizes import unseen_sizes
from engine.demand.fitting.stationary import Stationary
from engine.demand.fitting.wander import IN_USE_WEEKS, LevelChange, level_change
from engine.demand.streams import Array

# Longer windows are seen too seldom: what is known of a third of the history stands for them.
_LEAST_WINDOWS = 3
# Negative autocorrelation never takes more away.
LEAST_RATIO = 0.2
# A deviation that is known worse than this counts as known so well: beyond, the expansion says nothing.
MOST_ERROR = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SumsAhead:
    """Sums over the exposure.

    Parameters
    ----------
    weeks : float
        Of the exposure.
    autocorrelation : float
        Variance of sums of as many weeks over that of independent ones, 1 where no test tells another.
    ratio : float
        Mean squared error of a forecast of the sum, over the variance of independent weeks.
    level_error : float
        Standard error of the level, as a share of it.
    deviation_error : float
        Standard error of the standard deviation of a week, as a share of it.
    change : LevelChange
        What the level may wander by, and a season that the weeks do not tell.
    changed : float
        Both add so much to `ratio`.
    unseen_sizes : float
        What orders of other sizes than those seen add to the variance of a week, as a share of it; in `ratio`.
    """

    weeks: float
    autocorrelation: float
    ratio: float
    level_error: float = 0.0
    deviation_error: float = 0.0
    change: LevelChange = field(default_factory=LevelChange)
    changed: float = 0.0
    unseen_sizes: float = 0.0

    @property
    def times(self) -> float:
        """CV of the predictive distribution of the sum over that of independent weeks; 1 of an unknown exposure."""
        if np.isnan(self.weeks):
            return 1.0
        return float(((self.ratio + self.changed) * (1.0 + 4.0 * self.deviation_error**2)) ** 0.5)


def deviation_error(weeks: int, excess_kurtosis: float, skewness: float = 0.0) -> float:
    """Standard error of the standard deviation of n independent weeks, as a share of it; at most `MOST_ERROR`.

    The sample variance has the relative variance (k + 2) / n, k being the excess kurtosis, and with the sample mean the
    covariance of the third moment (Cramer 1946, 27.4): g^2 / n of it, g being the skewness, is told by the error of the
    mean, which is counted by itself. What is left, (k + 2 - g^2) / n, is 2 / n of normal demand and (2 + 2 cv^2) / n of
    gamma demand, where it is that of the CV. The root is off by half the root of that. The variance is then as that of
    nu = 2 n / (k + 2 - g^2) degrees of freedom (Satterthwaite 1946), and what is drawn around a mean with it has
    Student's t: its variance is nu / (nu - 2), to first order 1 + 2 / nu = 1 + 4 e^2 times what was seen.

    Parameters
    ----------
    weeks : int
        That the variance was taken of.
    excess_kurtosis, skewness : float
        Of a week.

    Examples
    --------
    >>> round(deviation_error(100, 0.0), 4)  # 1 / sqrt(2 n)
    0.0707
    """
    return float(min(MOST_ERROR, 0.5 * (max(0.0, excess_kurtosis + 2.0 - skewness**2) / max(1, weeks)) ** 0.5))


def sums_ahead(
    history: History,
    stationary: Stationary,
    exposure_weeks: float,
    *,
    excess_kurtosis: float = 0.0,
    skewness: float = 0.0,
    untested: bool = False,
) -> SumsAhead:
    """What a forecast leaves open of the sum over the exposure.

    Over W weeks the error of the sum is sum_i c_i e_i + W d. The e are what level and season leave open, with
    autocorrelations r_k; c_i = 1, or 1 + a (W - i) where the level follows each week by a share a (simple exponential
    smoothing: Hyndman, Koehler, Ord & Snyder 2008, section 6.3). A fit is in use for half a year, so that its sums
    begin g = 13 weeks after it on average, until when such a level has moved by a of the errors of these weeks. d is
    the error of level and season, of variance h in units of a week's. So

        ratio = v (1 + u) (sum_i c_i^2 / W + W (h + a^2 g)), v = 1 + 2 sum_k (1 - k/W) r_k,

    u being what sizes of orders that have not been seen add to the variance of a week (`unseen_sizes`).

    v counts where it differs from 1 at 1% on either side; of independent weeks its variance is
    4 sum_k (1 - k/W)^2 / n (Lo & MacKinlay 1988). The test takes ranks, so that two large orders next to each other do
    not make it. The deviation s itself is that of n weeks: with its relative standard error e (`deviation_error`) the
    predictive distribution of the sum has the variance ratio (1 + 4 e^2) s^2 W, all parameters being estimated (Prak,
    Teunter & Syntetos 2017; Prak & Teunter 2019). A level that is not followed may wander, and have a season that less
    than two years do not tell (`level_change`), which adds W times their variance over that of a week.

    Parameters
    ----------
    history : History
    stationary : Stationary
        Of that history.
    exposure_weeks : float
        A week at least is taken; of one that is not known (NaN) nothing is said.
    excess_kurtosis, skewness : float
        Of a week, as its family has them.
    untested : bool
        Weeks that follow each other count whether a test tells so or not, no level wanders and sizes are as they were:
        what is tested is that all stays.
    """
    count = len(stationary.weeks)
    error = deviation_error(count, excess_kurtosis, skewness) if stationary.cv > 0.0 else 0.0
    uncertainty = stationary.cv * stationary.leverage**0.5
    if np.isnan(exposure_weeks):
        return SumsAhead(
            weeks=exposure_weeks, autocorrelation=1.0, ratio=1.0, level_error=uncertainty, deviation_error=error
        )  # fmt: skip
    length = max(1, round(max(exposure_weeks, 1.0) / history.bucket_weeks))
    ratio = _variance_ratio(history, stationary, length, untested=untested)
    # What is left open of a moving level grows with every week ahead, and until the sum begins.
    level, per = stationary.level, history.bucket_weeks
    growth = 1.0 + level.smoothing * np.arange(length - 1, -1, -1.0)
    moved = float((growth**2).mean()) + length * level.smoothing**2 * IN_USE_WEEKS / 2.0 / per
    # A forecast that was judged has sizes of orders in its errors.
    alike_sizes = untested or (level.kind == "forecast" and level.followed)
    unseen = 0.0 if alike_sizes else unseen_sizes(history.order_sizes, history.weeks, stationary.cv)
    change, far = LevelChange(), 0.0
    if stationary.cv > 0.0 and not untested and not stationary.level.followed:
        alike = _variance_ratio(history, stationary, max(1, round(PERIOD_WEEKS / per)), untested=False)
        change = level_change(
            stationary.weeks, stationary.cv, bucket_weeks=per, ratio=alike,
            wave=stationary.season is None and count * per < LEAST_SEASON_WEEKS,
        )
        far = length * change.variance(count * per, length * per) / stationary.cv**2
    return SumsAhead(
        weeks=exposure_weeks, autocorrelation=ratio,
        ratio=ratio * (1.0 + unseen) * (moved + length * stationary.leverage),
        level_error=uncertainty * ratio**0.5, deviation_error=error, change=change, changed=far, unseen_sizes=unseen,
    )  # fmt: skip


def sums_of(
    history: History,
    stationary: Stationary,
    exposure_weeks: float,
    family: str,
    order_size: float,
    *,
    untested: bool = False,
) -> SumsAhead:
    """`sums_ahead` of weeks of a family."""
    if stationary.cv <= 0.0:
        return sums_ahead(history, stationary, exposure_weeks, untested=untested)
    of = moments(stationary.level.now, stationary.cv, order_size)
    return sums_ahead(
        history, stationary, exposure_weeks, excess_kurtosis=float(excess_kurtosis(family, of)[0]),
        skewness=float(skewness(family, of)[0]), untested=untested,
    )  # fmt: skip


def _variance_ratio(history: History, series: Stationary, length: int, *, untested: bool) -> float:
    """Variance of sums of so many weeks over that of independent ones, 1 where no test tells another."""
    count = len(series.weeks)
    seen = min(length, max(1, count // _LEAST_WINDOWS))
    if seen == 1 or series.cv <= 0.0:
        return 1.0
    weight = 1.0 - np.arange(seen) / seen
    place, freedom = history.places, series.freedom
    ranked = np.asarray(pd.Series(series.weeks).rank(), dtype=np.float64)
    ranks = _autocorrelations(ranked, place, seen, freedom)
    chance = 2.0 * float((weight[1:] ** 2).sum() / count) ** 0.5
    if not untested and abs(2.0 * float((weight[1:] * ranks[1:]).sum())) <= ONE_PERCENT * chance:
        return 1.0
    correlation = _autocorrelations(series.weeks, place, seen, freedom)
    least = 1.0 if untested else LEAST_RATIO
    return max(least, 1.0 + 2.0 * float((weight[1:] * correlation[1:]).sum()))


def _autocorrelations(values: Array, place: npt.NDArray[np.int64], count: int, freedom: int) -> Array:
    """r_0 to r_{count - 1}, shape (count,), of pairs of weeks so far apart in the book.

    Around a mean with p fitted numbers each is too low by p / n in expectation (Kendall 1954), which is put back.
    """
    rest = values - values.mean()
    total = float((rest**2).sum())
    spread = np.zeros(int(place[-1] - place[0]) + 1)
    spread[place - place[0]] = rest
    correlation = np.ones(count)
    if total <= 0.0:
        return np.append(1.0, np.zeros(count - 1))
    for k in range(1, count):
        correlation[k] = float((spread[k:] * spread[:-k]).sum()) / total + freedom / len(values)
    return correlation
