"""Regressions of many series at once, against statsmodels, which does them one by one."""

import warnings

import numpy as np
import pytest
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import WLS

from engine.demand.fitting.curve import _sure_line, harmonics_of, line, trend_of, wave
from engine.demand.fitting.regression import Regressors, least_squares, poisson_fits
from engine.demand.fitting.season import own_seasons
from tests.evidence import FULL

YEARS = (np.arange(156) + 0.5) * 7 / 365.25


def books(count, seed=0):
    """Series of several lengths and kinds, with seasons and without, many of them zeros."""
    rng = np.random.default_rng(seed)
    for k in range(count):
        years = YEARS[: (156, 156, 130, 110)[k % 4]]
        mean = (0.4, 3.0, 40.0)[k % 3] * (1.0 + (0.0, 0.5, 0.9)[k % 3 - k % 2] * np.sin(2.0 * np.pi * years))
        yield (rng.poisson(mean) if k % 5 else rng.gamma(3.0, mean / 3.0)).astype(float), years


def by_statsmodels(one):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return GLM(one.weeks, one.columns, family=Poisson(), offset=one.offset).fit(scale="X2", maxiter=50)


def test_poisson_fits_are_those_of_statsmodels():
    asked = [form for book in books(24) for form in (line(book), wave(book, 1), wave(book, 2))]
    asked += [line(book, offset=0.3 * np.cos(2.0 * np.pi * book[1])) for book in books(8)]
    for one, fit in zip(asked, poisson_fits(asked), strict=True):
        oracle = by_statsmodels(one)
        np.testing.assert_allclose(fit.coefficients, oracle.params, rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(fit.fitted, oracle.mu, rtol=1e-9)
        assert fit.deviance == pytest.approx(oracle.deviance, rel=1e-10)
        assert fit.scale == pytest.approx(oracle.scale, rel=1e-9)


def test_columns_that_are_each_others_are_fitted_as_there():
    """Four months a year have four phases, which five columns cannot tell apart: the least coefficients are taken."""
    months = np.flatnonzero(np.arange(48) % 12 < 4)
    years, weeks = (months + 0.5) / 12.0, np.random.default_rng(1).poisson(20, len(months)).astype(float)
    fit = poisson_fits([wave((weeks, years), 2)])[0]
    oracle = by_statsmodels(wave((weeks, years), 2))
    np.testing.assert_allclose(fit.coefficients, oracle.params, rtol=1e-6)
    assert fit.scale == pytest.approx(oracle.scale, rel=1e-9)


def test_weeks_whose_mean_goes_to_nothing_end_as_there():
    """One week a year sells: the curve gets ever lower in between, until the deviance stays."""
    weeks = np.where(np.arange(156) % 52 < 2, 6.0, 0.0)
    fit, oracle = poisson_fits([wave((weeks, YEARS), 1)])[0], by_statsmodels(wave((weeks, YEARS), 1))
    np.testing.assert_allclose(fit.coefficients, oracle.params, rtol=1e-6)


def test_what_has_no_fit_has_none():
    nothing = Regressors(weeks=np.zeros(20), columns=np.ones((20, 1)))
    few = Regressors(weeks=np.ones(2), columns=np.ones((2, 2)))
    endless = Regressors(weeks=np.ones(20), columns=np.ones((20, 1)), offset=np.full(20, np.inf))
    assert poisson_fits([nothing, few, endless]) == [None, None, None]


def test_weighted_least_squares_are_those_of_statsmodels():
    rng = np.random.default_rng(3)
    columns = np.concatenate([np.ones((5, 156, 1)), np.stack([harmonics_of(YEARS, 2)] * 5)], axis=2)
    weights, values = rng.gamma(2.0, 1.0, (5, 156)), rng.normal(10.0, 3.0, (5, 156))
    for k, found in enumerate(least_squares(columns, weights, values)):
        np.testing.assert_allclose(found, WLS(values[k], columns[k], weights=weights[k]).fit().params, rtol=1e-10)


def test_a_slope_is_kept_where_its_t_is_sure():
    rng = np.random.default_rng(4)
    slopes = np.linspace(0.0, 4.0, 40)
    weeks = 40.0 + slopes[:, None] * (YEARS - YEARS.mean()) + rng.normal(0.0, 5.0, (40, 156))
    columns, weights = np.stack([trend_of(YEARS)] * 40), rng.gamma(4.0, 0.25, (40, 156))
    kept = 0
    for k, found in enumerate(_sure_line(weeks, columns, weights)):
        oracle = WLS(weeks[k], columns[k], weights=weights[k]).fit()
        if abs(oracle.tvalues[1]) < 2.576:
            oracle = WLS(weeks[k], columns[k, :, :1], weights=weights[k]).fit()
            np.testing.assert_allclose(found, [oracle.params[0], 0.0], rtol=1e-12)
        else:
            kept += 1
            np.testing.assert_allclose(found, oracle.params, rtol=1e-9)
    assert 10 < kept < 35


def test_a_series_has_the_same_digits_alone_and_among_others():
    some = list(books(60 if FULL else 24, seed=5))
    together = own_seasons(some)
    assert sum(one is not None for one in together) > 5
    for one, season in zip(some, together, strict=True):
        alone = own_seasons([one])[0]
        assert (alone is None) == (season is None)
        if alone is not None:
            assert alone.coefficients.tolist() == season.coefficients.tolist()
            assert alone.ratio == season.ratio
            assert [out.tolist() for out in alone.without] == [out.tolist() for out in season.without]


@pytest.mark.parametrize("weeks", [np.full(156, 0.1), np.linspace(3.0, 17.3, 156)])
def test_weeks_on_a_line_have_no_season_of_rounding(weeks):
    assert own_seasons([(weeks, YEARS)]) == [None]
