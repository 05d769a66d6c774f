"""Today's strategies with their best stocks in the world as it stands: what a plan is held against, priced once.

Terminal, reports and app take today from here, so that one plan has one saving. Today was never asked for the plan's
rules: no budget, limit, family, lock or allowed strategy binds it. The on-time targets and the weight of risk that the
scenario gives are how it is measured, as the plan is, so that a saving is not a promise withdrawn; a target that
today's strategy cannot keep at all does not bind it either, nor do hours that are not there. `broken` says which rules
today does not keep, and by how much.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.decision.tables.figures import plan_figures
from engine.decision.whatif import best_stocks, plan_of_stocks
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import ATO, Instance, Integers
from engine.economics.ties import ties
from engine.scenario.columns import STRATEGIES, strategy_numbers
from engine.scenario.derived import derive
from engine.scenario.rules import free_of, with_rules, without_targets
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse, hours_needed

# What is no breach: the digits of a mean over the samples.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that today's strategies do not keep.

    Parameters
    ----------
    rule : str
        ``C1`` (locked or not allowed), ``C5``, ``C6``, ``C7``, ``C10`` or ``C11``.
    concerns : tuple of str
        Products, resources, or the limit.
    limit, reached : float
        What the rule says and what today comes to, in the rule's unit; of targets those of the product that misses
        its own by most.
    """

    rule: str
    concerns: tuple[str, ...]
    limit: float
    reached: float

    @property
    def excess(self) -> float:
        """By which share of the limit today is beyond it; infinite beyond nothing."""
        return abs(self.reached - self.limit) / self.limit if self.limit > 0.0 else np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Today's strategies, measured.

    Parameters
    ----------
    instance : Instance
        Bound by none of the rules that today need not keep.
    recourse : Recourse
    plan : Plan
        Its tables.
    followed : tuple of str
        Products that name no strategy of today, or one that cannot be: they follow the plan.
    """

    instance: Instance
    recourse: Recourse
    plan: Plan
    followed: tuple[str, ...]

    @property
    def cost_per_year(self) -> float:
        """Expected cost per year."""
        return self.plan.objective_per_year

    @property
    def inventory_value(self) -> float:
        """Average value on hand."""
        return float(self.plan.summary["inventory_value"])

    def figures(self) -> dict[str, Any]:
        """What `summary.json` says of it."""
        return {
            **plan_figures(self.plan, self.instance.rate),
            "counts": dict(self.plan.summary["counts"]),
            "followed": list(self.followed),
        }


def today_of(
    scenario: Scenario,
    strategies: pd.Series,
    *,
    given: Scenario | None = None,
    samples: int | None = None,
    seed: int | None = None,
    cache: SampleCache | None = None,
) -> Today | None:
    """Price today's strategies; None where the scenario names none.

    Parameters
    ----------
    scenario : Scenario
        The world that today is priced in, with its demand columns filled in.
    strategies : pandas.Series
        The plan's, in the order of products; products that name none of today follow it.
    given : Scenario, optional
        Whose on-time targets and weight of risk hold, where the scenario's own were changed.
    samples, seed : int, optional
        In place of the scenario's own: those of the plan.
    cache : SampleCache, optional
        Of the same products.
    """
    world = scenario if given is None else with_rules(scenario, given)
    current = derive(world).current
    if (current < 0).all():
        return None
    # Who has no parts to assemble cannot be assembled to order.
    has_bom = world.products["product"].isin(set(world.bom["product"])).to_numpy()
    mask = (current >= 0) & ((current != ATO) | has_bom)
    planned = strategy_numbers(strategies)
    holding = held(world, np.where(mask, current, planned), samples=samples, seed=seed, cache=cache)
    if holding is None:
        return None
    names = world.products["product"].to_numpy()
    return Today(
        instance=holding.instance, recourse=holding.recourse, plan=holding.plan(seed=seed),
        followed=tuple(str(name) for name in names[~mask]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Strategies that are in use, with their best stocks.

    Parameters
    ----------
    world : Scenario
        Bound by none of the rules that strategies in use need not keep.
    instance : Instance
        Of it.
    recourse : Recourse
    """

    world: Scenario
    instance: Instance
    recourse: Recourse

    def plan(self, *, seed: int | None = None) -> Plan:
        """Their tables."""
        return plan_of_stocks(self.world, self.instance, self.recourse, seed=seed)


