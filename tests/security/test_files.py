"""Hostile files: settings that would run, and results that a spreadsheet would."""

import csv
import re

import pytest
from typer.testing import CliRunner

from engine.catalog.intake.rejected import Rejected, read_rejected, write_rejected
from engine.catalog.results.report import BatchReport, write_tables
from engine.cli import app
from engine.errors import EngineError, ScenarioError
from engine.scenario.read import read_scenario
from tests.conftest import ROOT
from tests.scenarios import write_scenario

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "=HYPERLINK(\"http://evil\")", "＝1+1"]


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system ['touch {mark}']",
        "!!python/object/new:subprocess.Popen [['touch', '{mark}']]",
        "!!python/name:os.system",
        "!include /etc/passwd",
        "!!binary aGVsbG8=",
    ],
)
def test_tags_in_settings_run_nothing(value, tmp_path):
    folder, mark = write_scenario(tmp_path / "case"), tmp_path / "mark"
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    (folder / "scenario.yaml").write_text(f"{text}currency: {value.format(mark=mark)}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(folder)
    assert "scenario.yaml" in str(caught.value)
    assert "root:" not in str(caught.value)
    assert not mark.exists()


def test_a_table_that_is_a_link_elsewhere_shows_nothing_of_it(tmp_path):
    folder, secret = write_scenario(tmp_path / "case"), tmp_path / "secret"
    secret.write_text("password\nhunter2\n", encoding="utf-8")
    (folder / "components.csv").symlink_to(secret)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(folder)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", FORMULAS)
def test_rejected_rows_hold_no_formula_and_read_back(text, tmp_path):
    row = Rejected(table="products", row=2, product=text, column="demand_cv", reason=text)
    write_rejected(tmp_path / "rejected.csv", [row])
    with (tmp_path / "rejected.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not any(cell[:1] in set("=+-@\t＝") for cell in cells)
    assert read_rejected(tmp_path / "rejected.csv") == [row]


@pytest.mark.parametrize("text", FORMULAS)
def test_tables_of_a_batch_report_hold_no_formula(text, tmp_path):
    import pandas as pd

    table = pd.DataFrame({"product": [text], "saving_per_year": [-1.5]})
    tables = dict.fromkeys(("mix", "switches", "regret"), table)
    report = BatchReport(**{name: tables.get(name, {}) for name in BatchReport.__slots__})
    write_tables(report, tmp_path)
    for name in ("mix", "switches", "regret"):
        cells = (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()[1]
        assert cells.lstrip('"').startswith("'")
        assert cells.endswith("-1.5"), "a number stays a number"


@pytest.mark.parametrize("text", FORMULAS[:1])
def test_a_plan_of_hostile_names_holds_no_formula(text, tmp_path):
    folder = write_scenario(tmp_path / "case", products=[{"product": text, "family": text, "name": text}])
    found = CliRunner().invoke(app, ["solve", str(folder), "--out", str(tmp_path / "plan"), "--samples", "20"])
    assert found.exit_code == 0, found.output
    for path in (tmp_path / "plan").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert not any(cell.startswith("=") for line in csv.reader(file) for cell in line), path.name


def test_a_name_with_escape_sequences_does_not_reach_the_terminal_as_one(tmp_path):
    folder = write_scenario(tmp_path / "case", products=[{"product": "P\x1b[2J", "demand_cv": "\x1b]0;mine\x07"}])
    found = CliRunner().invoke(app, ["check", str(folder)])
    assert isinstance(found.exception, EngineError)
    assert str(found.exception).splitlines()[1:] == [
        "  products.csv:2:product: 'P<U+001B>[2J' holds a character that is not printed; type it again without",
        "  products.csv:2:demand_cv: '<U+001B>]0;mine<U+0007>' is not a number; expected a number 0 or more",
    ]


def test_nothing_of_codp_unpickles_evaluates_or_starts_a_shell():
    runs = re.compile(r"pickle\.load|(?<![\w.])(eval|exec)\(|shell=True|typ=.unsafe|os\.system")
    sources = list((ROOT / "engine").rglob("*.py"))
    assert len(sources) > 300
    assert [path.name for path in sources if runs.search(path.read_text(encoding="utf-8"))] == []
