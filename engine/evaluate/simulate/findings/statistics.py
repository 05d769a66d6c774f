"""Means with confidence intervals, and quantiles of lead times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from engine.demand.streams import Array

CONFIDENCE = 0.95
# Fewer trials tell nothing of a share: one event, a late delivery, can decide all of them.
FEW_TRIALS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean and the half width of its confidence interval.

    Parameters
    ----------
    mean : float
    half_width : float
        Infinite where there is one observation only.
    """

    mean: float
    half_width: float

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width

    def covers(self, value: float) -> bool:
        """Whether a value lies in the interval."""
        return self.low <= value <= self.high


def half_widths(values: Array, *, confidence: float = CONFIDENCE) -> Array:
    """Half widths of Student's interval of the mean over the first axis."""
    count = len(values)
    if count < 2:
        return np.full(values.shape[1:], np.inf)
    t = special.stdtrit(count - 1, 0.5 + confidence / 2.0)
    return np.asarray(t * values.std(axis=0, ddof=1) / count**0.5)


def estimate(values: Array, *, confidence: float = CONFIDENCE) -> Estimate:
    """Mean of independent observations, shape (N,), with Student's interval."""
    return Estimate(mean=float(values.mean()), half_width=float(half_widths(values, confidence=confidence)))


def ratio_half_widths(part: Array, whole: Array, *, confidence: float = CONFIDENCE) -> Array:
    """Half widths of the ratio of two means over the first axis (Law 2015, section 9.5; the delta method)."""
    mean = whole.mean(axis=0)
    safe = np.where(mean > 0.0, mean, 1.0)
    ratio = part.mean(axis=0) / safe
    return half_widths((part - ratio * whole) / safe, confidence=confidence)


def ratio(part: Array, whole: Array, *, confidence: float = CONFIDENCE) -> Estimate:
    """Ratio of two means with its interval, both of shape (N,); NaN where the whole is nothing."""
    mean = float(whole.mean())
    return Estimate(
        mean=float(part.mean()) / mean if mean > 0.0 else float("nan"),
        half_width=float(ratio_half_widths(part, whole, confidence=confidence)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Shares between 0 and 1 with their confidence intervals, arrays over what was observed.

    Parameters
    ----------
    mean : Array
        NaN where nothing was observed.
    low, high : Array
        From 0 to 1 where there are fewer than `FEW_TRIALS` trials.
    trials : Array
    """

    mean: Array
    low: Array
    high: Array
    trials: Array

    @property
    def few(self) -> npt.NDArray[np.bool_]:
        """Where there are too few trials to tell anything."""
        return np.asarray(self.trials < FEW_TRIALS)

    @property
    def half_width(self) -> Array:
        """Distance to the farther end of the interval; NaN where nothing was observed."""
        return np.maximum(self.high - self.mean, self.mean - self.low)


def shares(part: Array, whole: Array, trials: Array, *, confidence: float = CONFIDENCE) -> Shares:
    """Shares with intervals that are as wide at 0 and 1 as the number of trials asks for.

    The exact interval of Clopper and Pearson (1934, Biometrika 26) on an effective number of trials: the one under
    which independent trials would spread as the observations do, and never more than there were (Korn and Graubard
    1998, Survey Methodology 24). The delta method by itself has no width where no observation differs.

    Parameters
    ----------
    part, whole : shape (N, ...)
        N observations of what counts and of all.
    trials : shape (...)
        Number of independent events behind all observations, orders for example.
    confidence : float
    """
    mean = whole.mean(axis=0)
    seen = mean > 0.0
    share = np.clip(part.mean(axis=0) / np.where(seen, mean, 1.0), 0.0, 1.0)
    half, spread = ratio_half_widths(part, whole, confidence=confidence), share * (1.0 - share)
    inner = (half > 0.0) & (spread > 1e-12)
    z = special.ndtri(0.5 + confidence / 2.0)
    effective = np.where(inner, spread * (z / np.where(inner, half, 1.0)) ** 2, trials)
    n = np.minimum(trials, effective)
    hits, misses, tail = share * n, (1.0 - share) * n, (1.0 - confidence) / 2.0
    low = np.where(hits > 0.0, special.betaincinv(np.maximum(hits, 1e-9), misses + 1.0, tail), 0.0)
    high = np.where(misses > 0.0, special.betaincinv(hits + 1.0, np.maximum(misses, 1e-9), 1.0 - tail), 1.0)
    few = trials < FEW_TRIALS
    return Shares(
        mean=np.where(seen, share, np.nan), low=np.where(few, 0.0, low), high=np.where(few, 1.0, high),
        trials=np.asarray(trials),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTimes:
    """A distribution of lead times, weighted by units.

    Parameters
    ----------
    days : shape (K,)
        Ascending.
    share : shape (K,)
        Share of the units delivered within so many days.
    """

    days: Array
    share: Array

    @property
    def mean_days(self) -> float:
        """Mean."""
        return float(self.days @ np.diff(self.share, prepend=0.0)) if self.days.size else float("nan")

    def quantile(self, q: float) -> float:
        """The least lead time that a share q of the units keeps."""
        if not self.days.size:
            return float("nan")
        return float(self.days[min(int(np.searchsorted(self.share, q - 1e-12)), self.days.size - 1)])

    def beyond(self, days: float) -> float:
        """Share of the units that take longer."""
        return float(1.0 - self.share[np.searchsorted(self.days, days, side="right") - 1]) if self.days.size else 0.0


def lead_times(units_by_days: Mapping[float, float]) -> LeadTimes:
    """The distribution of units counted by lead time."""
    days = np.array(sorted(units_by_days), dtype=np.float64)
    units = np.array([units_by_days[day] for day in days.tolist()], dtype=np.float64)
    return LeadTimes(days=days, share=np.cumsum(units) / max(float(units.sum()), 1e-300))
