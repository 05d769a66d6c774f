"""The tables of a folder, by the names of its files."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.errors import Fault
from engine.notices import Notice
from engine.scenario.columns import TABLES
from engine.scenario.files.assumed import ASSUMPTIONS_FILE
from engine.scenario.files.raw import table_name
from engine.scenario.settings import nearest
from engine.words.reason import Reason, cause

# A name this near to that of a table is a slip of it.
_NEARLY = 0.8
# What systems put behind the name of another copy.
_COPY = re.compile(r"[ _-]*(\(\d+\)|copy|kopie|copie|copia|副本)$", re.IGNORECASE)


def find_tables(folder: Path) -> tuple[Mapping[str, Path], list[Fault], list[Notice]]:
    """The CSV files of a folder by table name, whatever their case.

    Another CSV file is left out with a notice; one whose name is nearly that of a table is a fault, since its rows
    would be missing. So is told what bears the name of a table that is not there and is no CSV file (``bom.xlsx``, a
    folder ``orders``). Files that systems and spreadsheets put beside (``._products.csv``, ``~$products.csv``) are
    passed over.
    """
    files: dict[str, Path] = {}
    faults: list[Fault] = []
    notices: list[Notice] = []
    others: dict[str, Path] = {}
    left_out: list[Path] = []
    # An ending in capitals is a table too: passing over an optional one would leave its rows out unsaid.
    for path in sorted(folder.iterdir()):
        name = table_name(path.stem)
        if is_left_behind(path.name) or path.name == ASSUMPTIONS_FILE:
            continue
        if path.suffix.lower() != ".csv" or path.is_dir():
            others[table_name(path.name.split(".", 1)[0])] = path
            continue
        if name in TABLES and name in files:
            twice = cause("table_twice", table=name, other=files[name].name)
            faults.append(Fault(file=path.name, cause=twice))
        elif name in TABLES:
            files[name] = path
        elif near := misspelt(name, TABLES):
            faults.append(Fault(file=path.name, cause=cause("table_none", table=path.stem, near=near)))
        else:
            left_out.append(path)
    for path in left_out:
        copied = table_name(_COPY.sub("", path.stem))
        if copied in TABLES and copied not in files:
            # A download or a copy of a table that is not there: its rows would be missing.
            near = nearest(copied, list(TABLES))
            faults.append(Fault(file=path.name, cause=cause("table_none", table=path.stem, near=near)))
        else:
            notices.append(Notice(kind="file_left_out", file=path.name, values={"tables": ", ".join(TABLES)}))
    missing = [name for name in TABLES if name in others and name not in files]
    notices += [Notice(kind="table_other_form", file=others[name].name, values={"table": name}) for name in missing]
    return files, faults, notices


def is_left_behind(name: str) -> bool:
    """Whether a file is one that a system or a spreadsheet puts beside others."""
    return name.startswith(("._", "~$", "."))


def misspelt(name: str, names: Sequence[str]) -> Reason | None:
    """``did you mean`` where a name is nearly that of a table; None for a name of its own."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=_NEARLY)
    return nearest(name, list(names)) if near else None
