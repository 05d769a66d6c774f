"""What a catalogue is made of: a folder with `scenario.yaml` and its tables, each as Parquet or CSV."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.catalog.intake.csv_files import declared_lines, open_csv
from engine.catalog.intake.listing import (
    DECIDED_WITH,
    HISTORY,
    KINDS,
    ORDERS,
    SIZE_COLUMNS,
    SIZES,
    strange_files,
    table_files,
)
from engine.errors import EngineError, Fault, ScenarioError
from engine.notices import Notice
from engine.scenario.checks.keys import setting_notices
from engine.scenario.columns import COLUMNS
from engine.scenario.files.parse import parse_table
from engine.scenario.files.raw import RawTable, column_name, other_separator
from engine.scenario.files.settings_file import load_settings
from engine.scenario.plants import PLANT, at_plant
from engine.scenario.rules import COUPLING, stated_rules
from engine.scenario.settings import Settings, validate_settings
from engine.words.reason import cause, quoted

ROW = "_row"
_BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFiles:
    """One table on disk.

    Parameters
    ----------
    name : str
    files : tuple of Path
        In the order of their rows.
    text : bool
        CSV, so that every cell is text; else Parquet.
    columns : tuple of str
        Column names as in the file interface, client's names replaced.
    """

    name: str
    files: tuple[Path, ...]
    text: bool
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A catalogue that can be read: its header and columns are in order.

    Parameters
    ----------
    folder : Path
    settings : Settings
    tables : dict of str to TableFiles
    notices : tuple of Notice
        What is told of settings and files.
    """

    folder: Path
    settings: Settings
    tables: dict[str, TableFiles]
    notices: tuple[Notice, ...] = ()

    def digests(self) -> dict[str, str]:
        """SHA-256 of every file, by its path below the folder."""
        files = [self.folder / "scenario.yaml", *(file for table in self.tables.values() for file in table.files)]
        return {file.relative_to(self.folder).as_posix(): file_sha256(file) for file in files}


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EngineError(cause("path_unreadable", path=str(path), error=quoted(str(error.strerror)))) from error


