"""Where the choice is close other strategies cost what they cost; elsewhere at least what is told, and nothing else
differs."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from engine.decision.close import CLOSE_SHARE, close_limit, widest_share
from engine.decision.exact_costs import with_exact_costs
from engine.decision.plan import AT_LEAST, Plan, at_least_of, rivals, told_at_least
from engine.decision.solve import solve
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTO, MTS
from engine.evaluate.trust.first_stage import recourse_of_plan
from engine.evaluate.trust.plan_certainty import with_certainty
from engine.report.as_shown import said_of
from engine.scenario.columns import STRATEGIES
from tests.scenarios import random_scenario

RULES = {
    "plain": {"product_columns": {"current_strategy": "MTS"}}, "budget": {"inventory_budget": 60_000.0},
    "cvar": {"risk": {"cvar_weight": 0.3, "cvar_level": 0.9}},
    "families": {"families": tuple("ABCDEFGHIJKLM"), "one_strategy_per": "family"},
}  # fmt: skip
# How far above what a move costs in turn its bound was seen in these cases: under a budget, by its price.
ABOVE = {"budget": 1.001}
COSTS = [f"cost_if_{k}" for k in STRATEGIES]


@cache
def case(rule: str):
    """A scenario, its plan as told by default, and as told exactly."""
    scenario = random_scenario(
        np.random.default_rng(5), products=16, components=6, samples=120, **RULES[rule]
    )  # fmt: skip
    told = solve(scenario, certified=False).plan_or_raise()
    exact = solve(scenario, certified=False, exact_alternatives=True).plan_or_raise()
    return scenario, told, exact


def limits(scenario, plan: Plan):
    """What a move may add to be told exactly, written anew: by product, and by product and strategy."""
    table = plan.decisions
    share = max(CLOSE_SHARE, widest_share(scenario.settings.samples))
    limit = share * np.abs(table["expected_cost_per_year"].to_numpy())
    leaves = (table["current_strategy"] != "") & (table["current_strategy"] != table["strategy"])
    exact = [[leaves[i] and table["current_strategy"][i] == k for k in STRATEGIES] for i in range(len(table))]
    return limit, np.array(exact)


@pytest.mark.parametrize("rule", RULES)
def test_costs_far_from_close_are_lower_bounds_and_all_others_exact(rule: str) -> None:
    scenario, told, exact = case(rule)
    bounds = told_at_least(told.decisions)[COSTS].to_numpy()
    costs, truth = told.decisions[COSTS].to_numpy(), exact.decisions[COSTS].to_numpy()
    assert bounds.any()
    assert not (bounds & np.isnan(costs)).any()
    assert (exact.decisions[AT_LEAST] == "").all()
    rounding = 1e-6 * told.objective_per_year
    # What turns out to break a rule on stocks costs more than anything.
    assert (costs[bounds] <= ABOVE.get(rule, 1.0) * np.where(np.isnan(truth), np.inf, truth)[bounds] + rounding).all()
    np.testing.assert_allclose(costs[~bounds], truth[~bounds], rtol=1e-7)
    limit, asked = limits(scenario, told)
    more = costs - told.decisions["expected_cost_per_year"].to_numpy()[:, None]
    assert (more >= limit[:, None] - rounding)[bounds].all()
    assert not (bounds & asked).any()


@pytest.mark.parametrize("rule", RULES)
def test_nothing_else_is_told_otherwise(rule: str) -> None:
    scenario, told, exact = case(rule)
    told, exact = with_certainty(scenario, told), with_certainty(scenario, exact)
    bounded = [*COSTS, AT_LEAST, "reason", "next_best", "regret_per_year"]
    pd.testing.assert_frame_equal(told.decisions.drop(columns=bounded), exact.decisions.drop(columns=bounded))
    limit, _ = limits(scenario, told)
    near = exact.decisions["regret_per_year"].to_numpy() <= limit
    same = ["next_best", "regret_per_year"]
    pd.testing.assert_frame_equal(told.decisions.loc[near, same], exact.decisions.loc[near, same])
    assert not told_at_least(told.decisions)["regret_per_year"][near].any()
    for name in ("objective_per_year", "bound_per_year", "certainty", "not_compared", "inventory_value"):
        assert told.summary[name] == exact.summary[name]


@pytest.mark.parametrize("rule", RULES)
def test_a_product_that_is_opened_is_told_exactly(rule: str) -> None:
    scenario, told, exact = case(rule)
    instance = build_instance(scenario)
    recourse = recourse_of_plan(instance, told)
    some = [str(row["product"]) for row in told.decisions.to_dict("records") if at_least_of(row)]
    for name in some[:3]:
        found = with_exact_costs(instance, told, recourse, name).decisions
        mine, others = found["product"] == name, found["product"] != name
        pd.testing.assert_frame_equal(found[others], told.decisions[others])
        assert (found.loc[mine, AT_LEAST] == "").all()
        whole = [*COSTS, "regret_per_year", "next_best"]
        pd.testing.assert_frame_equal(found.loc[mine, whole], exact.decisions.loc[mine, whole], rtol=1e-6)
        least = told.decisions.loc[mine, COSTS].fillna(np.inf) / ABOVE.get(rule, 1.000001)
        assert (found.loc[mine, COSTS].fillna(np.inf) >= least).all(axis=None)


@pytest.mark.parametrize("products", [9, 12])
def test_where_moves_are_few_all_are_told_exactly(products: int) -> None:
    """More strategies than 24, but no more than 24 moves: all are tried, so that none is told otherwise."""
    scenario = random_scenario(
        np.random.default_rng(5), products=products, components=6, samples=80, **RULES["plain"]
    )  # fmt: skip
    told = solve(scenario, certified=False).plan_or_raise()
    exact = solve(scenario, certified=False, exact_alternatives=True).plan_or_raise()
    assert (told.decisions[AT_LEAST] == "").all()
    pd.testing.assert_frame_equal(told.decisions, exact.decisions)


def test_sentences_say_at_least_where_the_cost_is_a_bound() -> None:
    _, told, exact = case("plain")
    for row in told.decisions.to_dict("records"):
        assert row["reason"].count("at least") == len(at_least_of(row))
    assert not exact.decisions["reason"].str.contains("at least").any()


def test_todays_strategy_of_a_product_that_leaves_it_is_always_close() -> None:
    scenario, *_ = case("plain")
    instance = build_instance(scenario)
    strategy = np.full(len(instance.products), ATO)
    strategy[0] = MTS
    limit = close_limit(instance, strategy, np.full(len(strategy), 100.0))
    assert np.isinf(limit[1:, MTS]).all()
    assert np.isfinite(limit[0]).all()
    assert limit[0, MTO] == pytest.approx(100.0 * widest_share(instance.samples))
    few = instance.restricted(samples=np.arange(2))
    assert close_limit(few, strategy, np.full(len(strategy), -100.0))[0, MTO] > limit[0, MTO]


def test_the_cheapest_amount_told_is_the_next_best() -> None:
    names, more = rivals(np.array([[1.0, 3.0, 2.5], [np.nan, 4.0, np.inf]]), np.array([MTS, ATO]))
    assert names == ["MTO", ""]
    np.testing.assert_array_equal(more, [1.5, np.nan])


def test_a_bound_below_a_corrected_cost_says_the_most_that_is_spared() -> None:
    assert said_of(-20.0, within=0.5, at_least=True) == "at_most_less"
    assert said_of(-0.2, within=0.5, at_least=True) == "at_least"
