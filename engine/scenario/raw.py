"""Files to cells: CSV folders and workbooks become text tables with the row each cell stands in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError, Fault
from engine.scenario.columns import TABLES
from engine.scenario.settings import Format, nearest

# A workbook is a zip: a few hundred kB can unfold to gigabytes, so the sizes are summed before reading.
MAX_UNZIPPED_BYTES = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A table as text.

    Parameters
    ----------
    name, file : str
        Table name and where it stands (``products.csv`` or ``case.xlsx[products]``).
    header : tuple of str
    rows : list of list of str
        Cells, as wide as the header.
    numbers : list of int
        Row of each record in the file, the header being row 1.
    native_numbers : bool
        Cells come from a workbook, so numbers are written with a point whatever the declared format.
    """

    name: str
    file: str
    header: tuple[str, ...]
    rows: list[list[str]]
    numbers: list[int]
    native_numbers: bool = False


def read_csv_table(path: Path, form: Format) -> tuple[RawTable | None, list[Fault]]:
    """Read one CSV file; unreadable bytes and ragged rows are faults, blank lines are skipped."""
    name = path.stem
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EngineError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        text = data.decode(form.encoding)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        message = f"not {form.encoding} text; save the file as UTF-8 or declare format.encoding in scenario.yaml"
        return None, [Fault(file=path.name, row=row, message=message)]
    except LookupError:
        message = f"there is no encoding '{form.encoding}'; 'utf-8' or 'cp1252' are usual"
        return None, [Fault(file="scenario.yaml", column="format.encoding", message=message)]
    return parse_csv(text, name=name, file=path.name, form=form)


def parse_csv(text: str, *, name: str, file: str, form: Format) -> tuple[RawTable | None, list[Fault]]:
    """Text of a CSV file to a raw table."""
    faults: list[Fault] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter, strict=True)
    header: list[str] | None = None
    rows: list[list[str]] = []
    numbers: list[int] = []
    start = 1
    try:
        for record in reader:
            number, start = start, reader.line_num + 1
            cells = [cell.strip() for cell in record]
            if not any(cells):
                continue
            if header is None:
                header = cells
                continue
            if len(cells) > len(header) and any(cells[len(header) :]):
                message = f"{len(cells)} cells under {len(header)} columns; a comma too many, or text to be quoted"
                faults.append(Fault(file=file, row=number, message=message))
                continue
            rows.append((cells + [""] * len(header))[: len(header)])
            numbers.append(number)
    except csv.Error as error:
        faults.append(Fault(file=file, row=reader.line_num, message=f"not readable as CSV: {error}"))
    if header is None:
        return None, [*faults, Fault(file=file, message="is empty; the first row should name the columns")]
    table = RawTable(name=name, file=file, header=tuple(header), rows=rows, numbers=numbers)
    return table, faults


def _cell_text(value: object) -> str:
    """A workbook cell as text: 12.0 is '12' so that numeric keys match, dates are ISO."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value).strip()


def read_workbook(path: Path) -> dict[str, tuple[list[list[str]], str]]:
    """All sheets of a workbook as text: name to (rows, file label)."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  (slow import, rarely needed)

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNZIPPED_BYTES:
                raise EngineError(f"{path.name}: unfolds to more than 1 GB; split it or use a folder of CSV files")
        book = CalamineWorkbook.from_path(str(path))
        return {
            sheet: (
                [[_cell_text(cell) for cell in row] for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)],
                f"{path.name}[{sheet}]",
            )
            for sheet in book.sheet_names
        }
    except (zipfile.BadZipFile, CalamineError, OSError) as error:
        raise EngineError(f"{path.name}: not readable as an .xlsx workbook ({error})") from error


def workbook_table(name: str, file: str, grid: list[list[str]]) -> RawTable | None:
    """One sheet to a raw table; lines that start with # are comments, blank rows are skipped."""
    header: list[str] | None = None
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in enumerate(grid, start=1):
        if not any(cells) or cells[0].startswith("#"):
            continue
        if header is None:
            width = max(k for k, cell in enumerate(cells, start=1) if cell)
            header = cells[:width]
            continue
        rows.append((cells + [""] * len(header))[: len(header)])
        numbers.append(number)
    if header is None:
        return None
    return RawTable(name=name, file=file, header=tuple(header), rows=rows, numbers=numbers, native_numbers=True)


def find_tables(folder: Path) -> tuple[Mapping[str, Path], list[Fault]]:
    """The CSV files of a folder by table name; a CSV that is no table is a fault, with the nearest name."""
    found: dict[str, Path] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.csv")):
        if path.stem in TABLES:
            found[path.stem] = path
        else:
            message = f"there is no table '{path.stem}'; {nearest(path.stem, list(TABLES))}"
            faults.append(Fault(file=path.name, message=message))
    return found, faults
