"""Keys, numbers and files that look like others: accepted, told, or refused, never guessed."""

import pytest

from engine.scenario.files.workbook import write_workbook
from engine.scenario.files.xlsx import new_book
from engine.scenario.read import read_scenario
from tests.scenario.folders import GOOD, faults, write


@pytest.mark.parametrize("name", ["bom (1).csv", "bom - Copy.csv"])
def test_a_copy_of_a_table_that_is_not_there_is_a_fault(tmp_path, name):
    folder = write(tmp_path / "s")
    (folder / name).write_text(GOOD["bom.csv"])
    assert notices(folder) == [("file_left_out", None, None)]
    (folder / "bom.csv").unlink()
    assert f"{name}: there is no table '{name[:-4]}'; did you mean 'bom'?" in faults(folder)


def test_a_text_of_two_bytes_a_letter_is_read(tmp_path):
    folder = write(tmp_path / "s")
    for name, text in GOOD.items():
        if name.endswith(".csv"):
            (folder / name).write_bytes(text.encode("utf-16"))
    assert notices(folder) == []
    (folder / "bom.csv").write_bytes(GOOD["bom.csv"].encode("utf-16-be"))
    (said,) = faults(folder)
    assert said.startswith("bom.csv: is not utf-8 text; save the file as UTF-8")


def notices(path):
    return [(notice.kind, notice.row, notice.column) for notice in read_scenario(path).notices]


def test_a_sound_folder_warns_of_nothing(tmp_path):
    assert notices(write(tmp_path / "s")) == []


@pytest.mark.parametrize("written", ["c1", "C 1", "C1\u200b", "Ｃ1", "C\u00a01"])
def test_a_reference_that_looks_like_one_key_is_read_as_it(tmp_path, written):
    folder = write(tmp_path / "s", bom=("B,C1,1", f"B,{written},1"))
    scenario = read_scenario(folder)
    assert scenario.bom["component"].tolist() == ["C1", "C1", "C2"]
    assert {(notice.row, notice.column) for notice in scenario.notices} == {(3, "component")}
    assert {notice.kind for notice in scenario.notices} <= {"key_read_as", "key_cleaned"}


@pytest.mark.parametrize("dash", "‐‑–—−－")
def test_look_alike_hyphens_are_one(tmp_path, dash):
    text = {name: GOOD[name].replace("C1", "C-1") for name in ("components.csv", "bom.csv")}
    text["bom.csv"] = text["bom.csv"].replace("B,C-1", f"B,C{dash}1")
    assert read_scenario(write(tmp_path / "s", text)).bom["component"].tolist() == ["C-1", "C-1", "C2"]


def test_two_unicode_forms_of_a_letter_are_one(tmp_path):
    text = {"components.csv": GOOD["components.csv"].replace("C1", "M\u00fc"),
            "bom.csv": GOOD["bom.csv"].replace("C1", "Mu\u0308")}  # fmt: skip
    scenario = read_scenario(write(tmp_path / "s", text))
    assert scenario.bom["component"].tolist() == ["M\u00fc", "M\u00fc", "C2"]
    assert [notice.kind for notice in scenario.notices] == ["key_cleaned"] * 2


@pytest.mark.parametrize("written", ["007", "7.0", '="7"', "000000000000000007"])
def test_a_reference_that_a_program_wrote_otherwise_is_read_as_its_key(tmp_path, written):
    text = {"components.csv": GOOD["components.csv"].replace("C1", "7"),
            "bom.csv": GOOD["bom.csv"].replace("A,C1", "A,7").replace("B,C1", f"B,{written}")}  # fmt: skip
    scenario = read_scenario(write(tmp_path / "s", text))
    assert scenario.bom["component"].tolist() == ["7", "7", "C2"]
    told = [] if written.startswith("=") else [("key_read_as", 3, "component")]
    assert [(one.kind, one.row, one.column) for one in scenario.notices] == told


def test_keys_apart_from_their_zeros_are_not_guessed(tmp_path):
    text = {"components.csv": GOOD["components.csv"].replace("C1", "07").replace("C2", "007"),
            "bom.csv": GOOD["bom.csv"].replace("C1", "7").replace("C2", "007")}  # fmt: skip
    assert all("'7' is not in components" in one for one in faults(write(tmp_path / "s", text)))


