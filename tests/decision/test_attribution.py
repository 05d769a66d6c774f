"""Who pays for what products share: shares of what each takes of it."""

import numpy as np
import pytest

from engine import solve
from tests.scenarios import make_scenario


@pytest.mark.parametrize("review", [1.0, 7.0])
def test_who_waits_longer_than_a_part_in_lots_takes_is_not_paid_for_the_stock_of_others(review):
    """What comes early for it lies on the shelf for the other: that is no demand below zero that it is paid for."""
    made = {"allowed": "ATO", "demand_per_week": 10.0, "make_days": 60.0}
    products = [{**made, "lead_time_target_days": 5.0}, {**made, "demand_per_week": 2.0, "lead_time_target_days": 45.0}]
    scenario = make_scenario(
        products, review_days=review, bom={"P1": {"C1": 1.0}, "P2": {"C1": 1.0}},
        components=[{"lead_time_days": 30.0, "min_order_quantity": 45.0, "stocking_cost_per_year": 600.0}],
    )  # fmt: skip
    plan = solve(scenario).plan
    assert (plan.ledger["cost_per_year"] >= 0.0).all()
    assert (plan.decisions["inventory_value"] >= 0.0).all()
    assert plan.decisions["inventory_value"].sum() == pytest.approx(plan.components["inventory_value"].sum())


def test_what_none_is_short_of_is_paid_for_by_use():
    """All leave a part in lots more time than it takes: nothing waits, and stock goes by what each takes."""
    made = {"allowed": "ATO", "lead_time_target_days": 45.0, "make_days": 60.0}
    products = [{**made, "demand_per_week": rate} for rate in (9.0, 1.0)]
    scenario = make_scenario(
        products, review_days=7, bom={"P1": {"C1": 1.0}, "P2": {"C1": 1.0}},
        components=[{"lead_time_days": 20.0, "min_order_quantity": 45.0}],
    )  # fmt: skip
    value = solve(scenario).plan.decisions["inventory_value"].to_numpy()
    np.testing.assert_allclose(value / value.sum(), [0.9, 0.1], atol=0.02)
