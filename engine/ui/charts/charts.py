"""Charts of the pages. Words are handed in; strategies look as in `engine.report.charts.specifications`."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd
import streamlit as st

from engine.report.charts.specifications import Layers

# Less and more, told apart with any colour vision and by no colour that a strategy has.
LESS, MORE, NEUTRAL = "#9c5a97", "#d55e00", "#7a8690"
# Of things that are neither: resources, items, schedules.
OTHERS = [LESS, MORE, NEUTRAL, "#8c6d31", "#b48fc4", "#3f4a54"]


def ink() -> str:
    """Grey of words inside a chart, readable on the background of the reader's theme."""
    return "#a9b4bd" if st.context.theme.type == "dark" else "#5a6570"


def tornado_chart(table: pd.DataFrame, *, words: Mapping[str, str]) -> Layers:
    """Bars from the base cost, the input with the widest pair on top."""
    width = table["change_per_year"].abs().groupby(table["lever"]).max()
    order = list(width.sort_values(ascending=False).index)
    base = alt.Chart(table.dropna(subset=["change_per_year"]))
    bars = base.mark_bar().encode(
        y=alt.Y("lever:N", sort=order, title=None, axis=alt.Axis(labelLimit=320, labelOverlap=False)),
        x=alt.X("change_per_year:Q", title=words["change"], axis=alt.Axis(format="~s", tickCount=10)),
        color=alt.Color(
            "side:N", title=None, legend=alt.Legend(orient="top"),
            scale=alt.Scale(domain=[words["low"], words["high"]], range=[LESS, MORE]),
        ),
        tooltip=[
            alt.Tooltip("lever:N", title=words["lever"]),
            alt.Tooltip("position:Q", title=words["position"]),
            alt.Tooltip("change_per_year:Q", title=words["change"], format=",.0f"),
            alt.Tooltip("switches:Q", title=words["switches"]),
        ],
    )  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=NEUTRAL).encode(x="x:Q")
    return alt.layer(bars, zero).properties(height=110 + 40 * len(order))


def loads_chart(table: pd.DataFrame, *, words: Mapping[str, str]) -> Layers:
    """Share of weeks at or below each load; beyond one the resource works overtime."""
    lines = (
        alt.Chart(table)
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("load:Q", title=words["load"], axis=alt.Axis(format="%", tickCount=10)),
            y=alt.Y("share:Q", title=words["share"], axis=alt.Axis(format="%")),
            color=alt.Color("resource:N", title=None, legend=alt.Legend(orient="top"), scale=alt.Scale(range=OTHERS)),
            strokeDash=alt.StrokeDash("resource:N", title=None, legend=None),
        )
    )
    full = alt.Chart(pd.DataFrame({"x": [1.0], "label": [words["full"]]}))
    rule = full.mark_rule(color=NEUTRAL, strokeDash=[4, 4]).encode(x="x:Q")
    # Above the plot, where no line runs through it.
    told = full.mark_text(align="center", dy=-6, color=ink(), baseline="bottom").encode(
        x="x:Q", y=alt.value(0), text="label:N"
    )
    return alt.layer(lines, rule, told).properties(height=280)
