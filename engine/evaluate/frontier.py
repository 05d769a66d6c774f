"""Frontiers: what less inventory, a shorter promise or better service costs, plan by plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.infeasible import unserved
from engine.decision.solve import DEFAULT_GAP
from engine.demand.complete import complete
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.draw import SampleCache
from engine.errors import EngineError
from engine.evaluate.assess import Assessed, assess
from engine.evaluate.redecide import Redecided, decided, redecide
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario

# Shortest and longest promise looked at, as multiples of the targets given.
_PROMISES = (0.25, 1.75)
_MOST_ON_TIME = 0.99
_SAME = 1e-9
# Products without a strategy that are named.
_CONFLICTS = 2
COLUMNS = (
    "point", "limit", "cost_per_year", "bound_per_year", "inventory_value", "promised_lead_time_days", "on_time",
    *STRATEGIES, "marginal_cost", "kept", "reason",
)  # fmt: skip


class By(StrEnum):
    """What is traded against cost."""

    INVENTORY = "inventory"
    LEAD_TIME = "lead_time"
    ON_TIME = "on_time"


_NO_WORSE = {
    By.INVENTORY: "holds no more", By.LEAD_TIME: "promises no more days", By.ON_TIME: "is on time as often",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Plans of which none is worse than another in both respects.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per limit, loosest first; `kept` is False where another plan is at least as good in both respects or no
        plan keeps the rules, and `reason` says which. `marginal_cost` is the cost of one more unit (of money not in
        stock, of a day less, of a whole share on time) since the kept point before.
    switches : pandas.DataFrame
        Products whose strategy differs between neighbouring kept points.
    summary : dict
    """

    points: pd.DataFrame
    switches: pd.DataFrame
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """One plan, or that there is none and which rule leaves none."""

    number: int
    limit: float
    promise: float
    assessed: Assessed | None
    bound: float
    why: str = ""

    def better(self, by: By) -> float:
        """What is traded, so that less is better; infinite without a plan."""
        if self.assessed is None:
            return float("inf")
        values = {
            By.INVENTORY: self.assessed.inventory_value, By.LEAD_TIME: self.promise, By.ON_TIME: -self.assessed.on_time,
        }  # fmt: skip
        return values[by]


