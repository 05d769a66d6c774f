"""Decisions, ledger and objective are one sum; the same input gives the same bytes, whatever order or process.

Under every rule `test_enumeration.py` looks at that sum, of the plans that it decides.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

from benchmarks.instances import group
from engine.cli import app
from engine.decision.outcome import Solved, TimedOut
from engine.decision.solve import decide_instance, solve
from engine.demand.fitting.complete import complete
from engine.program.highs import SolveStatus
from engine.report.files import PLAN_TABLES, write_plan
from engine.scenario.importers.adventureworks import import_adventureworks
from engine.scenario.read import read_scenario
from tests.decision.cases import case
from tests.decision.one_sum import assert_one_sum
from tests.evidence import FULL, covering
from tests.scenarios import make_scenario, random_scenario

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = sorted(path.parent.name for path in (ROOT / "scenarios").glob("*/scenario.yaml"))
SAMPLES = 40 if FULL else 20


@pytest.mark.parametrize("name", BUNDLED)
def test_decisions_ledger_and_objective_are_one_sum_and_certified(name):
    scenario = complete(read_scenario(ROOT / "scenarios" / name))
    outcome = solve(scenario, samples=SAMPLES, gap=0.01, compared=FULL)
    assert isinstance(outcome, Solved)
    assert outcome.plan.gap <= 0.01
    assert_one_sum(outcome.plan)
    said = outcome.plan.summary["certified_by"]
    assert said["model"] == "pyomo"
    assert said["difference"] < 1e-6


@pytest.mark.parametrize(("name", "weight"), covering(BUNDLED if FULL else ("bicycles", "tiny"), (0.0, 0.5)))
def test_gaps_of_a_plan_that_is_not_proven_are_one_sum(monkeypatch, name, weight):
    """Without a time limit it is called unproven; its bound is as far below as its two gaps say."""

    def lost(instance, **options):
        decided = decide_instance(instance, **options)
        search = replace(decided.search, status=SolveStatus.TIME_LIMIT, bound=0.9 * decided.search.bound)
        return replace(decided, search=search)

    monkeypatch.setattr("engine.decision.solve.decide_instance", lost)
    scenario = complete(read_scenario(ROOT / "scenarios" / name))
    risk = scenario.settings.risk.model_copy(update={"cvar_weight": weight})
    scenario = replace(scenario, settings=scenario.settings.model_copy(update={"risk": risk}))
    outcome = solve(scenario, samples=SAMPLES, gap=0.01, compared=False)
    assert isinstance(outcome, TimedOut)
    plan = outcome.plan
    summary, objective = plan.summary, plan.objective_per_year
    assert summary["status"] == "unproven"
    assert summary["gap"] >= 0.09
    left = 1.0 - summary["gap"] - summary["allocation_gap"]
    assert objective * left == pytest.approx(outcome.bound_per_year) == pytest.approx(summary["bound_per_year"])
    # Of the plan's own strategies, which need not be those of the search's best plan.
    assert summary["bound_per_year"] <= summary["certified_by"]["objective_per_year"] <= objective * (1.0 + 1e-9)
    assert plan.ledger["cost_per_year"].sum() == pytest.approx(objective)
    assert ("risk" in set(plan.ledger["term"])) == (weight > 0.0)


def test_decisions_ledger_and_objective_are_one_sum_on_adventureworks(data_dir, tmp_path):
    import_adventureworks(data_dir / "adventureworks", tmp_path / "aw")
    outcome = solve(complete(read_scenario(tmp_path / "aw")), samples=60 if FULL else 12, gap=0.01, compared=FULL)
    assert isinstance(outcome, Solved)
    assert_one_sum(outcome.plan)


def test_inventory_value_is_what_holding_is_charged_on():
    """Holding costs one rate on finished goods and parts alike, so a product's holding is the rate times its value."""
    for seed in range(4 if FULL else 2):
        scenario = case("min order quantities", seed)
        plan = solve(scenario).plan
        table = plan.decisions.set_index("product")
        terms = plan.ledger.pivot_table(index="product", columns="term", values="cost_per_year").reindex(table.index)
        terms = terms.reindex(columns=["holding", "obsolescence"])
        held = terms["holding"].fillna(0.0) / scenario.settings.holding_rate_per_year
        pd.testing.assert_series_equal(table["inventory_value"], held, check_names=False, rtol=1e-9)
        written_off = terms["obsolescence"].fillna(0.0)
        pd.testing.assert_series_equal(table["obsolescence_per_year"], written_off, check_names=False, rtol=1e-9)
        costs = scenario.components.set_index("component")["unit_cost"]
        parts = plan.components.set_index("component")["inventory_value"]
        assembled = table.loc[table["strategy"] == "ATO", "inventory_value"].sum()
        assert parts.sum() == pytest.approx(assembled, rel=1e-9, abs=1e-6)
        assert (parts[costs == 0.0] == 0.0).all()


def test_at_continuous_review_orders_are_late_as_often_as_one_part_is_short():
    """One part, bought in 20 days, wanted in 5, Poisson orders: late where Poisson(rate x 15) reaches the base stock.

    The order that arrives sees the state of time (PASTA); Palm's theorem is exact for Poisson orders.
    """
    scenario = make_scenario(
        products=[{"allowed": "ATO", "distribution": "poisson", "demand_cv": "", "late_cost_per_unit_day": 0.1}],
        components=[{"component": "C", "lead_time_days": 20}],
        bom={"P1": {"C": 1}},
        review_days=0.0,
        samples=4000,
    )
    plan = solve(scenario, certified=False, compared=False).plan
    base = plan.components["base_stock"].iloc[0]
    # A unit that falls due is there if the orders of the 15 days before it left one: at most S - 1 of them.
    whole = np.floor(base + 1e-9)
    assert plan.decisions["on_time"].iloc[0] == pytest.approx(stats.poisson.cdf(whole - 1, 10 / 7 * 15), abs=0.015)


