"""The link that a session was opened with, and the one that reopens what is on the page."""

from __future__ import annotations

import streamlit as st

from engine.ui.state import store
from engine.ui.state.link import from_query
from engine.ui.state.positions import SCENARIO, current, put, put_pins, take_up
from engine.ui.state.scenarios import add_upload, scenario_names
from engine.ui.state.selection import select_product
from engine.ui.work.saved_runs import read_link

_OPENED, _TROUBLE, _EXTRA = "_opened", "_link_trouble", "_link_extra"
_ADDED = ("product", "run", "runs")


def open_link() -> None:
    """Put the inputs where the link has them, once in a session; later where they stood on the page before."""
    take_up()
    if st.session_state.get(_OPENED):
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
    extra: dict[str, str] = st.session_state.setdefault(_EXTRA, {})
    extra[key] = value
    if value and st.query_params.get(key) != value:
        st.query_params[key] = value
    elif not value and key in st.query_params:
        del st.query_params[key]


def note_link(query: dict[str, str]) -> None:
    """Let the address reopen what is on the page; it changes only where something else would open."""
    extra: dict[str, str] = st.session_state.get(_EXTRA, {})
    wanted = {"lang": st.query_params.get("lang", ""), **query, **extra}
    wanted = {key: value for key, value in wanted.items() if value}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
