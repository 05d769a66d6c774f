"""The sampling gap: the interval's arithmetic, the solver's share in it, and whether it covers the truth."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.errors import EngineError
from engine.evaluate.trust.first_stage import assess_fixed, cost_of, of_recourse
from engine.evaluate.trust.sampling_gap import batch_seed, gap_interval, sampling_gap
from engine.scenario.read import read_scenario
from tests.decision.enumeration import cost_of as least_cost
from tests.decision.enumeration import enumerate_all
from tests.evidence import FULL
from tests.scenarios import make_scenario

TINY = Path(__file__).resolve().parents[3] / "scenarios" / "tiny"


def planned(scenario, samples):
    found = decide_instance(build_instance(scenario, samples=samples), gap=1e-4).search.best
    return of_recourse(found), found.objective


def test_the_interval_is_mean_plus_t_times_the_standard_error():
    # t(0.95, 3 degrees of freedom) = 2.3534 (any table of Student's t).
    found = gap_interval(np.array([4.0, 6.0, 8.0, 6.0]), 0.95)
    assert found.high == pytest.approx(6.0 + 2.3534 * np.sqrt(8.0 / 3.0) / 2.0, rel=1e-4)
    assert gap_interval(np.array([-3.0, -3.0]), 0.95).high == 0.0


def test_on_tiny_it_is_that_of_enumeration_on_the_same_samples():
    scenario = read_scenario(TINY)
    batches, samples = (4, 25) if FULL else (2, 10)
    plan, promised = planned(scenario, 40)
    found = sampling_gap(
        scenario, plan, promised=promised, plan_samples=40, batches=batches, samples=samples, gap=1e-6, rungs=(0.5,)
    )
    for j in range(batches):
        instance = build_instance(scenario, samples=samples, seed=batch_seed(1, j))
        assert found.bound[j] == pytest.approx(enumerate_all(instance).cost, rel=1e-5)
        assert found.cost[j] >= least_cost(instance, tuple(plan.strategy.tolist())) - 1e-6
        assert found.cost[j] == pytest.approx(cost_of(instance, plan))
        assert found.served[j] == pytest.approx(assess_fixed(instance, plan).cost)
    assert found.interval == gap_interval(found.cost - found.bound, 0.95)
    assert found.held_out == pytest.approx(found.served.mean())
    assert found.ladder["samples"].tolist() == [20, 40]


def test_what_the_solver_leaves_unproven_widens_the_interval(monkeypatch):
    """By a twentieth of the batches' cost where bounds are that much lower, whatever plans were found."""
    scenario = make_scenario([{"demand_cv": 1.0}], samples=40)
    plan, promised = planned(scenario, 40)

    def judged():
        return sampling_gap(scenario, plan, promised=promised, batches=3, rungs=())

    def unproven(instance, **options):
        decided = decide_instance(instance, **options)
        search = decided.search
        return replace(decided, search=replace(search, bound=0.95 * search.best.objective))

    tight = judged()
    monkeypatch.setattr("engine.evaluate.trust.sampling_gap.decide_instance", unproven)
    loose = judged()
    assert loose.cost == pytest.approx(tight.cost)
    assert loose.interval.mean == pytest.approx(tight.interval.mean + 0.05 * tight.best.mean(), rel=1e-6)
    assert loose.solver_share == pytest.approx(0.05 * tight.best.mean() / tight.held_out, rel=1e-6)
    assert tight.solver_share == pytest.approx(0.0, abs=1e-9)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others():
    scenario = make_scenario([{"demand_cv": 1.0}], samples=40)
    plan, promised = planned(scenario, 40)
    one, two, three = (
        sampling_gap(scenario, plan, promised=promised, batches=3, seed=seed) for seed in (None, 1, 2)
    )
    pd.testing.assert_frame_equal(one.ladder, two.ladder)
    assert one.interval == two.interval
    assert one.interval != three.interval


def test_targets_kept_on_few_samples_only_are_told_and_paid_for():
    scenario = make_scenario(
        [{"demand_cv": 1.2, "on_time_target": 0.9, "late_cost_per_unit_day": 0.01, "allowed": "MTS"}], samples=30
    )
    plan, promised = planned(scenario, 30)
    found = sampling_gap(scenario, plan, promised=promised, batches=4, samples=400)
    assert found.below_target["product"].tolist() == ["P1"]
    assert found.below_target["on_time"].iloc[0] < 0.9
    assert found.for_targets > 0.0


def test_how_many_samples_are_enough_is_seen_scaled_or_not_told():
    scenario = make_scenario([{"demand_cv": 1.0}], samples=60)
    plan, promised = planned(scenario, 60)
    found = sampling_gap(scenario, plan, promised=promised, batches=3)

    def enough(share, *ladder):
        rungs = pd.DataFrame({"samples": [10, 20, 40, 80], "gap_high_share": ladder})
        told = replace(found, ladder=rungs).enough(share)
        return told.samples, told.seen

    assert enough(0.05, 0.08, 0.04, 0.06, 0.02) == (80, True)
    assert enough(0.1, 0.08, 0.04, 0.06, 0.02) == (10, True)
    assert enough(0.01, 0.08, 0.04, 0.06, 0.02) == (160, False)
    assert enough(0.01, 0.05, 0.06, 0.06, 0.05) == (None, False)


def test_one_batch_is_refused():
    scenario = make_scenario(samples=20)
    plan, promised = planned(scenario, 20)
    with pytest.raises(EngineError, match="at least 2"):
        sampling_gap(scenario, plan, promised=promised, batches=1)


@pytest.mark.evidence
def test_the_interval_covers_the_distance_to_the_true_optimum():
    """Truth: 10,000 samples of scenarios/tiny; at least 90 of 100 repeats (docs/evidence/confidence.md)."""
    scenario = read_scenario(TINY)
    many = build_instance(scenario, samples=10_000 if FULL else 1_000, seed=77)
    truth = decide_instance(many, gap=1e-4).search.bound
    repeats = 100 if FULL else 2
    rows = []
    for r in range(repeats):
        seed = 1000 + r
        found = decide_instance(build_instance(scenario, samples=200, seed=seed), gap=1e-3).search.best
        plan = of_recourse(found)
        judged = sampling_gap(
            scenario, plan, promised=found.objective, plan_samples=200, batches=10, samples=100, seed=seed, gap=1e-3,
            rungs=(),
        )  # fmt: skip
        rows.append(
            {
                "true": cost_of(many, plan) - truth,
                "high": judged.interval.high,
                "low": judged.held_out - judged.interval.high,
                "held": judged.held_out + judged.held_out_margin,
            }
        )
    table = pd.DataFrame(rows)
    gap_covered = int((table["true"] <= table["high"]).sum())
    optimum_covered = int(((table["low"] <= truth) & (truth <= table["held"])).sum())
    print(
        f"\ntrue optimum {truth:,.1f}; true gap of the plans: median {table['true'].median():,.1f}, largest "
        f"{table['true'].max():,.1f}; interval's end: median {table['high'].median():,.1f}; gap covered "
        f"{gap_covered} of {repeats}, optimum covered {optimum_covered} of {repeats}"
    )
    assert gap_covered >= 0.9 * repeats
    assert optimum_covered >= 0.9 * repeats
