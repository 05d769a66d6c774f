"""Where results are written: never over a plan or a scenario, and told before any work is done."""

import shutil

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import EngineError
from engine.report.files import read_plan
from tests.scenarios import write_scenario

QUICK = {
    "simulate": ("--years", "0.5", "--replications", "2"),
    "frontier": ("--points", "2", "--samples", "20"),
    "confidence": ("--draws", "0", "--batches", "0", "--samples", "20"),
    "thresholds": ("--product", "SOFA", "--inputs", "make_premium", "--samples", "20"),
    "compare": ("--samples", "20"),
    "waves": ("--samples", "20"),
}
FOLDERS = {name: "simulation" if name == "simulate" else name for name in QUICK}


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """One product, which every command has something to do with."""
    products = [{"product": "SOFA", "current_strategy": "MTO"}]
    return write_scenario(tmp_path_factory.mktemp("case") / "scenario", products=products)


@pytest.fixture(scope="module")
def written(case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans") / "plan"
    assert run("solve", case, "--out", folder, "--samples", 20, "--brief").exit_code == 0
    return folder


@pytest.mark.parametrize("command", QUICK)
def test_a_plan_is_not_replaced_by_other_results(command, case, written, tmp_path, monkeypatch):
    plan = shutil.copytree(written, tmp_path / "plan")
    before = contents(plan)

    def worked(*_arguments):
        raise AssertionError("began to work before it looked at the folder")

    with monkeypatch.context() as patched:
        patched.setattr(f"engine.cli.{command}.load", worked)
        found = run(command, case, "--out", plan, *QUICK[command])
    assert isinstance(found.exception, EngineError), found.exception
    assert str(found.exception) == (
        f"{plan}: holds a plan, which these results would replace; name another folder, e.g. {plan / FOLDERS[command]}"
    )
    assert contents(plan) == before


@pytest.mark.usefixtures("fewer_values")
@pytest.mark.parametrize("command", QUICK)
def test_a_command_writes_where_it_was_told_and_replaces_its_own(command, case, written, tmp_path):
    plan = shutil.copytree(written, tmp_path / "plan")
    for _ in range(2):
        found = run(command, case, "--out", plan / FOLDERS[command], *QUICK[command])
        assert found.exit_code == 0, found.exception
    assert read_plan(plan).summary["status"] == "solved"


def test_solve_replaces_an_earlier_plan(tmp_path):
    folder = write_scenario(tmp_path / "case")
    for seed in (1, 2):
        again = ("--samples", 20, "--seed", seed, "--brief")
        assert run("solve", folder, "--out", tmp_path / "plan", *again).exit_code == 0
    assert read_plan(tmp_path / "plan").summary["seed"] == 2


@pytest.mark.parametrize("command", ["solve", *QUICK])
def test_the_tables_of_a_scenario_are_not_replaced(command, tmp_path):
    folder = write_scenario(tmp_path / "case")
    before = contents(folder)
    found = run(command, folder, "--out", folder)
    words = found.stderr if command == "solve" else str(found.exception)
    assert found.exit_code == 1
    assert words.strip().startswith(f"{folder}: holds a scenario, whose tables these results would replace")
    assert contents(folder) == before
