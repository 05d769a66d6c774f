from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from engine.economics.optima.closed_form import backlog, newsvendor, stock_performance
from engine.economics.optima.losses import WindowDemand, window_demand

FAMILIES = ("gamma", "normal", "poisson", "negative_binomial")
families = st.sampled_from(FAMILIES)
means = st.floats(0.05, 60.0)
spreads = st.floats(0.1, 2.0)
levels = st.floats(-20.0, 120.0)


def demand(family, mean, spread):
    """Demand with this CV, or for negative binomial demand one it can have."""
    sd = mean * spread
    if family == "negative_binomial":
        sd = (mean + sd**2) ** 0.5
    return WindowDemand(family=family, mean=np.array(mean), sd=np.array(sd))


@given(family=families, mean=means, spread=spreads, level=levels)
def test_losses_are_the_sums_and_integrals_of_tails(family, mean, spread, level):
    """E(D - s)+ adds up P(D > y) from s on, and the second-order loss adds up the first."""
    one = demand(family, mean, spread)
    top = float(one.quantile(1 - 1e-13)) + 5
    if one.integer:
        level = np.floor(level)
        ladder = np.arange(level, max(level, top) + 1)
        tail, loss = one.above(ladder).sum(), one.loss(ladder).sum()
    else:
        cuts = [0.0, mean, *(float(one.quantile(p)) for p in (1e-6, 0.01, 0.2, 0.8, 0.99, 1 - 1e-6))]
        cuts = sorted({level, max(level, top), *(cut for cut in cuts if level < cut < top)})
        pieces = list(pairwise(cuts))
        tail = sum(integrate.quad(lambda y: float(one.above(y)), a, b, epsabs=1e-11)[0] for a, b in pieces)
        loss = sum(integrate.quad(lambda y: float(one.loss(y)), a, b, epsabs=1e-11)[0] for a, b in pieces)
    assert float(one.loss(level)) == pytest.approx(tail, rel=1e-6, abs=1e-7)
    assert float(one.loss2(level)) == pytest.approx(loss, rel=1e-6, abs=1e-6)


@given(family=families, mean=means, spread=spreads, ratio=st.floats(0.05, 0.99))
def test_the_newsvendor_level_is_the_least_cost(family, mean, spread, ratio):
    one = demand(family, mean, spread)
    best = newsvendor(one, holding=1 - ratio, late=ratio)
    for step in (-5, -1, 1, 5):
        other = best.level + (step if one.integer else step * 0.01 * mean)
        if other >= 0 or family == "normal":
            cost = (1 - ratio) * (other - mean) + float(one.loss(other))
            assert cost >= best.cost - 1e-9 * (1 + abs(cost))


@given(family=families, mean=means, spread=spreads, level=st.integers(-10, 80), batch=st.integers(1, 15))
def test_a_batch_averages_over_the_positions(family, mean, spread, level, batch):
    one = demand(family, mean, spread)
    if one.integer:
        positions = level + np.arange(1, batch + 1)
        average = one.loss(positions).mean()
    else:
        nodes, weights = np.polynomial.legendre.leggauss(200)
        average = (one.loss(level + batch * (nodes + 1) / 2) * weights).sum() / 2
    assert float(backlog(one, level=level, batch=batch)) == pytest.approx(average, rel=1e-4, abs=1e-6)


@given(family=families, level=st.integers(0, 40), batch=st.sampled_from([0, 8]), wait=st.floats(0, 25))
def test_the_average_over_the_review_instant_is_an_integral(family, level, batch, wait):
    case = {"mean_per_week": 9.0, "cv": 0.9, "level": level, "batch": batch}
    found = stock_performance(family, **case, lead_time_days=10, review_days=7, wait_days=wait)
    at = (np.arange(2000) + 0.5) / 2000 * 7
    window = np.maximum(10 + at - wait, 0)
    days = window_demand(family, mean_per_week=9.0, cv=0.9, days=window)
    short = backlog(days, level=level, batch=batch).mean()
    assert float(found.backlog) == pytest.approx(short, rel=1e-3, abs=1e-4)
    extra = (batch + days.integer) / 2 if batch else 0
    # What falls due within so many days has come already; ordered a review earlier than needed is nothing.
    extra += 9 / 7 * np.maximum(np.clip(wait - 10, 0, 7) - at, 0).mean()
    assert float(found.on_hand) == pytest.approx(short + level + extra - 9 / 7 * window.mean(), rel=1e-3, abs=1e-3)


def test_everything_is_vectorised_over_products():
    means = np.array([5.0, 20.0, 80.0])
    many = stock_performance("gamma", mean_per_week=means, cv=0.7, lead_time_days=10, level=2 * means, review_days=7)
    for k, mean in enumerate(means):
        one = stock_performance("gamma", mean_per_week=mean, cv=0.7, lead_time_days=10, level=2 * mean, review_days=7)
        assert many.on_hand[k] == pytest.approx(float(one.on_hand))
        assert many.type_2[k] == pytest.approx(float(one.type_2))


@pytest.mark.parametrize("family", FAMILIES)
def test_no_demand_needs_no_stock(family):
    none = WindowDemand(family=family, mean=np.array(0.0), sd=np.array(0.0))
    assert float(none.quantile(0.95)) == 0.0
    assert float(none.above(0.0)) == 0.0
    assert float(none.loss(0.0)) == 0.0
    assert float(none.loss(-2.0)) == 2.0
    # The integral of 2 - y, or 2 + 1.
    assert float(none.loss2(-2.0)) == (3.0 if none.integer else 2.0)
