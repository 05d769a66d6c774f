"""One line now and then: how far a run is, how fast, how long still."""

from __future__ import annotations

import time

from engine.catalog.manifest import Receipt
from engine.program.deadline import Log


class Progress:
    """Counts finished partitions and tells of them.

    Parameters
    ----------
    partitions, products : int
        Of the whole run.
    done : dict of int to receipt
        Finished before.
    log : callable
    """

    def __init__(self, partitions: int, done: dict[int, Receipt], products: int, log: Log) -> None:
        self.partitions, self.products, self.log = partitions, products, log
        self.before = sum(int(receipt["products"]) for receipt in done.values())
        self.count, self.decided, self.work = len(done), 0, 0
        self.began = self.told = time.monotonic()

    def add(self, receipt: Receipt) -> None:
        """Count one more, and tell where two seconds have passed or all is done."""
        self.count += 1
        self.work += 1
        self.decided += int(receipt["products"])
        now = time.monotonic()
        if now - self.told < 2.0 and self.count < self.partitions:
            return
        self.told = now
        seconds = max(now - self.began, 1e-9)
        remaining = seconds / self.work * (self.partitions - self.count)
        self.log(
            f"{self.count}/{self.partitions} partitions, {self.before + self.decided:,} of {self.products:,} products, "
            f"{self.decided / seconds:,.0f} a second, {_clock(remaining)} left"
        )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
