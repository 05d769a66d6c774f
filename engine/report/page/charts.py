"""Charts of the page as SVG, drawn without a browser."""

from __future__ import annotations

import altair as alt
import pandas as pd

from engine.report.charts.pictures import LABEL, svg
from engine.report.charts.specifications import map_points, strategy_map, waves_chart, with_line
from engine.report.charts.strategies import STRATEGY_COLOURS
from engine.report.sentences.prose import Prose
from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive

_WIDTH = 680
_STEP = 22
# More marks than these are a cloud; the costliest are drawn.
_MARKS = 2000


def bars_svg(labels: list[str], amounts: list[float], strategies: list[str], prose: Prose) -> str:
    """Horizontal bars, the first on top, in the colours of their strategies, their amounts written."""
    names = {k: prose.strategy(k) for k in STRATEGIES}
    frame = pd.DataFrame({
        "label": labels, "amount": amounts, "strategy": [names[k] for k in strategies],
        "written": [prose.numbers.amount(amount) for amount in amounts],
    })  # fmt: skip
    used = [k for k in STRATEGIES if k in strategies]
    colour = alt.Scale(domain=[names[k] for k in used], range=[STRATEGY_COLOURS[k] for k in used])
    legend = alt.Legend(orient="top") if len(used) > 1 else None
    base = alt.Chart(frame).encode(
        y=alt.Y("label:N", sort=None, title=None),
        x=alt.X("amount:Q", title=None, axis=alt.Axis(format=",.0f", tickCount=5)),
    )
    bars = base.mark_bar().encode(color=alt.Color("strategy:N", scale=colour, legend=legend))
    words = base.mark_text(align="left", dx=4, fontSize=12).encode(text="written:N")
    return svg((bars + words).properties(width=_WIDTH - LABEL, height=_STEP * len(labels)))


def terms_svg(prose: Prose) -> str:
    """Cost terms as bars divided by strategy."""
    names = {k: prose.strategy(k) for k in STRATEGIES}
    rows = [
        {"term": prose.t(f"term.{row['term']}"), "strategy": names[k], "amount": row[k], "order": order}
        for row in prose.shown.terms.to_dict("records")
        for order, k in enumerate(STRATEGIES)
    ]
    colour = alt.Scale(domain=list(names.values()), range=[STRATEGY_COLOURS[k] for k in STRATEGIES])
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            y=alt.Y("term:N", sort=None, title=None),
            x=alt.X("amount:Q", title=None, axis=alt.Axis(format=",.0f", tickCount=5)),
            color=alt.Color("strategy:N", scale=colour, legend=alt.Legend(orient="top")),
            order="order:Q",
        )
        .properties(width=_WIDTH - 110, height=_STEP * len(prose.shown.terms))
    )
    return svg(chart)


def waves_svg(table: pd.DataFrame, prose: Prose) -> str:
    """What is saved a year after each wave."""
    saving = prose.t("chart.waves", currency=prose.numbers.currency)
    chart = waves_chart(table, month=prose.t("column.month"), saving=saving)
    return svg(chart.properties(width=_WIDTH - 60, height=240))


def map_svg(prose: Prose) -> tuple[str, str, int]:
    """The strategy map, its words, and how many products are left out of it."""
    scenario, plan = prose.report.scenario, prose.report.plan
    if scenario is None:
        raise ValueError("the map needs the scenario")
    points = map_points(scenario.products, pd.Series(derive(scenario).make_days), plan.decisions)
    shown = points.nlargest(_MARKS, "expected_cost_per_year") if len(points) > _MARKS else points
    names = {k: prose.strategy(k) for k in STRATEGIES}
    words = {
        "x": prose.t("chart.map.x"), "y": prose.t("chart.map.y"), "strategy": prose.t("column.strategy"),
        "product": "", "name": "", "family": "", "demand_cv": "", "pd_ratio": "", "cost": "",
    }  # fmt: skip
    counts = plan.summary["counts"]
    told = [prose.t("map.alt.count", strategy=names[k], count=prose.numbers.count(counts[k])) for k in STRATEGIES]
    alt_text = prose.t(
        "map.described",
        count=prose.counted("product", len(points)), low=prose.numbers.number(points["demand_cv"].min()),
        high=prose.numbers.number(points["demand_cv"].max()), counts=prose.t("reason.join").join(told),
    )  # fmt: skip
    chart = with_line(strategy_map(shown, words=words, strategies=names), prose.t("chart.map.line"))
    return svg(chart.properties(width=_WIDTH - 40, height=380)), alt_text, len(points) - len(shown)
