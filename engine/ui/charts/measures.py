"""Measures of a whole plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.scenario.scenario import Scenario


def inventory(plan: Plan) -> float:
    """Average value of finished goods and parts in stock."""
    return float(plan.summary["inventory_value"])


def on_time(plan: Plan, scenario: Scenario) -> float:
    """Share of the units sold that come within their target."""
    return _weighted(plan.decisions["on_time"], scenario)


def lead_time(plan: Plan, scenario: Scenario) -> float:
    """Mean days from order to delivery over the units sold."""
    return _weighted(plan.decisions["lead_time_days"], scenario)


def _weighted(values: pd.Series, scenario: Scenario) -> float:
    # Every unit counts the same, as in the figures for the customer.
    weight = scenario.products["demand_per_week"].to_numpy(dtype=float)
    return float(np.average(values.to_numpy(dtype=float), weights=weight))
