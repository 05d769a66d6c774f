"""Products of a catalogue by keys that are spelled otherwise; memory as for the index of keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.catalog.intake.keys import Hashes, KeyIndex, hashes
from engine.catalog.intake.source import Catalogue, batches
from engine.scenario.checks.alike import drawn, folded

# What keys may have in common, the nearest first, as `spellings` has it for a scenario.
_COMMON: tuple[Callable[[str], str], ...] = (folded, drawn)


@dataclass(slots=True)
class Spellings:
    """The one product that a key spelled otherwise means; what several products look like is not guessed.

    Nothing is read before the first such key.

    Parameters
    ----------
    catalogue : Catalogue
    """

    catalogue: Catalogue
    _indexes: list[tuple[Callable[[str], str], KeyIndex, Hashes]] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)

    def meant(self, names: Iterable[str]) -> dict[str, str]:
        """The product of each name that means one.

        Parameters
        ----------
        names : iterable of str
            No keys of products.
        """
        asked = [name for name in dict.fromkeys(names) if name and name not in self._known]
        if asked:
            self._look_up(asked)
        return {name: self._known[name] for name in names if self._known.get(name)}

    def _look_up(self, asked: list[str]) -> None:
        if not self._indexes:
            self._indexes = [self._index(common) for common in _COMMON]
        rows: dict[str, int] = {}
        for common, index, several in self._indexes:
            # Which of several is meant where only case tells them apart, zeros do not say either.
            open_ = [name for name in asked if name not in rows and common(name)]
            wanted = hashes(pa.array([common(name) for name in open_], pa.string()))
            found, guess = index.find(wanted), np.isin(wanted, several)
            one = np.flatnonzero((found >= 0) & ~guess).tolist()
            rows.update({open_[k]: int(found[k]) for k in one})
        texts = self._texts(np.unique(np.array(list(rows.values()), dtype=np.int64)))
        self._known.update(dict.fromkeys(asked, ""))
        self._known.update({name: texts[row] for name, row in rows.items()})

    def _index(self, common: Callable[[str], str]) -> tuple[Callable[[str], str], KeyIndex, Hashes]:
        parts = [
            hashes(pa.array([common(str(key)) for key in batch.column("product").to_pylist()], pa.string()))
            for batch in batches(self.catalogue, "products", ["product"])
        ]
        keys = np.concatenate([np.zeros(0, dtype=np.uint64), *parts])
        index = KeyIndex(keys)
        return common, index, np.unique(keys[index.duplicates()])

    def _texts(self, rows: npt.NDArray[np.int64]) -> dict[int, str]:
        """Keys as they stand in some rows, ascending."""
        texts: dict[int, str] = {}
        start = 0
        for batch in batches(self.catalogue, "products", ["product"]) if len(rows) else ():
            inside = rows[(rows >= start) & (rows < start + len(batch))]
            column = batch.column("product").take(pa.array(inside - start)).to_pylist()
            texts.update(zip(inside.tolist(), (str(key) for key in column), strict=True))
            start += len(batch)
        return texts
