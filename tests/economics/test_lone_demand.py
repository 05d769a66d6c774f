"""Tails and losses of many windows at once: the same as of one window by plain formulae, and what SciPy has of them."""

import numpy as np
import pytest
from scipy import integrate, stats

from engine.economics.lone.demand import FAMILIES, Before, demands
from engine.economics.lone.early import early_units
from engine.economics.optima.losses import WindowDemand
from tests.evidence import covering

# Products that ask for little, much and hardly anything; windows down to none at all.
MEAN, SQUARE = np.array([0.4, 6.0, 0.02]), np.array([1.3, 9.0, 0.5])
DAYS = np.array([[0.0, 0.0, 0.0], [0.5, 0.2, 1.0], [3.0, 4.0, 2.0], [30.0, 25.0, 9.0]])
LEVELS = (-5.0, -1.0, 0.0, 1.0, 2.0, 7.0, 24.0, 160.0)


def both(family):
    """The windows at once, and one by one."""
    variance = MEAN if family == "poisson" else SQUARE
    found = demands(family, mean_per_day=MEAN, variance_per_day=variance, days=DAYS)
    mean, spread = MEAN * DAYS, np.sqrt(variance * DAYS)
    spread = np.where(mean > 0.0, spread, 1.0)
    return found, WindowDemand(family=family, mean=mean, sd=spread)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("level", LEVELS)
def test_windows_at_once_are_windows_one_by_one(family, level):
    found, one = both(family)
    assert found.integer == one.integer
    levels = np.full(3, level)
    above, at = found.tail(levels)
    np.testing.assert_allclose(above, one.above(level), rtol=1e-9, atol=1e-300)
    loss, also = found.loss(levels)
    np.testing.assert_array_equal(also, above)
    # What is left of sums that cancel is no more exact than their parts.
    rough = 1e-11 * (1.0 + level**2)
    np.testing.assert_allclose(loss, one.loss(level), rtol=1e-9, atol=rough)
    np.testing.assert_allclose(found.loss2(levels), one.loss2(level), rtol=1e-8, atol=10.0 * rough)
    if found.integer:
        np.testing.assert_allclose(at, above_less(one, level), rtol=1e-7, atol=1e-13)
    elif level not in (0.0, -1.0):
        step = 1e-5 * max(abs(level), 1.0)
        slope = (one.above(level - step) - one.above(level + step)) / (2.0 * step)
        np.testing.assert_allclose(at, slope, rtol=1e-5, atol=1e-9)


def above_less(one, level):
    """P(D = s) of whole units; none of windows that ask for nothing."""
    return np.where(one.mean > 0.0, one.above(level - 1.0) - one.above(level), 0.0)


@pytest.mark.parametrize("family", FAMILIES)
def test_some_products_and_some_windows_are_those_of_all(family):
    found, _ = both(family)
    levels = np.array([1.0, 20.0, 0.0])
    of_all = found.loss(levels)[0], found.loss2(levels), found.tail(levels)[0]
    some, which = found.windows(slice(1, 3)).take(np.array([2, 1])), levels[[2, 1]]
    for one, whole in zip((some.loss(which)[0], some.loss2(which), some.tail(which)[0]), of_all, strict=True):
        np.testing.assert_array_equal(one, whole[1:3][:, [2, 1]])


@pytest.mark.parametrize("shape", [0.3, 2.0, 40.0])
def test_thin_tails_of_gamma_demand_keep_their_digits(shape):
    """1 - gammainc has no digits left where the tail is 1e-12; the law itself has."""
    law = stats.gamma(shape, scale=2.0)
    found = demands(
        "gamma", mean_per_day=np.array([2.0 * shape]), variance_per_day=np.array([4.0 * shape]), days=np.ones((1, 1))
    )
    for tail in (1e-3, 1e-5, 1e-7, 1e-12, 1e-30):
        assert found.tail(law.isf(np.array([tail])))[0][0, 0] == pytest.approx(tail, rel=1e-9)


@pytest.mark.parametrize(("family", "level"), covering(FAMILIES, [-40.0, -9.0, -2.0, -1.0, 0.0, 3.0]))
def test_what_came_before_it_falls_due_fills_a_level_below_zero(family, level):
    """E(-D - s)+, P(-D > s), and the sum or integral of the first from the level on."""
    found, _ = both(family)
    loss, above = Before(demands=found).loss(np.full(3, level))
    second = Before(demands=found).loss2(np.full(3, level))
    whole = found.integer
    for w, i in ((1, 0), (2, 0), (2, 1), (3, 1)):
        mean, variance = MEAN[i] * DAYS[w, i], (MEAN if family == "poisson" else SQUARE)[i] * DAYS[w, i]
        law = {
            "gamma": lambda m, v: stats.gamma(m**2 / v, scale=v / m),
            "normal": lambda m, v: stats.norm(m, np.sqrt(v)),
            "poisson": lambda m, _: stats.poisson(m),
            "negative_binomial": lambda m, v: stats.nbinom(m**2 / (v - m), m / v),
        }[family](mean, variance)
        assert above[w, i] == pytest.approx(law.cdf(-level - 1.0 if whole else -level), abs=1e-9)
        if whole:
            units = np.arange(0, 200)
            z = np.maximum(-level - units, 0.0)
            assert loss[w, i] == pytest.approx((law.pmf(units) * z).sum(), rel=1e-9, abs=1e-9)
            assert second[w, i] == pytest.approx((law.pmf(units) * z * (z + 1.0)).sum() / 2.0, rel=1e-9, abs=1e-8)
        else:
            bottom = 0.0 if family == "gamma" else mean - 12.0 * np.sqrt(variance)
            for power, value in ((1, loss), (2, second)):
                expected = 0.0
                if -level > bottom:
                    # By parts: the mean of (y - D)^n is n times the integral of (y - x)^(n - 1) P(D < x).
                    expected = integrate.quad(
                        lambda x, n=power, law=law: (-level - x) ** (n - 1) * law.cdf(x), bottom, -level, limit=400
                    )[0]
                assert value[w, i] == pytest.approx(expected, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("review", [0.0, 3.0, 7.0])
@pytest.mark.parametrize("cv", [0.2, 0.9])
def test_goods_that_come_early_are_a_mean_over_lead_times(cv, review):
    """l E min((L' - X)+, R)^2 / (2 R), by numerical integration over the gamma lead time X."""
    lead, waits = 10.0, np.array([-2.0, 0.0, 4.0, 11.0, 60.0])
    found = early_units(np.full(5, 3.0), np.full(5, lead), np.full(5, cv), waits, review)
    law = stats.gamma(1.0 / cv**2, scale=lead * cv**2)
    for wait, units in zip(waits, found, strict=True):
        if review == 0.0 or wait <= 0.0:
            assert units == 0.0
            continue
        cut = max(wait - review, 0.0)
        near = integrate.quad(lambda x, wait=wait: (wait - x) ** 2 * law.pdf(x), cut, wait, limit=200)[0]
        assert units == pytest.approx(3.0 * (review**2 * law.cdf(cut) + near) / (2.0 * review), rel=1e-6)
    fixed = early_units(np.full(5, 3.0), np.array([10.0, 10.0, 10.0, 10.0, 0.0]), np.full(5, 0.0), waits, 7.0)
    np.testing.assert_allclose(fixed, 3.0 * np.clip(waits - [10, 10, 10, 10, 0], 0.0, 7.0) ** 2 / 14.0)
