"""Blocks at any prices cost together no more than the whole, and as much at the best prices."""

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.economics.optima.stock import fold
from engine.program.highs import Solver
from engine.program.numbering import OPEN, HeldRows
from engine.search.blocks import shared_by
from engine.search.evaluator import PooledEvaluator
from engine.search.priced_rows import PricedRows, affordable, cost_of_crossing, plan_prices
from tests.decision.cases import case
from tests.decision.enumeration import enumerate_all
from tests.evidence import FULL

RULES = (
    "plain", "end of the cycle", "on time", "lost sales", "component stocking", "min order quantities",
    "random lead times", "with seasons", "change cost",
)  # fmt: skip
HALVES = (np.array([0]), np.array([1, 2]))


def shared(instance):
    """Parts that products of both halves may be assembled from."""
    edges = instance.edges
    use = instance.allowed[edges.product, ATO]
    return shared_by(np.minimum(edges.product[use], 1), edges.component[use], len(instance.components))


def blocks_value(instance, strategy, prices, *, relax=True):
    """The sum of the halves' programs at the prices and of what the shared parts cost."""
    crossing = shared(instance)
    total = cost_of_crossing(instance, strategy, crossing, prices)
    for members in HALVES:
        part = instance.restricted(products=members)
        here = np.array([instance.components.index(name) for name in part.components], dtype=np.int64)
        rows = PricedRows(
            tail=np.ones((len(here), instance.samples), dtype=bool), held=HeldRows(), priced=crossing[here],
            prices=np.where(crossing[here][:, None], prices[here], 0.0),
        )  # fmt: skip
        total += Solver(rows.build(part, strategy[members]).program, relax=relax).solve().objective
    return total


def some_prices(instance, rng):
    drawn = rng.exponential(size=(len(instance.components), instance.samples)) * rng.integers(2, size=instance.samples)
    return affordable(instance, drawn * rng.uniform(0.0, 3.0) * instance.part_carrying[:, None] / instance.samples)


@pytest.mark.parametrize("rule", RULES)
def test_no_prices_make_the_blocks_dearer_than_the_whole(rule):
    given, rng = build_instance(case(rule, 0, resources=0)), np.random.default_rng(0)
    instance, best = fold(given), enumerate_all(given)
    undecided = np.full(len(instance.products), OPEN)
    for _ in range(3 if FULL else 1):
        prices = some_prices(instance, rng)
        for relax in (True, False):
            assert blocks_value(instance, undecided, prices, relax=relax) <= best.cost + 1e-7 * (1.0 + best.cost)
    for strategy, cost in [*best.costs.items()][:: 1 if FULL else 4]:
        if np.isfinite(cost):
            assert blocks_value(instance, np.array(strategy), prices) <= cost + 1e-7 * (1.0 + abs(cost))


@pytest.mark.parametrize("rule", RULES)
def test_at_a_plan_s_own_prices_the_blocks_cost_what_it_costs(rule):
    rng, reached, seed = np.random.default_rng(1), 0, 0
    while reached < 2:
        instance = fold(build_instance(case(rule, seed, resources=0)))
        evaluator, crossing = PooledEvaluator(instance), shared(instance)
        for _ in range(4):
            strategy = np.array([rng.choice(np.flatnonzero(row)) for row in instance.allowed])
            plan = evaluator.evaluate(strategy)
            if plan is not None:
                value = blocks_value(instance, strategy, plan_prices(instance, plan))
                assert value == pytest.approx(plan.program_value, rel=1e-7)
                reached += bool((plan.prices[crossing] > 0.0).any())
        seed += 1


def test_who_is_late_for_a_price_has_late_units_whichever_rows_are_held():
    """Without them the least cost at the prices would be told too high."""
    instance = fold(build_instance(case("plain", 0)))
    edges, prices = instance.edges, some_prices(instance, np.random.default_rng(2))
    rows = PricedRows(
        tail=np.zeros(prices.shape, dtype=bool), held=HeldRows(), priced=np.ones(len(prices), dtype=bool), prices=prices
    )
    pooled = rows.build(instance, np.full(len(instance.products), OPEN))
    for e in np.flatnonzero(instance.allowed[edges.product, ATO]).tolist():
        pays = (prices[edges.component[e]] > 0.0) & (edges.peak[edges.product[e]] > 0.0)
        assert pays.any()
        assert (pooled.late[edges.product[e]][pays] >= 0).all()
    assert (pooled.cover < 0).all()


def test_prices_of_a_part_add_up_to_its_carrying_cost_at_most():
    instance = fold(build_instance(case("plain", 0)))
    prices = np.ones((len(instance.components), instance.samples))
    assert affordable(instance, prices).sum(axis=1) == pytest.approx(np.minimum(instance.part_carrying, 20.0))
    low = instance.part_carrying[:, None] * prices / 40.0
    assert (affordable(instance, low) == low).all()
