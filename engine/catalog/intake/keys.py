"""Keys of a catalogue as 64-bit hashes: eight bytes a row, whatever the names."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from engine.scenario.arrays import Integers

Hashes = npt.NDArray[np.uint64]
# Rows and codes: a catalogue has fewer than two thousand million.
Small = npt.NDArray[np.int32]


def hashes(column: pa.Array) -> Hashes:
    """The same hash for the same text in every process; blank text too."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    text = column.cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False)
    return np.asarray(pd.util.hash_array(np.asarray(text, dtype=object), categorize=False), dtype=np.uint64)


class KeyIndex:
    """Finds the first row of a key.

    Parameters
    ----------
    keys : shape (rows,)
    """

    def __init__(self, keys: Hashes) -> None:
        self.order = np.argsort(keys, kind="stable").astype(np.int32)
        self.sorted = keys[self.order]

    def keys(self) -> Hashes:
        """The keys in the order of their rows; shape (rows,)."""
        keys = np.empty_like(self.sorted)
        keys[self.order] = self.sorted
        return keys

    def find(self, wanted: Hashes) -> Small:
        """Row of each key, -1 where there is none."""
        if not len(self.sorted):
            return np.full(len(wanted), -1, dtype=np.int32)
        # In ascending order the search stays in the cache: several times as fast.
        order = np.argsort(wanted)
        ascending = wanted[order]
        at = np.minimum(np.searchsorted(self.sorted, ascending, side="left"), len(self.sorted) - 1)
        rows = np.empty(len(wanted), dtype=np.int32)
        rows[order] = np.where(self.sorted[at] == ascending, self.order[at], -1)
        return rows

    def duplicates(self) -> Integers:
        """Rows whose key stands in an earlier row."""
        again = np.flatnonzero(self.sorted[1:] == self.sorted[:-1]) + 1
        return np.sort(self.order[again]).astype(np.int64)
