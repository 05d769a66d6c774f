"""Pages of plans that lack something: no parts, no machines, no budget, nothing to trade; each is said, none breaks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.decision.solve import solve
from engine.errors import EngineError, ScenarioError
from engine.ui.charts.loads import loads
from engine.ui.state.edits import edited
from engine.ui.state.exports import read_exports
from engine.ui.state.levers import LeverState
from engine.ui.state.session import Answer, AnswerState
from engine.ui.state.situation import Situation
from engine.ui.state.ways_out import WayOut
from engine.ui.text import LANGUAGES, text
from engine.ui.views.decide.frontier import adopted
from engine.ui.views.status import way_words
from engine.ui.words import gap
from tests.scenarios import make_scenario

MACHINE = {
    "resources": [{"resource": "saw", "hours_per_week": 45.0, "overtime_hours_per_week": 400.0,
                   "overtime_cost_per_hour": 3.0}],
    "routing": [{"product": "P1", "resource": "saw", "stage": "make", "hours_per_unit": 2.0}],
}  # fmt: skip
SHARED = {"components": [{"stock_on_hand": 500.0}], "bom": {"P1": {"C1": 1}, "P2": {"C1": 2}}}


def answer_of(scenario, label=AnswerState.PROVEN):
    return Answer(label=label, plan=solve(scenario).plan_or_raise(), scenario=scenario, compared=True)


def situation_of(scenario, **moved):
    what_if = LeverState(scenario="case", moved=tuple(moved.items()))
    return Situation(what_if=what_if, base=scenario, given=scenario, scenario=scenario, answer=None)


def page(function, *given):
    app = AppTest.from_function(function, args=given).run()
    assert not app.exception
    return app, [str(one.value) for one in app.markdown]


def draw_shared(answer) -> None:
    from engine.ui.views.decide.shared import shared_view

    shared_view(answer)


def test_stock_and_hours_that_nobody_shares_are_said_to_be_none() -> None:
    app, said = page(draw_shared, answer_of(make_scenario([{"allowed": "MTO"}], samples=30)))
    for key in ("shared.no_components", "shared.no_resources"):
        assert text(key, "en") in said
    assert f"- {text('shared.no_budget', 'en')}" in said
    assert not app.dataframe


def test_parts_machines_and_budget_are_told_with_what_more_would_be_worth() -> None:
    row = {"allowed": "ATO", "assembly_days": 1.0, "lead_time_target_days": 2.0}
    answer = answer_of(make_scenario([row, row], **SHARED, **MACHINE, samples=30, inventory_budget=1e6))
    app, said = page(draw_shared, answer)
    parts, machines = (one.value for one in app.dataframe)
    assert parts["component"].tolist() == ["C1"]
    assert parts["users"].tolist() == ["P1, P2"]
    # Stock on hand is given, so that its columns stand there.
    assert "capital_released" in parts
    assert machines["resource"].tolist() == ["saw"]
    load = loads(answer)
    # Percent of the hours in a table, a share of them in the chart.
    assert machines["mean_utilisation"].iloc[0] == pytest.approx(100.0 * load["load"].mean(), rel=0.05)
    assert text("shared.budget_slack", "en", price="0.000", currency="EUR", budget="1,000,000 EUR") in said[0]
    dear = {**answer.plan.summary, "hour_price_per_year": {"saw": 7000.0}, "budget_price_per_year": 0.25}
    _, said = page(draw_shared, replace(answer, plan=replace(answer.plan, summary=dear)))
    assert "7,000" in said[0]
    assert "0.250" in said[0]


def test_without_machines_there_is_no_load_to_draw() -> None:
    assert loads(answer_of(make_scenario([{}], samples=30))).empty


def test_a_point_of_a_frontier_is_adopted_by_the_lever_that_says_it() -> None:
    """The budget as a share of the scenario's own, or in weeks of sales; of no budget no share is one."""
    free, bound, none = (make_scenario([{}], samples=30, inventory_budget=given) for given in (None, 2000.0, 0.0))
    assert dict(adopted(situation_of(bound), bound, "inventory", 500.0).moved) == {"budget": 25.0}
    weeks = dict(adopted(situation_of(free), free, "inventory", 500.0).moved)["budget_weeks"]
    sales = float((free.products["demand_per_week"] * free.products["unit_cost"]).sum())
    assert weeks == pytest.approx(500.0 / sales)
    assert adopted(situation_of(free), free, "inventory", 1e9) is None
    assert adopted(situation_of(none), none, "inventory", 500.0) is None
    assert dict(adopted(situation_of(free), free, "on_time", 0.9).moved) == {"on_time": 90.0}
    twice = situation_of(free, lead_time_target=50.0)
    assert dict(adopted(twice, free, "lead_time", 1.5).moved) == {"lead_time_target": 75.0}


