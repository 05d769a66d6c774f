"""What a stock lacks, X = D(t) - V, against sums over windows, positions and units, by no formula of losses."""

import numpy as np
import pytest
from scipy import stats

from engine.economics.lone.mixture import quantile, shortage
from engine.economics.lone.windows import Exposure
from tests.evidence import covering

# Units a day of a product whose stock comes in batches, and of one whose stock does not.
MEAN, SQUARE, BATCH = np.array([1.3, 0.7]), np.array([3.0, 1.1]), np.array([4.0, 0.0])
WINDOWS, WEIGHTS = np.array([[2.0, 1.0], [5.0, 6.0]]), np.array([[0.3, 0.2], [0.4, 0.5]])
# Windows below zero: what comes before it falls due, of lots alone.
AHEAD, AHEAD_WEIGHTS = np.array([[1.5, 0.0]]), np.array([[0.2, 0.0]])
LEVELS = (-9.0, -5.0, -4.0, -2.0, 0.0, 1.0, 3.0, 8.0, 20.0)


def of(family, batch=BATCH):
    variance = MEAN if family == "poisson" else SQUARE
    return shortage(
        family, mean_per_day=MEAN, variance_per_day=variance, batch=batch,
        exposure=Exposure(days=WINDOWS, weights=WEIGHTS), ahead=Exposure(days=AHEAD, weights=AHEAD_WEIGHTS),
    )  # fmt: skip


def demand(family, i, days):
    mean, variance = MEAN[i] * days, SQUARE[i] * days
    if family == "gamma":
        return stats.gamma(mean**2 / variance, scale=variance / mean)
    if family == "normal":
        return stats.norm(mean, np.sqrt(variance))
    if family == "poisson":
        return stats.poisson(mean)
    return stats.nbinom(mean**2 / (variance - mean), mean / variance)


def positions(family, batch):
    """V: whole units of a lot, or fine steps of it."""
    if not batch:
        return np.zeros(1)
    whole = family in ("poisson", "negative_binomial")
    return np.arange(1.0, batch + 1.0) if whole else (np.arange(400) + 0.5) / 400 * batch


def mixed(family, i, value):
    """The mean of a value of demand over windows: those of D, those of minus D, and none at all."""
    points = (np.arange(4000) + 0.5) / 4000
    total = (1.0 - WEIGHTS[:, i].sum() - AHEAD_WEIGHTS[:, i].sum()) * value(np.zeros(1)).mean()
    for sign, windows, weights in ((1.0, WINDOWS, WEIGHTS), (-1.0, AHEAD, AHEAD_WEIGHTS)):
        for days, weight in zip(windows[:, i], weights[:, i], strict=True):
            if weight:
                law = demand(family, i, days)
                if family in ("poisson", "negative_binomial"):
                    units = np.arange(0, 400)
                    total += weight * (law.pmf(units) * value(sign * units)).sum()
                else:
                    total += weight * value(sign * law.ppf(points)).mean()
    return total


@pytest.mark.parametrize(("family", "level"), covering(["gamma", "normal", "poisson", "negative_binomial"], LEVELS))
def test_what_is_lacking_is_its_mean_over_windows_positions_and_units(family, level):
    """Products with and without lots at once, each as by itself."""
    found = of(family)
    levels = np.full(2, level)
    tail, backlog = found.tail(levels)[0], found.backlog(levels)
    owed, below, mean = found.owed(levels), found.below_zero(levels), found.position
    for i in range(2):
        v = positions(family, BATCH[i])

        def lacking(units, v=v):
            return units[:, None] - v[None, :] - level

        rough = 0.004 if family in ("gamma", "normal") else 1e-9
        often = mixed(family, i, lambda d: (lacking(d) > 0.0).mean(axis=1))
        much = mixed(family, i, lambda d: np.maximum(lacking(d), 0.0).mean(axis=1))
        assert tail[i] == pytest.approx(often, abs=rough)
        assert backlog[i] == pytest.approx(much, abs=5.0 * rough)
        assert owed[i] == pytest.approx(np.maximum(-level - v, 0.0).mean(), abs=rough)
        assert below[i] == pytest.approx((level + v < 0.0).mean(), abs=rough)
        assert mean[i] == pytest.approx(v.mean(), abs=1e-12)


@pytest.mark.parametrize("family", ["gamma", "normal", "poisson", "negative_binomial"])
@pytest.mark.parametrize("goal", [0.5, 0.1, 1e-3])
def test_the_least_level_lacks_no_more_often_than_asked(family, goal):
    found, low = of(family), -BATCH
    level = quantile(found, np.full(2, goal), low)
    step = 1.0 if found.integer else 1e-4
    assert (found.tail(level)[0] <= goal + 1e-6).all()
    assert ((found.tail(level - step)[0] > goal - 1e-6) | (level <= low)).all()


@pytest.mark.parametrize("family", ["gamma", "normal", "poisson", "negative_binomial"])
def test_moments_are_those_of_demand_over_all_windows(family):
    found = of(family)
    for i in range(2):
        mean = mixed(family, i, lambda d: 1.0 * d)
        assert found.mean[i] == pytest.approx(mean, rel=2e-3)
        square = mixed(family, i, lambda d: 1.0 * d * d)
        assert found.sd[i] == pytest.approx(np.sqrt(square - mean**2), rel=5e-3)
