"""Shared stock and capacity: what parts and machines hold, who uses them, what one more unit is worth."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from engine.decision.tables.books import BOOKS
from engine.decision.tables.order_points import ORDER_POINTS
from engine.report.sentences.books import book_sentences
from engine.ui.charts.charts import loads_chart
from engine.ui.charts.loads import loads
from engine.ui.language import language, sentences, t
from engine.ui.state.session import Answer
from engine.ui.views.chart import chart_view
from engine.ui.words import money

_USERS_SHOWN = 8


def shared_view(answer: Answer) -> None:
    """Draw prices, components and resources."""
    status, currency = t(f"status.{answer.label.value}"), str(answer.plan.summary["currency"])
    st.header(t("shared.worth"))
    _worth(answer, currency, status)
    if told := book_sentences(answer.plan, language(), money=lambda amount: money(amount, currency)):
        st.markdown(sentences(told))
    st.header(t("shared.components"))
    if answer.plan.components.empty:
        st.markdown(t("shared.no_components"))
    else:
        st.markdown(t("shared.components.about", status=status, currency=currency))
        _components(answer)
    st.header(t("shared.resources"))
    if answer.plan.resources.empty:
        st.markdown(t("shared.no_resources"))
    else:
        st.markdown(t("shared.resources.about", status=status, currency=currency))
        _resources(answer)


def _worth(answer: Answer, currency: str, status: str) -> None:
    summary = answer.plan.summary
    budget = answer.scenario.settings.inventory_budget
    if budget is None:
        lines = [t("shared.no_budget")]
    else:
        price = float(summary.get("budget_price_per_year") or 0.0)
        key = "shared.budget" if price > 0.0 else "shared.budget_slack"
        lines = [t(key, price=f"{price:.3f}", currency=currency, budget=money(budget, currency))]
    for name, price in (summary.get("hour_price_per_year") or {}).items():
        key = "shared.hour" if price >= 0.5 else "shared.hour_slack"
        lines.append(t(key, resource=name, price=money(float(price), currency)))
    st.markdown("\n".join(f"- {line}" for line in lines))
    st.markdown(t("shared.worth.about", status=status))


def _components(answer: Answer) -> None:
    table = answer.plan.components.copy()
    decisions = answer.plan.decisions
    assembled = set(decisions.loc[decisions["strategy"] == "ATO", "product"])
    bom = answer.scenario.bom
    users = bom[bom["product"].isin(assembled)].groupby("component")["product"].agg(list)
    table["users"] = [_listed(users.get(component, [])) for component in table["component"]]
    names = answer.scenario.components.set_index("component")["name"].fillna("")
    table.insert(1, "name", table["component"].map(names).fillna(""))
    table = table.sort_values(["pooling_saving_per_year", "inventory_value"], ascending=False, kind="stable")
    number, plain = st.column_config.NumberColumn, st.column_config.TextColumn
    if table["stock_on_hand"].isna().all():
        table = table.drop(columns=list(BOOKS))
    st.dataframe(
        table.drop(columns="base_stock").assign(**{name: table[name].map(_units) for name in ORDER_POINTS}).round(
            {"inventory_value": 0, "pooling_saving_per_year": 0, "capital_released": 0, "run_down_days": 0,
             "stranded_value": 0}
        ),
        hide_index=True,
        placeholder="",
        alt=t("shared.components.alt", count=len(table)),
        column_config={
            "component": plain(t("column.component"), pinned=True),
            "name": plain(t("column.name")),
            "reorder_point": number(t("column.reorder_point"), format="localized", help=t("column.reorder_point.help")),
            "order_up_to": number(t("column.order_up_to"), format="localized"),
            "lot_size": number(t("column.lot_size"), format="localized"),
            "safety_stock": number(t("column.safety_stock"), format="localized", help=t("column.safety_stock.help")),
            "inventory_value": number(t("column.inventory"), format="localized"),
            **{name: number(t(f"column.{name}"), format="localized") for name in BOOKS},
            "products_served": number(t("column.served"), format="%d"),
            "pooling_saving_per_year": number(t("column.pooling"), format="localized", help=t("column.pooling.help")),
            "users": plain(t("column.users"), width="large"),
        },
    )


def _units(level: float) -> float:
    """Three digits that count: a hundred parts and a half are a hundred."""
    return level if math.isnan(level) else round(level, 0 if abs(level) >= 100.0 else 1)


def _listed(users: list[str]) -> str:
    shown = t("list.join").join(users[:_USERS_SHOWN])
    more = len(users) - _USERS_SHOWN
    return t("shared.more_users", users=shown, more=more) if more > 0 else shown


def _resources(answer: Answer) -> None:
    number, plain = st.column_config.NumberColumn, st.column_config.TextColumn
    table = answer.plan.resources
    columns = [name for name in ("mean_utilisation", "p95_utilisation", "overtime_cost_per_year",
                               "outsourcing_cost_per_year") if name in table]  # fmt: skip
    shown = table[["resource", *columns]].round({"overtime_cost_per_year": 0, "outsourcing_cost_per_year": 0})
    for name in ("mean_utilisation", "p95_utilisation"):
        if name in shown:
            shown[name] = (shown[name] * 100.0).round(1)
    st.dataframe(
        shown,
        hide_index=True,
        placeholder="",
        alt=t("shared.resources.alt", count=len(shown)),
        column_config={
            "resource": plain(t("column.resource"), pinned=True),
            "mean_utilisation": number(t("column.mean_load"), format="%.1f%%"),
            "p95_utilisation": number(t("column.p95_load"), format="%.1f%%", help=t("column.p95_load.help")),
            "overtime_cost_per_year": number(t("column.overtime"), format="localized"),
            "outsourcing_cost_per_year": number(t("column.outsourcing"), format="localized"),
        },
    )
    load_table: pd.DataFrame = loads(answer)
    words = {"load": t("shared.load"), "share": t("shared.share_of_weeks"), "full": t("shared.full")}
    chart_view(loads_chart(load_table, words=words), name=t("shared.resources"), alt=t("shared.loads.alt"), key="loads")
