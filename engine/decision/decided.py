"""What was decided: a finished search, and the plan that is made of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version

import numpy as np

from engine.decision.close import close_limit, few_moves
from engine.decision.plan import (
    Plan,
    component_table,
    decision_table,
    ledger_table,
    not_compared,
    resource_table,
)
from engine.decision.tables.attribution import Attribution, attribute
from engine.decision.tables.books import with_books
from engine.decision.tables.plan_notices import plan_notices
from engine.decision.tables.plants import with_plant
from engine.decision.tables.stock_calendar import stock_calendar
from engine.economics.instance import TERMS, Instance
from engine.errors import EngineError
from engine.model.portfolio import portfolio
from engine.program.deadline import Clock
from engine.program.highs import SolveStatus
from engine.scenario.columns import STRATEGIES
from engine.scenario.no_demand import no_demand_rows
from engine.scenario.scenario import Scenario
from engine.search.alternatives import AfterMoves, Moves
from engine.search.branch_and_cut import Search
from engine.search.recourse import Recourse
from engine.words.reason import cause

# A cost below this is none.
SMALLEST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A finished search with what is needed to report on it.

    Parameters
    ----------
    search : Search
        Its best plan is the one that is promised.
    program : Recourse or None
        The program's best plan, which shares parts with hindsight.
    folded : Instance
        That was searched.
    move_objectives : callable
        Objective after every move of one product.
    needed_budget : float or None
        The least inventory value known to do, where no plan first come first served keeps the budget.
    """

    search: Search
    program: Recourse | None
    folded: Instance
    move_objectives: AfterMoves
    needed_budget: float | None = None


def best_of(search: Search) -> Recourse:
    """The best plan of a search.

    Raises
    ------
    EngineError
        Where it has none.
    """
    if search.best is None:
        raise EngineError(cause("no_report"))
    return search.best


def unknown_moves(instance: Instance) -> AfterMoves:
    """Costs of the other strategies that nobody asked for, NaN."""
    shape = (len(instance.products), len(STRATEGIES))
    return lambda _: Moves(objective=np.full(shape, np.nan), at_least=np.zeros(shape, dtype=bool))


def uncompared(plan: Plan) -> Plan:
    """A plan whose other strategies nobody asked for: its sentences would call every choice the only one."""
    return replace(plan, decisions=plan.decisions.assign(reason=""), summary={**plan.summary, "brief": True})


def make_plan(
    scenario: Scenario,
    instance: Instance,
    decided: Decided,
    *,
    seed: int | None = None,
    began: float | None = None,
    clock: Clock = time.perf_counter,
    asked: int | None = None,
    limited: bool = True,
    exact_alternatives: bool = False,
) -> Plan:
    """Put a search's best decision into the tables of a plan.

    Parameters
    ----------
    scenario, instance, decided
    seed : int, optional
        Of the samples, where it is not the scenario's own.
    began, clock : float and callable, optional
        When the work began, by which clock.
    asked : int, optional
        Samples asked for, where a time limit may have left fewer.
    limited : bool
        Time was limited; else it is not for want of it that a gap is not proven.
    exact_alternatives : bool
        As of `solve`.
    """
    recourse = best_of(decided.search)
    attribution = attribute(instance, recourse)
    objective = attribution.objective
    bound = min(decided.search.bound, objective)
    exact = exact_alternatives or few_moves(instance, portfolio(instance).free(recourse.strategy))
    limit = None if exact else close_limit(instance, recourse.strategy, attribution.cost)
    moves = decided.move_objectives(limit)
    unknown = not_compared(instance, moves.objective)
    fewer = asked is not None and instance.samples < asked
    solved = decided.search.status is SolveStatus.OPTIMAL and not fewer
    decisions, components, books = with_books(
        scenario, decision_table(instance, recourse, attribution, moves, scenario.products),
        component_table(instance, recourse, attribution),
    )  # fmt: skip
    summary = {
        "scenario": scenario.name,
        "currency": scenario.settings.currency,
        "status": "solved" if solved else "timed_out" if limited else "unproven",
        "objective_per_year": objective,
        "bound_per_year": bound,
        **_gaps(objective, decided.program, bound),
        "counts": {name: int((recourse.strategy == k).sum()) for k, name in enumerate(STRATEGIES)},
        "inventory_value": float(attribution.inventory_value.sum()),
        **_change_cost(scenario, attribution),
        **({} if books is None else {"stock_on_hand": books}),
        "no_demand": no_demand_rows(scenario),
        "warnings": plan_notices(scenario, instance, recourse, attribution),
        **_shadow_prices(instance, recourse),
        "not_compared": [instance.products[i] for i in np.flatnonzero(unknown).tolist()],
        "certified_by": None,
        "samples": instance.samples,
        **({"samples_asked": asked} if fewer else {}),
        "seed": scenario.settings.seed if seed is None else seed,
        "seconds": 0.0 if began is None else round(clock() - began, 3),
        "versions": {name: _version(name) for name in ("codp", "highspy", "numpy", "pandas", "pyomo", "scipy")},
        "input_sha256": scenario.digest(),
    }
    _check_sums(attribution, recourse)
    return Plan(
        decisions=with_plant(scenario, "products", decisions),
        components=with_plant(scenario, "components", components),
        ledger=ledger_table(instance, attribution),
        resources=with_plant(scenario, "resources", resource_table(instance, recourse)),
        stock_calendar=stock_calendar(scenario, decisions, components),
        summary=summary,
    )


