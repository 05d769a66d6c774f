"""Time may run out at any moment: what is given then is true, and what is not known is not told.

The clock stands still until it has been looked at so often, then it is far beyond the limit.
"""

from functools import cache

import numpy as np
import pytest

from engine.decision.outcome import Infeasible
from engine.decision.solve import solve
from engine.program.deadline import Deadline
from engine.report.sentences.words import recommendation, unsolved
from tests.decision.cases import RULES, case
from tests.evidence import FULL

# Looks at the clock: each of the first, then ever fewer.
FIRST, AFTER = (40, 60) if FULL else (3, 5)
MOMENTS = sorted({*range(FIRST), *np.geomspace(FIRST, 300, AFTER).astype(int).tolist()})
# The rules that are decided in ways of their own.
NAMES = tuple(RULES) if FULL else ("capacity", "budget and on time", "max changes", "with limits")
# Each rule at every third moment, and at each moment some rule.
NAMES_AND_MOMENTS = [
    (name, looks) for k, name in enumerate(NAMES) for n, looks in enumerate(MOMENTS) if FULL or (n - k) % 3 == 0
]


class Hands:
    """Jumps beyond every limit once it has been looked at so often."""

    def __init__(self, looks):
        self.looks = looks

    def __call__(self):
        self.looks -= 1
        return 0.0 if self.looks >= 0 else 1e9


@cache
def whole(name):
    """The outcome without a limit, proven to the last digit."""
    return solve(case(name, 1), gap=0.0)


@pytest.mark.parametrize(("name", "looks"), NAMES_AND_MOMENTS)
def test_what_is_told_when_time_runs_out_is_true(name, looks):
    scenario, known = case(name, 1), whole(name)
    outcome = solve(scenario, gap=0.0, time_limit=Deadline(at=1.0, clock=Hands(looks)))
    if isinstance(outcome, Infeasible):
        assert isinstance(known, Infeasible)
        assert unsolved(outcome)
        return
    if outcome.plan is None:
        assert isinstance(known, Infeasible) or outcome.bound_per_year <= known.plan.objective_per_year * (1 + 1e-9)
        assert unsolved(outcome)
        return
    plan, best = outcome.plan, known.plan_or_raise()
    assert plan.bound_per_year <= plan.objective_per_year * (1.0 + 1e-9)
    # On the same samples nothing costs less than the best, and no bound is above it.
    if plan.summary["samples"] == best.summary["samples"]:
        assert plan.objective_per_year >= best.bound_per_year * (1.0 - 1e-6)
        assert plan.bound_per_year <= best.objective_per_year * (1.0 + 1e-6)
    assert plan.ledger["cost_per_year"].sum() == pytest.approx(plan.objective_per_year, rel=1e-9)
    for row in plan.decisions.to_dict("records"):
        own = row[f"cost_if_{row['strategy']}"]
        assert own == pytest.approx(row["expected_cost_per_year"], rel=1e-6), "its own cost is known in any case"
    unknown = set(plan.summary["not_compared"])
    assert unknown <= set(plan.decisions["product"])
    assert "inf" not in recommendation(plan)
