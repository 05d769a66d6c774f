"""Uploads: every shape is read, every fault told, nothing leaves its folder."""

import contextlib
import io
import zipfile

import pandas as pd
import pytest

from engine.errors import EngineError, ScenarioError
from engine.scenario.files.workbook import write_folder
from engine.scenario.read import read_scenario
from engine.ui.state import store
from engine.ui.state.edits import edited
from engine.ui.state.uploads import Given, read_upload
from engine.ui.views.downloads import file_name, folder_bytes, template_bytes, workbook_bytes
from tests.scenarios import make_scenario

PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}


def zipped(files: dict[str, bytes]) -> Given:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return Given(name="case.zip", data=out.getvalue())


def parts(scenario) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(folder_bytes(scenario))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_zip_workbook_and_tables_are_the_same_scenario() -> None:
    scenario = make_scenario(**PARTS)
    files = parts(scenario)
    nested = {f"some folder/{name}": data for name, data in files.items()}
    loose = [Given(name=name, data=data) for name, data in files.items()]
    book = Given(name="any name.xlsx", data=workbook_bytes(scenario))
    found = [read_upload(given).digest() for given in ([zipped(files)], [zipped(nested)], loose, [book])]
    assert found == [scenario.digest()] * 4


def test_what_an_import_assumed_stays_with_the_upload() -> None:
    """In the store, in what is downloaded and in what is proven; the report takes it from there."""
    files = parts(make_scenario(**PARTS))
    files["assumptions.csv"] = b"kind,file,column,what,value,near\nassumed,scenario.yaml,currency,currency,EUR,\n"
    found = read_upload([zipped(files)])
    assert [notice.words("zh")[1] for notice in found.notices] == ["采用假设值 EUR"]
    place = store.place_of(store.keep(found))
    assert place is not None
    assert read_scenario(place).notices == found.notices
    assert read_upload([zipped(parts(found))]).notices == found.notices
    write_folder(found, place / "again")
    assert read_scenario(place / "again").notices == found.notices


def test_every_fault_has_its_cell() -> None:
    files = parts(make_scenario(**PARTS))
    files["products.csv"] = b"product,demand_per_week,demand_cv,unit_cost,lead_time_target_days\nP1,-1,x,5,3\n"
    with pytest.raises(ScenarioError) as caught:
        read_upload([zipped(files)])
    places = {(fault.file, fault.row, fault.column) for fault in caught.value.issues}
    assert {("products.csv", 2, "demand_per_week"), ("products.csv", 2, "demand_cv")} <= places


def test_a_faulty_workbook_is_called_by_its_own_name() -> None:
    data = workbook_bytes(make_scenario([{"demand_cv": 0.5}], **PARTS))
    with pytest.raises(EngineError, match=r"mine\.xlsx"):
        read_upload([Given(name="mine.xlsx", data=data[:-200])])


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/passwd", "..\\evil.csv", "products.exe", ".hidden.csv"])
def test_names_never_become_paths(name: str, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with contextlib.suppress(EngineError):  # a hidden file in an archive is passed over
        read_upload([zipped({**parts(make_scenario(**PARTS)), name: b"x"})])
    with pytest.raises(EngineError):
        read_upload([Given(name=name, data=b"x")])
    assert not list(tmp_path.iterdir())


def test_archives_that_unpack_to_too_much_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(3):
            archive.writestr(f"t{n}.csv", b"0" * 70_000_000)
    with pytest.raises(EngineError, match="200 MB"):
        read_upload([Given(name="bomb.zip", data=out.getvalue())])


def test_what_is_no_archive_is_told() -> None:
    with pytest.raises(EngineError, match="not a readable zip"):
        read_upload([Given(name="a.zip", data=b"hello")])


def test_the_store_finds_a_scenario_by_its_hash_and_nothing_else() -> None:
    scenario = make_scenario(**PARTS)
    key = store.keep(scenario)
    assert store.keep(scenario) == key
    assert store.place_of(key) is not None
    assert store.place_of("up-" + "0" * 32) is None
    assert store.place_of("../" + key) is None


def test_an_edited_table_is_checked_as_a_file_is() -> None:
    scenario = make_scenario(**PARTS)
    frame = scenario.products.copy()
    frame.loc[0, "demand_per_week"] = 12.5
    assert edited(scenario, "products", frame).products["demand_per_week"].tolist() == [12.5]
    same = edited(scenario, "products", scenario.products)
    assert same.digest() == scenario.digest()
    frame.loc[0, "unit_cost"] = -1.0
    with pytest.raises(ScenarioError) as caught:
        edited(scenario, "products", frame)
    assert caught.value.issues[0].column == "unit_cost"


def test_rows_added_and_taken_away() -> None:
    scenario = make_scenario([{}, {}], **PARTS)
    fewer = edited(scenario, "products", scenario.products.iloc[:1])
    assert fewer.products["product"].tolist() == ["P1"]
    row = pd.DataFrame([{"product": "P9", "demand_per_week": 3.0, "demand_cv": 0.4, "unit_cost": 9.0, "make_days": 5.0,
                         "lead_time_target_days": 4.0, "late_cost_per_unit_day": 1.0}])  # fmt: skip
    more = edited(scenario, "products", pd.concat([scenario.products, row], ignore_index=True))
    assert more.products["distribution"].tolist()[-1] == "gamma", "defaults are filled in"


def test_the_template_and_file_names() -> None:
    assert template_bytes()[:2] == b"PK"
    assert file_name("自行车 / 2026", ".xlsx") == "自行车---2026.xlsx"
