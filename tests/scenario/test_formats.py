"""How the client writes: declared column names, decimal commas, thousands, local dates."""

import pandas as pd
import pytest

from engine.errors import ScenarioError
from engine.scenario.read import read_scenario

HEADER = ("product", "demand_per_week", "demand_cv", "unit_cost", "lead_time_target_days", "make_days", "price")


def case(path, products, *, form="", columns="", orders=None, encoding="utf-8"):
    path.mkdir(parents=True, exist_ok=True)
    settings = f"name: case\nholding_rate_per_year: 0.25\non_time_target: 0.9\n{form}{columns}"
    (path / "scenario.yaml").write_text(settings, encoding="utf-8")
    (path / "products.csv").write_text(products, encoding=encoding)
    if orders is not None:
        (path / "orders.csv").write_text(orders, encoding=encoding)
    return path


def row(cost="100", cv="0.5", *, sign=","):
    return sign.join(HEADER) + "\n" + sign.join(["P1", "10", cv, cost, "5", "10", ""]) + "\n"


def faults(path):
    with pytest.raises(ScenarioError) as raised:
        read_scenario(path)
    return [str(issue) for issue in raised.value.issues]


def cost(path):
    return read_scenario(path).products["unit_cost"].tolist()


GERMAN = 'format: {delimiter: ";", decimal: ",", thousands: "."}\n'


@pytest.mark.parametrize(
    ("written", "value"),
    [("1234,5", 1234.5), ("1.234,5", 1234.5), ("1.234.567", 1234567.0), ("12", 12.0), (",5", 0.5), ("1,5e2", 150.0)],
)
def test_decimal_comma_and_points_between_thousands(tmp_path, written, value):
    assert cost(case(tmp_path, row(written, "0,5", sign=";"), form=GERMAN)) == [value]


@pytest.mark.parametrize(
    "written",
    ["1.5", "0.500", "-0.125", "12.34,5", "1,234.5", "1.2345", "1.23.456", "1,2,3", "1 234", "--5"],
)
def test_what_is_no_such_number_is_a_fault_and_never_a_guess(tmp_path, written):
    found = faults(case(tmp_path, row(written, "0,5", sign=";"), form=GERMAN))
    assert len(found) == 1
    assert f"products.csv:2:unit_cost: '{written}' is not a number" in found[0]


def test_a_point_under_a_comma_is_explained(tmp_path):
    found = faults(case(tmp_path, row("1.5", "0,5", sign=";"), form='format: {delimiter: ";", decimal: ","}\n'))
    assert "format.thousands says what a point means" in found[0]
    found = faults(case(tmp_path / "b", row('"1,5"')))
    assert "format.decimal and format.thousands in scenario.yaml declare what a comma means" in found[0]


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("','", '"1,234.5"'), ("\"'\"", "1'234.5"), ("\"'\"", "1’234.5"), ("' '", "1 234.5"),
        ("' '", "1\u00a0234.5"), ("' '", "1\u202f234.5"),
    ],
)  # fmt: skip
def test_other_signs_between_thousands(tmp_path, declared, written):
    path = case(tmp_path, row(written), form=f"format: {{thousands: {declared}}}\n")
    assert cost(path) == [1234.5]


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_an_undeclared_delimiter_is_one_fault_that_says_what_to_declare(tmp_path, sign, name):
    written = {"\t": "\\t"}.get(sign, sign)
    declare = f'format: {{delimiter: "{written}"}}'
    found = faults(case(tmp_path / "a", row(sign=sign)))
    assert found == [f"products.csv:1: {name} separate the columns; write in scenario.yaml '{declare}'"]
    assert cost(case(tmp_path / "b", row(sign=sign), form=f"{declare}\n")) == [100.0]


def test_signs_that_contradict_each_other_are_refused(tmp_path):
    found = faults(case(tmp_path, row(), form='format: {decimal: ",", thousands: ","}\n'))
    assert "decimal and thousands are both ','" in found[0]


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_other_delimiters(tmp_path, sign):
    shown = sign.replace("\t", "\\t")
    assert cost(case(tmp_path, row(sign=sign), form=f'format: {{delimiter: "{shown}"}}\n')) == [100.0]


