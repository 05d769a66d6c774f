"""How many weeks of demand a stock covers, before demand is known."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario


def exposed_weeks(scenario: Scenario) -> tuple[Array, Array]:
    """Weeks of orders that are not yet covered by supply, and how many of them the customer waits.

    Replenishment, delivery and half a review, the mean of LT + u(LT) over time; the wait is the lead-time target.
    The longest part and assembly are as long where products give no other times, so that it is the exposure of parts,
    too.

    Parameters
    ----------
    scenario : Scenario
        Demand columns may be blank.

    Returns
    -------
    exposed, waits : numpy.ndarray, shape (products,)
        Weeks; a blank target is NaN.
    """
    products = scenario.products
    delivery, target = (
        products[name].to_numpy(dtype=np.float64) for name in ("delivery_days", "lead_time_target_days")
    )
    days = derive(scenario).replenishment_days + delivery + 0.5 * scenario.settings.review_days
    return days / 7.0, target / 7.0