@pytest.mark.parametrize("settings", [{"risk": {"cvar_weight": 0.4, "cvar_level": 0.8}}, {"inventory_budget": 9000.0}])
def test_lost_sales_that_are_tied_together_cost_what_the_curve_says(settings):
    for seed in range(4 if FULL else 1):
        scenario = case("lost sales of whole units", seed, **settings)
        outcome = solve(scenario)
        assert isinstance(outcome, Solved)
        assert_one_sum(outcome.plan)


def test_lateness_for_all_is_shared_by_products_with_no_demand_in_any_sample():
    """A part that must be bought in batches lies there even when nothing was ordered: somebody pays."""
    rare = {"demand_per_week": 0.001, "distribution": "poisson", "demand_cv": "", "allowed": "ATO"}
    scenario = make_scenario(
        products=[{"product": "A", **rare}, {"product": "B", **rare}],
        components=[{"component": "C", "min_order_quantity": 40, "stocking_cost_per_year": 100, "lead_time_days": 30}],
        bom={"A": {"C": 1}, "B": {"C": 1}},
        samples=10,
    )
    outcome = solve(scenario)
    assert isinstance(outcome, Solved)
    assert_one_sum(outcome.plan)
    assert outcome.plan.objective_per_year > 100.0


def content(folder):
    """Every file of a plan, the summary without what may differ between runs."""
    found = {f"{name}.csv": (folder / f"{name}.csv").read_bytes() for name in PLAN_TABLES}
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    summary["certified_by"].pop("seconds")
    return found, {key: value for key, value in summary.items() if key not in ("seconds", "versions")}


def decided(scenario, out):
    outcome = solve(scenario, samples=SAMPLES)
    assert isinstance(outcome, Solved)
    write_plan(outcome.plan, out)
    return content(out)


@cache
def scenario_for_order():
    return random_scenario(np.random.default_rng(5), products=6, components=5, resources=2, max_changes=None)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    return decided(scenario_for_order(), tmp_path_factory.mktemp("first"))


def test_two_runs_are_byte_identical_but_for_seconds(first_run, tmp_path):
    assert decided(scenario_for_order(), tmp_path / "second") == first_run


def test_another_process_gives_the_same_bytes(tmp_path):
    command = ["solve", str(ROOT / "scenarios" / "tiny"), "--samples", "40", "--out"]
    assert CliRunner().invoke(app, [*command, str(tmp_path / "here")]).exit_code == 0
    # Another seed of hashes than this process has: sets are in another order there.
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    there = [sys.executable, "-m", "engine", *command, str(tmp_path / "there")]
    subprocess.run(there, check=True, env=environment, cwd=tmp_path)
    assert content(tmp_path / "here") == content(tmp_path / "there")


def shuffled(scenario, seed):
    tables = {
        name: scenario.table(name).sample(frac=1.0, random_state=seed).reset_index(drop=True)
        for name in ("products", "components", "bom", "resources", "routing")
    }
    return replace(scenario, **tables)


@pytest.mark.parametrize("seed", [1, 2] if FULL else [1])
def test_the_order_of_rows_changes_only_the_order_of_results(seed):
    scenario = scenario_for_order()
    plan, other = (solve(s, samples=SAMPLES, gap=1e-9).plan for s in (scenario, shuffled(scenario, seed)))
    assert other.decisions["product"].tolist() != plan.decisions["product"].tolist()
    assert other.objective_per_year == pytest.approx(plan.objective_per_year, rel=1e-9)
    assert other.summary["input_sha256"] == plan.summary["input_sha256"]
    for name, key in (("decisions", "product"), ("components", "component"), ("resources", "resource")):
        one, two = (getattr(p, name).set_index(key) for p in (plan, other))
        # Which of several equally good allocations the solver finds may differ; strategies, stocks and costs may not.
        same = {
            "decisions": ["strategy", "cost_if_MTS", "cost_if_ATO", "cost_if_MTO"],
            "components": ["products_served"],
            "resources": list(one.columns),
        }[name]
        pd.testing.assert_frame_equal(two.loc[one.index, same], one[same], rtol=1e-6, atol=1e-4)


def test_labels_change_nothing(first_run, tmp_path):
    scenario = scenario_for_order()
    labels = scenario.products["product"] + " with a label"
    labelled = replace(scenario, products=scenario.products.assign(name=labels))
    (tables, summary), (other, told) = first_run, decided(labelled, tmp_path / "labelled")
    assert other == tables
    assert {k: v for k, v in told.items() if k != "input_sha256"} == {
        k: v for k, v in summary.items() if k != "input_sha256"
    }


def test_a_key_names_the_stream_so_that_renaming_draws_anew():
    """Keys are identity: another key is another product with other samples, of the same distribution."""
    plan = solve(make_scenario(products=[{"product": "P"}]), samples=200).plan
    other = solve(make_scenario(products=[{"product": "Q"}]), samples=200).plan
    assert other.objective_per_year != plan.objective_per_year
    assert other.objective_per_year == pytest.approx(plan.objective_per_year, rel=0.1)
    assert other.decisions["strategy"].tolist() == plan.decisions["strategy"].tolist()


def test_no_move_of_one_product_saves_in_a_plan_of_a_wide_gap():
    scenario = group(16, samples=40)
    plan = solve(scenario, gap=0.2).plan
    assert plan.decisions["regret_per_year"].dropna().min() >= -1e-6 * plan.objective_per_year