def test_a_key_without_its_hyphen_is_a_fault_that_says_which_is_meant(tmp_path):
    text = {name: GOOD[name].replace("C1", "C-1") for name in ("components.csv", "bom.csv")}
    text["bom.csv"] = text["bom.csv"].replace("B,C-1", "B,C1")
    (said,) = faults(write(tmp_path / "s", text))
    assert "is 'C-1' meant?" in said


def test_keys_that_look_alike_are_kept_and_told(tmp_path):
    folder = write(tmp_path / "s", components=("C2,5,4", "C2,5,4\nc1,6,4"))
    scenario = read_scenario(folder)
    assert len(scenario.components) == 3
    (notice,) = scenario.notices
    assert (notice.kind, notice.row, notice.values["keys"]) == ("keys_alike", 4, "'C1', 'c1'")


def test_a_reference_that_looks_like_two_keys_is_not_guessed(tmp_path):
    folder = write(tmp_path / "s", components=("C2,5,4", "C2,5,4\nc1,6,4"), bom=("B,C1,1", "B,C 1,1"))
    assert faults(folder) == ["bom.csv:3:component: 'C 1' is not in components; add it there or mend the spelling"]


def test_a_bill_of_materials_of_two_levels_is_told_as_that(tmp_path):
    (said,) = faults(write(tmp_path / "s", bom=("B,C2,4", "B,C2,4\nC1,C2,2")))
    assert said.startswith("bom.csv:5:product: 'C1' is a component and has components of its own (C2)")
    assert "under the products that need 'C1' (A, B), quantities multiplied" in said
    (said,) = faults(write(tmp_path / "u", bom=("B,C2,4", "B,C2,4\nc1,C2,2")))
    assert said.startswith("bom.csv:5:product: 'c1' is a component and has components of its own (C2)")
    between, below = faults(write(tmp_path / "v", bom=("B,C2,4", "B,S,4\nS,C2,1")))
    assert between.startswith("bom.csv:4:component: 'S' has components of its own (C2) and is in neither")
    assert below.startswith("bom.csv:5:product: 'S' is a component and has components of its own (C2)")
    (said,) = faults(write(tmp_path / "t", bom=("B,C2,4", "B,A,4")))
    assert said.startswith("bom.csv:4:component: 'A' is a product and has components of its own (C1)")


@pytest.mark.parametrize(
    ("cell", "value"), [("25%", 0.25), ("12.5 %", 0.125), ("0.25", 0.25), ("100%", 1.0)]
)
def test_shares_may_be_written_in_percent(tmp_path, cell, value):
    head = "late_cost_per_unit_day,make_days,obsolescence_per_year"
    text = GOOD["products.csv"].replace("late_cost_per_unit_day,make_days", head)
    text = text.replace(",10\n", f",10,{cell}\n").replace(",12\n", ",12,\n")
    folder = write(tmp_path / "s", {"products.csv": text})
    assert read_scenario(folder).products["obsolescence_per_year"].tolist() == [value, 0.0]
    (folder / "scenario.yaml").write_text(f"name: case\nholding_rate_per_year: {cell}\n")
    assert read_scenario(folder).settings.holding_rate_per_year == value


def test_money_is_not_written_in_percent(tmp_path):
    (said,) = faults(write(tmp_path / "s", products=("A,10,0.5,100", "A,10,0.5,100%")))
    assert "'100%' is not a number" in said


def test_rates_of_more_than_all_are_told(tmp_path):
    folder = write(tmp_path / "s", settings=("0.25", "25"))
    (notice,) = read_scenario(folder).notices
    assert (notice.kind, notice.file, notice.row, notice.values) == (
        "rate_above_one", "scenario.yaml", 2, {"value": 25.0, "right": 0.25})  # fmt: skip
    assert read_scenario(folder).settings.holding_rate_per_year == 25.0


def test_a_share_that_cannot_be_says_how_to_write_the_percentage(tmp_path):
    text = GOOD["products.csv"].replace("make_days\n", "make_days,on_time_target\n").replace(",1,10\n", ",1,10,95\n")
    (said,) = faults(write(tmp_path / "s", {"products.csv": text.replace(",1,12\n", ",1,12,\n")}))
    assert said.endswith("write 0.95 or 95% for 95%")


def test_a_percentage_that_is_written_as_one_is_not_divided_again(tmp_path):
    text = GOOD["products.csv"].replace("make_days\n", "make_days,on_time_target\n").replace(",1,10\n", ",1,10,150%\n")
    (said,) = faults(write(tmp_path / "s", {"products.csv": text.replace(",1,12\n", ",1,12,\n")}))
    assert "150% is out of range" in said
    assert "write" not in said