def held(
    world: Scenario,
    strategy: Integers,
    *,
    samples: int | None = None,
    seed: int | None = None,
    cache: SampleCache | None = None,
) -> Held | None:
    """Strategies measured as today's are, whichever they are; None where no stocks can be told.

    Parameters
    ----------
    world : Scenario
        With its demand columns filled in, its on-time targets and its weight of risk those that measure.
    strategy : shape (I,)
        Indices of `STRATEGIES`.
    samples, seed, cache
        As of `today_of`.
    """
    free = _unbound(world, strategy)
    instance = build_instance(free, samples=samples, seed=seed, cache=cache)
    barred = ~instance.allowed[np.arange(len(strategy)), strategy]
    if barred.any():
        # A strategy that cannot keep its target is in use all the same.
        free = without_targets(free, barred)
        instance = build_instance(free, samples=samples, seed=seed, cache=cache)
    recourse = best_stocks(instance, strategy)
    if recourse is None:
        instance = with_hours(instance, strategy)
        recourse = best_stocks(instance, strategy)
    return None if recourse is None else Held(world=free, instance=instance, recourse=recourse)


def _unbound(world: Scenario, strategy: Integers) -> Scenario:
    """Every product at its strategy of today, and no rule over several of them."""
    held = [STRATEGIES[k] for k in strategy.tolist()]
    products = world.products.assign(allowed="|".join(STRATEGIES), locked=held)
    return replace(world, products=products).with_settings(**free_of())


def with_hours(instance: Instance, strategy: Integers) -> Instance:
    """Overtime enough for the strategies, at its price."""
    capacity = instance.capacity
    if capacity is None:
        return instance
    short = (hours_needed(instance, strategy) - capacity.hours[:, None]).max(axis=1)
    overtime = np.maximum(capacity.overtime, short * (1.0 + _ROUNDING))
    return replace(instance, capacity=replace(capacity, overtime=overtime))


def broken(today: Today, scenario: Scenario) -> tuple[Broken, ...]:
    """The rules of a scenario that today does not keep.

    Parameters
    ----------
    today : Today
    scenario : Scenario
        Whose rules are asked for: that of the plan.
    """
    held = strategy_numbers(today.plan.decisions["strategy"])
    rules = [*_choices(held, scenario), *_hours(today, held, scenario), *_targets(today, scenario)]
    budget = scenario.settings.inventory_budget
    if budget is not None and today.inventory_value > budget * (1.0 + _ROUNDING):
        rules.append(Broken(rule="C7", concerns=(), limit=float(budget), reached=today.inventory_value))
    return tuple(rules)


def _choices(held: Integers, scenario: Scenario) -> list[Broken]:
    """Locks and allowed strategies (C1), families (C10) and limits (C11)."""
    names, derived = scenario.products["product"].to_numpy(), derive(scenario)
    wrong = ~derived.allowed[np.arange(len(held)), held]
    rules = []
    if wrong.any():
        rules.append(Broken(rule="C1", concerns=_named(names, wrong), limit=0.0, reached=float(wrong.sum())))
    tied = ties(scenario, derived.allowed.copy(), {})
    for members in tied.families:
        kinds = len(set(held[members].tolist()))
        if kinds > 1:
            mine = np.isin(np.arange(len(held)), members)
            rules.append(Broken(rule="C10", concerns=_named(names, mine), limit=1.0, reached=float(kinds)))
    limits = tied.limits
    taken = (limits.counted & (held == limits.strategy[:, None])).sum(axis=1)
    for row in np.flatnonzero((taken > limits.most) | (taken < limits.least)).tolist():
        limit = limits.most[row] if taken[row] > limits.most[row] else limits.least[row]
        rules.append(Broken(rule="C11", concerns=(limits.name[row],), limit=float(limit), reached=float(taken[row])))
    return rules


def _hours(today: Today, held: Integers, scenario: Scenario) -> list[Broken]:
    """Resources that lack hours (C5), hours a week."""
    capacity = today.instance.capacity
    if capacity is None:
        return []
    weekly = 7.0 / capacity.bucket_days
    most = hours_needed(today.instance, held).max(axis=1) * weekly
    rows = scenario.resources.set_index("resource").loc[list(capacity.names)]
    there = (rows["hours_per_week"] + rows["overtime_hours_per_week"].fillna(0.0)).to_numpy(dtype=float)
    return [
        Broken(rule="C5", concerns=(capacity.names[g],), limit=float(there[g]), reached=float(most[g]))
        for g in np.flatnonzero((most > there * (1.0 + _ROUNDING)) & ~capacity.outsourcing).tolist()
    ]


def _targets(today: Today, scenario: Scenario) -> list[Broken]:
    """On-time targets that are missed (C6), all products in one, the worst one's numbers."""
    target, reached = derive(scenario).on_time_target, today.plan.decisions["on_time"].to_numpy(dtype=float)
    missed = reached < target - _ROUNDING
    if not missed.any():
        return []
    worst = int(np.argmax(target - reached))
    concerns = _named(scenario.products["product"].to_numpy(), missed)
    return [Broken(rule="C6", concerns=concerns, limit=float(target[worst]), reached=float(reached[worst]))]


def _named(names: np.ndarray[Any, Any], which: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[str, ...]:
    return tuple(str(name) for name in names[which])
