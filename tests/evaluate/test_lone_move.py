"""One product's costs with the others fixed are those of the whole portfolio, built and evaluated afresh."""

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.stock import best_stock, decide_stock
from engine.evaluate.inputs import put
from engine.evaluate.lone_move import LoneMove, alone, spliced
from engine.evaluate.redecide import best_stocks, redecide
from tests.scenarios import random_scenario

SAMPLES = 40


@pytest.fixture(scope="module", params=[{}, {"on_time_target": 0.7}, {"inventory_budget": 4000.0}, {"max_changes": 1}])
def scenario(request):
    columns = {"current_strategy": "MTS"} if "max_changes" in request.param else {}
    drawn = random_scenario(np.random.default_rng(4), resources=1, product_columns=columns, **request.param)
    return drawn.with_settings(samples=SAMPLES)


def test_a_product_put_back_changes_nothing(scenario):
    whole = build_instance(scenario)
    for i, product in enumerate(whole.products):
        again = spliced(whole, build_instance(alone(scenario, product)), i)
        for name in ("fixed", "allowed", "late", "rate"):
            np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))
        np.testing.assert_array_equal(again.stock.net, whole.stock.net)
        np.testing.assert_array_equal(again.edges.demand(), whole.edges.demand())
        np.testing.assert_array_equal(again.edges.demand(end=True), whole.edges.demand(end=True))
        np.testing.assert_array_equal(again.edges.component, whole.edges.component)
        np.testing.assert_array_equal(again.edges.peak, whole.edges.peak)
        np.testing.assert_array_equal(again.capacity.demand, whole.capacity.demand)


@pytest.mark.parametrize(
    ("name", "value"),
    [("demand_per_week", 9.0), ("demand_cv", 0.9), ("lead_time_target_days", 17.0), ("late_cost_per_unit_day", 2.0),
     ("unit_cost", 300.0), ("assembly_premium", 5.0), ("make_premium", 0.5)],
)  # fmt: skip
def test_costs_are_those_of_the_whole_portfolio(scenario, name, value):
    base = redecide(scenario, gap=0.0)
    product = base.instance.products[1]
    move = LoneMove(base.instance, base.recourse.strategy, 1, seed=scenario.settings.seed)
    # The first call fills what later ones reuse.
    move.costs(alone(scenario, product))
    found = move.costs(put(alone(scenario, product), name, product, value))
    instance = build_instance(put(scenario, name, product, value))
    for k in range(3):
        strategy = base.recourse.strategy.copy()
        strategy[1] = k
        expected = best_stocks(instance, strategy)
        assert found[k] == pytest.approx(np.inf if expected is None else expected.objective, rel=1e-6)


def test_the_instance_is_left_as_it_was(scenario):
    whole = build_instance(scenario)
    folded = decide_stock(whole, best_stock(whole))
    before = folded.fixed.copy(), whole.edges.windows.copy()
    product = whole.products[0]
    single = put(alone(scenario, product), "demand_cv", product, 1.9)
    LoneMove(whole, np.argmax(whole.allowed, axis=1), 0, seed=scenario.settings.seed).costs(single)
    np.testing.assert_array_equal(folded.fixed, before[0])
    np.testing.assert_array_equal(whole.edges.windows, before[1])
