"""Measures of a whole plan."""

from __future__ import annotations

from engine.decision.plan import Plan
from engine.decision.tables.figures import plan_figures
from engine.demand.streams import Array
from engine.scenario.scenario import Scenario


def inventory(plan: Plan) -> float:
    """Average value of finished goods and parts in stock."""
    return float(plan.summary["inventory_value"])


def on_time(plan: Plan, scenario: Scenario) -> float:
    """Share of the units sold that come within their target."""
    return plan_figures(plan, _demand(scenario))["on_time"]


def lead_time(plan: Plan, scenario: Scenario) -> float:
    """Mean days from order to delivery over the units sold."""
    return plan_figures(plan, _demand(scenario))["lead_time_days"]


def _demand(scenario: Scenario) -> Array:
    return scenario.products["demand_per_week"].to_numpy(dtype=float)
