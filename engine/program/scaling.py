"""Other units for a program whose numbers are far from one: the solver's tolerances are absolute.

A program in money of a billionth or of a million, or in millions of units a week, is the same program in other units.
Columns that are no decisions, rows and the objective get factors of two, so that nothing is rounded; the decisions stay
what they are. Programs of ordinary numbers are left as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from engine.demand.streams import Array

if TYPE_CHECKING:
    from engine.program.highs import Program

# Ordinary: the largest cost of a column, the largest coefficient, and the middle of those of decisions.
_COSTS, _LARGEST, _MIDDLE = (1e-4, 1e9), 1e7, 1e-4
_SEEN = 1000
_PASSES = 20
# Entries of a row count as no less than its largest by so many powers of two: some samples of erratic demand are next
# to nothing.
_BELOW = 13.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Factors, each a power of two.

    Parameters
    ----------
    money : float
        Of the objective.
    columns : shape (columns,)
        What one unit of a column here is in units of the program.
    rows : shape (rows,)
        Of each row.
    """

    money: float
    columns: Array
    rows: Array

    def program(self, given: Program) -> Program:
        """The program in the other units."""
        return replace(
            given, cost=given.cost * self.columns * self.money, offset=given.offset * self.money,
            matrix=sparse.csc_matrix(sparse.diags(self.rows) @ given.matrix @ sparse.diags(self.columns)),
            row_low=given.row_low * self.rows, row_high=given.row_high * self.rows,
            lower=given.lower / self.columns, upper=given.upper / self.columns,
        )  # fmt: skip

    def more_rows(self, matrix: sparse.csr_matrix, low: Array) -> tuple[sparse.csr_matrix, Array, Array]:
        """Further rows with their lower limits in the other units, and their factors."""
        scaled = sparse.csr_matrix(matrix @ sparse.diags(self.columns))
        most = abs(scaled).max(axis=1).toarray().ravel() if scaled.shape[0] else np.zeros(0)
        factors = _power(1.0 / np.where(most > 0.0, most, 1.0))
        return sparse.csr_matrix(sparse.diags(factors) @ scaled), low * factors, factors


def scaling_of(program: Program) -> Scaling | None:
    """Factors for a program, None where its numbers are ordinary.

    Parameters
    ----------
    program : Program
    """
    cost, entries = np.abs(program.cost), np.abs(program.matrix.data)
    dearest, largest = cost.max(initial=0.0), entries.max(initial=0.0)
    of_decisions = entries[np.repeat(program.integer, np.diff(program.matrix.indptr)) & (entries > 0.0)]
    middle = np.median(of_decisions[:: 1 + len(of_decisions) // _SEEN]) if of_decisions.size else 1.0
    if largest <= _LARGEST and middle >= _MIDDLE and (dearest == 0.0 or _COSTS[0] <= dearest <= _COSTS[1]):
        return None
    # The limits of rows are like a column of a decision: what is to be covered is near one in the other units.
    limits = np.maximum(*(np.abs(np.where(np.isfinite(one), one, 0.0)) for one in (program.row_low, program.row_high)))
    whole = sparse.csc_matrix(sparse.hstack([program.matrix, sparse.csc_matrix(limits[:, None])]))
    rows, columns = _balanced(whole, np.append(program.integer, True))
    columns = columns[:-1]
    dearest = (cost * columns).max(initial=0.0)
    return Scaling(money=float(_power(1.0 / dearest)) if dearest > 0.0 else 1.0, columns=columns, rows=rows)


def _balanced(matrix: sparse.csc_matrix, fixed: np.ndarray) -> tuple[Array, Array]:
    """Factors of rows and columns that bring the geometric mean of each near one; those of `fixed` columns stay one."""
    count = matrix.shape
    row, column = matrix.indices, np.repeat(np.arange(count[1]), np.diff(matrix.indptr))
    size = np.abs(matrix.data)
    row, column, size = row[size > 0.0], column[size > 0.0], size[size > 0.0]
    logs = np.log2(size)
    in_row, in_column = (np.maximum(np.bincount(at, minlength=n), 1) for at, n in ((row, count[0]), (column, count[1])))
    r, c = np.zeros(count[0]), np.zeros(count[1])
    for _ in range(_PASSES):
        # r_i falls by the mean over the row of log |a_ij| + r_i + c_j, c_j by that over the column.
        now = logs + r[row] + c[column]
        most = np.full(count[0], -np.inf)
        np.maximum.at(most, row, now)
        now = np.maximum(now, most[row] - _BELOW)
        step = np.bincount(row, now, minlength=count[0]) / in_row
        r -= step
        c -= np.where(fixed, 0.0, np.bincount(column, now - step[row], minlength=count[1]) / in_column)
    return np.exp2(np.round(r)), np.exp2(np.round(c))


def _power(size: Array | float) -> Array:
    """The power of two next to each size."""
    return np.asarray(np.exp2(np.round(np.log2(size))))
