"""Locks of a scenario: an end that has passed is told and still binds; each lock has its price."""

import datetime as dt
import json
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from pptx import Presentation
from typer.testing import CliRunner

from engine import solve
from engine.cli import app
from engine.evaluate.figures.readers import with_readers
from engine.evaluate.reasons.locks import lock_costs
from engine.report.content import make_report
from engine.report.deck.slides import write_deck
from engine.report.page.document import page_html
from engine.report.sentences.prose import Prose
from engine.report.sentences.reliance import risks
from engine.report.tables import locks, warnings
from engine.scenario.locks import expired_locks, locks_of
from engine.scenario.read import read_scenario
from engine.ui.state.levers import LockLever, locked
from engine.ui.text import text
from engine.ui.views.decide import variants
from tests.evidence import FULL
from tests.scenarios import make_scenario, write_scenario

PRODUCT = {
    "demand_per_week": 12.0, "unit_cost": 100.0, "demand_cv": 0.9, "lead_time_target_days": 6.0, "make_days": 6.0,
    "late_cost_per_unit_day": 1.0, "replenishment_days": 20.0,
}  # fmt: skip
GOODS = (
    {"product": "dear", "locked": "MTS", "lock_reason": "retooling", "lock_owner": "works 2",
     "lock_until": "2027-06-30"},
    {"product": "cheap", "locked": "MTO"},
    {"product": "free"},
)
LAST = dt.date(2027, 6, 30)


def scenario(**settings):
    return make_scenario([{**PRODUCT, **row} for row in GOODS], samples=60, **settings)


@pytest.fixture(scope="module")
def found():
    case = scenario()
    return case, with_readers(case, solve(case, gap=1e-6).plan)


def test_locks_are_read_with_reason_and_end(tmp_path):
    case = read_scenario(write_scenario(tmp_path / "case", products=[{**PRODUCT, **row} for row in GOODS]))
    dear, cheap = locks_of(case)
    assert (dear.product, dear.strategy, dear.reason, dear.owner, dear.until) == (
        "dear", "MTS", "retooling", "works 2", LAST
    )  # fmt: skip
    assert (cheap.product, cheap.reason, cheap.owner, cheap.until) == ("cheap", "", "", None)


def test_a_lock_ends_after_its_last_day_and_says_so():
    case = scenario()
    assert expired_locks(case, LAST) == ()
    (told,) = expired_locks(case, LAST + dt.timedelta(days=1))
    assert (told.kind, told.row, told.column, told.product) == ("lock_expired_of", 2, "lock_until", "dear")
    assert "the lock to MTS ended on 2027-06-30; it still binds; ask works 2: clear locked" in str(told)
    (nobody,) = expired_locks(replace(case, products=case.products.assign(lock_owner="")), dt.date(2028, 1, 1))
    assert nobody.kind == "lock_expired"
    assert "it still binds; clear locked" in str(nobody)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_an_ended_lock_is_told_by_the_commands_and_still_binds(tmp_path):
    folder = write_scenario(tmp_path / "case", products=[{**PRODUCT, **row} for row in GOODS], samples=60)
    for day, said in (("2027-06-30", False), ("2027-07-01", True)):
        checked = run("check", folder, "--today", day)
        assert checked.exit_code == 0, checked.output
        assert ("ended on 2027-06-30" in checked.output) is said
        solved = run("solve", folder, "--out", tmp_path / day, "--today", day, "--brief")
        assert solved.exit_code == 0, solved.output
        warned = json.loads((tmp_path / day / "summary.json").read_text(encoding="utf-8"))["warnings"]
        assert [one["kind"] for one in warned] == ["lock_expired_of"] * said
        assert pd.read_csv(tmp_path / day / "decisions.csv")["strategy"].tolist()[0] == "MTS"
        told = run("report", folder, "--out", tmp_path / f"{day}.html", "--today", day)
        assert told.exit_code == 0, told.output
        assert ("ended on 2027-06-30" in (tmp_path / f"{day}.html").read_text(encoding="utf-8")) is said


def test_a_lock_costs_what_the_plan_without_it_saves(found):
    case, plan = found
    dear, cheap = lock_costs(case, plan)
    products = case.products.copy()
    products.loc[0, "locked"] = ""
    without = solve(replace(case, products=products), gap=1e-6).plan
    assert without.decisions["strategy"].tolist()[0] == "MTO"
    assert dear.cost_per_year == pytest.approx(plan.objective_per_year - without.objective_per_year, rel=1e-6)
    assert dear.cost_per_year > 0.0
    assert cheap.cost_per_year == pytest.approx(0.0, abs=1e-6)


