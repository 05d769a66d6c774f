"""Work that nobody waits for, by the day: that of stock orders, and what follows the mean rate."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import simpy

from engine.evaluate.simulate.clock.queueing import Resource
from engine.evaluate.simulate.clock.system import Good, Use


class SteadyWork:
    """Hours of each day that nobody waits for, and the hour that finishes them.

    Parameters
    ----------
    resources : list of Resource
        That do the work.
    days : int
        Of the run.
    """

    def __init__(self, resources: list[Resource], days: int) -> None:
        self.resources = resources
        self.hours = [np.zeros(days) for _ in resources]
        self.marks = [[0.0] * days for _ in resources]

    def spread(self, use: Use, hours: float, first: int, days: int) -> None:
        """Hours of one order, alike over its days."""
        self.hours[use.resource][first : first + days] += hours / days

    def done(self, uses: Sequence[Use], day: int) -> list[tuple[Resource, float]]:
        """The hours that finish a day's work, with all that had come before."""
        return [(self.resources[use.resource], self.marks[use.resource][day]) for use in uses]

    def follow(self, goods: Sequence[Good], env: simpy.Environment) -> Generator[simpy.Event, Any, None]:
        """Bring each day's hours when the day begins, with those that follow the goods' mean rate."""
        for good in goods:
            for use in good.level_uses:
                self.hours[use.resource] += use.hours_per_unit * good.steady_units(len(self.hours[use.resource]))
        for day in range(len(self.marks[0])):
            yield env.timeout(max(day - env.now, 0.0))
            for resource, hours, marks in zip(self.resources, self.hours, self.marks, strict=True):
                if hours[day] > 0.0:
                    resource.add_steady(float(hours[day]), env.now)
                marks[day] = resource.arrived
