"""Reading scenarios: folders and workbooks, and the traps of YAML, CSV and spreadsheets."""

import datetime as dt
import math
import re

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

import engine.scenario.scenario
from engine.errors import EngineError, ScenarioError
from engine.scenario.columns import COLUMNS, TABLES
from engine.scenario.files.raw import parse_csv
from engine.scenario.read import read_scenario
from engine.scenario.scenario import _sorted_lines
from engine.scenario.settings import Format, nearest
from tests.scenario.folders import GOOD, ORDERS, YAML, faults, write


def test_a_good_scenario_has_every_column_and_default(tmp_path):
    scenario = read_scenario(write(tmp_path / "s"))
    assert scenario.name == "case"
    assert scenario.settings.samples == 400
    for table in TABLES:
        assert list(scenario.table(table).columns) == [column.name for column in COLUMNS[table]]
    assert scenario.products["distribution"].tolist() == ["gamma", "gamma"]
    assert scenario.products["allowed"].tolist() == ["MTS|ATO|MTO"] * 2
    assert scenario.products["delivery_days"].tolist() == [0.0, 0.0]


def test_all_faults_come_at_once(tmp_path):
    """Settings, several tables and rows: one round of mending is enough."""
    folder = write(
        tmp_path / "s",
        settings=("name: case", "name: case\nsampels: 1"),
        products=("B,4,0.8,80", "B,x,-1,80"),
        components=("C2,5,4", "C2,,-4"),
        bom=("B,C2,4", "B,C7,0"),
    )
    said = faults(folder)
    assert [line.split(": ", 1)[0] for line in said] == [
        "scenario.yaml:2:sampels",
        "products.csv:3:demand_per_week",
        "products.csv:3:demand_cv",
        "components.csv:3:unit_cost",
        "components.csv:3:lead_time_days",
        "bom.csv:4:quantity",
        "bom.csv:4:component",
    ]
    with pytest.raises(ScenarioError, match="7 faults in the scenario:"):
        read_scenario(folder)


def test_a_wrong_setting_does_not_hide_how_the_tables_are_written(tmp_path):
    semicolons = {name: text.replace(",", ";") for name, text in GOOD.items() if name.endswith(".csv")}
    settings = "name: case\nholding_rate_per_year: 0.25\nformat: {delimiter: ';'}\nsampels: 3\n"
    folder = write(tmp_path / "s", {**semicolons, "scenario.yaml": settings})
    assert faults(folder) == ["scenario.yaml:4:sampels: there is no setting 'sampels'; did you mean 'samples'?"]


@pytest.mark.parametrize("name", ["nowhere", "file.txt", "empty"])
def test_what_is_no_scenario_is_told_as_such(tmp_path, name):
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EngineError, match=f"{name}: (there is no|a scenario is)"):
        read_scenario(tmp_path / name)


def test_yaml_words_stay_what_they_are(tmp_path):
    """YAML 1.1 would read NO as false, 12:30 as 750 and 00123 as 83."""
    settings = (
        "name: NO\ncurrency: 12:30\nholding_rate_per_year: 1e-1\n"
        "variants: {on: {where: {product: ['00123']}, set: {products.unit_cost: 7}}}\n"
    )
    products = GOOD["products.csv"].replace("A,10", "00123,10")
    files = {"scenario.yaml": settings, "products.csv": products, "bom.csv": "product,component,quantity\n"}
    scenario = read_scenario(write(tmp_path / "s", files))
    assert (scenario.settings.name, scenario.settings.currency) == ("NO", "12:30")
    assert scenario.settings.holding_rate_per_year == 0.1
    assert list(scenario.settings.variants) == ["on"]
    assert scenario.products["product"].tolist() == ["00123", "B"]


