"""What each lock costs a year by itself: the plan against the best that the product alone could have without it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.decision.plan import Plan
from engine.decision.whatif import best_stocks
from engine.economics.build import build_instance
from engine.model.portfolio import portfolio
from engine.scenario.columns import strategy_numbers
from engine.scenario.locks import Lock, locks_of
from engine.scenario.scenario import Scenario

# Each lock is up to two evaluations of the whole plan: beyond so many they are listed without their cost.
MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LockCost:
    """A lock with its price.

    Parameters
    ----------
    lock : Lock
    cost_per_year : float or None
        What the plan costs above the cheapest that this product alone could have; zero where the lock keeps what would
        be chosen anyway. None where it was not examined.
    """

    lock: Lock
    cost_per_year: float | None


def lock_costs(scenario: Scenario, plan: Plan, *, most: int = MOST) -> tuple[LockCost, ...]:
    """The locks of a scenario and what each costs by itself, the other products' strategies as planned.

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
        Of this scenario; the cost of locks is the model's, so that a corrected plan has none.
    most : int
        Locks to examine, in the order of the products.
    """
    locks = locks_of(scenario)
    if not locks or not most or plan.summary.get("corrected"):
        return tuple(LockCost(lock=lock, cost_per_year=None) for lock in locks)
    open_ = replace(scenario, products=scenario.products.assign(locked=""))
    instance = build_instance(open_, samples=int(plan.summary["samples"]), seed=int(plan.summary["seed"]))
    strategy = strategy_numbers(plan.decisions["strategy"])
    planned, rules = best_stocks(instance, strategy), portfolio(instance)
    costs: list[LockCost] = []
    for lock in locks:
        if planned is None or len(costs) >= most:
            costs.append(LockCost(lock=lock, cost_per_year=None))
            continue
        least = planned.objective
        for k in np.flatnonzero(instance.allowed[lock.record]).tolist():
            moved = rules.moved(strategy, lock.record, k)
            if k == strategy[lock.record] or not rules.keeps(moved):
                continue
            other = best_stocks(instance, moved, near=planned)
            least = least if other is None else min(least, other.objective)
        costs.append(LockCost(lock=lock, cost_per_year=planned.objective - least))
    return tuple(costs)
