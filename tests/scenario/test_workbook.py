import re
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError, ScenarioError
from engine.scenario.files import workbook_guard
from engine.scenario.files.workbook import write_folder, write_workbook
from engine.scenario.read import read_scenario
from tests.evidence import FULL
from tests.scenarios import make_scenario, random_scenario, write_scenario

SETTINGS = [["setting", "value"], ["name", "case"], ["holding_rate_per_year", 0.25]]
HEADER = ["product", "demand_per_week", "demand_cv", "unit_cost", "lead_time_target_days", "make_days"]
HEADER = [*HEADER, "late_cost_per_unit_day"]
ROW = ["P1", 10, 0.5, 100, 5, 10, 1]


def book(path, sheets, *, formulas=()):
    """A workbook as a client's spreadsheet would save it."""
    made = xlsxwriter.Workbook(str(path))
    date = made.add_format({"num_format": "dd.mm.yyyy"})
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for r, cells in enumerate(rows):
            for c, value in enumerate(cells):
                if isinstance(value, pd.Timestamp):
                    sheet.write_datetime(r, c, value.to_pydatetime(), date)
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif value is not None:
                    sheet.write(r, c, value)
        for r, c, formula, shown in formulas:
            if name == "products":
                sheet.write_formula(r, c, formula, None, shown)
    made.close()
    return path


def case(path, *rows, header=HEADER, **sheets):
    return book(path / "case.xlsx", {"scenario": SETTINGS, "products": [header, *rows], **sheets})


def faults(path):
    with pytest.raises(ScenarioError) as raised:
        read_scenario(path)
    return [str(issue) for issue in raised.value.issues]


def test_a_workbook_and_a_folder_are_the_same_scenario(tmp_path):
    folder = write_scenario(tmp_path / "case", products=[{"product": "P1", "make_days": 10}], samples=400)
    written = read_scenario(case(tmp_path, ROW))
    assert written.digest() == read_scenario(folder).digest()


def test_numeric_skus_are_text_without_a_point(tmp_path):
    scenario = read_scenario(case(tmp_path, [4711, *ROW[1:]], [4712.0, *ROW[1:]], ["0815", *ROW[1:]]))
    assert scenario.products["product"].tolist() == ["4711", "4712", "0815"]


def test_comment_rows_and_blank_rows_are_skipped_and_rows_counted_as_shown(tmp_path):
    wrong = ["P2", "ten", *ROW[2:]]
    path = case(tmp_path, ["# units", "units/week"], ROW, [], ["# old", 1], wrong)
    assert faults(path) == [
        "case.xlsx[products]:6:demand_per_week: 'ten' is not a number; expected a number 0 or more (units/week)"
    ]


def test_the_heading_may_stand_below_a_comment(tmp_path):
    path = book(tmp_path / "a.xlsx", {"scenario": SETTINGS, "products": [["# my products"], [], HEADER, ROW]})
    assert read_scenario(path).products["product"].tolist() == ["P1"]


def test_dates_are_dates_however_they_are_shown(tmp_path):
    day = pd.Timestamp("2024-02-29")
    orders = [["order_date", "product", "quantity"], [day, "P1", 3], ["2024-03-01", "P1", 2]]
    scenario = read_scenario(case(tmp_path, ROW, orders=orders))
    assert scenario.orders["order_date"].tolist() == [day, pd.Timestamp("2024-03-01")]
    orders[2][0] = "01.03.2024"
    assert "'01.03.2024' is not a date" in faults(case(tmp_path, ROW, orders=orders))[0]


def test_the_declared_format_does_not_touch_numbers_of_a_workbook(tmp_path):
    declared = [*SETTINGS, ["format.decimal", ","], ["format.thousands", "."]]
    path = book(tmp_path / "a.xlsx", {"scenario": declared, "products": [HEADER, ["P1", 10.125, *ROW[2:]]]})
    assert read_scenario(path).products["demand_per_week"].tolist() == [10.125]


