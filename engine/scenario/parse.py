"""Cells to typed columns: every cell that does not fit is a fault with its row and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.errors import Fault
from engine.scenario.columns import COLUMNS, FITTED, Column
from engine.scenario.raw import RawTable
from engine.scenario.scenario import empty_table
from engine.scenario.settings import Format, nearest


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
    """

    frame: pd.DataFrame
    file: str
    rows: np.ndarray
    bad: set[tuple[int, str]]


def parse_table(
    raw: RawTable, form: Format, aliases: Mapping[str, str], *, has_orders: bool
) -> tuple[ParsedTable, list[Fault]]:
    """Type one table.

    Parameters
    ----------
    raw : RawTable
    form : Format
        Declared way of writing numbers and dates.
    aliases : mapping of str to str
        Our column name to the client's header.
    has_orders : bool
        Order lines are given, so that demand columns may be blank.

    Returns
    -------
    table : ParsedTable
    faults : list of Fault
    """
    header, faults = _header(raw, aliases)
    frame = empty_table(raw.name).reindex(range(len(raw.rows)))
    bad: set[tuple[int, str]] = set()
    for definition in COLUMNS[raw.name]:
        fittable = has_orders and raw.name == "products" and definition.name in FITTED
        if definition.name not in header:
            if definition.required and not fittable:
                faults.append(Fault(file=raw.file, column=definition.name, message="this required column is missing"))
                bad.update((record, definition.name) for record in range(len(raw.rows)))
            frame[definition.name] = _default_column(definition, len(raw.rows), keep_blank=fittable)
            continue
        at = header[definition.name]
        cells = [row[at] for row in raw.rows]
        values, wrong = _convert(definition, cells, form, native=raw.native_numbers)
        for record, message in wrong:
            bad.add((record, definition.name))
            place = {"file": raw.file, "row": raw.numbers[record], "column": definition.name}
            faults.append(Fault(message=message, **place))  # type: ignore[arg-type]
        if definition.required and not fittable:
            for record, cell in enumerate(cells):
                if cell == "" and not (definition.name == "demand_cv"):
                    bad.add((record, definition.name))
                    message = f"is blank; {_expected(definition)} is required"
                    place = {"file": raw.file, "row": raw.numbers[record], "column": definition.name}
                    faults.append(Fault(message=message, **place))  # type: ignore[arg-type]
        elif definition.default is not None and not fittable:
            values = values.where(pd.Series([cell != "" for cell in cells]), definition.default)
        frame[definition.name] = values
    table = ParsedTable(frame=frame, file=raw.file, rows=np.asarray(raw.numbers, dtype=np.int64), bad=bad)
    return table, faults


def _header(raw: RawTable, aliases: Mapping[str, str]) -> tuple[dict[str, int], list[Fault]]:
    """Column name to position, and faults for names that are unknown, doubled or ambiguous."""
    known = [definition.name for definition in COLUMNS[raw.name]]
    own = {theirs: ours for ours, theirs in aliases.items()}
    faults: list[Fault] = []
    header: dict[str, int] = {}
    for position, text in enumerate(raw.header):
        name = own.get(text, text)
        if name not in known:
            shown = text or f"(column {position + 1} has no name)"
            faults.append(
                Fault(file=raw.file, row=1, column=shown, message=f"there is no such column; {nearest(text, known)}")
            )
        elif name in header:
            faults.append(Fault(file=raw.file, row=1, column=name, message="this column stands twice; keep one"))
        else:
            header[name] = position
    return header, faults


def _default_column(definition: Column, length: int, *, keep_blank: bool) -> pd.Series:
    value = None if keep_blank else definition.default
    if definition.kind in ("number", "integer"):
        return pd.Series(np.full(length, np.nan if value is None else float(value)))
    if definition.kind == "date":
        return pd.Series(np.full(length, np.datetime64("NaT", "us")))
    return pd.Series(["" if value is None else str(value)] * length, dtype="object")


