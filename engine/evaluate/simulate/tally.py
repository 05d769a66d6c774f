"""What happens to a good, counted while the clock runs."""

from __future__ import annotations

# Floating point: goods that are ready this much after they were due are on time.
ON_TIME = 1e-6

# Lead times are counted to a hundredth of a day.
LEAD_DIGITS = 2


class Request:
    """An order on its way to the customer, delivered in one piece or several."""

    __slots__ = ("day", "due", "late", "left")

    def __init__(self, day: float, due: float, units: float) -> None:
        self.day = day
        self.due = due
        self.left = units
        self.late = False


class Tally:
    """Counts of one good since the last reset.

    Parameters
    ----------
    delivery_days : float
    review_days : float
        Length of the cycle at whose end late units are counted; zero counts them all the time.
    """

    __slots__ = (
        "delivery_days", "late_unit_days", "late_units", "leads", "orders", "orders_on_time", "overrun_units",
        "review_days", "units",
    )  # fmt: skip

    def __init__(self, delivery_days: float, review_days: float) -> None:
        self.delivery_days = delivery_days
        self.review_days = review_days
        self.leads: dict[float, float] = {}
        self.reset()

    def reset(self) -> None:
        """Start counting anew; lead times are kept over the whole run."""
        self.units = self.late_units = self.late_unit_days = self.overrun_units = 0.0
        self.orders = self.orders_on_time = 0

    def deliver(self, request: Request, units: float, ready: float) -> None:
        """Units of an order leave: on the due date, or when they are ready if that is later."""
        due = request.due
        late = ready - due
        self.units += units
        if late > ON_TIME:
            self.late_units += units
            if self.review_days > 0.0:
                cycles = (ready + ON_TIME) // self.review_days - (due + ON_TIME) // self.review_days
                self.late_unit_days += units * cycles * self.review_days
            else:
                self.late_unit_days += units * late
            request.late = True
            lead = round(ready - request.day + self.delivery_days, LEAD_DIGITS)
        else:
            lead = round(due - request.day + self.delivery_days, LEAD_DIGITS)
        self.leads[lead] = self.leads.get(lead, 0.0) + units
        request.left -= units
        if request.left <= 1e-9:
            self.orders += 1
            self.orders_on_time += not request.late
