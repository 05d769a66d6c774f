"""Means, ratios, shares and lead times with their intervals, against SciPy, statsmodels and counting."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from engine.evaluate.simulate.findings.statistics import (
    FEW_TRIALS,
    Estimate,
    estimate,
    half_widths,
    lead_times,
    ratio,
    ratio_half_widths,
    shares,
)

SEEN = np.array([3.0, 5.0, 4.0, 9.0, 6.5])
WHOLE = np.array([10.0, 12.0, 9.0, 20.0, 14.0])


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_a_mean_has_students_interval(confidence):
    found = estimate(SEEN, confidence=confidence)
    low, high = stats.t.interval(confidence, 4, loc=SEEN.mean(), scale=stats.sem(SEEN))
    assert (found.low, found.mean, found.high) == pytest.approx((low, SEEN.mean(), high))
    both = half_widths(np.stack([SEEN, 2.0 * SEEN], axis=1), confidence=confidence)
    assert both == pytest.approx([found.half_width, 2.0 * found.half_width])
    # Two observations tell something, one nothing.
    pair = stats.t.interval(confidence, 1, loc=4.0, scale=stats.sem(SEEN[:2]))
    assert estimate(SEEN[:2], confidence=confidence).high == pytest.approx(pair[1])
    assert estimate(SEEN[:1]).half_width == np.inf
    assert half_widths(np.ones((1, 3))).tolist() == [np.inf] * 3


def test_an_interval_covers_its_ends_and_nothing_beyond():
    found = Estimate(mean=2.0, half_width=0.5)
    assert [found.covers(x) for x in (1.49, 1.5, 2.0, 2.5, 2.51)] == [False, True, True, True, False]


def test_a_ratio_of_means_has_the_interval_of_its_residuals():
    """The delta method: residuals part - ratio whole, over the mean of the whole."""
    found = ratio(SEEN, WHOLE)
    share = SEEN.sum() / WHOLE.sum()
    residuals = (SEEN - share * WHOLE) / WHOLE.mean()
    assert found.mean == pytest.approx(share)
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, 4) * stats.sem(residuals))
    assert ratio(2.0 * WHOLE, WHOLE).half_width == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(ratio(np.zeros(3), np.zeros(3)).mean)
    two = ratio_half_widths(np.stack([SEEN, np.zeros(5)], axis=1), np.stack([WHOLE, np.zeros(5)], axis=1))
    assert two == pytest.approx([found.half_width, 0.0])


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize(("hits", "trials"), [(0, 40), (40, 40), (3, 40), (39, 40), (10, 10)])
def test_shares_of_which_no_observation_differs_have_the_exact_interval(hits, trials, confidence):
    """Clopper and Pearson on all trials: observations all alike say nothing of how trials hang together."""
    part, whole = np.full((4, 1), hits / 4.0), np.full((4, 1), trials / 4.0)
    found = shares(part, whole, np.array([trials]), confidence=confidence)
    low, high = proportion_confint(hits, trials, alpha=1.0 - confidence, method="beta")
    assert (found.low[0], found.mean[0], found.high[0]) == pytest.approx((low, hits / trials, high))
    assert not found.few[0]
    assert found.half_width[0] == pytest.approx(max(high - hits / trials, hits / trials - low))


def test_shares_that_differ_between_observations_count_as_fewer_trials():
    """As many as would spread so by themselves, share (1 - share) (z / half)^2, and no more than there were."""
    part, whole = np.array([[8.0], [2.0], [9.0], [5.0], [7.0]]), np.full((5, 1), 10.0)
    found = shares(part, whole, np.array([50]))
    share = 31.0 / 50.0
    half = stats.t.ppf(0.975, 4) * stats.sem(part[:, 0] / 10.0)
    n = share * (1.0 - share) * (stats.norm.ppf(0.975) / half) ** 2
    assert n < 50
    low, high = stats.beta.ppf(0.025, share * n, (1.0 - share) * n + 1.0), stats.beta.ppf(
        0.975, share * n + 1.0, (1.0 - share) * n
    )
    assert (found.low[0], found.high[0]) == pytest.approx((low, high))
    # Observations that differ less than independent trials would.
    even = shares(np.array([[6.0], [6.0], [7.0], [6.0], [6.0]]), whole, np.array([50]))
    assert (even.low[0], even.high[0]) == pytest.approx(proportion_confint(31, 50, method="beta"))


def test_few_trials_and_nothing_seen_tell_nothing():
    part, whole = np.array([[9.0, 0.0], [0.0, 0.0]]), np.array([[9.0, 0.0], [1.0, 0.0]])
    found = shares(part, whole, np.array([FEW_TRIALS - 1, 0]))
    assert found.few.tolist() == [True, True]
    assert found.low.tolist() == [0.0, 0.0]
    assert found.high.tolist() == [1.0, 1.0]
    assert found.mean[0] == pytest.approx(0.9)
    assert np.isnan(found.mean[1])
    assert shares(part, whole, np.array([FEW_TRIALS, 0])).few.tolist() == [False, True]


def test_lead_times_are_counted_by_units():
    found = lead_times({3.0: 2.0, 1.0: 5.0, 7.0: 3.0})
    units = np.repeat([1.0, 3.0, 7.0], [5, 2, 3])
    assert found.mean_days == pytest.approx(units.mean())
    assert found.days.tolist() == [1.0, 3.0, 7.0]
    assert found.share == pytest.approx([0.5, 0.7, 1.0])
    for q in (0.01, 0.3, 0.5, 0.51, 0.7, 0.71, 1.0):
        assert found.quantile(q) == np.sort(units)[int(np.ceil(q * 10.0 - 1e-9)) - 1]
    for days in (1.0, 2.0, 3.0, 6.9, 7.0, 9.0):
        assert found.beyond(days) == pytest.approx((units > days).mean(), abs=1e-12)
    none = lead_times({})
    assert np.isnan(none.mean_days)
    assert np.isnan(none.quantile(0.5))
    assert none.beyond(1.0) == 0.0
