"""Budgets by prices of inventory: bounds that no search goes below, plans within them, one search for many."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.instances import group
from engine.decision.relaxation.least_inventory import least_inventory
from engine.decision.settling.budget_prices import BudgetPrices, Within
from engine.decision.settling.promise import inventory_value
from engine.decision.solve import decide_instance
from engine.decision.tables.attribution import attribute
from engine.economics.build import build_instance
from engine.search.recourse import Recourse
from tests.evidence import FULL

GAP = 0.01
# Products of a group: as few as leave prices something to choose from.
PRODUCTS = 14 if FULL else 8


def decided(prices: BudgetPrices, budget: float, near: Recourse | None = None) -> Within | None:
    closed = prices.close(budget, gap=GAP)
    return None if closed is None else closed.served(near)


@pytest.mark.parametrize("capacity", [False, True])
def test_bounds_and_plans_agree_with_a_search_of_the_budget_itself(capacity):
    free = build_instance(group(PRODUCTS, samples=40, seed=3, capacity=capacity), samples=40)
    held = inventory_value(free, decide_instance(free, gap=1e-3).search.best)
    prices, proven, last = BudgetPrices(free), 0, None
    for share in (0.9, 0.75):
        bound = replace(free, budget=share * held)
        found = decided(prices, bound.budget, last)
        exact = decide_instance(bound, gap=1e-4)
        # No search finds less than the bound of prices, nor is a bound above what prices say the program costs.
        assert prices.bound(bound.budget) <= exact.program.program_value * (1.0 + 1e-6)
        assert exact.search.bound <= prices.value(bound.budget) * (1.0 + 1e-6)
        if found is None:
            continue
        proven, last = proven + 1, found.plan
        assert found.program - found.bound <= GAP * found.program
        assert inventory_value(bound, found.plan) <= bound.budget * (1.0 + 1e-9)
        assert attribute(bound, found.plan).objective == found.plan.objective
        assert found.plan.objective <= exact.search.best.objective * (1.0 + 2.0 * GAP)
    assert proven == 2


def test_what_is_paid_for_inventory_is_no_cost_of_a_plan():
    free = build_instance(group(14, samples=40, seed=4), samples=40)
    prices = BudgetPrices(free)
    held = inventory_value(free, decide_instance(free, gap=1e-3).search.best)
    decided(prices, 0.8 * held)
    assert len(prices.searched) > 1
    for one in prices.searched:
        np.testing.assert_allclose(one.cost, attribute(free, one.plan).objective, rtol=1e-7)
        assert one.inventory == inventory_value(free, one.plan)


def test_a_budget_near_one_decided_needs_no_search_of_its_own():
    free = build_instance(group(14, samples=40, seed=5), samples=40)
    held = inventory_value(free, decide_instance(free, gap=1e-3).search.best)
    prices = BudgetPrices(free)
    assert decided(prices, 0.8 * held) is not None
    searched = len(prices.searched)
    assert decided(prices, 0.799 * held) is not None
    assert len(prices.searched) == searched


@pytest.mark.parametrize("capacity", [False, True])
def test_from_the_tightest_budget_on_bounds_and_plans_agree_with_a_search_of_each(capacity):
    free = build_instance(group(PRODUCTS, samples=40, seed=6, capacity=capacity), samples=40)
    leanest, least = least_inventory(free)
    held = inventory_value(free, decide_instance(free, gap=1e-3).search.best)
    prices, last, proven = BudgetPrices(free, start=leanest.strategy), None, 0
    tightest = 0.2 * held + 0.8 * least
    prices.begin_tight(tightest, GAP)
    # Where the strategies to begin with hold about so much, and not from a price of nothing on.
    assert prices.searched[0].price > 0.0
    assert abs(prices.searched[0].inventory - tightest) < 0.25 * (held - least)
    for share in (0.2, 0.5, 0.8):
        bound = replace(free, budget=share * held + (1.0 - share) * least)
        found = decided(prices, bound.budget, last)
        exact = decide_instance(bound, gap=1e-4)
        assert prices.bound(bound.budget) <= exact.program.program_value * (1.0 + 1e-6)
        assert exact.search.bound <= prices.value(bound.budget) * (1.0 + 1e-6)
        if found is not None:
            proven, last = proven + 1, found.plan
            assert found.program - found.bound <= GAP * found.program
            assert inventory_value(bound, found.plan) <= bound.budget * (1.0 + 1e-9)
    # Prices alone do not prove the tightest one without capacity: plans are far apart there.
    assert proven >= 2
