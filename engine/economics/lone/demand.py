"""Tails and losses of many windows at once: one special function each, the higher orders by recurrence.

`losses.WindowDemand` says the same of one window in plain formulae and is what this is checked against. Here the
constants of a window are kept, since a search asks for the same windows at many levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from engine.demand.streams import Array
from engine.economics.optima.losses import Family

FAMILIES: tuple[Family, ...] = ("gamma", "normal", "poisson", "negative_binomial")
_THIN = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """Demand D of windows of different length, of products of one family.

    Parameters
    ----------
    family : str
    mean, variance : shape (windows, products)
        Units; no demand where the mean is zero.
    shape : shape (windows, products)
        Shape of gamma demand, size of negative binomial demand; unused otherwise.
    log_gamma : shape (windows, products)
        ln Gamma(shape + 1) or ln Gamma(size); unused otherwise.
    """

    family: Family
    mean: Array
    variance: Array
    shape: Array
    log_gamma: Array

    @property
    def integer(self) -> bool:
        """Whether demand comes in whole units; levels are then whole too."""
        return self.family in ("poisson", "negative_binomial")

    def take(self, which: npt.NDArray[np.int64]) -> Demands:
        """The windows of some products."""
        return Demands(
            family=self.family, mean=self.mean[:, which], variance=self.variance[:, which],
            shape=self.shape[:, which], log_gamma=self.log_gamma[:, which],
        )  # fmt: skip

    def windows(self, which: slice) -> Demands:
        """Some windows of all products."""
        return Demands(
            family=self.family, mean=self.mean[which], variance=self.variance[which], shape=self.shape[which],
            log_gamma=self.log_gamma[which],
        )  # fmt: skip

    def tail(self, level: Array) -> tuple[Array, Array]:
        """P(D > s) and the density (or probability) at s, of shape (products,); both shape (windows, products)."""
        above, _, term = self._tails(level)
        if self.family == "gamma":
            # x^(a - 1) e^-x / Gamma(a), over the scale.
            density = np.where(level > 0.0, term * self.shape / np.maximum(level, 1e-300), 0.0)
            return above, np.where(self.mean > 0.0, density, 0.0)
        if self.family == "negative_binomial":
            return above, term * self.shape / (self.shape + np.maximum(level, 0.0))
        return above, term

    def loss(self, level: Array) -> tuple[Array, Array]:
        """First-order loss E(D - s)+ and P(D > s) (Zipkin 2000, appendix C)."""
        above, first, term = self._tails(level)
        mean = self.mean
        if self.family == "normal":
            loss = self.variance * term + (mean - level) * above
            below = mean <= 0.0
        else:
            loss = mean * first - level * above
            below = (level <= 0.0) | (mean <= 0.0)
        return np.where(below, np.maximum(mean - level, 0.0), np.maximum(loss, 0.0)), above

    def loss2(self, level: Array) -> Array:
        """Second-order loss: the integral of the first from the level on, or its sum for whole units."""
        above, first, term = self._tails(level)
        mean, variance = self.mean, self.variance
        gap = mean - level
        whole = 1.0 if self.integer else 0.0
        below = np.where(gap > 0.0, (variance + gap * (gap + whole)) / 2.0, 0.0)
        if self.family == "normal":
            loss = ((variance + gap**2) * above + gap * variance * term) / 2.0
            return np.where(mean > 0.0, np.maximum(loss, 0.0), below)
        second, moment = self._second(level, first, term)
        loss = (moment * second - 2.0 * (level - whole) * mean * first + level * (level - whole) * above) / 2.0
        return np.where((mean > 0.0) & (level > 0.0), np.maximum(loss, 0.0), below)

    def _second(self, level: Array, first: Array, term: Array) -> tuple[Array, Array]:
        """The tail of second order, and E[D^2] or E[D (D - 1)]."""
        mean = _instead(self.mean > 0.0, self.mean)
        if self.family == "gamma":
            x = np.maximum(level, 0.0) * self.shape / mean
            return first + term * x / (self.shape + 1.0), self.mean**2 + self.variance
        s = np.maximum(level, 0.0)
        if self.family == "poisson":
            return first + term * s / mean, self.mean**2
        size = self.shape
        return first + term * s * size / mean / (size + 1.0), self.mean**2 * (1.0 + 1.0 / size)

    def _tails(self, level: Array) -> tuple[Array, Array, Array]:
        """Tails of orders 0 and 1, and their difference; for the normal P(D > s), itself and the density.

        Order 1 is E[D; D > s] / E[D]: a gamma tail of shape + 1, a Poisson tail at s - 1, a negative binomial tail
        at s - 1 of size + 1. Abramowitz & Stegun (1964), 6.5.21 and 26.5.16, lead from one to the other.
        """
        some = self.mean > 0.0
        mean = _instead(some, self.mean)
        if self.family == "normal":
            sd = np.sqrt(_instead(some, self.variance))
            z = (level - mean) / sd
            above = special.ndtr(-z)
            density = np.exp(-0.5 * z * z) / (sd * np.sqrt(2.0 * np.pi))
            none = (level < 0.0).astype(np.float64)
            above = np.where(some, above, none)
            return above, above, np.where(some, density, 0.0)
        s = np.maximum(level, 0.0)
        if self.family == "gamma":
            a = self.shape
            x = s * a / mean
            above = _gamma_tail(a, x)
            term = np.exp(special.xlogy(a, x) - x - self.log_gamma)
        elif self.family == "poisson":
            above = special.gammainc(s + 1.0, mean)
            term = np.exp(special.xlogy(s, mean) - mean - special.gammaln(s + 1.0))
        else:
            size = self.shape
            fail = mean / (size + mean)
            above = np.asarray(special.betainc(s + 1.0, size, fail), dtype=np.float64)
            # (s + r) / r times the probability of s.
            log = special.gammaln(s + size + 1.0) - special.gammaln(s + 1.0) - self.log_gamma - np.log(size)
            term = np.exp(log + special.xlogy(s, fail) - size * np.log1p(mean / size))
        none = (level < 0.0).astype(np.float64)
        below = level < 0.0
        above = np.where(some, np.where(below, 1.0, above), none)
        term = np.where(some & ~below, term, 0.0)
        return above, np.where(some, np.minimum(above + term, 1.0), none), term


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Minus the demand of windows: orders that have come before they fall due, as a shelf sees them.

    Parameters
    ----------
    demands : Demands
        Over the days ahead.
    """

    demands: Demands

    def loss(self, level: Array) -> tuple[Array, Array]:
        """E(-D - s)+ and P(-D > s): with y = -s, (y - D)+ = (D - y)+ + y - D."""
        y, step = -level, 1.0 if self.demands.integer else 0.0
        loss, above = self.demands.loss(y)
        if step:
            above = self.demands.tail(y - step)[0]
        return np.maximum(loss + y - self.demands.mean, 0.0), np.asarray(1.0 - above)

    def loss2(self, level: Array) -> Array:
        """The integral of the first, or its sum for whole units.

        With z = y - D: z (z + 1) / 2 where z > 0 is z (z + 1) / 2 less the loss of second order at y + 1, where it is
        w (w - 1) / 2, w = D - y; z^2 / 2 and w^2 / 2 for parts of units.
        """
        y, whole = -level, 1.0 if self.demands.integer else 0.0
        gap = y - self.demands.mean
        every = (self.demands.variance + gap * (gap + whole)) / 2.0
        return np.asarray(np.maximum(every - self.demands.loss2(y + whole), 0.0))


