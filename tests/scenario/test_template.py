import re
import zipfile

import pytest

from engine.errors import EngineError, ScenarioError
from engine.scenario.columns import COLUMNS, column
from engine.scenario.files.settings_file import parse_settings
from engine.scenario.files.template import write_template
from engine.scenario.files.template_text import SETTINGS, TABLE_MEANINGS, blank_means, setting_default, yaml_text
from engine.scenario.read import read_scenario
from engine.scenario.settings import Settings

VALUES = {
    "product": "P1", "demand_per_week": "10", "demand_cv": "0.5", "unit_cost": "100",
    "lead_time_target_days": "5", "make_days": "10", "late_cost_per_unit_day": "1",
}  # fmt: skip


def faults(path):
    with pytest.raises(ScenarioError) as raised:
        read_scenario(path)
    return [str(issue) for issue in raised.value.issues]


def fill_in_folder(folder):
    names = [definition.name for definition in COLUMNS["products"]]
    row = ",".join(VALUES.get(name, "") for name in names)
    with (folder / "products.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")


def fill_in_book(path):
    """Type one row below the comments, as a spreadsheet program would store it."""
    names = [definition.name for definition in COLUMNS["products"]]
    cells = "".join(
        f'<c r="{letters(names.index(name))}5" t="inlineStr"><is><t>{value}</t></is></c>'
        if name == "product"
        else f'<c r="{letters(names.index(name))}5"><v>{value}</v></c>'
        for name, value in sorted(VALUES.items(), key=lambda item: names.index(item[0]))
    )
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = next(name for name, text in parts.items() if name.startswith("xl/worksheets") and rows_of(text) == 4
                 and letters(len(names) - 1).encode() + b"1" in text)  # fmt: skip
    parts[sheet] = parts[sheet].replace(b"</sheetData>", f'<row r="5">{cells}</row></sheetData>'.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def rows_of(text):
    return len(re.findall(rb"<row ", text))


def letters(index):
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)


def test_an_empty_folder_template_has_only_the_fault_of_being_empty(tmp_path):
    write_template(tmp_path / "case")
    assert faults(tmp_path / "case") == ["products.csv: holds no product; at least one is needed"]


def test_an_empty_workbook_template_has_only_the_fault_of_being_empty(tmp_path):
    write_template(tmp_path / "case.xlsx")
    assert faults(tmp_path / "case.xlsx") == ["case.xlsx[products]: holds no product; at least one is needed"]


@pytest.mark.parametrize("name", ["case.xls", "case.ODS", "case.csv"])
def test_a_template_is_a_workbook_or_a_folder_and_no_other_file(tmp_path, name):
    with pytest.raises(EngineError, match=r"an \.xlsx workbook or a folder"):
        write_template(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_one_product_makes_a_folder_template_sound(tmp_path):
    write_template(tmp_path / "case")
    fill_in_folder(tmp_path / "case")
    scenario = read_scenario(tmp_path / "case")
    assert scenario.products["product"].tolist() == ["P1"]
    assert scenario.settings.name == "my case"


def test_one_product_makes_a_workbook_template_sound_and_the_same(tmp_path):
    write_template(tmp_path / "case.xlsx")
    fill_in_book(tmp_path / "case.xlsx")
    write_template(tmp_path / "case")
    fill_in_folder(tmp_path / "case")
    assert read_scenario(tmp_path / "case.xlsx").digest() == read_scenario(tmp_path / "case").digest()


def test_every_column_stands_in_every_table(tmp_path):
    write_template(tmp_path / "case")
    for table, definitions in COLUMNS.items():
        header = (tmp_path / "case" / f"{table}.csv").read_text(encoding="utf-8").strip()
        assert header.split(",") == [definition.name for definition in definitions]
    readme = (tmp_path / "case" / "README.md").read_text(encoding="utf-8")
    for definitions in COLUMNS.values():
        for definition in definitions:
            assert f"| `{definition.name}` | {definition.unit} |" in readme


def test_markdown_tables_have_as_many_cells_in_every_row(tmp_path):
    write_template(tmp_path / "case")
    readme = (tmp_path / "case" / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {6}


def test_every_setting_and_table_is_explained():
    names = {name.split(".")[0] for name, _, _ in SETTINGS}
    assert names == set(Settings.model_fields) - {"variants", "limits", "columns", "format"}
    assert set(TABLE_MEANINGS) == set(COLUMNS)


def test_the_commented_defaults_are_the_defaults():
    text = re.sub(r"(?m)^# (?=[A-Za-z_ ]+:)", "", yaml_text())
    settings, found = parse_settings(text)
    assert found == []
    assert settings == Settings(name="my case", holding_rate_per_year=0.25)


def test_the_commented_examples_are_sound():
    text = re.sub(r"(?m)^## (?=(variants|limits|columns|format):| )", "", yaml_text())
    settings, found = parse_settings(text)
    assert found == []
    assert settings.variants["strong demand"].scale == {"demand_per_week": 1.2}
    assert settings.limits["few kits"].at_most == 3
    assert settings.columns == {"products": {"product": "Artikel"}}
    assert settings.format.decimal == ","


def test_a_changed_default_changes_the_template():
    assert setting_default("risk.cvar_level") == 0.9
    assert setting_default("samples") == 400
    assert setting_default("inventory_budget") is None


@pytest.mark.parametrize(
    ("table", "name", "text"),
    [
        ("products", "product", "required"),
        ("products", "demand_cv", "required, or fitted to orders"),
        ("products", "distribution", "gamma, or fitted to orders"),
        ("products", "allowed", "MTS|ATO|MTO"),
        ("products", "shelf_life_days", "no limit"),
        ("products", "name", "none"),
        ("components", "lead_time_cv", "0"),
    ],
)
def test_what_blanks_mean(table, name, text):
    assert blank_means(column(table, name)) == text


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "case").mkdir()
    write_template(tmp_path / "case")
    for path in (tmp_path / "case", tmp_path / "case.xlsx"):
        if path.suffix:
            write_template(path)
        with pytest.raises(EngineError, match="is there already"):
            write_template(path)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["case", "case.xlsx"]


def test_two_templates_are_byte_identical(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_template(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_workbook_template_explains_and_offers_choices(tmp_path):
    write_template(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        text = archive.read("xl/sharedStrings.xml").decode()
        sheets = "".join(archive.read(n).decode() for n in archive.namelist() if "worksheets" in n)
    assert "# key of the product" in text
    assert "units/week" in text
    assert "blank: longest component lead time + assembly_days" in text
    assert "assemble,make" in sheets


def test_headings_of_what_is_to_be_filled_in_look_different(tmp_path):
    """Of forty columns of products six have to be given, or fitted."""
    write_template(tmp_path / "case.xlsx")
    names = [definition.name for definition in COLUMNS["products"]]
    with zipfile.ZipFile(tmp_path / "case.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    style_of = next(
        styles for text in sheets
        if len(styles := dict(re.findall(r'<c r="([A-Z]+)1" s="(\d+)"', text))) == len(names)
    )  # fmt: skip
    plain = style_of[letters(names.index("name"))]
    assert [name for at, name in enumerate(names) if style_of[letters(at)] != plain] == [
        "product", "demand_per_week", "demand_cv", "unit_cost", "lead_time_target_days", "late_cost_per_unit_day",
    ]  # fmt: skip
