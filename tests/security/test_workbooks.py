"""Hostile workbooks: each asks for memory, time or files that it must not get."""

import io
import zipfile

import pytest

from engine.errors import EngineError
from engine.scenario.files import workbook_guard
from engine.scenario.files.raw import read_workbook
from engine.scenario.files.workbook_guard import failed_formulas
from tests.evidence import FULL
from tests.security.archives import NAMES, SHEET, said_shorter, sheet, workbook

FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
NEAR = '<row r="1"><c r="A1"><v>1</v></c></row>'


def place(tmp_path, data):
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    return path


LARGE = {
    "a cell far away": workbook(sheet(FAR)),
    "cells of no place in a far row": workbook(sheet(f'<row r="1048576">{"<c/>" * 16_383}<c><v>1</v></c></row>')),
    "a placed cell, then others of no place": workbook(
        sheet(f'<row r="1048576"><c r="A1048576"><v>1</v></c>{"<c/>" * 9_000}<c><v>1</v></c></row>')
    ),
    "rows of no place behind a far one": workbook(
        sheet(f'{NEAR}<row r="1048000"/>{"<row/>" * 500}<row><c r="ZZ1"><v>1</v></c></row>')
    ),
    "a sheet in another folder": workbook(sheet(FAR), target="other/a.xml", part="xl/other/a.xml"),
    "a sheet above its folder": workbook(sheet(FAR), target="../a.xml", part="xl/../a.xml"),
    "a sheet in capitals": workbook(sheet(FAR), part="XL/WORKSHEETS/SHEET1.XML"),
    "a sheet called as the chain of formulas": workbook(sheet(FAR), target="calcChain.xml", part="xl/calcChain.xml"),
    "names with a prefix": workbook(
        f'<x:worksheet xmlns:x="{NAMES.split(chr(34))[1]}"><x:sheetData><x:row r="1048576"><x:c r="XFD1048576">'
        "<x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    ),
    "many cells in one place": workbook(sheet(f'<row r="1">{"<c r=" + chr(34) + "A1" + chr(34) + "/>"}</row>' * 3)),
}


@pytest.mark.parametrize("name", LARGE)
def test_no_sheet_fills_the_memory_however_it_is_written(name, tmp_path, monkeypatch):
    if name == "many cells in one place":
        monkeypatch.setattr(workbook_guard, "MAX_CELLS", 2)
    with pytest.raises(EngineError, match=r"its cells reach to row \d+ and column \d+"):
        read_workbook(place(tmp_path, LARGE[name]))


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c><v>1</v></c><c><v>2</v></c></row>" * 60,
        '<row r="1"><c><v>1</v></c><c><v>2</v></c></row>' * 60,
        "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="B{n}"><v>1</v></c></row>' for n in range(1, 61)),
    ],
)
def test_a_small_sheet_is_never_taken_for_a_large_one(rows, tmp_path, monkeypatch):
    # Twice sixty cells, and what a row may be counted more than once.
    monkeypatch.setattr(workbook_guard, "MAX_CELLS", 250)
    monkeypatch.setattr(workbook_guard, "_CHUNK", 100)
    assert failed_formulas(place(tmp_path, workbook(sheet(rows)))) == {}


def test_a_length_that_lies_with_the_checksum_of_the_lie_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_guard, "MAX_UNZIPPED_BYTES", 100_000)
    data = said_shorter(workbook(sheet(NEAR + " " * 2_000_000)), SHEET, 100)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.read(SHEET)) == 100, "the archive would be believed"
    with pytest.raises(EngineError, match="unfolds to more than 1 GB"):
        read_workbook(place(tmp_path, data))


def test_a_list_of_sheets_that_unfolds_to_much_is_not_held(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_guard, "MAX_UNZIPPED_BYTES", 100_000)
    monkeypatch.setattr(workbook_guard, "MAX_LIST_BYTES", 1000)
    read = []
    start = workbook_guard._start
    monkeypatch.setattr(workbook_guard, "_start", lambda *given: read.append(start(*given)) or read[-1])
    with pytest.raises(EngineError, match="unfolds to more than 1 GB"):
        read_workbook(place(tmp_path, workbook(sheet(NEAR), workbook__xml=" " * 1_000_000)))
    assert read
    assert max(map(len, read)) <= 1000


@pytest.mark.parametrize("name", ["sharedStrings.xml", "SHAREDSTRINGS.XML"])
def test_one_long_text_in_many_cells_is_counted_whole(name, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_guard, "_CHUNK", 1000)
    monkeypatch.setattr(workbook_guard, "MAX_TEXT_BYTES", 400_000)
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 11))
    text = f"<sst {NAMES}><si><t>{'x' * 50_000}</t></si></sst>"
    with pytest.raises(EngineError, match="of text"):
        read_workbook(place(tmp_path, workbook(sheet(cells), **{name.replace(".", "__"): text})))


@pytest.mark.parametrize("open_tag", ["<c ", "<row ", '<c t="e" ', "<x:c ", "<sheet "])
def test_tags_that_never_end_take_no_time(open_tag, tmp_path):
    """Each would be searched to the end: hours for a megabyte. Not by the clock: the pattern itself is looked at."""
    for pattern in ("_FAILED", "_CELL", "_PLACED_CELL", "_ROW", "_PLACED_ROW"):
        compiled = getattr(workbook_guard, pattern)
        assert b"[^>]" not in compiled.pattern, pattern
    tags = open_tag * (300_000 if FULL else 60_000)
    with pytest.raises(EngineError, match="not readable"):
        read_workbook(place(tmp_path, workbook(f'<worksheet {NAMES}><sheetData>"e"' + tags)))


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/secret">]>',
        '<!DOCTYPE a [<!ENTITY y "aaaaaaaaaa"><!ENTITY x "&y;&y;&y;&y;&y;&y;&y;&y;&y;&y;">]>',
    ],
)
def test_entities_are_not_followed(declared, tmp_path):
    cells = sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>', before=declared)
    with pytest.raises(EngineError, match="unrecognized entity"):
        read_workbook(place(tmp_path, workbook(cells)))
