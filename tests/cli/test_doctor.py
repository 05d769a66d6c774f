"""`codp doctor`: what it looks at, what it calls a fault, and how quick and plain the command line is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli import app, doctor
from engine.cli.doctor import State
from engine.report import machine
from tests.conftest import ROOT


def found(name):
    return next(one for one in doctor.findings() if one.what == name)


def test_this_machine_can_run_codp():
    run = CliRunner().invoke(app, ["doctor"])
    assert run.exit_code == 0, run.output
    assert "the example 'tiny' is decided and certified" in run.stdout
    assert "FAULT" not in run.stdout


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        (["no-such-package>=1"], "no-such-package is missing"),
        (["numpy<1"], "is not <1"),
        (["numpy>=1", 'no-such-package>=1; extra == "dev"'], "1 needed, all there"),
    ],
)
def test_packages_that_are_missing_or_too_old_are_named(needs, said):
    finding = doctor.packages(needs)
    assert said in finding.found
    assert (finding.state is State.fine) is ("all there" in said)


def test_a_broken_solver_ends_with_1_and_is_told(monkeypatch):
    def broken(*_arguments, **_options):
        raise ImportError("no highspy")

    monkeypatch.setattr("engine.decision.solve.solve", broken)
    run = CliRunner().invoke(app, ["doctor"])
    assert run.exit_code == 1
    assert "FAULT  solver" in run.stdout
    assert "no highspy" in run.stdout


def test_folders_that_cannot_be_written_are_told(tmp_path, monkeypatch):
    taken = tmp_path / "file"
    taken.write_text("mine", encoding="utf-8")
    monkeypatch.setenv("CODP_STORE", str(taken / "below"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(taken))
    by_name = {one.what: one for one in doctor.folders()}
    assert (by_name["store"].state, by_name["temporary"].state, by_name["here"].state) == (
        State.note, State.bad, State.fine,
    )  # fmt: skip
    assert "set CODP_STORE" in by_name["store"].found


def test_an_open_address_is_noted(monkeypatch):
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    assert any(one.what == "address" and one.state is State.note for one in doctor.optional())
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "127.0.0.1")
    assert not any(one.what == "address" for one in doctor.optional())


def test_a_containers_limit_counts(tmp_path):
    limit = tmp_path / "memory.max"
    limit.write_text("1073741824\n", encoding="ascii")
    assert machine.memory_bytes((limit,)) == 2**30
    limit.write_text("max\n", encoding="ascii")
    assert machine.memory_bytes((limit,)) == machine.memory_bytes((tmp_path / "none",))


def test_little_memory_is_noted(monkeypatch):
    monkeypatch.setattr(machine, "memory_bytes", lambda: 2**30)
    assert doctor.room().state is State.note


def test_the_app_keeps_uploads_where_doctor_looks(tmp_path, monkeypatch):
    from engine.ui.state import store

    monkeypatch.setenv("CODP_STORE", str(tmp_path / "kept"))
    store.folder.cache_clear()
    assert store.folder() == machine.store_folder() == tmp_path / "kept"
    store.folder.cache_clear()


def test_help_loads_nothing_that_takes_long():
    heavy = ("numpy", "pandas", "scipy", "pyomo", "highspy", "streamlit", "pyarrow", "pydantic")
    code = f"import sys, engine.cli; sys.exit([name for name in {heavy} if name in sys.modules] or 0)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [("--help",), ("solve",), ("check", "no-such-folder")])
def test_no_colours_where_nobody_looks(arguments):
    """Colours are escape sequences; a log or a pipe gets none."""
    plain = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "CLICOLOR_FORCE"}}
    run = subprocess.run(
        [sys.executable, "-m", "engine", *arguments], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**plain, "TERM": "xterm-256color"},
    )  # fmt: skip
    assert run.stdout + run.stderr
    assert "\x1b" not in run.stdout + run.stderr


def test_the_shell_completes_commands():
    script = Path(sys.executable).with_name("codp")
    if not script.is_file():
        pytest.skip("codp is not installed as a command here")
    run = subprocess.run(
        [script], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "_CODP_COMPLETE": "complete_bash", "COMP_WORDS": "codp fr",
             "COMP_CWORD": "1"},
    )  # fmt: skip
    assert run.stdout.split() == ["frontier"]
