"""Office files without the hour they were written at, so that the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile

_DAY = (2000, 1, 1, 0, 0, 0)
_WRITTEN_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def settled(content: bytes) -> bytes:
    """The same office file with fixed dates, those of the workbooks inside it too.

    Parameters
    ----------
    content : bytes
        A ``.pptx`` or ``.xlsx``.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh:
        for entry in given.infolist():
            held = given.read(entry)
            if entry.filename.endswith(".xlsx"):
                held = settled(held)
            elif entry.filename == "docProps/core.xml":
                held = _WRITTEN_AT.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", held)
            named = zipfile.ZipInfo(entry.filename, _DAY)
            named.compress_type = zipfile.ZIP_DEFLATED
            named.external_attr = 0o600 << 16
            fresh.writestr(named, held)
    return out.getvalue()
