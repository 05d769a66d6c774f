"""Reorder levels of parts under first come first served: descent along the samples, targets and budget kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import DAYS_PER_YEAR, Instance, Integers
from engine.program.deadline import NEVER, Deadline
from engine.search.first_come.risk import Risk
from engine.search.first_come.waiting import FirstCome, Waiting

# Rounds of descent; steps grow and shrink by these factors (Riedmiller & Braun 1993, Rprop).
_ROUNDS = 40
_GROW, _SHRINK = 1.3, 0.5
_LAST_STEP = 1e-3
# The first step, by the spread of what a part has to cover, and that from levels that were tuned at another price.
FIRST_STEP, NEARBY = 0.1, 0.03
# Late units at the edge are counted within this share of a part's spread at least.
_LATE_WIDTH = 0.2
# Parts in whole units at most whose levels are tried one by one.
_STEPWISE = 40
# Halvings of the search for the stocks that keep a target, and rounds over the products that have one.
_HALVINGS, _PASSES = 24, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """Reorder levels with what they bring.

    Parameters
    ----------
    base : shape (C,)
    waiting : Waiting
    cost : float
        Of parts on hand and of waiting, late units included, money per year; where risk counts, with its weight on the
        tail of the whole plan's.
    queue : FirstCome
    weights : shape (W,) or None
        What a sample's cost counts in it; None where all count alike.
    """

    base: Array
    waiting: Waiting
    cost: float
    queue: FirstCome
    weights: Array | None = None

    @property
    def late(self) -> Array:
        """The pace where an ATO unit that falls due at the instant is late, shape (I, W); worked out when asked for."""
        return self.queue.late(self.base)


class Tuning:
    """Tunes the parts of one set of strategies.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
    value_price : float
        Price per unit of inventory value and year (a budget's shadow price).
    queue : FirstCome, optional
        Of the same strategies at another price, which spares laying it out again.
    risk : Risk, optional
        What the tail of the plan's cost counts; expected cost alone without.
    """

    def __init__(
        self, instance: Instance, strategy: Integers, *, value_price: float = 0.0, queue: FirstCome | None = None,
        risk: Risk | None = None,
    ) -> None:  # fmt: skip
        self.instance = instance
        self.carrying = instance.part_carrying + value_price * instance.parts.unit_cost
        self.queue = FirstCome(instance, strategy, self.carrying) if queue is None else queue.at(self.carrying)
        self.used = self.queue.used
        self.lowest = -instance.parts.batch
        self.late_price = DAYS_PER_YEAR * instance.part_lost * instance.rate
        self.loses_sales = bool(self.late_price[self.queue.products].any())
        self.target = instance.part_target
        self.spread, self.risk = self.queue.spread, risk
        # h and E(V - what it must cover) of the parts in use.
        self._used_carrying, self._used_free = self.carrying[self.used], self.queue.free[self.used]

    def tune(
        self, *starts: Array, rounds: int = _ROUNDS, first: float | Array = FIRST_STEP, deadline: Deadline = NEVER
    ) -> Tuned:
        """The best levels by the deadline from the cheapest of some starts, each of shape (C,), targets kept.

        The first step is a share of the spread of what a part has to cover, one of all or of shape (C,): parts without
        one stay where they are.
        """
        best = min((self.measure(np.maximum(base, self.lowest)) for base in starts), key=lambda tuned: tuned.cost)
        step = first * self.spread
        moving = step[self.used] > 0.0
        last = np.zeros(len(best.base))
        now = best
        for _ in range(rounds):
            if deadline.passed():
                break
            pull = now.waiting.pull.mean(axis=1) if now.weights is None else now.waiting.pull @ now.weights
            slope = np.sign(self.carrying - pull - self._late_pull(now, step))
            turned, kept = slope * last < 0.0, slope * last > 0.0
            step = np.where(turned, _SHRINK * step, np.where(kept, _GROW * step, step))
            last = np.where(turned, 0.0, slope)
            moved = now.base.copy()
            moved[self.used] -= (np.where(turned, 0.0, slope) * step)[self.used]
            now = self.measure(np.maximum(moved, self.lowest))
            if now.cost < best.cost:
                best = now
            if (step[self.used] < _LAST_STEP * self.spread[self.used]).all():
                break
        stepwise = self.used[moving] if rounds >= _ROUNDS or not moving.all() else self.used[:0]
        return self._in_whole_units(self._with_targets(best), deadline, stepwise=stepwise)

    def _in_whole_units(self, tuned: Tuned, deadline: Deadline, *, stepwise: Integers) -> Tuned:
        """Levels of parts in whole units rounded, then those of some moved one by one where that is cheaper."""
        whole = self.used[self.instance.parts.whole[self.used]]
        if not whole.size:
            return tuned
        up = self._rounded(tuned.base)
        best = tuned if (up == tuned.base).all() else self.measure(up)
        for rounding in (np.floor, np.round):
            moved = np.maximum(np.where(self.instance.parts.whole, rounding(tuned.base + 1e-6), up), self.lowest)
            tried = self.measure(moved)
            if tried.cost < best.cost and self._keeps_targets(tried):
                best = tried
        whole = whole[np.isin(whole, stepwise)]
        if len(whole) > _STEPWISE:
            return best
        for c in whole[np.argsort(-self.carrying[whole], kind="stable")].tolist():
            for step in (-1.0, 1.0):
                while not deadline.passed():
                    moved = best.base.copy()
                    moved[c] += step
                    if moved[c] < self.lowest[c]:
                        break
                    tried = self.measure(moved)
                    if not (tried.cost < best.cost and self._keeps_targets(tried)):
                        break
                    best = tried
        return best

    def _rounded(self, base: Array) -> Array:
        """Levels of parts that come in whole units, rounded up."""
        return np.where(self.instance.parts.whole, np.ceil(base - 1e-6), base)

    def _keeps_targets(self, tuned: Tuned) -> bool:
        target = self.target[self.queue.products]
        if not (target > 0.0).any():
            return True
        late = tuned.late[self.queue.products].mean(axis=1)
        return bool(((target <= 0.0) | (late <= 1.0 - target + 1e-9)).all())

    def _late_pull(self, now: Tuned, step: Array) -> Array | float:
        """What a unit more of a part saves of lost sales, which fall in steps: their density over a step."""
        if not self.loses_sales:
            return 0.0
        return self.queue.late_pull(now.base, np.maximum(step, _LATE_WIDTH * self.spread), self.late_price)

    def kept(self, base: Array) -> Tuned:
        """Reorder levels of shape (C,), raised where an on-time target asks for more."""
        whole = np.where(self.instance.parts.whole, np.floor(base + 1e-6), base)
        return self._with_targets(self.measure(np.maximum(whole, self.lowest)))

    def measure(self, base: Array) -> Tuned:
        """Cost of reorder levels, shape (C,): carrying on-hand, p w, and what is lost of late units."""
        waiting = self.queue.waiting(base)
        if self.risk is not None:
            cost, weights = self.risk.weighed(self.sample_cost(base, waiting))
            return Tuned(base=base, waiting=waiting, cost=cost, queue=self.queue, weights=weights)
        # h E(S + V - what it must cover) + kit E(w) + lost E(late)
        cost = float(self._used_carrying @ (base[self.used] + self._used_free))
        cost += float((self.queue.kit * waiting.units.mean(axis=1)).sum())
        if self.loses_sales:
            cost += float(self.late_price @ self.queue.late(base).mean(axis=1))
        return Tuned(base=base, waiting=waiting, cost=cost, queue=self.queue)

    def sample_cost(self, base: Array, waiting: Waiting) -> Array:
        """The same in every sample, shape (W,)."""
        used, queue = self.used, self.queue
        # h (S + V - what it must cover) + kit w + lost late
        cost = self.carrying[used] @ (base[used, None] + self.instance.parts.position[used] - queue.total[used])
        cost += queue.kit @ waiting.units
        if self.late_price[queue.products].any():
            # Risk counts lost margin at its mean.
            cost += float(self.late_price @ queue.late(base).mean(axis=1))
        return np.asarray(cost)

    def _with_targets(self, tuned: Tuned) -> Tuned:
        """Levels raised until every on-time target holds as counted, each product's parts together."""
        most = 1.0 - self.target
        targeted = np.zeros(len(most), dtype=bool)
        targeted[self.queue.product] = True
        targeted &= self.target > 0.0
        if not targeted.any():
            return tuned
        reached = np.sort(self.queue.reached(), axis=1)
        level = tuned.base
        for _ in range(_PASSES):
            missed = np.flatnonzero(targeted & (self.queue.late(level).mean(axis=1) > most + 1e-9)).tolist()
            for i in missed:
                level = self._raised(level, i, float(most[i]), reached)
            if not missed:
                break
        return tuned if level is tuned.base else self.measure(level)

    def _raised(self, base: Array, i: int, most: float, reached: Array) -> Array:
        """The parts of a product at the least common quantile of what they must cover that keeps its target."""
        lines, samples = np.flatnonzero(self.queue.product == i), self.instance.samples

        def at(late: int) -> Array:
            level, covered = base.copy(), reached[lines, samples - 1 - late]
            # A line that never queues has nothing to cover.
            queues = np.isfinite(covered)
            wanted = covered[queues]
            np.maximum.at(level, self.queue.component[lines[queues]], wanted + 1e-9 * (1.0 + np.abs(wanted)))
            return self._rounded(level)

        low, high = 0, min(samples - 1, int(np.floor(most * samples + 1e-9)))
        for _ in range(_HALVINGS):
            middle = (low + high + 1) // 2
            if middle == low or middle > high:
                break
            kept = self.queue.late_share(i, at(middle)) <= most + 1e-9
            low, high = (middle, high) if kept else (low, middle - 1)
        return at(low)
