"""Every page in both languages, and the logic of Decide, without a browser."""

import re
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import engine.ui.scenarios
from engine.ui.navigation import FOLDER, PAGES
from engine.ui.session import proof_queue
from engine.ui.text import LANGUAGES, text
from tests.scenarios import write_scenario

APP = Path(__file__).resolve().parents[2] / "app.py"
PAGE_FILES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}
MACHINE = {
    "resources": [{"resource": "R", "hours_per_week": 30, "overtime_hours_per_week": 1, "overtime_cost_per_hour": 9}],
    "routing": [{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 2}],
}


@pytest.fixture
def scenarios(tmp_path, monkeypatch) -> Path:
    """An empty folder in place of the bundled scenarios."""
    monkeypatch.setattr(engine.ui.scenarios, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _no_process_left():
    yield
    proof_queue().close()


def opened(scenario: str = "tiny", language: str = "en") -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["scenario"] = scenario
    app.query_params["lang"] = language
    return app.run()


def shown(app: AppTest) -> str:
    """All that a reader sees, but for the table and the map."""
    kinds = (app.title, app.header, app.markdown, app.info, app.warning, app.error, app.text)
    said = [str(element.value) for kind in kinds for element in kind]
    said += [f"{metric.label} {metric.value}" for metric in app.metric]
    widgets = (app.slider, app.selectbox, app.button, app.expander)
    return "\n".join([*said, *(str(widget.label) for kind in widgets for widget in kind)])


def until_proven(app: AppTest, language: str = "en") -> AppTest:
    """Run again, as the page's own clock would, until the proof has landed."""
    until = time.monotonic() + 60
    word = text("status.proven", language)
    while not app.metric or not all(word in metric.label for metric in list(app.metric)[:6]):
        assert time.monotonic() < until, shown(app)
        time.sleep(0.2)
        app.run()
        assert not app.exception
        assert not app.warning, shown(app)
    return app


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGE_FILES)
def test_every_page_opens_in_every_language(page: str, language: str) -> None:
    app = opened(language=language)
    if page != PAGES[0].name:
        app.switch_page(str(FOLDER / f"{page}.py")).run()
    assert not app.exception
    assert app.title[0].value
    has_chinese = bool(re.search(r"[\u3400-\u9fff]", app.title[0].value))
    assert has_chinese == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_a_preview_first_and_proven_later(language: str) -> None:
    app = opened(language=language)
    before = [metric.value for metric in app.metric]
    assert all(text("status.preview", language) in metric.label for metric in app.metric)
    until_proven(app, language)
    # On this scenario the preview is already optimal: nothing jumps.
    assert [metric.value for metric in app.metric] == before
    assert text("status.preview", language) not in shown(app)


def test_a_lever_changes_the_plan_and_reset_takes_it_back() -> None:
    app = opened()
    before = [metric.value for metric in app.metric]
    assert app.button(key="reset").disabled
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    after = [metric.value for metric in app.metric]
    assert after[0] != before[0]
    assert not app.button(key="reset").disabled
    app.button(key="reset").click().run()
    assert app.slider(key="lever_holding_rate").value == 20.0
    assert [metric.value for metric in app.metric] == before


def test_going_back_to_proven_inputs_needs_no_second_proof() -> None:
    app = until_proven(opened())
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    assert "· preview" in app.metric[0].label
    app.button(key="reset").click().run()
    assert "· proven" in app.metric[0].label


def test_choosing_a_product_shows_its_three_costs() -> None:
    app = opened()
    app.selectbox(key="product").set_value("SOFA").run()
    assert text("product.not_yet", "en") in shown(app)
    assert text("product.impossible", "en") not in shown(app)
    until_proven(app)
    said = shown(app)
    table = next(str(m.value) for m in app.markdown if str(m.value).startswith("|"))
    assert [name for name in ("Make to stock", "Assemble to order", "Make to order") if name in table] == [
        "Make to stock", "Assemble to order", "Make to order",
    ]  # fmt: skip
    assert len(re.findall(r"\| \**\d[\d,]*\** \|", table)) == 3
    assert "chosen" in table
    assert "Demand 2 a week, CV 1.50" in said


def test_the_language_switch_keeps_the_levers() -> None:
    app = opened()
    app.slider(key="lever_demand_cv").set_value(150.0).run()
    cost = app.metric[0].value
    app.radio(key="language").set_value("zh").run()
    assert app.slider(key="lever_demand_cv").value == 150.0
    assert app.metric[0].value == cost
    assert app.query_params["lang"] in ("zh", ["zh"])
    assert "年成本" in app.metric[0].label


def test_another_scenario_starts_from_its_own_levers(scenarios) -> None:
    write_scenario(scenarios / "bicycles", **PARTS, holding_rate_per_year=0.3)
    write_scenario(scenarios / "other", **PARTS, **MACHINE, holding_rate_per_year=0.1)
    app = opened("bicycles")
    app.slider(key="lever_holding_rate").set_value(50.0).run()
    assert not any(slider.key == "lever_capacity" for slider in app.slider)
    app.selectbox(key="scenario").set_value("other").run()
    assert app.slider(key="lever_holding_rate").value == 10.0
    assert app.slider(key="lever_capacity").value == 100.0


def test_without_current_strategies_the_saving_is_a_dash(scenarios) -> None:
    write_scenario(scenarios / "case", **PARTS)
    app = opened("case")
    assert app.metric[1].value == "–"
    assert "no current strategies are given" in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_risk_has_no_preview_and_says_so_until_proven(scenarios, language: str) -> None:
    write_scenario(scenarios / "case", **PARTS, risk={"cvar_weight": 0.5})
    app = opened("case", language)
    assert not app.metric
    assert app.info[0].value in (text("state.first_queued", language), text("state.first_proving", language, seconds=0))
    assert not app.exception
    until_proven(app, language)
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    assert text("status.stale", language) in app.metric[0].label
    until_proven(app, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_inputs_without_any_plan_are_told_with_what_would_do(scenarios, language: str) -> None:
    write_scenario(scenarios / "case", **PARTS, **MACHINE)
    app = opened("case", language)
    assert app.metric
    app.slider(key="lever_capacity").set_value(50.0).run()
    assert not app.exception
    until = time.monotonic() + 60
    while not app.error:
        assert text("state.none", language) not in shown(app)
        assert time.monotonic() < until, shown(app)
        time.sleep(0.2)
        app.run()
    assert "**R**" in app.error[0].value
    assert text("status.stale", language) in app.metric[0].label


def test_levers_that_lead_to_faulty_values_are_told_in_words(scenarios) -> None:
    near_poisson = {"distribution": "negative_binomial", "demand_per_week": 4.0, "demand_cv": 0.6}
    write_scenario(scenarios / "case", products=[near_poisson], components=[{}], bom={"P1": {"C1": 1}})
    app = opened("case")
    app.slider(key="lever_demand_cv").set_value(50.0).run()
    assert not app.exception
    assert "cannot be decided" in app.error[0].value
    assert "demand_cv" in app.text[0].value
    assert "· stale" in app.metric[0].label


def test_a_scenario_that_cannot_be_read_is_told_in_words(scenarios) -> None:
    write_scenario(scenarios / "case", **PARTS)
    (scenarios / "case" / "products.csv").write_text("product\nP1\n")
    app = opened("case")
    assert not app.exception
    assert "cannot be read" in app.error[0].value
    assert "products.csv" in app.text[0].value


def test_a_folder_without_scenarios_is_told_in_words(scenarios) -> None:
    app = opened()
    assert not app.exception
    assert "no scenarios here" in app.error[0].value
