"""Costs and rows of the reduced program: (C1), (C3) to (C6) and (C8), one function each."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, Instance
from engine.program.highs import Matrix
from engine.program.numbering import Places


def put_costs(instance: Instance, place: Places, cost: Array, upper: Array) -> float:
    """Objective of every column; the constant of what is decided."""
    edges, parts, samples = instance.edges, instance.parts, instance.samples
    fixed = instance.fixed_total
    rows = np.arange(len(instance.products))
    decided = ~place.open
    offset = float(fixed[rows[decided], place.strategy[decided]].sum())
    cost[: len(parts.carrying)] = parts.carrying
    used = np.zeros(len(parts.carrying), dtype=bool)
    used[edges.component[place.active]] = True
    upper[: len(parts.carrying)] = np.where(used, np.inf, 0.0)
    offset += float((parts.carrying * parts.position.mean(axis=1) + parts.stocking)[place.forced].sum())
    own = place.stocked >= 0
    cost[place.stocked[own]] = (parts.carrying * parts.position.mean(axis=1) + parts.stocking)[own]
    upper[place.stocked[own]] = 1.0
    # Stock that was demanded is no longer on the shelf: it earns its carrying cost back, per product.
    line = place.active
    back = np.zeros(len(rows))
    np.add.at(
        back, edges.product[line],
        parts.carrying[edges.component[line]] * edges.quantity[line] * edges.windows[edges.window[line]].mean(axis=1),
    )  # fmt: skip
    choice = place.x >= 0
    value = fixed.copy()
    value[:, ATO] -= back
    cost[place.x[choice]] = value[choice]
    upper[place.x[choice]] = 1.0
    offset -= float(back[decided & (place.strategy == ATO)].sum())
    weight = instance.late.copy()
    np.add.at(weight, edges.product[line], parts.carrying[edges.component[line]] * edges.quantity[line])
    own_late = place.late >= 0
    cost[place.late[own_late]] = np.broadcast_to(weight[:, None] / samples, own_late.shape)[own_late]
    capacity = instance.capacity
    if capacity is not None:
        yearly = capacity.buckets_per_year / samples
        cost[place.overtime] = capacity.overtime_cost[:, None] * yearly
        outside = place.outsourced >= 0
        rates = np.broadcast_to(np.nan_to_num(capacity.outsourcing_cost)[:, None] * yearly, outside.shape)
        cost[place.outsourced[outside]] = rates[outside]
    return offset


def put_one_strategy(place: Places, matrix: Matrix, low: Array, high: Array) -> None:
    """(C1)."""
    product, strategy = np.nonzero(place.x >= 0)
    matrix.put(place.one[product], place.x[product, strategy], 1.0)
    rows = place.one[place.open]
    low[rows] = high[rows] = 1.0


def put_cover(instance: Instance, place: Places, matrix: Matrix, low: Array, *, end: bool) -> None:
    """(C3), at the observed instant or at the end of the cycle."""
    edges = instance.edges
    cover, late = (place.cover_end, place.late_end) if end else (place.cover, place.late)
    windows = edges.windows_end if end else edges.windows
    component, sample = np.nonzero(cover >= 0)
    rows = cover[component, sample]
    matrix.put(rows, component, 1.0)
    low[rows] = 0.0
    position = instance.parts.position
    forced = place.forced[component]
    low[rows[forced]] -= position[component[forced], sample[forced]]
    own = place.stocked[component] >= 0
    matrix.put(rows[own], place.stocked[component[own]], position[component[own], sample[own]])
    at, sample = np.nonzero(cover[edges.component[place.active]] >= 0)
    line = place.active[at]
    rows = cover[edges.component[line], sample]
    columns = late[edges.product[line], sample]
    some = columns >= 0
    matrix.put(rows[some], columns[some], edges.quantity[line[some]])
    demand = edges.quantity[line] * windows[edges.window[line], sample]
    own_x = place.x[edges.product[line], ATO]
    free = own_x >= 0
    matrix.put(rows[free], own_x[free], -demand[free])
    np.add.at(low, rows[~free], demand[~free])


def put_late_at_most_ordered(
    instance: Instance, place: Places, matrix: Matrix, high: Array, upper: Array, *, end: bool
) -> None:
    """(C4): a row where the strategy is open, a bound where it is decided."""
    late, rows = (place.late_end, place.peak_end_rows) if end else (place.late, place.peak_rows)
    peak = instance.edges.peak_end if end else instance.edges.peak
    product, sample = np.nonzero(late >= 0)
    upper[late[product, sample]] = peak[product, sample]
    product, sample = np.nonzero(rows >= 0)
    at = rows[product, sample]
    matrix.put(at, late[product, sample], 1.0)
    matrix.put(at, place.x[product, ATO], -peak[product, sample])
    high[at] = 0.0


def put_targets(instance: Instance, place: Places, matrix: Matrix, high: Array) -> None:
    """(C6) for ATO: end-of-cycle backlog per cycle at most (1 - target) of demand."""
    product, sample = np.nonzero((place.target[:, None] >= 0) & (place.late_end >= 0))
    matrix.put(
        place.target[product], place.late_end[product, sample],
        np.full(len(product), 1.0 / instance.samples / instance.cycle_days),
    )  # fmt: skip
    targeted = np.flatnonzero(place.target >= 0)
    allowance = (1.0 - instance.on_time_target) * instance.rate
    free = targeted[place.open[targeted]]
    matrix.put(place.target[free], place.x[free, ATO], -allowance[free])
    high[place.target[targeted]] = np.where(place.open[targeted], 0.0, allowance[targeted])


def put_capacity(instance: Instance, place: Places, matrix: Matrix, high: Array, upper: Array) -> None:
    """(C5)."""
    capacity = instance.capacity
    if capacity is None:
        return
    steady, driven = capacity.mean_hours(instance.rate), capacity.order_hours()
    upper[place.overtime] = np.broadcast_to(capacity.overtime[:, None], place.overtime.shape)
    products = np.arange(len(instance.products))
    decided = np.flatnonzero(~place.open)
    for g in range(len(capacity.names)):
        rows = place.hours[g]
        chosen = place.strategy[decided]
        base = steady[decided, chosen, g].sum() + driven[decided, chosen, g] @ capacity.demand[decided]
        high[rows] = capacity.hours[g] - base
        matrix.put(rows, place.overtime[g], -1.0)
        if (place.outsourced[g] >= 0).all():
            matrix.put(rows, place.outsourced[g], -1.0)
        for k in range(3):
            free = products[(place.x[:, k] >= 0) & ((steady[:, k, g] > 0.0) | (driven[:, k, g] > 0.0))]
            hours = steady[free, k, g][:, None] + driven[free, k, g][:, None] * capacity.demand[free]
            shape = (len(free), instance.samples)
            matrix.put(
                np.broadcast_to(rows, shape).ravel(), np.broadcast_to(place.x[free, k][:, None], shape).ravel(),
                hours.ravel(),
            )  # fmt: skip


def put_changes(instance: Instance, place: Places, matrix: Matrix, high: Array) -> None:
    """(C8)."""
    if instance.max_changes is None:
        return
    known = instance.current >= 0
    decided = known & ~place.open
    high[place.changes] = instance.max_changes - int(
        (place.strategy[decided] != instance.current[decided]).sum()
    )
    product, strategy = np.nonzero((place.x >= 0) & known[:, None])
    leaves = strategy != instance.current[product]
    product, strategy = product[leaves], strategy[leaves]
    matrix.put(np.full(len(product), place.changes[0]), place.x[product, strategy], 1.0)


def put_stocking(instance: Instance, place: Places, matrix: Matrix, low: Array) -> None:
    """(C1), second part: a component is stocked where an ATO product needs it."""
    line = place.stocking_lines
    matrix.put(place.stocking, place.stocked[instance.edges.component[line]], 1.0)
    matrix.put(place.stocking, place.x[instance.edges.product[line], ATO], -1.0)
    low[place.stocking] = 0.0
