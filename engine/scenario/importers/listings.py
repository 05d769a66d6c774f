"""Lists that planning systems export: found in a folder, and read as text with bars, CSV or workbooks in any signs."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from engine.errors import EngineError, Fault
from engine.scenario.checks.alike import visible
from engine.scenario.checks.totals import is_total
from engine.scenario.columns import Column
from engine.scenario.files.assumed import Question, question
from engine.scenario.files.parse import typed_numbers, without_time
from engine.scenario.files.raw import NativeCell, is_left_behind, read_workbook
from engine.scenario.files.signs import Signs, date_pattern, is_day, likely_date_pattern, number_signs, separator
from engine.scenario.importers.table import WORKBOOKS
from engine.scenario.settings import Format, nearest
from engine.words.reason import Reason, cause, quoted

ENDINGS = (".csv", ".txt", ".tsv", ".dat", *WORKBOOKS)
# Above the headings stand titles, the day, the number of hits.
_FIRST_ROWS = 25
_RULE = re.compile(r"[-|+\s]*")
# A heading is asked about where it is this near to one that is known: people shorten them.
_ALIKE = 0.6
_NO_DATE = ("00000000", "00.00.0000", "0000-00-00", "00/00/0000")
_SOME_DAY = dt.date(2025, 12, 31)
# How a workbook's bytes begin: packed, and of before 2007.
_BOOKS = (b"PK", b"\xd0\xcf\x11\xe0")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NUMBER = Column(name="", table="", kind="number", minimum=float("-inf"))


Kind = Literal["text", "key", "number", "date"]


class Field(NamedTuple):
    """A field of a list: how its cells are read, and what it is called besides its technical name."""

    kind: Kind
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The lists of a system.

    Parameters
    ----------
    fields : mapping of str to mapping of str to Field
        By list and technical name.
    needed : mapping of str to tuple of str
        Fields without which a list says nothing.
    list_of : callable
        The list that a file's name says; None for other files.
    key : callable
        A cell of a key to the key.
    asked : mapping of str to tuple of str
        Fields that decisions rest on, which are asked for where no heading is one.
    doubted : mapping of str to tuple of str
        Fields that are asked for where no heading is one and one looks like it.
    whole_rows : bool
        Every row says by itself whose it is: the first field that is needed is a total's, or a page's, where it is
        blank. Otherwise such a row belongs to the one above it.
    """

    fields: Mapping[str, Mapping[str, Field]]
    needed: Mapping[str, tuple[str, ...]]
    list_of: Callable[[Path], str | None]
    key: Callable[[str], str]
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole_rows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A file's cells under their technical names.

    Parameters
    ----------
    table, file : str
    place : dict of str to int
        Field to position.
    rows : list of list of str
    numbers : list of int
        Row in the file of each record.
    others : list of str
        Headings that name no field.
    """

    table: str
    file: str
    place: dict[str, int]
    rows: list[list[str]]
    numbers: list[int]
    others: list[str]

    def cells(self, field: str) -> list[str]:
        """The cells of a field; blank where a row is short."""
        at = self.place[field]
        return [row[at] if at < len(row) else "" for row in self.rows]


def read_tables(
    folder: Path, layout: Layout, *, needed: Sequence[str], decimal: str | None = None, only: Sequence[str] = (),
    asked: list[Question] | None = None, notes: list[str] | None = None,
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Every list of a folder with the fields that it has.

    Parameters
    ----------
    folder : Path
    layout : Layout
    needed : sequence of str
        Lists that have to be there.
    decimal : str, optional
        The decimal sign of numbers written as text, where their cells do not tell.
    only : sequence of str
        Lists that are read, all where empty.
    asked : list of Question, optional
        Fields that decisions rest on and no heading is are added, each with the heading that may mean it.
    notes : list of str, optional
        Rows that were left out are added.

    Returns
    -------
    tables : dict of str to DataFrame
        Text and keys as ``object``, numbers as ``float64`` (blank: NaN), dates as ``datetime64``.
    faults : list of Fault
    """
    if not folder.is_dir():
        raise EngineError(f"{folder}: there is no such folder")
    grids: list[Grid] = []
    faults: list[Fault] = []
    for path in sorted(folder.iterdir()):
        table = None if is_left_behind(path.name) else layout.list_of(path)
        if table is None or (only and table not in only):
            continue
        for label, rows in _sheets(path, faults):
            found = _grid(layout, table, label, rows)
            if isinstance(found, Fault):
                faults.append(found)
            else:
                grids.append(_without_totals(layout, found, notes))
    if asked is not None:
        asked += [one for grid in grids for one in _absent(layout, grid)]
    known = {grid.table for grid in grids}
    broken = {fault.file.split("[")[0] for fault in faults}
    faults += [
        Fault(file=folder.name, cause=cause("export_missing", table=table))
        for table in needed
        if table not in known and not any(layout.list_of(Path(name)) == table for name in broken)
    ]
    signs = _signs(layout, grids, decimal)
    tables: dict[str, list[pd.DataFrame]] = {}
    for grid in grids:
        frame, found_faults = _typed(layout, grid, signs[grid.file])
        faults += found_faults
        tables.setdefault(grid.table, []).append(frame)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}, faults


