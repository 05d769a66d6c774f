"""What is told of a plan: notices of its scenario, and of what it promises."""

from __future__ import annotations

from engine.decision.tables.attribution import Attribution
from engine.decision.tables.optimism import promises_short, risk_thin
from engine.economics.exposure.steep import steep_seasons
from engine.economics.instance import Instance
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse


def plan_notices(
    scenario: Scenario, instance: Instance, recourse: Recourse, attribution: Attribution
) -> list[dict[str, object]]:
    """Notices as ``summary.json`` holds them: those of the scenario first.

    Parameters
    ----------
    scenario : Scenario
    instance, recourse, attribution
        The plan, as of `attribute`.
    """
    short = promises_short(instance, recourse, attribution, scenario.settings.currency)
    told = (*steep_seasons(scenario), *short, *risk_thin(instance))
    return [one.as_dict() for one in scenario.with_notices(told).notices]
