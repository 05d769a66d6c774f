"""Every page in both languages, and the logic of Decide, without a browser."""

import datetime as dt
import re
from pathlib import Path

import pytest

import engine.ui.state.scenarios
from engine.report.texts.text import text as exported
from engine.scenario.read import read_scenario
from engine.ui.navigation import FOLDER
from engine.ui.text import LANGUAGES, text
from engine.ui.work.proof import write_down
from engine.words.rules import RULE_NAMES
from tests.conftest import ROOT
from tests.evidence import FULL, covering
from tests.scenario.books import book
from tests.scenarios import season_rows, write_scenario
from tests.ui.pages import again_while, finished, idle, on_page, opened, seen, shown, until_proven

pytestmark = pytest.mark.usefixtures("shared_proofs")

PAGE_FILES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}
MACHINE = {
    "resources": [{"resource": "R", "hours_per_week": 30, "overtime_hours_per_week": 1, "overtime_cost_per_hour": 9}],
    "routing": [{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 2}],
}


@pytest.fixture
def scenarios(tmp_path, monkeypatch) -> Path:
    """An empty folder in place of the bundled scenarios."""
    monkeypatch.setattr(engine.ui.state.scenarios, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGE_FILES)
def test_every_page_opens_in_every_language(page: str, language: str) -> None:
    app = opened(language=language, page=page)
    assert not app.exception
    assert app.title[0].value
    has_chinese = bool(re.search(r"[\u3400-\u9fff]", app.title[0].value))
    assert has_chinese == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_a_preview_first_and_proven_later(language: str) -> None:
    app = opened(language=language)
    certified = exported("proof.certified", language)
    assert certified not in shown(app)
    before = [metric.value for metric in app.metric]
    assert all(text("status.preview", language) in metric.label for metric in app.metric)
    until_proven(app, language)
    # On this scenario the preview is already optimal: nothing jumps.
    assert [metric.value for metric in app.metric] == before
    assert text("status.preview", language) not in shown(app)
    # The proof is told where it counts, in the words of the reports.
    assert certified in shown(app)
    assert exported("proof.left.nothing", language) in shown(app)
    assert certified in shown(on_page(app, "trust"))


@pytest.mark.evidence
@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_what_serving_orders_in_turn_costs_is_told_beside_the_gap(scenarios, language: str) -> None:
    """Two products wait for one part, so that hindsight would save something and the plan is not called the best."""
    goods = [{"product": name, "late_cost_per_unit_day": late, "demand_cv": 0.8, "lead_time_target_days": 3.0,
              "assembly_days": 2.0, "allowed": "ATO"} for name, late in (("A", 20.0), ("B", 0.2))]  # fmt: skip
    parts = [{"unit_cost": 30.0, "lead_time_days": 28.0}] * 2
    write_scenario(scenarios / "case", products=goods, components=parts,
                   bom={"A": {"C1": 1, "C2": 1}, "B": {"C1": 1}}, samples=100)  # fmt: skip
    app = until_proven(opened("case", language), language)
    said = shown(app)
    assert {"en": "not even hindsight", "zh": "事后分配"}[language] in said
    assert text("headline.optimal", language) not in [markdown.value for markdown in app.markdown]
    assert text("state.optimal", language, samples="100") not in said


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


def test_compared_cases_stand_side_by_side_with_a_verdict() -> None:
    app = finished(opened(page="compare"), "start_compare")
    table = next(str(m.value) for m in app.markdown if str(m.value).startswith("|  | As given"))
    assert "steady-offices" in table
    assert "is cheaper by" in shown(app)
    seen(app, "compare_view", "rules")
    assert len(app.dataframe) == 1
    assert not app.exception
    app.radio(key="language").set_value("zh").run()
    assert not app.exception
    assert app.dataframe, "the result is not asked for again"


@pytest.mark.evidence
@pytest.mark.parametrize("language", LANGUAGES if FULL else ["en"])
def test_three_readers_have_their_figures(language: str) -> None:
    app = idle(seen(opened(language=language, page="compare"), "compare_view", "readers"), language)
    assert len(app.metric) == 20
    assert not app.exception


def test_the_plan_is_simulated_and_judged() -> None:
    app = finished(idle(opened(page="trust")), "start_simulation")
    assert "Promised" in shown(app)
    assert len(app.dataframe) == 2


