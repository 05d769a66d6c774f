"""What prices say that a move costs at least, against the program of every move written anew."""

from dataclasses import replace

import numpy as np
import pytest

from engine.decision.settling.promise import inventory_value
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTS
from engine.economics.optima.stock import fold
from engine.model.portfolio import portfolio
from engine.search.alternatives import MoveCosts
from engine.search.evaluator import PooledEvaluator
from engine.search.first_come.risk import tail_weights
from engine.search.move_bounds import MoveBounds, move_bounds
from tests.decision.cases import case
from tests.decision.enumeration import cost_of
from tests.economics.test_segments import PARTS, WARES, segments
from tests.evidence import FULL
from tests.scenarios import make_scenario

RULES = (
    "plain", "end of the cycle", "capacity", "on time", "lost sales", "budget", "budget and on time",
    "component stocking", "min order quantities", "with families and a budget",
    "with seasons and a budget", "everything", "cvar",
)  # fmt: skip
# Other rules under risk, weight and level of the tail: from next to nothing of it to nothing else.
RISKS = (
    ("plain", 0.05, 0.5), ("plain", 1.0, 0.95), ("capacity", 0.6, 0.9), ("on time", 0.3, 0.8), ("budget", 0.5, 0.9),
    ("lost sales", 0.4, 0.7), ("min order quantities", 0.5, 0.8), ("component stocking", 0.9, 0.6),
    ("with seasons and a budget", 0.3, 0.93), ("lost sales of whole units", 0.5, 0.85), ("everything", 0.3, 0.9),
)  # fmt: skip


def tightened(instance, rng):
    """The instance with a budget that one of its plans has to save inventory for, where there is one in ten."""
    loose = replace(instance, budget=1e9)
    evaluator = PooledEvaluator(loose)
    for _ in range(10):
        strategy = some_strategies(instance, rng)
        plan = evaluator.evaluate(strategy) if portfolio(instance).keeps(strategy) else None
        for share in (0.9, 0.99, 0.999) if plan is not None else ():
            tight = replace(instance, budget=share * inventory_value(loose, plan))
            if PooledEvaluator(tight).evaluate(plan.strategy) is not None:
                return tight, plan.strategy
    return instance, None


def some_strategies(instance, rng):
    return np.array([rng.choice(np.flatnonzero(row)) for row in instance.allowed])


def plans(rule, *, seed=0, count=2 if FULL else 1, **settings):
    """Instance, searched instance, evaluator and some of its plans; the budget binds the last where it can."""
    instance, rng, bound = build_instance(case(rule, seed, **settings)), np.random.default_rng(seed), None
    if instance.budget is not None:
        instance, bound = tightened(instance, rng)
    searched, rules = fold(instance), portfolio(instance)
    evaluator, found = PooledEvaluator(searched), []
    while len(found) < count:
        strategy = some_strategies(instance, rng) if bound is None or len(found) < count - 1 else bound
        found += [plan for plan in [evaluator.evaluate(strategy)] if plan is not None and rules.keeps(strategy)]
    return instance, searched, evaluator, found


@pytest.mark.parametrize("rule", RULES)
def test_no_move_costs_less_than_its_bound(rule):
    """The oracle prices each move; at the plan itself the bound is the program's value."""
    instance, searched, _, found = plans(rule)
    for plan in found:
        bounds, least = MoveBounds(searched, plan), move_bounds(searched, plan)
        assert bounds.value(plan.strategy) == pytest.approx(plan.program_value, rel=1e-9)
        for i, k in np.argwhere(instance.allowed).tolist():
            after = bounds.rules.moved(plan.strategy, i, k)
            assert least[i, k] == pytest.approx(bounds.value(after), rel=1e-9)
            cost = cost_of(instance, tuple(after.tolist()))
            assert least[i, k] <= cost + 1e-7 * (1.0 + abs(plan.program_value))
        assert np.isnan(least[~instance.allowed]).all()


@pytest.mark.parametrize(("rule", "weight", "level"), RISKS)
def test_no_move_costs_less_than_its_bound_where_risk_counts(rule, weight, level):
    """At the plan itself the tail is its own; lost sales of finished stock are left out of the bound."""
    instance, searched, evaluator, found = plans(rule, risk={"cvar_weight": weight, "cvar_level": level})
    rng = np.random.default_rng(7)
    for plan in found:
        slack, own = 1e-7 * (1.0 + abs(plan.program_value)), MoveBounds(searched, plan).value(plan.strategy)
        assert own <= plan.program_value + slack
        if not (instance.lost[plan.strategy == MTS] > 0.0).any():
            assert own == pytest.approx(plan.program_value, rel=1e-7)
        costs = {(i, k): cost_after(instance, evaluator, portfolio(instance).moved(plan.strategy, i, k))
                 for i, k in np.argwhere(instance.allowed).tolist()}  # fmt: skip
        # Weights of any tail will do.
        for tail in (plan.tail, some_tail(rng, instance)):
            least = move_bounds(searched, replace(plan, tail=tail))
            assert all(least[move] <= cost + slack for move, cost in costs.items())


