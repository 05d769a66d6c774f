"""Redrawn scenarios are decided as enumeration decides them."""

import numpy as np
import pytest

from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.economics.instance import MTO, MTS
from engine.evaluate.trust.confidence import judge
from engine.evaluate.trust.draws import decide_draws
from engine.evaluate.trust.inputs import uncertain_inputs
from engine.evaluate.trust.resample import resample
from engine.scenario.read import read_scenario
from tests.decision.enumeration import enumerate_all
from tests.evidence import FULL
from tests.scenarios import make_scenario, random_scenario


# With a resource and without one.
@pytest.mark.parametrize("seed", range(3 if FULL else 2))
def test_kept_and_regret_are_those_of_enumeration(seed):
    scenario = random_scenario(np.random.default_rng(seed), products=3, resources=seed % 2, samples=40, seed=seed)
    plan = decide_instance(build_instance(scenario), gap=1e-6).search.best.strategy
    count, samples = (4, 20) if FULL else (2, 10)
    resamples = resample(scenario, uncertain_inputs(0.5), draws=count)
    found = decide_draws(resamples, plan, samples=samples, gap=1e-6)
    assert found.solved.all()
    for j in range(count):
        best = enumerate_all(build_instance(resamples.draw(j), samples=samples, seed=resamples.seeds[j]))
        for i in range(3):
            costs = {k: best.costs[*best.strategy[:i], k, *best.strategy[i + 1 :]] for k in range(3)}
            assert found.kept[j, i] == (costs[plan[i]] <= min(costs.values()) + 1e-6)
            assert found.regret[j, i] == pytest.approx(costs[plan[i]] - min(costs.values()), abs=0.01)
            for k in range(3):
                assert found.dearer[j, i, k] == pytest.approx(costs[k] - costs[plan[i]], abs=0.01)


def test_the_limit_of_changes_bars_other_strategies_than_the_plans():
    """The chair's own strategy is barred, and no other would cost less than today's."""
    scenario = read_scenario("scenarios/tiny").with_settings(samples=60)
    plan = decide_instance(build_instance(scenario), gap=1e-6).search.best.strategy
    held = scenario.with_settings(max_changes=0)
    found = decide_draws(resample(held, uncertain_inputs(0.0, {"demand_cv": 1e-9}), draws=2), plan, samples=60)
    chair = list(scenario.products["product"]).index("CHAIR")
    assert plan[chair] != build_instance(held).current[chair]
    assert not found.barred[:, chair].any()


def test_a_wide_gap_changes_next_to_nothing():
    scenario = random_scenario(np.random.default_rng(5), products=8 if FULL else 5, components=6, samples=60)
    plan = decide_instance(build_instance(scenario), gap=1e-6).search.best.strategy
    resamples = resample(scenario, uncertain_inputs(), draws=15 if FULL else 4)
    tight = decide_draws(resamples, plan, samples=30, gap=1e-6)
    wide = decide_draws(resamples, plan, samples=30, gap=0.01)
    assert (tight.kept != wide.kept).mean() < 0.05


def test_a_budget_is_priced_and_moves_cost_what_enumeration_says_at_least():
    scenario = random_scenario(np.random.default_rng(7), products=3, samples=30)
    free = decide_instance(build_instance(scenario), gap=1e-6).search.best
    instance = build_instance(scenario)
    hand = np.nansum(np.where(free.strategy == 0, np.maximum(free.level, 0.0), 0.0) * instance.unit_cost)
    hand += float(free.base @ instance.parts.unit_cost)
    tied = scenario.with_settings(inventory_budget=0.4 * float(hand))
    found = decide_instance(build_instance(tied), gap=1e-6).search.best
    resamples = resample(tied, uncertain_inputs(0.0, {"demand_cv": 1e-9}), draws=2)
    draws = decide_draws(resamples, found.strategy, samples=30)
    for j in range(2):
        best = enumerate_all(build_instance(resamples.draw(j), samples=30, seed=resamples.seeds[j]))
        own = best.costs[best.strategy]
        for i in range(3):
            for k in range(3):
                cost = best.costs[*best.strategy[:i], k, *best.strategy[i + 1 :]]
                if found.strategy[i] == best.strategy[i]:
                    assert draws.dearer[j, i, k] <= cost - own + 1e-3 * own


