"""Where the moves from the program's plan end: none of one product that is told saves, and none that leave together."""

import numpy as np
import pytest

from engine.decision.settling.beside import Beside
from engine.decision.settling.promise import promised
from engine.decision.solve import decide_instance, solve
from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.economics.optima.stock import fold
from engine.model.portfolio import portfolio
from engine.search.evaluator import PooledEvaluator
from engine.search.first_come.tuning import Tuning
from tests.scenarios import random_scenario

# Parts are dear to hold, so that the queue for them is worth a choice.
DEAR = {"obsolescence_per_year": 0.35}
LOTS = {"component_columns": {"min_order_quantity": 80.0}, "product_columns": DEAR}
CASES = {
    "budget": (4, 6, 4, 60, {"inventory_budget": 15_000.0, "product_columns": DEAR}),
    "on time": (4, 6, 4, 100, {"product_columns": {"on_time_target": 0.9}}),
    "lots": (7, 7, 5, 60, LOTS),
    "lost sales": (6, 6, 4, 60, {"product_columns": {"lost_share_if_late": 0.3, **DEAR}}),
    "changes": (3, 6, 4, 60, {"max_changes": 2, "product_columns": {"current_strategy": "MTS"}}),
}  # fmt: skip


def instance_of(name):
    seed, products, components, samples, more = CASES[name]
    return build_instance(
        random_scenario(np.random.default_rng(seed), products=products, components=components, samples=samples, **more)
    )


@pytest.mark.parametrize("name", CASES)
def test_no_move_saves_that_is_made_from_the_plans_stocks(name):
    """Next to the plan as it ends, not next to one on the way there."""
    instance = instance_of(name)
    decided = decide_instance(instance, gap=1e-3, settle=True)
    plan, told = decided.search.best, decided.move_objectives(None)
    free, beside = portfolio(instance).free(plan.strategy), Beside(instance, plan, rounds=40)
    for i, k in np.argwhere(instance.allowed & free).tolist():
        strategy = plan.strategy.copy()
        strategy[i] = k
        after = beside.served(strategy)
        if k == plan.strategy[i] or after is None:
            continue
        assert after.objective >= plan.objective * (1.0 - 1e-5), (instance.products[i], k)
        assert told.objective[i, k] == pytest.approx(max(after.objective, plan.objective), rel=1e-5)


@pytest.mark.parametrize("allowed", ["MTS|ATO|MTO", "MTS|ATO"])
def test_products_that_wait_for_each_other_leave_together(allowed):
    """Assembled to order three of these seven wait for each other, and one that leaves alone saves nothing."""
    more = {**LOTS, "product_columns": {**DEAR, "allowed": allowed}}
    scenario = random_scenario(np.random.default_rng(11), products=7, components=5, samples=60, **more)
    assert (solve(scenario, certified=False, compared=False).plan.decisions["strategy"] == "MTS").all()


def test_a_kit_of_parts_that_nobody_drew_from_costs_what_its_program_leads_to():
    instance = build_instance(random_scenario(np.random.default_rng(1), products=5, components=4, samples=60))
    plan = decide_instance(instance, gap=1e-3, settle=True).search.best
    assert not (plan.strategy == ATO).any()
    for i in np.flatnonzero(instance.allowed[:, ATO]).tolist():
        strategy = plan.strategy.copy()
        strategy[i] = ATO
        anew = promised(instance, PooledEvaluator(fold(instance)).evaluate(strategy))
        assert Beside(instance, plan, rounds=40).served(strategy).objective <= anew.objective * (1.0 + 1e-9)


@pytest.mark.parametrize("seed", [3, 6])
def test_where_sales_are_lost_parts_are_not_left_at_the_first_step_that_holds(seed):
    """Against the cheapest of descents from levels all over the range that demand may ask for."""
    columns = {"lost_share_if_late": 0.3, **DEAR}
    instance = build_instance(
        random_scenario(np.random.default_rng(seed), products=7, components=5, samples=60, product_columns=columns)
    )
    strategy = np.where(instance.allowed[:, ATO], ATO, 0)
    plan = promised(instance, PooledEvaluator(fold(instance)).evaluate(strategy))
    tuning = Tuning(instance, strategy)
    program = PooledEvaluator(fold(instance)).evaluate(strategy)
    starts = [program.base + more * tuning.spread for more in np.arange(-1.0, 6.0, 0.25)]
    costs = [tuning.tune(start).cost for start in starts]
    assert tuning.measure(plan.base).cost <= 1.05 * min(costs)
    # From the program's levels alone descent ends far above.
    assert tuning.tune(program.base).cost > 1.1 * min(costs)
