"""A what-if for one product alone: its inputs moved, the other products' strategies as they are."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from engine.demand.streams import Array
from engine.evaluate.sensitivity.inputs import INPUTS, admissible, put
from engine.evaluate.sensitivity.lone_move import LoneMove, alone, as_told
from engine.scenario.columns import STRATEGIES, strategy_numbers
from engine.scenario.scenario import Scenario
from engine.ui.language import language, t
from engine.ui.state.instances import instance_of, more_than_chosen
from engine.ui.state.session import Answer
from engine.ui.views.product.product_card import position
from engine.ui.words import MISSING, money, number, strategy_name

_MOVABLE = ("demand_per_week", "demand_cv", "lead_time_target_days", "late_cost_per_unit_day", "unit_cost")


def alone_view(answer: Answer, product: str) -> None:
    """Draw the sliders and what they lead to."""
    st.header(t("alone.header"))
    st.markdown(t("alone.about"))
    single = alone(answer.scenario, product)
    changed, moved = single, False
    sliders, result = st.columns([2, 3], gap="large")
    with sliders:
        for name in _MOVABLE:
            now = INPUTS[name].current(single)
            if not math.isfinite(now) or now <= 0.0:
                continue
            percent = st.slider(t("alone.lever", input=t(f"input.{name}"), now=number(now)), 25, 300, 100, 5,
                                key=f"alone_{product}_{name}", format="%d%%")  # fmt: skip
            if percent != 100:
                changed, moved = put(changed, name, product, now * percent / 100.0), True
    with result:
        if not admissible(changed):
            st.warning(t("alone.impossible"))
            return
        _result(answer, product, costs_of(answer, product, single, changed if moved else None))


def costs_of(answer: Answer, product: str, single: Scenario, changed: Scenario | None) -> tuple[Array, Array]:
    """Objective under each strategy, as given and changed; shape (3,) each."""
    strategy, i = strategy_numbers(answer.plan.decisions["strategy"]), position(answer, product)
    move = LoneMove(instance_of(answer), strategy, i, seed=answer.scenario.settings.seed)
    now, more = move.costs(single), more_than_chosen(answer, product)
    before, after = (
        as_told(costs, now, more, int(strategy[i])) for costs in (now, now if changed is None else move.costs(changed))
    )
    return before, after


def _result(answer: Answer, product: str, costs: tuple[Array, Array]) -> None:
    before, after = costs
    if not np.isfinite(after).any():
        st.warning(t("alone.impossible"))
        return
    spoken, currency = language(), answer.scenario.settings.currency
    chosen = STRATEGIES.index(str(answer.plan.decisions["strategy"].iloc[position(answer, product)]))
    best = int(np.argmin(after))
    key = "alone.stays" if best == chosen else "alone.flips"
    st.markdown(t(key, chosen=strategy_name(STRATEGIES[chosen], spoken), best=strategy_name(STRATEGIES[best], spoken),
                  saving=money(float(after[chosen] - after[best]), currency)))  # fmt: skip
    heads = [t("column.strategy"), t("alone.against_best", currency=currency), t("alone.change", currency=currency)]
    lines = ["| " + " | ".join(heads) + " |", "|:--|--:|--:|"]
    for k, name in enumerate(STRATEGIES):
        if not math.isfinite(float(after[k])):
            cells = [strategy_name(name, spoken), t("product.impossible"), MISSING]
        else:
            change = float(after[k] - before[k]) if math.isfinite(float(before[k])) else math.nan
            cells = [strategy_name(name, spoken), money(float(after[k] - after[best])), money(change)]
        lines.append("| " + " | ".join(f"**{cell}**" if k == best else cell for cell in cells) + " |")
    st.markdown("\n".join(lines))
    st.markdown(t("alone.others"))
