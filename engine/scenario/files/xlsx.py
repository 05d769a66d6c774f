"""Write cells of a workbook: text stays text, numbers keep every digit."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from engine.errors import EngineError
from engine.words.reason import cause

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet as Sheet

# Text never becomes a formula or a link, whatever a product is called.
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
# Excel counts a 29 February 1900 that never was.
_FIRST_DAY = dt.date(1900, 3, 1)


def new_book(target: Path | IO[bytes]) -> Workbook:
    """A workbook to write into; the same content gives the same bytes.

    Parameters
    ----------
    target : Path or binary stream
        Into memory where the disk may refuse: the library's archive cannot be closed on a full one.
    """
    import xlsxwriter  # noqa: PLC0415  (only where a workbook is written)

    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, _OPTIONS)
    book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})
    return book


def new_sheet(book: Workbook, name: str) -> Sheet:
    """A sheet whose numbers read back exactly; the library alone would write 16 digits, one too few."""
    from xlsxwriter.worksheet import Worksheet  # noqa: PLC0415

    class ExactWorksheet(Worksheet):  # type: ignore[misc, unused-ignore]
        """Numbers in their shortest form that reads back exactly."""

        def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, object]] = ()) -> None:
            written = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes)
            self.fh.write(f"<c{written}><v>{float(number)!r}</v></c>")

    return book.add_worksheet(name, worksheet_class=ExactWorksheet)


def write_cell(sheet: Sheet, row: int, column: int, value: object, *, date: Format | None = None) -> None:
    """Write one cell; NaN, NaT, None and '' stay blank.

    Parameters
    ----------
    sheet : xlsxwriter worksheet
    row, column : int
        From 0.
    value : str, float, int, date or None
    date : xlsxwriter format, optional
        For dates.

    Raises
    ------
    EngineError
        Where the value cannot stand in a cell.
    """
    if value is None or value == "" or value != value:  # noqa: PLR0124  (NaN and NaT differ from themselves)
        return
    refused = 0
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            at = {"sheet": sheet.name, "row": row + 1}
            raise EngineError(cause("cell_text", length=len(value), most=MAX_TEXT, **at))
        refused = sheet.write_string(row, column, value)
    elif isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        if day < _FIRST_DAY:
            refused = sheet.write_string(row, column, day.isoformat())
        else:
            refused = sheet.write_datetime(row, column, dt.datetime(day.year, day.month, day.day), date)  # noqa: DTZ001
    elif isinstance(value, int | float):
        if not math.isfinite(value):
            raise EngineError(cause("cell_number", sheet=sheet.name, row=row + 1, value=str(value)))
        refused = sheet.write_number(row, column, value)
    else:
        raise EngineError(cause("cell_value", sheet=sheet.name, row=row + 1, value=repr(value)))
    if refused:
        raise EngineError(cause("sheet_full", sheet=sheet.name, most=MAX_ROWS))
