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

from engine.decision.relaxation.infeasible import unserved
from engine.decision.relaxation.least_inventory import least_inventory
from engine.decision.settling.budget_prices import BudgetPrices
from engine.decision.solve import DEFAULT_GAP
from engine.demand.fitting.complete import complete
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Integers
from engine.errors import EngineError
from engine.evaluate.studies.assess import Assessed, assess
from engine.evaluate.studies.redecide import Redecided, decided, redecide, redecide_within
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse
from engine.words.reason import cause

# Shortest and longest promise looked at, as multiples of the targets given.
_PROMISES = (0.25, 1.75)
_MOST_ON_TIME = 0.99
_SAME = 1e-9
# Points next to the plan are decided to this gap, roughly: a proof and moves as of a plan take ten times as long, and a
# point that is adopted is proven as any other plan.
POINT_GAP = 1e-2
# Products without a strategy that are named.
_CONFLICTS = 2
COLUMNS = (
    "point", "plan", "limit", "cost_per_year", "bound_per_year", "inventory_value", "promised_lead_time_days",
    "on_time", "gap", "rough", *STRATEGIES, "marginal_cost", "kept", "reason",
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
        One row per limit, loosest first. `plan` marks the plan of the scenario as it is, to the last digit what `solve`
        makes of it, and `gap` is what is proven of each point; `rough` ones might cost
        less once decided as a plan is; `kept` is False where another plan is at least as good
        in both respects or no plan keeps the rules, and `reason` says which. `marginal_cost` is the cost of one more
        unit (of money not in stock, of a day less, of a whole share on time) since the kept point before.
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
    answer: Redecided | None
    plan: bool
    rough: bool
    why: str

    def __str__(self) -> str:
        return "no plan" if self.assessed is None else f"{self.assessed.cost:,.0f}"

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
    point_gap: float = POINT_GAP,
    samples: int | None = None,
    seed: int | None = None,
    log: Callable[[str], None] = lambda _: None,
    so_far: Callable[[Frontier], None] = lambda _: None,
) -> Frontier:
    """Trade cost against inventory, promise or service; Ctrl-C ends it, and the points found by then are kept.

    By inventory, the budget falls in even steps from what the cheapest plan holds towards the least that any plan can
    hold, which is looked for once. By lead time, all targets are scaled together, down to delivery at least. By
    on-time share, every product's target is at least a level that rises from what the cheapest plan reaches. The plan
    of the scenario as it is, its own budget among its rules, is one of the points.

    Parameters
    ----------
    scenario : Scenario
        Checked. By inventory its own budget holds for its own plan alone.
    by : By or str
        ``inventory``, ``lead_time`` or ``on_time``.
    points : int
        Limits tried, 2 or more.
    gap : float
        Relative gap to which the scenario's own plan is decided, as by `solve`.
    point_gap : float
        The same of the other points; differences below it mean nothing. Where it is wider than that of `solve` by
        default, they are rough: no single products are moved first come first served.
    samples, seed : int, optional
        In place of the scenario's own.
    log : callable
        Takes one line of progress at a time.
    so_far : callable
        Takes what would be returned if it ended there, after every point.

    Raises
    ------
    EngineError
        Where there are fewer than two points, nothing of that name to trade, or no plan to start from.
    """
    began = time.perf_counter()
    if by not in list(By):
        raise EngineError(cause("frontier_by", by=str(by), known=", ".join(By)))
    by = By(by)
    if points < 2:
        raise EngineError(cause("frontier_points"))
    scenario = complete(scenario)
    asked = _Asked(samples=samples, seed=seed, cache=SampleCache())
    rough = point_gap > DEFAULT_GAP
    plan = decided(asked.decide(scenario, gap=gap), scenario, samples=samples, seed=seed, cache=asked.cache)
    start = plan.recourse.strategy
    given, loosest = scenario, plan
    if by is By.INVENTORY and scenario.settings.inventory_budget is not None:
        given = scenario.with_settings(inventory_budget=None)
        loosest = decided(asked.decide(given, gap=point_gap, start=start, settle=not rough), given)
    base = assess(loosest.instance, loosest.recourse)
    least = _least(loosest, base) if by is By.INVENTORY else np.nan
    limits, at = _limits(by, points, base, least, scenario.settings.inventory_budget)
    summary = {
        "scenario": scenario.name,
        "currency": scenario.settings.currency,
        "by": by.value,
        "points": points,
        "gap": gap,
        "point_gap": point_gap,
        "plan_per_year": assess(plan.instance, plan.recourse).cost,
        "least_inventory_value": None if np.isnan(least) else least,
        "samples": plan.instance.samples,
        "seed": scenario.settings.seed if seed is None else seed,
        "input_sha256": scenario.digest(),
    }
    found: list[_Point] = []
    barred = False
    decider = _ByPrices(asked, plan.recourse) if by is By.INVENTORY and rough else asked
    for k, limit in enumerate(limits.tolist()):
        changed = _limited(given, by, limit)
        answer: Redecided | None = plan if k == at else loosest if k == 0 and by is not By.LEAD_TIME else None
        why = ""
        try:
            if answer is None and not barred:
                answer = decider.decide(changed, gap=point_gap, start=start, settle=not rough)
            if answer is None:
                # A tighter limit leaves no more plans than this one, which has none.
                barred = True
                why = _conflict(by, limit, asked.unserved(changed))
            point = _Point(
                number=k + 1, limit=limit, promise=_promise(changed), answer=answer, plan=k == at,
                rough=k != at and rough, why=why,
                assessed=None if answer is None else assess(answer.instance, answer.recourse),
            )  # fmt: skip
            if answer is not None:
                start = answer.recourse.strategy
            found.append(point)
            log(f"point {k + 1} of {points}: {point}")
            so_far(_told(found, by, summary, began))
        except KeyboardInterrupt:
            if not found:
                raise
            break
    return _told(found, by, summary, began)


