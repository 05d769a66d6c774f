"""Exports on the page Data: read as the command reads them, told in the reader's language, kept as an upload is."""

import pytest

from engine.errors import EngineError, ScenarioError
from engine.scenario.importers.sap.convert import import_sap
from engine.scenario.read import read_scenario
from engine.ui.state.exports import read_exports
from engine.ui.state.uploads import Given
from engine.ui.text import LANGUAGES, text
from tests.conftest import ROOT
from tests.scenario.importers.sap_export import sap_tables, write_answers, write_csv
from tests.scenario.importers.test_sap import SMALL
from tests.ui.pages import opened, seen, shown
from tests.ui.test_uploads import zipped

TINY = ROOT / "scenarios" / "tiny"
# No order lines tell it.
DEMAND = Given(name="products.csv", data=b"product,demand_per_week,demand_cv\n*,40,0.4\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tiny as SAP holds it, and the answers for what SAP does not hold."""
    found = tmp_path_factory.mktemp("exports")
    write_csv(found / "sap", sap_tables(read_scenario(TINY)))
    write_answers(found / "answers", TINY)
    return found


def files(folder) -> list[Given]:
    return [Given(name=path.name, data=path.read_bytes()) for path in sorted(folder.iterdir())]


def test_lists_and_their_archive_are_read_as_the_command_reads_them(folder, tmp_path) -> None:
    lists, answers = files(folder / "sap"), files(folder / "answers")
    told = import_sap(folder / "sap", tmp_path / "out", answers=folder / "answers")
    ours = read_scenario(tmp_path / "out")
    archive = zipped({one.name: one.data for one in lists})
    for given in (lists, [archive]):
        found, notes = read_exports("sap", given, answers)
        assert notes == told
        assert found.products.equals(ours.products)
        assert found.bom.equals(ours.bom)


def test_what_is_assumed_is_told_and_what_is_no_list_is_refused(folder) -> None:
    found, _ = read_exports("sap", files(folder / "sap"), [DEMAND])
    assert "assumed_share" in {notice.kind for notice in found.notices}
    with pytest.raises(ScenarioError, match="MARC"):
        read_exports("sap", [Given(name="MBEW.csv", data=b"MATNR;STPRS\n1;2\n")])
    for name in ("../MARC.csv", "MARC.exe", "scenario.yaml"):
        with pytest.raises(EngineError):
            read_exports("sap", [Given(name=name, data=b"x")] if "/" not in name else [zipped({name: b"x"})])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_what_the_exports_hold(folder, language: str) -> None:
    app = seen(opened(language=language, page="data"), "data_view", "exports")
    assert app.button(key="exports_read").disabled
    lists = [(one.name, one.data, "text/csv") for one in files(folder / "sap")]
    app.file_uploader(key="exports_lists").set_value(lists).run()
    app.file_uploader(key="exports_answers").set_value([(DEMAND.name, DEMAND.data, "text/csv")]).run()
    app.button(key="exports_read").click().run()
    assert not app.exception
    assert str(app.selectbox(key="scenario").value).startswith("up-")
    assert text("upload.done", language).split("{scenario}")[1] in "\n".join(one.value for one in app.success)
    assert {"en": "is assumed", "zh": "假设"}[language] in "\n".join(
        str(frame.value.to_dict()) for frame in app.dataframe
    )


def test_faults_of_exports_are_listed_by_field(folder) -> None:
    app = seen(opened(page="data"), "data_view", "exports")
    lists = [(one.name, one.data, "text/csv") for one in files(folder / "sap") if one.name != "MARC.csv"]
    app.file_uploader(key="exports_lists").set_value(lists).run()
    app.button(key="exports_read").click().run()
    assert not app.exception
    assert "MARC" in shown(app) + "\n".join(str(frame.value.to_dict()) for frame in app.dataframe)


def test_what_order_lines_leave_open_is_listed_and_not_taken_over(folder) -> None:
    """Read it is sound; that its lines of three days tell no demand shows when it is to be decided."""
    app = seen(opened(page="data"), "data_view", "exports")
    before = app.selectbox(key="scenario").value
    lists = [(f"{name}.csv", cells.encode("utf-8"), "text/csv") for name, cells in SMALL.items()]
    app.file_uploader(key="exports_lists").set_value(lists).run()
    app.button(key="exports_read").click().run()
    assert not app.exception
    assert app.selectbox(key="scenario").value == before
    assert "demand_per_week" in "\n".join(str(frame.value.to_dict()) for frame in app.dataframe)
