"""Every column of money priced at once, one added tomorrow among them: each term is wherever costs are told."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import simulate, solve
from engine.decision.tables import reasons
from engine.economics import prices
from engine.economics.build import build_instance
from engine.economics.lone.decide import decide_lone
from engine.economics.prices import TERMS
from engine.model import rules
from engine.report.content import Report
from engine.report.tables import terms
from engine.scenario.columns import COLUMNS, STRATEGIES
from engine.words.shared import SHARED
from tests.scenarios import make_scenario

# Of the money columns those that are values, not costs of their own.
VALUES = {"unit_cost": 40.0, "price": 90.0}


def priced(table):
    """A price in every money column of a table, so that a column added tomorrow is priced, too."""
    return {
        column.name: VALUES.get(column.name, 3.0) for column in COLUMNS[table] if column.unit.startswith("money")
    }


def scenario(*, machine):
    """A product of each strategy; where there is a machine, too busy for its regular hours."""
    goods = [
        {
            **priced("products"), "obsolescence_per_year": 0.2, "lost_share_if_late": 0.5, "demand_per_week": 10.0,
            "lead_time_target_days": 3.0, "make_days": 9.0, "assembly_days": 1.0, "replenishment_days": 9.0,
            "batch_size": 5.0, "allowed": only, "current_strategy": other,
        }
        for only, other in zip(STRATEGIES, (*STRATEGIES[1:], STRATEGIES[0]), strict=True)
    ]  # fmt: skip
    more = {}
    if machine:
        hours = {"hours_per_week": 25.0, "overtime_hours_per_week": 4.0}
        more["resources"] = [{"resource": "M", **priced("resources"), "outsourcing_cost_per_hour": 9.0, **hours}]
        more["routing"] = [
            {"product": f"P{i}", "resource": "M", "stage": stage, "hours_per_unit": 1.0}
            for i, stage in ((1, "make"), (2, "assemble"), (3, "make"))
        ]
    part = {**priced("components"), "lead_time_days": 8.0, "obsolescence_per_year": 0.1}
    return make_scenario(goods, components=[part], bom={"P2": {"C1": 1.0}}, samples=60, **more)


@pytest.fixture(scope="module")
def plan():
    return solve(scenario(machine=True)).plan


def test_the_plan_has_every_term(plan):
    found = plan.ledger.groupby("term")["cost_per_year"].sum()
    assert set(found.index[found > 0.0]) == {*TERMS} - {"risk"}
    assert found.sum() == pytest.approx(plan.objective_per_year)


def test_the_cost_table_of_a_report_has_every_term(plan):
    table = terms(Report(plan=plan))
    assert set(table["term"]) == {*TERMS} - {"risk"}
    assert table["total"].sum() == pytest.approx(plan.objective_per_year)


def test_the_simulation_books_every_term_and_choices_as_the_plan_does(plan):
    found = simulate(scenario(machine=True), plan, years=8, replications=5).ledger
    told = found.groupby("term")[["planned_per_year", "simulated_per_year"]].sum()
    assert set(told.index[told["simulated_per_year"] > 0.0]) == {*TERMS} - {"risk"}
    for term in prices.CHOICE_DRIVERS:
        assert told.loc[term, "simulated_per_year"] == pytest.approx(told.loc[term, "planned_per_year"], rel=0.08), term


def test_lone_products_have_every_term_of_their_choice():
    case = scenario(machine=False)
    found = decide_lone(case)
    assert found.exact.all()
    choice = build_instance(case).prices.choice[np.arange(3), found.strategy]
    for term in prices.CHOICE_DRIVERS:
        t = TERMS.index(term)
        # A part's fixed cost of stocking comes on top of the product's.
        assert (found.ledger[:, t] >= choice[:, t] - 1e-9).all()
        assert found.ledger[:, t].any(), term
    np.testing.assert_allclose(found.ledger.sum(axis=1), found.cost[np.arange(3), found.strategy])


def test_a_term_of_a_choice_says_what_it_is_priced_for(monkeypatch):
    without = {term: driver for term, driver in prices.CHOICE_DRIVERS.items() if term != "premium"}
    monkeypatch.setattr(prices, "CHOICE_DRIVERS", without)
    with pytest.raises(ValueError, match="say in CHOICE_DRIVERS what premium is priced for"):
        build_instance(scenario(machine=False))


@pytest.mark.parametrize(
    ("column", "drivers"),
    [("demand_per_week", {"units", "orders", "batches"}), ("order_size", {"orders"}), ("batch_size", {"batches"})],
)
def test_a_choice_costs_by_what_its_term_says_it_is_priced_for(column, drivers):
    """Twice the demand is twice the units, orders and batches; in orders, or batches, twice as large there are half."""
    case = scenario(machine=False)
    twice = replace(case, products=case.products.assign(**{column: 2.0 * case.products[column]}))
    before, after = (build_instance(one).prices.choice for one in (case, twice))
    times = 2.0 if column == "demand_per_week" else 0.5
    for term, driver in prices.CHOICE_DRIVERS.items():
        t = TERMS.index(term)
        assert before[:, :, t].any(), f"{term} costs nothing here"
        grown = before[:, :, t] * (times if driver in drivers else 1.0)
        np.testing.assert_allclose(after[:, :, t], grown, err_msg=f"CHOICE_DRIVERS says {term} is priced for {driver}")


def test_the_formulation_names_every_term_of_a_choice():
    formulation = (Path(rules.__file__).parent / "FORMULATION.md").read_text("utf-8")
    row = re.search(r"^\| `choice` \|.*$", formulation, re.MULTILINE)
    missing = [term for term in prices.CHOICE_DRIVERS if f"`{term}`" not in row[0]]
    assert not missing, f"not in engine/model/FORMULATION.md, Objective, `choice`: {missing}"


def test_every_term_has_words_that_reasons_app_and_reports_share():
    shared = [key.removeprefix("term.") for key in SHARED if key.startswith("term.")]
    assert shared == list(TERMS), "engine/words/shared.py"
    within_a_sentence = [reasons._name(term) for term in TERMS]
    assert len(set(within_a_sentence)) == len(TERMS)
    assert not any("," in name or name[:1].isupper() for name in within_a_sentence), "engine/decision/tables/reasons.py"
