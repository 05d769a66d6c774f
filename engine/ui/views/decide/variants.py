"""What was changed, kept under names; products locked by the reader and what that costs."""

from __future__ import annotations

import streamlit as st

from engine.errors import EngineError
from engine.ui.language import language, t
from engine.ui.state.deltas import delta_words
from engine.ui.state.levers import LeverState, LockLever, changed
from engine.ui.state.positions import Pin, locks, pin, pins_of, put, unlock, unpin, without_locks
from engine.ui.state.rules_in_force import rules_in_force
from engine.ui.state.session import AnswerState, known_verdict, quick_answer
from engine.ui.state.situation import Situation
from engine.ui.views.decide.moves import price_words
from engine.ui.views.differences import COST
from engine.ui.views.notices import this_day
from engine.ui.words import MISSING, money, strategy_name
from engine.ui.work.lock_costs import known_lock_costs
from engine.ui.work.proof import Proven

_NAME = "pin_name"


def variants_view(inputs: Situation) -> None:
    """Draw the form, the list of what is kept, and the locks."""
    st.header(t("pins.header"))
    st.markdown(t("pins.now", changes=delta_words(inputs.what_if, inputs.given)))
    _form(inputs)
    kept = pins_of(inputs.what_if.scenario)
    if not kept:
        st.markdown(t("pins.none"))
    for entry in kept:
        name, opened, gone = st.columns([5, 1, 1], vertical_alignment="center")
        name.markdown(t("pins.line", name=entry.name, changes=delta_words(entry.what_if, inputs.base)))
        opened.button(t("pins.open"), key=f"open_{entry.name}", on_click=put, args=(entry.what_if,), width="stretch",
                      help=t("pins.open.help", name=entry.name))  # fmt: skip
        gone.button(t("pins.forget"), key=f"forget_{entry.name}", on_click=unpin, width="stretch",
                    args=(entry.name, entry.what_if.scenario), help=t("pins.forget.help", name=entry.name))  # fmt: skip
    st.header(t("locks.header"))
    _locks(inputs)


def _form(inputs: Situation) -> None:
    with st.form("pin_form", clear_on_submit=True):
        st.text_input(t("pins.name"), key=_NAME, max_chars=60)
        # Called before anything is drawn: a run that ends before it comes to the form, since another is asked for,
        # would lose the click.
        st.form_submit_button(t("pins.keep"), disabled=not inputs.what_if.changes, on_click=_pin,
                              args=(inputs.what_if,))  # fmt: skip
    if not inputs.what_if.changes:
        st.markdown(t("pins.nothing_to_keep"))


def _pin(what_if: LeverState) -> None:
    """Keep what was shown under the name given."""
    name = str(st.session_state[_NAME]).strip()
    if name:
        pin(Pin(name=name, what_if=what_if))


def _locks(inputs: Situation) -> None:
    _given(inputs)
    entries = [entry for entry in locks() if entry in inputs.what_if.locks]
    if not entries:
        st.markdown(t("locks.none"))
        return
    for entry in entries:
        words, gone = st.columns([6, 1], vertical_alignment="center")
        words.markdown(lock_line(inputs, entry))
        gone.button(t("locks.unlock"), key=f"unlock_{entry.product}", on_click=unlock, args=(entry.product,),
                    width="stretch", help=t("locks.unlock.help", product=entry.product))  # fmt: skip
    price, status = price_of_locks(inputs)
    st.markdown(t("locks.price", price=price, status=status))


def _given(inputs: Situation) -> None:
    """Locks of the scenario itself: why, until when, and once the plan is proven what each costs by itself."""
    locked = {entry.product for entry in inputs.what_if.locks}
    answer = inputs.answer
    kept = [one for one in known_lock_costs(answer) if one.lock.product not in locked] if answer is not None else []
    if not kept or answer is None:
        return
    currency, spoken = str(answer.plan.summary["currency"]), language()
    lines = []
    for one in kept:
        lock, cost = one.lock, one.cost_per_year
        said = [t("locks.line", product=lock.product, strategy=strategy_name(lock.strategy, spoken),
                  reason=lock.reason or t("locks.no_reason"))]  # fmt: skip
        said += _answers(lock.owner, "" if lock.until is None else str(lock.until))
        said += [t("locks.costs", cost=money(cost, currency))] if cost is not None else []
        lines.append("- " + t("locks.join").join(said))
    st.markdown("\n".join([t("locks.given", count=len(kept)), "", *lines]))


def lock_line(inputs: Situation, entry: LockLever) -> str:
    """A lock with its reason and what it costs by itself."""
    reason = entry.reason or t("locks.no_reason")
    line = t("locks.line", product=entry.product, strategy=strategy_name(entry.strategy, language()), reason=reason)
    said = [line, *_answers(entry.owner, entry.until)]
    answer = inputs.answer
    priced = next((rule for rule in rules_in_force(inputs.what_if) if rule.lock == entry), None)
    if priced is not None and answer is not None and answer.label is AnswerState.PROVEN:
        said.append(t("locks.price_of", price=price_words(priced, inputs, answer)))
    return t("locks.join").join(said)


def _answers(owner: str, until: str) -> list[str]:
    """Who answers for a lock and when it ends, or ended."""
    said = [t("locks.owner", owner=owner)] if owner else []
    if until:
        said.append(t("locks.ended" if until < this_day().isoformat() else "locks.until", date=until))
    return said


def price_of_locks(inputs: Situation) -> tuple[str, str]:
    """What all locks together cost a year, and what that number is worth."""
    answer = inputs.answer
    if answer is None or answer.label is AnswerState.STALE:
        return MISSING, t("status.stale")
    free = without_locks(inputs.what_if)
    verdict = known_verdict(free)
    label, cost = AnswerState.PREVIEW, None
    if isinstance(verdict, Proven) and answer.label is AnswerState.PROVEN:
        label, cost = AnswerState.PROVEN, verdict.plan.objective_per_year
    elif answer.label is AnswerState.PREVIEW:
        cost = _quick_cost(inputs, free)
    if cost is None:
        return MISSING, t("locks.free_unproven")
    currency = str(answer.plan.summary["currency"])
    # A lock saves nothing: what it seems to save the proof of the other plan has left open.
    more = max(COST.difference(answer.plan.objective_per_year, cost), 0.0)
    return money(more, currency), t(f"status.{label.value}")


def _quick_cost(inputs: Situation, free: LeverState) -> float | None:
    try:
        quick = quick_answer(inputs.given, changed(inputs.given, free), free)
    except EngineError:
        return None
    return None if quick is None else quick.plan.objective_per_year
