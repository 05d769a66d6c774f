"""A goal in the reader's words as positions of the levers, so that adopting it sets them exactly."""

from __future__ import annotations

from engine.evaluate.studies.goals import Goal
from engine.scenario.scenario import Scenario
from engine.ui.state.levers import BUDGETS, BY_NAME, LeverState, budget_unit, levers_of, with_lever


def levers_for(goal: Goal, what_if: LeverState, given: Scenario, today: float) -> LeverState:
    """The inputs with the levers where a goal has them; the others stay.

    Parameters
    ----------
    goal : Goal
    what_if : LeverState
        The inputs of the page.
    given : Scenario
        What the levers start from.
    today : float
        Inventory value of today's strategies.
    """
    offered = {lever.name for lever in levers_of(given)}
    wanted: dict[str, float] = {}
    budget = goal.budget(today)
    if budget is not None:
        name = next(name for name in BUDGETS if name in offered)
        unit = budget_unit(BY_NAME[name], given)
        # As a link writes it.
        wanted[name] = float(f"{budget / unit:.10g}") if unit else 0.0
    if goal.on_time is not None:
        wanted["on_time"] = round(100.0 * goal.on_time, 6)
    if goal.most_switches is not None and "switches" in offered:
        wanted["switches"] = float(goal.most_switches)
    for name, position in wanted.items():
        what_if = with_lever(what_if, name, position, given)
    return what_if
