"""The report adds up to the run, whatever its partitions."""

import sqlite3

import pytest
from typer.testing import CliRunner

from engine.catalog.results.report import batch_report, write_sqlite
from engine.cli import app
from engine.decision.plan import told_at_least
from engine.errors import EngineError
from tests.catalog.catalogues import decisions


def test_tables_add_up(out):
    report, frame = batch_report(out, top=5), decisions(out)
    assert report.mix["products"].sum() == len(frame)
    assert report.mix[["MTS", "ATO", "MTO"]].sum().sum() == len(frame)
    assert report.mix["expected_cost_per_year"].sum() == pytest.approx(report.summary["objective_per_year"])
    assert report.regret["products"].sum() == frame["regret_per_year"].notna().sum()
    assert report.regret["at_least"].sum() == told_at_least(frame)["regret_per_year"].sum()
    assert report.regret["regret_per_year"].sum() == pytest.approx(frame["regret_per_year"].sum())
    assert len(report.switches) == 5
    first = report.switches.iloc[0]
    row = frame.set_index("product").loc[first["product"]]
    saving = row[f"cost_if_{first['current_strategy']}"] - row["expected_cost_per_year"]
    assert first["saving_per_year"] == pytest.approx(saving)
    assert report.switches["saving_per_year"].is_monotonic_decreasing


def test_sqlite_holds_every_decision(out, tmp_path):
    frame = decisions(out)
    assert write_sqlite(out, tmp_path / "run.sqlite") == len(frame)
    with sqlite3.connect(tmp_path / "run.sqlite") as database:
        cost = database.execute("SELECT sum(expected_cost_per_year) FROM decisions").fetchone()[0]
    database.close()
    assert cost == pytest.approx(frame["expected_cost_per_year"].sum())
    with pytest.raises(EngineError, match="is there already"):
        write_sqlite(out, tmp_path / "run.sqlite")


def test_the_command_tells_it(out, tmp_path):
    shown = CliRunner().invoke(app, ["batch", "report", str(out), "--tables", str(tmp_path / "tables")])
    assert shown.exit_code == 0, shown.output
    assert "Strategies by family" in shown.output
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == ["mix.csv", "regret.csv", "switches.csv"]


def test_a_run_that_is_not_complete_has_no_report(tmp_path):
    with pytest.raises(EngineError, match=r"holds no complete batch run \(there is no run in it\)"):
        batch_report(tmp_path)
