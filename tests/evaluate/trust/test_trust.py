"""Everything together, from Python."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.errors import EngineError
from engine.evaluate.trust.trust import confidence
from engine.report.trust import trust_text
from engine.scenario.read import read_scenario
from tests.scenarios import make_scenario

TINY = Path(__file__).resolve().parents[3] / "scenarios" / "tiny"


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(TINY).with_settings(samples=60)


@pytest.fixture(scope="module")
def plan(scenario):
    return solve(scenario).plan


def test_tiny_is_judged_and_told(scenario, plan):
    lines = []
    found = confidence(scenario, plan, draws=25, batches=3, tick=lines.append)
    again = confidence(scenario, plan, draws=25, batches=3)
    for name, table in found.tables().items():
        pd.testing.assert_frame_equal(table, again.tables()[name])
    assert set(found.tables()) == {"confidence", "inputs", "batches", "samples", "below_target"}
    text = trust_text(found)
    assert "sampling gap" in text
    assert "VSS" in text
    assert "SOFA" in text
    assert "no-regret" in text
    assert "inputs redrawn: 25 of 25" in lines
    summary = found.summary()
    assert summary["sampling_gap"]["high_per_year"] == found.gap.interval.high
    assert summary["information"]["vss_per_year"] > 0.0
    assert sum(summary["confidence"]["counts"].values()) == 3
    assert summary["confidence"]["uncertainty"]["products.demand_cv"] == 0.2


def test_without_uncertainty_every_recommendation_is_kept_or_contested(scenario, plan):
    found = confidence(scenario, plan, uncertainty=0.0, of={"demand_cv": 1e-6}, draws=20, batches=0)
    assert found.gap is None
    assert found.information is None
    assert (found.confidence.products["confidence"] > 0.9).all()


def test_more_uncertainty_is_less_confidence(scenario, plan):
    means = [
        confidence(scenario, plan, uncertainty=u, draws=40, batches=0).confidence.products["confidence"].mean()
        for u in (0.05, 0.6)
    ]
    assert means[0] > means[1]


def test_a_plan_of_other_data_is_refused(scenario, plan):
    goods = scenario.products.assign(unit_cost=np.arange(1.0, 4.0))
    with pytest.raises(EngineError, match="other data"):
        confidence(replace(scenario, products=goods), plan, draws=0)


def test_with_lost_sales_the_figures_left_out_are_named():
    lossy = make_scenario([{"lost_share_if_late": 0.5, "price": 200.0}], samples=20)
    found = confidence(lossy, solve(lossy).plan, draws=0, batches=3)
    assert found.gap is None
    assert "left out" in trust_text(found)
