"""Why no plan keeps all rules: the elastic model tells which rules conflict and the least relaxation of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from engine.decision.outcome import Conflict, Infeasible
from engine.economics.instance import Instance
from engine.errors import EngineError
from engine.model.build import build_model
from engine.program.highs import Solver, compile_model
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario

_TOLERANCE = 1e-6
_ROOM = 1.0 + 1e-6


def infeasible(instance: Instance) -> Infeasible:
    """The reasons why an instance that no plan satisfies has none."""
    return Infeasible(conflicts=unserved(instance) or conflicts(instance))


def unserved(instance: Instance) -> tuple[Conflict, ...]:
    """Products that no strategy can serve by itself: on-time target, shelf life and times leave none."""
    found = []
    for i in np.flatnonzero(~instance.allowed.any(axis=1)).tolist():
        why = "; ".join(f"{STRATEGIES[k]}: {text}" for (j, k), text in sorted(instance.dropped.items()) if j == i)
        found.append(
            Conflict(
                rule="C6",
                concerns=(instance.products[i],),
                message=f"'{instance.products[i]}' has no strategy left ({why}); lower its target or allow others",
                setting="on_time_target",
                needed=0.0,
            )
        )
    return tuple(found)


def conflicts(instance: Instance) -> tuple[Conflict, ...]:
    """Solve the elastic model and read the excess of every rule.

    The total excess, each rule relative to its own limit, is least; relaxing the named settings to the values given
    makes the scenario feasible.
    """
    model = build_model(instance, elastic=True)
    program = compile_model(model)
    answer = Solver(program).solve(gap=1e-4, time_limit=60.0)
    if answer.values is None:
        raise EngineError("no plan keeps the rules, and no relaxation of capacity, targets, budget or changes helps")

    def excess(name: str) -> dict[Any, float]:
        values = {}
        variable = getattr(model, f"{name}_excess", None)
        for index, data in variable.items() if variable is not None else ():
            column = program.columns.get(id(data))
            if column is not None and answer.values is not None and answer.values[column] > _TOLERANCE:
                values[index] = float(answer.values[column])
        return values

    found = [*_capacity(instance, excess("C5")), *_targets(instance, excess("C6"))]
    for amount in excess("C7").values():
        found += short_of_budget(instance, (instance.budget or 0.0) + amount)
    if instance.max_changes is not None:
        for amount in excess("C8").values():
            needed = instance.max_changes + int(np.ceil(amount - _TOLERANCE))
            found.append(
                Conflict(
                    rule="C8",
                    concerns=_must_change(instance),
                    message=f"max_changes is {instance.max_changes}, at least {needed} are needed",
                    setting="max_changes",
                    needed=float(needed),
                )
            )
    return tuple(found)


def short_of_budget(instance: Instance, needed: float) -> tuple[Conflict, ...]:
    """The inventory budget is below what is needed, money."""
    budget = instance.budget or 0.0
    return (
        Conflict(
            rule="C7",
            concerns=(),
            message=f"the inventory budget {budget:,.0f} is short by {needed - budget:,.0f}",
            setting="inventory_budget",
            needed=needed * _ROOM,
        ),
    )


def _capacity(instance: Instance, excess: dict[Any, float]) -> list[Conflict]:
    capacity = instance.capacity
    if capacity is None:
        return []
    worst: dict[int, float] = {}
    for (g, _), hours in excess.items():
        worst[g] = max(worst.get(g, 0.0), hours)
    weekly = 7.0 / capacity.bucket_days
    return [
        Conflict(
            rule="C5",
            concerns=(capacity.names[g],),
            message=(
                f"resource '{capacity.names[g]}' lacks up to {hours * weekly:,.1f} hours a week beyond regular hours "
                "and overtime; more overtime, or an outsourcing cost, would do"
            ),
            setting="overtime_hours_per_week",
            needed=(float(capacity.overtime[g]) + hours) * weekly * _ROOM,
        )
        for g, hours in sorted(worst.items())
    ]


def _targets(instance: Instance, excess: dict[Any, float]) -> list[Conflict]:
    found = []
    for i, late in excess.items():
        reached = max(0.0, float(instance.on_time_target[i]) - late / float(instance.rate[i]))
        found.append(target_conflict(instance, instance.products[i], max(0.0, reached - 1e-6)))
    return found


def target_conflict(instance: Instance, product: str, reached: float) -> Conflict:
    """A product assembled to order that can be on time no more often than a share.

    Parameters
    ----------
    instance : Instance
    product : str
    reached : float
    """
    target = float(instance.on_time_target[instance.products.index(product)])
    return Conflict(
        rule="C6",
        concerns=(product,),
        message=f"'{product}' assembled to order reaches {reached:.1%} on time, target {target:.1%}",
        setting="on_time_target",
        needed=reached,
    )


def relaxed(scenario: Scenario, conflicts: Iterable[Conflict]) -> Scenario:
    """The scenario with every setting that conflicts name at the value they call for.

    Parameters
    ----------
    scenario : Scenario
    conflicts : iterable of Conflict

    Returns
    -------
    Scenario
    """
    frames = {"products": scenario.products.copy(), "resources": scenario.resources.copy()}
    settings: dict[str, object] = {}
    for conflict in conflicts:
        if conflict.setting in ("inventory_budget", "max_changes"):
            whole = conflict.setting == "max_changes"
            settings[conflict.setting] = int(conflict.needed) if whole else conflict.needed
            continue
        table, key = ("resources", "resource") if conflict.rule == "C5" else ("products", "product")
        frames[table].loc[frames[table][key].isin(conflict.concerns), conflict.setting] = conflict.needed
    return replace(scenario, products=frames["products"], resources=frames["resources"]).with_settings(**settings)


def _must_change(instance: Instance) -> tuple[str, ...]:
    """Products whose current strategy is not allowed."""
    known = np.flatnonzero(instance.current >= 0)
    return tuple(instance.products[i] for i in known if not instance.allowed[i, instance.current[i]])
