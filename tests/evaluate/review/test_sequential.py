"""False alarms are as many as were asked for, in every week, and a change of half is told soon."""

import numpy as np
import pytest
from scipy import special, stats

from engine.evaluate.review.sequential import WEEKS_PER_MONTH, alarms, limits, normal_scores, reference, weekly_rate

ASKED = 0.01


def gamma_scores(rng, cv, mean, weeks, shift=1.0):
    """Scores of gamma demand of a mean a share of the planned one, at the planned distribution."""
    x = mean * shift * rng.gamma(1.0 / cv[:, None] ** 2, cv[:, None] ** 2, (len(cv), weeks))
    through = special.gammainc(1.0 / cv[:, None] ** 2, x / (mean * cv[:, None] ** 2))
    return normal_scores(through, through, rng.random(x.shape))


def test_the_first_limit_is_the_quantile_of_one_week():
    assert limits(0.5, 0.01, 1)[0] == pytest.approx(special.ndtri(0.99) - 0.5, abs=0.01)


def test_limits_settle_where_the_run_length_is_the_rate():
    # A CUSUM with k = 0.5 and h = 4.77 rings every 740 weeks on average on one side (Montgomery 2013, table 9.3: 370
    # on both), hardly more seldom from a steady state.
    settled = limits(0.5, 1.0 / 740.0, 300)[-1]
    assert settled == pytest.approx(4.77, abs=0.1)


def test_false_alarms_are_as_many_as_asked_for_on_10000_products():
    rng = np.random.default_rng(1)
    weeks = 26
    cv = rng.uniform(0.2, 1.2, 10_000)
    found = alarms(gamma_scores(rng, cv, 10.0, weeks), reference(cv), weekly_rate(ASKED))
    months = weeks / WEEKS_PER_MONTH
    alive = 1.0 - float((found.week >= 0).mean())
    assert 1.0 - alive ** (1.0 / months) == pytest.approx(ASKED, rel=0.1)
    # Early as often as late.
    halves = [float(((found.week >= low) & (found.week < low + 13)).mean()) for low in (0, 13)]
    assert halves[0] == pytest.approx(halves[1], rel=0.25)


def test_demand_in_steps_is_scored_as_normal():
    rng = np.random.default_rng(2)
    x = rng.poisson(1.5, (2000, 20))
    below = np.where(x > 0, special.pdtr(np.maximum(x - 1.0, 0.0), 1.5), 0.0)
    scores = normal_scores(below, special.pdtr(x, 1.5), rng.random(x.shape))
    assert stats.kstest(scores.ravel(), "norm").pvalue > 1e-3


@pytest.mark.parametrize("shift", [1.5, 0.5])
def test_half_of_the_products_that_change_by_half_are_told_within_8_weeks(shift):
    rng = np.random.default_rng(3)
    # CVs as on the bicycles: 0.2 to 0.7 a week.
    cv = rng.uniform(0.2, 0.7, 2000)
    found = alarms(gamma_scores(rng, cv, 10.0, 8, shift), reference(cv), weekly_rate(ASKED))
    assert float((found.week >= 0).mean()) >= 0.5
    assert (found.upward[found.week >= 0] == (shift > 1.0)).mean() > 0.99


def test_the_change_is_dated():
    scores = np.concatenate([np.zeros((1, 10)), np.full((1, 6), 2.5)], axis=1)
    found = alarms(scores, np.array([0.5]), weekly_rate(ASKED))
    assert found.since.tolist() == [10]
    assert 10 <= found.week[0] < 14
