"""What a cell of a workbook can hold is written and read back; what it cannot is told with its place."""

import io

import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.errors import EngineError
from engine.scenario.files.raw import read_workbook
from engine.scenario.files.settings_file import parse_settings
from engine.scenario.files.sheets import settings_values
from engine.scenario.files.workbook import _readable, _written, write_workbook
from engine.scenario.files.xlsx import MAX_ROWS, new_book, new_sheet, write_cell
from engine.scenario.rules import Change
from tests.scenarios import make_scenario


@pytest.fixture
def sheet():
    return new_sheet(new_book(io.BytesIO()), "parts")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("inf"), "inf"), ([1], r"\[1\]"), ("x" * 40_000, "40,?000"),
    ],
)
def test_what_no_cell_holds_is_told_with_sheet_and_row(sheet, value, said):
    with pytest.raises(EngineError, match=said) as caught:
        write_cell(sheet, 6, 0, value)
    assert "parts" in str(caught.value)
    assert "7" in str(caught.value)


def test_a_sheet_that_is_full_is_told(sheet):
    with pytest.raises(EngineError, match="parts"):
        write_cell(sheet, MAX_ROWS + 1, 0, 1.0)


@pytest.mark.parametrize("value", [None, "", float("nan"), pd.NaT])
def test_a_blank_is_no_cell(sheet, value):
    write_cell(sheet, 0, 0, value)
    assert sheet.dim_rowmax is None


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "null"), (True, "true"), (False, "false"), (1.5, 1.5), ("plain", "plain"), ("007", '"007"')],
)
def test_a_value_of_a_variant_is_written_so_that_it_reads_back(value, written):
    assert _written(value) == written


def test_a_value_that_no_cell_says_is_told():
    with pytest.raises(EngineError, match="object"):
        _written(object())


def test_a_row_that_would_read_as_a_comment_has_another_column_first():
    frame = pd.DataFrame({"product": ["#1", "B"], "name": ["x", "y"]})
    assert _readable("products", frame).columns.tolist() == ["name", "product"]
    with pytest.raises(EngineError, match="products"):
        _readable("products", frame.assign(name="#"))


def test_a_table_longer_than_a_sheet_is_refused_before_it_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.scenario.files.workbook.MAX_ROWS", 3)
    with pytest.raises(EngineError, match="products"):
        write_workbook(make_scenario([{}, {}, {}]), tmp_path / "long.xlsx")
    assert not (tmp_path / "long.xlsx").exists()


def test_a_setting_said_twice_is_a_fault():
    said = {"risk.cvar_weight": "0.1", "risk.cvar_weight ": "0.2", "risk.cvar_weight.x": "1"}
    cells = [["setting", "value"], *([name.strip(), value] for name, value in said.items())]
    values, rows, faults = settings_values(cells, "case.xlsx[scenario]")
    assert values == {"risk": {"cvar_weight": 0.1}}
    assert [fault.row for fault in faults] == [3, 4]
    assert rows["risk.cvar_weight"] == 2


@pytest.mark.parametrize("text", ["name: [", "name: case\nname: again\n"])
def test_settings_that_are_no_yaml_are_faults_before_they_are_settings(text):
    settings, faults = parse_settings(text, file="scenario.yaml")
    assert settings is None
    assert faults


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "-"), ({}, "-"), ({"few": {"at_most": 2}, "one": {}}, "few, one"), (0.25, "0.25"), ("family", "family")],
)
def test_a_rule_that_differs_is_told_as_it_is_written(value, words):
    change = Change(group="rules", target="limits", rows=0, before=value, after=value)
    assert change.words(change.before) == words


def test_a_workbook_that_is_written_is_decided_the_same(tmp_path):
    scenario = make_scenario([{}, {"allowed": "MTO"}], samples=30)
    write_workbook(scenario, tmp_path / "case.xlsx")
    from engine.scenario.read import read_scenario

    again = read_scenario(tmp_path / "case.xlsx")
    assert {"scenario", "products"} <= set(read_workbook(tmp_path / "case.xlsx"))
    assert solve(again).plan_or_raise().objective_per_year == solve(scenario).plan_or_raise().objective_per_year
