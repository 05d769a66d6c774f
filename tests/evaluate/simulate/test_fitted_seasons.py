"""From order lines to a promise: a season is fitted, stocks follow it, and the true process costs what was promised."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.demand.fitting.complete import complete
from engine.evaluate.simulate.clock.orders import GammaLots, SeasonalOrders
from engine.evaluate.simulate.replicate import simulate_system
from engine.evaluate.simulate.translate import system_of
from engine.scenario.read import read_scenario
from tests.demand.test_cases import ROOT
from tests.economics.test_following import SLOW
from tests.evidence import FULL
from tests.scenarios import make_scenario

# As the products of known truth.
KNOWN = {
    "unit_cost": 100.0, "price": 200.0, "make_days": 21.0, "assembly_days": 2.0, "late_cost_per_unit_day": 0.6,
    "make_premium": 1.2, "obsolescence_per_year": 0.1,
}  # fmt: skip
DAYS = np.arange(365.0) + 0.5


def sine(first: float = 0.0) -> np.ndarray:
    """Factors of the days of a year, the wave beginning on a day."""
    wave = 1.0 + 0.5 * np.sin(2.0 * np.pi * (DAYS - first) / 364.0)
    return wave / wave.mean()


def promised_and_true(
    scenario, cvs, daily, *, carrying, late, mean=40.0, samples=4000, years=20, replications=10
):  # fmt: skip
    """Cost a year of each product, as its plan promises and under gamma demand of a true mean, CV and season."""
    plan = solve(scenario, samples=samples, certified=False, compared=False).plan
    system = system_of(complete(scenario), plan)
    goods = tuple(
        replace(good, orders=SeasonalOrders(
            orders=GammaLots(mean_per_day=mean / 7.0, week_cv=cv), daily=tuple(daily.tolist()), in_orders=False
        ))
        for good, cv in zip(system.goods, cvs, strict=True)
    )  # fmt: skip
    seen = simulate_system(replace(system, goods=goods), years=years, replications=replications)
    true = [365.0 * seen.cost_per_day(good.name, holding=carrying / 365.0, late=late).mean for good in goods]
    return plan.decisions["expected_cost_per_year"].to_numpy(), np.array(true)


def test_the_promise_of_known_truth_holds():
    """SEAS and SEASBIG cost 1.9 and 1.6 times their promise while the season counted as variability."""
    folder = Path(os.environ.get("CODP_CASES") or ROOT.parent / "shared" / "cases") / "orders" / "known-truth"
    if not folder.is_dir():
        pytest.skip("no cases here: set CODP_CASES to the folder that holds them")
    whole, names = read_scenario(folder), ["SEAS", "SEASBIG"]
    scenario = replace(
        whole, rows={}, orders=whole.orders[whole.orders["product"].isin(names)].reset_index(drop=True),
        products=whole.products[whole.products["product"].isin(names)].assign(allowed="MTS").reset_index(drop=True),
    )  # fmt: skip
    promise, true = promised_and_true(scenario, (0.3, 0.1), sine(2.0), carrying=35.0, late=0.6)
    # The mean of the weeks drawn for SEAS is 38.6: one of the tenth of all histories whose promise is furthest off.
    print(f"SEAS and SEASBIG: true over promised {np.round(true / promise, 3)}")
    assert true / promise == pytest.approx([1.0, 1.0], abs=0.15)
    assert true[1] / promise[1] == pytest.approx(1.0, abs=0.05)


# Level now, CV around it, and whether a season of 50% or a trend from 20 on leads there.
PROCESSES = {"SEAS": (40.0, 0.3, True), "SEASBIG": (40.0, 0.1, True), "TREND": (60.0, 0.3, False)}


@pytest.mark.parametrize("process", PROCESSES if FULL else ["SEAS"])
def test_over_many_histories_the_promise_is_kept(process):
    """156 weeks leave the mean open by 2.4% and the CV by 6%: one draw says little; on average it holds."""
    level, cv, seasonal = PROCESSES[process]
    days = pd.date_range("2022-01-03", periods=156 * 7, freq="D")
    of_year = np.minimum(days.day_of_year.to_numpy() - 1, 364)
    path = level * sine(2.0)[of_year] if seasonal else np.linspace(level / 3.0, level, len(days))
    count = 30 if FULL else 6
    orders = [
        {"product": f"P{k}", "order_date": f"{day:%Y-%m-%d}", "quantity": round(float(units), 4)}
        for k in range(count)
        for day, units in zip(
            days, np.random.default_rng(100 + k).gamma(1.0 / (7.0 * cv**2), cv**2 * path), strict=True
        )
        if units > 5e-5
    ]
    row = {**KNOWN, "demand_per_week": "", "demand_cv": "", "lead_time_target_days": 2.0, "allowed": "MTS"}
    scenario = make_scenario(
        [{**row, "product": f"P{k}"} for k in range(count)], orders=orders, holding_rate_per_year=0.25, review_days=7
    )
    promise, true = promised_and_true(
        scenario, [cv] * count, sine(2.0) if seasonal else np.ones(365), carrying=35.0, late=0.6, mean=level,
        samples=1000, years=10, replications=4,
    )  # fmt: skip
    ratio = true / promise
    print(f"{process}: true over promised {ratio.mean():.3f}, from {ratio.min():.2f} to {ratio.max():.2f}")
    # One draw is off by some 7%.
    assert ratio.mean() == pytest.approx(1.0, abs=0.05 if FULL else 0.09)


def test_a_long_book_keeps_its_promise():
    """Twelve years of weekly orders, season 50%, CV 0.3: what is fitted costs what it promises."""
    weeks = pd.date_range("2013-01-07", periods=624, freq="7D")
    # The middle of each week.
    factor = np.interp(weeks.day_of_year.to_numpy() + 2.5, DAYS, sine())
    units = np.random.default_rng(11).gamma(1.0 / 0.09, 0.09 * 40.0 * factor)
    orders = [
        {"product": "P1", "order_date": f"{day:%Y-%m-%d}", "quantity": round(float(quantity), 3)}
        for day, quantity in zip(weeks, units, strict=True)
    ]
    scenario = make_scenario([{**SLOW, "demand_per_week": "", "demand_cv": ""}], orders=orders)
    promise, true = promised_and_true(scenario, (0.3,), sine(), carrying=2.5, late=0.05)
    # The mean of twelve years is known to within 1.2%, which is worth some 4% of the cost.
    assert true[0] / promise[0] == pytest.approx(1.0, abs=0.08)
