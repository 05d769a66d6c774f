"""A corrected plan: every figure is of its own stocks, or left out."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from engine import read_plan, read_scenario, simulate, solve, with_readers
from engine.cli import app
from engine.economics.instance import TERMS
from engine.evaluate.simulate.findings.correct import tune, with_levels
from engine.evaluate.simulate.translate import system_of
from engine.report.files import write_plan
from tests.evidence import FULL
from tests.scenarios import make_scenario, write_scenario

LEFT_OUT = {
    "running_saving_per_year", "payback_months", "working_capital_released",
    "obsolescence_write_off_at_risk_per_year", "cost_cvar_per_year",
}  # fmt: skip
PRODUCT = {
    "demand_per_week": 10, "demand_cv": 0.8, "unit_cost": 100, "lead_time_target_days": 10, "assembly_days": 2,
    "make_days": 20, "late_cost_per_unit_day": 2, "obsolescence_per_year": 0.1, "co2_kg": 3.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = write_scenario(
        tmp_path_factory.mktemp("case") / "scenario",
        products=[{**PRODUCT, "product": "A", "locked": "ATO", "current_strategy": "ATO"},
                  {**PRODUCT, "product": "B", "locked": "ATO", "current_strategy": "ATO"},
                  {**PRODUCT, "product": "C", "allowed": "MTS|MTO", "current_strategy": "MTO"}],
        components=[{"component": "x", "unit_cost": 30, "lead_time_days": 28, "obsolescence_per_year": 0.2,
                     "co2_kg": 1.0}],
        bom={"A": {"x": 1}, "B": {"x": 2}},
        resources=[{"resource": "R", "hours_per_week": 12.0, "overtime_hours_per_week": 100.0,
                    "overtime_cost_per_hour": 5.0}],
        routing=[{"product": name, "resource": "R", "stage": "assemble", "hours_per_unit": 0.5} for name in "AB"],
        inventory_budget=20000, samples=60 if FULL else 30,
    )  # fmt: skip
    scenario = read_scenario(folder)
    plan = with_readers(scenario, solve(scenario, certified=False).plan)
    return folder, scenario, plan, simulate(scenario, plan, years=3, replications=5, correct=True).corrected


def test_readers_figures_are_those_of_the_corrected_stocks(case):
    _, _, plan, found = case
    summary, before = found.summary, plan.summary
    customer, investor, regulator = (summary[name] for name in ("customer", "investor", "regulator"))
    for name in ("customer", "investor", "regulator"):
        assert list(summary[name]) == list(before[name])
    value = found.decisions["inventory_value"].sum()
    assert investor["inventory_value"] == pytest.approx(value) == pytest.approx(summary["inventory_value"])
    sold = before["investor"]["turns_per_year"] * before["investor"]["inventory_value"]
    assert investor["turns_per_year"] == pytest.approx(sold / value)
    assert investor["inventory_days"] == pytest.approx(365.0 * value / sold)
    lost = found.decisions["obsolescence_per_year"].sum()
    assert investor["obsolescence_write_off_per_year"] == pytest.approx(lost)
    parts = found.components["inventory_value"].sum() / 30.0
    finished = (value - 30.0 * parts) / 100.0
    assert regulator["finished_units_obsoleted_per_year"] == pytest.approx(0.1 * finished)
    assert regulator["component_units_obsoleted_per_year"] == pytest.approx(0.2 * parts)
    assert regulator["co2e_written_off_kg_per_year"] == pytest.approx(0.3 * finished + 0.2 * parts)
    assert regulator["co2e_kg_per_year"] == pytest.approx(found.decisions["co2_kg_per_year"].sum())
    assert 0.0 <= customer["on_time"] <= 1.0
    low, high = found.decisions["lead_time_days"].min(), found.decisions["lead_time_days"].max()
    assert low <= customer["lead_time_days"] <= high
    assert customer["on_time"] == pytest.approx(found.decisions["on_time"].mean(), abs=0.02)
    for name in LEFT_OUT:
        assert before["investor"][name] is not None
        assert investor[name] is None
        assert name in summary["left_out"]
    # What hindsight would save is counted on the simulated cost; the search's part is of the same program.
    assert found.whole_gap == pytest.approx(1.0 - found.bound_per_year / found.objective_per_year, abs=1e-9)
    assert found.gap * found.objective_per_year == pytest.approx(plan.gap * plan.objective_per_year, abs=1e-6)
    assert "budget_price_per_year" in before
    assert "budget_price_per_year" not in summary


def test_reasons_hours_and_sharing_are_those_of_the_corrected_plan(case):
    _, _, plan, found = case
    for row in found.decisions.to_dict("records"):
        costs = found.ledger[found.ledger["product"] == row["product"]].set_index("term")["cost_per_year"]
        assert f"{costs.max():,.0f}" in row["reason"]
        if row["product"] == "C":
            other = row["next_best"]
            more = row[f"cost_if_{other}"] - row["expected_cost_per_year"]
            assert f"{other} would, as planned, cost {abs(more):,.0f} a year {'more' if more > 0 else 'less'}" in (
                row["reason"]
            )
    assert (found.decisions["reason"] != plan.decisions["reason"]).all()
    overtime = found.ledger.loc[found.ledger["term"] == "overtime", "cost_per_year"].sum()
    assert overtime > 0.0
    assert found.resources["overtime_cost_per_year"].sum() == pytest.approx(overtime)
    assert not np.allclose(found.components["pooling_saving_per_year"], plan.components["pooling_saving_per_year"])
    assert set(found.ledger["term"]) <= set(TERMS)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_reports_and_comparisons_take_a_corrected_plan(case, tmp_path):
    folder, _, plan, found = case
    corrected = tmp_path / "corrected"
    write_plan(found, corrected)
    assert read_plan(corrected).summary["customer"] == found.summary["customer"]
    for out in ("report.xlsx", "report.html", "deck.pptx"):
        told = run("report", corrected, "--scenario", folder, "--out", tmp_path / out)
        assert told.exit_code == 0, told.output
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "component stocks and all costs were corrected by simulating orders one by one" in page
    assert "corrected by simulation" in page
    # The bound is that of the plan before, and so is what today's strategies cost.
    for word in ("best possible", "is a lower bound", "The plan saves", "proven to the gap"):
        assert word not in page
    alone = run("compare", corrected, corrected, "--out", tmp_path / "alone", "--workers", 1)
    assert alone.exit_code == 0, alone.output
    cases = pd.read_csv(tmp_path / "alone" / "cases.csv")
    assert cases["on_time"].tolist() == pytest.approx([found.summary["customer"]["on_time"]] * 2)
    assert cases["inventory_value"][0] == pytest.approx(found.summary["inventory_value"])
    # Beside its scenario its figures stand as simulated, and the difference from a plan of the model is not tested.
    beside = run("compare", folder, corrected, "--out", tmp_path / "beside", "--workers", 1)
    assert beside.exit_code == 0, beside.output
    cases = pd.read_csv(tmp_path / "beside" / "cases.csv")
    assert cases["cost_per_year"].tolist() == pytest.approx([plan.objective_per_year, found.objective_per_year])
    assert cases["verdict"][1] == "not tested"
    assert "left_out" in json.loads((corrected / "summary.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("target", ["", 0.9])
def test_stocks_far_too_low_are_raised_whether_cost_or_a_target_asks_for_them(target):
    """By more than half the way, and what is done is told step by step up to the last."""
    row = {"demand_cv": 0.8, "lead_time_target_days": 5, "late_cost_per_unit_day": 2.0, "on_time_target": target,
           "locked": "ATO"}  # fmt: skip
    case = make_scenario([row], components=[{"unit_cost": 30, "lead_time_days": 14}], bom={"P1": {"C1": 1}})
    plan = solve(case, certified=False).plan
    system = system_of(case, plan)
    low, steps = np.array([0.4 * system.parts[0].shelf.level]), []
    found = tune(
        case, plan, with_levels(system, low), years=1, replications=5, seed=3,
        progress=lambda done, every: steps.append((done, every)),
    )  # fmt: skip
    assert found.level[0] > 0.5 * (low[0] + system.parts[0].shelf.level)
    assert found.costs[-1] < found.costs[0]
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1] > 5
