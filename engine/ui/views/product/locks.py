"""Overriding the engine: keep a product at another strategy, with the price of that and a reason."""

from __future__ import annotations

import datetime as dt
import math

import streamlit as st

from engine.scenario.columns import STRATEGIES
from engine.ui.language import language, t
from engine.ui.state.instances import explanation_of
from engine.ui.state.levers import LockLever
from engine.ui.state.memo import derived_of
from engine.ui.state.positions import lock, unlock
from engine.ui.state.session import Answer, AnswerState
from engine.ui.state.situation import Situation
from engine.ui.views.decide.variants import lock_line
from engine.ui.views.differences import COST
from engine.ui.views.product.product_card import position
from engine.ui.words import money, strategy_name

# By itself the calendar ends ten years from now.
_FIRST_DAY, _LAST_DAY = dt.date(2000, 1, 1), dt.date(2199, 12, 31)


def lock_view(inputs: Situation, product: str) -> None:
    """Draw the lock that is there, or the form for one."""
    answer = inputs.answer
    if answer is None:
        return
    there = next((entry for entry in inputs.what_if.locks if entry.product == product), None)
    if there is not None:
        st.warning(lock_line(inputs, there))
        st.button(t("locks.unlock"), key="unlock_here", on_click=unlock, args=(product,))
        return
    with st.expander(t("lock.header"), key="lock_box"):
        _form(answer, inputs, product)


def _form(answer: Answer, inputs: Situation, product: str) -> None:
    i = position(answer, product)
    chosen = str(answer.plan.decisions["strategy"].iloc[i])
    possible = derived_of(inputs.given).allowed[i]
    others = [k for n, k in enumerate(STRATEGIES) if possible[n] and k != chosen]
    if not others:
        st.markdown(t("lock.only_one"))
        return
    spoken = language()
    strategy = st.radio(
        t("lock.strategy"), others, format_func=lambda k: strategy_name(k, spoken), key="lock_strategy", horizontal=True
    )
    more = price(answer, product, str(strategy))
    if math.isfinite(more):
        currency = str(answer.plan.summary["currency"])
        key = "lock.price" if more >= 0.0 else "lock.gain"
        st.markdown(t(key, price=money(abs(more), currency), status=t(f"status.{answer.label.value}")))
    else:
        st.markdown(t("lock.no_price"))
    st.text_input(t("lock.reason"), key="lock_reason", max_chars=200)
    owner, until = st.columns(2)
    owner.text_input(t("lock.owner"), key="lock_owner", max_chars=80)
    until.date_input(t("lock.until"), value=None, key="lock_until", format="YYYY-MM-DD",
                     min_value=_FIRST_DAY, max_value=_LAST_DAY)  # fmt: skip
    st.button(
        t("lock.do", strategy=strategy_name(str(strategy), spoken)), key="lock_do",
        on_click=_lock, args=(product, str(strategy)),
    )  # fmt: skip


def _lock(product: str, strategy: str) -> None:
    # The text as it is when the button is pressed, not as it was when the page was drawn.
    reason, owner = (str(st.session_state.get(key, "")).strip() for key in ("lock_reason", "lock_owner"))
    until = st.session_state.get("lock_until")
    day = until.isoformat() if until is not None else ""
    lock(LockLever(product=product, strategy=strategy, reason=reason, owner=owner, until=day))


def price(answer: Answer, product: str, strategy: str) -> float:
    """What the override costs a year, the other products' strategies as they are; NaN where it is not known."""
    row = answer.decisions.iloc[position(answer, product)]
    if answer.compared:
        return float(row[f"cost_if_{strategy}"]) - float(row["expected_cost_per_year"])
    if answer.label is AnswerState.STALE:
        return math.nan
    explanation = explanation_of(answer, product)
    return COST.difference(
        float(explanation.ledgers[strategy]["total"]), float(explanation.ledgers[explanation.strategy]["total"])
    )
