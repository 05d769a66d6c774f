"""The mean backlog of finished stock as one column: (C2) of all samples projected to tangents.

Without CVaR only the mean of the backlogs B_i[w] = (X[w] - S)+ counts, X = D - V, a convex function of the level:
    E(X - S)+ = max over k of (1/W) sum over the k largest X of (X - S),  k = 1..W.
Each tangent is the sum of k rows of (C2), with B >= 0 in all others.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import MTS, Booleans, Instance, Integers
from engine.program.assemble import Assembly
from engine.program.deadline import NEVER, Deadline
from engine.program.highs import Matrix, Solution, Solver, SolveStatus
from engine.program.numbering import Numbering, taken

# Tangents to begin with, at the largest shortages and at the others.
_UPPER, _LOWER = 12, 5
_VIOLATED = 1e-9
# Of the tangents that are violated those next to the most violated one are held with it.
_NEARLY = 0.9


def put_tangents(instance: Instance, place: Numbering, assembly: Assembly) -> None:
    """short_i + (k/W) S_i - (1/W) sum of the k largest X x[i,MTS] >= 0."""
    product, rank = np.nonzero(place.rows["tangents"] >= 0)
    if not product.size:
        return
    rows = place.rows["tangents"][product, rank]
    assembly.low[rows] = _put_rows(instance, place, assembly.matrix, rows, product, rank)


def _put_rows(  # noqa: PLR0917 (the parts of one program)
    instance: Instance, place: Numbering, matrix: Matrix, rows: Integers, product: Integers, rank: Integers
) -> Array:
    """Backlog, level and open choice of tangents, each in a row of its own; their lower limits, shape (rows,)."""
    matrix.put(rows, place.columns["short"][product], 1.0)
    matrix.put(rows, place.columns["S"][product], (rank + 1.0) / instance.samples)
    stocks, at = np.unique(product, return_inverse=True)
    tops, open_ = _largest(instance, stocks)[at, rank], place.open[product]
    matrix.put(rows[open_], place.columns["x"][3 * product[open_] + MTS], -tops[open_])
    return np.where(open_, 0.0, tops)


def _largest(instance: Instance, products: Integers) -> Array:
    """Sum of the k largest shortages at a level of zero, over the samples, for k = 1..W; shape (products, W)."""
    tops: Array = np.cumsum(-np.sort(-instance.stock.net[products], axis=1), axis=1) / instance.samples
    return tops


def some_tangents(shape: tuple[int, ...]) -> Booleans:
    """Tangents to begin with, more of them where few samples run short; of the shape (I, W) given."""
    samples = shape[1]
    share = np.concatenate([np.linspace(0.005, 0.3, _UPPER), np.linspace(0.3, 1.0, _LOWER)])
    mask = np.zeros(shape, dtype=bool)
    mask[:, np.maximum(1, np.round(share * samples)).astype(np.int64) - 1] = True
    return mask


def violated_tangents(instance: Instance, place: Numbering, values: Array) -> Booleans:
    """The tangents that a solution violates most, of those left out; shape (I, W)."""
    tangents = place.rows["tangents"]
    missing = np.zeros(tangents.shape, dtype=bool)
    held = np.flatnonzero(place.columns["short"] >= 0)
    if not held.size:
        return missing
    share = np.where(place.open[held], taken(values, place.columns["x"][3 * held + MTS]), 1.0)
    level, short = values[place.columns["S"][held]], values[place.columns["short"][held]]
    ranks = np.arange(1, instance.samples + 1) / instance.samples
    # (1/W) sum of the k largest X x[i,MTS] - (k/W) S - short > 0
    over = _largest(instance, held) * share[:, None] - ranks * level[:, None] - short[:, None]
    over[tangents[held] >= 0] = -np.inf
    most = over.max(axis=1, keepdims=True)
    missing[held] = (over > _VIOLATED * (1.0 + np.abs(short))[:, None]) & (over >= _NEARLY * most)
    return missing


def more_tangents(instance: Instance, place: Numbering, wanted: Booleans) -> tuple[Array, sparse.csr_matrix]:
    """Tangents to add to a solver: lower limits and matrix; they get their numbers.

    Parameters
    ----------
    instance : Instance
    place : Numbering
        Without other rows added since.
    wanted : shape (I, W)
    """
    product, rank = np.nonzero(wanted)
    place.number_tangents(wanted)
    matrix = Matrix()
    low = _put_rows(instance, place, matrix, np.arange(len(product)), product, rank)
    return low, matrix.build((len(product), place.column_count)).tocsr()


def solve_with_tangents(
    instance: Instance, place: Numbering, solver: Solver, *, deadline: Deadline = NEVER
) -> Solution:
    """Solve with the tangents that matter, which makes it exact; those that are added get their numbers in `place`.

    Parameters
    ----------
    instance : Instance
    place : Numbering
        Without other rows added since.
    solver : Solver
    deadline : Deadline
    """
    answer = solver.solve(time_limit=deadline.left())
    while answer.status is SolveStatus.OPTIMAL and answer.values is not None:
        missing = violated_tangents(instance, place, answer.values)
        if not missing.any():
            break
        solver.add_rows(*more_tangents(instance, place, missing))
        answer = solver.solve(time_limit=deadline.left())
    return answer