def cost_after(instance, evaluator, strategy):
    """By the oracle; of tied stocks with lost sales, which it does not know, by the program."""
    if not (instance.lost > 0.0).any():
        return cost_of(instance, tuple(strategy.tolist()))
    found = evaluator.evaluate(strategy)
    return np.inf if found is None else found.program_value


def some_tail(rng, instance):
    """Admissible weights of a tail: the (1 - level) W dearest samples of costs that nobody has."""
    return tail_weights(rng.uniform(size=instance.samples), instance.cvar_level)


@pytest.mark.parametrize("rule", ["plain", "budget", "with families and a budget", "cvar"])
def test_moves_that_are_sorted_out_are_those_that_cost_no_less_than_the_limit(rule):
    _, searched, evaluator, found = plans(rule)
    plan = found[-1]
    every = MoveCosts(searched, plan, evaluator).every()
    moves = MoveCosts(searched, plan, evaluator)
    limit = np.full(every.shape, float(np.nanquantile(every[np.isfinite(every)], 0.4)))
    found, left_out = moves.below(limit), np.isnan(moves.known) & ~np.isnan(every)
    some = found.objective
    assert (found.at_least == (left_out & np.isfinite(some))).all()
    assert left_out.any()
    assert (some[left_out] >= limit[left_out] * (1.0 - 1e-6)).all()
    assert (some[left_out] <= every[left_out] * (1.0 + 1e-6)).all()
    worked_out = ~left_out & ~np.isnan(every)
    np.testing.assert_allclose(some[worked_out], every[worked_out], rtol=1e-9)
    np.testing.assert_allclose(moves.every(), every, rtol=1e-9)


@pytest.mark.parametrize(("rule", "most"), [("plain", 2), ("budget", 3)])
def test_so_many_moves_are_worked_out_at_most_and_of_the_others_a_bound_is_told(rule, most):
    _, searched, evaluator, found = plans(rule)
    every = MoveCosts(searched, found[-1], evaluator).every()
    moves = MoveCosts(searched, found[-1], evaluator)
    told = moves.below(np.full(every.shape, 1e12), most=most)
    need = np.isfinite(every) & ~moves.at_once & (np.arange(3) != found[-1].strategy[:, None])
    assert need.sum() > most
    exact = need & ~told.at_least
    assert exact.sum() == most
    np.testing.assert_allclose(told.objective[exact], every[exact], rtol=1e-9)
    assert (told.objective[need] <= every[need] * (1.0 + 1e-6)).all()
    # Those that may cost least come first.
    assert move_bounds(searched, found[-1])[exact].max() <= move_bounds(searched, found[-1])[need & ~exact].min()


@pytest.mark.parametrize("target", [0.6, 0.7])
def test_a_target_that_assembly_makes_some_segments_miss_is_priced_at_what_is_left_of_it(target):
    """Waiting costs next to nothing, so that the target alone limits it (C6)."""
    late = {"late_cost_per_unit_day": 0.001, "lost_share_if_late": 0.0}
    goods = [{**WARES[0], **late, "on_time_target": target, "locked": "ATO"}, WARES[1]]
    rows = segments((0.25, 1.0), (0.75, 9.0))
    instance = build_instance(make_scenario(goods, segments=rows, **{**PARTS, "samples": 20}))
    searched = fold(instance)
    plan = PooledEvaluator(searched).evaluate(np.array([ATO, MTS]))
    assert MoveBounds(searched, plan).value(plan.strategy) == pytest.approx(plan.program_value, rel=1e-9)


@pytest.mark.parametrize("rule", ["budget", "cvar"])
def test_prices_of_a_move_sort_out_the_same_move_of_another_plan(rule):
    """A plan's own prices say little of a product that joins the parts' users; no bound is above the move's cost."""
    solved, spared = 0, 0
    for seed in range(3):
        _, searched, evaluator, (one, other) = plans(rule, seed=seed, count=2)
        before = MoveCosts(searched, one, evaluator)
        before.every()
        every = MoveCosts(searched, other, evaluator).every()
        alone, moves = (MoveCosts(searched, other, evaluator) for _ in range(2))
        limit = np.full(every.shape, other.objective)
        alone.below(limit)
        told = moves.below(limit, earlier=before.priced)
        slack = 1e-6 * abs(other.objective)
        exact = np.isfinite(every) & ~told.at_least
        np.testing.assert_allclose(told.objective[exact], every[exact], rtol=1e-9)
        assert (told.objective[told.at_least] >= other.objective - slack).all()
        assert (told.objective[told.at_least] <= every[told.at_least] + slack).all()
        solved += int(np.isfinite(alone.known).sum())
        spared += int((np.isfinite(alone.known) & np.isnan(moves.known)).sum())
    assert spared, solved
