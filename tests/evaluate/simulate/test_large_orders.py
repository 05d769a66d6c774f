"""The event simulation serves small orders from the shelf and makes large ones to order; the plan's promise holds."""

from dataclasses import replace

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.demand.fitting.complete import complete
from engine.evaluate.figures.readers import with_readers
from engine.evaluate.simulate.simulation import simulate
from engine.evaluate.simulate.translate import system_of
from tests.economics.test_cutoff import MIXED, WARES, demand_of, mixed
from tests.scenarios import make_scenario


def simulated(scenario, **options):
    plan = solve(scenario, certified=False, compared=False).plan
    return plan, simulate(scenario, plan, **{"years": 8.0, "replications": 8, **options})


@pytest.mark.parametrize("columns", [{}, {"batch_size": 30.0, "on_time_target": 0.9, "large_order_target_days": 15.0}])
def test_what_a_plan_with_a_cutoff_promises_holds(columns):
    plan, found = simulated(mixed(settings={"samples": 600}, **columns))
    assert plan.decisions["order_size_cutoff"][0] == 5.0
    row, noise = found.products.iloc[0], found.summary["cost_half_width"] / found.summary["simulated_cost_per_year"]
    assert abs(found.summary["cost_deviation"]) <= 0.03 + noise
    assert row["simulated_on_time"] == pytest.approx(row["planned_on_time"], abs=0.02)
    assert row["simulated_otif"] == pytest.approx(row["planned_otif"], abs=0.03)
    assert row["mean_lead_time_days"] == pytest.approx(row["planned_lead_time_days"], abs=0.3)
    costs = found.ledger.set_index("term")
    for term in ("premium", "order_handling"):
        assert costs.loc[term, "simulated_per_year"] == pytest.approx(costs.loc[term, "planned_per_year"], rel=0.1)


def test_customers_figures_are_those_of_both_kinds_of_orders():
    scenario = complete(mixed(settings={"samples": 400}))
    plan = solve(scenario, certified=False).plan
    customer = with_readers(scenario, plan).summary["customer"]
    row = plan.decisions.iloc[0]
    beside = row["volume_above_cutoff"]
    assert customer["on_time"] == pytest.approx(row["on_time"])
    assert customer["otif"] == pytest.approx(row["otif"])
    assert customer["promised_lead_time_days"] == pytest.approx(2.0 + beside * 11.0)
    assert customer["lead_time_days"] == pytest.approx(row["lead_time_days"], rel=0.02)
    # Half of the units are made to order, in fourteen days.
    assert customer["lead_time_p95_days"] == pytest.approx(14.0)
    assert customer["days_beyond_promise_p95"] >= 1.0


def test_lots_of_demand_without_single_orders_leave_large_ones_out_too():
    row = {**WARES, **demand_of(MIXED, 1.0, "gamma"), "order_size_cv": 2.0}
    plan, found = simulated(make_scenario([row], samples=400), years=4.0, replications=5)
    assert np.isfinite(plan.decisions["order_size_cutoff"][0])
    noise = found.summary["cost_half_width"] / found.summary["simulated_cost_per_year"]
    assert abs(found.summary["cost_deviation"]) <= 0.04 + noise


def test_order_lines_are_replayed_on_their_side_of_the_cutoff():
    scenario = complete(mixed())
    lines = scenario.orders.copy()
    # Two lines of one number are one order, which is large.
    lines.loc[lines.index[lines["quantity"] == 3.0][:2], "order_number"] = "both"
    scenario = replace(scenario, orders=lines)
    plan = solve(scenario, certified=False).plan
    assert plan.decisions["order_size_cutoff"][0] == 5.0
    good = system_of(scenario, plan, replay=True).goods[0]
    assert sorted(good.large.orders.units) == [3.0, 3.0, *[60.0] * 15]
    assert len(good.orders.units) == len(MIXED) - 17
    assert (good.wait_days, good.large.wait_days) == (2.0, 13.0)


def test_the_shelf_of_another_cutoff_costs_more():
    """The simulation sees the cut-off: the same level with every order from the shelf is far too low."""
    scenario = complete(mixed())
    plan = solve(scenario, certified=False, compared=False).plan
    without = replace(plan, decisions=plan.decisions.assign(order_size_cutoff=np.nan))
    parted, whole = (simulate(scenario, one, years=4.0, replications=5).summary for one in (plan, without))
    assert whole["simulated_cost_per_year"] > 1.3 * parted["simulated_cost_per_year"]
