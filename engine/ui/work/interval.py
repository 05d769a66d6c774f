"""How far sampling leaves the saving open: the plan against today's strategies, on the same samples."""

from __future__ import annotations

import numpy as np
import streamlit as st

from engine.decision.whatif import stocks
from engine.evaluate.assess import Difference, assess, difference
from engine.scenario.columns import STRATEGIES
from engine.ui.state.instances import instance_of, recourse_of
from engine.ui.state.memo import digest_of
from engine.ui.state.session import Answer, Label

_KEPT = "_saving_interval"


def saving_interval(answer: Answer) -> Difference | None:
    """95% interval of what the plan saves a year; None before the proof, and where no saving is known."""
    if answer.label is not Label.PROVEN:
        return None
    key = (digest_of(answer.scenario), answer.plan.objective_per_year)
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] != key:
        st.session_state[_KEPT] = kept = (key, _interval(answer))
    found: Difference | None = kept[1]
    return found


def _interval(answer: Answer) -> Difference | None:
    instance = instance_of(answer)
    if not (instance.current >= 0).any():
        return None
    planned = recourse_of(answer)
    strategy = np.array([STRATEGIES.index(k) for k in answer.plan.decisions["strategy"]], dtype=np.int64)
    current = stocks(instance, np.where(instance.current >= 0, instance.current, strategy))
    if current is None:
        return None
    # Today less the plan, so that a saving is positive.
    return difference(assess(instance, current), assess(instance, planned))
