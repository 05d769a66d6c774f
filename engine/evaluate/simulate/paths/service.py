"""First come first served on whole paths: the unit asked for as number n is served when n units have come in.

With S_k(t) the units of stock k that came in by t, its start included, and B_k(n) the units asked of it before order n,
unit x of that order, which takes a_k of each part, has

    T_k(x) = min { t : S_k(t) >= B_k(n) + a_k x },    T(x) = max( asked, max_k T_k(x) ),

whoever shares the stock, in whatever lots deliveries come (cumulative arrivals and departures, Newell 1982; unit n of a
base stock S serves demand n + S, Axsaeter 1990). T is a step function of x: its steps are the pieces that an order is
served in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.stock import DUST
from engine.evaluate.simulate.clock.ticks import TICKS_PER_DAY
from engine.scenario.arrays import Booleans, Integers

# Rounding of the sums of a whole run, relative to them.
ROUNDING = 1e-12
# Rank of what is served at once, and of what is not served within the run.
AT_ONCE, NEVER = -1, np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What comes in to one stock.

    Parameters
    ----------
    at : shape (arrivals,)
        Increasing.
    ordered : shape (arrivals,)
        When each was ordered: at the same instant, what was ordered first comes first, before whoever asks then.
    level : shape (arrivals + 1,)
        Units that came in, from the start on.
    """

    at: Array
    ordered: Array
    level: Array

    @classmethod
    def of(cls, start: float, at: Array, ordered: Array, units: Array) -> Arrivals:
        """In the order in which they come."""
        order = np.lexsort((ordered, at))
        level = np.concatenate([[start], start + np.cumsum(units[order])])
        return cls(at=at[order], ordered=ordered[order], level=level)

    @property
    def served_from(self) -> Array:
        """The instants after which whoever asks finds it; what is ordered and comes at once comes after those."""
        return self.at + np.where(self.ordered == self.at, 0.5 / TICKS_PER_DAY, 0.0)

    def found(self, asked: Array) -> Array:
        """Units that came in before each asks, shape of `asked`."""
        return np.asarray(self.level[np.searchsorted(self.served_from, asked, side="right")])

    def nobody_waits(self, asked: Array, units: Array) -> Booleans:
        """Arrivals that find all served that was asked for before, in the order of asking; shape (arrivals,)."""
        asked_before = np.concatenate([[0.0], np.cumsum(units)])
        dust = DUST + ROUNDING * float(asked_before[-1])
        wanted = asked_before[np.searchsorted(asked, self.served_from, side="left")]
        return np.asarray(wanted <= self.level[:-1] + dust)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One stock that the orders of a good are served from.

    Parameters
    ----------
    arrivals : Arrivals
    rank : shape (arrivals,)
        Place of each arrival among those of all stocks.
    before : shape (orders,)
        Units asked of the stock before each order, by all goods.
    need : float
        Units of the stock in a unit of the good.
    """

    arrivals: Arrivals
    rank: Integers
    before: Array
    need: float

    @property
    def dust(self) -> float:
        """Units of the stock that are rounding."""
        return DUST + ROUNDING * float(max(self.arrivals.level[-1], self.before[-1] if self.before.size else 0.0))

    def steps(self, units: Array) -> tuple[Integers, Array]:
        """Orders that an arrival serves in part, and how far into each it reaches, in units of the good."""
        level = self.arrivals.level
        order = np.searchsorted(self.before, level, side="right") - 1
        level, order = level[order >= 0], order[order >= 0]
        into = (level - self.before[order]) / self.need
        within = (into > self.dust / self.need) & (into < units[order] - self.dust / self.need)
        return order[within], into[within]

    def ranks(self, order: Integers, into: Array, asked: Array) -> Integers:
        """Rank of the arrival that serves each unit, shape of `order`."""
        arrival = np.searchsorted(self.arrivals.level, self.before[order] + self.need * into, side="left")
        ranks = np.concatenate([[AT_ONCE], self.rank, [NEVER]])[arrival]
        there = np.concatenate([[-np.inf], self.arrivals.served_from, [np.inf]])[arrival]
        return np.where(there <= asked[order], AT_ONCE, ranks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """What orders are served in, each order's in the order of time.

    Parameters
    ----------
    order : shape (pieces,)
    units : shape (pieces,)
    rank : shape (pieces,)
        The arrival that completes it.
    """

    order: Integers
    units: Array
    rank: Integers


def pieces(units: Array, asked: Array, lines: list[Line]) -> Pieces:
    """The pieces that orders are served in.

    Parameters
    ----------
    units, asked : shape (orders,)
    lines : list of Line
        All the stocks that each order is served from; without any it is served at once.
    """
    steps = [line.steps(units) for line in lines]
    order = np.concatenate([np.arange(units.size), *(which for which, _ in steps)]).astype(np.int64)
    into = np.concatenate([np.zeros(units.size), *(far for _, far in steps)])
    # Sorted stretches one after the other, which a stable sort merges.
    sort = np.argsort(order + into / np.maximum(units[order], 1e-300), kind="stable")
    order, into = order[sort], into[sort]
    # A piece ends where the next of its order begins.
    same = np.append(order[1:] == order[:-1], False)
    ends = np.where(same, np.append(into[1:], 0.0), units[order])
    width = ends - into
    least = max((line.dust / line.need for line in lines), default=0.0)
    kept = (width > least) | ~_has_wider(order, width > least, units.size)
    order, into, width = order[kept], into[kept], width[kept]
    rank = np.full(order.shape, AT_ONCE)
    for line in lines:
        rank = np.maximum(rank, line.ranks(order, into + 0.5 * width, asked))
    first = np.flatnonzero(np.diff(order, prepend=-1) | np.diff(rank, prepend=AT_ONCE - 1)) if order.size else order
    joined = np.add.reduceat(width, first) if first.size else width
    return Pieces(order=order[first], units=joined, rank=rank[first])


def _has_wider(order: Integers, wide: Booleans, count: int) -> Booleans:
    return np.asarray(np.bincount(order[wide], minlength=count)[order] > 0)
