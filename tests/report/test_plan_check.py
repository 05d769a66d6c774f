"""A plan on disk that somebody changed: every fault is named with its place, and stocks changed by hand count."""

import json
import re
import shutil

import pandas as pd
import pytest

from engine.decision.plan import DECISIONS
from engine.decision.solve import solve
from engine.errors import EngineError
from engine.report.checks.plan import COLUMNS, OPTIONAL
from engine.report.files import read_plan, write_plan
from tests.evidence import FULL
from tests.scenarios import make_scenario

PARTS = {"components": [{}, {}], "bom": {"A": {"C1": 1}, "B": {"C1": 2, "C2": 1}}}
GOODS = [{"product": "A", "locked": "MTS"}, {"product": "B", "locked": "ATO", "assembly_days": 1}, {"product": "C"}]
WORK = {
    "resources": [{"resource": "saw", "hours_per_week": 100.0}],
    "routing": [{"product": "A", "resource": "saw", "stage": "make", "hours_per_unit": 0.5}],
}


@pytest.fixture(scope="module")
def plan():
    return solve(make_scenario(GOODS, **PARTS, **WORK), samples=20).plan


@pytest.fixture(scope="module")
def written(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    write_plan(plan, folder)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    """A copy of the plan as it was written."""
    return shutil.copytree(written, tmp_path, dirs_exist_ok=True)


def put(folder, table, row, column, cell):
    """Write into a cell as a spreadsheet does; rows are counted as there."""
    path = folder / f"{table}.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.loc[row - 2, column] = cell
    frame.to_csv(path, index=False)


def put_summary(folder, **values):
    path = folder / "summary.json"
    found = {**json.loads(path.read_text(encoding="utf-8")), **values}
    path.write_text(json.dumps({key: value for key, value in found.items() if value is not ...}), encoding="utf-8")


def told(folder):
    with pytest.raises(EngineError) as caught:
        read_plan(folder)
    head, *lines = str(caught.value).splitlines()
    assert re.fullmatch(rf"{re.escape(str(folder))}: the plan cannot be read, \d+ faults?:", head)
    return [line.strip() for line in lines]


def test_the_columns_asked_for_are_those_written(plan):
    # Plans of earlier versions lack some.
    assert list(COLUMNS["decisions"]) == [name for name in DECISIONS if name not in OPTIONAL["decisions"]]
    for name, columns in COLUMNS.items():
        written = getattr(plan, name).columns
        assert list(columns) == [column for column in written if column not in OPTIONAL.get(name, {})]


@pytest.mark.parametrize(
    ("table", "row", "column", "cell", "words"),
    [
        ("decisions", 2, "strategy", "MTX", "'MTX' is none of MTS, ATO, MTO"),
        ("decisions", 3, "strategy", "", "is blank"),
        ("decisions", 4, "current_strategy", "mts", "'mts' is none of MTS, ATO, MTO"),
        ("decisions", 2, "base_stock", "", "is blank; what is made to stock needs a base stock"),
        ("decisions", 2, "base_stock", "lots", "'lots' is no number"),
        ("decisions", 4, "base_stock", "1,5", "'1,5' is no number"),
        ("decisions", 3, "expected_cost_per_year", "", "is blank; a number is needed"),
        ("decisions", 3, "on_time", "True", "'True' is no number"),
        ("decisions", 3, "on_time", "1.7", "1.7 is no share of the units; it is from 0 to 1"),
        ("decisions", 4, "on_time", "-0.1", "-0.1 is no share of the units; it is from 0 to 1"),
        ("decisions", 2, "lead_time_days", "inf", "inf is no finite number"),
        ("decisions", 4, "product", "", "is blank; every row is named by it"),
        ("components", 3, "base_stock", "", "is blank; a number is needed"),
        ("components", 3, "component", "C1", "'C1' stands in row 2 already"),
        ("ledger", 2, "product", "Z", "'Z' has no row in decisions.csv"),
        ("ledger", 2, "term", "interest", "'interest' is none of holding, "),
        ("ledger", 3, "cost_per_year", "-", "'-' is no number"),
        ("resources", 2, "mean_utilisation", "busy", "'busy' is no number"),
    ],
)
def test_a_faulty_cell_is_placed(folder, table, row, column, cell, words):
    put(folder, table, row, column, cell)
    lines = told(folder)
    assert any(line.startswith(f"{table}.csv:{row}:{column}: {words}") for line in lines), lines


def test_every_fault_is_named_at_once(folder):
    put(folder, "decisions", 2, "base_stock", "lots")
    put(folder, "components", 2, "inventory_value", "dear")
    frame = pd.read_csv(folder / "ledger.csv").drop(columns="term")
    frame.to_csv(folder / "ledger.csv", index=False)
    put_summary(folder, objective_per_year="dear", samples=...)
    lines = told(folder)
    assert len(lines) == 6, lines
    assert "decisions.csv:2:base_stock: 'lots' is no number" in lines
    assert "components.csv:2:inventory_value: 'dear' is no number" in lines
    assert "ledger.csv:1:term: the column is missing" in lines
    assert 'summary.json:objective_per_year: "dear" is not a number' in lines
    assert "summary.json:samples: is missing; a whole number above zero is needed" in lines


def test_a_cost_that_its_ledger_does_not_add_up_to_is_told_with_what_it_would_be(folder, plan):
    first = plan.ledger["product"].iloc[0]
    row = plan.decisions["product"].tolist().index(first) + 2
    cost = plan.decisions["expected_cost_per_year"].iloc[row - 2]
    put(folder, "ledger", 2, "cost_per_year", str(plan.ledger["cost_per_year"].iloc[0] + 100.0))
    said = f"{cost:.10g} is not what the lines of '{first}' in ledger.csv add up to, {cost + 100.0:.10g}"
    assert told(folder) == [f"decisions.csv:{row}:expected_cost_per_year: {said}"]
    put(folder, "decisions", row, "expected_cost_per_year", str(cost + 100.0))
    read_plan(folder)


def test_a_cost_without_lines_in_the_ledger_is_told(folder, plan):
    lines = pd.read_csv(folder / "ledger.csv", dtype="str")
    lines[lines["product"] != "A"].to_csv(folder / "ledger.csv", index=False)
    cost = plan.decisions["expected_cost_per_year"].iloc[0]
    said = f"{cost:.10g} is not what the lines of 'A' in ledger.csv add up to, 0"
    assert told(folder) == [f"decisions.csv:2:expected_cost_per_year: {said}"]


def test_a_column_of_truths_is_not_one_of_ones(folder):
    for row in (2, 3, 4):
        put(folder, "decisions", row, "on_time", "True")
    assert told(folder) == [f"decisions.csv:{row}:on_time: 'True' is no number" for row in (2, 3, 4)]


@pytest.mark.parametrize("table", COLUMNS)
def test_every_column_is_needed(folder, table):
    """Each by itself in the long form, else every second one, and then the others."""
    path, columns = folder / f"{table}.csv", list(COLUMNS[table])
    whole = path.read_text(encoding="utf-8")
    for missing in [[column] for column in columns] if FULL else (columns[::2], columns[1::2]):
        pd.read_csv(path, dtype="str").drop(columns=missing).to_csv(path, index=False)
        lines = told(folder)
        for column in columns:
            assert (f"{table}.csv:1:{column}: the column is missing" in lines) == (column in missing)
        path.write_text(whole, encoding="utf-8")


@pytest.mark.parametrize(
    "values",
    [{"scenario": ...}, {"currency": 1}, {"status": "judged"}, {"input_sha256": ...}, {"objective_per_year": None},
     {"inventory_value": True}, {"counts": [1]}, {"counts": {"MTS": 1}}, {"samples": 0}, {"seed": 1.5},
     {"versions": ...}, {"gap": "none"}, {"allocation_gap": "none"},
     {"program_per_year": True}, {"certified_by": "pyomo"}, {"hour_price_per_year": 3},
     {"customer": {"on_time": "high"}}],
)  # fmt: skip
def test_a_summary_that_lacks_what_is_read_is_told(folder, values):
    put_summary(folder, **values)
    lines = told(folder)
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"summary.json:{next(iter(values))}: ")


