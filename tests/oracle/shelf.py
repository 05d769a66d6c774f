"""One shelf: what is ordered for it and when it comes, under base stocks, lots and reviews.

Every order on the shelf has the moment at which it is placed, and the moment it needs its units. The shelf reorders at
reviews (continuous: at once), and no earlier than it must: an order is counted at the first review at which waiting for
the next one could make it late. Units are handed out in the order in which they are needed. A part that can still come
in time after the order is bought for it, at a review or, where the next is too late, by itself; what is bought for an
order is that order's, but for the rest of a lot.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

# Units and days: less than this is rounding.
NEARLY = 1e-6


@dataclass(frozen=True)
class Demands:
    """What is asked of a shelf by one product: moments placed and needed, units, runs.

    `alone` can be bought singly, and is that order's where `own`.
    """

    placed: np.ndarray
    needed: np.ndarray
    units: np.ndarray
    run: np.ndarray
    alone: bool = False
    own: bool = True


class Shelf:
    """A shelf with everything about it but its level.

    Parameters
    ----------
    demands : list of Demands
    lead : array, shape (runs,)
        Lead time of each run.
    review : float
        Days between reviews, which are at the multiples of it since a run began; zero is continuous.
    lot : float
        Ordered in multiples of it; zero is any amount.
    begun : array, shape (runs,)
        Where the inventory position begins above the reorder level.
    apart : float
        Days from the beginning of one run to the next on the axis of time.
    window : tuple
        Days since a run began between which is measured.
    """

    def __init__(self, demands, *, lead, review, lot, begun, apart, window):
        self.lead, self.lot, self.begun, self.apart, self.window = lead, lot, begun, apart, window
        self.review = review
        spare = [asked.needed - asked.placed - lead[asked.run] for asked in demands]
        self.own = [
            np.full(len(days), asked.alone and asked.own and not lot > 0.0) & (days > -1e-9)
            for asked, days in zip(demands, spare, strict=True)
        ]
        moments = [self._counted(asked, days) for asked, days in zip(demands, spare, strict=True)]
        self.early = sum(
            self._stays(when + lead[asked.run], asked, own)
            for when, asked, own in zip(moments, demands, self.own, strict=True)
        )
        units = np.concatenate(
            [np.where(own, 0.0, asked.units) for asked, own in zip(demands, self.own, strict=True)]
        )
        run = np.concatenate([asked.run for asked in demands])
        needed = np.concatenate([asked.needed for asked in demands])
        counted = np.concatenate(moments)
        # Units handed out before each order: in the order of need.
        turn = np.argsort(needed, kind="stable")
        before = np.empty(len(units))
        before[turn] = np.cumsum(units[turn]) - units[turn]
        lengths = np.cumsum([len(asked.units) for asked in demands])[:-1]
        self.before = np.split(before, lengths)
        turn = np.argsort(counted, kind="stable")
        self.counted, self.run, self.units = counted[turn], run[turn], units[turn]
        self.total = np.cumsum(self.units)
        # What all runs before have asked for.
        ends = np.searchsorted(self.run, np.arange(len(lead)), side="right")
        self.ends = ends
        self.base = np.concatenate([[0.0], self.total])[np.concatenate([[0], ends[:-1]])]
        self.due = self._area(needed, units, run)

    def _counted(self, asked: Demands, spare: np.ndarray) -> np.ndarray:
        """When the shelf first orders for each order, which leaves it some days more than the lead time."""
        if self.review <= 0.0:
            return asked.placed + np.maximum(spare, 0.0)
        start = asked.run * self.apart
        earliest = asked.placed - start + np.maximum(spare - self.review, 0.0)
        at_review = start + np.ceil(earliest / self.review - 1e-12) * self.review
        if not asked.alone:
            return at_review
        return np.where(spare > -1e-9, np.minimum(at_review, asked.placed + np.maximum(spare, 0.0)), at_review)

    def _stays(self, comes: np.ndarray, asked: Demands, own: np.ndarray) -> float:
        """Mean units that were bought for orders and lie there until needed, by Little's law."""
        since = asked.needed - asked.run * self.apart
        inside = own & (since >= self.window[0]) & (since < self.window[1])
        days = len(self.lead) * (self.window[1] - self.window[0])
        return float(asked.units[inside] @ np.maximum(asked.needed - comes, 0.0)[inside]) / days

    def _area(self, moment, units, run) -> float:
        """Unit days in the windows of all runs, of units that are there from a moment on."""
        since = moment - run * self.apart
        first, last = self.window
        return float(units @ np.clip(last - np.maximum(since, first), 0.0, None))

    def comes(self, position: np.ndarray, run: np.ndarray, level: float) -> np.ndarray:
        """When the unit at each position of the queue is on the shelf; a moment long ago for what was there before.

        Position counts the units of all runs, in the order of need.
        """
        local = position - self.base[run]
        if self.lot > 0.0:
            lots = np.ceil((local - level - self.begun[run] - NEARLY) / self.lot)
            there, asked = lots <= 0, self.begun[run] + (lots - 1.0) * self.lot
        else:
            asked = local - level
            there = asked <= NEARLY
        at = np.searchsorted(self.total, self.base[run] + asked - NEARLY, side="left")
        beyond = ~there & (at >= self.ends[run])
        moment = self.counted[np.minimum(at, len(self.counted) - 1)] + self.lead[run]
        moment = np.where(there, -np.inf, moment)
        return np.where(beyond, np.inf, moment)

    def mean_net(self, level: float) -> float:
        """Mean over the windows of what has come less what was needed, and of what waits for its own order; units."""
        return level + self._beyond_level

    @cached_property
    def _beyond_level(self) -> float:
        """The same less the level, which it does not hang on."""
        start = 0.0
        if self.lot > 0.0:
            local = self.total - self.base[self.run]
            lots = np.maximum(np.floor((local - self.begun[self.run] + NEARLY) / self.lot) + 1.0, 0.0)
            fresh = np.diff(lots, prepend=0.0)
            first = np.concatenate([[0], self.ends[:-1]])
            first = first[first < self.ends]
            fresh[first] = lots[first]
            come = self._area(self.counted + self.lead[self.run], fresh * self.lot, self.run)
            start = self.begun.mean()
        else:
            come = self._area(self.counted + self.lead[self.run], self.units, self.run)
        days = len(self.lead) * (self.window[1] - self.window[0])
        return start + self.early + (come - self.due) / days