def test_byte_order_mark_and_windows_lines(tmp_path):
    files = {name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() for name, text in GOOD.items()}
    plain = read_scenario(write(tmp_path / "plain"))
    assert read_scenario(write(tmp_path / "s", files)).digest() == plain.digest()
    declared = {**files, "scenario.yaml": YAML + "format: {encoding: utf-8}\n"}
    assert read_scenario(write(tmp_path / "t", declared)).digest() == plain.digest()


def test_declared_semicolon_comma_points_and_dates(tmp_path):
    products = (
        GOOD["products.csv"].replace(",", ";").replace("0.5", "0,5").replace("100", "1.100,5").replace("0.8", ",8")
    )
    others = {name: GOOD[name].replace(",", ";") for name in ("components.csv", "bom.csv")}
    settings = YAML + "format: {delimiter: ';', decimal: ',', thousands: '.', date: '%d.%m.%Y'}\n"
    orders = "order_date;product;quantity\n05.01.2026;A;3\n"
    files = {**others, "products.csv": products, "scenario.yaml": settings, "orders.csv": orders}
    scenario = read_scenario(write(tmp_path / "s", files))
    assert scenario.products["demand_cv"].tolist() == [0.5, 0.8]
    assert scenario.products["unit_cost"].tolist() == [1100.5, 80.0]
    assert scenario.orders["order_date"].tolist() == [pd.Timestamp(2026, 1, 5)]


def test_a_point_is_no_decimal_sign_where_the_comma_is(tmp_path):
    files = {name: GOOD[name].replace(",", ";") for name in ("products.csv", "components.csv", "bom.csv")}
    folder = write(tmp_path / "s", {**files, "scenario.yaml": YAML + "format: {delimiter: ';', decimal: ','}\n"})
    assert faults(folder)[0] == (
        "products.csv:2:demand_cv: '0.5' is not a number; expected a number 0 or more; format.decimal declares a "
        "comma, format.thousands says what a point means"
    )


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    """Blank lines are rows; a quoted line break is not."""
    products = (
        "name," + GOOD["products.csv"].split("\n")[0] + "\n"
        '"two\nlines",A,10,0.5,100,5,1,10\n\n,,,,,,,\n"again\n\ntwo",B,4,0.8,oops,3,1,12\n'
    )
    assert faults(write(tmp_path / "s", {"products.csv": products})) == [
        "products.csv:5:unit_cost: 'oops' is not a number; expected a number 0 or more (money/unit)"
    ]


def test_short_rows_and_empty_columns_at_the_end_are_fine(tmp_path):
    bom = "product,component,quantity,,\nA,C1,2,,\nB,C1,1\n"
    scenario = read_scenario(write(tmp_path / "s", {"bom.csv": bom}))
    assert len(scenario.bom) == 2


def test_a_cell_under_no_name_is_told(tmp_path):
    bom = "product,,component,quantity\nA,x,C1,2\n"
    assert faults(write(tmp_path / "s", {"bom.csv": bom})) == [
        "bom.csv:1:column 2: has no name; the first row should name it"
    ]


def test_the_clients_own_names(tmp_path):
    settings = YAML + "columns:\n  products: {product: SKU, unit_cost: Kosten}\n"
    products = GOOD["products.csv"].replace("product,", "SKU,").replace("unit_cost", "Kosten")
    scenario = read_scenario(write(tmp_path / "s", {"scenario.yaml": settings, "products.csv": products}))
    assert scenario.digest() == read_scenario(write(tmp_path / "plain")).digest()
    both = products.replace("make_days", "product")
    said = faults(write(tmp_path / "t", {"scenario.yaml": settings, "products.csv": both}))
    assert said == ["products.csv:1:product: 'SKU' and 'product' are the same column; keep one"]


def test_blanks_that_orders_do_not_fit_take_their_default(tmp_path):
    products = GOOD["products.csv"].replace("A,10,0.5", "A,,")
    scenario = read_scenario(write(tmp_path / "s", {"products.csv": products, "orders.csv": ORDERS}))
    assert scenario.products["distribution"].tolist() == ["", "gamma"]
    assert scenario.products["order_size"].isna().tolist() == [True, False]


