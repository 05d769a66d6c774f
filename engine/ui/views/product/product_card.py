"""One product: which, how it is decided, and the facts a planner checks that with."""

from __future__ import annotations

import streamlit as st

from engine.decision.tables.order_points import ORDER_POINTS
from engine.report.as_shown import plan_as_shown
from engine.report.sentences.product_sentences import product_sentences
from engine.ui.language import language, sentences, t
from engine.ui.state.deltas import input_words
from engine.ui.state.memo import derived_of
from engine.ui.state.selection import PRODUCT_KEY, select_product, selected_product
from engine.ui.state.session import Answer
from engine.ui.views.glossary import explained
from engine.ui.views.product.season import season_told
from engine.ui.views.tabs import named
from engine.ui.words import MISSING, certainty_mark, money, number, reasons, share, strategy_name
from engine.ui.work.trust_study import badges_of
from engine.words.language import within

# Of so many parts the season is told; the chart has all.
_SEASONS_TOLD = 2


def choose_product(answer: Answer) -> str:
    """Draw the list of products with the way to the one before and the next; the one chosen, at first the dearest."""
    decisions = answer.plan.decisions
    names = dict(zip(answer.scenario.products["product"], answer.scenario.products["name"].fillna(""), strict=True))

    def labelled(product: str) -> str:
        name = names.get(product)
        return t("product.option", product=product, name=name) if name else product

    options = [str(product) for product in decisions["product"]]
    at = options.index(
        selected_product(options, options[int(decisions["expected_cost_per_year"].to_numpy().argmax())])
    )
    with st.container(key="chooser"):
        back, listed, forth = st.columns([1, 4, 1], vertical_alignment="bottom")
    # A click of either is taken up before the page is drawn, so that the list shows it.
    back.button(t("product.previous"), key="product_previous", on_click=select_product, width="stretch",
                args=(options[at - 1],), disabled=len(options) < 2)  # fmt: skip
    product = listed.selectbox(
        t("product.select"), options, format_func=named(options, labelled), key=PRODUCT_KEY, persist_state="session"
    )
    forth.button(t("product.next"), key="product_next", on_click=select_product, width="stretch",
                 args=(options[(at + 1) % len(options)],), disabled=len(options) < 2)  # fmt: skip
    return str(product)


def in_plain_words(answer: Answer, product: str) -> None:
    """Draw why the product has its strategy, as anyone understands it, to be copied."""
    currency = str(answer.plan.summary["currency"])
    (said,) = product_sentences(
        answer.scenario, plan_as_shown(answer.plan), [product], language(), money=lambda amount: money(amount, currency)
    )
    st.code(said, language=None, wrap_lines=True)


def position(answer: Answer, product: str) -> int:
    """Row of a product."""
    return answer.plan.decisions["product"].tolist().index(product)


def facts(answer: Answer, product: str) -> None:
    """The decision in words, its reason, and the numbers behind it."""
    decisions, i = answer.decisions, position(answer, product)
    row, status, spoken = decisions.iloc[i], t(f"status.{answer.label.value}"), language()
    chosen, current = str(row["strategy"]), str(row["current_strategy"])
    name, cutoff = strategy_name(chosen, spoken), number(float(row["order_size_cutoff"]))
    if cutoff != MISSING:
        name = t("cutoff.beside", strategy=name, cutoff=cutoff)
    if current:
        said = t("product.decision", strategy=name, status=status, current=strategy_name(current, spoken))
    else:
        said = t("product.decision_new", strategy=name, status=status)
    reason = reasons(decisions.iloc[[i]], answer.plan.ledger, spoken, compared=answer.compared)[0]
    cost = money(float(row["expected_cost_per_year"]), str(answer.plan.summary["currency"]))
    parts = [said, t("product.costs_a_year", cost=cost), t("product.reason", reason=reason)]
    if answer.compared:
        parts.append(_certainty(answer, i))
    st.markdown(sentences(parts))
    told = sentences([_facts(answer, i), *season_told(answer, product)[:_SEASONS_TOLD]])
    st.markdown(told, help=explained(("cv", "otif")))


def _certainty(answer: Answer, i: int) -> str:
    """The badge, and what keeps the choice from being firm."""
    badge = badges_of(answer.plan).iloc[i]
    depends = str(badge["depends_on"])
    why = t("product.depends", input=input_words(depends)) if depends else t(f"doubt.{badge['doubt']}")
    return t("product.certainty", badge=certainty_mark(str(badge["certainty"]), language()), why=within(why))


def _facts(answer: Answer, i: int) -> str:
    product, row = answer.scenario.products.iloc[i], answer.plan.decisions.iloc[i]
    said = t(
        "product.facts",
        demand=number(float(product["demand_per_week"])),
        cv=f"{product['demand_cv']:.2f}",
        target=_days(product["lead_time_target_days"]),
        make=_days(derived_of(answer.scenario).make_days[i]),
        assembly=number(float(product["assembly_days"])),
        delivery=number(float(product["delivery_days"])),
        on_time=share(float(row["on_time"]), 1),
        otif=share(float(row["otif"]), 1),
        lead_time=f"{float(row['lead_time_days']):.1f}",
    )
    parts = [said]
    if number(float(row["ex_stock_days"])) != MISSING:
        parts.append(t("product.ex_stock", days=_days(row["ex_stock_days"])))
    if number(float(row["base_stock"])) != MISSING:
        levels = {name: number(float(row[name])) for name in ORDER_POINTS}
        parts.append(t("product.lots" if float(row["lot_size"]) > 0.0 else "product.levels", **levels))
    cutoff = number(float(row["order_size_cutoff"]))
    if cutoff != MISSING:
        shares = (share(float(row[f"{of}_above_cutoff"]), 0) for of in ("orders", "volume"))
        days = _days(product["large_order_target_days"])
        parts.append(
            t("product.cutoff", cutoff=cutoff, **dict(zip(("orders", "volume"), shares, strict=True)), days=days)
        )
    return sentences(parts)


def _days(value: float) -> str:
    return t("product.days", count=number(float(value)))
