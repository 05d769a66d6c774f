"""Demand as a process with stationary independent increments: a day's demand and its division."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from engine.demand.counts import binomial_quantile
from engine.demand.quantile import gamma_quantile, quantile_at, quantile_places
from engine.demand.streams import Array

WEEK = 7.0
# Negative binomial demand whose variance is above its mean by less than this share of it is Poisson: the difference in
# cost is smaller still, and the terms of its probabilities cancel.
NEXT_TO_POISSON = 2e-6
# No probability of nothing smaller than this is summed up from.
_LEAST = 1e-280
# Shape of a beta distribution that is next to normal, longest table of whole numbers, most units of a day that are
# divided one by one.
_STEADY, _LONGEST, _MOST_DIVIDED = 1e9, 1_000_000, 10_000


class Process(Protocol):
    """A demand process; `integer` says that it moves in whole units."""

    @property
    def integer(self) -> bool:
        """Whether demand comes in whole units."""
        ...

    def increments(self, u: Array) -> Array:
        """Daily demand from uniforms of any shape, by inversion."""
        ...

    def bridge(self, increment: Array, fraction: Array, u: Array) -> Array:
        """Demand of the first `fraction` of a day whose demand is `increment`, from uniforms."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """Demand without variation."""

    mean_per_week: float
    integer: bool = False

    def increments(self, u: Array) -> Array:
        """Every day alike."""
        return np.full(u.shape, self.mean_per_week / WEEK)

    def bridge(self, increment: Array, fraction: Array, u: Array) -> Array:  # noqa: ARG002
        """In proportion to time."""
        return increment * fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Gamma:
    """Gamma process: D(t) is gamma with shape t / (7 cv^2) and scale mean cv^2."""

    mean_per_week: float
    cv: float
    integer: bool = False

    def increments(self, u: Array) -> Array:
        """Inverse of the regularised incomplete gamma function."""
        return self.increments_at(quantile_places(u))

    def increments_at(self, places: Array) -> Array:
        """The same by the uniforms' places among the quantiles, which hang on no number of the process."""
        demand = quantile_at(1.0 / (WEEK * self.cv**2), places)
        demand *= self.mean_per_week * self.cv**2
        return demand

    def bridge(self, increment: Array, fraction: Array, u: Array) -> Array:
        """Given its day, a part of it is beta distributed (Ribeiro & Webber 2004, gamma bridge)."""
        return increment * _beta_share(fraction, u, shape=1.0 / (WEEK * self.cv**2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """Brownian motion with drift; its increments can be negative, as normal demand can."""

    mean_per_week: float
    cv: float
    integer: bool = False

    def increments(self, u: Array) -> Array:
        """Normal days."""
        return self.mean_per_week / WEEK + self._daily_sd * special.ndtri(u)

    def bridge(self, increment: Array, fraction: Array, u: Array) -> Array:
        """Brownian bridge."""
        return increment * fraction + self._daily_sd * np.sqrt(fraction * (1.0 - fraction)) * special.ndtri(u)

    @property
    def _daily_sd(self) -> float:
        daily: float = self.cv * self.mean_per_week / WEEK**0.5
        return daily


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisson:
    """Poisson process of single units."""

    mean_per_week: float
    integer: bool = True

    def increments(self, u: Array) -> Array:
        """Inversion in the table of the distribution function."""
        return _poisson_quantile(float(self.mean_per_week) / WEEK, u)

    def bridge(self, increment: Array, fraction: Array, u: Array) -> Array:
        """Each unit falls into the part independently: binomial."""
        few = np.clip(increment, 1.0, _MOST_DIVIDED)
        parts = np.where(increment > 0, binomial_quantile(u, few, fraction), 0.0)
        many = np.flatnonzero(increment > _MOST_DIVIDED)
        parts[many] = _share_of_many(u[many], increment[many], fraction[many], increment[many] - 1.0)
        return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativeBinomial:
    """Negative binomial process (gamma-mixed in each window's rate): whole units, variance above the mean."""

    mean_per_week: float
    cv: float
    integer: bool = True

    @property
    def _size(self) -> float:
        """Weekly size r: variance = mean + mean^2 / r."""
        return 1.0 / (self.cv**2 - 1.0 / self.mean_per_week)

    def increments(self, u: Array) -> Array:
        """Inversion in the table of the distribution function."""
        return _negative_binomial_quantile(float(self._size) / WEEK, float(self.mean_per_week) / WEEK, u)

    def bridge(self, increment: Array, fraction: Array, u: Array) -> Array:
        """Given its day, a part of it is beta-binomial."""
        size = np.broadcast_to(self._size / WEEK, increment.shape)
        parts = np.zeros_like(increment)
        some = increment > 0
        inside = fraction[some]
        parts[some] = _beta_binomial_quantile(
            u[some], increment[some], size[some] * inside, size[some] * (1.0 - inside)
        )
        return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class CompoundPoisson:
    """Orders arrive as a Poisson process; order sizes are gamma with the given mean.

    The weekly variance is rate x E[X^2], so mean m, CV and order size q fix the second moment of an
    order: E[X^2] = cv^2 m q, which must be at least q^2.
    """

    mean_per_week: float
    cv: float
    order_size: float
    integer: bool = False

    @property
    def size_cv2(self) -> float:
        """Squared coefficient of variation of an order's size."""
        return max(0.0, self.cv**2 * self.mean_per_week / self.order_size - 1.0)

    @property
    def orders_per_day(self) -> float:
        """Mean number of orders a day."""
        return self.mean_per_week / self.order_size / WEEK

    def increments(self, u: Array) -> Array:
        """The number of orders by inversion; within its step, the uniform is free for their total size."""
        rate = self.orders_per_day
        count = _poisson_quantile(rate, u)
        low = np.where(count > 0, special.pdtr(np.maximum(count - 1, 0.0), rate), 0.0)
        exactly = np.exp(special.xlogy(count, rate) - special.gammaln(count + 1.0) - rate)
        inside = np.clip((u - low) / np.maximum(exactly, 1e-300), 1e-15, 1 - 1e-15)
        if self.size_cv2 < 1e-9:
            return count * self.order_size
        shape = np.maximum(count, 1.0) / self.size_cv2
        size = special.gammaincinv(shape, inside) * self.order_size * self.size_cv2
        return np.where(count > 0, size, 0.0)

    def size_at(self, u: Array, *, biased: bool) -> Array:
        """Size of an order from a uniform; biased: of the order that a unit belongs to, with one more in shape."""
        if self.size_cv2 < 1e-9:
            return np.full_like(u, self.order_size)
        return np.asarray(special.gammaincinv(1.0 / self.size_cv2 + biased, u) * self.order_size * self.size_cv2)

    def bridge(self, increment: Array, fraction: Array, u: Array) -> Array:
        """Orders of one size fall into the part independently; otherwise a beta share.

        Given its day, a part f of any process with independent increments has mean f X, and the variance
        left is f (1 - f) times the day's variance on average. A beta share with shape mean^2 / variance
        of a day has both, whatever the number of orders.
        """
        if self.size_cv2 < 1e-9:
            orders = np.round(increment / self.order_size)
            inside = np.where(orders > 0, binomial_quantile(u, np.maximum(orders, 1.0), fraction), 0.0)
            return np.asarray(inside * self.order_size)
        return increment * _beta_share(fraction, u, shape=1.0 / (WEEK * self.cv**2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Empirical:
    """Whole weeks drawn from history; part-weeks interpolate.

    Parameters
    ----------
    weeks : tuple of float
        Weekly demand seen, units.
    """

    weeks: tuple[float, ...]
    integer: bool = False

    def increments(self, u: Array) -> Array:
        """A seventh of the week that each uniform draws; which days are of one week, the calendar says."""
        history = np.sort(np.asarray(self.weeks, dtype=np.float64))
        return np.asarray(history[np.minimum((u * len(history)).astype(np.int64), len(history) - 1)] / WEEK)

    def bridge(self, increment: Array, fraction: Array, u: Array) -> Array:  # noqa: ARG002
        """In proportion to time."""
        return increment * fraction


def _beta_share(fraction: Array, u: Array, *, shape: float | Array) -> Array:
    """Share of a day's demand that falls into a part of it; next to normal where it hardly varies."""
    steady = np.asarray(shape) > _STEADY
    some = np.where(steady, 1.0, shape)
    share = special.betaincinv(some * fraction, some * (1.0 - fraction), u)
    normal = fraction + np.sqrt(fraction * (1.0 - fraction) / (np.asarray(shape) + 1.0)) * special.ndtri(u)
    return np.where(steady, np.clip(normal, 0.0, 1.0), share)


def _poisson_quantile(mean: float, u: Array) -> Array:
    """Inversion in a table of the distribution function, made by recurrence."""
    nothing = float(np.exp(-mean))
    if mean + 6.0 * mean**0.5 > _LONGEST:
        return np.round(gamma_quantile(mean, u))
    if nothing < _LEAST:
        return _invert(lambda top: np.asarray(special.pdtr(np.arange(float(top)), mean), np.float64), mean, mean, u)
    return _invert(lambda top: _summed(nothing, np.asarray(mean / np.arange(1.0, top), np.float64)), mean, mean, u)


def _negative_binomial_quantile(size: float, mean: float, u: Array) -> Array:
    """The same; of very many units, whole numbers next to gamma demand with the same mean and variance."""
    share, rest = mean / (size + mean), size / (size + mean)
    nothing, variance = np.exp(-size * np.log1p(mean / size)), mean / rest
    if mean + 6.0 * variance**0.5 > _LONGEST:
        return np.round(gamma_quantile(mean * mean / variance, u) * (variance / mean))
    if nothing < _LEAST:
        return _invert(lambda top: special.betainc(size, np.arange(1.0, top + 1), rest), mean, variance, u)

    def table(top: int) -> Array:
        k = np.arange(1.0, top)
        return _summed(nothing, (k - 1.0 + size) / k * share)

    return _invert(table, mean, variance, u)


def _summed(first: float, ratios: Array) -> Array:
    """Distribution function from the first probability and the ratio of each to the one before."""
    return np.cumsum(np.concatenate([[first], first * np.cumprod(ratios)]))


def _invert(table: Callable[[int], Array], mean: float, variance: float, u: Array) -> Array:
    """Inverse distribution function of whole numbers through a table: exact and fast.

    Parameters
    ----------
    table : callable
        Its first values, as many as asked for.
    mean, variance : float
    u : numpy.ndarray
    """
    most = float(u.max(initial=0.0))
    top = int(mean + 6.0 * variance**0.5) + 8
    chances = table(top)
    # The last of a table that rounding keeps below one is as far as it goes.
    while chances[-1] < most and chances[-1] > chances[len(chances) // 2]:
        top *= 2
        chances = table(top)
    if most > chances[-1]:
        u = np.minimum(u, chances[-1])
    return np.searchsorted(chances, u, side="left").astype(np.float64)


def _beta_binomial_quantile(u: Array, trials: Array, a: Array, b: Array) -> Array:
    """Least k with P(K <= k) >= u, each from the probability of nothing on by recurrence; all of shape (n,).

    Of very many units a beta distributed share with the same mean and variance.
    """
    count = trials.copy()
    many = np.flatnonzero(trials > _MOST_DIVIDED)
    if many.size:
        total = a[many] + b[many]
        spread = trials[many] * (total + 1.0) / (total + trials[many]) - 1.0
        count[many] = _share_of_many(u[many], trials[many], a[many] / total, spread)
    few = np.flatnonzero(trials <= _MOST_DIVIDED)
    count[few] = _beta_binomial_by_recurrence(u[few], trials[few], a[few], b[few])
    return count


def _share_of_many(u: Array, units: Array, fraction: Array, shape: Array) -> Array:
    """A beta distributed share of very many units, in whole ones."""
    share: Array = np.round(units * _beta_share(fraction, u, shape=shape))
    return share


def _beta_binomial_by_recurrence(u: Array, trials: Array, a: Array, b: Array) -> Array:
    count = trials.copy()
    probability = np.exp(special.betaln(a, trials + b) - special.betaln(a, b))
    # Where that vanishes, the library's search, which sums up afresh at every step.
    hard = np.flatnonzero(probability < _LEAST)
    if hard.size:
        from scipy import stats  # noqa: PLC0415  (slow import, rarely needed)

        count[hard] = stats.betabinom.ppf(u[hard], trials[hard], a[hard], b[hard])
    at = np.flatnonzero(probability >= _LEAST)
    n, aa, bb, aim, p = trials[at], a[at], b[at], u[at], probability[at]
    total, k = p.copy(), 0.0
    while at.size:
        done = (total >= aim) | (k >= n)
        count[at[done]] = k
        more = ~done
        at = at[more]
        n, aa, bb, aim, p, total = (values[more] for values in (n, aa, bb, aim, p, total))
        p = p * (n - k) / (k + 1.0) * (aa + k) / (bb + n - k - 1.0)
        total = total + p
        k += 1.0
    return count


def own_cv(cv: float, common_cv: float) -> float:
    """The product's own CV beside a common factor: sqrt((cv^2 - f^2) / (1 + f^2)).

    Examples
    --------
    >>> round(own_cv(0.5, 0.3), 6)
    0.383131
    """
    return float(np.sqrt(max(0.0, cv**2 - common_cv**2) / (1.0 + common_cv**2)))


def _rescaled(weeks: tuple[float, ...], *, mean: float, cv: float) -> tuple[float, ...]:
    """History with the mean of the product, its spread shrunk where a common factor carries a part of it."""
    history = np.asarray(weeks, dtype=np.float64)
    level = float(history.mean()) if history.size else 0.0
    if level <= 0.0:
        return (mean,)
    share = history / level
    spread = float(share.std())
    keep = min(1.0, cv / spread) if spread > 0.0 else 0.0
    return tuple((mean * (1.0 + keep * (share - 1.0))).tolist())


def process(
    family: str,
    *,
    mean_per_week: float,
    cv: float,
    order_size: float = 1.0,
    weeks: tuple[float, ...] = (),
) -> Process:
    """The demand process of a product.

    Parameters
    ----------
    family : str
        A name of the ``distribution`` column.
    mean_per_week, cv : float
        Weekly mean in units and the product's own coefficient of variation.
    order_size : float
        Mean units per order (compound Poisson).
    weeks : tuple of float
        Weekly history (empirical); scaled to the mean, and down to the CV where it varies more.

    Returns
    -------
    Process
    """
    if family == "empirical":
        return Empirical(weeks=_rescaled(weeks, mean=mean_per_week, cv=cv))
    nearly = family == "negative_binomial" and cv**2 * mean_per_week - 1.0 < NEXT_TO_POISSON
    if family == "poisson" or nearly:
        return Poisson(mean_per_week=mean_per_week)
    if cv <= 0.0:
        return Constant(mean_per_week=mean_per_week)
    if family == "compound_poisson":
        return CompoundPoisson(mean_per_week=mean_per_week, cv=cv, order_size=order_size)
    families: dict[str, Callable[..., Process]] = {"normal": Normal, "negative_binomial": NegativeBinomial}
    return families.get(family, Gamma)(mean_per_week=mean_per_week, cv=cv)
