"""Faults of what is uploaded: names and bytes, or an archive of them."""

import io
import zipfile

from tests.scenario.folders import GOOD


def _zipped(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


_GOOD = {name: text.encode() for name, text in GOOD.items()}

CASES: dict[str, dict[str, bytes]] = {
    "nothing": {},
    "an empty archive": {"a.zip": _zipped({})},
    "no archive": {"a.zip": b"hello"},
    "an archive cut off": {"a.zip": _zipped(GOOD)[:-30]},
    "an archive in an archive": {"a.zip": _zipped({"b.zip": _zipped(GOOD)})},
    "an archive without settings": {"a.zip": _zipped({"products.csv": GOOD["products.csv"]})},
    "an archive of two cases": {"a.zip": _zipped({**GOOD, "two/scenario.yaml": GOOD["scenario.yaml"]})},
    "an archive with a program": {"a.zip": _zipped({**GOOD, "run.exe": b"MZ"})},
    "an archive of many files": {"a.zip": _zipped({f"{n}.csv": "a\n" for n in range(100)})},
    "a workbook and a table": {"a.xlsx": b"PK", "products.csv": _GOOD["products.csv"]},
    "two workbooks": {"a.xlsx": b"PK", "b.xlsx": b"PK"},
    "a broken workbook": {"mine.xlsx": b"PK\x03\x04" + bytes(40)},
    "tables without settings": {"products.csv": _GOOD["products.csv"]},
    "a picture": {"a.png": b"\x89PNG"},
    "a path": {"../products.csv": _GOOD["products.csv"]},
    "a table twice": {"a.zip": _zipped(GOOD), "products.csv": _GOOD["products.csv"]},
    "a table misspelt": {**_GOOD, "componets.csv": b"component\nC\n"},
    "a faulty table": {**_GOOD, "components.csv": b"component,unit_cost,lead_time_days\nC1,-1,9\nC2,5,4\n"},
}