@pytest.mark.parametrize(
    ("costs", "told"),
    [
        (("1.100", "80"), [("grouping_doubt", 2, "unit_cost")]),
        (("1.100", "2.350"), [("grouping_doubt", 2, "unit_cost"), ("grouping_doubt", 3, "unit_cost")]),
        (("1.100", "80.5"), []),  # another fraction shows what the point means
        (("0.100", "80"), []),
        (("1100", "80"), []),
    ],
)
def test_a_point_that_may_group_thousands_is_told(tmp_path, costs, told):
    text = GOOD["products.csv"].replace("0.5,100,", f"0.5,{costs[0]},").replace("0.8,80,", f"0.8,{costs[1]},")
    folder = write(tmp_path / "s", {"products.csv": text})
    assert notices(folder) == told
    assert read_scenario(folder).products["unit_cost"].tolist() == [float(cost) for cost in costs]


def test_many_numbers_of_three_decimals_are_no_thousands(tmp_path):
    rows = "".join(f"K{k},{1 + k}.{111 + 17 * k},4\n" for k in range(9))
    folder = write(tmp_path / "s", components=("C2,5,4\n", f"C2,5,4\n{rows}"))
    assert notices(folder) == []
    rows = "".join(f"K{k},{1 + k}.{100 * (1 + k % 9)},4\n" for k in range(9))
    assert {kind for kind, *_ in notices(write(tmp_path / "t", components=("C2,5,4\n", f"C2,5,4\n{rows}")))} == {
        "grouping_doubt"
    }


def test_numbers_of_three_digits_beside_them_may_be_those_below_a_thousand(tmp_path):
    grouped = "".join(f"K{k},{1 + k}.{111 + 17 * k},4\n" for k in range(9))
    for plain, told in (("870", {"grouping_doubt"}), ("1870", set()), ("87", set())):
        rows = f"{grouped}K9,{plain},4\nK10,95,4\n"
        folder = write(tmp_path / plain, components=("C2,5,4\n", f"C2,5,4\n{rows}"))
        assert {kind for kind, *_ in notices(folder)} == told


def test_a_declared_sign_of_thousands_leaves_no_doubt(tmp_path):
    settings = 'name: case\nholding_rate_per_year: 0.25\nformat: {decimal: ",", thousands: "."}\n'
    text = GOOD["products.csv"].replace(",0.5,", ',"0,5",').replace(",0.8,", ',"0,8",').replace("100,5", "1.100,5")
    folder = write(tmp_path / "s", {"scenario.yaml": settings, "products.csv": text})
    assert notices(folder) == []
    assert read_scenario(folder).products["unit_cost"].tolist() == [1100.0, 80.0]


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_spreadsheets_own_separator_line_is_read(tmp_path, sign):
    text = f"sep={sign}\r\n" + GOOD["components.csv"].replace(",", sign)
    scenario = read_scenario(write(tmp_path / "s", {"components.csv": text}))
    assert scenario.components["unit_cost"].tolist() == [20.0, 5.0]
    wrong = text.replace("C2", "C1")
    (said, *_) = faults(write(tmp_path / "t", {"components.csv": wrong}))
    assert said.startswith("components.csv:4:component: 'C1' stands already in row 3")


@pytest.mark.parametrize("name", ["orders.parquet", "Orders.xlsx", "orders.csv.gz", "orders/2024.csv", "orders.txt"])
def test_a_table_in_another_form_is_told_where_it_would_be_missing(tmp_path, name):
    folder = write(tmp_path / "s")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"PAR1")
    assert [kind for kind, *_ in notices(folder)] == ["table_other_form"]
    # Beside the table itself it is what the table was made of.
    (folder / "orders.csv").write_text("order_date,product,quantity\n", encoding="utf-8")
    assert notices(folder) == []


def test_capital_letters_and_blanks_in_files_and_columns_do_not_count(tmp_path):
    folder = write(tmp_path / "s")
    head, rest = GOOD["products.csv"].split("\n", 1)
    (folder / "products.csv").unlink()
    (folder / "PRODUCTS.CSV").write_text(head.title().replace("_", " ") + "\n" + rest)
    (folder / "scenario.yaml").rename(folder / "Scenario.YML")
    scenario = read_scenario(folder)
    assert scenario.notices == ()
    assert scenario.digest() == read_scenario(write(tmp_path / "t")).digest()


