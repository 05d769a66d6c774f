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
from engine.words.reason import cause

# The sizes that a zip states may be lies, so what comes out is counted.
MAX_UNZIPPED_BYTES = 1 << 30
# Reading fills the whole rectangle up to the last cell, however few cells there are.
MAX_CELLS = 20_000_000
# Text is stored once and may be used by every cell.
MAX_TEXT_BYTES = 1 << 32
# The list of sheets and of their files; a workbook of ten thousand sheets stays below.
MAX_LIST_BYTES = 1 << 24
_CHUNK = 1 << 20
# No pattern looks beyond the next tag: a million tags that never end would each be searched to the end otherwise.
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_FAILED = re.compile(rb"""<(?:\w+:)?c\b(?=[^<>]*\bt\s*=\s*["']e["'])[^<>]*\br\s*=\s*["']([A-Z]+)([0-9]+)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACED_CELL = re.compile(rb"""<(?:\w+:)?c\s+r=["'][A-Za-z]{1,3}[0-9]{1,7}["']""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_PLACED_ROW = re.compile(rb"""<(?:\w+:)?row\s+r=["']([0-9]{1,7})["']""")
_SHEET = re.compile(r"""<(?:\w+:)?sheet\b[^<>]*>""")
_LINK = re.compile(r"""<(?:\w+:)?Relationship\b[^<>]*>""")

Place = tuple[int, int]


@dataclass(slots=True)
class _Extent:
    """How far the cells of one sheet reach.

    A cell or row without a place of its own stands one further than the one before it, so that the farthest place named
    and as many cells and rows as name none are never too few.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    unplaced_rows: int = 0
    unplaced_in_row: int = 0
    most_unplaced: int = 0

    def add(self, chunk: bytes) -> None:
        """Count the cells of whole tags."""
        places = _PLACE.findall(chunk)
        marks = [int(row) for row in _PLACED_ROW.findall(chunk)]
        self.rows = max([self.rows, *marks, *(int(row) for row in {row for _, row in places})])
        self.columns = max([self.columns, *(_column(letters) for letters in {name for name, _ in places})])
        cells = len(_CELL.findall(chunk))
        self.cells += cells
        self.unplaced_rows += len(_ROW.findall(chunk)) - len(marks)
        if cells == len(_PLACED_CELL.findall(chunk)):
            return
        for number, row in enumerate(_ROW.split(chunk)):
            unplaced = len(_CELL.findall(row)) - len(_PLACED_CELL.findall(row))
            self.unplaced_in_row = unplaced if number else self.unplaced_in_row + unplaced
            self.most_unplaced = max(self.most_unplaced, self.unplaced_in_row)

    @property
    def last_row(self) -> int:
        """Rows down to the last cell, at most."""
        return self.rows + self.unplaced_rows

    @property
    def last_column(self) -> int:
        """Columns up to the last cell, at most."""
        return self.columns + self.most_unplaced


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
            extent, is_sheet, text = _Extent(), False, 0
            sheet = names.get(_part(item.filename), item.filename)
            holds_texts = item.filename.lower().endswith("sharedstrings.xml")
            for chunk in _chunks(archive, item, path.name, budget):
                # Whatever its file is called: the list of sheets may name any.
                is_sheet = is_sheet or b"sheetData" in chunk
                if is_sheet:
                    extent.add(chunk)
                    if b'"e"' in chunk or b"'e'" in chunk:
                        failed.setdefault(sheet, set()).update(
                            (int(row) - 1, _column(column) - 1) for column, row in _FAILED.findall(chunk)
                        )
                elif holds_texts:
                    before, *others = chunk.split(b"<si")
                    text += len(before)
                    longest = max([longest, text, *(len(one) for one in others)])
                    text = len(others[-1]) if others else text
            area = max(extent.last_row * extent.last_column, extent.cells)
            if area > MAX_CELLS:
                reach = {"rows": extent.last_row, "columns": extent.last_column}
                raise EngineError(cause("book_cells", sheet=f"{path.name}[{sheet}]", cells=area, **reach))
            cells += area
    if cells * longest > MAX_TEXT_BYTES:
        raise EngineError(cause("book_text", file=path.name))
    return {sheet: places for sheet, places in failed.items() if places}


def _chunks(archive: zipfile.ZipFile, item: zipfile.ZipInfo, file: str, budget: list[int]) -> Iterator[bytes]:
    """The content in pieces that end before a tag, so that no tag is cut."""
    tail = b""
    # The reader of the cells inflates to the end, and so must this, whatever length the archive states.
    item.file_size = MAX_UNZIPPED_BYTES + _CHUNK
    with archive.open(item) as stream:
        while piece := stream.read(_CHUNK):
            budget[0] -= len(piece)
            if budget[0] < 0:
                raise EngineError(cause("book_large", file=file))
            whole = tail + piece
            cut = whole.rfind(b"<")
            # A tag longer than a piece is none that a spreadsheet writes; its beginning is looked at by itself.
            cut = len(whole) if cut < 0 or len(whole) - cut > _CHUNK else cut
            yield whole[:cut]
            tail = whole[cut:]
    yield tail


def _column(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name by the file of its cells."""
    try:
        book, links = (_start(archive, name) for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"))
    except KeyError:
        return {}
    targets = {
        _attribute(link, "Id"): _part(posixpath.join("xl", _attribute(link, "Target")))
        for link in _LINK.findall(links)
    }
    return {
        targets.get(_attribute(sheet, r"\w+:id"), ""): html.unescape(_attribute(sheet, "name"))
        for sheet in _SHEET.findall(book)
    }


def _start(archive: zipfile.ZipFile, name: str) -> str:
    """The text of a part, as far as it may be used."""
    with archive.open(name) as stream:
        return stream.read(MAX_LIST_BYTES).decode("utf-8", errors="replace")


def _part(name: str) -> str:
    """The name of a part in one form."""
    return posixpath.normpath(name).lstrip("/")


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"""\s{name}\s*=\s*["']([^"']*)["']""", tag)
    return match.group(1) if match else ""
