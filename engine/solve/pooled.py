"""The reduced program as arrays: strategies still open, component stocks, and only the rows that can bind.

With finished stock decided (see `decide_stock`) what is left couples products by components and capacity. Rows of
(C3) that no plan comes near are left out and added where a solution violates them, so that every solve is a
relaxation and its value a bound, until nothing is violated and it is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Booleans, Instance, Integers
from engine.model.variables import is_stocked_variable, wants_end_of_cycle
from engine.solve.bridge import Program

OPEN = -1
_VIOLATED = 1e-7


class _Matrix:
    """Triplets of a sparse matrix under construction."""

    def __init__(self) -> None:
        self.rows: list[Integers] = [np.zeros(0, dtype=np.int64)]
        self.cols: list[Integers] = [np.zeros(0, dtype=np.int64)]
        self.values: list[Array] = [np.zeros(0)]

    def put(self, rows: Integers, cols: Integers, values: Array | float) -> None:
        self.rows.append(rows)
        self.cols.append(cols.astype(np.int64))
        self.values.append(np.broadcast_to(np.asarray(values, dtype=np.float64), np.shape(rows)))

    def build(self, shape: tuple[int, int]) -> sparse.csc_matrix:
        places = (np.concatenate(self.rows), np.concatenate(self.cols))
        return sparse.csc_matrix((np.concatenate(self.values), places), shape=shape)


def taken(values: Array, places: Integers) -> Array:
    """Values at given places, zero where the place is -1; of the shape of `places`."""
    out = np.zeros(places.shape)
    some = places >= 0
    out[some] = values[places[some]]
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledProgram:
    """A reduced program with the places of its variables and rows.

    Parameters
    ----------
    program : Program
    x : shape (I, 3)
        Column of each open strategy, -1 where decided.
    late, late_end : shape (I, W)
        Column of late units, -1 where there is none.
    stocked : shape (C,)
        Column of the stocking decision, -1 where there is none.
    overtime, outsourced : shape (G, W)
        Columns, -1 where there is none.
    level : shape (I,)
        Column of the reorder level, -1 where finished stock is decided or not an option.
    budget : shape (0,) or (1,)
        Row of (C7).
    cover, cover_end : shape (C, W)
        Row of (C3) at the observed instant and at the end of the cycle, -1 where it is left out.
    strategy : shape (I,)
        Decided strategies, `OPEN` elsewhere.
    """

    program: Program
    x: Integers
    late: Integers
    late_end: Integers
    stocked: Integers
    overtime: Integers
    outsourced: Integers
    level: Integers
    budget: Integers
    cover: Integers
    cover_end: Integers
    strategy: Integers


def tail_rows(instance: Instance, strategy: Integers, share: float, *, end: bool = False) -> Booleans:
    """The `share` of samples with most demand for each component, shape (C, W); exact rows are added later."""
    may = np.where(strategy == OPEN, instance.allowed[:, ATO], strategy == ATO)
    total = component_demand(instance, may, end=end)
    count = max(1, int(np.ceil(share * instance.samples)))
    least = np.partition(total, instance.samples - count, axis=1)[:, instance.samples - count]
    return (total >= least[:, None]) & (total > 0.0)


def component_demand(instance: Instance, assembled: Booleans, *, end: bool = False) -> Array:
    """Demand for components from the products that are assembled to order, shape (C, W)."""
    edges = instance.edges
    use = assembled[edges.product]
    total = np.zeros((len(instance.components), instance.samples))
    np.add.at(total, edges.component[use], edges.demand(end=end)[use])
    return total


def build_pooled(
    instance: Instance,
    strategy: Integers,
    tail: Booleans,
    tail_end: Booleans | None = None,
    *,
    every_tangent: bool = False,
) -> PooledProgram:
    """Put what is still open into arrays.

    Parameters
    ----------
    instance : Instance
        With finished stock decided.
    strategy : shape (I,)
        Decided strategies, `OPEN` where it is left to the program.
    tail, tail_end : shape (C, W)
        Rows of (C3) to hold, at the observed instant and at the end of the cycle.
    every_tangent : bool
        Hold the backlog of finished stock exactly; else by some of its tangents, from below.
    """
    place = _Places(instance, strategy, tail, tail_end, every_tangent=every_tangent)
    matrix, low, high = _Matrix(), np.full(place.row_count, -np.inf), np.full(place.row_count, np.inf)
    lower, upper = np.zeros(place.column_count), np.full(place.column_count, np.inf)
    cost = np.zeros(place.column_count)
    offset = _costs(instance, place, cost, upper)
    _one_strategy(place, matrix, low, high)
    _cover(instance, place, matrix, low, end=False)
    _late_at_most_ordered(instance, place, matrix, high, upper, end=False)
    if place.counts_end:
        _cover(instance, place, matrix, low, end=True)
        _late_at_most_ordered(instance, place, matrix, high, upper, end=True)
        _targets(instance, place, matrix, high)
    _capacity(instance, place, matrix, high, upper)
    _changes(instance, place, matrix, high)
    _stocking(instance, place, matrix, low)
    offset = _finished_stock(instance, place, matrix, low, high, lower, upper, cost, offset)
    integer = np.zeros(place.column_count, dtype=bool)
    integer[place.x[place.x >= 0]] = True
    program = Program(
        cost=cost, offset=offset, matrix=matrix.build((place.row_count, place.column_count)), row_low=low,
        row_high=high, lower=lower, upper=upper, integer=integer, columns={}, rows={},
    )  # fmt: skip
    return PooledProgram(
        program=program, x=place.x, late=place.late, late_end=place.late_end, stocked=place.stocked,
        overtime=place.overtime, outsourced=place.outsourced, cover=place.cover, cover_end=place.cover_end,
        level=place.level, budget=place.budget, strategy=strategy,
    )  # fmt: skip


class _Places:
    """Numbers the columns and rows."""

    def __init__(  # noqa: PLR0915 (one number after the other)
        self, instance: Instance, strategy: Integers, tail: Booleans, tail_end: Booleans | None, *, every_tangent: bool
    ) -> None:
        edges = instance.edges
        self.strategy = strategy
        self.open = strategy == OPEN
        self.counts_end = wants_end_of_cycle(instance) and tail_end is not None
        self.may_assemble = np.where(self.open, instance.allowed[:, ATO], strategy == ATO)
        self.active = np.flatnonzero(self.may_assemble[edges.product])
        components, products, resources = len(instance.components), len(instance.products), 0
        if instance.capacity is not None:
            resources = len(instance.capacity.names)
        samples = instance.samples
        self._next_column, self._next_row = components, 0
        self.x = np.full((products, 3), -1, dtype=np.int64)
        choices = self.open[:, None] & instance.allowed
        self.x[choices] = self._columns(int(choices.sum()))
        use = np.zeros(components, dtype=bool)
        use[edges.component[self.active]] = True
        self.forced = np.zeros(components, dtype=bool)
        decided = self.active[~self.open[edges.product[self.active]]]
        self.forced[edges.component[decided]] = True
        self.stocked = np.full(components, -1, dtype=np.int64)
        own = is_stocked_variable(instance) & use & ~self.forced
        self.stocked[own] = self._columns(int(own.sum()))
        self.late = self._late(instance, tail, edges.peak)
        self.late_end = np.full((products, samples), -1, dtype=np.int64)
        if self.counts_end and tail_end is not None:
            self.late_end = self._late(instance, tail_end, edges.peak_end)
        self.overtime = self._columns(resources * samples).reshape(resources, samples)
        self.outsourced = np.full((resources, samples), -1, dtype=np.int64)
        if instance.capacity is not None:
            outside = ~np.isnan(instance.capacity.outsourcing_cost)
            self.outsourced[outside] = self._columns(int(outside.sum()) * samples).reshape(-1, samples)
        self.level = np.full(products, -1, dtype=np.int64)
        self.short = np.full(products, -1, dtype=np.int64)
        self.may_stock = np.where(self.open, instance.allowed[:, MTS], strategy == MTS)
        if not instance.stock_decided:
            self.level[self.may_stock] = self._columns(int(self.may_stock.sum()))
            self.short[self.may_stock] = self._columns(int(self.may_stock.sum()))
        self.column_count = self._next_column
        self.one = np.full(products, -1, dtype=np.int64)
        self.one[self.open] = self._rows(int(self.open.sum()))
        self.cover = np.full((components, samples), -1, dtype=np.int64)
        self.cover[tail & use[:, None]] = self._rows(int((tail & use[:, None]).sum()))
        self.cover_end = np.full((components, samples), -1, dtype=np.int64)
        if self.counts_end and tail_end is not None:
            self.cover_end[tail_end & use[:, None]] = self._rows(int((tail_end & use[:, None]).sum()))
        self.peak_rows = self._peak_rows(self.late)
        self.peak_end_rows = self._peak_rows(self.late_end)
        targeted = self.counts_end & self.may_assemble & (instance.on_time_target > 0.0)
        targeted &= np.isin(np.arange(products), edges.product)
        self.target = np.full(products, -1, dtype=np.int64)
        self.target[targeted] = self._rows(int(targeted.sum()))
        self.hours = self._rows(resources * samples).reshape(resources, samples)
        self.changes = self._rows(0 if instance.max_changes is None else 1)
        lines = self.active[(self.stocked[edges.component[self.active]] >= 0)]
        self.stocking_lines = lines
        self.stocking = self._rows(len(lines))
        held = self.level >= 0
        ranks = _tangents(instance.samples, every=every_tangent)
        self.tangents = self._rows(int(held.sum()) * len(ranks)).reshape(-1, len(ranks))
        self.ranks = ranks
        self.least = np.full(products, -1, dtype=np.int64)
        self.least[held & self.open] = self._rows(int((held & self.open).sum()))
        self.most = np.full(products, -1, dtype=np.int64)
        capped = held & self.open & np.isfinite(instance.stock.most)
        self.most[capped] = self._rows(int(capped.sum()))
        self.budget = self._rows(0 if instance.budget is None or instance.stock_decided else 1)
        self.row_count = self._next_row

    def _columns(self, count: int) -> Integers:
        self._next_column += count
        return np.arange(self._next_column - count, self._next_column, dtype=np.int64)

    def _rows(self, count: int) -> Integers:
        self._next_row += count
        return np.arange(self._next_row - count, self._next_row, dtype=np.int64)

    def _late(self, instance: Instance, tail: Booleans, peak: Array) -> Integers:
        """Late units appear where some row of the product is held and something was ordered."""
        edges = instance.edges
        need = np.zeros(peak.shape, dtype=bool)
        line, sample = np.nonzero(tail[edges.component[self.active]])
        need[edges.product[self.active][line], sample] = True
        need &= peak > 0.0
        columns = np.full(peak.shape, -1, dtype=np.int64)
        columns[need] = self._columns(int(need.sum()))
        return columns

    def _peak_rows(self, late: Integers) -> Integers:
        rows = np.full(late.shape, -1, dtype=np.int64)
        bounded = (late >= 0) & self.open[:, None]
        rows[bounded] = self._rows(int(bounded.sum()))
        return rows


def _costs(instance: Instance, place: _Places, cost: Array, upper: Array) -> float:
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


def _one_strategy(place: _Places, matrix: _Matrix, low: Array, high: Array) -> None:
    """(C1)."""
    product, strategy = np.nonzero(place.x >= 0)
    matrix.put(place.one[product], place.x[product, strategy], 1.0)
    rows = place.one[place.open]
    low[rows] = high[rows] = 1.0


def _cover(instance: Instance, place: _Places, matrix: _Matrix, low: Array, *, end: bool) -> None:
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


def _late_at_most_ordered(
    instance: Instance, place: _Places, matrix: _Matrix, high: Array, upper: Array, *, end: bool
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


def _targets(instance: Instance, place: _Places, matrix: _Matrix, high: Array) -> None:
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


def _capacity(instance: Instance, place: _Places, matrix: _Matrix, high: Array, upper: Array) -> None:
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


def _changes(instance: Instance, place: _Places, matrix: _Matrix, high: Array) -> None:
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


def _stocking(instance: Instance, place: _Places, matrix: _Matrix, low: Array) -> None:
    """(C1), second part: a component is stocked where an ATO product needs it."""
    line = place.stocking_lines
    matrix.put(place.stocking, place.stocked[instance.edges.component[line]], 1.0)
    matrix.put(place.stocking, place.x[instance.edges.product[line], ATO], -1.0)
    low[place.stocking] = 0.0


def _tangents(samples: int, *, every: bool) -> Integers:
    """How many of the largest shortages each tangent counts: all, or about fifty with more in the upper tail."""
    if every or samples <= 64:
        return np.arange(1, samples + 1, dtype=np.int64)
    share = np.concatenate([np.linspace(0.005, 0.3, 40), np.linspace(0.33, 1.0, 14)])
    return np.unique(np.maximum(1, np.round(share * samples)).astype(np.int64))


def _finished_stock(  # noqa: PLR0917 (the parts of one program)
    instance: Instance,
    place: _Places,
    matrix: _Matrix,
    low: Array,
    high: Array,
    lower: Array,
    upper: Array,
    cost: Array,
    offset: float,
) -> float:
    """(C2) with the mean backlog as one convex function of the level, and (C7); returns the new offset.

    The mean of (X - S)+ is the largest of its tangents (1/W) sum over the k largest X of (X - S), k = 1..W, so one
    column and these rows stand for the backlogs of all samples.
    """
    held = np.flatnonzero(place.level >= 0)
    if not held.size and not place.budget.size:
        return offset
    stock, count = instance.stock, instance.samples
    net = stock.net[held]
    tops = np.cumsum(-np.sort(-net, axis=1), axis=1)[:, place.ranks - 1] / count
    shape = place.tangents.shape
    rows = place.tangents.ravel()
    matrix.put(rows, np.broadcast_to(place.short[held][:, None], shape).ravel(), 1.0)
    slope = np.broadcast_to(place.ranks[None, :] / count, shape)
    matrix.put(rows, np.broadcast_to(place.level[held][:, None], shape).ravel(), slope.ravel())
    own = place.open[held]
    low[place.tangents[own].ravel()] = 0.0
    columns = np.broadcast_to(place.x[held[own], MTS][:, None], tops[own].shape)
    matrix.put(place.tangents[own].ravel(), columns.ravel(), -tops[own].ravel())
    low[place.tangents[~own].ravel()] = tops[~own].ravel()
    bottom = np.maximum(stock.least, -stock.batch)
    decided, free = held[~own], held[own]
    lower[place.level[decided]] = bottom[decided]
    upper[place.level[decided]] = stock.most[decided]
    lower[place.level[free]] = np.minimum(bottom[free], 0.0)
    matrix.put(place.least[free], place.level[free], 1.0)
    matrix.put(place.least[free], place.x[free, MTS], -bottom[free])
    low[place.least[free]] = 0.0
    capped = np.flatnonzero(place.most >= 0)
    matrix.put(place.most[capped], place.level[capped], 1.0)
    matrix.put(place.most[capped], place.x[capped, MTS], -stock.most[capped])
    high[place.most[capped]] = 0.0
    carrying, mean = instance.carrying, stock.net.mean(axis=1)
    cost[place.level[held]] = carrying[held]
    cost[place.short[held]] = carrying[held] + instance.late[held]
    cost[place.x[free, MTS]] -= carrying[free] * mean[free]
    offset -= float((carrying * mean)[decided].sum())
    if place.budget.size and instance.budget is not None:
        high[place.budget] = instance.budget
        _inventory_value(instance, place, matrix, high)
    return offset


def _inventory_value(instance: Instance, place: _Places, matrix: _Matrix, high: Array) -> None:
    """The row of (C7): mean value of finished stock and of components on hand."""
    row = place.budget[0]

    def put(columns: Integers, values: Array) -> None:
        matrix.put(np.full(len(columns), row), columns, values)

    held = np.flatnonzero(place.level >= 0)
    value, mean = instance.unit_cost, instance.stock.net.mean(axis=1)
    put(place.level[held], value[held])
    put(place.short[held], value[held])
    free = held[place.open[held]]
    put(place.x[free, MTS], -(value * mean)[free])
    high[place.budget] += float((value * mean)[held[~place.open[held]]].sum())
    edges, parts, line = instance.edges, instance.parts, place.active
    used = np.unique(edges.component[line])
    put(used, parts.unit_cost[used])
    position = parts.unit_cost * parts.position.mean(axis=1)
    high[place.budget] -= float(position[place.forced].sum())
    own = np.flatnonzero(place.stocked >= 0)
    put(place.stocked[own], position[own])
    back, unit = np.zeros(len(value)), np.zeros(len(value))
    worth = parts.unit_cost[edges.component[line]] * edges.quantity[line]
    np.add.at(back, edges.product[line], worth * edges.windows[edges.window[line]].mean(axis=1))
    np.add.at(unit, edges.product[line], worth)
    free = np.flatnonzero(place.x[:, ATO] >= 0)
    put(place.x[free, ATO], -back[free])
    high[place.budget] += float(back[~place.open & (place.strategy == ATO)].sum())
    product, sample = np.nonzero(place.late >= 0)
    put(place.late[product, sample], unit[product] / instance.samples)


def violated_rows(instance: Instance, pooled: PooledProgram, values: Array, *, end: bool = False) -> Booleans:
    """Rows of (C3) that were left out and do not hold at a solution, shape (C, W)."""
    edges = instance.edges
    share = np.zeros(len(instance.products))
    decided = pooled.strategy != OPEN
    share[decided] = pooled.strategy[decided] == ATO
    free = pooled.x[:, ATO] >= 0
    share[free] = values[pooled.x[free, ATO]]
    columns = pooled.late_end if end else pooled.late
    late = taken(values, columns)
    stocked = taken(values, pooled.stocked)
    use = share[edges.product] > 0.0
    forced = np.zeros(len(instance.components), dtype=bool)
    forced[edges.component[use & decided[edges.product]]] = True
    stocked = np.where(forced & (pooled.stocked < 0), 1.0, stocked)
    cover = values[: len(instance.components), None] + instance.parts.position * stocked[:, None]
    windows = edges.windows_end if end else edges.windows
    moves = late[edges.product] - windows[edges.window] * share[edges.product][:, None]
    np.add.at(cover, edges.component[use], (edges.quantity[:, None] * moves)[use])
    return cover < -_VIOLATED * (1.0 + np.abs(values[: len(instance.components), None]))
