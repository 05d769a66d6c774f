"""What leaves for the customers, counted per batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.drawn import Asked
from engine.evaluate.simulate.clock.tally import LEAD_DIGITS, ON_TIME, WAIT_DIGITS
from engine.evaluate.simulate.paths.levels import Batches
from engine.scenario.arrays import Booleans, Integers

# Days that customers who wait differently give, and their late cost over the mean of all.
Dearness = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """Pieces of the orders of a good.

    Parameters
    ----------
    asked : Asked
    order : shape (pieces,)
    units : shape (pieces,)
    known, ready : shape (pieces,)
        When it is known that a piece leaves, by which it is counted, and when it is ready; it leaves then or when it
        is due, if that is later.
    counted : shape (pieces,)
        Days that a late piece counts more than it was waited for, where only certain moments count.
    least : shape (orders,)
        Units of each order that have to be in time.
    short : shape (orders,)
        Orders that are not whole even where those units are.
    """

    asked: Asked
    order: Integers
    units: Array
    known: Array
    ready: Array
    counted: Array
    least: Array
    short: Booleans

    @property
    def late_days(self) -> Array:
        """Days that each piece is ready after it was due, shape (pieces,)."""
        return self.ready - self.asked.due[self.order]

    @property
    def given_days(self) -> Array:
        """Days that the customers of each piece give, shape (pieces,)."""
        return np.round(self.asked.due - self.asked.day, WAIT_DIGITS)[self.order]

    def per_batch(self, batches: Batches, dearness: Dearness) -> dict[str, Array]:
        """Units and orders of each batch by field of `Observed`, shapes (batches,)."""
        asked, late = self.asked, self.late_days
        is_late = late > ON_TIME
        in_time = np.where(is_late, 0.0, self.units)
        orders = asked.units.size
        # An order is complete with its last piece.
        complete = np.full(orders, -np.inf)
        np.maximum.at(complete, self.order, self.known)
        complete[complete == -np.inf] = np.inf
        # What is left of a sum of pieces is rounding.
        whole = np.bincount(self.order, weights=in_time, minlength=orders) >= self.least * (1.0 - 1e-9)
        late_unit_days = (self.units * (late + self.counted))[is_late]
        dear = _of_waits(dearness, self.given_days)
        counts = _of_waits(asked.counts, np.round(asked.due - asked.day, WAIT_DIGITS))
        in_full = whole & ~self.short
        return {
            "units": batches.sums(self.known, self.units),
            "late_units": batches.sums(self.known[is_late], self.units[is_late]),
            "late": batches.sums(self.known[is_late], late_unit_days),
            "dear_late": batches.sums(self.known[is_late], late_unit_days * dear[is_late]),
            "orders": batches.sums(complete, counts),
            "orders_on_time": batches.sums(complete[in_full], counts[in_full]),
        }

    def leads(self, batches: Batches, delivery_days: float) -> dict[float, float]:
        """Lead time in days to units, over all batches."""
        counted, _ = batches.inside(self.known)
        order, late = self.order[counted], self.late_days[counted]
        end = np.where(late > ON_TIME, self.ready[counted], self.asked.due[order])
        lead = np.rint((end - self.asked.day[order] + delivery_days) * 10**LEAD_DIGITS)
        days, place = np.unique(lead, return_inverse=True)
        units = np.bincount(place, weights=self.units[counted], minlength=days.size)
        return dict(zip((days / 10**LEAD_DIGITS).tolist(), units.tolist(), strict=True))

    def waits(self, batches: Batches) -> dict[float, tuple[float, float, float]]:
        """Days given to units, late units and their days late, over all batches."""
        counted, _ = batches.inside(self.known)
        units, late = self.units[counted], self.late_days[counted]
        over = np.where(late > ON_TIME, units, 0.0)
        days, place = np.unique(self.given_days[counted], return_inverse=True)
        sums = [np.bincount(place, weights=one, minlength=days.size).tolist() for one in (units, over, over * late)]
        return dict(zip(days.tolist(), zip(*sums, strict=True), strict=True))


def _of_waits(times: Dearness, given_days: Array) -> Array:
    """What belongs to the days that customers give, of their shape; one where nothing does."""
    of = np.ones(given_days.shape)
    for days, one in times:
        of[given_days == round(days, WAIT_DIGITS)] = one
    return of


def whole_orders(asked: Asked, told_at: Array, ready: Array) -> Deliveries:
    """Orders that are made, each in one piece."""
    count = asked.units.size
    return Deliveries(
        asked=asked, order=np.arange(count), units=asked.units, known=told_at, ready=ready, counted=np.zeros(count),
        least=asked.units, short=np.zeros(count, dtype=bool),
    )  # fmt: skip
