"""Every flip is where the costs cross, and deciding again on either side shows it."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.decision.solve import DEFAULT_GAP, solve
from engine.errors import EngineError
from engine.evaluate.sensitivity import flips, sampling_range
from engine.evaluate.sensitivity import thresholds as find_module
from engine.evaluate.sensitivity.flips import first_sign_change
from engine.evaluate.sensitivity.inputs import HOLDING_RATE, INPUTS, put
from engine.evaluate.sensitivity.thresholds import thresholds
from engine.evaluate.studies.redecide import redecide
from engine.scenario.read import read_scenario
from tests.evaluate.lone import LONE, UNITS, flipped
from tests.evidence import FULL
from tests.scenarios import make_scenario, write_scenario

pytestmark = pytest.mark.usefixtures("fewer_values")


@cache
def lone():
    return make_scenario([LONE], samples=60 if FULL else 30)


@cache
def flips_of_the_premium():
    """Looked for once for all who ask, by a test: how many values are looked at is a test's own."""
    return thresholds(lone(), inputs=["make_premium"]).table


@pytest.fixture
def without_ranges(monkeypatch):
    """Nothing is told of other samples, which takes as long as the flips: `test_sampling_range.py` looks at that."""
    if not FULL:
        monkeypatch.setattr(find_module, "_sampling_range", lambda *_: sampling_range.UNKNOWN)


def assert_shown_by_solve(scenario, table, gap):
    """Solve afresh 1% to either side of every flip, at `solve`'s own gap; in full at the gap told as well."""
    for asked in (gap, DEFAULT_GAP) if FULL else (DEFAULT_GAP,):
        assert_shown_at(scenario, table, asked)


def assert_shown_at(scenario, table, gap):
    for row in flipped(table).itertuples():
        for value, expected in ((row.low * 0.99, row.strategy_below), (row.high * 1.01, row.strategy_above)):
            plan = solve(put(scenario, row.input, row.product, value), gap=gap, certified=False, compared=False).plan
            found = plan.decisions.set_index("product").loc[row.product, "strategy"]
            assert found == expected, f"{row.product} {row.input} at {value}: {found}, told {expected}"


def test_a_premium_flips_where_it_has_eaten_the_difference():
    """MTO costs its premium times the units of a year, so the flip is known from one plan."""
    row = solve(lone(), certified=False).plan.decisions.iloc[0]
    expected = LONE["make_premium"] + (row["cost_if_MTS"] - row["cost_if_MTO"]) / UNITS
    found = flipped(flips_of_the_premium())
    assert found["low"].tolist() == pytest.approx([expected], rel=1e-4)
    assert found["high"].tolist() == found["low"].tolist()
    assert found["strategy_below"].tolist() == ["MTO"]
    assert found["strategy_above"].tolist() == ["MTS"]
    assert found["words"].iloc[0].startswith(f"make premium: MTO until {expected:.4g} EUR a unit, then MTS; on other ")


@pytest.mark.usefixtures("without_ranges")
def test_what_the_proof_leaves_open_is_an_interval(monkeypatch):
    """With a proof that leaves 20 a year open, the difference outside of the interval is more than that."""
    open_cost = 20.0
    exact = flipped(flips_of_the_premium()).iloc[0]
    decide = flips.redecide

    def loose(*arguments, **options):
        found = decide(*arguments, **options)
        return replace(found, bound=found.objective - open_cost)

    monkeypatch.setattr(flips, "redecide", loose)
    row = flipped(thresholds(lone(), inputs=["make_premium"]).table).iloc[0]
    assert row["status"] == "verified"
    assert row["low"] < exact["low"] < row["high"]
    assert (exact["low"] - row["low"] * 0.99) * UNITS > open_cost
    assert (row["high"] * 1.01 - exact["low"]) * UNITS > open_cost
    assert "between them either, within the gap" in row["words"]


