"""How well a family of distributions fits weekly demand: moments, distance, chance of a distance as large."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from engine.demand.streams import Array
from engine.scenario.checks.products import NORMAL_MOST_CV

FAMILIES = ("poisson", "gamma", "negative_binomial", "compound_poisson", "normal")
# With more orders a week, compound Poisson demand is no longer told from gamma or normal demand.
MOST_ORDERS_PER_WEEK = 30.0
NEGLIGIBLE_UNITS = 1e-9
# A chance below this share of another does not change it.
_NOTHING = 1e-18
# Replicates drawn at a time, and how many as far as the sample are enough to know that the family is not wrong.
_AT_A_TIME, _ENOUGH_AS_FAR = 11, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Weekly mean, CV and order size of one or of many samples, all of one shape.

    Parameters
    ----------
    mean, cv, order_size : numpy.ndarray, shape (samples,)
        Units a week, its coefficient of variation, units per order.
    """

    mean: Array
    cv: Array
    order_size: Array

    def at(self, rows: np.ndarray) -> Moments:
        """The moments of the given rows."""
        return Moments(mean=self.mean[rows], cv=self.cv[rows], order_size=self.order_size[rows])


def moments(mean: float, cv: float, order_size: float = 1.0) -> Moments:
    """Moments of one sample."""
    return Moments(mean=np.array([mean]), cv=np.array([cv]), order_size=np.array([order_size]))


def distribution_function(family: str, at: Array, of: Moments) -> Array:
    """P(weekly demand <= at) of a family with the given moments, element by element.

    Gamma, normal and Poisson as usual; negative binomial with size 1 / (cv^2 - 1/mean); compound Poisson with
    mean / order size orders a week of gamma sizes whose second moment is cv^2 mean order_size.
    """
    mean, cv = of.mean, of.cv
    positive = np.maximum(at, 0.0)
    value: npt.NDArray[np.floating]
    if family == "gamma":
        value = special.gammainc(1.0 / cv**2, positive / (mean * cv**2))
    elif family == "normal":
        return np.asarray(special.ndtr((at - mean) / (cv * mean)))
    elif family == "poisson":
        value = special.pdtr(np.floor(positive), mean).astype(np.float64)
    elif family == "negative_binomial":
        size = 1.0 / np.maximum(cv**2 - 1.0 / mean, 1e-9)
        value = special.betainc(size, np.floor(positive) + 1.0, size / (size + mean))
    else:
        value = _compound_poisson(positive, of)
    return np.where(at < 0.0, 0.0, value).astype(np.float64)


def _compound_poisson(at: Array, of: Moments) -> Array:
    """P(X <= x) = sum_n P(n orders) P(n / c, x / (size c)), c being the squared CV of sizes; P(n, .) without it.

    The chance of n orders of at most x is below exp(-(a ln(a / x) - a + x)), a = n / c and x in units of size c
    (Chernoff), and falls with n. So from the mean number of orders on, where that is nothing beside the sum, it is for
    all that follow.
    """
    rate = of.mean / of.order_size
    size_cv2 = np.maximum(of.cv**2 * rate - 1.0, 0.0)
    even = size_cv2 < 1e-9
    value = special.pdtr(np.floor(at / of.order_size + 1e-9), rate)
    open_ = np.flatnonzero(~even & (at > 0.0))
    value[~even] = np.exp(-rate[~even])
    if not open_.size:
        return np.asarray(value)
    rate, spread = rate[open_], size_cv2[open_]
    x = at[open_] / (of.order_size[open_] * spread)
    log_x, largest = np.log(x), float(rate.max())
    total = np.exp(-rate)
    probability = total
    for count in range(1, int(largest + 8.0 * largest**0.5 + 12.0)):
        probability, shape = probability * rate / count, count / spread
        total = total + probability * special.gammainc(shape, x)
        least = np.where(shape > x, np.exp(-(shape * (np.log(shape) - log_x) - shape + x)), 1.0)
        going = (probability * least > _NOTHING * total) | (count < rate)
        if not going.all():
            value[open_] = total
            open_ = open_[going]
            if not open_.size:
                return np.asarray(np.minimum(value, 1.0))
            rate, spread, x, log_x, total, probability = (
                part[going] for part in (rate, spread, x, log_x, total, probability)
            )
    value[open_] = total
    return np.asarray(np.minimum(value, 1.0))


def excess_kurtosis(family: str, of: Moments) -> Array:
    """Fourth cumulant over the square of the variance, of a family with the given moments; 0 of a normal distribution.

    Gamma 6 cv^2, Poisson 1 / mean, negative binomial of size r: 6 / r + 1 / variance. Compound Poisson demand of l
    orders a week whose gamma sizes have the squared CV c: E X^4 / (l E[X^2]^2) = (1 + 2 c) (1 + 3 c) / (l (1 + c)).

    Examples
    --------
    >>> excess_kurtosis("gamma", moments(40.0, 0.5)).tolist()
    [1.5]
    """
    mean, cv = of.mean, of.cv
    if family == "gamma":
        return np.asarray(6.0 * cv**2)
    if family == "normal":
        return np.zeros(len(cv))
    if family == "poisson":
        return np.asarray(1.0 / mean)
    if family == "negative_binomial":
        return np.asarray(6.0 * np.maximum(cv**2 - 1.0 / mean, 0.0) + 1.0 / (cv * mean) ** 2)
    rate = mean / of.order_size
    size_cv2 = np.maximum(cv**2 * rate - 1.0, 0.0)
    return np.asarray((1.0 + 2.0 * size_cv2) * (1.0 + 3.0 * size_cv2) / (rate * (1.0 + size_cv2)))


