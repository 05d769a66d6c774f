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
from engine.search.first_come.drawn import Drawn

# A level equal to what a sample reaches but for the rounding of sums covers it.
_ROUNDING = 1e-9
# Demand that spreads by less than this share of a part's lots asks for no stock of its own.
_NONE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in every sample.

    Parameters
    ----------
    units : shape (I, W)
        w, units of each product that are due and wait for parts.
    age : shape (I, W)
        Days since the oldest of them fell due.
    pull : shape (C, W)
        What a unit more of a part takes off the yearly cost of waiting, each sample as if it were alone.
    """

    units: Array
    age: Array
    pull: Array


def _levels(base: Array) -> Array:
    """Reorder levels of parts by sample: one of shape (C,) holds in all of them."""
    return base if base.ndim == 2 else base[:, None]


class FirstCome:
    """The queue of a set of strategies.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
    carrying : shape (C,)
        What a part on hand costs a year.
    near : FirstCome, optional
        Of strategies that differ in a few products: what it has added up of the parts of all others is taken over.
    """

    def __init__(
        self, instance: Instance, strategy: Integers, carrying: Array, *, near: FirstCome | None = None
    ) -> None:
        edges = instance.edges
        self.instance, self.strategy, self.pace = instance, strategy, instance.stock.pace
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
        if edges.own_beyond is not None:
            before = before + edges.own_beyond[edges.window[self.lines]]
        after = before - instance.integer[self.product, None]
        waits = edges.waits_for_supply[edges.window[self.lines]]
        change = self.quantity[:, None] * np.where(waits, before, -after)
        lots = (instance.parts.batch[self.component] > 0.0)[:, None]
        self.queues = edges.exposed[edges.window[self.lines]] | lots
        self.always = bool(self.queues.all())
        change[~(exposed | lots)] = -np.inf
        # What comes of each line's part up to a unit that falls due now: sum_j a_cj D_j(t_cj) + a_ci U_i.
        gone = self.total
        if edges.due is not None:
            gone = np.zeros_like(self.total)
            gone[self.used] = self._of_parts(self.quantity[:, None] * windows[edges.window[self.lines]])
        self.gone = gone[self.component] + change
        # What all products take of each used part a day, on average.
        self.usage = np.bincount(self.part, weights=self.quantity * instance.rate[self.product])
        self.sets, self.rest = self._sets()
        self.paths, self.path = np.ascontiguousarray(edges.paths), edges.path[self.products]
        self.drawn: Drawn = Drawn(
            self.part, self.path[self.place], self.quantity, self.queues, self.paths, self.total[self.used],
            near=None if near is None else near.drawn, same=None if near is None else self._same_parts(near),
        )  # fmt: skip
        self._lay_out()
        # Of each part E(V_c - what it must cover), and how far that spreads.
        self.free = instance.parts.position.mean(axis=1) - self.total.mean(axis=1)
        # A part that is bought after every order in lots has none but that of its lots.
        drawn, lots = self.total.std(axis=1), instance.parts.position.std(axis=1)
        self.spread = np.maximum(np.where(drawn > _NONE * lots, drawn, lots), 1e-9)
        self.kit = self._kit(carrying)

    def _lay_out(self) -> None:
        """What every measure of the queue asks for and no level changes."""
        parts, samples = self.instance.parts, self.instance.samples
        # Of each used part what has to be covered, what its lots cover above the level, and the most that is missing.
        self.due, self.lots = self.total[self.used], parts.position[self.used]
        self.most_short = self.due + parts.batch[self.used, None]
        self.in_sets, self.in_pieces = np.flatnonzero(self.sets > 0.0), bool(self.rest.any())
        # The products with more than k lines, k = 1, 2, ..., and the line k of each.
        counts = np.diff(self.first, append=len(self.lines))
        more = [np.flatnonzero(counts > k) for k in range(1, int(counts.max(initial=0)))]
        self.others = [(some, self.first[some] + k) for k, some in enumerate(more, start=1)]
        # Where the samples of each line's part and product begin, and each product's path where place r W + w of the
        # products is added.
        self.of_part, self.of_product = self.part * samples, self.place * samples
        self.of_path = (self.path * self.paths.shape[1] - np.arange(len(self.path))) * samples
        self.on_the_day = self.paths[self.path, 0]

    def _same_parts(self, near: FirstCome) -> tuple[Integers, Integers]:
        """Places among the used parts, here and in another queue, of those that the same products draw from."""
        edges = self.instance.edges
        turned = (self.strategy == ATO) != (near.strategy == ATO)
        drawn_otherwise = np.zeros(len(self.instance.components), dtype=bool)
        drawn_otherwise[edges.component[turned[edges.product]]] = True
        both, here, there = np.intersect1d(self.used, near.used, assume_unique=True, return_indices=True)
        kept = ~drawn_otherwise[both]
        return here[kept], there[kept]

    def at(self, carrying: Array) -> FirstCome:
        """The same queue where parts on hand cost otherwise, shape (C,)."""
        other = copy(self)
        other.kit = self._kit(carrying)
        return other

    def _kit(self, carrying: Array) -> Array:
        """p_i and what the product's other parts cost while they wait for it, shape (I,)."""
        kit = self.instance.waiting + self.instance.edges.bought.of_products(carrying, len(self.strategy))
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
        ends = np.append(self.start[1:], len(self.lines))[: len(self.start)]
        for c, (first, last) in enumerate(zip(self.start.tolist(), ends.tolist(), strict=True)):
            lines = self.order[first:last]
            quantity = self.quantity[lines]
            if whole[lines].all():
                same, even = (quantity == quantity[0]).all(), (quantity == np.round(quantity)).all()
                sets[c] = quantity[0] if same else np.gcd.reduce(quantity.astype(np.int64)) if even else 0.0
            share = np.where(whole[lines], use[lines], 0.0) / use[lines].sum()
            rest[c] = float(share @ (quantity - sets[c])) / 2.0
        return sets, rest

    def _short(self, base: Array) -> Array:
        """What is missing of each used part in whole sets, shape (used, W); zero or less where nothing is."""
        level = _levels(base)[self.used]
        supply, sets = level + self.lots, self.in_sets
        if sets.size:
            size = self.sets[sets, None]
            supply[sets] = size * np.floor(supply[sets] / size + _ROUNDING)
        short = self.due - supply
        lacks = short > _ROUNDING * (1.0 + np.abs(level))
        if self.in_pieces:
            # No more than all that is due, and what a lot may leave short.
            short = np.minimum(short + self.rest[:, None], np.maximum(self.most_short, short))
        return np.where(lacks, short, 0.0)

    def _of_parts(self, values: Array) -> Array:
        """Sums over the lines of each used part of values, shape (lines, W)."""
        sums: Array = np.add.reduceat(values[self.order], self.start, axis=0) if len(values) else values
        return sums

    def _largest(self, values: Array) -> Array:
        """The largest over the lines of each product of values, shape (lines, W)."""
        largest: Array = values[self.first]
        for some, lines in self.others:
            largest[some] = np.maximum(largest[some], values[lines])
        return largest

    def waiting(self, base: Array) -> Waiting:
        """What waits under reorder levels of parts, shape (C,), or (C, W) where each sample has its own."""
        samples = self.instance.samples
        shape = (len(self.strategy), samples)
        units, age, pull = np.zeros(shape), np.zeros(shape), np.zeros(self.total.shape)
        if not len(self.lines):
            return Waiting(units=units, age=age, pull=pull)
        of_part, slope = self._ages(self._short(base))
        of_line = of_part[self.part]
        if not self.always:
            of_line = np.where(self.queues, of_line, 0.0)
        slowest = self._largest(of_line)
        waits, rate = self._demand(slowest)
        # d w_i / d S_c = -D_i'(A) / sum_j a_cj D_j'(A), for the part that binds.
        binds = (of_line >= slowest[self.place]) & (of_line > 0.0)
        some = binds.ravel().nonzero()[0]
        line = some // samples
        sample = some - line * samples
        short_at = self.of_part[line] + sample
        worth = (self.kit[self.products, None] * rate).ravel()[self.of_product[line] + sample]
        worth /= slope.ravel()[short_at]
        total = np.bincount(short_at, weights=worth, minlength=len(self.used) * samples)
        pull[self.used] = total.reshape(len(self.used), samples)
        units[self.products], age[self.products] = waits, slowest
        return Waiting(units=units, age=age, pull=pull)

    def late(self, base: Array) -> Array:
        """The pace of demand where a unit that falls due is late under reorder levels as of `waiting`; shape (I, W)."""
        late = np.zeros((len(self.strategy), self.instance.samples))
        if len(self.lines):
            out = self._run_out(np.arange(len(self.lines)), base)
            late[self.products] = np.logical_or.reduceat(out, self.first, axis=0) * self.pace[self.products]
        return late

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
        worth = price[self.product] * (edge * self.pace[self.product]).mean(axis=1) / width[self.component]
        pull = np.zeros(len(base))
        pull[self.used] = np.add.reduceat(worth[self.order], self.start)
        return pull

    def late_share(self, i: int, base: Array) -> float:
        """Share of the units of a product that find a part run out, under reorder levels of shape (C,)."""
        at = int(np.searchsorted(self.products, i))
        last = self.first[at + 1] if at + 1 < len(self.first) else len(self.lines)
        return float((self._run_out(np.arange(self.first[at], last), base).any(axis=0) * self.pace[i]).mean())

    def _ages(self, short: Array) -> tuple[Array, Array]:
        """A_c in days, and the slope of F_c there, where the part is short; both of shape (used, W)."""
        short_of, samples = short.ravel(), short.shape[1]
        some = (short_of > 0.0).nonzero()[0]
        wanted = short_of[some]
        part = some // samples
        self.drawn.reaches(part, some - part * samples, wanted)
        days, drawn = self.drawn.days, self.drawn.values.ravel()
        # Each begins at its own day 0 of F.
        begins = part * ((days - 1) * samples) + some
        ends = begins + (days - 1) * samples
        # The days with F(day) < s, by halving what is left of them.
        at, left = begins.copy(), days
        while left > 1:
            half = left // 2
            at += (drawn[at + (half - 1) * samples] < wanted) * (half * samples)
            left -= half
        at += (drawn[at] < wanted) * samples
        at = np.minimum(np.maximum(at, begins + samples), ends)
        day = (at - begins) // samples
        before, after = drawn[at - samples], drawn[at]
        # A day is divided evenly; beyond the path demand goes on at its mean.
        step, last = np.maximum(after - before, 1e-12), days - 1
        age, slope = np.zeros(short.shape), np.ones(short.shape)
        passed = day - 1 + np.minimum(np.maximum((wanted - before) / step, 1e-9), 1.0)
        beyond = (wanted > drawn[ends]).nonzero()[0]
        if beyond.size:
            mean = self.usage[part[beyond]]
            passed[beyond] = last + (wanted[beyond] - drawn[ends[beyond]]) / mean
            step[beyond] = mean
        age.ravel()[some], slope.ravel()[some] = passed, step
        return age, slope

    def _demand(self, days: Array) -> tuple[Array, Array]:
        """D_i of so many days, and its slope where there are any, of the products assembled, both of shape (n, W)."""
        ages = days.ravel()
        some = (ages > 0.0).nonzero()[0]
        age, last, paths, samples = ages[some], self.paths.shape[1] - 1, self.paths.ravel(), days.shape[1]
        row = some // samples
        whole = np.minimum(age.astype(np.int64), last - 1)
        # An age on a whole day belongs to the day before it.
        whole -= age == whole
        # Row r of the products, sample w: day 0 of its path, and some = r W + w.
        at = self.of_path[row] + some + whole * samples
        before = paths[at]
        slope_at = paths[at + samples] - before
        units_at = before + (age - whole) * slope_at
        beyond = (age > last).nonzero()[0]
        if beyond.size:
            mean = self.instance.rate[self.products[row[beyond]]]
            units_at[beyond] = paths[at[beyond] + samples] + (age[beyond] - last) * mean
            slope_at[beyond] = mean
        units, slope = self.on_the_day.copy(), np.zeros(days.shape)
        units.ravel()[some], slope.ravel()[some] = units_at, slope_at
        return units, slope

    def _run_out(self, lines: Integers, base: Array) -> Booleans:
        """Whether a unit that falls due now finds the part of a line run out, shape (lines, W)."""
        component = self.component[lines]
        supply = _levels(base)[component] + self.instance.parts.position[component]
        out: Booleans = self.gone[lines] > supply + _ROUNDING * (1.0 + np.abs(supply))
        return out

    def reached(self) -> Array:
        """What each line's part must cover for a unit that falls due now to be on time, shape (lines, W)."""
        return np.asarray(self.gone - self.instance.parts.position[self.component])
