"""All jobs of a run at all resources, and when each is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.drawn import Drawn
from engine.evaluate.simulate.clock.run import UNIT_DIGITS
from engine.evaluate.simulate.paths.levels import Batches
from engine.evaluate.simulate.paths.work import Queue
from engine.scenario.arrays import Booleans, Integers

# What comes at the same instant and was set off at the same instant: jobs, a day's steady work. The end of a bucket
# comes after the jobs that a review set off, unless a bucket is longer than the time between two reviews.
JOB, DAY = 0, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """Work of one good.

    Parameters
    ----------
    at : shape (jobs,)
        When each comes in.
    set_off, rank, asked : shape (jobs,)
        Its turn among what comes in at the same instant: when it was set off, the delivery that completed its parts,
        when its order asked.
    units, takes : shape (jobs,)
        Days that it is given.
    lots : shape (jobs,)
        Whether it is a stock order, whose work is spread over its days.
    """

    at: Array
    set_off: Array
    rank: Array
    asked: Array
    units: Array
    takes: Array
    lots: Booleans

    @classmethod
    def together(cls, parts: list[Jobs]) -> Jobs:
        """One after the other."""
        return cls(**{name: np.concatenate([getattr(each, name) for each in parts]) for name in cls.__slots__})

    @property
    def turn(self) -> Integers:
        """The jobs in the order in which they come."""
        return np.asarray(np.lexsort((self.asked, self.rank, self.set_off, self.at)))

    @property
    def first_day(self) -> Integers:
        """The first whole day of the work of each."""
        return self.at.astype(np.int64) + 1

    @property
    def days(self) -> Integers:
        """Whole days that the work of each is spread over; zero where it all comes in at once."""
        days = (self.at + self.takes).astype(np.int64) - self.first_day
        return np.where(self.lots, np.maximum(days, 0), 0)


class Shop:
    """The resources of a run.

    Parameters
    ----------
    drawn : Drawn
    jobs : mapping of good to Jobs
    """

    def __init__(self, drawn: Drawn, jobs: dict[int, Jobs]) -> None:
        self.drawn, self.jobs = drawn, jobs
        self.hours = {i: _hours(drawn, i, work) for i, work in jobs.items()}
        # The entry that finishes each job at each use: its own, or that of the last of its days.
        self.entries: dict[tuple[int, int], Integers] = {}
        self.job_entries: list[Integers] = []
        self.queues = [self._queue(r) for r in range(len(drawn.system.servers))]

    def regular_days(self, i: int) -> Array:
        """Days of regular work until each job of a good is done, seen when it comes in; shape (jobs,)."""
        uses = self.drawn.system.goods[i].uses
        days = [self.queues[use.resource].days_after(self.entries[i, u]) for u, use in enumerate(uses)]
        return np.asarray(np.max(days, axis=0))

    def ready(self, i: int, planned: Array) -> tuple[Booleans, Array]:
        """Which jobs of a good are not done when it is planned, and when each is ready; shapes (jobs,)."""
        late, ready = np.zeros(planned.shape, dtype=bool), planned.copy()
        for u, use in enumerate(self.drawn.system.goods[i].uses):
            behind, done = self.queues[use.resource].late(self.entries[i, u], planned)
            late |= behind
            ready = np.maximum(ready, done)
        return late, np.where(late, ready, planned)

    def queue_days(self, batches: Batches) -> Array:
        """Mean days of regular work that a job finds before it, shape (batches, resources)."""
        days = []
        for queue, entry in zip(self.queues, self.job_entries, strict=True):
            jobs = batches.sums(queue.at[entry])
            days.append(batches.sums(queue.at[entry], queue.waiting[entry]) / np.maximum(jobs, 1.0) / queue.rate)
        return np.array(days).T.reshape(batches.count, -1)

    def _queue(self, resource: int) -> Queue:
        """All that comes to one resource, in its turn."""
        system, days = self.drawn.system, self.drawn.horizon.days
        bucket = system.bucket_days
        closes: Array = np.arange(1.0, int(days / bucket) + 1.0) * bucket
        close = JOB - 1 if bucket > system.review_days else JOB + 1
        steady = self._steady(resource)
        day = np.arange(steady.size, dtype=np.float64)
        columns = [
            _rows(closes, closes - bucket, close, np.zeros(closes.shape)),
            _rows(day, day - 1.0, DAY, steady),
        ]  # fmt: skip
        owners: list[tuple[int, int, Integers]] = []
        for i, work in self.jobs.items():
            single = np.flatnonzero(work.days == 0)
            for u, use in enumerate(system.goods[i].uses):
                if use.resource == resource:
                    owners.append((i, u, single))
                    columns.append(
                        _rows(
                            work.at[single], work.set_off[single], JOB, self.hours[i][single, u], work.rank[single],
                            work.asked[single], i, single.astype(np.float64), u,
                        )
                    )  # fmt: skip
        at, set_off, kind, hours, *ties = np.concatenate(columns, axis=1)
        turn = np.lexsort((*ties[::-1], kind, set_off, at))
        place = np.empty(turn.size, dtype=np.int64)
        place[turn] = np.arange(turn.size)
        self.job_entries.append(np.flatnonzero(kind[turn] == JOB))
        begin = closes.size + day.size
        for i, u, single in owners:
            work = self.jobs[i]
            last = np.clip(work.first_day + work.days - 1, 0, day.size - 1)
            entry = place[closes.size + last]
            entry[single] = place[begin : begin + single.size]
            begin += single.size
            self.entries[i, u] = entry
        return Queue(system.servers[resource], bucket, at[turn], hours[turn], kind[turn] == close)

    def _steady(self, resource: int) -> Array:
        """Hours of each day that nobody waits for, shape (days,): those of stock orders, and the mean rate's."""
        days = int(self.drawn.horizon.days) + 2
        hours = np.zeros(days)
        for i, work in self.jobs.items():
            count = work.days
            spread = np.flatnonzero(count > 0)
            day = np.repeat(work.first_day[spread], count[spread]) + _within(count[spread])
            for u, use in enumerate(self.drawn.system.goods[i].uses):
                if use.resource == resource:
                    each = np.repeat(self.hours[i][spread, u] / count[spread], count[spread])
                    hours += np.bincount(day[day < days], weights=each[day < days], minlength=days)
        for good in self.drawn.system.goods:
            for use in good.level_uses:
                if use.resource == resource:
                    hours += use.hours_per_unit * good.steady_units(days)
        return hours


