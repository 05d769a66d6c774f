"""Frontiers: what less inventory, a shorter promise or better service costs, plan by plan."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.aside import Aside, at_once, begun
from engine.decision.relaxation.infeasible import unserved
from engine.decision.relaxation.least_inventory import least_inventory
from engine.decision.solve import DEFAULT_GAP
from engine.demand.fitting.complete import complete
from engine.demand.streams import Array
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Instance, Integers
from engine.errors import EngineError
from engine.evaluate.studies.assess import Assessed, assess
from engine.evaluate.studies.frontier_points import Asked, By, Chain, Limits, Point
from engine.evaluate.studies.redecide import decided
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.words.reason import cause

__all__ = ["COLUMNS", "POINT_GAP", "By", "Frontier", "frontier"]

# Shortest and longest promise looked at, as multiples of the targets given.
_PROMISES = (0.25, 1.75)
_MOST_ON_TIME = 0.99
_SAME = 1e-9
# Points next to the plan are decided to this gap, roughly: a proof and moves as of a plan take ten times as long, and a
# point that is adopted is proven as any other plan.
POINT_GAP = 1e-2
# Limits enough to be worth two chains.
_TWO_CHAINS = 8
# By prices the share of the points that follow from the loosest on, as the others take longer each; and where some of
# the samples say which strategies suit them, which makes them more alike.
_FROM_LOOSEST, _FROM_LOOSEST_SAMPLED = 3 / 4, 2 / 3
COLUMNS = (
    "point", "plan", "limit", "cost_per_year", "bound_per_year", "inventory_value", "promised_lead_time_days",
    "on_time", "gap", "rough", *STRATEGIES, "marginal_cost", "kept", "reason",
)  # fmt: skip

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


def frontier(
    scenario: Scenario,
    *,
    by: By | str,
    points: int = 8,
    gap: float = DEFAULT_GAP,
    point_gap: float = POINT_GAP,
    point_samples: int | None = None,
    samples: int | None = None,
    seed: int | None = None,
    log: Callable[[str], None] = lambda _: None,
    so_far: Callable[[Frontier], None] = lambda _: None,
    aside: Aside = at_once,
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
    point_samples : int, optional
        Samples on which strategies of rough points by inventory are looked for, where all are more than twice as many.
        What the points cost and hold is of all samples; of those that were looked for on some no more is proven than of
        the loosest.
    samples, seed : int, optional
        In place of the scenario's own.
    log : callable
        Takes one line of progress at a time.
    so_far : callable
        Takes what would be returned if it ended there, after every point.
    aside : callable
        Where the least inventory, the second chain, and plans of few points by prices served in turn are worked on.
        Eight points and more are decided in two chains, wherever that is: each begins at the plan, but by prices of
        inventory the second begins at the tightest limit.

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
    asked = Asked(samples=samples, seed=seed, cache=SampleCache())
    rough = point_gap > DEFAULT_GAP
    given = scenario if by is not By.INVENTORY else scenario.with_settings(inventory_budget=None)
    spare = None
    if by is By.INVENTORY and not unserved(instance := asked.instance(given)):
        spare = begun(aside, partial(_least_value, instance))
    plan = decided(asked.decide(scenario, gap=gap), scenario, samples=samples, seed=seed, cache=asked.cache)
    loosest = plan
    if by is By.INVENTORY and scenario.settings.inventory_budget is not None:
        start = plan.recourse.strategy
        loosest = decided(asked.decide(given, gap=point_gap, start=start, settle=not rough), given)
    base = assess(loosest.instance, loosest.recourse)
    least, leanest = (np.nan, None) if spare is None else spare()
    least = np.nan if spare is None else min(least, base.inventory_value)
    limits, at = _limits(by, points, base, least, scenario.settings.inventory_budget)
    summary = {
        "scenario": scenario.name,
        "currency": scenario.settings.currency,
        "by": by.value,
        "points": points,
        "gap": gap,
        "point_gap": point_gap,
        "point_samples": plan.instance.samples if point_samples is None else point_samples,
        "plan_per_year": assess(plan.instance, plan.recourse).cost,
        "least_inventory_value": None if np.isnan(least) else least,
        "samples": plan.instance.samples,
        "seed": scenario.settings.seed if seed is None else seed,
        "input_sha256": scenario.digest(),
    }
    every = Limits(
        given=given, by=by, limits=limits, at=at, plan=plan, loosest=loosest, asked=asked, gap=point_gap, rough=rough,
        point_samples=point_samples, leanest=leanest,
    )  # fmt: skip
    decided_points: list[Point] = []
    products = plan.instance.products
    try:
        for point in _in_chains(every, aside):
            decided_points.append(point)
            log(f"point {point.number} of {points}: {point}")
            so_far(_told(decided_points, by, products, summary, began))
    except KeyboardInterrupt:
        if not decided_points:
            raise
    return _told(decided_points, by, products, summary, began)


def _in_chains(of: Limits, aside: Aside) -> Iterator[Point]:
    """All points, loosest first: one chain, or two where there are many, one beside the other.

    Prices of inventory lead from the loosest limit on and, in the other chain, from the tightest back, which is less
    far where points take longest; other limits begin at the plan in both.
    """
    count = len(of.limits)
    if count < _TWO_CHAINS or (of.by_prices and of.leanest is None):
        yield from Chain(of, aside).points(range(count))
        return
    share = _FROM_LOOSEST if of.sampled is None else _FROM_LOOSEST_SAMPLED
    middle = int(share * count) if of.by_prices else (count + 1) // 2
    other = Chain(of)
    work = other.from_the_tightest if of.by_prices else other.points
    rest = aside(partial(work, range(middle, count)))
    yield from Chain(of).points(range(middle))
    yield from rest


def _told(
    points: list[Point], by: By, products: Sequence[str], summary: dict[str, Any], began: float
) -> Frontier:
    """What the points found by now make."""
    reasons = [_reason(point, points, by) for point in points]
    kept = [point for point, reason in zip(points, reasons, strict=True) if not reason]
    done = {
        "status": "solved" if len(points) == summary["points"] else "stopped",
        "points_done": len(points),
        "kept": len(kept),
        "seconds": round(time.perf_counter() - began, 3),
    }
    return Frontier(
        points=_table(points, reasons, kept, by), switches=_switches(kept, products), summary={**summary, **done}
    )


def _least_value(instance: Instance) -> tuple[float, Integers | None]:
    """The least value that any plan holds, and its strategies; infinite where none is found."""
    spare = least_inventory(instance)
    return (float("inf"), None) if spare is None else (spare[1], spare[0].strategy)


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


def _with_own(limits: Array, value: float) -> tuple[Array, int]:
    """The scenario's own limit in place of the one next to it, the loosest excepted."""
    at = 1 + int(np.abs(limits[1:] - value).argmin())
    return np.concatenate([limits[:at], [value], limits[at + 1 :]]), at


