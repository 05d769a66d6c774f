"""Files to cells: CSV folders and workbooks become text tables with the row each cell stands in."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path

from engine.errors import EngineError, Fault
from engine.scenario.checks.alike import visible
from engine.scenario.columns import COLUMNS
from engine.scenario.files.coded import LARGE_ROWS, LARGE_TEXT, CodedColumn, CodedRows, plain_rows
from engine.scenario.files.workbook_guard import failed_formulas
from engine.scenario.settings import Format
from engine.words.reason import cause, quoted

_FORMULA_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
# Above the first a spreadsheet has lost digits, above the second no number is a key.
_MOST_EXACT, _LARGEST_KEY = 1e15, 1e22
# So many rows at most are a report's title above the header, which names so many columns at least.
MOST_ABOVE, _LEAST_NAMED = 20, 2
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


class NativeCell(str):
    """A cell that a workbook holds as a number or a date: no declared way of writing applies to it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A table as text.

    Parameters
    ----------
    name, file : str
        Table name and where it stands (``products.csv`` or ``case.xlsx[products]``).
    header : tuple of str
    rows : sequence of list of str
        Cells, as wide as the header; of a large table `CodedRows`.
    numbers : sequence of int
        Row of each record as a spreadsheet counts it, the first row being 1.
    header_row : int or None
        Row of the header; None where the names of the columns stand in no row.
    native_numbers : bool
        Cells come from a frame or Parquet, so numbers have a point whatever the declared format. In a workbook each
        cell says so by itself (`NativeCell`): what stands there as text is read as it is declared.
    long_numbers : frozenset of str
        Cells of a workbook that are numbers of more digits than a spreadsheet keeps.
    above : int
        Rows with text above the header, such as the title of a report; they are left out.
    """

    name: str
    file: str
    header: tuple[str, ...]
    rows: Sequence[list[str]]
    numbers: Sequence[int]
    header_row: int | None = 1
    native_numbers: bool = False
    long_numbers: frozenset[str] = frozenset()
    above: int = 0

    def coded(self, position: int) -> CodedColumn | None:
        """A column whose texts are held once each; None where the table is held by rows."""
        return self.rows.columns[position] if isinstance(self.rows, CodedRows) else None

    def cells(self, position: int) -> list[str]:
        """The cells of a column."""
        coded = self.coded(position)
        return [row[position] for row in self.rows] if coded is None else coded.cells()

    def taken(self, places: Sequence[int]) -> RawTable:
        """The table with some of its rows."""
        rows = self.rows.taken(places) if isinstance(self.rows, CodedRows) else [self.rows[k] for k in places]
        return replace(self, rows=rows, numbers=[self.numbers[k] for k in places])


def read_csv_table(
    path: Path, form: Format, *, name: str | None = None
) -> tuple[RawTable | None, list[Fault]]:
    """Read one CSV file; unreadable bytes and ragged rows are faults, blank lines are skipped.

    Parameters
    ----------
    path : Path
    form : Format
    name : str, optional
        Of the table, where that of the file is another.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        return None, [Fault(file=path.name, cause=cause("file_unreadable", error=quoted(str(error.strerror))))]
    # A text in two bytes a letter says so by its first two; without them every other byte is zero.
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else form.encoding
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        row = data[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else None
        wanted = form.encoding.removesuffix("-sig")
        return None, [Fault(file=path.name, row=row, cause=cause("not_encoded", encoding=wanted))]
    if "\0" in text[:2]:
        return None, [Fault(file=path.name, cause=cause("not_encoded", encoding=form.encoding.removesuffix("-sig")))]
    return parse_csv(text, name=name or table_name(path.stem), file=path.name, form=form)


def parse_csv(
    text: str, *, name: str, file: str, form: Format, headings: Sequence[str] = ()
) -> tuple[RawTable | None, list[Fault]]:
    """Text of a CSV file to a raw table; a record is a row, however many lines its quoted text has.

    Parameters
    ----------
    text, name, file : str
    form : Format
    headings : sequence of str
        What the columns are called there; by default as ours are.
    """
    broken: list[Fault] = []
    delimiter, lines = own_separator(text, form.delimiter)
    if lines == 0 and len(text) >= LARGE_TEXT and (table := _plain_table(text, delimiter, name, file, headings)):
        return table, []

    def records() -> Iterator[list[str]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        row = 0
        try:
            for cells in reader:
                row += 1
                if row <= lines:
                    yield []
                    continue
                yield [_as_text(cell.strip()) for cell in cells]
        except csv.Error as error:
            broken.append(Fault(file=file, row=row + 1, cause=cause("not_csv", error=quoted(str(error)))))

    table, faults = _table(records(), name=name, file=file, comments=False, headings=headings)
    if table is not None and (other := other_separator(table)):
        broken = [other]
    # Half a table would only bring false faults in the others.
    return (None, broken) if broken else (table, faults)


def _plain_table(text: str, delimiter: str, name: str, file: str, headings: Sequence[str]) -> RawTable | None:
    """A large table read at once, where it is plain and its first row names a column of ours."""
    plain = plain_rows(text, delimiter)
    if plain is None or not _named(plain[0], _known_names(name, headings)):
        return None
    header, rows = plain
    return RawTable(name=name, file=file, header=tuple(header), rows=rows, numbers=range(2, len(rows) + 2))


def own_separator(text: str, declared: str) -> tuple[str, int]:
    """The separator, and how many lines at the top declare it: a spreadsheet's ``sep=;`` counts before the settings."""
    first = text.lstrip("\ufeff").split("\n", 1)[0].strip().strip('"')
    signs = first[len("sep=") :]
    # A spreadsheet that saved the file again fills the line up to the width of the table.
    if first.lower().startswith("sep=") and len(set(signs)) <= 1:
        return signs[:1] or "\t", 1
    return declared, 0


def _as_text(cell: str) -> str:
    """A cell without the formula that keeps a spreadsheet from reading its text as a number: ``="007"``."""
    return cell[2:-1].strip() if cell.startswith('="') and cell.endswith('"') and '"' not in cell[2:-1] else cell


def other_separator(table: RawTable) -> Fault | None:
    """What to declare where the header came out as one cell, our column names with another sign between them."""
    names = {definition.name for definition in COLUMNS[table.name]}
    if len(table.header) != 1:
        return None
    sign = next((sign for sign in _SEPARATORS if len(names & set(table.header[0].split(sign))) > 1), None)
    if sign is None:
        return None
    declare = f'format: {{delimiter: "{repr(sign)[1:-1]}"}}'
    why = cause("separated_by", separators=cause(_SEPARATORS[sign]), declare=declare)
    return Fault(file=table.file, row=table.header_row, cause=why)


def workbook_table(
    name: str, file: str, grid: list[list[str]], long_numbers: frozenset[str] = frozenset(),
    headings: Sequence[str] = (),
) -> tuple[RawTable | None, list[Fault]]:  # fmt: skip
    """One sheet to a raw table, headings as of `parse_csv`; # starts a comment line, blank rows are skipped."""
    table, faults = _table(grid, name=name, file=file, comments=True, headings=headings)
    return (None if table is None else replace(table, long_numbers=long_numbers)), faults


def _table(
    records: Iterable[list[str]], *, name: str, file: str, comments: bool, headings: Sequence[str]
) -> tuple[RawTable | None, list[Fault]]:
    faults: list[Fault] = []
    header: list[str] | None = None
    header_row = 1
    rows: list[list[str]] = []
    numbers: list[int] = []
    told = (
        (number, cells) for number, cells in enumerate(records, start=1)
        if any(cells) and not (comments and is_comment(cells[0]))
    )  # fmt: skip
    first = list(islice(told, MOST_ABOVE + 1))
    above = _rows_above([cells for _, cells in first], _known_names(name, headings))
    for number, cells in chain(first[above:], told):
        if header is None:
            header, header_row = cells[: _width(cells)], number
            continue
        if _width(cells) > len(header):
            why = cause("cells_too_many", cells=_width(cells), columns=len(header))
            faults.append(Fault(file=file, row=number, cause=why))
            continue
        rows.append((cells + [""] * len(header))[: len(header)])
        numbers.append(number)
    if header is None:
        return None, [Fault(file=file, cause=cause("table_empty"))]
    table = RawTable(
        name=name,
        file=file,
        header=tuple(header),
        # A workbook's own numbers and days are cells of a kind, which no text stands for.
        rows=CodedRows.of(rows) if len(rows) >= LARGE_ROWS and not comments else rows,
        numbers=numbers,
        header_row=header_row,
        above=above,
    )
    return table, faults


def _known_names(name: str, headings: Sequence[str]) -> set[str]:
    """What columns of a table are called, as `column_name` spells it."""
    return {column_name(heading) for heading in headings or [column.name for column in COLUMNS[name]]}


def _named(cells: Sequence[str], names: set[str]) -> int:
    """How many columns a row names."""
    return len(names & {column_name(cell) for cell in cells})


def _rows_above(first: list[list[str]], names: set[str]) -> int:
    """How many of the first rows with text stand above the header: none where the first one names a column."""
    named = [_named(cells, names) for cells in first]
    if not named or named[0] > 0:
        return 0
    return next((k for k, count in enumerate(named) if count >= min(_LEAST_NAMED, len(names))), 0)


def _width(cells: list[str]) -> int:
    if cells and cells[-1]:
        return len(cells)
    return max((k for k, cell in enumerate(cells, start=1) if cell), default=0)


def is_comment(cell: str) -> bool:
    """Whether a row of a sheet that starts with this cell is a comment; a failed formula is none."""
    return cell.startswith("#") and cell not in _FORMULA_ERRORS


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCells:
    """One sheet as text.

    Parameters
    ----------
    cells : list of list of str
    label : str
        Its name in faults.
    long_numbers : frozenset of str
        As of `RawTable`.
    """

    cells: list[list[str]]
    label: str
    long_numbers: frozenset[str]


# Encrypted, of an unknown method, cut off, or broken inside: each method has an error of its own.
UNREADABLE = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError,
)  # fmt: skip


def read_workbook(path: Path) -> dict[str, SheetCells]:
    """All sheets of a workbook as text, by name."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  (slow import, rarely needed)

    try:
        failed = failed_formulas(path)
        book = CalamineWorkbook.from_path(str(path))
        grids = {sheet: book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for sheet in book.sheet_names}
    except (*UNREADABLE, CalamineError) as error:
        raise EngineError(cause("book_unreadable", file=path.name, error=quoted(str(error)))) from error
    texts = {sheet: [[cell_text(cell) for cell in row] for row in grid] for sheet, grid in grids.items()}
    for sheet, places in failed.items():
        for row, column in places:
            # The reader gives a blank, which could pass for a default.
            if row < len(texts.get(sheet, ())) and column < len(texts[sheet][row]):
                texts[sheet][row][column] = "#VALUE!"
    return {
        sheet: SheetCells(
            cells=rows, label=f"{path.name}[{sheet}]",
            long_numbers=frozenset(
                cell_text(cell) for row in grids[sheet] for cell in row
                if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= _MOST_EXACT
            ),
        )
        for sheet, rows in texts.items()
    }  # fmt: skip


def _is_key(value: float) -> bool:
    return value.is_integer() and abs(value) < _LARGEST_KEY


def cell_text(value: object) -> str:
    """A workbook cell as text: 12.0 is '12' so that numeric keys match, dates are ISO."""
    if isinstance(value, float):
        # The shortest digits that read back: a spreadsheet's own, where the float's would run on.
        digits = format(Decimal(repr(value)), "f").removesuffix(".0") if _is_key(value) else repr(value)
        return NativeCell(digits)
    if isinstance(value, dt.datetime):
        return NativeCell(value.date().isoformat())
    if isinstance(value, dt.date):
        return NativeCell(value.isoformat())
    return NativeCell(value) if isinstance(value, int) and not isinstance(value, bool) else str(value).strip()


def table_name(text: str) -> str:
    """A name of a file or sheet as tables are spelled."""
    return column_name(text)


def column_name(text: str) -> str:
    """A heading as columns are spelled: case and the sign between words do not count.

    Examples
    --------
    >>> column_name("Unit Cost"), column_name("LEAD-TIME_days")
    ('unit_cost', 'lead_time_days')
    """
    return "_".join(visible(text).lower().replace("-", " ").replace("_", " ").split())
