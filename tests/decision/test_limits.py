"""Limits of a strategy: kept, explained, advised upon with the least relaxation, written, read, refused if wrong."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine import Solved, explain, read_scenario, solve
from engine.catalog.intake.source import open_catalogue
from engine.decision.outcome import Infeasible
from engine.decision.relaxation.conflicts import relaxed
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTO, MTS
from engine.economics.optima.screen import screen
from engine.economics.optima.stock import fold
from engine.errors import EngineError, ScenarioError
from engine.model.build import build_model
from engine.model.portfolio import portfolio
from engine.program.compiled import compile_model
from engine.program.highs import Solver, SolveStatus
from engine.report.sentences.words import unsolved
from engine.scenario.files.workbook import write_workbook
from engine.scenario.variants import apply_variant
from engine.search.cheapest import cheapest
from engine.search.evaluator import PooledEvaluator
from engine.search.groups import groups
from engine.search.neighbours import Neighbourhood
from tests.decision.test_families import families
from tests.scenarios import make_scenario, write_scenario


def limited(limits, names="AABB", **settings):
    return families(names, one_strategy_per=None, limits=limits, **settings)


def count(plan, strategy, rows=slice(None)):
    return int((plan.decisions["strategy"].iloc[rows] == strategy).sum())


@cache
def unlimited():
    return solve(limited({}), gap=1e-6, compared=False).plan


@pytest.mark.parametrize("strategy", ["MTS", "ATO", "MTO"])
def test_least_and_most_hold_and_cost(strategy):
    free = unlimited()
    now = count(free, strategy)
    for said in ({"at_least": now + 1}, {"at_most": now - 1}):
        (end, value), = said.items()
        if not 0 <= value <= 4:
            continue
        plan = solve(limited({"x": {"strategy": strategy, end: value}}), gap=1e-6, compared=False).plan
        assert count(plan, strategy) == value
        assert plan.objective_per_year > free.objective_per_year


def test_limits_count_one_family_or_each():
    one = solve(limited({"x": {"strategy": "MTO", "at_least": 2, "family": "B"}}), gap=1e-6).plan
    assert count(one, "MTO", slice(2, 4)) == 2
    each = solve(limited({"x": {"strategy": "MTO", "at_least": 1, "per": "family"}}), gap=1e-6).plan
    assert count(each, "MTO", slice(0, 2)) >= 1 <= count(each, "MTO", slice(2, 4))


def test_limits_count_one_plant_or_each():
    """What a limit says of a plant is what it says of a family with the same products."""
    of_one, of_each = {"strategy": "MTO", "at_least": 2}, {"strategy": "MTO", "at_least": 1}
    limits = {"x": {**of_one, "plant": "B"}, "y": {**of_each, "per": "plant"}}
    given = families("AABB", one_strategy_per=None)
    sited = replace(given, products=given.products.assign(plant=given.products["family"], family=""))
    sited = sited.change(set={"limits": limits})
    found = solve(sited, gap=1e-6).plan
    same = solve(limited({"x": {**of_one, "family": "B"}, "y": {**of_each, "per": "family"}}), gap=1e-6).plan
    assert found.objective_per_year == pytest.approx(same.objective_per_year, rel=1e-9)
    assert count(found, "MTO", slice(2, 4)) == 2
    barred = explain(sited.change(set={"limits": {"x": {"strategy": "MTS", "at_most": 0, "plant": "A"}}}),
                     sited.products["product"].iloc[0])  # fmt: skip
    assert "limit 'x' of plant 'A' leaves no room for it: at most 0 MTS" in str(barred.unavailable["MTS"])
    with pytest.raises(ScenarioError, match=r"there is no plant 'C'; known are: A, B"):
        sited.change(set={"limits": {"x": {"strategy": "MTS", "at_most": 0, "plant": "C"}}})
    with pytest.raises(ScenarioError, match="names a family and names a plant; give one of the two"):
        limited({"x": {"strategy": "MTS", "at_most": 0, "plant": "A", "family": "A"}})


def test_what_binds_is_said():
    scenario = limited({"plant": {"strategy": "MTS", "at_most": 1}})
    plan = solve(scenario, gap=1e-6).plan
    assert count(plan, "MTS") == 1
    product = plan.decisions["product"][plan.decisions["strategy"] != "MTS"].iloc[0]
    found = explain(scenario, product)
    assert "limit 'plant' leaves no room: at most 1 MTS" in [str(one) for one in found.binding]
    assert str(found.unavailable["MTS"]) == "limit 'plant' leaves no room for it: at most 1 MTS" or (
        np.isfinite(found.ledgers.loc["total", "MTS"])
    )
    assert plan.decisions["reason"].str.contains("but limit 'plant' leaves no room for it").any()


def test_the_limit_and_its_least_relaxation_are_named():
    limits = {"orders": {"strategy": "MTO", "at_most": 1}, "stocks": {"strategy": "MTS", "at_least": 3, "family": "A"}}
    scenario = limited(limits)
    scenario = replace(scenario, products=scenario.products.assign(allowed=["MTO", "MTS", "MTO", "MTO"]))
    outcome = solve(scenario)
    assert isinstance(outcome, Infeasible)
    found = {conflict.setting: conflict for conflict in outcome.conflicts}
    assert {name: conflict.needed for name, conflict in found.items()} == {
        "limits.orders.at_most": 3.0, "limits.stocks.at_least": 1.0,
    }  # fmt: skip
    assert {conflict.rule for conflict in outcome.conflicts} == {"C11"}
    assert found["limits.stocks.at_least"].concerns == ("P1", "P2")
    words = unsolved(outcome)
    assert "limit 'orders' says at most 1 MTO, 3 would do; set limits.orders.at_most to 3" in words
    assert "limit 'stocks' of family 'A' says at least 3 MTS, 1 would do; set limits.stocks.at_least to 1" in words
    assert found["limits.orders.at_most"].words("zh") == (
        "策略数量限制（C11）：限制“orders”要求至多 1 个 MTO，3 个即可满足；请将 limits.orders.at_most 设为 3"
    )
    assert isinstance(solve(relaxed(scenario, outcome.conflicts)), Solved)
    for name, conflict in found.items():
        tighter = replace(conflict, needed=conflict.needed + (1.0 if name.endswith("least") else -1.0))
        others = [other for other in outcome.conflicts if other is not conflict]
        assert isinstance(solve(relaxed(scenario, [tighter, *others])), Infeasible), "a lesser relaxation does"


def test_a_limit_and_the_budget_are_relaxed_together():
    """What the budget lacks is told once the limit is out of the way: both together give a plan, the limit none."""
    scenario = limited({"stocks": {"strategy": "MTS", "at_least": 3}}, inventory_budget=1.0)
    products = scenario.products.assign(allowed=["MTS", "MTS", "MTO", "MTO"], on_time_target=[0.9, 0.9, np.nan, np.nan])
    scenario = replace(scenario, products=products)
    outcome = solve(scenario)
    assert isinstance(outcome, Infeasible)
    found = {conflict.setting: conflict for conflict in outcome.conflicts}
    assert set(found) == {"limits.stocks.at_least", "inventory_budget"}
    assert found["limits.stocks.at_least"].needed == 2.0
    plan = solve(relaxed(scenario, outcome.conflicts)).plan_or_raise()
    assert count(plan, "MTS") == 2
    worth = plan.decisions["inventory_value"].sum() + plan.components["inventory_value"].sum()
    assert 1.0 < worth <= found["inventory_budget"].needed
    assert isinstance(solve(relaxed(scenario, [found["limits.stocks.at_least"]])), Infeasible)


def test_a_plan_next_to_another_costs_what_it_costs_alone_whatever_the_limit():
    instance = build_instance(limited({"x": {"strategy": "ATO", "at_most": 1}}))
    folded = fold(instance)
    strategy = np.array([ATO, MTO, MTS, MTO])
    evaluator, near = PooledEvaluator(folded), Neighbourhood(folded, strategy)
    for k in (MTS, MTO):
        after = np.array([k, MTO, MTS, MTO])
        assert near.cost(0, k) == pytest.approx(evaluator.evaluate(after).objective, rel=1e-9)


def test_a_limit_that_no_product_can_meet_is_told():
    scenario = limited({"x": {"strategy": "ATO", "at_least": 1}})
    scenario = replace(scenario, products=scenario.products.assign(allowed="MTS|MTO"))
    (conflict,) = solve(scenario).conflicts
    assert (conflict.setting, conflict.needed) == ("limits.x.at_least", 0.0)


def test_the_model_of_a_plan_that_breaks_a_limit_has_no_solution():
    instance = build_instance(limited({"x": {"strategy": "ATO", "at_least": 1}}))
    with pytest.raises(Exception, match=r"C11_least|trivially infeasible|infeasible"):  # noqa: PT012
        model = compile_model(build_model(instance, strategy=np.full(4, MTO)))
        assert Solver(model, relax=True).solve().status is not SolveStatus.INFEASIBLE, "infeasible"


def test_what_a_limit_counts_is_one_group_and_left_to_the_search():
    instance = build_instance(limited({"x": {"strategy": "MTO", "at_most": 1, "family": "B"}}))
    parted = replace(instance, edges=replace(instance.edges, component=np.arange(len(instance.edges.component))),
                     components=tuple("x" * len(instance.edges.component)))  # fmt: skip
    assert [members.tolist() for members in groups(parted, instance.allowed)] == [[0], [1], [2, 3]]
    left = screen(instance).allowed
    assert (left == instance.allowed)[[2, 3]].all()
    assert len(instance.restricted(products=np.array([0, 1])).ties.limits.name) == 0
    assert len(instance.restricted(products=np.array([2, 3])).ties.limits.name) == 1


def test_without_time_a_simple_plan_keeps_the_limits():
    instance = build_instance(limited({"x": {"strategy": "MTS", "at_most": 1}}))
    assert not instance.stock_decided
    cost = np.where(np.arange(3) == MTS, 0.0, [[9.0, 2.0, 1.0]] * 4)
    cost[2, [ATO, MTO]] = 50.0
    assert cheapest(instance, cost).tolist() == [MTO, MTO, MTS, MTO]
    assert not portfolio(instance).keeps(np.full(4, MTS))


def test_limits_in_a_folder_a_workbook_and_a_variant_are_the_same(tmp_path):
    limits = {"plant": {"strategy": "MTO", "at_most": 2}, "bikes": {"strategy": "MTS", "at_least": 1, "family": "b"}}
    folder = write_scenario(
        tmp_path / "case", products=[{"family": "b"}, {"family": "b"}], limits=limits, one_strategy_per="family",
        variants={"wide": {"set": {"limits.plant.at_most": 9}}},
    )  # fmt: skip
    scenario = read_scenario(folder)
    assert scenario.settings.limits["plant"].at_most == 2
    write_workbook(scenario, tmp_path / "case.xlsx")
    again = read_scenario(tmp_path / "case.xlsx")
    assert again.settings.limits == scenario.settings.limits
    assert again.settings.one_strategy_per == "family"
    assert apply_variant(scenario, "wide").settings.limits["plant"].at_most == 9


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ({"strategy": "MTO"}, "says neither at_least nor at_most"),
        ({"strategy": "MTO", "at_least": 3, "at_most": 2}, "at_least 3 is above at_most 2"),
        ({"strategy": "MTO", "at_most": 2, "family": "A", "per": "family"}, "give one of the two"),
        ({"strategy": "XXX", "at_most": 2}, "MTS"),
        ({"strategy": "MTO", "atmost": 2}, "did you mean 'at_most'"),
        ({"strategy": "MTO", "at_most": 2, "family": "Bikes"}, "there is no family 'Bikes'; did you mean 'bikes'"),
    ],
)
def test_a_wrong_limit_is_refused_in_words(limit, message):
    with pytest.raises(ScenarioError, match=message):
        make_scenario([{"family": "bikes"}], limits={"x": limit})


def test_a_name_with_a_dot_is_refused():
    with pytest.raises(ScenarioError):
        make_scenario(limits={"a.b": {"strategy": "MTO", "at_most": 1}})


def test_a_batch_refuses_limits(tmp_path):
    folder = write_scenario(tmp_path / "case", products=[{}], limits={"x": {"strategy": "MTO", "at_most": 1}})
    with pytest.raises((ScenarioError, EngineError), match="ties all products"):
        open_catalogue(folder)
