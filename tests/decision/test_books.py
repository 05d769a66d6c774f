"""What lies in stock today against the plan: by hand, and told everywhere."""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import simulate, solve
from engine.decision.tables.books import BOOKS, gone_within
from engine.evaluate.figures.readers import with_readers
from engine.report.content import make_report
from engine.report.files import read_plan, write_plan
from engine.report.sentences.books import book_sentences
from engine.report.sentences.prose import Prose
from engine.report.sentences.words import recommendation
from engine.report.tables import components, decisions
from engine.scenario.read import read_scenario
from engine.ui.text import text
from engine.ui.views.decide import headline
from tests.scenarios import make_scenario, write_scenario

PRODUCT = {
    "demand_per_week": 14.0, "unit_cost": 100.0, "lead_time_target_days": 5.0, "make_days": 20.0, "assembly_days": 2.0,
    "late_cost_per_unit_day": 1.0, "current_strategy": "MTS",
}  # fmt: skip
# Two units a day each; one x in S, two in A; nobody takes z.
GOODS = (
    {"product": "S", "locked": "MTS", "stock_on_hand": 1000.0},
    {"product": "A", "locked": "ATO", "stock_on_hand": 50.0},
    {"product": "O", "locked": "MTO", "stock_on_hand": 100.0},
)
PARTS = (
    {"component": "x", "unit_cost": 10.0, "lead_time_days": 10.0, "stock_on_hand": 900.0},
    {"component": "z", "unit_cost": 3.0, "lead_time_days": 10.0, "stock_on_hand": 40.0},
)


def scenario(goods=GOODS, parts=PARTS, **settings):
    lines = {row["product"]: {"x": float(k)} for k, row in enumerate(goods[:2], start=1)}
    return make_scenario(
        [{**PRODUCT, **row} for row in goods], components=list(parts), bom=lines, samples=60, **settings
    )  # fmt: skip


def without(case, *tables):
    """The case with no stock on hand in the named tables."""
    return replace(case, **{name: case.table(name).assign(stock_on_hand=np.nan) for name in tables})


@pytest.fixture(scope="module")
def found():
    case = scenario()
    return case, with_readers(case, solve(case).plan)


def test_every_column_is_what_a_hand_calculation_says(found):
    _, plan = found
    made, assembled, ordered = (plan.decisions.iloc[k] for k in range(3))
    held = made["inventory_value"] / 100.0
    assert 0.0 < held < 1000.0
    assert made["capital_released"] == pytest.approx(100.0 * (1000.0 - held))
    assert made["run_down_days"] == pytest.approx((1000.0 - held) / 2.0)
    assert made["stranded_value"] == 0.0
    # Parts are there after 10 days, assembled after 12: 24 of the 50 sell until then. Made after 20 days: 40 of 100.
    assert assembled["capital_released"] == pytest.approx(5000.0)
    assert assembled["stranded_value"] == pytest.approx(100.0 * (50.0 - 24.0))
    assert ordered["stranded_value"] == pytest.approx(100.0 * (100.0 - 40.0))
    assert ordered["run_down_days"] == pytest.approx(50.0)
    used, idle = (plan.components.iloc[k] for k in range(2))
    lies = 900.0 - used["inventory_value"] / 10.0
    assert used["inventory_value"] > 0.0
    assert used["run_down_days"] == pytest.approx(lies / 6.0)
    assert used["stranded_value"] == 0.0
    assert idle["stranded_value"] == idle["capital_released"] == pytest.approx(120.0)
    assert np.isnan(idle["run_down_days"])


def test_totals_are_the_sums_and_the_readers_are_told_them(found):
    _, plan = found
    books = plan.summary["stock_on_hand"]
    both = [table[list(BOOKS)].fillna(0.0).sum() for table in (plan.decisions, plan.components)]
    for name in ("capital_released", "stranded_value"):
        assert books[name] == pytest.approx(both[0][name] + both[1][name])
    assert books["book_value"] == pytest.approx(115000.0 + 9000.0 + 120.0)
    assert books["planned_value"] == pytest.approx(plan.summary["inventory_value"])
    assert books["capital_released"] == pytest.approx(books["book_value"] - books["planned_value"])
    assert plan.summary["investor"]["working_capital_released"] == books["capital_released"]


def test_stock_on_hand_moves_no_decision(found):
    case, plan = found
    other = solve(without(case, "products", "components")).plan
    assert other.decisions.drop(columns=list(BOOKS)).equals(plan.decisions.drop(columns=list(BOOKS)))
    assert other.decisions[list(BOOKS)].isna().all(axis=None)
    assert "stock_on_hand" not in other.summary