def _expected(definition: Column) -> str:
    if definition.choices:
        joined = "|".join(definition.choices)
        return f"one of {joined}" if definition.kind == "choice" else f"a list like {joined}"
    if definition.kind == "date":
        return "a date"
    if definition.kind == "text":
        return "a text"
    lower = "above 0" if definition.positive else f"{definition.minimum:g} or more"
    if definition.minimum == float("-inf"):
        return "a number"
    upper = "" if definition.maximum == float("inf") else f" and at most {definition.maximum:g}"
    unit = f" ({definition.unit})" if definition.unit else ""
    return f"a number {lower}{upper}{unit}"


def _convert(
    definition: Column, cells: list[str], form: Format, *, native: bool
) -> tuple[pd.Series, list[tuple[int, str]]]:
    if definition.kind == "number":
        return _numbers(definition, cells, form, native=native)
    if definition.kind == "date":
        return _dates(cells, form, native=native)
    if definition.kind == "choices":
        return _choices(definition, cells)
    if definition.kind == "choice":
        known = {choice.lower(): choice for choice in definition.choices}
        wrong = [
            (k, f"'{cell}' is none of {', '.join(definition.choices)}")
            for k, cell in enumerate(cells)
            if cell and cell.lower() not in known
        ]
        return pd.Series([known.get(cell.lower(), "") for cell in cells], dtype="object"), wrong
    return pd.Series(cells, dtype="object"), []


def _numbers(
    definition: Column, cells: list[str], form: Format, *, native: bool
) -> tuple[pd.Series, list[tuple[int, str]]]:
    text = pd.Series(cells, dtype="object").astype(str)
    if not native and form.thousands:
        grouped = text.str.fullmatch(rf"[-+]?\d{{1,3}}(\{form.thousands}\d{{3}})+(\{form.decimal}\d*)?")
        text = text.where(~grouped, text.str.replace(form.thousands, "", regex=False))
    if not native and form.decimal == ",":
        # A point is then no decimal sign: '1.5' must not slip through as one and a half.
        text = text.str.replace(".", "?", regex=False).str.replace(",", ".", regex=False)
    plain = text.str.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
    values = pd.to_numeric(text.where(plain), errors="coerce").astype("float64")
    wrong: list[tuple[int, str]] = []
    hint = "" if native or form.decimal == "," else "; numbers use a decimal point unless format.decimal declares a comma"
    low = values <= 0.0 if definition.positive else values < definition.minimum
    unusable = (~plain & (text != "")) | np.isinf(values)
    for k in np.flatnonzero(unusable.to_numpy()):
        comma = hint if "," in cells[k] else ""
        wrong.append((int(k), f"'{cells[k]}' is not a number; expected {_expected(definition)}{comma}"))
    for k in np.flatnonzero((low | (values > definition.maximum)).to_numpy() & ~unusable.to_numpy()):
        wrong.append((int(k), f"{cells[k]} is out of range; expected {_expected(definition)}"))
    values[[k for k, _ in wrong]] = np.nan
    return values, wrong


def _dates(cells: list[str], form: Format, *, native: bool) -> tuple[pd.Series, list[tuple[int, str]]]:
    pattern = "%Y-%m-%d" if native else form.date
    text = pd.Series(cells, dtype="object")
    values = pd.to_datetime(text.where(text != ""), format=pattern, errors="coerce").astype("datetime64[us]")
    wrong = [
        (int(k), f"'{cells[k]}' is not a date written as {pattern}; declare format.date in scenario.yaml")
        for k in np.flatnonzero(values.isna().to_numpy() & (text != "").to_numpy())
    ]
    return values, wrong


def _choices(definition: Column, cells: list[str]) -> tuple[pd.Series, list[tuple[int, str]]]:
    known = {choice.lower(): choice for choice in definition.choices}
    values: list[str] = []
    wrong: list[tuple[int, str]] = []
    for k, cell in enumerate(cells):
        parts = [part.strip() for part in cell.split("|") if part.strip()]
        strange = [part for part in parts if part.lower() not in known]
        if strange:
            allowed = "|".join(definition.choices)
            wrong.append((k, f"'{strange[0]}' is none of {', '.join(definition.choices)}; write a list like {allowed}"))
        chosen = {known[part.lower()] for part in parts if part.lower() in known}
        values.append("|".join(choice for choice in definition.choices if choice in chosen))
    return pd.Series(values, dtype="object"), wrong
