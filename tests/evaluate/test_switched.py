"""What moved a product from one strategy to another is named, by its cost or by a rule."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.economics.build import build_instance
from engine.evaluate.reasons.switched import Side, SwitchCause, strategies_that_differ, switched
from engine.scenario.scenario import Scenario
from tests.scenarios import make_scenario, random_scenario

PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}


def side(scenario: Scenario) -> Side:
    plan = solve(scenario, gap=1e-6, certified=False).plan
    return Side(scenario=scenario, instance=build_instance(scenario), plan=plan)


def lone(**columns: object) -> Scenario:
    """A product that is made to stock at first and to order where stock is dear."""
    rates = {"holding_rate_per_year": columns.pop("holding_rate_per_year", 0.1)}
    return make_scenario([{"late_cost_per_unit_day": 0.2, "demand_cv": 0.8, **columns}], samples=200, **rates)


@cache
def in_stock() -> Side:
    """The lone product where stock is cheap, which most changes start from."""
    return side(lone())


def test_nothing_moves_between_a_plan_and_itself() -> None:
    here = in_stock()
    assert switched(here, here) == []


def test_dearer_holding_is_named_where_it_moves_a_product() -> None:
    before, after = in_stock(), side(lone(holding_rate_per_year=5.0))
    (one,) = switched(before, after)
    assert (one.before, one.after, one.cause, one.term) == ("MTS", "MTO", SwitchCause.TERM, "holding")
    assert one.amount > 0.0
    # What staying would cost is what the plan says of the other strategy.
    row = after.plan.decisions.iloc[0]
    assert one.staying == pytest.approx(row["cost_if_MTS"] - row["expected_cost_per_year"], rel=1e-6)


def test_dearer_lateness_is_named_where_it_moves_a_product_back() -> None:
    before = side(lone(holding_rate_per_year=1.0, late_cost_per_unit_day=0.05))
    after = side(lone(holding_rate_per_year=1.0, late_cost_per_unit_day=5.0))
    (one,) = switched(before, after)
    assert (one.before, one.after, one.term) == ("MTO", "MTS", "late")


def test_a_lock_is_named_with_its_price() -> None:
    before = in_stock()
    locked = replace(before.scenario, products=before.scenario.products.assign(locked="MTO"))
    (one,) = switched(before, side(locked))
    assert (one.product, one.after, one.cause) == ("P1", "MTO", SwitchCause.LOCKED)
    assert np.isnan(one.staying), "a locked product cannot go back"


def test_who_answers_for_a_lock_moves_nothing() -> None:
    """One of two products on one part is locked away from it: the part is no longer worth its stock for the other."""
    part = {"component": "C", "unit_cost": 20.0, "lead_time_days": 30.0, "stocking_cost_per_year": 2000.0}
    shared = {"P1": {"C": 1}, "P2": {"C": 1}}
    before = side(make_scenario([{"obsolescence_per_year": 0.5}] * 2, components=[part], bom=shared, samples=60))
    assert set(before.plan.decisions["strategy"]) == {"ATO"}
    goods = before.scenario.products.assign(locked=["MTO", ""], lock_reason=["a trial", ""])
    other = switched(before, side(replace(before.scenario, products=goods)))
    assert {(one.product, one.rules) for one in other} == {("P1", ()), ("P2", ("products.locked",))}


def test_a_target_that_bars_a_strategy_is_named() -> None:
    before = side(lone(holding_rate_per_year=5.0))
    under = replace(before.scenario, products=before.scenario.products.assign(on_time_target=0.9))
    (one,) = switched(before, side(under))
    assert (one.before, one.after, one.cause) == ("MTO", "MTS", SwitchCause.BARRED)


def test_a_budget_is_named_where_the_world_stands_still() -> None:
    before = side(random_scenario(np.random.default_rng(4), products=4, samples=80))
    value = before.plan.summary["inventory_value"]
    after = side(before.scenario.with_settings(inventory_budget=0.4 * value))
    found = switched(before, after)
    assert found
    for one in found:
        assert one.cause in (SwitchCause.RULES, SwitchCause.NO_ROOM)
        assert one.rules == ("inventory_budget",)


def test_a_limit_that_leaves_no_room_is_named() -> None:
    before = side(make_scenario([{}, {}], **PARTS, samples=80))
    stock = sum(before.plan.decisions["strategy"] == "MTS")
    limits = make_scenario(limits={"few": {"strategy": "MTS", "at_most": stock - 1}}).settings.limits
    (one,) = switched(before, side(before.scenario.with_settings(limits=limits)))
    assert (one.before, one.cause, one.rules) == ("MTS", SwitchCause.NO_ROOM, ("limits",))


def test_the_dearest_are_asked_first() -> None:
    before = side(make_scenario([{"demand_per_week": rate} for rate in (10.0, 30.0)], samples=60))
    other = replace(before.scenario, products=before.scenario.products.assign(locked="MTO"))
    after = side(other)
    assert len(strategies_that_differ(before.plan, after.plan)) == 2
    (one,) = switched(before, after, most=1)
    assert one.product == "P2"
