"""Costs charged at the end of the period: plan and simulation count at the same moment, whatever the lead time."""


import pytest

from engine import simulate, solve
from engine.evaluate.simulate.clock.orders import NormalLots
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, Part, Shelf, System
from engine.evaluate.simulate.replicate import simulate_system
from tests.evidence import FULL, covering
from tests.scenarios import make_scenario

SAMPLES = 20_000 if FULL else 6_000
PRODUCT = {
    "product": "A", "demand_per_week": 10, "demand_cv": 0.6, "unit_cost": 100, "lead_time_target_days": 10,
    "assembly_days": 2, "make_days": 20, "replenishment_days": 20, "late_cost_per_unit_day": 2,
    "assembly_premium": 1, "make_premium": 3,
}  # fmt: skip


KINDS = {
    "MTS": ("MTS", (20,), {}),
    "MTS, random lead time": ("MTS", (20,), {"replenishment_cv": 0.3}),
    "MTS, longer waits": ("MTS", (20,), {"lead_time_target_days": 36, "batch_size": 30}),
    "ATO": ("ATO", (20,), {}),
    "ATO, assembly longer than the wait": ("ATO", (20,), {"assembly_days": 14}),
    "ATO, parts whose deliveries alternate": ("ATO", (20, 31), {}),
    "MTO": ("MTO", (20,), {}),
}


@pytest.mark.evidence
@pytest.mark.parametrize(("kind", "review"), covering(KINDS, [28, 7]))
def test_planned_and_simulated_agree_where_lead_times_are_no_multiple_of_the_review_period(kind, review):
    locked, parts, columns = KINDS[kind]
    names = [f"x{days}" for days in parts]
    scenario = make_scenario(
        [{**PRODUCT, "locked": locked, **columns}],
        components=[{"component": name, "unit_cost": 30, "lead_time_days": days}
                    for name, days in zip(names, parts, strict=True)],
        bom={"A": dict.fromkeys(names, 1)}, review_days=review, cost_timing="period_end", samples=SAMPLES,
    )  # fmt: skip
    plan = solve(scenario, certified=False, compared=False).plan
    row = simulate(scenario, plan, years=30, replications=10).products.iloc[0]
    planned, error = row["planned_cost_per_year"], row["cost_half_width"]
    assert error < 0.1 * planned
    assert row["simulated_cost_per_year"] == pytest.approx(planned, abs=0.03 * planned + 1.5 * error)


def steady(**good):
    """Seven units a day, every day, and no chance in anything: what is counted can be told by hand."""
    supply = Supply(mean_days=20.0)
    orders = NormalLots(mean_per_day=7.0, week_cv=0.0)
    parts = (Part(name="x", shelf=Shelf(level=300.0, supply=supply)),) if "parts" in good else ()
    shelf = None if parts else Shelf(level=300.0, supply=supply)
    system = System(goods=(Good(name="A", orders=orders, shelf=shelf, **good),), parts=parts, review_days=28.0,
                    period_end=True)  # fmt: skip
    return simulate_system(system, years=28 * 5 / 365.0, replications=1)


@pytest.mark.parametrize("good", [{}, {"parts": ((0, 1.0),)}])
def test_stock_and_who_waits_are_counted_just_before_a_delivery(good):
    """48 days of orders, 336 units, less the stock of 300: 36 wait and nothing lies there."""
    seen = steady(**good)
    assert seen.late("A").mean == pytest.approx(36.0, abs=4.0)
    assert (seen.part_on_hand("x") if good else seen.on_hand("A")).mean == pytest.approx(0.0, abs=1e-9)
