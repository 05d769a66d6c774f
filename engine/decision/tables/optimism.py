"""How much less a plan promises than it is likely to cost, where its stocks rest on the last few samples.

Where lateness costs a thousand times what stock costs, the best level on n samples lies at the last of them: what is
beyond it has not been seen, and costs nothing there. How much that is, the samples tell themselves: each is left out in
turn, and paid for at the level that the others would have had (leave-one-out; Stone 1974; Efron 1986 on optimism).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.decision.tables.attribution import Attribution
from engine.demand.streams import Array
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTO, MTS, Instance, Integers
from engine.economics.optima.stock import breakpoints, measure_stock
from engine.notices import Notice, at_most
from engine.scenario.rounding import at_least
from engine.search.first_come.waiting import FirstCome
from engine.search.recourse import Recourse
from engine.words.notices import Value

# A promise is told from this share on that it is likely to be short; samples that would do leave half of it.
TOLD_SHARE = 0.1
# With so many late samples what one of them flatters is less than is told, since it falls as one over their number.
FEW = round(1.0 / TOLD_SHARE)
# Samples from which the distance between the last ones is taken: that of two alone is mere chance.
_TAIL = 10
# An on-time target is told where not so many samples may be late; with twice as many it is kept closely enough.
_TARGET_SAMPLES = 2.0
# Of so many samples the mean of a tail is close enough: with twenty it is one in twenty too low, with four one in five
# (a stock of gamma demand, weight of risk one half and one).
_RISK_SAMPLES = 20.0
# A level equal to what a sample asks for but for rounding covers it.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Levels as they would have been without each sample.

    Parameters
    ----------
    late : shape (n,)
        Samples beyond the level.
    drop : shape (n, W)
        How much lower the level would have been: zero in all but the last samples, late ones and that it rests on.
    """

    late: Integers
    drop: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimism:
    """What the promise of each product is likely to be short of; all of shape (I,).

    Parameters
    ----------
    cost : Array
        Money per year; zero where more than a few samples are late.
    late : Integers
        Samples in which a unit that falls due is late.
    part : Integers
        The part on which that rests most, where it is told; else -1.
    """

    cost: Array
    late: Integers
    part: Integers


def left_out(asked: Array, level: Array) -> LeftOut:
    """How far levels fall where each sample is left out, so that as many of the others are late as before.

    With j late samples the level rests on number j + 1 from above. Without one of these j + 1 it would rest on the
    next, x_(j+2): lower by e / (j + 1) on average where the tail falls off exponentially, e the mean excess of the last
    few (Renyi 1953).

    Parameters
    ----------
    asked : shape (n, W)
        What each level has to cover.
    level : shape (n,)

    Examples
    --------
    >>> found = left_out(np.array([[1.0, 2.0, 3.0, 9.0, 5.0]]), np.array([9.0]))
    >>> found.late.tolist(), found.drop.tolist()
    ([0], [[0.0, 0.0, 0.0, 3.75, 0.0]])
    """
    samples, every = asked.shape[1], np.arange(len(level))
    ordered = np.sort(asked, axis=1)[:, ::-1]
    late = (asked > (level + _ROUNDING * (1.0 + np.abs(level)))[:, None]).sum(axis=1)
    tail = np.minimum(np.maximum(late + 1, _TAIL), samples - 1)
    # e = mean of the last m - x_(m+1)
    excess = np.cumsum(ordered, axis=1)[every, tail - 1] / np.maximum(tail, 1) - ordered[every, tail]
    rank = np.empty(asked.shape, dtype=np.int64)
    np.put_along_axis(rank, np.argsort(-asked, axis=1, kind="stable"), np.arange(samples)[None, :], axis=1)
    last = (rank <= late[:, None]) & (late < FEW)[:, None]
    return LeftOut(late=late, drop=np.where(last, (excess / (late + 1))[:, None], 0.0))


