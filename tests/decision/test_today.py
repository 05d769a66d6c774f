"""Today's strategies are priced in the world as it stands, whatever rules the plan has to keep."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decision.plan import Plan
from engine.decision.solve import solve
from engine.decision.today import broken, today_of
from engine.evaluate.figures.readers import with_readers
from engine.model.portfolio import PORTFOLIO
from engine.report.texts.sentences import SENTENCES
from engine.scenario.rules import RULE_COLUMNS, RULE_SETTINGS
from engine.scenario.scenario import Scenario
from tests.evidence import FULL
from tests.scenarios import make_scenario, random_scenario

PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}
MACHINE = {
    "resources": [{"resource": "R", "hours_per_week": 30, "overtime_hours_per_week": 1, "overtime_cost_per_hour": 9}],
    "routing": [{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 4}],
}


def case(seed: int, **rules: object) -> Scenario:
    """Three products with today's strategies drawn."""
    rng = np.random.default_rng(seed)
    scenario = random_scenario(rng, samples=60, families=("A", "A", "B"), **rules)
    current = rng.choice(["MTS", "ATO", "MTO"], size=3)
    return replace(scenario, products=scenario.products.assign(current_strategy=current, change_cost=3.0))


def ruled(scenario: Scenario, rule: str, amount: float) -> Scenario:
    """The scenario under one more rule, whose `amount` is between 0 and 1."""
    settings_of = {
        "inventory_budget": {"inventory_budget": 2000.0 * amount},
        "max_changes": {"max_changes": int(3 * amount)},
        "one_strategy_per": {"one_strategy_per": "family"},
        "limits": {"limits": make_scenario(limits={"few": {"strategy": "MTS", "at_most": 1}}).settings.limits},
        "risk": {"risk": scenario.settings.risk.model_copy(update={"cvar_weight": amount})},
        "on_time_target": {"on_time_target": 0.5 + 0.49 * amount},
    }
    if rule in settings_of:
        return scenario.with_settings(**settings_of[rule])
    value = {"locked": "MTS", "allowed": "MTS|ATO"}[rule]
    return replace(scenario, products=scenario.products.assign(**{rule: value}))


RULES = ("inventory_budget", "max_changes", "one_strategy_per", "limits", "risk", "on_time_target", "locked", "allowed")


def test_every_rule_is_tried() -> None:
    # What says why and how long, or what the plan is compared with, binds nothing.
    assert set(RULES) == {*RULE_SETTINGS, *RULE_COLUMNS} - {"lock_reason", "lock_owner", "lock_until", "rules_in_use"}


@cache
def free_plan(seed: int) -> Plan:
    """Under no rule, proven."""
    return solve(case(seed), gap=1e-6, compared=False).plan


@settings(max_examples=16 if FULL else 4, deadline=None)
@given(seed=st.integers(0, 9), rule=st.sampled_from(RULES), amount=st.floats(0.05, 0.95))
def test_no_rule_moves_today_and_none_saves(seed: int, rule: str, amount: float) -> None:
    world = case(seed)
    under = ruled(world, rule, amount)
    free = free_plan(seed)
    strategies = free.decisions["strategy"]
    before = today_of(world, strategies)
    after = today_of(under, strategies, given=world)
    assert after.cost_per_year == before.cost_per_year
    assert after.inventory_value == before.inventory_value
    if rule not in {"risk", "on_time_target"}:
        # How today is measured is the scenario's own; all other rules are nothing to it.
        assert today_of(under, strategies).cost_per_year == before.cost_per_year
    held = solve(under, gap=1e-6, compared=False)
    if (plan := getattr(held, "plan", None)) is None:
        return
    # No rule saves, so that none adds to the saving against today; stocks of parts are tuned by descent.
    assert plan.objective_per_year >= free.bound_per_year - 1e-6
    left = free.whole_gap * free.objective_per_year + 1e-6
    assert after.cost_per_year - plan.objective_per_year <= before.cost_per_year - free.objective_per_year + left


def test_today_is_what_locking_everything_to_it_costs() -> None:
    world = case(4)
    locked = replace(world, products=world.products.assign(locked=world.products["current_strategy"]))
    plan = solve(locked, gap=1e-6).plan
    today = today_of(world, plan.decisions["strategy"])
    assert today.cost_per_year == pytest.approx(plan.objective_per_year, rel=1e-9)
    assert today.figures()["inventory_value"] == pytest.approx(plan.summary["inventory_value"], rel=1e-9)


