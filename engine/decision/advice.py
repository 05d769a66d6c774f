"""What to relax so that a plan exists: the elastic model's answer, made to hold first come first served."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from engine.decision.infeasible import conflicts, relaxed, short_of_budget, target_conflict
from engine.decision.least_inventory import least_inventory
from engine.decision.outcome import Conflict
from engine.economics.instance import Instance
from engine.scenario.scenario import Scenario

# Halvings of the targets' reduction.
_HALVINGS = 6


def advice(
    scenario: Scenario, instance: Instance, build: Callable[[Scenario], Instance], *, deadline: float | None = None
) -> tuple[Conflict, ...]:
    """The rules to relax, and by how much, so that a plan that serves in turn exists.

    Parts shared with hindsight need less stock than parts given out in turn: where a budget holds for the first alone,
    the targets named are lowered further, or the budget is.

    Parameters
    ----------
    scenario : Scenario
    instance : Instance
        Of the scenario; no plan keeps its rules.
    build : callable
        The instance of a scenario, with the same samples.
    deadline : float, optional
        No more is tried after it.

    Returns
    -------
    tuple of Conflict
    """
    stated = conflicts(instance)
    if instance.budget is None:
        return stated

    def missing(changes: tuple[Conflict, ...]) -> float:
        """Money by which the least inventory exceeds the budget after the changes."""
        changed = build(relaxed(scenario, changes))
        lean = least_inventory(changed, deadline=deadline)
        return float("inf") if lean is None else lean[1] - (changed.budget or 0.0)

    short = missing(stated)
    if short <= 0.0:
        return stated
    budget = next((c.needed for c in stated if c.rule == "C7"), instance.budget)
    others = tuple(c for c in stated if c.rule not in ("C6", "C7"))
    targets = tuple(c for c in stated if c.rule == "C6")
    kept = tuple(c for c in stated if c.rule != "C6")
    low, high, best = 0.0, 1.0, None
    for _ in range(_HALVINGS if targets else 0):
        if deadline is not None and time.perf_counter() >= deadline:
            break
        share = 0.0 if best is None else 0.5 * (low + high)
        tried = (*kept, *(target_conflict(instance, c.concerns[0], share * c.needed) for c in targets))
        if missing(tried) <= 0.0:
            low, best = share, tried
        elif best is None:
            break
        else:
            high = share
    if best is not None:
        return best
    if short < float("inf"):
        needed = replace(instance, budget=None)
        lean = least_inventory(needed, deadline=deadline)
        return (*others, *short_of_budget(instance, lean[1] if lean is not None else budget + short))
    return stated
