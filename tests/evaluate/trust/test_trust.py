"""Everything together, from Python."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.errors import EngineError
from engine.evaluate.trust.trust import confidence
from engine.report.sentences.trust import trust_text
from engine.scenario.read import read_scenario
from tests.evidence import FULL
from tests.scenarios import make_scenario

TINY = Path(__file__).resolve().parents[3] / "scenarios" / "tiny"


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(TINY).with_settings(samples=60 if FULL else 30)


@pytest.fixture(scope="module")
def plan(scenario):
    return solve(scenario, certified=False).plan


def test_tiny_is_judged_and_told(scenario, plan):
    lines, draws = [], 10 if FULL else 5
    found = confidence(scenario, plan, draws=draws, batches=2, tick=lines.append)
    again = confidence(scenario, plan, draws=draws, batches=2)
    for name, table in found.tables().items():
        pd.testing.assert_frame_equal(table, again.tables()[name])
    assert set(found.tables()) == {"confidence", "inputs", "batches", "samples", "below_target"}
    text = trust_text(found)
    assert "sampling gap" in text
    assert "VSS" in text
    assert "SOFA" in text
    assert "no-regret" in text
    assert f"inputs redrawn: {draws} of {draws}" in lines
    summary = found.summary()
    assert summary["sampling_gap"]["high_per_year"] == found.gap.interval.high
    assert summary["information"]["vss_per_year"] > 0.0
    assert sum(summary["confidence"]["counts"].values()) == 3
    assert summary["confidence"]["uncertainty"]["products.demand_cv"] == 0.2


def test_without_uncertainty_every_recommendation_is_kept_or_contested(scenario, plan):
    found = confidence(scenario, plan, uncertainty=0.0, of={"demand_cv": 1e-6}, draws=20 if FULL else 6, batches=0)
    assert found.gap is None
    assert found.information is None
    assert (found.confidence.products["confidence"] > 0.9).all()


def test_more_uncertainty_is_less_confidence(scenario, plan):
    found = (
        confidence(scenario, plan, uncertainty=u, draws=16 if FULL else 8, batches=0).confidence for u in (0.05, 0.6)
    )
    means = [one.products["confidence"].mean() for one in found]
    assert means[0] > means[1]


def test_a_plan_of_other_data_is_refused(scenario, plan):
    goods = scenario.products.assign(unit_cost=np.arange(1.0, 4.0))
    with pytest.raises(EngineError, match="other data"):
        confidence(replace(scenario, products=goods), plan, draws=0)


def test_with_cvar_the_figures_left_out_are_named():
    risky = make_scenario([{}], samples=20, risk={"cvar_weight": 0.3})
    found = confidence(risky, solve(risky, certified=False).plan, draws=0, batches=3)
    assert found.information is None
    assert found.gap.tail.weight == 0.3
    assert "left out" in trust_text(found)


def test_with_lost_sales_nothing_is_left_out():
    lossy = make_scenario([{"lost_share_if_late": 0.5, "price": 200.0}], samples=20)
    found = confidence(lossy, solve(lossy, certified=False).plan, draws=0, batches=3)
    assert found.gap.interval.high > 0.0
    assert found.information.vss >= 0.0
    assert not found.notes


def test_what_fresh_samples_cost_is_what_orders_in_turn_cost_there():
    """Two products wait for a part that serves both: with hindsight it costs less than turn by turn."""
    goods = [{"product": name, "late_cost_per_unit_day": late, "demand_cv": 0.8, "lead_time_target_days": 3.0,
              "assembly_days": 2.0, "allowed": "ATO"} for name, late in (("A", 20.0), ("B", 0.2))]  # fmt: skip
    shared = make_scenario(
        goods, components=[{"unit_cost": 30.0, "lead_time_days": 28.0}] * 2,
        bom={"A": {"C1": 1, "C2": 1}, "B": {"C1": 1}}, samples=100,
    )  # fmt: skip
    plan = solve(shared, certified=False).plan
    found = confidence(shared, plan, draws=0, batches=4 if FULL else 2).gap
    assert (found.served >= found.cost * (1.0 - 1e-9)).all()
    assert found.served.mean() > 1.05 * found.cost.mean()
    assert found.held_out == pytest.approx(found.served.mean())
    assert found.promised == plan.objective_per_year
    assert plan.summary["allocation_gap"] > 0.01
