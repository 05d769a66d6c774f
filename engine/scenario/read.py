"""Read a scenario: a folder of CSV files with `scenario.yaml`, or one workbook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.errors import EngineError, Fault, ScenarioError
from engine.scenario.check import Places, check_scenario
from engine.scenario.columns import COLUMNS, REQUIRED_TABLES, TABLES
from engine.scenario.parse import ParsedTable, parse_table
from engine.scenario.raw import RawTable, find_tables, read_csv_table, read_workbook, workbook_table
from engine.scenario.scenario import Scenario, empty_table
from engine.scenario.settings import Settings, nearest, parse_settings
from engine.scenario.sheets import settings_text
from engine.scenario.variants import variant_faults


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
        settings, raw, faults = _read_folder(path)
    elif path.is_file() and path.suffix.lower() in (".xlsx", ".xlsm"):
        settings, raw, faults = _read_book(path)
    elif path.exists():
        raise EngineError(f"{path}: a scenario is a folder of CSV files or an .xlsx workbook")
    else:
        raise EngineError(f"{path}: there is no such scenario")
    for name in REQUIRED_TABLES:
        if name not in raw and not any(fault.file.startswith(f"{name}.") for fault in faults):
            faults.append(Fault(file=f"{name}.csv", message="this table is missing and required"))
    if settings is None:
        # Tables can still be parsed, so that the client sees their faults in the same round.
        _, found = _parse(raw, Settings(name="?", holding_rate_per_year=0.0))
        raise ScenarioError([*faults, *found])
    parsed, found = _parse(raw, settings)
    faults.extend(found)
    scenario = Scenario(
        settings=settings, **{name: parsed[name].frame if name in parsed else empty_table(name) for name in TABLES}
    )
    places = Places(
        files={name: table.file for name, table in parsed.items()},
        rows={name: table.rows for name, table in parsed.items()},
        bad={name: table.bad for name, table in parsed.items()},
    )
    if "products" in parsed:
        faults.extend(check_scenario(scenario, places))
    if not faults:
        faults.extend(variant_faults(scenario))
    if faults:
        raise ScenarioError(faults)
    return scenario


def _read_folder(path: Path) -> tuple[Settings | None, dict[str, RawTable], list[Fault]]:
    yaml_path = path / "scenario.yaml"
    if not yaml_path.is_file():
        raise EngineError(f"{path}: there is no scenario.yaml in this folder")
    try:
        text = yaml_path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(f"{yaml_path}: cannot be read as UTF-8 text") from error
    settings, faults = parse_settings(text)
    form = (settings or Settings(name="?", holding_rate_per_year=0.0)).format
    files, strange = find_tables(path)
    faults.extend(strange)
    raw: dict[str, RawTable] = {}
    for name in TABLES:
        if name in files:
            table, found = read_csv_table(files[name], form)
            faults.extend(found)
            if table is not None:
                raw[name] = table
    return settings, raw, faults


def _read_book(path: Path) -> tuple[Settings | None, dict[str, RawTable], list[Fault]]:
    sheets = read_workbook(path)
    faults: list[Fault] = []
    raw: dict[str, RawTable] = {}
    known = [*TABLES, "scenario", "variants", "readme"]
    for name, (grid, label) in sheets.items():
        if name.lower() not in known:
            message = f"there is no table '{name}'; {nearest(name, known)}"
            faults.append(Fault(file=label, message=message))
        elif name.lower() in TABLES:
            table = workbook_table(name.lower(), label, grid)
            if table is not None:
                raw[table.name] = table
    if "scenario" not in sheets:
        raise EngineError(f"{path.name}: there is no sheet 'scenario' with the settings")
    text, found = settings_text(sheets["scenario"], sheets.get("variants"))
    faults.extend(found)
    if found:
        return None, raw, faults
    settings, found = parse_settings(text, file=sheets["scenario"][1])
    # Lines of the generated text mean nothing to the client; the setting's name does.
    faults.extend(Fault(file=fault.file, column=fault.column, message=fault.message) for fault in found)
    return settings, raw, faults


def _parse(raw: Mapping[str, RawTable], settings: Settings) -> tuple[dict[str, ParsedTable], list[Fault]]:
    faults = [
        Fault(file="scenario.yaml", column=f"columns.{table}.{ours}", message=message)
        for table, names in settings.columns.items()
        for ours in names
        if (message := _alias_problem(table, ours))
    ]
    parsed: dict[str, ParsedTable] = {}
    for name, table in raw.items():
        aliases = settings.columns.get(name, {})
        parsed[name], found = parse_table(table, settings.format, aliases, has_orders="orders" in raw)
        faults.extend(found)
    return parsed, faults


def _alias_problem(table: str, ours: str) -> str | None:
    if table not in COLUMNS:
        return f"there is no table '{table}'; {nearest(table, list(TABLES))}"
    names = [definition.name for definition in COLUMNS[table]]
    return None if ours in names else f"there is no column '{ours}'; {nearest(ours, names)}"
