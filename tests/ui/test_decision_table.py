"""Which products to switch stands on top, with what that saves and how sure it is."""

import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine import Scenario
from engine.decision.solve import solve
from engine.decision.today import today_of
from engine.report.sentences.words import switches
from engine.scenario.read import read_scenario
from engine.ui.state.session import Answer, AnswerState
from engine.ui.work.interval import saving_interval
from tests.ui.pages import opened, shown, until_proven

pytestmark = pytest.mark.usefixtures("shared_proofs")


@pytest.fixture(scope="module")
def proven(bundled) -> Answer:
    scenario = read_scenario(bundled / "tiny")
    plan = solve(scenario).plan
    now = today_of(scenario, plan.decisions["strategy"])
    return Answer(label=AnswerState.PROVEN, plan=plan, scenario=scenario, today=now, compared=True)


def test_switches_come_first_with_what_they_save() -> None:
    app = until_proven(opened())
    rows = app.dataframe[0].value
    assert rows["product"].tolist() == ["CHAIR", "SOFA"], "STOOL keeps its strategy"
    assert (rows["saving"] > 0).all()
    assert rows["saving"].is_monotonic_decreasing
    app.radio(key="decisions_shown").set_value("all").run()
    assert app.dataframe[0].value["product"].tolist() == ["CHAIR", "SOFA", "STOOL"]


def test_what_is_decided_stands_before_all_that_a_phone_has_to_be_swiped_for() -> None:
    assert list(opened().dataframe[0].value.columns)[:4] == ["product", "current", "strategy", "saving"]


def test_before_the_proof_no_saving_of_a_switch_is_made_up() -> None:
    rows = opened().dataframe[0].value
    assert rows["saving"].isna().all()


def test_the_interval_of_the_saving_holds_the_saving(proven: Answer) -> None:
    found = saving_interval(proven)
    saving = proven.today.cost_per_year - proven.plan.objective_per_year
    assert 0.0 < found["low"] < saving < found["high"]
    # The interval of a mean of as many samples is even on both sides.
    assert (found["low"] + found["high"]) / 2 == pytest.approx(saving, rel=1e-6)


def test_the_first_sentence_says_what_to_switch_what_it_saves_and_how_sure(proven: Answer) -> None:
    said = shown(until_proven(opened()))
    # The difference of the two costs as they are shown.
    saving = round(proven.today.cost_per_year) - round(proven.plan.objective_per_year)
    assert f"Switch {len(switches(proven.plan.decisions))} of 3 products: that saves {saving:,.0f} EUR a year" in said
    assert "95% interval" in said
    # The parts of the saving by certainty are those of the sentence, to the last digit.
    told = re.search(r"The saving by how sure its switches are: (.*?)\.", said).group(1)
    parts = [int(amount.replace(",", "").replace("−", "-")) for amount in re.findall(r"([−\d,]+) EUR", told)]
    assert parts
    assert sum(parts) == saving


def test_products_of_one_plant_can_be_looked_at_alone() -> None:
    def drawn(answer) -> None:
        from engine.ui.views.decide.decision_table import choose_rows, decision_table

        decision_table(answer, choose_rows(answer))

    goods = pd.DataFrame({
        "product": ["P", "P", "Q"], "plant": ["1000", "2000", "2000"], "demand_per_week": 10, "demand_cv": 0.6,
        "unit_cost": 80, "lead_time_target_days": 5, "make_days": 15, "late_cost_per_unit_day": 1,
        "current_strategy": ["MTO", "MTS", "MTO"],
    })  # fmt: skip
    scenario = Scenario.from_frames(goods, settings={"holding_rate_per_year": 0.25, "samples": 30})
    answer = Answer(label=AnswerState.PREVIEW, plan=solve(scenario).plan, scenario=scenario, today=None, compared=False)
    app = AppTest.from_function(drawn, args=(answer,)).run()
    app.radio(key="decisions_shown").set_value("all").run()
    assert sorted(app.dataframe[0].value["product"]) == ["P@1000", "P@2000", "Q@2000"]
    app.selectbox(key="decisions_plant").set_value("2000").run()
    assert sorted(app.dataframe[0].value["product"]) == ["P@2000", "Q@2000"]
    assert set(app.dataframe[0].value["plant"]) == {"2000"}
