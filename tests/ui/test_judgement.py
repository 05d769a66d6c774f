"""A proven plan is judged without being asked to, makes room for whoever asks for something, and settles the badges."""

import pytest

from engine.ui.text import text
from engine.ui.words import certainty_mark
from engine.ui.work import trust_study
from engine.ui.work.studies import Desk, unasked_queue
from tests.ui.pages import again_while, on_page, opened, seen, shown, until_proven

pytestmark = pytest.mark.usefixtures("shared_proofs")
FIRM = certainty_mark("firm", "en")


@pytest.fixture(autouse=True)
def judges(monkeypatch) -> None:
    monkeypatch.setenv("CODP_JUDGE", "on")
    monkeypatch.setattr(trust_study, "_DRAWS", "20")
    monkeypatch.setattr(unasked_queue(), "rest_seconds", 0.0)


@pytest.fixture
def desk(monkeypatch) -> Desk:
    """The desk of the page under test, which outlives no other one."""
    mine = Desk()
    for module in ("engine.ui.work.studies", "engine.ui.work.trust_study"):
        monkeypatch.setattr(f"{module}.desk", lambda: mine)
    yield mine
    mine.clear()


def test_what_is_judged_is_told_of_one_plan_everywhere(desk) -> None:
    app = until_proven(opened())
    assert text("table.sure.not_judged", "en") in shown(app)
    assert desk.job is not None
    assert not desk.asked
    again_while(app, lambda: desk.job is not None or text("table.sure.not_judged", "en") in shown(app))
    assert not app.exception
    app.session_state["decisions_shown"] = "all"
    cells = app.run().dataframe[0].value.set_index("product")["certainty"]
    assert cells.str.contains("%").all(), "in how many redraws each is kept"
    firm = [product for product, cell in cells.items() if cell.startswith(FIRM)]
    assert f"{text('certainty.firm', 'en').lower()} {len(firm)}" in shown(app).lower()
    app = seen(on_page(app, "trust"), "trust_view", "contested")
    labels = app.dataframe[0].value.set_index("product")["label"]
    assert set(firm) <= set(labels[labels == text("label.no-regret", "en")].index)
    assert desk.job is None, "nothing is judged twice"


def test_it_stops_for_a_lever_and_for_who_stops_it_and_goes_behind_what_is_asked_for(desk, monkeypatch) -> None:
    monkeypatch.setenv("CODP_JUDGE", "off")
    app = until_proven(opened())
    assert desk.job is None
    monkeypatch.setenv("CODP_JUDGE", "on")
    judged = app.run() and desk.job
    assert judged is not None
    app.slider(key="lever_holding_rate").set_value(21.0).run()
    assert desk.job is None
    assert not judged.folder.exists()
    app.button(key="undo").click().run()
    assert desk.job is not None, "back where it was proven it begins again"
    app.button(key="cancel_confidence").click().run()
    app.run()
    assert desk.job is None, "who stops it is not judged until he asks"
    app.button(key="start_confidence").click().run()
    assert desk.asked
    assert desk.job is not None
    desk.clear()
    desk.declined.clear()
    app = on_page(app, "trust")
    assert not desk.asked
    app.button(key="start_simulation").click().run()
    assert (desk.asked, desk.study.kind) == (True, "simulation")
