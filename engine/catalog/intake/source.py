"""What a catalogue is made of: a folder with `scenario.yaml` and its tables, each as Parquet or CSV."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from engine.errors import EngineError, Fault, ScenarioError
from engine.notices import Notice
from engine.scenario.checks.keys import setting_notices
from engine.scenario.columns import COLUMNS, TABLES
from engine.scenario.files.parse import parse_table
from engine.scenario.files.raw import (
    RawTable,
    column_name,
    is_left_behind,
    misspelt,
    other_separator,
    table_name,
)
from engine.scenario.files.settings_file import load_settings
from engine.scenario.plants import PLANT, at_plant
from engine.scenario.rules import COUPLING, stated_rules
from engine.scenario.settings import Settings, validate_settings
from engine.words.reason import cause, quoted

USED_TABLES = ("products", "components", "bom", "resources", "routing")
ORDERS = "orders"
# What is read beside order lines where they fill a catalogue.
HISTORY = ("stock_outs", "forecasts")
KINDS = {name: {definition.name for definition in COLUMNS[name]} for name in (*USED_TABLES, ORDERS, *HISTORY)}
ROW = "_row"
_BATCH_ROWS = 65_536
_CSV_BLOCK_BYTES = 8 << 20


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
    for name in (*USED_TABLES, *HISTORY) if fitted else USED_TABLES:
        files, text, file_faults = _files(folder, name)
        faults += file_faults
        if files:
            columns, file_faults = _columns(name, files, settings, text=text, fitted=fitted)
            faults += file_faults
            faults += [
                Fault(file=files[0].name, column=PLANT, cause=cause("plant_in_keys", key=at_plant("P-1", "1000")))
                for column in columns
                if column == PLANT
            ]
            tables[name] = TableFiles(name=name, files=files, text=text, columns=columns)
    notices = list(setting_notices(settings, "scenario.yaml", {}))
    faults += _strangers(folder, set(tables), notices, fitted=fitted)
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


def _files(folder: Path, name: str) -> tuple[tuple[Path, ...], bool, list[Fault]]:
    """The files of a table, whatever the case of their names, and whether they are text."""
    stand = [path for path in sorted(folder.iterdir()) if table_name(path.stem) == name]
    parts = tuple(part for path in stand if path.is_dir() for part in sorted(path.iterdir()) if _ends(part, ".parquet"))
    given = [parts, *((path,) for end in (".parquet", ".csv") for path in stand if path.is_file() and _ends(path, end))]
    given = [files for files in given if files]
    if len(given) > 1:
        names = ", ".join(str(files[0].name) for files in given)
        return (), False, [Fault(file=name, cause=cause("stands_times", times=len(given), files=names))]
    if not given:
        # A folder of other files would leave the whole table out unsaid.
        empty = [path.name for path in stand if path.is_dir() and any(path.iterdir())]
        return (), False, [Fault(file=one, cause=cause("folder_no_parquet")) for one in empty]
    return given[0], _ends(given[0][0], ".csv"), []


def _ends(path: Path, ending: str) -> bool:
    return path.suffix.lower() == ending and not is_left_behind(path.name)


def _strangers(folder: Path, names: set[str], notices: list[Notice], *, fitted: bool) -> list[Fault]:
    """Files that are nearly named as tables; order lines, which a catalogue run does not read; others are left out.

    Those of another form that bear the name of a table which was not found are told.
    """
    faults = []
    for path in sorted(folder.iterdir()):
        table = path.suffix.lower() in (".csv", ".parquet") or path.is_dir()
        name, whole = table_name(path.stem), table_name(path.name.split(".", 1)[0])
        if not table and whole in USED_TABLES and whole not in names and not is_left_behind(path.name):
            notices.append(Notice(kind="table_other_form", file=path.name, values={"table": whole}))
        read = (*USED_TABLES, *HISTORY, ORDERS) if fitted else USED_TABLES
        if not table or name in read or is_left_behind(path.name):
            continue
        if name in (ORDERS, *HISTORY):
            kind = "orders_not_read" if name == ORDERS else "history_not_read"
            faults.append(Fault(file=path.name, cause=cause(kind)))
        elif name == "seasons":
            faults.append(Fault(file=path.name, cause=cause("seasons_not_read")))
        elif name == "segments":
            faults.append(Fault(file=path.name, cause=cause("segments_not_read")))
        elif not path.is_dir() and (near := misspelt(name, TABLES)):
            faults.append(Fault(file=path.name, cause=cause("table_none", table=path.stem, near=near)))
        elif not path.is_dir():
            notices.append(Notice(kind="file_left_out", file=path.name, values={"tables": ", ".join(USED_TABLES)}))
    return faults


def _columns(
    name: str, files: tuple[Path, ...], settings: Settings, *, text: bool, fitted: bool = False
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
        faults += [other] if other else parse_table(raw, settings.format, aliases, has_orders=fitted)[1]
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
        with _open_csv(file, settings, {}, None) as reader:
            # Names that are no text show here, and not when the file is opened.
            return pa.schema(list(zip(reader.schema.names, reader.schema.types, strict=True)))
    except UnicodeDecodeError as error:
        wanted = settings.format.encoding.removesuffix("-sig")
        raise ScenarioError([Fault(file=file.name, row=1, cause=cause("not_encoded", encoding=wanted))]) from error
    except (pa.ArrowException, OSError) as error:
        raise EngineError(cause("path_unreadable", path=str(file), error=quoted(str(error)))) from error


def _open_csv(
    file: Path, settings: Settings, kinds: dict[str, pa.DataType], bad: list[Fault] | None
) -> pacsv.CSVStreamingReader:
    form = settings.format

    def ragged(row: pacsv.InvalidRow) -> str:
        if bad is None:
            return "skip"
        why = cause("cells_too_many", cells=row.actual_columns, columns=row.expected_columns)
        bad.append(Fault(file=file.name, row=row.number, cause=why))
        return "skip"

    return pacsv.open_csv(
        file,
        read_options=pacsv.ReadOptions(
            use_threads=False, block_size=_CSV_BLOCK_BYTES, encoding=form.encoding.removesuffix("-sig")
        ),
        parse_options=pacsv.ParseOptions(delimiter=form.delimiter, newlines_in_values=True, invalid_row_handler=ragged),
        convert_options=pacsv.ConvertOptions(column_types=kinds, strings_can_be_null=False),
    )


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
    with _open_csv(file, catalogue.settings, kinds, bad) as reader:
        for batch in reader:
            cells = [pc.utf8_trim_whitespace(batch.column(name)) for name in theirs]
            yield pa.RecordBatch.from_arrays(cells, names=wanted)
