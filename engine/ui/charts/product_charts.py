"""Charts of one product."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from engine.report.charts.specifications import Layers, legend_columns
from engine.report.charts.strategies import STRATEGY_COLOURS, STRATEGY_SHAPES
from engine.scenario.columns import STRATEGIES
from engine.ui.charts.charts import LESS, MORE, NEUTRAL, OTHERS, ink

# A line pattern for each strategy, beside its colour and shape.
DASHES = {"MTS": [1, 0], "ATO": [8, 3], "MTO": [2, 3]}
PHASES = {"ahead": LESS, "after": "#b48fc4", "delivery": NEUTRAL, "late": MORE, "accepted": "#a9b3bc"}
# Of the longest bar: changes that are less are drawn from where they begin, not from zero.
_ZOOMED, _MARGIN = 0.5, 0.25
_NUMBER_PIXELS = 64


def waterfall_chart(steps: pd.DataFrame, *, words: Mapping[str, str]) -> Layers:
    """From one cost to another, a bar for each term that differs.

    Parameters
    ----------
    steps : pandas.DataFrame
        step, start, end, change, and kind: more, less, or that of a whole cost.
    words : mapping
        ``cost``, ``change``, ``step``, and ``cut``, the title of an axis that does not begin at zero.
    """
    whole = ~steps["kind"].isin(["more", "less"])
    least, most = left_end(steps), float(steps[["start", "end"]].to_numpy().max())
    steps = steps.assign(start=steps["start"].mask(whole, max(least, 0.0)))
    kinds = {**STRATEGY_COLOURS, "more": MORE, "less": LESS, "total": NEUTRAL}
    axis = alt.Axis(labelLimit=240, labelOverlap=False)
    base = alt.Chart(steps).encode(y=alt.Y("step:N", sort=None, title=None, axis=axis))
    bars = base.mark_bar(height=20).encode(
        x=alt.X("start:Q", title=words["cut" if least > 0.0 else "cost"], axis=alt.Axis(tickCount=8),
                scale=alt.Scale(domainMin=least, domainMax=_with_room(least, most), nice=False)),
        x2="end:Q",
        color=alt.Color("kind:N", scale=alt.Scale(domain=list(kinds), range=list(kinds.values())), legend=None),
        tooltip=[
            alt.Tooltip("step:N", title=words["step"]),
            alt.Tooltip("change:Q", title=words["change"], format="+,.0f"),
        ],
    )
    told_as = [f"{change:,.0f}" if total else f"{change:+,.0f}".replace("-", "−")
               for change, total in zip(steps["change"], whole, strict=True)]  # fmt: skip
    signed = alt.Chart(steps.assign(right=steps[["start", "end"]].max(axis=1), told=told_as)).mark_text(
        align="left", dx=6, color=ink()
    )
    told = signed.encode(
        y=alt.Y("step:N", sort=None), x="right:Q", text="told:N"
    )
    return alt.layer(bars, told).properties(height=60 + 34 * len(steps))


def _with_room(least: float, most: float) -> alt.ExprRef:
    """The end of an axis with room for a number beside the longest bar, however narrow the screen."""
    return alt.ExprRef(f"{most} + {_NUMBER_PIXELS} * {most - least} / max(width - {_NUMBER_PIXELS}, {_NUMBER_PIXELS})")


def left_end(steps: pd.DataFrame) -> float:
    """Where the axis of a waterfall begins: before what differs, where that is little beside the whole.

    Parameters
    ----------
    steps : pandas.DataFrame
        As of `waterfall_chart`.
    """
    part = steps["kind"].isin(["more", "less"])
    reached = pd.concat([steps["start"][part], steps["end"]])
    low, high = float(reached.min()), float(reached.max())
    if low <= 0.0 or high - low > _ZOOMED * high:
        return min(0.0, low)
    return max(low - _MARGIN * max(high - low, 0.01 * high), 0.0)


def timeline_chart(bars: pd.DataFrame, *, words: Mapping[str, str], phases: Mapping[str, str], target: float) -> Layers:
    """What happens when, in days from the order; what lies left of the order is made on forecast.

    Parameters
    ----------
    bars : pandas.DataFrame
        group, lane, start, end, phase, told.
    words : mapping
        ``days``, ``order``, ``promise``.
    phases : mapping
        Phase to its name.
    target : float
        Day by which the customer expects the goods.
    """
    shown = bars.assign(name=bars["phase"].map(phases))
    order = list(dict.fromkeys(shown["lane"]))
    present = [phase for phase in PHASES if phase in set(bars["phase"])]
    marks = (
        alt.Chart(shown)
        .mark_bar(height=16, cornerRadius=2)
        .encode(
            y=alt.Y("lane:N", sort=order, title=None, axis=alt.Axis(labelLimit=300, labelOverlap=False)),
            x=alt.X("start:Q", title=words["days"]),
            x2="end:Q",
            color=alt.Color(
                "name:N", title=None, legend=alt.Legend(orient="top", columns=2, labelLimit=320),
                scale=alt.Scale(domain=[phases[p] for p in present], range=[PHASES[p] for p in present]),
            ),
            tooltip=[alt.Tooltip("lane:N", title=words["what"]), alt.Tooltip("told:N", title=words["days"])],
        )
    )  # fmt: skip
    days = alt.Chart(pd.DataFrame({"x": [0.0, target], "label": [words["order"], words["promise"]]}))
    rules = days.mark_rule(color=NEUTRAL, strokeDash=[4, 4], strokeWidth=1.5).encode(x="x:Q")
    # Away from each other, so that a short wait leaves room for both.
    ordered, promised = (days.transform_filter(alt.datum.label == words[name]) for name in ("order", "promise"))
    start = ordered.mark_text(color=ink(), dy=-8, dx=4, align="right", baseline="bottom")
    due = promised.mark_text(color=ink(), dy=-8, dx=-4, align="left", baseline="bottom")
    at = {"x": alt.X("x:Q"), "y": alt.value(0), "text": alt.Text("label:N")}
    return alt.layer(marks, rules, start.encode(**at), due.encode(**at)).properties(height=130 + 26 * len(order))


def demand_chart(counts: pd.DataFrame, level: float | None, *, words: Mapping[str, str]) -> Layers:
    """Samples by demand, and the stock that meets it.

    Parameters
    ----------
    counts : pandas.DataFrame
        low, high, share, met (in words).
    level : float or None
    words : mapping
        ``demand``, ``share``, ``level``, ``met``, ``short``.
    """
    bars = (
        alt.Chart(counts)
        .mark_bar()
        .encode(
            x=alt.X("low:Q", title=words["demand"], bin="binned", axis=alt.Axis(tickCount=12, tickMinStep=1)),
            x2="high:Q",
            y=alt.Y("share:Q", title=words["share"], axis=alt.Axis(format="%")),
            color=alt.Color(
                "met:N", title=None, legend=alt.Legend(orient="top"),
                scale=alt.Scale(domain=[words["met"], words["short"]], range=[LESS, MORE]),
            ),
            tooltip=[
                alt.Tooltip("low:Q", title=words["demand"], format=",.1f"),
                alt.Tooltip("share:Q", title=words["share"], format=".1%"),
            ],
        )
    )  # fmt: skip
    if level is None:
        return alt.layer(bars).properties(height=260)
    line = alt.Chart(pd.DataFrame({"x": [level], "label": [words["level"]]}))
    rule = line.mark_rule(color=NEUTRAL, strokeWidth=2, strokeDash=[4, 4]).encode(x="x:Q")
    name = line.mark_text(align="center", dy=-6, baseline="bottom", color=ink()).encode(
        x="x:Q", y=alt.value(0), text="label:N"
    )
    return alt.layer(bars, rule, name).properties(height=260)


def threshold_chart(
    costs: pd.DataFrame, flips: pd.DataFrame, now: float, *, words: Mapping[str, str], strategies: Mapping[str, str]
) -> Layers:
    """Cost of each strategy along an input, the flips marked.

    Parameters
    ----------
    costs : pandas.DataFrame
        value, strategy, cost.
    flips : pandas.DataFrame
        value, cost, told.
    now : float
        Where the input stands.
    words : mapping
        ``input``, ``cost``, ``now``, ``strategy``.
    strategies : mapping
    """
    shown = costs.assign(label=costs["strategy"].map(strategies))
    domain = [strategies[k] for k in STRATEGIES]
    colour = alt.Scale(domain=domain, range=[STRATEGY_COLOURS[k] for k in STRATEGIES])
    # Plain marks: the dashes of the lines would fray them.
    legend = alt.Legend(orient="top", title=None, symbolDash=[1, 0], symbolStrokeWidth=0, columns=legend_columns())
    # A strategy that is far too dear would press the others together, so it may leave the picture.
    cheap = costs.groupby("value")["cost"].apply(lambda each: each.nsmallest(2).max()).max()
    low, high = float(costs["cost"].min()), float(cheap)
    margin = 0.05 * max(high - low, 1.0)
    lines = (
        alt.Chart(shown)
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            x=alt.X("value:Q", title=words["input"], scale=alt.Scale(zero=False, nice=False),
                    axis=alt.Axis(tickCount=10)),
            y=alt.Y("cost:Q", title=words["cost"], scale=alt.Scale(domain=[low - margin, high + margin], nice=False)),
            color=alt.Color("label:N", scale=colour, legend=legend),
            strokeDash=alt.StrokeDash(
                "label:N", legend=None, scale=alt.Scale(domain=domain, range=[DASHES[k] for k in STRATEGIES])
            ),
            tooltip=[
                alt.Tooltip("label:N", title=words["strategy"]),
                alt.Tooltip("value:Q", title=words["input"], format=",.3~f"),
                alt.Tooltip("cost:Q", title=words["cost"], format=",.0f"),
            ],
        )
    )
    points = lines.mark_point(filled=True, size=50, clip=True).encode(
        shape=alt.Shape(
            "label:N", legend=legend, scale=alt.Scale(domain=domain, range=[STRATEGY_SHAPES[k] for k in STRATEGIES])
        ),
        strokeDash=alt.Undefined,
    )
    here = alt.Chart(pd.DataFrame({"x": [now], "label": [words["now"]]}))
    rule = here.mark_rule(color=NEUTRAL, strokeDash=[4, 4]).encode(x="x:Q")
    name = here.mark_text(align="center", dy=-6, baseline="bottom", color=ink()).encode(
        x="x:Q", y=alt.value(0), text="label:N"
    )
    layers = [lines, points, rule, name]
    if len(flips):
        marks = alt.Chart(flips).mark_point(shape="diamond", size=220, filled=True, color=MORE)
        layers.append(
            marks.encode(x="value:Q", y="cost:Q", tooltip=[alt.Tooltip("told:N", title=words["flip"])])
        )
    return alt.layer(*layers).properties(height=360)


def calendar_chart(levels: pd.DataFrame, *, words: Mapping[str, str]) -> Layers:
    """Order-up-to levels over the weeks of the year, a step for each week.

    Parameters
    ----------
    levels : pandas.DataFrame
        item, period, order_up_to.
    words : mapping
        ``week``, ``level``, ``item``.
    """
    several = len(set(levels["item"])) > 1
    line = alt.Chart(levels).mark_line(interpolate="step-after", strokeWidth=2).encode(
        x=alt.X("period:Q", title=words["week"], scale=alt.Scale(domain=[1, 52], nice=False)),
        y=alt.Y("order_up_to:Q", title=words["level"], scale=alt.Scale(zero=True)),
        color=alt.Color("item:N", title=None, scale=alt.Scale(range=OTHERS),
                        legend=alt.Legend(orient="top") if several else None),
        tooltip=[
            alt.Tooltip("item:N", title=words["item"]), alt.Tooltip("period:Q", title=words["week"]),
            alt.Tooltip("order_up_to:Q", title=words["level"], format=",.1f"),
        ],
    )  # fmt: skip
    return alt.layer(line).properties(height=260)
