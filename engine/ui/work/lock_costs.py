"""What the scenario's own locks cost, worked out once for each proven plan."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from engine.evaluate.reasons.locks import LockCost, lock_costs
from engine.ui.state.memo import digest_of, kept
from engine.ui.state.session import Answer, AnswerState

_KEPT = "_lock_costs"


def known_lock_costs(answer: Answer) -> tuple[LockCost, ...]:
    """The locks of a scenario; without their cost before the proof.

    Parameters
    ----------
    answer : Answer
    """
    if answer.label is not AnswerState.PROVEN:
        return lock_costs(answer.scenario, answer.plan, most=0)
    memo: dict[Hashable, tuple[LockCost, ...]] = st.session_state.setdefault(_KEPT, {})
    key = (digest_of(answer.scenario), answer.plan.objective_per_year)
    return kept(memo, key, lambda: lock_costs(answer.scenario, answer.plan), most=1)
