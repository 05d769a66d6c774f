"""Lists that planning systems export: found in a folder, and read as text with bars, CSV or workbooks in any signs."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pandas as pd

from engine.errors import EngineError, Fault
from engine.scenario.checks.alike import visible
from engine.scenario.checks.totals import is_total
from engine.scenario.files.assumed import Question, question
from engine.scenario.files.folder import is_left_behind
from engine.scenario.files.raw import read_workbook
from engine.scenario.files.signs import separator
from engine.scenario.importers.layout import Grid, Layout
from engine.scenario.importers.named_fields import named_fields, shortened_fields
from engine.scenario.importers.table import WORKBOOKS
from engine.scenario.importers.typed_cells import currency_of, signs_of, typed
from engine.scenario.settings import nearest
from engine.words.reason import cause, quoted

ENDINGS = (".csv", ".txt", ".tsv", ".dat", *WORKBOOKS)
# Above the headings stand titles, the day, the number of hits.
_FIRST_ROWS = 25
_RULE = re.compile(r"[-|+\s]*")
# A heading is asked about where it is this near to one that is known: people shorten them.
_ALIKE = 0.6
# How a workbook's bytes begin: packed, and of before 2007.
_BOOKS = (b"PK", b"\xd0\xcf\x11\xe0")


def read_tables(
    folder: Path, layout: Layout, *, needed: Sequence[str], decimal: str | None = None, only: Sequence[str] = (),
    asked: list[Question] | None = None, notes: list[str] | None = None, currencies: list[str] | None = None,
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
        Rows that were left out, and headings that were guessed, are added.
    currencies : list of str, optional
        Those are added that amounts can be in, where one stands beside them.

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
        for table, label, rows in _lists(layout, path, faults):
            if only and table not in only:
                continue
            read_grid = _grid(layout, table, label, rows)
            if isinstance(read_grid, Fault):
                faults.append(read_grid)
            else:
                grids.append(_without_totals(layout, read_grid, notes))
                if notes is not None and read_grid.guessed:
                    meant = ", ".join(f"'{theirs}' as {field}" for field, theirs in read_grid.guessed.items())
                    notes.append(f"{label}: shortened headings are read: {meant}.")
    if asked is not None:
        asked += [one for grid in grids for one in _absent(layout, grid)]
    seen = {grid.table for grid in grids}
    broken = {_list_named(layout, fault.file) for fault in faults}
    faults += [
        Fault(file=folder.name, cause=cause("export_missing", table=table))
        for table in needed
        if table not in seen | broken
    ]
    common, foreign = currency_of(layout, grids)
    faults += foreign
    if currencies is not None:
        currencies += common
    signs = signs_of(layout, grids, decimal)
    tables: dict[str, list[pd.DataFrame]] = {}
    for grid in grids:
        frame, found_faults = typed(layout, grid, signs[grid.file])
        faults += found_faults
        tables.setdefault(grid.table, []).append(frame)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}, faults


def _lists(layout: Layout, path: Path, faults: list[Fault]) -> Iterator[tuple[str, str, list[list[str]]]]:
    """The lists of a file, what faults call them, and their rows: one by the file's name, else those of its sheets."""
    if is_left_behind(path.name) or path.is_dir() or path.suffix.lower() not in ENDINGS:
        return
    name = layout.list_of(path)
    if name is None and path.suffix.lower() not in WORKBOOKS:
        return
    for label, rows in islice(_sheets(path, faults), None if name is None else 1):
        table = _list_named(layout, label)
        if table is not None:
            yield table, label, rows


def _list_named(layout: Layout, label: str) -> str | None:
    """The list that a file is, as faults call it: by its own name, else by that of its sheet."""
    file, _, sheet = label.partition("[")
    return layout.list_of(Path(file)) or layout.list_of(Path(f"{sheet.rstrip(']')}.xlsx"))


def _sheets(path: Path, faults: list[Fault]) -> Iterator[tuple[str, list[list[str]]]]:
    """The sheets of a file, of text one: its name in faults, and rows."""
    data = path.read_bytes()
    # What SAP saves for a spreadsheet is called .xls, and is text between tabs.
    if path.suffix.lower() in WORKBOOKS and data.startswith(_BOOKS):
        yield from ((sheet.label, sheet.cells) for sheet in read_workbook(path).values())
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
    fields = layout.fields[table]
    places = [(named_fields(fields, row), k) for k, row in enumerate(rows[:_FIRST_ROWS])]
    place, head = max(places, key=lambda found: (len(found[0]), -found[1]), default=({}, 0))
    short = shortened_fields(fields, rows[head], place) if layout.shortened and place else {}
    place = {**place, **short}
    missing = [field for field in layout.needed[table] if field not in place]
    if missing:
        words = ", ".join(f"{field} ({fields[field].headings[0]})" for field in missing)
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
                others=[cell for k, cell in enumerate(heading) if cell and k not in place.values()],
                guessed={field: heading[k] for field, k in short.items()})  # fmt: skip


def _without_totals(layout: Layout, grid: Grid, notes: list[str] | None) -> Grid:
    """The records that say whose they are, where all have to: sums and page headings do not."""
    first = layout.needed[grid.table][0]
    if not layout.whole_rows or layout.fields[grid.table][first].kind in ("number", "money"):
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


def above_zero(values: pd.Series) -> dict[str, float]:
    """The numbers above zero by what they are of."""
    return {str(name): float(value) for name, value in values.items() if value > 0.0}


def column_or(table: pd.DataFrame, field: str, default: float | str) -> pd.Series:
    """A field of a table; the default where the table does not have it, or a number is blank."""
    if field not in table:
        return pd.Series([default] * len(table), index=table.index)
    return table[field] if isinstance(default, str) else table[field].fillna(default)
