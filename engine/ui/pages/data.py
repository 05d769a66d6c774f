"""Data: bring a scenario, mend it, take everything away again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from engine.errors import EngineError, Fault, ScenarioError
from engine.scenario.columns import COLUMNS, TABLES, expected
from engine.scenario.files.sheets import FAULTS_SHEET
from engine.scenario.scenario import Scenario
from engine.ui.language import language, t
from engine.ui.state import store
from engine.ui.state.edits import edited
from engine.ui.state.levers import LeverState
from engine.ui.state.memo import digest_of
from engine.ui.state.positions import current, put_next
from engine.ui.state.scenarios import add_upload, load_scenario, scenario_title
from engine.ui.state.session import known_verdict
from engine.ui.state.situation import Situation, situation
from engine.ui.state.uploads import WORKBOOKS, Given, read_upload
from engine.ui.views.data.exports import exports_view
from engine.ui.views.data.faults import faults_of, faults_table
from engine.ui.views.data.reports import reports_view
from engine.ui.views.downloads import file_name, folder_bytes, marked_bytes, plan_bytes, template_bytes, workbook_bytes
from engine.ui.views.notices import notices_view
from engine.ui.views.press import pressed
from engine.ui.views.tabs import choose_view, named
from engine.ui.work.proof import Proven

VIEWS = ("upload", "exports", "edit", "download", "reports")
_TURN, _FAULTS, _DONE, _NOTICES = "_upload_turn", "_upload_faults", "_upload_done", "_upload_notices"
# The workbook whose faults are listed, to be given back with them; a larger one would weigh on the server.
_MARKED, _MARKED_BYTES = "_upload_marked", 5_000_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EDITED_ROWS = 2000


def page() -> None:
    """Draw the page."""
    st.title(t("data.title"))
    inputs = situation()
    view = choose_view("data_view", VIEWS)
    if view in ("upload", "exports"):
        if view == "upload":
            upload()
        else:
            exports_view(_take)
            _done("upload.done")
            faults_view()
        if inputs is not None:
            # Of what was uploaded the reading's own, which the kept copy no longer shows.
            key, read = st.session_state.get(_NOTICES, ("", ()))
            notices_view(inputs.base.with_notices(read) if inputs.what_if.scenario == key else inputs.base, key="data")
    elif inputs is None:
        st.info(t("data.nothing"))
    elif view == "edit":
        edit(inputs)
    elif view == "download":
        download(inputs)
    else:
        reports_view(inputs)


def upload() -> None:
    """The uploader, and what came of the last upload."""
    st.header(t("upload.header"))
    st.markdown(t("upload.about"))
    # What was read is read: the next files start from an empty uploader, whatever came of these.
    turn = int(st.session_state.get(_TURN, 0))
    files = st.file_uploader(
        t("upload.label"), type=["zip", "xlsx", "xlsm", "csv", "yaml", "yml"], accept_multiple_files=True,
        key=f"upload_{turn}",
    )  # fmt: skip
    if files:
        st.session_state[_TURN] = turn + 1
        given = [Given(name=file.name, data=file.getvalue()) for file in files]
        _take(partial(read_upload, given), given[0])
        st.rerun()
    _done("upload.done")
    faults_view()
    st.download_button(t("upload.template"), template_bytes, file_name="codp-template.xlsx", mime=_XLSX,
                       key="template", on_click="ignore")  # fmt: skip


def _take(read: Callable[[], Scenario], first: Given | None = None) -> None:
    """Keep what is read and open it, else keep its faults, and the first file where it can be marked."""
    st.session_state.pop(_MARKED, None)
    try:
        scenario = read()
        key = store.keep(scenario)
        # What its order lines leave open is a fault as well; nothing opens without it.
        load_scenario(key)
        st.session_state[_NOTICES] = (key, scenario.notices)
    except ScenarioError as error:
        st.session_state[_FAULTS] = faults_of(error)
        if first is not None and first.name.lower().endswith(WORKBOOKS) and len(first.data) <= _MARKED_BYTES:
            st.session_state[_MARKED] = first
    except EngineError as error:
        st.session_state[_FAULTS] = faults_of(error)
    else:
        st.session_state.pop(_FAULTS, None)
        _open(key)


def _open(key: str) -> None:
    """Show a scenario that was kept, on every page."""
    add_upload(key)
    st.session_state[_DONE] = key
    put_next(LeverState(scenario=key))
    st.rerun()


def _done(told: str) -> None:
    """That what was brought or edited is open, until the reader goes on: told once, it is lost where a proof lands."""
    key, inputs = st.session_state.get(_DONE), current()
    if key is None or inputs is None:
        return
    if inputs == LeverState(scenario=key):
        st.success(t(told, scenario=scenario_title(key)))
    else:
        del st.session_state[_DONE]


def faults_view() -> None:
    """Every fault with its cell."""
    faults: tuple[Fault, ...] = st.session_state.get(_FAULTS, ())
    if not faults:
        return
    faults_table(faults)
    given = st.session_state.get(_MARKED)
    if given is not None:
        headings = tuple(t(f"faults.{name}") for name in ("file", "row", "column", "message"))
        st.download_button(
            t("faults.workbook"), partial(marked_bytes, given, faults, headings, language()), mime=_XLSX,
            file_name=file_name(f"{Path(given.name).stem}-{FAULTS_SHEET}", ".xlsx"), help=t("faults.workbook.help"),
            key="marked", on_click="ignore",
        )  # fmt: skip


def edit(inputs: Situation) -> None:
    """One table to edit; what is applied becomes an upload of its own, the original stays."""
    st.header(t("edit.header"))
    st.markdown(t("edit.about"))
    name = str(st.selectbox(t("edit.table"), TABLES, format_func=named(TABLES, _table), key="edit_table"))
    frame = inputs.base.table(name)
    if len(frame) > _EDITED_ROWS:
        st.info(t("edit.too_long", rows=f"{len(frame):,}", most=f"{_EDITED_ROWS:,}"))
        return
    key = f"edit_{name}_{digest_of(inputs.base)[:12]}"
    spoken = language()
    config = {
        column.name: st.column_config.Column(
            column.name, help=expected(column).words(spoken), required=column.required or None
        )
        for column in COLUMNS[name]
    }
    shown = st.data_editor(frame, key=key, num_rows="dynamic", hide_index=True, column_config=config,
                           placeholder="", alt=t("edit.alt", table=_table(name)))  # fmt: skip
    if pressed(t("edit.apply"), "edit_apply"):
        try:
            kept = store.keep(edited(inputs.base, name, shown))
        except ScenarioError as error:
            st.session_state[_FAULTS] = faults_of(error)
        else:
            st.session_state.pop(_FAULTS, None)
            _open(kept)
    _done("edit.done")
    faults_view()


def download(inputs: Situation) -> None:
    """The scenario as given and as the inputs have it, and the results."""
    st.header(t("download.header"))
    name = inputs.base.name
    for label, scenario in (("given", inputs.base), ("changed", inputs.scenario)):
        if scenario is None or (label == "changed" and not inputs.what_if.changes):
            continue
        st.markdown(t(f"download.{label}", scenario=name))
        one, two = st.columns(2)
        one.download_button(t("download.workbook"), partial(workbook_bytes, scenario), mime=_XLSX, width="stretch",
                            file_name=file_name(name, ".xlsx"), key=f"workbook_{label}", on_click="ignore")  # fmt: skip
        two.download_button(t("download.folder"), partial(folder_bytes, scenario), mime="application/zip",
                            width="stretch", file_name=file_name(name, ".zip"), key=f"folder_{label}",
                            on_click="ignore")  # fmt: skip
    verdict = known_verdict(inputs.what_if)
    st.markdown(t("download.results"))
    if isinstance(verdict, Proven):
        plan = verdict.plan
        st.download_button(t("download.plan"), partial(plan_bytes, plan), mime="application/zip", key="plan_download",
                           file_name=file_name(f"{name}-plan", ".zip"), on_click="ignore")  # fmt: skip
    else:
        st.info(t("reports.wait"))


def _table(name: str) -> str:
    return t(f"table_name.{name}")


if __name__ == "__main__":
    page()
