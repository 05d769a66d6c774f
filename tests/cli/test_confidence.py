"""`codp confidence` by its words, files and exit codes."""

import json
from pathlib import Path

import pandas as pd
from typer.testing import CliRunner

from engine.cli import app
from tests.scenarios import write_scenario

TINY = Path(__file__).resolve().parents[2] / "scenarios" / "tiny"
QUICK = ("--samples", 20, "--draws", 20, "--batches", 2)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_it_tells_and_writes(tmp_path):
    found = run("confidence", TINY, "--out", tmp_path / "out", *QUICK, "--of", "demand_cv=0.4", "--workers", 1)
    assert found.exit_code == 0, found.output
    assert "Tiny: how far to believe the plan" in found.output
    table = pd.read_csv(tmp_path / "out" / "confidence.csv")
    assert table["product"].tolist() == ["STOOL", "CHAIR", "SOFA"]
    assert table["confidence"].between(0.0, 1.0).all()
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "judged"
    assert summary["confidence"]["uncertainty"]["products.demand_cv"] == 0.4
    again = run("confidence", TINY, "--out", tmp_path / "again", *QUICK, "--of", "demand_cv=0.4", "--workers", 2)
    assert again.exit_code == 0
    for name in ("confidence", "inputs", "batches", "samples", "below_target"):
        assert (tmp_path / "out" / f"{name}.csv").read_bytes() == (tmp_path / "again" / f"{name}.csv").read_bytes()


def test_a_written_plan_is_judged_as_it_is(tmp_path):
    assert run("solve", TINY, "--out", tmp_path / "plan", "--samples", 40, "--seed", 5, "--brief").exit_code == 0
    judged = ("--plan", tmp_path / "plan", "--out", tmp_path / "out")
    found = run("confidence", TINY, *judged, "--draws", 0, "--batches", 2)
    assert found.exit_code == 0, found.output
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    plan = json.loads((tmp_path / "plan" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["samples"], summary["seed"]) == (40, 5)
    assert summary["objective_per_year"] == plan["objective_per_year"]


def test_faults_are_told_in_words(tmp_path):
    assert "COLUMN=SHARE" in str(run("confidence", TINY, *QUICK, "--of", "demand_cv").exception)
    assert "did you mean" in str(run("confidence", TINY, *QUICK, "--of", "demand_cvv=0.1").exception)
    assert run("confidence", TINY, "--draws", 5).exit_code == 2
    assert run("confidence", TINY, "--batches", 1).exit_code == 2
    assert run("confidence", TINY, "--plan", tmp_path, "--seed", 1).exit_code == 2
    impossible = write_scenario(
        tmp_path / "no", products=[{"product": "A", "current_strategy": "MTO", "allowed": "MTS"}], max_changes=0
    )
    assert run("confidence", impossible, *QUICK).exit_code == 3
