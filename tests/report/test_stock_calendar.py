"""Reports and the app tell the levels of stocks that follow a season."""

import pytest
from lxml import html
from python_calamine import CalamineWorkbook

from engine.decision.solve import solve
from engine.report.content import make_report
from engine.report.page.document import page_html
from engine.report.sentences.prose import Prose
from engine.report.tables import stock_swings
from engine.report.texts.text import LANGUAGES, text
from engine.report.workbook.book import write_workbook
from tests.economics.test_following import HALF, SLOW
from tests.evidence import FULL
from tests.scenarios import make_scenario


def report(**more):
    scenario = make_scenario([{**SLOW, "demand_cv": 0.3}], samples=60, **more)
    return make_report(solve(scenario).plan, scenario)


def test_the_table_of_swings_has_least_and_most():
    found = report(seasons=HALF)
    calendar, told = found.plan.stock_calendar, stock_swings(found).iloc[0]
    assert told["item"] == "P1"
    assert (told["least_up_to"], told["most_up_to"]) == (calendar["order_up_to"].min(), calendar["order_up_to"].max())
    # The level leads the season by the three weeks that it covers.
    assert (told["least_in_week"], told["most_in_week"]) == (38.0, 12.0)
    assert stock_swings(report()).empty


@pytest.mark.evidence
@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_page_and_workbook_have_it_where_there_is_a_season(language, tmp_path):
    titles = []
    for name, more in (("flat", {}), ("season", {"seasons": HALF})):
        made = report(**more)
        write_workbook(made, tmp_path / f"{name}.xlsx", language)
        sheets = CalamineWorkbook.from_path(tmp_path / f"{name}.xlsx").sheet_names
        page = html.fromstring(page_html(Prose(made, language))).text_content()
        told = [text(key, language) in page for key in ("stocks.calendar", "assumption.seasonal")]
        assert (text("assumption.stationary", language) in page) == (name == "flat")
        titles.append((text("sheet.stock_calendar", language) in sheets, *told))
    assert titles == [(False, False, False), (True, True, True)]
    sheet = CalamineWorkbook.from_path(tmp_path / "season.xlsx").get_sheet_by_name(
        text("sheet.stock_calendar", language)
    )
    assert len(sheet.to_python()) == 53
