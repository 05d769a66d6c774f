"""The page Batch: a run from a catalogue's own files, looked through, and never stopped unasked."""

import io
import subprocess
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from engine.errors import EngineError, ScenarioError
from engine.ui.text import text
from engine.ui.work import runs
from engine.ui.work.catalogue_upload import uploaded_run
from engine.ui.work.jobs import start_codp
from engine.ui.work.runs import Standing, registry, run_of
from tests.catalog.catalogues import tables, write
from tests.evidence import FULL
from tests.ui.pages import opened, shown


def runs_in_link(app) -> list[str]:
    said = app.query_params["run"]
    return (said if isinstance(said, str) else said[0]).split(",")


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory) -> dict[str, bytes]:
    """Ten products, products in two Parquet files, as a folder in an archive."""
    folder = write(tmp_path_factory.mktemp("given") / "catalogue", tables(products=10, groups=(3,)))
    files = {f"mine/{path.name}": path.read_bytes() for path in folder.iterdir() if path.is_file()}
    goods = pd.read_parquet(io.BytesIO(files.pop("mine/products.parquet")))
    for number, part in enumerate((goods.iloc[:6], goods.iloc[6:])):
        files[f"mine/products/part-{number}.parquet"] = part.to_parquet(index=False)
    return files


def alone(command: list[str], folder: Path, *, niceness: int) -> subprocess.Popen[bytes]:
    """The command of a run, which ends with its workers, without any."""
    assert command[-2] == "--workers"
    return start_codp([*command[:-1], "0"], folder, niceness=niceness)


def test_a_parquet_folder_is_decided_and_looked_through(catalogue, monkeypatch) -> None:
    if not FULL:
        # By the process that the app starts, without one more below it: tests/catalog/test_processes.py.
        monkeypatch.setattr(runs, "start_codp", alone)
    app = opened(page="batch")
    app.file_uploader(key="batch_upload_0").upload("mine.zip", zipped(catalogue), "application/zip")
    app.run()
    (key,) = runs_in_link(app)
    while registry().standing(run_of(key)) is Standing.RUNNING:
        time.sleep(0.2)
    app.run()
    assert not app.exception
    assert run_of(key).about["products"] == 10
    labels = [metric.label for metric in app.metric]
    assert [text(f"batch.{one}", "en") for one in ("cost", "saving", "switching", "products")] == labels
    rows = app.dataframe[0].value
    assert len(rows) == 10
    assert rows["certainty"].str.startswith(("≈", "?")).all()
    app.toggle(key="batch_only_switches").set_value(True).run()
    switching = app.dataframe[0].value
    assert len(switching) == int(app.metric[2].value)
    app.text_input(key="batch_search").set_value("p1").run()
    named = set(app.dataframe[0].value["product"])
    assert named == {name for name in switching["product"] if name.startswith("P1")}
    app.text_input(key="batch_search").set_value("").run()
    app.session_state["batch_product"] = switching["product"].iloc[0]
    app.run()
    assert not app.exception
    assert f"{text('column.strategy', 'en')} | {text('column.cost_per_year', 'en')}" in shown(app)
    assert app.get("download_button"), "CSV and Parquet"


def test_why_a_run_has_ended_is_told_in_the_language_of_the_page(catalogue) -> None:
    run = uploaded_run("mine.zip", zipped(catalogue))
    (run.folder / "catalogue" / "scenario.yaml").unlink()
    registry().begin(run)
    while registry().standing(run) is Standing.RUNNING:
        time.sleep(0.1)
    app = opened(page="batch", language="zh", run=run.key)
    assert not app.exception
    assert "catalogue：此文件夹中没有 scenario.yaml" in shown(app)
    assert str(run.folder) not in shown(app), "where the server keeps it is nobody's business"


def test_a_run_is_not_stopped_unasked(monkeypatch) -> None:
    running: set[str] = set()
    mine = registry()
    monkeypatch.setattr(mine, "begin", lambda run: running.add(run.key))
    monkeypatch.setattr(mine, "stop", lambda run: running.discard(run.key))
    monkeypatch.setattr(
        mine, "standing", lambda run: Standing.RUNNING if run.key in running else Standing.STOPPED
    )
    app = opened(page="batch")
    app.button(key="batch_start").click().run()
    (first,) = running
    app.button(key="batch_stop").click().run()
    assert running == {first}, "asks first"
    app.button(key="batch_stop_keep").click().run()
    app.button(key="batch_start").click().run()
    assert running == {first}
    app.button(key="batch_ask_keep").click().run()
    assert running == {first}
    app.button(key="batch_start").click().run()
    app.button(key="batch_ask_stop").click().run()
    assert len(running) == 1
    assert first not in running
    assert not app.exception
    assert runs_in_link(app) == [*running, first], "both are listed, in the link too"
    app.button(key=f"batch_show_{first}").click().run()
    app.button(key="batch_resume").click().run()
    app.button(key="batch_ask_stop").click().run()
    assert running == {first}
    app.button(key="batch_stop").click().run()
    app.button(key="batch_stop_do").click().run()
    assert not running


def test_archives_that_hold_no_catalogue_are_told_and_leave_nothing(catalogue, uploads_folder) -> None:
    settings = {"scenario.yaml": catalogue["mine/scenario.yaml"]}
    with pytest.raises(ScenarioError, match=r"scenario\.yaml.* is missing"):
        uploaded_run("x.zip", zipped({"products.csv": b"product\n"}))
    with pytest.raises(ScenarioError, match="products is missing"):
        uploaded_run("x.zip", zipped(settings))
    with pytest.raises(ScenarioError, match="does not read this table"):
        uploaded_run("x.zip", zipped({**catalogue, "stock_outs.csv": b"product\n"}))
    with pytest.raises(EngineError, match=r"x\.zip"):
        uploaded_run("x.zip", b"no archive")
    with pytest.raises(EngineError):
        uploaded_run("x.zip", zipped({**settings, "products.parquet": b"PAR1 and nothing"}))
    assert not list((uploads_folder / "runs").iterdir())
    kept = uploaded_run("x.zip", zipped({**catalogue, "../../evil.csv": b"product\n", "a/../../evil.txt": b"x"}))
    placed = [path.relative_to(kept.folder) for path in uploads_folder.parent.rglob("evil*")]
    assert placed == [Path("catalogue/evil.csv")]
