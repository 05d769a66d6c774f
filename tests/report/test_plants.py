"""Reports of a scenario with plants: a table by plant that adds up, in both languages, in page and workbook."""

import pandas as pd
import pytest
from lxml import html
from python_calamine import CalamineWorkbook

from engine import Scenario, solve
from engine.report.content import make_report
from engine.report.page.document import page_html
from engine.report.sentences.prose import Prose
from engine.report.texts.text import text
from engine.report.workbook.book import write_workbook
from tests.evidence import FULL


@pytest.fixture(scope="module")
def report():
    goods = pd.DataFrame([
        {"product": "P", "plant": plant, "demand_per_week": 10 + k, "demand_cv": 0.6, "unit_cost": 80,
         "lead_time_target_days": 5, "make_days": 15, "late_cost_per_unit_day": 1, "current_strategy": "MTO"}
        for k, plant in enumerate(("1000", "2000", "2000"))
    ]).assign(product=["P", "P", "Q"])  # fmt: skip
    scenario = Scenario.from_frames(goods, settings={"holding_rate_per_year": 0.25, "samples": 40, "name": "two"})
    return make_report(solve(scenario).plan_or_raise(), scenario)


@pytest.mark.parametrize("language", ["en", "zh"] if FULL else ["zh"])
def test_the_page_has_a_table_by_plant_that_adds_up(report, language) -> None:
    prose = Prose(report, language)
    tree = html.fromstring(page_html(prose))
    (table,) = [one for one in tree.xpath("//table") if one.find("caption").text_content() == prose.t("table.plants")]
    rows = [[cell.text_content() for cell in row] for row in table.xpath("tbody/tr")]
    assert [row[0] for row in rows] == ["1000", "2000"]
    assert [row[1] for row in rows] == ["1", "2"]
    costs, total = ([int(cell.replace(",", "")) for cell in cells] for cells in (
        [row[-2] for row in rows], [table.xpath("tfoot/tr")[0][-2].text_content()]))  # fmt: skip
    assert sum(costs) == total[0]


def test_the_workbook_has_a_sheet_of_plants(report, tmp_path) -> None:
    write_workbook(report, tmp_path / "report.xlsx")
    sheet = CalamineWorkbook.from_path(str(tmp_path / "report.xlsx")).get_sheet_by_name(text("sheet.plants", "en"))
    rows = sheet.to_python()
    assert [row[0] for row in rows if str(row[0]) in ("1000", "2000")] == ["1000", "2000"]
    assert text("column.plant", "en") in rows[0][0]