def book(path, sheets):
    workbook = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(
                        r,
                        c,
                        pd.Timestamp(value),
                        workbook.add_format({"num_format": "yyyy-mm-dd"}),
                    )
                elif value != "":
                    sheet.write(r, c, value)
    workbook.close()
    return path


def number(text):
    try:
        return float(text)
    except ValueError:
        return dt.date.fromisoformat(text) if text.startswith("2026-") else text


def sheets(**more):
    grids = {
        name.removesuffix(".csv"): [[number(cell) for cell in line.split(",")] for line in text.splitlines()]
        for name, text in {**GOOD, "orders.csv": ORDERS}.items()
        if name.endswith(".csv")
    }
    settings = [["setting", "value"], ["# how much a year"], ["name", "case"], ["holding_rate_per_year", 0.25]]
    return {"scenario": settings, **grids, **more}


def test_a_workbook_is_the_same_scenario_as_a_folder(tmp_path):
    variants = [
        ["variant", "action", "target", "value"],
        ["dear", "scale", "products.unit_cost", 2],
        ["dear", "where", "product", "A"],
    ]
    yaml = YAML + "variants: {dear: {scale: {products.unit_cost: 2}, where: {product: A}}}\n"
    folder = write(tmp_path / "s", {"scenario.yaml": yaml, "orders.csv": ORDERS})
    one, other = read_scenario(folder), read_scenario(book(tmp_path / "s.xlsx", sheets(variants=variants)))
    assert one.digest() == other.digest()


def test_order_of_rows_does_not_change_the_digest(tmp_path):
    lines = GOOD["bom.csv"].splitlines()
    turned = "\n".join([lines[0], *reversed(lines[1:])]) + "\n"
    assert (
        read_scenario(write(tmp_path / "a")).digest()
        == read_scenario(write(tmp_path / "b", {"bom.csv": turned})).digest()
    )
    other = write(tmp_path / "c", bom=("B,C2,4", "B,C2,5"))
    assert read_scenario(tmp_path / "a").digest() != read_scenario(other).digest()


