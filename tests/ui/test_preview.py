"""The preview agrees with the proven answer within its gap, and knows where it cannot tell."""

import importlib
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.decision.whatif import WhatIf
from engine.demand.panel import draw_panels
from engine.economics.exposure import draw
from engine.economics.exposure.draw import SampleCache
from engine.ui.work.preview import PreviewResult, preview, preview_samples
from tests.patience import PATIENCE_SECONDS
from tests.scenarios import make_scenario, random_scenario
from tests.ui import previews
from tests.ui.pages import opened

PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}


def quickly(scenario) -> PreviewResult | None:
    return preview(WhatIf(scenario), scenario)


def test_its_gap_brackets_the_proven_plan() -> None:
    scenario = random_scenario(np.random.default_rng(4), products=6, components=5)
    quick, proven = quickly(scenario), solve(scenario, gap=1e-6)
    assert quick.plan.gap < 1.0
    assert quick.plan.bound_per_year <= proven.plan.objective_per_year * (1 + 1e-9)
    assert quick.plan.objective_per_year >= proven.plan.objective_per_year * (1 - 1e-6)


def test_samples_are_fewer_where_there_are_many_products() -> None:
    few, many = make_scenario([{}] * 60, samples=400), make_scenario([{}] * 120, samples=400)
    assert preview_samples(few) == 400
    assert preview_samples(many) == 200


def test_a_preview_tells_costs_on_all_samples_whatever_it_was_searched_on() -> None:
    scenario = random_scenario(np.random.default_rng(4), products=6, components=5).with_settings(samples=200)
    quick = preview(WhatIf(scenario, samples=100), scenario, SampleCache())
    assert quick.searched == 100
    assert quick.plan.summary["samples"] == 200
    locked = scenario.products.assign(locked=quick.plan.decisions["strategy"].to_numpy())
    same = solve(replace(scenario, products=locked), gap=1e-6).plan
    # Only another choice of strategies can move the number when the proof lands, never another draw.
    assert quick.plan.objective_per_year == pytest.approx(same.objective_per_year, rel=1e-6)
    left = quick.plan.objective_per_year - quick.plan.bound_per_year
    assert left == pytest.approx(quick.plan.whole_gap * quick.plan.objective_per_year, rel=1e-9)
    # Whatever the search leaves open, hindsight saves what it saves of these strategies.
    served = quick.plan.objective_per_year - same.summary["program_per_year"]
    assert quick.plan.allocation_gap == pytest.approx(served / quick.plan.objective_per_year, abs=1e-6)


def test_its_plan_adds_up_and_leaves_the_other_costs_to_the_proof() -> None:
    scenario = random_scenario(np.random.default_rng(4), products=6, components=5)
    plan = quickly(scenario).plan
    decisions = plan.decisions
    assert decisions["expected_cost_per_year"].sum() == pytest.approx(plan.objective_per_year, rel=1e-9)
    for row in decisions.to_dict("records"):
        assert [k for k in ("MTS", "ATO", "MTO") if np.isfinite(row[f"cost_if_{k}"])] == [row["strategy"]]
    assert decisions["regret_per_year"].isna().all()
    assert (decisions[["reason", "next_best"]] == "").all(axis=None)


@pytest.mark.parametrize("budget", [20.0, 500.0])
def test_a_budget_has_a_preview_that_keeps_it(budget: float) -> None:
    scenario = make_scenario(**PARTS, inventory_budget=budget)
    quick, proven = quickly(scenario), solve(scenario, gap=1e-6)
    assert quick.plan.summary["inventory_value"] <= budget * (1 + 1e-6)
    assert quick.plan.bound_per_year <= proven.plan.objective_per_year * (1 + 1e-9)
    assert quick.plan.objective_per_year >= proven.plan.objective_per_year * (1 - 1e-6)


def test_stocking_costs_have_a_preview_though_there_is_no_pool() -> None:
    assert quickly(make_scenario(components=[{"stocking_cost_per_year": 5.0}], bom={"P1": {"C1": 1}})) is not None


@pytest.mark.parametrize("rules", [{"risk": {"cvar_weight": 0.5}}, {}])
def test_lost_sales_and_risk_have_a_preview(rules) -> None:
    rows = [{"lost_share_if_late": 0.5, "price": 200.0, "current_strategy": "MTO", "demand_cv": cv} for cv in (0.4, 1)]
    scenario = make_scenario(rows, components=[{}], bom={"P1": {"C1": 1}, "P2": {"C1": 1}}, samples=100, **rules)
    quick, proven = quickly(scenario), solve(scenario, gap=1e-6)
    assert quick.plan.bound_per_year <= proven.plan.objective_per_year * (1 + 1e-9)
    assert quick.plan.objective_per_year >= proven.plan.objective_per_year * (1 - 1e-6)


def test_too_little_capacity_has_no_preview() -> None:
    scenario = make_scenario(
        **PARTS,
        resources=[{"resource": "R", "hours_per_week": 1}],
        routing=[{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 1}],
    )
    assert quickly(scenario) is None


def test_it_never_solves_through_pyomo(monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a Pyomo model in the server stops other readers")

    for home in ("engine.model.build", "engine.program.compiled"):
        importlib.import_module(home)
    for module in list(sys.modules.values()):
        for name in ("build_model", "compile_model"):
            if getattr(module, "__name__", "").startswith("engine.") and hasattr(module, name):
                monkeypatch.setattr(module, name, refuse)
    assert quickly(make_scenario(**PARTS)) is not None
    assert quickly(make_scenario(**PARTS, inventory_budget=500.0)) is not None
    assert quickly(make_scenario(**PARTS, risk={"cvar_weight": 0.5})) is not None


def test_previews_in_several_threads_agree_with_one_alone() -> None:
    scenario = random_scenario(np.random.default_rng(5), products=5, components=4)
    alone = quickly(scenario).plan.objective_per_year
    found: list[float] = []
    threads = [
        threading.Thread(target=lambda: found.append(quickly(scenario).plan.objective_per_year), daemon=True)
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE_SECONDS)
    assert found == [alone] * 4


def test_todays_strategies_are_priced_on_what_the_preview_has_drawn(monkeypatch) -> None:
    drawn = []

    def counted(processes, keys, **options):
        drawn.extend(keys)
        return draw_panels(processes, keys, **options)

    previews.apart(monkeypatch)
    app = opened("tiny")
    monkeypatch.setattr(draw, "draw_panels", counted)
    app.slider(key="lever_demand_cv").set_value(120.0).run()
    assert sorted(drawn) == ["CHAIR", "SOFA", "STOOL"]
