"""What sharing a part saves: every product alone, with a stock of its own, against all of them together."""

import pytest

from engine import solve
from tests.evidence import covering
from tests.scenarios import make_scenario

MADE = {"lead_time_target_days": 5.0, "assembly_days": 1.0, "make_days": 40.0, "allowed": "ATO"}
PRODUCTS = [
    {**MADE, "product": name, "demand_per_week": week, "late_cost_per_unit_day": late}
    for name, week, late in (("A", 2.0, 0.5), ("B", 6.0, 0.2), ("D", 1.0, 3.0))
]
TAKEN = {"A": 1.0, "B": 2.0, "D": 1.0}


def decided(products, review, **columns):
    part = {"component": "X", "unit_cost": 20.0, "lead_time_days": 20.0, **columns}
    bom = {made["product"]: {"X": TAKEN[made["product"]]} for made in products}
    scenario = make_scenario(products, components=[part], bom=bom, review_days=review, samples=600)
    return solve(scenario, certified=False, compared=False).plan


@pytest.mark.parametrize(
    ("columns", "review"), covering(({}, {"min_order_quantity": 40.0, "stocking_cost_per_year": 25.0}), (0, 7))
)
def test_a_part_saves_what_its_products_cost_more_alone(columns, review):
    """To the last digit where nothing else is needed: stock, lots, fixed costs and lateness at each one's own price."""
    plan = decided(PRODUCTS, review, **columns)
    alone = sum(decided([made], review, **columns).objective_per_year for made in PRODUCTS)
    saved = plan.components["pooling_saving_per_year"][0]
    assert saved == pytest.approx(alone - plan.objective_per_year, abs=2e-3 * alone)
    assert saved > 0.0


def test_a_target_is_kept_alone_as_it_is_together():
    products = [{**made, "on_time_target": 0.95} for made in PRODUCTS]
    plan = decided(products, 7)
    alone = sum(decided([made], 7).objective_per_year for made in products)
    saved = plan.components["pooling_saving_per_year"][0]
    assert saved == pytest.approx(alone - plan.objective_per_year, abs=0.03 * alone)
    assert decided(products[:1], 7).components["pooling_saving_per_year"][0] == 0.0
