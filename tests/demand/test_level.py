"""The level now, against known processes."""

import numpy as np
import pytest

from engine.demand.fitting.level import level_of


def kinds(draw, count=60, weeks=156):
    found = [level_of(draw(np.random.default_rng(k)), np.arange(weeks)) for k in range(count)]
    return [one.kind for one in found], np.array([one.now for one in found])


def test_stationary_demand_keeps_the_mean_of_all_weeks():
    for draw in (
        lambda rng: rng.gamma(1 / 0.36, 0.36 * 40, 156),
        lambda rng: rng.negative_binomial(1.2, 1.2 / 5.2, 156).astype(float),
        lambda rng: rng.poisson(0.4, 156).astype(float),
    ):
        names, _ = kinds(draw, count=150)
        assert names.count("flat") >= 147


def test_a_straight_trend_is_known_at_its_end():
    names, now = kinds(lambda rng: rng.gamma(1 / 0.09, 0.09 * np.linspace(20, 60, 156)))
    assert names.count("trend") >= 50
    # The weighted line is unbiased, with the standard error of the information that the weeks hold (3.8%).
    assert now.mean() == pytest.approx(60, rel=0.025)
    assert np.sqrt(np.mean((now / 60 - 1) ** 2)) < 0.06


def test_a_step_is_followed():
    names, now = kinds(lambda rng: rng.gamma(25, np.repeat([1.0, 2.0], 78) * 0.04 * 30, 156))
    assert "flat" not in names
    assert np.median(now) > 54


def test_a_line_without_noise_is_exact():
    weeks = np.linspace(10.0, 70.0, 121)
    found = level_of(weeks, np.arange(121))
    assert (found.kind, found.now) == ("trend", pytest.approx(70.0))


def test_gaps_keep_their_place_on_the_line():
    place = np.r_[0:50, 80:150]
    found = level_of(10.0 + 0.5 * place, place)
    assert found.now == pytest.approx(10.0 + 0.5 * 149)


def test_months_are_judged_at_months():
    found = level_of(np.linspace(100.0, 340.0, 48), np.arange(48), bucket_weeks=365.25 / 12 / 7)
    assert (found.kind, found.now) == ("trend", pytest.approx(340.0))


@pytest.mark.parametrize("weeks", [np.zeros(0), np.zeros(100), np.arange(30.0), np.eye(1, 100, 50).ravel()])
def test_with_too_little_to_go_by_the_mean_stays(weeks):
    found = level_of(weeks, np.arange(len(weeks)))
    assert found.kind == "flat"
    assert found.now == (weeks.mean() if len(weeks) else 0.0)
