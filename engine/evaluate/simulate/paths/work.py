"""A shared resource on whole paths: hours come in, are worked off at a steady rate, overtime at the end of a bucket.

With C(t) the hours that came in, r the hours a day and V(t) the overtime and bought hours by t, the hours before the
resource are X(t) reflected at zero (Lindley 1952; Harrison 1985):

    X(t) = C(t) - r t - V(t),    W(t) = X(t) - min( 0, min_(s <= t) X(s) ).

V jumps at the end of a bucket of B days by what came in beyond its r B regular hours, as far as it is worked. From when
a job comes in, at t_0, until it is done the resource is never idle: it is done at the first t with
r t + V(t) >= r t_0 + V(t_0) + W(t_0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.queueing import DUST
from engine.evaluate.simulate.clock.system import Server
from engine.evaluate.simulate.clock.tally import ON_TIME
from engine.evaluate.simulate.paths.levels import Batches
from engine.scenario.arrays import Booleans, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtime:
    """Hours worked or bought at the end of each bucket; shape (buckets,)."""

    worked: Array
    bought: Array


class Queue:
    """Everything that comes to one resource in a run.

    Parameters
    ----------
    server : Server
    bucket_days : float
    at, hours : shape (entries,)
        In the order in which they come; the end of a bucket is an entry without hours.
    closes : shape (entries,)
        Which of them are ends of buckets.
    """

    def __init__(self, server: Server, bucket_days: float, at: Array, hours: Array, closes: Booleans) -> None:
        self.server, self.rate, self.bucket_days = server, server.hours_per_day, bucket_days
        self.at, self.closes = at, np.flatnonzero(closes)
        # C before and after each entry
        self.came = np.cumsum(hours)
        self.before = self.came - hours
        self.overtime = self._overtime()
        # V before each entry, and after each close
        self.extra = np.concatenate([[0.0], np.cumsum(self.overtime.worked + self.overtime.bought)])
        self.extra_before = self.extra[np.searchsorted(self.closes, np.arange(at.size), side="left")]
        # W = X - min(0, min X), the least X just before something comes
        free = self.before - self.rate * at - self.extra_before
        self.lowest = np.minimum.accumulate(np.minimum(free, 0.0))
        self.waiting = free - self.lowest

    def _overtime(self) -> Overtime:
        """Overtime of each bucket, of what came in during it beyond its regular hours.

        No more than those are worked off in it, so that as much is left at its end at least.
        """
        server = self.server
        excess = np.maximum(np.diff(self.came[self.closes], prepend=0.0) - self.rate * self.bucket_days, 0.0)
        first = server.outsourcing and server.outsourcing_first
        worked = np.minimum(excess, 0.0 if first else server.overtime_per_bucket)
        return Overtime(worked=worked, bought=(excess - worked) * server.outsourcing)

    def days_after(self, entry: Integers) -> Array:
        """Days of regular work that entries have before them, themselves included; shape of `entry`."""
        hours = self.waiting[entry] + self.came[entry] - self.before[entry]
        return np.where(hours > self.dust(entry), hours / self.rate, 0.0)

    def done(self, entry: Integers) -> tuple[Array, Booleans]:
        """When entries are worked off, and whether that is by overtime at the end of a bucket; shapes of `entry`."""
        rate, ends = self.rate, np.append(self.at[self.closes], np.inf)
        aim = rate * self.at[entry] + self.extra_before[entry] + rate * self.days_after(entry)
        enough = aim - self.dust(entry)
        before = rate * ends + self.extra
        # An end of a bucket before the entry has worked nothing of it.
        k = np.searchsorted(rate * ends[:-1] + self.extra[1:], enough, side="left")
        k = np.maximum(k, np.searchsorted(self.closes, entry, side="left"))
        by_overtime = before[k] < enough
        regular = np.maximum((aim - self.extra[k]) / rate, self.at[entry])
        return np.where(by_overtime, ends[k], regular), by_overtime

    def late(self, entry: Integers, planned: Array) -> tuple[Booleans, Array]:
        """Which entries are not worked off when it is planned, and when they are seen to be; shapes of `entry`.

        Overtime comes last at its instant.
        """
        done, by_overtime = self.done(entry)
        late = np.where(by_overtime, done >= planned, done > planned + self.dust(entry) / self.rate)
        return late, done + np.where(by_overtime, ON_TIME, 0.0)

    def dust(self, entry: Integers) -> Array:
        """Hours before the end of an entry that are rounding; shape of `entry`."""
        return np.asarray(DUST * np.maximum(1.0, self.came[entry]))

    def regular(self, batches: Batches) -> Array:
        """Regular hours worked in each batch; shape (batches,)."""
        k = np.searchsorted(self.at, batches.bounds, side="left")
        came = np.concatenate([[0.0], self.came])[k]
        extra = self.extra[np.searchsorted(self.closes, k, side="left")]
        free = came - self.rate * batches.bounds - extra
        waiting = free - np.minimum(np.concatenate([[0.0], self.lowest])[k], free)
        return np.diff(came - waiting - extra)

    def in_overtime(self, batches: Batches) -> tuple[Array, Array]:
        """Overtime and bought hours of each batch; shapes (batches,)."""
        ends = self.at[self.closes]
        return batches.sums(ends, self.overtime.worked), batches.sums(ends, self.overtime.bought)
