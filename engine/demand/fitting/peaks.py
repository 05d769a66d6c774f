"""Weeks that sold far more than the others, as promotions do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from engine.demand.streams import Array
from engine.scenario.arrays import Booleans

# Few weeks are peaks where the others, as gamma demand, would hardly have one of them anywhere in the book.
MOST_WEEKS = 0.1
UNLIKELY_PEAK = 1e-4
TIMES_MEAN = 2.0
LEAST_WEEKS = 26
# Against demand that varies more, no week is a peak.
MOST_CV = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """Weeks that stand above the others.

    Parameters
    ----------
    places : numpy.ndarray of int, shape (peaks,)
        Which of the weeks, ascending.
    times : float
        Their mean over that of the others.
    mean, cv : float
        Moments of the others.
    """

    places: npt.NDArray[np.int64]
    times: float
    mean: float
    cv: float


def peaks_of(weeks: Array, *, apart: Booleans | None = None) -> Peaks | None:
    """The weeks that demand as in all others hardly explains, if any.

    The k largest of n weeks are peaks where the least of them, x, is at least `TIMES_MEAN` the mean m of the others and
    n P(D >= x) < `UNLIKELY_PEAK`, D gamma with mean and variance of the others, whose CV is at most `MOST_CV`; the most
    that are so, up to `MOST_WEEKS` of all.

    Parameters
    ----------
    weeks : shape (weeks,)
        At one level, without season.
    apart : shape (weeks,), optional
        Weeks that have their reason, an order that is told by itself: they are no peaks, and do not count.

    Examples
    --------
    >>> weeks = np.tile([9.0, 12.0, 8.0, 11.0], 20)
    >>> weeks[[30, 31]] = 45.0
    >>> peaks_of(weeks).places.tolist(), peaks_of(np.delete(weeks, [30, 31]))
    ([30, 31], None)
    """
    counted = np.arange(len(weeks)) if apart is None else np.flatnonzero(~apart)
    if len(counted) < LEAST_WEEKS:
        return None
    order = counted[np.argsort(-weeks[counted], kind="stable")]
    ranked = weeks[order]
    for few in range(int(MOST_WEEKS * len(counted)), 0, -1):
        others, least = ranked[few:], float(ranked[few - 1])
        mean, variance = float(others.mean()), float(others.var(ddof=1))
        if mean <= 0.0 or least < TIMES_MEAN * mean or variance > (MOST_CV * mean) ** 2:
            continue
        # P(D >= x) of gamma demand with shape m^2 / v and scale v / m.
        chance = float(special.gammaincc(mean**2 / variance, least * mean / variance)) if variance > 0.0 else 0.0
        if len(counted) * chance < UNLIKELY_PEAK:
            return Peaks(
                places=np.sort(order[:few]), times=float(ranked[:few].mean()) / mean, mean=mean,
                cv=variance**0.5 / mean,
            )  # fmt: skip
    return None
