"""Cuts on the overtime of single samples: max(0, hours - regular) of (C5), rounded.

Every product's hours are counted from those of one strategy, its usual one, so that the split that (C1) makes between
two strategies counts once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Capacity, Instance, Integers
from engine.program.numbering import taken
from engine.program.reduced import PooledProgram
from engine.search.cuts.pairs import WORTH
from engine.search.cuts.rounding import rounded, rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursCut:
    """overtime + outsourced + weight * x >= constant, for one resource and sample.

    Parameters
    ----------
    resource, sample : int
    product, choice : shape (n,)
    weight : shape (n,)
        Coefficient of x[product, choice].
    constant : float
    usual : shape (I,)
        Strategy from whose hours each product's are counted.
    complemented : shape (n,)
    split : int
        With `usual`, the recipe.
    """

    resource: int
    sample: int
    product: Integers
    choice: Integers
    weight: Array
    constant: float
    usual: Integers
    complemented: Booleans
    split: int

    def others(self, pooled: PooledProgram) -> list[tuple[Integers, Array]]:
        """Columns of other variables than strategies, -1 where there is none, and their values."""
        return [(pooled.place.columns[name][self.resource, [self.sample]], np.ones(1)) for name in ("O", "U")]


def hours_cuts(instance: Instance, pooled: PooledProgram, values: Array) -> list[HoursCut]:
    """Violated cuts at a solution of the relaxation, counted from the strategy that each product mostly has.

    Parameters
    ----------
    instance : Instance
    pooled : PooledProgram
    values : shape (columns,)
    """
    capacity = instance.capacity
    if capacity is None:
        return []
    share = pooled.shares(values)
    usual = mostly(share)
    cuts: list[HoursCut] = []
    for g in range(len(capacity.names)):
        row = ResourceHours(capacity, instance.rate, pooled, g, usual)
        overtime, outsourced = (taken(values, pooled.place.columns[name][g]) for name in ("O", "U"))
        best = rounded(row.own, share[row.product, row.choice], row.limit, overtime + outsourced)
        cuts += [
            HoursCut(
                resource=g, sample=sample, product=row.product, choice=row.choice, weight=-best.weight[:, sample],
                constant=float(best.constant[sample]), usual=usual, complemented=best.complemented[:, sample],
                split=int(best.split[sample]),
            )
            for sample in np.flatnonzero(best.violation > WORTH * (1.0 + capacity.hours[g])).tolist()
        ]  # fmt: skip
    return cuts


def mostly(share: Array) -> Integers:
    """The strategy that each product mostly has, shape (I,)."""
    usual: Integers = np.argmax(share, axis=1).astype(np.int64)
    return usual


def renewed_hours(cuts: list[HoursCut], instance: Instance, pooled: PooledProgram) -> list[HoursCut | None]:
    """The cuts' recipes for other numbers; None where a recipe gives nothing any more.

    Parameters
    ----------
    cuts : list of HoursCut
        Of the same products, resources and samples.
    instance : Instance
    pooled : PooledProgram
    """
    capacity, rows = instance.capacity, dict[tuple[int, int], ResourceHours]()
    if capacity is None:
        return [None] * len(cuts)
    renewals: list[HoursCut | None] = []
    for cut in cuts:
        key = (cut.resource, id(cut.usual))
        if key not in rows:
            rows[key] = ResourceHours(capacity, instance.rate, pooled, cut.resource, cut.usual)
        row = rows[key]
        marks = np.zeros(pooled.x.shape, dtype=bool)
        marks[cut.product, cut.choice] = cut.complemented
        at = np.flatnonzero((row.product == cut.product[cut.split]) & (row.choice == cut.choice[cut.split]))
        if not at.size:
            renewals.append(None)
            continue
        complemented, only = marks[row.product, row.choice], [cut.sample]
        weight, constant, usable = rounding(row.own[:, only], row.limit[only], complemented[:, None], at)
        renewals.append(
            HoursCut(
                resource=cut.resource, sample=cut.sample, product=row.product, choice=row.choice, weight=-weight[:, 0],
                constant=float(constant[0]), usual=cut.usual, complemented=complemented, split=int(at[0]),
            ) if usable[0] else None
        )  # fmt: skip
    return renewals


class ResourceHours:
    """Hours of one resource beyond those of the usual strategies, and what is left of the regular ones.

    Attributes
    ----------
    product, choice : shape (n,)
        Other strategies than the usual ones that matter.
    own : shape (n, W)
        Hours per bucket more than the usual strategy's.
    limit : shape (W,)
        Regular hours less those of the usual strategies.
    """

    def __init__(self, capacity: Capacity, rate: Array, pooled: PooledProgram, g: int, usual: Integers) -> None:
        products = np.arange(len(usual))
        before = capacity.hours_of(rate, products, usual, g)
        other = (pooled.x >= 0) | (pooled.strategy[:, None] == np.arange(3))
        other[products, usual] = False
        product, choice = np.nonzero(other)
        hours = capacity.hours_of(rate, product, choice, g) - before[product]
        matters = np.flatnonzero(np.abs(hours).max(axis=1, initial=0.0) > 0.0)
        self.product, self.choice, self.own = product[matters], choice[matters], hours[matters]
        self.limit = capacity.hours[g] - before.sum(axis=0)
