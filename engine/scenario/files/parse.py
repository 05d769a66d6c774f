"""Cells to typed columns: every cell that does not fit is a fault with its row and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.errors import UNPRINTED, Fault
from engine.notices import Notice
from engine.scenario.checks.alike import visible
from engine.scenario.checks.doubts import (
    KEY_COLUMNS,
    date_notices,
    is_share,
    number_notices,
    often_matters,
    text_notices,
)
from engine.scenario.checks.totals import total_rows
from engine.scenario.columns import ANY_NUMBER, COLUMNS, FITTED, Column, expected, out_of_range
from engine.scenario.files.dates import typed_dates
from engine.scenario.files.money import amounts
from engine.scenario.files.raw import NativeCell, RawTable, column_name
from engine.scenario.scenario import with_plain_labels
from engine.scenario.settings import Format, nearest
from engine.words.reason import Reason, cause, followed

# A number without signs between its digits.
_PLAIN = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedTable:
    """A typed table with what is needed to report on it.

    Parameters
    ----------
    frame : pandas.DataFrame
        All columns of the table, defaults filled in.
    file : str
    rows : numpy.ndarray of int
        Row in the file of each record.
    bad : set of (int, str)
        Record and column of cells already reported, so that they are not reported twice.
    notices : tuple of Notice
        Cells that may mean something else than was read.
    """

    frame: pd.DataFrame
    file: str
    rows: np.ndarray
    bad: set[tuple[int, str]]
    notices: tuple[Notice, ...] = ()


def parse_table(
    raw: RawTable,
    form: Format,
    aliases: Mapping[str, str],
    *,
    has_orders: bool,
    has_segments: bool = False,
    totals: bool = True,
    currency: str = "",
) -> tuple[ParsedTable, list[Fault]]:
    """Type one table.

    Parameters
    ----------
    raw : RawTable
    form : Format
        Declared way of writing numbers and dates.
    aliases : mapping of str to str
        Our column name to the client's header.
    has_orders, has_segments : bool
        Order lines, or segments, are given, so that columns which they fill may be blank.
    totals : bool
        Rows of sums are looked for, and left out.
    currency : str
        In which amounts have to be that name theirs beside the number; '' where nobody knows.

    Returns
    -------
    table : ParsedTable
    faults : list of Fault
    """
    header, faults = _header(raw, aliases)
    columns: dict[str, pd.Series | np.ndarray] = {}
    bad: set[tuple[int, str]] = set()
    notices: list[Notice] = []
    if totals and not raw.native_numbers:
        raw = _without_totals(raw, form, notices)
    if raw.above:
        notices.append(Notice(kind="rows_above", file=raw.file, row=raw.header_row, values={"rows": raw.above}))
    for definition in COLUMNS[raw.name]:
        name = definition.name
        filled = raw.name == "products" and (
            (has_orders and name in FITTED) or (has_segments and name == "lead_time_target_days")
        )
        if name not in header:
            if definition.required and not filled:
                lines = cause("orders_fill") if raw.name == "products" and name in FITTED else None
                why = followed(cause("column_missing"), lines)
                faults.append(Fault(file=raw.file, row=raw.header_row, column=name, cause=why))
                bad.update((record, name) for record in range(len(raw.rows)))
            columns[name] = _default_column(definition, len(raw.rows), keep_blank=filled)
            continue
        coded = raw.coded(header[name])
        if coded is not None and not often_matters(definition, coded.texts, form):
            # Where nothing is said of any text, nothing is said of a row.
            values, wrong, told = _cells_typed(definition, raw, coded.texts, form, currency=currency, filled=filled)
            if not wrong and not told:
                columns[name] = coded.spread(values)
                continue
        cells = raw.cells(header[name])
        values, wrong, told = _cells_typed(definition, raw, cells, form, currency=currency, filled=filled)
        notices += told
        bad.update((record, name) for record, _ in wrong)
        faults.extend(
            Fault(file=raw.file, row=raw.numbers[record], column=name, cause=why) for record, why in wrong
        )
        columns[name] = values
    frame = _frame(columns, len(raw.rows))
    table = ParsedTable(frame=frame, file=raw.file, rows=np.asarray(raw.numbers, dtype=np.int64), bad=bad,
                        notices=tuple(notices))  # fmt: skip
    return table, faults


def _cells_typed(
    definition: Column, raw: RawTable, cells: list[str], form: Format, *, currency: str, filled: bool
) -> tuple[pd.Series, list[tuple[int, Reason]], list[Notice]]:
    """As `_read` has it, with defaults in place of blanks, and faults of blanks that none fills."""
    values, wrong, told = _read(definition, raw, cells, form, currency=currency)
    # A blank CV is judged with its distribution: Poisson demand implies it.
    if definition.required and not filled and definition.name != "demand_cv":
        blank = cause("blank_needed", expected=expected(definition))
        wrong.extend((record, blank) for record, cell in enumerate(cells) if cell == "")
    elif definition.default is not None and not filled and "" in cells:
        values = values.mask(np.array([cell == "" for cell in cells]), definition.default)
    return values, wrong, told


def _frame(columns: Mapping[str, pd.Series | np.ndarray], length: int) -> pd.DataFrame:
    """Columns as one table, with the same index for all of them, so that none is laid out anew."""
    index = pd.RangeIndex(length)
    for column in columns.values():
        if isinstance(column, pd.Series):
            column.index = index
    return with_plain_labels(pd.DataFrame(columns, index=index))


def _without_totals(raw: RawTable, form: Format, notices: list[Notice]) -> RawTable:
    """The table without its rows of sums; those left out and those kept are told by name."""
    def numbers(cells: Sequence[str]) -> np.ndarray:
        values, _ = typed_numbers(ANY_NUMBER, list(cells), form, native=False)
        return values.to_numpy(dtype=np.float64)

    sums, called = total_rows(raw.rows, numbers)
    for kind, places in (("total_row", sums), ("total_called", called)):
        notices += [
            Notice(kind=kind, file=raw.file, row=raw.numbers[k], values={"name": next(filter(None, raw.rows[k]))})
            for k in places
        ]
    if not sums:
        return raw
    left_out = set(sums)
    return raw.taken([k for k in range(len(raw.rows)) if k not in left_out])


def _header(raw: RawTable, aliases: Mapping[str, str]) -> tuple[dict[str, int], list[Fault]]:
    """Column name to position, and faults for names that are unknown, doubled or ambiguous."""
    names = [definition.name for definition in COLUMNS[raw.name]]
    names_of = {theirs: ours for ours, theirs in aliases.items()}
    spelled = {column_name(theirs): ours for ours, theirs in aliases.items()}
    header: dict[str, int] = {}
    faults: list[Fault] = []
    for position, text in enumerate(raw.header):
        plain = column_name(text)
        name = names_of.get(text) or (text if text in names else spelled.get(plain, plain if plain in names else text))
        shown = text
        problem: Reason | None = None
        if not text:
            if not any(row[position] for row in raw.rows):
                continue
            shown, problem = f"column {position + 1}", cause("column_unnamed")
        elif name not in names:
            problem = cause("column_none", near=nearest(text, names))
        elif name in header:
            first = raw.header[header[name]]
            same = first == text
            problem = cause("column_twice") if same else cause("column_same", first=first, second=text)
        else:
            header[name] = position
        if problem:
            faults.append(Fault(file=raw.file, row=raw.header_row, column=shown, cause=problem))
    return header, faults


def _default_column(definition: Column, length: int, *, keep_blank: bool) -> pd.Series | np.ndarray:
    """A column that is not there. Numbers and days need no series to become one of a table."""
    value = None if keep_blank else definition.default
    if definition.kind == "number":
        return np.full(length, np.nan if value is None else float(value))
    if definition.kind == "date":
        return np.full(length, np.datetime64("NaT", "us"))
    return pd.Series(["" if value is None else str(value)] * length, dtype="object")


def _read(
    definition: Column, raw: RawTable, cells: list[str], form: Format, *, currency: str
) -> tuple[pd.Series, list[tuple[int, Reason]], list[Notice]]:
    """One column typed, its faults by the place of their cells, and what is said of it."""
    if definition.kind == "date":
        days = typed_dates(cells, form, native=raw.native_numbers)
        return days.column, days.wrong, date_notices(definition, raw, days.said)
    values, wrong = _convert(definition, cells, form, native=raw.native_numbers, currency=currency)
    if definition.kind == "text":
        return values, wrong, text_notices(definition, raw, cells)
    numbers = definition.kind == "number"
    return values, wrong, number_notices(definition, raw, cells, values.to_numpy(), form) if numbers else []


def _convert(
    definition: Column, cells: list[str], form: Format, *, native: bool, currency: str
) -> tuple[pd.Series, list[tuple[int, Reason]]]:
    if definition.kind == "number":
        numbers, foreign = amounts(cells, currency) if definition.unit.startswith("money") else (cells, [])
        values, wrong = typed_numbers(definition, numbers, form, native=native)
        return values, wrong + foreign
    if definition.kind == "choices":
        return _choices(definition, cells)
    if definition.kind == "choice":
        choices = {choice.lower(): choice for choice in definition.choices}
        wrong = [
            (k, cause("cell_none_of", cell=cell, choices=", ".join(definition.choices)))
            for k, cell in enumerate(cells)
            if cell and cell.lower() not in choices
        ]
        return pd.Series([choices.get(cell.lower(), "") for cell in cells], dtype="object"), wrong
    if definition.name not in KEY_COLUMNS:
        return pd.Series([str(cell) for cell in cells], dtype="object"), []
    cells = [visible(str(cell)) for cell in cells]
    # Keys stand in every result and on terminals, which some of these steer.
    unprinted = [
        (k, cause("cell_unprinted", cell=cell))
        for k, cell in enumerate(cells)
        if UNPRINTED.search(cell)
    ]
    return pd.Series(cells, dtype="object"), unprinted


def typed_numbers(
    definition: Column, cells: list[str], form: Format, *, native: bool
) -> tuple[pd.Series, list[tuple[int, Reason]]]:
    """Numbers of a column, NaN where blank or faulty, and the faults by the cell's place.

    Parameters
    ----------
    definition : Column
        Says which numbers are admitted.
    cells : list of str
    form : Format
    native : bool
        Of a frame or Parquet: a point is the decimal sign whatever the format says, as in each `NativeCell`.
    """
    text, percent = cells, np.zeros(len(cells), dtype=bool)
    if is_share(definition):
        percent = np.array([cell.endswith(("%", "％")) for cell in cells], dtype=bool)
        text = [cell[:-1].strip() if share else cell for cell, share in zip(cells, percent.tolist(), strict=True)]
    if not native:
        text = _as_declared(text, form)
    text = [_signed(cell) for cell in text]
    plain = [_PLAIN.fullmatch(cell) is not None for cell in text]
    values = np.array([float(cell) if is_plain else np.nan for cell, is_plain in zip(text, plain, strict=True)])
    # Divided, so that 12.5% is the same number as 0.125.
    values = np.where(percent, values / 100.0, values)
    strange = np.isinf(values)
    strange |= np.array([cell != "" and not is_plain for cell, is_plain in zip(text, plain, strict=True)], dtype=bool)
    outside = out_of_range(definition, values) & ~strange
    wanted = expected(definition)
    wrong = [
        (k, followed(cause("cell_no_number", cell=cells[k], expected=wanted), _hint(cells[k], form, native=native)))
        for k in np.flatnonzero(strange).tolist()
    ]
    wrong += [
        (k, _out_of_range(definition, cells[k], float(values[k])))
        for k in np.flatnonzero(outside).tolist()
    ]
    values[strange | outside] = np.nan
    return pd.Series(values, dtype="float64"), wrong


def _signed(cell: str) -> str:
    """A number with its sign in front: planning systems write it behind, word processors as a sign of its own."""
    text = cell if cell.isascii() else cell.replace("\u2212", "-")
    return f"-{text[:-1]}" if text.endswith("-") and text[:1].isdigit() else text


def _as_declared(text: list[str], form: Format) -> list[str]:
    """Numbers with a point and without groups, of what is written in the declared way."""
    if not form.thousands and form.decimal == ".":
        return text
    plain = _ungrouped(text, form) if form.thousands else text
    if form.decimal == ",":
        # A point is then no decimal sign: '1.5' must not slip through as one and a half.
        plain = [cell.replace(".", "?").replace(",", ".") for cell in plain]
    return [cell if isinstance(cell, NativeCell) else other for cell, other in zip(text, plain, strict=True)]


def _ungrouped(text: list[str], form: Format) -> list[str]:
    """Cells without the sign between groups of three digits."""
    # Spreadsheets write the space that does not break, and the typographic apostrophe.
    for shown, typed in (("\u00a0", " "), ("\u202f", " "), ("\u2019", "'")):
        if typed == form.thousands:
            text = [cell.replace(shown, typed) for cell in text]
    sign, point = re.escape(form.thousands), re.escape(form.decimal)
    # No group begins with a zero: '0.500' is a half under another format, and never five hundred.
    grouped = re.compile(rf"[-+]?[1-9][0-9]{{0,2}}({sign}[0-9]{{3}})+({point}[0-9]*)?")
    return [cell.replace(form.thousands, "") if grouped.fullmatch(cell) else cell for cell in text]


def _out_of_range(definition: Column, cell: str, value: float) -> Reason:
    """What would be right in place of a number, also where a percentage was probably meant."""
    percent = is_share(definition) and 1.0 < value <= 100.0 and not cell.rstrip().endswith("%")
    return followed(
        cause("cell_out_of_range", cell=cell, expected=expected(definition, value)),
        cause("percent_meant", share=value / 100.0, percent=value) if percent else None,
    )


def _hint(cell: str, form: Format, *, native: bool) -> Reason | None:
    if native or isinstance(cell, NativeCell):
        return None
    if form.decimal == "." and "," in cell:
        return cause("comma_declared")
    return cause("point_declared") if form.decimal == "," and "." in cell else None


def _choices(definition: Column, cells: list[str]) -> tuple[pd.Series, list[tuple[int, Reason]]]:
    by_name = {choice.lower(): choice for choice in definition.choices}
    values: list[str] = []
    wrong: list[tuple[int, Reason]] = []
    for k, cell in enumerate(cells):
        parts = [part.strip() for part in cell.split("|") if part.strip()]
        strange = [part for part in parts if part.lower() not in by_name]
        if strange:
            choices, like = ", ".join(definition.choices), "|".join(definition.choices)
            wrong.append((k, cause("cell_list", cell=strange[0], choices=choices, like=like)))
        chosen = {by_name[part.lower()] for part in parts if part.lower() in by_name}
        values.append("|".join(choice for choice in definition.choices if choice in chosen))
    return pd.Series(values, dtype="object"), wrong