def test_text_of_a_workbook_is_read_as_it_is_declared(tmp_path):
    declared = [*SETTINGS, ["format.decimal", ","], ["format.thousands", "."], ["format.date", "%d.%m.%Y"]]
    day = pd.Timestamp("2024-03-01")
    orders = [["order_date", "product", "quantity"], ["29.02.2024", "P1", "1.500"], [day, "P1", 2.5]]
    goods = ["P1", "1.500", "0,5", "1.234,25", *ROW[4:]]
    scenario = read_scenario(
        book(tmp_path / "a.xlsx", {"scenario": declared, "products": [HEADER, goods], "orders": orders})
    )
    numbers = scenario.products[["demand_per_week", "demand_cv", "unit_cost"]]
    assert numbers.to_numpy().tolist() == [[1500, 0.5, 1234.25]]
    assert scenario.orders["quantity"].tolist() == [1500, 2.5]
    assert scenario.orders["order_date"].tolist() == [pd.Timestamp("2024-02-29"), day]


def test_text_of_a_workbook_that_may_mean_two_numbers_is_told(tmp_path):
    (notice,) = read_scenario(case(tmp_path, ["P1", "1.500", *ROW[2:]])).notices
    assert (notice.kind, notice.row, notice.column) == ("grouping_doubt", 2, "demand_per_week")
    assert read_scenario(case(tmp_path, ["P1", 1.125, *ROW[2:]])).notices == ()
    assert "declare what a comma means" in faults(case(tmp_path, ["P1", 10, "0,5", *ROW[3:]]))[0]


def test_settings_and_variants_of_the_sheets(tmp_path):
    named = [*SETTINGS[:1], ["name", 7], *SETTINGS[2:], ["# comment", 1], ["risk.cvar_weight", 0.1]]
    variants = [
        ["variant", "action", "target", "value"],
        ["peak", "scale", "demand_per_week", 1.5],
        ["peak", "where", "family", "a"],
        ["peak", "where", "family", "b"],
        ["base", "", "", ""],
    ]
    rows = [[*ROW, "a"], ["P2", *ROW[1:], "b"]]
    sheets = {"scenario": named, "variants": variants, "products": [[*HEADER, "family"], *rows]}
    scenario = read_scenario(book(tmp_path / "a.xlsx", sheets))
    assert scenario.settings.name == "7"
    assert scenario.settings.risk.cvar_weight == 0.1
    assert scenario.settings.variants["peak"].where == {"family": ["a", "b"]}
    assert scenario.settings.variants["base"].scale == {}


def test_unknown_sheets_columns_and_settings_are_faults_with_the_nearest_name(tmp_path):
    sheets = {
        "scenario": [*SETTINGS, ["sampels", 10]], "product": [["product"]],
        "products": [[*HEADER, "prize"], [*ROW, 1]],
    }  # fmt: skip
    found = "\n".join(faults(book(tmp_path / "a.xlsx", sheets)))
    assert "a.xlsx[product]: there is no table 'product'; did you mean 'products'?" in found
    sheets.pop("product")
    found = "\n".join(faults(book(tmp_path / "a.xlsx", sheets)))
    assert "did you mean 'samples'?" in found
    assert "did you mean 'price'?" in found


def test_sheet_names_in_any_case_and_a_readme_are_fine(tmp_path):
    sheets = {"README": [["hello"]], "Scenario": SETTINGS, "Products": [HEADER, ROW]}
    assert read_scenario(book(tmp_path / "a.xlsx", sheets)).name == "case"


def test_missing_sheets_are_told(tmp_path):
    with pytest.raises(EngineError, match="there is no sheet 'scenario'"):
        read_scenario(book(tmp_path / "a.xlsx", {"products": [HEADER, ROW]}))
    assert "the table products is missing" in faults(book(tmp_path / "b.xlsx", {"scenario": SETTINGS}))[0]


def test_a_failed_formula_is_a_fault_and_no_blank(tmp_path):
    header = [*HEADER, "price"]
    sheets = {"scenario": SETTINGS, "products": [header, [*ROW, None]]}
    path = book(tmp_path / "a.xlsx", sheets, formulas=[(1, 7, "=1/0", "#DIV/0!")])
    assert "a.xlsx[products]:2:price: '#VALUE!' is not a number" in faults(path)[0]
    path = book(tmp_path / "b.xlsx", sheets, formulas=[(1, 7, "=100*2", 200)])
    assert read_scenario(path).products["price"].tolist() == [200.0]


