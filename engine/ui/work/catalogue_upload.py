"""A catalogue that is uploaded as a zip: tables as Parquet or CSV, put into a folder of our own, never read whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.intake.listing import DECIDED_WITH
from engine.catalog.intake.source import TableFiles, open_catalogue
from engine.errors import EngineError, Fault, ScenarioError
from engine.scenario.files.write import SETTINGS_FILE
from engine.ui.state.uploads import Given, unzipped
from engine.ui.work.runs import Run, run_from
from engine.words.reason import cause, quoted

# Names are compared, and a path is made of what is known of them alone.
_TABLE = re.compile(r"\w[\w .=-]{0,80}\.(parquet|csv)", re.IGNORECASE)


def uploaded_run(name: str, data: bytes) -> Run:
    """A run of the catalogue in a zip.

    Parameters
    ----------
    name : str
        Of the archive.
    data : bytes

    Raises
    ------
    ScenarioError
        With every fault of settings and headers.
    EngineError
        Where the archive holds no catalogue.
    """
    files = unzipped(Given(name=name, data=data))

    def lay(folder: Path) -> tuple[str, int]:
        folder.mkdir()
        _put(folder, files)
        try:
            catalogue = open_catalogue(folder)
            return catalogue.settings.name, _rows(catalogue.tables["products"])
        except (OSError, pa.ArrowException) as error:
            said = quoted(str(error).replace(str(folder), name))
            raise EngineError(cause("path_unreadable", path=name, error=said)) from error

    return run_from(lay)


def _put(folder: Path, files: Sequence[Given]) -> None:
    for file in files:
        if file.name.lower() in (SETTINGS_FILE, "scenario.yml"):
            place = folder / SETTINGS_FILE
        elif not _TABLE.fullmatch(file.name):
            continue
        elif file.folder.lower() in DECIDED_WITH and file.name.lower().endswith(".parquet"):
            place = folder / file.folder.lower() / file.name
        else:
            # Whatever else is a table is put there too, so that it is told what is not read of it.
            place = folder / file.name.lower()
        if place.exists():
            raise EngineError(cause("upload_twice", file=file.name))
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(file.data)
    if not (folder / SETTINGS_FILE).is_file():
        raise ScenarioError([Fault(file=SETTINGS_FILE, cause=cause("settings_missing"))])


def _rows(table: TableFiles) -> int:
    """Rows of a table, from the feet of its Parquet files or the lines of its CSV."""
    if table.text:
        return max(0, sum(file.read_bytes().count(b"\n") for file in table.files) - len(table.files))
    return sum(int(pq.read_metadata(file).num_rows) for file in table.files)
