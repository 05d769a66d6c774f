"""A page drawn anew by its own work leaves the reader's widgets alone: what is set meanwhile is not written over."""

import contextlib
from types import SimpleNamespace

import pytest

from engine.ui import turns
from engine.ui.state import held, positions
from engine.ui.state.levers import LeverState
from engine.ui.state.positions import FAMILY, SCENARIO, lever_key
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
    monkeypatch.setattr(held, "st", SimpleNamespace(session_state=there))
    return there


def put_there(state, value: float) -> None:
    held.owe("x", value)
    state["x"] = value


def asked(state, value: object, number: int | None = None) -> object:
    """What a run begins with where the browser tells a value, and the number that it has got."""
    state["x"] = value
    if number is not None:
        state["echo"] = str(number)
    held.keep_held()
    return state.get("x")


def test_values_from_before_do_not_come_back_until_the_browser_has_what_was_written(state) -> None:
    put_there(state, 25.0)
    put_there(state, 26.0)
    for told, kept in ((20.0, 26.0), (25.0, 26.0), (26.0, 26.0), (27.0, 27.0)):
        assert asked(state, told) == kept
    assert asked(state, 25.0, number=1) == 26.0, "the first writing alone"
    assert asked(state, 25.0, number=2) == 25.0, "the reader's own: the browser had 26"


def test_a_key_behind_an_undo_counts_while_the_page_is_still_drawn(state) -> None:
    state["x"] = 20.5
    put_there(state, 20.0)
    assert asked(state, 20.5, number=0) == 20.0, "asked before the Undo had come"
    assert asked(state, 20.5, number=1) == 20.5


def test_what_is_still_on_its_way_is_written_over_by_what_the_reader_sets(state) -> None:
    state["x"] = 20.5
    put_there(state, 20.0)
    # Drawn twice before the browser was heard of: the second may replace a key that followed the first.
    held.hold("x", 20.0)
    assert asked(state, 20.5, number=1) == 20.5
    held.hold("x", 20.5)
    assert asked(state, 20.0, number=2) == 20.5, "the second writing came behind the key"
    assert asked(state, 20.5, number=3) == 20.5
    before = state["_held_number"]
    held.hold("x", 20.5)
    assert state["_held_number"] == before, "there, and nothing on its way"


def test_what_was_sent_is_not_written_again_unless_the_browser_has_connected_anew(state, monkeypatch) -> None:
    line = object()
    monkeypatch.setattr(held, "emptied", lambda: True)
    monkeypatch.setattr(held, "connection", lambda: line)
    state["x"] = 20.5
    put_there(state, 20.0)
    held.note_sent()
    assert held.hold("x", 20.0), "put in place by a button, and never drawn"
    assert held.hold("x", 20.0), "drawn, and nobody has seen it sent"
    held.note_sent()
    assert not held.hold("x", 20.0)
    line = object()
    assert held.hold("x", 20.0)
    monkeypatch.setattr(held, "emptied", lambda: False)
    held.note_sent()
    assert held.hold("x", 20.0), "what waits to be sent is dropped as the next run begins"


def test_a_part_puts_back_what_its_own_request_brought_from_before(state, monkeypatch) -> None:
    """Else the next request, which tells the page's own value, would be taken for a change of the reader's."""
    monkeypatch.setattr(turns, "_turn", contextlib.nullcontext)
    monkeypatch.setattr(turns, "st", SimpleNamespace(fragment=lambda draw, run_every: draw))
    state["x"] = 20.5
    put_there(state, 20.0)
    state |= {"x": 20.5, "echo": "0"}
    drawn: list[object] = []
    turns.draw_every(1.0, lambda: drawn.append(state["x"]))
    assert drawn == [20.0]


def test_a_widget_is_told_of_by_the_field_right_behind_it(state) -> None:
    for key in ("x", "y"):
        state[key] = 20.5
        held.owe(key, 20.0)
    # The field behind x was drawn; the one behind all is still to come.
    state["_held_fields"] = {"x": "echo_x"}
    state |= {"echo_x": "2", "echo": "0"}
    assert not held.outdated("x")
    assert held.outdated("y")
    state["echo"] = "2"
    assert not held.outdated("y")


def test_what_the_server_said_itself_is_no_answer_of_the_browser(state) -> None:
    state["x"] = 20.5
    put_there(state, 20.0)
    state["x"], state["echo"] = 20.5, held._Said(1)
    held.keep_held()
    assert state["x"] == 20.0


def test_a_widget_that_starts_anew_does_not_get_its_old_value_back(state) -> None:
    state["x"] = 20.0
    held.owe("x", None)
    assert asked(state, 20.0) is None
    assert "x" not in state


def test_a_list_in_its_old_place_is_no_choice_of_the_readers(state, monkeypatch) -> None:
    monkeypatch.setattr(positions, "st", SimpleNamespace(session_state=state))
    late = lever_key("late_cost")
    state |= {SCENARIO: "tiny", FAMILY: "", late: 150.0}
    positions.put(LeverState(scenario="tiny", family="chairs", moved=(("late_cost", 150.0),)))
    state[FAMILY] = ""
    positions.family_chosen()
    assert state[late] == 150.0, "a request from before, which the browser itself sees as a change"
    state[FAMILY] = "tables"
    positions.family_chosen()
    assert late not in state


def test_the_server_knows_its_own_number_from_one_of_the_browser() -> None:
    app = until_proven(opened()).run()
    (field,) = (one for one in app.text_input if one.key == "echo")
    assert field.value == str(app.session_state["_held_number"])
    assert app.session_state["_held_heard"]["echo"] == int(field.value), "told as the page was drawn the last time"
    assert not app.session_state["_held_owed"]


def test_a_lever_goes_to_the_browser_with_the_number_of_its_writing_or_not_at_all(monkeypatch) -> None:
    sent: list[str] = []
    context = SimpleNamespace(_enqueue=sent.append)
    monkeypatch.setattr(held, "get_script_run_ctx", lambda: context)
    with held.at_once():
        context._enqueue("lever")
        context._enqueue("number")
        assert sent == []
    assert sent == ["lever", "number"]
    # A run that ends in between leaves neither behind, and the next one sends as ever.
    with contextlib.suppress(ZeroDivisionError), held.at_once():
        context._enqueue("lever")
        _ = 1 // 0
    context._enqueue("more")
    assert sent == ["lever", "number", "more"]


def test_every_lever_is_drawn_at_once_with_its_number(monkeypatch) -> None:
    apart: list[str] = []
    drawn = held.echo

    def echo(*keys: str) -> None:
        send = held.get_script_run_ctx()._enqueue
        # A list takes what is held back.
        if keys and not isinstance(getattr(send, "__self__", None), list):
            apart.append(keys[0])
        drawn(*keys)

    monkeypatch.setattr("engine.ui.views.inputs.typed_levers.echo", echo)
    opened()
    assert apart == []
