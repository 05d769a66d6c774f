"""The season of a product or of its family: factors of the year with mean 1, kept only where it comes again.

The season is multiplicative, a curve of one or two harmonics of the year: two or four coefficients follow from two
years, where 52 factors would be noise. Whether there is one is tested by a Poisson quasi-likelihood with a log link and
a trend (Wedderburn 1974; `statsmodels` GLM, dispersion by Pearson's chi squared), which needs no care for weeks without
sales. The curve is either that of the test, exp(h), or 1 + h fitted by weighted least squares for a CV that does not
change over the year: peaks are sharper than troughs in the one, alike in the other.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from engine.demand.streams import Array

HARMONICS = (1, 2)
LEAST_YEARS = 2.0
LEAST_SOLD = 24
# A season is kept where no season is this unlikely, and where the years that were left out, one after the other, follow
# the season of the others this much better than none.
SEASON_P_VALUE = 1e-3
HELD_OUT_RATIO = 0.95
BETTER_SHAPE = 0.75
_SCREEN_P_VALUE = 0.05
LEAST_MEMBERS = 2
# Four years of days, as shares of a year.
_GRID: Array = (np.arange(1461, dtype=np.float64) + 0.5) / 1461.0
_STEP = 4
_TURNS = 4

Source = Literal["own", "family"]
Shape = Literal["log", "linear"]
SHAPES: tuple[Shape, ...] = ("linear", "log")
# No factor is below this, and none counts as less where weeks are weighted.
_LEAST_FACTOR, _LEAST_WEIGHED = 0.02, 0.2
_SURE_OF_TREND = 2.576


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Factors of the year.

    Parameters
    ----------
    coefficients : shape (2 harmonics,)
        Sine and cosine of each harmonic.
    shape : str
        ``log``, the factor being exp(h) over its mean, or ``linear``, 1 + h.
    source : str
        Whether it was seen in the product's own weeks or in those of its family.
    ratio : float
        Squared error of years left out, over that without a season.
    """

    coefficients: Array
    shape: Shape
    source: Source
    ratio: float

    def factor(self, years: Array) -> Array:
        """Factor at instants of time in years; its mean over a year is 1."""
        factor: Array = _curve(self.coefficients, years, self.shape)
        return factor / float(_curve(self.coefficients, _GRID, self.shape).mean())

    def held_out_factor(self, weeks: Array, years: Array) -> Array:
        """Factor of each week, for a season of its own as the other years have it."""
        factor = self.factor(years)
        if self.source == "own":
            for out in _folds(years):
                rest = _coefficients(weeks[~out], years[~out], len(self.coefficients) // 2, self.shape)
                if rest is not None:
                    factor[out] = replace(self, coefficients=rest).factor(years[out])
        return factor

    def weeks(self) -> Array:
        """Mean factor of each week of the year, as the table of seasons counts them, mean 1; shape (52,)."""
        factor: Array = self.factor(_GRID)
        week = np.minimum((_GRID * 365.0).astype(np.int64) // 7, 51)
        mean = np.bincount(week, weights=factor, minlength=52) / np.bincount(week, minlength=52)
        return np.asarray(mean / mean.mean())

    def months(self) -> Array:
        """Mean factor of each month, shape (12,)."""
        factor: Array = self.factor(_GRID)
        month = np.minimum((_GRID * 12.0).astype(np.int64), 11)
        return np.bincount(month, weights=factor, minlength=12) / np.bincount(month, minlength=12)


def own_season(weeks: Array, years: Array) -> Season | None:
    """The season of one series, None where there is none to be kept.

    Parameters
    ----------
    weeks : shape (weeks,)
        Units, not negative.
    years : shape (weeks,)
        Middle of each week, in years of any origin.
    """
    if not _long_enough(weeks, years) or _screened(weeks, years) > _SCREEN_P_VALUE:
        return None
    best: Season | None = None
    for harmonics in HARMONICS:
        season = _fit(weeks, years, harmonics)
        if season is None or season.p_value >= SEASON_P_VALUE:
            continue
        for shape in SHAPES:
            ratio = held_out_ratio(weeks, years, harmonics, shape)
            coefficients = season.coefficients if shape == "log" else _coefficients(weeks, years, harmonics, shape)
            # Shapes differ little over three years: another than the plainest must predict much better.
            if coefficients is not None and ratio < (HELD_OUT_RATIO if best is None else BETTER_SHAPE * best.ratio):
                best = Season(coefficients=coefficients, shape=shape, source="own", ratio=ratio)
    return best


def family_season(members: Sequence[tuple[Array, Array]]) -> Season | None:
    """The season of a family: that of the sum of its members, each over its own mean.

    Parameters
    ----------
    members : sequence of (weeks, years)
        Of its products.
    """
    sums: dict[float, list[float]] = {}
    used = [(weeks, years) for weeks, years in members if len(weeks) and weeks.any()]
    if len(used) < LEAST_MEMBERS:
        return None
    for weeks, years in used:
        for at, share in zip(np.round(years, 6).tolist(), (weeks / weeks.mean()).tolist(), strict=True):
            sums.setdefault(at, []).append(share)
    instants = np.array(sorted(sums))
    # Members that come and go leave the mean of those that are there.
    mean = np.array([float(np.mean(sums[at])) for at in instants.tolist()])
    season = own_season(mean, instants)
    return None if season is None else replace(season, source="family")


def season_of(weeks: Array, years: Array, family: Season | None) -> Season | None:
    """The season to use: the family's where it predicts the product's weeks better than its own or than none.

    Parameters
    ----------
    weeks, years : shape (weeks,)
    family : Season or None
    """
    season = own_season(weeks, years)
    if family is None or len(weeks) < _STEP or not weeks.any():
        return season
    ratio = _ratio(weeks, years, family)
    if ratio < (HELD_OUT_RATIO if season is None else season.ratio):
        return replace(family, ratio=ratio)
    return season


def held_out_ratio(weeks: Array, years: Array, harmonics: int, shape: Shape) -> float:
    """Squared error of the years with the season of the other years, over that without a season.

    Errors are those of sums of four weeks, the level of the year left out being known.
    """
    errors = list[tuple[float, float]]()
    for out in _folds(years):
        coefficients = _coefficients(weeks[~out], years[~out], harmonics, shape)
        if coefficients is None:
            return float("inf")
        errors.append(_errors(weeks[out], years[out], _curve(coefficients, years[out], shape)))
    return _over_years(errors)


def _ratio(weeks: Array, years: Array, season: Season) -> float:
    """The same with a season that was not fitted to these weeks, year by year."""
    return _over_years([_errors(weeks[out], years[out], season.factor(years[out])) for out in _folds(years, least=1)])


def _over_years(errors: Sequence[tuple[float, float]]) -> float:
    """Sum of the errors with a season over that without; infinite where the years, counting alike, speak against it.

    A year with a project of many weeks holds nearly all of the error, of which any season takes off a little by chance;
    the others are all the worse for the season of that year. So the mean of the logarithms of the years' ratios has to
    be below zero, too.
    """
    with_season, without = np.array(errors).T
    judged = (without > 0.0) & (with_season > 0.0)
    against = float(np.log(with_season[judged] / without[judged]).sum()) > 0.0
    return float("inf") if against or not without.any() else float(with_season.sum() / without.sum())


def _folds(years: Array, *, least: int = 2) -> list[npt.NDArray[np.bool_]]:
    """Weeks of each year of the span."""
    span = float(years.max() - years.min())
    count = max(least, int(span + 0.1))
    fold = np.minimum(((years - years.min()) / (span + 1e-9) * count).astype(np.int64), count - 1)
    return [fold == k for k in range(count)]


def _errors(weeks: Array, years: Array, factor: Array) -> tuple[float, float]:
    """Squared errors of sums of four weeks around the trend of these weeks, with the season and without."""
    errors = []
    used = len(weeks) // _STEP * _STEP
    for trend in (_glm(weeks, _trend(years), offset=np.log(factor)), _trend_alone(weeks, years)):
        mean = np.full(len(weeks), float(weeks.mean())) if trend is None else trend.fitted
        rest = (weeks - mean)[:used].reshape(-1, _STEP).sum(axis=1)
        errors.append(float((rest**2).sum()))
    return errors[0], errors[1]


def _curve(coefficients: Array, years: Array, shape: Shape) -> Array:
    swing = _harmonics(years, len(coefficients) // 2) @ coefficients
    factor = np.exp(swing) if shape == "log" else np.maximum(1.0 + swing, _LEAST_FACTOR)
    return np.asarray(factor, dtype=np.float64)


def _coefficients(weeks: Array, years: Array, harmonics: int, shape: Shape) -> Array | None:
    """Coefficients of one shape; None where they cannot be had."""
    if shape == "log":
        model = _glm(weeks, np.column_stack([_trend(years), _harmonics(years, harmonics)]))
        return None if model is None else model.coefficients[2:]
    return _linear(weeks, years, harmonics)


def _linear(weeks: Array, years: Array, harmonics: int) -> Array | None:
    """Y = L (1 + h) by turns: the level, with a slope where it is sure of one, and h; weights 1 / (L (1 + h))^2."""
    from statsmodels.regression.linear_model import WLS  # noqa: PLC0415  (slow import, rarely needed)

    if len(weeks) <= 3 + 2 * harmonics or not weeks.any():
        return None
    mean = float(weeks.mean())
    level, factor = np.full(len(weeks), mean), np.ones(len(weeks))
    columns = np.column_stack([np.ones(len(weeks)), _harmonics(years, harmonics)])
    swing = np.zeros(2 * harmonics)
    for _ in range(_TURNS):
        weight = np.maximum(level * factor, _LEAST_WEIGHED * mean) ** -2.0
        line = WLS(weeks, _trend(years) * factor[:, None], weights=weight).fit()
        if abs(float(line.tvalues[1])) < _SURE_OF_TREND:
            line = WLS(weeks, factor[:, None], weights=weight).fit()
        level = np.maximum(_trend(years)[:, : len(line.params)] @ line.params, _LEAST_WEIGHED * mean)
        coefficients = WLS(weeks / level, columns, weights=np.maximum(factor, _LEAST_WEIGHED) ** -2.0).fit().params
        if not np.isfinite(coefficients).all() or coefficients[0] <= 0.0:
            return None
        swing = np.asarray(coefficients[1:] / coefficients[0], dtype=np.float64)
        factor = np.maximum(1.0 + columns[:, 1:] @ swing, _LEAST_FACTOR)
    return swing


def _harmonics(years: Array, count: int) -> Array:
    angle = 2.0 * np.pi * years[:, None] * np.arange(1, count + 1)
    return np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(len(years), 2 * count)


def _trend(years: Array) -> Array:
    return np.column_stack([np.ones(len(years)), years - years.mean()])


def _long_enough(weeks: Array, years: Array) -> bool:
    enough = len(weeks) >= LEAST_SOLD and int((weeks > 0.0).sum()) >= min(LEAST_SOLD, len(weeks))
    return bool(enough and years.max() - years.min() >= LEAST_YEARS - 0.1)


def _screened(weeks: Array, years: Array) -> float:
    """p-value of two harmonics beside a straight line, by least squares: quick, and no season passes it by far."""
    few = _trend(years)
    many = np.column_stack([few, _harmonics(years, HARMONICS[-1])])
    rest = [float(((weeks - x @ np.linalg.lstsq(x, weeks, rcond=None)[0]) ** 2).sum()) for x in (few, many)]
    freedom = len(weeks) - many.shape[1]
    if rest[1] <= 0.0 or freedom < 1:
        return 0.0 if rest[0] > 0.0 else 1.0
    f = (rest[0] - rest[1]) / (many.shape[1] - 2) / (rest[1] / freedom)
    return float(special.fdtrc(many.shape[1] - 2, freedom, f))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    coefficients: Array
    p_value: float


def _fit(weeks: Array, years: Array, harmonics: int) -> _Found | None:
    plain = _trend(years)
    without = _trend_alone(weeks, years)
    with_season = _glm(weeks, np.column_stack([plain, _harmonics(years, harmonics)]))
    if without is None or with_season is None:
        return None
    freedom = len(weeks) - 2 - 2 * harmonics
    gain = (without.deviance - with_season.deviance) / (2 * harmonics)
    p_value = special.fdtrc(2 * harmonics, freedom, gain / with_season.scale) if with_season.scale > 0.0 else 0.0
    return _Found(coefficients=with_season.coefficients[2:], p_value=float(p_value))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Glm:
    coefficients: Array
    fitted: Array
    deviance: float
    scale: float


def _trend_alone(weeks: Array, years: Array) -> _Glm | None:
    """A straight line without season, which every form of a season is measured by."""
    return _trend_once(weeks.astype(np.float64).tobytes(), years.astype(np.float64).tobytes())


@lru_cache(maxsize=64)
def _trend_once(weeks: bytes, years: bytes) -> _Glm | None:
    return _glm(np.frombuffer(weeks), _trend(np.frombuffer(years)))


def _glm(weeks: Array, columns: npt.NDArray[np.float64], *, offset: Array | None = None) -> _Glm | None:
    """A quasi-Poisson fit; None where it does not converge to numbers."""
    from statsmodels.genmod.families import Poisson  # noqa: PLC0415  (slow imports, rarely needed)
    from statsmodels.genmod.generalized_linear_model import GLM  # noqa: PLC0415

    if len(weeks) <= columns.shape[1] or not weeks.any():
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = GLM(weeks, columns, family=Poisson(), offset=offset)
            fit = model.fit(scale="X2", maxiter=50)
        except (ValueError, np.linalg.LinAlgError, FloatingPointError):
            return None
        values = np.asarray(fit.params, dtype=np.float64)
        if not np.isfinite(values).all() or not np.isfinite(fit.deviance):
            return None
        return _Glm(
            coefficients=values, fitted=np.asarray(fit.mu, dtype=np.float64), deviance=float(fit.deviance),
            scale=float(fit.scale),
        )  # fmt: skip
