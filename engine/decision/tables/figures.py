"""The figures that a plan is known by: cost, inventory, on time, lead time."""

from __future__ import annotations

import numpy as np

from engine.decision.plan import Plan
from engine.demand.streams import Array

FIGURES = ("cost_per_year", "inventory_value", "on_time", "lead_time_days")


def plan_figures(plan: Plan, demand: Array) -> dict[str, float]:
    """The `FIGURES` of a plan.

    Parameters
    ----------
    plan : Plan
    demand : shape (I,)
        Units in any unit of time: every unit sold counts the same in on_time and lead_time_days.
    """
    means = {
        name: float(np.average(plan.decisions[name].to_numpy(dtype=float), weights=demand)) for name in FIGURES[2:]
    }
    inventory = float(plan.summary["inventory_value"])
    return {"cost_per_year": plan.objective_per_year, "inventory_value": inventory, **means}
