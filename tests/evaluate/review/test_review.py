"""Who is told to decide again switches in the plan that is decided again, and nobody else."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.decision.solve import solve
from engine.errors import EngineError
from engine.evaluate.review.review import COLUMNS, OF_PLANS, review, weekly_demand
from engine.evaluate.studies.redecide import redecide
from engine.report.files import write_plan
from tests.scenarios import make_scenario, season_rows, write_scenario

WEEKS = 20
# P1 flips from stock to order where its demand falls; P2 and P3 hardly can.
PRODUCTS = [
    {"demand_per_week": 20.0, "demand_cv": 0.3, "stocking_cost_per_year": 1800.0, "make_premium": 4.0,
     "late_cost_per_unit_day": 0.2, "lead_time_target_days": 8.0},
    {"demand_per_week": 20.0, "demand_cv": 0.3},
    {"demand_per_week": 8.0, "demand_cv": 0.3, "distribution": "normal"},
]  # fmt: skip


def orders(levels, weeks=WEEKS, seed=5, begun="2027-01-04"):
    """A line a week of each product at its share of the demand planned."""
    rng = np.random.default_rng(seed)
    days = pd.date_range(begun, periods=weeks, freq="7D")
    tables = [
        pd.DataFrame({"order_date": days, "product": f"P{i + 1}",
                      "quantity": np.maximum(0.1, row["demand_per_week"] * share * rng.gamma(11.1, 0.09, weeks))})
        for i, (row, share) in enumerate(zip(PRODUCTS, levels, strict=True))
    ]  # fmt: skip
    # The last week is whole.
    end = pd.DataFrame({"order_date": [days[-1] + pd.Timedelta(days=6)], "product": ["P2"], "quantity": [0.01]})
    return pd.concat([*tables, end], ignore_index=True)


def table(levels, **options):
    """The same as the table of a scenario."""
    rows = orders(levels, **options).astype({"order_date": str}).to_dict("records")
    return make_scenario(PRODUCTS, orders=rows, samples=40).orders


@pytest.fixture(scope="module")
def planned():
    scenario = make_scenario(PRODUCTS, samples=40)
    return scenario, solve(scenario, certified=False).plan_or_raise()


def test_demand_as_planned_holds(planned):
    scenario, plan = planned
    found = review(scenario, plan, table([1.0, 1.0, 1.0]))
    assert tuple(found.products.columns) == (*COLUMNS, *OF_PLANS)
    assert found.products["verdict"].tolist() == ["holds"] * 3
    assert found.products["level_per_week"].to_numpy() == pytest.approx([20.0, 20.0, 8.0], rel=0.2)
    assert (found.summary["weeks"], found.summary["saving_per_year"]) == (WEEKS, None)


def test_who_is_told_to_decide_again_switches_in_the_new_plan(planned):
    scenario, plan = planned
    found = review(scenario, plan, table([0.3, 2.0, 1.0]))
    first, second, third = found.products.to_dict("records")
    assert plan.decisions["strategy"].iloc[0] == "MTS"
    assert (first["verdict"], first["strategy_again"]) == ("decide again", "MTO")
    assert (second["verdict"], second["strategy_again"]) == ("drifting", second["strategy"])
    assert third["verdict"] == "holds"
    level = [first["level_per_week"], second["level_per_week"], 8.0]
    assert level[:2] == pytest.approx([6.0, 40.0], rel=0.2)
    products = scenario.products.assign(demand_per_week=level, current_strategy=plan.decisions["strategy"].to_numpy())
    again = redecide(scenario.__class__(**{**{n: getattr(scenario, n) for n in scenario.__dataclass_fields__},
                                           "products": products}), gap=1e-3)  # fmt: skip
    assert again.recourse.strategy[0] == 2
    assert found.summary["saving_per_year"] > 0.0


def test_a_change_is_dated_by_its_first_weeks(planned):
    scenario, plan = planned
    before = orders([1.0, 1.0, 1.0], weeks=10)
    after = orders([1.0, 1.0, 2.0], weeks=10, seed=6, begun="2027-03-15")
    rows = pd.concat([before, after], ignore_index=True).astype({"order_date": str}).to_dict("records")
    found = review(scenario, plan, make_scenario(PRODUCTS, orders=rows, samples=40).orders).products.iloc[2]
    assert found["verdict"] != "holds"
    assert abs(pd.Timestamp(found["since"]) - pd.Timestamp("2027-03-15")).days <= 14
    assert found["told_on"] > found["since"]


def test_a_season_is_no_change(planned):
    seasonal = make_scenario(PRODUCTS, seasons=season_rows(0.8, product="P2"), samples=40)
    demand, weeks = weekly_demand(seasonal, table([1.0, 1.0, 1.0], weeks=52))
    flat, _ = weekly_demand(planned[0], table([1.0, 1.0, 1.0], weeks=52))
    assert weeks.weeks == 52
    assert demand[0] == pytest.approx(flat[0])
    assert (flat[1] / demand[1]).max() == pytest.approx(1.8, rel=0.05)
    assert (flat[1] / demand[1]).mean() == pytest.approx(1.0, rel=0.02)


def test_the_regret_so_far_is_of_strategies_and_stocks_as_they_are(planned):
    """None where the plan already has what is decided again; else at least what strategies alone would save."""
    scenario, plan = planned
    lines = table([0.3, 2.0, 1.0])
    found = review(scenario, plan, lines)
    regret = found.products["regret_so_far"]
    assert regret.tolist()[2] == 0.0 < regret.tolist()[1]
    assert found.products["since"][0] == found.products["since"][1]
    assert found.summary["regret_so_far"] == pytest.approx(regret.sum(), rel=1e-12)
    assert found.summary["regret_so_far"] >= found.summary["saving_per_year"] * WEEKS * 7.0 / 365.0
    level = found.products["level_per_week"].tolist()[:2]
    new = solve(replace(scenario, products=scenario.products.assign(demand_per_week=[*level, 8.0]))).plan_or_raise()
    stocks = plan.decisions["base_stock"].tolist()
    better = replace(plan, decisions=plan.decisions.assign(
        base_stock=[stocks[0], new.decisions["base_stock"].iloc[1], stocks[2]]))  # fmt: skip
    assert review(scenario, better, lines).products["regret_so_far"].tolist() == pytest.approx([regret[0], 0.0, 0.0])


def test_thresholds_are_shown_beside_the_level(planned):
    scenario, plan = planned
    flips = pd.DataFrame({"product": ["P1", "P1"], "input": ["demand_per_week", "unit_cost"], "side": ["below"] * 2,
                          "strategy_below": ["MTO", "MTO"], "low": [9.0, 1.0], "high": [9.5, 1.0]})  # fmt: skip
    found = review(scenario, plan, table([1.0, 1.0, 1.0]), thresholds=flips).products
    assert found["flip_below"].iloc[0] == 9.5
    assert found[["flip_below", "flip_above"]].iloc[1:].isna().all(axis=None)


def test_what_cannot_be_reviewed_is_told(planned):
    scenario, plan = planned
    new = table([1.0, 1.0, 1.0])
    with pytest.raises(EngineError, match="share between 0 and 1"):
        review(scenario, plan, new, false_alarms=1.0)
    with pytest.raises(EngineError, match="other data than this scenario"):
        review(scenario.with_settings(review_days=14.0), plan, new)
    with pytest.raises(EngineError, match="name no product of the plan"):
        review(scenario, plan, new.assign(product="Q"))
    with pytest.raises(EngineError, match="less than a week"):
        review(scenario, plan, new.iloc[:1])


def test_order_lines_that_the_plan_knew_are_told(tmp_path):
    """Who gives the whole book anew has those lines judged that the plan was fitted to; one of 2204 moves no day."""
    known = orders([1.0, 1.0, 1.0], weeks=30, begun="2026-01-05")
    strange = pd.DataFrame({"order_date": [pd.Timestamp("2204-05-03")], "product": ["P1"], "quantity": [1.0]})
    rows = pd.concat([known, strange]).astype({"order_date": str}).to_dict("records")
    scenario = make_scenario(PRODUCTS, orders=rows, samples=10)
    plan = solve(scenario).plan_or_raise()
    both = make_scenario(PRODUCTS, orders=rows + orders([1.0] * 3, weeks=8, begun="2026-08-03").astype(
        {"order_date": str}).to_dict("records")).orders  # fmt: skip
    assert review(scenario, plan, both).summary["known_to"] == "2026-08-02"
    since = both[both["order_date"] > "2026-08-02"]
    assert review(scenario, plan, since[since["order_date"] < "2100-01-01"]).summary["known_to"] is None


def test_the_command_says_it_in_one_line(tmp_path, planned):
    _, plan = planned
    folder = write_scenario(tmp_path / "case", products=PRODUCTS, samples=40)
    write_plan(plan, tmp_path / "plan")
    orders([0.3, 2.0, 1.0]).to_csv(tmp_path / "new.csv", index=False)
    arguments = ["review", str(tmp_path / "plan"), "--scenario", str(folder), "--orders", str(tmp_path / "new.csv")]
    run = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "out")])
    assert run.exit_code == 0, (run.output, run.exception)
    assert "case: 2 of 3 products have left the plan's demand, 1 to decide again; deciding again saves" in run.output
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["counts"] == {"holds": 1, "drifting": 1, "decide again": 1}
    assert len(pd.read_csv(tmp_path / "out" / "review.csv")) == 3
    assert "the plan knew order lines" not in run.output


def test_a_plan_that_keeps_its_scenario_is_reviewed_by_itself(tmp_path):
    """What order lines fill in stays blank in what is kept: a longer book moves nothing else."""
    blank = [{**row, "demand_per_week": None, "demand_cv": None} for row in PRODUCTS]
    known = orders([1.0] * 3, weeks=30, begun="2026-01-05")
    folder = write_scenario(tmp_path / "case", products=blank, samples=20,
                            orders=known.astype({"order_date": str}).to_dict("records"))  # fmt: skip
    orders([1.0, 1.0, 1.0], weeks=10).to_csv(tmp_path / "new.csv", index=False)
    solved = ["solve", folder, "--brief", "--out", tmp_path / "plan"]
    review_ = ["review", tmp_path / "plan", "--now", folder, "--orders", tmp_path / "new.csv"]

    def run(*arguments):
        return CliRunner().invoke(app, [str(one) for one in arguments])

    assert run(*solved).exit_code == 0
    assert "'codp solve --keep-scenario' keeps it" in " ".join(run(*review_).output.replace("│", "").split())
    assert run(*solved, "--keep-scenario").exit_code == 0
    found = run(*review_)
    assert found.exit_code == 0, found.output
    assert "of 3 products" in found.output
    assert "is another now" not in found.output
    (tmp_path / "case").rename(tmp_path / "elsewhere")
    assert run(*review_[:2], *review_[4:]).exit_code == 0


def test_thresholds_say_which_flip_the_level_has_passed(planned):
    """Below, within what sampling leaves of the flip, and above it."""
    scenario, plan = planned
    flips = pd.DataFrame({
        "product": ["P1", "P2", "P3"], "input": "demand_per_week", "side": ["below", "above", "above"],
        "strategy_below": "MTO", "low": [9.0, 38.0, 90.0], "high": [9.5, 39.0, 95.0],
        "sampling_low": [8.0, 30.0, 80.0], "sampling_high": [11.0, 60.0, 99.0],
    })  # fmt: skip
    lines = table([0.3, 2.0, 1.0])
    found = review(scenario, plan, lines, thresholds=flips).products
    assert found["crossed"].tolist() == ["below", "perhaps above", ""]
    assert found.loc[0, ["flip_below", "flip_below_low", "flip_below_high"]].tolist() == [9.5, 8.0, 11.0]
    assert found["flip_above"].tolist()[1:] == [38.0, 90.0]
    assert review(scenario, plan, lines).products["crossed"].tolist() == ["", "", ""]


@pytest.mark.usefixtures("fewer_values")
def test_the_command_takes_the_thresholds_that_stand_with_the_plan(tmp_path, planned):
    _, plan = planned
    case = write_scenario(tmp_path / "case", products=PRODUCTS, samples=40)
    write_plan(plan, tmp_path / "plan")
    orders([0.3, 2.0, 1.0]).to_csv(tmp_path / "new.csv", index=False)
    for arguments in (
        ["thresholds", case, "--inputs", "demand_per_week", "--product", "P1", "--gap", "1e-3", "--out",
         tmp_path / "plan/thresholds"],
        ["review", tmp_path / "plan", "--scenario", case, "--orders", tmp_path / "new.csv", "--out", tmp_path / "out"],
    ):  # fmt: skip
        said = CliRunner().invoke(app, [str(one) for one in arguments])
        assert said.exit_code == 0, said.output
    assert "below its flip at" in said.stdout
    assert pd.read_csv(tmp_path / "out/review.csv")["crossed"].tolist()[0] == "below"