def test_more_locks_than_are_examined_are_listed_without_their_cost(found):
    case, plan = found
    assert [one.cost_per_year is None for one in lock_costs(case, plan, most=1)] == [False, True]
    assert [one.lock.product for one in lock_costs(case, plan, most=0)] == ["dear", "cheap"]


def test_what_rules_bar_is_no_price():
    """No change is allowed, so that lifting the lock alone changes nothing."""
    case = scenario(max_changes=0)
    case = replace(case, products=case.products.assign(current_strategy=["MTS", "MTO", "MTO"]))
    plan = solve(case, certified=False).plan
    assert [one.cost_per_year for one in lock_costs(case, plan)] == [0.0, 0.0]


@pytest.mark.evidence
@pytest.mark.parametrize("language", ["en", "zh"] if FULL else ["zh"])
def test_reports_list_them_with_reason_end_and_cost(found, language, tmp_path):
    case, plan = found
    report = make_report(plan, case)
    table = locks(report)
    assert table["product"].tolist() == ["dear", "cheap"]
    told = table.loc[0, ["lock_reason", "lock_owner", "lock_until"]].tolist()
    assert told == ["retooling", "works 2", "2027-06-30"]
    prose = Prose(report, language)
    cost = f"{table['lock_cost_per_year'].iloc[0]:,.0f}"
    assert any("dear" in told and cost in told for told in risks(prose))
    page = page_html(prose)
    assert "works 2" in page
    assert "retooling" in page
    assert "2027-06-30" in page
    # The deck has a slide of them, and tells which have ended by its day.
    late = LAST + dt.timedelta(days=1)
    told = replace(plan, summary={**plan.summary, "warnings": [one.as_dict() for one in expired_locks(case, late)]})
    for of, day, count in ((plan, LAST, 0), (plan, late, 1), (told, None, 1)):
        write_deck(replace(report, plan=of, date=day), tmp_path / "deck.pptx", language)
        slides = [slide for slide in Presentation(tmp_path / "deck.pptx").slides if any(
            shape.has_table and "works 2" in [cell.text for row in shape.table.rows for cell in row.cells]
            for shape in slide.shapes)]  # fmt: skip
        (slide,) = slides
        words = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert len(warnings(replace(report, plan=of, date=day), language)) == len(of.summary["warnings"]) + (
            count if of is plan else 0)
        assert (words.count("works 2"), words.count("2027-06-30")) == (count, count)
    bare = make_scenario([PRODUCT], samples=40)
    assert not any("lock" in told for told in risks(Prose(make_report(solve(bare, certified=False).plan, bare), "en")))


def test_a_lock_of_the_app_brings_its_own_reason_owner_and_end():
    case = locked(scenario(), (LockLever(product="dear", strategy="MTO", reason="trial"),))
    first = locks_of(case)[0]
    assert (first.strategy, first.reason, first.owner, first.until) == ("MTO", "trial", "", None)
    lever = LockLever(product="dear", strategy="MTO", reason="", owner="sales", until="2027-03-31")
    first = locks_of(locked(scenario(), (lever,)))[0]
    assert (first.reason, first.owner, first.until) == ("", "sales", dt.date(2027, 3, 31))


def test_the_app_lists_the_scenarios_locks_that_are_not_the_readers_own(found, monkeypatch):
    case, plan = found
    said = []
    monkeypatch.setattr(variants, "t", lambda key, **values: text(key, "en", **values))
    monkeypatch.setattr(variants, "language", lambda: "en")
    monkeypatch.setattr(variants.st, "markdown", said.append)
    monkeypatch.setattr(variants, "known_lock_costs", lambda _: lock_costs(case, plan))
    monkeypatch.setattr(variants, "this_day", lambda: LAST)
    own = SimpleNamespace(locks=(LockLever(product="cheap", strategy="MTS", reason=""),))
    variants._given(SimpleNamespace(answer=SimpleNamespace(plan=plan), what_if=own))
    head, _, line = said[0].splitlines()
    assert "(1)" in head
    assert "retooling; works 2 answers for it; until 2027-06-30; costs " in line
    assert f"{lock_costs(case, plan)[0].cost_per_year:,.0f} EUR a year" in line
    monkeypatch.setattr(variants, "this_day", lambda: LAST + dt.timedelta(days=1))
    variants._given(SimpleNamespace(answer=SimpleNamespace(plan=plan), what_if=own))
    assert "ended on 2027-06-30, still binds" in said[1]
