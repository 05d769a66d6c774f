"""How far the saving is open: what sampling leaves, and what rests on switches that are less sure."""

from __future__ import annotations

import streamlit as st

from engine.evaluate.assess import Difference, assess, difference
from engine.evaluate.at_stake import saving_at_stake
from engine.evaluate.certainty import certainties
from engine.ui.state.instances import draws_of, instance_of, recourse_of
from engine.ui.state.memo import digest_of, kept
from engine.ui.state.session import Answer, AnswerState
from engine.ui.work.trust_study import badges_of

_KEPT, _STAKES, _REMEMBERED = "_saving_interval", "_at_stake", 6


def saving_interval(answer: Answer) -> Difference | None:
    """95% interval of what the plan saves a year; None before the proof, and where no saving is known."""
    if answer.label is not AnswerState.PROVEN:
        return None
    key = (digest_of(answer.scenario), answer.plan.objective_per_year)
    known = st.session_state.get(_KEPT)
    if known is None or known[0] != key:
        st.session_state[_KEPT] = known = (key, _interval(answer))
    found: Difference | None = known[1]
    return found


def _interval(answer: Answer) -> Difference | None:
    today = answer.today
    if today is None:
        return None
    # Today less the plan, so that a saving is positive.
    return difference(assess(today.instance, today.recourse), assess(instance_of(answer), recourse_of(answer)))


def at_stake(answer: Answer) -> dict[str, float] | None:
    """What the less sure switches save: as the plan tells it, worked out anew once a judgement has moved a badge."""
    plan, badges = answer.plan, badges_of(answer.plan)["certainty"]
    if badges.tolist() == certainties(plan)["certainty"].tolist():
        told: dict[str, float] | None = plan.summary.get("saving_at_stake")
        return told
    known: dict[tuple[str, float, tuple[str, ...]], dict[str, float]] = st.session_state.setdefault(_STAKES, {})
    key = (digest_of(answer.scenario), plan.objective_per_year, tuple(badges))
    return kept(
        known, key, lambda: saving_at_stake(answer.scenario, plan, badges, cache=draws_of(answer)), most=_REMEMBERED
    )
