"""Numbers the columns and rows of a program: which variables are still open, which rows are held.

Arrays are along the axes of the blocks: -1 where a variable has no column or a row is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Booleans, Instance, Integers
from engine.model.formulation import formulation

OPEN = -1


def open_strategies(instance: Instance) -> Integers:
    """The strategy of each product that has no choice, `OPEN` elsewhere; shape (I,)."""
    only = instance.allowed.sum(axis=1) == 1
    return np.where(only, np.argmax(instance.allowed, axis=1), OPEN).astype(np.int64)


def taken(values: Array, places: Integers) -> Array:
    """Values at given places, zero where the place is -1; of the shape of `places`."""
    out = np.zeros(places.shape)
    some = places >= 0
    out[some] = values[places[some]]
    return out


@dataclass(slots=True, kw_only=True)
class HeldRows:
    """Rows that a program holds; all others are left out until a solution violates them.

    Parameters
    ----------
    cover : shape (C, W) or None
        Rows of (C3), of those with late units; None holds all.
    peak : shape (I, W) or None
        Rows of (C4) for products whose strategy is open; the others' are bounds, and so is what stands for a row left
        out. None holds none.
    backlog : shape (I, W) or None
        Rows of (C2), with CVaR; None holds all.
    tangent : shape (I, W) or None
        Tangents of the finished stocks' mean backlog, a column for each number of largest shortages; None holds all,
        which is exact.
    """

    cover: Booleans | None = None
    peak: Booleans | None = None
    backlog: Booleans | None = None
    tangent: Booleans | None = None


class Numbering:
    """Numbers the columns and rows.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
        Decided strategies, `OPEN` elsewhere.
    tail : shape (C, W)
        Samples of a component in which its products may be late.
    held : HeldRows

    Attributes
    ----------
    columns : dict of str to array
        Of every variable, of the shape it has in all samples, and of the mean backlog `short`, shape (I,), that stands
        for the backlogs of all samples without CVaR.
    rows : dict of str to array
        Of every block, and of the tangents of the mean backlog.
    """

    def __init__(self, instance: Instance, strategy: Integers, tail: Booleans, held: HeldRows) -> None:
        self.strategy, self.open = strategy, strategy == OPEN
        self.risk = instance.cvar_weight > 0.0
        self.may_assemble = np.where(self.open, instance.allowed[:, ATO], strategy == ATO)
        self.may_stock = np.where(self.open, instance.allowed[:, MTS], strategy == MTS)
        self.used = instance.parts_of(self.may_assemble)
        # Parts that a decided product needs are stocked for sure.
        self.forced = instance.parts_of(strategy == ATO)
        self.tail = tail & self.used[:, None]
        self.column_count = self.row_count = 0
        self.columns = {name: self._columns(present) for name, present in self._present(instance, held).items()}
        self.values = self._values(instance)
        self.rows = self._number_rows(instance, held)

    def _present(self, instance: Instance, held: HeldRows) -> dict[str, Booleans]:
        """Which variables have a column, in the order of the columns."""
        components, samples = len(instance.components), instance.samples
        outside = np.zeros(0, dtype=bool) if instance.capacity is None else instance.capacity.outsourcing
        stocks = self.may_stock & (not instance.stock_decided)
        return {
            "Sc": np.ones(components, dtype=bool),
            "x": (self.open[:, None] & instance.allowed).ravel(),
            "stocked": self.used & instance.parts.stocked_by_choice & ~self.forced,
            "w": self._late(instance),
            "O": np.ones((len(outside), samples), dtype=bool),
            "U": np.repeat(outside[:, None], samples, axis=1),
            "S": stocks,
            "late_mts": stocks & (instance.lost > 0.0),
            # With CVaR every sample's backlog counts, else its mean alone.
            "short": stocks & (not self.risk),
            "B": stocks[:, None] & self.risk & _all_unless(held.backlog, (len(stocks), samples)),
            "eta": np.array([self.risk]),
            "excess": np.full((1, samples), self.risk),
        }

    def _late(self, instance: Instance) -> Booleans:
        """Late units appear where some row of the product is held and something was ordered; shape (I, W)."""
        edges = instance.edges
        active = np.flatnonzero(self.may_assemble[edges.product])
        need = np.zeros(edges.peak.shape, dtype=bool)
        line, sample = np.nonzero(self.tail[edges.component[active]])
        need[edges.product[active][line], sample] = True
        return need & (edges.peak > 0.0)

    def _values(self, instance: Instance) -> dict[str, Array]:
        """What is decided: values of variables without a column; all others without one are zero."""
        decided = np.flatnonzero(~self.open)
        x = np.zeros(3 * len(self.open))
        x[3 * decided + self.strategy[decided]] = 1.0
        return {"x": x, "stocked": (self.forced & instance.parts.stocked_by_choice).astype(np.float64)}

    def _number_rows(self, instance: Instance, held: HeldRows) -> dict[str, Integers]:
        wanted, columns, blocks = self._wanted(instance, held), self.columns, formulation(instance).by_name
        rows: dict[str, Integers] = {}
        for name, block in blocks.items():
            shape = (block.count, instance.samples) if block.sampled else (block.count,)
            if not block.rows.size:
                rows[name] = np.full(shape, -1, dtype=np.int64)
                continue
            exists = np.zeros(shape, dtype=bool)
            exists[block.rows] = True
            mask = wanted.get(name)
            rows[name] = self._rows(exists if mask is None else exists & mask)
        stocks = (columns["short"] >= 0)[:, None]
        rows["tangents"] = self._rows(stocks & _all_unless(held.tangent, (len(stocks), instance.samples)))
        return rows

    def _wanted(self, instance: Instance, held: HeldRows) -> dict[str, Booleans]:
        """Rows that are held, by block; a block that is not named is held whole. What is left out is a bound."""
        columns, blocks = self.columns, formulation(instance).by_name
        stocks = columns["S"] >= 0
        wanted = {
            "C1": self.open,
            "C2": columns["B"] >= 0,
            "C2_least": stocks & self.open,
            "C2_shelf_life": stocks & self.open,
            "C3": self.tail & _all_unless(held.cover, self.tail.shape),
            "C3_least": columns["stocked"] >= 0,
            "C4": (columns["w"] >= 0) & self.open[:, None] & _none_unless(held.peak, columns["w"].shape),
            "C6": self.may_assemble,
        }
        line = blocks["C1_stocked"].form
        wanted["C1_stocked"] = (columns["stocked"][line[0].index] >= 0) & (columns["x"][line[1].index] >= 0)
        wanted["C2_lost"] = np.zeros(blocks["C2_lost"].count, dtype=bool)
        for piece in blocks["C2_lost"].form:
            if piece.variable == "late_mts":
                wanted["C2_lost"][piece.row] = columns["late_mts"][piece.index] >= 0
        return wanted

    def number_tangents(self, wanted: Booleans) -> None:
        """Number tangents that are added behind all other rows."""
        self.rows["tangents"][wanted] = self._rows(wanted)[wanted]

    def _columns(self, present: Booleans) -> Integers:
        numbers, self.column_count = _numbered(present, self.column_count)
        return numbers

    def _rows(self, present: Booleans) -> Integers:
        numbers, self.row_count = _numbered(present, self.row_count)
        return numbers


Pair = tuple[Integers, Integers]


def carried_over(before: Numbering, after: Numbering) -> tuple[Pair, Pair]:
    """Where columns and rows of a program stand in another: old and new columns, old and new rows.

    Parameters
    ----------
    before, after : Numbering
        Of the same products; what one of them has not is not carried over.
    """
    columns = [(numbers, after.columns[name]) for name, numbers in before.columns.items()]
    rows = [(numbers, after.rows[name]) for name, numbers in before.rows.items() if name in after.rows]
    return _pairs(columns), _pairs(rows)


def _pairs(numbers: list[Pair]) -> Pair:
    old, new = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for first, second in numbers:
        if first.shape == second.shape:
            both = (first >= 0) & (second >= 0)
            old.append(first[both])
            new.append(second[both])
    return np.concatenate(old), np.concatenate(new)


def _numbered(present: Booleans, start: int) -> tuple[Integers, int]:
    """Numbers from a start on where something is present, -1 elsewhere; and the next number."""
    numbers = np.full(present.shape, -1, dtype=np.int64)
    end = start + int(np.count_nonzero(present))
    if end > start:
        numbers[present] = np.arange(start, end)
    return numbers, end


def _all_unless(mask: Booleans | None, shape: tuple[int, ...]) -> Booleans:
    return np.ones(shape, dtype=bool) if mask is None else mask


def _none_unless(mask: Booleans | None, shape: tuple[int, ...]) -> Booleans:
    return np.zeros(shape, dtype=bool) if mask is None else mask
