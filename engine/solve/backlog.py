"""End-of-cycle backlog of a plan's ATO products, which the on-time share is read from."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import ATO, Instance
from engine.solve.bridge import Program, Solver
from engine.solve.recourse import Recourse


def end_of_cycle_backlog(instance: Instance, recourse: Recourse) -> Array:
    """Late units at the end of the cycle under given base stocks, shape (I, W).

    Exposure is LT + R; parts are allocated at least cost, sample by sample. Samples without shortage need no program.
    """
    if recourse.late_end is not None:
        return recourse.late_end
    edges = instance.edges
    late = np.zeros((len(instance.products), instance.samples))
    lines = np.flatnonzero(recourse.strategy[edges.product] == ATO)
    if not lines.size or instance.review_days <= 0.0:
        return late
    total = np.zeros((len(instance.components), instance.samples))
    np.add.at(total, edges.component[lines], edges.quantity[lines, None] * edges.windows_end[edges.window[lines]])
    short = total - recourse.base[:, None] - instance.parts.position
    rows = np.full(short.shape, -1, dtype=np.int64)
    rows[short > 1e-9] = np.arange(int((short > 1e-9).sum()))
    at, sample = np.nonzero(rows[edges.component[lines]] >= 0)
    line = lines[at]
    need = np.zeros(late.shape, dtype=bool)
    need[edges.product[line], sample] = True
    columns = np.full(late.shape, -1, dtype=np.int64)
    columns[need] = np.arange(int(need.sum()))
    if not need.any():
        return late
    weight = instance.late.copy()
    np.add.at(weight, edges.product[lines], instance.parts.carrying[edges.component[lines]] * edges.quantity[lines])
    matrix = sparse.csc_matrix(
        (edges.quantity[line], (rows[edges.component[line], sample], columns[edges.product[line], sample])),
        shape=(int((rows >= 0).sum()), int(need.sum())),
    )
    product, when = np.nonzero(need)
    program = Program(
        # A small weight keeps allocation definite where lateness costs nothing.
        cost=np.maximum(weight, 1e-6)[product], offset=0.0, matrix=matrix, row_low=short[rows >= 0],
        row_high=np.full(matrix.shape[0], np.inf), lower=np.zeros(matrix.shape[1]),
        upper=np.maximum(instance.edges.peak_end[product, when], 0.0), integer=np.zeros(matrix.shape[1], dtype=bool),
        columns={}, rows={},
    )  # fmt: skip
    answer = Solver(program).solve()
    if answer.values is not None:
        late[need] = answer.values
    return late
