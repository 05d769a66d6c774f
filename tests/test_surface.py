"""The public surface: every name is there, and `solve` is the function whatever was imported before."""

import subprocess
import sys

import engine


def test_every_name_resolves() -> None:
    assert len(engine.__all__) >= 18
    for name in engine.__all__:
        assert getattr(engine, name) is not None


def test_solve_is_the_function_after_its_package_was_imported() -> None:
    code = "import engine.decision.solve; from engine import solve, read_scenario; assert callable(solve), solve"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_command_line_starts_without_the_solver() -> None:
    code = "import sys, engine.cli; sys.exit(any(name.split('.')[0] == 'pyomo' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