def open_catalogue(folder: str | Path, *, fitted: bool = False) -> Catalogue:
    """Find the tables of a catalogue and check their columns; no row is read.

    Parameters
    ----------
    folder : str or Path
        Holds ``scenario.yaml`` and each table as ``products.parquet``, ``products/*.parquet`` or ``products.csv``.
    fitted : bool
        Demand columns may be missing: order lines fill them. Those lines may lie there, too, and `HISTORY` is read.

    Raises
    ------
    ScenarioError
        With every fault of settings and headers.
    EngineError
        Where there is nothing to read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise EngineError(cause("catalogue_none", folder=str(folder)))
    settings, faults = _settings(folder)
    tables: dict[str, TableFiles] = {}
    listed = {name: table_files(folder, name) for name in ((*DECIDED_WITH, *HISTORY) if fitted else DECIDED_WITH)}
    segments = bool(listed["segments"][0])
    for name, (files, text, wrong) in listed.items():
        faults += wrong
        if files and name == SIZES:
            columns, file_faults = _size_columns(files, settings, text=text)
            faults += file_faults
            tables[name] = TableFiles(name=name, files=files, text=text, columns=columns)
        elif files:
            columns, file_faults = _columns(name, files, settings, text=text, fitted=fitted, segments=segments)
            faults += file_faults
            faults += [
                Fault(file=files[0].name, column=PLANT, cause=cause("plant_in_keys", key=at_plant("P-1", "1000")))
                for column in columns
                if column == PLANT
            ]
            tables[name] = TableFiles(name=name, files=files, text=text, columns=columns)
    notices = list(setting_notices(settings, "scenario.yaml", {}))
    faults += strange_files(folder, set(tables), notices, fitted=fitted)
    if "products" not in tables and all(fault.file != "products" for fault in faults):
        faults.append(Fault(file="products", cause=cause("products_missing")))
    faults += [
        Fault(file=name, cause=cause("needs_table", table=other))
        for name, other in (("bom", "components"), ("routing", "resources"))
        if name in tables and other not in tables
    ]
    if faults:
        raise ScenarioError(faults)
    return Catalogue(folder=folder, settings=settings, tables=tables, notices=tuple(notices))


def with_orders(catalogue: Catalogue, path: Path) -> Catalogue:
    """A catalogue with order lines, which a review reads: a CSV file, a Parquet file or a folder of such.

    Raises
    ------
    ScenarioError
        With every fault of the header.
    EngineError
        Where there is nothing to read.
    """
    files = tuple(sorted(path.glob("*.parquet"))) if path.is_dir() else (path,) if path.is_file() else ()
    if not files:
        raise EngineError(cause("order_lines_none", path=str(path)))
    text = path.is_file() and path.suffix.lower() != ".parquet"
    columns, faults = _columns(ORDERS, files, catalogue.settings, text=text)
    if faults:
        raise ScenarioError(faults)
    lines = TableFiles(name=ORDERS, files=files, text=text, columns=columns)
    return replace(catalogue, tables={**catalogue.tables, ORDERS: lines})


def _settings(folder: Path) -> tuple[Settings, list[Fault]]:
    path = folder / "scenario.yaml"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise EngineError(cause("path_no_settings", path=str(folder))) from error
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(cause("path_unreadable", path=str(path), error=quoted(str(error)))) from error
    values, rows, faults = load_settings(text)
    settings, value_faults = validate_settings(values, rows=rows)
    faults = faults + value_faults
    if settings is None:
        raise ScenarioError(faults)
    tied = [COUPLING[rule] for rule in stated_rules(settings)]
    tied += ["risk.cvar_weight"] if settings.risk.cvar_weight > 0.0 else []
    for name in tied:
        whom = cause("products_of_family" if name == "one_strategy_per" else "products_of_catalogue")
        why = cause("ties_together", whom=whom)
        faults.append(Fault(file="scenario.yaml", row=rows.get(name), column=name, cause=why))
    return settings, faults


def _columns(
    name: str, files: tuple[Path, ...], settings: Settings, *, text: bool, fitted: bool = False, segments: bool = False
) -> tuple[tuple[str, ...], list[Fault]]:
    """Names of the columns, and what is wrong with names and types."""
    aliases = settings.columns.get(name, {})
    faults: list[Fault] = []
    first: tuple[str, ...] | None = None
    for file in files:
        schema = _schema(file, settings, text=text)
        header = tuple(schema.names)
        raw = RawTable(name=name, file=file.name, header=header, rows=[], numbers=[])
        other = other_separator(raw) if text else None
        said = parse_table(raw, settings.format, aliases, has_orders=fitted, has_segments=segments)[1]
        faults += [other] if other else said
        ours = _renamed(name, header, aliases)
        if not text:
            faults += _type_faults(name, file, schema, ours)
        if first is not None and set(first) != set(ours):
            odd = min(set(first) ^ set(ours))
            faults.append(
                Fault(file=file.name, column=odd, cause=cause("files_disagree", table=name))
            )
        first = first or ours
    return first or (), faults


def _size_columns(
    files: tuple[Path, ...], settings: Settings, *, text: bool
) -> tuple[tuple[str, ...], list[Fault]]:
    """The columns of the table of order sizes, and what is wrong with them; no spreadsheet writes it."""
    wanted = ", ".join(SIZE_COLUMNS)
    if text:
        return (), [Fault(file=files[0].name, cause=cause("sizes_form", columns=wanted))]
    faults = []
    for file in files:
        schema = _schema(file, settings, text=False)
        kinds = dict(zip(schema.names, schema.types, strict=True))
        numbers = all(pa.types.is_floating(kinds[name]) or pa.types.is_integer(kinds[name])
                      for name in SIZE_COLUMNS[1:] if name in kinds)  # fmt: skip
        if set(kinds) != set(SIZE_COLUMNS) or not _is_text(kinds[SIZE_COLUMNS[0]]) or not numbers:
            faults.append(Fault(file=file.name, cause=cause("sizes_form", columns=wanted)))
    return SIZE_COLUMNS, faults


def _renamed(name: str, header: tuple[str, ...], aliases: dict[str, str]) -> tuple[str, ...]:
    names = {theirs: ours for ours, theirs in aliases.items()}
    spelled = {column_name(theirs): ours for ours, theirs in aliases.items()}
    return tuple(
        names.get(column)
        or (column if column in KINDS[name] else spelled.get(column_name(column), column_name(column)))
        for column in header
    )


def _type_faults(name: str, file: Path, schema: pa.Schema, columns: tuple[str, ...]) -> list[Fault]:
    kinds = {definition.name: definition.kind for definition in COLUMNS[name]}
    faults = []
    for column, kind in zip(columns, schema.types, strict=True):
        if column not in kinds:
            continue
        number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind)
        wanted = kinds[column] == "number"
        if wanted and not (number or pa.types.is_decimal(kind)):
            faults.append(Fault(file=file.name, column=column, cause=cause("store_numbers", kind=str(kind))))
        elif kinds[column] == "date" and (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
            continue
        elif not wanted and not (_is_text(kind) or pa.types.is_null(kind)):
            faults.append(Fault(file=file.name, column=column, cause=cause("store_text", kind=str(kind))))
    return faults


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner))


def _schema(file: Path, settings: Settings, *, text: bool) -> pa.Schema:
    try:
        if not text:
            return pq.read_schema(file)
        with open_csv(file, settings.format, {}, None) as reader:
            # Names that are no text show here, and not when the file is opened.
            return pa.schema(list(zip(reader.schema.names, reader.schema.types, strict=True)))
    except UnicodeDecodeError as error:
        wanted = settings.format.encoding.removesuffix("-sig")
        raise ScenarioError([Fault(file=file.name, row=1, cause=cause("not_encoded", encoding=wanted))]) from error
    except (pa.ArrowException, OSError) as error:
        raise EngineError(cause("path_unreadable", path=str(file), error=quoted(str(error)))) from error


def batches(
    catalogue: Catalogue, name: str, columns: list[str] | None = None, *, bad: list[Fault] | None = None
) -> Iterator[pa.RecordBatch]:
    """The rows of a table, some at a time, with a column `_row`: the row as a spreadsheet counts it, over all files.

    Parameters
    ----------
    catalogue : Catalogue
    name : str
        Without rows where the catalogue has no such table.
    columns : list of str, optional
        Those wanted, where they are there.
    bad : list of Fault, optional
        Takes rows of a CSV file with too many or too few cells, which are left out.
    """
    table = catalogue.tables.get(name)
    if table is None:
        return
    row = 2
    for file in table.files:
        row += declared_lines(file, catalogue.settings.format) if table.text else 0
        try:
            for batch in _file_batches(catalogue, table, file, columns, bad):
                numbers = pa.array(np.arange(row, row + len(batch), dtype=np.int64))
                row += len(batch)
                yield pa.RecordBatch.from_arrays([*batch.columns, numbers], names=[*batch.schema.names, ROW])
        except (pa.ArrowException, OSError) as error:
            why = cause("unreadable_after", path=str(file), row=row - 1, error=quoted(str(error)))
            raise EngineError(why) from error


def _file_batches(
    catalogue: Catalogue, table: TableFiles, file: Path, columns: list[str] | None, bad: list[Fault] | None
) -> Iterator[pa.RecordBatch]:
    wanted = [column for column in table.columns if columns is None or column in columns]
    header = tuple(_schema(file, catalogue.settings, text=table.text).names)
    named = dict(zip(_renamed(table.name, header, catalogue.settings.columns.get(table.name, {})), header, strict=True))
    theirs = [named[column] for column in wanted]
    if not table.text:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(batch_size=_BATCH_ROWS, columns=theirs):
                yield pa.RecordBatch.from_arrays([batch.column(name) for name in theirs], names=wanted)
        return
    kinds = dict.fromkeys(header, pa.string())
    with open_csv(file, catalogue.settings.format, kinds, bad) as reader:
        for batch in reader:
            cells = [pc.utf8_trim_whitespace(batch.column(name)) for name in theirs]
            yield pa.RecordBatch.from_arrays(cells, names=wanted)
