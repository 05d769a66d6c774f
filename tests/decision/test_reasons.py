"""Sentences of decisions: what settles a choice, and what the other strategies cost more for."""

import pytest

from engine import solve
from engine.catalog.deciding.lone import decide_block
from tests.scenarios import make_scenario

MADE = {"make_days": 20.0, "lead_time_target_days": 5.0}
PATIENT = {**MADE, "lead_time_target_days": 40.0}


def reason(product, **parts):
    plan = solve(make_scenario([{**MADE, "product": "P", **product}], samples=100, **parts)).plan
    return plan.decisions["reason"][0]


def test_a_lock_is_told_as_what_leaves_no_other_strategy():
    said = reason({"locked": "MTO", "lock_reason": "contract", "lock_until": "2027-01-31"})
    assert said.endswith("; locked to MTO until 2027-01-31: contract")


def test_a_batch_run_tells_locks_too():
    settled = {"locked": "MTS"}, {"allowed": "MTO"}, {"allowed": "MTS|MTO", "on_time_target": 0.9}
    decided, _ = decide_block(make_scenario([{**MADE, **columns} for columns in settled]))
    assert decided.decisions[0]["reason"].tolist() == [
        "MTS: locked to MTS", "MTO: the only strategy allowed", "MTS: the only strategy left"
    ]


def test_a_strategy_that_alone_is_allowed_is_told_so():
    assert reason({"allowed": "MTS"}).endswith("; the only strategy allowed")
    left = reason({"allowed": "MTS|MTO", "on_time_target": 0.9})
    assert left.endswith("; the only strategy left (MTO: on time in 0% of orders, target 90%)")


@pytest.mark.parametrize(
    ("costs", "about"),
    [
        ({"make_premium": 3.0}, " (premiums)"),
        ({"make_order_cost": 9.0}, " (order handling)"),
        ({"make_order_cost": 9.0, "make_premium": 3.0}, " (order handling and premiums)"),
        ({"current_strategy": "MTS", "change_cost": 9000.0}, " (change cost)"),
    ],
    ids=["premium", "handling", "both", "change"],
)
def test_what_making_to_order_costs_more_for_is_what_it_costs(costs, about):
    said = reason({**PATIENT, **costs})
    assert "MTO would cost" in said
    assert said.split("MTO would cost", 1)[1].endswith(f"a year more{about}")


@pytest.mark.parametrize(
    ("costs", "about"),
    [({}, "stock of its parts and lateness"), ({"assembly_premium": 1.0}, "stock of its parts, lateness and premiums")],
    ids=["no premium", "premium"],
)
def test_parts_are_told_with_what_assembling_costs(costs, about):
    lots = [{"lead_time_days": 15.0, "min_order_quantity": 40.0}]
    said = reason({**PATIENT, **costs}, components=lots, bom={"P": {"C1": 1.0}})
    assert f"({about})" in said


def test_a_rule_that_bars_what_costs_the_same_is_told_and_no_tie():
    """To stock, from parts or to order costs nothing: today's strategy is kept but where a limit bars it."""
    free = {**PATIENT, "current_strategy": "MTS"}
    assert reason(free, review_days=0).count("the same, a tie") == 1
    said = reason(free, review_days=0, limits={"few": {"strategy": "MTS", "at_most": 0}})
    assert said.startswith("MTO: no cost; MTS would cost the same, but limit 'few' leaves no room for it: at most 0")


def test_a_limit_that_leaves_room_bars_nothing():
    """What costs less is barred by the limit of changes alone, though there is a limit of a strategy, too."""
    dear = {**MADE, "current_strategy": "MTO"}
    said = reason(dear, max_changes=0, limits={"many": {"strategy": "MTS", "at_most": 5}})
    assert "a year less, but max_changes leaves no room for it (" in said
