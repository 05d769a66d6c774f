"""`codp report` on a plan, on a scenario, and on neither."""

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import EngineError
from tests.scenarios import write_scenario

runner = CliRunner()


@pytest.fixture
def case(tmp_path):
    return write_scenario(tmp_path / "case", products=[{"name": "Chair", "current_strategy": "MTO"}], samples=30)


def test_a_plan_with_its_scenario_becomes_a_page(case, tmp_path) -> None:
    assert runner.invoke(app, ["solve", str(case), "--out", str(tmp_path / "plan")]).exit_code == 0
    out = tmp_path / "new" / "report.html"
    done = runner.invoke(app, ["report", str(tmp_path / "plan"), "--scenario", str(case), "--out", str(out),
                               "--language", "zh", "--date", "2026-11-24"])  # fmt: skip
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    assert "Chair" in page
    assert "2026年11月24日" in page


@pytest.mark.parametrize("ending", ["xlsx", "pptx"])
def test_a_scenario_is_decided_first(case, tmp_path, ending) -> None:
    out = tmp_path / f"report.{ending}"
    done = runner.invoke(app, ["report", str(case), "--out", str(out), "--samples", "20"])
    assert done.exit_code == 0, done.output
    assert out.read_bytes()[:2] == b"PK"


def test_what_cannot_be_reported_is_told(case, tmp_path) -> None:
    wrong = runner.invoke(app, ["report", str(case), "--out", str(tmp_path / "report.pdf")])
    assert wrong.exit_code == 2
    nowhere = runner.invoke(app, ["report", str(tmp_path / "none"), "--out", str(tmp_path / "r.html")])
    assert isinstance(nowhere.exception, EngineError)
