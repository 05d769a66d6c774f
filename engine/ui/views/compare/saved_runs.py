"""Keep the proven plan as a run, or bring one that was downloaded before."""

from __future__ import annotations

import streamlit as st

from engine.errors import EngineError
from engine.ui.language import t
from engine.ui.layout import in_place
from engine.ui.state.opened import note_extra
from engine.ui.state.session import known_verdict
from engine.ui.state.situation import Situation
from engine.ui.views.status import trouble
from engine.ui.words import money
from engine.ui.work.proof import Proven
from engine.ui.work.saved_runs import add_run, drop_run, keep, keep_upload, saved_runs, written

_TURN, _FAULT, _NAME = "_run_turn", "_run_fault", "run_name"


def _keep(verdict: Proven) -> None:
    """Keep the plan that was shown under the name given."""
    name = str(st.session_state[_NAME]).strip()
    if name:
        add_run(keep(verdict.plan, name))


@in_place
def saved_view(inputs: Situation) -> None:
    """Draw what is kept, the form, the uploader."""
    with st.expander(t("saved.header"), key="saved_box"):
        st.markdown(t("saved.about"))
        for run in saved_runs():
            words, gone = st.columns([6, 1], vertical_alignment="center")
            words.markdown(t("saved.line", name=run.name, cost=money(run.cost_per_year, run.currency),
                             samples=f"{run.samples:,}"))  # fmt: skip
            gone.button(t("pins.forget"), key=f"drop_{run.key}", on_click=drop_run, args=(run.key,), width="stretch",
                        help=t("pins.forget.help", name=run.name))  # fmt: skip
        verdict = known_verdict(inputs.what_if)
        with st.form("run_form", clear_on_submit=True):
            st.text_input(t("saved.name"), key=_NAME, max_chars=60)
            # As of a variant: no run that ends early loses the click.
            st.form_submit_button(t("saved.keep"), disabled=not isinstance(verdict, Proven), on_click=_keep,
                                  args=(verdict,))  # fmt: skip
        turn = int(st.session_state.get(_TURN, 0))
        file = st.file_uploader(t("saved.upload"), type=["zip"], key=f"run_upload_{turn}")
        if file is not None:
            st.session_state[_TURN] = turn + 1
            st.session_state.pop(_FAULT, None)
            try:
                add_run(keep_upload(file.name, file.getvalue()))
            except EngineError as error:
                st.session_state[_FAULT] = error.cause or str(error)
            st.rerun()
        if _FAULT in st.session_state:
            st.error(t("saved.unreadable"))
            trouble(EngineError(st.session_state[_FAULT]))
    note_extra("runs", written())
