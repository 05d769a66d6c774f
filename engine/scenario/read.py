"""Read a scenario: a folder of CSV files with `scenario.yaml`, or one workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.errors import EngineError, Fault, ScenarioError
from engine.notices import Notice, at_most
from engine.scenario.checks.check import Places, check_scenario
from engine.scenario.checks.date_order import date_order
from engine.scenario.checks.keys import alike_keys, family_notices, setting_notices, unused_tables
from engine.scenario.checks.lots import lot_notices
from engine.scenario.columns import COLUMNS, FITTED, REQUIRED_TABLES, TABLES
from engine.scenario.files.assumed import ASSUMPTIONS_SHEET, assumptions, assumptions_in
from engine.scenario.files.folder import find_tables, misspelt
from engine.scenario.files.parse import ParsedTable, parse_table
from engine.scenario.files.raw import (
    RawTable,
    read_csv_table,
    read_workbook,
    table_name,
    workbook_table,
)
from engine.scenario.files.settings_file import load_settings
from engine.scenario.files.sheets import FAULTS_SHEET, settings_values, variant_values
from engine.scenario.no_demand import set_aside
from engine.scenario.plants import join_plants
from engine.scenario.scenario import Scenario, scenario_of
from engine.scenario.segments import with_segments
from engine.scenario.settings import Settings, nearest, usable_settings, validate_settings
from engine.scenario.variants import variant_faults
from engine.words.reason import Reason, cause, quoted

_SETTINGS_FILES = ("scenario.yaml", "scenario.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What stands in the files: settings as plain values, tables as text, and what was met on the way.

    Parameters
    ----------
    label : str
        Name of the settings in faults.
    values : dict
        Settings, unchecked.
    rows : dict of str to int
        Row of each setting by its dotted name.
    faults : list of Fault
    notices : list of Notice
    tables : dict of str to RawTable
    unreadable : set of str
        Tables that are there, but could not be read.
    variants_label : str
        Where the variants stand; '' with the other settings.
    """

    label: str
    values: dict[str, object]
    rows: dict[str, int]
    faults: list[Fault]
    notices: list[Notice] = field(default_factory=list)
    tables: dict[str, RawTable] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    variants_label: str = ""


def read_scenario(path: str | Path) -> Scenario:
    """Read and check a scenario.

    Parameters
    ----------
    path : str or Path
        A folder with ``scenario.yaml`` and CSV tables, or an ``.xlsx`` workbook.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every fault found, each with file, row and column.
    EngineError
        Where there is nothing to read.
    """
    path = Path(path)
    if path.is_dir():
        source = read_folder_settings(path)
    elif path.is_file() and path.suffix.lower() in (".xlsx", ".xlsm"):
        source = _read_book(path)
    elif path.exists():
        raise EngineError(cause("path_no_scenario", path=str(path)))
    else:
        raise EngineError(cause("path_none", path=str(path)))
    if path.is_dir():
        return assembled(
            source, read_tables=lambda settings: _read_folder_tables(path, settings, source), file="{}.csv".format
        )
    return assembled(source, file=lambda _: path.name)


def assembled(
    source: Source, *, file: Callable[[str], str], read_tables: Callable[[Settings], None] = lambda _: None
) -> Scenario:
    """The scenario that a source holds, checked.

    Parameters
    ----------
    source : Source
    file : callable
        Where a table of that name would stand.
    read_tables : callable
        Puts the tables into the source, where that has to wait for the settings (their format).

    Raises
    ------
    ScenarioError
        With every fault found.
    """
    faults = source.faults
    settings = None
    if source.values:
        settings, setting_faults = validate_settings(source.values, file=source.label, rows=source.rows)
        faults.extend(setting_faults)
    # Where only some settings are faulty, the tables are still read, so that one round shows all faults.
    usable = settings or usable_settings(source.values)
    if usable is None:
        raise ScenarioError(faults)
    read_tables(usable)
    faults.extend(
        Fault(file=file(name), cause=cause("table_missing", table=name))
        for name in REQUIRED_TABLES
        if name not in source.tables and name not in source.unreadable
    )
    scenario, places, setting_faults = _typed(source, usable)
    faults.extend(setting_faults)
    if settings is not None and not faults:
        faults.extend(variant_faults(scenario, places, file=source.variants_label or source.label))
    if faults:
        order = {table.file: k for k, table in enumerate(source.tables.values(), start=1)}
        raise ScenarioError(sorted(faults, key=lambda fault: (order.get(fault.file, 0), fault.row or 0)))
    return scenario


def read_folder_settings(path: Path) -> Source:
    """The settings of a scenario's folder, unchecked, with what kept them from being read; no tables yet."""
    yaml_path = next((file for file in sorted(path.iterdir()) if file.name.lower() in _SETTINGS_FILES), None)
    if yaml_path is None or not yaml_path.is_file():
        raise EngineError(cause("path_no_settings", path=str(path)))
    try:
        data = yaml_path.read_bytes()
    except OSError as error:
        raise EngineError(cause("path_unreadable", path=str(yaml_path), error=quoted(str(error.strerror)))) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        fault = Fault(file="scenario.yaml", row=row, cause=cause("not_utf8"))
        return Source(label="scenario.yaml", values={}, rows={}, faults=[fault])
    values, rows, faults = load_settings(text)
    return Source(label="scenario.yaml", values=values, rows=rows, faults=faults)


def _read_folder_tables(path: Path, settings: Settings, source: Source) -> None:
    files, strange, left_out = find_tables(path)
    source.faults.extend(strange)
    source.notices.extend(left_out)
    source.notices.extend(assumptions(path))
    for name in TABLES:
        if name in files:
            table, faults = read_csv_table(files[name], settings.format)
            source.faults.extend(faults)
            if table is None:
                source.unreadable.add(name)
            else:
                source.tables[name] = table