def optimism(instance: Instance, recourse: Recourse, promised: Array) -> Optimism:
    """What each product's promise is likely to be short of.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    recourse : Recourse
        The plan, first come first served.
    promised : shape (I,)
        What it promises of each product, money a year.
    """
    count, strategy = len(instance.products), recourse.strategy
    cost, late, part = np.zeros(count), np.zeros(count, dtype=np.int64), np.full(count, -1)
    made = np.flatnonzero(strategy == MTS)
    if instance.samples <= 1:
        return Optimism(cost=cost, late=late, part=part)
    if made.size:
        cost[made], late[made] = _finished(instance, made, recourse.level[made])
    if recourse.late_now is not None:
        waits = np.maximum((recourse.late_now > 0.0).sum(axis=1), (recourse.late > 0.0).sum(axis=1)).astype(np.int64)
        few = (strategy == ATO) & (waits < FEW)
        if few[instance.edges.product].any():
            parts, late[few] = _Parts(instance, recourse), waits[few]
            cost[few] = parts.cost(parts.queue.used)[few]
            for i in np.flatnonzero(few & (cost > TOLD_SHARE * promised)).tolist():
                part[i] = parts.scarcest(i)
    return Optimism(cost=cost, late=late, part=part)


def _finished(instance: Instance, made: Integers, level: Array) -> tuple[Array, Integers]:
    """Of finished stocks: money a year, and late samples, both of shape (n,)."""
    stock = instance.stock
    net, reached = stock.net[made], stock.reached[made] - stock.position[made]
    # A level that lost margin or a target asks for rests on units that fall due, another on what is due by now.
    sharp = (instance.lost[made] > 0.0) | (level <= stock.least[made] + _ROUNDING * (1.0 + np.abs(level)))
    estimate = left_out(np.where(sharp[:, None], reached, net), level)
    carrying, dear = instance.carrying[made], instance.late[made]
    lost = DAYS_PER_YEAR * instance.lost[made] * instance.stock_rate[made]
    lower = level[:, None] - estimate.drop
    late = reached > (level + _ROUNDING * (1.0 + np.abs(level)))[:, None]
    then = reached > lower + _ROUNDING * (1.0 + np.abs(lower))
    # (h + p) E[(x - S_-w)+ - (x - S)+] - h E(S - S_-w) + lost P(late)
    cost = (carrying + dear) * (np.maximum(net - lower, 0.0) - np.maximum(net - level[:, None], 0.0)).mean(axis=1)
    cost += lost * (then.mean(axis=1) - late.mean(axis=1)) - carrying * estimate.drop.mean(axis=1)
    if not instance.ties_stocks:
        chosen = (lost > 0.0) & (estimate.late < FEW) & (level > stock.least[made])
        for k in np.flatnonzero(chosen).tolist():
            cost[k] = _chosen_again(instance, int(made[k]), float(level[k]))
    return np.where(estimate.late < FEW, np.maximum(cost, 0.0), 0.0), late.sum(axis=1)


def _chosen_again(instance: Instance, i: int, level: float) -> float:
    """The same of a stock with lost sales, whose level was chosen among steps: chosen again without each sample."""
    stock, samples = instance.stock, instance.samples
    carrying, dear, rate = float(instance.carrying[i]), float(instance.late[i]), float(instance.stock_rate[i])
    lost = DAYS_PER_YEAR * float(instance.lost[i]) * rate
    levels = breakpoints(stock, i, late_units=True)
    measures = measure_stock(stock, i, levels, rate=rate)
    total = samples * (
        carrying * measures.on_hand + dear * measures.backlog + lost / rate * measures.late_per_day
    )
    at = int(np.argmin(np.abs(levels - level)))
    # Leaving out one sample can make no other level the best that costs more by what one sample can tell of the two.
    near = total - total[at] <= max(carrying, dear) * np.abs(levels - levels[at]) + lost
    near[at] = True
    lines = levels[near, None]
    net, reached = stock.net[i], stock.reached[i] - stock.position[i]
    cost = carrying * np.maximum(lines - net, 0.0) + dear * np.maximum(net - lines, 0.0)
    cost += lost * (reached > lines + _ROUNDING * np.abs(lines))
    best = (total[near, None] - cost).argmin(axis=0)
    planned = cost[np.flatnonzero(near) == at][0]
    return float((cost[best, np.arange(samples)] - planned).mean())