def _within(counts: Integers) -> Integers:
    """0, 1, ... of each count, one after the other."""
    return np.asarray(np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts))


def _rows(at: Array, set_off: Array, kind: int, hours: Array, *ties: Array | float) -> Array:
    """Entries as columns: when, its turn, hours, and what tells the turn of jobs; shape (9, entries)."""
    ties = (*ties, *[0.0] * (5 - len(ties)))
    columns = (at, set_off, kind, hours, *ties)
    return np.array([np.broadcast_to(column, at.shape) for column in columns], dtype=np.float64)


def _hours(drawn: Drawn, i: int, jobs: Jobs) -> Array:
    """Hours of each job at each of a good's uses, drawn in the order of the jobs; shape (jobs, uses)."""
    good = drawn.system.goods[i]
    hours: Array = jobs.units[:, None] * np.array([use.hours_per_unit for use in good.uses])
    varied = [u for u, use in enumerate(good.uses) if use.hours_cv > 0.0]
    if varied:
        turn = jobs.turn
        cv2 = np.array([good.uses[u].hours_cv ** 2 for u in varied]) / np.round(jobs.units[turn], UNIT_DIGITS)[:, None]
        factor = drawn.stream("hours", good.name).gamma(1.0 / cv2, cv2)
        hours[turn[:, None], np.array(varied)] *= factor
    return hours
