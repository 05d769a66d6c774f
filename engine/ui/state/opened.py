"""The link that a session was opened with, and the one that reopens what is on the page.

The address is written once in a run, when all is drawn, so that a move is one step of the browser's history; an address
that comes back from there puts the inputs back with it.
"""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequestType

from engine.ui.language import language
from engine.ui.request import own_page
from engine.ui.state import store
from engine.ui.state.held import keep_held, note_sent
from engine.ui.state.levers import LeverState
from engine.ui.state.link import from_query
from engine.ui.state.memo import remember
from engine.ui.state.positions import SCENARIO, current, go_to_inputs, put, put_pins, take_up
from engine.ui.state.scenarios import add_upload, scenario_names
from engine.ui.state.selection import select_product
from engine.ui.work.saved_runs import read_link

_OPENED, _TROUBLE, _EXTRA, _QUERY = "_opened", "_link_trouble", "_link_extra", "_link_query"
_WRITTEN, _TRAIL, _PAGE = "_link_written", "_link_trail", "_link_page"
_ADDED = ("product", "run", "runs")
# Steps of the history that lead back to their inputs.
_REMEMBERED = 100


def open_link() -> None:
    """Put the inputs where the link has them, once in a session; later where they stood on the page before."""
    take_up()
    keep_held()
    st.session_state.pop(_QUERY, None)
    if st.session_state.get(_OPENED):
        _follow_history()
        before = current()
        if SCENARIO not in st.session_state and before is not None:
            put(before)
        return
    st.session_state[_OPENED] = True
    said = from_query(st.query_params.to_dict())
    wanted = said.what_if.scenario
    if store.is_upload(wanted) and store.place_of(wanted) is not None:
        add_upload(wanted)
    if wanted and wanted not in scenario_names():
        st.session_state[_TROUBLE] = "gone"
    elif wanted:
        put(said.what_if)
        put_pins(said.pins)
        read_link(st.query_params.get("runs", ""))
        # What the pages add to the address stays there from the first run on.
        st.session_state[_EXTRA] = {key: st.query_params[key] for key in _ADDED if key in st.query_params}
        if st.query_params.get("product"):
            select_product(st.query_params["product"])
        if not said.known:
            st.session_state[_TROUBLE] = "version"
    if SCENARIO in st.session_state and not wanted:
        del st.session_state[SCENARIO]


def link_trouble() -> str:
    """Why the link could not be followed to the letter, once; '' where it could."""
    return str(st.session_state.pop(_TROUBLE, ""))


def note_extra(key: str, value: str) -> None:
    """Keep one thing more in the address: the product or the run looked at."""
    st.session_state.setdefault(_EXTRA, {})[key] = value


def note_link(query: dict[str, str]) -> None:
    """What reopens the inputs of the page."""
    st.session_state[_QUERY] = query


def write_link(page: str) -> None:
    """Let the address reopen what is on the page; it changes only where something else would open.

    Parameters
    ----------
    page : str
        The page drawn.
    """
    wanted = {"lang": language(), **st.session_state.get(_QUERY, {}), **st.session_state.get(_EXTRA, {})}
    wanted = {key: value for key, value in wanted.items() if value}
    inputs = current()
    if inputs is not None and _QUERY in st.session_state:
        trail: dict[tuple[tuple[str, str], ...], LeverState] = st.session_state.setdefault(_TRAIL, {})
        remember(trail, _step(wanted), inputs, most=_REMEMBERED)
    # Another page comes first without inputs in its address. Whoever goes back to that step is on his way further back:
    # an address written there would lead him forth again, time after time.
    passed = "scenario" not in st.query_params and (page, wanted) == (
        st.session_state.get(_PAGE), st.session_state.get(_WRITTEN)
    )  # fmt: skip
    # What was written last may be on its way still as the browser asks for this run: it tells an address from before.
    overtaken = st.session_state.get(_WRITTEN, wanted) != wanted
    if not passed and (overtaken or st.query_params.to_dict() != wanted):
        st.query_params.from_dict(wanted)
    st.session_state[_PAGE], st.session_state[_WRITTEN] = page, wanted


def draw_again() -> NoReturn:
    """Draw the page anew from a part that looks after its work.

    Where the page is about to be drawn anyway it asks for nothing: of a step of the browser's history that waits to be
    drawn, Streamlit would keep neither the address nor that it is one.
    """
    note_sent()
    context = get_script_run_ctx()
    if context is not None and context.script_requests is not None and not _drawn_next():
        # As `st.rerun` asks, but as a browser that has nothing to tell: else the next run would put into the widgets
        # once more all that this one did.
        context.script_requests.request_rerun(
            RerunData(
                query_string=context.query_string, page_script_hash=own_page(),
                cached_message_hashes=context.cached_message_hashes, context_info=context.context_info,
                widget_states=WidgetStates(),
            )
        )  # fmt: skip
        # Nothing is drawn: the run ends here, for this request or for one that has come meanwhile.
        st.empty()
    st.stop()


def _drawn_next() -> bool:
    """Whether the browser has asked for the whole page, and waits for this run to end."""
    context = get_script_run_ctx()
    requests = None if context is None else context.script_requests
    if requests is None or requests._state is not ScriptRequestType.RERUN:  # noqa: SLF001  (Streamlit tells it nowhere else)
        return False
    return not requests._rerun_data.fragment_id_queue  # noqa: SLF001


def _follow_history() -> None:
    """Put the inputs where they stood at a step of the browser's history that the reader went to."""
    context = get_script_run_ctx()
    if context is None or not context.is_history_navigation:
        return
    # Not `st.query_params`, which all runs of a session share: one that was told to stop may just begin its next, and
    # put its own address there.
    said = dict(parse_qsl(context.query_string, keep_blank_values=True))
    if said == st.session_state.get(_WRITTEN):
        return
    inputs = st.session_state.get(_TRAIL, {}).get(_step(said)) or from_query(said).what_if
    if inputs.scenario not in scenario_names():
        return
    go_to_inputs(inputs)
    if said.get("product"):
        select_product(said["product"])
    st.session_state[_EXTRA] = {key: said[key] for key in _ADDED if key in said}
    st.session_state[_WRITTEN] = said


def _step(query: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, value) for key, value in query.items() if key != "lang"))