@cache
def _version(package: str) -> str:
    """Of an installed package, whose metadata take milliseconds to read: once in a process."""
    return version(package)


def _gaps(objective: float, program: Recourse | None, bound: float) -> dict[str, float]:
    """The gap in two parts: search, the best program to its bound, and allocation, what hindsight would still save."""
    scale = max(abs(objective), SMALLEST)
    value = objective if program is None else min(program.objective, objective)
    return {
        "gap": max(0.0, value - bound) / scale,
        "allocation_gap": max(0.0, objective - max(value, bound)) / scale,
        "program_per_year": value,
    }


def _change_cost(scenario: Scenario, attribution: Attribution) -> dict[str, float]:
    """What the plan's switches cost, money once, and the years over which the ledger spreads it."""
    years = scenario.settings.change_payback_years
    spread = float(attribution.ledger[:, TERMS.index("change")].sum())
    return {"change_cost": spread * years, "change_payback_years": years}


def _shadow_prices(instance: Instance, recourse: Recourse) -> dict[str, object]:
    """What one more unit of a scarce thing saves a year, strategies as decided.

    budget_price_per_year: one more unit of money in stock (C7). hour_price_per_year: one more regular hour a week of
    each resource (C5), the cost of the overtime or outsourced hour it replaces.
    """
    prices: dict[str, object] = {}
    if instance.budget is not None:
        prices["budget_price_per_year"] = recourse.budget_price
    capacity = instance.capacity
    if capacity is not None:
        over, outside = (prices_of[:, None] for prices_of in instance.hour_prices)
        worked, bought = recourse.overtime > 1e-9, recourse.outsourced > 1e-9
        dearest = np.maximum(np.where(worked, over, 0.0), np.where(bought, outside, 0.0))
        weekly = dearest.mean(axis=1) * capacity.buckets_per_year * capacity.bucket_days / 7.0
        prices["hour_price_per_year"] = dict(zip(capacity.names, weekly.tolist(), strict=True))
    return prices


def _check_sums(attribution: Attribution, recourse: Recourse) -> None:
    """The split is another way to the same number; where it is not, no plan leaves the engine."""
    difference = abs(attribution.objective - recourse.objective)
    if not np.isfinite(difference) or difference > 1e-5 * max(1.0, abs(recourse.objective)):
        raise EngineError(cause("sums_unlike", sum=float(attribution.objective), said=float(recourse.objective)))
