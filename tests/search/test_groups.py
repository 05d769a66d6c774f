"""Groups cost together what the whole costs, and deciding them one by one decides the whole."""

from dataclasses import replace

import numpy as np
import pytest

from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTO, MTS
from engine.economics.optima.screen import screen
from engine.economics.optima.stock import fold
from engine.program.deadline import Deadline
from engine.search.branch_and_cut import PooledSearch
from engine.search.evaluator import PooledEvaluator
from engine.search.groups import groups, search_whole
from tests.decision.cases import case
from tests.decision.enumeration import cost_of, enumerate_all
from tests.evidence import FULL
from tests.scenarios import make_scenario

FREE = ("plain", "capacity", "on time", "on time at continuous review", "component stocking", "min order quantities")


def loose(rule, seed):
    """Few shared parts, so that groups differ in size."""
    return build_instance(case(rule, seed, parts_per_product=1 + seed % 2))


def chain():
    """P1 - C1 - P2 - C2 - P3, P4 with C3 alone, P5 and P6 on one machine."""
    return build_instance(make_scenario(
        products=[{}] * 4 + [{"make_days": 9.0}] * 2,
        components=[{}, {}, {}],
        bom={"P1": {"C1": 1}, "P2": {"C1": 1, "C2": 1}, "P3": {"C2": 1}, "P4": {"C3": 1}},
        resources=[{"resource": "M", "hours_per_week": 30, "overtime_hours_per_week": 50, "overtime_cost_per_hour": 9}],
        routing=[
            {"product": f"P{i}", "resource": "M", "stage": "make", "hours_per_unit": 1.0} for i in (5, 6)
        ],
        samples=30,
    ))  # fmt: skip


def test_groups_follow_parts_and_resources():
    instance = chain()
    assert [g.tolist() for g in groups(instance, instance.allowed)] == [[0, 1, 2], [3], [4, 5]]
    allowed = instance.allowed.copy()
    allowed[1, ATO] = False
    assert [g.tolist() for g in groups(instance, allowed)] == [[0], [1], [2], [3], [4, 5]]


@pytest.mark.parametrize("change", [{"max_changes": 2}, {"budget": 1e6}, {"cvar_weight": 0.1}])
def test_what_ties_all_products_makes_one_group(change):
    instance = replace(chain(), **change)
    assert [g.tolist() for g in groups(instance, instance.allowed)] == [[0, 1, 2, 3, 4, 5]]


def test_split_keeps_only_what_the_members_use():
    instance = chain()
    first, machine = (instance.restricted(products=np.array(own)) for own in ([0, 1, 2], [4, 5]))
    assert first.components == instance.components[:2]
    assert first.capacity is None
    assert machine.components == ()
    assert machine.capacity is not None
    assert machine.capacity.names == ("M",)
    assert machine.products == instance.products[4:]


@pytest.mark.parametrize("rule", FREE)
def test_costs_of_groups_add_up(rule):
    for seed in range(6 if FULL else 2):
        instance = loose(rule, seed)
        for strategy in ((ATO, ATO, ATO), (MTS, ATO, ATO), (MTO, MTS, ATO)):
            chosen = np.array(strategy)
            if not instance.allowed[np.arange(3), chosen].all():
                continue
            parts = groups(instance, instance.allowed)
            apart = sum(cost_of(instance.restricted(products=g), tuple(chosen[g].tolist())) for g in parts)
            assert apart == pytest.approx(cost_of(instance, strategy), rel=1e-7), f"{rule}, seed {seed}"


@pytest.mark.evidence
@pytest.mark.parametrize("rule", FREE)
def test_searching_by_group_finds_the_best_of_all(rule):
    for seed in range(34 if FULL else 2):
        instance = loose(rule, seed)
        decided = fold(instance)
        best = enumerate_all(instance)
        found = search_whole(decided, gap=1e-8)
        context = f"{rule}, seed {seed}"
        if not np.isfinite(best.cost):
            assert found.best is None, context
            continue
        assert found.best.objective == pytest.approx(best.cost, rel=1e-6), context
        assert found.bound <= best.cost * (1 + 1e-6), context
        assert best.costs[tuple(found.best.strategy.tolist())] == pytest.approx(best.cost, rel=1e-6), context
        whole = PooledSearch(decided, gap=1e-8).run()
        assert found.best.objective == pytest.approx(whole.best.objective, rel=1e-6), context


@pytest.mark.parametrize("rule", FREE)
def test_the_merged_plan_is_the_plan_of_the_whole_program(rule):
    """Stocks, late units and prices put together solve the whole instance's program under the same strategies."""
    instance = loose(rule, 1)
    decided = fold(instance)
    found = search_whole(decided, gap=1e-8).best
    whole = PooledEvaluator(decided).evaluate(found.strategy)
    assert whole.objective == pytest.approx(found.objective, rel=1e-8)
    assert np.array_equal(np.isnan(found.level), found.strategy != MTS)
    assert found.base.shape == whole.base.shape
    assert found.prices.shape == whole.prices.shape
    assert np.allclose(found.overtime, whole.overtime)
    # The prices of a part add up to at most what carrying it costs.
    carrying, priced = instance.part_carrying, found.prices.sum(axis=1)
    assert (priced <= carrying * (1 + 1e-7)).all()


def test_deciding_goes_by_groups_and_says_so():
    lines = []
    decided = decide_instance(chain(), gap=1e-6, log=lines.append)
    assert any("screening" in line for line in lines)
    parts, strategy = groups(chain(), chain().allowed), decided.program.strategy
    apart = sum(cost_of(chain().restricted(products=own), tuple(strategy[own].tolist())) for own in parts)
    assert decided.program.objective == pytest.approx(apart, rel=1e-6)
    # First come first served costs no less than the program's bound.
    assert decided.search.best.objective >= decided.search.bound * (1.0 - 1e-9)


def test_out_of_time_there_is_still_a_plan():
    instance = chain()
    found = search_whole(fold(instance), gap=1e-9, deadline=Deadline(at=0.0))
    assert found.best is not None
    assert found.bound <= found.best.objective


def test_the_screen_is_used():
    instance = loose("plain", 0)
    found = screen(instance)
    best = search_whole(fold(instance), gap=1e-8).best
    assert found.allowed[np.arange(3), best.strategy].all()


def test_groups_without_a_choice_take_one_program(monkeypatch):
    bom = {"P1": {"C1": 1}, "P2": {"C1": 2}, "P3": {"C2": 1}, "P4": {"C2": 1}}
    instance = fold(build_instance(make_scenario(products=[{}] * 4, components=[{}] * 2, bom=bom, samples=30)))
    only = replace(instance, allowed=np.repeat([np.arange(3) == ATO], 4, axis=0))
    apart = [PooledEvaluator(only.restricted(products=members)).evaluate(np.full(2, ATO))
             for members in groups(only, only.allowed)]  # fmt: skip
    assert len(apart) == 2
    evaluated, before = [], PooledEvaluator.evaluate
    monkeypatch.setattr(
        PooledEvaluator, "evaluate", lambda self, chosen: evaluated.append(len(chosen)) or before(self, chosen)
    )
    found = search_whole(only, gap=1e-6)
    assert evaluated == [4]
    assert found.best.objective == found.bound == pytest.approx(sum(one.objective for one in apart), rel=1e-9)
    np.testing.assert_allclose(found.best.base, np.concatenate([one.base for one in apart]), rtol=1e-9)
