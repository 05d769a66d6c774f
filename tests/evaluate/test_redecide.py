"""What is decided again is what `solve` decides: flips, frontiers and variants are shown by solving afresh."""

import pytest

from engine.decision.solve import decide_instance, solve
from engine.economics.build import build_instance
from engine.evaluate.studies.redecide import redecide
from engine.scenario.columns import STRATEGIES
from engine.scenario.read import read_scenario
from tests.evidence import FULL


@pytest.fixture(scope="module")
def scenario():
    return read_scenario("scenarios/bicycles").with_settings(samples=30 if FULL else 8)


@pytest.mark.parametrize("gap", [0.03, 1e-3])
def test_redecide_finds_the_plan_of_solve(scenario, gap):
    plan = solve(scenario, gap=gap, certified=False, compared=False).plan
    found = redecide(scenario, gap=gap)
    assert [STRATEGIES[k] for k in found.recourse.strategy] == plan.decisions["strategy"].tolist()
    assert found.objective == pytest.approx(plan.objective_per_year, rel=1e-12)


def test_a_loose_proof_leaves_a_move_that_saves(scenario):
    """Without it the test above could not fail."""
    search = decide_instance(build_instance(scenario), gap=0.03).search
    assert search.best.objective > redecide(scenario, gap=0.03).objective
