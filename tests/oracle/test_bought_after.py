"""Parts that can come in time after the order, in lots or mostly: `codp simulate` beside this simulation."""

import pytest

from engine import simulate, solve
from tests.evidence import FULL
from tests.oracle.plant import plant_of
from tests.oracle.promises import happens, promise_of
from tests.scenarios import make_scenario

# Of each simulation.
RUNS, REPLICATIONS = (200, 8) if FULL else (100, 4)


@pytest.mark.parametrize(
    ("wait", "lead", "part", "review"),
    [
        # What is late of a random lead time waits for the stock, which is ordered at reviews.
        (22.0, 21.0, {"lead_time_cv": 0.15}, 7.0),
        # The rest of a lot lies on the shelf; the stock was taken for none here, and the plan's holding for nothing.
        (4.0, 4.0, {"min_order_quantity": 100.0}, 0.0),
        (30.0, 10.0, {"min_order_quantity": 40.0}, 7.0),
        # Between two reviews an order that cannot wait for the next one has its lot at once.
        (24.0, 21.0, {"min_order_quantity": 40.0}, 7.0),
        # Bought at the last review in time, it lies there for its order.
        (30.0, 10.0, {}, 7.0),
    ],
    ids=["random", "lots", "lots at reviews", "lots between reviews", "reviews"],
)
def test_both_simulations_see_the_same_stock_and_service(wait, lead, part, review):
    products = [{
        "product": "A", "demand_per_week": 4.0, "demand_cv": 0.65, "unit_cost": 1350.0, "lead_time_target_days": wait,
        "late_cost_per_unit_day": 6.7, "delivery_days": 0.0, "assembly_days": 0.0, "allowed": "ATO", "make_days": 21.0,
    }]  # fmt: skip
    components = [{"component": "M", "unit_cost": 330.0, "lead_time_days": lead, **part}]
    bom, settings = {"A": {"M": 1.0}}, {"review_days": review, "holding_rate_per_year": 0.18}
    scenario = make_scenario(products, components=components, bom=bom, samples=1000, **settings)
    plan = solve(scenario, certified=False, compared=False).plan
    other = happens(plant_of(products, components, bom, **settings), promise_of(plan), seed=3, runs=RUNS, days=200.0)
    seen = simulate(scenario, plan, years=15, replications=REPLICATIONS)
    assert seen.products["simulated_on_time"][0] == pytest.approx(1.0 - other.products[0].late_share, abs=0.015)
    holding = seen.ledger.set_index("term").loc["holding", "simulated_per_year"]
    assert holding == pytest.approx(other.holding, rel=0.06)


def test_a_part_bought_for_an_order_is_that_orders_whoever_waits_for_such_parts():
    """Lead times of 15 days, give or take 2, for one product that leaves 20 and one that leaves 5 and often waits.

    Where what was bought for the first went to the second, 87 of 100 of the first were on time in place of 99.
    """
    row = {"demand_per_week": 20.0, "demand_cv": 0.5, "unit_cost": 100.0, "assembly_days": 0.0, "make_days": 22.0,
           "locked": "ATO"}  # fmt: skip
    products = [{**row, "product": "A", "lead_time_target_days": 20.0, "late_cost_per_unit_day": 0.3},
                {**row, "product": "B", "lead_time_target_days": 5.0, "late_cost_per_unit_day": 0.3}]  # fmt: skip
    components = [{"component": "M", "unit_cost": 90.0, "lead_time_days": 15.0, "lead_time_cv": 0.13}]
    bom, settings = {"A": {"M": 1.0}, "B": {"M": 1.0}}, {"review_days": 1.0, "holding_rate_per_year": 0.25}
    scenario = make_scenario(products, components=components, bom=bom, samples=2000, **settings)
    plan = solve(scenario, certified=False, compared=False).plan
    plant = plant_of(products, components, bom, **settings)
    other = happens(plant, promise_of(plan), seed=3, runs=5 * RUNS // 2, days=200.0)
    seen = simulate(scenario, plan, years=15, replications=3 * REPLICATIONS // 2)
    for k in range(2):
        assert seen.products["simulated_on_time"][k] == pytest.approx(1.0 - other.products[k].late_share, abs=0.02)
        assert seen.products["simulated_on_time"][k] == pytest.approx(plan.decisions["on_time"][k], abs=0.03)
