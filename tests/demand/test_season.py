"""Seasons, against known ones."""

import numpy as np
import pytest

from engine.demand.book.history import History
from engine.demand.fitting.season import family_seasons, own_seasons, seasons_of
from engine.demand.fitting.stationary import stationary, years_of
from tests.demand import known_season

YEARS = (np.arange(156) + 0.5) * 7 / 365.25


def own_season(weeks, years):
    return own_seasons([(weeks, years)])[0]


def sine(depth, years=YEARS):
    return 1.0 + depth * np.sin(2 * np.pi * years)


def drawn(rng, cv, mean):
    return rng.gamma(1 / cv**2, cv**2 * mean)


@pytest.mark.parametrize("cv", [0.1, 0.3, 0.6])
def test_a_season_is_found_with_its_factors(cv):
    rng = np.random.default_rng(int(cv * 10))
    season = own_season(drawn(rng, cv, 40 * sine(0.5)), YEARS)
    assert season is not None
    middles = (np.arange(12) + 0.5) / 12
    assert np.abs(season.months() - sine(0.5, middles)).max() < 0.08 + 0.2 * cv
    assert season.months().mean() == pytest.approx(1.0, abs=2e-3)


def test_factors_are_as_near_as_the_weeks_allow():
    """Oracle: weighted least squares that knows form and weights; known truth is one such book, 8.7 points off."""
    found = known_season.books(12)
    assert found.off.mean() == pytest.approx(found.known_off.mean(), rel=0.03)
    assert np.abs(found.off - found.known_off).max() < 0.015
    assert found.cv.mean() == pytest.approx(found.drawn.mean(), rel=0.02)


def test_where_there_is_none_none_is_kept():
    kept = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        kept += own_season(drawn(rng, 0.6, np.full(156, 40.0)), YEARS) is not None
    assert kept <= 1


def test_two_years_are_needed():
    rng = np.random.default_rng(0)
    weeks = drawn(rng, 0.1, 40 * sine(0.5))
    assert own_season(weeks[:90], YEARS[:90]) is None
    assert own_season(weeks[:108], YEARS[:108]) is not None


def test_one_large_year_is_no_season():
    weeks = np.full(156, 10.0) + np.arange(156) % 2
    weeks[60:70] += 60.0
    assert own_season(weeks, YEARS) is None


def test_a_year_with_a_project_of_many_weeks_is_no_season():
    """Nearly all of the error is that year's, and by chance some harmonic takes off a tenth of it."""
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        weeks = drawn(rng, 0.2, np.full(104, 30.0))
        weeks[30:42] += 200.0
        found.append(own_season(weeks, YEARS[:104]))
    assert found == [None] * 12


def test_a_trend_is_no_season_and_does_not_hide_one():
    rng = np.random.default_rng(5)
    assert own_season(drawn(rng, 0.2, np.linspace(10, 40, 156)), YEARS) is None
    found = own_season(drawn(rng, 0.2, np.linspace(10, 40, 156) * sine(0.5)), YEARS)
    assert found is not None
    assert np.abs(found.months() - sine(0.5, (np.arange(12) + 0.5) / 12)).max() < 0.15


def test_a_family_shows_what_its_members_cannot():
    rng = np.random.default_rng(11)
    mean = 3.0 * sine(0.5)
    members = [(rng.negative_binomial(0.8, 0.8 / (0.8 + mean)).astype(float), YEARS) for _ in range(30)]
    family = family_seasons({"F": members})["F"]
    assert family is not None
    assert family.source == "family"
    alone = [own_season(*one) for one in members]
    pooled = seasons_of(members, [family] * len(members))
    truth = sine(0.5, (np.arange(12) + 0.5) / 12)

    def error(found):
        months = [np.ones(12) if one is None else one.months() for one in found]
        return float(np.mean([(one - truth) ** 2 for one in months]))

    assert sum(one is not None and one.source == "family" for one in pooled) > 15
    assert error(pooled) < 0.6 * error(alone)


def test_what_a_season_leaves_open_is_the_variability_around_it():
    rng = np.random.default_rng(2)
    for cv in (0.1, 0.3):
        found = [stationary(History(product="P", weeks=drawn(rng, cv, 40 * sine(0.5)))) for _ in range(10)]
        assert np.mean([one.cv for one in found]) == pytest.approx(cv, rel=0.06)
        assert np.mean([one.level.now for one in found]) == pytest.approx(40, rel=0.02)
        assert np.mean([one.sample_cv for one in found]) > 0.35


def test_poisson_demand_with_a_season_stays_poisson():
    rng = np.random.default_rng(3)
    found = [stationary(History(product="P", weeks=rng.poisson(20 * sine(0.6)).astype(float))) for _ in range(10)]
    # The variance is the mean all year long, so that the CV at the mean is 1 / sqrt(20).
    assert np.mean([one.cv for one in found]) == pytest.approx(20**-0.5, rel=0.06)


def test_without_level_and_season_the_weeks_are_as_they_were():
    weeks = np.random.default_rng(4).gamma(3.0, 2.0, 120)
    found = stationary(History(product="P", weeks=weeks))
    assert not found.changed
    assert found.weeks is weeks
    assert found.cv == found.sample_cv == pytest.approx(weeks.std(ddof=1) / weeks.mean())


def test_years_follow_the_calendar():
    import pandas as pd

    history = History(product="P", weeks=np.ones(3), start=pd.Timestamp("2024-07-01"))
    # The middle of the year, up to the day that leap years shift.
    assert years_of(history)[0] % 1 == pytest.approx((181 + 3.5) / 365.25, abs=0.004)
    assert np.diff(years_of(history)) == pytest.approx(7 / 365.25)
