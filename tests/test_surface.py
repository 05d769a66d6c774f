"""The public surface: every name is there, and `solve` is the function whatever was imported before."""

import re
import subprocess
import sys

import engine
from tests.conftest import ROOT


def test_every_name_resolves() -> None:
    assert len(engine.__all__) >= 18
    for name in engine.__all__:
        assert getattr(engine, name) is not None


def test_solve_is_the_function_after_its_package_was_imported() -> None:
    code = "import engine.decision.solve; from engine import solve, read_scenario; assert callable(solve), solve"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_each_name_is_listed_once() -> None:
    stub = (ROOT / "engine" / "__init__.pyi").read_text(encoding="utf-8")
    listed = re.findall(r"^from \S+ import (\w+) as (\w+)$", stub, flags=re.MULTILINE)
    assert len(listed) == stub.count("import")
    assert [name for name, public in listed if name != public] == []
    assert sorted(name for name, _ in listed) == engine.__all__


def test_a_plan_draws_itself_without_loading_charts_before() -> None:
    code = (
        "import sys; from engine import read_scenario, solve; "
        "scenario = read_scenario('scenarios/tiny'); plan = solve(scenario, samples=50).plan_or_raise(); "
        "assert 'altair' not in sys.modules; "
        "bars, marks = plan.plot().to_dict(), plan.plot(scenario, language='zh').to_dict(); "
        "assert (bars['mark']['type'], marks['mark']['type']) == ('bar', 'point'), (bars, marks)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
