"""The levels by week of a product's stock, or of the parts that it is assembled from, where they follow a season."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.ui.charts.product_charts import calendar_chart
from engine.ui.language import t
from engine.ui.state.session import Answer
from engine.ui.views.chart import chart_view
from engine.ui.words import number


def levels_by_week(answer: Answer, product: str) -> pd.DataFrame:
    """Rows of the stock calendar that are the product's: its own stock, or the parts it is assembled from."""
    calendar = answer.plan.stock_calendar
    if not len(calendar):
        return calendar
    decided = answer.plan.decisions.set_index("product")["strategy"]
    if decided[product] != "ATO":
        return calendar[(calendar["kind"] == "product") & (calendar["item"] == product)]
    bom = answer.scenario.bom
    parts = bom.loc[bom["product"] == product, "component"]
    return calendar[(calendar["kind"] == "component") & calendar["item"].isin(parts)]


def season_told(answer: Answer, product: str) -> list[str]:
    """Least and most level of each of the product's stocks, in words."""
    told = []
    for item, weeks in levels_by_week(answer, product).groupby("item", sort=False):
        level, week = weeks["order_up_to"].to_numpy(), weeks["period"].to_numpy()
        low, high = int(level.argmin()), int(level.argmax())
        told.append(t(
            "product.season", item=str(item), low=number(float(level[low])), low_week=f"{week[low]:g}",
            high=number(float(level[high])), high_week=f"{week[high]:g}",
        ))  # fmt: skip
    return told


def season_view(answer: Answer, product: str) -> None:
    """Draw the levels over the year; nothing where no stock of the product follows a season."""
    levels = levels_by_week(answer, product)
    if not len(levels):
        return
    st.header(t("season.header"))
    st.markdown(t("season.about"))
    words = {name: t(f"season.{name}") for name in ("week", "level", "item")}
    chart_view(calendar_chart(levels, words=words), name=f"{product}-season", key="season",
               alt=" ".join(season_told(answer, product)))  # fmt: skip