def _instead(some: npt.NDArray[np.bool_], values: Array) -> Array:
    """Values where there are some, one elsewhere, for what is left out there to be worked out at all."""
    return np.where(some, values, 1.0)


def _gamma_tail(a: Array, x: Array) -> Array:
    """1 - gammainc, which is up to twenty times as fast as gammaincc for small shapes; that where digits would go."""
    above: Array = np.asarray(1.0 - special.gammainc(a, x))
    thin = np.nonzero(above < _THIN)
    above[thin] = special.gammaincc(a[thin], x[thin])
    return above


def demands(family: Family, *, mean_per_day: Array, variance_per_day: Array, days: Array) -> Demands:
    """Demand of windows: mean and variance grow with time.

    Parameters
    ----------
    family : str
    mean_per_day, variance_per_day : shape (products,)
    days : shape (windows, products)
    """
    mean, variance = mean_per_day * days, variance_per_day * days
    some = mean > 0.0
    if family == "gamma":
        shape = _instead(some, mean_per_day**2 / variance_per_day * days)
        return Demands(
            family=family, mean=mean, variance=variance, shape=shape, log_gamma=special.gammaln(shape + 1.0)
        )
    if family == "negative_binomial":
        size = _instead(some, mean_per_day**2 / (variance_per_day - mean_per_day) * days)
        return Demands(family=family, mean=mean, variance=variance, shape=size, log_gamma=special.gammaln(size))
    none = np.broadcast_to(np.zeros(1), mean.shape)
    return Demands(family=family, mean=mean, variance=variance, shape=none, log_gamma=none)
