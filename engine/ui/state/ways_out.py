"""Where no plan keeps the rules: the inputs nearest to these that have one, rule by rule, from the engine's advice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import EngineError
from engine.scenario.rules import COUPLING
from engine.scenario.scenario import Scenario
from engine.ui.state.levers import (
    BY_NAME,
    NO_LIMIT_WEEKS,
    Lever,
    LeverState,
    changed,
    highest,
    neutral,
    weekly_sales_at_cost,
    with_lever,
)

# A position that is on a step but for rounding stays there.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A change of the inputs.

    Parameters
    ----------
    kind : str
        ``lever``, ``unlock`` or ``all`` (the others together).
    lever : str
        Name of the lever; '' for others.
    position : float
        Where it goes.
    product : str
        That is unlocked; '' for others.
    what_if : LeverState
        The inputs after it.
    """

    kind: str
    lever: str = ""
    position: float = math.nan
    product: str = ""
    what_if: LeverState


def ways_out(what_if: LeverState, given: Scenario, conflicts: Iterable[Mapping[str, Any]]) -> list[WayOut]:
    """What can be done with the inputs of the page, each way by itself, then all together where that takes several.

    Parameters
    ----------
    what_if : LeverState
    given : Scenario
        What the levers start from.
    conflicts : iterable of mapping
        As `engine.decision.outcome.Conflict`: what is advised holds for all of them together.
    """
    ways: list[WayOut] = []
    for conflict in conflicts:
        for way in _ways(what_if, given, conflict):
            if all((way.lever, way.product) != (other.lever, other.product) for other in ways):
                ways.append(way)
    if len(ways) > 1:
        together = what_if
        for way in ways:
            if way.product:
                together = _unlocked(together, way.product)
            else:
                together = with_lever(together, way.lever, way.position, given)
        ways.append(WayOut(kind="all", what_if=together))
    return ways


def ways_out_of_faults(what_if: LeverState, given: Scenario) -> list[WayOut]:
    """What can be done where the inputs lead to values that a scenario cannot have, each way by itself.

    A lever goes back towards the scenario's own value no further than it has to, by halving; a lock is lifted.

    Parameters
    ----------
    what_if : LeverState
    given : Scenario
        What the levers start from.
    """
    ways = []
    for name, position in what_if.moved:
        lever = BY_NAME[name]
        start = neutral(lever, given, what_if.family if lever.by_product else "")
        if not _possible(with_lever(what_if, name, start, given), given):
            continue
        # Whole steps from the scenario's own value: so many are possible, so many are not.
        good, bad = 0, max(round(abs(position - start) / lever.step), 1)
        towards = lever.step if position > start else -lever.step
        while bad - good > 1:
            middle = (good + bad) // 2
            there = _possible(with_lever(what_if, name, start + middle * towards, given), given)
            good, bad = (middle, bad) if there else (good, middle)
        ways += _lever(what_if, given, name, start + good * towards)
    lifted = [_unlock(what_if, lock.product) for lock in what_if.locks]
    return ways + [way for way in lifted if _possible(way.what_if, given)]


def _possible(what_if: LeverState, given: Scenario) -> bool:
    """Whether inputs lead to values that a scenario can have."""
    try:
        changed(given, what_if)
    except EngineError:
        return False
    return True


def _ways(what_if: LeverState, given: Scenario, conflict: Mapping[str, Any]) -> list[WayOut]:
    rule, needed, concerns = str(conflict["rule"]), float(conflict["needed"]), [str(n) for n in conflict["concerns"]]
    if rule == "C7":
        return _lever(what_if, given, *_budget(given, needed))
    if rule == "C5":
        hours = given.resources.set_index("resource").loc[concerns]
        # Hours that overtime lacks, as regular ones: a lever scales all resources alike.
        lacking = needed - hours["overtime_hours_per_week"].fillna(0.0).astype(float)
        scale = dict(what_if.moved).get("capacity", 100.0) + 100.0 * float((lacking / hours["hours_per_week"]).max())
        return _lever(what_if, given, "capacity", _up(scale, BY_NAME["capacity"]))
    ways = [_unlock(what_if, lock.product) for lock in what_if.locks
            if lock.product in concerns or rule in COUPLING]  # fmt: skip
    if rule == "C8" and "switches" in dict(what_if.moved):
        return [*_lever(what_if, given, "switches", needed), *ways]
    if rule == "C6" and "on_time" in dict(what_if.moved):
        lever, lowest = BY_NAME["on_time"], neutral(BY_NAME["on_time"], given, what_if.family)
        position = _down(100.0 * needed, lever) if needed > 0.0 else lowest
        return [*_lever(what_if, given, "on_time", position), *ways]
    return ways


def _budget(given: Scenario, needed: float) -> tuple[str, float]:
    """The lever that says the budget, and the least step of it that is enough."""
    budget = given.settings.inventory_budget
    if budget is not None:
        return "budget", _up(100.0 * needed / budget if budget > 0.0 else math.inf, BY_NAME["budget"])
    return "budget_weeks", _up(needed / max(weekly_sales_at_cost(given), 1e-9), BY_NAME["budget_weeks"])


def _lever(what_if: LeverState, given: Scenario, name: str, position: float) -> list[WayOut]:
    """The way by one lever; none where it does not reach so far, unless its end means no limit."""
    lever = BY_NAME[name]
    if lever.action == "weeks":
        position = min(position, NO_LIMIT_WEEKS)
    if not lever.low <= position <= highest(lever, given):
        return []
    return [WayOut(kind="lever", lever=name, position=position, what_if=with_lever(what_if, name, position, given))]


def _unlock(what_if: LeverState, product: str) -> WayOut:
    return WayOut(kind="unlock", product=product, what_if=_unlocked(what_if, product))


def _unlocked(what_if: LeverState, product: str) -> LeverState:
    return replace(what_if, locks=tuple(lock for lock in what_if.locks if lock.product != product))


def _up(position: float, lever: Lever) -> float:
    """The next step of a lever that is no less."""
    if not math.isfinite(position):
        return position
    return lever.low + lever.step * math.ceil((position - lever.low) / lever.step - _ROUNDING)


def _down(position: float, lever: Lever) -> float:
    """The next step of a lever that is no more."""
    return lever.low + lever.step * math.floor((position - lever.low) / lever.step + _ROUNDING)
