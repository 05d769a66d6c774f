"""How a catalogue run begins: a catalogue of the list or a zip of tables; and whether another one gives way to it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from engine.errors import EngineError
from engine.ui.language import t
from engine.ui.state.scenarios import load_scenario, scenario_title
from engine.ui.views.data.faults import faults_of, faults_table
from engine.ui.views.press import pressed
from engine.ui.views.status import trouble
from engine.ui.views.tabs import named
from engine.ui.work.catalogue_upload import uploaded_run
from engine.ui.work.runs import Run, Standing, look_at, new_run, registry, session_runs

_CATALOGUE, _TURN, _FAULTS, _WAITS = "batch_catalogue", "_batch_turn", "_batch_faults", "_batch_waits"


def start_view(names: list[str]) -> None:
    """Draw the choice of a catalogue and begin."""
    wanted = st.session_state.get(_CATALOGUE) or st.session_state.get("scenario")
    st.session_state[_CATALOGUE] = wanted if wanted in names else names[0]
    name = str(st.selectbox(t("batch.catalogue"), names, format_func=named(names, scenario_title), key=_CATALOGUE,
                            help=t("batch.catalogue.help"), persist_state="session"))  # fmt: skip
    if pressed(t("batch.start"), "batch_start"):
        try:
            scenario = load_scenario(name)
        except EngineError as error:
            st.error(t("trouble.read", scenario=scenario_title(name)))
            trouble(error)
            return
        _begin(lambda: new_run(scenario))
    with st.expander(t("batch.upload.header"), key="batch_upload_box"):
        st.markdown(t("batch.upload.about"))
        turn = int(st.session_state.get(_TURN, 0))
        file = st.file_uploader(t("batch.upload"), type=["zip"], key=f"batch_upload_{turn}")
        if file is not None:
            st.session_state[_TURN] = turn + 1
            _begin(lambda: uploaded_run(file.name, file.getvalue()))
        if faults := st.session_state.get(_FAULTS):
            faults_table(faults)
    _ask()


def _begin(make: Callable[[], Run]) -> None:
    """Lay a run out, and start it."""
    st.session_state.pop(_FAULTS, None)
    try:
        run = make()
    except EngineError as error:
        st.session_state[_FAULTS] = faults_of(error)
        st.rerun()
    go_on(run)
    st.rerun()


def go_on(run: Run) -> None:
    """Start a run or go on with it, unless one of this session is under way: then ask first."""
    if _under_way():
        st.session_state[_WAITS] = run
    else:
        _go(run)


def _ask() -> None:
    run = st.session_state.get(_WAITS)
    if not isinstance(run, Run):
        return
    others = _under_way()
    if not others:
        _go(run)
        st.rerun()
    with st.container(border=True, key="batch_ask"):
        st.warning(t("batch.ask", name=others[0].about["name"]))
        one, two = st.columns(2)
        one.button(t("batch.ask.stop"), key="batch_ask_stop", on_click=_instead, args=(run,), width="stretch")
        two.button(t("batch.ask.keep"), key="batch_ask_keep", on_click=st.session_state.pop, args=(_WAITS, None),
                   width="stretch")  # fmt: skip


def _instead(run: Run) -> None:
    for other in _under_way():
        registry().stop(other)
    _go(run)


def _go(run: Run) -> None:
    st.session_state.pop(_WAITS, None)
    # Known even where the server is full: it waits there to be gone on with.
    look_at(run)
    registry().begin(run)


def _under_way() -> list[Run]:
    return [run for run in session_runs() if registry().standing(run) is Standing.RUNNING]
