"""Sheets of the workbook: one table each, frozen heads, filters, totals, printed on one page's width."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.errors import EngineError
from engine.report.fields import Field, Kind, code_words, fields_of, is_code
from engine.report.sentences.prose import Prose
from engine.scenario.files.xlsx import MAX_ROWS, new_sheet, write_cell
from engine.words.reason import cause

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_WIDEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Styles:
    """Formats of the workbook."""

    title: Format
    label: Format
    figure: Format
    figure_money: Format
    figure_share: Format
    prose: Format
    wrapped: Format
    head: Format
    total_text: Format
    number: Format


class Sheets:
    """Writes tables into a workbook, a sheet each.

    Attributes
    ----------
    first_row : int
        Of the rows of a table, from 0; its titles stand above.
    mix_row : int
        First row of the table by strategy on the cover.
    """

    first_row = 1

    def __init__(self, book: Workbook, prose: Prose) -> None:
        self.book = book
        self.prose = prose
        self.mix_row = 0
        self._places: dict[str, tuple[str, dict[str, int], int]] = {}
        font = {"font_name": "Calibri" if prose.language == "en" else "Microsoft YaHei", "font_size": 11}
        book.formats[0].set_font_name(font["font_name"])

        def style(**options: Any) -> Format:  # noqa: ANN401  (what a format has)
            return book.add_format({**font, **options})

        amounts = "#,##0" if prose.numbers.decimals == 0 else "#,##0.00"
        # Quotes would end the literal early.
        unit = prose.numbers.unit.replace('"', "")
        self.styles = Styles(
            title=style(bold=True, font_size=18),
            label=style(font_color="#555555"),
            figure=style(bold=True, font_size=14, align="left"),
            figure_money=style(bold=True, font_size=14, align="left", num_format=f'{amounts}"{unit}"'),
            figure_share=style(bold=True, font_size=14, align="left", num_format="0.00%"),
            prose=style(text_wrap=True, valign="top"),
            wrapped=style(text_wrap=True, valign="top", align="left"),
            head=style(bold=True, bg_color="#1f3a4d", font_color="#ffffff", text_wrap=True, valign="vcenter"),
            total_text=style(bold=True, top=1),
            number=style(num_format="#,##0.00"),
        )
        patterns = {
            Kind.MONEY: amounts, Kind.SHARE: "0.0%", Kind.COUNT: "#,##0", Kind.NUMBER: "#,##0.##",
        }  # fmt: skip
        self._styles = {kind: style(num_format=pattern) for kind, pattern in patterns.items()}
        self._at_least = style(num_format=f'"≥ "{amounts}')
        self._totals = {kind: style(num_format=pattern, bold=True, top=1) for kind, pattern in patterns.items()}
        self._text = style()
        self._long = style(text_wrap=False)

    def add(self, name: str) -> Worksheet:
        """A new sheet, named in the reader's language."""
        key = name if name.startswith("evidence.") else f"sheet.{name}"
        # Excel refuses longer names.
        sheet = new_sheet(self.book, self.prose.t(key)[:31])
        sheet.set_footer("&L&8" + self.prose.scenario.replace("&", "&&")[:100] + "&R&8&P / &N")
        return sheet

    def style(self, field: Field) -> Format:
        """Format of a column's cells."""
        return self._styles.get(field.kind, self._text)

    def total_style(self, field: Field) -> Format:
        """Format of a column's total."""
        return self._totals[field.kind]

    def title(self, field: Field) -> str:
        """Title of a column, with the currency where it holds money."""
        currency = self.prose.numbers.currency
        return f"{field.title}, {currency}" if field.kind is Kind.MONEY and currency else field.title

    def table(
        self, name: str, frame: pd.DataFrame, names: list[str] | None = None, total: tuple[str, ...] = (),
        at_least: pd.DataFrame | None = None,
    ) -> Worksheet:
        """A sheet with one table, filtered and frozen below its titles; totals follow the filter.

        Amounts that are lower bounds, as `at_least` says in the columns of the table, have a sign before them.
        """
        if len(frame) + 4 > MAX_ROWS:
            raise EngineError(cause("sheet_rows", table=name, rows=len(frame), most=MAX_ROWS))
        sheet, fields = self.add(name), fields_of(self.prose, frame, names)
        for at, field in enumerate(fields):
            title = self.title(field)
            sheet.write_string(0, at, title, self.styles.head)
            values = frame[field.name].tolist()
            if is_code(field.kind):
                values = [code_words(self.prose, field.kind, value) for value in values]
            bounds = at_least[field.name].tolist() if at_least is not None and field.name in at_least else []
            styles = [self._at_least if bound else self.style(field) for bound in bounds or [False] * len(values)]
            for row, value in enumerate(values, start=self.first_row):
                if field.numeric and value == value:  # noqa: PLR0124  (NaN stays blank)
                    sheet.write_number(row, at, value, styles[row - self.first_row])
                elif not field.numeric:
                    write_cell(sheet, row, at, value)
            texts = [] if field.numeric else [str(value) for value in values[:2000]]
            sheet.set_column(at, at, self._width(title, texts, numeric=field.numeric))
        last = self.first_row + len(frame) - 1
        places = {field.name: at for at, field in enumerate(fields)}
        self._places[name] = (sheet.get_name(), places, last)
        sheet.set_row(0, 32)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(last, 1), len(fields) - 1)
        if total and len(frame):
            self._total_row(sheet, last + 2, frame, fields, total)
        self.printed(sheet)
        return sheet

    def _total_row(
        self, sheet: Worksheet, row: int, frame: pd.DataFrame, fields: list[Field], total: tuple[str, ...]
    ) -> None:
        from xlsxwriter.utility import xl_range  # noqa: PLC0415  (only where a workbook is written)

        sheet.write_string(row, 0, self.prose.t("total"), self.styles.total_text)
        for at, field in enumerate(fields):
            if field.name in total:
                cells = xl_range(self.first_row, at, self.first_row + len(frame) - 1, at)
                amount = float(frame[field.name].sum())
                sheet.write_formula(row, at, f"=SUBTOTAL(109,{cells})", self.total_style(field), amount)

    def reference(self, name: str, column: str) -> str:
        """The cells of a column of a table, for formulas on other sheets."""
        from xlsxwriter.utility import quote_sheetname, xl_range_abs  # noqa: PLC0415

        title, places, last = self._places[name]
        at = places[column]
        return f"{quote_sheetname(title)}!{xl_range_abs(self.first_row, at, last, at)}"

    def cells(self, name: str, column: str, rows: int) -> list[object]:
        """The first rows of a column, for charts."""
        title, places, _ = self._places[name]
        return [title, self.first_row, places[column], self.first_row + rows - 1, places[column]]

    def width_of(self, name: str) -> int:
        """How many columns a table has."""
        return len(self._places[name][1])

    def printed(self, sheet: Worksheet) -> None:
        """Landscape A4, as wide as a page, titles repeated."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    @staticmethod
    def lines(told: str, width: int) -> int:
        """How many lines a text takes in cells of a given width."""
        return max(1, -(-_length(told) // width))

    @staticmethod
    def _width(title: str, texts: list[str], *, numeric: bool) -> float:
        # Titles wrap onto two lines.
        longest = max([_length(title) * 0.62, *(_length(value) for value in texts), 12 if numeric else 8])
        return float(min(_WIDEST, longest + 2))


def _length(told: str) -> int:
    """Width in half-wide characters: Chinese ones count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in told)
