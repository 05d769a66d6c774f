"""The tiny scenario explained, against arithmetic a planner does on paper."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.errors import EngineError
from engine.evaluate.reasons.explain import explain
from engine.report.sentences.explanation import explanation_text
from engine.scenario.columns import STRATEGIES
from engine.scenario.read import read_scenario
from tests.evidence import FULL
from tests.scenarios import make_scenario, random_scenario

TINY = Path(__file__).resolve().parents[2] / "scenarios" / "tiny"
YEAR = 365.0 / 7.0
STOOLS, CHAIRS, SOFAS = 100 * YEAR, 20 * YEAR, 2 * YEAR


@pytest.fixture(scope="module")
def tiny():
    return read_scenario(TINY)


@pytest.fixture(scope="module")
def found(tiny):
    return {product: explain(tiny, product) for product in ("STOOL", "CHAIR", "SOFA")}


def windows(explanation):
    return explanation.windows.set_index(["strategy", "item"])


def test_each_product_is_explained_at_its_strategy(found):
    assert {name: told.strategy for name, told in found.items()} == {"STOOL": "MTS", "CHAIR": "ATO", "SOFA": "MTO"}


def test_make_to_order_costs_lateness_and_premium(found):
    """Stools take 21 days and are wanted in 1; chairs 28 in 14; sofas 28 in 28."""
    stool, chair, sofa = (found[name].ledgers["MTO"] for name in ("STOOL", "CHAIR", "SOFA"))
    assert stool["late"] == pytest.approx(STOOLS * 20 * 1.0)
    assert stool["premium"] == pytest.approx(STOOLS * 2.0)
    assert stool["total"] == pytest.approx(STOOLS * 22.0)
    assert chair["late"] == pytest.approx(CHAIRS * 14 * 2.0)
    assert chair["total"] == pytest.approx(CHAIRS * (28.0 + 10.0))
    assert sofa["late"] == 0.0
    assert sofa["total"] == pytest.approx(SOFAS * 20.0)


def test_assembly_of_stools_alone_is_two_days_late(found):
    late = found["STOOL"].ledgers.loc["late", "ATO"]
    assert late >= STOOLS * 2 * 1.0
    assert late == pytest.approx(STOOLS * 2, rel=0.01)
    assert found["CHAIR"].ledgers.loc["premium", "ATO"] == pytest.approx(CHAIRS * 1.0)
    assert found["SOFA"].ledgers.loc["premium", "ATO"] == pytest.approx(SOFAS * 20.0)


@pytest.mark.parametrize(
    ("product", "strategy", "item", "days"),
    [
        ("STOOL", "MTS", "STOOL", 21 + 3.5 - 1),
        ("STOOL", "ATO", "WOOD", 14 + 3.5),
        ("CHAIR", "MTS", "CHAIR", 35 + 3.5 - 14),
        ("CHAIR", "ATO", "FOAM", 14 + 3.5 - 11),
        ("CHAIR", "ATO", "BASE", 21 + 3.5 - 11),
        ("SOFA", "MTS", "SOFA", 50 + 3.5 - 28),
        ("SOFA", "ATO", "LEATHER", 50 + 3.5 - 23),
    ],
)
def test_windows_are_lead_time_and_half_a_review_less_the_wait(found, product, strategy, item, days):
    """Supply that has just arrived was ordered half a review ago on average: 3.5 days."""
    daily = {"STOOL": 100, "CHAIR": 20, "SOFA": 2}[product] / 7
    row = windows(found[product]).loc[(strategy, item)]
    assert row["mean_demand"] == pytest.approx(daily * days, rel=0.03)


def test_parts_that_can_be_bought_after_the_order_are_not_stocked(found):
    """A sofa leaves 28 - 5 = 23 days; wood and foam take 14."""
    assert windows(found["SOFA"]).loc["ATO"].index.tolist() == ["LEATHER"]


def test_finished_stools_cover_the_newsvendor_quantile(found):
    """Late 365 a unit and year against carrying 50 x (0.2 + 0.05) = 12.5: 96.7% of samples, z = 1.84.

    Variance of the window: weekly variance 20^2 over 23.5 days, and 100/7 a day times the review's 7 / sqrt(12) days.
    """
    facts = found["STOOL"].facts
    assert facts["carrying a unit for a year"] == pytest.approx(12.5)
    assert facts["one unit late for a day"] == pytest.approx(1.0)
    sd = np.sqrt(20.0**2 * 23.5 / 7 + (100 / 7 * 7 / np.sqrt(12)) ** 2)
    row = windows(found["STOOL"]).loc[("MTS", "STOOL")]
    assert row["sd_demand"] == pytest.approx(sd, rel=0.03)
    assert row["base_stock"] == pytest.approx(100 / 7 * 23.5 + 1.84 * sd, rel=0.03)
    ledger = found["STOOL"].ledgers["MTS"]
    assert ledger["holding"] == pytest.approx(row["mean_on_hand"] * 50 * 0.2)
    assert ledger["obsolescence"] == pytest.approx(row["mean_on_hand"] * 50 * 0.05)


def test_totals_are_what_the_plan_says(tiny, found):
    table = solve(tiny, certified=False).plan.decisions.set_index("product")
    for product, told in found.items():
        for strategy in ("MTS", "ATO", "MTO"):
            assert told.ledgers.loc["total", strategy] == pytest.approx(table.loc[product, f"cost_if_{strategy}"])
            terms = told.ledgers[strategy].drop("total")
            assert terms.sum() == pytest.approx(told.ledgers.loc["total", strategy])


def test_totals_are_what_the_plan_says_where_it_estimates_them():
    """Of more choices than a few the plan takes most moves from its program; no ledger contradicts it."""
    scenario = random_scenario(np.random.default_rng(4), products=10, components=4, samples=40 if FULL else 20)
    table = solve(scenario, certified=False).plan.decisions.set_index("product")
    told = pd.concat({one: explain(scenario, one).ledgers.loc["total"] for one in ("P1", "P4")}, axis=1).T
    plan = table.loc[told.index, [f"cost_if_{k}" for k in STRATEGIES]]
    assert told[list(STRATEGIES)].to_numpy() == pytest.approx(plan.to_numpy(dtype=float), rel=1e-9, nan_ok=True)


def test_what_a_move_changes_elsewhere_stands_beside_its_own_terms():
    """Two products share a dear part: when one leaves, the other carries what pooling had saved."""
    rows = [{"product": name, "demand_cv": 1.0, "lead_time_target_days": 4, "make_days": 12} for name in ("A", "B")]
    scenario = make_scenario(
        products=[{**row, "unit_cost": 900.0, "obsolescence_per_year": 0.3} for row in rows],
        components=[{"component": "C", "unit_cost": 60.0, "lead_time_days": 20.0}],
        bom={"A": {"C": 1}, "B": {"C": 1}},
    )
    told = explain(scenario, "A")
    assert told.strategy == "ATO"
    moved = told.ledgers["MTS"]
    assert moved["other products"] > 0.0
    own = moved.drop(["other products", "total"]).sum()
    assert moved["total"] == pytest.approx(own + moved["other products"])
    table = solve(scenario, certified=False).plan.decisions.set_index("product")
    assert moved["total"] == pytest.approx(table.loc["A", "cost_if_MTS"])
    alone = solve(replace(scenario, products=scenario.products.assign(locked=["MTS", "ATO"]))).plan
    other = alone.decisions.set_index("product").loc["B", "expected_cost_per_year"]
    assert moved["other products"] == pytest.approx(other - table.loc["B", "expected_cost_per_year"], abs=1e-3)


def test_what_is_not_possible_says_why():
    scenario = make_scenario(
        products=[
            {"product": "LOCKED", "locked": "MTS"},
            {"product": "FEW", "allowed": "MTS|MTO"},
            {"product": "BARE"},
            {"product": "HURRY", "on_time_target": 0.9, "lead_time_target_days": 2, "assembly_days": 3},
        ],
        components=[{"component": "C"}],
        bom={name: {"C": 1} for name in ("LOCKED", "FEW", "HURRY")},
        samples=50,
    )
    assert str(explain(scenario, "LOCKED").unavailable["ATO"]) == "locked to MTS"
    assert str(explain(scenario, "FEW").unavailable["ATO"]) == "not among the allowed strategies (MTS|MTO)"
    assert str(explain(scenario, "BARE").unavailable["ATO"]) == "there is no bill of materials"
    hurry = explain(scenario, "HURRY")
    assert str(hurry.unavailable["ATO"]) == "assembly alone takes 3 of 2 days"
    assert hurry.ledgers["ATO"].isna().all()
    assert "ATO is not possible: assembly alone takes 3 of 2 days" in explanation_text(hurry)


def test_what_binds_is_named():
    strict = make_scenario(products=[{"on_time_target": 0.999, "allowed": "MTS"}], samples=100)
    assert any("on-time target" in str(text) for text in explain(strict, "P1").binding)
    short = make_scenario(products=[{"shelf_life_days": 4, "allowed": "MTS"}], samples=100)
    assert any("shelf life" in str(text) for text in explain(short, "P1").binding)
    scarce = make_scenario(products=[{"allowed": "MTS"}], samples=100, inventory_budget=300.0)
    assert any("inventory budget" in str(text) for text in explain(scarce, "P1").binding)


def test_an_unknown_product_and_a_scenario_without_a_plan_are_told_in_words(tiny):
    with pytest.raises(EngineError, match="there is no product 'TABLE'"):
        explain(tiny, "TABLE")
    impossible = make_scenario(products=[{"current_strategy": "MTO", "allowed": "MTS"}], max_changes=0)
    with pytest.raises(EngineError, match="no plan that keeps all rules"):
        explain(impossible, "P1")
    spoilt = {"on_time_target": 0.99, "allowed": "MTS", "shelf_life_days": 2, "demand_cv": 2.0}
    unserved = make_scenario(products=[spoilt], samples=50)
    with pytest.raises(EngineError, match="no plan that keeps all rules"):
        explain(unserved, "P1")


def test_the_text_shows_every_cost_that_matters_and_fits_100_columns(found):
    text = explanation_text(found["CHAIR"])
    for words in ("CHAIR: ATO, costs on 1,000 samples", "EUR a year", "unit cost, EUR", "one unit late for a day, EUR",
                  "holding", "premium", "total", "BASE", "the parts that decide lateness"):  # fmt: skip
        assert words in text
    assert f"{CHAIRS * 38.0:,.0f}" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_text_shows_no_minus_nothing(found):
    chair = found["CHAIR"]
    ledgers = chair.ledgers.copy()
    ledgers.loc["other products"] = -0.4
    ledgers.loc["holding", "MTS"] = -0.3
    text = explanation_text(replace(chair, ledgers=ledgers))
    assert "-0" not in text
    assert "other products" not in text


def test_strategies_that_a_rule_forbids_have_the_cost_they_would_have():
    """A lock, a list of strategies and a target that bars one: each as where the rule is not."""
    free = make_scenario([{"lead_time_target_days": 20.0}, {}], components=[{}], bom={"P1": {"C1": 1}}, samples=60)
    plan = explain(free, "P1")
    chosen = plan.strategy
    locked = replace(free, products=free.products.assign(locked=[chosen, ""]))
    narrow = replace(free, products=free.products.assign(allowed=[chosen, "MTS|ATO|MTO"]))
    for scenario in (locked, narrow):
        found = explain(scenario, "P1")
        others = [k for k in STRATEGIES if k != chosen]
        assert found.ledgers[others].isna().all(axis=None)
        for k in others:
            assert found.barred[k]["total"] == pytest.approx(plan.ledgers[k]["total"], rel=1e-6)
            assert found.barred[k].drop("total").sum() == pytest.approx(found.barred[k]["total"])
        assert np.isnan(found.barred[chosen]["total"])
    assert "it would cost" in explanation_text(explain(locked, "P1"))


def test_what_cannot_be_has_no_cost_even_so():
    scenario = make_scenario([{"locked": "MTS"}], samples=40)
    found = explain(scenario, "P1")
    assert np.isnan(found.barred["ATO"]["total"]), "there is no bill of materials"
    assert np.isfinite(found.barred["MTO"]["total"])


def test_a_target_that_bars_a_strategy_does_not_hide_its_cost():
    free = make_scenario([{}], samples=40)
    under = make_scenario([{"on_time_target": 0.9}], samples=40)
    found = explain(under, "P1")
    assert "MTO" in found.unavailable
    assert found.barred["MTO"]["total"] == pytest.approx(explain(free, "P1").ledgers["MTO"]["total"], rel=1e-9)
