"""What a command loads: seconds of a start are modules loaded, and these can be counted without a clock."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.patience import PATIENCE_SECONDS

# Runs a command and tells every module that was loaded, whatever came of it.
COMMAND = """
import json, os, sys
import engine.cli

# Nothing is done in a copy of the process, whose modules nobody counts.
os.sched_getaffinity = lambda _: {0}

if __name__ == "__main__":
    sys.argv = ["codp", *sys.argv[1:]]
    try:
        engine.cli.main()
    except SystemExit as end:
        assert not end.code, end.code
    print("\\n" + json.dumps(list(sys.modules)))
"""
PAGE = """
import json, sys
from streamlit.testing.v1 import AppTest
from engine.ui import serve

serve._load()
app = AppTest.from_file(sys.argv[1], default_timeout=float(sys.argv[2]))
app.query_params["scenario"] = "tiny"
app.run()
assert not app.exception and app.title, app.exception
print("\\n" + json.dumps(list(sys.modules)))
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
assert not app.exception and app.metric, app.exception
assert "altair" in sys.modules
print("\\n" + json.dumps(there[0]))
"""
GIVES_WAY = """
import json, sys
from engine.ui import serve

before, meanwhile = sys.getswitchinterval(), []
serve._waited_for = lambda: meanwhile.append(sys.getswitchinterval()) or True
serve._load()
print("\\n" + json.dumps([str(meanwhile[0] < before), str(sys.getswitchinterval() == before)]))
"""
AHEAD = """
import json, sys
from engine.ui import serve

serve._waited_for = lambda: {waited_for}
serve._load()
print("\\n" + json.dumps(list(sys.modules)))
"""
# Loaded by nothing that only starts: each belongs to some reports, some fits, a cluster or a simulation.
SELDOM = (
    "scipy.stats", "scipy.optimize", "scipy.signal", "scipy.interpolate", "statsmodels", "dask", "distributed", "simpy",
    "pptx", "xlsxwriter", "vl_convert", "python_calamine", "matplotlib",
)  # fmt: skip
READING = ("scipy", "pyomo", "highspy", "streamlit", "altair", "babel", "engine.economics", "engine.decision")


def loaded(code: str, *arguments: object) -> set[str]:
    """Modules loaded by code in a process of its own, each with the packages it is in."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_loads_nothing_that_computes() -> None:
    found = loaded(COMMAND, "--help")
    assert found.isdisjoint({*READING, *SELDOM, "numpy", "pandas", "pyarrow", "pydantic"})


def test_the_list_of_examples_loads_no_table() -> None:
    assert loaded(COMMAND, "example").isdisjoint({*READING, *SELDOM, "numpy", "pandas", "pyarrow"})


@pytest.mark.parametrize("scenario", ["tiny", "bicycles"])
def test_a_check_loads_no_solver_and_of_scipy_what_random_lead_times_need(scenario) -> None:
    found = loaded(COMMAND, "check", ROOT / "scenarios" / scenario)
    assert {"scipy", "scipy.special"} & found == ({"scipy", "scipy.special"} if scenario == "bicycles" else set())
    assert found.isdisjoint({*SELDOM, *READING[1:]})


def test_a_solve_loads_no_statistics_and_nothing_of_the_app(tmp_path) -> None:
    """Of bicycles, which ask for more than tiny does: random lead times, and hours of machines."""
    found = loaded(COMMAND, "solve", ROOT / "scenarios" / "bicycles", "--samples", "10", "--out", tmp_path / "plan")
    assert {"pyomo.core", "highspy"} <= found
    # Pyomo without the solvers that it brings: we have our own.
    assert found.isdisjoint({*SELDOM, "pyomo.environ", "streamlit", "altair", "jsonschema"})


def test_a_batch_run_in_this_process_loads_no_cluster(tmp_path) -> None:
    catalogue = tmp_path / "catalogue"
    catalogue.mkdir()
    for table in ("products.csv", "components.csv", "bom.csv", "scenario.yaml"):
        shutil.copy(ROOT / "scenarios" / "tiny" / table, catalogue)
    found = loaded(
        COMMAND, "batch", "run", catalogue, "--out", tmp_path / "run", "--workers", "0", "--samples", "10",
        "--no-certify", "--quiet",
    )  # fmt: skip
    assert "pyarrow.parquet" in found
    assert found.isdisjoint({*SELDOM, "pyomo.core", "streamlit", "altair", "babel"})


def test_what_the_server_has_loaded_is_not_looked_through_for_garbage() -> None:
    told = "print('\\n' + json.dumps([str(gc.isenabled()), str(gc.get_freeze_count() > 2 * len(gc.get_objects()))]))"
    code = f"import gc, json\nfrom engine.ui import serve\nserve._load()\n{told}"
    assert loaded(code) == {"True"}


def test_the_page_is_fetched_while_the_engine_is_loaded_and_nobody_gives_way_oftener_afterwards() -> None:
    assert loaded(GIVES_WAY) == {"True"}


def test_the_first_page_of_the_app_waits_for_no_model_and_no_report() -> None:
    found = loaded(PAGE, ROOT / "app.py", PATIENCE_SECONDS)
    assert {"streamlit", "altair", "highspy"} <= found
    assert found.isdisjoint({*SELDOM, "pyomo.core"})


def test_the_first_figures_wait_for_no_charts_which_stand_below_them() -> None:
    assert loaded(FIGURES, ROOT / "app.py", PATIENCE_SECONDS).isdisjoint({*SELDOM, "altair", "narwhals", "jinja2"})


@pytest.mark.parametrize("waited_for", [False, True])
def test_charts_are_loaded_ahead_unless_a_reader_waits_for_figures(waited_for) -> None:
    found = loaded(AHEAD.format(waited_for=waited_for))
    assert {"engine.ui.state.situation", "highspy"} <= found
    assert ("altair" in found) != waited_for
