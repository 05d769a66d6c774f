"""The strategy map on the page; a click on a mark selects its product."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.report.charts.specifications import PICK, map_points, strategy_map, with_line
from engine.scenario.columns import STRATEGIES
from engine.ui.language import language, t
from engine.ui.state.memo import derived_of
from engine.ui.state.selection import open_product
from engine.ui.state.session import Answer
from engine.ui.views.chart import chart_view

_MAP = "map"


def map_view(answer: Answer, product: str | None) -> None:
    """Draw the map; a product that the reader has picked is outlined."""
    make_days = pd.Series(derived_of(answer.scenario).make_days)
    points = map_points(answer.scenario.products, make_days, answer.plan.decisions)
    names = {k: t(f"strategy.{k}") for k in STRATEGIES}
    words = {
        "x": t("map.x"), "y": t("map.y"), "strategy": t("map.strategy"), "product": t("column.product"),
        "name": t("column.name"), "family": t("column.family"), "demand_cv": t("column.demand_cv"),
        "pd_ratio": t("column.pd_ratio"), "cost": t("column.cost"),
    }  # fmt: skip
    counts = answer.plan.summary["counts"]
    joint = t("reason.join").join(t("map.alt.count", strategy=names[k], count=counts[k]) for k in STRATEGIES)
    # A chart with another legend is another widget to Streamlit, so each language has its own key.
    key = f"{_MAP}_{language()}"

    def picked() -> None:
        marks = st.session_state[key]["selection"].get(PICK, [])
        if marks and "product" in marks[0]:
            open_product(str(marks[0]["product"]))

    # The outline of the product chosen has to stand out from the background.
    dark = st.context.theme.type == "dark"
    outline = ("#14181c", "#ffffff") if dark else ("#ffffff", "#000000")
    # On black what is pale is hardly there.
    chart = strategy_map(points, words=words, strategies=names, picked=product, outline=outline,
                         pale=0.55 if dark else 0.35)  # fmt: skip
    chart_view(
        with_line(chart, t("chart.map.line")),
        name=t("map.header"),
        key=key,
        on_select=picked,
        selection_mode=PICK,
        alt=t("map.alt", count=len(points), counts=joint),
    )
