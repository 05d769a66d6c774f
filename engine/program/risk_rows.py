"""(C9) in the reduced program: the cost of every sample, the value at risk and what lies beyond it.

With CVaR the cost of a sample counts, not only the mean, so that finished stock keeps its backlog per sample, (C2).
Rows of (C2) that are left out, like those of (C3), only lower the cost of their samples: the program stays a
relaxation.
"""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Booleans, Instance, Integers
from engine.program.highs import Matrix
from engine.program.numbering import OPEN, Places, taken


def put_backlog(instance: Instance, place: Places, matrix: Matrix, low: Array) -> None:
    """(C2): B_i[w] >= (D_i(t_i)[w] - V_i[w]) x[i,MTS] - S_i, for the rows that are held."""
    product, sample = np.nonzero(place.backlog_rows >= 0)
    rows, net = place.backlog_rows[product, sample], instance.stock.net[product, sample]
    matrix.put(rows, place.backlog[product, sample], 1.0)
    matrix.put(rows, place.level[product], 1.0)
    own = place.x[product, MTS]
    free = own >= 0
    matrix.put(rows[free], own[free], -net[free])
    low[rows] = np.where(free, 0.0, net)


def put_risk(  # noqa: PLR0917 (the parts of one program)
    instance: Instance, place: Places, matrix: Matrix, low: Array, lower: Array, cost: Array
) -> None:
    """(C9) and its cost: weight (eta + E(excess) / (1 - level)), beside (1 - weight) times the mean cost."""
    if not place.beyond.size:
        return
    weight, samples = instance.cvar_weight, instance.samples
    rows = place.beyond
    matrix.put(rows, place.excess, 1.0)
    matrix.put(rows, np.broadcast_to(place.eta, rows.shape), 1.0)
    constant = _put_sample_costs(instance, place, matrix)
    low[rows] = constant
    lower[place.eta] = -np.inf
    cost *= 1.0 - weight
    cost[place.eta] = weight
    cost[place.excess] = weight / (1.0 - instance.cvar_level) / samples


def _put_sample_costs(instance: Instance, place: Places, matrix: Matrix) -> Array:
    """Minus the yearly cost at the rate of each sample in the rows of (C9); its constants, shape (W,)."""
    rows, samples = place.beyond, instance.samples
    edges, parts, fixed = instance.edges, instance.parts, instance.fixed_total
    open_, strategy = place.open, place.strategy

    def put(columns: Integers, per_sample: Array) -> None:
        """Costs of some columns in every sample, shape (columns, W) or (columns, 1)."""
        there = columns >= 0
        shape = (int(there.sum()), samples)
        matrix.put(
            np.broadcast_to(rows, shape).ravel(), np.broadcast_to(columns[there][:, None], shape).ravel(),
            -np.broadcast_to(per_sample[there], shape).ravel(),
        )  # fmt: skip

    def put_own(columns: Integers, costs: Array) -> None:
        """Costs of columns that belong to one sample each, both of shape (n, W)."""
        at, sample = np.nonzero(columns >= 0)
        matrix.put(rows[sample], columns[at, sample], -np.broadcast_to(costs, columns.shape)[at, sample])

    line = place.active
    back = np.zeros((len(fixed), samples))
    worth = (parts.carrying[edges.component[line]] * edges.quantity[line])[:, None]
    np.add.at(back, edges.product[line], worth * edges.windows[edges.window[line]])
    value = np.repeat(fixed[:, :, None], samples, axis=2)
    value[:, ATO] -= back
    value[:, MTS] -= (place.level >= 0)[:, None] * instance.carrying[:, None] * instance.stock.net
    for k in range(3):
        put(place.x[:, k], value[:, k])
    decided = np.flatnonzero(~open_)
    constant: Array = value[decided, strategy[decided]].sum(axis=0)
    used = np.zeros(len(parts.carrying), dtype=bool)
    used[edges.component[line]] = True
    put(np.where(used, np.arange(len(used)), -1), parts.carrying[:, None])
    stocked = parts.carrying[:, None] * parts.position + parts.stocking[:, None]
    put(place.stocked, stocked)
    constant = constant + stocked[place.forced].sum(axis=0)
    late = instance.late.copy()
    np.add.at(late, edges.product[line], parts.carrying[edges.component[line]] * edges.quantity[line])
    put_own(place.late, late[:, None])
    put(place.level, instance.carrying[:, None])
    put_own(place.backlog, (instance.carrying + instance.late)[:, None])
    if instance.capacity is not None:
        yearly = instance.capacity.buckets_per_year
        put_own(place.overtime, instance.capacity.overtime_cost[:, None] * yearly)
        put_own(place.outsourced, np.nan_to_num(instance.capacity.outsourcing_cost)[:, None] * yearly)
    return constant


def violated_backlog(instance: Instance, place: Places, values: Array) -> Booleans:
    """Rows of (C2) that were left out and do not hold at a solution, shape (I, W)."""
    share = np.where(place.strategy == OPEN, taken(values, place.x[:, MTS]), place.strategy == MTS)[:, None]
    level = taken(values, place.level)[:, None]
    short: Array = instance.stock.net * share - level
    missing: Booleans = (place.level >= 0)[:, None] & (place.backlog_rows < 0)
    return missing & (short > 1e-7 * (1.0 + np.abs(level)))


def tail_backlog(instance: Instance, share: float) -> Booleans:
    """Samples with most demand for each finished stock, shape (I, W)."""
    net = instance.stock.net
    count = max(1, int(np.ceil(share * instance.samples)))
    least = np.partition(net, instance.samples - count, axis=1)[:, instance.samples - count]
    return np.asarray(net >= least[:, None])