@pytest.mark.usefixtures("without_ranges")
def test_every_flip_on_tiny_is_shown_by_solving_afresh():
    scenario = read_scenario("scenarios/tiny").with_settings(samples=400 if FULL else 8)
    # Two of the sofa's inputs that flip: the one that moves windows, and a price.
    inputs = () if FULL else ("lead_time_target_days", "unit_cost")
    found = thresholds(scenario, products=() if FULL else ("SOFA",), inputs=inputs)
    told = flipped(found.table)
    assert len(told) >= (5 if FULL else 3)
    assert (told["status"] == "verified").all()
    assert_shown_by_solve(scenario, found.table, found.summary["gap"])


@pytest.mark.usefixtures("without_ranges")
def test_no_flip_leads_back_to_the_same_strategy():
    """On two samples strategies cost nearly the same over wide ranges."""
    scenario = read_scenario("scenarios/tiny").with_settings(samples=2)
    inputs = ("holding_rate_per_year", "make_premium", *(("unit_cost",) if FULL else ()))
    told = flipped(thresholds(scenario, products=("SOFA",), inputs=inputs).table)
    assert len(told) >= 2
    assert (told["strategy_below"] != told["strategy_above"]).all()


ROOT = Path(__file__).resolve().parents[2]
BICYCLES = sorted(pd.read_csv(ROOT / "scenarios" / "bicycles" / "products.csv")["product"])
# Every 17th of 60, so that a run that is stopped has seen all families.
SPREAD = [BICYCLES[17 * k % len(BICYCLES)] for k in range(len(BICYCLES))]


def of_one_frame(scenario, frame):
    """The colours of one frame with what they are made of and by."""
    tables = {name: getattr(scenario, name) for name in ("products", "bom", "routing")}
    kept = {name: rows[rows["product"].str.startswith(frame)].reset_index(drop=True) for name, rows in tables.items()}
    parts = scenario.components[scenario.components["component"].isin(kept["bom"]["component"])]
    return replace(scenario, components=parts.reset_index(drop=True), **kept)


@pytest.fixture(scope="module")
def portfolio():
    """One for all products: what was decided of the holding rate serves them all."""
    scenario = read_scenario("scenarios/bicycles")
    scenario = scenario.with_settings(samples=400) if FULL else of_one_frame(scenario.with_settings(samples=8), "RD5")
    return flips.Redecisions(scenario, gap=find_module.DEFAULT_GAP)


@pytest.mark.evidence
@pytest.mark.usefixtures("without_ranges")
@pytest.mark.parametrize("product", SPREAD if FULL else ["RD5-BLU"])
def test_every_flip_on_bicycles_is_shown_by_solving_afresh(product, portfolio, monkeypatch):
    monkeypatch.setattr(find_module, "Redecisions", lambda *_arguments, **_options: portfolio)
    inputs = () if FULL else ("assembly_premium",)
    found = thresholds(portfolio.scenario, products=[product], inputs=inputs)
    told = flipped(found.table)
    assert FULL or len(told)
    statuses, points = found.table["status"], (told["low"] == told["high"]).sum()
    # `pytest -s` shows the counts that docs/thresholds.md tells.
    print(f"\n{product}: {(statuses == 'verified').sum()} verified, {points} points, {(statuses == 'open').sum()} open")
    assert_shown_by_solve(portfolio.scenario, told[told["status"] == "verified"], found.summary["gap"])


@pytest.mark.usefixtures("without_ranges")
def test_the_holding_rate_flips_a_product_for_the_whole_scenario():
    scenario = make_scenario([LONE, {**LONE, "product": "Q", "unit_cost": 60}],
                             samples=60 if FULL else 20, holding_rate_per_year=0.3)  # fmt: skip
    found = thresholds(scenario, inputs=[HOLDING_RATE])
    told = flipped(found.table)
    assert len(told)
    assert (told["status"] == "verified").all()
    assert_shown_by_solve(scenario, found.table, found.summary["gap"])
    # Dearer holding never moves a lone product towards stock.
    assert set(told["strategy_below"]) == {"MTS"}


