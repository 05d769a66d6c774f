"""Rows of a catalogue as typed frames, and what is wrong with single cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.catalog.intake.source import ROW
from engine.errors import UNPRINTED, Fault
from engine.notices import Notice
from engine.scenario.checks.doubts import KEY_COLUMNS, rate_notices
from engine.scenario.checks.totals import is_total
from engine.scenario.columns import COLUMNS, FITTED, Column, expected, out_of_range
from engine.scenario.files.dates import typed_dates
from engine.scenario.files.parse import parse_table
from engine.scenario.files.raw import RawTable
from engine.scenario.scenario import empty_table
from engine.scenario.segments import OF_SEGMENTS
from engine.scenario.settings import Format
from engine.words.reason import Reason, cause


def typed_frame(
    name: str,
    table: pa.Table | None,
    form: Format,
    *,
    text: bool,
    notices: list[Notice] | None = None,
    fitted: bool = False,
    segments: bool = False,
    currency: str = "",
) -> tuple[pd.DataFrame, list[Fault]]:
    """Type the rows of one table as `read_scenario` would.

    Parameters
    ----------
    name : str
        Table of the file interface.
    table : pyarrow.Table or None
        Columns of the interface and `_row`.
    form : Format
        How text is to be read.
    text : bool
        All cells are text (CSV).
    notices : list of Notice, optional
        Takes what is told of cells.
    fitted : bool
        Demand columns of products may be blank, and stay so.
    segments : bool
        There are segments, which give the lead-time targets of their products.
    currency : str
        As of `parse_table`.

    Returns
    -------
    frame : DataFrame
        All columns, and `_row`.
    faults : list of Fault
        Cells that do not fit; their place in the frame is blank.
    """
    if table is None or not len(table):
        frame = empty_table(name)
        frame[ROW] = np.zeros(0, dtype=np.int64)
        return frame, []
    rows = table.column(ROW).to_numpy()
    if text:
        header = tuple(column for column in table.column_names if not column.startswith("_"))
        cells = [table.column(column).to_pylist() for column in header]
        raw = RawTable(
            name=name, file=f"{name}.csv", header=header, rows=[list(row) for row in zip(*cells, strict=True)],
            numbers=rows.tolist(),
        )  # fmt: skip
        parsed, faults = parse_table(
            raw, form, {}, has_orders=fitted, has_segments=segments, totals=False, currency=currency
        )
        frame = parsed.frame
        if notices is not None:
            notices += parsed.notices
        frame[ROW] = rows
        return frame, faults + _sums(name, frame, raw.file)
    columns: dict[str, pd.Series] = {}
    faults = []
    for definition in COLUMNS[name]:
        of_lines, of_segments = fitted and definition.name in FITTED, segments and definition.name == OF_SEGMENTS[0]
        may = name == "products" and (of_lines or of_segments)
        blank = replace(definition, required=False, default=None) if may else definition
        values, column_faults = _column(blank, table, rows, form)
        if notices is not None and definition.kind == "number":
            numbers = values.to_numpy(dtype=np.float64)
            notices += rate_notices(definition, numbers, file=f"{name}.parquet", rows=rows.tolist())
        columns[definition.name] = values
        faults += column_faults
    columns[ROW] = pd.Series(rows)
    frame = pd.DataFrame(columns)
    return frame, faults + _sums(name, frame, f"{name}.parquet")


def _sums(name: str, frame: pd.DataFrame, file: str) -> list[Fault]:
    """Products whose row says no more than that it is one of sums; of a part of the rows no sum can be told."""
    if name != "products":
        return []
    said = [column.name for column in COLUMNS[name] if column.kind == "text"]
    called = [k for k, key in enumerate(frame["product"].tolist()) if is_total([key])]
    return [
        Fault(file=file, row=int(frame[ROW].iloc[k]), column="product", cause=cause("row_of_sums"))
        for k in called if is_total(frame.iloc[k][said].tolist())
    ]  # fmt: skip


def _column(
    definition: Column, table: pa.Table, rows: np.ndarray, form: Format
) -> tuple[pd.Series, list[Fault]]:
    file = f"{definition.table}.parquet"

    def fault(record: int, why: Reason) -> Fault:
        return Fault(file=file, row=int(rows[record]), column=definition.name, cause=why)

    if definition.kind == "number":
        values = np.full(len(table), np.nan)
        if definition.name in table.column_names:
            cells = table.column(definition.name).cast(pa.float64()).to_numpy()
            values = np.array(cells, dtype=np.float64)
        blank = np.isnan(values)
        outside = out_of_range(definition, values) & ~blank
        faults = [
            fault(k, cause("cell_out_of_range", cell=f"{values[k]:g}", expected=expected(definition)))
            for k in np.flatnonzero(outside).tolist()
        ]
        if definition.required and definition.name != "demand_cv":
            needed = cause("blank_needed", expected=expected(definition))
            faults += [fault(k, needed) for k in np.flatnonzero(blank).tolist()]
        elif definition.default is not None:
            values[blank] = float(definition.default)
        values[outside] = np.nan
        return pd.Series(values), faults
    text, faults = _text_column(definition, table, fault)
    if definition.kind != "date":
        return text, faults
    days = typed_dates(text.tolist(), form, native=True)
    return days.column, [*faults, *(fault(k, why) for k, why in days.wrong)]


def _text_column(
    definition: Column, table: pa.Table, fault: Callable[[int, Reason], Fault]
) -> tuple[pd.Series, list[Fault]]:
    default = "" if definition.default is None else str(definition.default)
    if definition.name not in table.column_names:
        return pd.Series(np.full(len(table), default, dtype=object), dtype="object"), []
    column = table.column(definition.name)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    text = np.asarray(column.cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False), dtype=object)
    faults: list[Fault] = []
    if definition.required:
        needed = cause("blank_needed", expected=expected(definition))
        faults += [fault(k, needed) for k in np.flatnonzero(text == "").tolist()]
    else:
        text = np.where(text == "", default, text)
    if definition.name in KEY_COLUMNS:
        steering = [k for k, cell in enumerate(text.tolist()) if UNPRINTED.search(cell)]
        faults += [fault(k, cause("cell_unprinted", cell=str(text[k]))) for k in steering]
    if definition.choices:
        choice_of = {value: _choice(definition, value) for value in dict.fromkeys(text.tolist())}
        for value in [value for value, choice in choice_of.items() if choice is None]:
            wrong = cause("cell_not_possible", cell=value, expected=expected(definition))
            faults += [fault(k, wrong) for k in np.flatnonzero(text == value).tolist()]
        text = np.array([choice_of[value] or "" for value in text.tolist()], dtype=object)
    return pd.Series(text, dtype="object"), faults


def _choice(definition: Column, text: str) -> str | None:
    """The choice in our spelling; None where there is none."""
    spelled = {choice.lower(): choice for choice in definition.choices}
    if definition.kind == "choice" or text == "":
        return spelled.get(text.lower(), "" if text == "" else None)
    parts = [part.strip().lower() for part in text.split("|") if part.strip()]
    if not parts or any(part not in spelled for part in parts):
        return None
    return "|".join(choice for choice in definition.choices if choice.lower() in parts)
