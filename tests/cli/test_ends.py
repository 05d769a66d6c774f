"""How commands end: what cannot be written is told first, a stop says what is kept, no plan names the rules."""

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import EngineError
from tests.cli.test_decide import IMPOSSIBLE, TINY
from tests.scenarios import write_scenario

# What a command works with first; whatever it does after its options are checked.
WORK = {
    "solve": "engine.cli.decide.decide_one",
    "simulate": "engine.cli.simulate.load",
    "confidence": "engine.cli.confidence.load",
    "thresholds": "engine.cli.thresholds.load",
    "frontier": "engine.cli.frontier.load",
    "compare": "engine.cli.compare.load",
    "waves": "engine.cli.waves.load",
}


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def stop(*_arguments, **_options):
    raise KeyboardInterrupt


@pytest.mark.parametrize("command", WORK)
def test_an_unusable_out_is_told_before_any_work(command, tmp_path, monkeypatch):
    monkeypatch.setattr(WORK[command], lambda *_a, **_o: pytest.fail("worked before it looked where to write"))
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    for out in (taken, taken / "below"):
        found = run(command, TINY, "--out", out)
        assert isinstance(found.exception, EngineError), found.output
        assert f"{taken} is a file" in str(found.exception)
    assert taken.read_text(encoding="utf-8") == "mine"


def test_looking_where_to_write_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(WORK["simulate"], stop)
    assert run("simulate", TINY, "--out", tmp_path / "new" / "out").exit_code == 130
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", WORK)
def test_a_stop_before_anything_is_finished_is_told(command, tmp_path, monkeypatch):
    monkeypatch.setattr(WORK[command], stop)
    found = run(command, TINY, "--out", tmp_path)
    assert found.exit_code == 130
    assert found.stderr == "stopped; nothing is written\n"


def test_a_stop_among_several_scenarios_tells_how_many_are_done(tmp_path, monkeypatch):
    asked = []

    def second_stops(*_arguments, **_options):
        asked.append(1)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return 0

    monkeypatch.setattr(WORK["solve"], second_stops)
    found = run("solve", TINY, TINY, TINY, "--out", tmp_path, "--workers", 1)
    assert (found.exit_code, found.stderr) == (130, "stopped; 1 of 3 scenarios are done\n")


@pytest.mark.parametrize("command", [*WORK, "explain"])
def test_no_plan_ends_with_3_and_names_the_rules(command, tmp_path):
    folder = write_scenario(tmp_path / "case", **IMPOSSIBLE, samples=20)
    rest = ("A",) if command == "explain" else ("--out", tmp_path / "out")
    found = run(command, folder, *rest)
    assert found.exit_code == 3
    assert "limit of changes (C8): max_changes is 0, at least 1 are needed; set max_changes to 1" in found.stderr


def test_counts_of_one_are_singular(tmp_path):
    folder = write_scenario(tmp_path / "case", products=[{"current_strategy": "MTS", "locked": "MTS"}])
    found = run("solve", folder, "--out", tmp_path / "out", "--samples", 1)
    assert ": 1 product, " in found.stdout
    assert "proven on 1 sample, seed" in found.stdout
    assert "(1 product, 0 components, 0 resources, 0 orders; 0 variants)" in run("check", folder).stdout
