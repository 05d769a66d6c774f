"""Measures of a whole plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.scenario.scenario import Scenario
from engine.solve.plan import Plan


def inventory(plan: Plan) -> float:
    """Average value of finished goods and parts in stock."""
    return float(plan.summary["inventory_value"])


def on_time(plan: Plan, scenario: Scenario) -> float:
    """Share of sales (at cost) delivered within the target."""
    return _weighted(plan.decisions["on_time"], scenario)


def lead_time(plan: Plan, scenario: Scenario) -> float:
    """Mean days from order to delivery, by sales at cost."""
    return _weighted(plan.decisions["lead_time_days"], scenario)


def _weighted(values: pd.Series, scenario: Scenario) -> float:
    products = scenario.products
    weight = (products["demand_per_week"] * products["unit_cost"]).to_numpy(dtype=float)
    weight = weight if weight.sum() > 0.0 else np.ones(len(weight))
    return float(np.average(values.to_numpy(dtype=float), weights=weight))
