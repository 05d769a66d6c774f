"""The page of a product lists customers who wait differently."""

import pytest

import engine.ui.state.scenarios
from engine.ui.text import LANGUAGES, text
from tests.economics.test_segments import segments
from tests.scenarios import write_scenario
from tests.ui.pages import opened, shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_timeline_of_a_product_has_the_service_of_each_segment(tmp_path, monkeypatch, language):
    monkeypatch.setattr(engine.ui.state.scenarios, "FOLDER", tmp_path)
    rows = segments((0.25, 0.0), (0.75, 8.0), product="A")
    write_scenario(tmp_path / "case", products=[{"product": "A"}], segments=rows, samples=50)
    app = opened("case", language, page="product")
    app.session_state["product_view"] = "timeline"
    app.run()
    assert not app.exception
    assert text("segments.header", language) in shown(app)
    (table,) = (frame.value for frame in app.dataframe if "share" in frame.value)
    assert table["segment"].tolist() == ["s0", "s1"]
    assert table["share"].tolist() == [25.0, 75.0]
