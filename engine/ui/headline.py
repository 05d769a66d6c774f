"""The plan in one sentence and eight numbers, each with what it is worth."""

from __future__ import annotations

import math
from collections.abc import Callable

import streamlit as st

from engine.report.words import switches
from engine.scenario.columns import STRATEGIES
from engine.solve.plan import Plan
from engine.ui.language import language, sentences, t
from engine.ui.measures import inventory, lead_time, on_time
from engine.ui.preview import Today
from engine.ui.session import Answer
from engine.ui.words import MISSING, gap, money, share, strategy_name


def headline(answer: Answer) -> None:
    """The sentence, then cost, saving, inventory, service and products per strategy."""
    plan, scenario = answer.plan, answer.scenario
    st.markdown(verdict(answer))
    currency = str(plan.summary["currency"])
    first, second, third, fourth = st.columns(4)
    _metric(first, answer, t("headline.cost", currency=currency), money(plan.objective_per_year),
            t("headline.gap", gap=gap(plan.gap)))  # fmt: skip
    _saving(second, answer, currency)
    _metric(third, answer, t("headline.inventory", currency=currency), money(inventory(plan)),
            _against(answer, inventory, lambda more: money(abs(more), currency)),
            about=t("headline.inventory.detail"))  # fmt: skip
    _metric(fourth, answer, t("headline.on_time"), share(on_time(plan, scenario), 1),
            _against(answer, lambda p: on_time(p, scenario), _points),
            about=t("headline.weighted"))  # fmt: skip
    cost = plan.decisions.groupby("strategy")["expected_cost_per_year"].sum()
    total = max(abs(plan.objective_per_year), 1e-9)
    columns = st.columns(4)
    for column, strategy in zip(columns, STRATEGIES, strict=False):
        label = t("headline.count", strategy=t(f"strategy.{strategy}"))
        part = float(cost.get(strategy, 0.0)) / total
        _metric(column, answer, label, f"{plan.summary['counts'][strategy]:,}",
                t("headline.count.detail", share=share(part)))  # fmt: skip
    _metric(columns[3], answer, t("headline.lead_time"), f"{lead_time(plan, scenario):.1f}",
            _against(answer, lambda p: lead_time(p, scenario), _days),
            about=t("headline.weighted"))  # fmt: skip


def verdict(answer: Answer) -> str:
    """What to do, what it saves and how sure that is, in two sentences."""
    plan, currency = answer.plan, str(answer.plan.summary["currency"])
    moved = switches(plan.decisions)
    parts = []
    if isinstance(answer.today, Today):
        parts.append(t(f"verdict.{answer.today.value}", count=len(plan.decisions)))
    else:
        saving = answer.today.objective_per_year - plan.objective_per_year
        relative = saving / max(abs(answer.today.objective_per_year), 1e-9)
        key = "verdict.keep" if moved.empty else "verdict.switch" if saving >= 0.0 else "verdict.dearer"
        parts.append(t(key, count=len(moved), total=len(plan.decisions), saving=money(abs(saving), currency),
                       share=share(abs(relative), 1)))  # fmt: skip
        worth = moved[moved["saving_per_year"] > 0.0].head(3)
        if answer.compared and len(worth):
            spoken = language()
            named = [
                t("verdict.one", product=product, strategy=strategy_name(str(k), spoken), saving=money(float(each)))
                for product, k, each in zip(worth["product"], worth["strategy"], worth["saving_per_year"], strict=True)
            ]
            parts.append(t("verdict.largest", products=t("list.join").join(named)))
    parts.append(t(f"verdict.{answer.label.value}", gap=gap(plan.gap)))
    return sentences(parts)


def _points(more: float) -> str:
    return t("headline.points", points=f"{abs(more) * 100:.1f}")


def _days(more: float) -> str:
    return t("headline.days", days=f"{abs(more):.1f}")


def _against(answer: Answer, measure: Callable[[Plan], float], worded: Callable[[float], str]) -> str:
    """How a measure differs from today's strategies."""
    if not isinstance(answer.today, Plan):
        return t(f"headline.{answer.today.value}")
    more = measure(answer.plan) - measure(answer.today)
    if not math.isfinite(more):
        return MISSING
    key = "headline.more_than_today" if more > 0.0 else "headline.less_than_today"
    return t(key, difference=worded(more)) if abs(more) > 1e-9 else t("headline.as_today")


def _saving(column: st.delta_generator.DeltaGenerator, answer: Answer, currency: str) -> None:
    about = t("headline.saving.help")
    if isinstance(answer.today, Today):
        why = t(f"headline.{answer.today.value}")
        _metric(column, answer, t("headline.saving", currency=currency), MISSING, why, about=about)
        return
    saving = answer.today.objective_per_year - answer.plan.objective_per_year
    decisions = answer.plan.decisions
    known = int((decisions["current_strategy"] != "").sum())
    detail = t("headline.switches", count=len(switches(decisions)), known=known)
    label = t("headline.saving" if saving >= 0.0 else "headline.dearer", currency=currency)
    _metric(column, answer, label, money(abs(saving)), detail, about=about)


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