def test_other_encodings(tmp_path):
    text = row().replace("P1", "Schlüssel")
    path = case(tmp_path, text, form="format: {encoding: cp1252}\n", encoding="cp1252")
    assert read_scenario(path).products["product"].tolist() == ["Schlüssel"]
    assert "is not utf-8 text" in faults(case(tmp_path / "b", text, encoding="cp1252"))[0]


@pytest.mark.parametrize(("written", "units"), [("5-", -5), ("\N{MINUS SIGN}5", -5), ("1.5-", -1.5)])
def test_a_sign_behind_a_number_or_of_its_own_is_one(tmp_path, written, units):
    orders = ORDERS.format("2024-05-03", "").replace(",3,", f",{written},")
    assert read_scenario(case(tmp_path, row(), orders=orders)).orders["quantity"].tolist() == [units]


ORDERS = "order_date,product,quantity,requested_date\n{},P1,3,{}\n"


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("%d.%m.%Y", "03.05.2024"), ("%d.%m.%Y", "3.5.2024"), ("%m/%d/%Y", "05/03/2024"), ("%d/%m/%y", "03/05/24"),
        ("%Y%m%d", "20240503"), ("%d.%m.%Y %H:%M", "03.05.2024 17:30"), ("%d %b %Y", "03 May 2024"),
    ],
)  # fmt: skip
def test_local_dates_are_read_as_declared(tmp_path, pattern, written):
    path = case(tmp_path, row(), form=f'format: {{date: "{pattern}"}}\n', orders=ORDERS.format(written, ""))
    orders = read_scenario(path).orders
    assert orders["order_date"].tolist() == [pd.Timestamp("2024-05-03")]
    assert orders["requested_date"].isna().all()


@pytest.mark.parametrize("written", ["03.05.2024", "2024-13-01", "2023-02-29", "2024-05", "2024-05-03 noon", "May"])
def test_dates_are_never_guessed(tmp_path, written):
    found = faults(case(tmp_path, row(), orders=ORDERS.format(written, "")))
    assert len(found) == 1
    assert f"orders.csv:2:order_date: '{written}' is not a date written as %Y-%m-%d" in found[0]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("03.05.2024", "13.05.2024"), "write in scenario.yaml 'format: {date: \"%d.%m.%Y\"}'"),
        (("20240503", ""), "write in scenario.yaml 'format: {date: \"%Y%m%d\"}'"),
        (("05/13/2024", "05/03/2024"), "write in scenario.yaml 'format: {date: \"%m/%d/%Y\"}'"),
        (("03/05/2024", "04/05/2024"), "declare format.date in scenario.yaml"),  # either
        (("13.05.2024", "2024-05-03"), "write in scenario.yaml 'format: {date: \"%d.%m.%Y\"}'"),  # ISO is read anyway
        (("13.05.2024", "05/13/2024"), "declare format.date in scenario.yaml"),  # not both
        (("2024-W18", "2024-W19"), "it names a week or a month; a day is needed, such as its first"),
        (("202405", "202406"), "it names a week or a month; a day is needed, such as its first"),
        (("2024-05", ""), "it names a week or a month; a day is needed, such as its first"),
    ],
)
def test_what_to_declare_is_said_where_one_way_of_writing_fits(tmp_path, days, said):
    text = ORDERS.format(days[0], "") + (f"{days[1]},P1,3,\n" if days[1] else "")
    assert faults(case(tmp_path, row(), orders=text))[0].endswith(f"; {said}")


@pytest.mark.parametrize(
    "time", ["11:59 PM", "23:59:59,123", "T23:59:59.123+08:00", "7:05 a.m.", "23:59 UTC", "T23:59+08"]
)
def test_the_time_of_the_day_changes_no_day(tmp_path, time):
    written = "2024-05-03" + (time if time.startswith("T") else f" {time}")
    path = case(tmp_path, row(), orders=ORDERS.format(f'"{written}"', ""))
    assert read_scenario(path).orders["order_date"].tolist() == [pd.Timestamp("2024-05-03")]


