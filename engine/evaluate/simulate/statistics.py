"""Means with confidence intervals, and quantiles of lead times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from engine.demand.streams import Array

CONFIDENCE = 0.95


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
    t = stats.t.ppf(0.5 + confidence / 2.0, count - 1)
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
    """Ratio of two means with its interval, both of shape (N,)."""
    return Estimate(
        mean=float(part.mean() / max(float(whole.mean()), 1e-300)),
        half_width=float(ratio_half_widths(part, whole, confidence=confidence)),
    )


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
