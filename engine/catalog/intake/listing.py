"""Which files of a folder are the tables of a catalogue, and which are none of them."""

from __future__ import annotations

from pathlib import Path

from engine.errors import Fault
from engine.notices import Notice
from engine.scenario.columns import COLUMNS, TABLES
from engine.scenario.files.folder import is_left_behind, misspelt
from engine.scenario.files.raw import table_name
from engine.words.reason import cause

USED_TABLES = ("products", "components", "bom", "resources", "routing")
ORDERS = "orders"
# What is read beside order lines where they fill a catalogue.
HISTORY = ("stock_outs", "forecasts")
# Rows of a product, or of all products of a family.
OWNED = ("seasons", "segments")
# How often orders of a size were seen, for cut-offs of large orders: what order lines leave when they have filled a
# catalogue. Sizes of a scenario are those of its own lines.
SIZES = "order_sizes"
SIZE_COLUMNS = ("product", "units", "orders")
DECIDED_WITH = (*USED_TABLES, *OWNED, SIZES)
KINDS = {name: {definition.name for definition in COLUMNS[name]} for name in (*USED_TABLES, *OWNED, ORDERS, *HISTORY)}
KINDS[SIZES] = set(SIZE_COLUMNS)


def table_files(folder: Path, name: str) -> tuple[tuple[Path, ...], bool, list[Fault]]:
    """The files of a table, whatever the case of their names, and whether they are text."""
    stand = [path for path in sorted(folder.iterdir()) if table_name(path.stem) == name]
    parts = tuple(part for path in stand if path.is_dir() for part in sorted(path.iterdir()) if _ends(part, ".parquet"))
    given = [parts, *((path,) for end in (".parquet", ".csv") for path in stand if path.is_file() and _ends(path, end))]
    given = [files for files in given if files]
    if len(given) > 1:
        names = ", ".join(str(files[0].name) for files in given)
        return (), False, [Fault(file=name, cause=cause("stands_times", times=len(given), files=names))]
    if not given:
        # A folder of other files would leave the whole table out unsaid.
        empty = [path.name for path in stand if path.is_dir() and any(path.iterdir())]
        return (), False, [Fault(file=one, cause=cause("folder_no_parquet")) for one in empty]
    return given[0], _ends(given[0][0], ".csv"), []


def _ends(path: Path, ending: str) -> bool:
    return path.suffix.lower() == ending and not is_left_behind(path.name)


def strange_files(folder: Path, names: set[str], notices: list[Notice], *, fitted: bool) -> list[Fault]:
    """Files that are nearly named as tables; order lines, which a catalogue run does not read; others are left out.

    Those of another form that bear the name of a table which was not found are told.
    """
    faults = []
    for path in sorted(folder.iterdir()):
        table = path.suffix.lower() in (".csv", ".parquet") or path.is_dir()
        name, whole = table_name(path.stem), table_name(path.name.split(".", 1)[0])
        if not table and whole in (*USED_TABLES, *OWNED) and whole not in names and not is_left_behind(path.name):
            notices.append(Notice(kind="table_other_form", file=path.name, values={"table": whole}))
        read = (*DECIDED_WITH, *HISTORY, ORDERS) if fitted else DECIDED_WITH
        if not table or name in read or is_left_behind(path.name):
            continue
        if name in (ORDERS, *HISTORY):
            kind = "orders_not_read" if name == ORDERS else "history_not_read"
            faults.append(Fault(file=path.name, cause=cause(kind)))
        elif not path.is_dir() and (near := misspelt(name, TABLES)):
            faults.append(Fault(file=path.name, cause=cause("table_none", table=path.stem, near=near)))
        elif not path.is_dir():
            tables = ", ".join((*USED_TABLES, *OWNED))
            notices.append(Notice(kind="file_left_out", file=path.name, values={"tables": tables}))
    return faults