@pytest.mark.parametrize("written", ["2024-W18-5", "2024W185"])
@pytest.mark.parametrize("pattern", ["%Y-%m-%d", "%d.%m.%Y"])
def test_a_day_of_an_iso_week_is_read_under_any_pattern(tmp_path, written, pattern):
    path = case(tmp_path, row(), form=f'format: {{date: "{pattern}"}}\n', orders=ORDERS.format(written, ""))
    assert read_scenario(path).orders["order_date"].tolist() == [pd.Timestamp("2024-05-03")]
    assert len(faults(case(tmp_path / "none", row(), orders=ORDERS.format("2024-W54-5", "")))) == 1


def test_an_iso_day_is_read_under_any_other_pattern(tmp_path):
    text = ORDERS.format("31.05.2024", "2024-06-01")
    orders = read_scenario(case(tmp_path, row(), form='format: {date: "%d.%m.%Y"}\n', orders=text)).orders
    assert orders["requested_date"].tolist() == [pd.Timestamp("2024-06-01")]
    found = faults(case(tmp_path / "b", row(), form='format: {date: "%Y-%d-%m"}\n', orders=text))
    assert len(found) == 1  # a pattern of its own order leaves nothing to guess


@pytest.mark.parametrize("pattern", ["dd.mm.yyyy", "%d.%m.", "%Q", "%H:%M", "%"])
def test_a_pattern_that_names_no_day_is_refused_where_it_stands(tmp_path, pattern):
    path = case(tmp_path, row(), form=f'format: {{date: "{pattern}"}}\n', orders=ORDERS.format("2024-05-03", ""))
    found = faults(path)
    assert len(found) == 1
    assert "scenario.yaml:4:format.date" in found[0]
    assert "%d.%m.%Y" in found[0]


ALIASES = "columns:\n  products:\n    product: Artikel\n    unit_cost: Herstellkosten\n"


def test_the_clients_column_names_are_read_as_declared(tmp_path):
    text = row().replace("product,", "Artikel,").replace("unit_cost", "Herstellkosten")
    scenario = read_scenario(case(tmp_path, text, columns=ALIASES))
    assert scenario.products["product"].tolist() == ["P1"]
    plain = read_scenario(case(tmp_path / "b", row()))
    assert scenario.digest() == plain.digest()


def test_aliases_hold_for_workbooks_too(tmp_path):
    from tests.scenario.test_workbook import SETTINGS, book

    header = ["Artikel", *HEADER[1:6], "late_cost_per_unit_day"]
    settings = [*SETTINGS, ["columns.products.product", "Artikel"]]
    path = book(tmp_path / "a.xlsx", {"scenario": settings, "products": [header, ["P1", 10, 0.5, 100, 5, 10, 1]]})
    assert read_scenario(path).products["product"].tolist() == ["P1"]


def test_aliases_of_unknown_columns_or_tables_or_headers_are_faults(tmp_path):
    wrong = "columns:\n  products:\n    unit_costs: Kosten\n  product:\n    a: b\n"
    found = "\n".join(faults(case(tmp_path, row(), columns=wrong)))
    assert "there is no column 'unit_costs'; did you mean 'unit_cost'?" in found
    assert "there is no table 'product'; did you mean 'products'?" in found
    missing = "columns:\n  products:\n    price: Preis\n"
    assert "products.csv has no column 'Preis'" in faults(case(tmp_path / "b", row(), columns=missing))[0]


def test_a_column_under_both_names_stands_twice(tmp_path):
    text = row().replace("price", "Herstellkosten")
    found = "\n".join(faults(case(tmp_path, text, columns="columns:\n  products:\n    unit_cost: Herstellkosten\n")))
    assert "'unit_cost' and 'Herstellkosten' are the same column; keep one" in found


def test_two_columns_cannot_share_a_heading(tmp_path):
    columns = "columns:\n  products:\n    unit_cost: Wert\n    price: Wert\n"
    text = row().replace("unit_cost", "Wert").replace(",price", "").replace("10,\n", "10\n")
    assert faults(case(tmp_path, text, columns=columns))
