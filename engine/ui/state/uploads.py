"""What a reader uploads: a zip of the folder, a workbook, or its CSV files, put into a folder of our own and read."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import EngineError, Fault, ScenarioError
from engine.scenario.files.raw import UNREADABLE
from engine.scenario.files.write import SETTINGS_FILE
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from engine.words.reason import cause, quoted, renamed

_LARGEST_UNPACKED = 200_000_000
_MOST_FILES = 60
# The name is only ever compared, never joined into a path as it was given.
SCENARIO_NAME = re.compile(r"[\w][\w .-]{0,80}\.(csv|yaml|md)", re.IGNORECASE)
WORKBOOKS = (".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One file as it was uploaded.

    Parameters
    ----------
    name : str
    data : bytes
    folder : str
        The last folder that an archive has it in; ''.
    """

    name: str
    data: bytes
    folder: str = ""


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
        raise EngineError(cause("upload_none"))
    workbooks = [file for file in files if file.name.lower().endswith(WORKBOOKS)]
    if workbooks and len(files) > 1:
        raise EngineError(cause("upload_workbook_alone"))
    with tempfile.TemporaryDirectory(prefix="codp-upload-") as scratch:
        folder = Path(scratch) / "upload"
        if workbooks:
            place = folder.with_name("upload.xlsx")
            place.write_bytes(workbooks[0].data)
            return _told_as(place, "upload.xlsx", workbooks[0].name)
        put_files(folder, files, SCENARIO_NAME)
        if not (folder / SETTINGS_FILE).is_file():
            raise ScenarioError([Fault(file=SETTINGS_FILE, cause=cause("settings_missing"))])
        return read_scenario(folder)


def _told_as(place: Path, ours: str, theirs: str) -> Scenario:
    """Read a workbook; faults name it as the reader does."""
    try:
        return read_scenario(place)
    except ScenarioError as error:
        raise ScenarioError(
            replace(fault, file=fault.file.replace(ours, theirs), cause=renamed(fault.cause, {ours: theirs}))
            for fault in error.issues
        ) from None
    except EngineError as error:
        said = error.cause or cause("plain", text=str(error))
        raise EngineError(renamed(said, {str(place): theirs, ours: theirs})) from None


def unzipped(file: Given) -> list[Given]:
    """The files of an archive, read in memory, each with the last of its folders.

    Raises
    ------
    EngineError
        Where it cannot be read or unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(file.data))
    except zipfile.BadZipFile as error:
        raise EngineError(cause("zip_unreadable", file=file.name)) from error
    with archive:
        members = [
            item for item in archive.infolist()
            if not item.is_dir() and "__MACOSX" not in item.filename and not Path(item.filename).name.startswith(".")
        ]  # fmt: skip
        if len(members) > _MOST_FILES or sum(item.file_size for item in members) > _LARGEST_UNPACKED:
            raise EngineError(cause("zip_large", file=file.name, most=_MOST_FILES))
        files = []
        for item in members:
            try:
                inside = Path(item.filename)
                files.append(Given(name=inside.name, data=archive.read(item), folder=inside.parent.name))
            except UNREADABLE as error:
                part = Path(item.filename).name
                raise EngineError(cause("zip_part", file=file.name, part=part, error=quoted(str(error)))) from error
        return files


def put_files(folder: Path, files: Sequence[Given], names: re.Pattern[str]) -> None:
    """Make a folder and put files into it, those of archives unpacked.

    Parameters
    ----------
    folder : Path
        To be made.
    files : sequence of Given
    names : pattern
        Of the names that may be in it.

    Raises
    ------
    EngineError
        Where a name is another or twice the same, or an archive cannot be read.
    """
    folder.mkdir()
    for file in files:
        for part in unzipped(file) if file.name.lower().endswith(".zip") else [file]:
            _put(folder, part, names)


def _put(folder: Path, file: Given, names: re.Pattern[str]) -> None:
    name = Path(file.name).name
    if not names.fullmatch(name):
        raise EngineError(cause("upload_stranger", file=name))
    place = folder / ("scenario.yaml" if name.lower() == "scenario.yml" else name)
    if place.exists():
        raise EngineError(cause("upload_twice", file=name))
    place.write_bytes(file.data)
