"""Customers who ask for another lead time are told of, at the rate of false alarms, and decided again with it."""


import numpy as np
import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.demand.book.weeks import calendar
from engine.demand.fitting.complete import complete
from engine.evaluate.review.review import review
from engine.evaluate.review.sequential import WEEKS_PER_MONTH, alarms, each_of_two, weekly_rate
from engine.evaluate.review.told import charted
from engine.evaluate.review.waits import Waits, targets_since, waits_of
from tests.evidence import FULL
from tests.scenarios import make_scenario

BEGUN, WEEKS = pd.Timestamp("2026-01-05"), 40


def lines(rng, weeks, *, begun, wait, product="P1"):
    """Four orders a week, wanted after about so many days."""
    days = np.sort(rng.integers(0, 7 * weeks, 4 * weeks))
    days[-1] = 7 * weeks - 1
    waits = rng.poisson(wait, days.size)
    return [
        {"order_date": f"{begun + pd.Timedelta(days=int(day)):%Y-%m-%d}", "product": product, "quantity": 5.0,
         "requested_date": f"{begun + pd.Timedelta(days=int(day + more)):%Y-%m-%d}", "order_number": f"{begun.year}{k}"}
        for k, (day, more) in enumerate(zip(days, waits, strict=True))
    ]  # fmt: skip


@pytest.fixture(scope="module")
def planned():
    """The target is what order lines ask for, 16 days; longer than the product takes to make."""
    product = {"demand_per_week": 20.0, "demand_cv": 0.3, "lead_time_target_days": None, "make_days": 12.0}
    rows = lines(np.random.default_rng(1), WEEKS, begun=BEGUN, wait=21)
    scenario = make_scenario([product], orders=rows, samples=20)
    return scenario, solve(scenario).plan_or_raise(), rows


def since(planned, wait, weeks=16):
    rows = lines(np.random.default_rng(2), weeks, begun=BEGUN + pd.Timedelta(days=7 * WEEKS), wait=wait)
    return make_scenario([{}], orders=rows).orders


def test_customers_who_ask_for_less_time_are_told_and_decided_with(planned):
    scenario, plan, _ = planned
    same = review(scenario, plan, since(planned, 21)).products.iloc[0]
    assert (same["verdict"], same["moved"], np.isnan(same["target_days"])) == ("holds", "", True)
    target = complete(scenario).products["lead_time_target_days"].iloc[0]
    assert same["planned_target_days"] == target > 12.0
    found = review(scenario, plan, since(planned, 6)).products.iloc[0]
    assert found["verdict"] != "holds"
    assert found["moved"] == "lead_time_target_days"
    assert found["target_days"] < 6.0
    # What was made after the order has to lie there now.
    assert plan.decisions["strategy"].tolist() == ["MTO"]
    assert (found["verdict"], found["strategy_again"]) == ("decide again", "MTS")


def test_a_target_that_is_a_promise_is_no_estimate(planned):
    scenario, _, rows = planned
    promised = make_scenario([{"demand_per_week": 20.0, "demand_cv": 0.3, "lead_time_target_days": 9.5,
                               "make_days": 12.0}], orders=rows)  # fmt: skip
    new = since(planned, 6)
    weeks = calendar(new["order_date"].min(), new["order_date"].max())
    assert not waits_of(complete(promised), new, weeks).products
    assert waits_of(complete(scenario), new, weeks).products == {"P1"}
    # Without days that are asked for there is nothing to look at.
    assert not waits_of(complete(scenario), new.assign(requested_date=pd.NaT), weeks).products


@pytest.mark.parametrize("known", [12, 200])
def test_false_alarms_keep_the_rate_however_few_waits_are_known(known):
    """Waits in few steps, of which ranks have many ties; three orders a week."""
    count, weeks, rate = (4000, 26, 0.01) if FULL else (400, 12, 0.05)
    rng = np.random.default_rng(5)
    names = [f"P{k}" for k in range(count)]
    draws = {name: rng.choice([5.0, 10.0, 10.0, 20.0], known + 3 * weeks) for name in names}
    week = np.repeat(np.arange(weeks), 3)
    before, after = ({name: days[part] for name, days in draws.items()} for part in (slice(known), slice(known, None)))
    waits = Waits(known=before, new=after, week=dict.fromkeys(names, week))
    told = len(targets_since(waits, weeks, false_alarms=rate, seed=1)) / count
    expected = 1.0 - (1.0 - rate) ** (weeks / WEEKS_PER_MONTH)
    assert told == pytest.approx(expected, abs=3.0 * (expected / count) ** 0.5)
    moved = Waits(known=waits.known, new={name: days / 2.0 for name, days in waits.new.items()}, week=waits.week)
    assert len(targets_since(moved, weeks, false_alarms=rate, seed=1)) / count > 3.0 * told
    assert 1.0 - (1.0 - each_of_two(rate)) ** 2 == pytest.approx(rate)


def test_both_charts_of_a_product_have_the_rate_together(planned, monkeypatch):
    """Who is looked at twice is told of its demand half as easily."""
    scenario, plan, _ = planned
    seen = []

    def shared(*given, **options):
        seen.append((options["shared"].tolist(), options["false_alarms"]))
        return charted(*given, **options)

    monkeypatch.setattr("engine.evaluate.review.review.charted", shared)
    review(scenario, plan, since(planned, 21), false_alarms=0.02)
    review(scenario, plan, since(planned, 21).assign(requested_date=pd.NaT), false_alarms=0.02)
    assert seen == [([True], 0.02), ([False], 0.02)]
    z, k = np.random.default_rng(3).normal(size=(40, 26)), np.full(40, 0.5)
    rates = np.where(np.arange(40) % 2, weekly_rate(0.3), weekly_rate(each_of_two(0.3)))
    mixed, high, low = (alarms(z, k, rate).week for rate in (rates, rates.max(), rates.min()))
    assert np.array_equal(mixed, np.where(np.arange(40) % 2, high, low))
    assert (high >= 0).sum() > (low >= 0).sum()
