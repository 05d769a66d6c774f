import numpy as np
import pytest

from engine.demand.fitting.gaps import suspected_runs


def runs(weeks):
    return [(run.start, run.stop) for run in suspected_runs(np.array(weeks, dtype=float))]


def test_a_long_run_of_a_fast_product_is_suspected_and_a_short_one_is_not():
    weeks = np.full(104, 5.0)
    weeks[40:46] = 0.0
    assert runs(weeks) == [(40, 46)]
    weeks[43:46] = 5.0
    assert runs(weeks) == []


def test_two_stock_outs_are_both_found():
    weeks = np.random.default_rng(1).poisson(6.0, 156).astype(float)
    weeks[20:30], weeks[90:99] = 0.0, 0.0
    assert runs(weeks) == [(20, 30), (90, 99)]


def test_a_run_that_comes_again_every_year_is_a_season():
    weeks = np.tile(np.concatenate([np.zeros(16), np.full(36, 8.0)]), 3)
    assert runs(weeks[16:]) == []


def test_slow_products_have_long_runs():
    rng = np.random.default_rng(3)
    found = sum(bool(runs((rng.random(156) < 0.2) * 1.0)) for _ in range(300))
    assert found <= 2


@pytest.mark.parametrize("rate", [0.7, 2.0, 6.0])
def test_stationary_demand_is_hardly_ever_suspected(rate):
    rng = np.random.default_rng(4)
    found = sum(bool(runs(rng.poisson(rate, 156))) for _ in range(1000))
    # The chance is bounded by 1 in 1,000 for each history.
    assert found <= 5


def test_weeks_that_do_not_count_end_a_run():
    weeks = np.full(60, 5.0)
    weeks[20:23], weeks[23:30], weeks[30:33] = 0.0, np.nan, 0.0
    assert runs(weeks) == []
