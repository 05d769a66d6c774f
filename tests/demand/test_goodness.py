import numpy as np
import pytest
from scipy import stats

from engine.demand.fitting import goodness
from engine.demand.fitting.goodness import (
    FAMILIES,
    admissible,
    distance,
    distribution_function,
    draw,
    interval,
    moments,
    p_value,
    poisson_dispersed,
    quantile,
)
from tests.evidence import FULL

CASES = {
    "gamma": (10.0, 0.8, 3.0),
    "normal": (10.0, 0.3, 3.0),
    "poisson": (4.0, 0.5, 1.0),
    "negative_binomial": (4.0, 1.2, 1.0),
    "compound_poisson": (4.0, 1.5, 2.5),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_distribution_function_has_the_moments_and_is_that_of_the_draws(family):
    mean, cv, size = CASES[family]
    of = moments(mean, cv, size)
    drawn = draw(family, np.random.default_rng(1), of, (1, 200_000))[0][0]
    assert drawn.mean() == pytest.approx(mean, rel=0.02)
    assert drawn.std() / drawn.mean() == pytest.approx(cv, rel=0.02)
    at = np.quantile(drawn, [0.1, 0.3, 0.5, 0.8, 0.95]) + 1e-6
    found = distribution_function(family, at, of.at(np.zeros(5, dtype=int)))
    empirical = (drawn[:, None] <= at).mean(axis=0)
    np.testing.assert_allclose(found, empirical, atol=0.005)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_weekly_law_is_that_of_seven_days_of_the_process(family):
    from engine.demand.distributions import process

    mean, cv, size = CASES[family]
    days = process(family, mean_per_week=mean, cv=cv, order_size=size)
    u = np.random.default_rng(2).random((7, 100_000 if FULL else 60_000))
    weeks = days.increments(u).sum(axis=0)
    at = np.quantile(weeks, [0.2, 0.5, 0.9]) + 1e-6
    found = distribution_function(family, at, moments(mean, cv, size).at(np.zeros(3, dtype=int)))
    np.testing.assert_allclose(found, (weeks[:, None] <= at).mean(axis=0), atol=0.006)


def test_known_laws():
    one = np.array([0, 0])
    at = np.array([3.0, 7.5])
    of = moments(4.0, 1.2).at(one)
    size = 1 / (1.2**2 - 0.25)
    expected = stats.nbinom(size, size / (size + 4.0)).cdf([3, 7])
    np.testing.assert_allclose(distribution_function("negative_binomial", at, of), expected, rtol=1e-12)
    even = moments(10.0, (2.5 / 10.0) ** 0.5, 2.5).at(one)
    np.testing.assert_allclose(
        distribution_function("compound_poisson", at, even), stats.poisson(4.0).cdf([1, 3]), rtol=1e-9
    )
    below = distribution_function("gamma", np.array([-1.0, 0.0]), moments(4.0, 1.0).at(one))
    assert below.tolist() == [0.0, 0.0]


def by_hand(sample, cdf):
    """The definition, one threshold at a time."""
    values, counts = np.unique(sample, return_counts=True)
    total, n = 0.0, len(sample)
    edges = [values[0] / 2 if values[0] > 0 else -1e-9, *((values[1:] + values[:-1]) / 2)]
    for k, edge in enumerate(edges):
        below = counts[:k].sum() / n
        weight = (counts[k] + (counts[k - 1] if k else 0)) / (2 * n)
        total += weight * (below - cdf(edge)) ** 2
    return total


@pytest.mark.parametrize("sample", [[0, 0, 1, 3, 3, 3, 8], [1.5, 2.5, 2.5, 9.0], [0, 0, 0, 4], [2, 2, 2, 2]])
def test_the_distance_is_its_definition(sample):
    sample = np.array(sample, dtype=float)
    of = moments(sample.mean(), 0.7)
    law = stats.gamma(1 / 0.49, scale=sample.mean() * 0.49)
    found = distance("gamma", np.stack([sample, sample[::-1]]), of.at(np.array([0, 0])))
    np.testing.assert_allclose(found, by_hand(sample, law.cdf), rtol=1e-12)


def test_many_weeks_of_the_family_come_close_and_others_do_not():
    of = moments(10.0, 0.8)
    weeks = draw("gamma", np.random.default_rng(5), of, (1, 5000))[0]
    assert distance("gamma", weeks, of)[0] < 2e-4
    assert distance("normal", weeks, of)[0] > 2e-3


def test_demand_below_zero_tells_against_the_normal_family():
    weeks = np.array([[0.0, 0.0, 0.0, 0.0, 10.0, 10.0, 10.0, 10.0]])
    of = moments(5.0, 1.07)
    assert distance("normal", weeks, of)[0] > 1 / 16 * stats.norm.cdf(0, 5, 5.35) ** 2 > 0


@pytest.mark.parametrize(
    ("family", "moments_of", "answer"),
    [
        ("gamma", {"mean": 5.0, "cv": 3.0, "order_size": 1.0, "whole": False}, True),
        ("gamma", {"mean": 5.0, "cv": 0.0, "order_size": 1.0, "whole": False}, True),
        ("normal", {"mean": 5.0, "cv": 0.0, "order_size": 1.0, "whole": True}, False),
        ("poisson", {"mean": 4.0, "cv": 0.5, "order_size": 1.0, "whole": True}, True),
        ("poisson", {"mean": 4.0, "cv": 0.5, "order_size": 1.0, "whole": False}, False),
        ("negative_binomial", {"mean": 4.0, "cv": 0.5, "order_size": 1.0, "whole": True}, False),
        ("negative_binomial", {"mean": 4.0, "cv": 0.51, "order_size": 1.0, "whole": True}, True),
        ("negative_binomial", {"mean": 4.0, "cv": 0.51, "order_size": 1.0, "whole": False}, False),
        ("compound_poisson", {"mean": 4.0, "cv": 0.99, "order_size": 4.0, "whole": False}, False),
        ("compound_poisson", {"mean": 4.0, "cv": 1.0, "order_size": 4.0, "whole": False}, True),
        ("compound_poisson", {"mean": 400.0, "cv": 1.0, "order_size": 4.0, "whole": False}, False),
    ],
)
def test_what_families_admit(family, moments_of, answer):
    assert admissible(family, **moments_of) is answer


def test_the_dispersion_test_refuses_what_is_too_wide_or_too_even():
    rng = np.random.default_rng(1)
    assert poisson_dispersed(rng.poisson(3.0, 100).astype(float))
    assert not poisson_dispersed(2.0 * rng.poisson(3.0, 100))
    assert not poisson_dispersed(np.tile([3.0, 3.0, 3.0, 4.0], 25))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_p_value_is_that_of_all_replicates_where_few_are_as_far_and_of_as_many_as_tell_where_not(family, monkeypatch):
    of = moments(*CASES[family])
    again = []

    def drawn(*given):
        again.append(given[3][0])
        return draw(*given)

    monkeypatch.setattr(goodness, "draw", drawn)

    def value(observed, replicates, seed=3):
        again.clear()
        rng = np.random.default_rng(seed)
        return p_value(family, observed, of, weeks=52, rng=rng, replicates=replicates)

    # Nothing is as far as 10 and everything as far as 0.
    assert value(10.0, 99) == 1.0 / 100.0
    assert sum(again) == 99
    assert value(0.0, 99) == 1.0
    assert sum(again) < 20
    # In between as many are drawn as have ten as far, and the value is theirs.
    rng = np.random.default_rng(4)
    distances = goodness._distances(family, of, *draw(family, rng, of, (4000 if FULL else 1500, 52)))
    for share in (0.1, 0.3, 0.7):
        observed = float(np.quantile(distances, 1.0 - share))
        seeds = range(20 if FULL else 10)
        values, parts = zip(*((value(observed, 2000, seed), sum(again)) for seed in seeds), strict=True)
        assert np.mean(parts) == pytest.approx(10.0 / share + 5.0, rel=0.35)
        assert np.mean(values) == pytest.approx(share, rel=0.45)


@pytest.mark.parametrize("family", FAMILIES)
def test_p_values_are_even_where_the_family_is_right(family):
    """With 19 replicates a p-value of at most 0.1 has a chance of 2 in 20."""
    mean, cv, size = CASES[family]
    rejected = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        weeks, orders = draw(family, rng, moments(mean, cv, size), (1, 52))
        weeks = weeks[0]
        order_size = weeks.sum() / orders[0] if orders[0] else size
        of = moments(weeks.mean(), weeks.std(ddof=1) / weeks.mean(), order_size)
        if not admissible(family, mean=of.mean[0], cv=of.cv[0], order_size=order_size, whole=True):
            continue
        found = float(distance(family, weeks[None], of)[0])
        rejected += p_value(family, found, of, weeks=52, rng=rng, replicates=19) <= 0.1
    assert 2 <= rejected <= 20


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("share", [0.01, 0.05, 0.5, 0.95, 0.999])
def test_the_quantile_is_the_least_amount_that_reaches_the_share(family, share):
    of = moments(*CASES[family])
    x = quantile(family, of, share)
    step = 1.0 if family in ("poisson", "negative_binomial") else 1e-6
    at, before = (float(distribution_function(family, np.array([v]), of)[0]) for v in (x, x - step))
    assert at >= share - 1e-9
    assert before < share or x == 0.0


def test_the_range_of_rare_demand_starts_at_zero_and_holds_more_than_asked():
    low, high, probability = interval("poisson", moments(0.1, 10**0.5), 0.9)
    assert (low, high) == (0.0, 1.0)
    assert probability == pytest.approx(stats.poisson(0.1).cdf(1))
    low, high, probability = interval("gamma", moments(0.1, 6.0), 0.9, unit=1.0)
    assert low == 0.0
    assert probability > 0.95
