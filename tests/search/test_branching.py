"""Branch and cut against every plan there is: the bound holds for all, and the best is found."""

import itertools

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.optima.stock import best_stock, fold
from engine.program.numbering import OPEN, HeldRows
from engine.program.reduced import tail_rows
from engine.program.tangents import some_tangents
from engine.search.branching import Branching
from engine.search.evaluator import PooledEvaluator
from engine.search.held_rows import RowPool
from engine.search.relaxation import Relaxation
from tests.evidence import FULL
from tests.scenarios import random_scenario

GAP = 1e-6
RULES = ("none", "targets", "hours", "budget", "changes")
CASES = [(seed, rules) for seed in range(6 if FULL else 1) for rules in RULES]


def _instance(seed, rules, products):
    scenario = random_scenario(
        np.random.default_rng(100 + seed), products=products, samples=40, resources=1 if rules == "hours" else 0
    )
    if rules == "targets":
        scenario.products["on_time_target"] = 0.8
    if rules == "hours":
        scenario.resources["hours_per_week"] *= 0.8
        scenario.resources["overtime_hours_per_week"] *= 100.0
    if rules == "budget":
        built = build_instance(scenario)
        value = float(np.nansum(built.unit_cost * best_stock(built).on_hand))
        scenario = scenario.with_settings(inventory_budget=0.5 * value)
    if rules == "changes":
        scenario.products["current_strategy"] = "MTS"
        scenario = scenario.with_settings(max_changes=2)
    built = build_instance(scenario)
    return fold(built)


def _kept(instance, strategy):
    if instance.max_changes is None:
        return True
    known = instance.current >= 0
    return int((strategy != instance.current)[known].sum()) <= instance.max_changes


@pytest.mark.parametrize(("seed", "rules"), CASES)
def test_the_best_of_all_plans_is_found_and_proven(seed, rules):
    # Hours are what needs branches; of the others a third of the plans shows the same, and in full there are more.
    instance = _instance(seed, rules, products=6 if FULL else 5 if rules == "hours" else 4)
    strategy = np.where(instance.allowed.sum(axis=1) == 1, np.argmax(instance.allowed, axis=1), OPEN)
    tangent = None if instance.stock_decided else some_tangents(instance.stock.net.shape)
    rows = RowPool(tail=tail_rows(instance, strategy, 0.05), held=HeldRows(tangent=tangent))
    relaxation = Relaxation(instance, strategy, rows)
    relaxation.grow()
    relaxation.thin()
    evaluator, found = PooledEvaluator(instance), []

    def offer(choice):
        plan = evaluator.evaluate(choice) if _kept(instance, choice) else None
        if plan is not None:
            found.append(plan.objective)

    def threshold():
        return min(found, default=np.inf) * (1.0 - GAP)

    branching = Branching(relaxation, offer=offer, threshold=threshold)
    bound = branching.run(instance.allowed, relaxation.bound)
    every = itertools.product(*(np.flatnonzero(row) for row in instance.allowed))
    choices = (np.array(choice, dtype=np.int64) for choice in every)
    apart = PooledEvaluator(instance)
    plans = (apart.evaluate(choice) for choice in choices if _kept(instance, choice))
    least = min((plan.objective for plan in plans if plan is not None), default=np.inf)
    if not np.isfinite(least):
        assert not found
        return
    assert bound <= least * (1.0 + 1e-9)
    assert min(found) == pytest.approx(least, rel=2.0 * GAP)
    assert bound == pytest.approx(least, rel=2.0 * GAP)


def test_some_cases_need_branches():
    branched = (seed for seed in range(6) if _nodes(seed) > 1)
    assert len(list(itertools.islice(branched, 2))) == 2


def _nodes(seed):
    instance = _instance(seed, "hours", products=6)
    strategy = np.where(instance.allowed.sum(axis=1) == 1, np.argmax(instance.allowed, axis=1), OPEN)
    relaxation = Relaxation(instance, strategy, RowPool(tail=tail_rows(instance, strategy, 0.3)))
    relaxation.grow()
    evaluator, found = PooledEvaluator(instance), []

    def offer(choice):
        plan = evaluator.evaluate(choice)
        if plan is not None:
            found.append(plan.objective)

    branching = Branching(
        relaxation, offer=offer, threshold=lambda: min(found, default=np.inf) * (1.0 - GAP)
    )
    branching.run(instance.allowed, relaxation.bound)
    return branching.nodes
