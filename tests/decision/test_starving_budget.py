"""A budget that starves all stocks: what is called solved is proven, and the same as the extensive form."""

import pytest

from engine.decision.outcome import Solved
from engine.decision.solve import solve
from engine.scenario.read import read_scenario


@pytest.mark.parametrize("budget", [0.0, 1.0, 4000.0])
def test_solved_means_proven_under_a_starving_budget(budget):
    scenario = read_scenario("scenarios/tiny").with_settings(inventory_budget=budget)
    outcome = solve(scenario, samples=100)
    assert isinstance(outcome, Solved)
    assert outcome.plan.gap <= 1e-3
    whole = solve(scenario, samples=100, extensive=True)
    assert isinstance(whole, Solved)
    assert outcome.plan.objective_per_year == pytest.approx(whole.plan.objective_per_year, rel=1e-3)


def test_a_move_that_the_change_limit_forbids_is_told_as_such():
    scenario = read_scenario("scenarios/tiny").with_settings(max_changes=0)
    outcome = solve(scenario, samples=60)
    assert isinstance(outcome, Solved)
    chair = outcome.plan.decisions.set_index("product").loc["CHAIR"]
    assert "a year less, but max_changes leaves no room for it" in chair["reason"]
    assert chair["regret_per_year"] < 0.0
