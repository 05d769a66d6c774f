"""Every page where there is nothing to show says so: no scenario, no season, no switch, no stock, no demand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import engine.ui.state.scenarios
from engine.decision.solve import solve
from engine.ui.navigation import PAGES
from engine.ui.state.levers import LeverState
from engine.ui.state.session import Answer, AnswerState
from engine.ui.state.situation import Situation
from engine.ui.text import LANGUAGES, text
from engine.ui.views.decide.goal_box import told
from engine.ui.views.decide.waves import Ordered
from engine.ui.views.product.season import levels_by_week
from engine.ui.views.product.thresholds import _on_other_samples
from engine.ui.views.product.timeline import _lane
from engine.ui.work.proof import Proven
from tests.scenarios import make_scenario, season_rows
from tests.ui.pages import opened, shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_without_any_scenario_every_page_says_so(tmp_path, monkeypatch, name, language) -> None:
    monkeypatch.setattr(engine.ui.state.scenarios, "FOLDER", tmp_path)
    app = opened("tiny", language, page=name)
    assert not app.exception
    assert text("trouble.no_scenarios", language) in shown(app)
    assert not app.metric


def answer_of(scenario, label=AnswerState.PROVEN):
    return Answer(label=label, plan=solve(scenario).plan_or_raise(), scenario=scenario, compared=True)


def situation_of(scenario, answer=None):
    return Situation(
        what_if=LeverState(scenario="case"), base=scenario, given=scenario, scenario=scenario, answer=answer
    )


def page(function, *given):
    app = AppTest.from_function(function, args=given).run()
    assert not app.exception
    return [str(one.value) for kind in (app.markdown, app.info) for one in kind]


def draw_waves(inputs, answer) -> None:
    from engine.ui.views.decide.waves import waves_view

    waves_view(inputs, answer)


def test_without_current_strategies_there_are_no_waves() -> None:
    scenario = make_scenario([{}], samples=30)
    answer = answer_of(scenario)
    assert text("waves.no_current", "en") in page(draw_waves, situation_of(scenario, answer), answer)
    # Inputs that are no scenario have none, either, and that is said elsewhere.
    assert page(draw_waves, replace(situation_of(scenario, answer), scenario=None), answer) == []


def draw_ordered(answer, ordered) -> None:
    from engine.ui.views.decide.waves import _draw

    _draw(answer, ordered)


def test_where_nobody_switches_there_is_no_wave_to_draw() -> None:
    start = pd.DataFrame({"wave": [0], "month": 0, "switches": 0, "change_cost": 0.0, "saving_per_year": 0.0,
                          "saving_so_far": 0.0, "payback_months": np.nan, "inventory_value": 900.0})  # fmt: skip
    ordered = Ordered(waves=start, switches=pd.DataFrame(), cash=pd.DataFrame(), summary={})
    assert page(draw_ordered, answer_of(make_scenario([{}], samples=30)), ordered) == [text("waves.none", "en")]


@pytest.mark.parametrize("label", [AnswerState.PROVEN, AnswerState.PREVIEW])
def test_what_a_goal_costs_is_held_against_what_is_on_the_page_and_what_that_is_worth(label) -> None:
    answer = answer_of(make_scenario([{"current_strategy": "MTO"}], samples=30), label)
    said = told(answer, Proven(plan=answer.plan))
    assert text("moves.unchanged", "en") in said
    unproven = text("goal.unproven", "en", status=text("status.preview", "en"))
    assert (unproven in said) == (label is AnswerState.PREVIEW)


def seasonal(**row):
    return make_scenario([row, {}], components=[{}, {}], bom={"P1": {"C1": 1}, "P2": {"C2": 1}}, samples=30,
                         seasons=season_rows(0.6, product="P1"))  # fmt: skip


def test_levels_by_week_are_those_of_the_product_or_of_its_parts() -> None:
    own = levels_by_week(answer_of(seasonal(allowed="MTS")), "P1")
    assert set(own["kind"]) == {"product"}
    assert set(own["item"]) == {"P1"}
    of_parts = levels_by_week(answer_of(seasonal(allowed="ATO", lead_time_target_days=2.0)), "P1")
    assert set(of_parts["kind"]) == {"component"}
    assert set(of_parts["item"]) == {"C1"}
    assert not len(levels_by_week(answer_of(make_scenario([{}], samples=30)), "P1"))


@pytest.mark.parametrize(
    ("sampling", "moves"), [(("", ""), False), (("38", "39"), False), (("30", "39"), True), (("38", "45"), True)]
)
def test_how_far_a_flip_may_move_is_told_where_it_does(sampling, moves) -> None:
    row = {"low": 38.0, "high": 39.0, "sampling_low": sampling[0], "sampling_high": sampling[1]}
    said = _on_other_samples("at 38", row)
    assert (said != "at 38") == moves
    if moves:
        assert sampling[0] in said
        assert sampling[1] in said


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"strategy": "", "item": ""}, text("timeline.wait", "en")),
        ({"strategy": "ATO", "item": "+3"}, text("timeline.more_parts", "en", count="3")),
        ({"strategy": "ATO", "item": "C1"}, "C1"),
        ({"strategy": "ATO", "item": ""}, text("timeline.assemble", "en")),
        ({"strategy": "MTO", "item": ""}, text("timeline.make", "en")),
    ],
)
def test_every_line_of_days_is_named(row, words) -> None:
    assert words in _lane(row)


def draw_samples(answer) -> None:
    from engine.ui.views.product.timeline import _samples

    _samples(answer, "P1")


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ({"allowed": "MTO"}, "samples.about_no_stock"), ({"allowed": "MTS"}, "samples.about"),
        ({"allowed": "MTS", "batch_size": 50.0}, "samples.about_batch"),
    ],
)  # fmt: skip
def test_demand_is_drawn_with_the_stock_that_meets_it_where_there_is_one(row, key) -> None:
    said = page(draw_samples, answer_of(make_scenario([row], samples=30)))[0]
    begin = text(key, "en").split("{")[0]
    assert said.startswith(begin)
    assert ("50" in said) == (key == "samples.about_batch")


def draw_readers(inputs, plan) -> None:
    from engine.ui.views.compare import readers
    from engine.ui.work.proof import Proven

    readers.known_verdict = lambda _: Proven(plan=plan)
    readers.readers_view(inputs)


def test_figures_that_time_left_out_are_said_to_be_none(monkeypatch) -> None:
    from engine.ui.views.compare import readers

    monkeypatch.setattr(readers, "known_verdict", readers.known_verdict)
    answer = answer_of(make_scenario([{}], samples=30))
    hurried = replace(answer.plan, summary={**answer.plan.summary, "customer": None})
    assert page(draw_readers, situation_of(answer.scenario, answer), hurried) == [text("readers.none", "en")]
