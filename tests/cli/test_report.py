"""`codp report` on a plan, on a scenario, and on neither."""

import json

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import EngineError
from tests.scenarios import write_scenario

runner = CliRunner()


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case") / "case"
    return write_scenario(folder, products=[{"name": "Chair", "current_strategy": "MTO"}], samples=30)


@pytest.fixture(scope="module")
def plan(case, tmp_path_factory):
    """The plan of the case, which reports read and leave as it is."""
    folder = tmp_path_factory.mktemp("plans") / "plan"
    assert runner.invoke(app, ["solve", str(case), "--out", str(folder)]).exit_code == 0
    return folder


def test_a_plan_with_its_scenario_becomes_a_page(case, plan, tmp_path) -> None:
    out = tmp_path / "new" / "report.html"
    done = runner.invoke(app, ["report", str(plan), "--scenario", str(case), "--out", str(out),
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


def test_a_place_that_takes_no_report_is_told_before_any_work(case, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("engine.cli.report.load", lambda *_a, **_o: pytest.fail("worked before it looked"))
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    found = runner.invoke(app, ["report", str(case), "--out", str(taken / "report.html")])
    assert isinstance(found.exception, EngineError), found.output
    assert f"{taken} is a file" in str(found.exception)


def test_what_cannot_be_reported_is_told(case, tmp_path) -> None:
    wrong = runner.invoke(app, ["report", str(case), "--out", str(tmp_path / "report.pdf")])
    assert wrong.exit_code == 2
    nowhere = runner.invoke(app, ["report", str(tmp_path / "none"), "--out", str(tmp_path / "r.html")])
    assert isinstance(nowhere.exception, EngineError)


QUICK = {
    "confidence": ("--draws", "20", "--batches", "0", "--workers", "1"),
    "simulate": ("--years", "0.1", "--replications", "2"),
}
def test_evidence_of_the_plan_is_reported_and_that_of_another_refused(tmp_path) -> None:
    parts = {"components": [{}], "bom": {"P1": {"C1": 1}}, "samples": 30}
    products = [{"assembly_days": 1.0}, {"product": "=1+1"}, {"product": "NA"}]
    case = write_scenario(tmp_path / "case", products=products, **parts)
    other = write_scenario(tmp_path / "other", products=[{**row, "unit_cost": 90.0} for row in products], **parts)
    for path in (case, other):
        done = runner.invoke(app, ["solve", str(path), "--out", str(path / "plan"), "--brief"])
        assert done.exit_code == 0, done.output
        for command, quick in QUICK.items():
            out = ["--plan", str(path / "plan"), "--out", str(path / command)]
            done = runner.invoke(app, [command, str(path), *out, *quick])
            assert done.exit_code == 0, done.exception
    for command in QUICK:
        page = tmp_path / f"{command}.html"
        report = ["report", str(case / "plan"), "--out", str(page), "--evidence"]
        done = runner.invoke(app, [*report, str(case / command)])
        assert done.exit_code == 0, done.exception
        page.unlink()
        done = runner.invoke(app, [*report, str(other / command)])
        assert "is no evidence about this plan" in str(done.exception)
        assert not page.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [(("--variant", "x"), "names a what-if of the plan's scenario; give --scenario, too"),
     (("--samples", "20"), "--samples: the plan is decided already"),
     (("--gap", "0.01"), "--gap: the plan is decided already"),
     (("--gap", "0.001", "--time-limit", "1"), "--gap, --time-limit: the plan is decided already")],
)  # fmt: skip
def test_options_that_would_change_nothing_beside_a_plan_are_refused(plan, tmp_path, options, words) -> None:
    done = runner.invoke(app, ["report", str(plan), "--out", str(tmp_path / "r.html"), *options])
    assert done.exit_code == 2
    assert words in " ".join(done.output.replace("│", " ").split())
    assert not (tmp_path / "r.html").exists()


def test_a_plan_that_lost_a_row_is_told_and_not_reported(tmp_path) -> None:
    case = write_scenario(tmp_path / "case", products=[{}, {}], samples=30)
    assert runner.invoke(app, ["solve", str(case), "--out", str(tmp_path / "plan")]).exit_code == 0
    for name in ("decisions", "ledger"):
        path = tmp_path / "plan" / f"{name}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("P2")), encoding="utf-8")
    summary = tmp_path / "plan" / "summary.json"
    told = runner.invoke(app, ["report", str(tmp_path / "plan"), "--out", str(tmp_path / "r.html")])
    assert "2 products are counted, decisions.csv has 1" in str(told.exception)
    found = json.loads(summary.read_text(encoding="utf-8"))
    found["counts"] = {name: int(name == "MTO") for name in ("MTS", "ATO", "MTO")}
    summary.write_text(json.dumps(found), encoding="utf-8")
    told = runner.invoke(app, ["report", str(tmp_path / "plan"), "--scenario", str(case), "--out",
                               str(tmp_path / "r.html")])  # fmt: skip
    assert "it lacks product P2" in str(told.exception)
