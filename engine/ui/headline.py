"""The plan in six numbers, each with what it is worth."""

from __future__ import annotations

import streamlit as st

from engine.report.words import switches
from engine.scenario.columns import STRATEGIES
from engine.ui.language import t
from engine.ui.preview import Today
from engine.ui.session import Answer
from engine.ui.words import MISSING, gap, money, share


def headline(answer: Answer) -> None:
    """Cost with its gap, saving against today, inventory; then products per strategy."""
    plan = answer.plan
    currency = str(plan.summary["currency"])
    first, second, third = st.columns(3)
    _metric(first, answer, t("headline.cost"), money(plan.objective_per_year, currency),
            t("headline.gap", gap=gap(plan.gap)))  # fmt: skip
    _saving(second, answer, currency)
    _metric(third, answer, t("headline.inventory"), money(float(plan.summary["inventory_value"]), currency),
            t("headline.inventory.detail"))  # fmt: skip
    cost = plan.decisions.groupby("strategy")["expected_cost_per_year"].sum()
    total = max(abs(plan.objective_per_year), 1e-9)
    for column, strategy in zip(st.columns(3), STRATEGIES, strict=True):
        label = t("headline.count", strategy=t(f"strategy.{strategy}"))
        part = float(cost.get(strategy, 0.0)) / total
        _metric(column, answer, label, f"{plan.summary['counts'][strategy]:,}",
                t("headline.count.detail", share=share(part)))  # fmt: skip


def _saving(column: st.delta_generator.DeltaGenerator, answer: Answer, currency: str) -> None:
    about = t("headline.saving.help")
    if isinstance(answer.today, Today):
        why = t(f"headline.{answer.today.value}")
        _metric(column, answer, t("headline.saving"), MISSING, why, about=about)
        return
    saving = answer.today - answer.plan.objective_per_year
    decisions = answer.plan.decisions
    known = int((decisions["current_strategy"] != "").sum())
    detail = t("headline.switches", count=len(switches(decisions)), known=known)
    label = t("headline.saving") if saving >= 0.0 else t("headline.dearer")
    _metric(column, answer, label, money(abs(saving), currency), detail, about=about)


def _metric(
    column: st.delta_generator.DeltaGenerator,
    answer: Answer,
    label: str,
    value: str,
    detail: str,
    *,
    about: str | None = None,
) -> None:
    labelled = t("headline.labelled", label=label, status=t(f"status.{answer.label.value}"))
    with column.container(border=True):
        st.metric(labelled, value, help=about)
        st.markdown(detail)
