"""The levers of the what-if: which there are, where they stand, and the scenario they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.scenario.columns import DISTRIBUTIONS
from engine.scenario.scenario import Scenario
from engine.scenario.settings import Variant
from engine.scenario.variants import apply_variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One slider, in percent.

    Parameters
    ----------
    name : str
        Widget key and text key ``lever.<name>``.
    target : str
        Setting or column it changes.
    action : str
        ``set`` to a percentage, or ``scale`` by one.
    low, high, step : float
        Range of the slider.
    """

    name: str
    target: str
    action: Literal["set", "scale"]
    low: float
    high: float
    step: float


LEVERS = (
    Lever(name="holding_rate", target="holding_rate_per_year", action="set", low=0.0, high=60.0, step=0.5),
    Lever(name="demand_cv", target="demand_cv", action="scale", low=50.0, high=200.0, step=5.0),
    Lever(name="lead_time_target", target="lead_time_target_days", action="scale", low=25.0, high=200.0, step=5.0),
    Lever(name="late_cost", target="late_cost_per_unit_day", action="scale", low=25.0, high=400.0, step=5.0),
    Lever(name="capacity", target="resources.hours_per_week", action="scale", low=50.0, high=150.0, step=1.0),
    Lever(name="budget", target="inventory_budget", action="scale", low=25.0, high=200.0, step=1.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A scenario and the levers that were moved: everything an answer depends on.

    Parameters
    ----------
    scenario : str
        Name of the folder.
    moved : tuple of (str, float)
        Lever and its percentage, in the order of `LEVERS`, only where it differs from the scenario.
    """

    scenario: str
    moved: tuple[tuple[str, float], ...] = ()


def levers_of(scenario: Scenario) -> Iterator[Lever]:
    """The levers that would change something in this scenario."""
    for lever in LEVERS:
        if lever.name == "late_cost" and scenario.products["late_cost_per_unit_day"].isna().all():
            continue
        if lever.name == "demand_cv" and not _has_own_cv(scenario):
            continue
        if lever.name == "capacity" and scenario.resources.empty:
            continue
        if lever.name == "budget" and scenario.settings.inventory_budget is None:
            continue
        yield lever


def neutral(lever: Lever, scenario: Scenario) -> float:
    """Where the lever stands when nothing is changed."""
    if lever.action == "scale":
        return 100.0
    # A percentage as people write it: 0.29 x 100 would be 28.999999999999996.
    return round(scenario.settings.holding_rate_per_year * 100.0, 6)


def changed(scenario: Scenario, what_if: WhatIf) -> Scenario:
    """The scenario with the levers moved.

    Raises
    ------
    ScenarioError
        Where the levers lead to values that a scenario cannot have.
    """
    # The scenario's own named what-ifs may not fit the changed values, and are not asked for here.
    result = scenario.with_settings(variants={})
    by_name = {lever.name: lever for lever in LEVERS}
    for name, percent in what_if.moved:
        lever = by_name[name]
        where = {}
        if name == "demand_cv":
            # Poisson demand has the CV that its mean implies.
            present = set(scenario.products["distribution"]) - {"poisson"}
            where = {"distribution": [family for family in DISTRIBUTIONS if family in present]}
        change = {lever.target: percent / 100.0}
        result = apply_variant(result, Variant.model_validate({lever.action: change, "where": where}))
    return result


def _has_own_cv(scenario: Scenario) -> bool:
    return bool((scenario.products["distribution"] != "poisson").any())