def skewness(family: str, of: Moments) -> Array:
    """Third cumulant over the cube of the standard deviation, of a family with the given moments; 0 of a normal one.

    Gamma 2 cv, Poisson 1 / sqrt(mean), negative binomial 2 cv - 1 / (cv mean). Compound Poisson demand of l orders a
    week whose gamma sizes have the squared CV c: E X^3 / sqrt(l E[X^2]^3) = (1 + 2 c) / sqrt(l (1 + c)).

    Examples
    --------
    >>> skewness("gamma", moments(40.0, 0.5)).tolist()
    [1.0]
    """
    mean, cv = of.mean, of.cv
    if family == "gamma":
        return np.asarray(2.0 * cv)
    if family == "normal":
        return np.zeros(len(cv))
    if family == "poisson":
        return np.asarray(mean**-0.5)
    if family == "negative_binomial":
        return np.asarray(2.0 * cv - 1.0 / (cv * mean))
    rate = mean / of.order_size
    size_cv2 = np.maximum(cv**2 * rate - 1.0, 0.0)
    return np.asarray((1.0 + 2.0 * size_cv2) / (rate * (1.0 + size_cv2)) ** 0.5)


def distance(family: str, samples: Array, of: Moments) -> Array:
    """Cramer-von Mises distance, taken between the values seen.

    The mean over the observations of (F_n - F)^2, half of it at the midpoint to the next larger value and
    half at the midpoint to the next smaller one. Midpoints serve demand in whole units, with its many
    equal weeks, and demand of any amount alike: a density is not blamed for the steps of the sample.
    Below the smallest value F_n is zero, which tells against families that put demand below zero.

    Parameters
    ----------
    family : str
    samples : numpy.ndarray, shape (samples, weeks)
    of : Moments
        Of shape (samples,).

    Returns
    -------
    numpy.ndarray, shape (samples,)
    """
    ordered = np.sort(samples, axis=1)
    rows, weeks = ordered.shape
    before = np.concatenate([np.where(ordered[:, :1] > 0.0, 0.0, -1e-9), ordered[:, :-1]], axis=1)
    step = ordered > before  # a boundary lies below week k of the ordered sample
    place = np.broadcast_to(np.arange(weeks), step.shape)
    previous = np.concatenate(
        [np.zeros((rows, 1)), np.maximum.accumulate(np.where(step, place, 0), axis=1)[:, :-1]], axis=1
    )
    following = np.minimum.accumulate(np.where(step, place, weeks)[:, ::-1], axis=1)[:, ::-1]
    following = np.concatenate([following[:, 1:], np.full((rows, 1), weeks)], axis=1)
    row, k = np.nonzero(step)
    middle = np.where(ordered[row, k] > 0.0, (before[row, k] + ordered[row, k]) / 2.0, -1e-9)
    error = k / weeks - distribution_function(family, middle, of.at(row))
    weight = (following[row, k] - previous[row, k]) / (2.0 * weeks)
    total: Array = np.bincount(row, weights=weight * error**2, minlength=rows).astype(np.float64)
    return total


def admissible(family: str, *, mean: float, cv: float, order_size: float, whole: bool) -> bool:
    """Whether a family can have these moments, and whole units where it moves in them.

    Parameters
    ----------
    family : str
    mean, cv, order_size : float
    whole : bool
        All weeks are whole numbers.
    """
    implied = (1.0 / mean) ** 0.5
    if cv <= 0.0:
        return family == "gamma"
    if family == "negative_binomial":
        return whole and cv > implied * (1.0 + 1e-9)
    if family == "poisson":
        return whole
    if family == "normal":
        return cv <= NORMAL_MOST_CV
    if family == "compound_poisson":
        rate = mean / order_size
        return rate <= MOST_ORDERS_PER_WEEK and cv**2 * rate >= 1.0 - 1e-12
    return True


def poisson_dispersed(weeks: Array) -> bool:
    """Whether Poisson demand may show this variance: dispersion test at 5%, two-sided (Fisher 1950)."""
    freedom = weeks.size - 1
    index = float(((weeks - weeks.mean()) ** 2).sum() / weeks.mean())
    return bool(0.025 <= special.chdtr(freedom, index) <= 0.975)


