"""The products next to one: in what they cost, and in the strategy map; each leads to its page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.report.charts.specifications import map_points
from engine.ui.language import language, t
from engine.ui.state.memo import derived_of
from engine.ui.state.selection import select_product
from engine.ui.state.session import Answer
from engine.ui.words import strategy_mark

_SHOWN = 2


def neighbours_view(answer: Answer, product: str) -> None:
    """Draw both; nothing where the scenario has no other product."""
    decisions = answer.plan.decisions
    points = map_points(answer.scenario.products, pd.Series(derived_of(answer.scenario).make_days), decisions)
    strategies = dict(zip(decisions["product"].astype(str), decisions["strategy"].astype(str), strict=True))
    if len(points) < 2:
        return
    rows = {"cost": next_in_cost(points, product), "map": next_in_map(points, product)}
    for column, (kind, products) in zip(st.columns(2), rows.items(), strict=True):
        with column.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(t(f"neighbours.{kind}"), width="content")
            for one in products:
                st.button(one, key=f"next_{kind}_{one}", type="tertiary", on_click=select_product, args=(one,),
                          help=strategy_mark(strategies[one], language()))  # fmt: skip


def next_in_cost(points: pd.DataFrame, product: str) -> list[str]:
    """Products whose costs are nearest, the nearest first."""
    cost = points.set_index("product")["expected_cost_per_year"].astype(float)
    return _nearest((cost - cost[product]).abs(), product)


def next_in_map(points: pd.DataFrame, product: str) -> list[str]:
    """Products nearest in variability and P:D ratio, each as a part of the width and height of the map."""
    at = points.set_index("product")[["demand_cv", "pd_ratio"]].astype(float).assign(
        pd_ratio=lambda table: np.log(table["pd_ratio"].clip(lower=0.1))
    )
    away = (at - at.loc[product]) / (at.max() - at.min()).clip(lower=1e-9)
    return _nearest((away**2).sum(axis=1), product)


def _nearest(away: pd.Series, product: str) -> list[str]:
    return [str(one) for one in away.drop(product).sort_values(kind="stable").index[:_SHOWN]]
