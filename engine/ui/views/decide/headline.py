"""The plan in one sentence and five numbers, each with what it is worth and what it differs from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import pandas as pd
import streamlit as st

from engine.evaluate.reasons.today import payback
from engine.report.sentences.certainty import certainty_sentence
from engine.report.sentences.payback import payback_sentence
from engine.report.sentences.proof import NO_GAP, proof_sentence
from engine.report.sentences.today import broken_words, interval_sentence
from engine.report.sentences.words import switches
from engine.scenario.columns import STRATEGIES
from engine.ui.charts.measures import inventory, lead_time, on_time
from engine.ui.language import language, sentences, t
from engine.ui.state.session import Answer, AnswerState
from engine.ui.views.differences import COST, INVENTORY, LEAD_TIME, ON_TIME, against
from engine.ui.words import MISSING, gap, money, share, strategy_mark, strategy_name
from engine.ui.work.interval import at_stake, saving_interval
from engine.ui.work.trust_study import badges_of


def headline(answer: Answer) -> None:
    """The sentence, how sure it is, then cost, saving, inventory, service, and products per strategy."""
    # It stays in sight while the page is read.
    with st.container(border=True, key="verdict"):
        st.markdown(_first(answer))
    st.markdown(sentences(_sure(answer)))
    with st.container(key="headline", gap="small"):
        _cards(answer)
    with st.expander(t("verdict.more"), key="verdict_more"):
        st.markdown(sentences(_more(answer)))


def _cards(answer: Answer) -> None:
    plan, scenario = answer.plan, answer.scenario
    currency = str(plan.summary["currency"])
    first, second, third, fourth, fifth = st.columns(5)
    open_gap = plan.whole_gap
    proof = t("headline.optimal") if open_gap <= NO_GAP else t("headline.gap", gap=gap(open_gap))
    _metric(first, answer, t("headline.cost", currency=currency), money(plan.objective_per_year),
            [proof, *against(answer, COST)])  # fmt: skip
    _saving(second, answer, currency)
    _metric(third, answer, t("headline.inventory", currency=currency), money(inventory(plan)),
            [*_books(answer, currency), *against(answer, INVENTORY), *_over_budget(answer, currency)],
            about=_stock_about(answer))  # fmt: skip
    _metric(fourth, answer, t("headline.on_time"), share(on_time(plan, scenario), 1),
            [*against(answer, ON_TIME), *_missed_targets(answer)], about=t("headline.weighted"))  # fmt: skip
    _metric(fifth, answer, t("headline.lead_time"), f"{lead_time(plan, scenario):.1f}",
            against(answer, LEAD_TIME), about=t("headline.weighted"))  # fmt: skip
    cost = plan.decisions.groupby("strategy")["expected_cost_per_year"].sum()
    total = max(abs(plan.objective_per_year), 1e-9)
    st.markdown(" · ".join(
        t("headline.count", strategy=strategy_mark(k, language()), count=f"{plan.summary['counts'][k]:,}",
          share=share(float(cost.get(k, 0.0)) / total))
        for k in STRATEGIES
    ))  # fmt: skip


def _first(answer: Answer) -> str:
    """What to do and what it saves."""
    plan, currency = answer.plan, str(answer.plan.summary["currency"])
    if answer.today is None:
        return t("verdict.no_current", count=len(plan.decisions))
    moved = switches(plan.decisions)
    saving = COST.difference(answer.today.cost_per_year, plan.objective_per_year)
    relative = saving / max(abs(answer.today.cost_per_year), 1e-9)
    key = "verdict.keep" if moved.empty else "verdict.switch" if saving >= 0.0 else "verdict.dearer"
    return t(key, count=len(moved), total=len(plan.decisions), saving=money(abs(saving), currency),
             share=share(abs(relative), 1))  # fmt: skip


def _sure(answer: Answer) -> list[str]:
    """What the sentence leaves open, and rules that today does not keep; as long before the proof as after it."""
    currency = str(answer.plan.summary["currency"])
    moved, parts = switches(answer.plan.decisions), []
    if answer.today is not None:
        told = _how_sure(answer, moved, currency)
        parts += told or ([] if moved.empty or answer.compared else [t("verdict.sure.waits")])
    rules = broken_words([asdict(one) for one in answer.broken], language(), _in(currency))
    if rules:
        parts.append(t("verdict.broken", rules=t("reason.join").join(rules)))
    if answer.label is not AnswerState.PROVEN:
        parts.append(t(f"verdict.{answer.label.value}", gap=gap(answer.plan.whole_gap)))
    return parts


def _more(answer: Answer) -> list[str]:
    """The largest savings, what the switches cost, and how far all this is proven."""
    plan, currency, spoken = answer.plan, str(answer.plan.summary["currency"]), language()
    moved, parts = switches(answer.decisions), []
    worth = moved[moved["saving_per_year"] > 0.0].head(3)
    if answer.today is not None:
        if answer.compared and len(worth):
            named = [
                t("verdict.one", product=product, strategy=strategy_name(str(k), spoken), saving=money(float(each)))
                for product, k, each in zip(worth["product"], worth["strategy"], worth["saving_per_year"], strict=True)
            ]
            parts.append(t("verdict.largest", products=t("list.join").join(named)))
        parts += _repaid(answer, answer.today.cost_per_year)
    if answer.label is AnswerState.PROVEN:
        # What search and queue leave open; a preview has told its gap already.
        parts.append(proof_sentence(plan, spoken, money=_in(currency)))
    return parts or [t("table.not_yet")]


def _repaid(answer: Answer, today: float) -> list[str]:
    """What the switches cost once, and how soon that pays back."""
    repaid = payback(answer.plan, today)
    currency = str(answer.plan.summary["currency"])
    said = payback_sentence(answer.plan, repaid, language(), money=_in(currency))
    return [said] if said else []


def _in(currency: str) -> Callable[[float], str]:
    return lambda amount: money(amount, currency)


def _over_budget(answer: Answer, currency: str) -> list[str]:
    """By how much today's inventory is over the budget."""
    budget = answer.scenario.settings.inventory_budget
    if budget is None:
        return []
    return [
        t("headline.over_budget", held=money(one.reached, currency), over=share(one.excess))
        for one in answer.broken if one.rule == "C7" and budget > 0.0
    ]  # fmt: skip


