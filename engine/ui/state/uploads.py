"""What a reader uploads: a zip of the folder, a workbook, or its CSV files, put into a folder of our own and read."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError, Fault, ScenarioError
from engine.scenario.raw import UNREADABLE
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from engine.scenario.write import SETTINGS_FILE

_LARGEST_UNPACKED = 200_000_000
_MOST_FILES = 60
# The name is only ever compared, never joined into a path as it was given.
_NAME = re.compile(r"[\w][\w .-]{0,80}\.(csv|yaml|md)", re.IGNORECASE)
_WORKBOOKS = (".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One file as it was uploaded."""

    name: str
    data: bytes


def read_upload(files: Sequence[Given]) -> Scenario:
    """Read what was uploaded.

    Raises
    ------
    ScenarioError
        With every fault and its cell.
    EngineError
        Where the files are no scenario at all.
    """
    if not files:
        raise EngineError("no file was given")
    workbooks = [file for file in files if file.name.lower().endswith(_WORKBOOKS)]
    if workbooks and len(files) > 1:
        raise EngineError("give one workbook alone, or a zip, or the CSV files with scenario.yaml")
    with tempfile.TemporaryDirectory(prefix="codp-upload-") as scratch:
        folder = Path(scratch) / "upload"
        folder.mkdir()
        if workbooks:
            place = folder.with_name("upload.xlsx")
            place.write_bytes(workbooks[0].data)
            return _told_as(place, "upload.xlsx", workbooks[0].name)
        for file in files:
            parts = unzipped(file) if file.name.lower().endswith(".zip") else [file]
            for part in parts:
                _put(folder, part)
        if not (folder / SETTINGS_FILE).is_file():
            raise ScenarioError(
                [Fault(file=SETTINGS_FILE, message="is missing; add the settings file, the template has one")]
            )
        return read_scenario(folder)


def _told_as(place: Path, ours: str, theirs: str) -> Scenario:
    """Read a workbook; faults name it as the reader does."""
    try:
        return read_scenario(place)
    except ScenarioError as error:
        raise ScenarioError(
            [
                Fault(file=fault.file.replace(ours, theirs), row=fault.row, column=fault.column, message=fault.message)
                for fault in error.issues
            ]
        ) from None
    except EngineError as error:
        raise EngineError(str(error).replace(str(place), theirs).replace(ours, theirs)) from None


def unzipped(file: Given) -> list[Given]:
    """The files of an archive, read in memory; their folders are left out.

    Raises
    ------
    EngineError
        Where it cannot be read or unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(file.data))
    except zipfile.BadZipFile as error:
        raise EngineError(f"{file.name}: is not a readable zip archive") from error
    with archive:
        members = [
            item for item in archive.infolist()
            if not item.is_dir() and "__MACOSX" not in item.filename and not Path(item.filename).name.startswith(".")
        ]  # fmt: skip
        if len(members) > _MOST_FILES or sum(item.file_size for item in members) > _LARGEST_UNPACKED:
            raise EngineError(f"{file.name}: holds more than {_MOST_FILES} files or 200 MB; a scenario is smaller")
        found = []
        for item in members:
            try:
                found.append(Given(name=Path(item.filename).name, data=archive.read(item)))
            except UNREADABLE as error:
                raise EngineError(f"{file.name}: {Path(item.filename).name} cannot be unpacked: {error}") from error
        return found


def _put(folder: Path, file: Given) -> None:
    name = Path(file.name).name
    if not _NAME.fullmatch(name):
        raise EngineError(f"{name}: is no part of a scenario; give CSV tables and scenario.yaml, a zip or a workbook")
    place = folder / ("scenario.yaml" if name.lower() == "scenario.yml" else name)
    if place.exists():
        raise EngineError(f"{name}: stands twice in what was given")
    place.write_bytes(file.data)
