"""What is typed moves the levers; a goal tells its price and is adopted exactly."""

import pytest

from tests.ui.pages import finished, opened, until_proven

pytestmark = pytest.mark.usefixtures("shared_proofs")


def test_every_lever_can_be_typed_in_the_units_that_people_use() -> None:
    app = opened()
    app.number_input(key="typed_holding_rate").set_value(33.0).run()
    assert app.slider(key="lever_holding_rate").value == 33.0
    options = app.select_slider(key="lever_budget_weeks").options
    assert [sum(f"(−{less}%)" in one for one in options) for less in (10, 20, 30)] == [1, 1, 1]
    app.number_input(key="typed_budget_weeks_money").set_value(12345.0).run()
    assert any(one.startswith("12,345 EUR") for one in app.select_slider(key="lever_budget_weeks").options)
    app.selectbox(key="unit_budget").set_value("share").run()
    app.number_input(key="typed_budget_weeks_share").set_value(80.0).run()
    # In the world as the levers have it.
    today = app.session_state["_last_answer"][1].today.inventory_value
    asked = app.session_state["_last_answer"][1].scenario.settings.inventory_budget
    assert asked == pytest.approx(0.8 * today, abs=0.01)
    app.radio(key="unit_lead_time").set_value("lead_time_days").run()
    app.number_input(key="typed_lead_time_days").set_value(-5.0).run()
    moved = dict(app.session_state["_what_if"].moved)
    assert moved["lead_time_days"] == -5.0
    assert set(moved) == {"holding_rate", "budget_weeks", "lead_time_days"}
    # Another unit begins at the target as given.
    app.radio(key="unit_lead_time").set_value("lead_time_target").run()
    assert set(dict(app.session_state["_what_if"].moved)) == {"holding_rate", "budget_weeks"}
    app.selectbox(key="unit_budget").set_value("money").run()
    app.number_input(key="typed_budget_weeks_money").set_value(None).run()
    assert "budget_weeks" not in dict(app.session_state["_what_if"].moved), "blank is no limit"
    assert not app.exception


def test_a_goal_tells_its_price_and_the_plan_adopted_has_its_digits() -> None:
    app = until_proven(opened())
    before = app.session_state["_last_answer"][1]
    app.number_input(key="goal_inventory").set_value(20.0).run()
    app.number_input(key="goal_switches").set_value(1.0).run()
    app = finished(app, "start_goal")
    said = next(str(one.value) for one in app.markdown if "reaches the goal" in str(one.value))
    app.button(key="goal_adopt").click().run()
    after = app.session_state["_last_answer"][1]
    more = round(after.plan.objective_per_year) - round(before.plan.objective_per_year)
    assert f"costs {after.plan.objective_per_year:,.0f} EUR a year: +{more:,} EUR a year" in said
    assert f"Inventory {after.plan.summary['inventory_value']:,.0f} EUR" in said
    assert "switch: 1, without the goal 2" in said
    assert app.metric[0].value == f"{after.plan.objective_per_year:,.0f}"
    assert "· proven" in app.metric[0].label, "no second proof"
    assert after.scenario.settings.inventory_budget == pytest.approx(0.8 * before.today.inventory_value, abs=0.01)
    assert after.scenario.settings.max_changes == 1
    app.button(key="undo").click().run()
    assert app.session_state["_what_if"].moved == ()
    assert not app.exception