@pytest.mark.parametrize("text", ["[]", '"plan"', "3", "null"])
def test_a_summary_that_is_no_object_is_told(folder, text):
    (folder / "summary.json").write_text(text, encoding="utf-8")
    assert told(folder) == ["summary.json: holds no object with the figures of a plan"]


def test_a_deleted_row_is_told_by_the_tables_that_still_have_it(folder):
    path = folder / "decisions.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    found = told(folder)
    assert "summary.json:counts: 3 products are counted, decisions.csv has 2" in found
    assert any(line.startswith("ledger.csv:") and "'C' has no row in decisions.csv" in line for line in found)


@pytest.mark.parametrize("table", COLUMNS)
@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"product\nA,B,C\n", b'"'])
def test_what_is_no_table_is_told(folder, table, data):
    (folder / f"{table}.csv").write_bytes(data)
    assert any(line.startswith(f"{table}.csv:") for line in told(folder))


def test_a_part_bought_in_lots_may_be_reordered_below_zero(folder):
    """How far, only the scenario knows, as of finished stock."""
    put(folder, "components", 2, "base_stock", "-3")
    put(folder, "decisions", 2, "base_stock", "-2")
    found = read_plan(folder)
    assert (found.components["base_stock"].iloc[0], found.decisions["base_stock"].iloc[0]) == (-3.0, -2.0)


def test_stocks_changed_by_hand_count_and_so_does_a_spreadsheet_s_mark(folder, plan):
    put(folder, "decisions", 2, "base_stock", "12")
    put(folder, "components", 2, "base_stock", "7.5")
    for table in COLUMNS:
        text = (folder / f"{table}.csv").read_text(encoding="utf-8")
        (folder / f"{table}.csv").write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    found = read_plan(folder)
    assert found.decisions["base_stock"].iloc[0] == 12.0
    assert found.components["base_stock"].iloc[0] == 7.5
    assert found.decisions["product"].tolist() == ["A", "B", "C"]
    assert found.decisions["expected_cost_per_year"].tolist() == plan.decisions["expected_cost_per_year"].tolist()
