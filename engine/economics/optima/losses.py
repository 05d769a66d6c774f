"""Demand of a window in closed form: tails, quantiles and loss functions of first and second order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from engine.demand.counts import (
    negative_binomial_quantile,
    negative_binomial_tail,
    poisson_quantile,
    poisson_tail,
)
from engine.demand.streams import Array

Family = Literal["gamma", "normal", "poisson", "negative_binomial"]
Numbers = npt.ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowDemand:
    """Demand D of one window; every argument and result broadcasts, for example over products.

    Parameters
    ----------
    family : str
        gamma, normal, poisson or negative_binomial.
    mean, sd : numpy.ndarray
        Units. Poisson demand has sd = sqrt(mean), whatever is given; negative binomial demand needs
        sd^2 > mean. A mean of zero is no demand.
    """

    family: Family
    mean: Array
    sd: Array

    @property
    def integer(self) -> bool:
        """Whether demand comes in whole units; levels are then whole too."""
        return self.family in ("poisson", "negative_binomial")

    def above(self, level: Numbers) -> Array:
        """P(D > level)."""
        return self._tail(np.asarray(level, dtype=np.float64), 0)

    def quantile(self, probability: Numbers) -> Array:
        """The least level with P(D <= level) at least the probability."""
        p = np.asarray(probability, dtype=np.float64)
        mean, sd = self._positive()
        if self.family == "normal":
            level = mean + sd * special.ndtri(p)
        elif self.family == "gamma":
            level = special.gammaincinv((mean / sd) ** 2, p) * sd**2 / mean
        elif self.family == "poisson":
            level = poisson_quantile(p, mean)
        else:
            size, chance = self._size()
            level = negative_binomial_quantile(p, size, chance)
        return np.where(self.mean > 0.0, level, 0.0)

    def loss(self, level: Numbers) -> Array:
        """First-order loss E(D - s)+.

        E(D - s)+ = E[D; D > s] - s P(D > s). For gamma demand of shape k E[D; D > s] is the mean times the
        tail at shape k + 1; for Poisson demand the mean times P(D >= s); for the negative binomial of size r
        the mean times P(D >= s) at size r + 1; for the normal sd (phi(z) - z Phi(-z)) (Zipkin 2000,
        appendix C).

        Examples
        --------
        The Poisson newsvendor of Snyder & Shen (2019), example 4.7: h (S - mean) + (h + p) E(D - S)+.

        >>> demand = WindowDemand(family="poisson", mean=np.array(6.0), sd=np.sqrt(6.0))
        >>> round(float(1 * (8 - 6) + (1 + 4) * demand.loss(8)), 6)
        3.570107
        """
        s = np.asarray(level, dtype=np.float64)
        if self.family == "normal":
            mean, sd = self._positive()
            z = (s - mean) / sd
            loss = sd * (_density(z) - z * special.ndtr(-z))
        else:
            loss = self.mean * self._tail(s, 1) - s * self._tail(s, 0)
        # Below zero all of the demand is short, and the missing stock with it.
        below = (s <= 0.0) & (self.family != "normal")
        return np.where((self.mean > 0.0) & ~below, np.maximum(loss, 0.0), np.maximum(self.mean - s, 0.0))

    def loss2(self, level: Numbers) -> Array:
        """Second-order loss: the integral of `loss` from the level on, or its sum for whole units.

        Continuous demand: E((D - s)+)^2 / 2; whole units: E((D - s)+ (D - s + 1)+) / 2, the sum of
        E(D - y)+ over y = s, s + 1, ... (Zipkin 2000, appendix C).

        Examples
        --------
        >>> demand = WindowDemand(family="poisson", mean=np.array(10.0), sd=np.sqrt(10.0))
        >>> round(float(demand.loss2(12)), 9), round(float(demand.loss(np.arange(12, 80)).sum()), 9)
        (1.250661142, 1.250661142)
        """
        s = np.asarray(level, dtype=np.float64)
        mean, sd = self._positive()
        if self.family == "normal":
            z = (s - mean) / sd
            loss = sd**2 / 2.0 * ((1.0 + z**2) * special.ndtr(-z) - z * _density(z))
        else:
            step = 1.0 if self.integer else 0.0
            loss = (
                self._second_moment() * self._tail(s, 2)
                - 2.0 * (s - step) * self.mean * self._tail(s, 1)
                + s * (s - step) * self._tail(s, 0)
            ) / 2.0
        gap = self.mean - s
        whole = 1.0 if self.integer else 0.0
        variance = np.where(self.mean > 0.0, sd**2, 0.0)
        below = np.where(gap > 0.0, (variance + gap * (gap + whole)) / 2.0, 0.0)
        inside = (self.mean > 0.0) & ((s > 0.0) | (self.family == "normal"))
        return np.where(inside, np.maximum(loss, 0.0), below)

    def _positive(self) -> tuple[Array, Array]:
        """Mean and sd with stand-ins where there is no demand, so that nothing divides by zero."""
        some = np.asarray(self.mean) > 0.0
        mean = np.where(some, self.mean, 1.0)
        sd = np.sqrt(mean) if self.family == "poisson" else np.where(some, self.sd, 1.0)
        return mean, sd

    def _size(self) -> tuple[Array, Array]:
        """Size r and success probability of the negative binomial."""
        mean, sd = self._positive()
        excess = np.where(np.asarray(self.mean) > 0.0, sd**2 - mean, 1.0)
        size = mean**2 / excess
        return size, size / (size + mean)

    def _second_moment(self) -> Array:
        """E[D^2] of gamma demand, E[D (D - 1)] of whole units."""
        if self.family == "poisson":
            return self.mean**2
        if self.family == "gamma":
            return self.mean**2 + self.sd**2
        size, _ = self._size()
        return self.mean**2 * (1.0 + 1.0 / size)

    def _tail(self, s: Array, order: int) -> Array:
        """E[D (D - 1) ... ; D > s] over E[D (D - 1) ...] of this order (powers of D for gamma demand)."""
        mean, sd = self._positive()
        if self.family == "normal":
            return np.where(np.asarray(self.mean) > 0.0, special.ndtr((mean - s) / sd), (s < 0.0).astype(np.float64))
        if self.family == "gamma":
            shape, scale = (mean / sd) ** 2, sd**2 / mean
            tail = special.gammaincc(shape + order, np.maximum(s, 0.0) / scale)
        elif self.family == "poisson":
            tail = poisson_tail(np.floor(s) - order, mean)
        else:
            size, chance = self._size()
            tail = negative_binomial_tail(np.floor(s) - order, size + order, chance)
        none = (s < 0.0).astype(np.float64)
        return np.where(np.asarray(self.mean) > 0.0, np.where(s < 0.0, 1.0, tail), none)


def _density(z: Array) -> Array:
    """Standard normal density."""
    return np.asarray(np.exp(-(z**2) / 2.0) / np.sqrt(2.0 * np.pi))


def window_demand(family: Family, *, mean_per_week: Numbers, cv: Numbers, days: Numbers) -> WindowDemand:
    """Demand of a window from its weekly mean and CV: mean and variance grow with time.

    Parameters
    ----------
    family : str
    mean_per_week, cv : array_like
        Units and coefficient of variation of a week.
    days : array_like
        Length of the window.

    Returns
    -------
    WindowDemand
    """
    weeks = np.asarray(days, dtype=np.float64) / 7.0
    mean = np.asarray(mean_per_week, dtype=np.float64) * weeks
    spread = np.asarray(mean_per_week, dtype=np.float64) * np.asarray(cv, dtype=np.float64)
    sd = np.sqrt(mean) if family == "poisson" else spread * np.sqrt(weeks)
    return WindowDemand(family=family, mean=mean, sd=sd)
