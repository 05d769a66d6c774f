import numpy as np
import pandas as pd
import pytest
from scipy import stats

from engine.demand.fitting.patterns import monthly_batch_share, season, season_limit, trend


def test_the_trend_test_is_kendalls_tau_against_time():
    weeks = np.random.default_rng(1).poisson(5.0, 4 * 20).astype(float)
    sums = weeks.reshape(20, 4).sum(axis=1)
    # scipy's asymptotic p-value has the same variance, without the continuity correction.
    reference = stats.kendalltau(np.arange(20), sums, method="asymptotic").pvalue
    assert trend(weeks).p_value == pytest.approx(reference, abs=0.03)


def test_a_straight_rise_has_its_slope():
    weeks = 10.0 + np.arange(52) / 4
    found = trend(weeks)
    assert found.p_value < 1e-4
    assert found.share_per_year == pytest.approx(13.0 / weeks.mean())
    assert trend(weeks[::-1]).share_per_year < 0


def test_no_trend_where_nothing_moves_or_little_is_known():
    assert trend(np.full(52, 3.0)).p_value == 1.0
    assert np.isnan(trend(np.arange(15.0)).p_value)


def test_stationary_demand_is_seldom_called_a_trend():
    rng = np.random.default_rng(2)
    called = sum(trend(rng.poisson(2.0, 104).astype(float)).p_value < 0.01 for _ in range(500))
    assert called <= 12


def test_a_season_needs_two_years_and_stands_out():
    week = np.arange(156)
    rng = np.random.default_rng(3)
    swing = 20 + 10 * np.sin(2 * np.pi * week / 52) + rng.normal(0, 3, 156)
    assert season(swing) > season_limit(156)
    assert np.isnan(season(swing[:103]))
    assert season(np.full(156, 2.0)) == 0.0


def test_stationary_demand_is_seldom_called_a_season():
    rng = np.random.default_rng(4)
    called = sum(season(rng.gamma(0.5, 2.0, 156)) > season_limit(156) for _ in range(500))
    assert called <= 12


def test_a_trend_is_no_season():
    rng = np.random.default_rng(5)
    rising = np.arange(156) / 5 + rng.normal(0, 2, 156)
    assert season(rising) < 2 * season_limit(156)


def test_batches_at_the_end_or_the_start_of_months_are_seen():
    ends = pd.date_range("2024-01-31", periods=12, freq="ME")
    assert monthly_batch_share(ends, np.full(12, 5.0)) == 1.0
    starts = pd.date_range("2024-01-01", periods=12, freq="MS")
    assert monthly_batch_share(starts, np.full(12, 5.0)) == 1.0
    daily = pd.date_range("2024-01-01", "2024-12-31")
    assert monthly_batch_share(daily, np.ones(len(daily))) == pytest.approx(3 / 30.5, abs=0.01)
    assert np.isnan(monthly_batch_share(ends[:5], np.full(5, 5.0)))
