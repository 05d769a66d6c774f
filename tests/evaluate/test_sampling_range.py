"""The range of a flip on other samples holds the flip on very many of them, nearly as often as it says."""


import numpy as np
import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.evaluate.sensitivity.sampling_range import sampling_range
from engine.evaluate.sensitivity.thresholds import thresholds
from engine.scenario.read import read_scenario
from tests.evaluate.lone import LONE, UNITS, flipped
from tests.evidence import FULL
from tests.scenarios import make_scenario


def told(scenario, inputs, **options):
    return flipped(thresholds(scenario, inputs=inputs, **options).table)


@pytest.mark.usefixtures("fewer_values")
def test_the_range_holds_the_flip_of_very_many_samples():
    """The premium's flip follows from the costs of a plan, so that 10,000 samples tell the truth."""
    row = solve(make_scenario([LONE], samples=10_000 if FULL else 5_000), certified=False).plan.decisions.iloc[0]
    truth = LONE["make_premium"] + (row["cost_if_MTS"] - row["cost_if_MTO"]) / UNITS
    scenario, repeats = make_scenario([LONE], samples=200), 400 if FULL else 3
    ranges = pd.concat([told(scenario, ["make_premium"], seed=seed) for seed in range(1, repeats + 1)])
    held = ((ranges["sampling_low"] <= truth) & (truth <= ranges["sampling_high"])).mean()
    print(f"\n{len(ranges)} flips, true at {truth:.4f}: {held:.1%} of the ranges hold it")
    assert len(ranges) == repeats
    assert held >= (0.85 if FULL else 0.75)
    # A range of everything would hold it, too. Four standard deviations would do; samples are stratified, which the
    # intervals do not count on, and both of two intervals have to be clear.
    assert (ranges["sampling_high"] - ranges["sampling_low"]).median() < 10.0 * ranges["low"].std()


@pytest.mark.evidence
@pytest.mark.usefixtures("fewer_values")
@pytest.mark.parametrize("name", [*(["unit_cost", "demand_cv"] if FULL else []), "assembly_premium"])
def test_the_range_holds_the_flip_of_a_product_that_shares_parts(name):
    scenario, repeats = read_scenario("scenarios/tiny"), 40 if FULL else 2
    truth = told(scenario.with_settings(samples=20_000 if FULL else 500), [name], products=("SOFA",))
    true = {(row.strategy_below, row.strategy_above): row.low for row in truth.itertuples()}
    small = scenario.with_settings(samples=200 if FULL else 60)
    found = pd.concat([told(small, [name], products=("SOFA",), seed=seed) for seed in range(repeats)])
    held = [
        row.sampling_low <= true[row.strategy_below, row.strategy_above] <= row.sampling_high
        for row in found.itertuples() if (row.strategy_below, row.strategy_above) in true
    ]  # fmt: skip
    print(f"\n{name}: true {true}, {np.mean(held):.1%} of {len(held)} ranges hold it")
    assert np.mean(held) >= (0.85 if FULL else 0.3)


@pytest.mark.usefixtures("fewer_values")
def test_more_samples_make_it_narrower():
    width = []
    for samples in (100, 1600):
        row = told(make_scenario([LONE], samples=samples), ["make_premium"]).iloc[0]
        width.append(row["sampling_high"] - row["sampling_low"])
    assert width[1] == pytest.approx(width[0] / 4.0, rel=0.5)


@pytest.mark.usefixtures("fewer_values")
def test_where_today_is_within_the_range_it_is_said():
    scenario = make_scenario([LONE], samples=20)
    premium = told(scenario, ["make_premium"]).iloc[0]["low"]
    near = make_scenario([{**LONE, "make_premium": premium * 0.98}], samples=20)
    row = told(near, ["make_premium"]).iloc[0]
    assert row["sampling_low"] == row["current_value"] < row["low"] < row["sampling_high"]
    assert row["words"].endswith(", and MTS may be right today")


@pytest.mark.usefixtures("fewer_values")
def test_samples_that_hang_together_have_no_range():
    scenario = make_scenario([LONE], samples=40, risk={"cvar_weight": 0.3})
    row = told(scenario, ["make_premium"]).iloc[0]
    assert np.isnan(row["sampling_low"])
    assert "other samples" not in row["words"]


def test_the_range_is_found_from_the_intervals():
    """With a difference of 10 - value and a half width of 2 either way, it is from 8 to 12."""
    from engine.evaluate.studies.assess import Difference

    def of(value, _others):
        return Difference(mean=10.0 - value, low=8.0 - value, high=12.0 - value)

    none = np.zeros(1, dtype=np.int64)
    found = sampling_range(of, (10.0, 10.0), 1, others=(none, none), start=1.0, end=50.0)
    assert found == pytest.approx((8.0, 12.0), abs=0.1)
    below = sampling_range(
        lambda value, _: Difference(mean=value - 10.0, low=value - 12.0, high=value - 8.0), (10.0, 10.0), -1,
        others=(none, none), start=30.0, end=9.0,
    )  # fmt: skip
    assert below == pytest.approx((9.0, 12.0), abs=0.1)
