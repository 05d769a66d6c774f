"""Stock is ordered at the last moment that is in time for its customers, by the lead time there is then."""

import numpy as np
import pytest

from engine import simulate, solve
from engine.evaluate.simulate.clock.supply import Supply
from tests.scenarios import make_scenario

PRODUCT = {
    "product": "A", "demand_per_week": 10, "demand_cv": 0.6, "unit_cost": 100, "lead_time_target_days": 25,
    "make_days": 14, "replenishment_days": 14, "replenishment_cv": 0.3, "late_cost_per_unit_day": 1, "locked": "MTS",
}  # fmt: skip


@pytest.mark.parametrize("supply", [
    Supply(mean_days=14.0), Supply(mean_days=14.0, cv=0.4), Supply(mean_days=7.0, cv=1.0),
    Supply(mean_days=5.0, values=(4.0, 5.0, 6.0)),
])  # fmt: skip
def test_what_is_ordered_at_the_latest_comes_in_time_and_hardly_before(supply):
    rng = np.random.default_rng(3)
    clock = supply.clock(rng, 4000.0)
    due = np.sort(rng.uniform(200.0, 3900.0, 20_000))
    at = clock.latest(due)
    comes = at + clock.of(at)
    assert (comes <= due).all()
    # Lead times are held for a step each, and jump from one to the next.
    assert (due - comes).mean() <= (0.1 * clock.step if supply.random else 1e-9)


def test_nobody_knows_lead_times_that_cross_before():
    clock = Supply(mean_days=14.0, cv=0.4, crossing=True).clock(np.random.default_rng(3), 100.0)
    assert clock.latest(np.array([20.0, 50.0])).tolist() == [6.0, 36.0]


@pytest.mark.parametrize("review", [0, 7])
def test_customers_who_wait_longer_than_a_random_lead_time_get_what_was_promised(review):
    """They are late where LT + u > L', u uniform on (0, R): few are, supply being ordered by the lead time there is."""
    scenario = make_scenario([PRODUCT], review_days=review, samples=4000)
    plan = solve(scenario, certified=False, compared=False).plan_or_raise()
    row = simulate(scenario, plan, years=60, replications=10).products.iloc[0]
    assert row["simulated_on_time"] == pytest.approx(row["planned_on_time"], abs=0.02)
    assert row["simulated_cost_per_year"] == pytest.approx(
        row["planned_cost_per_year"], abs=0.03 * row["planned_cost_per_year"] + 1.5 * row["cost_half_width"]
    )