def _sheets(path: Path, faults: list[Fault]) -> Iterator[tuple[str, list[list[str]]]]:
    """The cells of a file: its name in faults, and rows."""
    data = path.read_bytes()
    # What SAP saves for a spreadsheet is called .xls, and is text between tabs.
    if path.suffix.lower() in WORKBOOKS and data.startswith(_BOOKS):
        for sheet in list(read_workbook(path).values())[:1]:
            yield sheet.label, sheet.cells
        return
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            rows = _text_rows(text)
        except csv.Error as error:
            faults.append(Fault(file=path.name, cause=cause("export_no_csv", error=quoted(str(error)))))
            return
        yield path.name, rows
        return
    faults.append(Fault(file=path.name, cause=cause("export_no_text")))


def _text_rows(text: str) -> list[list[str]]:
    """Rows of a text file; a list with bars has them at both ends, and rules of hyphens between."""
    lines = text.splitlines()
    barred = [line.startswith("|") for line in lines]
    if sum(barred) > 1:
        return [
            [cell.strip() for cell in line.strip().strip("|").split("|")] if bar and not _RULE.fullmatch(line) else []
            for line, bar in zip(lines, barred, strict=True)
        ]
    sign = separator(line for line in lines if line.strip())
    if sum(line.count(sign) for line in lines) == 0:
        sign = ";"
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign)]


def _grid(layout: Layout, table: str, file: str, rows: list[list[str]]) -> Grid | Fault:
    """The rows below the row that names the most fields."""
    known = layout.fields[table]
    places = [(_places(known, row), k) for k, row in enumerate(rows[:_FIRST_ROWS])]
    place, head = max(places, key=lambda found: (len(found[0]), -found[1]), default=({}, 0))
    missing = [field for field in layout.needed[table] if field not in place]
    if missing:
        words = ", ".join(f"{field} ({known[field].headings[0]})" for field in missing)
        shown = [cell for cell in rows[head] if cell] if rows else []
        near = nearest(missing[0], shown) if place else cause("fields_unnamed")
        why = cause("field_missing", table=table, fields=words, near=near)
        return Fault(file=file, row=head + 1 if place else None, cause=why)
    heading = rows[head]
    # A printed list repeats its headings on every page.
    records = [(k, row) for k, row in enumerate(rows[head + 1 :], start=head + 2) if any(row) and row != heading]
    long = next(((k, row) for k, row in records if any(row[len(heading) :])), None)
    if long is not None:
        why = cause("export_cells_too_many", cells=len(long[1]), columns=len(heading))
        return Fault(file=file, row=long[0], cause=why)
    return Grid(table=table, file=file, place=place, rows=[row for _, row in records],
                numbers=[k for k, _ in records],
                others=[cell for k, cell in enumerate(heading) if cell and k not in place.values()])  # fmt: skip


def _places(known: Mapping[str, Field], row: Iterable[str]) -> dict[str, int]:
    """Field to position, by technical name or heading; of several columns of one name the first."""
    technical = {field.lower(): field for field in known}
    names = {_letters(heading): field for field, one in known.items() for heading in one.headings}
    found: dict[str, int] = {}
    for k, cell in enumerate(row):
        # MARC-STRGR and M~STRGR are STRGR.
        text = " ".join(visible(cell).lower().split())
        field = technical.get(text) or names.get(_letters(text))
        if field is None and text.upper() == cell:
            field = technical.get(re.split(r"[-~]", text)[-1])
        if field is not None:
            found.setdefault(field, k)
    return found


def _letters(heading: str) -> str:
    """A heading by its letters and digits: lists shorten and space one and the same in several ways.

    Examples
    --------
    >>> _letters("Einzel-/Sammel"), _letters("feste Losgröße")
    ('einzelsammel', 'festelosgroesse')
    """
    return "".join(sign for sign in heading.lower().translate(_UMLAUTS) if sign.isalnum())


def _without_totals(layout: Layout, grid: Grid, notes: list[str] | None) -> Grid:
    """The records that say whose they are, where all have to: sums and page headings do not."""
    first = layout.needed[grid.table][0]
    if not layout.whole_rows or layout.fields[grid.table][first].kind == "number":
        return grid
    texts = [at for name, at in grid.place.items() if layout.fields[grid.table][name].kind in ("text", "key")]
    whose = grid.cells(first)
    kept = [k for k, row in enumerate(grid.rows) if not is_total([row[at] if at < len(row) else "" for at in texts])
            and whose[k].strip("*")]
    if len(kept) < len(grid.rows) and notes is not None:
        notes.append(f"{grid.file}: rows of sums or without {first}, left out: {len(grid.rows) - len(kept):,}.")
    return replace(grid, rows=[grid.rows[k] for k in kept], numbers=[grid.numbers[k] for k in kept])


