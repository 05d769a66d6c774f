"""A group in blocks: plan and bound of the whole, told as honestly as where it is searched whole."""

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from benchmarks.instances import group
from engine.economics.build import build_instance
from engine.economics.optima.screen import screen
from engine.economics.optima.stock import fold
from engine.program.deadline import NEVER, Deadline
from engine.program.highs import Solver, SolveStatus
from engine.program.numbering import OPEN
from engine.program.reduced import build_pooled
from engine.search.blocks import cut_in_blocks
from engine.search.branch_and_cut import PooledSearch
from engine.search.decomposition import SMALLEST, Decomposition, search_group
from engine.search.evaluator import PooledEvaluator
from engine.search.groups import groups, search_whole
from tests.decision.cases import case
from tests.evidence import FULL
from tests.scenarios import make_scenario

GAP = 0.01
# Of a chain, and of one whose blocks do not prove half a thousandth.
SAMPLES, UNPROVEN = (120, 120) if FULL else (40, 20)
PLATFORMS, EACH = 5, 12


def quiet(_):
    """No log."""


@cache
def chain(samples=SAMPLES, seed=1):
    """Platforms whose products share parts, one part between each two platforms and one in all products."""
    rng, goods, bom = np.random.default_rng(seed), [], {}
    for i in range(PLATFORMS * EACH):
        own = i // EACH
        parts = {f"C{own}.{k}" for k in rng.integers(6, size=4)} | {"ALL"}
        parts |= {f"B{max(own - 1, 0)}"} if i % EACH == 0 else {f"B{own}"} if i % EACH == 1 else set()
        bom[f"P{i + 1}"] = dict.fromkeys(sorted(parts), 1)
        cost = float(rng.uniform(40.0, 300.0))
        goods.append({
            "demand_per_week": float(rng.lognormal(2.0, 1.0)), "demand_cv": float(rng.uniform(0.4, 1.5)),
            "unit_cost": cost, "lead_time_target_days": float(rng.choice([3.0, 7.0, 12.0])), "assembly_days": 2.0,
            "late_cost_per_unit_day": cost * float(rng.uniform(0.002, 0.01)),
            "assembly_premium": cost * float(rng.uniform(0.0, 0.03)),
            "make_premium": cost * float(rng.uniform(0.01, 0.06)),
        })  # fmt: skip
    parts = sorted({part for lines in bom.values() for part in lines})
    instance = fold(build_instance(make_scenario(
        products=goods, bom=bom, samples=samples, holding_rate_per_year=0.3,
        components=[{"component": part, "unit_cost": float(rng.uniform(5.0, 60.0)),
                     "lead_time_days": float(rng.choice([7.0, 14.0, 21.0]))} for part in parts],
    )))  # fmt: skip
    screened = screen(instance)
    narrowed = replace(instance.without_paths(), allowed=screened.allowed)
    return narrowed.restricted(products=max(groups(narrowed, screened.allowed), key=len))


@cache
def whole(samples=SAMPLES, seed=1):
    return PooledSearch(chain(samples, seed), gap=1e-4).run()


@cache
def decided(samples=SAMPLES, seed=1, gap=GAP):
    return in_blocks(chain(samples, seed), gap=gap)


def in_blocks(instance, *, gap=GAP, size=EACH, start=None, deadline=NEVER):
    blocks = cut_in_blocks(instance, size)
    return Decomposition(instance, blocks, gap=gap, deadline=deadline, log=quiet, start=start).run()


@pytest.mark.parametrize(("samples", "seed"), [(120, 1), (40, 1), *([(120, 2)] if FULL else [])])
def test_the_bound_holds_and_the_plan_costs_what_is_told(samples, seed):
    """Of few samples too, where no fewer tell the strategies to begin with."""
    instance, best = chain(samples, seed), whole(samples, seed)
    found = decided(samples, seed)
    assert len(cut_in_blocks(instance, EACH).members) > 1
    assert found.status is SolveStatus.OPTIMAL
    assert found.bound <= best.best.objective * (1.0 + 1e-7)
    assert found.best.objective >= best.bound * (1.0 - 1e-7)
    assert found.best.objective - found.bound <= GAP * found.best.objective
    again = PooledEvaluator(instance).evaluate(found.best.strategy)
    assert found.best.objective == pytest.approx(again.objective, rel=1e-9)


