"""Steps through what was asked: undo, what is pinned, links, the browser's history, the language."""

import sys
import threading
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.state.session_state_proxy import get_session_state

from engine.ui.state import opened as link
from engine.ui.state import situation
from engine.ui.text import text
from engine.ui.views.decide import headline as headline_view
from engine.ui.views.decide import variants
from tests.ui.pages import on_page, opened, shown, went


def test_undo_takes_back_one_move_after_the_other() -> None:
    app = opened()
    before = app.metric[0].value
    app.slider(key="lever_holding_rate").set_value(30.0).run()
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    app.button(key="undo").click().run()
    assert app.slider(key="lever_holding_rate").value == 30.0
    app.button(key="undo").click().run()
    assert app.slider(key="lever_holding_rate").value == 20.0
    assert app.metric[0].value == before
    assert app.button(key="undo").disabled


def test_what_is_pinned_opens_again_and_is_in_the_link() -> None:
    app = opened()
    app.session_state["decide_view"] = "variants"
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    app.text_input(key="pin_name").set_value("dear money")
    next(b for b in app.button if b.label == text("pins.keep", "en")).click().run()
    app.button(key="reset").click().run()
    link = {key: value[0] if isinstance(value, list) else value for key, value in app.query_params.items()}
    other = opened(**{key: value for key, value in link.items() if key not in {"scenario", "lang"}})
    other.session_state["decide_view"] = "variants"
    other.run()
    other.button(key="open_dear money").click().run()
    assert other.slider(key="lever_holding_rate").value == 40.0


def test_a_click_counts_whose_run_ends_before_the_form_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run is asked for while the page draws: a proof has come, or the reader did something else."""
    app = opened()
    app.session_state["decide_view"] = "variants"
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    runs, before = [], variants.delta_words

    def words(*given: object) -> str:
        runs.append(given)
        if len(runs) == 1:
            st.rerun()
        return before(*given)

    monkeypatch.setattr(variants, "delta_words", words)
    app.text_input(key="pin_name").set_value("dear money")
    next(b for b in app.button if b.label == text("pins.keep", "en")).click().run()
    assert len(runs) > 1
    assert app.button(key="open_dear money")


def test_a_link_opens_the_same_sliders_and_numbers() -> None:
    app = opened()
    app.slider(key="lever_demand_cv").set_value(150.0).run()
    link = {key: value[0] if isinstance(value, list) else value for key, value in app.query_params.items()}
    assert link["v"] == "1"
    assert link["holding_rate"] == "20", "every lever is in the link"
    again = opened(**{key: value for key, value in link.items() if key not in {"scenario", "lang"}})
    assert again.slider(key="lever_demand_cv").value == 150.0
    assert [metric.value for metric in again.metric] == [metric.value for metric in app.metric]


def test_a_step_back_in_the_browser_is_undo_and_forth_is_redo() -> None:
    app = opened().run()
    at = {}
    for value in (40.0, 45.0):
        app.slider(key="lever_holding_rate").set_value(value).run()
        at[value] = dict(app.query_params)
    went(app, at[40.0])
    assert app.slider(key="lever_holding_rate").value == 40.0
    assert not app.button(key="redo").disabled
    assert dict(app.query_params) == at[40.0], "one address for each step"
    went(app, at[45.0])
    assert app.slider(key="lever_holding_rate").value == 45.0
    assert app.button(key="redo").disabled
    # A move that was made before the last address arrived comes under the one before: no step of the history.
    app.slider(key="lever_holding_rate").set_value(50.0).run()
    app.slider(key="lever_holding_rate").set_value(55.0)
    app.query_params.clear()
    app.query_params.update(at[45.0])
    app.run()
    assert app.slider(key="lever_holding_rate").value == 55.0
    # One of an earlier session, as after a reload.
    went(app, at[40.0] | {"late_cost": ["150"]})
    assert app.slider(key="lever_holding_rate").value == 40.0
    assert app.slider(key="lever_late_cost").value == 150.0


def test_a_link_of_another_version_or_to_nowhere_is_told() -> None:
    assert text("link.version", "en") in shown(opened(v="99"))
    assert text("link.gone", "en") in shown(opened("up-" + "0" * 32))


def test_the_language_switch_keeps_the_levers() -> None:
    app = opened()
    app.slider(key="lever_demand_cv").set_value(150.0).run()
    cost = app.metric[0].value
    app.radio(key="language").set_value("zh").run()
    assert app.slider(key="lever_demand_cv").value == 150.0
    assert app.metric[0].value == cost
    assert app.query_params["lang"] in ("zh", ["zh"])
    assert "年成本" in app.metric[0].label


def test_a_page_that_looks_after_its_work_leaves_a_step_of_the_history_that_waits_as_it_is(monkeypatch) -> None:
    requests = ScriptRequests()
    context = SimpleNamespace(
        script_requests=requests, query_string="", page_script_hash="", cached_message_hashes=frozenset(),
        context_info=None,
    )
    monkeypatch.setattr(link, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(link, "note_sent", lambda: None)
    asked = []
    monkeypatch.setattr(st, "empty", lambda: asked.append("rerun"))
    monkeypatch.setattr(st, "stop", sys.exit)
    # A timer's own request draws but its part of the page.
    requests.request_rerun(RerunData(fragment_id="line", is_auto_rerun=True))
    with pytest.raises(SystemExit):
        link.draw_again()
    assert asked == ["rerun"]
    requests.request_rerun(RerunData(query_string="holding_rate=20", is_history_navigation=True))
    with pytest.raises(SystemExit):
        link.draw_again()
    assert asked == ["rerun"]
    waiting = requests.on_scriptrunner_yield()
    assert waiting.rerun_data.is_history_navigation
    assert waiting.rerun_data.query_string == "holding_rate=20"


def test_the_figures_of_a_move_are_there_before_the_budget_is_told_anew(monkeypatch) -> None:
    drawn, headline, draw_again = [], headline_view.headline, situation.draw_again
    monkeypatch.setattr(headline_view, "headline", lambda answer: (headline(answer), drawn.append("figures")))
    monkeypatch.setattr(situation, "draw_again", lambda: (drawn.append("again"), draw_again()))
    app = opened()
    drawn.clear()
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    assert drawn == ["figures", "again", "figures"]


def test_a_step_of_the_history_is_that_of_its_own_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of the session is shared: a run that is being stopped may begin its next, and put its own there."""
    app = opened()
    app.slider(key="lever_holding_rate").set_value(25.0).run()
    before = dict(app.query_params)
    app.slider(key="lever_holding_rate").set_value(30.0).run()
    after, keep = {key: value[0] for key, value in app.query_params.items()}, link.keep_held
    late = [after]

    def put_there() -> None:
        if late:
            with get_session_state().query_params() as shared:
                shared.populate_from_query_string(urlencode(late.pop()), set())
        keep()

    monkeypatch.setattr(link, "keep_held", put_there)
    went(app, before)
    assert app.slider(key="lever_holding_rate").value == 25.0


def test_a_page_is_that_of_its_own_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that is asked for is kept for the session: a run that is being stopped may begin its next meanwhile."""
    app, keep = opened(), link.keep_held
    late = [app._finished_page_script_hash]

    def put_there() -> None:
        if late:
            pages = get_script_run_ctx().pages_manager
            other = threading.Thread(target=pages.set_script_intent, args=(late.pop(), ""))
            other.start()
            other.join()
        keep()

    monkeypatch.setattr(link, "keep_held", put_there)
    assert [title.value for title in on_page(app, "product").title] == [text("product.title", "en")]
    assert not late
