"""Every setting and column is either of the world or a rule of the client's own."""

from dataclasses import replace

import pandas as pd
import pytest

from engine.scenario.rules import (
    COUPLING,
    RULE_COLUMNS,
    RULE_SETTINGS,
    changes,
    free_of,
    group_of,
    says_something,
    stated_rules,
    with_rules,
)
from engine.scenario.settings import Settings
from engine.ui.state.levers import LEVERS
from tests.scenarios import make_scenario

WORLD = {
    "capacity_bucket_days", "change_payback_years", "cost_timing", "demand", "holding_rate_per_year", "review_days",
}  # fmt: skip
PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}


def told(before, after) -> list[tuple[object, ...]]:
    return [(one.group, one.target, one.rows, one.before, one.after) for one in changes(before, after)]


def test_levers_stand_in_two_groups() -> None:
    rules = {lever.name for lever in LEVERS if lever.group == "rules"}
    assert rules == {"budget", "budget_weeks", "risk", "on_time", "switches"}


def test_every_setting_is_a_rule_or_of_the_world_or_says_nothing_of_the_business() -> None:
    """A setting added tomorrow is red here until somebody says which: today's strategies are not asked for rules."""
    of_business = {name for name in Settings.model_fields if says_something(name)}
    assert of_business - set(RULE_SETTINGS) == WORLD, "engine/scenario/rules.py, or WORLD of this test"


def test_free_of_rules_over_several_products_states_none() -> None:
    tied = make_scenario(
        [{"family": "A"}], inventory_budget=0.0, max_changes=0, one_strategy_per="family",
        limits={"few": {"strategy": "MTS", "at_most": 1}},
    )  # fmt: skip
    assert stated_rules(tied.settings) == list(COUPLING)
    assert stated_rules(tied.with_settings(**free_of()).settings) == []
    assert stated_rules(tied.with_settings(**free_of({"C7", "C6"})).settings) == ["C8", "C10", "C11"]


@pytest.mark.parametrize("name", RULE_SETTINGS)
def test_settings_that_are_rules_are_told_as_such(name: str) -> None:
    assert group_of(name) == "rules"


def test_changes_are_told_with_their_group_the_world_first() -> None:
    before = make_scenario([{}, {}], **PARTS)
    after = make_scenario(
        [{"demand_cv": 0.8, "on_time_target": 0.9}, {"demand_cv": 0.6}], **PARTS, holding_rate_per_year=0.3,
        inventory_budget=50.0, risk={"cvar_weight": 0.5},
    )  # fmt: skip
    assert told(before, before) == []
    assert told(before, after) == [
        ("world", "holding_rate_per_year", 0, before.settings.holding_rate_per_year, 0.3),
        ("world", "products.demand_cv", 2, 0.5, pytest.approx(0.7)),
        ("rules", "inventory_budget", 0, None, 50.0),
        ("rules", "risk.cvar_weight", 0, 0.0, 0.5),
        ("rules", "products.on_time_target", 1, None, 0.9),
    ]


def test_names_and_samples_are_no_change() -> None:
    scenario = make_scenario()
    assert told(scenario, scenario.with_settings(name="other", samples=7, seed=3)) == []


def test_the_world_of_one_under_the_rules_of_another() -> None:
    given = make_scenario([{}, {"on_time_target": 0.8}])
    moved = make_scenario([{"demand_cv": 0.9, "locked": "MTS"}, {"on_time_target": 0.95}], inventory_budget=9.0)
    found = with_rules(moved, given)
    assert found.products["demand_cv"].tolist() == [0.9, 0.5]
    assert found.settings.inventory_budget is None
    assert set(RULE_COLUMNS) <= set(given.products)
    for column in RULE_COLUMNS:
        pd.testing.assert_series_equal(found.products[column], given.products[column])
    assert changes(moved, with_rules(moved, moved)) == []


def test_products_that_the_other_does_not_have_keep_their_rules() -> None:
    given = make_scenario([{}])
    moved = replace(given, products=given.products.assign(product=["NEW"], locked=["MTO"]))
    assert with_rules(moved, given).products["locked"].tolist() == ["MTO"]
