"""The reduced program: strategies still open, component stocks, and only the rows that can bind.

With finished stock decided (see `decide_stock`) what is left couples products by components and capacity. Rows of
(C3) that no plan comes near are left out and added where a solution violates them, so that every solve is a
relaxation and its value a bound, until nothing is violated and it is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import added_to, added_up, beside
from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.model.formulation import formulation
from engine.model.variables import VARIABLES
from engine.program.assemble import Assembly, costs, implied_bounds
from engine.program.highs import Program
from engine.program.numbering import OPEN, HeldRows, Numbering, taken
from engine.program.tangents import put_tangents

# Share of the samples with most demand for a part whose rows a program of decided strategies holds from the first.
TAIL = 0.15
_VIOLATED = 1e-7
# Lines times samples that are looked at together: what a large group needs of memory does not grow with it.
_CELLS = 4_000_000
_TAIL_MARGIN = 1.25
# Blocks whose rows that are left out bound one variable.
_BOUNDS = (("C2_least", "S"), ("C2_shelf_life", "S"), ("C3_least", "Sc"), ("C4", "w"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledProgram:
    """A reduced program with the places of its variables and rows.

    Parameters
    ----------
    program : Program
    place : Numbering
        Numbers of all columns and rows.
    """

    program: Program
    place: Numbering

    @property
    def strategy(self) -> Integers:
        """Decided strategies, `OPEN` elsewhere, shape (I,)."""
        return self.place.strategy

    @property
    def x(self) -> Integers:
        """Column of each open strategy, -1 where decided, shape (I, 3)."""
        return self.place.columns["x"].reshape(-1, 3)

    @property
    def late(self) -> Integers:
        """Column of late units, -1 where there is none, shape (I, W)."""
        return self.place.columns["w"]

    @property
    def cover(self) -> Integers:
        """Row of (C3), -1 where it is left out, shape (C, W)."""
        return self.place.rows["C3"]

    def shares(self, values: Array) -> Array:
        """Share of each strategy in a solution, decided ones included, shape (I, 3)."""
        decided = self.strategy[:, None] == np.arange(3)
        return np.where(decided, 1.0, taken(values, self.x))

    def assembled_share(self, values: Array) -> Array:
        """Share of each product that a solution assembles to order, shape (I,)."""
        return self.shares(values)[:, ATO]


def tail_rows(instance: Instance, strategy: Integers, share: float) -> Booleans:
    """Samples with most demand for each component, shape (C, W): those that run short, and at least `share` of all.

    Exact rows are added later where they were left out and are violated.
    """
    may = np.where(strategy == OPEN, instance.allowed[:, ATO], strategy == ATO)
    total = component_demand(instance, may)
    return _largest(instance, total, np.arange(len(total)), may, share)


def tail_rows_next_to(instance: Instance, assembled: Booleans, moved: Booleans, share: float) -> Booleans:
    """The same of plans that one product leaves or joins, all of them together, shape (C, W).

    Parameters
    ----------
    instance : Instance
    assembled : shape (I,)
        By the plan.
    moved : shape (I,)
        Products that leave it, or join it where they are not assembled.
    share : float
    """
    edges, total = instance.edges, component_demand(instance, assembled)
    # sum_j a_cj D_j(t_cj) - a_ci D_i(t_ci) of the parts of i that leaves, + of one that joins
    line = np.flatnonzero(moved[edges.product])
    sign = np.where(assembled[edges.product[line]], -1.0, 1.0)[:, None]
    after = total[edges.component[line]] + sign * edges.demand[line]
    return _largest(instance, after, edges.component[line], assembled | moved, share)


def _largest(instance: Instance, total: Array, part: Integers, assembled: Booleans, share: float) -> Booleans:
    """Samples with the largest of some totals of parts, those that run short and at least `share`; shape (C, W)."""
    rows = np.zeros((len(instance.components), instance.samples), dtype=bool)
    # share of the samples with most demand that is held: max(share, 1.25 H / (late + H))
    held = np.maximum(share, np.minimum(1.0, _TAIL_MARGIN * _short_share(instance, assembled)))
    # Net of the position: a lot that has just come covers as much demand. Of parts in lots every row can bind.
    batched = (instance.parts.batch > 0.0) & instance.parts_of(assembled)
    net = np.where((total > 0.0) | batched[part, None], total - instance.parts.position[part], -np.inf)
    for at, (c, count) in enumerate(zip(part, np.ceil(held * instance.samples).astype(np.int64)[part], strict=True)):
        least = np.partition(net[at], instance.samples - count)[instance.samples - count]
        rows[c] |= (net[at] >= least) & np.isfinite(net[at])
    return rows


def _short_share(instance: Instance, assembled: Booleans) -> Array:
    """Share of time a component runs short where all parts of a product run short together: H / (late + H), shape (C,).

    H is what carrying one set of the product's parts costs; the largest of the component's products counts.
    """
    edges, each = instance.edges, instance.part_carrying
    use = np.flatnonzero(assembled[edges.product])
    product, component = edges.product[use], edges.component[use]
    # H_i = sum_c a_ci h_c, short_i = H_i / (p_i + H_i), what is bought for an order counting with p_i
    carrying = added_up(each[component] * edges.quantity[use], product, len(instance.products))
    short = carrying / np.maximum(carrying + instance.waiting + instance.bought_carrying, 1e-300)
    share = np.zeros(len(instance.components))
    np.maximum.at(share, component, short[product])
    return share


def component_demand(instance: Instance, assembled: Booleans) -> Array:
    """Demand for components from the products that are assembled to order, shape (C, W)."""
    edges = instance.edges
    # sum_i a_ci D_i(t_ci)
    use = assembled[edges.product]
    return added_up(edges.demand[use], edges.component[use], len(instance.components))


def build_pooled(instance: Instance, strategy: Integers, tail: Booleans, held: HeldRows | None = None) -> PooledProgram:
    """Put what is still open into arrays.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
        Decided strategies, `OPEN` where it is left to the program.
    tail : shape (C, W)
        Rows of (C3) that count.
    held : HeldRows, optional
        All but those of (C4) by default.
    """
    place = Numbering(instance, strategy, tail, held if held is not None else HeldRows())
    program = formulation(instance)
    assembly = Assembly(place, instance.samples)
    for block in program.by_name.values():
        assembly.put(block)
    put_tangents(instance, place, assembly)
    cost, offset = costs(place, program.objective, instance.samples)
    lower, upper = _bounds(instance, place)
    integer = np.zeros(place.column_count, dtype=bool)
    integer[place.columns["x"][place.columns["x"] >= 0]] = True
    arrays = Program(
        cost=cost, offset=offset, matrix=assembly.matrix.build((place.row_count, place.column_count)),
        row_low=assembly.low, row_high=assembly.high, lower=lower, upper=upper, integer=integer, columns={}, rows={},
    )  # fmt: skip
    return PooledProgram(program=arrays, place=place)


def _bounds(instance: Instance, place: Numbering) -> tuple[Array, Array]:
    """Bounds of all columns: the variables' own, and those of rows that are left out."""
    lower, upper = np.zeros(place.column_count), np.full(place.column_count, np.inf)
    blocks = formulation(instance).by_name
    for name, variable in VARIABLES.items():
        columns = place.columns[name]
        there = columns >= 0
        if not there.any():
            continue
        low, high = (beside(limit, columns.shape) for limit in variable.bounds(instance))
        for block, bounded in _BOUNDS:
            if bounded == name:
                least, most = implied_bounds(place, blocks[block], name)
                low, high = np.maximum(low, least), np.minimum(high, most)
        if name == "Sc":
            # Parts that no product left may use are not stocked.
            low, high = np.where(place.used, low, 0.0), np.where(place.used, high, 0.0)
        lower[columns[there]], upper[columns[there]] = low[there], high[there]
    return lower, upper


