"""How deciding ends, typed: in time, out of time, or infeasible with the rules in conflict and what would do."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.decision.outcome import Conflict, Infeasible, NoPlanError, Solved, TimedOut, conflict_of
from engine.decision.relaxation.conflicts import relaxed
from engine.decision.relaxation.infeasible import advice
from engine.decision.solve import solve
from engine.demand.fitting.complete import complete
from engine.economics.build import build_instance
from engine.errors import EngineError
from engine.program.highs import SolveStatus
from engine.report.files import read_plan, write_plan
from engine.report.sentences.words import unsolved
from engine.scenario.read import read_scenario
from engine.search.branch_and_cut import NOWHERE
from engine.words.reason import Reason, reason_of
from engine.words.rules import RULE_NAMES
from tests.decision.cases import case
from tests.evidence import FULL, covering
from tests.scenarios import make_scenario

ROOT = Path(__file__).resolve().parents[2]
TWO = {
    "components": [{"component": "C1"}],
    "bom": {"A": {"C1": 1}, "B": {"C1": 2}},
    "samples": 60,
}


def two(product_columns, **settings):
    rows = [{"product": name, **product_columns} for name in ("A", "B")]
    return make_scenario(products=rows, **{**TWO, **settings})


PRESS = {
    "resources": [
        {"resource": "press", "hours_per_week": 30, "overtime_hours_per_week": 5, "overtime_cost_per_hour": 20}
    ],
    "routing": [
        {"product": "A", "resource": "press", "stage": "make", "hours_per_unit": 2},
        {"product": "B", "resource": "press", "stage": "assemble", "hours_per_unit": 2},
    ],
}
IMPOSSIBLE = {
    "capacity without outsourcing": (lambda: two({}, **PRESS), {"C5"}, {"press"}),
    "budget": (lambda: two({"on_time_target": 0.95, "allowed": "MTS"}, inventory_budget=10.0), {"C7"}, set()),
    # Hindsight would do with a lower target of B alone; served in turn, A needs the shared part as well.
    "on time under a budget": (
        lambda: two({"on_time_target": 0.95, "allowed": "ATO"}, inventory_budget=100.0),
        {"C7"},
        set(),
    ),
    "one product on time under a budget": (
        lambda: make_scenario(
            products=[{"product": "B", "on_time_target": 0.95, "allowed": "ATO"}],
            components=[{"component": "C1"}], bom={"B": {"C1": 2}}, samples=60, inventory_budget=100.0,
        ),
        {"C6"},
        {"B"},
    ),
    "on time for the shelf life": (
        lambda: two({"on_time_target": 0.99, "allowed": "MTS", "shelf_life_days": 2, "demand_cv": 2.0}),
        {"C6"},
        {"A", "B"},
    ),
    "max changes": (lambda: two({"current_strategy": "MTO", "allowed": "MTS"}, max_changes=1), {"C8"}, {"A", "B"}),
    "capacity and changes": (
        lambda: two({"current_strategy": "MTO", "allowed": "MTS"}, max_changes=0, **PRESS),
        {"C5", "C8"},
        {"A", "B", "press"},
    ),
}


@pytest.mark.parametrize(("name", "extensive"), covering(IMPOSSIBLE, (False, True)))
def test_infeasible_names_rules_and_concerns_and_following_it_helps(name, extensive):
    build, rules, concerns = IMPOSSIBLE[name]
    scenario = build()
    outcome = solve(scenario, extensive=extensive)
    assert isinstance(outcome, Infeasible)
    assert {conflict.rule for conflict in outcome.conflicts} == rules
    assert {concern for conflict in outcome.conflicts for concern in conflict.concerns} == concerns
    told = unsolved(outcome)
    for conflict in outcome.conflicts:
        assert conflict.message in told
        assert conflict.setting in told
        assert all(concern in conflict.message or conflict.rule == "C8" for concern in conflict.concerns)
    followed = solve(relaxed(scenario, outcome.conflicts), extensive=extensive, certified=False, compared=False)
    assert isinstance(followed, Solved)


def test_the_relaxation_is_the_least_where_one_rule_alone_is_short():
    scenario = IMPOSSIBLE["budget"][0]()
    outcome = solve(scenario)
    needed = outcome.conflicts[0].needed
    assert isinstance(solve(scenario.with_settings(inventory_budget=needed * 0.999)), Infeasible)
    followed = solve(scenario.with_settings(inventory_budget=needed), certified=False, compared=False)
    assert isinstance(followed, Solved)


# Seeds of instances without a plan.
INFEASIBLE = {"budget and on time": (9,), "everything": (4,)}


def test_infeasible_random_instances_become_feasible_by_their_own_advice():
    seen = 0
    for rule in ("budget and on time", "everything"):
        found = 0
        for seed in range(12) if FULL else INFEASIBLE[rule]:
            scenario = case(rule, seed)
            outcome = solve(scenario, compared=False)
            if isinstance(outcome, Infeasible):
                found += 1
                assert outcome.conflicts, f"{rule}, seed {seed}: infeasible without a reason"
                follows = solve(relaxed(scenario, outcome.conflicts), compared=False)
                assert isinstance(follows, Solved), f"{rule}, seed {seed}"
        seen += found
    assert seen >= (3 if FULL else 2)


@cache
def proven_bicycles():
    scenario = read_scenario(ROOT / "scenarios" / "bicycles")
    return scenario, solve(scenario, samples=20, gap=1e-6, certified=False, compared=False).plan_or_raise()


@pytest.mark.parametrize("extensive", [False, True])
def test_time_runs_out_with_the_best_plan_so_far_and_a_bound_that_holds(extensive):
    scenario, best = proven_bicycles()
    out_of_time = 0
    for limit in (0.0, 0.3):
        outcome = solve(scenario, samples=20, gap=0.0, time_limit=limit, extensive=extensive)
        assert not isinstance(outcome, Infeasible)
        if isinstance(outcome, TimedOut):
            out_of_time += 1
            assert outcome.bound_per_year <= best.objective_per_year * (1 + 1e-9)
            assert unsolved(outcome).startswith("time ran out")
        if outcome.plan is not None:
            assert outcome.plan.objective_per_year >= best.bound_per_year * (1 - 1e-9)
            assert outcome.plan.bound_per_year <= best.objective_per_year * (1 + 1e-9)
            assert outcome.plan.summary["status"] == ("timed_out" if isinstance(outcome, TimedOut) else "solved")
    assert out_of_time, "nothing took longer than no time at all"


def test_no_plan_and_nothing_proven_is_told_without_infinity():
    text = unsolved(TimedOut(plan=None, bound_per_year=-np.inf))
    assert "inf" not in text
    assert "nothing is proven" in text
    assert "1,234" in unsolved(TimedOut(plan=None, bound_per_year=1234.0))


def test_a_plan_that_is_proven_once_it_is_served_in_turn_is_solved():
    """Lost sales under a budget: the best plan of the program is far from its bound, the one that is given is not."""
    lost = {"demand_per_week": 30.0, "unit_cost": 1.0, "lead_time_target_days": 7.0, "make_days": 30.0, "price": 37.5,
            "lost_share_if_late": 0.3, "allowed": "MTS", "min_order_quantity": 0.1, "disposal_cost_per_unit": 37.5,
            "obsolescence_per_year": 0.3}  # fmt: skip
    other = {"demand_per_week": 30.0, "demand_cv": 0.05, "unit_cost": 0.01, "lead_time_target_days": 0.5,
             "make_days": 30.0}  # fmt: skip
    outcome = solve(make_scenario([lost, other], inventory_budget=1e12, review_days=500.0), samples=7)
    assert isinstance(outcome, Solved)
    assert 1e-5 < outcome.plan.gap < 1e-3


def test_an_outcome_gives_its_plan_or_says_why_there_is_none():
    solved, late = solve(two({})), TimedOut(plan=None, bound_per_year=3.0, scenario="case")
    assert solved.plan_or_raise() is solved.plan
    assert TimedOut(plan=solved.plan, bound_per_year=3.0).plan_or_raise() is solved.plan
    with pytest.raises(NoPlanError, match="case: time ran out before any plan was found"):
        late.plan_or_raise()
    none = solve(two({"on_time_target": 0.95, "allowed": "MTS"}, inventory_budget=10.0))
    with pytest.raises(NoPlanError, match="there is no plan that keeps all rules: ") as caught:
        none.plan_or_raise()
    assert caught.value.outcome is none


def test_blank_demand_is_filled_in_before_deciding():
    weeks = [{"order_date": f"2026-{1 + k // 28:02d}-{1 + k % 28:02d}", "product": "A", "quantity": 3 + k % 5}
             for k in range(0, 330, 3)]  # fmt: skip
    rows = [{"product": "A", "demand_per_week": "", "demand_cv": ""}, {"product": "B"}]
    scenario = make_scenario(rows, **TWO, orders=weeks)
    assert scenario.products["demand_per_week"].isna().any()
    outcome, filled = solve(scenario), solve(complete(scenario))
    pd.testing.assert_frame_equal(outcome.plan.decisions, filled.plan.decisions)
    assert outcome.plan.summary["input_sha256"] == filled.plan.summary["input_sha256"]


@pytest.mark.parametrize(
    ("rule", "setting", "needed", "en", "zh"),
    [
        ("C5", "overtime_hours_per_week", 41.2104, "set overtime_hours_per_week of R, S to 41.211", "设为 41.211"),
        ("C6", "on_time_target", 0.85678, "set on_time_target of R, S to 0.856", "设为 0.856"),
        ("C7", "inventory_budget", 1234.1, "set inventory_budget to 1234.100", "设为 1234.100"),
        ("C8", "max_changes", 3.0, "set max_changes to 3", "设为 3"),
    ],
)
def test_the_value_to_write_is_never_rounded_to_one_that_does_not_do(rule, setting, needed, en, zh):
    reason = Reason(kind="lower")
    conflict = Conflict(rule=rule, concerns=("R", "S"), reason=reason, setting=setting, needed=needed)
    assert conflict_of(conflict.as_dict()) == conflict
    assert conflict.words().startswith(f"{RULE_NAMES[rule][0]} ({rule}): ")
    assert conflict.words().endswith(en)
    assert conflict.words("zh").startswith(RULE_NAMES[rule][1])
    assert conflict.words("zh").endswith(zh)


def test_what_reasons_hold_survives_being_written():
    inner = Reason(kind="of_family", values={"family": "A"})
    outer = Reason(kind="limit", values={"limit": "x", "of": (inner,), "asked": (inner,), "count": 2})
    assert reason_of(json.loads(json.dumps(outer.as_dict()))) == outer


def test_no_plan_and_no_rule_that_one_would_break_is_the_solvers_fault(monkeypatch):
    """As a solver says of numbers that are too far apart for it: nothing is forbidden, and yet no plan is found."""
    monkeypatch.setattr("engine.decision.solve.search_whole", lambda *_, **__: NOWHERE)
    with pytest.raises(EngineError, match="lost its way: it finds no plan, and no rule") as caught:
        solve(make_scenario([{}]), samples=7)
    assert "求解器未能得出结果" in caught.value.words("zh")


def test_no_plan_without_a_limit_of_time_is_not_for_want_of_it():
    """A unit takes a million hours, outsourced at a billion each."""
    scenario = make_scenario(
        resources=[{"resource": "R", "hours_per_week": 0.5, "outsourcing_cost_per_hour": 1e9}],
        routing=[{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 1e6}],
        risk={"cvar_weight": 0.1, "cvar_level": 0.99},
    )  # fmt: skip
    with pytest.raises(EngineError, match="lost its way"):
        solve(scenario, samples=7)


def test_a_gap_that_is_not_proven_without_a_limit_of_time_is_named_for_what_it_is(monkeypatch, tmp_path):
    """The solver gives up though nobody asked it to hurry: the plan is there, and no clock is blamed."""
    scenario = make_scenario([{}, {}])
    assert solve(scenario).plan.summary["status"] == "solved"
    ended = "engine.decision.solve._ended"
    monkeypatch.setattr(ended, lambda search, plan, gap: replace(
        search, best=plan, bound=0.5 * plan.objective, status=SolveStatus.TIME_LIMIT))  # fmt: skip
    outcome = solve(scenario)
    assert isinstance(outcome, TimedOut)
    assert outcome.plan.summary["status"] == "unproven"
    assert "lost its way" in unsolved(outcome)
    assert "within 50.00%" in unsolved(outcome)
    assert "求解器" in unsolved(outcome, "zh")
    assert "time" not in unsolved(outcome).split()
    write_plan(outcome.plan, tmp_path)
    assert read_plan(tmp_path).summary["status"] == "unproven"
    assert solve(scenario, time_limit=1e6).plan.summary["status"] == "timed_out"
    monkeypatch.setattr(ended, lambda search, plan, gap: replace(
        search, best=plan, bound=-np.inf, status=SolveStatus.TIME_LIMIT))  # fmt: skip
    assert "is not proven" in unsolved(solve(scenario))
    assert "尚未得到证明" in unsolved(solve(scenario), "zh")


def test_rules_that_a_choice_keeps_are_no_reason_for_none():
    """Asked why there is none where there is one: by the strategies alone, and by the inventory value."""
    for settings in ({}, {"inventory_budget": 1e6}):
        with pytest.raises(EngineError, match="lost its way"):
            advice(build_instance(two({}, **settings)))


@pytest.mark.parametrize(("samples", "cv"), covering((7, 20, 60), (0.5, 2.0)))
def test_a_budget_of_nothing_forbids_stock_and_no_more(samples, cv):
    """What is made to order needs none; the least inventory of a search is a sum of nothing, which rounds."""
    case = {"products": [{"replenishment_cv": cv}], "components": [{}], "bom": {"P1": {"C1": 0.01}}, "samples": samples}
    nothing, next_to = (
        solve(make_scenario(**case, inventory_budget=budget), compared=False) for budget in (0.0, 1e-9)
    )
    assert isinstance(nothing, Solved)
    assert nothing.plan.summary["inventory_value"] <= 1e-9
    # Both are proven to the gap, a thousandth.
    assert nothing.plan.objective_per_year == pytest.approx(next_to.plan.objective_per_year, rel=2e-3)