def _read_book(path: Path) -> Source:
    sheets = {table_name(name): (name, raw_table) for name, raw_table in read_workbook(path).items()}
    if "scenario" not in sheets:
        mapped, empty = "codp import table", "codp template"
        raise EngineError(cause("book_no_settings", file=path.name, mapped=mapped, empty=empty))
    first = sheets["scenario"][1]
    values, rows, faults = settings_values(first.cells, first.label)
    if "variants" in sheets:
        second = sheets["variants"][1]
        values["variants"], raw_table = variant_values(second.cells, second.label)
        faults.extend(raw_table)
    label = sheets["variants"][1].label if "variants" in sheets else ""
    source = Source(label=first.label, values=values, rows=rows, faults=faults, variants_label=label)
    if ASSUMPTIONS_SHEET in sheets:
        source.notices.extend(assumptions_in(sheets[ASSUMPTIONS_SHEET][1].cells))
    sheet_names = [*TABLES, "scenario", "variants", "readme", FAULTS_SHEET, ASSUMPTIONS_SHEET]
    for name, (written, sheet) in sheets.items():
        if name not in sheet_names and (near := misspelt(name, sheet_names)):
            faults.append(Fault(file=sheet.label, cause=cause("table_none", table=written, near=near)))
        elif name not in sheet_names:
            values_said = {"tables": ", ".join(TABLES)}
            source.notices.append(Notice(kind="file_left_out", file=sheet.label, values=values_said))
        elif name in TABLES and any(any(row) for row in sheet.cells):
            table, raw_table = workbook_table(name, sheet.label, sheet.cells, sheet.long_numbers)
            faults.extend(raw_table)
            if table is None:
                source.unreadable.add(name)
            else:
                source.tables[name] = table
    return source


def _typed(source: Source, settings: Settings) -> tuple[Scenario, Places, list[Fault]]:
    """Typed tables, with every fault in and between them, table after table and row after row."""
    parsed, faults = _parse(source, settings)
    source.notices.extend(notice for table in parsed.values() for notice in table.notices)
    source.notices.extend(alike_keys(parsed))
    source.notices.extend(date_order(parsed))
    faults += join_plants(parsed)
    source.notices.extend(unused_tables(parsed))
    source.notices.extend(setting_notices(settings, source.label, source.rows))
    source.notices.extend(family_notices(settings, parsed, source.label, source.rows))
    parsed, aside = set_aside(parsed)
    _default_what_no_order_fits(parsed)
    given = scenario_of(
        settings,
        {name: table.frame for name, table in parsed.items()},
        rows={name: table.rows for name, table in parsed.items()},
    )
    scenario = replace(given, no_demand=aside)
    places = Places(
        files={name: table.file for name, table in parsed.items()},
        rows={name: table.rows for name, table in parsed.items()},
        bad={name: table.bad for name, table in parsed.items()},
        unreadable=frozenset(source.unreadable),
    )
    if "products" in parsed:
        faults.extend(check_scenario(scenario, places))
    # What an order takes can be told of sound tables alone.
    if not faults and {"products", "components"} <= parsed.keys():
        source.notices.extend(lot_notices(given, parsed["components"].file))
    scenario = scenario.with_notices(at_most(source.notices))
    if not faults:
        scenario = with_segments(scenario)
        places = replace(places, rows={**places.rows, **scenario.rows})
    return scenario, places, faults


def _parse(source: Source, settings: Settings) -> tuple[dict[str, ParsedTable], list[Fault]]:
    faults = [
        Fault(
            file=source.label,
            row=source.rows.get(f"columns.{table}.{ours}"),
            column=f"columns.{table}.{ours}",
            cause=why,
        )
        for table, names in settings.columns.items()
        for ours, theirs in names.items()
        if (why := _alias_problem(table, ours, theirs, source.tables.get(table)))
    ]
    parsed: dict[str, ParsedTable] = {}
    for name, table in source.tables.items():
        aliases = settings.columns.get(name, {})
        # What order lines would fill is not missing because of them.
        with_orders = "orders" in source.tables or "orders" in source.unreadable
        with_own = "segments" in source.tables
        parsed[name], table_faults = parse_table(
            table, settings.format, aliases, has_orders=with_orders, has_segments=with_own,
            currency=settings.currency,
        )  # fmt: skip
        faults.extend(table_faults)
    return parsed, faults


def _alias_problem(table: str, ours: str, theirs: str, raw: RawTable | None) -> Reason | None:
    if table not in COLUMNS:
        return cause("table_none", table=table, near=nearest(table, list(TABLES)))
    names = [definition.name for definition in COLUMNS[table]]
    if ours not in names:
        return cause("column_unknown", column=ours, near=nearest(ours, names))
    if raw is not None and theirs not in raw.header:
        near = nearest(theirs, [name for name in raw.header if name])
        return cause("column_unknown_in", file=raw.file, column=theirs, near=near)
    return None


def _default_what_no_order_fits(parsed: Mapping[str, ParsedTable]) -> None:
    """Blanks that order lines could fill take their default for products without order lines."""
    if "orders" not in parsed or "products" not in parsed:
        return
    products = parsed["products"].frame
    alone = ~products["product"].isin(set(parsed["orders"].frame["product"]))
    for definition in COLUMNS["products"]:
        if definition.name in FITTED and definition.default is not None:
            blank = products[definition.name].isna() | (products[definition.name] == "")
            products.loc[alone & blank, definition.name] = definition.default
