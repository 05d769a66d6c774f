"""Factors of the days of a year, their mean over stretches, and whose season holds."""

import numpy as np
import pytest

from engine.demand.year import DAYS, Year, days_factor, period_of_day, week_of, year_instants, year_of
from tests.scenarios import make_scenario, season_rows


@pytest.mark.parametrize(("periods", "days"), [(4, [90, 91, 92, 92]), (52, [7] * 51 + [8])])
def test_quarters_and_weeks_have_their_days(periods, days):
    assert np.bincount(period_of_day(periods)).tolist() == days


def test_months_are_those_of_the_calendar():
    firsts = np.flatnonzero(np.diff(period_of_day(12), prepend=-1))
    assert firsts.tolist() == [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    assert week_of(np.array([-0.5, 0.0, 6.9, 7.0, 364.9, 365.0, 372.0])).tolist() == [51, 0, 0, 1, 51, 0, 1]


@pytest.mark.parametrize("periods", [4, 12, 52])
def test_the_days_of_a_year_average_one(periods):
    factors = np.random.default_rng(periods).uniform(0.0, 2.0, periods)
    daily = days_factor(factors)
    assert daily.mean() == pytest.approx(1.0, abs=1e-12)
    # Proportions between periods stay.
    assert np.unique(np.round(daily / factors[period_of_day(periods)], 12)).size == 1


def test_the_mean_of_a_stretch_is_that_of_its_days():
    daily = days_factor(np.random.default_rng(1).uniform(0.2, 1.8, 12))
    year = Year(row=np.array([0, -1]), daily=daily[None])
    start, days = np.array([0.0, 360.0, -10.0, 800.25, 100.0]), np.array([365.0, 10.0, 30.0, 0.5, 0.0])
    fine = 20_000
    expected = [
        daily[np.floor(np.mod(a + (np.arange(fine) + 0.5) / fine * max(d, 1e-9), DAYS)).astype(int)].mean()
        for a, d in zip(start, days, strict=True)
    ]
    assert year.mean(0, start, days) == pytest.approx(expected, abs=2e-4)
    assert year.mean(1, start, days).tolist() == [1.0] * 5
    assert year.seasonal.tolist() == [True, False]


def test_the_season_of_a_product_goes_before_that_of_its_family():
    goods = [{"product": name, "family": "oils" if name != "C" else ""} for name in "ABCD"]
    seasons = [*season_rows(0.5, product="A", periods=4), *season_rows(0.2, family="oils")]
    year = year_of(make_scenario(goods, seasons=[*seasons, *season_rows(0.0, product="D")]))
    assert year is not None
    assert year.daily[year.row[0]].max() == pytest.approx(1.354, abs=0.01)
    assert year.daily[year.row[1]].max() == pytest.approx(1.193, abs=0.01)
    assert year.row.tolist()[2:] == [-1, -1]


def test_no_rows_and_factors_of_one_are_no_season():
    assert year_of(make_scenario([{}])) is None
    assert year_of(make_scenario([{"product": "A"}], seasons=season_rows(0.0, product="A"))) is None


def test_samples_are_spread_over_the_year():
    assert np.bincount((year_instants(3, 73) / 5.0).astype(int)).tolist() == [1] * 73
