"""Numbers the columns and rows of the reduced program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Booleans, Instance, Integers
from engine.model.variables import is_stocked_variable, wants_end_of_cycle

OPEN = -1


def taken(values: Array, places: Integers) -> Array:
    """Values at given places, zero where the place is -1; of the shape of `places`."""
    out = np.zeros(places.shape)
    some = places >= 0
    out[some] = values[places[some]]
    return out


@dataclass(slots=True, kw_only=True)
class Held:
    """Rows that a program holds; all others are left out until a solution violates them.

    Parameters
    ----------
    cover, cover_end : shape (C, W) or None
        Rows of (C3), of those with late units; None holds all.
    peak, peak_end : shape (I, W) or None
        Rows of (C4) for products whose strategy is open; the others' are bounds, and so is what stands for a row left
        out. None holds none.
    backlog : shape (I, W) or None
        Rows of (C2), with CVaR; None holds all.
    tangent : shape (I, W) or None
        Tangents of the finished stocks' mean backlog, a column for each number of largest shortages; None holds all,
        which is exact.
    """

    cover: Booleans | None = None
    cover_end: Booleans | None = None
    peak: Booleans | None = None
    peak_end: Booleans | None = None
    backlog: Booleans | None = None
    tangent: Booleans | None = None


class Places:
    """Numbers the columns and rows.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
        Decided strategies, `OPEN` elsewhere.
    tail, tail_end : shape (C, W)
        Samples of a component in which its products may be late.
    held : Held
    """

    def __init__(  # noqa: PLR0915 (one number after the other)
        self,
        instance: Instance,
        strategy: Integers,
        tail: Booleans,
        tail_end: Booleans | None,
        held: Held,
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
        # With CVaR every sample's backlog counts, else its mean alone.
        self.risk = instance.cvar_weight > 0.0
        self.backlog = np.full((products, samples), -1, dtype=np.int64)
        stocks = self.level >= 0
        if self.risk:
            own = stocks[:, None] & _all_unless(held.backlog, (products, samples))
            self.backlog[own] = self._columns(int(own.sum()))
        else:
            self.short[stocks] = self._columns(int(stocks.sum()))
        self.eta = self._columns(int(self.risk))
        self.excess = self._columns(samples if self.risk else 0)
        self.column_count = self._next_column
        self.one = np.full(products, -1, dtype=np.int64)
        self.one[self.open] = self._rows(int(self.open.sum()))
        self.cover = np.full((components, samples), -1, dtype=np.int64)
        self.tail, self.tail_end = tail & use[:, None], None if tail_end is None else tail_end & use[:, None]
        own = self.tail & _all_unless(held.cover, tail.shape)
        self.cover[own] = self._rows(int(own.sum()))
        self.cover_end = np.full((components, samples), -1, dtype=np.int64)
        if self.counts_end and self.tail_end is not None:
            own = self.tail_end & _all_unless(held.cover_end, tail.shape)
            self.cover_end[own] = self._rows(int(own.sum()))
        self.peak_rows = self._peak_rows(self.late, held.peak)
        self.peak_end_rows = self._peak_rows(self.late_end, held.peak_end)
        targeted = self.counts_end & self.may_assemble & (instance.on_time_target > 0.0)
        targeted &= np.isin(np.arange(products), edges.product)
        self.target = np.full(products, -1, dtype=np.int64)
        self.target[targeted] = self._rows(int(targeted.sum()))
        self.hours = self._rows(resources * samples).reshape(resources, samples)
        self.changes = self._rows(0 if instance.max_changes is None else 1)
        lines = self.active[(self.stocked[edges.component[self.active]] >= 0)]
        self.stocking_lines = lines
        self.stocking = self._rows(len(lines))
        self.tangents = np.full((products, samples), -1, dtype=np.int64)
        if not self.risk:
            own = stocks[:, None] & _all_unless(held.tangent, self.tangents.shape)
            self.tangents[own] = self._rows(int(own.sum()))
        self.backlog_rows = np.full((products, samples), -1, dtype=np.int64)
        self.backlog_rows[self.backlog >= 0] = self._rows(int((self.backlog >= 0).sum()))
        self.beyond = self._rows(samples if self.risk else 0)
        self.least = np.full(products, -1, dtype=np.int64)
        self.least[stocks & self.open] = self._rows(int((stocks & self.open).sum()))
        self.most = np.full(products, -1, dtype=np.int64)
        capped = stocks & self.open & np.isfinite(instance.stock.most)
        self.most[capped] = self._rows(int(capped.sum()))
        self.budget = self._rows(0 if instance.budget is None or instance.stock_decided else 1)
        self.row_count = self._next_row

    def number_tangents(self, wanted: Booleans) -> None:
        """Number tangents that are added behind all other rows."""
        self.tangents[wanted] = self._rows(int(wanted.sum()))
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

    def _peak_rows(self, late: Integers, wanted: Booleans | None) -> Integers:
        rows = np.full(late.shape, -1, dtype=np.int64)
        if wanted is None:
            return rows
        bounded = wanted & (late >= 0) & self.open[:, None]
        rows[bounded] = self._rows(int(bounded.sum()))
        return rows


COLUMNS: tuple[str, ...] = ("x", "stocked", "late", "late_end", "overtime", "outsourced", "level", "short")
COLUMNS += ("backlog", "eta", "excess")
ROWS: tuple[str, ...] = ("one", "cover", "cover_end", "peak_rows", "peak_end_rows", "target", "hours", "changes")
ROWS += ("stocking", "tangents", "least", "most", "budget", "backlog_rows", "beyond")


def kept(before: Places, after: Places, components: int) -> tuple[Integers, Integers, Integers, Integers]:
    """Where columns and rows of a program stand in one with more rows of (C3): old and new columns, old and new rows.

    Parameters
    ----------
    before, after : Places
        Of the same instance and decided strategies.
    components : int
    """
    shared = np.arange(components, dtype=np.int64)
    columns, rows = [(shared, shared)], [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
    for names, pairs in ((COLUMNS, columns), (ROWS, rows)):
        for name in names:
            old, new = getattr(before, name).ravel(), getattr(after, name).ravel()
            if old.size != new.size:
                continue  # One of the two has none of them, so there is nothing to carry over.
            both = (old >= 0) & (new >= 0)
            pairs.append((old[both], new[both]))
    old_columns, new_columns = (np.concatenate(side) for side in zip(*columns, strict=True))
    old_rows, new_rows = (np.concatenate(side) for side in zip(*rows, strict=True))
    return old_columns, new_columns, old_rows, new_rows


def _all_unless(mask: Booleans | None, shape: tuple[int, ...]) -> Booleans:
    return np.ones(shape, dtype=bool) if mask is None else mask
