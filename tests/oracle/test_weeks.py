"""Demand that goes by the calendar week, resampled or with a common factor, beside a shelf run day and night.

The shelf knows weeks in a row, reviews and deliveries; it shares no formula with the model.
"""

import datetime as dt

import numpy as np
import pytest

from engine import solve
from tests.evidence import FULL
from tests.scenarios import make_scenario

SAMPLES = 4000
# Steps of a day, and weeks of a run: as many runs as days on which the week can begin after a review.
STEPS, WEEKS, RUNS = 32, 30_000 if FULL else 12_000, 14
PAST = 60
LEAD, WAIT = 5.0, 1.0
CARRYING, LATE = 0.25 * 100.0, 0.6


def history(rng, names):
    """Order lines of weeks that differ much, the last day of the book closing the last week."""
    begun = dt.date(2024, 1, 1)
    units = np.maximum(np.round(rng.gamma(1 / 0.7, 50.0 * 0.7, PAST)), 1.0)
    rows = [
        {"order_date": (begun + dt.timedelta(days=7 * k + 6)).isoformat(), "product": name, "quantity": int(n)}
        for k, n in enumerate(units.tolist()) for name in names
    ]  # fmt: skip
    return units, rows


def shelf(weeks, level, *, products, review, rng, size):
    """On hand and backlog of a shelf that all products share, and the share of the units that are late."""
    on_hand = backlog = late = total = 0.0
    for run in range(RUNS):
        drawn = weeks(rng, -(-size // RUNS), products)
        steps = 7 * STEPS
        demand = np.repeat(drawn / steps, steps, axis=1).sum(axis=0)
        asked = np.concatenate([[0.0], np.cumsum(demand)])
        now = np.arange(1, demand.size + 1)
        # What has come in was ordered at the last review that is a lead time less the wait ago.
        ordered = now - round((LEAD - WAIT) * STEPS)
        if review:
            every, shift = round(review * STEPS), round(run * steps / RUNS)
            ordered = (ordered - shift) // every * every + shift
        seen = ordered >= 0
        net = level + asked[ordered[seen]] - asked[now[seen]]
        came = demand[seen]
        on_hand += np.maximum(net, 0.0).mean() / RUNS
        backlog += np.maximum(-net, 0.0).mean() / RUNS
        late += np.clip(-net, 0.0, came).sum()
        total += came.sum()
    return on_hand, backlog, late / total


@pytest.mark.parametrize("review", [0.0, 7.0])
@pytest.mark.parametrize("strategy", ["MTS", "ATO"])
@pytest.mark.parametrize("kind", ["history", "common factor"])
def test_weeks_begin_on_a_day_of_their_own(kind, strategy, review):
    """Cost within 5%, the noise of the samples, and on time within 1.5 points."""
    names = ["P1", "P2"] if strategy == "ATO" else ["P1"]
    past, rows = history(np.random.default_rng(3), names)
    row = {
        "lead_time_target_days": WAIT, "unit_cost": 100.0, "assembly_days": 0.0, "make_days": LEAD,
        "replenishment_days": LEAD, "late_cost_per_unit_day": LATE, "allowed": strategy,
    }  # fmt: skip
    if kind == "history":
        mean = past.mean()
        columns, more = {"distribution": "empirical", "demand_cv": past.std() / mean}, {"orders": rows}

        def weeks(rng, count, products):
            return rng.choice(past, (products, count))
    else:
        mean, common = 50.0, 0.6
        # Hardly any variation of its own, so that the shelf needs no jumps.
        columns, more = {"demand_cv": common + 1e-3}, {"demand": {"common_factor_cv": common}}

        def weeks(rng, count, products):
            return np.repeat(mean * rng.gamma(common**-2, common**2, (1, count)), products, axis=0)

    products = [row | columns | {"product": name, "demand_per_week": float(mean)} for name in names]
    scenario = make_scenario(
        products, components=[{"component": "C", "unit_cost": 100.0, "lead_time_days": LEAD}],
        bom={name: {"C": 1.0} for name in names}, samples=SAMPLES, review_days=review, seed=7,
        **more,
    )  # fmt: skip
    plan = solve(scenario, certified=False, compared=False).plan
    table = plan.decisions if strategy == "MTS" else plan.components
    on_hand, backlog, late = shelf(
        weeks, float(table["base_stock"].iloc[0]), products=len(names), review=review,
        rng=np.random.default_rng(11), size=WEEKS,
    )  # fmt: skip
    cost = CARRYING * on_hand + 365.0 * LATE * backlog
    assert plan.objective_per_year == pytest.approx(cost, rel=0.05)
    assert plan.decisions["on_time"].to_numpy() == pytest.approx(np.full(len(names), 1.0 - late), abs=0.015)
