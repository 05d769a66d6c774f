"""The report as an Excel workbook: native numbers, tables that filter, charts that stay charts."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from engine.decision.close import CLOSE_SHARE
from engine.decision.plan import told_at_least
from engine.report import tables
from engine.report.charts.strategies import STRATEGY_COLOURS
from engine.report.content import PARTS, WAVE_PARTS, Report
from engine.report.fields import fields_of, filled
from engine.report.sentences.product_reasons import product_reasons
from engine.report.sentences.prose import Prose
from engine.report.sentences.reliance import beside_today, evidence_missing, readers, risks
from engine.report.settings_table import setting_rows, source_rows
from engine.report.texts.text import Language
from engine.report.workbook.charts import cost_chart, mix_chart, saving_chart
from engine.report.workbook.sheets import Sheets
from engine.scenario.columns import STRATEGIES
from engine.scenario.files.whole import whole
from engine.scenario.files.xlsx import new_book

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


def write_workbook(report: Report, out: Path, language: Language = "en") -> None:
    """Write the workbook, under a temporary name first; the same report gives the same bytes.

    Parameters
    ----------
    report : Report
    out : Path
        A file ending in ``.xlsx``.
    language : str

    Raises
    ------
    EngineError
        Where the disk refuses, or a table has more rows than a sheet.
    """
    prose = Prose(report, language)
    content = io.BytesIO()
    book = new_book(content)
    _fill(Sheets(book, prose), prose)
    book.close()
    with whole(out) as fresh:
        fresh.write_bytes(content.getvalue())


def _fill(sheets: Sheets, prose: Prose) -> None:
    report = prose.report
    cover = sheets.add("cover")
    decided = tables.decisions(report)
    # The difference of two costs as they are read; the costs themselves keep every digit.
    decided["regret_per_year"] = tables.decisions(report, prose.numbers.decimals)["regret_per_year"]
    decided["reason"] = product_reasons(prose)
    shown = filled(decided, decided.columns)
    sheet = sheets.table("decisions", decided, shown, total=("expected_cost_per_year", "inventory_value"),
                         at_least=told_at_least(decided))  # fmt: skip
    _highlight(sheets, sheet, decided, shown)
    switched = prose.switches
    if len(switched):
        saving_chart(sheets, sheets.table("switches", switched), switched)
    ledger = tables.ledger(report)
    sheets.table("ledger", ledger, total=("cost_per_year",))
    cost_terms = tables.terms(report)
    if len(cost_terms):
        cost_chart(sheets, sheets.table("terms", cost_terms, total=(*STRATEGIES, "total")), cost_terms)
    sites = tables.plants(report)
    if len(sites):
        sheets.table("plants", sites, total=tuple(sites.columns[1:]))
    for name, frame, total in (
        ("finished", tables.finished(report), ("inventory_value",)),
        ("components", tables.components(report), ("inventory_value", "pooling_saving_per_year")),
        ("resources", tables.resources(report), ("overtime_cost_per_year", "outsourcing_cost_per_year")),
    ):
        if len(frame):
            _bars(sheets, sheets.table(name, frame, total=total), name, frame)
    for part in PARTS:
        table = report.evidence.table(part)
        if table is not None:
            sheets.table(f"evidence.{part}", tables.with_names(report, table) if part in WAVE_PARTS else table)
    for name, frame in (
        ("beside_today", beside_today(prose)), ("readers", readers(prose)),
        ("locks", tables.locks(report)), ("warnings", tables.warnings(report, prose.language)),
        ("no_demand", tables.no_demand(report)), ("stock_calendar", tables.stock_calendar(report)),
        ("segments", tables.segments(report)),
    ):  # fmt: skip
        if len(frame):
            sheets.table(name, frame)
    _assumptions(sheets, prose)
    _cover(sheets, cover, prose)


def _highlight(sheets: Sheets, sheet: Worksheet, frame: pd.DataFrame, names: list[str]) -> None:
    """Strategies in their colours, switches and close calls marked, on-time shares as bars."""
    first, last = sheets.first_row, sheets.first_row + len(frame) - 1
    for name in ("strategy", "current_strategy", "next_best"):
        at = names.index(name)
        for k in STRATEGIES:
            style = sheets.book.add_format({"bg_color": _tint(STRATEGY_COLOURS[k])})
            sheet.conditional_format(
                first, at, last, at,
                {"type": "cell", "criteria": "==", "value": f'"{sheets.prose.strategy(k)}"', "format": style},
            )  # fmt: skip
    on_time = names.index("on_time")
    sheet.conditional_format(first, on_time, last, on_time, {
        "type": "data_bar", "bar_color": "#9ecae1", "bar_solid": True, "min_type": "num", "min_value": 0,
        "max_type": "num", "max_value": 1,
    })  # fmt: skip
    regret = names.index("regret_per_year")
    cost = names.index("expected_cost_per_year")
    cells = [f"${_letter(at)}{first + 1}" for at in (regret, cost)]
    close = sheets.book.add_format({"bold": True, "font_color": "#9c5700", "bg_color": "#ffeb9c"})
    sheet.conditional_format(first, regret, last, regret, {
        "type": "formula", "criteria": f"=AND(ISNUMBER({cells[0]}),{cells[0]}<={CLOSE_SHARE}*{cells[1]})",
        "format": close,
    })  # fmt: skip


def _bars(sheets: Sheets, sheet: Worksheet, name: str, frame: pd.DataFrame) -> None:
    column = {"finished": "inventory_value", "components": "pooling_saving_per_year", "resources": "p95_utilisation"}
    at = list(frame.columns).index(column[name])
    first, last = sheets.first_row, sheets.first_row + len(frame) - 1
    if name == "resources":
        over = sheets.book.add_format({"bold": True, "font_color": "#9c0006", "bg_color": "#ffc7ce"})
        rule = {"type": "cell", "criteria": ">", "value": 1, "format": over}
    else:
        rule = {"type": "data_bar", "bar_color": "#a1d99b", "bar_solid": True}
    sheet.conditional_format(first, at, last, at, rule)


def _cover(sheets: Sheets, sheet: Worksheet, prose: Prose) -> None:
    report, styles = prose.report, sheets.styles
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 4, 20)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, prose.t("title.scenario", scenario=prose.scenario), styles.title)
    row = 1
    if report.date is not None:
        sheet.write_string(row, 0, prose.numbers.date(report.date))
    row += 1
    for figure in prose.headline():
        sheet.write_string(row, 0, figure.label, styles.label)
        if figure.amount is not None:
            sheet.write_number(row, 1, figure.amount, styles.figure_money)
        elif figure.share is not None:
            sheet.write_number(row, 1, figure.share, styles.figure_share)
        else:
            sheet.write_string(row, 1, figure.shown, styles.figure)
        row += 1
    row += 1
    switching = [*prose.payback(), *prose.who_switches()]
    stock = [*prose.stocks(), *prose.books()]
    for paragraph in (prose.question(), prose.recommendation(), switching, stock, risks(prose)):
        told = prose.join(paragraph)
        sheet.merge_range(row, 0, row, 4, "", styles.prose)
        sheet.write_string(row, 0, told, styles.prose)
        sheet.set_row(row, 15.5 * sheets.lines(told, 124))
        row += 1
    row = _mix(sheets, sheet, row + 1)
    row = _checks(sheets, sheet, row + 1)
    mix_chart(sheets, sheet, row + 1)
    sheet.activate()
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)


def _mix(sheets: Sheets, sheet: Worksheet, row: int) -> int:
    """Products, cost and inventory by strategy, from the decisions by formula."""
    mix = tables.by_strategy(sheets.prose.report)
    titles = fields_of(sheets.prose, mix)
    for at, field in enumerate(titles):
        sheet.write_string(row, at, sheets.title(field), sheets.styles.head)
    sheets.mix_row = row + 1
    for k, line in enumerate(mix.to_dict("records")):
        sheet.write_string(row + 1 + k, 0, sheets.prose.strategy(str(line["strategy"])))
        for at, field in enumerate(titles[1:], start=1):
            sheet.write_number(row + 1 + k, at, float(line[field.name]), sheets.style(field))
    last = row + 1 + len(mix)
    sheet.write_string(last, 0, sheets.prose.t("total"), sheets.styles.total_text)
    for at, field in enumerate(titles[1:], start=1):
        letter = _letter(at)
        sheet.write_formula(last, at, f"=SUM({letter}{row + 2}:{letter}{last})", sheets.total_style(field),
                            float(mix[field.name].sum()))  # fmt: skip
    return last + 1


def _checks(sheets: Sheets, sheet: Worksheet, row: int) -> int:
    """What must be zero, as formulas that a reader can follow."""
    prose, objective = sheets.prose, sheets.prose.report.plan.objective_per_year
    sums = (
        ("check.sum", "ledger", "cost_per_year", prose.report.plan.ledger["cost_per_year"].sum()),
        ("check.decisions", "decisions", "expected_cost_per_year",
         prose.report.plan.decisions["expected_cost_per_year"].sum()),
    )  # fmt: skip
    for key, table, column, total in sums:
        sheet.write_string(row, 0, prose.t(key), sheets.styles.label)
        formula = f"=ROUND(SUM({sheets.reference(table, column)})-{objective!r},6)"
        sheet.write_formula(row, 1, formula, sheets.styles.number, round(float(total) - objective, 6) + 0.0)
        row += 1
    return row


def _assumptions(sheets: Sheets, prose: Prose) -> None:
    sheet, styles = sheets.add("assumptions"), sheets.styles
    sheet.set_column(0, 0, 62)
    sheet.set_column(1, 1, 44, styles.wrapped)
    sheet.set_column(2, 2, 30)
    sheet.write_string(0, 0, prose.t("section.assumptions"), styles.title)
    row = 2
    for told in filter(None, [*prose.assumptions(), evidence_missing(prose)]):
        sheet.merge_range(row, 0, row, 2, "", styles.prose)
        sheet.write_string(row, 0, told, styles.prose)
        sheet.set_row(row, 15.5 * sheets.lines(told, 136))
        row += 1
    row += 1
    heads = [prose.t(f"column.{name}") for name in ("meaning", "value", "setting")]
    for at, head in enumerate(heads):
        sheet.write_string(row, at, head, styles.head)
    lines: list[tuple[str, ...]] = list(setting_rows(prose))
    if not lines:
        lines = [(prose.t("assumption.scenario_missing"), "", "")]
    for line in [*lines, ("", "", ""), (prose.t("section.provenance"), "", ""), *source_rows(prose)]:
        row += 1
        for at, value in enumerate(line):
            sheet.write_string(row, at, value, styles.wrapped)
    sheets.printed(sheet)


def _tint(colour: str) -> str:
    """A colour pale enough to read black text on."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * 0.3):02x}" for part in parts)


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415  (only where a workbook is written)

    return str(xl_col_to_name(column))
