"""Look into a workbook before it is read: a few kB can ask for gigabytes, and failed formulas read as blanks."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError

# The sizes that a zip states may be lies, so what comes out is counted.
MAX_UNZIPPED_BYTES = 1 << 30
# Reading fills the whole rectangle up to the last cell, however few cells there are.
MAX_CELLS = 20_000_000
# Text is stored once and may be used by every cell.
MAX_TEXT_BYTES = 1 << 32
_CHUNK = 1 << 20
_OVERLAP = 1 << 10
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_FAILED = re.compile(rb"""<(?:\w+:)?c\b(?=[^>]*\bt\s*=\s*["']e["'])[^>]*\br\s*=\s*["']([A-Z]+)([0-9]+)["']""")
_SHEET = re.compile(r"""<(?:\w+:)?sheet\b[^>]*>""")
_LINK = re.compile(r"""<(?:\w+:)?Relationship\b[^>]*>""")

Place = tuple[int, int]


@dataclass(slots=True)
class _Extent:
    """How far the cells of one sheet reach."""

    rows: int = 0
    columns: int = 0


def failed_formulas(path: Path) -> dict[str, set[Place]]:
    """Cells whose formula failed, after the workbook was found small enough to read.

    Parameters
    ----------
    path : Path
        An ``.xlsx`` file.

    Returns
    -------
    dict of str to set of (int, int)
        By sheet: row and column of each such cell, both counted from 0.

    Raises
    ------
    EngineError
        Where reading it could fill the memory.
    zipfile.BadZipFile
        Where it is no zip.
    """
    failed: dict[str, set[Place]] = {}
    longest = cells = 0
    with zipfile.ZipFile(path) as archive:
        names = _sheet_names(archive)
        budget = [MAX_UNZIPPED_BYTES]
        for item in archive.infolist():
            extent = _Extent()
            is_sheet = item.filename.startswith("xl/worksheets/")
            for chunk in _chunks(archive, item, path.name, budget):
                if is_sheet:
                    _extend(extent, chunk)
                    sheet = names.get(item.filename, item.filename)
                    if b'"e"' in chunk or b"'e'" in chunk:
                        failed.setdefault(sheet, set()).update(
                            (int(row) - 1, _column(column) - 1) for column, row in _FAILED.findall(chunk)
                        )
                elif item.filename.endswith("sharedStrings.xml"):
                    longest = max([longest, *(len(text) for text in chunk.split(b"<si"))])
            area = extent.rows * extent.columns
            if area > MAX_CELLS:
                sheet = names.get(item.filename, item.filename)
                raise EngineError(
                    f"{path.name}[{sheet}]: its cells reach to row {extent.rows} and column "
                    f"{extent.columns}, {area:,} cells; delete stray cells or use a folder of CSV files"
                )
            cells += area
    if cells * longest > MAX_TEXT_BYTES:
        raise EngineError(f"{path.name}: unfolds to more than 4 GB of text; use a folder of CSV files")
    return {sheet: places for sheet, places in failed.items() if places}


def _chunks(archive: zipfile.ZipFile, item: zipfile.ZipInfo, file: str, budget: list[int]) -> Iterator[bytes]:
    """The content in pieces that overlap, so that no cell is cut in every one of them."""
    tail = b""
    with archive.open(item) as stream:
        while piece := stream.read(_CHUNK):
            budget[0] -= len(piece)
            if budget[0] < 0:
                raise EngineError(f"{file}: unfolds to more than 1 GB; split it or use a folder of CSV files")
            yield tail + piece
            tail = piece[-_OVERLAP:]


def _extend(extent: _Extent, chunk: bytes) -> None:
    places = _PLACE.findall(chunk)
    extent.rows = max([extent.rows, *(int(row) for row in {row for _, row in places})])
    extent.columns = max([extent.columns, *(_column(letters) for letters in {name for name, _ in places})])


def _column(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name by the file of its cells."""
    try:
        book = archive.read("xl/workbook.xml").decode("utf-8", errors="replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", errors="replace")
    except KeyError:
        return {}
    targets = {
        _attribute(link, "Id"): posixpath.normpath(posixpath.join("xl", _attribute(link, "Target"))).lstrip("/")
        for link in _LINK.findall(links)
    }
    return {
        targets.get(_attribute(sheet, r"\w+:id"), ""): html.unescape(_attribute(sheet, "name"))
        for sheet in _SHEET.findall(book)
    }


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}\s*=\s*["']([^"']*)["']""", tag)
    return found.group(1) if found else ""
