"""A mapping file: which columns of a client's exports are which columns of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import EngineError, Fault, ScenarioError
from engine.scenario.columns import COLUMNS, TABLES
from engine.scenario.files.settings_file import load_settings
from engine.scenario.settings import Format, broken_rule, nearest
from engine.words.reason import Reason, cause

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
Text = Annotated[str, Field(min_length=1)]


class TableMap(BaseModel):
    """One table of the scenario.

    Parameters
    ----------
    file : str
        In the folder that is imported; '' where one file is.
    sheet : str
        Of a workbook; '' for the first.
    columns : dict of str to str
        Our column to the export's heading.
    meaning : dict of str to dict
        By our column: what stands in the export to what is meant.
    fill : dict of str to text or number
        By our column: what is taken where the export has a blank, or no such column.
    distinct : bool
        The first row of each key counts, as where products are taken from order lines.
    """

    model_config = _STRICT
    file: str = ""
    sheet: str = ""
    columns: dict[str, Text] = {}
    meaning: dict[str, dict[str, str]] = {}
    fill: dict[str, str | float | int] = {}
    distinct: bool = False


class TableMaps(BaseModel):
    """A mapping file: settings of the scenario, how the exports write, and the tables."""

    model_config = _STRICT
    settings: dict[str, object]
    format: Format = Format()
    tables: Annotated[dict[str, TableMap], Field(min_length=1)]


def read_map(path: Path) -> tuple[TableMaps, dict[str, int]]:
    """Read a mapping file.

    Returns
    -------
    maps : TableMaps
    rows : dict of str to int
        Row of each entry by its dotted name.

    Raises
    ------
    EngineError
        Where there is no such file.
    ScenarioError
        With every fault of it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EngineError(f"{path}: cannot be read: {error.strerror}; --suggest writes a first one") from error
    except UnicodeDecodeError as error:
        raise EngineError(f"{path}: is not UTF-8 text; save the file as UTF-8") from error
    values, rows, faults = load_settings(text, file=path.name)
    if faults:
        raise ScenarioError(faults)
    try:
        maps = TableMaps.model_validate(values)
    except ValidationError as error:
        raise ScenarioError(
            _fault(path.name, place, _told(place, item), rows)
            for item in error.errors()
            if (place := [str(part) for part in item["loc"]])
        ) from error
    if wrong := [_fault(path.name, place, why, rows) for place, why in _unknown(maps)]:
        raise ScenarioError(wrong)
    return maps, rows


def _unknown(maps: TableMaps) -> list[tuple[list[str], Reason]]:
    """Tables and columns that a scenario does not have."""
    faults = [
        (["tables", name], cause("table_none", table=name, near=nearest(name, list(TABLES))))
        for name in maps.tables
        if name not in COLUMNS
    ]
    for name, table in maps.tables.items():
        columns = [definition.name for definition in COLUMNS.get(name, ())]
        for part in ("columns", "meaning", "fill"):
            faults += [
                (
                    ["tables", name, part, ours],
                    cause("column_unknown_in", file=name, column=ours, near=nearest(ours, columns)),
                )
                for ours in getattr(table, part)
                if columns and ours not in columns
            ]
    return faults


def _told(place: list[str], error: Mapping[str, Any]) -> Reason:
    """What is wrong, with the nearest entry where one is unknown."""
    if error["type"] != "extra_forbidden":
        return broken_rule(error)
    model = TableMaps if len(place) == 1 else Format if place[0] == "format" else TableMap
    return cause("map_entry", name=place[-1], near=nearest(place[-1], list(model.model_fields)))


def _fault(file: str, place: list[str], why: Reason, rows: dict[str, int]) -> Fault:
    at = next((rows[".".join(place[:n])] for n in range(len(place), 0, -1) if ".".join(place[:n]) in rows), None)
    return Fault(file=file, row=at, column=".".join(place), cause=why)
