"""Seasons that fall faster than stock is used up are told; those that stocks can follow are not."""

import numpy as np
import pytest

from engine import solve
from engine.economics.exposure.steep import left_over, steep_seasons
from tests.scenarios import make_scenario


def seasonal(factors, **product):
    seasons = [{"product": "P1", "period": k + 1, "factor": factor} for k, factor in enumerate(factors)]
    row = {"product": "P1", "demand_per_week": 10, "make_days": 10, "lead_time_target_days": 5, **product}
    return make_scenario(products=[row], seasons=seasons, samples=300)


def wave(height):
    return [1.0 + height * np.sin(2.0 * np.pi * (k + 0.5) / 52) for k in range(52)]


@pytest.mark.parametrize("factors", [[0] * 10 + [6, 6], [0] * 44 + [6.5] * 8, [0] * 51 + [52], [0, 0, 2, 2]])
def test_a_season_that_ends_at_once_leaves_its_safety_stock(factors):
    (notice,) = steep_seasons(seasonal(factors))
    assert (notice.kind, notice.product) == ("season_steep", "P1")
    assert notice.values["weeks"] > 0.2


@pytest.mark.parametrize("factors", [wave(0.5), wave(0.8), [0.2, 0.6, 1.4, 1.8], [1, 1, 1, 1]])
def test_a_season_that_demand_follows_down_is_not_told(factors):
    assert steep_seasons(seasonal(factors)) == ()


def test_a_wave_is_not_told_at_long_lead_times():
    assert steep_seasons(seasonal(wave(0.8), make_days=120)) == ()


def test_what_is_left_over_lies_there_until_demand_takes_it():
    level, demand = np.zeros(52), np.zeros(52)
    level[:4], demand[:4], demand[30] = 12.0, 5.0, 3.0
    over = left_over(level, demand)
    assert over[[0, 3, 4, 30, 31, 51]].tolist() == [0.0, 0.0, 7.0, 7.0, 4.0, 4.0]


def test_a_plan_says_that_its_promise_is_too_low():
    plan = solve(seasonal([0] * 10 + [6, 6])).plan
    assert [one["kind"] for one in plan.summary["warnings"]] == ["season_steep"]
    assert not solve(seasonal(wave(0.5))).plan.summary["warnings"]


def test_parts_are_told_with_all_that_is_assembled_from_them():
    products = [{"product": name, "demand_per_week": 10, "make_days": 30, "locked": "ATO"} for name in ("P1", "P2")]
    seasons = [{"product": "P1", "period": k + 1, "factor": factor} for k, factor in enumerate([0] * 10 + [6, 6])]
    parts = [{"component": "C1", "lead_time_days": 20}]
    told = steep_seasons(make_scenario(products=products[:1], components=parts, bom={"P1": {"C1": 1}}, seasons=seasons))
    assert "C1" in [notice.product for notice in told]
    # A product that sells all year takes what is left over.
    both = make_scenario(products=products, components=parts, bom={"P1": {"C1": 1}, "P2": {"C1": 1}}, seasons=seasons)
    assert "C1" not in [notice.product for notice in steep_seasons(both)]
