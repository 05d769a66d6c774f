"""How much sums of weeks over the exposure differ from what is foreseen, beside sums of independent weeks.

A stock covers the demand of its exposure, not of a week. Weeks that follow each other make its sum vary more than
independent ones, weeks that make up for each other less; a level that moves goes on moving meanwhile; and level and
season are themselves known from few weeks only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.book.history import History
from engine.demand.fitting.patterns import ONE_PERCENT
from engine.demand.fitting.stationary import Stationary
from engine.demand.streams import Array

# Longer windows are seen too seldom: what is known of a third of the history stands for them.
_LEAST_WINDOWS = 3
# Negative autocorrelation never takes more away.
LEAST_RATIO = 0.2


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
    """

    weeks: float
    autocorrelation: float
    ratio: float


def sums_ahead(history: History, found: Stationary, exposure_weeks: float) -> SumsAhead:
    """What a forecast leaves open of the sum over the exposure.

    Over W weeks the error of the sum is sum_i c_i e_i + W d. The e are what level and season leave open, with
    autocorrelations r_k; c_i = 1, or 1 + a (W - i) where the level follows each week by a share a (simple exponential
    smoothing: Hyndman, Koehler, Ord & Snyder 2008, section 6.3). d is the error of level and season, of variance h in
    units of a week's. So

        ratio = v (sum_i c_i^2 / W + W h), v = 1 + 2 sum_k (1 - k/W) r_k.

    v counts where it differs from 1 at 1% on either side; of independent weeks its variance is
    4 sum_k (1 - k/W)^2 / n (Lo & MacKinlay 1988). The test takes ranks, so that two large orders next to each other do
    not make it.

    Parameters
    ----------
    history : History
    found : Stationary
        Of that history.
    exposure_weeks : float
        A week at least is taken; of one that is not known (NaN) nothing is said.
    """
    if np.isnan(exposure_weeks):
        return SumsAhead(weeks=exposure_weeks, autocorrelation=1.0, ratio=1.0)
    count = len(found.weeks)
    length = max(1, round(max(exposure_weeks, 1.0) / history.bucket_weeks))
    seen = min(length, max(1, count // _LEAST_WINDOWS))
    lags = np.arange(seen)
    weight = 1.0 - lags / seen
    ratio = 1.0
    if seen > 1 and found.cv > 0.0:
        place, freedom = history.places, found.freedom
        ranked = np.asarray(pd.Series(found.weeks).rank(), dtype=np.float64)
        ranks = _autocorrelations(ranked, place, seen, freedom)
        chance = 2.0 * float((weight[1:] ** 2).sum() / count) ** 0.5
        if abs(2.0 * float((weight[1:] * ranks[1:]).sum())) > ONE_PERCENT * chance:
            correlation = _autocorrelations(found.weeks, place, seen, freedom)
            ratio = max(LEAST_RATIO, 1.0 + 2.0 * float((weight[1:] * correlation[1:]).sum()))
    # What is left open of a moving level grows with every week ahead.
    smoothing = found.level.smoothing
    growth = 1.0 + smoothing * np.arange(length - 1, -1, -1.0)
    moved = float((growth**2).mean())
    return SumsAhead(
        weeks=exposure_weeks, autocorrelation=ratio, ratio=ratio * (moved + length * found.leverage)
    )


def _autocorrelations(values: Array, place: npt.NDArray[np.int64], count: int, freedom: int) -> Array:
    """r_0 to r_{count - 1}, shape (count,), of pairs of weeks so far apart in the book.

    Around a mean with p fitted numbers each is too low by p / n in expectation (Kendall 1954), which is put back.
    """
    rest = values - values.mean()
    total = float((rest**2).sum())
    spread = np.zeros(int(place[-1] - place[0]) + 1)
    spread[place - place[0]] = rest
    found = np.ones(count)
    if total <= 0.0:
        return np.append(1.0, np.zeros(count - 1))
    for k in range(1, count):
        found[k] = float((spread[k:] * spread[:-k]).sum()) / total + freedom / len(values)
    return found
