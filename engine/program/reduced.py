"""The reduced program as arrays: strategies still open, component stocks, and only the rows that can bind.

With finished stock decided (see `decide_stock`) what is left couples products by components and capacity. Rows of
(C3) that no plan comes near are left out and added where a solution violates them, so that every solve is a
relaxation and its value a bound, until nothing is violated and it is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.program.finished_stock import put_finished_stock
from engine.program.highs import Matrix, Program
from engine.program.numbering import OPEN, Held, Places, taken
from engine.program.reduced_rows import (
    put_capacity,
    put_changes,
    put_costs,
    put_cover,
    put_late_at_most_ordered,
    put_one_strategy,
    put_stocking,
    put_targets,
)
from engine.program.risk_rows import put_risk

_VIOLATED = 1e-7
_TAIL_MARGIN = 1.25


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
    place : Places
        Numbers of all columns and rows.
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
    place: Places

    def assembled_share(self, values: Array) -> Array:
        """Share of each product that a solution assembles to order, shape (I,)."""
        return np.where(self.strategy == OPEN, taken(values, self.x[:, ATO]), self.strategy == ATO)


def tail_rows(instance: Instance, strategy: Integers, share: float, *, end: bool = False) -> Booleans:
    """Samples with most demand for each component, shape (C, W): those that run short, and at least `share` of all.

    Exact rows are added later where they were left out and are violated.
    """
    may = np.where(strategy == OPEN, instance.allowed[:, ATO], strategy == ATO)
    total = component_demand(instance, may, end=end)
    rows = np.zeros(total.shape, dtype=bool)
    held = np.maximum(share, np.minimum(1.0, _TAIL_MARGIN * _short_share(instance, may)))
    for c, count in enumerate(np.ceil(held * instance.samples).astype(np.int64).tolist()):
        least = np.partition(total[c], instance.samples - count)[instance.samples - count]
        rows[c] = (total[c] >= least) & (total[c] > 0.0)
    return rows


def _short_share(instance: Instance, assembled: Booleans) -> Array:
    """Share of time a component runs short where all parts of a product run short together: H / (late + H), shape (C,).

    H is what carrying one set of the product's parts costs; the largest of the component's products counts.
    """
    edges = instance.edges
    use = np.flatnonzero(assembled[edges.product])
    product, component = edges.product[use], edges.component[use]
    carrying = np.zeros(len(instance.products))
    np.add.at(carrying, product, instance.parts.carrying[component] * edges.quantity[use])
    short = carrying / np.maximum(carrying + instance.late, 1e-300)
    share = np.zeros(len(instance.components))
    np.maximum.at(share, component, short[product])
    return share


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
    held: Held | None = None,
) -> PooledProgram:
    """Put what is still open into arrays.

    Parameters
    ----------
    instance : Instance
        With finished stock decided.
    strategy : shape (I,)
        Decided strategies, `OPEN` where it is left to the program.
    tail, tail_end : shape (C, W)
        Rows of (C3) that count, at the observed instant and at the end of the cycle.
    held : Held, optional
        All but those of (C4) by default.
    """
    place = Places(instance, strategy, tail, tail_end, held if held is not None else Held())
    matrix, low, high = Matrix(), np.full(place.row_count, -np.inf), np.full(place.row_count, np.inf)
    lower, upper = np.zeros(place.column_count), np.full(place.column_count, np.inf)
    cost = np.zeros(place.column_count)
    offset = put_costs(instance, place, cost, upper)
    put_one_strategy(place, matrix, low, high)
    put_cover(instance, place, matrix, low, end=False)
    put_late_at_most_ordered(instance, place, matrix, high, upper, end=False)
    if place.counts_end:
        put_cover(instance, place, matrix, low, end=True)
        put_late_at_most_ordered(instance, place, matrix, high, upper, end=True)
        put_targets(instance, place, matrix, high)
    put_capacity(instance, place, matrix, high, upper)
    put_changes(instance, place, matrix, high)
    put_stocking(instance, place, matrix, low)
    offset = put_finished_stock(instance, place, matrix, low, high, lower, upper, cost, offset)
    if place.risk:
        put_risk(instance, place, matrix, low, lower, cost)
        offset *= 1.0 - instance.cvar_weight
    integer = np.zeros(place.column_count, dtype=bool)
    integer[place.x[place.x >= 0]] = True
    program = Program(
        cost=cost, offset=offset, matrix=matrix.build((place.row_count, place.column_count)), row_low=low,
        row_high=high, lower=lower, upper=upper, integer=integer, columns={}, rows={},
    )  # fmt: skip
    return PooledProgram(
        program=program, x=place.x, late=place.late, late_end=place.late_end, stocked=place.stocked,
        overtime=place.overtime, outsourced=place.outsourced, cover=place.cover, cover_end=place.cover_end,
        level=place.level, budget=place.budget, strategy=strategy, place=place,
    )  # fmt: skip


def violated_rows(instance: Instance, pooled: PooledProgram, values: Array, *, end: bool = False) -> Booleans:
    """Rows of (C3) that were left out and do not hold at a solution, shape (C, W)."""
    edges = instance.edges
    share, decided = pooled.assembled_share(values), pooled.strategy != OPEN
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
    # A row that is held can miss by the solver's tolerance: to add it again would go on for ever.
    held = (pooled.cover_end if end else pooled.cover) >= 0
    return ~held & (cover < -_VIOLATED * (1.0 + np.abs(values[: len(instance.components), None])))


def violated_limits(instance: Instance, pooled: PooledProgram, values: Array, *, end: bool = False) -> Booleans:
    """Rows of (C4) that were left out and do not hold at a solution, shape (I, W)."""
    columns, rows = pooled.late, pooled.place.peak_rows
    if end:
        columns, rows = pooled.late_end, pooled.place.peak_end_rows
    peak = instance.edges.peak_end if end else instance.edges.peak
    most = peak * pooled.assembled_share(values)[:, None]
    return (columns >= 0) & (rows < 0) & (taken(values, columns) > most + _VIOLATED * (1.0 + np.abs(peak)))