def _reason(point: Point, points: list[Point], by: By) -> str:
    """Why a point is no part of the frontier; empty where it is."""
    if point.measured is None:
        return f"no plan keeps the rules at this limit: {point.why}"
    cost, value = point.measured.cost, point.better(by)
    for other in points:
        if other is point or other.measured is None:
            continue
        cheaper, better = cost - other.measured.cost, value - other.better(by)
        near, close = _SAME * max(abs(cost), 1.0), _SAME * max(abs(value), 1.0)
        if abs(cheaper) <= near and abs(better) <= close:
            if other.number < point.number:
                return f"the same as point {other.number}"
        elif cheaper >= -near and better >= -close:
            return f"point {other.number} costs no more and {_NO_WORSE[by]}"
    return ""


def _table(points: list[Point], reasons: list[str], kept: list[Point], by: By) -> pd.DataFrame:
    rows = []
    before: Point | None = None
    for point, reason in zip(points, reasons, strict=True):
        row: dict[str, object] = {
            "point": point.number, "plan": point.plan, "rough": point.rough, "limit": point.limit,
            "promised_lead_time_days": point.promise, "kept": not reason, "reason": reason,
        }  # fmt: skip
        of = point.measured
        if of is not None:
            row |= {name: int((of.strategy == k).sum()) for k, name in enumerate(STRATEGIES)}
            row |= {
                "cost_per_year": of.cost, "bound_per_year": of.bound, "gap": of.open_cost / max(abs(of.cost), 1e-9),
                "inventory_value": of.inventory_value, "on_time": of.on_time,
            }  # fmt: skip
        if point in kept:
            if before is not None and before.measured is not None and of is not None:
                gained = before.better(by) - point.better(by)
                row["marginal_cost"] = (of.cost - before.measured.cost) / gained
            before = point
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    counts = list(STRATEGIES)
    table[counts] = table[counts].astype("Int64")
    return table


def _switches(kept: list[Point], products: Sequence[str]) -> pd.DataFrame:
    rows = []
    for before, after in pairwise(kept):
        if before.measured is None or after.measured is None:
            continue
        old, new = before.measured.strategy, after.measured.strategy
        costs = before.measured.product_cost, after.measured.product_cost
        rows += [
            {
                "from_point": before.number, "to_point": after.number,
                "product": products[i], "strategy_from": STRATEGIES[old[i]],
                "strategy_to": STRATEGIES[new[i]], "cost_from_per_year": costs[0][i], "cost_to_per_year": costs[1][i],
            }
            for i in np.flatnonzero(old != new).tolist()
        ]  # fmt: skip
    columns = ["from_point", "to_point", "product", "strategy_from", "strategy_to", "cost_from_per_year",
               "cost_to_per_year"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
