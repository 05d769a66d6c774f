"""Reports tell the service of customers who wait differently."""

import pytest
from lxml import html
from python_calamine import CalamineWorkbook

from engine.decision.solve import solve
from engine.evaluate.figures.readers import with_readers
from engine.report.content import make_report
from engine.report.page.document import page_html
from engine.report.sentences.prose import Prose
from engine.report.texts.text import LANGUAGES, text
from engine.report.workbook.book import write_workbook
from tests.economics.test_segments import segments
from tests.evidence import FULL
from tests.scenarios import make_scenario


def report(rows):
    scenario = make_scenario([{}], segments=rows, samples=60)
    return make_report(with_readers(scenario, solve(scenario, certified=False).plan), scenario)


@pytest.fixture(scope="module")
def reports():
    return {"alike": report(()), "apart": report(segments((0.3, 0.0), (0.7, 9.0)))}


@pytest.mark.evidence
@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_page_and_workbook_have_them_where_somebody_waits_differently(reports, language, tmp_path):
    titles = []
    for name, made in reports.items():
        write_workbook(made, tmp_path / f"{name}.xlsx", language)
        sheets = CalamineWorkbook.from_path(tmp_path / f"{name}.xlsx").sheet_names
        page = html.fromstring(page_html(Prose(made, language))).text_content()
        titles.append((text("sheet.segments", language) in sheets, text("stocks.segments", language) in page))
    assert titles == [(False, False), (True, True)]
    sheet = CalamineWorkbook.from_path(tmp_path / "apart.xlsx").get_sheet_by_name(text("sheet.segments", language))
    assert len(sheet.to_python()) == 3
