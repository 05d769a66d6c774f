"""What leaving a strategy costs is money once: spread over the years in which it is to pay back, and told in full."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine import solve
from engine.economics.exposure.draw import SampleCache
from engine.evaluate.figures.readers import with_readers
from engine.evaluate.reasons.today import NoCurrentCost, payback
from engine.program.deadline import Deadline
from engine.report.content import make_report
from engine.report.sentences.payback import payback_sentence
from engine.report.sentences.prose import Prose
from engine.report.sentences.words import recommendation
from engine.report.tables import switches
from engine.scenario.read import read_scenario
from tests.evidence import FULL
from tests.scenarios import make_scenario

PRODUCT = {
    "demand_per_week": 12.0, "unit_cost": 100.0, "demand_cv": 0.9, "lead_time_target_days": 6.0, "make_days": 6.0,
    "late_cost_per_unit_day": 1.0, "current_strategy": "MTS", "replenishment_days": 20.0,
}  # fmt: skip


def scenario(cost=1000.0, years=2.0, **columns):
    """Two products that are better made to order than kept in stock, as they are today."""
    return make_scenario([{**PRODUCT, "change_cost": cost, **columns}] * 2, samples=60, change_payback_years=years)


@cache
def decided(cost=1000.0):
    """The scenario with that cost of a change, and its plan with what readers are told; no test changes them."""
    case = scenario(cost)
    return case, with_readers(case, solve(case, certified=False).plan)


@cache
def usual():
    """The plan of the usual scenario, which no test changes."""
    return solve(scenario()).plan


@pytest.mark.parametrize(("cost", "years"), [(1000.0, 2.0), (500.0, 1.0), (2000.0, 4.0)])
def test_as_much_a_year_is_the_same_plan(cost, years):
    plan, other = solve(scenario(cost, years)).plan, usual()
    assert plan.decisions["strategy"].tolist() == ["MTO", "MTO"]
    assert plan.objective_per_year == pytest.approx(other.objective_per_year, rel=1e-12)
    assert plan.ledger.loc[plan.ledger["term"] == "change", "cost_per_year"].tolist() == [500.0, 500.0]
    assert plan.summary["change_cost"] == pytest.approx(2.0 * cost)


def test_a_change_is_worth_it_where_it_saves_its_cost_within_the_years():
    free = decided(0.0)[1].decisions
    saving = free["cost_if_MTS"] - free["expected_cost_per_year"]
    assert (saving > 0.0).all()
    for years in (0.5, 2.0):
        for share, strategy in ((0.99, "MTO"), (1.01, "MTS")):
            products = scenario().products.assign(change_cost=share * years * saving)
            case = replace(scenario(years=years), products=products)
            assert solve(case, gap=1e-6).plan.decisions["strategy"].tolist() == [strategy] * 2


def test_running_costs_saved_and_months_are_those_of_free_changes():
    plan, free = decided(900.0)[1], decided(0.0)[1]
    told = plan.summary["investor"]
    assert told["change_cost"] == pytest.approx(1800.0)
    assert told["running_saving_per_year"] == pytest.approx(free.summary["investor"]["running_saving_per_year"])
    assert told["payback_months"] == pytest.approx(12.0 * 1800.0 / told["running_saving_per_year"])
    assert free.summary["investor"]["payback_months"] == 0.0


def test_where_today_is_unknown_or_dearer_there_are_no_months():
    plan = usual()
    assert payback(plan, NoCurrentCost.NO_CURRENT).months is None
    cheaper = payback(plan, plan.objective_per_year - 1100.0)
    assert cheaper.running_saving_per_year == pytest.approx(-100.0)
    assert cheaper.months is None
    assert "it is not paid back" in payback_sentence(plan, cheaper, "en")
    assert "not known" in payback_sentence(plan, payback(plan, NoCurrentCost.NO_CURRENT), "en")
    free = solve(scenario(0.0)).plan
    assert payback_sentence(free, payback(free, free.objective_per_year), "en") == ""


def test_where_time_runs_out_the_saving_is_left_open():
    case = make_scenario([PRODUCT], samples=40)
    cache = SampleCache()
    plan = solve(case, cache=cache).plan
    # Room for the figures, not for today's strategies, by a clock that stands still.
    for times, known in ((2.0, False), (4.0, True)):
        deadline = Deadline(at=times * cache.seconds, clock=lambda: 0.0)
        told = with_readers(case, plan, cache=cache, deadline=deadline).summary["investor"]
        assert (told["running_saving_per_year"] is not None) is known
        assert told["cvar_level"] == 0.9


@pytest.mark.parametrize("language", ["en", "zh"])
def test_reports_say_cost_once_saving_and_months(language):
    case, plan = decided(500.0)
    report = make_report(plan, case)
    said = Prose(report, language).payback()
    found = payback(report.plan, report.today["cost_per_year"])
    months = f"{found.months:.1f}".removesuffix(".0")
    assert len(said) == 1
    for shown in ("1,000", f"{found.running_saving_per_year:,.0f}", months):
        assert shown in said[0]
    assert any("2 years" in told or "2 年" in told for told in Prose(report, language).assumptions())


def test_the_terminal_says_the_same_and_nothing_of_free_changes():
    told = " ".join(recommendation(decided()[1]).split())
    assert "Changing strategies costs 2,000 EUR once" in told
    assert "so that it is paid back in" in told
    assert "once" not in recommendation(decided(0.0)[1])


def test_a_switch_by_itself_pays_back_within_the_years_if_it_saves_anything():
    case, plan = decided()
    table = switches(make_report(plan, case))
    assert table["change_cost"].tolist() == [1000.0, 1000.0]
    running = table["saving_per_year"] + 500.0
    np.testing.assert_allclose(table["payback_months"], 12.0 * 1000.0 / running)
    assert ((table["payback_months"] < 24.0) == (table["saving_per_year"] > 0.0)).all()
    free, plan = decided(0.0)
    assert "change_cost" not in switches(make_report(plan, free))


@pytest.mark.parametrize("name", ["bicycles", "industrial-pumps"] if FULL else ["industrial-pumps"])
def test_bundled_cases_without_the_spread_cost_as_without_change_costs(name):
    """The plan of fixed strategies is the same but for its term: what is spread a year is half of what is paid once."""
    case = read_scenario(f"scenarios/{name}").with_settings(samples=20)
    plan = solve(case, certified=False).plan
    kept = case.products.assign(locked=plan.decisions["strategy"])
    free = solve(replace(case, products=kept.assign(change_cost=0.0))).plan
    spread = plan.objective_per_year - free.objective_per_year
    moved = (plan.decisions["strategy"] != plan.decisions["current_strategy"]).to_numpy()
    once = float(case.products["change_cost"].to_numpy()[moved].sum())
    assert plan.summary["change_cost"] == pytest.approx(once)
    assert spread == pytest.approx(once / 2.0, rel=1e-3)


@pytest.mark.parametrize("years", [0, -1, "soon"])
def test_years_are_above_zero(years):
    with pytest.raises(Exception, match="change_payback_years"):
        scenario(years=years)
