"""The season of a product or of its family: factors of the year with mean 1, kept only where it comes again.

The season is multiplicative, a curve of one or two harmonics of the year: two or four coefficients follow from two
years, where 52 factors would be noise. Whether there is one is tested by a Poisson quasi-likelihood with a log link and
a trend (Wedderburn 1974; `regression.poisson_fits`, dispersion by Pearson's chi squared), which needs no care for weeks
without sales. The curve is either that of the test, exp(h), or 1 + h fitted by weighted least squares for a CV that
does not change over the year: peaks are sharper than troughs in the one, alike in the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from engine.demand.fitting.curve import (
    GRID,
    HARMONICS,
    SHAPES,
    Series,
    Shape,
    curve,
    curve_over_a_year,
    curves_fitted,
    harmonics_of,
    line,
    trend_of,
    wave,
)
from engine.demand.fitting.regression import PoissonFit, poisson_fits
from engine.demand.streams import Array

LEAST_YEARS = 2.0
LEAST_SOLD = 24
# A season is kept where no season is this unlikely, and where the years that were left out, one after the other, follow
# the season of the others this much better than none.
SEASON_P_VALUE = 1e-3
HELD_OUT_RATIO = 0.95
BETTER_SHAPE = 0.75
_SCREEN_P_VALUE = 0.05
LEAST_MEMBERS = 2
_STEP = 4

Source = Literal["own", "family"]
# What a line leaves of weeks that are on it, as a share of their squares.
_ROUNDING = 1e-24


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
    without : tuple of numpy.ndarray
        Of a season of its own, the coefficients without each of its years.
    """

    coefficients: Array
    shape: Shape
    source: Source
    ratio: float
    without: tuple[Array, ...] = ()

    def factor(self, years: Array) -> Array:
        """Factor at instants of time in years; its mean over a year is 1."""
        factor: Array = curve(self.coefficients, years, self.shape)
        return factor / float(curve_over_a_year(self.coefficients, self.shape).mean())

    def held_out_factor(self, years: Array) -> Array:
        """Factor of each week that it was fitted to, for a season of its own as the other years have it."""
        factor = self.factor(years)
        if self.source == "own":
            for out, rest in zip(_folds(years), self.without, strict=True):
                factor[out] = replace(self, coefficients=rest).factor(years[out])
        return factor

    def weeks(self) -> Array:
        """Mean factor of each week of the year, as the table of seasons counts them, mean 1; shape (52,)."""
        mean = self._means(np.minimum((GRID * 365.0).astype(np.int64) // 7, 51))
        return np.asarray(mean / mean.mean())

    def months(self) -> Array:
        """Mean factor of each month, shape (12,)."""
        return self._means(np.minimum((GRID * 12.0).astype(np.int64), 11))

    def _means(self, period: npt.NDArray[np.int64]) -> Array:
        """Mean factor of each period, by the period of each instant of the grid; shape (periods,)."""
        factor = curve_over_a_year(self.coefficients, self.shape)
        return np.bincount(period, weights=factor / float(factor.mean())) / np.bincount(period)


def own_seasons(series: Sequence[Series]) -> list[Season | None]:
    """The season of each series by itself, None where there is none to be kept.

    Parameters
    ----------
    series : sequence of (weeks, years)
    """
    places = [k for k, one in enumerate(series) if _long_enough(*one) and _screened(*one) <= _SCREEN_P_VALUE]
    searched = [series[k] for k in places]
    left_out = _left_out(searched)
    plain = poisson_fits([line(one) for one in searched])
    best: list[Season | None] = [None] * len(series)
    for harmonics in HARMONICS:
        waves = poisson_fits([wave(one, harmonics) for one in searched])
        likely = [k for k, fits in enumerate(zip(plain, waves, strict=True)) if _p_value(*fits) < SEASON_P_VALUE]
        for shape in SHAPES:
            some = [searched[k] for k in likely]
            of_all = curves_fitted(some, harmonics, shape, known=[waves[k] for k in likely])
            judged = _held_out([left_out[k] for k in likely], harmonics, shape)
            for k, coefficients, (ratio, without) in zip(likely, of_all, judged, strict=True):
                before = best[places[k]]
                # Shapes differ little over three years: another than the plainest must predict much better.
                least = HELD_OUT_RATIO if before is None else BETTER_SHAPE * before.ratio
                if coefficients is not None and ratio < least:
                    best[places[k]] = Season(
                        coefficients=coefficients, shape=shape, source="own", ratio=ratio, without=without
                    )
    return best


def family_seasons(families: Mapping[str, Sequence[Series]]) -> dict[str, Season | None]:
    """The season of each family: that of the sum of its members, each over its own mean.

    Parameters
    ----------
    families : mapping of str to sequence of (weeks, years)
        Members by family.
    """
    used = {name: [one for one in members if len(one[0]) and one[0].any()] for name, members in families.items()}
    pooled = {name: _pooled(members) for name, members in used.items() if len(members) >= LEAST_MEMBERS}
    seasons = dict(zip(pooled, own_seasons(list(pooled.values())), strict=True))
    return {
        name: None if (season := seasons.get(name)) is None else replace(season, source="family") for name in families
    }


def _pooled(members: Sequence[Series]) -> Series:
    """Mean of the members that are there, each over its own mean, at every instant that one has.

    Members that come and go leave the mean of those that are there.
    """
    instants, at = np.unique(np.round(np.concatenate([years for _, years in members]), 6), return_inverse=True)
    share = np.concatenate([weeks / weeks.mean() for weeks, _ in members])
    return np.bincount(at, weights=share) / np.bincount(at), instants


def seasons_of(series: Sequence[Series], families: Sequence[Season | None]) -> list[Season | None]:
    """The season to use of each series: its family's where it predicts its weeks better than its own or than none.

    Parameters
    ----------
    series : sequence of (weeks, years)
    families : sequence of Season or None
        That of the family of each.
    """
    seasons = own_seasons(series)
    places = [
        k for k, ((weeks, _), family) in enumerate(zip(series, families, strict=True))
        if family is not None and len(weeks) >= _STEP and weeks.any()
    ]  # fmt: skip
    left_out = _left_out([series[k] for k in places], least=1)
    factors = [
        [family.factor(one.years) for one in of]
        for of, k in zip(left_out, places, strict=True) if (family := families[k]) is not None
    ]  # fmt: skip
    for k, ratio in zip(places, _ratios(left_out, factors), strict=True):
        season, family = seasons[k], families[k]
        if family is not None and ratio < (HELD_OUT_RATIO if season is None else season.ratio):
            seasons[k] = replace(family, ratio=ratio)
    return seasons


@dataclass(frozen=True, slots=True, kw_only=True)
class _LeftOut:
    """A year left out of a series.

    Parameters
    ----------
    weeks, years : shape (weeks,)
        Of that year.
    rest : (weeks, years)
        Of the others.
    error : float
        Squared error of sums of four weeks around the trend of this year, without a season.
    """

    weeks: Array
    years: Array
    rest: Series
    error: float


def _left_out(series: Sequence[Series], *, least: int = 2) -> list[list[_LeftOut]]:
    """The years of each series, each by itself."""
    folds = [(one, out) for one in series for out in _folds(one[1], least=least)]
    inside = [(weeks[out], years[out]) for (weeks, years), out in folds]
    lines = poisson_fits([line(one) for one in inside])
    years_of = iter([
        _LeftOut(weeks=of[0], years=of[1], rest=(weeks[~out], years[~out]), error=_error(of[0], line))
        for ((weeks, years), out), of, line in zip(folds, inside, lines, strict=True)
    ])  # fmt: skip
    return [[next(years_of) for _ in _folds(one[1], least=least)] for one in series]


def _held_out(
    left_out: Sequence[Sequence[_LeftOut]], harmonics: int, shape: Shape
) -> list[tuple[float, tuple[Array, ...]]]:
    """Of each series the squared error of the years with the season of the other years, over that without a season.

    Errors are those of sums of four weeks, the level of the year left out being known. The coefficients of the other
    years stand beside it.
    """
    flat = iter(curves_fitted([one.rest for of in left_out for one in of], harmonics, shape))
    rests = [[next(flat) for _ in of] for of in left_out]
    sound = [[one for one in rest if one is not None] for rest in rests]
    whole = [k for k, rest in enumerate(rests) if len(sound[k]) == len(rest)]
    factors = [
        [curve(rest, one.years, shape) for one, rest in zip(left_out[k], sound[k], strict=True)] for k in whole
    ]
    ratios = dict(zip(whole, _ratios([left_out[k] for k in whole], factors), strict=True))
    return [(ratios.get(k, float("inf")), tuple(rest)) for k, rest in enumerate(sound)]


def _ratios(left_out: Sequence[Sequence[_LeftOut]], factors: Sequence[Sequence[Array]]) -> list[float]:
    """Of each series the squared error of its years with the factors of a season, over that without."""
    years = [(one, factor) for of in zip(left_out, factors, strict=True) for one, factor in zip(*of, strict=True)]
    fits = iter(poisson_fits([line((one.weeks, one.years), offset=np.log(factor)) for one, factor in years]))
    return [_over_years([(_error(one.weeks, next(fits)), one.error) for one in of]) for of in left_out]


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


def _error(weeks: Array, line: PoissonFit | None) -> float:
    """Squared error of sums of four weeks around a fit, their mean where there is none."""
    mean = np.full(len(weeks), float(weeks.mean())) if line is None else line.fitted
    rest = (weeks - mean)[: len(weeks) // _STEP * _STEP].reshape(-1, _STEP).sum(axis=1)
    return float((rest**2).sum())


def _long_enough(weeks: Array, years: Array) -> bool:
    enough = len(weeks) >= LEAST_SOLD and int((weeks > 0.0).sum()) >= min(LEAST_SOLD, len(weeks))
    return bool(enough and years.max() - years.min() >= LEAST_YEARS - 0.1)


def _screened(weeks: Array, years: Array) -> float:
    """p-value of two harmonics beside a straight line, by least squares: quick, and no season passes it by far."""
    few = trend_of(years)
    many = np.column_stack([few, harmonics_of(years, HARMONICS[-1])])
    rest = [float(((weeks - x @ np.linalg.lstsq(x, weeks, rcond=None)[0]) ** 2).sum()) for x in (few, many)]
    freedom = len(weeks) - many.shape[1]
    if rest[0] <= _ROUNDING * float((weeks**2).sum()):
        return 1.0
    if rest[1] <= 0.0 or freedom < 1:
        return 0.0 if rest[0] > 0.0 else 1.0
    f = (rest[0] - rest[1]) / (many.shape[1] - 2) / (rest[1] / freedom)
    return float(special.fdtrc(many.shape[1] - 2, freedom, f))


def _p_value(without: PoissonFit | None, with_season: PoissonFit | None) -> float:
    """Chance of what a season takes off the deviance, were there none; 1 where it cannot be told."""
    if without is None or with_season is None:
        return 1.0
    numbers = len(with_season.coefficients) - 2
    gain = (without.deviance - with_season.deviance) / numbers
    freedom = len(with_season.fitted) - 2 - numbers
    return float(special.fdtrc(numbers, freedom, gain / with_season.scale)) if with_season.scale > 0.0 else 0.0
