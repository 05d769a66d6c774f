"""Write a scenario folder: `scenario.yaml`, `NOTES.md` and one CSV file per table, all or nothing."""

from __future__ import annotations

import csv
import io
import math
import numbers
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from engine.errors import EngineError
from engine.scenario.columns import TABLES
from engine.scenario.files.assumed import ASSUMPTIONS_FILE
from engine.words.reason import cause, quoted

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SETTINGS_FILE = "scenario.yaml"
NOTES_FILE = "NOTES.md"

# Words that a YAML 1.1 reader would take for true or false, so they are quoted as names too.
_PLAIN_NAME = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z_][a-z0-9_.]*")
_EXACT_INTEGERS = 2**53


class _Representer(RoundTripRepresenter):
    """YAML that spells out null, instead of leaving the place empty."""


_Representer.add_representer(
    type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "null")
)


def write_scenario_folder(
    out: Path,
    *,
    settings: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame],
    notes: Sequence[str],
    beside: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write a scenario, so that it appears as a whole or not at all.

    Parameters
    ----------
    out : Path
        Folder to make. An earlier scenario in it is replaced; anything else in it is never touched.
    settings : mapping
        What goes into ``scenario.yaml``; text is quoted, so that a SKU such as 007 stays text.
    tables : mapping of str to DataFrame
        Table name (``products``, ``bom``, ...) to its rows. Numbers are written in their shortest
        form that reads back exactly, whole numbers without a decimal point, missing values as blanks.
    notes : sequence of str
        What a reader of the scenario should know, one point each, for ``NOTES.md``.
    beside : mapping of str to str
        Text of the assumptions (`engine.scenario.files.assumed`), by the name of their file.

    Raises
    ------
    EngineError
        Where `out` holds something other than a scenario, a table or value cannot stand in a
        scenario, or the disk refuses.
    """
    out = out.resolve()
    for name in tables:
        if name not in TABLES:
            raise EngineError(cause("table_of_none", name=name, tables=", ".join(TABLES)))
    files = {SETTINGS_FILE: yaml_text(settings), NOTES_FILE: _notes_text(settings, notes)}
    files.update(beside)
    files.update({f"{name}.csv": _csv_text(name, frame) for name, frame in tables.items()})
    try:
        _refuse_foreign(out)
        _replace_folder(out, files)
    except OSError as error:
        raise EngineError(cause("unwritten", path=str(out), error=quoted(str(error.strerror or error)))) from error


def _refuse_foreign(out: Path) -> None:
    """Leave alone whatever is not a scenario, since the folder is replaced as a whole."""
    if not out.exists():
        return
    if not out.is_dir():
        raise EngineError(cause("folder_is_file", path=str(out)))
    names = sorted(path.name for path in out.iterdir())
    if not names:
        return
    if SETTINGS_FILE not in names:
        raise EngineError(cause("folder_strange", path=str(out)))
    ours = {SETTINGS_FILE, NOTES_FILE, ASSUMPTIONS_FILE, *(f"{table}.csv" for table in TABLES)}
    foreign = [name for name in names if name not in ours]
    if foreign:
        raise EngineError(cause("folder_lost", path=str(out), name=foreign[0]))


def _replace_folder(out: Path, files: Mapping[str, str]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    token = uuid.uuid4().hex[:8]
    fresh = out.with_name(f".{out.name}.{token}.new")
    before = out.with_name(f".{out.name}.{token}.old")
    try:
        fresh.mkdir()
        for name, text in files.items():
            (fresh / name).write_text(text, encoding="utf-8", newline="\n")
        if out.exists():
            out.rename(before)
        try:
            fresh.rename(out)
        except OSError:
            if before.exists():
                before.rename(out)
            raise
    finally:
        for leftover in (fresh, before):
            # The old folder goes only once the new one stands in its place.
            if leftover.exists() and (leftover is fresh or out.exists()):
                shutil.rmtree(leftover)


def yaml_text(settings: Mapping[str, object]) -> str:
    """Settings as YAML; text is quoted, so that a SKU such as 007 stays text."""
    yaml = YAML()
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.width = 10_000
    stream = io.StringIO()
    yaml.dump(_quoted(settings), stream)
    return stream.getvalue()


def _quoted(value: object) -> object:
    if isinstance(value, Mapping):
        return {_quoted_name(str(key)): _quoted(item) for key, item in value.items()}
    if isinstance(value, str):
        return DoubleQuotedScalarString(value)
    if isinstance(value, Sequence):
        return [_quoted(item) for item in value]
    return value


def _quoted_name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else DoubleQuotedScalarString(name)


def _notes_text(settings: Mapping[str, object], notes: Sequence[str]) -> str:
    title = f"# Notes on the scenario {settings.get('name', '')}".rstrip()
    # A line break inside a point would end the list.
    points = "".join(f"- {' '.join(note.split())}\n" for note in notes)
    return f"{title}\n\n{points}" if points else f"{title}\n"


def _csv_text(table: str, frame: pd.DataFrame) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([str(column) for column in frame.columns])
    writer.writerows(zip(*(_cells(table, str(name), frame[name]) for name in frame.columns), strict=True))
    return stream.getvalue()


def _cells(table: str, column: str, values: pd.Series) -> Iterator[str]:
    missing = values.isna().tolist()
    for row, (value, blank) in enumerate(zip(values.tolist(), missing, strict=True)):
        yield "" if blank else _cell(value, f"{table}.csv, row {row + 2}, {column}")


def _cell(value: object, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        number = float(value)
        if not math.isfinite(number):
            raise EngineError(cause("number_unheld", place=where, number=str(number)))
        whole = number.is_integer() and abs(number) < _EXACT_INTEGERS
        return str(int(number)) if whole else repr(number)
    if isinstance(value, datetime | date):
        # Order dates are days; the time of day has no meaning in a scenario.
        return value.strftime("%Y-%m-%d")
    raise EngineError(cause("value_unheld", place=where, value=repr(value)))
