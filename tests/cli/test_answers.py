"""Short answers of commands: what there is, that there is nothing to do, and which option another one needs."""

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.scenario.examples import example_names
from tests.scenarios import write_scenario


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_examples_are_listed_and_copied_by_their_names(tmp_path, monkeypatch):
    listed = run("example")
    assert listed.stdout.split() == list(example_names())
    monkeypatch.chdir(tmp_path)
    assert run("example", "tiny").exit_code == 0
    assert run("check", "tiny").exit_code == 0


def test_a_plan_of_todays_strategies_has_no_waves(tmp_path):
    row = {"current_strategy": "MTO", "locked": "MTO", "change_cost": 5.0}
    found = run("waves", write_scenario(tmp_path / "case", products=[row], samples=20), "--out", tmp_path / "out")
    assert found.exit_code == 0, found.output
    assert "the plan keeps today's strategies; there is nothing to switch" in found.stdout
    assert (tmp_path / "out" / "waves.csv").is_file()


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    case = write_scenario(folder / "case", products=[{}], samples=20)
    assert run("solve", case, "--out", folder / "out").exit_code == 0
    return case, folder / "out"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (lambda case, out: (out, "--as-given", out), "needs the plan's scenario; give --scenario, too"),
        (lambda case, out: (out, "--given", case), "says of which scenario --as-given is the plan"),
        (lambda case, out: (case, "--scenario", case), "the first argument is a scenario already"),
    ],
    ids=["as given", "given", "scenario twice"],
)
def test_a_report_says_which_option_another_one_needs(plan, tmp_path, options, words):
    found = run("report", *options(*plan), "--out", tmp_path / "report.html")
    assert found.exit_code == 2
    assert words in " ".join(found.output.replace("│", " ").split())
    assert not (tmp_path / "report.html").exists()
