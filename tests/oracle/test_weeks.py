"""Demand that goes by the calendar week, resampled or with a common factor, beside a shelf run day and night.

The shelf knows weeks in a row, reviews and deliveries; it shares no formula with the model.
"""

import datetime as dt

import numpy as np
import pytest

from engine import simulate, solve
from engine.economics.processes import demand_processes
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


def shelf(weeks, level, *, products, review, rng, size, order=0.0):
    """On hand and backlog of a shelf that all products share, and the shares of units late and of orders whole.

    An order of so many units is whole where the shelf has them when it falls due; a full week brings more orders.
    """
    on_hand = backlog = late = total = whole = 0.0
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
        whole += came[net >= order].sum()
        total += came.sum()
    return on_hand, backlog, late / total, whole / total


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
    on_hand, backlog, late, _ = shelf(
        weeks, float(table["base_stock"].iloc[0]), products=len(names), review=review,
        rng=np.random.default_rng(11), size=WEEKS,
    )  # fmt: skip
    cost = CARRYING * on_hand + 365.0 * LATE * backlog
    assert plan.objective_per_year == pytest.approx(cost, rel=0.05)
    assert plan.decisions["on_time"].to_numpy() == pytest.approx(np.full(len(names), 1.0 - late), abs=0.015)


@pytest.mark.parametrize("strategy", ["MTS", "ATO"])
def test_full_weeks_bring_as_many_more_orders(strategy):
    """Plan and simulation count orders in full alike. Lots of at most eight a day made 79% of 68 in 100 whole."""
    rng, order = np.random.default_rng(3), 5.0
    units = np.maximum(np.round(rng.gamma(1 / 2.5, 50.0 * 2.5, PAST)), 0.0)
    rows = [
        {"order_date": (dt.date(2024, 1, 1) + dt.timedelta(days=7 * k + 6)).isoformat(), "product": "P1", "quantity": n}
        for k, n in enumerate(units.astype(int).tolist()) if n > 0
    ]  # fmt: skip
    row = {
        "product": "P1", "lead_time_target_days": WAIT, "unit_cost": 100.0, "assembly_days": 0.0, "make_days": LEAD,
        "replenishment_days": LEAD, "late_cost_per_unit_day": LATE, "allowed": strategy, "distribution": "empirical",
        "demand_per_week": units.mean(), "demand_cv": units.std() / units.mean(), "order_size": order,
    }  # fmt: skip
    scenario = make_scenario(
        [row], components=[{"component": "C", "unit_cost": 100.0, "lead_time_days": LEAD}], bom={"P1": {"C": 1.0}},
        orders=rows, samples=4 * SAMPLES, review_days=7.0, seed=7,
    )  # fmt: skip
    plan = solve(scenario, certified=False, compared=False).plan
    past = np.array(demand_processes(scenario, [0])[0].weeks)
    *_, late, whole = shelf(
        lambda rng, count, products: rng.choice(past, (products, count)),
        float((plan.decisions if strategy == "MTS" else plan.components)["base_stock"].iloc[0]),
        products=1, review=7.0, rng=np.random.default_rng(11), size=WEEKS if FULL else WEEKS // 2, order=order,
    )  # fmt: skip
    row = simulate(scenario, plan, years=25.0, replications=40 if FULL else 15).products.iloc[0]
    assert 1.0 - late == pytest.approx(row["planned_on_time"], abs=0.015)
    assert whole == pytest.approx(row["planned_otif"], abs=0.015)
    assert whole == pytest.approx(row["simulated_otif"], abs=0.03)
