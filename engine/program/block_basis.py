"""Bases of blocks put together into one of the whole group, and the whole's cut apart again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from highspy import HighsBasisStatus

from engine.economics.instance import Booleans, Integers
from engine.program.highs import Basis
from engine.program.numbering import Numbering, Pair

# By what the variables and rows of a block are numbered; others begin nonbasic, and their rows basic.
_COLUMNS = {"Sc": "component", "stocked": "component", "x": "product", "w": "product"}
_ROWS = {"C1": "product", "C4": "product", "C6": "product", "C3": "component", "C3_least": "component"}

# Places of a block's products and components in the whole.
Places = dict[str, Integers]


def joined_basis(place: Numbering, blocks: Iterable[tuple[Places, Numbering, Basis]]) -> Basis:
    """The bases of blocks in the numbers of the whole.

    The stock of a part that several have is basic where it is so in one of them, and its row is not where it holds with
    equality in one; HiGHS mends what does not fit.

    Parameters
    ----------
    place : Numbering
        Of the whole.
    blocks : triples
        Places of each block, the numbers of its program and the basis of that.
    """
    status = HighsBasisStatus
    columns = np.full(place.column_count, status.kLower, dtype=object)
    rows = np.full(place.row_count, status.kBasic, dtype=object)
    for places, numbers, basis in blocks:
        for name, axis in _COLUMNS.items():
            here, there = _matched(numbers.columns[name], place.columns[name], places[axis])
            said = basis.columns[here] != status.kLower
            columns[there[said]] = basis.columns[here[said]]
        for name, axis in _ROWS.items():
            here, there = _matched(numbers.rows[name], place.rows[name], places[axis])
            said = basis.rows[here] != status.kBasic
            rows[there[said]] = basis.rows[here[said]]
    return Basis(columns=columns, rows=rows)


def carried_into(block: Numbering, places: Places, whole: Numbering) -> tuple[Pair, Pair]:
    """Where columns and rows of the whole's program stand in a block's, as of `carried_over`.

    Parameters
    ----------
    block : Numbering
    places : Places
    whole : Numbering
    """
    columns = [_matched(block.columns[name], whole.columns[name], places[axis]) for name, axis in _COLUMNS.items()]
    rows = [_matched(block.rows[name], whole.rows[name], places[axis]) for name, axis in _ROWS.items()]
    return _turned(columns), _turned(rows)


def _matched(here: Integers, whole: Integers, places: Integers) -> Pair:
    """Numbers that a block and the whole both have, of the same variables or rows."""
    count = len(places)
    # Choices are numbered by product and strategy.
    here = here.reshape(count, -1)
    there = whole.reshape(-1, here.shape[1] if count else 1)[places]
    both: Booleans = (here >= 0) & (there >= 0)
    return here[both], there[both]


def _turned(pairs: list[Pair]) -> Pair:
    """Numbers there, and numbers here."""
    return np.concatenate([there for _, there in pairs]), np.concatenate([here for here, _ in pairs])
