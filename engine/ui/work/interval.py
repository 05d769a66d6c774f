"""How far sampling leaves the saving open: the plan against today's strategies, on the same samples."""

from __future__ import annotations

import streamlit as st

from engine.evaluate.assess import Difference, assess, difference
from engine.ui.state.instances import instance_of, recourse_of
from engine.ui.state.memo import digest_of
from engine.ui.state.session import Answer, AnswerState

_KEPT = "_saving_interval"


def saving_interval(answer: Answer) -> Difference | None:
    """95% interval of what the plan saves a year; None before the proof, and where no saving is known."""
    if answer.label is not AnswerState.PROVEN:
        return None
    key = (digest_of(answer.scenario), answer.plan.objective_per_year)
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] != key:
        st.session_state[_KEPT] = kept = (key, _interval(answer))
    found: Difference | None = kept[1]
    return found


def _interval(answer: Answer) -> Difference | None:
    today = answer.today
    if today is None:
        return None
    # Today less the plan, so that a saving is positive.
    return difference(assess(today.instance, today.recourse), assess(instance_of(answer), recourse_of(answer)))
