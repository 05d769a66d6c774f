"""How far the saving is open: what sampling leaves, and what rests on switches that are less sure."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.evaluate.reasons import today as beside_today
from engine.evaluate.trust.at_stake import as_told, saving_at_stake
from engine.ui.state.instances import draws_of, instance_of, recourse_of
from engine.ui.state.memo import digest_of, kept
from engine.ui.state.session import Answer, AnswerState

_KEPT, _STAKES, _REMEMBERED = "_saving_interval", "_at_stake", 6


def saving_interval(answer: Answer) -> dict[str, float] | None:
    """95% interval of what the plan saves a year, low and high; None before the proof, and without a known saving."""
    if answer.label is not AnswerState.PROVEN:
        return None
    key = (digest_of(answer.scenario), answer.plan.objective_per_year)
    memo: dict[tuple[str, float], dict[str, float] | None] = st.session_state.setdefault(_KEPT, {})
    return kept(memo, key, lambda: _interval(answer), most=1)


def _interval(answer: Answer) -> dict[str, float] | None:
    if answer.today is None:
        return None
    return beside_today.saving_interval(answer.today, recourse_of(answer), instance_of(answer))


def at_stake(answer: Answer, badges: pd.Series) -> dict[str, float] | None:
    """What the less sure switches save: as the plan tells it, worked out anew once a judgement has moved a badge.

    Parameters
    ----------
    answer : Answer
    badges : pandas.Series
        Of each choice.
    """
    plan = answer.plan
    if as_told(plan, badges):
        told: dict[str, float] | None = plan.summary.get("saving_at_stake")
        return told
    memo: dict[tuple[str, float, tuple[str, ...]], dict[str, float]] = st.session_state.setdefault(_STAKES, {})
    key = (digest_of(answer.scenario), plan.objective_per_year, tuple(badges))
    return kept(
        memo, key, lambda: saving_at_stake(answer.scenario, plan, badges, cache=draws_of(answer)), most=_REMEMBERED
    )
