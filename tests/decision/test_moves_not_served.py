"""Moves that cannot save are not served in turn: no plan first come first served costs less than its program."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.instances import group
from engine.decision.close import close_limit
from engine.decision.settling import settle
from engine.decision.settling.beside import Beside
from engine.decision.solve import decide_instance, solve
from engine.decision.tables.attribution import attribute, ledger_of
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTS
from engine.economics.optima.stock import fold
from engine.search.alternatives import MoveCosts
from engine.search.evaluator import PooledEvaluator

# So few products have so few moves that all are tried.
SIZES = (5, 7)


@pytest.fixture(scope="module", params=SIZES)
def case(request):
    """A group, what is decided of it, and how many plans were served in turn."""
    instance = build_instance(group(request.param, samples=100, seed=8))
    with pytest.MonkeyPatch.context() as patch:
        served = counted(patch)
        decided = decide_instance(instance, gap=1e-3, settle=True)
    return instance, decided, len(served)


def counted(patch):
    """The strategies of every plan that is served next to another."""
    served, before = [], Beside.served

    def noted(self, strategy, **more):
        served.append(strategy)
        return before(self, strategy, **more)

    patch.setattr(Beside, "served", noted)
    return served


def test_the_plan_is_that_of_serving_all_of_them(case, monkeypatch):
    instance, decided, count = case
    served, bounds = counted(monkeypatch), settle._bounds
    monkeypatch.setattr(MoveCosts, "least", lambda *_: -np.inf)

    def nothing_known(moves):
        known = bounds(moves)
        return replace(known, objective=np.where(moves.at_once, known.objective, -1e9))

    monkeypatch.setattr(settle, "_bounds", nothing_known)
    every = decide_instance(instance, gap=1e-3, settle=True).search.best
    plan = decided.search.best
    np.testing.assert_array_equal(plan.strategy, every.strategy)
    assert plan.objective == pytest.approx(every.objective, rel=1e-12)
    assert count < len(served), "nothing was spared: the case shows nothing"


def test_bounds_are_bounds_and_what_is_close_is_exact(case):
    instance, decided, _ = case
    plan = decided.search.best
    limit = close_limit(instance, plan.strategy, attribute(instance, plan).cost)
    some, every = decided.move_objectives(limit), decided.move_objectives(None)
    assert some.at_least.any()
    assert not every.at_least.any()
    assert (some.objective <= every.objective * (1.0 + 1e-9))[some.at_least].all()
    told = instance.allowed & ~some.at_least
    np.testing.assert_allclose(some.objective[told], every.objective[told], rtol=1e-9)
    assert not (some.at_least & (every.objective <= plan.objective + limit)).any()


def test_the_program_after_moves_costs_no_less_than_its_prices_say(case):
    instance, decided, _ = case
    folded = fold(instance)
    evaluator = PooledEvaluator(folded)
    program = evaluator.evaluate(decided.search.best.strategy)
    costs, rng = MoveCosts(folded, program, evaluator), np.random.default_rng(1)
    for _ in range(20):
        strategy = program.strategy.copy()
        moved = rng.choice(len(strategy), size=2, replace=False)
        strategy[moved] = [rng.choice(np.flatnonzero(instance.allowed[i])) for i in moved]
        least = costs.least(strategy, *((int(i), int(strategy[i])) for i in moved))
        assert least <= evaluator.evaluate(strategy).program_value


def test_a_scenario_of_few_products_is_told_exactly():
    decisions = solve(group(5, samples=100, seed=8), certified=False).plan.decisions
    assert (decisions["cost_if_at_least"] == "").all()


def test_of_large_groups_of_a_catalogue_a_move_is_told_as_its_program_and_the_products_own_waiting():
    """An estimate, whatever the queue leaves to others: what they wait belongs into bounds alone."""
    instance = build_instance(group(30, samples=60, seed=8))
    decided = decide_instance(instance, gap=1e-3, settle=False)
    plan, told = decided.search.best, decided.move_objectives(None).objective
    evaluator = PooledEvaluator(fold(instance))
    program = evaluator.evaluate(plan.strategy)
    served, hindsight = (ledger_of(instance, one).sum(axis=1) for one in (plan, program))
    waits, looked_at = np.maximum(served - hindsight, 0.0), 0
    for i in np.flatnonzero((plan.strategy == ATO) & instance.allowed[:, MTS] & (waits > 1.0)).tolist():
        strategy = plan.strategy.copy()
        strategy[i] = MTS
        more = evaluator.evaluate(strategy).objective - program.objective - waits[i]
        assert told[i, MTS] == pytest.approx(plan.objective + max(more, 0.0), rel=1e-6)
        looked_at += more > 0.0
    assert looked_at > 5
