"""One product: why it is decided so, the three costs side by side, and the facts a planner checks them with."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive
from engine.ui.language import language, t
from engine.ui.selection import PRODUCT_KEY
from engine.ui.session import Answer
from engine.ui.words import MISSING, money, number, reasons, share, strategy_name


def product_card(answer: Answer) -> None:
    """Draw the chooser and the card of the product chosen."""
    decisions = answer.plan.decisions
    names = dict(zip(answer.scenario.products["product"], answer.scenario.products["name"].fillna(""), strict=True))

    def labelled(product: str) -> str:
        name = names.get(product)
        return t("product.option", product=product, name=name) if name else product

    options = [str(product) for product in decisions["product"]]
    product = st.selectbox(t("product.select"), options, format_func=labelled, key=PRODUCT_KEY, persist_state="session")
    i = options.index(str(product))
    row, status = decisions.iloc[i], t(f"status.{answer.label.value}")
    chosen, spoken = str(row["strategy"]), language()
    current = str(row["current_strategy"])
    if current:
        st.markdown(
            t("product.decision", strategy=strategy_name(chosen, spoken), status=status,
              current=strategy_name(current, spoken))
        )  # fmt: skip
    else:
        st.markdown(t("product.decision_new", strategy=strategy_name(chosen, spoken), status=status))
    currency = str(answer.plan.summary["currency"])
    reason = reasons(decisions.iloc[[i]], answer.plan.ledger, spoken, compared=answer.compared)[0]
    st.markdown(t("product.reason", reason=reason))
    st.markdown(t("product.costs", status=status))
    st.markdown(_costs(row, chosen, currency, compared=answer.compared))
    _ledger(answer, str(product), currency, status)
    _facts(answer, i)


def _costs(row: pd.Series, chosen: str, currency: str, *, compared: bool) -> str:
    """A table of one line per strategy: nothing is cut off however narrow the column."""
    lines = [
        f"| {t('column.strategy')} | {t('product.cost', currency=currency)} | {t('product.difference')} |",
        "|:--|--:|--:|",
    ]
    for strategy in STRATEGIES:
        cost = float(row[f"cost_if_{strategy}"])
        cells = [t(f"strategy.{strategy}"), money(cost)]
        more = cost - float(row["expected_cost_per_year"])
        cells.append(_against(more, chosen=strategy == chosen, compared=compared))
        lines.append("| " + " | ".join(f"**{cell}**" if strategy == chosen else cell for cell in cells) + " |")
    return "\n".join(lines)


def _against(more: float, *, chosen: bool, compared: bool) -> str:
    if chosen:
        return t("product.chosen")
    if not compared:
        return t("product.not_yet")
    if not math.isfinite(more):
        return t("product.impossible")
    return t("product.more" if more >= 0.0 else "product.less", difference=money(abs(more)))


def _ledger(answer: Answer, product: str, currency: str, status: str) -> None:
    ledger = answer.plan.ledger
    own = ledger[(ledger["product"] == product) & (ledger["cost_per_year"].abs() >= 0.5)]
    own = own.sort_values("cost_per_year", ascending=False)
    if own.empty:
        return
    lines = [
        t("product.ledger.line", term=t(f"term.{term}"), cost=money(float(cost), currency))
        for term, cost in zip(own["term"], own["cost_per_year"], strict=True)
    ]
    st.markdown(t("product.ledger", status=status))
    st.markdown("\n".join(f"- {line}" for line in lines))


def _facts(answer: Answer, i: int) -> None:
    product, row = answer.scenario.products.iloc[i], answer.plan.decisions.iloc[i]
    said = t(
        "product.facts",
        demand=number(float(product["demand_per_week"])),
        cv=f"{product['demand_cv']:.2f}",
        target=number(float(product["lead_time_target_days"])),
        make=number(float(derive(answer.scenario).make_days[i])),
        assembly=number(float(product["assembly_days"])),
        on_time=share(float(row["on_time"]), 1),
        lead_time=number(float(row["lead_time_days"])),
    )
    level = number(float(row["base_stock"]))
    if level != MISSING:
        said = f"{said} {t('product.base_stock', level=level)}"
    st.markdown(said)
