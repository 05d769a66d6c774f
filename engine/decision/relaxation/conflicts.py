"""Rules in conflict, each with the least value of its setting that would do; and what they come to when followed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from engine.decision.outcome import Conflict
from engine.decision.ties import limit_short
from engine.economics.instance import Instance, Integers
from engine.economics.optima.stock import least_stock
from engine.scenario.rounding import at_least, at_most
from engine.scenario.scenario import Scenario
from engine.words.reason import Reason

# So that a value typed as shown does, whatever the last digit of arithmetic.
_ROOM = 1.0 + 1e-6


def capacity_conflict(instance: Instance, g: int, hours: float) -> Conflict:
    """A resource that lacks hours.

    Parameters
    ----------
    instance : Instance
    g : int
        Number of the resource.
    hours : float
        Lacking at most, per bucket.
    """
    capacity = instance.capacity
    if capacity is None:
        raise ValueError("there is no capacity to lack")
    weekly = 7.0 / capacity.bucket_days
    return Conflict(
        rule="C5",
        concerns=(capacity.names[g],),
        reason=Reason(
            kind="hours", values={"resource": capacity.names[g], "hours": at_least(hours * weekly, digits=1)}
        ),
        setting="overtime_hours_per_week",
        needed=(float(capacity.overtime[g]) + hours) * weekly * _ROOM,
    )


def target_conflict(instance: Instance, product: str, reached: float) -> Conflict:
    """A product assembled to order that can be on time no more often than a share.

    Parameters
    ----------
    instance : Instance
    product : str
    reached : float
    """
    target = float(instance.on_time_target[instance.products.index(product)])
    shown = at_most(100.0 * reached, digits=1)
    return Conflict(
        rule="C6",
        concerns=(product,),
        reason=Reason(kind="target", values={"product": product, "reached": shown, "target": target}),
        setting="on_time_target",
        needed=reached,
    )


def budget_conflict(instance: Instance, needed: float) -> Conflict:
    """The inventory budget is below what is needed, money."""
    budget = instance.budget or 0.0
    return Conflict(
        rule="C7",
        concerns=(),
        reason=Reason(kind="budget", values={"budget": budget, "missing": at_least(needed - budget, digits=0)}),
        setting="inventory_budget",
        needed=needed * _ROOM,
    )


def changes_conflict(instance: Instance, needed: int) -> Conflict:
    """More products have to change than may."""
    return Conflict(
        rule="C8",
        concerns=_must_change(instance),
        reason=Reason(kind="changes", values={"most": instance.max_changes or 0, "needed": needed}),
        setting="max_changes",
        needed=float(needed),
    )


def family_conflict(instance: Instance, members: Integers) -> Conflict:
    """A family that no strategy can serve as a whole."""
    told = {str(why): why for (i, k), why in instance.dropped.items() if i in members and instance.ties.narrowed[i, k]}
    return Conflict(
        rule="C10",
        concerns=tuple(instance.products[i] for i in members.tolist()),
        reason=Reason(kind="one_strategy", values={"bars": tuple(told[words] for words in sorted(told))}),
        setting="one_strategy_per",
        needed=0.0,
    )


def limit_conflicts(instance: Instance, strategy: Integers) -> list[Conflict]:
    """Limits of a strategy that strategies exceed; one that holds per family as its worst family asks for."""
    limits, needed = instance.ties.limits, dict[tuple[str, str], tuple[int, int]]()
    taken = (limits.counted & (strategy == limits.strategy[:, None])).sum(axis=1).tolist()
    for row, count in enumerate(taken):
        if count > limits.most[row]:
            key = limits.name[row], "at_most"
            needed[key] = max(needed.get(key, (count, row)), (count, row))
        if count < limits.least[row]:
            key = limits.name[row], "at_least"
            needed[key] = min(needed.get(key, (count, row)), (count, row))
    return [
        Conflict(
            rule="C11",
            concerns=tuple(instance.products[i] for i in np.flatnonzero(limits.counted[row]).tolist()),
            reason=limit_short(limits, row, count),
            setting=f"limits.{name}.{end}",
            needed=float(count),
        )
        for (name, end), (count, row) in needed.items()
    ]


def _relaxed_limits(instance: Instance, conflict: Conflict) -> Instance:
    _, name, end = conflict.setting.split(".")
    limits = instance.ties.limits
    mine = np.array([label == name for label in limits.name], dtype=bool)
    most = np.where(mine & (end == "at_most"), conflict.needed, limits.most)
    least = np.where(mine & (end == "at_least"), conflict.needed, limits.least)
    wider = replace(limits, most=most, least=least)
    return replace(instance, ties=replace(instance.ties, limits=wider))


def _must_change(instance: Instance) -> tuple[str, ...]:
    """Products whose current strategy is not allowed."""
    rows = np.flatnonzero(instance.current >= 0)
    return tuple(instance.products[i] for i in rows if not instance.allowed[i, instance.current[i]])


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
    limits = dict(scenario.settings.limits)
    for conflict in conflicts:
        if conflict.rule == "C10":
            settings[conflict.setting] = None
            continue
        if conflict.rule == "C11":
            _, name, end = conflict.setting.split(".")
            limits[name] = limits[name].model_copy(update={end: int(conflict.needed)})
            settings["limits"] = limits
            continue
        if conflict.setting in ("inventory_budget", "max_changes"):
            whole = conflict.setting == "max_changes"
            settings[conflict.setting] = int(conflict.needed) if whole else conflict.needed
            continue
        table, key = ("resources", "resource") if conflict.rule == "C5" else ("products", "product")
        frames[table].loc[frames[table][key].isin(conflict.concerns), conflict.setting] = conflict.needed
    return replace(scenario, products=frames["products"], resources=frames["resources"]).with_settings(**settings)


def relaxed_instance(instance: Instance, conflicts: Iterable[Conflict]) -> Instance:
    """The same in numbers; strategies that a lower target would allow again stay out.

    Parameters
    ----------
    instance : Instance
    conflicts : iterable of Conflict
    """
    for conflict in conflicts:
        if conflict.rule == "C5" and instance.capacity is not None:
            capacity = instance.capacity
            overtime = capacity.overtime.copy()
            overtime[[capacity.names.index(name) for name in conflict.concerns]] = (
                conflict.needed * capacity.bucket_days / 7.0
            )
            instance = replace(instance, capacity=replace(capacity, overtime=overtime))
        elif conflict.rule == "C6":
            instance = _with_target(instance, conflict.concerns, conflict.needed)
        elif conflict.rule == "C7":
            instance = replace(instance, budget=conflict.needed)
        elif conflict.rule == "C8":
            instance = replace(instance, max_changes=int(conflict.needed))
        elif conflict.rule == "C11":
            instance = _relaxed_limits(instance, conflict)
    return instance


def _with_target(instance: Instance, products: Iterable[str], target: float) -> Instance:
    targets, least = instance.on_time_target.copy(), instance.stock.least.copy()
    for i in (instance.products.index(name) for name in products):
        targets[i] = target
        if np.isfinite(least[i]):
            least[i] = least_stock(instance.stock, i, target=target) if target > 0.0 else -np.inf
    return replace(instance, on_time_target=targets, stock=replace(instance.stock, least=least))