def test_only_what_is_given_counts(found):
    case, plan = found
    part = without(case, "components")
    partly = solve(replace(part, products=part.products.assign(stock_on_hand=[np.nan, 50.0, 100.0]))).plan
    books = partly.summary["stock_on_hand"]
    assert (books["products_given"], books["products"]) == (2, 3)
    assert (books["components_given"], books["components"]) == (0, 2)
    assert books["book_value"] == books["capital_released"] == pytest.approx(15000.0)
    assert any("2 of 3 products and 0 of 2 components" in told for told in book_sentences(partly, "en"))
    assert not any("2 of 3" in told for told in book_sentences(plan, "en"))


def test_too_little_is_no_surplus_and_needs_money():
    goods = ({**GOODS[0], "stock_on_hand": 0.0},)
    plan = solve(without(scenario(goods, PARTS[:1]), "components")).plan
    books = plan.summary["stock_on_hand"]
    assert books["capital_released"] == pytest.approx(-plan.summary["inventory_value"])
    assert books["surplus_value"] == books["stranded_value"] == 0.0
    assert books["run_down_days"] is None
    assert "more working capital is needed" in " ".join(book_sentences(plan, "en"))


def test_products_without_demand_are_apart(tmp_path):
    goods = [{**PRODUCT, **GOODS[0]}, {**PRODUCT, "product": "N", "demand_per_week": 0, "stock_on_hand": 7}]
    case = read_scenario(write_scenario(tmp_path / "case", products=goods, samples=40))
    books = solve(case).plan.summary["stock_on_hand"]
    assert (books["products"], books["no_demand_value"]) == (1, 700.0)
    assert books["book_value"] == 100000.0


@given(st.lists(st.tuples(st.floats(1.0, 1e5), st.floats(0.1, 1e4)), min_size=1, max_size=8), st.floats(0.05, 0.95))
def test_after_these_days_the_share_is_gone(rows, share):
    value, days = np.array(rows).T
    until = gone_within(value, days, share)
    assert (value * np.minimum(until / days, 1.0)).sum() == pytest.approx(share * value.sum(), rel=1e-9)


def test_nothing_to_run_down_takes_no_days():
    assert gone_within(np.array([0.0, 5.0]), np.array([3.0, np.nan])) is None


@cache
def without_stock():
    """Nothing on hand is known, today's strategies are: a scenario and its plan."""
    bare = without(scenario(), "products", "components")
    bare = replace(bare, products=bare.products.assign(current_strategy=bare.products["locked"]))
    return bare, with_readers(bare, solve(bare).plan)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_reports_say_it_and_without_stock_on_hand_what_is_compared(found, language):
    case, plan = found
    prose = Prose(make_report(plan, case), language)
    assert f"{plan.summary['stock_on_hand']['capital_released']:,.0f}" in prose.books()[0]
    assert len(prose.books()) == 3
    assert "capital_released" in decisions(prose.report)
    assert components(prose.report)["component"].tolist() == ["x", "z"]
    bare, compared_with = without_stock()
    blind = Prose(make_report(compared_with, bare), language)
    assert len(blind.books()) == 1
    assert ("best stocks" if language == "en" else "最优库存") in blind.books()[0]
    assert f"{abs(blind.report.plan.summary['investor']['working_capital_released']):,.0f}" in blind.books()[0]
    assert "capital_released" not in decisions(blind.report)


def test_the_terminal_says_it(found):
    told = " ".join(recommendation(found[1]).split())
    assert "of working capital is released" in told
    assert "is stranded" in told


@pytest.mark.parametrize(
    ("released", "stranded", "said"),
    [(1234.4, 0.0, "1,234 EUR less than lies there today"),
     (-50.0, 20.0, "50 EUR more than lies there today, 20 EUR is stranded")],
)  # fmt: skip
def test_the_card_of_the_app_says_it(monkeypatch, released, stranded, said):
    monkeypatch.setattr(headline, "t", lambda key, **values: text(key, "en", **values))
    plan = SimpleNamespace(summary={"stock_on_hand": {"capital_released": released, "stranded_value": stranded}})
    assert ", ".join(headline._books(SimpleNamespace(plan=plan), "EUR")) == said


def test_a_plan_is_read_back_with_its_books(found, tmp_path):
    write_plan(found[1], tmp_path / "plan")
    back = read_plan(tmp_path / "plan")
    assert back.summary["stock_on_hand"] == found[1].summary["stock_on_hand"]
    assert back.components["stranded_value"].tolist() == found[1].components["stranded_value"].tolist()


def test_a_corrected_plan_has_the_books_of_its_own_stocks(found):
    case, plan = found
    corrected = simulate(case, plan, years=2, replications=3, correct=True).corrected
    value = corrected.decisions["inventory_value"].sum()
    books = corrected.summary["stock_on_hand"]
    assert value != plan.summary["inventory_value"]
    assert books["capital_released"] == pytest.approx(books["book_value"] - value)