def test_a_product_that_nobody_can_serve_in_a_draw_is_not_kept_and_the_others_are_judged():
    goods = [
        {"allowed": "MTO", "make_days": 4.9, "on_time_target": 0.9, "lead_time_target_days": 5.0},
        {"allowed": "MTS|MTO", "make_days": 4.0},
    ]
    scenario = make_scenario(goods, samples=30)
    plan = decide_instance(build_instance(scenario), gap=1e-6).search.best.strategy
    resamples = resample(scenario, uncertain_inputs(0.0, {"make_days": 0.3}), draws=12)
    found = decide_draws(resamples, plan, samples=30)
    late = np.array([resamples.draw(j).products["make_days"].iloc[0] > 5.0 for j in range(12)])
    assert 0 < late.sum() < 12
    assert found.solved.all()
    np.testing.assert_array_equal(found.kept[:, 0], ~late)
    assert np.isnan(found.dearer[late, 0]).all()
    assert np.isfinite(found.dearer[:, 1, 0]).all()


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_a_limit_of_changes_holds_in_the_draws_and_is_exact_where_products_share_nothing(limit):
    """Against enumeration: each strategy of a product with the others as best under the limit."""
    goods = [{"demand_cv": cv, "make_premium": 3.0, "current_strategy": now, "late_cost_per_unit_day": 0.5}
             for cv, now in ((0.9, "MTS"), (1.4, "MTS"), (0.3, "MTO"), (0.6, ""))]  # fmt: skip
    scenario = make_scenario(goods, samples=30, max_changes=limit)
    plan = decide_instance(build_instance(scenario), gap=1e-6).search.best.strategy
    resamples = resample(scenario, uncertain_inputs(0.5), draws=6 if FULL else 3)
    found = decide_draws(resamples, plan, samples=20, gap=1e-6)
    for j in range(6 if FULL else 3):
        costs = enumerate_all(build_instance(resamples.draw(j), samples=20, seed=resamples.seeds[j])).costs
        for i in range(4):
            best = {k: min((c for x, c in costs.items() if x[i] == k), default=np.nan) for k in (MTS, MTO)}
            assert found.kept[j, i] == (best[plan[i]] <= min(best.values()) + 1e-6)
            for k in (MTS, MTO):
                assert found.dearer[j, i, k] == pytest.approx(best[k] - best[plan[i]], abs=0.01)


@pytest.mark.parametrize("rules", [{}, {"inventory_budget": 1e7}, {"risk": {"cvar_weight": 0.3, "cvar_level": 0.8}}])
def test_where_nothing_may_change_every_strategy_is_kept_and_no_input_is_worth_knowing(rules):
    """Under every other rule too; the advice says that the limit holds them."""
    goods = [{"current_strategy": "MTS", "make_premium": 0.1, "make_days": 1.0}, {"current_strategy": "MTO"}]
    scenario = make_scenario(goods, samples=20, max_changes=0, **rules)
    plan = np.array([MTS, MTO])
    resamples = resample(scenario, uncertain_inputs(0.2), draws=20 if FULL else 6)
    draws = decide_draws(resamples, plan, samples=20)
    assert draws.kept.all()
    assert (draws.regret == 0.0).all()
    found = judge(resamples, draws, cost=np.full(2, 1000.0), current=plan)
    assert found.products["label"].tolist() == ["no-regret", "no-regret"]
    assert found.products["advice"].iloc[0] == (
        "keep MTS; another strategy would cost less, but max_changes bars it"
    )
    assert (found.inputs["value_per_year"] == 0.0).all()
