"""Windows of lone products against sums over lead times and instants of a cycle, by no quadrature of their own."""

import numpy as np
import pytest
from scipy import stats

from engine.economics.lone.windows import (
    INSTANT,
    ahead_at_review,
    ahead_windows,
    cycle_windows,
    fixed_windows,
    instant_windows,
    no_windows,
    window_classes,
)
from tests.evidence import covering

REVIEW = 7.0
# Customers who wait less than the lead time, about as long, and longer than lead time and review.
LEAD, WAITS = np.array([10.0, 10.0, 10.0, 10.0]), np.array([0.0, 8.0, 13.0, 40.0])
FIXED, RANDOM = range(6), (6, 7)
U = (np.arange(700) + 0.5) / 700 * REVIEW


def lead_times(cv):
    """Lead times that stand for as many equal shares of theirs, shape (n, 1)."""
    if not cv:
        return np.full((1, 1), 10.0)
    return stats.gamma(1.0 / cv**2, scale=10.0 * cv**2).ppf((np.arange(2000) + 0.5) / 2000)[:, None]


def agree(found, truth, rel=1e-3):
    """Windows, given as those of every lead time and instant for each wait, have the same moments and transform."""
    for k, days in enumerate(truth):
        weights, at = found.weights[:, k], found.days[:, k]
        assert found.total[k] == pytest.approx((days > 0.0).mean(), rel=rel, abs=2e-3)
        assert found.mean[k] == pytest.approx(days.mean(), rel=rel, abs=1e-3)
        assert found.square[k] == pytest.approx((days**2).mean(), rel=5.0 * rel, abs=2e-3)
        assert found.variance[k] == pytest.approx(days.var(), rel=5.0 * rel, abs=1e-2)
        lively = np.where(days > 0.0, np.exp(-days / 4.0), 0.0).mean()
        assert (weights * np.exp(-at / 4.0))[at > 0.0].sum() == pytest.approx(lively, rel=rel, abs=2e-3)
        assert (weights >= 0.0).all()


def given(cv):
    return LEAD, np.full(4, cv), WAITS


@pytest.mark.parametrize(("kind", "only_longer"), covering([*FIXED, *RANDOM], [False, True]))
def test_windows_are_lead_time_and_time_since_review_less_the_wait(kind, only_longer):
    cv = 0.4 if kind in RANDOM else 0.0
    lead = lead_times(cv)
    windows = [np.where(only_longer & (lead <= wait), 0.0, np.maximum(lead + U - wait, 0.0)) for wait in WAITS]
    agree(cycle_windows(kind, *given(cv), REVIEW, only_longer=only_longer), windows)
    at_once = [np.where(only_longer & (lead <= wait), 0.0, np.maximum(lead - wait, 0.0)) for wait in WAITS]
    agree(cycle_windows(kind, *given(cv), 0.0, only_longer=only_longer), at_once)


@pytest.mark.parametrize("kind", [0, 2, *RANDOM])
@pytest.mark.parametrize("only_longer", [False, True])
@pytest.mark.parametrize("more", [0.0, REVIEW])
def test_windows_at_one_moment_of_the_cycle(kind, only_longer, more):
    cv = 0.4 if kind in RANDOM else 0.0
    lead = lead_times(cv)
    windows = [np.where(only_longer & (lead <= wait), 0.0, np.maximum(lead + more - wait, 0.0)) for wait in WAITS]
    agree(fixed_windows(kind, *given(cv), more, only_longer=only_longer), windows)


@pytest.mark.parametrize("kind", [*FIXED, *RANDOM])
def test_days_ahead_are_those_since_the_last_review_in_time(kind):
    """Of each lead time x and instant u: as many days as x + u stays below the wait, and no more than R - u."""
    cv = 0.4 if kind in RANDOM else 0.0
    lead = lead_times(cv)
    ahead = [np.maximum(np.minimum(wait - lead - U, REVIEW - U), 0.0) for wait in WAITS]
    agree(ahead_windows(kind, *given(cv), REVIEW), ahead)
    at_review = [np.clip(wait - lead, 0.0, REVIEW) for wait in WAITS]
    agree(ahead_at_review(kind, *given(cv), REVIEW), at_review)
    for none in (ahead_windows(kind, *given(cv), 0.0), ahead_at_review(kind, *given(cv), 0.0), no_windows(4)):
        assert none.days.shape == none.weights.shape == (0, 4)
        assert (none.total == 0.0).all()


def test_an_instant_has_its_window_in_the_middle():
    now = cycle_windows(0, *given(0.0), 0.0)
    before, after = instant_windows(now)
    np.testing.assert_allclose(after.days - before.days, INSTANT, rtol=1e-9)
    # Of windows that there are.
    np.testing.assert_allclose((0.5 * (before.days + after.days))[:, :2], now.days[:, :2], rtol=1e-12)
    assert (before.days[:, 2:] == 0.0).all()
    np.testing.assert_array_equal(before.weights, now.weights)


def classes(ratio, *, lead=20.0, wait=0.0, cv=0.0, blunt=False):
    """Class of demand whose standard deviation at the end of a cycle is so many reviews of mean demand."""
    end = max(lead - wait + REVIEW, 0.0)
    days, review = (max(end, lead * cv), REVIEW + lead * cv) if cv else (end, REVIEW)
    noise = (ratio * review) ** 2 / days if days else 1.0
    found = window_classes(
        np.array([lead]), np.array([cv]), np.array([wait]), REVIEW, noise_days=np.array([noise]),
        blunt=np.array([blunt]),
    )  # fmt: skip
    return int(found[0])


def test_the_less_demand_varies_the_more_nodes_are_taken():
    """As the module says: of what varies by 0.8, 0.25, 0.07 and 0.0175 of a review's demand and more."""
    assert [classes(r) for r in (9.0, 0.81, 0.79, 0.26, 0.24, 0.071, 0.069, 0.0176, 0.0174)] == [
        0, 0, 1, 1, 2, 2, 4, 4, 5,
    ]  # fmt: skip
    # Random lead times smooth the cycle.
    assert [classes(r, cv=0.3) for r in (9.0, 0.101, 0.099, 0.01)] == [6, 6, 7, 7]
    assert [classes(r, cv=0.3, wait=60.0) for r in (0.101, 0.099)] == [6, 7]
    # No lead time is none at random.
    assert classes(9.0, lead=0.0, cv=0.3) == 0
    # Who waits longer than all that has no window.
    assert [classes(1.0, wait=wait) for wait in (27.0, 60.0)] == [0, 0]
    # Normal demand has no smooth tail in windows of less than half a review.
    assert [classes(r, wait=16.6, blunt=True) for r in (0.81, 0.79, 0.24, 0.069)] == [3, 3, 2, 4]
    assert [classes(r, wait=16.4, blunt=True) for r in (0.81, 0.79)] == [0, 1]