class _Parts:
    """Parts of assembled products: what lower levels in single samples bring.

    Parameters
    ----------
    instance : Instance
    recourse : Recourse
    """

    def __init__(self, instance: Instance, recourse: Recourse) -> None:
        self.instance, self.recourse = instance, recourse
        self.queue = FirstCome(instance, recourse.strategy, instance.part_carrying)
        self.lost = DAYS_PER_YEAR * instance.part_lost * instance.rate
        queue = self.queue
        sharp = ((instance.part_lost > 0.0) | (instance.part_target > 0.0))[queue.product]
        asked = queue.total[queue.used] - instance.parts.position[queue.used]
        np.maximum.at(asked, queue.part[sharp], queue.reached()[sharp])
        self.drop = np.zeros(queue.total.shape)
        self.drop[queue.used] = left_out(asked, recourse.base[queue.used]).drop

    def cost(self, parts: Integers) -> Array:
        """What waits longer and is late more often with some parts' levels left out, money a year, shape (I,)."""
        base = np.repeat(self.recourse.base[:, None], self.instance.samples, axis=1)
        base[parts] -= self.drop[parts]
        waits = (self.queue.waiting(base).units - self.recourse.late).mean(axis=1)
        more = self.queue.kit * waits
        if self.lost.any() and self.recourse.late_now is not None:
            more += self.lost * (self.queue.late(base) - self.recourse.late_now).mean(axis=1)
        return np.asarray(np.maximum(more, 0.0))

    def scarcest(self, i: int) -> int:
        """The part of a product on which most of it rests."""
        parts = np.unique(self.queue.component[self.queue.product == i])
        return int(parts[np.argmax([self.cost(parts[[k]])[i] for k in range(len(parts))])])


def promises_short(
    instance: Instance, recourse: Recourse, attribution: Attribution, currency: str
) -> tuple[Notice, ...]:
    """A notice for each product whose promise is likely to be short by `TOLD_SHARE` and more, the largest first.

    And for each on-time target that so few samples cannot tell.

    Parameters
    ----------
    instance, recourse, attribution
        The plan, as of `attribute`.
    currency : str
    """
    samples, estimate = instance.samples, optimism(instance, recourse, attribution.cost)
    said = partial(Notice, file="scenario.yaml", column="samples")
    notices = []
    promised = attribution.cost
    for i in np.argsort(-estimate.cost, kind="stable").tolist():
        short = float(estimate.cost[i])
        if not short > TOLD_SHARE * max(float(promised[i]), _ROUNDING):
            continue
        # What is short falls as one over the samples.
        enough = samples * short / (0.5 * TOLD_SHARE * (float(promised[i]) + short))
        values: dict[str, Value] = {
            "short": short, "share": short / max(float(promised[i]), _ROUNDING), "late": int(estimate.late[i]),
            "samples": samples, "enough": _enough(enough), "currency": currency,
        }  # fmt: skip
        kind, part = "promise_short", int(estimate.part[i])
        if part >= 0:
            kind, values = "promise_short_part", {**values, "part": instance.components[part]}
        notices.append(said(kind=kind, product=instance.products[i], values=values))
    target = np.where(recourse.strategy == MTS, instance.on_time_target, instance.part_target)
    most = samples * (1.0 - target)
    thin = (recourse.strategy != MTO) & (target > 0.0) & (target < 1.0) & (most < _TARGET_SAMPLES)
    late = attribution.late_per_day / instance.rate
    for i in np.flatnonzero(thin & (late + 1.0 / samples > 1.5 * (1.0 - target))).tolist():
        values = {
            "target": float(instance.on_time_target[i]), "likely": float(1.0 - late[i] - 1.0 / samples),
            "samples": samples, "enough": _enough(2.0 * _TARGET_SAMPLES / (1.0 - float(target[i]))),
        }  # fmt: skip
        notices.append(said(kind="target_thin", product=instance.products[i], values=values))
    return at_most(notices)


def risk_thin(instance: Instance) -> tuple[Notice, ...]:
    """A notice where the tail that risk weighs has few samples: stocks are the best for just these."""
    tail = (1.0 - instance.cvar_level) * instance.samples
    if instance.cvar_weight <= 0.0 or tail >= _RISK_SAMPLES - _ROUNDING:
        return ()
    values: dict[str, Value] = {
        "level": instance.cvar_level, "tail": max(1, round(tail)), "samples": instance.samples,
        "enough": _enough(_RISK_SAMPLES / (1.0 - instance.cvar_level)),
    }  # fmt: skip
    return (Notice(kind="risk_thin", file="scenario.yaml", column="samples", values=values),)


def _enough(samples: float) -> int:
    """So many samples or some more: two digits are all that is known of it."""
    return int(float(at_least(samples, significant=2)))
