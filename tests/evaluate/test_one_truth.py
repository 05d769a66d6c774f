"""One plan has one cost: whatever tells a figure of it tells the digits that `solve` tells.

`CODP_EVIDENCE=full` asks of more scenarios.
"""


import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.decision.solve import solve
from engine.evaluate.figures.readers import with_readers
from engine.evaluate.sensitivity.thresholds import thresholds
from engine.evaluate.studies.compare import Case, compare
from engine.evaluate.studies.frontier import By, frontier
from engine.report.content import make_report
from engine.report.files import read_plan, write_plan
from engine.report.write import write_report
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from engine.scenario.variants import apply_variant
from engine.ui.charts import tornado
from engine.ui.state.levers import LeverState
from engine.ui.work import compare_study
from tests.evidence import FULL
from tests.scenarios import random_scenario

SAMPLES = 60 if FULL else 20


def _drawn(seed: int) -> Scenario:
    """A scenario of its own kind for each seed: plain, under a budget, with a promise, averse to risk."""
    rules = ({}, {"inventory_budget": 2500.0}, {"on_time_target": 0.9}, {"risk": {"cvar_weight": 0.4}})[seed % 4]
    return random_scenario(np.random.default_rng(seed), products=4, components=4, samples=SAMPLES, **rules)


def _bundled() -> Scenario:
    tiny = read_scenario("scenarios/tiny").with_settings(samples=SAMPLES)
    return apply_variant(tiny, "steady-offices")


@pytest.mark.evidence
@pytest.mark.usefixtures("fewer_values")
@pytest.mark.parametrize("seed", range(5) if FULL else (4,))
def test_every_command_tells_the_digits_of_the_plan(seed: int) -> None:
    scenario = _bundled() if seed == 4 else _drawn(seed)
    plan = with_readers(scenario, solve(scenario).plan_or_raise())
    cost, held = plan.objective_per_year, plan.summary["inventory_value"]
    counts = plan.summary["counts"]

    base = compare([Case(label="base", given=scenario), Case(label="plan", given=plan)]).cases
    assert base["cost_per_year"].tolist() == [cost, cost]
    assert base["bound_per_year"].tolist() == [plan.bound_per_year] * 2
    assert base["inventory_value"].tolist() == [held, held]
    assert base["on_time"].to_numpy() == pytest.approx(plan.summary["customer"]["on_time"], rel=1e-12)
    assert base["difference_per_year"].tolist() == [0.0, 0.0]

    for by in By if FULL else (By.INVENTORY, By.ON_TIME):
        of = frontier(scenario, by=by, points=3 if FULL else 2)
        row = of.points[of.points["plan"]].iloc[0]
        assert (row["cost_per_year"], row["bound_per_year"]) == (cost, plan.bound_per_year)
        assert row["inventory_value"] == held
        assert {name: row[name] for name in counts} == counts
        assert row["on_time"] == pytest.approx(plan.summary["customer"]["on_time"], rel=1e-12)

    found = thresholds(scenario, products=[plan.decisions["product"].iloc[0]], inputs=["late_cost_per_unit_day"])
    assert found.summary["objective_per_year"] == pytest.approx(cost, rel=1e-12)
    assert set(found.table["strategy"]) == {plan.decisions["strategy"].iloc[0]}


def test_the_report_tells_the_cost_of_the_plan(tmp_path) -> None:
    scenario = _bundled()
    plan = with_readers(scenario, solve(scenario).plan_or_raise())
    write_report(make_report(plan, scenario), tmp_path / "report.html")
    assert f"{plan.objective_per_year:,.0f}" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_bars_of_the_tornado_and_the_compared_base_start_from_the_plan(tmp_path) -> None:
    """The commands that the app runs, on what it writes down for them."""
    given, what_if = read_scenario("scenarios/tiny").with_settings(samples=SAMPLES), LeverState(scenario="tiny")
    plan = solve(given).plan_or_raise()
    command = tornado.prepare(tmp_path / "tornado", given, what_if)
    # The base and one step: each is a solve of its own.
    options = command[command.index("--out") :]
    cases = [place for place in command[1 : command.index("--out")] if place.endswith(("base", "holding_rate-high"))]
    assert CliRunner().invoke(app, ["solve", *cases, *options]).exit_code == 0
    bars = tornado.read(tmp_path / "tornado", given, what_if)
    assert bars.attrs["base"] == plan.objective_per_year
    assert bars.attrs["samples"] == SAMPLES
    (step,) = bars.to_dict("records")
    assert step["change_per_year"] == step["cost_per_year"] - plan.objective_per_year
    # What a time limit left on fewer samples differs from the base by chance: it is no bar.
    summary = tmp_path / "tornado" / "plans" / "holding_rate-high" / "summary.json"
    told = summary.read_text(encoding="utf-8")
    summary.write_text(told.replace(f'"samples": {SAMPLES}', f'"samples": {SAMPLES - 1}'), encoding="utf-8")
    (step,) = tornado.read(tmp_path / "tornado", given, what_if).to_dict("records")
    assert np.isnan(step["cost_per_year"])

    sides = [compare_study.CaseColumn(key="base", name="base", what_if=what_if)]
    (tmp_path / "compared").mkdir()
    command = compare_study.prepare(tmp_path / "compared", given, sides)
    assert CliRunner().invoke(app, command).exit_code == 0
    compared = compare_study.read(tmp_path / "compared", sides)
    assert compared.cases["cost_per_year"].tolist() == [plan.objective_per_year]


def test_a_plan_read_back_is_compared_with_its_own_figures(tmp_path) -> None:
    """Whatever stocks another search would find for its strategies."""
    scenario = _drawn(0)
    plan = with_readers(scenario, solve(scenario, gap=0.2).plan_or_raise())
    write_plan(plan, tmp_path)
    rows = compare([Case(label="s", given=scenario), Case(label="p", given=read_plan(tmp_path))]).cases
    assert rows["cost_per_year"].iloc[1] == plan.objective_per_year
    assert rows["difference_per_year"].iloc[1] == plan.objective_per_year - rows["cost_per_year"].iloc[0]
    if rows["low"].iloc[1] < rows["high"].iloc[1]:
        assert rows["low"].iloc[1] <= rows["difference_per_year"].iloc[1] <= rows["high"].iloc[1]
