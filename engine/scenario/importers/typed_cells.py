"""The cells of lists to numbers, days and keys, by the signs that they are written with."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd

from engine.errors import Fault
from engine.scenario.columns import ANY_NUMBER
from engine.scenario.files.dates import without_time
from engine.scenario.files.money import amount
from engine.scenario.files.parse import typed_numbers
from engine.scenario.files.raw import NativeCell
from engine.scenario.files.signs import Signs, date_pattern, is_day, likely_date_pattern, number_signs
from engine.scenario.importers.layout import Grid, Layout
from engine.scenario.settings import Format
from engine.words.reason import Reason, cause

_NO_DATE = ("00000000", "00.00.0000", "0000-00-00", "00/00/0000")
# A number as a spreadsheet shows one that is too long for its column.
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE][+][0-9]+")
# What SAP's third way, and the Swiss, put between thousands.
_BETWEEN = re.compile(r"(?<=[0-9])[ '\u2019\u00a0\u202f](?=[0-9]{3})")
_SOME_DAY = dt.date(2025, 12, 31)


def signs_of(layout: Layout, grids: list[Grid], decimal: str | None) -> dict[str, Signs | None]:
    """How each file writes numbers as text: as its own cells tell, else as those of the others do."""
    if decimal is not None:
        return {grid.file: Signs(decimal, "," if decimal == "." else ".") for grid in grids}
    cells = {
        grid.file: [
            _together(cell)
            for field in grid.place
            for cell in (_plain(grid, field) if layout.fields[grid.table][field].kind in ("number", "money") else ())
            if _is_signed(cell)
        ]
        for grid in grids
    }
    by_file = {file: number_signs(values) for file, values in cells.items()}
    told = {file: signs for file, signs in by_file.items() if signs is not None and cells[file]}
    every = set(told.values())
    shared = every.pop() if len(every) == 1 else None
    return {grid.file: told.get(grid.file, shared) for grid in grids}


def _together(cell: str) -> str:
    """A number without blanks and apostrophes between its thousands.

    Examples
    --------
    >>> _together("1 234 567,50"), _together("1'234.50"), _together("12 5")
    ('1234567,50', '1234.50', '12 5')
    """
    return _BETWEEN.sub("", cell) if _BETWEEN.search(cell) else cell


def _is_signed(cell: str) -> bool:
    """Whether a cell holds a sign that may be a decimal one; what a workbook holds as a number does not."""
    return not isinstance(cell, NativeCell) and any(sign in cell for sign in ".,")


def _plain(grid: Grid, field: str) -> list[str]:
    """The cells of a number without the currency that stands beside it."""
    return [cell if isinstance(cell, NativeCell) else amount(cell)[0] for cell in grid.cells(field)]


def currency_of(layout: Layout, grids: list[Grid]) -> tuple[tuple[str, ...], list[Fault]]:
    """The currencies that amounts can be in by what stands beside them, none where nothing does; those of another one.

    Parameters
    ----------
    layout : Layout
    grids : list of Grid
    """
    common: tuple[str, ...] = ()
    faults: list[Fault] = []
    for grid in grids:
        for field in (name for name in grid.place if layout.fields[grid.table][name].kind == "money"):
            for k, cell in enumerate(grid.cells(field)):
                meant = () if isinstance(cell, NativeCell) else amount(cell)[1]
                both = tuple(one for one in common if one in meant) if common else meant
                if meant and not both:
                    why = cause("export_currencies", cell=cell, currency=common[0])
                    faults.append(Fault(file=grid.file, row=grid.numbers[k], column=field, cause=why))
                elif meant:
                    common = both
    return common, faults


def typed(layout: Layout, grid: Grid, signs: Signs | None) -> tuple[pd.DataFrame, list[Fault]]:
    """The fields of a file, with every cell that cannot be read.

    Parameters
    ----------
    layout : Layout
    grid : Grid
    signs : Signs or None
        As of `signs_of`.
    """
    faults: list[Fault] = []
    columns: dict[str, pd.Series] = {}
    for name in grid.place:
        kind, cells = layout.fields[grid.table][name].kind, grid.cells(name)
        if kind in ("number", "money"):
            columns[name], wrong = _numbers(_plain(grid, name) if kind == "money" else cells, signs)
        elif kind == "date":
            columns[name], wrong = _dates(cells)
        else:
            columns[name] = pd.Series([layout.key(cell) for cell in cells] if kind == "key" else cells, dtype="object")
            shortened = [k for k, cell in enumerate(cells) if _SHORTENED.fullmatch(cell)] if kind == "key" else []
            wrong = [(k, cause("key_shortened", cell=cells[k])) for k in shortened]
        faults += [Fault(file=grid.file, row=None if k < 0 else grid.numbers[k], column=name, cause=why)
                   for k, why in wrong]  # fmt: skip
    return pd.DataFrame(columns), faults


def _numbers(cells: list[str], signs: Signs | None) -> tuple[pd.Series, list[tuple[int, Reason]]]:
    """Numbers, the minus behind or before."""
    plain = [_together(f"-{cell[:-1].strip()}" if cell.endswith("-") else cell) for cell in cells]
    if signs is None:
        first = next((k for k, cell in enumerate(plain) if _is_signed(cell)), None)
        if first is not None:
            return pd.Series(np.full(len(cells), np.nan)), [(first, cause("decimal_unknown", cell=cells[first]))]
        signs = Signs(".", "")
    form = Format.model_validate({"decimal": signs.decimal, "thousands": signs.thousands})
    return typed_numbers(ANY_NUMBER, plain, form, native=False)


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
