"""Every point is the plan that `solve` makes at its limit, and no kept point is worse than another in both respects."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.decision.settling.budget_prices import BudgetPrices
from engine.decision.solve import solve
from engine.errors import EngineError
from engine.evaluate.studies.frontier import By, frontier
from engine.evaluate.studies.redecide import redecide
from engine.scenario.read import read_scenario
from engine.search.branch_and_cut import PooledSearch
from tests.evidence import FULL, covering
from tests.scenarios import make_scenario, random_scenario

SAMPLES = 60 if FULL else 30
TRADED = {By.INVENTORY: "inventory_value", By.LEAD_TIME: "promised_lead_time_days", By.ON_TIME: "on_time"}


@pytest.fixture(scope="module")
def tiny():
    return read_scenario("scenarios/tiny").with_settings(samples=SAMPLES)


@cache
def eight(by):
    """Eight points, which several tests hold other ways to find them against."""
    return frontier(read_scenario("scenarios/tiny").with_settings(samples=SAMPLES), by=by, points=8)


@pytest.fixture(scope="module", params=list(By))
def found(request, tiny):
    return request.param, frontier(tiny, by=request.param, points=5 if FULL else 4, gap=0.0, point_gap=0.0)


def test_less_is_never_cheaper(found):
    by, of = found
    kept = of.points[of.points["kept"]].sort_values("cost_per_year")
    assert len(kept) >= 2
    steps = np.diff(kept[TRADED[by]].to_numpy(dtype=float))
    assert ((steps > 0) if by is By.ON_TIME else (steps < 0)).all()
    assert (kept["marginal_cost"].dropna() > 0.0).all()


def test_points_are_the_plans_of_their_limits(found, tiny):
    by, of = found
    assert not of.points["rough"].any()
    row = of.points.iloc[1]
    products = tiny.products
    if by is By.INVENTORY:
        changed = tiny.with_settings(inventory_budget=row["limit"])
        assert row["inventory_value"] <= row["limit"] * (1.0 + 1e-6)
    elif by is By.LEAD_TIME:
        targets = products["lead_time_target_days"] * row["limit"]
        changed = replace(tiny, products=products.assign(lead_time_target_days=targets))
    else:
        changed = replace(tiny, products=products.assign(on_time_target=row["limit"]))
        assert row["on_time"] >= row["limit"] - 1e-6
    plan = solve(changed, gap=0.0, certified=False, compared=False).plan
    assert row["cost_per_year"] == pytest.approx(plan.objective_per_year, rel=1e-6)
    assert {k: row[k] for k in ("MTS", "ATO", "MTO")} == plan.summary["counts"]


def test_switches_lead_from_each_kept_point_to_the_next(tiny):
    of = frontier(tiny, by=By.LEAD_TIME, points=6 if FULL else 4, point_gap=0.0)
    kept = of.points[of.points["kept"]]
    for before, after in zip(kept.to_dict("records"), kept.to_dict("records")[1:], strict=False):
        rows = of.switches[(of.switches["from_point"] == before["point"]) & (of.switches["to_point"] == after["point"])]
        for name in ("MTS", "ATO", "MTO"):
            moved = (rows["strategy_to"] == name).sum() - (rows["strategy_from"] == name).sum()
            assert after[name] == before[name] + moved
    assert len(of.switches)


def test_what_is_left_out_says_why():
    """Beyond 12 days nothing is late and nothing is stocked, so a longer promise is worth nothing."""
    row = {"lead_time_target_days": 12.0, "make_days": 10.0, "demand_cv": 0.5}
    of = frontier(make_scenario([row], samples=40), by=By.LEAD_TIME, points=4)
    table = of.points.set_index("point")
    assert table.loc[1, "reason"] == "point 2 costs no more and promises no more days"
    assert not table.loc[1, "kept"]
    tight = make_scenario([{"on_time_target": 0.9, "allowed": "MTS", "late_cost_per_unit_day": 0.01}], samples=40)
    starved = frontier(tight, by=By.INVENTORY, points=3)
    # The target leaves one stock, which is the least that any plan holds.
    assert starved.points["reason"].tolist() == ["", "the same as point 1", "the same as point 1"]
    assert starved.summary["least_inventory_value"] == pytest.approx(starved.points["inventory_value"].iloc[0])


@cache
def planned(budget):
    """The plan under a budget, which points by every measure are held against."""
    scenario = read_scenario("scenarios/tiny").with_settings(samples=SAMPLES, inventory_budget=budget)
    return solve(scenario, certified=False).plan


@pytest.mark.parametrize(("by", "budget"), covering(list(By), [8000.0, None]))
def test_one_point_is_the_plan_to_the_last_digit(by, budget, tiny):
    plan = planned(budget)
    of = frontier(tiny.with_settings(inventory_budget=budget), by=by, points=4)
    rows = of.points[of.points["plan"]]
    assert of.points["rough"].tolist() == (~of.points["plan"]).tolist()
    assert rows["cost_per_year"].tolist() == [plan.objective_per_year] == [of.summary["plan_per_year"]]
    assert rows["bound_per_year"].tolist() == [plan.bound_per_year]
    assert rows["inventory_value"].tolist() == [plan.summary["inventory_value"]]
    own = {By.INVENTORY: budget or plan.summary["inventory_value"], By.LEAD_TIME: 1.0}
    assert by not in own or rows["limit"].tolist() == [own[by]]
    assert rows["point"].tolist() == [1] or by is By.LEAD_TIME or budget is not None


def test_no_inventory_limit_is_below_what_some_plan_can_hold(tiny):
    """The least is one search; budgets above it all have plans, one below it has none."""
    rows = [{"product": "A", "on_time_target": 0.9, "allowed": "MTS"}, {"product": "B"}]
    scenario = make_scenario(rows, samples=40, inventory_budget=5000.0)
    of = frontier(scenario, by=By.INVENTORY, points=6 if FULL else 3)
    assert of.points["cost_per_year"].notna().all()
    least = of.summary["least_inventory_value"]
    assert 0.0 < least < of.points["limit"].min()
    assert redecide(scenario.with_settings(inventory_budget=least * 1.001), gap=0.01) is not None
    assert redecide(scenario.with_settings(inventory_budget=least * 0.99), gap=0.01) is None


def test_beyond_a_limit_without_a_plan_none_is_searched_for(monkeypatch):
    row = {"make_days": 10.0, "allowed": "MTO", "on_time_target": 0.9, "lead_time_target_days": 12.0}
    scenario = make_scenario([row], samples=20)
    asked = []

    def counted(*arguments, **options):
        asked.append(redecide(*arguments, **options))
        return asked[-1]

    monkeypatch.setattr("engine.evaluate.studies.frontier_points.redecide", counted)
    of = frontier(scenario, by=By.LEAD_TIME, points=7)
    assert of.points["cost_per_year"].isna().sum() >= 3
    assert [answer is None for answer in asked].count(True) == 1


def test_own_targets_and_budgets_are_not_softened():
    scenario = make_scenario([{"on_time_target": 0.97, "allowed": "MTS"}, {"product": "B"}], samples=40)
    of = frontier(scenario, by=By.ON_TIME, points=3).points
    assert (of["cost_per_year"] >= solve(scenario, certified=False).plan.objective_per_year * (1 - 1e-3)).all()
    budget = random_scenario(np.random.default_rng(2), samples=40, inventory_budget=100.0)
    free = frontier(budget, by=By.INVENTORY, points=2).points
    assert free["inventory_value"].iloc[0] > 100.0
    delivered = make_scenario([{"delivery_days": 3.0}], samples=40)
    assert frontier(delivered, by=By.LEAD_TIME, points=3).points["promised_lead_time_days"].min() == 3.0


def test_ctrl_c_keeps_the_points_that_are_found(tiny, monkeypatch):
    asked = []

    def stopped(decide):
        def third(*arguments, **options):
            asked.append(1)
            if len(asked) == 3:
                raise KeyboardInterrupt
            return decide(*arguments, **options)

        return third

    monkeypatch.setattr("engine.evaluate.studies.frontier_points.redecide", stopped(redecide))
    monkeypatch.setattr(BudgetPrices, "close", stopped(BudgetPrices.close))
    found = frontier(tiny, by=By.INVENTORY, points=5)
    assert found.points["point"].tolist() == [1, 2]
    assert (found.summary["status"], found.summary["points_done"]) == ("stopped", 2)


def test_what_is_found_so_far_is_told_after_every_point(tiny):
    told = []
    found = frontier(tiny, by=By.LEAD_TIME, points=3, so_far=told.append)
    assert [one.points["point"].tolist() for one in told] == [[1], [1, 2], [1, 2, 3]]
    assert [one.summary["status"] for one in told] == ["stopped", "stopped", "solved"]
    pd.testing.assert_frame_equal(told[-1].points, found.points)
    same = ["limit", "cost_per_year", "inventory_value"]
    pd.testing.assert_frame_equal(told[0].points[same], found.points[same].head(1))


@pytest.mark.parametrize("by", [By.INVENTORY, By.LEAD_TIME])
def test_points_are_the_same_whoever_works_on_them(by, tiny):
    """Work begun aside is asked for late, or done at once, in its order."""
    begun = []

    def elsewhere(work):
        begun.append(list(work()))
        return iter(begun[-1])

    two, beside = eight(by), frontier(tiny, by=by, points=8, aside=elsewhere)
    pd.testing.assert_frame_equal(two.points, beside.points)
    # The least inventory and the tightest quarter of the points; the second half of the points.
    assert [len(each) for each in begun] == ([1, 2] if by is By.INVENTORY else [4])


def test_few_points_by_prices_are_served_in_turn_aside(tiny):
    begun = []

    def elsewhere(work):
        begun.append(list(work()))
        return iter(begun[-1])

    frontier(tiny, by=By.INVENTORY, points=5, aside=elsewhere)
    # The least inventory and a plan for each limit but the first.
    assert [len(each) for each in begun] == [1] * 5


@pytest.mark.parametrize("by", [By.INVENTORY, By.ON_TIME])
def test_where_a_chain_begins_moves_a_point_within_its_gap(by, tiny, monkeypatch):
    two = eight(by)
    assert two.points["point"].tolist() == list(range(1, 9))
    monkeypatch.setattr("engine.evaluate.studies.frontier._TWO_CHAINS", 9)
    one = frontier(tiny, by=by, points=8)
    assert one.points["limit"].tolist() == two.points["limit"].tolist()
    for first, second in ((one, two), (two, one)):
        assert (first.points["cost_per_year"] >= second.points["bound_per_year"] * (1.0 - 1e-9)).all()


def test_strategies_looked_for_on_some_samples_are_costed_on_all(tiny, monkeypatch):
    searched = []

    def counted(self, *arguments, **options):
        searched.append(self.instance.samples)
        return first(self, *arguments, **options)

    first = PooledSearch.first
    monkeypatch.setattr(PooledSearch, "first", counted)
    of = frontier(tiny, by=By.INVENTORY, points=8, point_samples=SAMPLES // 3)
    assert set(searched) == {SAMPLES // 3}
    every = eight(By.INVENTORY)
    assert of.points["limit"].tolist() == every.points["limit"].tolist()
    plan = of.points["plan"]
    pd.testing.assert_frame_equal(of.points[plan], every.points[plan])
    rough, proven = of.points[~plan], every.points[~plan]
    assert (rough["inventory_value"] <= rough["limit"] * (1.0 + 1e-9)).all()
    assert (rough["cost_per_year"] >= proven["bound_per_year"] * (1.0 - 1e-9)).all()
    assert (rough["cost_per_year"] <= proven["cost_per_year"] * 1.05).all()
    # What is proven is proven on all samples: of the loosest limit, the plan as it is.
    assert rough["bound_per_year"].tolist() == [every.points["bound_per_year"][0]] * len(rough)


def test_where_all_samples_are_few_strategies_are_looked_for_on_all(tiny):
    points = 4 if FULL else 3
    all_of_them, some = (
        frontier(tiny, by=By.INVENTORY, points=points, point_samples=n) for n in (None, SAMPLES // 2)
    )
    pd.testing.assert_frame_equal(all_of_them.points, some.points)


def test_bad_input_is_told_in_words(tiny):
    with pytest.raises(EngineError, match="two points or more"):
        frontier(tiny, by=By.INVENTORY, points=1)
    run = CliRunner().invoke(app, ["frontier", "scenarios/tiny", "--by", "money", "--out", "x"])
    assert run.exit_code == 2
    assert "is none of inventory, lead_time, on_time" in " ".join(run.output.replace("│", " ").split())


def test_the_command_writes_tables_that_agree_byte_by_byte(tmp_path):
    for name in ("a", "b"):
        run = CliRunner().invoke(
            app, ["frontier", "scenarios/tiny", "--points", "3", "--samples", "15", "--out", str(tmp_path / name)]
        )
        assert run.exit_code == 0, run.output
    for table in ("frontier", "switches"):
        assert (tmp_path / "a" / f"{table}.csv").read_bytes() == (tmp_path / "b" / f"{table}.csv").read_bytes()
    assert json.loads((tmp_path / "a" / "summary.json").read_text(encoding="utf-8"))["by"] == "inventory"


def test_the_command_tells_who_switches(tmp_path):
    run = CliRunner().invoke(
        app, ["frontier", "scenarios/tiny", "--by", "lead_time", "--points", "5", "--samples", "40", "--out",
              str(tmp_path)]
    )  # fmt: skip
    assert run.exit_code == 0, run.output
    switches = pd.read_csv(tmp_path / "switches.csv")
    assert len(switches)
    for row in switches.itertuples():
        step = f"from point {row.from_point} to {row.to_point}:"
        line = next(line for line in run.output.splitlines() if step in line)
        assert f"{row.product} {row.strategy_from} -> {row.strategy_to}" in line


def test_a_promise_that_leaves_a_product_no_strategy_names_it():
    """Made in 10 days and wanted in 12: at a quarter of the promise no order can be on time."""
    row = {"lead_time_target_days": 12.0, "make_days": 10.0, "allowed": "MTO", "on_time_target": 0.9}
    reason = frontier(make_scenario([row], samples=20), by=By.LEAD_TIME, points=3).points["reason"].iloc[-1]
    assert "lead-time targets of 25% of today's are too short for the other rules; 'P1' has no strategy left" in reason
