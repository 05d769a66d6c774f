"""Levers change what they say, nothing else."""

import pytest

from engine.errors import ScenarioError
from engine.evaluate.studies.goals import Goal
from engine.ui.state.goals import levers_for
from engine.ui.state.levers import (
    BY_NAME,
    LEVERS,
    NO_LIMIT_WEEKS,
    LeverState,
    LockLever,
    based,
    changed,
    highest,
    levers_of,
    neutral,
)
from engine.ui.state.link import from_query, to_query
from tests.scenarios import make_scenario

PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}
MACHINE = {
    "resources": [{"resource": "R", "hours_per_week": 40}],
    "routing": [{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 1}],
}


def moved(**positions: float) -> LeverState:
    return LeverState(scenario="case", moved=tuple(positions.items()))


def names(scenario) -> list[str]:
    return [lever.name for lever in levers_of(scenario)]


def test_nothing_moved_is_the_scenario_itself() -> None:
    scenario = make_scenario(**PARTS)
    assert changed(scenario, moved()).digest() == scenario.digest()


def test_each_lever_reaches_its_column() -> None:
    scenario = make_scenario(**PARTS, **MACHINE, inventory_budget=1000.0)
    result = changed(
        scenario,
        moved(holding_rate=40.0, demand_cv=150.0, lead_time_target=200.0, late_cost=50.0, capacity=75.0, budget=90.0),
    )
    product = result.products.iloc[0]
    assert result.settings.holding_rate_per_year == pytest.approx(0.4)
    assert product["demand_cv"] == pytest.approx(0.75)
    assert product["lead_time_target_days"] == pytest.approx(10.0)
    assert product["late_cost_per_unit_day"] == pytest.approx(0.5)
    assert result.resources["hours_per_week"].tolist() == pytest.approx([30.0])
    assert result.settings.inventory_budget == pytest.approx(900.0)
    assert scenario.products["demand_cv"].tolist() == [0.5], "the scenario given stays as it was"


def test_only_levers_that_would_change_something_are_offered() -> None:
    shares = ["demand_cv", "lead_time_target", "lead_time_days", "late_cost", "on_time"]
    assert names(make_scenario(**PARTS)) == ["holding_rate", "budget_weeks", "risk", *shares]
    full = names(make_scenario([{"current_strategy": "MTS"}], **PARTS, **MACHINE, inventory_budget=5.0))
    assert full == [lever.name for lever in LEVERS if lever.name != "budget_weeks"]
    target_only = make_scenario([{"late_cost_per_unit_day": None, "on_time_target": 0.9}])
    assert "late_cost" not in names(target_only)


def test_poisson_demand_keeps_its_own_variability() -> None:
    poisson = {"distribution": "poisson", "demand_per_week": 4.0, "demand_cv": 0.5}
    scenario = make_scenario([poisson, {}])
    assert changed(scenario, moved(demand_cv=200.0)).products["demand_cv"].tolist() == [0.5, 1.0]
    assert "demand_cv" not in names(make_scenario([poisson]))


def test_values_that_a_scenario_cannot_have_are_told() -> None:
    near_poisson = {"distribution": "negative_binomial", "demand_per_week": 4.0, "demand_cv": 0.6}
    with pytest.raises(ScenarioError, match="demand_cv"):
        changed(make_scenario([near_poisson]), moved(demand_cv=50.0))


def test_the_neutral_holding_rate_is_written_as_people_write_it() -> None:
    assert neutral(LEVERS[0], make_scenario(holding_rate_per_year=0.29)) == 29.0


def test_named_what_ifs_do_not_stand_in_the_way() -> None:
    scenario = make_scenario(variants={"double": {"scale": {"demand_cv": 2.0}}})
    assert changed(scenario, moved()).settings.variants == {}


def test_one_family_alone_is_changed() -> None:
    scenario = make_scenario([{"family": "A"}, {"family": "B", "on_time_target": 0.95}], **PARTS)
    what_if = LeverState(
        scenario="case", family="B", moved=(("demand_cv", 200.0), ("lead_time_target", 50.0), ("late_cost", 300.0))
    )
    products = changed(scenario, what_if).products
    assert products["demand_cv"].tolist() == [0.5, 1.0]
    assert products["lead_time_target_days"].tolist() == [5.0, 2.5]
    assert products["late_cost_per_unit_day"].tolist() == [1.0, 3.0]


