"""A page drawn anew by its own work leaves the reader's widgets alone: what is set meanwhile is not written over."""

from types import SimpleNamespace

import pytest

from engine.ui.state import held
from engine.ui.state import opened as opened_state
from engine.ui.state.positions import lever_key
from tests.ui.pages import on_page, opened, until_proven

pytestmark = pytest.mark.usefixtures("shared_proofs")

LEVER = "holding_rate"


def written(app) -> set[str]:
    """Keys of the inputs whose value this run sends to the browser."""
    return {one.key for one in (*app.slider, *app.number_input) if one.proto.set_value}


def test_a_page_drawn_again_writes_no_lever_and_what_a_button_puts_is_written() -> None:
    app = until_proven(opened()).run()
    levers = {one.key for one in app.slider}
    assert lever_key(LEVER) in levers
    assert not written(app) & {*levers, f"typed_{LEVER}"}
    app.slider(key=lever_key(LEVER)).set_value(21.0).run()
    assert f"typed_{LEVER}" in written(app), "the field follows the slider"
    assert lever_key(LEVER) not in written(app), "the browser has it already, or something newer"
    app.run()
    assert f"typed_{LEVER}" not in written(app)
    app.number_input(key=f"typed_{LEVER}").set_value(23.0).run()
    assert lever_key(LEVER) in written(app)
    assert app.slider(key=lever_key(LEVER)).value == 23.0
    app.button(key="undo").click().run()
    assert app.slider(key=lever_key(LEVER)).value == 21.0
    assert lever_key(LEVER) in written(app), "else the browser would send its own again"
    assert not written(app.run()) & levers


def test_levers_stand_on_another_page_where_they_stood() -> None:
    app = opened()
    app.slider(key=lever_key(LEVER)).set_value(21.0).run()
    before = app.session_state["_what_if"]
    for page in ("trust", "decide"):
        on_page(app, page)
        assert app.session_state["_what_if"] == before


@pytest.fixture
def state(monkeypatch):
    """What the server holds of a session."""
    there: dict[str, object] = {"x": 20.0}
    for module in (held, opened_state):
        monkeypatch.setattr(module, "st", SimpleNamespace(session_state=there, rerun=lambda: None))
    return there


def put_there(state, value: float) -> None:
    held.owe("x", value)
    state["x"] = value


def test_values_from_before_do_not_come_back_until_a_run_has_ended(state) -> None:
    put_there(state, 25.0)
    put_there(state, 26.0)
    for told, kept in ((20.0, 26.0), (25.0, 26.0), (26.0, 26.0), (27.0, 27.0)):
        state["x"] = told
        held.keep_held()
        assert state["x"] == kept
    held.settle_held()
    state["x"] = 20.0
    held.keep_held()
    assert state["x"] == 20.0, "the reader's own by now"


def test_a_widget_that_starts_anew_does_not_get_its_old_value_back(state) -> None:
    held.owe("x", None)
    state["x"] = 20.0
    held.keep_held()
    assert "x" not in state


def test_a_page_drawn_again_keeps_what_its_last_run_put_and_takes_what_the_reader_sets(state) -> None:
    state["_link_left"] = {"x": 25.0}
    opened_state.draw_again()
    held.keep_held()
    assert state["x"] == 25.0, "the browser asked with what it had before"
    state["x"] = 30.0
    held.keep_held()
    assert state["x"] == 30.0
