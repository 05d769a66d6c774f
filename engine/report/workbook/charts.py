"""Native charts of the workbook: they follow their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.report.charts.strategies import STRATEGY_COLOURS
from engine.report.workbook.sheets import Sheets
from engine.scenario.columns import STRATEGIES

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.worksheet import Worksheet

_BARS = 20


def saving_chart(sheets: Sheets, sheet: Worksheet, switched: pd.DataFrame) -> None:
    """Savings of the largest switches as bars, beside their table."""
    rows = min(_BARS, int(switched["saving_per_year"].notna().sum()))
    if not rows:
        return
    chart = _bar_chart(sheets, "chart.switches")
    chart.add_series({
        "name": sheets.prose.t("column.saving_per_year"),
        "categories": sheets.cells("switches", "product", rows),
        "values": sheets.cells("switches", "saving_per_year", rows),
        # The strategy switched to, as everywhere else.
        "points": [{"fill": {"color": STRATEGY_COLOURS[str(k)]}} for k in switched["strategy"].iloc[:rows]],
        "gap": 40,
    })  # fmt: skip
    chart.set_legend({"none": True})
    best = switched.iloc[0]
    label = sheets.prose.label(best["product"], best["name"])
    saving = sheets.prose.numbers.money(best["saving_per_year"])
    alt = sheets.prose.t("switches.alt", product=label, saving=saving)
    _place(sheet, chart, sheets.width_of("switches"), rows, alt)


def cost_chart(sheets: Sheets, sheet: Worksheet, terms: pd.DataFrame) -> None:
    """Cost terms as bars, divided by strategy."""
    chart = _bar_chart(sheets, "chart.terms")
    for k in STRATEGIES:
        chart.add_series({
            "name": sheets.prose.strategy(k),
            "categories": sheets.cells("terms", "term", len(terms)),
            "values": sheets.cells("terms", k, len(terms)),
            "fill": {"color": STRATEGY_COLOURS[k]}, "gap": 40,
        })  # fmt: skip
    chart.set_legend({"position": "bottom"})
    first = terms.iloc[0]
    cost = sheets.prose.numbers.money(first["total"])
    alt = sheets.prose.t("costs.alt", first=sheets.prose.inner(f"term.{first['term']}"), first_cost=cost)
    _place(sheet, chart, sheets.width_of("terms"), len(terms), alt)


def mix_chart(sheets: Sheets, sheet: Worksheet, row: int) -> None:
    """Products per strategy on the cover."""
    title = sheet.get_name()
    chart = _bar_chart(sheets, "chart.mix")
    first = sheets.mix_row
    chart.add_series({
        "name": sheets.prose.t("column.products"),
        "categories": [title, first, 0, first + 2, 0],
        "values": [title, first, 1, first + 2, 1],
        "points": [{"fill": {"color": STRATEGY_COLOURS[k]}} for k in STRATEGIES],
        "data_labels": {"value": True}, "gap": 40,
    })  # fmt: skip
    chart.set_legend({"none": True})
    counts = sheets.prose.report.plan.summary["counts"]
    told = [sheets.prose.t("map.alt.count", strategy=sheets.prose.strategy(k), count=counts[k]) for k in STRATEGIES]
    _place(sheet, chart, 0, 3, sheets.prose.t("reason.join").join(told), row=row)


def _bar_chart(sheets: Sheets, key: str) -> Chart:
    chart: Chart = sheets.book.add_chart({"type": "bar", "subtype": "stacked"})
    title = sheets.prose.t(key, currency=sheets.prose.numbers.currency) if key != "chart.mix" else sheets.prose.t(key)
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    # The first row of the table stands at the top.
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#dddddd"}}})
    return chart


def _place(sheet: Worksheet, chart: Any, column: int, bars: int, alt: str, *, row: int = 1) -> None:  # noqa: ANN401
    chart.set_size({"width": 760, "height": 150 + 26 * bars})
    sheet.insert_chart(row, column + (1 if column else 0), chart, {"description": alt, "object_position": 2})
