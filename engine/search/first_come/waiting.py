"""Who waits for parts under first come first served, in every sample, without a clock.

Part c is short by s_c = (sum_i a_ci D_i(t_ci) - S_c - V_c)+. The unserved demand is the newest: its age A_c is the
least with sum_i a_ci D_i(A_c) >= s_c, D_i the path backwards from the instant at which product i's orders fall due. A
product waits for its slowest part: w_i = D_i(max_c A_c). A unit that falls due now is late where, with what comes of
its own order before it, some part has run out: sum_j a_cj D_j(t_cj) + a_ci U_i > S_c + V_c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, Instance, Integers

# A level equal to what a sample reaches but for the rounding of sums covers it.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in every sample.

    Parameters
    ----------
    units : shape (I, W)
        w, units of each product that are due and wait for parts.
    age : shape (I, W)
        Days since the oldest of them fell due.
    late : shape (I, W)
        One where a unit that falls due at the instant is late.
    pull : shape (C, W)
        What a unit more of a part takes off the yearly cost of waiting, each sample as if it were alone.
    """

    units: Array
    age: Array
    late: Array
    pull: Array


class FirstCome:
    """The queue of a set of strategies.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
    carrying : shape (C,)
        What a part on hand costs a year.
    """

    def __init__(self, instance: Instance, strategy: Integers, carrying: Array) -> None:
        edges = instance.edges
        self.instance, self.strategy = instance, strategy
        self.lines = np.flatnonzero(strategy[edges.product] == ATO)
        self.product, self.component = edges.product[self.lines], edges.component[self.lines]
        self.quantity = edges.quantity[self.lines]
        self.total = np.zeros((len(instance.components), instance.samples))
        np.add.at(self.total, self.component, edges.demand[self.lines])
        self.used = np.unique(self.component)
        self.exposed = edges.windows[edges.window[self.lines]] > 0.0
        # Demand of some families can fall; what waits is counted on the highest path so far.
        self.paths = np.maximum.accumulate(edges.paths, axis=1)
        self.row = edges.path[self.product]
        # p_i and what the product's other parts cost while they wait for it.
        self.kit = instance.late.copy()
        np.add.at(self.kit, self.product, carrying[self.component] * self.quantity)

    def waiting(self, base: Array) -> Waiting:
        """What waits under reorder levels of parts, shape (C,)."""
        instance, samples = self.instance, self.instance.samples
        supply = base[:, None] + instance.parts.position
        short = self.total - supply
        age = np.zeros(self.total.shape)
        slope = np.ones(self.total.shape)
        for c in self.used.tolist():
            at = np.flatnonzero(short[c] > _ROUNDING * (1.0 + abs(base[c])))
            if at.size:
                age[c, at], slope[c, at] = self._age(c, at, short[c, at])
        slowest = np.zeros((len(self.strategy), samples))
        np.maximum.at(slowest, self.product, age[self.component])
        products = np.unique(self.product)
        units, steep = self._demand(products, slowest[products])
        waits = np.zeros_like(slowest)
        waits[products] = units
        rate = np.zeros_like(slowest)
        rate[products] = steep
        # d w_i / d S_c = -D_i'(A) / sum_j a_cj D_j'(A), for the part that binds.
        binds = (age[self.component] > 0.0) & (age[self.component] >= slowest[self.product])
        worth = np.where(binds, self.kit[self.product, None] * rate[self.product] / slope[self.component], 0.0)
        pull = np.zeros(self.total.shape)
        np.add.at(pull, self.component, worth)
        return Waiting(units=waits, age=slowest, late=self._late(supply), pull=pull)

    def _age(self, c: int, at: Integers, short: Array) -> tuple[Array, Array]:
        """A_c in days, and the slope of sum a D there, of the samples in which the part is short; shapes (n,)."""
        lines = np.flatnonzero(self.component == c)
        # F(g) = sum_i a_ci D_i(g), on whole days; a day is divided evenly.
        reached = np.zeros((self.paths.shape[1], len(at)))
        for e in lines.tolist():
            reached += self.quantity[e] * self.paths[self.row[e]][:, at]
        day = np.clip((reached < short).sum(axis=0), 1, len(reached) - 1)
        column = np.arange(len(at))
        before, after = reached[day - 1, column], reached[day, column]
        step = np.maximum(after - before, 1e-12)
        return day - 1 + np.clip((short - before) / step, 1e-9, 1.0), step

    def _demand(self, products: Integers, days: Array) -> tuple[Array, Array]:
        """D_i of so many days, and its slope, both of shape (n, W)."""
        rows = self.instance.edges.path[products][:, None]
        whole = np.minimum(days.astype(np.int64), self.paths.shape[1] - 2)
        # An age on a whole day belongs to the day before it.
        whole = np.where((days > 0.0) & (days == whole), whole - 1, whole)
        sample = np.arange(days.shape[1])
        before, after = self.paths[rows, whole, sample], self.paths[rows, whole + 1, sample]
        return before + (days - whole) * (after - before), after - before

    def _late(self, supply: Array) -> Array:
        """Whether a unit that falls due now finds a part run out, shape (I, W)."""
        instance = self.instance
        own = self.quantity[:, None] * instance.edges.own_order[self.product]
        gone = self.total[self.component]
        ahead = supply[self.component] + _ROUNDING * (1.0 + np.abs(supply[self.component]))
        out = ((gone + own > ahead) & self.exposed) | (gone > ahead)
        late = np.zeros((len(self.strategy), instance.samples))
        np.maximum.at(late, self.product, out.astype(np.float64))
        return late

    def reached(self) -> Array:
        """What each line's part must cover for a unit that falls due now to be on time, shape (lines, W)."""
        own = self.quantity[:, None] * self.instance.edges.own_order[self.product]
        gone, position = self.total[self.component], self.instance.parts.position[self.component]
        return np.asarray(np.where(self.exposed, gone + own, gone) - position)
