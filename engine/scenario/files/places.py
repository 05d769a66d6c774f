"""Where the records of the tables stand, so that a fault can say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.errors import Fault
from engine.words.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the records of each table stand, and what is already known to be bad.

    Parameters
    ----------
    files : dict of str to str
        Table name to file or sheet.
    rows : dict of str to numpy.ndarray
        Row of each record.
    bad : dict of str to set of (int, str)
        Record and column of cells already reported.
    unreadable : frozenset of str
        Tables that are there, but could not be read.
    """

    files: dict[str, str] = field(default_factory=dict)
    rows: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    bad: dict[str, set[tuple[int, str]]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    def row(self, table: str, record: int) -> int:
        """Row of a record; record k stands in row k + 2 where nothing else is known."""
        return int(self.rows[table][record]) if table in self.rows else record + 2

    def fault(self, table: str, record: int, column: str | None, cause: Reason) -> Fault:
        """A fault at one record of a table."""
        file = self.files.get(table, f"{table}.csv")
        return Fault(file=file, row=self.row(table, record), column=column, cause=cause)

    def known(self, table: str, record: int, *columns: str) -> bool:
        """Whether any of these cells was reported before."""
        bad = self.bad.get(table, set())
        return any((record, column) in bad for column in columns)

    def keys_unknown(self, table: str, column: str, records: int) -> bool:
        """Whether the keys of a table could not be read, so that every reference to them would look wrong."""
        return table in self.unreadable or (
            records > 0 and all(self.known(table, record, column) for record in range(records))
        )


def frame_places(lengths: Mapping[str, int]) -> Places:
    """Places of tables that are frames: by name, rows counted from 0, as ``iloc`` does.

    Parameters
    ----------
    lengths : mapping of str to int
        Records of each table.
    """
    return Places(
        files={name: name for name in lengths},
        rows={name: np.arange(length, dtype=np.int64) for name, length in lengths.items()},
    )
