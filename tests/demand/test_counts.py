"""Quantiles and tails of counts against the statistics library, which the engine does not wait for."""

import numpy as np
import pytest
from scipy import special, stats

from engine.demand.counts import (
    binomial_quantile,
    negative_binomial_quantile,
    negative_binomial_tail,
    poisson_quantile,
    poisson_tail,
)

COUNT = 4_000
EDGES = np.array([1e-15, 1e-9, 0.5, 1.0 - 1e-9, 1.0 - 1e-15])


def _drawn(seed: int = 1) -> tuple[np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.random(COUNT), np.repeat(EDGES, 40)]), rng


def test_poisson_is_that_of_the_library() -> None:
    u, rng = _drawn()
    mean = rng.gamma(0.5, 60.0, u.size) + 1e-6
    np.testing.assert_array_equal(poisson_quantile(u, mean), stats.poisson.ppf(u, mean))
    level = np.floor(rng.random(u.size) * 80.0) - 2.0
    np.testing.assert_allclose(poisson_tail(level, mean), stats.poisson.sf(level, mean), rtol=1e-12)


def test_negative_binomial_is_that_of_the_library() -> None:
    u, rng = _drawn(2)
    size, chance = rng.gamma(2.0, 3.0, u.size) + 1e-3, rng.uniform(0.02, 0.98, u.size)
    found, known = negative_binomial_quantile(u, size, chance), stats.nbinom.ppf(u, size, chance)
    np.testing.assert_array_equal(found[:COUNT], known[:COUNT])
    # Next to certainty the two round differently.
    np.testing.assert_allclose(found, known, rtol=0.1, atol=2.0)
    level = np.floor(rng.random(u.size) * 80.0) - 2.0
    found, known = negative_binomial_tail(level, size, chance), stats.nbinom.sf(level, size, chance)
    np.testing.assert_allclose(found, known, rtol=1e-11, atol=1e-300)


def test_binomial_is_that_of_the_library() -> None:
    u, rng = _drawn(3)
    trials, chance = np.floor(rng.gamma(0.5, 60.0, u.size)) + 1.0, rng.random(u.size)
    np.testing.assert_array_equal(binomial_quantile(u, trials, chance), stats.binom.ppf(u, trials, chance))


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_nothing_and_certainty_are_the_ends(probability) -> None:
    assert float(binomial_quantile(probability, 7.0, 0.3)) == (7.0 if probability else 0.0)
    assert float(poisson_quantile(probability, 3.0)) == (np.inf if probability else 0.0)
    assert float(negative_binomial_quantile(probability, 2.5, 0.3)) == (np.inf if probability else 0.0)


def test_a_step_reached_exactly_is_that_step() -> None:
    k = np.arange(8.0)
    np.testing.assert_array_equal(poisson_quantile(special.pdtr(k, 3.0), 3.0), k)
    np.testing.assert_array_equal(binomial_quantile(special.betaincc(k[:7] + 1.0, 7.0 - k[:7], 0.3), 7.0, 0.3), k[:7])


def test_special_functions_stand_for_the_distributions_elsewhere() -> None:
    u, rng = _drawn(4)
    a, b = rng.gamma(2.0, 30.0, u.size), rng.gamma(2.0, 30.0, u.size)
    freedom = rng.integers(1, 400, u.size)
    for found, known in (
        (special.ndtri(u), stats.norm.ppf(u)),
        (special.stdtrit(freedom, u), stats.t.ppf(u, freedom)),
        (special.betaincinv(a, b, u), stats.beta.ppf(u, a, b)),
        (special.gammaincinv(a, u) * b, stats.gamma.ppf(u, a, scale=b)),
        (special.gammaincc(a, a * u / b), stats.gamma.sf(a * u, a, scale=b)),
        (special.fdtrc(3, freedom, a), stats.f.sf(a, 3, freedom)),
    ):
        np.testing.assert_allclose(found, known, rtol=1e-12)
