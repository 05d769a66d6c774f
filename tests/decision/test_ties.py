"""What costs the same keeps the current strategy, else takes the one with less stock, and is called a tie."""

import pytest

from engine.decision.outcome import Solved
from engine.decision.solve import solve
from tests.scenarios import make_scenario


def patient(current="", *, allowed="MTS|MTO", **columns):
    """One product whose customers wait longer than anything takes, reviewed all the time: no strategy costs a thing."""
    row = {"allowed": allowed, "lead_time_target_days": 60.0, "make_days": 10.0, "current_strategy": current, **columns}
    return make_scenario(products=[row], review_days=0.0, samples=50)


@pytest.mark.parametrize(("current", "expected"), [("MTS", "MTS"), ("MTO", "MTO"), ("", "MTO")])
def test_a_tie_keeps_the_current_strategy_else_the_one_with_less_stock(current, expected):
    outcome = solve(patient(current))
    assert isinstance(outcome, Solved)
    row = outcome.plan.decisions.iloc[0]
    assert row["expected_cost_per_year"] == pytest.approx(0.0, abs=1e-9)
    assert row["strategy"] == expected
    assert "the same, a tie" in row["reason"]


def test_a_premium_is_no_tie():
    outcome = solve(patient("MTO", make_premium=1.0))
    assert isinstance(outcome, Solved)
    assert outcome.plan.decisions["strategy"].iloc[0] == "MTS"


def test_ties_never_raise_the_cost_beyond_what_is_certified():
    scenario = make_scenario(
        products=[
            {"product": name, "allowed": "MTS|MTO", "lead_time_target_days": 60.0, "current_strategy": now}
            for name, now in (("A", "MTS"), ("B", ""), ("C", "MTO"))
        ],
        review_days=0.0,
        samples=50,
    )
    outcome = solve(scenario)
    assert isinstance(outcome, Solved)
    assert outcome.plan.decisions["strategy"].tolist() == ["MTS", "MTO", "MTO"]
    assert outcome.plan.objective_per_year <= outcome.plan.bound_per_year + 1e-6