def test_the_world_moves_today() -> None:
    row = {"current_strategy": "MTS"}
    cheap, dear = (make_scenario([row], **PARTS, holding_rate_per_year=rate) for rate in (0.1, 0.3))
    costs = [today_of(world, world.products["current_strategy"]).cost_per_year for world in (cheap, dear)]
    assert costs[0] < costs[1]


def test_without_strategies_of_today_there_is_none() -> None:
    scenario = make_scenario(**PARTS)
    assert today_of(scenario, solve(scenario).plan.decisions["strategy"]) is None


def test_products_that_name_none_follow_the_plan() -> None:
    scenario = make_scenario([{"current_strategy": "MTO"}, {}], **PARTS)
    today = today_of(scenario, solve(scenario).plan.decisions["strategy"])
    assert today.followed == ("P2",)
    assert today.plan.decisions["strategy"].iloc[0] == "MTO"


def test_by_how_much_it_breaks_a_budget_is_told() -> None:
    world = make_scenario([{"current_strategy": "MTS"}], **PARTS)
    today = today_of(world, world.products["current_strategy"])
    assert broken(today, world) == ()
    (one,) = broken(today, world.with_settings(inventory_budget=today.inventory_value / 1.25))
    assert (one.rule, one.reached) == ("C7", today.inventory_value)
    assert one.excess == pytest.approx(0.25)


def test_a_target_that_todays_strategy_cannot_keep_is_told_and_does_not_bind_it() -> None:
    free = make_scenario([{"current_strategy": "MTO"}])
    target = make_scenario([{"current_strategy": "MTO", "on_time_target": 0.9}])
    today = today_of(target, target.products["current_strategy"])
    assert today.cost_per_year == today_of(free, free.products["current_strategy"]).cost_per_year
    (one,) = broken(today, target)
    assert (one.rule, one.concerns, one.limit, one.reached) == ("C6", ("P1",), 0.9, 0.0)


def test_a_target_that_it_can_keep_is_part_of_what_it_costs() -> None:
    low, high = (make_scenario([{"current_strategy": "MTS", "on_time_target": share}]) for share in (0.5, 0.999))
    costs = [today_of(world, world.products["current_strategy"]).cost_per_year for world in (low, high)]
    assert costs[0] < costs[1]


def test_locks_families_and_limits_that_it_breaks_are_named() -> None:
    goods = [{"current_strategy": k, "family": "F"} for k in ("MTS", "MTO")]
    world = make_scenario(goods, **PARTS)
    today = today_of(world, world.products["current_strategy"])
    locked = replace(world, products=world.products.assign(locked=["MTO", "MTO"]))
    under = locked.with_settings(one_strategy_per="family")
    assert [(one.rule, one.concerns) for one in broken(today, locked)] == [("C1", ("P1",))]
    assert [one.rule for one in broken(today, under)] == ["C1", "C10"]
    few = make_scenario(goods, **PARTS, limits={"none": {"strategy": "MTS", "at_most": 0}})
    (one,) = broken(today, few)
    assert (one.rule, one.concerns, one.limit, one.reached) == ("C11", ("none",), 0.0, 1.0)
    # Today changes nothing; a rule over strategies that is added tomorrow has its case above, and words.
    told = {one.rule for case in (under, few) for one in broken(today, case)}
    assert told == {"C1", *PORTFOLIO} - {"C8"}
    assert {f"broken.{rule}" for rule in told} <= SENTENCES.keys()


def test_hours_that_are_not_there_are_told_and_paid_as_overtime() -> None:
    world = make_scenario([{"current_strategy": "MTO"}], **PARTS, **MACHINE)
    today = today_of(world, world.products["current_strategy"])
    (one,) = broken(today, world)
    assert (one.rule, one.concerns, one.limit) == ("C5", ("R",), 31.0)
    assert one.reached > one.limit
    ledger = today.plan.ledger.set_index("term")["cost_per_year"]
    assert ledger["overtime"] > 0.0


def test_the_plan_carries_what_today_comes_to() -> None:
    scenario = make_scenario([{"current_strategy": "MTS"}], **PARTS, inventory_budget=300.0)
    plan = with_readers(scenario, solve(scenario).plan)
    today = today_of(scenario, plan.decisions["strategy"])
    told = plan.summary["today"]
    assert told["cost_per_year"] == today.cost_per_year
    assert [one["rule"] for one in told["broken"]] == ["C7"]
    released = plan.summary["investor"]["working_capital_released"]
    assert released == pytest.approx(told["inventory_value"] - plan.summary["inventory_value"])