def test_a_plan_is_reviewed_with_new_order_lines() -> None:
    app = seen(idle(opened(page="trust")), "trust_view", "review")
    days = [str(dt.date(2027, 1, 4) + dt.timedelta(days=7 * k)) for k in range(13)]
    # The stools sell half of what was planned, a hundred a week.
    lines = ["order_date,product,quantity", *(f"{day},STOOL,{40 + 2 * k}" for k, day in enumerate(days[:-1]))]
    lines += [f"{day},CHAIR,{18 + k % 5}" for k, day in enumerate(days[:-1])]
    lines += [f"{day},SOFA,2" for day in days[:-1]] + [f"{days[-1]},SOFA,0.01"]
    app.file_uploader(key="review_orders").upload("new.csv", "\n".join(lines).encode(), "text/csv")
    app = finished(app.run(), "start_review")
    assert "of 3 products have left the plan's demand" in shown(app)
    table = app.dataframe[0].value
    assert text("review.holds", "en") not in table.set_index("product").loc["STOOL", "verdict"]
    # As planned nobody is told of anything, and nothing is decided again.
    planned = (("STOOL", 100), ("CHAIR", 19), ("SOFA", 2))
    lines = ["order_date,product,quantity", *(f"{day},{name},{n}" for day in days[:2] for name, n in planned)]
    app.file_uploader(key="review_orders").upload("as-planned.csv", "\n".join(lines).encode(), "text/csv")
    app = finished(app.run(), "start_review")
    assert "0 of 3 products have left the plan's demand" in shown(app)
    assert not {"since", "told_on", "strategy_again"} & set(app.dataframe[0].value)


@pytest.mark.usefixtures("fewer_values")
def test_flips_are_verified_with_what_other_samples_may_say(commands) -> None:
    app = seen(opened(page="product"), "product_view", "thresholds")
    app.selectbox(key="input").set_value("assembly_premium").run()
    app.button(key="start_flips").click().run()
    commands.settled(app, "thresholds")
    assert "on other samples anywhere from" in shown(app)


@pytest.mark.parametrize(("study", "command", "words"), [
    ("frontier", "frontier", r"10 of 10 plans so far"), ("tornado", "solve", r"(\d+) of \1 steps so far"),
])  # fmt: skip
def test_what_a_study_has_so_far_is_drawn_until_it_ends(
    study: str, command: str, words: str, commands, scenarios
) -> None:
    if study == "frontier":
        write_down(read_scenario(ROOT / "scenarios" / "tiny").with_settings(samples=20), scenarios / "case")
    else:
        write_scenario(scenarios / "case", **PARTS, samples=20)
    app = seen(commands.settled(opened("case"), "solve"), "decide_view", "tradeoffs")
    app.button(key=f"start_{study}").click().run()
    asked = commands.waiting(command)[-1]
    assert "so far" not in shown(app)
    # What it writes is there, and it has not ended yet.
    asked.run()
    asked.code, ended = None, asked.code
    assert re.search(words, shown(app.run()))
    asked.code = ended
    assert "so far" not in shown(app.run())
    if study == "frontier":
        # A point can be adopted.
        app.selectbox(key="frontier_point_inventory").set_value(4).run()
        app.button(key="frontier_adopt").click().run()
        assert app.select_slider(key="lever_budget_weeks").value < 20.0
        assert "· preview" in app.metric[0].label


def test_the_switches_are_put_in_waves() -> None:
    app = finished(seen(opened(), "decide_view", "waves"), "start_waves")
    assert "2 products switch in one wave, which saves" in shown(app)
    waves, switches = (frame.value for frame in app.dataframe)
    assert len(waves) == 1
    assert sorted(switches["product"]) == ["CHAIR", "SOFA"]


def test_a_study_can_be_cancelled() -> None:
    app = seen(opened(), "decide_view", "tradeoffs")
    app.button(key="start_tornado").click().run()
    assert not app.exception, "two panels watch the same study"
    app.button(key="cancel_tornado").click().run()
    assert any(button.key == "start_tornado" for button in app.button)
    assert not app.exception


def test_edited_tables_become_a_scenario_of_their_own() -> None:
    app = seen(opened(page="data"), "data_view", "edit")
    app.button(key="edit_apply").click().run()
    assert not app.exception
    assert "Applied" in app.success[0].value
    assert str(app.selectbox(key="scenario").value).startswith("up-")
    # A proof that lands draws the page anew.
    app.run()
    assert "Applied" in app.success[0].value
    app.slider(key="lever_holding_rate").set_value(25.0).run()
    assert not app.success


@pytest.mark.evidence
@pytest.mark.parametrize(("view", "language"), covering(["upload", "edit", "download", "reports"], LANGUAGES))
def test_every_part_of_data_opens(view: str, language: str) -> None:
    app = seen(opened(language=language, page="data"), "data_view", view)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize(("language", "found", "right"), [
    ("en", "1 fault was found", "is missing; add the settings file"), ("zh", "1 处错误", "缺失；请添加设置文件"),
])  # fmt: skip
def test_faults_of_an_upload_are_listed_with_their_cells(language: str, found: str, right: str) -> None:
    app = opened(language=language, page="data")
    app.file_uploader(key="upload_0").upload("products.csv", b"product\nP1\n", "text/csv")
    app.run()
    assert not app.exception
    assert found in app.error[0].value
    told = app.dataframe[0].value.to_csv()
    assert "scenario.yaml" in told
    assert right in told