def draw(family: str, rng: np.random.Generator, of: Moments, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Samples of weekly demand, shape (samples, weeks), and the orders in each sample, shape (samples,)."""
    mean, cv, size = float(of.mean[0]), float(of.cv[0]), float(of.order_size[0])
    none = np.zeros(shape[0])
    if family == "gamma":
        return rng.gamma(1.0 / cv**2, mean * cv**2, shape), none
    if family == "normal":
        return rng.normal(mean, cv * mean, shape), none
    if family == "poisson":
        return rng.poisson(mean, shape).astype(np.float64), none
    if family == "negative_binomial":
        successes = 1.0 / (cv**2 - 1.0 / mean)
        return rng.negative_binomial(successes, successes / (successes + mean), shape).astype(np.float64), none
    count = rng.poisson(mean / size, shape).astype(np.float64)
    size_cv2 = max(cv**2 * mean / size - 1.0, 0.0)
    if size_cv2 < 1e-9:
        return count * size, count.sum(axis=1)
    total = np.where(count > 0, rng.gamma(np.maximum(count, 1.0) / size_cv2, size * size_cv2), 0.0)
    return total, count.sum(axis=1)


def p_value(
    family: str, observed: float, of: Moments, *, weeks: int, rng: np.random.Generator, replicates: int
) -> float:
    """Chance of a distance at least as large if the family were right, by parametric bootstrap.

    Every replicate is drawn from the fitted family and fitted again, since a distance to fitted moments
    is smaller than one to known moments (Stute, Gonzalez Manteiga & Presedo Quindimil 1993). Weeks count
    as independent, and the family was chosen on the same weeks, so the value is rather too large than too
    small. Once ten replicates are as far nobody would call the family wrong, and no more are drawn (Besag & Clifford
    1991): where the family is right, a third of them.

    Parameters
    ----------
    family : str
    observed : float
        Distance of the sample.
    of : Moments
    weeks : int
    rng : numpy.random.Generator
    replicates : int
        At most.

    Returns
    -------
    float
        (1 + replicates at least as far) / (1 + replicates drawn).
    """
    far = drawn = begun = 0
    while begun < replicates and far < _ENOUGH_AS_FAR:
        some = min(_AT_A_TIME, replicates - begun)
        begun += some
        again = _distances(family, of, *draw(family, rng, of, (some, weeks)))
        far += int((again >= observed * (1.0 - 1e-12)).sum())
        drawn += len(again)
    return (1 + far) / (1 + drawn)


def _distances(family: str, of: Moments, samples: Array, orders: Array) -> Array:
    """Distance of each sample, shape (samples, weeks), to the family with its own moments; of those that differ."""
    total = samples.sum(axis=1)
    usable = (total > 0.0) & (samples.std(axis=1) > 0.0)
    samples, orders, total = samples[usable], orders[usable], total[usable]
    mean = total / samples.shape[1]
    again = Moments(
        mean=mean,
        cv=samples.std(axis=1, ddof=1) / mean,
        order_size=np.where(orders > 0, total / np.maximum(orders, 1.0), float(of.order_size[0])),
    )
    return distance(family, samples, again)


def interval(family: str, of: Moments, share: float, *, unit: float = 0.0) -> tuple[float, float, float]:
    """Equal-tailed range of weekly demand and the probability inside; whole units and zeros make it larger.

    Parameters
    ----------
    family : str
    of : Moments
        Of one product.
    share : float
        Wanted probability, for example 0.9.
    unit : float
        Smallest amount sold: demand is rounded to its multiples.

    Returns
    -------
    low, high, probability : float

    Examples
    --------
    >>> low, high, probability = interval("normal", moments(100.0, 0.1), 0.9)
    >>> round(low, 2), round(high, 2), round(probability, 4)
    (83.55, 116.45, 0.9)
    """
    low, high = (quantile(family, of, tail) for tail in ((1.0 - share) / 2.0, (1.0 + share) / 2.0))
    if unit > 0.0:
        low, high = (float(np.round(end / unit) * unit) for end in (low, high))
    margin = unit * (0.5 - NEGLIGIBLE_UNITS)
    edges = np.array([high + margin, np.nextafter(low - margin, -np.inf)])
    inside = distribution_function(family, edges, of.at(np.zeros(2, dtype=np.int64)))
    return low, high, float(inside[0] - inside[1])


def quantile(family: str, of: Moments, share: float) -> float:
    """Least amount x with P(weekly demand <= x) >= share, by bisection; whole for families of whole units."""
    mean, sd = float(of.mean[0]), float(of.mean[0] * of.cv[0])
    low = mean - 40.0 * sd - 1.0 if family == "normal" else -1e-9
    high = mean + 40.0 * max(sd, mean**0.5) + 1.0

    def reached(x: float) -> bool:
        return bool(distribution_function(family, np.array([x]), of)[0] >= share)

    if family != "normal" and reached(0.0):
        return 0.0
    while not reached(high):
        high *= 2.0
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (low, middle) if reached(middle) else (middle, high)
        if high - low <= 1e-12 * max(1.0, abs(high)):
            break
    if family in ("poisson", "negative_binomial"):
        return float(np.round(high))
    # Gamma demand of a small shape lies closer to zero than the bisection goes, or any unit of measure.
    return 0.0 if abs(high) <= NEGLIGIBLE_UNITS else high
