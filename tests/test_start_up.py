"""What a command loads: seconds of a start are modules loaded, and these can be counted without a clock."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.patience import PATIENCE_SECONDS

# Runs commands one after the other and tells every module that was loaded by the end of each.
COMMANDS = """
import json, os, sys
import engine.cli

# Nothing is done in a copy of the process, whose modules nobody counts.
os.sched_getaffinity = lambda _: {0}

if __name__ == "__main__":
    there = []
    for command in json.loads(sys.argv[1]):
        sys.argv = ["codp", *command]
        try:
            engine.cli.main()
        except SystemExit as end:
            assert not end.code, (command, end.code)
        there.append(list(sys.modules))
    print("\\n" + json.dumps(there))
"""
FIGURES = """
import json, sys
from streamlit.testing.v1 import AppTest
import engine.ui.views.decide.headline as drawn

headline, there = drawn.headline, []

def and_then(answer):
    headline(answer)
    there.append(list(sys.modules))

drawn.headline = and_then
app = AppTest.from_file(sys.argv[1], default_timeout=float(sys.argv[2]))
app.query_params["scenario"] = "tiny"
app.run()
assert not app.exception and app.title and app.metric, app.exception
print("\\n" + json.dumps([there[0], list(sys.modules)]))
"""
# Where a reader waits for figures and then where none does: what is loaded, whether others had the processor oftener
# meanwhile and have it as often as before afterwards, and whether what was loaded is left out when garbage is looked
# for.
SERVER = """
import gc, json, sys
from engine.ui import serve

def loaded(waited_for):
    before, meanwhile = sys.getswitchinterval(), []
    serve._waited_for = lambda: meanwhile.append(sys.getswitchinterval()) or waited_for
    gc.unfreeze()
    serve._load()
    gave_way = meanwhile[0] < before, sys.getswitchinterval() == before
    left_out = gc.isenabled(), gc.get_freeze_count() > 2 * len(gc.get_objects())
    return list(sys.modules), gave_way, left_out

print("\\n" + json.dumps([loaded(True), loaded(False)]))
"""
# Loaded by nothing that only starts: each belongs to some reports, some fits, a cluster or a simulation.
SELDOM = (
    "scipy.stats", "scipy.optimize", "scipy.signal", "scipy.interpolate", "statsmodels", "dask", "distributed", "simpy",
    "pptx", "xlsxwriter", "vl_convert", "python_calamine", "matplotlib",
)  # fmt: skip
READING = ("scipy", "pyomo", "highspy", "streamlit", "altair", "babel", "engine.economics", "engine.decision")


def told(code: str, *arguments: object) -> list[list[str]]:
    """What code tells in its last line, in a process of its own."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def loaded(*commands: tuple[object, ...]) -> list[set[str]]:
    """Modules loaded by the end of each command, one after the other in a process."""
    return [set(found) for found in told(COMMANDS, json.dumps([[str(part) for part in one] for one in commands]))]


@pytest.fixture(scope="module")
def looked() -> list[set[str]]:
    """Modules loaded by the end of each command that only looks, each with the packages it is in.

    They share a process, what loads less before what loads more: a module that one may not load, none before it loads.
    """
    examples = ROOT / "scenarios"
    return loaded(("--help",), ("example",), ("check", examples / "tiny"), ("check", examples / "bicycles"))


@pytest.fixture(scope="module")
def decided(tmp_path_factory) -> list[set[str]]:
    """The same of those that decide, in another process: Pyomo loads more where SciPy is there."""
    folder, examples = tmp_path_factory.mktemp("decided"), ROOT / "scenarios"
    catalogue = folder / "catalogue"
    catalogue.mkdir()
    for table in ("products.csv", "components.csv", "bom.csv", "scenario.yaml"):
        shutil.copy(examples / "tiny" / table, catalogue)
    return loaded(
        ("batch", "run", catalogue, "--out", folder / "run", "--workers", "0", "--samples", "10", "--no-certify",
         "--quiet"),
        ("solve", examples / "bicycles", "--samples", "10", "--out", folder / "plan"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def ahead() -> dict[bool, list]:
    """What a server loads ahead, by whether a reader waits for figures."""
    return dict(zip((True, False), told(SERVER), strict=True))


def test_help_loads_nothing_that_computes(looked) -> None:
    assert looked[0].isdisjoint({*READING, *SELDOM, "numpy", "pandas", "pyarrow", "pydantic"})


def test_the_list_of_examples_loads_no_table(looked) -> None:
    assert looked[1].isdisjoint({*READING, *SELDOM, "numpy", "pandas", "pyarrow"})


@pytest.mark.parametrize("scenario", ["tiny", "bicycles"])
def test_a_check_loads_no_solver_and_of_scipy_what_random_lead_times_need(looked, scenario) -> None:
    found = looked[2 if scenario == "tiny" else 3]
    assert {"scipy", "scipy.special"} & found == ({"scipy", "scipy.special"} if scenario == "bicycles" else set())
    assert found.isdisjoint({*SELDOM, *READING[1:]})


def test_a_solve_loads_no_statistics_and_nothing_of_the_app(decided) -> None:
    """Of bicycles, which ask for more than tiny does: random lead times, and hours of machines."""
    found = decided[1]
    assert {"pyomo.core", "highspy"} <= found
    # Pyomo without the solvers that it brings: we have our own.
    assert found.isdisjoint({*SELDOM, "pyomo.environ", "streamlit", "altair", "jsonschema"})


def test_a_batch_run_in_this_process_loads_no_cluster(decided) -> None:
    found = decided[0]
    assert "pyarrow.parquet" in found
    assert found.isdisjoint({*SELDOM, "pyomo.core", "streamlit", "altair", "babel"})


def test_the_first_page_of_the_app_waits_for_no_model_and_no_report_and_its_figures_for_no_charts() -> None:
    """Charts stand below the first figures."""
    figures, page = map(set, told(FIGURES, ROOT / "app.py", PATIENCE_SECONDS))
    assert figures.isdisjoint({*SELDOM, "altair", "narwhals", "jinja2"})
    assert {"streamlit", "altair", "highspy"} <= page
    assert page.isdisjoint({*SELDOM, "pyomo.core"})


@pytest.mark.parametrize("waited_for", [False, True])
def test_what_a_server_loads_ahead(ahead, waited_for) -> None:
    """Charts unless a reader waits for figures; the page is fetched meanwhile, and garbage is looked for elsewhere."""
    found, gave_way, left_out = ahead[waited_for]
    assert {"engine.ui.state.situation", "highspy"} <= set(found)
    assert ("altair" in found) != waited_for
    assert set(found).isdisjoint({*SELDOM, "pyomo.core"})
    assert all(gave_way)
    assert all(left_out)
