"""Any export with a declared mapping: read, checked as a scenario is, and written as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from engine.errors import EngineError, Fault
from engine.scenario.columns import KEYS
from engine.scenario.files.parse import parse_table
from engine.scenario.files.raw import RawTable, SheetCells, column_name, parse_csv, read_workbook, workbook_table
from engine.scenario.files.write import write_scenario_folder
from engine.scenario.importers.table_map import TableMap, TableMaps, read_map
from engine.scenario.read import Source, assembled
from engine.scenario.settings import Format, nearest
from engine.words.reason import cause

WORKBOOKS = (".xlsx", ".xlsm", ".xls")


def import_table(source: Path, mapping: Path, out: Path) -> list[str]:
    """Turn exports into a scenario by a mapping file.

    Parameters
    ----------
    source : Path
        A file, or the folder that the mapping's files are in.
    mapping : Path
        As of `TableMaps`.
    out : Path
        Scenario folder to write.

    Returns
    -------
    list of str
        The notes, as in ``NOTES.md``, and what was met.

    Raises
    ------
    ScenarioError
        With every fault, by the export's file and row.
    """
    maps, rows = read_map(mapping)
    tables, faults = mapped_tables(source, maps, mapping.name, rows)
    settings: dict[str, object] = {"name": source.stem, **maps.settings}
    origin = Source(
        label=mapping.name, values={**settings, "format": maps.format.model_dump()},
        rows={name.removeprefix("settings."): row for name, row in rows.items()}, faults=faults,
        tables=tables, unreadable=set(maps.tables) - set(tables),
    )  # fmt: skip
    scenario = assembled(origin, file=lambda name: maps.tables[name].file if name in maps.tables else mapping.name)
    frames = {name: typed(table, maps.format, has_orders="orders" in tables) for name, table in tables.items()}
    notes = _notes(maps, tables, mapping)
    write_scenario_folder(out, settings=settings, tables=frames, notes=notes)
    return [*notes, *map(str, scenario.notices)]


def typed(table: RawTable, form: Format, *, has_orders: bool) -> pd.DataFrame:
    """The columns of a raw table as a scenario folder holds them."""
    parsed, _ = parse_table(table, form, {}, has_orders=has_orders)
    return parsed.frame[list(table.header)]


def mapped_tables(
    source: Path, maps: TableMaps, label: str, rows: Mapping[str, int]
) -> tuple[dict[str, RawTable], list[Fault]]:
    """The mapped tables as text under our names, with every fault in finding them."""
    faults: list[Fault] = []
    tables: dict[str, RawTable] = {}
    for name, one in maps.tables.items():
        path = source / one.file if source.is_dir() else source
        if source.is_dir() and (not one.file or not path.is_file()):
            none = cause("map_file_none", file=one.file, folder=source.name)
            place = f"tables.{name}" + (".file" if one.file else "")
            why = none if one.file else cause("map_file_unnamed")
            faults.append(Fault(file=label, row=rows.get(place), column=place, cause=why))
            continue
        raw, read_faults = read_export(path, name, maps.format, one.sheet, headings=tuple(one.columns.values()))
        faults += read_faults
        if raw is not None:
            tables[name], read_faults = _mapped(raw, one, maps.format, label, rows)
            faults += read_faults
    return tables, faults


def read_export(
    path: Path, name: str, form: Format, sheet: str = "", *, headings: Sequence[str] = ()
) -> tuple[RawTable | None, list[Fault]]:
    """A file of an export as text under its own headings.

    Parameters
    ----------
    path : Path
        CSV text or a workbook.
    name : str
        Of the scenario's table.
    form : Format
    sheet : str
        Of a workbook; '' for the first.
    headings : sequence of str
        That are looked for; titles may stand above them.
    """
    if path.suffix.lower() in WORKBOOKS:
        sheets = sheet_of(path, sheet)
        if isinstance(sheets, Fault):
            return None, [sheets]
        return workbook_table(name, sheets.label, sheets.cells, sheets.long_numbers, headings)
    try:
        text = path.read_bytes().decode(form.encoding)
    except OSError as error:
        raise EngineError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        wanted = form.encoding.removesuffix("-sig")
        return None, [Fault(file=path.name, cause=cause("map_encoding", encoding=wanted))]
    return parse_csv(text, name=name, file=path.name, form=form, headings=headings)


def sheet_of(path: Path, sheet: str) -> SheetCells | Fault:
    """A sheet of a workbook, by default its first."""
    sheets = read_workbook(path)
    if not sheets or (sheet and sheet not in sheets):
        return Fault(file=path.name, cause=cause("sheet_none", sheet=sheet, near=nearest(sheet, list(sheets))))
    return sheets[sheet] if sheet else next(iter(sheets.values()))


def _mapped(
    raw: RawTable, one: TableMap, form: Format, label: str, rows: Mapping[str, int]
) -> tuple[RawTable, list[Fault]]:
    """The mapped columns under our names, values and blanks filled in."""
    place = {heading: k for k, heading in reversed(list(enumerate(raw.header)))}
    spelled = {column_name(heading): k for heading, k in place.items()}
    columns: dict[str, list[str]] = {}
    faults = []
    for ours, theirs in one.columns.items():
        at = place.get(theirs, spelled.get(column_name(theirs)))
        if at is None:
            entry = f"tables.{raw.name}.columns.{ours}"
            near = nearest(theirs, [name for name in raw.header if name])
            why = cause("column_unknown_in", file=raw.file, column=theirs, near=near)
            faults.append(Fault(file=label, row=rows.get(entry), column=entry, cause=why))
            continue
        meant = one.meaning.get(ours, {})
        columns[ours] = [meant.get(row[at], row[at]) for row in raw.rows]
    for ours, value in one.fill.items():
        filled = _written(value, form, raw)
        columns[ours] = [cell or filled for cell in columns.get(ours, [""] * len(raw.rows))]
    kept = list(range(len(raw.rows)))
    keys = [columns[key] for key in KEYS[raw.name] if key in columns]
    if one.distinct and keys:
        first: dict[tuple[str, ...], int] = {}
        for k, key in enumerate(zip(*keys, strict=True)):
            first.setdefault(key, k)
        kept = sorted(first.values())
    table = replace(
        raw, header=tuple(columns), rows=[[cells[k] for cells in columns.values()] for k in kept],
        numbers=[raw.numbers[k] for k in kept],
    )  # fmt: skip
    return table, faults


def _written(value: str | float, form: Format, raw: RawTable) -> str:
    """A value of the mapping as the cells beside it are written."""
    if isinstance(value, str):
        return value
    return repr(value) if raw.native_numbers else repr(value).replace(".", form.decimal)


def _notes(maps: TableMaps, tables: Mapping[str, RawTable], mapping: Path) -> list[str]:
    notes = [f"Read with the mapping {mapping.name}."]
    for name, table in tables.items():
        filled = ", ".join(f"{column} {value}" for column, value in maps.tables[name].fill.items())
        told = f"; assumed where it says nothing: {filled}" if filled else ""
        notes.append(f"{name}: {len(table.rows):,} rows of {table.file}{told}.")
    return notes


