"""A product in sentences that anyone understands, in both languages, from the plan alone."""

import re
from dataclasses import replace

import pytest

from engine.decision.plan import Plan
from engine.decision.solve import solve
from engine.report.sentences.product_sentences import product_sentences
from engine.report.texts.text import LANGUAGES
from engine.scenario.scenario import Scenario
from tests.scenarios import make_scenario

GOODS = [
    {"product": "LATE", "locked": "MTO", "make_days": 35, "lead_time_target_days": 10, "delivery_days": 2},
    {"product": "SOON", "make_days": 35, "lead_time_target_days": 42, "current_strategy": "MTS"},
    {"product": "SHELF", "make_days": 20, "lead_time_target_days": 1, "late_cost_per_unit_day": 9.0},
    {"product": "PARTS", "locked": "ATO", "lead_time_target_days": 6, "assembly_days": 2, "current_strategy": "MTO"},
]


@pytest.fixture(scope="module")
def decided() -> tuple[Scenario, Plan]:
    case = make_scenario(GOODS, components=[{}], bom={"PARTS": {"C1": 1}}, samples=60)
    return case, solve(case).plan_or_raise()


def said(case: Scenario, plan: Plan, product: str, language: str = "en") -> str:
    (words,) = product_sentences(case, plan, [product], language, money=lambda amount: f"{amount:,.0f} EUR")
    return words


def test_times_are_told_with_the_way_to_the_customer(decided) -> None:
    case, plan = decided
    assert said(case, plan, "LATE").startswith("Customers accept 10 days and making and delivering it takes 37")
    assert "comes late" in said(case, plan, "LATE")
    assert said(case, plan, "SOON").startswith("Customers accept 42 days and making it takes 35 days, so it can")
    assert said(case, plan, "SHELF").startswith("Customers accept 1 day and making it takes 20 days, so it is kept in")
    assert said(case, plan, "PARTS").startswith("Customers accept 6 days and assembling it takes 2 days, so that")


@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts_are_those_of_the_decisions(decided, language: str) -> None:
    case, plan = decided
    row = plan.decisions.set_index("product").loc["SOON"]
    saves = row["cost_if_MTS"] - row["expected_cost_per_year"]
    words = said(case, plan, "SOON", language)
    assert f"{saves:,.0f} EUR" in words
    assert {"en": "Today it is kept in stock; the change", "zh": "目前为备成品库存；改变后"}[language] in words
    assert f"{row['on_time']:.1%}" in words
    assert bool(re.search(r"[\u3400-\u9fff]", words)) == (language == "zh")


def test_what_is_not_possible_or_not_known_is_not_made_up(decided) -> None:
    case, plan = decided
    assert "No other strategy is open to it" in said(case, plan, "LATE")
    assert "not possible any more" in said(case, plan, "PARTS")
    rushed = replace(plan, summary={**plan.summary, "not_compared": ["LATE", "PARTS"]})
    assert "possible" not in said(case, rushed, "LATE")
    assert "possible" not in said(case, rushed, "PARTS")


def test_a_rival_that_costs_less_by_itself_is_not_said_to_cost_more(decided) -> None:
    case, plan = decided
    table = plan.decisions.copy()
    at = table.index[table["product"] == "SHELF"][0]
    table.loc[at, "cost_if_MTO"] = table.loc[at, "expected_cost_per_year"] - 70.0
    words = said(case, replace(plan, decisions=table), "SHELF")
    assert "Making it after the order would cost 70 EUR less a year by itself." in words


def test_large_orders_that_are_made_to_order_are_told(decided) -> None:
    case, plan = decided
    assert "Orders over" not in said(case, plan, "SHELF")
    table = plan.decisions.assign(order_size_cutoff=24.0)
    assert "Orders over 24 units are made after the order." in said(case, replace(plan, decisions=table), "SHELF")
