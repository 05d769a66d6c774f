"""What happens to a good, counted while the clock runs."""

from __future__ import annotations

from collections.abc import Sequence

# Floating point: goods that are ready this much after they were due are on time.
ON_TIME = 1e-6

# Lead times are counted to a hundredth of a day.
LEAD_DIGITS = 2
# Days that customers give are told apart to these digits.
WAIT_DIGITS = 6


class Request:
    """An order on its way to the customer, delivered in one piece or several.

    Parameters
    ----------
    day, due, units : float
    least : float, optional
        Units that have to be in time; all of them unless it stands for a smaller order.
    short : bool
        An order of the size that it stands for finds too little in stock.
    """

    __slots__ = ("day", "due", "in_time", "least", "left", "moments", "short")

    def __init__(
        self, day: float, due: float, units: float, least: float | None = None, *, short: bool = False
    ) -> None:
        self.day = day
        self.due = due
        self.left = units
        self.least = units if least is None else min(least, units)
        self.short = short
        self.in_time = 0.0
        # How often the stock it asked had been counted by then.
        self.moments = 0


class Tally:
    """Counts of one good since the last reset.

    Parameters
    ----------
    delivery_days : float
    dearness : sequence of (float, float)
        Days that customers who wait differently give, and their late cost over the mean of all.
    counts : sequence of (float, float)
        The same days, and how many orders one of theirs counts as.
    """

    __slots__ = (
        "counts", "dear_late_unit_days", "dearness", "delivery_days", "large_orders", "large_units", "late_unit_days",
        "late_units", "leads", "orders", "orders_on_time", "overrun_units", "units", "waits",
    )  # fmt: skip

    def __init__(
        self, delivery_days: float, dearness: Sequence[tuple[float, float]] = (),
        counts: Sequence[tuple[float, float]] = (),
    ) -> None:  # fmt: skip
        self.delivery_days = delivery_days
        self.dearness, self.counts = (
            {round(days, WAIT_DIGITS): times for days, times in of} for of in (dearness, counts)
        )
        self.leads: dict[float, float] = {}
        # Units, late ones and their days late by the days given, where those differ.
        self.waits: dict[float, tuple[float, float, float]] = {}
        self.reset()

    def reset(self) -> None:
        """Start counting anew; lead times are kept over the whole run."""
        self.units = self.late_units = self.late_unit_days = self.overrun_units = self.large_units = 0.0
        self.dear_late_unit_days = 0.0
        self.orders = self.orders_on_time = 0.0
        self.large_orders = 0

    def deliver(self, request: Request, units: float, ready: float, counted: float = 0.0) -> None:
        """Units of an order leave: on the due date, or when they are ready if that is later.

        Parameters
        ----------
        request : Request
        units, ready : float
        counted : float
            Days that are counted more than were waited for stock, where only certain moments count.
        """
        due = request.due
        late = ready - due
        self.units += units
        if late > ON_TIME:
            self.late_units += units
            self.late_unit_days += units * (late + counted)
            self.dear_late_unit_days += units * (late + counted) * _of_wait(self.dearness, request)
            lead = round(ready - request.day + self.delivery_days, LEAD_DIGITS)
        else:
            request.in_time += units
            lead = round(due - request.day + self.delivery_days, LEAD_DIGITS)
        if self.dearness:
            self._count_wait(request, units, late)
        self.leads[lead] = self.leads.get(lead, 0.0) + units
        request.left -= units
        if request.left <= 1e-9:
            count = _of_wait(self.counts, request)
            self.orders += count
            # What is left of a sum of pieces is rounding.
            if not request.short and request.in_time >= request.least * (1.0 - 1e-9):
                self.orders_on_time += count

    def _count_wait(self, request: Request, units: float, late: float) -> None:
        given = round(request.due - request.day, WAIT_DIGITS)
        seen, missed, days = self.waits.get(given, (0.0, 0.0, 0.0))
        over = units if late > ON_TIME else 0.0
        self.waits[given] = seen + units, missed + over, days + over * late


def _of_wait(times: dict[float, float], request: Request) -> float:
    """What belongs to the days that whoever ordered gives; one where nothing does."""
    return times.get(round(request.due - request.day, WAIT_DIGITS), 1.0) if times else 1.0
