"""Customers of each product who wait alike: what of demand and of windows is theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array, uniforms
from engine.economics.axes import Booleans, Integers
from engine.scenario.segments import Waits

# What the stream of a unit's segment is for.
_UNIT = "segment of a unit"
# Late costs that differ by less than this share are the same but for their rounding.
_ALIKE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A row for each group of each of some products, and what all groups of one make together.

    Parameters
    ----------
    row, group : shape (m,)
        Places among the products and among the groups.
    start : shape (n,)
        Where each of the products begins among the rows.
    """

    row: Integers
    group: Integers
    start: Integers

    def total(self, values: Array) -> Array:
        """Sums of values, shape (m, ...), over the groups of each product, shape (n, ...)."""
        sums: Array = values if len(self.row) == len(self.start) else np.add.reduceat(values, self.start, axis=0)
        return sums

    def longest(self, values: Array) -> Array:
        """The same of maxima."""
        most: Array = values if len(self.row) == len(self.start) else np.maximum.reduceat(values, self.start, axis=0)
        return most


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Segments with one wait taken together, product by product; a product without segments is one group.

    Parameters
    ----------
    product, first : shapes (N,) and (I,)
        Ascending; where the groups of each product begin.
    share, wait_days : shape (N,)
        As of `Waits`.
    dear : shape (N,)
        Late cost over the mean of the product.
    """

    product: Integers
    first: Integers
    share: Array
    wait_days: Array
    dear: Array

    @property
    def count(self) -> Integers:
        """Groups of each product, shape (I,)."""
        return np.diff(np.append(self.first, len(self.product)))

    @property
    def several(self) -> Integers:
        """Products with more than one, ascending."""
        return np.flatnonzero(self.count > 1)

    @property
    def unequal(self) -> Integers:
        """Products whose groups cost differently when late, ascending."""
        return np.unique(self.product[np.abs(self.dear - 1.0) > _ALIKE])

    def of(self, i: int) -> slice:
        """The groups of one product."""
        return slice(int(self.first[i]), int(self.first[i] + self.count[i]))

    def spread(self, product: Integers) -> Spread:
        """A row for each group of each of some products, shape (n,)."""
        count = self.count[product]
        start = np.cumsum(count) - count
        row = np.repeat(np.arange(len(product)), count)
        return Spread(row=row, group=self.first[product][row] + np.arange(len(row)) - start[row], start=start)

    def marks(self, i: int, name: str, *, seed: int, samples: int, among: Booleans) -> Integers:
        """Group of a unit that falls due, in each sample: by their shares among some of a product's, shape (W,)."""
        share = np.where(among, self.share[self.of(i)], 0.0)
        if not share.any():
            share = self.share[self.of(i)]
        edges = np.cumsum(share) / share.sum()
        edges[-1] = 1.0
        u = uniforms(seed, _UNIT, name, 1, samples)[0]
        return np.asarray(np.searchsorted(edges[:-1], u, side="right"), dtype=np.int64)


def groups_of(waits: Waits) -> Groups:
    """The groups of waits: segments of one product that wait alike are one, where the first of them stands."""
    if not waits.several:
        return Groups(
            product=waits.product, first=np.arange(waits.products), share=waits.share, wait_days=waits.wait_days,
            dear=np.ones(len(waits.product)),
        )  # fmt: skip
    seen: dict[tuple[int, float], int] = {}
    place = [
        seen.setdefault(key, len(seen))
        for key in zip(waits.product.tolist(), waits.wait_days.tolist(), strict=True)
    ]
    product, wait = (np.array(values) for values in zip(*seen, strict=True))
    share = np.bincount(place, weights=waits.share)
    mean = waits.mean(waits.late_cost)[product.astype(np.int64)] * share
    dear = np.bincount(place, weights=waits.share * waits.late_cost)
    return Groups(
        product=product.astype(np.int64), first=np.searchsorted(product, np.arange(waits.products)),
        share=share.astype(np.float64), wait_days=wait,
        dear=np.divide(dear, mean, out=np.ones_like(dear), where=mean > 0.0),
    )  # fmt: skip
