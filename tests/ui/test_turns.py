"""A run that the reader has overtaken is not beside the next one in what the session keeps."""

import threading
from pathlib import Path

import engine.ui
from engine.ui import turns
from engine.ui.entry.app import main

UI = Path(engine.ui.__file__).parent


def test_the_next_run_waits_for_what_is_still_drawn(monkeypatch) -> None:
    turn, said = threading.RLock(), []
    monkeypatch.setattr(turns, "_turn", lambda: turn)
    under_way, asked = threading.Event(), threading.Event()

    @turns.in_turn
    def before() -> None:
        under_way.set()
        asked.wait()
        # Were the next one not waiting, it would be here first.
        following.join(0.3)
        said.append("before")

    @turns.in_turn
    def after() -> None:
        said.append("after")

    def next_run() -> None:
        under_way.wait()
        asked.set()
        after()

    following = threading.Thread(target=next_run)
    following.start()
    before()
    following.join()
    assert said == ["before", "after"]


def test_a_part_of_a_page_is_drawn_within_its_turn_and_one_that_fails_gives_it_back(monkeypatch) -> None:
    turn = threading.RLock()
    monkeypatch.setattr(turns, "_turn", lambda: turn)

    @turns.in_turn
    def part() -> None:
        raise ValueError

    @turns.in_turn
    def page() -> str:
        try:
            part()
        except ValueError:
            return "drawn"
        return ""

    assert page() == "drawn"
    others: list[bool] = []
    other = threading.Thread(target=lambda: others.append(turn.acquire(blocking=False)))
    other.start()
    other.join()
    assert others == [True]


def test_the_page_and_all_that_is_drawn_by_itself_take_turns() -> None:
    assert hasattr(main, "__wrapped__")
    fragments = [path.name for path in UI.rglob("*.py") if "st.fragment(" in path.read_text(encoding="utf-8")]
    assert fragments == ["turns.py"]