def frontier(
    scenario: Scenario,
    *,
    by: By | str,
    points: int = 8,
    gap: float = DEFAULT_GAP,
    samples: int | None = None,
    seed: int | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> Frontier:
    """Trade cost against inventory, promise or service; Ctrl-C ends it, and the points found by then are kept.

    By inventory, the budget falls from what the cheapest plan holds, in even steps. By lead time, all targets are
    scaled together, down to delivery at least. By on-time share, every product's target is at least a level that
    rises from what the cheapest plan reaches.

    Parameters
    ----------
    scenario : Scenario
        Checked. Its own budget is set aside by inventory.
    by : By or str
        ``inventory``, ``lead_time`` or ``on_time``.
    points : int
        Limits tried, 2 or more.
    gap : float
        Relative gap to which every point is decided; differences below it mean nothing.
    samples, seed : int, optional
        In place of the scenario's own.
    log : callable
        Takes one line of progress at a time.

    Raises
    ------
    EngineError
        Where there are fewer than two points, nothing of that name to trade, or no plan to start from.
    """
    began = time.perf_counter()
    if by not in list(By):
        raise EngineError(f"there is no frontier by '{by}'; {', '.join(By)} are known")
    by = By(by)
    if points < 2:
        raise EngineError("a frontier needs two points or more")
    scenario = complete(scenario)
    given = scenario.with_settings(inventory_budget=None) if by is By.INVENTORY else scenario
    cache = SampleCache()
    first = redecide(given, gap=gap, samples=samples, seed=seed, cache=cache)
    first = decided(first, given, samples=samples, seed=seed, cache=cache)
    base = assess(first.instance, first.recourse)
    found: list[_Point] = []
    start = first.recourse.strategy
    for number, limit in enumerate(_limits(by, points, base), start=1):
        changed = _limited(given, by, float(limit))
        answer: Redecided | None = first
        why = ""
        try:
            if number > 1 or by is By.LEAD_TIME:
                answer = redecide(changed, gap=gap, samples=samples, seed=seed, cache=cache, start=start)
            if answer is None:
                alone = unserved(build_instance(changed, samples=samples, seed=seed, cache=cache))
                why = _conflict(by, float(limit), [conflict.message for conflict in alone])
        except KeyboardInterrupt:
            if not found:
                raise
            break
        assessed = None if answer is None else assess(answer.instance, answer.recourse)
        bound = np.nan if answer is None else answer.bound
        if assessed is not None:
            start = assessed.recourse.strategy
        promise = _promise(changed)
        found.append(
            _Point(number=number, limit=float(limit), promise=promise, assessed=assessed, bound=bound, why=why)
        )
        log(f"point {number} of {points}: {'no plan' if assessed is None else f'{assessed.cost:,.0f}'}")
    reasons = [_reason(point, found, by) for point in found]
    kept = [point for point, reason in zip(found, reasons, strict=True) if not reason]
    return Frontier(
        points=_table(found, reasons, kept, by),
        switches=_switches(kept),
        summary={
            "scenario": scenario.name,
            "currency": scenario.settings.currency,
            "status": "solved" if len(found) == points else "stopped",
            "by": by.value,
            "points": points,
            "points_done": len(found),
            "kept": len(kept),
            "gap": gap,
            "samples": first.instance.samples,
            "seed": scenario.settings.seed if seed is None else seed,
            "seconds": round(time.perf_counter() - began, 3),
            "input_sha256": scenario.digest(),
        },
    )


def _conflict(by: By, limit: float, alone: list[str]) -> str:
    """The rule that leaves no plan: the limit, for it is all that changed, and products that it leaves no strategy.

    By how much the limit is short, as `solve` tells it, takes a program of its own that is solved longer than all
    points together.
    """
    rule = {
        By.INVENTORY: f"the inventory budget (C7) of {limit:,.0f} is too small for the other rules",
        By.LEAD_TIME: f"lead-time targets of {limit:.0%} of today's are too short for the other rules",
        By.ON_TIME: f"the on-time target (C6) of {limit:.1%} is too high for the other rules",
    }[by]
    more = f"; and {len(alone) - _CONFLICTS} more" if len(alone) > _CONFLICTS else ""
    return "; ".join([rule, *alone[:_CONFLICTS]]) + more


def _limits(by: By, points: int, base: Assessed) -> Array:
    """Limits, loosest first."""
    if by is By.INVENTORY:
        return base.inventory_value * np.arange(points, 0, -1) / points
    if by is By.LEAD_TIME:
        return np.linspace(_PROMISES[1], _PROMISES[0], points)
    return np.linspace(min(base.on_time, _MOST_ON_TIME), _MOST_ON_TIME, points)


def _limited(scenario: Scenario, by: By, limit: float) -> Scenario:
    products = scenario.products
    if by is By.INVENTORY:
        return scenario.with_settings(inventory_budget=limit)
    if by is By.LEAD_TIME:
        scaled = np.maximum(products["lead_time_target_days"] * limit, products["delivery_days"])
        return replace(scenario, products=products.assign(lead_time_target_days=scaled))
    everyone = scenario.settings.on_time_target or 0.0
    least = np.maximum(products["on_time_target"].fillna(everyone), limit)
    return replace(scenario, products=products.assign(on_time_target=least))


def _promise(scenario: Scenario) -> float:
    """Mean lead-time target of a unit, days."""
    demand = scenario.products["demand_per_week"].to_numpy(dtype=float)
    return float(np.average(scenario.products["lead_time_target_days"].to_numpy(dtype=float), weights=demand))


def _reason(point: _Point, points: list[_Point], by: By) -> str:
    """Why a point is no part of the frontier; empty where it is."""
    if point.assessed is None:
        return f"no plan keeps the rules at this limit: {point.why}"
    cost, own = point.assessed.cost, point.better(by)
    for other in points:
        if other is point or other.assessed is None:
            continue
        cheaper, better = cost - other.assessed.cost, own - other.better(by)
        near, close = _SAME * max(abs(cost), 1.0), _SAME * max(abs(own), 1.0)
        if abs(cheaper) <= near and abs(better) <= close:
            if other.number < point.number:
                return f"the same as point {other.number}"
        elif cheaper >= -near and better >= -close:
            return f"point {other.number} costs no more and {_NO_WORSE[by]}"
    return ""


def _table(found: list[_Point], reasons: list[str], kept: list[_Point], by: By) -> pd.DataFrame:
    rows = []
    before: _Point | None = None
    for point, reason in zip(found, reasons, strict=True):
        row: dict[str, object] = {
            "point": point.number, "limit": point.limit, "promised_lead_time_days": point.promise,
            "kept": not reason, "reason": reason,
        }  # fmt: skip
        of = point.assessed
        if of is not None:
            strategy = of.recourse.strategy
            row |= {name: int((strategy == k).sum()) for k, name in enumerate(STRATEGIES)}
            row |= {
                "cost_per_year": of.cost, "bound_per_year": point.bound, "inventory_value": of.inventory_value,
                "on_time": of.on_time,
            }  # fmt: skip
        if point in kept:
            if before is not None and before.assessed is not None and of is not None:
                gained = before.better(by) - point.better(by)
                row["marginal_cost"] = (of.cost - before.assessed.cost) / gained
            before = point
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    counts = list(STRATEGIES)
    table[counts] = table[counts].astype("Int64")
    return table


def _switches(kept: list[_Point]) -> pd.DataFrame:
    rows = []
    for before, after in pairwise(kept):
        if before.assessed is None or after.assessed is None:
            continue
        old, new = before.assessed.recourse.strategy, after.assessed.recourse.strategy
        costs = before.assessed.attribution.cost, after.assessed.attribution.cost
        rows += [
            {
                "from_point": before.number, "to_point": after.number,
                "product": before.assessed.instance.products[i], "strategy_from": STRATEGIES[old[i]],
                "strategy_to": STRATEGIES[new[i]], "cost_from_per_year": costs[0][i], "cost_to_per_year": costs[1][i],
            }
            for i in np.flatnonzero(old != new).tolist()
        ]  # fmt: skip
    columns = ["from_point", "to_point", "product", "strategy_from", "strategy_to", "cost_from_per_year",
               "cost_to_per_year"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
