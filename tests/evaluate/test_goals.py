"""Goals in the user's words: the plan reaches them, and they have a price that no better plan has."""

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.decision.outcome import NoPlanError
from engine.decision.today import today_of
from engine.errors import EngineError
from engine.evaluate.studies.goals import Goal, reach, switches_of
from engine.report.files import read_plan
from engine.scenario.read import read_scenario
from tests.evidence import FULL
from tests.scenarios import make_scenario


@pytest.fixture(scope="module")
def case():
    return read_scenario("scenarios/tiny").with_settings(samples=60 if FULL else 20)


def test_a_goal_is_reached_and_priced(case) -> None:
    goal = Goal(inventory_below_today=0.2, on_time=0.9, most_switches=1)
    found = reach(case, goal)
    now = today_of(case, found.without.decisions["strategy"])
    assert found.plan.summary["inventory_value"] <= 0.8 * now.inventory_value + 0.01
    assert (found.plan.decisions["on_time"] >= 0.9 - 1e-6).all()
    assert found.price.switches <= 1 < found.price.switches_before
    assert found.price.cost_per_year == found.plan.objective_per_year - found.without.objective_per_year
    # A rule saves nothing beyond what the proof of the plan without it left open.
    assert found.price.cost_per_year >= -found.without.whole_gap * found.without.objective_per_year


def test_no_goal_changes_nothing(case) -> None:
    assert Goal().applied(case, today=1.0).digest() == case.digest()


def test_less_is_never_cheaper(case) -> None:
    costs = [reach(case, Goal(most_switches=most)).plan.objective_per_year for most in (0, 1, 2)]
    assert costs == sorted(costs, reverse=True)


def test_what_cannot_be_reached_names_the_rules_in_conflict(case) -> None:
    with pytest.raises(NoPlanError, match="inventory"):
        reach(case, Goal(inventory_below_today=1.0, on_time=0.99))


def test_without_strategies_of_today_there_is_no_today_to_hold_a_goal_to() -> None:
    with pytest.raises(EngineError, match="current_strategy"):
        reach(make_scenario(samples=30), Goal(inventory_below_today=0.2))


def test_the_command_tells_the_price_and_writes_the_plan(tmp_path) -> None:
    found = CliRunner().invoke(app, ["goal", "scenarios/tiny", "--switches", "1", "--out", str(tmp_path / "out")])
    assert found.exit_code == 0, found.output
    plan = read_plan(tmp_path / "out")
    assert f"{plan.objective_per_year:,.0f} EUR a year, without the goal" in found.stdout
    assert switches_of(plan) == 1
    assert "switches               1   without the goal 2" in found.stdout
    assert {"certainty", "regret_low_per_year"} <= set(plan.decisions)


def test_a_goal_out_of_reach_ends_with_3(tmp_path) -> None:
    asked = ["goal", "scenarios/tiny", "--inventory-below", "100", "--on-time", "99", "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code == 3
    assert "inventory" in found.stderr
    assert not (tmp_path / "out" / "decisions.csv").exists()