def test_what_systems_put_beside_is_passed_over_and_files_of_the_client_are_told(tmp_path):
    folder = write(tmp_path / "s")
    for name in ("._products.csv", "~$bom.csv"):
        (folder / name).write_bytes(b"\x00\x05\x16\x07")
    (folder / "Kunden.csv").write_text("a,b\n1,2\n")
    assert [(notice.kind, notice.file) for notice in read_scenario(folder).notices] == [("file_left_out", "Kunden.csv")]
    (folder / "Component.csv").write_text("a,b\n1,2\n")
    assert faults(folder) == ["Component.csv: there is no table 'Component'; did you mean 'components'?"]


def test_sheets_of_the_client_are_told(tmp_path):
    book = new_book(tmp_path / "a.xlsx")
    for name, rows in {
        "Scenario": [["setting", "value"], ["name", "case"], ["holding_rate_per_year", 0.25]],
        "PRODUCTS": [line.split(",") for line in GOOD["products.csv"].split()],
        "Pivot": [["anything", 1]],
    }.items():
        sheet = book.add_worksheet(name)
        for k, row in enumerate(rows):
            sheet.write_row(k, 0, [float(cell) if str(cell).replace(".", "").isdigit() else cell for cell in row])
    book.close()
    found = read_scenario(tmp_path / "a.xlsx")
    assert [(notice.kind, notice.file) for notice in found.notices] == [("file_left_out", "a.xlsx[Pivot]")]


def test_digits_that_a_spreadsheet_lost_are_told(tmp_path):
    book = new_book(tmp_path / "a.xlsx")
    for name, rows in {
        "scenario": [["name", "case"], ["holding_rate_per_year", 0.25]],
        "products": [GOOD["products.csv"].split("\n")[0].split(","), [1234567890123450, 10, 0.5, 100, 5, 1, 10],
                     ["1234567890123456", 10, 0.5, 100, 5, 1, 10]],
    }.items():  # fmt: skip
        sheet = book.add_worksheet(name)
        for k, row in enumerate(rows):
            sheet.write_row(k, 0, row)
    book.close()
    found = read_scenario(tmp_path / "a.xlsx")
    # The second is a text, whose digits are all there.
    assert found.products["product"].tolist() == ["1234567890123450", "1234567890123456"]
    assert [(notice.kind, notice.row) for notice in found.notices] == [("digits_lost", 2)]


@pytest.mark.parametrize(
    ("keys", "rows"), [(("1.23457E+15", "B"), [2]), (("1234567890123450", "9934567890123400"), [2, 3]),
                       (("1234567890123450", "9934567890123401"), [])],
)  # fmt: skip
def test_digits_that_a_spreadsheet_lost_before_are_told(tmp_path, keys, rows):
    text = GOOD["products.csv"].replace("\nA,", f"\n{keys[0]},").replace("\nB,", f"\n{keys[1]},")
    folder = write(tmp_path / "s", {"products.csv": text})
    for name in ("bom.csv", "components.csv"):
        (folder / name).unlink()
    assert notices(folder) == [("digits_lost", row, "product") for row in rows]


def test_a_table_that_was_forgotten_is_told(tmp_path):
    folder = write(tmp_path / "s", {"resources.csv": "resource,hours_per_week\nsaw,40\n"})
    assert notices(folder) == [("table_unused", None, None)]
    (folder / "bom.csv").unlink()
    assert [str(one).split(":")[0] for one in read_scenario(folder).notices] == ["components.csv", "resources.csv"]
    (folder / "routing.csv").write_text("product,resource,stage,hours_per_unit\nA,saw,make,1\n", encoding="utf-8")
    assert [str(one).split(":")[0] for one in read_scenario(folder).notices] == ["components.csv"]


def test_a_rule_over_families_without_families_is_told(tmp_path):
    rule = ("name: case", "name: case\none_strategy_per: family")
    assert notices(write(tmp_path / "s", settings=rule)) == [("families_missing", 2, "one_strategy_per")]
    header, first, second = GOOD["products.csv"].splitlines()
    some = {"products.csv": f"{header},family\n{first},chairs\n{second},\n"}
    assert notices(write(tmp_path / "t", some, settings=rule)) == []


def test_a_workbook_of_what_was_read_reads_the_same(tmp_path):
    scenario = read_scenario(write(tmp_path / "s", bom=("B,C1,1", "B,c1,1")))
    write_workbook(scenario, tmp_path / "a.xlsx")
    assert read_scenario(tmp_path / "a.xlsx").notices == ()
