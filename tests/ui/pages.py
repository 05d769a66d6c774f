"""Opens a page without a browser, reads it, and runs it again until something has happened."""

import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest.mock import patch

from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest, local_script_runner

from engine.ui.navigation import FOLDER, PAGES
from engine.ui.state.session import proof_queue
from engine.ui.text import text
from engine.ui.work.jobs import Stage
from engine.ui.work.studies import study_queue, unasked_queue
from tests.patience import PATIENCE_SECONDS

# What a page tells of work under way it tells anew at least so often.
DRAWN_EVERY_SECONDS = 20.0
APP = Path(__file__).resolve().parents[2] / "app.py"


def opened(scenario: str = "tiny", language: str = "en", page: str = "decide", **query: str) -> AppTest:
    """A page as a link opens it: the first page is not drawn before another one."""
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE_SECONDS)
    for key, value in {"scenario": scenario, "lang": language, **query}.items():
        app.query_params[key] = value
    return app.run() if page == PAGES[0].name else on_page(app, page)


def on_page(app: AppTest, page: str) -> AppTest:
    return app.switch_page(str(FOLDER / f"{page}.py")).run()


def went(app: AppTest, address: dict[str, list[str]]) -> AppTest:
    """As the browser goes to another step of its history."""
    app.query_params.clear()
    app.query_params.update(address)
    asked = partial(RerunData, is_history_navigation=True)
    with patch.object(local_script_runner, "RerunData", asked):
        return app.run()


def shown(app: AppTest) -> str:
    """All that a reader sees, but for the table and the map."""
    kinds = (app.title, app.header, app.markdown, app.info, app.warning, app.error, app.text)
    said = [str(element.value) for kind in kinds for element in kind]
    said += [f"{metric.label} {metric.value}" for metric in app.metric]
    widgets = (app.slider, app.selectbox, app.button, app.expander)
    return "\n".join([*said, *(str(widget.label) for kind in widgets for widget in kind)])


def number(said: str) -> int:
    """The first amount of a text."""
    found = re.search(r"[+−]?[\d,]+", said)
    assert found, said
    return int(found.group().replace(",", "").replace("−", "-").replace("+", ""))


def card(app: AppTest, n: int, language: str = "en") -> list[str]:
    """Lines below the n-th figure of the headline."""
    below = [str(m.value).split("  \n") for m in app.markdown if "  \n" in str(m.value)]
    return [lines for lines in below if text("moves.header", language) not in lines[0]][n]


def again_while(app: AppTest, waits: Callable[[], bool]) -> AppTest:
    """Run again, as the page's own clock would, as long as something waits."""
    until = time.monotonic() + PATIENCE_SECONDS
    while waits():
        assert time.monotonic() < until, shown(app)
        until_a_job_ends()
        app.run()
    return app


def until_a_job_ends(seconds: float = DRAWN_EVERY_SECONDS) -> None:
    """Sleep while all processes of the pages work: to draw a page takes the processor as long as many of them do.

    A proof that was to rest begins at once.
    """
    queues = (proof_queue(), study_queue(), unasked_queue())
    under_way = [(queue, job) for queue in queues for job in (*queue._waiting, *queue._running)]
    until = time.monotonic() + (seconds if under_way else 0.1)
    with patch.object(proof_queue(), "rest_seconds", 0.0):
        while time.monotonic() < until and all(queue.poll(job) is not Stage.ENDED for queue, job in under_way):
            time.sleep(0.02)


def until_proven(app: AppTest, language: str = "en") -> AppTest:
    """Run again until the proof has landed."""
    word = text("status.proven", language)

    def waits() -> bool:
        assert not app.exception
        assert not app.warning, shown(app)
        return not app.metric or not all(word in metric.label for metric in list(app.metric)[:8])

    return again_while(app, waits)


def without(app: AppTest, words: str) -> AppTest:
    """Run again until words are gone from the page."""
    return again_while(app, lambda: words in shown(app))


def seen(app: AppTest, key: str, view: str) -> AppTest:
    app.session_state[key] = view
    return app.run()


def finished(app: AppTest, start: str) -> AppTest:
    """Start a study and run again, as the page's own clock would, until it has ended."""
    app.button(key=start).click().run()
    again_while(app, lambda: any(str(button.key).startswith("cancel_") for button in app.button))
    assert not app.exception
    assert not app.error, shown(app)
    return app


def idle(app: AppTest, language: str = "en") -> AppTest:
    """Until the proof has landed, on pages without metrics."""
    word = text("state.proven", language, gap="", samples="").split("**")[1]
    return again_while(app, lambda: not any(f"**{word}**" in str(info.value) for info in app.info)).run()
