"""Native charts of the deck: PowerPoint draws them, a reader can open their data."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.util import Inches, Pt

from engine.report.charts.specifications import map_points
from engine.report.charts.strategies import STRATEGY_COLOURS
from engine.report.deck.slide import Slide
from engine.report.sentences.prose import Prose
from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive
from engine.scenario.files.formulas import escaped

Box = tuple[float, float, float, float]
_MARKERS = {"MTS": XL_MARKER_STYLE.CIRCLE, "ATO": XL_MARKER_STYLE.SQUARE, "MTO": XL_MARKER_STYLE.TRIANGLE}
# A slide's scatter of more marks is a cloud; the costliest products are drawn.
_MARKS = 1000
_LONGEST = 44
_LOG_BASE = 10.0


def bar_chart(
    slide: Slide, labels: list[str], amounts: list[float], strategies: list[str], *, title: str, box: Box, alt: str
) -> None:
    """Horizontal bars, the first on top, in the colours of their strategies."""
    # The chart's own workbook would run a label that starts like a formula.
    data = CategoryChartData(number_format="#,##0")
    data.categories = [escaped(label) for label in labels]
    data.add_series(title, [round(amount, 2) for amount in amounts])
    chart = _add(slide, XL_CHART_TYPE.BAR_CLUSTERED, data, box=box, title=title, alt=alt)
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    plot.data_labels.font.size = Pt(11)
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "#,##0", False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    for at, k in enumerate(strategies):
        fill = plot.series[0].points[at].format.fill
        fill.solid()
        fill.fore_color.rgb = _colour(k)
    chart.has_legend = False
    _bars(chart)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False


def terms_chart(slide: Slide, prose: Prose, box: Box) -> None:
    """Cost terms as bars divided by strategy."""
    frame = prose.shown.terms
    title = prose.t("chart.terms", currency=prose.numbers.currency)
    data = CategoryChartData(number_format="#,##0")
    data.categories = [prose.t(f"term.{term}") for term in frame["term"]]
    for k in STRATEGIES:
        data.add_series(prose.strategy(k), frame[k].tolist())
    cost = prose.numbers.money(frame["total"].iloc[0])
    alt = prose.t("costs.alt", first=prose.inner(f"term.{frame['term'].iloc[0]}"), first_cost=cost)
    chart = _add(slide, XL_CHART_TYPE.BAR_STACKED, data, box=box, title=title, alt=alt)
    chart.plots[0].gap_width, chart.plots[0].overlap = 45, 100
    for series, k in zip(chart.plots[0].series, STRATEGIES, strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _colour(k)
    _bars(chart)
    _legend(chart)


def map_chart(slide: Slide, prose: Prose, box: Box) -> None:
    """The strategy map."""
    scenario, plan = prose.report.scenario, prose.report.plan
    if scenario is None:
        raise ValueError("the map needs the scenario")
    points = map_points(scenario.products, pd.Series(derive(scenario).make_days), plan.decisions)
    shown = points.nlargest(_MARKS, "expected_cost_per_year") if len(points) > _MARKS else points
    data = XyChartData(number_format="0.00")
    used = [k for k in STRATEGIES if (shown["strategy"] == k).any()]
    for k in used:
        series = data.add_series(prose.strategy(k))
        for one in shown[shown["strategy"] == k].itertuples(index=False):
            series.add_data_point(float(str(one.demand_cv)), max(0.1, float(str(one.pd_ratio))))
    counts = plan.summary["counts"]
    told = [prose.t("map.alt.count", strategy=prose.strategy(k), count=counts[k]) for k in STRATEGIES]
    alt = prose.t(
        "map.described",
        count=prose.counted("product", len(points)), low=prose.numbers.number(points["demand_cv"].min()),
        high=prose.numbers.number(points["demand_cv"].max()), counts=prose.t("reason.join").join(told),
    )  # fmt: skip
    chart = _add(slide, XL_CHART_TYPE.XY_SCATTER, data, box=box, title=prose.t("section.map"), alt=alt)
    for series, k in zip(chart.plots[0].series, used, strict=True):
        series.format.line.fill.background()
        series.marker.style, series.marker.size = _MARKERS[k], 9
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = _colour(k)
        series.marker.format.line.fill.background()
    for axis, key in ((chart.category_axis, "chart.map.x"), (chart.value_axis, "chart.map.y")):
        axis.has_title = True
        axis.axis_title.text_frame.text = prose.t(key)
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(12)
        axis.tick_labels.font.size = Pt(11)
        axis.has_major_gridlines = True
        axis.major_gridlines.format.line.color.rgb = RGBColor(0xE4, 0xE4, 0xE4)
    _logarithmic(chart.value_axis)
    # Ends said outright: left to themselves, some programs end the axis below the highest marks and drop them.
    ratio, swing = shown["pd_ratio"].clip(lower=0.1), shown["demand_cv"]
    chart.value_axis.minimum_scale = 0.1 if ratio.min() < 1.0 else 1.0
    chart.value_axis.maximum_scale = _LOG_BASE ** max(1, math.ceil(math.log10(float(ratio.max()) * 1.01)))
    chart.category_axis.minimum_scale = math.floor(float(swing.min()) * 5.0 - 0.05) / 5.0
    chart.category_axis.maximum_scale = math.ceil(float(swing.max()) * 5.0 + 0.05) / 5.0
    chart.category_axis.tick_labels.number_format = "0.0"
    chart.category_axis.tick_labels.number_format_is_linked = False
    chart.value_axis.tick_labels.number_format = "General"
    chart.value_axis.tick_labels.number_format_is_linked = False
    _legend(chart)


def _add(slide: Slide, kind: Any, data: Any, *, box: Box, title: str, alt: str) -> Any:  # noqa: ANN401  (untyped)
    frame = slide.shapes.add_chart(kind, *(Inches(value) for value in box), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alt)  # noqa: SLF001  (no other way to set it)
    chart = frame.chart
    chart.has_title = True
    chart.chart_title.text_frame.text = title
    run = chart.chart_title.text_frame.paragraphs[0].runs[0]
    run.font.size, run.font.bold = Pt(13), True
    chart.font.size = Pt(11)
    return chart


def _bars(chart: Any) -> None:  # noqa: ANN401  (untyped library)
    chart.category_axis.reverse_order = True
    chart.category_axis.tick_labels.font.size = Pt(11)
    chart.category_axis.has_major_gridlines = False
    chart.value_axis.tick_labels.font.size = Pt(11)
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor(0xE4, 0xE4, 0xE4)
    chart.value_axis.tick_labels.number_format = "#,##0"
    chart.value_axis.tick_labels.number_format_is_linked = False


def _legend(chart: Any) -> None:  # noqa: ANN401  (untyped library)
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.TOP
    chart.legend.include_in_layout = False
    chart.legend.font.size = Pt(12)


def _logarithmic(axis: Any) -> None:  # noqa: ANN401  (untyped library)
    scaling = axis._element.find(f"{{{axis._element.nsmap['c']}}}scaling")  # noqa: SLF001  (the library draws no log axis)
    log = scaling.makeelement(f"{{{axis._element.nsmap['c']}}}logBase", {"val": f"{_LOG_BASE:g}"})  # noqa: SLF001
    scaling.insert(0, log)


def _colour(strategy: str) -> RGBColor:
    code = STRATEGY_COLOURS[strategy]
    return RGBColor(*(int(code[at : at + 2], 16) for at in (1, 3, 5)))


def axis_labels(keys: pd.Series, names: pd.Series) -> list[str]:
    """Names short enough for an axis; keys where names are long, missing or not told apart."""
    usable = (names.str.len() > 0) & (names.str.len() <= _LONGEST) & ~names.duplicated(keep=False)
    return [str(name) if ok else str(key) for key, name, ok in zip(keys, names, usable, strict=True)]
