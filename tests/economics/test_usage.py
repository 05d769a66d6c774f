"""Parts that are lost on the way into a unit: the same use said in another way gives the same plan everywhere."""

import numpy as np
import pandas as pd
import pytest

from engine import simulate, solve
from engine.economics.lone.decide import decide_lone
from engine.scenario.usage import parts_per_unit, units_per_order
from tests.oracle.orders import order_rate
from tests.oracle.plant import Product
from tests.scenarios import make_scenario

MADE = {"product": "P", "allowed": "ATO", "lead_time_target_days": 3.0, "stock_on_hand": 4.0}
PARTS = [
    {"component": "x", "lead_time_days": 20.0, "stock_on_hand": 300.0},
    {"component": "y", "lead_time_days": 2.0, "unit_cost": 9.0},
]


def of(*lines, **columns):
    bom = [{"product": "P", **line} for line in lines]
    return make_scenario([{**MADE, **columns}], components=PARTS, bom=bom, review_days=7)


PAIRS = {
    "scrap": ({"quantity": 4.0, "scrap_share": 0.2}, {"quantity": 5.0}, {}),
    "loss": (
        {"quantity": 2.0, "loss_per_order": 5.0}, {"quantity": 3.0},
        {"distribution": "compound_poisson", "order_size": 5.0, "demand_cv": 0.9},
    ),
    "both": ({"quantity": 2.0, "loss_per_order": 1.0, "scrap_share": 0.25}, {"quantity": 4.0}, {}),
}  # fmt: skip


@pytest.mark.parametrize("kind", PAIRS)
def test_what_is_lost_is_used(kind):
    lost, plain, columns = PAIRS[kind]
    second = {"component": "y", "quantity": 1.0}
    one, other = (of({**line, "component": "x"}, second, **columns) for line in (lost, plain))
    plans = [solve(scenario, certified=False).plan for scenario in (one, other)]
    for table in ("decisions", "components", "ledger"):
        pd.testing.assert_frame_equal(*(getattr(plan, table) for plan in plans), rtol=1e-9)
    decided = zip((one, other), plans, strict=True)
    runs = [simulate(scenario, plan, years=1, replications=2) for scenario, plan in decided]
    pd.testing.assert_frame_equal(*(found.products for found in runs), rtol=1e-9)
    if kind != "loss":
        np.testing.assert_allclose(*(decide_lone(scenario).cost for scenario in (one, other)), rtol=1e-9)


def test_more_scrap_costs_more():
    scrapped = [of({"component": "x", "quantity": 4.0, "scrap_share": share}) for share in (0.0, 0.1, 0.5)]
    costs = [solve(scenario, certified=False).plan.objective_per_year for scenario in scrapped]
    assert costs[0] < costs[1] < costs[2]
    assert parts_per_unit(scrapped[2]) == pytest.approx(8.0)


@pytest.mark.parametrize(
    "columns",
    [
        {"distribution": "poisson", "demand_cv": "", "order_size": 1.0},
        {"distribution": "negative_binomial", "demand_cv": 0.8, "order_size": 1.0},
        {"distribution": "compound_poisson", "demand_cv": 0.9, "order_size": 4.0},
    ],
    ids=lambda columns: columns["distribution"],
)
def test_units_of_an_order_are_those_of_the_stream_of_orders(columns):
    scenario = make_scenario([{**columns, "demand_per_week": 12.0}])
    cv = 0.0 if columns["demand_cv"] == "" else columns["demand_cv"]
    made = Product(name="P", week=12.0, cv=cv, family=columns["distribution"], order_size=columns["order_size"])
    assert units_per_order(scenario.products)[0] == pytest.approx(made.rate / order_rate(made), rel=1e-9)
