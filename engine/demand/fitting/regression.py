"""Regressions of many series at once: weighted least squares, and Poisson ones with a log link.

A catalogue asks for some thousands of them, each of a hundred and fifty weeks and six columns at most, so that most of
the time goes to what a library does around each. Here those of the same shape are stacked, shape (series, weeks), and
every step is one of arrays. A series is worked out by itself whatever it is stacked with: its digits are the same alone
and among others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array

# As in statsmodels, which the fits are held against: turns at most, and the change of the deviance that ends them.
_MOST_TURNS, _ENOUGH = 50, 1e-8
# A column of which less than this is left, the columns before it taken out, is one of them but for rounding.
_LEAST_LEFT = 1e-7
# Means below it count as it, as there.
_LEAST_MEAN = float(np.finfo(np.float64).eps)
# So many series are stacked at most: more would not stay near the processor.
_MOST_STACKED = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Regressors:
    """What one series is explained by.

    Parameters
    ----------
    weeks : shape (weeks,)
    columns : shape (weeks, columns)
    offset : shape (weeks,), optional
        Known part of the logarithm of the mean.
    """

    weeks: Array
    columns: Array
    offset: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoissonFit:
    """A quasi-Poisson fit (Wedderburn 1974).

    Parameters
    ----------
    coefficients : shape (columns,)
    fitted : shape (weeks,)
    deviance : float
    scale : float
        Dispersion, by Pearson's chi squared.
    """

    coefficients: Array
    fitted: Array
    deviance: float
    scale: float


def stacked(shapes: Sequence[tuple[int, ...] | None]) -> Iterator[npt.NDArray[np.int64]]:
    """Places of series that are worked out together: those of the same shape, some at a time; none of None.

    Examples
    --------
    >>> [places.tolist() for places in stacked([(156, 2), None, (52, 2), (156, 2)])]
    [[0, 3], [2]]
    """
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for place, shape in enumerate(shapes):
        if shape is not None:
            by_shape.setdefault(shape, []).append(place)
    for places in by_shape.values():
        for start in range(0, len(places), _MOST_STACKED):
            yield np.array(places[start : start + _MOST_STACKED], dtype=np.int64)


def poisson_fits(asked: Sequence[Regressors]) -> list[PoissonFit | None]:
    """Poisson fits with a log link; None where one does not lead to numbers, or has as many columns as weeks.

    By iteratively reweighted least squares (Nelder & Wedderburn 1972): with eta = X b + offset and mu = exp(eta),

        b = argmin sum_k mu_k (z_k - x_k b)^2, z = eta + (y - mu) / mu - offset,

    from mu = (y + mean y) / 2 on, until the deviance 2 sum(y log(y / mu) - (y - mu)) over the dispersion of the turn
    before stays.

    Parameters
    ----------
    asked : sequence of Regressors
    """
    made: list[PoissonFit | None] = [None] * len(asked)
    usable = [
        one.columns.shape if len(one.weeks) > one.columns.shape[1] and one.weeks.any() else None for one in asked
    ]
    for places in stacked(usable):
        some = [asked[place] for place in places.tolist()]
        fits = _together(
            np.stack([one.weeks for one in some]), np.stack([one.columns for one in some]),
            np.stack([np.zeros(len(one.weeks)) if one.offset is None else one.offset for one in some]),
        )  # fmt: skip
        for place, fit in zip(places.tolist(), fits, strict=True):
            made[place] = fit
    return made


def _together(weeks: Array, columns: Array, offset: Array) -> list[PoissonFit | None]:
    """Fits of series of the same shape."""
    count, _, width = columns.shape
    coefficients, means = np.full((count, width), np.nan), np.full(weeks.shape, np.nan)
    scales = np.full(count, np.nan)
    # Of the series that still move.
    at, y, x = np.arange(count), weeks, columns
    with np.errstate(all="ignore"):
        mean = (y + y.mean(axis=1, keepdims=True)) / 2.0
        eta, freedom = np.log(np.maximum(mean, _LEAST_MEAN)), _freedom(columns)
        scale = _dispersion(y, mean) / freedom
        before = _deviance(y, mean) / scale
        for _ in range(_MOST_TURNS):
            counted = np.maximum(mean, _LEAST_MEAN)
            z, weight = eta + (y - mean) / counted - offset, counted**2 / mean
            sound = np.isfinite(z).all(axis=1) & np.isfinite(weight).all(axis=1)
            coefficients[at[~sound]] = np.nan
            at, y, x, offset, weight, z, scale, before, freedom = (
                part[sound] for part in (at, y, x, offset, weight, z, scale, before, freedom)
            )
            if not len(at):
                break
            b = least_squares(x, weight, z)
            eta = (x @ b[:, :, None])[:, :, 0] + offset
            mean = np.exp(eta)
            after = _deviance(y, mean) / scale
            scale = _dispersion(y, mean) / freedom
            coefficients[at], means[at], scales[at] = b, mean, scale
            # NaN is no end: what does not lead to numbers is dropped above.
            moving = ~(np.abs(after - before) <= _ENOUGH)
            before = after
            at, y, x, offset, mean, eta, scale, before, freedom = (
                part[moving] for part in (at, y, x, offset, mean, eta, scale, before, freedom)
            )
            if not len(at):
                break
        deviance = _deviance(weeks, means)
    return [
        PoissonFit(coefficients=b, fitted=mean, deviance=float(d), scale=float(s))
        if np.isfinite(b).all() and np.isfinite(d) else None
        for b, mean, d, s in zip(coefficients, means, deviance, scales, strict=True)
    ]  # fmt: skip


def _deviance(weeks: Array, mean: Array) -> Array:
    """Of each series, shape (series,)."""
    ratio = np.maximum(weeks / mean, _LEAST_MEAN)
    return np.asarray((2.0 * (weeks * np.log(ratio) - (weeks - mean))).sum(axis=1))


def _dispersion(weeks: Array, mean: Array) -> Array:
    """Pearson's chi squared of each series, shape (series,)."""
    return np.asarray(((weeks - mean) ** 2 / mean).sum(axis=1))


