"""What every figure is held against, kept for the session: today's strategies, and the scenario as given."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import streamlit as st

from engine.decision.plan import Plan
from engine.decision.today import Broken, Today, today_of
from engine.evaluate.reasons.today import with_today
from engine.scenario.scenario import Scenario
from engine.ui.state.levers import LeverState, changed
from engine.ui.state.memo import digest_of, kept
from engine.ui.state.session import Answer, AnswerState, AsGiven, known_verdict, quick_answer, samples_of, tell_plan
from engine.ui.work.proof import Proven

_REMEMBERED = 20


def held_against(base: Scenario, answer: Answer, what_if: LeverState) -> Answer:
    """The answer with both baselines.

    Parameters
    ----------
    base : Scenario
        As its files give it, without a variant.
    answer : Answer
    what_if : LeverState
    """
    given = as_given(base, answer, what_if)
    plan = answer.plan if given is None else given.plan
    today = _today(base, answer.scenario, plan, what_if, _samples(answer.plan))
    told = with_today(answer.plan, today, answer.scenario)
    if answer.label is AnswerState.PROVEN:
        # Reports take today from the plan, and so tell the figures of the page.
        tell_plan(what_if, told)
    rules = tuple(Broken(**one) for one in (told.summary["today"] or {}).get("broken", ()))
    return replace(answer, given=given, today=today, plan=told, broken=rules)


def as_given(base: Scenario, answer: Answer, what_if: LeverState) -> AsGiven | None:
    """The plan of the scenario as given, on the samples of the answer: proven where that is known, else a preview."""
    scenario, plan, proven = scenario_as_given(base, what_if), answer.plan, answer.label is AnswerState.PROVEN
    if what_if.changes:
        verdict = known_verdict(what_if.as_given)
        proven = isinstance(verdict, Proven) and _samples(verdict.plan) == _samples(answer.plan)
        if proven and isinstance(verdict, Proven):
            plan = verdict.plan
        else:
            quick = quick_answer(base, scenario, what_if.as_given)
            if quick is None or _samples(quick.plan) != _samples(answer.plan):
                return None
            plan = quick.plan
    today = _today(base, scenario, plan, what_if.as_given, _samples(plan))
    same = what_if.world == what_if.as_given
    return AsGiven(plan=plan, scenario=scenario, today=today, proven=proven, same_world=same)


def scenario_as_given(base: Scenario, what_if: LeverState) -> Scenario:
    """The scenario with nothing changed, the same object as long as its files are the same."""
    memo: dict[str, Scenario] = st.session_state.setdefault("_as_given", {})
    return kept(memo, digest_of(base), lambda: changed(base, what_if.as_given), most=1)


def _today(base: Scenario, scenario: Scenario, plan: Plan, what_if: LeverState, samples: int) -> Today | None:
    """Today in the world of a scenario under the rules as given, worked out once; who names none follows the plan."""
    follow = plan.decisions["strategy"]
    unnamed = (scenario.products["current_strategy"] == "").to_numpy(dtype=bool)
    memo: dict[Hashable, Today | None] = st.session_state.setdefault("_todays", {})
    key = (digest_of(base), what_if.world, tuple(follow[unnamed]), samples)
    cache = samples_of(what_if.scenario)
    return kept(
        memo, key, lambda: today_of(scenario, follow, given=base, samples=samples, cache=cache), most=_REMEMBERED
    )


def _samples(plan: Plan) -> int:
    return int(plan.summary["samples"])
