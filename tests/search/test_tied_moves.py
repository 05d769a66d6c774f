"""Moves where finished stocks are tied, several products open in one warm program, against the oracle."""

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.instance import MTS
from engine.search import tied_moves
from engine.search.alternatives import MoveCosts, moves
from engine.search.evaluator import PooledEvaluator
from engine.search.tied_moves import TiedMoves
from tests.decision.cases import case
from tests.decision.enumeration import cost_of
from tests.scenarios import random_scenario
from tests.search.test_move_bounds import plans

RISK = {"cvar_weight": 0.5, "cvar_level": 0.8}
TIED = (
    ("cvar", {}), ("cvar and capacity", {}), ("on time", {"risk": RISK}), ("min order quantities", {"risk": RISK}),
    ("component stocking", {"risk": RISK}), ("shelf life and on time", {"risk": RISK}), ("budget", {}),
    ("budget and on time", {}), ("with seasons and a budget", {"risk": RISK}), ("everything", {"risk": RISK}),
)  # fmt: skip


def tied_moves_of(instance, plan, evaluator):
    return TiedMoves(instance, plan.strategy, list(range(len(instance.products))), evaluator)


@pytest.mark.parametrize(("rule", "settings"), TIED)
def test_a_move_costs_what_the_oracle_says(rule, settings, monkeypatch):
    """Whatever was asked before, and with products open in two programs."""
    monkeypatch.setattr(tied_moves, "_AT_ONCE", 2)
    instance, searched, evaluator, found = plans(rule, **settings)
    known = 0
    for plan in found:
        near = tied_moves_of(searched, plan, evaluator)
        for i, k in [*moves(instance, plan.strategy), *moves(instance, plan.strategy)]:
            after = plan.strategy.copy()
            after[i] = k
            cost = near.cost(i, k)
            known += cost is not None
            assert cost is None or cost == pytest.approx(cost_of(instance, tuple(after.tolist())), rel=1e-6)
    assert known


@pytest.mark.parametrize("rule", ["lost sales", "lost sales of whole units"])
def test_lost_sales_of_finished_stock_cost_what_the_curve_says(rule):
    """The program has their convex envelope."""
    _, searched, evaluator, found = plans(rule, risk=RISK)
    beyond = False
    for plan in found:
        near = tied_moves_of(searched, plan, evaluator)
        for i, k in moves(searched, plan.strategy):
            after = plan.strategy.copy()
            after[i] = k
            alone = PooledEvaluator(searched).evaluate(after)
            assert near.cost(i, k) == pytest.approx(alone.objective, rel=1e-6)
            beyond = beyond or alone.objective > alone.program_value * (1.0 + 1e-6)
    assert beyond


def test_what_leaves_or_joins_a_plan_needs_no_program_of_its_own(monkeypatch):
    scenario = random_scenario(np.random.default_rng(3), products=14, components=9, samples=60, risk=RISK)
    instance = build_instance(scenario)
    evaluator = PooledEvaluator(instance)
    strategy = np.array([row.argmax() for row in instance.allowed & (np.arange(3) > MTS)])
    plan = evaluator.evaluate(strategy)
    with monkeypatch.context() as alone:
        alone.setattr(TiedMoves, "cost", lambda *_: None)
        every = MoveCosts(instance, plan, evaluator).every()
    monkeypatch.setattr(PooledEvaluator, "evaluate", None)
    np.testing.assert_allclose(MoveCosts(instance, plan, evaluator).every(), every, rtol=1e-9)


def test_a_move_that_violates_a_row_left_out_is_not_known(monkeypatch):
    instance = build_instance(case("cvar", 0))
    plan = PooledEvaluator(instance).evaluate(np.array([row.nonzero()[0][-1] for row in instance.allowed]))
    monkeypatch.setattr(tied_moves, "tail_rows_next_to", lambda instance, *_: np.zeros((4, 20), dtype=bool))
    near = tied_moves_of(instance, plan, PooledEvaluator(instance))
    costs = [near.cost(i, k) for i, k in moves(instance, plan.strategy)]
    assert None in costs
