"""A stock: what lies on it, who waits for it, when and how much is ordered again."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from engine.demand.year import DAYS
from engine.evaluate.simulate.clock.system import Shelf

T = TypeVar("T")
# Units below this are rounding.
DUST = 1e-9


class Backorder(Generic[T]):
    """A request in its turn, and the units that it still wants."""

    __slots__ = ("request", "units")

    def __init__(self, request: T, units: float) -> None:
        self.request, self.units = request, units


class Stock(Generic[T]):
    """One item on the shelf.

    Parameters
    ----------
    shelf : Shelf
    start : float
        Position at the start, with nothing on order; below zero it is owed, and the first deliveries are for that.
    give : callable
        Called with a waiting request and the units that it gets.
    sampled_days : float
        Zero averages over all the time; otherwise only what `sample` sees counts, each time for so many days.

    Attributes
    ----------
    moments : int
        How often `sample` was called.
    """

    __slots__ = (
        "area", "arrivals", "arrivals_in_time", "batch", "batches", "crossing", "free", "give", "last", "latest",
        "level", "moments", "net_area", "on_shelf", "position", "price", "queue", "queued", "sampled_days", "square",
        "swing", "whole",
    )  # fmt: skip

    def __init__(self, shelf: Shelf, start: float, give: Callable[[T, float], None], sampled_days: float) -> None:
        self.level, self.batch, self.whole = shelf.level, shelf.batch, shelf.whole
        self.swing = shelf.swing
        self.crossing = shelf.supply.crossing
        # What is free of promises; what lies there, promised to orders that wait for other parts included.
        self.position = self.free = start
        self.on_shelf = max(start, 0.0)
        self.queue: deque[Backorder[T]] = deque()
        self.queued = 0.0
        self.give = give
        # What a unit on the shelf costs, where that is asked for.
        self.price = 0.0
        self.sampled_days = sampled_days
        self.moments = 0
        self.last = 0.0
        self.latest = 0.0
        self.reset()

    def reset(self) -> None:
        """Start counting anew."""
        self.area = self.net_area = self.square = 0.0
        self.batches = self.arrivals = self.arrivals_in_time = 0

    def settle(self, now: float) -> None:
        """Bring the averages up to date before anything changes."""
        if self.sampled_days <= 0.0:
            days = now - self.last
            if days > 0.0:
                net = self.free - self.queued
                self.area += self.on_shelf * days
                self.net_area += net * days
                self.square += net * net * days
        self.last = now

    def sample(self) -> None:
        """The moment just before a delivery, where only that counts."""
        self.moments += 1
        net = self.free - self.queued
        self.area += self.on_shelf * self.sampled_days
        self.net_area += net * self.sampled_days
        self.square += net * net * self.sampled_days

    def replenish(self, now: float) -> float:
        """What is ordered now: up to the level of the week, or whole batches to above the reorder level."""
        level = self.level
        if self.swing:
            level += self.swing[min(int(now % DAYS) // 7, len(self.swing) - 1)]
        short = level - self.position
        if self.batch > 0.0:
            if short < (0.0 if self.whole else DUST):
                return 0.0
            count = math.floor(short / self.batch + DUST) + 1
            self.batches += count
            short = count * self.batch
        elif short <= DUST:
            return 0.0
        self.position += short
        return short

    def take(self, request: T, units: float, now: float) -> float:
        """Ask for units: what is free is had at once, the rest waits in its turn; the units had."""
        self.settle(now)
        if self.queue:
            had = 0.0
        else:
            had = units if self.free >= units - DUST else max(self.free, 0.0)
            self.free -= had
        if had < units - DUST:
            self.queue.append(Backorder(request, units - had))
            self.queued += units - had
        return had

    def lie(self, units: float, now: float) -> None:
        """So many units more lie there for somebody, or fewer where negative."""
        self.settle(now)
        self.on_shelf += units

    def covers(self, units: float) -> bool:
        """Whether so much is free, and nobody waits for it."""
        return not self.queue and self.free >= units - DUST

    def first(self) -> T | None:
        """Who has waited longest."""
        return self.queue[0].request if self.queue else None

    def receive(self, units: float, now: float) -> None:
        """A delivery comes in and goes to those who wait, first come first served."""
        self.settle(now)
        self.arrivals += 1
        self.arrivals_in_time += not self.queue
        self.on_shelf += max(units + min(self.free, 0.0), 0.0)
        self.free += units
        queue = self.queue
        while queue and self.free > DUST:
            head = queue[0]
            part = head.units if self.free >= head.units - DUST else self.free
            self.free -= part
            self.queued -= part
            head.units -= part
            if head.units <= DUST:
                queue.popleft()
            self.give(head.request, part)
