"""What the pages share: the inputs in the sidebar and the answer they lead to."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from engine.errors import EngineError
from engine.scenario.scenario import Scenario
from engine.ui.language import t
from engine.ui.state.baselines import held_against, scenario_as_given
from engine.ui.state.held import echo
from engine.ui.state.levers import LeverState, based, changed
from engine.ui.state.link import to_query
from engine.ui.state.memo import digest_of, kept
from engine.ui.state.opened import draw_again, note_link
from engine.ui.state.positions import SCENARIO, pins_of
from engine.ui.state.rules_in_force import rules_in_force
from engine.ui.state.scenarios import load_scenario, scenario_names, scenario_title
from engine.ui.state.session import (
    Answer,
    AnswerState,
    answer,
    forget_other_files,
    keep_answer,
    known_verdict,
    prove_beside,
    quick_answer,
    slot,
    stale_answer,
    start_proof,
    stock_today,
    stop_other_proof,
)
from engine.ui.state.ways_out import ways_out, ways_out_of_faults
from engine.ui.views.inputs.lever_panel import choose_scenario, choose_variant, lever_panel
from engine.ui.views.status import monitor, trouble, way_buttons
from engine.ui.work.proof import Proven, Refused
from engine.ui.work.trust_study import judge_beside, stop_other_judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Inputs and answer of the page being drawn.

    Parameters
    ----------
    what_if : LeverState
    base : Scenario
        As its files give it.
    given : Scenario
        The base or its variant, which the levers start from.
    scenario : Scenario or None
        With everything changed; None where that is no possible scenario.
    answer : Answer or None
    """

    what_if: LeverState
    base: Scenario
    given: Scenario
    scenario: Scenario | None
    answer: Answer | None


def situation(figures: Callable[[Answer], None] = lambda _: None) -> Situation | None:
    """Draw the inputs and the line of state; None where there is no scenario to show, which is then told.

    Parameters
    ----------
    figures : callable
        Draws what is looked for first of an answer: where the page is then drawn anew it is there already.
    """
    names = scenario_names()
    if not names:
        st.error(t("trouble.no_scenarios"))
        return None
    told = stock_today(str(st.session_state.get(SCENARIO, "")))
    with st.sidebar:
        st.header(t("inputs.header"))
        inputs = _inputs(names)
        echo()
    if inputs is None:
        return None
    base, given, what_if = inputs
    name = what_if.scenario
    note_link(to_query(what_if, pins_of(name), given))
    # A proof of other inputs would only take the processor from the preview of these, and so would a judgement.
    stop_other_proof(what_if)
    verdict = known_verdict(what_if)
    stop_other_judgement(verdict.plan if isinstance(verdict, Proven) else None)
    scenario = None
    try:
        scenario = _changed(given, what_if)
        shown = _decide(base, given, scenario, what_if)
    except EngineError as error:
        st.error(t("trouble.inputs"))
        trouble(error)
        way_buttons(ways_out_of_faults(what_if, given))
        shown = stale_answer(what_if) or _stale_as_given(base, what_if)
    if shown is not None:
        figures(shown)
    now = stock_today(name)
    if told is not None and now is not None and round(told) != round(now):
        # The budget is told in percent of what today holds, and the world has moved since it was drawn.
        draw_again()
    return Situation(what_if=what_if, base=base, given=given, scenario=scenario, answer=shown)


def _inputs(names: list[str]) -> tuple[Scenario, Scenario, LeverState] | None:
    """Draw them: the scenario as its files give it, what the levers start from, where everything stands."""
    name = choose_scenario(names)
    try:
        base = load_scenario(name)
        forget_other_files(name, base)
        variant = choose_variant(base)
        given = based(base, LeverState(scenario=name, variant=variant))
    except EngineError as error:
        st.error(t("trouble.read", scenario=scenario_title(name)))
        trouble(error)
        return None
    return base, given, lever_panel(name, variant, given)


def _changed(given: Scenario, what_if: LeverState) -> Scenario:
    """The scenario with everything changed, the same object where the page is drawn anew for the same inputs."""
    memo: dict[tuple[str, LeverState], Scenario] = st.session_state.setdefault("_changed", {})
    return kept(memo, (digest_of(given), what_if), lambda: changed(given, what_if), most=1)


def _decide(base: Scenario, given: Scenario, scenario: Scenario, what_if: LeverState) -> Answer | None:
    """The answer for these inputs; its proof is under way when this returns."""
    verdict = known_verdict(what_if)
    quick = None if isinstance(verdict, Proven) else quick_answer(given, scenario, what_if)
    start_proof(scenario, what_if)
    shown = answer(scenario, what_if, verdict, quick)
    if shown is not None and shown.label is not AnswerState.STALE:
        shown = held_against(base, shown, what_if)
        keep_answer(what_if, shown)
    if shown is None and what_if.changes:
        shown = _stale_as_given(base, what_if)
    if what_if.changes and known_verdict(what_if) is not None:
        _prove_others(base, what_if)
    if isinstance(verdict, Proven) and slot().job is None:
        judge_beside(scenario, verdict.plan)
    ways = ways_out(what_if, given, verdict.conflicts) if isinstance(verdict, Refused) else []
    monitor(shown, verdict, ways, previewed=quick is not None)
    return shown


def _stale_as_given(base: Scenario, what_if: LeverState) -> Answer | None:
    """The scenario as given, where inputs without any plan were opened by a link: better than an empty page."""
    neutral = what_if.as_given
    scenario = scenario_as_given(base, what_if)
    verdict = known_verdict(neutral)
    quick = None if isinstance(verdict, Proven) else quick_answer(base, scenario, neutral)
    shown = answer(scenario, neutral, verdict, quick)
    if shown is None or shown.label is AnswerState.STALE:
        return shown
    shown = held_against(base, shown, neutral)
    keep_answer(neutral, shown)
    return replace(shown, label=AnswerState.STALE)


def _prove_others(base: Scenario, what_if: LeverState) -> None:
    """Have what the answer is held against proven, one after the other: as given, and without each rule."""
    for other in (what_if.as_given, *(rule.without for rule in rules_in_force(what_if))):
        if known_verdict(other) is None:
            # Without a rule there may be values that no scenario can have.
            with contextlib.suppress(EngineError):
                prove_beside(changed(based(base, other), other), other)
                return
