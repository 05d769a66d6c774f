"""What the terminal says where there is no plan."""

import math
import re
from dataclasses import replace

import pytest

from engine.decision.outcome import Conflict, Infeasible, Solved, TimedOut
from engine.decision.solve import solve
from engine.report.sentences.words import recommendation, unsolved
from engine.words.reason import Reason
from tests.scenarios import make_scenario


def conflict(rule, setting, needed, *concerns):
    return Conflict(rule=rule, concerns=concerns, reason=Reason(kind="lower"), setting=setting, needed=needed)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (conflict("C5", "overtime_hours_per_week", 12.30001, "Paint"),
         "capacity (C5): lower its target; set overtime_hours_per_week of Paint to 12.301"),
        (conflict("C6", "on_time_target", 0.87689, "CHAIR"),
         "on-time target (C6): lower its target; set on_time_target of CHAIR to 0.876"),
        (conflict("C7", "inventory_budget", 1_234_567.89012),
         "inventory budget (C7): lower its target; set inventory_budget to 1234567.891"),
        (conflict("C8", "max_changes", 3.0, "A", "B"), "limit of changes (C8): lower its target; set max_changes to 3"),
    ],
)  # fmt: skip
def test_a_conflict_names_its_rule_and_a_value_that_is_enough_when_typed_as_shown(given, told):
    assert unsolved(Infeasible(conflicts=(given,))).splitlines()[1].strip() == told


def test_the_budget_as_printed_makes_the_scenario_feasible():
    wants = {"on_time_target": 0.95, "allowed": "MTS"}
    refused = solve(make_scenario([wants, wants], inventory_budget=100.0))
    assert isinstance(refused, Infeasible)
    printed = re.search(r"set inventory_budget to ([\d.]+)$", unsolved(refused))
    assert printed is not None
    outcome = solve(make_scenario([wants, wants], inventory_budget=float(printed[1])))
    assert not isinstance(outcome, Infeasible)


def test_a_plan_of_which_nothing_is_proven_says_so_instead_of_infinity():
    outcome = solve(make_scenario([{}]))
    assert isinstance(outcome, Solved)
    plan = outcome.plan
    assert "(no plan can cost less)" in recommendation(plan)
    unproven = replace(plan, summary={**plan.summary, "bound_per_year": -math.inf, "gap": math.inf})
    told = recommendation(unproven)
    assert "none yet   nothing is proven of this plan" in told
    assert "inf" not in told


@pytest.mark.parametrize(
    ("today", "broken", "said"),
    [
        (1_450.4, [], "1,450 EUR a year with its strategies at their best stocks: 450 EUR more"),
        (999.6, [], "1,000 EUR a year with its strategies at their best stocks: the same"),
        (700.0, [{"rule": "C7"}], "at their best stocks: 300 EUR less, against rules that the plan keeps"),
    ],
)
def test_what_today_costs_stands_below_what_the_plan_costs(today, broken, said):
    plan = solve(make_scenario([{"current_strategy": "MTS"}])).plan
    told = {"objective_per_year": 1_000.2, "today": {"cost_per_year": today, "broken": broken}}
    plan = replace(plan, summary={**plan.summary, **told})
    assert said in recommendation(plan).splitlines()[2]
    assert "  today  " not in recommendation(replace(plan, summary={**plan.summary, "corrected": {"years": 1}}))
    assert "  today  " not in recommendation(replace(plan, summary={**plan.summary, "today": None}))


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Infeasible(conflicts=()), "no plan keeps all rules"),
        (TimedOut(plan=None, bound_per_year=-math.inf), "nothing is proven yet"),
        (TimedOut(plan=None, bound_per_year=1234.4), "1,234"),
    ],
)
def test_without_a_plan_what_is_known_is_told(outcome, said):
    assert said in unsolved(outcome)
    assert unsolved(outcome, "zh") != unsolved(outcome)
    assert "inf" not in unsolved(outcome)
