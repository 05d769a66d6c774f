import numpy as np
import pytest

from engine.demand.book.history import History
from engine.demand.fitting.complete import complete
from engine.demand.fitting.gaps import sells_in_season, suspected_runs
from engine.demand.fitting.stationary import stationary
from tests.demand.test_cases import book, weekly


def runs(weeks):
    return [(run.start, run.stop) for run in suspected_runs(np.array(weeks, dtype=float))]


def test_a_long_run_of_a_fast_product_is_suspected_and_a_short_one_is_not():
    weeks = np.full(104, 5.0)
    weeks[40:46] = 0.0
    assert runs(weeks) == [(40, 46)]
    weeks[43:46] = 5.0
    assert runs(weeks) == [(40, 43)]
    weeks[42] = 5.0
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


@pytest.mark.parametrize("few", [4, 8, 12])
@pytest.mark.parametrize("years", [1, 2, 3])
def test_what_sells_in_a_few_weeks_a_year_has_the_mean_of_a_year(few, years):
    """A book that begins and ends with the season shows it once too often."""
    season = np.full(few, 200.0)
    weeks = np.concatenate([*[np.append(season, np.zeros(52 - few))] * years, season])
    assert runs(weeks) == []
    found = stationary(History(product="P", weeks=weeks))
    assert found.level.now == pytest.approx(200.0 * few / 52.0, rel=0.05)
    assert found.level.now < 0.85 * weeks.mean()


def test_a_pause_that_other_years_do_not_have_is_no_season():
    weeks = np.full(156, 8.0)
    weeks[60:100] = 0.0
    assert runs(weeks) == [(60, 100)]
    # Nor is one of less than half a year that is known once only.
    weeks = np.full(80, 8.0)
    weeks[30:50] = 0.0
    assert runs(weeks) == [(30, 50)]
    assert not sells_in_season(weeks)


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.7])
def test_slow_products_are_hardly_ever_taken_for_seasonal_ones(rate):
    rng = np.random.default_rng(6)
    assert sum(sells_in_season(rng.poisson(rate, 80).astype(float)) for _ in range(500)) <= 2


def test_a_season_known_once_is_told(tmp_path):
    units = np.concatenate([np.full(10, 200), np.zeros(42, dtype=int), np.full(10, 200)])
    lines = [line for line in weekly(units) if line[2]] + weekly(np.full(62, 8), "B", "c2")
    scenario = book(tmp_path / "s", lines, "AB")
    told = next(one for one in complete(scenario).notices if one.kind == "season_once")
    assert told.product == "A"
    assert told.values["level"] == pytest.approx(2000 / 52, rel=0.01)
