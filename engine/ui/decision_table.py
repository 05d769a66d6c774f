"""The decisions as a table: one row per product in the scenario's order, a row selects its product."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.ui.language import language, t
from engine.ui.selection import open_product
from engine.ui.session import Answer
from engine.ui.trust_study import confidence_of
from engine.ui.words import MISSING, reasons, share, strategy_name

_TABLE = "decisions"


def decision_table(answer: Answer) -> None:
    """Draw the table."""
    shown = table_rows(answer)
    products = [str(product) for product in shown["product"]]

    def picked() -> None:
        rows = st.session_state[_TABLE]["selection"]["rows"]
        if rows:
            open_product(products[rows[0]])

    number = st.column_config.NumberColumn
    plain = st.column_config.TextColumn
    st.dataframe(
        shown,
        key=_TABLE,
        on_select=picked,
        selection_mode="single-row",
        hide_index=True,
        height=460,
        placeholder="",
        alt=t("table.alt", count=len(shown)),
        column_config={
            "product": plain(t("column.product"), pinned=True),
            "name": plain(t("column.name"), width="medium"),
            "family": plain(t("column.family")),
            "strategy": plain(t("column.strategy")),
            "current": plain(t("column.current")),
            "cost": number(t("column.cost"), format="localized"),
            "regret": number(t("column.regret"), format="localized", help=t("column.regret.help")),
            "confidence": plain(t("column.confidence"), help=t("column.confidence.help")),
            "on_time": number(t("column.on_time"), format="percent"),
            "lead_time": number(t("column.lead_time"), format="%.1f"),
            "inventory": number(t("column.inventory"), format="localized"),
            "reason": plain(t("column.reason"), width="large"),
        },
    )


def table_rows(answer: Answer) -> pd.DataFrame:
    """The rows, money without cents, words in the reader's language."""
    decisions, products = answer.plan.decisions, answer.scenario.products
    spoken = language()
    table = pd.DataFrame(
        {
            "product": decisions["product"],
            "name": products["name"].fillna("").to_numpy(),
            "strategy": [strategy_name(k, spoken) for k in decisions["strategy"]],
            "current": [strategy_name(k, spoken) for k in decisions["current_strategy"]],
            "cost": decisions["expected_cost_per_year"].round(),
            "regret": decisions["regret_per_year"].round(),
            "reason": reasons(decisions, answer.plan.ledger, spoken, compared=answer.compared),
            "on_time": decisions["on_time"].round(3),
            "lead_time": decisions["lead_time_days"],
            "inventory": decisions["inventory_value"].round(),
            "family": products["family"].to_numpy(),
        }
    )
    known = confidence_of(answer.plan)
    if known:
        said = [known.get(str(product)) for product in table["product"]]
        words = [MISSING if one is None else t("confidence.cell", label=t(f"label.{one[0]}"), share=share(one[1]))
                 for one in said]  # fmt: skip
        table.insert(list(table.columns).index("reason"), "confidence", words)
    return table