def _freedom(columns: Array) -> Array:
    """Weeks less independent columns of each series, shape (series,)."""
    _, weeks, width = columns.shape
    ranks = np.full(len(columns), float(width))
    # Columns that may be each other's are told by their singular values.
    _, left = _solved(columns.transpose(0, 2, 1) @ columns, np.zeros((len(columns), width)))
    for k in np.flatnonzero(~(left > _LEAST_LEFT)).tolist():
        ranks[k] = np.linalg.matrix_rank(columns[k])
    return np.asarray(weeks - ranks)


def least_squares(columns: Array, weights: Array, values: Array) -> Array:
    """Coefficients b of min sum_k w_k (v_k - x_k b)^2 of each series, the least of all where several are.

    Parameters
    ----------
    columns : shape (series, weeks, columns)
    weights, values : shape (series, weeks)

    Returns
    -------
    numpy.ndarray, shape (series, columns)
        NaN where there is none.

    Examples
    --------
    >>> x = np.ones((1, 3, 1))
    >>> least_squares(x, np.ones((1, 3)), np.array([[1.0, 2.0, 6.0]])).tolist()
    [[3.0]]
    """
    weighted: Array = columns.transpose(0, 2, 1) * weights[:, None, :]
    solution, left = _solved(weighted @ columns, (weighted @ values[:, :, None])[:, :, 0])
    for k in np.flatnonzero(~(left > _LEAST_LEFT)).tolist():
        # Columns that are each other's: the normal equations do not tell.
        root = np.sqrt(weights[k])
        try:
            solution[k] = np.linalg.lstsq(columns[k] * root[:, None], values[k] * root, rcond=-1)[0]
        except (ValueError, np.linalg.LinAlgError):
            solution[k] = np.nan
    return solution


def _solved(gram: Array, right: Array) -> tuple[Array, Array]:
    """Solutions of G b = r by elimination, shape (series, columns), and of each series the least that was left.

    The pivot of a column over its square is 1 - R^2 of it in the columns before it.
    """
    table = np.concatenate([gram, right[:, :, None]], axis=2)
    square = np.diagonal(gram, axis1=1, axis2=2).copy()
    left = np.full(len(gram), np.inf)
    with np.errstate(all="ignore"):
        for k in range(gram.shape[1]):
            pivot = table[:, k, k]
            # A column of nothing leaves nothing, NaN among it.
            left = np.minimum(left, pivot / square[:, k])
            row = table[:, k, :] / pivot[:, None]
            table = table - table[:, :, k, None] * row[:, None, :]
            table[:, k, :] = row
    return table[:, :, -1].copy(), left