def _absent(layout: Layout, grid: Grid) -> Iterator[Question]:
    """What is asked for of a file: the fields that decisions rest on and none of its headings is."""
    others = {" ".join(visible(cell).lower().split()): cell for cell in grid.others}
    asked = layout.asked.get(grid.table, ())
    for name in (*asked, *layout.doubted.get(grid.table, ())):
        if name in grid.place:
            continue
        words = layout.fields[grid.table][name].headings
        near = [close for word in words for close in difflib.get_close_matches(word, others, n=1, cutoff=_ALIKE)]
        if not near and name not in asked:
            continue
        heading = others[near[0]] if near else ""
        yield question(
            grid.table, name, about=f" ({words[0]}), which no heading is", done="left out meanwhile",
            kind="field_near" if heading else "left_out", near=heading,
        )  # fmt: skip


def _signs(layout: Layout, grids: list[Grid], decimal: str | None) -> dict[str, Signs | None]:
    """How each file writes numbers as text: as its own cells tell, else as those of the others do."""
    if decimal is not None:
        return {grid.file: Signs(decimal, "," if decimal == "." else ".") for grid in grids}
    cells = {
        grid.file: [
            cell.replace(" ", "")
            for field in grid.place
            for cell in (grid.cells(field) if layout.fields[grid.table][field].kind == "number" else ())
            if _is_signed(cell)
        ]
        for grid in grids
    }
    own = {file: number_signs(found) for file, found in cells.items()}
    told = {file: signs for file, signs in own.items() if signs is not None and cells[file]}
    every = set(told.values())
    shared = every.pop() if len(every) == 1 else None
    return {grid.file: told.get(grid.file, shared) for grid in grids}


def _is_signed(cell: str) -> bool:
    """Whether a cell holds a sign that may be a decimal one; what a workbook holds as a number does not."""
    return not isinstance(cell, NativeCell) and any(sign in cell for sign in ".,")


def _typed(layout: Layout, grid: Grid, signs: Signs | None) -> tuple[pd.DataFrame, list[Fault]]:
    faults: list[Fault] = []
    columns: dict[str, pd.Series] = {}
    for name in grid.place:
        kind, cells = layout.fields[grid.table][name].kind, grid.cells(name)
        if kind == "number":
            columns[name], wrong = _numbers(cells, signs)
        elif kind == "date":
            columns[name], wrong = _dates(cells)
        else:
            columns[name] = pd.Series([layout.key(cell) for cell in cells] if kind == "key" else cells, dtype="object")
            wrong = []
        faults += [Fault(file=grid.file, row=None if k < 0 else grid.numbers[k], column=name, cause=why)
                   for k, why in wrong]  # fmt: skip
    return pd.DataFrame(columns), faults


def _numbers(cells: list[str], signs: Signs | None) -> tuple[pd.Series, list[tuple[int, Reason]]]:
    """Numbers, the minus behind or before."""
    plain = [f"-{cell[:-1].strip()}" if cell.endswith("-") else cell for cell in cells]
    if signs is None:
        first = next((k for k, cell in enumerate(plain) if _is_signed(cell)), None)
        if first is not None:
            return pd.Series(np.full(len(cells), np.nan)), [(first, cause("decimal_unknown", cell=cells[first]))]
        signs = Signs(".", "")
    form = Format.model_validate({"decimal": signs.decimal, "thousands": signs.thousands})
    return typed_numbers(_NUMBER, plain, form, native=False)


def _dates(cells: list[str]) -> tuple[pd.Series, list[tuple[int, Reason]]]:
    """Days, in the one way that all of the column are written."""
    days = without_time(cells)
    plain = ["" if day in _NO_DATE else day for day in days]
    some = next((k for k, cell in enumerate(plain) if cell), None)
    if some is None:
        return pd.Series(np.full(len(cells), np.datetime64("NaT", "us"))), []
    pattern = date_pattern(plain)
    if pattern is not None:
        text = pd.Series(plain, dtype="object")
        return pd.to_datetime(text.where(text != ""), format=pattern).astype("datetime64[us]"), []
    blank = pd.Series(np.full(len(cells), np.datetime64("NaT", "us")))
    likely = likely_date_pattern(plain)
    if likely is None:
        return blank, [(some, cause("day_or_month", cell=plain[some]))]
    like = _SOME_DAY.strftime(likely)
    strange = [(k, cell) for k, cell in enumerate(plain) if cell and not is_day(cell, likely)]
    return blank, [(k, cause("date_unlike", cell=cell, like=like)) for k, cell in strange]


def above_zero(values: pd.Series) -> dict[str, float]:
    """The numbers above zero by what they are of."""
    return {str(name): float(value) for name, value in values.items() if value > 0.0}


def column_or(table: pd.DataFrame, field: str, default: float | str) -> pd.Series:
    """A field of a table; the default where the table does not have it, or a number is blank."""
    if field not in table:
        return pd.Series([default] * len(table), index=table.index)
    return table[field] if isinstance(default, str) else table[field].fillna(default)
