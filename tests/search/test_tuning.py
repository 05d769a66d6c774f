"""Stocks of parts first come first served against a grid of all levels, and against the same shelf of the product."""

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.search.first_come.tuning import Tuning
from tests.scenarios import make_scenario

LOSING = {"lost_share_if_late": 0.4, "price": 180.0, "late_cost_per_unit_day": 0.3, "demand_cv": 0.9}


@pytest.mark.parametrize("share", [0.05, 0.4, 1.0])
@pytest.mark.parametrize("review_days", [0, 7])
def test_lost_sales_buy_the_parts_that_they_would_buy_of_the_product(share, review_days):
    """As dear and as slow, a part is the same shelf on the same samples; without lost sales in it, 65% dearer."""
    row = {**LOSING, "lost_share_if_late": share, "lead_time_target_days": 3.0, "make_days": 21.0}
    shelf = {"components": [{"unit_cost": 100.0, "lead_time_days": 21.0}], "bom": {"P1": {"C1": 1.0}}}
    made, assembled = (
        solve(make_scenario([{**row, "allowed": allowed}], **shelf, samples=400, review_days=review_days)).plan
        for allowed in ("MTS", "ATO")
    )
    # The best of all levels of the sampled curve, and one found by descent.
    assert made.objective_per_year <= assembled.objective_per_year * (1.0 + 1e-9)
    assert assembled.objective_per_year <= 1.01 * made.objective_per_year


def test_a_part_that_two_products_share_is_as_good_as_on_a_grid():
    rows = [{**LOSING, "demand_per_week": 10.0}, {**LOSING, "demand_per_week": 4.0, "lost_share_if_late": 0.1}]
    instance = build_instance(make_scenario(
        rows, components=[{"unit_cost": 60.0, "lead_time_days": 15.0}], bom={"P1": {"C1": 1.0}, "P2": {"C1": 2.0}},
        samples=300,
    ))  # fmt: skip
    tuning = Tuning(instance, np.array([ATO, ATO]))
    found = tuning.tune(np.zeros(1))
    best = min(tuning.measure(np.array([level])).cost for level in np.arange(0.0, 200.0, 0.5))
    assert found.cost <= 1.01 * best