def _told(found: list[_Point], by: By, summary: dict[str, Any], began: float) -> Frontier:
    """What the points found by now make."""
    reasons = [_reason(point, found, by) for point in found]
    kept = [point for point, reason in zip(found, reasons, strict=True) if not reason]
    done = {
        "status": "solved" if len(found) == summary["points"] else "stopped",
        "points_done": len(found),
        "kept": len(kept),
        "seconds": round(time.perf_counter() - began, 3),
    }
    return Frontier(
        points=_table(found, reasons, kept, by), switches=_switches(kept), summary={**summary, **done}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """How every point is decided."""

    samples: int | None
    seed: int | None
    cache: SampleCache

    def decide(
        self, scenario: Scenario, *, gap: float, start: Integers | None = None, settle: bool = True
    ) -> Redecided | None:
        return redecide(
            scenario, gap=gap, samples=self.samples, seed=self.seed, cache=self.cache, start=start, settle=settle
        )

    def unserved(self, scenario: Scenario) -> list[str]:
        """What leaves single products without a strategy."""
        instance = build_instance(scenario, samples=self.samples, seed=self.seed, cache=self.cache)
        return [conflict.message for conflict in unserved(instance)]


class _ByPrices:
    """Points of budgets by prices of inventory, each from what those before left; where that proves nothing, as asked.

    Parameters
    ----------
    asked : _Asked
    plan : Recourse
        To begin with.
    """

    def __init__(self, asked: _Asked, plan: Recourse) -> None:
        self.asked, self.plan = asked, plan
        self.prices: BudgetPrices | None = None

    def decide(
        self, scenario: Scenario, *, gap: float, start: Integers | None = None, settle: bool = True
    ) -> Redecided | None:
        asked, found = self.asked, None
        instance = build_instance(scenario, samples=asked.samples, seed=asked.seed, cache=asked.cache)
        if BudgetPrices.suits(instance):
            if self.prices is None or not self.prices.are_of(instance):
                self.prices = BudgetPrices(instance, start=start)
            found = redecide_within(self.prices, instance, gap=gap, near=self.plan)
        found = found or asked.decide(scenario, gap=gap, start=start, settle=settle)
        self.plan = self.plan if found is None else found.recourse
        return found


def _least(loosest: Redecided, base: Assessed) -> float:
    """The least value that any plan holds; what the loosest holds where none with less is found."""
    spare = least_inventory(loosest.instance)
    return base.inventory_value if spare is None else min(spare[1], base.inventory_value)


def _limits(by: By, points: int, base: Assessed, least: float, budget: float | None) -> tuple[Array, int]:
    """Limits, loosest first, and the place of the scenario's own among them."""
    if by is By.INVENTORY:
        top = base.inventory_value
        # The least itself is a corner that nobody wants: the last step before it is still above it.
        limits = top - (top - least) * np.arange(points) / points
        return (limits, 0) if budget is None or budget >= top else _with_own(limits, budget)
    if by is By.LEAD_TIME:
        return _with_own(np.linspace(_PROMISES[1], _PROMISES[0], points), 1.0)
    return np.linspace(min(base.on_time, _MOST_ON_TIME), _MOST_ON_TIME, points), 0


def _with_own(limits: Array, own: float) -> tuple[Array, int]:
    """The scenario's own limit in place of the one next to it, the loosest excepted."""
    at = 1 + int(np.abs(limits[1:] - own).argmin())
    return np.concatenate([limits[:at], [own], limits[at + 1 :]]), at


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
            "point": point.number, "plan": point.plan, "rough": point.rough, "limit": point.limit,
            "promised_lead_time_days": point.promise, "kept": not reason, "reason": reason,
        }  # fmt: skip
        of = point.assessed
        if of is not None and point.answer is not None:
            strategy = of.recourse.strategy
            row |= {name: int((strategy == k).sum()) for k, name in enumerate(STRATEGIES)}
            row |= {
                "cost_per_year": of.cost, "bound_per_year": point.answer.bound,
                "gap": point.answer.open_cost / max(abs(of.cost), 1e-9), "inventory_value": of.inventory_value,
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
