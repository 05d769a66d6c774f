"""Write a scenario as one workbook, or as a folder, so that reading it gives the same scenario."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.errors import EngineError, ScenarioError
from engine.scenario.columns import COLUMNS, TABLES, Column
from engine.scenario.files.assumed import ASSUMPTION_COLUMNS, ASSUMPTIONS_SHEET, assumption_rows, assumptions_file
from engine.scenario.files.raw import cell_text
from engine.scenario.files.sheets import scalar
from engine.scenario.files.whole import whole
from engine.scenario.files.write import write_scenario_folder
from engine.scenario.files.xlsx import MAX_ROWS, new_book, new_sheet, write_cell
from engine.scenario.no_demand import whole_table
from engine.scenario.plants import PLANT, apart, has_plants
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from engine.scenario.settings import Settings
from engine.words.reason import cause, renamed

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

DATE_FORMAT = "yyyy-mm-dd"


def write_workbook(scenario: Scenario, path: str | Path) -> None:
    """Write a scenario as an ``.xlsx`` workbook.

    The workbook is read back before it takes its name, and must have the same `Scenario.digest`.

    Parameters
    ----------
    scenario : Scenario
        Sound, as `read_scenario` returns it.
    path : str or Path
        Ends in ``.xlsx``; an earlier file is replaced.

    Raises
    ------
    EngineError
        Where the scenario cannot stand in a workbook, or the disk refuses.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise EngineError(cause("book_ending", path=str(path)))
    with whole(path) as fresh:
        fresh.write_bytes(_book(scenario))
        _same(scenario, fresh, path)


def write_folder(scenario: Scenario, out: str | Path, *, notes: Sequence[str] = ()) -> None:
    """Write a scenario as a folder of CSV files with ``scenario.yaml``.

    Parameters
    ----------
    scenario : Scenario
    out : str or Path
        Folder to make; an earlier scenario in it is replaced.
    notes : sequence of str
        Points for ``NOTES.md``.

    Raises
    ------
    EngineError
        As `write_scenario_folder`.
    """
    tables = {name: _apart(scenario, name) for name in _filled(scenario)}
    write_scenario_folder(Path(out), settings=_settings(scenario.settings), tables=tables, notes=notes,
                          beside=assumptions_file(scenario.notices))  # fmt: skip


def _apart(scenario: Scenario, name: str) -> pd.DataFrame:
    """One table as files hold it; without the column for plants where there are none."""
    def table(other: str) -> pd.DataFrame:
        return whole_table(scenario, other)

    frame = apart(name, table(name), table)
    return frame if PLANT not in frame or has_plants(frame) else frame.drop(columns=PLANT)


def _same(scenario: Scenario, written: Path, path: Path) -> None:
    try:
        lost = read_scenario(written).digest() != scenario.digest()
    except ScenarioError as error:
        why = renamed(error.cause or cause("plain", text=str(error)), {written.name: path.name})
        raise EngineError(cause("book_faulty", file=path.name, why=why)) from error
    if lost:
        raise EngineError(cause("book_lost", file=path.name))


def _filled(scenario: Scenario) -> list[str]:
    return [name for name in TABLES if name == "products" or len(whole_table(scenario, name))]


def _settings(settings: Settings) -> dict[str, Any]:
    """Settings as `scenario.yaml` holds them; our own names and format need no declaration."""
    values = settings.model_dump(by_alias=True, exclude={"columns", "format"})
    if not values["variants"]:
        del values["variants"]
    return values


def _book(scenario: Scenario) -> bytes:
    content = io.BytesIO()
    book = new_book(content)
    date = book.add_format({"num_format": DATE_FORMAT})
    heading = book.add_format({"bold": True, "bottom": 1})
    values = _settings(scenario.settings)
    variants = values.pop("variants", {})
    write_rows(book, "scenario", ["setting", "value"], _setting_rows(values), heading=heading)
    if variants:
        header = ["variant", "action", "target", "value"]
        write_rows(book, "variants", header, _variant_rows(variants), heading=heading)
    for name in _filled(scenario):
        frame = _readable(name, _apart(scenario, name))
        if len(frame) >= MAX_ROWS:
            raise EngineError(cause("book_rows", table=name, rows=len(frame), most=MAX_ROWS - 1))
        rows = zip(*(frame[column].tolist() for column in frame.columns), strict=True)
        sheet = write_rows(book, name, list(frame.columns), rows, heading=heading, date=date)
        offer_choices(sheet, name, list(frame.columns), first_row=1)
    if assumed := assumption_rows(scenario.notices):
        write_rows(book, ASSUMPTIONS_SHEET, ASSUMPTION_COLUMNS, assumed, heading=heading)
    book.close()
    return content.getvalue()


def write_rows(
    book: Workbook,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    heading: Format,
    date: Format | None = None,
) -> Worksheet:
    """A sheet with a heading that stays in sight; returns the sheet."""
    sheet = new_sheet(book, name)
    for column, text in enumerate(header):
        sheet.write_string(0, column, text, heading)
        sheet.set_column(column, column, max(10, len(text) + 2))
    for row, cells in enumerate(rows, start=1):
        for column, value in enumerate(cells):
            write_cell(sheet, row, column, value, date=date)
    sheet.freeze_panes(1, 1)
    return sheet


def offer_choices(sheet: Worksheet, table: str, header: list[str], *, first_row: int) -> None:
    """Lists to choose from, below the heading and comments; other spellings are warned of, not refused."""
    definitions = {definition.name: definition for definition in COLUMNS[table]}
    for column, name in enumerate(header):
        source = _choices(definitions[name])
        if source:
            options = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.data_validation(first_row, column, MAX_ROWS - 1, column, options)


def _choices(definition: Column) -> list[str]:
    if definition.kind != "choices":
        return list(definition.choices)
    every = definition.choices
    choices = [[name for k, name in enumerate(every) if mask >> k & 1] for mask in range(1, 1 << len(every))]
    return ["|".join(names) for names in sorted(choices, key=len, reverse=True)]


def _readable(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A row that starts with # would read as a comment: then another column comes first."""
    for first in frame.columns:
        if not frame[first].astype(str).str.startswith("#").any():
            return frame[[first, *(column for column in frame.columns if column != first)]]
    raise EngineError(cause("book_comment", table=name))


def _setting_rows(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _setting_rows(value, f"{prefix}{name}.")
        else:
            text = prefix + name in ("name", "currency")
            yield prefix + name, value if text else _written(value)


def _variant_rows(variants: dict[str, Any]) -> Iterator[tuple[str, str, str, object]]:
    for name, variant in variants.items():
        if name.startswith("#") or name.lower() == "variant":
            raise EngineError(cause("book_variant", name=name))
        yielded = False
        for action in ("set", "scale", "where"):
            for target, value in variant[action].items():
                yielded = True
                if action == "where":
                    yield from ((name, action, target, one) for one in value)
                else:
                    yield name, action, target, _written(value)
        if not yielded:
            yield name, "", "", ""


def _written(value: object) -> object:
    """A value as it reads back: as a cell where that gives it back, as YAML text where not."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise EngineError(cause("book_value", value=repr(value)))
    read = scalar(cell_text(value))
    if type(read) is type(value) and read == value:
        return value
    return json.dumps(value, ensure_ascii=False)
