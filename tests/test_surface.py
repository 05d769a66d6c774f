"""The public surface: every name is there, and `solve` is the function whatever was imported before."""

import json
import re
import subprocess
import sys

import pytest

import engine
from tests.conftest import ROOT


def test_every_name_resolves() -> None:
    assert len(engine.__all__) >= 18
    for name in engine.__all__:
        assert getattr(engine, name) is not None


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    """What a process finds that has loaded nothing before."""
    code = """
import json, sys
import engine.decision.solve
from engine import solve, read_scenario
found = {"callable": callable(solve)}
scenario = read_scenario("scenarios/tiny")
plan = solve(scenario, samples=50).plan_or_raise()
found["altair"] = "altair" in sys.modules
found["marks"] = [one.to_dict()["mark"]["type"] for one in (plan.plot(), plan.plot(scenario, language="zh"))]
print(json.dumps(found))
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_solve_is_the_function_after_its_package_was_imported(told) -> None:
    assert told["callable"]


def test_each_name_is_listed_once() -> None:
    stub = (ROOT / "engine" / "__init__.pyi").read_text(encoding="utf-8")
    listed = re.findall(r"^from \S+ import (\w+) as (\w+)$", stub, flags=re.MULTILINE)
    assert len(listed) == stub.count("import")
    assert [name for name, public in listed if name != public] == []
    assert sorted(name for name, _ in listed) == engine.__all__


def test_a_plan_draws_itself_without_loading_charts_before(told) -> None:
    assert not told["altair"]
    assert told["marks"] == ["bar", "point"]
