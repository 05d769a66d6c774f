"""Charts of how far a plan can be believed, and of what it trades off."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from engine.report.charts.specifications import Layers, legend_columns
from engine.report.charts.strategies import STRATEGY_COLOURS, STRATEGY_SHAPES
from engine.scenario.columns import STRATEGIES
from engine.ui.charts.charts import LESS, NEUTRAL, OTHERS, ink

# The name by which a click on a plan of the frontier is known.
PICK_POINT = "picked_point"


def promise_chart(table: pd.DataFrame, *, words: Mapping[str, str], strategies: Mapping[str, str]) -> Layers:
    """Simulated against promised cost, a mark per product; on the line the promise holds."""
    shown = table.assign(label=table["strategy"].map(strategies))
    domain = [strategies[k] for k in STRATEGIES]
    legend = alt.Legend(orient="top", title=None, columns=legend_columns())
    most = float(table[["planned_cost_per_year", "simulated_cost_per_year"]].max().max())
    line = alt.Chart(pd.DataFrame({"x": [0.0, most], "y": [0.0, most]})).mark_line(color=NEUTRAL, strokeDash=[4, 4])
    marks = (
        alt.Chart(shown)
        .mark_point(filled=True, size=80, opacity=0.85)
        .encode(
            x=alt.X("planned_cost_per_year:Q", title=words["planned"], axis=alt.Axis(format="~s", tickCount=8)),
            y=alt.Y("simulated_cost_per_year:Q", title=words["simulated"], axis=alt.Axis(format="~s")),
            color=alt.Color(
                "label:N", legend=legend,
                scale=alt.Scale(domain=domain, range=[STRATEGY_COLOURS[k] for k in STRATEGIES]),
            ),
            shape=alt.Shape(
                "label:N", legend=legend,
                scale=alt.Scale(domain=domain, range=[STRATEGY_SHAPES[k] for k in STRATEGIES]),
            ),
            tooltip=[
                alt.Tooltip("product:N", title=words["product"]),
                alt.Tooltip("label:N", title=words["strategy"]),
                alt.Tooltip("planned_cost_per_year:Q", title=words["planned"], format=",.0f"),
                alt.Tooltip("simulated_cost_per_year:Q", title=words["simulated"], format=",.0f"),
            ],
        )
    )  # fmt: skip
    return alt.layer(line.encode(x="x:Q", y="y:Q"), marks).properties(height=380)


def cash_chart(table: pd.DataFrame, *, month: str, cash: str) -> Layers:
    """Cumulative cash month by month, a line for each schedule.

    Parameters
    ----------
    table : pandas.DataFrame
        schedule (as shown), month, cumulative_cash.
    month, cash : str
        Titles of the axes.
    """
    order = list(dict.fromkeys(table["schedule"]))
    # By its dashes as well as its colour.
    lines = (
        alt.Chart(table)
        .mark_line()
        .encode(
            x=alt.X("month:Q", title=month, axis=alt.Axis(format="d", tickMinStep=1)),
            y=alt.Y("cumulative_cash:Q", title=cash, axis=alt.Axis(format="~s")),
            color=alt.Color("schedule:N", sort=order, legend=alt.Legend(orient="top", title=None),
                            scale=alt.Scale(domain=order, range=OTHERS)),
            strokeDash=alt.StrokeDash("schedule:N", sort=order, legend=None),
            tooltip=[alt.Tooltip("schedule:N", title=""), alt.Tooltip("month:Q", title=month),
                     alt.Tooltip("cumulative_cash:Q", title=cash, format=",.0f")],
        )
    )  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"y": [0.0]})).mark_rule(color=NEUTRAL).encode(y="y:Q")
    return alt.layer(zero, lines).properties(height=280)


def frontier_chart(points: pd.DataFrame, across: str, *, words: Mapping[str, str]) -> Layers:
    """Plans by cost and by what is traded against it; a click picks one.

    Parameters
    ----------
    points : pandas.DataFrame
        The kept ones: point, cost_per_year, the column `across`, told, `rough` (whether its proof is wider than the
        plan's: hollow), `cost_told` (the cost with no more digits than are known), `plan` (the reader's own).
    across : str
    words : mapping
        ``across``, ``cost``, ``point``, ``mix``, ``here``.
    """
    axis = alt.Axis(format="%" if across == "on_time" else "~s", tickCount=10)
    base = alt.Chart(points).encode(
        x=alt.X(f"{across}:Q", title=words["across"], scale=alt.Scale(zero=False, padding=20), axis=axis),
        y=alt.Y("cost_per_year:Q", title=words["cost"], scale=alt.Scale(zero=False, padding=20),
                axis=alt.Axis(format="~s")),
    )  # fmt: skip
    line = base.mark_line(color=NEUTRAL).encode(order="point:Q")
    picked = alt.selection_point(name=PICK_POINT, fields=["point"], on="click", nearest=True)
    filled = alt.Fill("rough:N", legend=None, scale=alt.Scale(domain=[False, True], range=[LESS, "transparent"]))
    marks = base.mark_point(shape="circle", size=160, stroke=LESS, strokeWidth=2, opacity=1).add_params(picked).encode(
        fill=filled,
        tooltip=[
            alt.Tooltip("point:Q", title=words["point"]),
            alt.Tooltip(f"{across}:Q", title=words["across"], format=".1%" if across == "on_time" else ",.1f"),
            alt.Tooltip("cost_told:N", title=words["cost"]),
            alt.Tooltip("told:N", title=words["mix"]),
        ],
    )
    here = alt.Chart(points[points["plan"]]).mark_text(dy=22, color=ink(), text=words["here"]).encode(
        x=f"{across}:Q", y="cost_per_year:Q"
    )
    numbers = base.mark_text(dy=-14, color=ink()).encode(text="point:Q")
    return alt.layer(line, marks, numbers, here).properties(height=360)
