"""Errors for people: what is wrong, where, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Characters that steer a terminal, or turn the direction of what stands beside them; tabs and line ends are text.
UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printed(text: str) -> str:
    r"""A text as it may go to a terminal.

    Examples
    --------
    >>> printed("P\x1b[2J")
    'P<U+001B>[2J'
    """
    return UNPRINTED.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


class EngineError(Exception):
    """A problem the user can act on; its text is shown as it is, without a traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with the input.

    Parameters
    ----------
    file : str
        File, sheet or frame, for example ``products.csv``.
    row : int or None
        Row as a spreadsheet counts it (the header is row 1), of a frame as ``iloc`` does; None where the whole
        is meant.
    column : str or None
        Column or setting name.
    message : str
        What is wrong and what would be right.
    """

    file: str
    message: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.row, self.column) if part is not None)
        return printed(f"{where}: {self.message}")


class ScenarioError(EngineError):
    """The scenario is faulty; every fault found is listed, not only the first.

    Parameters
    ----------
    issues : iterable of Fault
        All faults, in the order of the tables and rows.
    """

    def __init__(self, issues: Iterable[Fault]) -> None:
        self.issues: tuple[Fault, ...] = tuple(issues)
        count = len(self.issues)
        head = "1 fault" if count == 1 else f"{count} faults"
        super().__init__("\n".join([f"{head} in the scenario:", *(f"  {issue}" for issue in self.issues)]))