def violated_rows(instance: Instance, pooled: PooledProgram, values: Array) -> Booleans:
    """Rows of (C3) that were left out and do not hold at a solution, shape (C, W)."""
    edges, place = instance.edges, pooled.place
    share = pooled.assembled_share(values)
    late = taken(values, pooled.late)
    choice = place.columns["stocked"]
    stocked = np.where(choice >= 0, taken(values, choice), place.values["stocked"])
    use = np.flatnonzero(share[edges.product] > 0.0)
    product, component, window = edges.product[use], edges.component[use], edges.window[use]
    quantity, shares = edges.quantity[use, None], share[product][:, None]
    level = values[place.columns["Sc"]][:, None]
    missing = pooled.cover < 0
    step = max(_CELLS // max(len(use), 1), 1)
    for first in range(0, instance.samples, step):
        some = slice(first, first + step)
        # S_c + V_c stocked_c + sum_i a_ci (w_i - D_i(t_ci) x[i,ATO])
        cover = level + instance.parts.position[:, some] * stocked[:, None]
        moves = late[product, some] - edges.windows[window, some] * shares
        cover = added_to(cover, quantity * moves, component)
        # A row that is held can miss by the solver's tolerance: to add it again would go on for ever.
        missing[:, some] &= cover < -_VIOLATED * (1.0 + np.abs(level))
    return missing


def violated_limits(instance: Instance, pooled: PooledProgram, values: Array) -> Booleans:
    """Rows of (C4) that were left out and do not hold at a solution, shape (I, W)."""
    # w_i > P_i x[i,ATO]
    peak = instance.edges.peak
    most = peak * pooled.assembled_share(values)[:, None]
    over = taken(values, pooled.late) > most + _VIOLATED * (1.0 + np.abs(peak))
    return (pooled.late >= 0) & (pooled.place.rows["C4"] < 0) & over
