"""Workbooks as no spreadsheet writes them: parts under other names, cells without places, lengths that lie."""

import io
import struct
import zipfile
import zlib

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NAMES = f'xmlns="{_MAIN}" xmlns:r="{_LINKS}"'
SHEET = "xl/worksheets/sheet1.xml"


def sheet(rows: str, *, before: str = "") -> str:
    """A sheet with rows as given."""
    return f'<?xml version="1.0"?>{before}<worksheet {NAMES}><sheetData>{rows}</sheetData></worksheet>'


def workbook(cells: str, *, target: str = "worksheets/sheet1.xml", part: str = SHEET, **others: str | bytes) -> bytes:
    """A workbook of one sheet, 'products'; others are parts below ``xl`` in place of or beside the usual ones."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook {NAMES}><sheets>'
        '<sheet name="products" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/worksheet" Target="{target}"/></Relationships>',
        part: cells,
        **{f"xl/{name.replace('__', '.')}": text for name, text in others.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def said_shorter(data: bytes, part: str, length: int) -> bytes:
    """The same archive, which states that a part has so many bytes, and the checksum of those."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sum_of_start = zlib.crc32(archive.read(part)[:length])
    changed = bytearray(data)
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(part.encode()))
    changed[at + 16 : at + 20] = struct.pack("<I", sum_of_start)
    changed[at + 24 : at + 28] = struct.pack("<I", length)
    return bytes(changed)
