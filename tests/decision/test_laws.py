"""Laws that hold whatever the numbers: what happens to decisions when one input moves.

They hold sample by sample. Streams are keyed by product and component, so that two scenarios that differ in a cost, a
target or a list of strategies see the same draws: no tolerance for sampling is needed, only the solver's.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decision.solve import decide_instance, solve
from engine.economics.build import build_instance
from engine.program.highs import SolveStatus
from tests.decision.cases import case
from tests.evidence import FULL
from tests.scenarios import make_scenario

CLOSE = 1e-7
FEW = settings(max_examples=40 if FULL else 3)
SEEDS = st.integers(0, 10_000)


def least_cost(scenario):
    return solve(scenario, gap=1e-9, certified=False, compared=False).plan.objective_per_year


def least_program(scenario):
    """What parts shared with hindsight cost: the bound of all rules of allocation."""
    search = decide_instance(build_instance(scenario), gap=1e-9, served=False).search
    assert search.status is SolveStatus.OPTIMAL
    return search.best.objective


def with_products(scenario, **columns):
    return replace(scenario, products=scenario.products.assign(**columns))


def lone(seed, *, samples=60, review_days=7.0, **columns):
    rng = np.random.default_rng(seed)
    product = {
        "demand_cv": round(float(rng.uniform(0.2, 1.5)), 3),
        "lead_time_target_days": float(rng.integers(0, 15)),
        "make_days": float(rng.integers(4, 15)),
        "make_premium": round(float(rng.uniform(0, 10)), 3),
        "late_cost_per_unit_day": round(float(10 ** rng.uniform(-2, 0.5)), 4),
        "allowed": "MTS|MTO",
        **columns,
    }
    return make_scenario(products=[product], samples=samples, review_days=review_days)


def held_at(rate, scenario):
    """The plan at a holding rate."""
    return solve(scenario.with_settings(holding_rate_per_year=rate), certified=False, compared=False).plan


@FEW
@given(seed=SEEDS)
def test_dearer_holding_never_moves_a_lone_product_towards_stock(seed):
    """MTO holds nothing, and the least cost of MTS is a minimum of functions that rise with the rate: exact."""
    scenario = lone(seed)
    rates = [0.01, 0.05, 0.2, 0.5, 1.0, 3.0, 10.0] if FULL else [0.01, 0.2, 1.0, 10.0]
    plans = [held_at(rate, scenario) for rate in rates]
    stocked = [plan.decisions["strategy"].iloc[0] == "MTS" for plan in plans]
    assert stocked == sorted(stocked, reverse=True), dict(zip(rates, stocked, strict=True))
    costs = [plan.objective_per_year for plan in plans]
    assert all(later >= earlier * (1 - CLOSE) for earlier, later in pairwise(costs)), costs
    levels = [plan.decisions["base_stock"].iloc[0] for plan, held in zip(plans, stocked, strict=True) if held]
    assert all(later <= earlier + CLOSE for earlier, later in pairwise(levels)), levels


def test_the_law_on_holding_meets_a_product_that_really_moves():
    kinds = set()
    for seed in range(12):
        kinds |= {
            held_at(rate, lone(seed)).decisions["strategy"].iloc[0]
            for rate in (0.01, 10.0)
        }
        if len(kinds) == 2:
            break
    assert kinds == {"MTS", "MTO"}


@FEW
@given(seed=SEEDS, more=st.sampled_from([0.5, 1.0, 3.0, 8.0]))
def test_more_patient_customers_shorten_every_window(seed, more):
    """A shorter window is a prefix of the same path, so demand in it falls in every sample: exact."""
    scenario = case("on time", seed)
    patient = with_products(scenario, lead_time_target_days=scenario.products["lead_time_target_days"] + more)
    stock, shorter = (build_instance(s).stock for s in (scenario, patient))
    assert (shorter.demand <= stock.demand + CLOSE).all()
    assert (shorter.reached <= stock.reached + CLOSE).all()
    assert (shorter.position == stock.position).all()


@FEW
@given(seed=SEEDS, more=st.sampled_from([1.0, 3.0, 8.0]))
def test_more_patient_customers_never_raise_the_cost_of_a_lone_product(seed, more):
    """D(t + s) is D(t) and independent demand, so the newsvendor's cost is no less (Jensen): a law of the expectation.

    On a finite sample the two parts may happen to offset each other, hence the tolerance; it does not hold exactly.
    """
    scenario = lone(seed, allowed="MTS", samples=3000, review_days=0.0)
    patient = with_products(scenario, lead_time_target_days=scenario.products["lead_time_target_days"] + more)
    assert least_cost(patient) <= least_cost(scenario) * 1.01


@FEW
@given(seed=SEEDS, more=st.sampled_from([1.0, 4.0]))
def test_more_patient_customers_never_raise_the_cost_of_making_to_order(seed, more):
    """E(make - L')+ falls with L': exact, no samples in it."""
    scenario = lone(seed, allowed="MTO", make_cv=0.4)
    patient = with_products(scenario, lead_time_target_days=scenario.products["lead_time_target_days"] + more)
    assert least_cost(patient) <= least_cost(scenario) + CLOSE


@FEW
@given(seed=SEEDS, rule=st.sampled_from(["plain", "capacity", "on time", "change cost", "component stocking", "cvar"]))
def test_another_strategy_to_choose_from_never_raises_the_cost(seed, rule):
    """Every plan of the narrower choice is a plan of the wider one: exact."""
    scenario = case(rule, seed)
    costs = [
        getattr(solve(with_products(scenario, allowed=allowed), gap=1e-9, compared=False), "plan", None)
        for allowed in ("MTS", "MTS|MTO", "MTS|ATO|MTO")
    ]
    found = [np.inf if plan is None else plan.objective_per_year for plan in costs]
    assert found[1] <= found[0] + CLOSE * abs(found[0]) if np.isfinite(found[0]) else True
    assert found[2] <= found[1] + CLOSE * abs(found[1]) if np.isfinite(found[1]) else True


@FEW
@given(seed=SEEDS)
def test_two_identical_dedicated_components_never_cost_less_than_the_shared_one(seed):
    """What dedicated stocks S1 and S2 cover, the shared stock S1 + S2 covers at the same cost: exact with hindsight.

    First come first served it is no law: a product whose lateness is dear may be better off with parts of its own.

    Parts differ in nothing but who uses them, and deterministic lead times draw nothing, so samples are the same.
    """
    scenario = case("plain", seed)
    use = scenario.bom.groupby("component")["product"].nunique()
    shared = use.index[use > 1]
    if not len(shared):
        return
    part = shared[0]
    twin = scenario.components[scenario.components["component"] == part].assign(component=f"{part} twin")
    moved = (scenario.bom["component"] == part).to_numpy().nonzero()[0][-1]
    bom = scenario.bom.copy()
    bom.loc[moved, "component"] = f"{part} twin"
    split = replace(scenario, components=pd.concat([scenario.components, twin], ignore_index=True), bom=bom)
    demand = (build_instance(s).stock.demand for s in (scenario, split))
    assert np.array_equal(*demand)
    free, assembled = (
        [least_program(one) for one in (made(scenario), made(split))]
        for made in (lambda one: one, lambda one: with_products(one, allowed="ATO"))
    )
    for together, apart in (free, assembled):
        assert apart >= together * (1 - CLOSE)
    for narrow, wide in zip(assembled, free, strict=True):
        assert narrow >= wide * (1 - CLOSE)
