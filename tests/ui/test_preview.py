"""The preview agrees with the proven answer within its gap, and knows where it cannot tell."""

import sys
import threading

import numpy as np
import pytest

from engine.solve.decide import solve
from engine.ui.preview import PREVIEW_GAP, Preview, Today, preview
from tests.scenarios import make_scenario, random_scenario

PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}


def test_it_finds_a_plan_within_its_gap_of_the_proven_one() -> None:
    scenario = random_scenario(np.random.default_rng(4), products=6, components=5)
    quick, proven = preview(scenario), solve(scenario, gap=1e-6)
    assert quick.status is Preview.FOUND
    assert quick.plan.gap <= PREVIEW_GAP
    assert quick.plan.bound_per_year <= proven.plan.objective_per_year * (1 + 1e-9)
    assert quick.plan.objective_per_year >= proven.plan.objective_per_year * (1 - 1e-6)


def test_today_is_the_cost_of_the_current_strategies() -> None:
    row = {"current_strategy": "MTO", "change_cost": 10.0}
    quick = preview(make_scenario([row], **PARTS))
    assert quick.today == pytest.approx(quick.plan.decisions.loc[0, "cost_if_MTO"])
    locked = solve(make_scenario([{**row, "locked": "MTO"}], **PARTS))
    assert quick.today == pytest.approx(locked.plan.objective_per_year)


def test_without_current_strategies_there_is_no_today() -> None:
    assert preview(make_scenario(**PARTS)).today is Today.UNKNOWN


def test_current_strategies_that_break_rules_are_told() -> None:
    scenario = make_scenario([{"current_strategy": "MTO", "allowed": "MTS|ATO"}], **PARTS)
    assert preview(scenario).today is Today.BREAKS_RULES


@pytest.mark.parametrize("settings", [{"inventory_budget": 500.0}, {"risk": {"cvar_weight": 0.5}}])
def test_what_only_the_whole_program_decides_is_left_to_the_proof(settings) -> None:
    quick = preview(make_scenario(**PARTS, **settings))
    assert quick.status is Preview.NEEDS_PROOF
    assert quick.plan is None


def test_too_little_capacity_is_infeasible() -> None:
    scenario = make_scenario(
        **PARTS,
        resources=[{"resource": "R", "hours_per_week": 1}],
        routing=[{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 1}],
    )
    assert preview(scenario).status is Preview.INFEASIBLE


def test_it_never_solves_through_pyomo(monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a Pyomo model in the server stops other readers")

    for module in list(sys.modules.values()):
        for name in ("build_model", "compile_model"):
            if getattr(module, "__name__", "").startswith("engine.") and hasattr(module, name):
                monkeypatch.setattr(module, name, refuse)
    assert preview(make_scenario(**PARTS)).status is Preview.FOUND
    assert preview(make_scenario(**PARTS, inventory_budget=500.0)).status is Preview.NEEDS_PROOF


def test_previews_in_several_threads_agree_with_one_alone() -> None:
    scenario = random_scenario(np.random.default_rng(5), products=5, components=4)
    alone = preview(scenario).plan.objective_per_year
    found: list[float] = []
    threads = [
        threading.Thread(target=lambda: found.append(preview(scenario).plan.objective_per_year), daemon=True)
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found == [alone] * 4
