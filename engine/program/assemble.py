"""Blocks to arrays: the rows asked for as one sparse matrix, decided strategies put in, what is left of a row a bound.

For a row  low <= sum_j a_j v_j <= high  with columns J and decided values v*:
    sum_(j in J) a_j v_j  in  [low - r, high - r],   r = sum_(j not in J) a_j v*_j.
"""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Integers, added_to, beside
from engine.model.blocks import Block
from engine.model.forms import Coefficients, VariableTerms
from engine.model.variables import SAMPLED
from engine.program.highs import Matrix
from engine.program.numbering import Numbering


class Assembly:
    """The matrix and the limits of its rows under construction.

    Parameters
    ----------
    place : Numbering
    samples : int
    """

    def __init__(self, place: Numbering, samples: int) -> None:
        self.place, self.samples = place, samples
        self.matrix = Matrix()
        self.low, self.high = np.full(place.row_count, -np.inf), np.full(place.row_count, np.inf)

    def put(self, block: Block) -> None:
        """Put the rows of a block that are numbered."""
        number = self.place.rows[block.name]
        at = np.nonzero(number >= 0)
        if not at[0].size:
            return
        decided = np.zeros(len(self.low))
        for piece in block.form:
            put = self._put_by_sample if block.sampled else self._put_mean
            put(piece, number, decided)
        rows = number[at]
        # What is decided goes to the right: low - r, high - r.
        self.low[rows], self.high[rows] = block.low[at[0]] - decided[rows], block.high[at[0]] - decided[rows]

    def _put_by_sample(self, piece: VariableTerms, number: Integers, decided: Array) -> None:
        """Entries of rows that stand once for each sample."""
        rows, columns = number[piece.row], self.place.columns[piece.variable]
        if columns.ndim == 1 and piece.variable not in self.place.values:
            # A variable of the first stage that has no column is zero.
            rows = np.where((columns[piece.index] >= 0)[:, None], rows, -1)
        at, sample = np.nonzero(rows >= 0)
        index = piece.index[at]
        column = columns[index] if columns.ndim == 1 else columns[index, sample]
        value = piece.coefficient[at] if piece.coefficient.ndim == 1 else piece.coefficient[at, sample]
        self._place(rows[at, sample], column, value, piece, index, decided)

    def _put_mean(self, piece: VariableTerms, number: Integers, decided: Array) -> None:
        """Entries of rows that hold the mean over the samples."""
        at = np.flatnonzero(number[piece.row] >= 0)
        rows, index, values = number[piece.row[at]], piece.index[at], piece.coefficient[at]
        columns = self.place.columns[piece.variable]
        if piece.variable not in SAMPLED:
            values = values if values.ndim == 1 else values.mean(axis=1)
            self._place(rows, columns[index], values, piece, index, decided)
            return
        if piece.variable == "B" and not self.place.risk:
            # E(a B) = a short, the mean backlog
            self._place(rows, self.place.columns["short"][index], values, piece, index, decided)
            return
        # E(a v) = sum_w a[w] v[w] / W
        share = beside(values, (len(at), self.samples)) / self.samples
        spread, every = np.repeat(rows, self.samples), np.repeat(index, self.samples)
        self._place(spread, columns[index].ravel(), share.ravel(), piece, every, decided)

    def _place(  # noqa: PLR0917 (the parts of one entry)
        self, rows: Integers, columns: Integers, values: Array, piece: VariableTerms, index: Integers, decided: Array
    ) -> None:
        # sum of a_j v_j, j in J
        there = (columns >= 0) & (values != 0.0)
        self.matrix.put(rows[there], columns[there], values[there])
        given = self.place.values.get(piece.variable)
        if given is not None:
            # r = sum of a_j v*_j, j not in J
            gone = (columns < 0) & (given[index] != 0.0)
            np.add.at(decided, rows[gone], values[gone] * given[index[gone]])


def costs(place: Numbering, objective: Coefficients, samples: int) -> tuple[Array, float]:
    """Objective of every column, shape (columns,), and the constant of what is decided."""
    # c'v = sum of c_j v_j, j in J, + sum of c_j v*_j, j not in J; of a sample's variable c_j / W
    cost, offset = np.zeros(place.column_count), 0.0
    for variable, prices in objective.items():
        columns, values = place.columns[variable], prices
        if variable == "B" and not place.risk:
            columns = place.columns["short"]
        elif variable in SAMPLED:
            values = beside(prices, columns.shape) / samples
        there = columns >= 0
        cost[columns[there]] += values[there]
        if variable in place.values:
            offset += float(place.values[variable][~there] @ values[~there])
    return cost, offset


def implied_bounds(place: Numbering, block: Block, variable: str) -> tuple[Array, Array]:
    """Bounds that a block's rows put on a variable with coefficient one, whatever their open variables in [0, 1] are.

    Parameters
    ----------
    place : Numbering
    block : Block
        Rows along the axis of the variable; one entry of it in each.
    variable : str

    Returns
    -------
    lower, upper : arrays
        Of the shape of the variable's columns; infinite where the block says nothing.
    """
    shape = place.columns[variable].shape
    least, most = np.zeros(shape), np.zeros(shape)
    exists = np.zeros(shape[0], dtype=bool)
    exists[block.rows] = True
    for piece in block.form:
        if piece.variable == variable:
            continue
        open_ = place.columns[piece.variable][piece.index] >= 0
        value = place.values[piece.variable][piece.index]
        low, high = np.where(open_, 0.0, value), np.where(open_, 1.0, value)
        if piece.coefficient.ndim == 2:
            low, high = low[:, None], high[:, None]
        ends = (piece.coefficient * low, piece.coefficient * high)
        least, most = added_to(least, np.minimum(*ends), piece.row), added_to(most, np.maximum(*ends), piece.row)
    # v in [low - max of the rest, high - min of the rest]
    low, high = (beside(limit, shape) for limit in (block.low, block.high))
    lower, upper = low - most, high - least
    lower[~exists], upper[~exists] = -np.inf, np.inf
    return lower, upper