def points(rough, kept=(True, True)):
    table = pd.DataFrame({
        "point": [1, 2], "cost_per_year": [900.0, 950.0], "inventory_value": [800.0, 700.0], "limit": [800.0, 700.0],
        "promised_lead_time_days": 7.0, "on_time": 0.9, "marginal_cost": [np.nan, 0.5], "rough": rough, "kept": kept,
        "gap": 0.005, "plan": [True, False], "MTS": 1, "ATO": 0, "MTO": 1,
    })  # fmt: skip
    return table, pd.DataFrame(columns=["from_point", "to_point", "product", "strategy_from", "strategy_to"])


def draw_frontier(inputs, scenario, found) -> None:
    from engine.ui.views.decide.frontier import _draw

    _draw(inputs, scenario, "inventory", (*found, 30))


@pytest.mark.parametrize("rough", [False, True])
def test_between_rough_points_no_price_is_told(rough) -> None:
    scenario = make_scenario([{}], samples=30)
    app, said = page(draw_frontier, situation_of(scenario), scenario, points([rough, rough]))
    assert text("frontier.no_switch", "en") in said
    assert any(one == text("frontier.rough", "en", gap=gap(0.01)) for one in said) == rough
    assert app.dataframe[0].value["marginal_cost"].isna().all() == rough
    assert text("frontier.is_plan", "en") in said
    app.selectbox(key="frontier_point_inventory").set_value(2).run()
    assert not app.exception
    assert app.button(key="frontier_adopt")


def test_a_point_that_no_lever_leads_to_is_said() -> None:
    scenario = make_scenario([{}], samples=30, inventory_budget=0.0)
    app, _ = page(draw_frontier, situation_of(scenario), scenario, points([False, False]))
    app.selectbox(key="frontier_point_inventory").set_value(2).run()
    assert not app.exception
    assert text("frontier.cannot_adopt", "en") in [str(one.value) for one in app.markdown]


def draw_line(answer, verdict, stage) -> None:
    from engine.ui.views.status import _line

    _line(answer, verdict, stage, 3.0, None)


@pytest.mark.parametrize("words", [None, "lost"])
@pytest.mark.parametrize("timed_out", [False, True])
def test_a_proof_that_failed_says_why(timed_out, words) -> None:
    from engine.ui.work.proof import Failed
    from engine.words.reason import cause

    why = None if words is None else cause("no_time")
    app, _ = page(draw_line, None, Failed(timed_out=timed_out, words=why), None)
    key = "trouble.timed_out" if timed_out else "trouble.proof"
    assert [str(one.value) for one in app.warning] == [text(key, "en")]
    assert [str(one.value) for one in app.text] == ([] if words is None else [why.words()])
    assert [str(one.value) for one in app.info] == [text("state.none", "en")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_way_out_has_its_words(language) -> None:
    def draw(way, spoken) -> None:
        import streamlit as st

        from engine.ui.views.status import way_words

        st.session_state["lang"] = spoken
        st.markdown(way_words(way))

    there = LeverState(scenario="case")
    unlock = WayOut(kind="unlock", product="P1", what_if=there)
    lever = WayOut(kind="lever", lever="budget", position=120.0, what_if=there)
    every = WayOut(kind="all", what_if=there)
    told = [page(draw, way, language)[1][0] for way in (unlock, lever, every)]
    assert len(set(told)) == 3
    assert "P1" in told[0]
    assert "120" in told[1]
    assert way_words(every) == text("ways.all", "en")


def test_a_table_edited_empty_or_with_days_is_read_as_files_are() -> None:
    scenario = make_scenario([{}, {}], samples=30, orders=[
        {"order_date": "2025-01-06", "product": "P1", "quantity": 3},
    ])  # fmt: skip
    shown = scenario.table("orders").copy()
    shown["order_date"] = pd.Timestamp("2025-02-03")
    assert edited(scenario, "orders", shown).orders["order_date"].dt.strftime("%Y-%m-%d").tolist() == ["2025-02-03"]
    assert edited(scenario, "orders", shown.iloc[:0]).orders.empty
    with pytest.raises(ScenarioError):
        edited(scenario, "products", scenario.table("products").iloc[:0])


def test_no_exports_are_no_scenario() -> None:
    with pytest.raises(EngineError):
        read_exports("sap", [])
