"""Exports of a planning system: what is uploaded of them, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from engine.scenario.importers.listings import ENDINGS
from engine.scenario.scenario import Scenario
from engine.ui.language import t
from engine.ui.state.exports import SYSTEMS, read_exports
from engine.ui.state.uploads import Given
from engine.ui.views.press import pressed
from engine.ui.views.tabs import named

_NOTES = "_exports_notes"
_SIGNS = ("auto", ",", ".")


def exports_view(take: Callable[[Callable[[], Scenario]], None]) -> None:
    """Draw the system, its lists and the answers, and read them when asked.

    Parameters
    ----------
    take : callable
        Takes what reads them, keeps what it gives, and shows its faults.
    """
    st.header(t("exports.header"))
    st.markdown(t("exports.about"))
    system = str(st.radio(t("exports.system"), SYSTEMS, format_func=named(SYSTEMS, _system), key="exports_system",
                          horizontal=True))  # fmt: skip
    st.markdown(t(f"exports.lists_{system}"))
    kinds = ["zip", *(ending.removeprefix(".") for ending in ENDINGS)]
    lists = st.file_uploader(t("exports.lists"), type=kinds, accept_multiple_files=True, key="exports_lists")
    said = st.file_uploader(t("exports.answers"), type=["zip", "csv", "yaml"], accept_multiple_files=True,
                            help=t("exports.answers.help"), key="exports_answers")  # fmt: skip
    sign = str(st.radio(t("exports.decimal"), _SIGNS, format_func=named(_SIGNS, _sign), key="exports_decimal",
                        horizontal=True))  # fmt: skip

    def read() -> Scenario:
        exports, answers = ([Given(name=file.name, data=file.getvalue()) for file in files or ()]
                            for files in (lists, said))  # fmt: skip
        scenario, notes = read_exports(system, exports, answers, decimal=None if sign == _SIGNS[0] else sign)
        st.session_state[_NOTES] = notes
        return scenario

    if pressed(t("exports.read"), "exports_read", disabled=not lists):
        st.session_state.pop(_NOTES, None)
        take(read)
    if notes := st.session_state.get(_NOTES):
        with st.expander(t("exports.notes")):
            st.text("\n".join(notes))


def _system(system: str) -> str:
    return t(f"exports.system_{system}")


def _sign(sign: str) -> str:
    return t("exports.decimal_auto") if sign == _SIGNS[0] else sign
