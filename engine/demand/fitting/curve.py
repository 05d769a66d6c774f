"""The curve of a year: one or two harmonics, and how they are fitted to many series at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np

from engine.demand.fitting.regression import PoissonFit, Regressors, least_squares, poisson_fits, stacked
from engine.demand.streams import Array

HARMONICS = (1, 2)
# Units of each week, not negative, and its middle in years of any origin.
Series = tuple[Array, Array]
Shape = Literal["log", "linear"]
SHAPES: tuple[Shape, ...] = ("linear", "log")
# Four years of days, as shares of a year.
GRID: Array = (np.arange(1461, dtype=np.float64) + 0.5) / 1461.0
# No factor is below this, and none counts as less where weeks are weighted.
_LEAST_FACTOR, _LEAST_WEIGHED = 0.02, 0.2
_SURE_OF_TREND = 2.576
_TURNS = 4


def curve(coefficients: Array, years: Array, shape: Shape) -> Array:
    """exp(h) or 1 + h at instants of time in years; its mean is not 1 yet."""
    return _shaped(harmonics_of(years, len(coefficients) // 2) @ coefficients, shape)


def curve_over_a_year(coefficients: Array, shape: Shape) -> Array:
    """The curve at the instants of the grid."""
    return _shaped(_grid_harmonics(len(coefficients) // 2) @ coefficients, shape)


def _shaped(swing: Array, shape: Shape) -> Array:
    factor = np.exp(swing) if shape == "log" else np.maximum(1.0 + swing, _LEAST_FACTOR)
    return np.asarray(factor, dtype=np.float64)


def curves_fitted(
    series: Sequence[Series], harmonics: int, shape: Shape, *, known: Sequence[PoissonFit | None] | None = None
) -> list[Array | None]:
    """Coefficients of one shape for each series, None where they cannot be had; `known` has the fits of log ones."""
    if shape == "linear":
        return _linear(series, harmonics)
    fits = poisson_fits([wave(one, harmonics) for one in series]) if known is None else known
    return [None if fit is None else fit.coefficients[2:] for fit in fits]


def _linear(series: Sequence[Series], harmonics: int) -> list[Array | None]:
    """Y = L (1 + h) of each series, by turns: the level, with a slope where it is sure of one, and h."""
    made: list[Array | None] = [None] * len(series)
    shapes = [(len(weeks),) if len(weeks) > 3 + 2 * harmonics and weeks.any() else None for weeks, _ in series]
    for places in stacked(shapes):
        weeks, years = (np.stack([series[k][part] for k in places.tolist()]) for part in (0, 1))
        for place, swing in zip(places.tolist(), _turned(weeks, years, harmonics), strict=True):
            made[place] = swing if np.isfinite(swing).all() else None
    return made


def _turned(weeks: Array, years: Array, harmonics: int) -> Array:
    """The swings h of series of the same length, shape (series, coefficients), NaN where there are none.

    Weights are 1 / (L (1 + h))^2, so that the CV does not change over the year.
    """
    trend, waves = trend_of(years), harmonics_of(years, harmonics)
    columns = np.concatenate([np.ones((*years.shape, 1)), waves], axis=2)
    mean = weeks.mean(axis=1, keepdims=True)
    level, factor = np.broadcast_to(mean, weeks.shape), np.ones(weeks.shape)
    swing, sound = np.zeros((len(weeks), 2 * harmonics)), np.ones(len(weeks), dtype=bool)
    for _ in range(_TURNS):
        weight = np.maximum(level * factor, _LEAST_WEIGHED * mean) ** -2.0
        straight = _sure_line(weeks, trend * factor[:, :, None], weight)
        level = np.maximum((trend @ straight[:, :, None])[:, :, 0], _LEAST_WEIGHED * mean)
        found = least_squares(columns, np.maximum(factor, _LEAST_WEIGHED) ** -2.0, weeks / level)
        sound &= np.isfinite(found).all(axis=1) & (found[:, 0] > 0.0)
        swing = np.where(sound[:, None], found[:, 1:] / np.where(sound, found[:, 0], 1.0)[:, None], 0.0)
        factor = np.maximum(1.0 + (waves @ swing[:, :, None])[:, :, 0], _LEAST_FACTOR)
    return np.where(sound[:, None], swing, np.nan)


def _sure_line(weeks: Array, columns: Array, weight: Array) -> Array:
    """Level and slope of each series by weighted least squares, no slope where its t is below `_SURE_OF_TREND`.

    The variance of the slope b is s^2 over what is left of its square, q = S_11 - S_01^2 / S_00.
    """
    straight = least_squares(columns, weight, weeks)
    first, second = columns[:, :, 0], columns[:, :, 1]
    s00, s01, s11 = ((weight * x * y).sum(axis=1) for x, y in ((first, first), (first, second), (second, second)))
    rest = weeks - (columns @ straight[:, :, None])[:, :, 0]
    variance = (weight * rest**2).sum(axis=1) / (weeks.shape[1] - 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = straight[:, 1] / np.sqrt(variance / (s11 - s01**2 / s00))
    unsure = np.abs(t) < _SURE_OF_TREND
    level = (weight * first * weeks).sum(axis=1) / s00
    return np.where(unsure[:, None], np.column_stack([level, np.zeros(len(level))]), straight)


def harmonics_of(years: Array, count: int) -> Array:
    """Sine and cosine of each harmonic, shape (..., weeks, 2 count)."""
    angle = 2.0 * np.pi * years[..., None] * np.arange(1, count + 1)
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(*years.shape, 2 * count)


@lru_cache(maxsize=len(HARMONICS))
def _grid_harmonics(count: int) -> Array:
    return harmonics_of(GRID, count)


def trend_of(years: Array) -> Array:
    """Ones and years around their mean, shape (..., weeks, 2)."""
    return np.stack([np.ones(years.shape), years - years.mean(axis=-1, keepdims=True)], axis=-1)


def line(series: Series, *, offset: Array | None = None) -> Regressors:
    """A straight line without season, which every form of a season is measured by."""
    weeks, years = series
    return Regressors(weeks=weeks, columns=trend_of(years), offset=offset)


def wave(series: Series, harmonics: int) -> Regressors:
    """A straight line and a season."""
    weeks, years = series
    return Regressors(weeks=weeks, columns=np.concatenate([trend_of(years), harmonics_of(years, harmonics)], axis=1))
