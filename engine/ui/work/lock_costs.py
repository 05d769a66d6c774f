"""What the scenario's own locks cost, worked out once for each proven plan."""

from __future__ import annotations

import streamlit as st

from engine.evaluate.locks import LockCost, lock_costs
from engine.ui.state.memo import digest_of
from engine.ui.state.session import Answer, Label

_KEPT = "_lock_costs"


def known_lock_costs(answer: Answer) -> tuple[LockCost, ...]:
    """The locks of a scenario; without their cost before the proof.

    Parameters
    ----------
    answer : Answer
    """
    if answer.label is not Label.PROVEN:
        return lock_costs(answer.scenario, answer.plan, most=0)
    key = (digest_of(answer.scenario), answer.plan.objective_per_year)
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] != key:
        st.session_state[_KEPT] = kept = (key, lock_costs(answer.scenario, answer.plan))
    found: tuple[LockCost, ...] = kept[1]
    return found
