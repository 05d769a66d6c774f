"""The Pyomo model has the last word: it agrees with the search on right arrays, and no plan leaves wrong ones.

Plans of the bundled scenarios are looked at in test_plan.py, which decides them anyway.
`CODP_EVIDENCE=full` certifies two hundred random instances.
"""

import gc
from dataclasses import replace

import numpy as np
import pytest

from engine.decision import extensive
from engine.decision.extensive import NotCertified, certify
from engine.decision.outcome import Infeasible
from engine.decision.relaxation.infeasible import unserved
from engine.decision.solve import decide_instance, solve
from engine.economics.build import build_instance
from engine.errors import EngineError
from engine.program import reduced
from engine.program.deadline import Deadline
from tests.decision.cases import RULES, case
from tests.evidence import FULL
from tests.program.broken import break_block
from tests.scenarios import random_scenario

INSTANCES = 200 if FULL else 6
CLOSE = 1e-6
RISK = {"cvar_weight": 0.4, "cvar_level": 0.8}


def drawn(seed):
    """Three to nine products under up to three of the rules at once."""
    rng = np.random.default_rng([seed, 808])
    products = {
        "late_cost_per_unit_day": round(float(10 ** rng.uniform(-2.5, 0.0)), 4),
        "make_days": float(rng.integers(4, 20)),
        "price": 400.0,
        "make_premium": round(float(rng.uniform(0, 3)), 3),
        "assembly_premium": round(float(rng.uniform(0, 2)), 3),
    }
    components, settings = {}, {}
    for rule in rng.choice(sorted(RULES), size=int(rng.integers(1, 4)), replace=False).tolist():
        more = RULES[rule](rng)
        products |= more.pop("products", {})
        components |= more.pop("components", {})
        settings |= more
    return random_scenario(
        rng, products=int(rng.integers(3, 10)), components=6, samples=int(rng.integers(20, 60)),
        holding_rate_per_year=0.6, product_columns=products, component_columns=components, **settings,
    )  # fmt: skip


def certified(instance):
    """The certificate of the plan that is promised; None where there is no plan."""
    if unserved(instance):
        return None
    decided = decide_instance(instance, gap=1e-3)
    best = decided.search.best
    return None if best is None else certify(decided.folded, best.strategy, best.program_value)


@pytest.mark.evidence
def test_plans_of_random_instances_are_certified():
    found = [certified(build_instance(drawn(seed))) for seed in range(INSTANCES)]
    differences = [one.difference for one in found if one is not None]
    print(f"{len(differences)} of {INSTANCES} certified, the largest difference {max(differences):.1e}")
    assert len(differences) >= 0.6 * INSTANCES, "too few instances have a plan to say anything"
    assert max(differences) < CLOSE


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_is_collected_afterwards_as_before(collecting):
    decided = decide_instance(build_instance(case("plain", 0)), gap=1e-3)
    best, before = decided.search.best, gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        certify(decided.folded, best.strategy, best.program_value)
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if before else gc.disable)()


def only(strategy, *, share_of_value=None, components=None, **settings):
    """Three products that may have one strategy, so that its rules decide the cost.

    share_of_value : the inventory budget, as a share of what the plan without one holds.
    """
    columns = {"allowed": strategy, "late_cost_per_unit_day": 0.3, "price": 400.0, **settings.pop("products", {})}
    drawn = random_scenario(
        np.random.default_rng(5), samples=40 if FULL else 20, product_columns=columns,
        component_columns=components or {}, **settings,
    )  # fmt: skip
    if share_of_value is None:
        return drawn
    held = solve(drawn, certified=False, compared=False).plan.summary["inventory_value"]
    return drawn.with_settings(inventory_budget=share_of_value * held)


# A block and a variable whose coefficients are wrong in the arrays, and a scenario in which that changes the cost.
LOTS, TARGET, LOST = {"min_order_quantity": 12.0}, {"on_time_target": 0.9}, {"lost_share_if_late": 0.2}
WRONG = (
    ("C3", "w", lambda: only("ATO")),
    ("C3", "x", lambda: only("ATO")),
    ("C3", "stocked", lambda: only("ATO", components=LOTS)),
    ("C2", "S", lambda: only("MTS", risk=RISK)),
    ("C2_lost", "S", lambda: only("MTS", products=LOST, risk=RISK)),
    ("C5", "x", lambda: only("MTO", resources=1)),
    ("C6", "w", lambda: only("ATO", products={**TARGET, "late_cost_per_unit_day": 0.0})),
    ("C7", "S", lambda: only("MTS", share_of_value=0.6)),
    ("C7", "Sc", lambda: only("ATO", share_of_value=0.8)),
    ("C9", "w", lambda: only("ATO", risk=RISK)),
)


@pytest.mark.parametrize(("block", "variable", "made"), WRONG)
def test_a_wrong_coefficient_lets_no_plan_out(monkeypatch, block, variable, made):
    scenario = made()
    assert solve(scenario, compared=False).plan.summary["certified_by"]["difference"] < CLOSE
    break_block(monkeypatch, block, variable, factor=1.05)
    with pytest.raises(EngineError, match=r"the Pyomo model .*; no plan is returned"):
        solve(scenario, compared=False)
    if FULL:
        assert not isinstance(solve(scenario, certified=False), Infeasible), "it is the certificate that refuses"


def test_a_wrong_cost_lets_no_plan_out(monkeypatch):
    scenario, right = only("ATO"), reduced.costs

    def wrong(*given):
        cost, offset = right(*given)
        return 1.001 * cost, offset

    apart = replace(scenario, bom=scenario.bom.drop_duplicates("product").assign(component=["C1", "C2", "C3"]))
    for right_so_far in (scenario, apart):
        assert solve(right_so_far).plan.summary["certified_by"]["model"] == "pyomo"
    monkeypatch.setattr(reduced, "costs", wrong)
    with pytest.raises(EngineError, match="the Pyomo model at"):
        solve(scenario)
    # Of products that share nothing the ledgers tell, before the model is asked.
    with pytest.raises(EngineError, match="the program says"):
        solve(apart)


def test_strategies_that_break_a_rule_are_not_certified():
    instance = build_instance(case("max changes", 0))
    decided = decide_instance(instance, gap=1e-3)
    best = decided.search.best
    changed = np.array([
        next(k for k in np.flatnonzero(row).tolist() if k != now or row.sum() == 1)
        for row, now in zip(instance.allowed, instance.current, strict=True)
    ])  # fmt: skip
    assert (changed != instance.current).sum() > instance.max_changes
    with pytest.raises(EngineError, match="break a rule; no plan is returned"):
        certify(decided.folded, changed, best.program_value)


def test_what_is_not_certified_says_why(monkeypatch):
    instance = build_instance(case("plain", 0))
    decided = decide_instance(instance, gap=1e-3)
    best, folded = decided.search.best, decided.folded
    assert certify(folded, best.strategy, best.program_value, deadline=Deadline.after(0.0)) is NotCertified.OUT_OF_TIME
    monkeypatch.setattr(extensive, "LARGEST", 10)
    assert certify(folded, best.strategy, best.program_value) is NotCertified.TOO_LARGE
    assert solve(case("plain", 0), certified=False).plan.summary["certified_by"]["model"] is None
