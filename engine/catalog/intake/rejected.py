"""Rows that cannot be decided, each with its reason."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from engine.errors import Fault, printed
from engine.scenario.files.formulas import escaped, unescaped

HEADER = ("table", "row", "product", "column", "reason")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Rejected:
    """One row left out.

    Parameters
    ----------
    table : str
    row : int
        As a spreadsheet counts it, the header being row 1.
    product : str
        The product that is not decided, or whose line is ignored.
    column, reason : str
    """

    table: str
    row: int
    product: str
    column: str
    reason: str


def ragged(table: str, faults: Iterable[Fault]) -> list[Rejected]:
    """Rows with too many or too few cells, which no reader sees."""
    return [
        Rejected(table=table, row=fault.row or 0, product="", column="", reason=fault.message) for fault in faults
    ]


def write_rejected(path: Path, rows: Iterable[Rejected]) -> None:
    """Write rows as CSV, sorted, under a temporary name first."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with scratch.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        # What is rejected may be anything, and is looked at in a spreadsheet.
        writer.writerows([escaped(printed(str(cell))) for cell in astuple(row)] for row in sorted(rows))
    scratch.replace(path)


def read_rejected(path: Path) -> list[Rejected]:
    """Read them back."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Rejected(table=unescaped(line["table"]), row=int(line["row"]), product=unescaped(line["product"]),
                     column=unescaped(line["column"]), reason=unescaped(line["reason"]))
            for line in csv.DictReader(file)
        ]  # fmt: skip


def merge_rejected(paths: Sequence[Path], out: Path) -> int:
    """All rows of several files in one; how many."""
    rows = [row for path in paths for row in read_rejected(path)]
    write_rejected(out, rows)
    return len(rows)
