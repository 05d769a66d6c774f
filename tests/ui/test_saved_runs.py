"""A run keeps what was proven, and is found again by its link."""

import io
import zipfile

import pytest

from engine.decision.solve import solve
from engine.errors import EngineError
from engine.report.files import read_plan
from engine.ui.views.downloads import plan_bytes
from engine.ui.work import saved_runs
from tests.scenarios import make_scenario
from tests.ui.pages import finished, idle, opened, shown

pytestmark = pytest.mark.usefixtures("shared_proofs")

PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}


@pytest.fixture(scope="module")
def plan():
    return solve(make_scenario([{"current_strategy": "MTO"}], **PARTS)).plan


def test_a_run_is_kept_as_it_was_proven(plan) -> None:
    key = saved_runs.keep(plan, "  first try ")
    again = read_plan(saved_runs.place_of(key))
    assert again.objective_per_year == plan.objective_per_year
    assert again.decisions["strategy"].tolist() == plan.decisions["strategy"].tolist()
    assert saved_runs.keep(plan, "first try") == key, "the same run is kept once"


def test_results_that_were_downloaded_come_back(plan) -> None:
    key = saved_runs.keep_upload("last quarter.zip", plan_bytes(plan))
    assert read_plan(saved_runs.place_of(key)).objective_per_year == plan.objective_per_year


@pytest.mark.parametrize("files", [{}, {"decisions.csv": b"product\nP1\n"}, {"../../summary.json": b"{}"}])
def test_an_archive_without_a_plan_is_told(files) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with pytest.raises(EngineError, match="holds no plan"):
        saved_runs.keep_upload("x.zip", out.getvalue())
    with pytest.raises(EngineError, match="not a readable zip"):
        saved_runs.keep_upload("x.zip", b"no zip")


def test_a_faulty_plan_is_told_by_file_row_and_column(plan) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plan_bytes(plan))) as given, zipfile.ZipFile(out, "w") as archive:
        for name in given.namelist():
            data = given.read(name)
            archive.writestr(name, data.replace(b"holding", b"interest") if name.endswith("ledger.csv") else data)
    with pytest.raises(EngineError, match=r"^x\.zip: holds no plan; [^/]+\n  ledger\.csv:2:term: 'interest' is none"):
        saved_runs.keep_upload("x.zip", out.getvalue())


@pytest.mark.parametrize("key", ["", "run-x", "../run-" + "0" * 32, "run-" + "0" * 32])
def test_other_keys_lead_nowhere(key: str) -> None:
    assert saved_runs.place_of(key) is None


def test_a_run_stands_beside_later_cases_and_in_the_link() -> None:
    app = idle(opened(page="compare"))
    app.text_input(key="run_name").set_value("spring review")
    next(b for b in app.button if "Keep the proven plan" in b.label).click().run()
    assert not app.exception
    runs = app.query_params["runs"]
    key = runs[0] if isinstance(runs, list) else runs
    again = opened(page="compare", runs=key)
    assert "**spring review**" in shown(again)
    again.multiselect(key="compare_sides").set_value(["base", key]).run()
    finished(again, "start_compare")
    # On the samples that it was proven on, beside the scenario that it was made for.
    assert "costs the same" in shown(again)
