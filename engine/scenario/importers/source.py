"""Read the tables of a data set: all missing files, columns and unreadable cells are told at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Kind = Literal["text", "number", "date"]
SHOWN_FAULTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """What is needed of one file.

    Parameters
    ----------
    file : str
        File name in the source folder; ``.gz`` is unpacked.
    columns : mapping of str to {"text", "number", "date"}
        Needed columns. Blank numbers become NaN, blank dates NaT, blank text stays "".
    required : frozenset of str
        Columns in which a blank is a fault.
    separator : str
        Between cells.
    headings : sequence of str
        Names of the columns where the file has no header row.
    rest : {"number"} or None
        Read all other columns too, as this kind.
    """

    file: str
    columns: Mapping[str, Kind]
    required: frozenset[str] = frozenset()
    separator: str = ","
    headings: Sequence[str] = field(default=())
    rest: Literal["number"] | None = None


def read_source(source: Path, tables: Mapping[str, SourceTable]) -> dict[str, pd.DataFrame]:
    """Read all tables of a data set.

    Parameters
    ----------
    source : Path
        Folder with the files.
    tables : mapping of str to SourceTable

    Returns
    -------
    dict of str to DataFrame
        Under the same names; text as ``object``, numbers as ``float64``, dates as ``datetime64``.

    Raises
    ------
    EngineError
        With every missing file, missing column and unreadable cell.
    """
    if not source.is_dir():
        raise EngineError(f"{source}: there is no such folder")
    faults: list[str] = []
    read = {name: _read_one(source, table, faults) for name, table in tables.items()}
    if faults:
        more = len(faults) - SHOWN_FAULTS
        shown = [*faults[:SHOWN_FAULTS], *([f"and {more} more"] if more > 0 else [])]
        raise EngineError("\n".join([f"{source} cannot be imported:", *(f"  {fault}" for fault in shown)]))
    return read


def _read_one(source: Path, table: SourceTable, faults: list[str]) -> pd.DataFrame:
    path = source / table.file
    if not path.is_file():
        faults.append(f"{table.file}: this file is missing")
        return pd.DataFrame()
    try:
        frame = pd.read_csv(
            path,
            sep=table.separator,
            header=None if table.headings else 0,
            names=list(table.headings) or None,
            dtype=object,
            keep_default_na=False,
            encoding="utf-8-sig",
        )
    except (OSError, EOFError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        faults.append(f"{table.file}: cannot be read as a table ({str(error).splitlines()[0]})")
        return pd.DataFrame()
    wanted = dict(table.columns)
    if table.rest is not None:
        wanted.update({name: table.rest for name in frame.columns if name not in wanted})
    missing = [name for name in wanted if name not in frame.columns]
    faults.extend(f"{table.file}: the column {name} is missing" for name in missing)
    first_row = 1 if table.headings else 2
    typed = {
        name: _typed(
            frame[name],
            kind,
            blank_is_fault=name in table.required,
            table=table,
            first_row=first_row,
            faults=faults,
        )
        for name, kind in wanted.items()
        if name not in missing
    }
    return pd.DataFrame(typed)


def _typed(
    cells: pd.Series,
    kind: Kind,
    *,
    blank_is_fault: bool,
    table: SourceTable,
    first_row: int,
    faults: list[str],
) -> pd.Series:
    # A short row leaves NaN, which is a blank too.
    text = cells.where(cells.notna(), "").str.strip()
    blank = (text == "").to_numpy(dtype=bool)
    if kind == "text":
        typed: pd.Series = text
        wrong = np.zeros(len(text), dtype=bool)
    elif kind == "number":
        typed = pd.to_numeric(text.mask(blank), errors="coerce").astype(np.float64)
        wrong = ~np.isfinite(typed.to_numpy()) & ~blank
    else:
        typed = pd.to_datetime(text.mask(blank), format="%Y-%m-%d", errors="coerce")
        wrong = typed.isna().to_numpy() & ~blank
    expected = {"text": "text", "number": "a number", "date": "a date like 2020-05-31"}[kind]
    for at in np.flatnonzero(wrong | (blank & blank_is_fault)):
        problem = f"'{text.iloc[at]}' is not {expected}" if wrong[at] else f"is blank; {expected} is needed"
        faults.append(f"{table.file}: row {at + first_row}, {cells.name}: {problem}")
    return typed
