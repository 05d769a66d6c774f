"""A workbook given back with its faults: faulty cells marked, what is wrong as their comment, all of them in a list."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.errors import Fault, printed
from engine.scenario.files.raw import SheetCells, cell_text, column_name, is_comment, read_workbook, table_name
from engine.scenario.files.sheets import FAULTS_SHEET, Grid, settings_values
from engine.scenario.files.workbook import write_rows
from engine.scenario.files.xlsx import MAX_TEXT, new_book, new_sheet, write_cell
from engine.words.language import Language

_SHEET = re.compile(r"\[(.+)\]$")
_VALUE = 1


def marked_workbook(
    path: Path, faults: Sequence[Fault], headings: Sequence[str], language: Language = "en"
) -> bytes:
    """The values of a workbook with its faults; formulas and formats are left out.

    Parameters
    ----------
    path : Path
        The workbook that was read.
    faults : sequence of Fault
        Of its sheets.
    headings : sequence of str
        Of the list: file, row, column, what is wrong.
    language : str
        Of what is wrong.

    Raises
    ------
    EngineError
        Where it cannot be read.
    """
    sheets = read_workbook(path)
    content = io.BytesIO()
    book = new_book(content)
    heading, wrong = book.add_format({"bold": True, "bottom": 1}), book.add_format({"bg_color": "#F8C9C4"})
    lines = [(fault.file, fault.row, fault.column, fault.words(language)) for fault in faults]
    write_rows(book, FAULTS_SHEET, headings, [[_cell(value) for value in line] for line in lines], heading=heading)
    names = _client_names(sheets)
    for name, sheet_faults in sheets.items():
        if table_name(name) == FAULTS_SHEET:
            continue
        sheet = new_sheet(book, name)
        for row, cells in enumerate(sheet_faults.cells):
            for column, text in enumerate(cells):
                write_cell(sheet, row, column, _value(text))
        on_sheet = [fault for fault in faults if (part := _SHEET.search(fault.file)) and part[1] == name]
        for (row, column), said in _by_cell(
            on_sheet, sheet_faults.cells, names.get(table_name(name), {}), language
        ).items():
            sheet.write_comment(row, column, said[:MAX_TEXT], {"x_scale": 2.5})
            # Whatever stands in the cell, a blank too.
            sheet.conditional_format(row, column, row, column, {"type": "no_errors", "format": wrong})
    book.close()
    return content.getvalue()


def _by_cell(
    faults: Sequence[Fault], cells: Grid, names: Mapping[str, str], language: Language
) -> dict[tuple[int, int], str]:
    """What is wrong by row and column of the sheet, both from 0; what has no row is in the list alone."""
    words: dict[tuple[int, int], str] = {}
    header = next((row for row in cells if any(row) and not is_comment(row[0])), [])
    settings = header[:1] == ["setting"]
    place = {column_name(text): k for k, text in reversed(list(enumerate(header)))}
    for fault in faults:
        if fault.row is None:
            continue
        name = str(fault.column)
        column = _VALUE if settings else place.get(column_name(names.get(name, name)), 0)
        at, said = (fault.row - 1, column), fault.words(language)
        words[at] = f"{words[at]}\n{said}" if at in words else said
    return words


def _client_names(sheets: Mapping[str, SheetCells]) -> dict[str, dict[str, str]]:
    """By table: our column to the client's heading, as the sheet of settings declares them."""
    for name, sheet in sheets.items():
        if table_name(name) == "scenario":
            columns = settings_values(sheet.cells, sheet.label)[0].get("columns")
            if isinstance(columns, dict):
                return {table: dict(names) for table, names in columns.items() if isinstance(names, dict)}
    return {}


def _value(text: str) -> str | float:
    """A cell as it stood: a number where its text is that of one, so that '007' stays text."""
    try:
        number = float(text)
    except ValueError:
        return _cell(text)
    return number if cell_text(number) == text and abs(number) < float("inf") else text


def _cell(value: str | float | None) -> str | float:
    """What a cell can hold."""
    return "" if value is None else printed(value)[:MAX_TEXT] if isinstance(value, str) else value
