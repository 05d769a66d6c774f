"""The reference values that an ordinary scenario folder can hold: `read_scenario`, a plan with its stocks, `simulate`.

Poisson orders, continuous review (`review_days: 0`), a first-come server (`hours_cv: 1`). The other values, and those
of long runs, are in `test_reference.py`. Intervals of 95% are widened to 99.9%, as there.
"""

from dataclasses import replace

import pytest
from scipy import stats

from engine import read_scenario, simulate, solve
from tests.scenarios import write_scenario

REPLICATIONS = 10
WIDER = stats.t.ppf(0.9995, REPLICATIONS - 1) / stats.t.ppf(0.975, REPLICATIONS - 1)
# 365 of money at 100% a year: one a unit and day.
POISSON = {"distribution": "poisson", "demand_cv": "", "unit_cost": 365.0, "lead_time_target_days": 0.0}


def simulated(folder, *, stocks=(), parts=(), years=4.0):
    """The scenario under given base stocks, whatever a plan would have chosen."""
    scenario = read_scenario(folder)
    plan = solve(scenario, certified=False, compared=False).plan
    decisions, components = plan.decisions.copy(), plan.components.copy()
    for name, level in dict(stocks).items():
        decisions.loc[decisions["product"] == name, "base_stock"] = float(level)
    for name, level in dict(parts).items():
        components.loc[components["component"] == name, "base_stock"] = float(level)
    given = replace(plan, decisions=decisions, components=components)
    return simulate(scenario, given, years=years, replications=REPLICATIONS, seed=20).products.set_index("product")


@pytest.mark.evidence
@pytest.mark.parametrize(("level", "cost", "late"), [(10, 10.294967, 0.107374), (0, 36.0, 1.0)])
def test_c1_make_to_stock_queue(tmp_path, level, cost, late):
    """Buzacott & Shanthikumar: load 0.8, holding 1, late 9; without stock it makes to order."""
    folder = write_scenario(
        tmp_path / "queue",
        products=[{**POISSON, "product": "A", "demand_per_week": 5.6, "late_cost_per_unit_day": 9.0, "locked": "MTS",
                   "make_days": 0.0}],
        resources=[{"resource": "R", "hours_per_week": 7.0, "overtime_hours_per_week": 0.0}],
        routing=[{"product": "A", "resource": "R", "stage": "make", "hours_per_unit": 1.0, "hours_cv": 1.0}],
        holding_rate_per_year=1.0, review_days=0, samples=20,
    )  # fmt: skip
    row = simulated(folder, stocks={"A": level}, years=12.0).loc["A"]
    assert row["simulated_cost_per_year"] / 365.0 == pytest.approx(cost, abs=WIDER * row["cost_half_width"] / 365.0)
    assert row["simulated_on_time"] == pytest.approx(1.0 - late, abs=WIDER * row["on_time_half_width"] + 1e-9)


@pytest.mark.evidence
def test_a3_base_stock_charged_at_the_end_of_the_period(tmp_path):
    """Snyder & Shen, example 4.4: a day's demand N(50, 8^2), holding 0.18, late 0.70."""
    folder = write_scenario(
        tmp_path / "period",
        products=[{"product": "A", "distribution": "normal", "demand_per_week": 350.0,
                   "demand_cv": 8.0 * 7**0.5 / 350.0, "unit_cost": 0.18 * 365.0,
                   "late_cost_per_unit_day": 0.7, "lead_time_target_days": 0.0,
                   "make_days": 4.0, "locked": "MTS"}],
        holding_rate_per_year=1.0, review_days=1, cost_timing="period_end", samples=20,
    )  # fmt: skip
    row = simulated(folder, stocks={"A": 264.766894}).loc["A"]
    assert row["simulated_cost_per_year"] / 365.0 == pytest.approx(4.466781, abs=WIDER * row["cost_half_width"] / 365.0)


@pytest.mark.evidence
def test_d1_shared_server(tmp_path):
    """Arreola-Risa & DeCroix (1998): two products to stock and one without on one server."""
    rates, carried, late = (0.45, 0.25, 0.10), (1.0, 2.0, 4.0), (9.0, 6.0, 5.0)
    names = [f"P{n}" for n in range(3)]
    folder = write_scenario(
        tmp_path / "shared",
        products=[{**POISSON, "product": name, "demand_per_week": 7.0 * rate, "unit_cost": 365.0 * h,
                   "late_cost_per_unit_day": b, "locked": "MTS", "make_days": 0.0}
                  for name, rate, h, b in zip(names, rates, carried, late, strict=True)],
        resources=[{"resource": "R", "hours_per_week": 7.0, "overtime_hours_per_week": 0.0}],
        routing=[{"product": name, "resource": "R", "stage": "make", "hours_per_unit": 1.0, "hours_cv": 1.0}
                 for name in names],
        holding_rate_per_year=1.0, review_days=0, samples=20,
    )  # fmt: skip
    found = simulated(folder, stocks=dict(zip(names, (6, 2, 0), strict=True)), years=12.0)
    for name, cost in zip(names, (6.227293, 4.586420, 2.5), strict=True):
        row = found.loc[name]
        assert row["simulated_cost_per_year"] / 365.0 == pytest.approx(cost, abs=WIDER * row["cost_half_width"] / 365.0)


@pytest.mark.evidence
def test_f1_reorder_point_and_batch(tmp_path):
    folder = write_scenario(
        tmp_path / "batch",
        products=[{**POISSON, "product": "A", "demand_per_week": 35.0, "locked": "MTS", "make_days": 2.0,
                   "batch_size": 10}],
        holding_rate_per_year=1.0, review_days=0, samples=20,
    )  # fmt: skip
    row = simulated(folder, stocks={"A": 12}).loc["A"]
    assert row["simulated_on_time"] == pytest.approx(0.946957, abs=WIDER * row["on_time_half_width"])
    assert row["finished_on_hand"] == pytest.approx(7.571943, rel=0.01)


@pytest.mark.evidence
def test_h1_assemble_to_order(tmp_path):
    """Song (1998): of orders for both parts, the share that finds both."""
    rates = {"A": 0.6, "B": 0.5, "AB": 0.4}
    folder = write_scenario(
        tmp_path / "both",
        products=[{**POISSON, "product": name, "demand_per_week": 7.0 * rate, "locked": "ATO", "assembly_days": 0.0}
                  for name, rate in rates.items()],
        components=[{"component": name, "lead_time_days": 5.0} for name in ("X", "Y")],
        bom={"A": {"X": 1}, "B": {"Y": 1}, "AB": {"X": 1, "Y": 1}}, review_days=0, samples=20,
    )  # fmt: skip
    row = simulated(folder, parts={"X": 9, "Y": 8}, years=8.0).loc["AB"]
    assert row["simulated_otif"] == pytest.approx(0.865771, abs=WIDER * row["on_time_half_width"])
