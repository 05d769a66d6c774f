"""Decide: a scenario, its levers, the plan they lead to.

Parts with charts are loaded as they are drawn: what draws charts takes a third of a second to load, and the figures
stand above it.
"""

from __future__ import annotations

import streamlit as st

from engine.ui.language import sentences, t
from engine.ui.state.selection import PRODUCT_KEY
from engine.ui.state.session import Answer, AnswerState
from engine.ui.state.situation import Situation, situation
from engine.ui.views.decide.decision_table import choose_rows, decision_table, sureness
from engine.ui.views.decide.goal_box import goal_box
from engine.ui.views.decide.headline import headline
from engine.ui.views.decide.moves import moves_view
from engine.ui.views.decide.variants import variants_view
from engine.ui.views.glossary import explained
from engine.ui.views.notices import notices_view
from engine.ui.views.tabs import choose_view
from engine.ui.work.studies import study_panel
from engine.ui.work.trust_study import confidence_of, judgement_study

VIEWS = ("decisions", "waves", "tradeoffs", "shared", "variants")


def page() -> None:
    """Draw the page."""
    st.title(t("app.title"))
    inputs = situation(headline)
    if inputs is None or inputs.answer is None:
        return
    moves_view(inputs, inputs.answer)
    notices_view(inputs.base, key="decide", plan=inputs.answer.plan)
    view = choose_view("decide_view", VIEWS)
    if view == "decisions":
        decisions(inputs, inputs.answer)
    elif view == "waves":
        from engine.ui.views.decide.waves import waves_view  # noqa: PLC0415

        waves_view(inputs, inputs.answer)
    elif view == "tradeoffs":
        from engine.ui.views.decide.frontier import frontier_view  # noqa: PLC0415
        from engine.ui.views.decide.tornado import tornado_view  # noqa: PLC0415

        goal_box(inputs, inputs.answer)
        frontier_view(inputs)
        tornado_view(inputs)
    elif view == "shared":
        from engine.ui.views.decide.shared import shared_view  # noqa: PLC0415

        shared_view(inputs.answer)
    else:
        variants_view(inputs)


def decisions(inputs: Situation, answer: Answer) -> None:
    """Table, what is known of its confidence, and map."""
    status = t(f"status.{answer.label.value}")
    table = answer.plan.decisions
    picked = st.session_state.get(PRODUCT_KEY)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(t("table.header"))
        rows = choose_rows(answer)
    decision_table(answer, rows)
    told = [t("table.labelled", status=status, currency=answer.plan.summary["currency"])]
    if not answer.compared:
        told.append(t("table.not_yet"))
    if sure := sureness(answer):
        told.append(sure)
    st.markdown(sentences(told))
    if not confidence_of(answer.plan) and answer.label is AnswerState.PROVEN and inputs.scenario is not None:
        study_panel(judgement_study(inputs.scenario, answer.plan))
    goal_box(inputs, answer)
    st.header(t("map.header"), help=explained(("pd_ratio", "cv")))
    st.markdown(t("map.labelled", status=status))
    from engine.ui.views.decide.strategy_map import map_view  # noqa: PLC0415

    map_view(answer, picked if picked in set(table["product"].astype(str)) else None)


if __name__ == "__main__":
    page()
