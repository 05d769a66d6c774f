"""Charts in Altair: one specification serves the app, images and offline pages. Words are handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from engine.decision.plan import leaves_today
from engine.report.charts.strategies import STRATEGY_COLOURS, STRATEGY_SHAPES
from engine.scenario.columns import STRATEGIES

Layers = alt.LayerChart | alt.FacetChart
# The name by which a click on the map is known, and the field it gives back.
PICK = "pick"
# Of the map's width, and of a decade of its height: nearer marks hide one another.
_STEP = 0.012
_LINE = "#7a8690"
# Pixels of a chart on a phone, at most.
_NARROW = 420


def strategy_map(
    points: pd.DataFrame, *, words: Mapping[str, str], strategies: Mapping[str, str], picked: str | None = None,
    outline: Sequence[str] = ("#ffffff", "#000000"), pale: float = 0.35,
) -> alt.Chart:
    """Products by demand variability and P:D ratio, a colour and a shape per strategy; a click picks a product.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per product: product, name, family, strategy, demand_cv, pd_ratio, expected_cost_per_year; where it
        tells who leaves today's strategy (switches), the others are pale. Marks that would hide one another stand side
        by side; what is told of them stays.
    words : mapping
        Titles: ``x``, ``y``, ``strategy``, ``product``, ``name``, ``family``, ``demand_cv``, ``pd_ratio``, ``cost``.
    strategies : mapping
        Strategy to the name that readers see.
    picked : str, optional
        Product drawn on top of the others, outlined.
    outline : sequence of str
        Colour around a mark, and around the one picked.
    pale : float
        Opacity of products that stay.

    Returns
    -------
    altair.Chart
        The click gives the field ``product``, whatever the order of the rows or the language.
    """
    moves = points["switches"].to_numpy(dtype=bool) if "switches" in points else np.ones(len(points), dtype=bool)
    shown = points.assign(
        label=points["strategy"].map(strategies),
        picked=points["product"] == picked,
        pale=~moves & moves.any(),
        # A ratio of zero has no place on a logarithmic axis.
        pd_ratio=points["pd_ratio"].clip(lower=0.1),
    )
    shown["across"] = _beside(shown)
    shown = shown.sort_values("picked", kind="stable")
    domain = [strategies[k] for k in STRATEGIES]
    legend = alt.Legend(orient="top", title=None, symbolSize=180, symbolStrokeWidth=0, columns=legend_columns())
    colour = alt.Scale(domain=domain, range=[STRATEGY_COLOURS[k] for k in STRATEGIES])
    shape = alt.Scale(domain=domain, range=[STRATEGY_SHAPES[k] for k in STRATEGIES])
    chart: alt.Chart = (
        alt.Chart(shown)
        .mark_point(filled=True)
        .encode(
            opacity=alt.Opacity("pale:N", legend=None, scale=alt.Scale(domain=[False, True], range=[0.9, pale])),
            x=alt.X("across:Q", title=words["x"], scale=alt.Scale(zero=False, nice=False, padding=20),
                    axis=alt.Axis(format="~r", tickCount=10)),
            y=alt.Y("pd_ratio:Q", title=words["y"], scale=alt.Scale(type="log", nice=False, padding=20),
                    axis=alt.Axis(values=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100], format="~g")),
            color=alt.Color("label:N", scale=colour, legend=legend, title=words["strategy"]),
            shape=alt.Shape("label:N", scale=shape, legend=legend, title=words["strategy"]),
            size=alt.Size("picked:N", legend=None, scale=alt.Scale(domain=[False, True], range=[90, 320])),
            stroke=alt.Stroke("picked:N", legend=None, scale=alt.Scale(domain=[False, True], range=list(outline))),
            strokeWidth=alt.StrokeWidth("picked:N", legend=None, scale=alt.Scale(domain=[False, True], range=[0.5, 2])),
            tooltip=[
                alt.Tooltip("product:N", title=words["product"]),
                alt.Tooltip("name:N", title=words["name"]),
                alt.Tooltip("family:N", title=words["family"]),
                alt.Tooltip("label:N", title=words["strategy"]),
                alt.Tooltip("demand_cv:Q", title=words["demand_cv"], format=".2f"),
                alt.Tooltip("pd_ratio:Q", title=words["pd_ratio"], format=".2f"),
                alt.Tooltip("expected_cost_per_year:Q", title=words["cost"], format=",.0f"),
            ],
        )
        .add_params(alt.selection_point(name=PICK, fields=["product"], on="click", nearest=True))
        .properties(height=520)
    )  # fmt: skip
    return chart


def legend_columns() -> alt.ExprRef:
    """How many strategies stand beside each other in a legend: on a phone below each other, else the last is cut."""
    return alt.ExprRef(f"width < {_NARROW} ? 1 : {len(STRATEGIES)}")


def with_line(chart: alt.Chart, told: str) -> Layers:
    """The strategy map with the line on which making takes as long as customers wait.

    Parameters
    ----------
    chart : altair.Chart
        From `strategy_map`.
    told : str
        What the line is, written at its left end.
    """
    line = alt.Chart(pd.DataFrame({"at": [1.0], "told": [told]})).encode(y="at:Q")
    # At the left, since what can be made after the order swings most and stands at the right.
    words = line.mark_text(align="left", baseline="bottom", dx=4, dy=-3, color=_LINE).encode(
        x=alt.value(0), text="told:N"
    )
    return alt.layer(line.mark_rule(color=_LINE, strokeDash=[5, 4]), words, chart).properties(height=520)


def _beside(points: pd.DataFrame) -> pd.Series:
    """Where marks stand across: those of one place side by side around it."""
    across = points["demand_cv"]
    step = _STEP * max(float(across.max() - across.min()), 0.1) if len(points) else 1.0
    place = [(across / step).round(), (np.log(points["pd_ratio"]) / _STEP).round(), points["strategy"]]
    order = points.groupby(place).cumcount()
    size = points.groupby(place)["product"].transform("size")
    position: pd.Series = across + step * (order - (size - 1) / 2)
    return position


def waves_chart(table: pd.DataFrame, *, month: str, saving: str) -> Layers:
    """What is saved a year after each wave, a step a wave.

    Parameters
    ----------
    table : pandas.DataFrame
        wave, month (from 1), saving_so_far.
    month, saving : str
        Titles of the axes.
    """
    steps = table[["wave", "month", "saving_so_far"]]
    ends = pd.DataFrame({"wave": [0, len(table)], "month": [1, int(steps["month"].max()) + 2],
                         "saving_so_far": [0.0, float(steps["saving_so_far"].iloc[-1])]})  # fmt: skip
    line = pd.concat([ends.iloc[:1], steps, ends.iloc[1:]], ignore_index=True).assign(order=range(len(table) + 2))
    x = alt.X("month:Q", title=month, axis=alt.Axis(format="d", tickMinStep=1))
    y = alt.Y("saving_so_far:Q", title=saving, axis=alt.Axis(format="~s"))
    base, colour = alt.Chart(steps).encode(x=x, y=y), _LINE
    return alt.layer(
        alt.Chart(line).mark_line(interpolate="step-after", color=colour).encode(x=x, y=y, order="order:Q"),
        base.mark_point(filled=True, size=110, color=colour, opacity=1),
        base.mark_text(dy=-14, fontSize=13).encode(text="wave:N"),
    )


def map_points(products: pd.DataFrame, make_days: pd.Series, decisions: pd.DataFrame) -> pd.DataFrame:
    """The rows of the strategy map.

    P is the time from order to delivery with everything made after the order, D the wait that customers accept
    (the P:D ratio of Mather 1984); a product nobody waits for stands at D = half a day.

    Parameters
    ----------
    products : pandas.DataFrame
        The scenario's.
    make_days : pandas.Series
        By position of the product.
    decisions : pandas.DataFrame
        The plan's, in the same order.
    """
    production = make_days.to_numpy(dtype=float) + products["delivery_days"].to_numpy(dtype=float)
    accepted = products["lead_time_target_days"].clip(lower=0.5).to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "product": products["product"],
            "name": products["name"].fillna(""),
            "family": products["family"],
            "strategy": decisions["strategy"],
            "demand_cv": products["demand_cv"],
            "pd_ratio": production / accepted,
            "expected_cost_per_year": decisions["expected_cost_per_year"],
            "switches": leaves_today(decisions),
        }
    )
