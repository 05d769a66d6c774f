"""A workbook given back with its faults: each in its cell, all of them in a list, the values as they were."""

import io
import re
import zipfile

import pytest

from engine.errors import ScenarioError
from engine.scenario.files.marked import marked_workbook
from engine.scenario.files.raw import read_workbook
from engine.scenario.files.sheets import FAULTS_SHEET
from engine.scenario.read import read_scenario
from tests.scenario.books import book

HEADINGS = ("File", "Row", "Column", "What is wrong")
SETTINGS = [["setting", "value"], ["name", "case"], ["holding_rate_per_year", 0.25], ["samples", -5],
            ["columns.products.unit_cost", "Preis"]]  # fmt: skip
PRODUCTS = [
    ["# a comment"],
    ["product", "demand_per_week", "demand_cv", "Preis", "lead_time_target_days", "late_cost_per_unit_day",
     "make_days"],
    ["007", 10, 0.5, "dear", 5, 1, 10],
    [12, "ten", 0.5, None, 5, 1, 10],
]  # fmt: skip


def comments(data):
    """What each cell's comment says, by sheet and cell."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = re.findall(r'<sheet name="(\w+)"', archive.read("xl/workbook.xml").decode())
        found = {}
        for part in (name for name in archive.namelist() if name.startswith("xl/comments")):
            for n, name in enumerate(names, start=1):
                links = f"xl/worksheets/_rels/sheet{n}.xml.rels"
                if links in archive.namelist() and part.removeprefix("xl/") in archive.read(links).decode():
                    for cell, body in re.findall(r'<comment ref="(\w+)".*?</comment>'.replace(".*?", "(.*?)"),
                                                 archive.read(part).decode(), flags=re.DOTALL):  # fmt: skip
                        found[name, cell] = "".join(re.findall(r"<t[^>]*>([^<]*)</t>", body))
        return found


@pytest.fixture
def faulty(tmp_path):
    path = book(tmp_path / "case.xlsx", {"scenario": SETTINGS, "products": PRODUCTS})
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    return path, caught.value.issues


@pytest.mark.parametrize(("language", "ten"), [
    ("en", "is not a number; expected a number 0 or more (units/week)"), ("zh", "不是数字；应为不小于 0 的数（件/周）"),
])  # fmt: skip
def test_each_fault_stands_in_its_cell_and_in_the_list(faulty, tmp_path, language, ten):
    path, issues = faulty
    data = marked_workbook(path, issues, HEADINGS, language)
    found = comments(data)
    assert set(found) == {("scenario", "B4"), ("products", "D3"), ("products", "B4"), ("products", "D4")}
    assert ten in found["products", "B4"]
    place = tmp_path / "marked.xlsx"
    place.write_bytes(data)
    listed = read_workbook(place)[FAULTS_SHEET].cells
    assert listed[0] == list(HEADINGS)
    assert [line[3] for line in listed[1:]] == [fault.words(language) for fault in issues]


def test_values_stay_and_the_list_is_passed_over_when_the_workbook_comes_back(faulty, tmp_path):
    path, issues = faulty
    place = tmp_path / "marked.xlsx"
    place.write_bytes(marked_workbook(path, issues, HEADINGS))
    before, after = read_workbook(path), read_workbook(place)
    del after[FAULTS_SHEET]
    assert {name: sheet.cells for name, sheet in after.items()} == {name: sheet.cells for name, sheet in before.items()}
    with pytest.raises(ScenarioError) as caught:
        read_scenario(place)
    assert [str(fault).replace("marked", "case") for fault in caught.value.issues] == [str(fault) for fault in issues]


def test_what_has_no_row_stands_in_the_list_alone_and_an_earlier_list_is_not_copied(tmp_path):
    """A table is missing; the client's own names are declared for none, and the workbook was marked before."""
    settings = [*SETTINGS[:3], ["columns", "none"]]
    path = book(tmp_path / "case.xlsx", {"scenario": settings, "bom": [["product", "component", "quantity"]],
                                         FAULTS_SHEET: [["File"], ["old"]]})  # fmt: skip
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    missing = [fault for fault in caught.value.issues if fault.row is None]
    assert missing
    data = marked_workbook(path, caught.value.issues, HEADINGS)
    place = tmp_path / "marked.xlsx"
    place.write_bytes(data)
    sheets = read_workbook(place)
    assert list(sheets).count(FAULTS_SHEET) == 1
    assert [line[3] for line in sheets[FAULTS_SHEET].cells[1:]] == [fault.words() for fault in caught.value.issues]
    assert all(sheet == "scenario" for sheet, _ in comments(data))
