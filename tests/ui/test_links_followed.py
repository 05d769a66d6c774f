"""Links and the browser's history lead where they say, and nowhere else; runs are stopped and ended."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

from engine.decision.solve import solve
from engine.ui.state import positions
from engine.ui.state.levers import LEVERS, LeverState
from engine.ui.state.positions import lever_key
from engine.ui.state.session import Answer, AnswerState
from engine.ui.text import text
from engine.ui.work.runs import Registry, Standing
from tests.scenarios import make_scenario
from tests.ui.pages import on_page, opened, shown, went


def test_a_link_opens_its_product_and_the_history_goes_back_to_another() -> None:
    app = opened(product="SOFA")
    on_page(app, "product")
    assert app.selectbox(key="product").value == "SOFA"
    address = {key: [value] if isinstance(value, str) else value for key, value in app.query_params.items()}
    went(app, {**address, "product": ["STOOL"]})
    assert app.selectbox(key="product").value == "STOOL"
    # A step to a scenario that is not there changes nothing.
    went(app, {**address, "scenario": ["gone"]})
    assert not app.exception
    assert app.session_state["_what_if"].scenario == "tiny"


def test_an_address_is_written_again_where_the_browser_asked_before_it_got_the_last_one(monkeypatch) -> None:
    sent: list[str] = []
    send = QueryParams._send_query_param_msg
    monkeypatch.setattr(
        QueryParams, "_send_query_param_msg", lambda params: (sent.append(params["holding_rate"]), send(params))
    )
    app = opened(holding_rate="20")
    lever = app.slider(key=lever_key("holding_rate"))
    before = dict(app.query_params)
    lever.set_value(20.5).run()
    assert sent[-1] == "20.5"
    # The reader's next key comes with the address that was there before.
    app.query_params.clear()
    app.query_params.update(before)
    app.slider(key=lever_key("holding_rate")).set_value(20.0).run()
    assert sent[-1] == "20"
    # An address that is as it should be is left alone.
    told = len(sent)
    app.run()
    assert len(sent) == told


@pytest.mark.parametrize(("query", "key"), [({"scenario": "gone"}, "gone"), ({"v": "0"}, "version")])
def test_a_link_that_cannot_be_followed_to_the_letter_says_so(query, key) -> None:
    app = opened(**{"scenario": "tiny", "holding_rate": "21", **query})
    assert not app.exception
    assert text(f"link.{key}", "en").split("{")[0] in shown(app)


@pytest.fixture
def state(monkeypatch):
    there: dict[str, object] = {}
    monkeypatch.setattr(positions, "st", SimpleNamespace(session_state=there))
    return there


def test_levers_of_a_family_start_anew_for_another_and_no_other_does(state) -> None:
    state.update({lever_key(lever.name): 1.0 for lever in LEVERS})
    positions.family_chosen()
    assert {key for key in state if key.startswith("lever_")} == {
        lever_key(lever.name) for lever in LEVERS if not lever.by_product
    }
    assert any(lever.by_product for lever in LEVERS)


def test_nothing_is_undone_where_nothing_was_done(state) -> None:
    positions.undo()
    positions.redo()
    assert state == {}
    state[positions._NOW] = LeverState(scenario="tiny")
    positions.go_to_inputs(LeverState(scenario="tiny"))
    assert state == {positions._NOW: LeverState(scenario="tiny")}


def waiting(tmp_path, key, *, deaf=False):
    """A run whose process waits; a deaf one does not end when it is asked to."""
    code = "import signal,sys,time\n" + ("signal.signal(signal.SIGINT, signal.SIG_IGN)\n" if deaf else "")
    code += "sys.stdout.write('on')\nsys.stdout.flush()\ntime.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout.read(2) == b"on"
    process.stdout.close()
    return SimpleNamespace(key=key, out=tmp_path), process


@pytest.mark.parametrize("deaf", [False, True])
def test_a_run_that_is_stopped_ends_whether_it_listens_or_not(tmp_path, monkeypatch, deaf) -> None:
    # To wait for a deaf one takes no time of ours.
    monkeypatch.setattr("engine.ui.work.runs.time.monotonic", iter(float(10 * k) for k in range(10_000)).__next__)
    registry = Registry()
    run, process = waiting(tmp_path, "one", deaf=deaf)
    registry._processes["one"] = process
    assert registry.standing(run) is Standing.RUNNING
    assert registry.under_way() == ["one"]
    registry.stop(run)
    assert process.poll() is not None
    assert registry.standing(run) is Standing.STOPPED
    # A second time, and of a run that is not known, nothing is asked to end.
    registry.stop(run)
    registry.stop(SimpleNamespace(key="other", out=tmp_path))
    (tmp_path / "summary.json").write_text("{}")
    assert registry.standing(run) is Standing.COMPLETE


def test_with_the_server_its_runs_end(tmp_path) -> None:
    registry = Registry()
    _, process = waiting(tmp_path, "one", deaf=True)
    registry._processes["one"] = process
    registry.close()
    assert process.poll() is not None
    registry.close()


def draw_alone(answer) -> None:
    from engine.ui.views.product.alone import alone_view

    alone_view(answer, "P1")


def alone_of(row):
    scenario = make_scenario([row, {}], samples=30)
    answer = Answer(label=AnswerState.PROVEN, plan=solve(scenario).plan_or_raise(), scenario=scenario, compared=True)
    app = AppTest.from_function(draw_alone, args=(answer,)).run()
    assert not app.exception
    return app


def test_one_product_alone_is_moved_and_what_it_cannot_be_is_said() -> None:
    app = alone_of({"demand_cv": 0.5})
    table = str(app.markdown[-2].value)
    app.slider(key="alone_P1_unit_cost").set_value(200).run()
    assert not app.exception
    assert str(app.markdown[-2].value) != table
    # Normal demand cannot swing so much.
    app = alone_of({"demand_cv": 0.4, "distribution": "normal"})
    app.slider(key="alone_P1_demand_cv").set_value(300).run()
    assert [str(one.value) for one in app.warning] == [text("alone.impossible", "en")]


def test_an_input_of_nothing_has_no_slider_and_a_strategy_that_is_barred_no_amount() -> None:
    app = alone_of({"demand_cv": 0.0, "allowed": "MTS|MTO"})
    assert "alone_P1_demand_cv" not in {one.key for one in app.slider}
    assert text("product.impossible", "en") in str(app.markdown[-2].value)
