"""Reorder points as planning systems know them: levels, lots and safety stocks by hand, and on a simulated shelf."""

import numpy as np
import pytest
from scipy import stats

from engine.decision.solve import solve
from engine.evaluate.simulate.replicate import simulate_system
from engine.evaluate.simulate.translate import system_of
from tests.scenarios import make_scenario

STOCKED = {"allowed": "MTS", "late_cost_per_unit_day": 5.0, "make_days": 21.0}


def row_of(scenario, **options):
    return solve(scenario, **options).plan.decisions.iloc[0]


def test_without_lots_a_review_orders_up_to_the_reorder_point():
    row = row_of(make_scenario([{**STOCKED, "demand_per_week": 14.0, "delivery_days": 2.0}]))
    assert row["reorder_point"] == row["order_up_to"] == row["base_stock"]
    assert row["lot_size"] == 0.0
    # Customers give five days, of which shipping takes two: 2 units a day for 21 + 7 - 3 days.
    assert row["safety_stock"] == pytest.approx(row["base_stock"] - 2.0 * 25.0, abs=1e-9)


def test_lots_lie_between_the_reorder_point_and_the_level_ordered_up_to():
    row = row_of(make_scenario([{**STOCKED, "demand_per_week": 14.0, "batch_size": 40.0}], review_days=0))
    assert row["reorder_point"] == row["base_stock"]
    assert (row["lot_size"], row["order_up_to"]) == (40.0, row["base_stock"] + 40.0)
    assert row["safety_stock"] == pytest.approx(row["base_stock"] - 2.0 * 16.0, abs=1e-9)


def test_random_lead_times_that_the_wait_may_cover_count_where_they_are_longer():
    row = row_of(make_scenario([{**STOCKED, "make_days": 9.0, "make_cv": 0.5, "lead_time_target_days": 12.0}]))
    # E(LT + R - L')+ with LT gamma of mean 9 and CV 0.5: by integration of its survival function.
    days = stats.gamma(4.0, scale=9.0 / 4.0)
    exposed = days.expect(lambda lead: max(lead + 7.0 - 12.0, 0.0), lb=0.0, ub=200.0)
    assert row["base_stock"] - row["safety_stock"] == pytest.approx(10.0 / 7.0 * exposed, rel=1e-6)


def test_a_part_protects_each_product_for_as_long_as_its_customers_do_not_wait():
    products = [
        {"demand_per_week": 7.0, "lead_time_target_days": 4.0, "assembly_days": 1.0, "allowed": "ATO"},
        {"demand_per_week": 14.0, "lead_time_target_days": 9.0, "assembly_days": 1.0, "allowed": "ATO"},
    ]
    parts = [{"lead_time_days": 20.0, "min_order_quantity": 60.0}, {"lead_time_days": 2.0}]
    scenario = make_scenario(products, components=parts, bom={"P1": {"C1": 2, "C2": 1}, "P2": {"C1": 1}})
    shared, after = solve(scenario).plan.components.to_dict("records")
    # 2 x 1 a day for 20 + 7 - 3 days and 1 x 2 a day for 20 + 7 - 8.
    assert shared["base_stock"] - shared["safety_stock"] == pytest.approx(2.0 * 24.0 + 2.0 * 19.0, abs=1e-9)
    assert (shared["lot_size"], shared["order_up_to"]) == (60.0, shared["reorder_point"] + 60.0)
    # Bought after the order: not stocked, nothing to enter.
    assert np.isnan([after[name] for name in ("reorder_point", "order_up_to", "lot_size", "safety_stock")]).all()


def test_what_is_made_to_order_has_no_reorder_point():
    row = row_of(make_scenario([{"allowed": "MTO"}]))
    for name in ("reorder_point", "order_up_to", "lot_size", "safety_stock", "ex_stock_days"):
        assert np.isnan(row[name])
    assert row["otif"] == 0.0  # ten days to make, five days are accepted


def test_goods_on_the_shelf_need_no_more_than_shipping_and_assembly():
    times = {"delivery_days": 2.0, "assembly_days": 1.0, "lead_time_target_days": 6.0, "make_days": 15.0}
    parts = {"components": [{"lead_time_days": 20.0}], "bom": {"P1": {"C1": 1}}}
    for strategy, days in (("MTS", 2.0), ("ATO", 3.0)):
        row = row_of(make_scenario([{**times, "allowed": strategy}], **parts))
        assert row["ex_stock_days"] == days


@pytest.mark.parametrize("wait", [0.0, 5.0])
def test_safety_stock_is_what_lies_there_just_before_a_delivery(wait):
    """An event simulation that counts stock less backlog just before each delivery; no lots, so no undershoot."""
    scenario = make_scenario(
        [{**STOCKED, "demand_cv": 0.4, "lead_time_target_days": wait, "make_days": 12.0}], cost_timing="period_end"
    )
    plan = solve(scenario).plan
    seen = simulate_system(system_of(scenario, plan), years=8.0, replications=10, seed=3).observed
    net = (seen.on_hand - seen.late)[:, 0]
    error = net.std(ddof=1) / len(net) ** 0.5
    assert net.mean() == pytest.approx(float(plan.decisions["safety_stock"].iloc[0]), abs=4.0 * error + 0.3)
