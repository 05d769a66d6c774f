"""What comes of its own order before a unit that falls due: late units are the derivative of the mean shortage."""

import numpy as np
import pytest
from scipy import stats

from engine.demand.distributions import Gamma, Normal, Poisson
from engine.demand.own_order import own_order
from engine.demand.paths import sample_paths
from engine.demand.streams import uniforms
from tests.evidence import covering

SAMPLES, DAYS, WEEK = 200_000, 9.0, 7.0


def normal_short(made, level, days):
    mean, sd = made.mean_per_week * days / WEEK, made.cv * made.mean_per_week * (days / WEEK) ** 0.5
    z = (level - mean) / sd
    return sd * (stats.norm.pdf(z) - z * stats.norm.sf(z))


def gamma_short(made, level, days):
    a, scale = days / WEEK / made.cv**2, made.mean_per_week * made.cv**2
    return a * scale * stats.gamma.sf(level, a + 1.0, scale=scale) - level * stats.gamma.sf(level, a, scale=scale)


def poisson_short(made, level, days):
    k = np.arange(200)
    return (np.maximum(k - level, 0.0) * stats.poisson.pmf(k, made.mean_per_week * days / WEEK)).sum()


KINDS = [
    (Normal(mean_per_week=7.0, cv=0.32), normal_short),
    (Gamma(mean_per_week=7.0, cv=0.8), gamma_short),
    (Poisson(mean_per_week=7.0), poisson_short),
]


@pytest.mark.parametrize(("kind", "service"), covering(KINDS, [0.8, 0.95, 0.99]))
def test_late_units_are_the_derivative_of_the_mean_shortage(kind, service):
    made, short = kind
    demand = sample_paths(made, seed=4, key="A", days=DAYS, samples=SAMPLES).window(np.full(SAMPLES, DAYS))
    level = float(np.floor(np.quantile(demand, service)))
    place = uniforms(4, "place", "A", 1, SAMPLES)[0]
    unit = own_order(made, place, uniforms(4, "size", "A", 1, SAMPLES)[0])
    late = (demand + unit > level).mean()
    exact = (short(made, level, DAYS + 0.01) - short(made, level, DAYS - 0.01)) / 0.02 / (made.mean_per_week / WEEK)
    assert late == pytest.approx(exact, rel=0.04)
