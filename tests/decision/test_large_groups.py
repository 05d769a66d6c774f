"""Of more products than all moves are worked out for, fewer are: work grows with the products, and plans stay plans."""

import numpy as np
import pytest

from benchmarks.instances import group
from engine.decision.settling import settle
from engine.decision.settling.beside import Beside
from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.economics.optima.stock import fold
from engine.program import reduced
from engine.program.highs import Solver
from engine.program.reduced import build_pooled


@pytest.fixture(scope="module")
def instance():
    return build_instance(group(60, samples=20, seed=5))


def decided(instance):
    found = decide_instance(instance, gap=1e-3, settle=True)
    return found, found.move_objectives(np.full((len(instance.products), 3), 1e12))


def test_fewer_moves_and_plans_of_a_large_group_are_told_as_bounds(instance, monkeypatch):
    tried = counted(monkeypatch)
    whole, every = decided(instance)
    of_all = len(tried)
    tried.clear()
    for name, value in (("_ALL", 1), ("_FEWEST_MOVES", 1), ("_MOST_MOVES", 60**2 * 5)):
        monkeypatch.setattr(settle, name, value)
    found, some = decided(instance)
    assert len(tried) < of_all
    # The bound is the program's, which does not depend on what is tried next to its plan.
    assert found.search.bound == whole.search.bound
    assert found.search.bound <= whole.search.best.objective <= found.search.best.objective
    assert some.at_least.sum() > every.at_least.sum()
    assert np.isfinite(some.objective[instance.allowed]).all()


def test_nothing_is_served_in_turn_twice_next_to_one_plan(instance, monkeypatch):
    tried = counted(monkeypatch)
    decided(instance)
    assert len(tried) == len(set(tried)) > 0


def counted(monkeypatch):
    """The strategies of every plan that is served next to another, and of the other."""
    tried, served = [], Beside.served

    def noted(self, strategy, **more):
        tried.append((self.plan.strategy.tobytes(), strategy.tobytes()))
        return served(self, strategy, **more)

    monkeypatch.setattr(Beside, "served", noted)
    return tried


def test_rows_that_are_missing_are_found_whatever_is_looked_at_together(instance, monkeypatch):
    folded = fold(instance)
    strategy = np.where(folded.allowed[:, ATO], ATO, np.argmax(folded.allowed, axis=1))
    pooled = build_pooled(folded, strategy, np.zeros((len(folded.components), folded.samples), dtype=bool))
    values = Solver(pooled.program).solve().values
    at_once = reduced.violated_rows(folded, pooled, values)
    assert at_once.any(axis=0).all()
    monkeypatch.setattr(reduced, "_CELLS", 3 * len(folded.edges.product))
    np.testing.assert_array_equal(reduced.violated_rows(folded, pooled, values), at_once)
