"""Production path, first answers and the extensive form on instances too large to enumerate, rules drawn at random.

`CODP_EVIDENCE=full` decides two hundred of them (docs/evidence/agreement.md).
"""


import numpy as np
import pytest

from engine.decision.relaxation.infeasible import unserved
from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.economics.optima.stock import fold
from engine.program.deadline import Deadline
from engine.program.highs import SolveStatus
from engine.search.branch_and_cut import PooledSearch
from tests.evidence import FULL
from tests.scenarios import random_scenario

INSTANCES = 200 if FULL else 5
GAP = 1e-3
ROUNDING = 1e-6


# How often a rule is on, and what it adds to products, components and settings.
RULES = (
    (0.4, lambda rng: ({"on_time_target": round(float(rng.uniform(0.7, 0.95)), 3)}, {}, {})),
    (0.3, lambda rng: ({"batch_setup_cost": 50.0}, {}, {})),
    (0.25, lambda rng: ({"shelf_life_days": float(rng.integers(20, 90))}, {}, {})),
    (0.3, lambda rng: ({"make_cv": 0.3}, {"lead_time_cv": 0.4}, {})),
    (0.3, lambda rng: ({}, {"stocking_cost_per_year": float(rng.integers(50, 600))}, {})),
    (0.25, lambda rng: ({}, {"min_order_quantity": float(rng.integers(1, 40))}, {})),
    (0.3, lambda rng: ({"current_strategy": "MTO"}, {}, {"max_changes": int(rng.integers(1, 6))})),
    (0.25, lambda rng: ({}, {}, {"inventory_budget": float(rng.integers(4_000, 60_000))})),
    (0.25, lambda rng: ({}, {}, {"risk": {"cvar_weight": round(rng.uniform(0.1, 0.8), 2), "cvar_level": 0.85}})),
    (0.2, lambda rng: ({}, {}, {"review_days": 0.0})),
    (0.15, lambda rng: ({"lost_share_if_late": 0.1}, {}, {})),
)  # fmt: skip


def drawn(seed):
    """Six to twelve products; every rule is on in one instance of two to seven."""
    rng = np.random.default_rng([seed, 404])
    products = {
        "late_cost_per_unit_day": round(float(10 ** rng.uniform(-2.0, 0.0)), 4),
        "make_days": float(rng.integers(4, 20)),
        "price": 400.0,
        "make_premium": round(float(rng.uniform(0, 3)), 3),
        "assembly_premium": round(float(rng.uniform(0, 2)), 3),
    }
    parts = [products, {}, {}]
    for share, rule in RULES:
        added = rule(rng)
        if rng.random() < share:
            for part, more in zip(parts, added, strict=True):
                part.update(more)
    return random_scenario(
        rng, products=int(rng.integers(6, 13)), components=7, resources=int(rng.integers(0, 3)),
        samples=int(rng.integers(30, 61)), holding_rate_per_year=0.5, product_columns=parts[0],
        component_columns=parts[1], **parts[2],
    )  # fmt: skip


@pytest.mark.evidence
@pytest.mark.parametrize("seed", range(INSTANCES))
def test_all_ways_agree_within_their_gaps(seed):
    instance = build_instance(drawn(seed))
    if unserved(instance):
        return
    ours = decide_instance(instance, gap=GAP, served=False).search
    reference = decide_instance(instance, gap=1e-6, extensive=True, served=False).search
    assert (ours.best is None) == (reference.best is None)
    if ours.best is None:
        assert ours.status is reference.status is SolveStatus.INFEASIBLE
        return
    slack = ROUNDING * max(abs(reference.best.objective), 1.0)
    assert ours.bound <= ours.best.objective + slack
    assert ours.bound <= reference.best.objective + slack, "the bound claims what an exact solve refutes"
    assert ours.best.objective >= reference.bound - slack, "a plan cheaper than the bound of the extensive form"
    # Lost sales of finished stock under a budget or CVaR enter by an envelope, whose distance is part of the gap.
    losing = bool((instance.lost > 0.0).any())
    if ours.status is SolveStatus.OPTIMAL and not (instance.ties_stocks and losing):
        assert ours.best.objective - ours.bound <= GAP * abs(ours.best.objective) + slack
    first, _ = PooledSearch(fold(instance), gap=0.01).first(until=Deadline.after(0.0))
    assert first.bound <= reference.best.objective + slack
    if first.best is not None:
        assert first.best.objective >= reference.bound - slack
