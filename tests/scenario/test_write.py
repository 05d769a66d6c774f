import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from engine.errors import EngineError
from engine.scenario.files.write import write_scenario_folder
from engine.scenario.read import read_scenario

SETTINGS = {
    "name": "007",
    "holding_rate_per_year": 0.25,
    "on_time_target": None,
    "risk": {"cvar_weight": 0.1},
}


def products(**columns):
    values = {
        "product": ["00123", "NO"],
        "demand_per_week": [0.1 + 0.2, 4.0],
        "demand_cv": [1 / 3, 1e-7],
        "unit_cost": [10, 20],
        "lead_time_target_days": [5, 5],
        "make_days": [7.0, np.nan],
        "late_cost_per_unit_day": [1.0, 2.0],
        **columns,
    }
    return pd.DataFrame(values)


def tree(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def write(out, frame=None, notes=("one", "two\nlines"), settings=SETTINGS):
    write_scenario_folder(
        out, settings=settings, tables={"products": products() if frame is None else frame}, notes=notes
    )


def test_floats_read_back_exactly_and_whole_numbers_have_no_point(tmp_path):
    write(tmp_path / "s")
    assert (tmp_path / "s" / "products.csv").read_bytes() == (
        b"product,demand_per_week,demand_cv,unit_cost,lead_time_target_days,make_days,late_cost_per_unit_day\n"
        b"00123,0.30000000000000004,0.3333333333333333,10,5,7,1\n"
        b"NO,4,1e-07,20,5,,2\n"
    )
    back = pd.read_csv(tmp_path / "s" / "products.csv", dtype={"product": str}, keep_default_na=False)
    assert back["demand_per_week"].tolist() == [0.1 + 0.2, 4.0]


def test_text_is_quoted_so_that_a_sku_stays_text(tmp_path):
    where = {"product": ["00123", "NO"]}
    write(tmp_path / "s", settings={**SETTINGS, "variants": {"NO": {"where": where}}})
    text = (tmp_path / "s" / "scenario.yaml").read_text(encoding="utf-8")
    assert 'name: "007"\n' in text
    assert "on_time_target: null\n" in text
    assert '"NO":\n' in text
    for version in ((1, 1), (1, 2)):
        yaml = YAML(typ="safe", pure=True)
        yaml.version = version
        loaded = yaml.load(text)
        assert loaded["name"] == "007"
        assert loaded["variants"] == {"NO": {"where": where}}
        assert loaded["on_time_target"] is None


def test_notes_are_a_list_with_a_title(tmp_path):
    write(tmp_path / "s")
    notes = (tmp_path / "s" / "NOTES.md").read_text(encoding="utf-8")
    assert notes == "# Notes on the scenario 007\n\n- one\n- two lines\n"


def test_what_is_written_can_be_read(tmp_path):
    write(tmp_path / "s", products(make_days=[7.0, 8.5], product=["00123", 'a "b", ü']))
    scenario = read_scenario(tmp_path / "s")
    assert scenario.settings.name == "007"
    assert scenario.products["product"].tolist() == ["00123", 'a "b", ü']
    assert scenario.products["demand_cv"].tolist() == [1 / 3, 1e-7]


def test_dates_and_truth_values(tmp_path):
    dates = pd.to_datetime(["2020-05-31", None])
    orders = pd.DataFrame(
        {"order_date": dates, "product": ["a", "b"], "quantity": [1, 2], "rush": [True, False]}
    )
    write_scenario_folder(tmp_path / "s", settings=SETTINGS, tables={"orders": orders}, notes=())
    assert (tmp_path / "s" / "orders.csv").read_text(encoding="utf-8") == (
        "order_date,product,quantity,rush\n2020-05-31,a,1,true\n,b,2,false\n"
    )


def test_an_earlier_scenario_is_replaced_as_a_whole(tmp_path):
    out = tmp_path / "s"
    write(out)
    (out / "bom.csv").write_text("product,component,quantity\n", encoding="utf-8")
    write(out, products(unit_cost=[11, 21]))
    assert sorted(tree(out)) == ["NOTES.md", "products.csv", "scenario.yaml"]
    assert b",11,5" in tree(out)["products.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_an_empty_folder_and_missing_parents_are_fine(tmp_path):
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty")
    write(tmp_path / "a" / "b" / "c")
    assert tree(tmp_path / "empty") == tree(tmp_path / "a" / "b" / "c")


def test_foreign_folders_and_files_are_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(EngineError, match="is not empty and holds no scenario"):
        write(tmp_path / "mine")
    (tmp_path / "mine" / "scenario.yaml").write_text("name: mine\n", encoding="utf-8")
    with pytest.raises(EngineError, match=r"holds 'thesis\.txt'.*would be lost"):
        write(tmp_path / "mine")
    assert sorted(tree(tmp_path / "mine")) == ["scenario.yaml", "thesis.txt"]
    with pytest.raises(EngineError, match="is a file"):
        write(tmp_path / "mine" / "thesis.txt")


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_a_number_without_end_is_refused_with_its_place(tmp_path, value):
    with pytest.raises(EngineError, match=r"products\.csv, row 3, demand_per_week"):
        write(tmp_path / "s", products(demand_per_week=[1.0, value]))
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_table_or_value_is_refused(tmp_path):
    with pytest.raises(EngineError, match="'product' is not a table"):
        write_scenario_folder(tmp_path / "s", settings=SETTINGS, tables={"product": products()}, notes=())
    with pytest.raises(EngineError, match=r"products\.csv, row 2, name: \['x'\]"):
        write(tmp_path / "s", products(name=[["x"], ["y"]]))
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_earlier_scenario(tmp_path, monkeypatch):
    out = tmp_path / "s"
    write(out)
    before = tree(out)
    rename = Path.rename

    def refuse(self, target):
        if self.name.endswith(".new"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(EngineError, match=r"cannot be written.*No space left"):
        write(out, products(unit_cost=[11, 21]))
    assert tree(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["s"]
