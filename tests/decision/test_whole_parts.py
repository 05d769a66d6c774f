"""Parts that come in whole units are bought and stocked in whole units."""

import numpy as np
import pytest

from engine import simulate, solve
from engine.economics.lone.decide import decide_lone
from engine.scenario.usage import part_lots, whole_parts
from tests.evidence import FULL
from tests.scenarios import make_scenario, random_scenario

MADE = {"product": "P", "allowed": "ATO", "lead_time_target_days": 3.0, "demand_cv": 0.8, "late_cost_per_unit_day": 3.0}
SHEET = {"component": "sheet", "unit_cost": 900.0, "lead_time_days": 20.0}


def sheets(quantity=0.004, review=7, samples=2000, **columns):
    return make_scenario(
        [MADE], components=[{**SHEET, **columns}], bom={"P": {"sheet": quantity}}, review_days=review, samples=samples
    )


def test_a_sheet_that_many_units_are_cut_from_is_stocked_whole():
    loose, whole = (solve(sheets(whole_units=said), certified=False, compared=False).plan for said in ("no", "yes"))
    assert loose.components["base_stock"][0] == pytest.approx(0.4, abs=0.05)
    level, lot = whole.components["reorder_point"][0], whole.components["lot_size"][0]
    assert (level, lot) == (round(level), 1.0)
    # Half of a sheet lies there on average, whatever the reorder point.
    assert whole.objective_per_year > loose.objective_per_year
    assert whole.components["inventory_value"][0] >= 300.0


@pytest.mark.parametrize("review", [0, 7])
def test_what_is_promised_of_sheets_happens(review):
    scenario = sheets(0.3, review=review, samples=8000, whole_units="yes", unit_cost=90.0)
    plan = solve(scenario, certified=False, compared=False).plan
    found = simulate(scenario, plan, years=40, replications=10 if FULL else 4).products.iloc[0]
    assert found["simulated_cost_per_year"] == pytest.approx(plan.objective_per_year, rel=0.05)
    assert not decide_lone(scenario).exact[0]


def test_what_a_blank_says():
    def said(quantity, **columns):
        scenario = make_scenario(
            [{**MADE, **columns}], components=[{**SHEET, "min_order_quantity": 7.5}], bom={"P": {"sheet": quantity}}
        )
        return [bool(part[0]) for part in whole_parts(scenario)], float(part_lots(scenario)[0])

    poisson = {"distribution": "poisson", "demand_cv": ""}
    assert said(2.0, **poisson) == ([True, True], 8.0)
    assert said(0.5, **poisson) == ([False, False], 7.5)
    assert said(2.0) == ([False, False], 7.5)


@pytest.mark.parametrize("target", ["", 0.9])
def test_every_level_is_whole_and_keeps_its_targets(target):
    scenario = random_scenario(
        np.random.default_rng(5), products=4, samples=200,
        product_columns={"distribution": "poisson", "demand_cv": "", "on_time_target": target, "assembly_days": 0.0,
                         "allowed": "ATO"},
        component_columns={"whole_units": "yes", "min_order_quantity": 10.5},
    )  # fmt: skip
    plan = solve(scenario, certified=False, compared=False).plan
    levels = plan.components["base_stock"].to_numpy()
    assert (levels == np.round(levels)).all()
    assert (plan.decisions["on_time"] >= (target or 0.0) - 1e-9).all()
    assert (plan.decisions["strategy"] == "ATO").any()