def test_a_faulty_workbook_is_given_back_until_the_next_upload(tmp_path: Path) -> None:
    sheets = {"scenario": [["name", "case"], ["holding_rate_per_year", 0.2]], "products": [["produkt"], ["A"]]}
    data = book(tmp_path / "mine.xlsx", sheets).read_bytes()
    app = opened(page="data")
    app.file_uploader(key="upload_0").upload("mine.xlsx", data, "application/octet-stream")
    app.run()
    assert text("faults.workbook", "en") in {button.proto.label for button in app.get("download_button")}
    app.file_uploader(key="upload_1").upload("products.csv", b"product\nP1\n", "text/csv")
    app.run()
    assert not app.exception
    assert text("faults.workbook", "en") not in {button.proto.label for button in app.get("download_button")}


@pytest.mark.evidence
@pytest.mark.parametrize(("view", "language"), covering(["decisions", "tradeoffs", "shared", "variants"], LANGUAGES))
def test_every_part_of_decide_opens(view: str, language: str) -> None:
    app = opened(language=language)
    app.session_state["decide_view"] = view
    app.run()
    assert not app.exception
    assert app.metric


@pytest.mark.evidence
@pytest.mark.parametrize(("view", "language"), covering(["why", "timeline", "thresholds", "alone"], LANGUAGES))
def test_every_part_of_product_opens(view: str, language: str) -> None:
    app = opened(language=language, page="product")
    app.session_state["product_view"] = view
    app.run()
    assert not app.exception
    assert not app.error


def test_a_product_has_three_ledgers_that_add_up() -> None:
    app = opened(page="product")
    app.selectbox(key="product").set_value("SOFA").run()
    said = shown(app)
    assert "Demand 2 a week, CV 1.50" in said
    table = next(str(m.value) for m in app.markdown if str(m.value).startswith("| Term"))
    lines = [[cell.strip(" *") for cell in line.split("|")[2:-1]] for line in table.splitlines()[2:]]
    amounts = [[int(cell.replace(",", "").replace("−", "-")) if cell != "–" else 0 for cell in line] for line in lines]
    for column in zip(*amounts, strict=True):
        assert abs(sum(column[:-1]) - column[-1]) <= len(amounts)


def test_locking_a_product_costs_its_price_and_keeps_its_reason() -> None:
    app = opened(page="product")
    app.selectbox(key="product").set_value("SOFA").run()
    price = next(str(m.value) for m in app.markdown if "override costs" in str(m.value))
    app.text_input(key="lock_reason").set_value("the workshop is full")
    app.text_input(key="lock_owner").set_value("works 2")
    app.date_input(key="lock_until").set_value(dt.date(2099, 6, 30))
    app.button(key="lock_do").click().run()
    assert not app.exception
    assert "the workshop is full; works 2 answers for it; until 2099-06-30" in app.warning[0].value
    on_page(app, "decide")
    app.session_state["decide_view"] = "variants"
    app.run()
    total = next(str(m.value) for m in app.markdown if str(m.value).startswith("All locks"))
    amount = re.search(r"[\d,]+ EUR", price)
    assert amount
    assert amount.group() in total
    app.button(key="unlock_SOFA").click().run()
    assert "No product is locked" in shown(app)


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


def test_lost_sales_have_a_preview_at_once(scenarios) -> None:
    write_scenario(scenarios / "case", products=[{"lost_share_if_late": 0.5, "price": 200.0}], **PARTS)
    app = opened("case")
    assert "· preview" in app.metric[0].label
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    assert not app.exception
    assert "· preview" in app.metric[0].label
    until_proven(app)


@pytest.mark.evidence
@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_inputs_without_any_plan_are_told_with_what_would_do(scenarios, language: str) -> None:
    write_scenario(scenarios / "case", **PARTS, **MACHINE)
    app = opened("case", language)
    assert app.metric
    app.slider(key="lever_capacity").set_value(50.0).run()
    assert not app.exception

    def waits() -> bool:
        assert app.error or text("state.none", language) not in shown(app)
        return not app.error

    again_while(app, waits)
    assert text("trouble.infeasible", language).splitlines()[0][:20] in app.error[0].value
    assert RULE_NAMES["C5"][LANGUAGES.index(language)] in app.error[0].value
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


@pytest.mark.evidence
@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_a_product_whose_stock_follows_a_season_tells_its_levels(scenarios, language: str) -> None:
    goods = [{"product": "A", "allowed": "MTS"}, {"product": "B", "allowed": "MTS"}]
    write_scenario(scenarios / "case", products=goods, samples=50, seasons=season_rows(0.5, product="A"))
    app = opened("case", language, page="product")
    app.session_state["product_view"] = "timeline"
    for product, follows in (("A", True), ("B", False)):
        app.selectbox(key="product").set_value(product).run()
        assert not app.exception
        assert (text("season.header", language) in shown(app)) == follows
        assert ({"en": "Stocks follow the season", "zh": "库存随季节逐周调整"}[language] in shown(app)) == follows
