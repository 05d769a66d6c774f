"""Cuts that two samples of one component give together, stronger than their rows of (C3) where strategies are split.

For samples t and s of component c, the rows of (C3) and w >= 0 give

    z = S_c + sum_i a_i (w_i[t] + w_i[s]) - sum_i a_i D_i[s] x_i  >=  max(0, sum_i d_i x_i - b),

with d_i = a_i (D_i[t] - D_i[s]) and b the difference of the positions; the right-hand side is rounded. Late units at
their limit are replaced by it, w_i = peak_i x_i (C4), which moves the product from the left to the right-hand side and
makes the cut far stronger. HiGHS finds some of these cuts after minutes of general search; here t is a sample whose
row holds with equality and s one near the base stock, for all pairs at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.program.numbering import taken
from engine.program.reduced import PooledProgram
from engine.search.cuts.rounding import FRACTIONAL, rounded, rounding

# Violation worth a row, relative to the base stock; samples nearest to the base stock that may serve as s.
WORTH = 1e-4
_NEAREST = 80
# Rows that one sample gives in one round, as t and as s: their cost of lateness is spent once.
_USES_TOP, _USES_BASE = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCut:
    """S_c + sum (a_i w_i[top] + a_i w_i[base]) + weight * x >= constant, for one component and two samples.

    Parameters
    ----------
    component, top, base : int
    product : shape (n,)
    top_quantity, base_quantity : shape (n,)
        a_i, zero where late units were replaced by their limit.
    weight : shape (n,)
        Coefficient of x[i, ATO].
    constant : float
    complemented : shape (n,)
    split : int
        With the zero quantities, the recipe.
    """

    component: int
    top: int
    base: int
    product: Integers
    top_quantity: Array
    base_quantity: Array
    weight: Array
    constant: float
    complemented: Booleans
    split: int

    choice: ClassVar[int] = ATO


def pair_entries(
    cuts: list[PairCut], rows: list[int], pooled: PooledProgram
) -> list[tuple[Integers, Integers, Array]]:
    """Entries of other variables than strategies: rows, columns (-1 where there is none) and values.

    Parameters
    ----------
    cuts : list of PairCut
    rows : list of int
        Where each stands.
    pooled : PooledProgram
    """
    if not cuts:
        return []
    at = np.array(rows, dtype=np.int64)
    counts = np.array([len(cut.product) for cut in cuts], dtype=np.int64)
    component, top, base = (
        np.array([getattr(cut, name) for cut in cuts], dtype=np.int64) for name in ("component", "top", "base")
    )
    product, of_top, of_base = (
        np.concatenate([getattr(cut, name) for cut in cuts]) for name in ("product", "top_quantity", "base_quantity")
    )
    every, late = np.repeat(at, counts), pooled.late
    # S_c + sum_i (a_i w_i[t] + a_i w_i[s])
    return [
        (at, pooled.place.columns["Sc"][component], np.ones(len(cuts))),
        (every, late[product, np.repeat(top, counts)], of_top),
        (every, late[product, np.repeat(base, counts)], of_base),
    ]


def pair_cuts(instance: Instance, pooled: PooledProgram, values: Array) -> list[PairCut]:
    """Violated cuts at a solution of the relaxation.

    Parameters
    ----------
    instance : Instance
    pooled : PooledProgram
    values : shape (columns,)
    """
    share = pooled.assembled_share(values)
    split = (share > FRACTIONAL) & (share < 1.0 - FRACTIONAL)
    cuts = list[PairCut]()
    late = taken(values, pooled.late)
    uses = _lines(instance, pooled)
    for c, lines in uses.items():
        if split[instance.edges.product[lines]].any():
            stock = float(values[pooled.place.columns["Sc"][c]])
            cuts += _Component(instance, pooled, c, lines).cuts(stock, share, late)
    return cuts


def renewed_pairs(cuts: list[PairCut], instance: Instance, pooled: PooledProgram) -> list[PairCut | None]:
    """The cuts' recipes for other numbers; None where a recipe gives nothing any more.

    Parameters
    ----------
    cuts : list of PairCut
        Of the same products, components and samples.
    instance : Instance
    pooled : PooledProgram
    """
    renewals: list[PairCut | None] = [None] * len(cuts)
    uses = _lines(instance, pooled)
    of: dict[int, list[int]] = {}
    for k, cut in enumerate(cuts):
        of.setdefault(cut.component, []).append(k)
    for c, places in of.items():
        if c in uses:
            renewed = _Component(instance, pooled, c, uses[c]).renewed([cuts[k] for k in places])
            for k, fresh in zip(places, renewed, strict=True):
                renewals[k] = fresh
    return renewals


def _lines(instance: Instance, pooled: PooledProgram) -> dict[int, Integers]:
    """Lines of each component that may count in a cut, by component."""
    edges = instance.edges
    may = (pooled.x[:, ATO] >= 0) | (pooled.strategy == ATO)
    # V counts where the component is stocked: open, that is one more binary, which these cuts leave alone.
    mask = (instance.parts.batch <= 0.0) | (pooled.place.columns["stocked"] < 0)
    lines = np.flatnonzero(may[edges.product] & mask[edges.component])
    lines = lines[np.argsort(edges.component[lines], kind="stable")]
    component, first = np.unique(edges.component[lines], return_index=True)
    parts = np.split(lines, first[1:]) if len(lines) else []
    return dict(zip(component.tolist(), parts, strict=True))


class _Component:
    """One component with the samples in which its products may be late."""

    def __init__(self, instance: Instance, pooled: PooledProgram, c: int, lines: Integers) -> None:
        edges = instance.edges
        self.component = c
        self.product, self.quantity = edges.product[lines], edges.quantity[lines]
        self.rows = np.flatnonzero(pooled.place.tail[c])
        self.demand = self.quantity[:, None] * edges.windows[edges.window[lines]][:, self.rows]
        self.position = instance.parts.position[c, self.rows]
        self.peak = edges.peak[self.product][:, self.rows]

    def cuts(self, stock: float, share: Array, waiting: Array) -> list[PairCut]:
        """The most violated pairs of samples, every sample in a few of them.

        Parameters
        ----------
        stock : float
        share : shape (I,)
        waiting : shape (I, W)
        """
        if not self.rows.size:
            return []
        position, share_of = self.position, share[self.product]
        units = waiting[self.product][:, self.rows]
        limit = self.peak * share_of[:, None]
        full = (limit > 0.0) & (units >= limit * (1.0 - 1e-6))
        demand = self.demand - self.quantity[:, None] * np.where(full, self.peak, 0.0)
        late = self.quantity @ np.where(full, 0.0, units)
        net = share_of @ demand - position
        tight = np.flatnonzero(stock + late - net < 1e-6 * (1.0 + abs(stock)))
        near = np.argsort(np.abs(net - stock), kind="stable")[:_NEAREST]
        top, base = np.repeat(tight, len(near)), np.tile(near, len(tight))
        slack = np.maximum(stock + late[top] + late[base] - net[base], 0.0)
        difference = demand[:, top] - demand[:, base]
        split = (share_of > FRACTIONAL) & (share_of < 1.0 - FRACTIONAL)
        worth = (top != base) & (slack < np.abs(difference[split]).max(axis=0))
        if not worth.any():
            return []
        top, base = top[worth], base[worth]
        best = rounded(difference[:, worth], share_of, position[top] - position[base], slack[worth])
        used_top, used_base = np.zeros(len(net), dtype=np.int64), np.zeros(len(net), dtype=np.int64)
        cuts: list[PairCut] = []
        for k in np.argsort(-best.violation, kind="stable").tolist():
            t, s = int(top[k]), int(base[k])
            if best.violation[k] < WORTH * (1.0 + abs(stock)):
                break
            if used_top[t] >= _USES_TOP or used_base[s] >= _USES_BASE:
                continue
            used_top[t] += 1
            used_base[s] += 1
            cuts.append(
                self._cut(
                    t, s, full=(full[:, t], full[:, s]), weight=-(demand[:, s] + best.weight[:, k]),
                    constant=float(best.constant[k] - position[s]), complemented=best.complemented[:, k],
                    split=int(best.split[k]),
                )
            )  # fmt: skip
        return cuts

    def renewed(self, cuts: list[PairCut]) -> list[PairCut | None]:
        """The same recipes for the numbers held here; every cut is of this component."""
        held = np.full(1 + max((int(self.rows.max(initial=0)), *(max(cut.top, cut.base) for cut in cuts))), -1)
        held[self.rows] = np.arange(len(self.rows))
        at = np.full(1 + max((int(self.product.max()), *(int(cut.product.max()) for cut in cuts))), -1)
        at[self.product] = np.arange(len(self.product))
        count, renewals = len(self.product), list[PairCut | None]([None] * len(cuts))
        top, base = held[[cut.top for cut in cuts]], held[[cut.base for cut in cuts]]
        split = at[[int(cut.product[cut.split]) for cut in cuts]]
        # Samples whose rows are not held have no late units here; a product that left divides nothing.
        usable = np.flatnonzero((top >= 0) & (base >= 0) & (split >= 0))
        if not usable.size:
            return renewals
        marks = np.zeros((3, count, len(usable)), dtype=bool)
        for column, k in enumerate(usable.tolist()):
            cut = cuts[k]
            place = at[cut.product]
            there = place >= 0
            shape = (cut.complemented, cut.top_quantity <= 0.0, cut.base_quantity <= 0.0)
            for mark, values in zip(marks, shape, strict=True):
                mark[place[there], column] = values[there]
        complemented, full_top, full_base = marks
        top, base, split = top[usable], base[usable], split[usable]
        unit = self.quantity[:, None]
        after_top = self.demand[:, top] - unit * np.where(full_top, self.peak[:, top], 0.0)
        after_base = self.demand[:, base] - unit * np.where(full_base, self.peak[:, base], 0.0)
        limit = self.position[top] - self.position[base]
        weight, constant, good = rounding(after_top - after_base, limit, complemented, split)
        for column in np.flatnonzero(good).tolist():
            renewals[int(usable[column])] = self._cut(
                int(top[column]), int(base[column]), full=(full_top[:, column], full_base[:, column]),
                weight=-(after_base[:, column] + weight[:, column]),
                constant=float(constant[column] - self.position[base[column]]),
                complemented=complemented[:, column], split=int(split[column]),
            )  # fmt: skip
        return renewals

    def _cut(
        self, top: int, base: int, *, full: tuple[Booleans, Booleans], weight: Array, constant: float,
        complemented: Booleans, split: int,
    ) -> PairCut:  # fmt: skip
        return PairCut(
            component=self.component, top=int(self.rows[top]), base=int(self.rows[base]),
            product=self.product, top_quantity=np.where(full[0], 0.0, self.quantity),
            base_quantity=np.where(full[1], 0.0, self.quantity), weight=weight, constant=constant,
            complemented=complemented, split=split,
        )  # fmt: skip
