"""Who waits for parts under first come first served, in every sample, without a clock.

Part c is short by s_c = (sum_i a_ci D_i(t_ci) - S_c - V_c)+. The unserved demand is the newest: its age A_c is the
least with sum_i a_ci D_i(A_c) >= s_c, D_i the path backwards from the instant at which product i's orders fall due. A
product waits for its slowest part: w_i = D_i(max_c A_c). A unit that falls due now is late where, with what comes of
its own order before it, some part has run out: sum_j a_cj D_j(t_cj) + a_ci U_i > S_c + V_c. A part that is bought in
lots and after the order is bought for the whole order, of which the newest units wait: there -a_ci U_i, what comes of
it after the unit. One without lots is bought for its order, which then never waits for it nor joins its queue.

Single units wait for whole sets: where products of whole units need a of a part each, what remains of it below a serves
none, and the oldest unit that waits may have some of its own a already.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, Booleans, Instance, Integers

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
        lines = np.flatnonzero(strategy[edges.product] == ATO)
        self.lines = lines[np.argsort(edges.product[lines], kind="stable")]
        self.product, self.component = edges.product[self.lines], edges.component[self.lines]
        self.quantity = edges.quantity[self.lines]
        # Where the lines of each product begin, and those of each component once put in its order.
        self.products, self.first = np.unique(self.product, return_index=True)
        self.place = np.searchsorted(self.products, self.product)
        self.order = np.argsort(self.component, kind="stable")
        self.used, self.start = np.unique(self.component[self.order], return_index=True)
        self.part = np.searchsorted(self.used, self.component)
        self.total = np.zeros((len(instance.components), instance.samples))
        self.total[self.used] = self._of_parts(edges.demand[self.lines])
        # a_ci U_i, what comes of its own order up to a unit that falls due now; of a part that is bought for the whole
        # order (t <= 0) what comes after the unit, in its favour.
        windows, exposes = edges.falls_due
        exposed = exposes[edges.window[self.lines]]
        before = edges.own_order[self.product]
        after = before - instance.integer[self.product, None]
        waits = edges.waits_for_supply[edges.window[self.lines]]
        own = self.quantity[:, None] * np.where(waits, before, -after)
        lots = (instance.parts.batch[self.component] > 0.0)[:, None]
        self.queues = edges.exposed[edges.window[self.lines]] | lots
        own[~(exposed | lots)] = -np.inf
        # What comes of each line's part up to a unit that falls due now: sum_j a_cj D_j(t_cj) + a_ci U_i.
        gone = self.total
        if edges.due is not None:
            gone = np.zeros_like(self.total)
            gone[self.used] = self._of_parts(self.quantity[:, None] * windows[edges.window[self.lines]])
        self.gone = gone[self.component] + own
        # What all products take of each used part a day, on average.
        self.usage = np.bincount(self.part, weights=self.quantity * instance.rate[self.product])
        self.set, self.rest = self._sets()
        self.paths = edges.paths[edges.path[self.products]]
        # F_c(g) = sum_i a_ci D_i(g), on whole days.
        self.drawn = np.zeros((len(self.used), *self.paths.shape[1:]))
        for e, (row, c) in enumerate(zip(self.place.tolist(), self.part.tolist(), strict=True)):
            self.drawn[c] += self.quantity[e] * self.paths[row] * self.queues[e]
        self.kit = self._kit(carrying)

    def at(self, carrying: Array) -> FirstCome:
        """The same queue where parts on hand cost otherwise, shape (C,)."""
        other = copy(self)
        other.kit = self._kit(carrying)
        return other

    def _kit(self, carrying: Array) -> Array:
        """p_i and what the product's other parts cost while they wait for it, shape (I,)."""
        kit = self.instance.late + self.instance.edges.bought.of_products(carrying, len(self.strategy))
        np.add.at(kit, self.product, carrying[self.component] * self.quantity)
        return np.asarray(kit)

    def _sets(self) -> tuple[Array, Array]:
        """Units of each used part that serve or are missing together, and the mean that a unit in parts has of it.

        A part used by products of whole units serves them in multiples of what they have in common; the unit in parts
        is the product's by its use, and any number of its parts may be there. Shapes (used,); zero where use is not
        whole.
        """
        whole, use = self.instance.integer[self.product], self.quantity * self.instance.rate[self.product]
        sets, rest = np.zeros(len(self.used)), np.zeros(len(self.used))
        for c in range(len(self.used)):
            lines = np.flatnonzero(self.part == c)
            quantity = self.quantity[lines]
            if whole[lines].all():
                same, even = (quantity == quantity[0]).all(), (quantity == np.round(quantity)).all()
                sets[c] = quantity[0] if same else np.gcd.reduce(quantity.astype(np.int64)) if even else 0.0
            share = np.where(whole[lines], use[lines], 0.0) / use[lines].sum()
            rest[c] = float(share @ (quantity - sets[c])) / 2.0
        return sets, rest

    def _short(self, base: Array) -> Array:
        """What is missing of each used part in whole sets, shape (used, W); zero or less where nothing is."""
        parts = self.instance.parts
        total, supply = self.total[self.used], (base[:, None] + parts.position)[self.used]
        size = np.where(self.set > 0.0, self.set, 1.0)[:, None]
        served = np.where(self.set[:, None] > 0.0, size * np.floor(supply / size + _ROUNDING), supply)
        short = total - served
        lacks = short > _ROUNDING * (1.0 + np.abs(base[self.used]))[:, None]
        # No more than all that is due, and what a lot may leave short.
        most = np.maximum(total + parts.batch[self.used, None], short)
        return np.where(lacks, np.minimum(short + self.rest[:, None], most), 0.0)

    def _of_parts(self, values: Array) -> Array:
        """Sums over the lines of each used part of values, shape (lines, W)."""
        sums: Array = np.add.reduceat(values[self.order], self.start, axis=0) if len(values) else values
        return sums

    def waiting(self, base: Array) -> Waiting:
        """What waits under reorder levels of parts, shape (C,)."""
        shape = (len(self.strategy), self.instance.samples)
        units, age, late, pull = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(self.total.shape)
        if not len(self.lines):
            return Waiting(units=units, age=age, late=late, pull=pull)
        of_part, slope = self._ages(self._short(base))
        of_line = np.where(self.queues, of_part[self.part], 0.0)
        slowest = np.maximum.reduceat(of_line, self.first, axis=0)
        waits, rate = self._demand(slowest)
        # d w_i / d S_c = -D_i'(A) / sum_j a_cj D_j'(A), for the part that binds.
        line, sample = np.nonzero((of_line > 0.0) & (of_line >= slowest[self.place]))
        worth = np.zeros(of_line.shape)
        worth[line, sample] = self.kit[self.product[line]] * rate[self.place[line], sample]
        worth[line, sample] /= slope[self.part[line], sample]
        pull[self.used] = self._of_parts(worth)
        units[self.products], age[self.products] = waits, slowest
        out = self._run_out(np.arange(len(self.lines)), base)
        late[self.products] = np.logical_or.reduceat(out, self.first, axis=0)
        return Waiting(units=units, age=age, late=late, pull=pull)

    def late_pull(self, base: Array, width: Array, price: Array) -> Array:
        """What a unit more of a part takes off the price of late units, money a year, shape (C,).

        The density of late units at the edge, within a width of it: whoever one part more would serve, no other part
        missing.

        Parameters
        ----------
        base, width : shape (C,)
        price : shape (I,)
            Where every unit of the product is late, money a year.
        """
        past = self.reached() - base[self.component, None]
        out = past > 0.0
        missing = np.add.reduceat(out.astype(np.int64), self.first, axis=0)[self.place]
        edge = (np.abs(past) < 0.5 * width[self.component, None]) & (missing - out == 0)
        worth = price[self.product] * edge.mean(axis=1) / width[self.component]
        pull = np.zeros(len(base))
        pull[self.used] = np.add.reduceat(worth[self.order], self.start)
        return pull

    def late_share(self, i: int, base: Array) -> float:
        """Share of the units of a product that find a part run out, under reorder levels of shape (C,)."""
        at = int(np.searchsorted(self.products, i))
        last = self.first[at + 1] if at + 1 < len(self.first) else len(self.lines)
        return float(self._run_out(np.arange(self.first[at], last), base).any(axis=0).mean())

    def _ages(self, short: Array) -> tuple[Array, Array]:
        """A_c in days, and the slope of F_c there, where the part is short; both of shape (used, W)."""
        part, sample = np.nonzero(short > 0.0)
        wanted = short[part, sample]
        # The least day with F(day) >= s, by halving.
        low, high = np.zeros(len(part), dtype=np.int64), np.full(len(part), self.drawn.shape[1] - 1)
        for _ in range(int(self.drawn.shape[1]).bit_length()):
            middle = (low + high) // 2
            covers = self.drawn[part, middle, sample] >= wanted
            low, high = np.where(covers, low, np.minimum(middle + 1, high)), np.where(covers, middle, high)
        day = np.maximum(high, 1)
        before, after = self.drawn[part, day - 1, sample], self.drawn[part, day, sample]
        # A day is divided evenly; beyond the path demand goes on at its mean.
        step, last = np.maximum(after - before, 1e-12), self.drawn.shape[1] - 1
        mean = self.usage[part]
        beyond = wanted - self.drawn[part, last, sample]
        age, slope = np.zeros(short.shape), np.ones(short.shape)
        within = day - 1 + np.clip((wanted - before) / step, 1e-9, 1.0)
        age[part, sample] = np.where(beyond > 0.0, last + beyond / mean, within)
        slope[part, sample] = np.where(beyond > 0.0, mean, step)
        return age, slope

    def _demand(self, days: Array) -> tuple[Array, Array]:
        """D_i of so many days, and its slope where there are any, of the products assembled, both of shape (n, W)."""
        row, sample = np.nonzero(days > 0.0)
        age, last = days[row, sample], self.paths.shape[1] - 1
        whole = np.minimum(age.astype(np.int64), last - 1)
        # An age on a whole day belongs to the day before it.
        whole = np.where(age == whole, whole - 1, whole)
        before, after = self.paths[row, whole, sample], self.paths[row, whole + 1, sample]
        beyond, mean = age > last, self.instance.rate[self.products[row]]
        units, slope = self.paths[:, 0].copy(), np.zeros(days.shape)
        units[row, sample] = np.where(beyond, after + (age - last) * mean, before + (age - whole) * (after - before))
        slope[row, sample] = np.where(beyond, mean, after - before)
        return units, slope

    def _run_out(self, lines: Integers, base: Array) -> Booleans:
        """Whether a unit that falls due now finds the part of a line run out, shape (lines, W)."""
        component = self.component[lines]
        supply = base[component, None] + self.instance.parts.position[component]
        out: Booleans = self.gone[lines] > supply + _ROUNDING * (1.0 + np.abs(supply))
        return out

    def reached(self) -> Array:
        """What each line's part must cover for a unit that falls due now to be on time, shape (lines, W)."""
        return np.asarray(self.gone - self.instance.parts.position[self.component])
