"""Costs and times that have moved: named for whom they concern, decided again with, and nobody else told."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.decision.solve import solve
from engine.demand.fitting.complete import complete
from engine.errors import EngineError
from engine.evaluate.review.moved import moved_inputs
from engine.evaluate.review.review import review
from engine.report.files import write_plan
from engine.scenario.read import read_scenario
from tests.evaluate.review.test_review import PRODUCTS as MADE
from tests.evaluate.review.test_review import orders, table
from tests.scenarios import make_scenario, write_scenario

# P1 waits in stock as long as making it costs a premium; P4 is assembled from C1.
PRODUCTS = [*MADE, {"demand_per_week": 10.0, "demand_cv": 0.3, "assembly_days": 2.0}]
PARTS = {"components": [{"lead_time_days": 20.0}], "bom": {"P4": {"C1": 1.0}}}


@pytest.fixture(scope="module")
def planned():
    scenario = make_scenario(PRODUCTS, **PARTS, samples=40)
    return scenario, solve(scenario, certified=False).plan_or_raise()


def without_premium(scenario):
    products = scenario.products.assign(
        make_premium=[0.0, *scenario.products["make_premium"].iloc[1:]],
        stocking_cost_per_year=[9000.0, *scenario.products["stocking_cost_per_year"].iloc[1:]],
    )
    return replace(scenario, products=products)


def test_what_has_moved_is_named_for_whom_it_concerns(planned):
    before, _ = planned
    assert moved_inputs(before, before) == {}
    parts = before.components.assign(lead_time_days=30.0, name="another label")
    lines = pd.concat([before.bom, before.bom.assign(product="P2")], ignore_index=True)
    after = replace(without_premium(before), components=parts, bom=lines)
    assert moved_inputs(before, after) == {
        "P1": ["make_premium", "stocking_cost_per_year"], "P2": ["components.lead_time_days", "bom"],
        "P4": ["components.lead_time_days"],
    }  # fmt: skip
    dearer = before.with_settings(holding_rate_per_year=0.4)
    assert moved_inputs(before, dearer) == {f"P{k}": ["holding_rate_per_year"] for k in range(1, 5)}


def test_products_that_came_or_went_are_refused(planned):
    before, _ = planned
    fewer = replace(before, products=before.products.iloc[:3], bom=before.bom.iloc[:0])
    with pytest.raises(EngineError, match="are not there now, or without demand: P4; solve"):
        moved_inputs(before, fewer)
    with pytest.raises(EngineError, match="are not in the plan: P4; solve"):
        moved_inputs(fewer, before)


def test_who_switches_is_told_with_what_has_moved(planned):
    """The order of rows now is another one; nothing is known of how long costs are so already."""
    scenario, plan = planned
    now = without_premium(scenario)
    now = replace(now, products=now.products.iloc[::-1].reset_index(drop=True))
    found = review(scenario, plan, now=now)
    rows = found.products.set_index("product")
    assert plan.decisions["strategy"].iloc[0] == "MTS"
    assert rows.loc["P1", ["verdict", "strategy_again", "moved"]].tolist() == [
        "decide again", "MTO", "make_premium, stocking_cost_per_year"
    ]  # fmt: skip
    assert np.isnan(rows.loc["P1", "regret_so_far"])
    assert (rows["verdict"].iloc[1:] == "holds").all()
    again = solve(now).plan_or_raise().decisions.set_index("product")
    assert again.loc["P1", "strategy"] == "MTO"
    # Alone in its group: what it saves is what solving says, today's strategy with its best stocks.
    saved = again.loc["P1", "cost_if_MTS"] - again.loc["P1", "expected_cost_per_year"]
    assert found.summary["saving_per_year"] == pytest.approx(saved, rel=1e-6)
    assert (found.summary["weeks"], found.summary["regret_so_far"]) == (0, 0.0)
    assert found.summary["moved"] == {"make_premium": 1, "stocking_cost_per_year": 1}


def test_demand_and_costs_are_looked_at_together(planned):
    scenario, plan = planned
    lines = table([1.0, 2.0, 1.0])
    extra = lines[lines["product"] == "P1"].assign(product="P4", quantity=lambda rows: rows["quantity"] / 2.0)
    rows = review(scenario, plan, pd.concat([lines, extra], ignore_index=True), now=without_premium(scenario)).products
    assert rows["verdict"].tolist() == ["decide again", "drifting", "holds", "holds"]
    assert rows["moved"].tolist() == ["make_premium, stocking_cost_per_year", "", "", ""]
    assert rows["regret_so_far"].iloc[1] > 0.0
    with pytest.raises(EngineError, match="nothing has come since"):
        review(scenario, plan)


def test_another_fit_of_a_longer_book_is_no_move(tmp_path):
    """Demand columns left to the order lines both times differ for everybody a month later; a given one is an input."""
    blank = ("demand_per_week", "demand_cv")
    open_ = [{**row, **dict.fromkeys(blank)} for row in MADE[:2]] + [MADE[2]]

    def case(name, weeks, **changes):
        lines = orders([1.0] * 3, weeks=weeks, begun="2026-01-05").astype({"order_date": str}).to_dict("records")
        products = [{**row, **changes} for row in open_]
        return write_scenario(tmp_path / name, products=products, orders=lines, samples=10)

    folders = case("before", 30), case("after", 38, make_premium=7.0)
    before, after = map(read_scenario, folders)
    filled = [complete(one).products.set_index("product")["demand_per_week"] for one in (before, after)]
    assert (filled[0] != filled[1]).tolist() == [True, True, False]
    plan = solve(before).plan_or_raise()
    assert review(before, plan, now=after).summary["moved"] == {"make_premium": 3}
    given = replace(after, products=after.products.assign(demand_per_week=[21.0, np.nan, 8.0]))
    assert review(before, plan, now=given).summary["moved"]["demand_per_week"] == 1
    write_plan(plan, tmp_path / "plan")
    arguments = ["review", tmp_path / "plan", "--scenario", folders[0], "--now", folders[1]]
    done = CliRunner().invoke(app, [*map(str, arguments), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, (done.output, done.exception)
    assert json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))["moved"] == {"make_premium": 3}


def test_the_command_takes_the_scenario_as_it_is_now(planned, tmp_path):
    _, plan = planned
    folder = write_scenario(tmp_path / "case", products=PRODUCTS, **PARTS, samples=40)
    dear = [{**PRODUCTS[0], "stocking_cost_per_year": 9000.0, "make_premium": 0.0}, *PRODUCTS[1:]]
    now = write_scenario(tmp_path / "now", products=dear, **PARTS, samples=40)
    write_plan(plan, tmp_path / "plan")
    arguments = ["review", str(tmp_path / "plan"), "--scenario", str(folder)]
    done = CliRunner().invoke(app, [*arguments, "--now", str(now), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, (done.output, done.exception)
    assert "1 of 4 products has left what the plan was made for, 1 to decide again; deciding again saves" in done.output
    assert "P1: decide again, MTS -> MTO; make_premium, stocking_cost_per_year" in done.output
    summary = json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))
    assert summary["last_day"] is None
    assert CliRunner().invoke(app, arguments).exit_code == 2
