"""The sampling gap where risk counts: of the objective with its tail, its value at risk not chosen on fresh samples."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine.decision.solve import decide_instance, solve
from engine.economics.build import build_instance
from engine.evaluate.trust.at_risk import program_cost, promised_tail, risk_cost, served_cost, with_value_at_risk
from engine.evaluate.trust.first_stage import assess_fixed, assess_with_hindsight, cost_of, of_plan, of_recourse
from engine.evaluate.trust.sampling_gap import sampling_gap
from engine.evaluate.trust.trust import confidence
from engine.report.sentences.trust import trust_text
from tests.evidence import FULL
from tests.scenarios import make_scenario, random_scenario

RISK = {"risk": {"cvar_weight": 0.5, "cvar_level": 0.9}}
GOODS = {"demand_cv": 0.9, "allowed": "MTS", "make_days": 14.0}


def stocked(samples, **settings):
    """One product in stock, its plan and what that promises."""
    scenario = make_scenario([GOODS], samples=samples, **{**RISK, **settings})
    found = decide_instance(build_instance(scenario), gap=1e-6).search.best
    return scenario, of_recourse(found), found.objective


@cache
def demand_of_windows(draws):
    """Drawn without the engine: weekly reviews, target 5 days."""
    rng = np.random.default_rng(7)
    days = 14.0 - 5.0 + rng.uniform(0.0, 7.0, draws)
    return rng.gamma(days / 7.0 / 0.81, 10.0 * 0.81)


def truth(level, *, draws=400_000):
    """Mean and tail of what one gamma shelf costs a year."""
    demand = demand_of_windows(draws)
    cost = 25.0 * np.maximum(level - demand, 0.0) + 365.0 * np.maximum(demand - level, 0.0)
    dear = np.partition(cost, int(0.9 * draws))[int(0.9 * draws) :].mean()
    return cost.mean(), dear


def test_fresh_samples_say_what_the_tail_costs():
    scenario, plan, promised = stocked(60)
    found = sampling_gap(scenario, plan, promised=promised, batches=30 if FULL else 10, samples=400, rungs=())
    mean, dear = truth(float(plan.level[0]))
    assert found.tail.held_out == pytest.approx(dear, abs=2.5 * found.tail.margin)
    assert found.held_out == pytest.approx(0.5 * mean + 0.5 * dear, abs=2.5 * found.held_out_margin)
    assert (found.tail.weight, found.tail.level) == (0.5, 0.9)


def test_the_interval_covers_what_the_plan_costs_above_the_best():
    """In nine of ten plans and more, of 30 samples each: the truth is a quadrature of 400,000 draws."""
    levels = np.linspace(20.0, 90.0, 36 if FULL else 12)
    value = {level: 0.5 * sum(truth(level, draws=100_000)) for level in levels.tolist()}
    best, seeds = min(value.values()), range(60 if FULL else 5)
    covered, flattered = 0, []
    for seed in seeds:
        scenario, plan, promised = stocked(30, seed=100 + seed)
        found = sampling_gap(scenario, plan, promised=promised, batches=8, samples=60 if FULL else 40, rungs=())
        above = np.interp(float(plan.level[0]), levels, list(value.values())) - best
        covered += above <= found.interval.high
        flattered.append(found.tail.promised / found.tail.held_out)
    assert covered >= 0.9 * len(seeds)
    # Their own dear samples flatter them.
    assert np.mean(flattered) < 0.95


def test_on_its_own_samples_a_plan_costs_what_it_promises():
    """Its value at risk chosen there, the objective is that of the plan, first come first served and with hindsight."""
    scenario = random_scenario(np.random.default_rng(3), products=4, samples=80, **RISK)
    plan = solve(scenario).plan
    instance = build_instance(scenario)
    first = with_value_at_risk(instance, of_plan(instance, plan))
    assert served_cost(instance, first) == pytest.approx(plan.objective_per_year, rel=1e-9)
    assert plan.bound_per_year * (1.0 - 1e-9) <= program_cost(instance, first)
    assert program_cost(instance, first) <= served_cost(instance, first) * (1.0 + 1e-9)
    # Another value at risk is never less.
    attribution = assess_fixed(instance, first).attribution
    for share in (0.8, 1.2):
        other = risk_cost(instance, attribution, share * first.value_at_risk)
        assert other >= plan.objective_per_year * (1.0 - 1e-12)


def test_with_hindsight_the_mean_is_that_of_the_program():
    scenario = random_scenario(np.random.default_rng(4), products=4, samples=60)
    instance = build_instance(scenario)
    plan = of_recourse(decide_instance(instance, gap=1e-3).search.best)
    assert assess_with_hindsight(instance, plan).cost == pytest.approx(cost_of(instance, plan), rel=1e-6)
    assert program_cost(instance, plan) == cost_of(instance, plan)
    assert promised_tail(replace(instance, cvar_level=0.0), plan) == pytest.approx(
        assess_fixed(instance, plan).cost, rel=1e-9
    )


def test_the_gap_of_a_plan_with_risk_is_told_with_its_tail():
    scenario = make_scenario([GOODS], samples=40, **RISK)
    found = confidence(scenario, solve(scenario).plan, draws=0, batches=4)
    told, tail = trust_text(found), found.summary()["sampling_gap"]["tail"]
    assert f"{found.gap.tail.held_out:,.0f}" in told
    assert "costliest 10%" in told
    assert tail["held_out_per_year"] == found.gap.tail.held_out
    assert tail["promised_per_year"] == pytest.approx(promised_tail(*own(scenario, found.plan)))
    assert found.information is None
    assert any("VSS" in note for note in found.notes)


def own(scenario, plan):
    """A plan on its own samples."""
    instance = build_instance(scenario)
    return instance, of_plan(instance, plan)