def test_what_is_no_workbook_is_told(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"product,demand\n")
    with pytest.raises(EngineError, match=r"a\.xlsx: not readable as an \.xlsx workbook"):
        read_scenario(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "Dear all")
    with pytest.raises(EngineError, match="not readable"):
        read_scenario(path)


def test_a_broken_workbook_is_told(tmp_path):
    path = case(tmp_path, ROW)
    data = bytearray(path.read_bytes())
    middle = len(data) // 3
    data[middle : middle + 200] = bytes(200)
    path.write_bytes(data)
    with pytest.raises(EngineError):
        read_scenario(path)


def test_a_small_file_that_unfolds_to_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_guard, "MAX_UNZIPPED_BYTES", 100_000)
    path = case(tmp_path, ROW, readme=[["x" * 30_000 + str(k)] for k in range(10)])
    assert path.stat().st_size < 20_000
    with pytest.raises(EngineError, match="unfolds to more than 1 GB"):
        read_scenario(path)


def test_the_sizes_that_a_zip_states_are_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_guard, "MAX_UNZIPPED_BYTES", 100_000)
    path = case(tmp_path, ROW, readme=[["x" * 30_000 + str(k)] for k in range(10)])
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        item = archive.getinfo("xl/sharedStrings.xml")
    # The central directory claims ten bytes.
    at = data.find(b"xl/sharedStrings.xml", item.header_offset + 40)
    at = data.rfind(b"PK\x01\x02", 0, data.find(b"xl/sharedStrings.xml", at)) + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(EngineError):
        read_scenario(path)


def test_a_stray_cell_far_away_is_refused_before_it_fills_the_memory(tmp_path):
    path = tmp_path / "a.xlsx"
    made = xlsxwriter.Workbook(str(path))
    made.add_worksheet("scenario")
    made.add_worksheet("products").write(1_048_575, 16_383, "x")
    made.close()
    with pytest.raises(EngineError, match=r"a\.xlsx\[products\]: its cells reach to row 1048576 and column 16384"):
        read_scenario(path)


def test_one_text_in_every_cell_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_guard, "MAX_TEXT_BYTES", 1_000_000)
    path = case(tmp_path, ROW, readme=[["x" * 30_000] for _ in range(50)])
    with pytest.raises(EngineError, match="of text"):
        read_scenario(path)


# Writing.


@cache
def full_scenario():
    """What needs care of every kind; read and written, and never changed."""
    variants = {
        "peak": {"scale": {"demand_per_week": 1.5}, "where": {"family": ["a", "b"]}},
        "rich": {"set": {"inventory_budget": None, "cost_timing": "period_end", "name": "007", "samples": 50}},
        "base": {},
        "dotted": {"set": {"risk.cvar_weight": 0.1, "products.unit_cost": 50}},
    }
    return make_scenario(
        products=[
            {"product": "=1+1", "name": "http://a.b", "family": "a", "demand_cv": 1 / 3, "price": 0.1 + 0.2,
             "allowed": "MTS|MTO", "locked": "MTS", "distribution": "gamma", "order_size": 1},
            {"product": "007", "name": "@cmd", "family": "b", "make_days": 1e-7, "current_strategy": "MTO",
             "distribution": "poisson", "demand_cv": "", "order_size": 2},
            {"product": "#3", "name": "é 中文 \"x\" <&>", "family": "b", "unit_cost": 1234567890.123456,
             "distribution": ""},
        ],
        components=[{"component": "C1"}, {"component": "#N/A"}],
        bom={"=1+1": {"C1": 2, "#N/A": 0.1}, "#3": {"C1": 1}},
        resources=[{"resource": "R", "hours_per_week": 40}],
        routing=[{"product": "007", "resource": "R", "stage": "make", "hours_per_unit": 0.7}],
        orders=[
            {"order_date": "2024-01-05", "product": "#3", "quantity": 3, "requested_date": "2024-01-09"},
            *({"order_date": f"2024-01-0{day}", "product": "#3", "quantity": day} for day in (6, 7, 8)),
            # The days on which a workbook's calendar begins and goes wrong.
            {"order_date": "1899-12-31", "product": "#3", "quantity": -1, "customer": "#1"},
            {"order_date": "1900-02-28", "product": "#3", "quantity": 1.5, "channel": "=A1"},
        ],
        variants=variants,
        name="007",
        currency="NO",
        on_time_target=0.9,
        risk={"cvar_weight": 0.25},
    )  # fmt: skip