@pytest.mark.usefixtures("without_ranges")
def test_the_others_may_answer_a_change():
    """Two colours share one part: as one is ever dearer in stock, what is told must hold with the other free."""
    rows = [{"product": name, "demand_cv": 1.0, "lead_time_target_days": 4, "make_days": 12, "unit_cost": 300.0,
             "assembly_premium": 0.5, "make_premium": 30.0} for name in ("A", "B")]  # fmt: skip
    scenario = make_scenario(
        rows, components=[{"unit_cost": 120.0, "lead_time_days": 12.0, "stocking_cost_per_year": 900}],
        bom={"A": {"C1": 1}, "B": {"C1": 1}}, samples=60 if FULL else 4,
    )  # fmt: skip
    found = thresholds(scenario, inputs=["assembly_premium", *(["unit_cost"] if FULL else [])])
    told = flipped(found.table)
    assert len(told)
    assert_shown_by_solve(scenario, told[told["status"] == "verified"], found.summary["gap"])


def test_products_that_share_one_change_may_swap_it():
    """Another product has the only change, and gives it up where the chair saves more by it."""
    scenario = read_scenario("scenarios/tiny").with_settings(samples=100, max_changes=1)
    found = thresholds(scenario, products=["CHAIR"], inputs=["demand_cv"])
    told = flipped(found.table)
    assert told["side"].tolist() == ["above"]
    assert (told["strategy_below"] + told["strategy_above"]).tolist() == ["MTSATO"]
    assert_shown_by_solve(scenario, told, found.summary["gap"])
    assert told["sampling_low"].isna().all()


@pytest.mark.usefixtures("without_ranges")
def test_nothing_is_told_of_values_without_a_plan():
    """By a target and a budget; the short form bars a lone product's other strategy, in the long one it costs more."""
    ruled, product = {"samples": 12, "on_time_target": 0.9}, "CHAIR" if FULL else "P"
    if FULL:
        scenario = read_scenario("scenarios/tiny").with_settings(**ruled, inventory_budget=7500)
    else:
        row = {**LONE, "demand_cv": 0.6, "lead_time_target_days": 20.0, "replenishment_days": 40.0}
        barred = {"none": {"strategy": "MTO", "at_most": 0}}
        scenario = make_scenario([row], **ruled, inventory_budget=3000, limits=barred)
    table = thresholds(scenario, products=[product], inputs=["demand_cv"]).table
    row = table[table["side"] == "above"].iloc[0]
    assert row["status"] == "none found"
    assert redecide(put(scenario, "demand_cv", product, row["high"]), gap=1e-3) is not None
    assert redecide(put(scenario, "demand_cv", product, 3.0), gap=1e-3) is None


def test_what_cannot_flip_says_why():
    scenario = make_scenario(
        [{"product": "L", "locked": "MTS"}, {"product": "S", "on_time_target": 0.9, "late_cost_per_unit_day": ""},
         {"product": "D", "distribution": "poisson", "demand_cv": ""}], samples=30,
    )  # fmt: skip
    table = thresholds(scenario, inputs=[HOLDING_RATE, "late_cost_per_unit_day", "demand_cv", "assembly_premium"]).table
    words = {(r.product, r.input): r.words for r in table[table["status"] == "no effect"].itertuples()}
    assert words["L", "late_cost_per_unit_day"] == "late cost: only one strategy is possible"
    assert words["S", "late_cost_per_unit_day"] in ("late cost: not given", "late cost: only one strategy is possible")
    assert words["D", "demand_cv"] == "demand CV: poisson demand has no CV of its own"
    assert words["D", "assembly_premium"] == "assembly premium: ATO is not possible"