def test_prices_at_the_borders_make_the_bound_nearly_that_of_the_relaxation():
    """Cuts lift the blocks above the relaxation of the whole; what crosses has none, and costs little."""
    instance = chain()
    open_ = np.where(instance.allowed.sum(axis=1) == 1, np.argmax(instance.allowed, axis=1), OPEN)
    every = np.ones((len(instance.components), instance.samples), dtype=bool)
    relaxed = Solver(build_pooled(instance, open_, every).program, relax=True).solve().objective
    best = whole().best.objective
    assert best - decided(gap=0.0).bound <= 1.3 * (best - relaxed)


def test_what_is_not_proven_in_blocks_is_searched_whole():
    found = search_group(chain(UNPROVEN), gap=5e-4, deadline=NEVER, log=quiet, smallest=0, size=EACH)
    assert decided(UNPROVEN, gap=5e-4).status is SolveStatus.TIME_LIMIT
    assert found.status is SolveStatus.OPTIMAL
    assert found.best.objective - found.bound <= 5e-4 * found.best.objective
    assert found.bound <= whole(UNPROVEN).best.objective * (1.0 + 1e-7)


def test_the_same_group_has_the_same_plan():
    first, second = decided(), in_blocks(chain())
    assert first.bound == second.bound
    for name in ("strategy", "base", "late", "prices"):
        assert np.array_equal(getattr(first.best, name), getattr(second.best, name))


def test_a_search_in_blocks_begins_with_the_plan_given():
    best = whole().best
    found = in_blocks(chain(), start=best.strategy)
    assert found.best.objective <= best.objective * (1.0 + 1e-9)


def test_small_groups_are_searched_whole():
    instance, said = chain(), list[str]()
    assert len(instance.products) < SMALLEST
    found = search_group(instance, gap=1e-3, deadline=NEVER, log=said.append)
    before = PooledSearch(instance, gap=1e-3).run()
    assert found.best.objective == before.best.objective
    assert found.bound == before.bound
    assert np.array_equal(found.best.base, before.best.base)
    assert not [line for line in said if "blocks" in line]


@pytest.mark.parametrize("rule", ["capacity", "with limits", "max changes", "budget"])
def test_what_else_ties_products_is_searched_whole(rule):
    instance, said = fold(build_instance(case(rule, 0))), list[str]()
    search_group(instance, gap=1e-3, deadline=NEVER, log=said.append, smallest=0, size=1)
    assert not [line for line in said if "blocks" in line]


def test_where_many_parts_cross_a_group_is_searched_whole():
    said = list[str]()
    search_group(chain(), gap=GAP, deadline=NEVER, log=said.append, smallest=0, size=3)
    assert not [line for line in said if "blocks" in line]


def test_large_groups_are_cut(monkeypatch):
    """The whole search goes by the size of each group."""
    said = list[str]()
    monkeypatch.setattr("engine.search.groups.SMALLEST", 0)
    monkeypatch.setattr("engine.search.decomposition.SMALLEST", 0)
    search_whole(fold(build_instance(group(90, samples=40))), gap=GAP, log=said.append)
    assert [line for line in said if "plan" in line]


def test_without_time_nothing_is_proven():
    found = in_blocks(chain(), deadline=Deadline(at=0.0, clock=lambda: 1.0))
    assert found.bound == -np.inf
    assert found.status is SolveStatus.TIME_LIMIT


@pytest.mark.parametrize("readings", [8, 25, 60, 120])
def test_wherever_time_ends_the_bound_holds(readings):
    """By a clock that goes on by a second whenever it is read."""
    hands = itertools.count()
    found = in_blocks(chain(), gap=0.0, deadline=Deadline(at=float(readings), clock=lambda: float(next(hands))))
    assert found.bound <= whole().best.objective * (1.0 + 1e-7)
    assert found.best is None or found.best.objective >= whole().bound * (1.0 - 1e-7)
    assert next(hands) > readings