CELLS = st.lists(
    st.tuples(
        st.text(st.sampled_from('a;,"\'\n\r 0é'), max_size=4) | st.none(),
        st.floats() | st.integers(-3, 3).map(float),
        st.sampled_from(["x", "", "y"]),
        st.sampled_from([pd.NaT, pd.Timestamp("0999-03-01"), pd.Timestamp("2025-12-31"), pd.Timestamp("2025-12-31")]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(CELLS)
def test_tables_of_a_digest_are_written_as_pandas_writes_them(rows):
    """Plans of years ago carry digests of it."""
    text, numbers, keys, days = zip(*rows, strict=True)
    columns = {"text": pd.Series(text, dtype="object"), "number": pd.Series(numbers, dtype="float64"),
               "key": pd.Series(keys, dtype="object"), "day": pd.Series(days, dtype="datetime64[us]")}  # fmt: skip
    frame = pd.DataFrame(columns)
    expected = frame.sort_values("key", kind="stable").to_csv(index=False, lineterminator="\n")
    assert "".join(_sorted_lines(frame, ("key",))) == expected


def test_large_tables_of_a_digest_are_written_some_rows_at_a_time(monkeypatch):
    frame = pd.DataFrame({"key": [f"P{k}" for k in range(7)], "day": pd.Timestamp("2025-12-31")})
    whole = list(_sorted_lines(frame, ("key",)))
    monkeypatch.setattr(engine.scenario.scenario, "_MOST_ROWS", 3)
    parts = list(_sorted_lines(frame, ("key",)))
    assert len(whole) == 1
    assert len(parts) == 3
    assert "".join(parts) == whole[0]


def test_instants_of_a_digest_are_written_as_pandas_writes_them():
    frame = pd.DataFrame({"key": ["a"], "at": [pd.Timestamp("2025-12-31 10:00")]})
    assert "".join(_sorted_lines(frame, ("key",))) == "key,at\na,2025-12-31 10:00:00\n"


def test_faults_of_a_workbook_name_the_sheet_and_its_row(tmp_path):
    grids = sheets(component=[["x"]])
    grids["scenario"] += [["sampels", 3], ["risk.cvar_weight", 2], ["risk.cvar_weight", 1]]
    grids["bom"] = [["# parts"], *grids["bom"], ["A", "C2", -1], ["#N/A", "C2", 1], ["B", "C2", 1, "", "stray"]]
    path = book(tmp_path / "s.xlsx", grids)
    assert faults(path) == [
        "s.xlsx[component]: there is no table 'component'; did you mean 'components'?",
        "s.xlsx[scenario]:5:sampels: there is no setting 'sampels'; did you mean 'samples'?",
        "s.xlsx[scenario]:6:risk.cvar_weight: should be less than or equal to 1; given: 2",
        "s.xlsx[scenario]:7:risk.cvar_weight: stands already in row 6; keep one",
        "s.xlsx[bom]:6:quantity: -1 is out of range; expected a number above 0 (units/unit)",
        "s.xlsx[bom]:7:product: '#N/A' is not in products; add it there or mend the spelling",
        "s.xlsx[bom]:8: 5 cells under 3 columns; a cell too many, or text to be quoted",
    ]


def test_what_is_no_workbook(tmp_path):
    (tmp_path / "s.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(EngineError, match=r"s\.xlsx: not readable as an \.xlsx workbook"):
        read_scenario(tmp_path / "s.xlsx")
    with pytest.raises(EngineError, match="there is no sheet 'scenario'"):
        read_scenario(book(tmp_path / "t.xlsx", {"products": [["product"]]}))


@given(text=st.text(max_size=200))
def test_any_text_is_a_table_or_a_fault(text):
    table, found = parse_csv(text, name="products", file="products.csv", form=Format())
    assert table is not None or found
    assert all(str(fault).startswith("products.csv:") for fault in found)


@given(data=st.binary(max_size=200))
def test_any_bytes_as_settings_are_faults_and_no_traceback(data, tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("s"), {"scenario.yaml": data})
    with pytest.raises(EngineError):
        read_scenario(folder)


@given(cell=st.text(alphabet=st.characters(blacklist_characters='",\r\n'), max_size=12))
def test_any_cell_is_a_number_or_a_fault(cell, tmp_path_factory):
    """Digits of other scripts, signs, currency: read as written or refused, never guessed."""
    folder = write(tmp_path_factory.mktemp("s"), products=("A,10,", f"A,{cell},"))
    if re.fullmatch(r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[-+]?[0-9]+)?", cell.strip(), re.IGNORECASE) and (
        0 < float(cell) < math.inf
    ):
        assert read_scenario(folder).products["demand_per_week"][0] == float(cell)
    else:
        with pytest.raises(ScenarioError) as caught:
            read_scenario(folder)
        assert [issue.column for issue in caught.value.issues] == ["demand_per_week"]


def test_an_ending_in_capitals_is_read_and_never_passed_over(tmp_path):
    folder = write(tmp_path / "s", GOOD)
    (folder / "bom.csv").rename(folder / "bom.CSV")
    assert len(read_scenario(folder).bom) == len(read_scenario(write(tmp_path / "t", GOOD)).bom) > 0


def test_a_name_among_thousands_is_told_without_listing_them_all():
    names = [f"X{k}" for k in range(3000)]
    told = nearest("fauteuil", names).words()
    assert told.endswith(" and 2,950 more")
    assert len(told) < 1000


def test_a_setting_that_holds_others_says_which(tmp_path):
    folder = write(tmp_path / "s", {**GOOD, "scenario.yaml": YAML + "risk: 0.5\n"})
    assert "scenario.yaml:" in faults(folder)[0]
    assert "risk: should hold lines of its own (cvar_weight, cvar_level); given: 0.5" in faults(folder)[0]
