"""Orders on time in full: against probabilities by hand, sums over order sizes, and orders simulated one by one."""

import numpy as np
import pytest
from scipy import stats

from engine.decision.solve import solve
from engine.demand.distributions import NegativeBinomial
from engine.demand.own_order import whole_order
from engine.economics.lone.decide import decide_lone
from engine.evaluate.simulate.simulation import simulate
from tests.evidence import FULL
from tests.scenarios import make_scenario

STOCKED = {"allowed": "MTS", "late_cost_per_unit_day": 5.0, "make_days": 14.0, "lead_time_target_days": 0.0}
SAMPLES = 4000 if FULL else 2000


def decided(row, **settings):
    scenario = make_scenario([{**STOCKED, **row}], samples=SAMPLES, **settings)
    return scenario, solve(scenario, certified=False, compared=False).plan.decisions.iloc[0]


def test_single_units_are_whole_orders():
    _, row = decided({"distribution": "poisson", "demand_cv": ""})
    assert row["otif"] == pytest.approx(row["on_time"], abs=1e-12)
    assert 0.5 < row["otif"] < 1.0


def test_an_order_of_five_is_whole_where_five_are_left():
    """Orders of 5, one in 3.5 days: with n of them in 14 days the next is whole where 5 n + 5 are in stock."""
    row = {"distribution": "compound_poisson", "demand_per_week": 10.0, "order_size": 5.0, "demand_cv": 0.5**0.5,
           "late_cost_per_unit_day": 0.1, "on_time_target": 0.87}  # fmt: skip
    _, found = decided(row, review_days=0)
    before = np.floor(found["base_stock"] / 5.0 + 1e-9) - 1.0
    assert found["otif"] == pytest.approx(stats.poisson(4.0).cdf(before), abs=0.02)
    # The units of an order that is short are not all late.
    assert found["on_time"] > found["otif"] + 0.005


def test_fluid_demand_is_asked_for_in_orders_of_the_order_size():
    scenario, found = decided({"order_size": 12.0}, review_days=0)
    shape = 14.0 / 7.0 / 0.5**2
    demand = stats.gamma(shape, scale=20.0 / shape)
    assert found["otif"] == pytest.approx(demand.cdf(found["base_stock"] - 12.0), abs=0.02)
    alone = decide_lone(scenario)
    assert alone.otif[0] == pytest.approx(demand.cdf(alone.level[0] - 12.0), abs=1e-6)


def test_logarithmic_sizes_have_their_probabilities():
    rng = np.random.default_rng(5)
    made = NegativeBinomial(mean_per_week=6.0, cv=0.9)
    size = whole_order(made, 1.0, rng.random(200_000), rng.random(200_000))
    p = 1.0 - 1.0 / (0.9**2 * 6.0)
    for units in (1, 2, 5):
        assert (size == units).mean() == pytest.approx(stats.logser(p).pmf(units), abs=0.004)


@pytest.mark.parametrize(
    ("row", "settings"),
    [
        ({"distribution": "negative_binomial", "demand_cv": 0.9}, {"review_days": 0}),
        ({"distribution": "negative_binomial", "demand_cv": 0.9, "batch_size": 8}, {"review_days": 7}),
        ({"distribution": "normal", "demand_cv": 0.3, "order_size": 4, "lead_time_target_days": 3}, {}),
        ({"order_size": 9, "batch_size": 25, "lead_time_target_days": 6}, {}),
        ({"order_size": 3, "lead_time_target_days": 18}, {}),
        ({"distribution": "poisson", "demand_cv": "", "lead_time_target_days": 3}, {}),
    ],
)
def test_lone_products_have_the_share_of_their_samples(row, settings):
    scenario, found = decided(row, **settings)
    alone = decide_lone(scenario)
    assert alone.exact.all()
    # The levels differ by the noise of the samples, and the shares with them.
    assert alone.otif[0] == pytest.approx(found["otif"], abs=0.03)


def test_assembled_orders_need_all_their_parts():
    """A product on one part is the same shelf as a stock of its own; a second part takes orders away, never adds."""
    row = {"order_size": 6.0, "demand_cv": 0.8, "lead_time_target_days": 2.0, "late_cost_per_unit_day": 3.0}
    two = [{"lead_time_days": 14.0, "unit_cost": 60.0}, {"lead_time_days": 21.0, "unit_cost": 40.0}]
    shelf = decided({**row, "make_days": 14.0, "unit_cost": 60.0})[1]
    kit = {**row, "allowed": "ATO", "make_days": 30.0, "assembly_days": 0.0}
    single, both = (
        decided(kit, components=parts, bom={"P1": lines})[1]
        for parts, lines in ((two[:1], {"C1": 1}), (two, {"C1": 1, "C2": 1}))
    )
    assert single["otif"] == pytest.approx(shelf["otif"], abs=0.005)
    assert both["otif"] < both["on_time"]


PARTS = {
    "components": [{"lead_time_days": 14.0, "unit_cost": 60.0}, {"lead_time_days": 20.0, "unit_cost": 40.0}],
    "bom": {"P1": {"C1": 1, "C2": 2}, "P2": {"C1": 1}},
}
ASSEMBLED = {"allowed": "ATO", "late_cost_per_unit_day": 2.0, "lead_time_target_days": 3.0, "assembly_days": 1.0}


@pytest.mark.parametrize("family", ["compound_poisson", "negative_binomial", "gamma"])
def test_orders_simulated_one_by_one_are_as_often_whole(family):
    spread = {"demand_cv": 1.0, "distribution": family, "order_size": 4.0}
    rows = [{**STOCKED, **spread}, {**ASSEMBLED, **spread}, {**ASSEMBLED, **spread, "demand_per_week": 20.0}]
    rows = [{**row, "product": name} for row, name in zip(rows, ("STOCKED", "P1", "P2"), strict=True)]
    scenario = make_scenario(rows, samples=SAMPLES, **PARTS)
    plan = solve(scenario, certified=False, compared=False).plan
    found = simulate(scenario, plan, years=6.0, replications=10 if FULL else 5)
    table = found.products
    near = np.abs(table["planned_otif"] - table["simulated_otif"]) <= 0.02 + table["otif_half_width"]
    assert near.all(), table[["product", "planned_otif", "simulated_otif", "otif_half_width"]]
    assert found.summary["otif"] == pytest.approx(found.summary["planned_otif"], abs=0.03)