def test_a_written_workbook_reads_back_the_same(tmp_path):
    scenario = full_scenario()
    path = tmp_path / "sub" / "case.xlsx"
    write_workbook(scenario, path)
    assert read_scenario(path).digest() == scenario.digest()
    assert [item.name for item in path.parent.iterdir()] == ["case.xlsx"]


def test_a_written_folder_reads_back_the_same(tmp_path):
    scenario = full_scenario()
    write_folder(scenario, tmp_path / "case", notes=["made for a test"])
    assert read_scenario(tmp_path / "case").digest() == scenario.digest()
    assert "made for a test" in (tmp_path / "case" / "NOTES.md").read_text(encoding="utf-8")


def test_folder_to_workbook_to_folder(tmp_path):
    scenario = random_scenario(np.random.default_rng(3), products=5, resources=1)
    write_workbook(scenario, tmp_path / "a.xlsx")
    write_folder(read_scenario(tmp_path / "a.xlsx"), tmp_path / "b")
    assert read_scenario(tmp_path / "b").digest() == scenario.digest()


def test_no_text_is_a_formula_or_a_link(tmp_path):
    write_workbook(full_scenario(), tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8")
            assert "<f>" not in text
            assert "<f " not in text
            assert "<hyperlink" not in text


def test_the_same_scenario_gives_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(full_scenario(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_choices_are_offered_as_lists(tmp_path):
    write_workbook(full_scenario(), tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheets = "".join(archive.read(n).decode() for n in archive.namelist() if "worksheets" in n)
    lists = re.findall(r'<formula1>"([^"]*)"</formula1>', sheets.replace("&quot;", '"'))
    assert "gamma,normal,poisson,negative_binomial,compound_poisson,empirical" in lists
    assert any(options.startswith("MTS|ATO|MTO,") for options in lists)


def test_an_earlier_workbook_is_replaced_only_by_a_good_one(tmp_path):
    path = tmp_path / "a.xlsx"
    write_workbook(make_scenario(), path)
    before = path.read_bytes()
    faulty = make_scenario(products=[{"demand_per_week": -1}], check=False)
    with pytest.raises(EngineError, match="the scenario is faulty and was not written"):
        write_workbook(faulty, path)
    lost = make_scenario(variants={" spaced ": {"set": {"samples": 3}}})
    with pytest.raises(EngineError, match="cannot stand in a workbook"):
        write_workbook(lost, path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize("name", ["#1", "Variant"])
def test_variants_that_would_read_as_something_else_are_refused(tmp_path, name):
    scenario = make_scenario(variants={name: {"set": {"samples": 3}}})
    with pytest.raises(EngineError, match="reads as a comment or a heading"):
        write_workbook(scenario, tmp_path / "a.xlsx")


def test_the_name_must_say_what_it_is(tmp_path):
    with pytest.raises(EngineError, match=r"a workbook's name ends in \.xlsx"):
        write_workbook(make_scenario(), tmp_path / "a.xls")


def test_too_long_a_text_is_refused(tmp_path):
    with pytest.raises(EngineError, match="a text of 32768 characters"):
        write_workbook(make_scenario(products=[{"name": "x" * 32_768}]), tmp_path / "a.xlsx")


@settings(max_examples=15 if FULL else 6)
@given(
    # Hypothesis 6.170 once drew 1e12 + 1 under this very limit.
    numbers=st.lists(st.floats(min_value=1e-300, max_value=1e12).filter(lambda x: x <= 1e12), min_size=1, max_size=5),
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=20).map(str.strip),
        min_size=5, max_size=5,
    ),
)  # fmt: skip
def test_any_number_and_text_come_back(tmp_path_factory, numbers, texts):
    rows = [{"product": f"P{k}", "unit_cost": repr(number), "name": texts[k]} for k, number in enumerate(numbers)]
    scenario = make_scenario(products=rows)
    path = Path(tmp_path_factory.mktemp("any")) / "a.xlsx"
    write_workbook(scenario, path)
    back = read_scenario(path)
    assert back.products["unit_cost"].tolist() == numbers
    assert back.products["name"].tolist() == texts[: len(numbers)]