@pytest.mark.usefixtures("without_ranges")
def test_poisson_demand_keeps_its_own_cv():
    scenario = make_scenario([{**LONE, "distribution": "poisson", "demand_cv": ""}], samples=10)
    found = thresholds(scenario, inputs=["demand_per_week"])
    assert set(found.table["side"]) == {"below", "above"}


def test_the_reach_holds_the_current_value():
    for name, of in INPUTS.items():
        single = make_scenario([{**LONE, "assembly_premium": 1.0}])
        low, high = of.reach(single)
        assert low <= of.current(single) <= high, name
        for direction in (-1, 1):
            steps = of.outward(single, direction)
            assert ((np.diff(steps) * direction) > 0.0).all(), name


def test_a_sign_change_is_found_between_the_values():
    assert first_sign_change(lambda v: 3.0 - v, [0.0, 2.0, 4.0]) == pytest.approx(3.0, rel=1e-4)
    assert first_sign_change(lambda v: v - 3.0, [8.0, 4.0, 1.0]) == pytest.approx(3.0, rel=1e-4)
    assert first_sign_change(lambda v: 1.0, [0.0, 1.0]) is None
    assert first_sign_change(lambda v: -1.0, [0.5, 1.0]) == 0.5


@pytest.mark.usefixtures("without_ranges")
def test_ctrl_c_keeps_the_products_that_are_done(monkeypatch):
    scenario = make_scenario([LONE, {**LONE, "product": "Q"}], samples=30)
    rows = find_module._rows

    def stopped(portfolio, i, name):
        if i == 1:
            raise KeyboardInterrupt
        return rows(portfolio, i, name)

    monkeypatch.setattr(find_module, "_rows", stopped)
    found = thresholds(scenario, inputs=["make_premium"])
    assert set(found.table["product"]) == {"P"}
    assert (found.summary["status"], found.summary["products_done"]) == ("stopped", 1)
    with pytest.raises(KeyboardInterrupt):
        thresholds(scenario, products=["Q"])


def test_names_are_checked_and_runs_agree():
    with pytest.raises(EngineError, match="there is no product 'X'"):
        thresholds(lone(), products=["X"])
    with pytest.raises(EngineError, match="did you mean 'unit_cost'"):
        thresholds(lone(), inputs=["unit_costs"])
    assert flips_of_the_premium().equals(thresholds(lone(), inputs=["make_premium"]).table)


def test_the_command_writes_a_table_and_tells_it(tmp_path):
    run = CliRunner().invoke(
        app, ["thresholds", "scenarios/tiny", "--product", "SOFA", "--inputs", "make_premium", "--samples", "20",
              "--out", str(tmp_path)]
    )  # fmt: skip
    assert run.exit_code == 0, run.output
    table = pd.read_csv(tmp_path / "thresholds.csv")
    assert set(table["product"]) == {"SOFA"}
    assert "SOFA (MTO)" in run.output
    assert "make premium: MTO until" in run.output
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["counts"]["verified"] == 1
    assert summary["samples"] == 20


def test_the_command_says_where_there_is_no_flip(tmp_path):
    rows = [{"product": "ONE", "locked": "MTS"},
            {"product": "KEPT", "locked": "", "make_days": 1, "lead_time_target_days": 20}]  # fmt: skip
    folder = write_scenario(tmp_path / "case", products=rows, samples=20)
    command = ["thresholds", str(folder), "--out", str(tmp_path / "out"), "--inputs"]
    run = CliRunner().invoke(app, [*command, "demand_cv"])
    assert run.exit_code == 0, run.output
    assert ": 0 flips, " in run.output
    assert "  ONE (MTS): only one strategy is possible\n" in run.output
    # What is ordered at a review lies on the shelf until it falls due: nothing is gained by stock.
    assert "  KEPT (MTO): no flip within reach of the 1 input looked at\n" in run.output
    assert CliRunner().invoke(app, [*command, ","]).exit_code == 2