def _missed_targets(answer: Answer) -> list[str]:
    """How many products miss their on-time target today."""
    return [t("headline.missed", count=len(one.concerns)) for one in answer.broken if one.rule == "C6"]


def _how_sure(answer: Answer, moved: pd.DataFrame, currency: str) -> list[str]:
    """What sampling leaves open of the saving, and how sure the switches are; once the plan is proven."""
    interval, parts = saving_interval(answer), []
    if interval is not None and not moved.empty:
        parts.append(interval_sentence(interval, language(), money=_in(currency)))
    if answer.compared and answer.today is not None and not moved.empty:
        saving = COST.difference(answer.today.cost_per_year, answer.plan.objective_per_year)
        badges = badges_of(answer.plan)["certainty"]
        parts.append(
            certainty_sentence(answer.plan, badges, language(), saving=saving, at_stake=at_stake(answer, badges),
                               money=_in(currency))
        )  # fmt: skip
    return parts


def _books(answer: Answer, currency: str) -> list[str]:
    """How the plan's stock differs from what lies there today, where that is given."""
    books = answer.plan.summary.get("stock_on_hand")
    if books is None:
        return []
    released = float(books["capital_released"])
    key = "headline.books.released" if released >= 0.0 else "headline.books.needed"
    said = [t(key, amount=money(abs(released), currency))]
    if round(float(books["stranded_value"])):
        said.append(t("headline.books.stranded", amount=money(float(books["stranded_value"]), currency)))
    return said


def _stock_about(answer: Answer) -> str:
    given = "stock_on_hand" in answer.plan.summary
    return sentences([t("headline.inventory.detail"), t("headline.books.given" if given else "headline.books.best")])


def _saving(column: st.delta_generator.DeltaGenerator, answer: Answer, currency: str) -> None:
    about = t("headline.saving.help")
    if answer.today is None:
        why = t("headline.no_current")
        _metric(column, answer, t("headline.saving", currency=currency), MISSING, [why], about=about)
        return
    saving = COST.difference(answer.today.cost_per_year, answer.plan.objective_per_year)
    decisions = answer.plan.decisions
    count = int((decisions["current_strategy"] != "").sum())
    lines = [t("headline.switches", count=len(switches(decisions)), known=count)]
    given = answer.given
    if given is not None and given.today is not None:
        as_given = COST.difference(given.today.cost_per_year, given.plan.objective_per_year)
        lines.append(t("headline.saving.given", saving=money(as_given, currency)))
    label = t("headline.saving" if saving >= 0.0 else "headline.dearer", currency=currency)
    _metric(column, answer, label, money(abs(saving)), lines, about=about)


def _metric(
    column: st.delta_generator.DeltaGenerator,
    answer: Answer,
    label: str,
    value: str,
    details: list[str],
    *,
    about: str | None = None,
) -> None:
    labelled = t("headline.labelled", label=label, status=t(f"status.{answer.label.value}"))
    # As high as its neighbours, however many lines the detail takes.
    with column.container(border=True, height="stretch", gap="xxsmall"):
        st.metric(labelled, value, help=about)
        # A line each: two spaces before the break.
        st.markdown("  \n".join(details))
