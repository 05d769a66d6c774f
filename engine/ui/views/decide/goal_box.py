"""The goal box: what is wanted in the reader's words, what it costs, and a button that adopts it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine.decision.outcome import conflict_of
from engine.errors import EngineError
from engine.evaluate.studies.goals import Goal, switches_of
from engine.ui.language import language, sentences, t
from engine.ui.state.goals import levers_for
from engine.ui.state.levers import LeverState, changed
from engine.ui.state.memo import digest_of
from engine.ui.state.positions import put
from engine.ui.state.session import Answer, AnswerState, remember_verdict
from engine.ui.state.situation import Situation
from engine.ui.views.differences import COST, INVENTORY, ON_TIME, signed_words
from engine.ui.words import money, share
from engine.ui.work.proof import Failed, Proven, Refused, proof_command, verdict
from engine.ui.work.studies import Study, study_panel

_FIELDS = ("inventory", "on_time", "switches")


def goal_box(inputs: Situation, answer: Answer) -> None:
    """Draw the fields, and once asked what the goal costs with the button that adopts it."""
    with st.expander(t("goal.header"), key="goal_box"):
        st.markdown(t("goal.about"))
        goal = _asked(answer)
        if goal == Goal():
            return
        today = answer.today.inventory_value if answer.today is not None else 0.0
        target = levers_for(goal, inputs.what_if, inputs.given, today)
        study = _study(inputs, target)
        result = None if study is None else study_panel(study)
        if study is None:
            st.warning(t("goal.impossible"))
        elif isinstance(result, Proven):
            st.markdown(told(answer, result))
            st.button(t("goal.adopt"), key="goal_adopt", on_click=_adopt, args=(target, result))
        elif isinstance(result, Refused):
            why = [conflict_of(conflict).words(language()) for conflict in result.conflicts]
            st.warning(t("goal.refused", why=t("list.join").join(why)))
        elif isinstance(result, Failed):
            st.error(t("study.failed"))


def _asked(answer: Answer) -> Goal:
    """Draw the fields; the goal in them, None where a field is blank."""
    count = int((answer.plan.decisions["current_strategy"] != "").sum())
    limits = {"inventory": (100.0, answer.today is not None), "on_time": (99.9, True), "switches": (count, count > 0)}
    values: dict[str, float | None] = {}
    for column, name in zip(st.columns(3), _FIELDS, strict=True):
        most, there = limits[name]
        values[name] = column.number_input(
            t(f"goal.{name}"), 0.0, float(most), None, step=1.0, key=f"goal_{name}", format="%g", disabled=not there,
            persist_state="session",
        )  # fmt: skip
    inventory, on_time, switches = (values[name] for name in _FIELDS)
    return Goal(
        inventory_below_today=None if inventory is None or answer.today is None else inventory / 100.0,
        on_time=None if on_time is None else on_time / 100.0,
        most_switches=None if switches is None or not count else round(switches),
    )


def _study(inputs: Situation, target: LeverState) -> Study | None:
    """The proof of the inputs that the goal leads to; None where no scenario can have them."""
    try:
        scenario = changed(inputs.given, target)
    except EngineError:
        return None

    def prepare(folder: Path) -> list[str]:
        return proof_command(scenario, folder)

    return Study(kind="goal", key=(target, digest_of(scenario)), prepare=prepare,
                 read=lambda folder, code: verdict(folder, code, ""))  # fmt: skip


def told(answer: Answer, reached: Proven) -> str:
    """Cost, inventory, on time and switches of the goal's plan, each against the plan of the page."""
    plan, before, scenario = reached.plan, answer.plan, answer.scenario
    currency = str(plan.summary["currency"])
    parts = []
    for measure in (COST, INVENTORY, ON_TIME):
        mine, other = measure.of(plan, scenario), measure.of(before, scenario)
        change = signed_words(measure, measure.difference(mine, other), currency) or t("moves.unchanged")
        value = share(mine, 1) if measure is ON_TIME else money(mine, currency)
        parts.append(t(f"goal.told.{measure.name}", value=value, change=change))
    parts.append(t("goal.told.switches", count=switches_of(plan), before=switches_of(before)))
    if answer.label is not AnswerState.PROVEN:
        parts.append(t("goal.unproven", status=t(f"status.{answer.label.value}")))
    return sentences(parts)


def _adopt(target: LeverState, reached: Proven) -> None:
    """Put the levers there; the plan is proven already."""
    remember_verdict(target, reached)
    put(target)
