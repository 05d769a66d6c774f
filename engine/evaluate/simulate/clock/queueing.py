"""A shared resource: one queue, first come first served, with overtime at the end of a bucket."""

from __future__ import annotations

from engine.evaluate.simulate.clock.system import Server

DUST = 1e-9


class Resource:
    """Work in the order it comes, at a steady rate.

    A job is known by the hours that are worked off when it is done: what had come before it and itself. So nothing
    has to happen when a job nobody waits for is done.

    Parameters
    ----------
    server : Server
    bucket_days : float
    """

    __slots__ = (
        "arrived", "arrived_at_start", "bucket_days", "jobs", "last", "outsourced", "overtime", "rate", "regular",
        "server", "taken", "wait_hours",
    )  # fmt: skip

    def __init__(self, server: Server, bucket_days: float) -> None:
        self.server, self.rate, self.bucket_days = server, server.hours_per_day, bucket_days
        # Hours that have come in, hours worked off, since the start.
        self.arrived = self.taken = 0.0
        self.arrived_at_start = 0.0
        self.last = 0.0
        self.reset()

    def reset(self) -> None:
        """Start counting anew."""
        self.regular = self.overtime = self.outsourced = self.wait_hours = 0.0
        self.jobs = 0

    def settle(self, now: float) -> None:
        """Work off what could be worked off by now."""
        done = min(self.arrived - self.taken, self.rate * (now - self.last))
        self.taken += done
        self.regular += done
        self.last = now

    def add(self, hours: float, now: float) -> float:
        """A job joins the queue; the hour that finishes it."""
        self.settle(now)
        self.wait_hours += self.arrived - self.taken
        self.jobs += 1
        self.arrived += hours
        return self.arrived

    def add_steady(self, hours: float, now: float) -> None:
        """A day's work that nobody waits for joins the queue."""
        self.settle(now)
        self.arrived += hours

    def days_until(self, mark: float, now: float) -> float:
        """Days until an hour is worked off, zero where it is."""
        self.settle(now)
        hours = mark - self.taken
        return hours / self.rate if hours > DUST * max(1.0, mark) else 0.0

    def close_bucket(self, now: float) -> None:
        """Overtime, or hours bought, for what came in during the bucket beyond its regular hours.

        No more than those were worked off in it, so that as much is left at least.
        """
        self.settle(now)
        excess = max(0.0, self.arrived - self.arrived_at_start - self.rate * self.bucket_days)
        server = self.server
        over = 0.0 if server.outsourcing and server.outsourcing_first else min(excess, server.overtime_per_bucket)
        bought = excess - over if server.outsourcing else 0.0
        self.overtime += over
        self.outsourced += bought
        self.taken += over + bought
        self.arrived_at_start = self.arrived
