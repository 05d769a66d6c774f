"""Quantiles and tails of counts from special functions: the statistics library takes half a second to load."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import special

from engine.scenario.arrays import Array

Numbers = float | Array


def whole_cv(cv: float, common_factor_cv: float) -> float:
    """CV of demand of CV `cv` times a common factor of CV f: CV^2 = f^2 + (1 + f^2) cv^2."""
    return float((common_factor_cv**2 + (1.0 + common_factor_cv**2) * cv**2) ** 0.5)


def poisson_cv(mean: float, common_factor_cv: float = 0.0) -> float:
    """CV of Poisson demand, 1/sqrt(mean), times a common factor."""
    return whole_cv(mean**-0.5, common_factor_cv)


def poisson_tail(level: Numbers, mean: Numbers) -> Array:
    """P(N > level) of Poisson counts; one below zero.

    Parameters
    ----------
    level : array_like
        Whole numbers.
    mean : array_like
    """
    k = np.asarray(level, dtype=np.float64)
    return np.where(k < 0.0, 1.0, special.pdtrc(np.maximum(k, 0.0), mean))


def poisson_quantile(probability: Numbers, mean: Numbers) -> Array:
    """The least whole number with P(N <= number) at least the probability."""
    p = np.asarray(probability, dtype=np.float64)
    return _least(p, special.pdtrik(p, mean), lambda k: special.pdtr(k, mean))


def negative_binomial_tail(level: Numbers, size: Numbers, chance: Numbers) -> Array:
    """P(N > level) of failures before `size` successes, of any size above zero; one below zero.

    Parameters
    ----------
    level : array_like
        Whole numbers.
    size, chance : array_like
        Mean is size (1 - chance) / chance.
    """
    k = np.asarray(level, dtype=np.float64)
    return np.where(k < 0.0, 1.0, special.betaincc(size, np.maximum(k, 0.0) + 1.0, chance))


def negative_binomial_quantile(probability: Numbers, size: Numbers, chance: Numbers) -> Array:
    """The least whole number with P(N <= number) at least the probability."""
    p = np.asarray(probability, dtype=np.float64)
    return _least(p, special.nbdtrik(p, size, chance), lambda k: special.betainc(size, k + 1.0, chance))


def binomial_quantile(probability: Numbers, trials: Numbers, chance: Numbers) -> Array:
    """The least whole number with P(N <= number) at least the probability, of one trial or more."""
    p, n = np.asarray(probability, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    return _least(p, special.bdtrik(p, n, chance), lambda k: special.betaincc(k + 1.0, n - k, chance), most=n)


def _least(
    p: Array, start: npt.ArrayLike, reached: Callable[[Array], npt.ArrayLike], most: Numbers = np.inf
) -> Array:
    """The crossing found on the real line, in whole numbers: one less where that reaches the probability too."""
    k = np.clip(np.ceil(np.where(p > 0.0, np.asarray(start, dtype=np.float64), 0.0)), 0.0, most)
    k = np.asarray(np.where(p < 1.0, k, most), dtype=np.float64)
    less = np.where(np.isfinite(k), np.maximum(k - 1.0, 0.0), 0.0)
    return np.where(np.isfinite(k) & (np.asarray(reached(less), dtype=np.float64) >= p), less, k)