def test_the_on_time_lever_raises_what_is_below_and_leaves_what_is_above() -> None:
    scenario = make_scenario([{"on_time_target": 0.98}, {}], **PARTS)
    lever = BY_NAME["on_time"]
    assert neutral(lever, scenario) == 0.0
    assert changed(scenario, moved(on_time=90.0)).products["on_time_target"].tolist() == [0.98, 0.9]


def test_a_budget_that_is_not_given_is_set_in_weeks_of_sales() -> None:
    scenario = make_scenario(**PARTS)
    assert changed(scenario, moved(budget_weeks=2.0)).settings.inventory_budget == pytest.approx(2.0 * 10.0 * 100.0)
    assert neutral(BY_NAME["budget_weeks"], scenario) == NO_LIMIT_WEEKS


def test_risk_aversion_is_a_weight() -> None:
    assert changed(make_scenario(**PARTS), moved(risk=25.0)).settings.risk.cvar_weight == pytest.approx(0.25)


def test_locks_keep_a_product_at_a_strategy_and_refuse_what_cannot_be() -> None:
    scenario = make_scenario([{}, {"allowed": "MTS|MTO"}], **PARTS)
    lock = LockLever(product="P2", strategy="MTO", reason="")
    assert changed(scenario, LeverState(scenario="case", locks=(lock,))).products["locked"].tolist() == ["", "MTO"]
    with pytest.raises(ScenarioError, match="not in allowed"):
        changed(scenario, LeverState(scenario="case", locks=(LockLever(product="P2", strategy="ATO", reason=""),)))


def test_a_variant_is_where_the_levers_start_from() -> None:
    scenario = make_scenario(variants={"double": {"scale": {"demand_cv": 2.0}}})
    what_if = LeverState(scenario="case", variant="double", moved=(("demand_cv", 50.0),))
    assert changed(based(scenario, what_if), what_if).products["demand_cv"].tolist() == [0.5]


def test_the_lead_time_target_moves_by_days_too_and_never_below_delivery() -> None:
    scenario = make_scenario([{"lead_time_target_days": 9.0, "delivery_days": 2.0}, {"family": "B"}], **PARTS)
    assert changed(scenario, moved(lead_time_days=-5.0)).products["lead_time_target_days"].tolist() == [4.0, 0.0]
    assert changed(scenario, moved(lead_time_days=-8.0)).products["lead_time_target_days"].tolist() == [2.0, 0.0]
    of_family = LeverState(scenario="case", family="B", moved=(("lead_time_days", 3.0),))
    assert changed(scenario, of_family).products["lead_time_target_days"].tolist() == [9.0, 8.0]


def test_as_many_switches_as_there_are_products_is_no_limit() -> None:
    scenario = make_scenario([{"current_strategy": "MTS"}, {"current_strategy": "MTO"}, {}], **PARTS)
    assert neutral(BY_NAME["switches"], scenario) == 2.0
    assert changed(scenario, moved(switches=1.0)).settings.max_changes == 1
    assert changed(scenario, moved(switches=2.0)).settings.max_changes is None
    given = scenario.with_settings(max_changes=1)
    assert (neutral(BY_NAME["switches"], given), highest(BY_NAME["switches"], given)) == (1.0, 2.0)


@pytest.mark.parametrize("budget", [None, 1234.5])
def test_a_goal_adopted_is_the_goal(budget: float | None) -> None:
    goods = [{"current_strategy": "MTS"}, {"current_strategy": "MTO", "on_time_target": 0.97}]
    scenario = make_scenario(goods, **PARTS, inventory_budget=budget)
    goal = Goal(inventory_below_today=0.2, on_time=0.95, most_switches=1)
    before = LeverState(scenario="case", moved=(("holding_rate", 30.0), ("on_time", 50.0)))
    target = levers_for(goal, before, scenario, today=987.65)
    adopted = changed(scenario, target)
    wanted = goal.applied(changed(scenario, LeverState(scenario="case", moved=before.moved[:1])), today=987.65)
    assert adopted.settings.inventory_budget == pytest.approx(0.8 * 987.65, abs=0.005)
    assert adopted.settings.max_changes == wanted.settings.max_changes == 1
    assert adopted.products["on_time_target"].tolist() == wanted.products["on_time_target"].tolist() == [0.95, 0.97]
    assert adopted.settings.holding_rate_per_year == pytest.approx(0.3), "the other levers stay"
    assert levers_for(Goal(), before, scenario, today=1.0) == before
    read_back = from_query(to_query(target, (), scenario)).what_if
    assert dict(target.moved).items() <= dict(read_back.moved).items(), "a link says it to the last digit"
