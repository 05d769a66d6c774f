"""End-of-cycle backlog of a plan's ATO products, which the on-time share is read from."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import ATO, Instance, Integers
from engine.errors import EngineError
from engine.program.highs import Program, Solver
from engine.search.recourse import Recourse


def end_of_cycle_backlog(instance: Instance, recourse: Recourse) -> Array:
    """Late units at the end of the cycle under given base stocks, shape (I, W).

    Exposure is LT + R; parts are allocated at least cost. Samples without shortage need no program. What the decision
    promised stays: no product is late more often than its on-time target allows, or than its lost sales were counted.
    The program that decided knows no other cost of these units, so its own split of them among the rest is arbitrary.
    """
    edges = instance.edges
    late = np.zeros((len(instance.products), instance.samples))
    lines = np.flatnonzero(recourse.strategy[edges.product] == ATO)
    if not lines.size or (instance.review_days <= 0.0 and recourse.late_end is None):
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
    promised, most = _promised(instance, recourse, product)
    program = Program(
        # A small weight keeps allocation definite where lateness costs nothing.
        cost=np.maximum(weight, 1e-6)[product], offset=0.0, matrix=sparse.vstack([matrix, promised]).tocsc(),
        row_low=np.concatenate([short[rows >= 0], np.full(len(most), -np.inf)]),
        row_high=np.concatenate([np.full(matrix.shape[0], np.inf), most]), lower=np.zeros(matrix.shape[1]),
        upper=np.maximum(instance.edges.peak_end[product, when], 0.0), integer=np.zeros(matrix.shape[1], dtype=bool),
        columns={}, rows={},
    )  # fmt: skip
    answer = Solver(program).solve()
    if answer.values is None:
        if recourse.late_end is None:
            raise EngineError("the parts in short supply could not be allocated; please report this scenario")
        return recourse.late_end
    late[need] = answer.values
    return late


def _promised(instance: Instance, recourse: Recourse, product: Integers) -> tuple[sparse.csc_matrix, Array]:
    """Rows that hold late units over all samples to what the decision counted, and their upper limits.

    Parameters
    ----------
    product : shape (columns,)
        Product of each column.
    """
    if recourse.late_end is None:
        return sparse.csc_matrix((0, len(product))), np.zeros(0)
    counted = np.flatnonzero(instance.counts_late_units & (recourse.strategy == ATO))
    allowed = (1.0 - instance.on_time_target) * instance.rate * instance.cycle_days * instance.samples
    decided = recourse.late_end.sum(axis=1)
    most = np.where(instance.lost > 0.0, decided, np.maximum(allowed, decided))[counted]
    rows = sparse.csc_matrix((product[None, :] == counted[:, None]).astype(np.float64))
    # Room for the tolerance of the solver, which kept the rows of the decision no better.
    return rows, most * (1.0 + 1e-9) + 1e-9
