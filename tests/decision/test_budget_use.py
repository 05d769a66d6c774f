"""Stocks under a budget: it is used up, at a few prices of inventory, and means are means."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.instances import group
from engine.decision.settling.promise import inventory_value, promised
from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.economics.optima.stock import fold
from engine.search.evaluator import PooledEvaluator
from engine.search.first_come.tuning import Tuning
from engine.search.first_come.waiting import FirstCome
from engine.search.recourse import mean_parts_on_shelf, parts_on_shelf
from tests.evidence import FULL
from tests.scenarios import make_scenario


def _free(seed):
    instance = build_instance(group(12, samples=40, seed=seed), samples=40)
    strategy = np.where(instance.allowed[:, ATO], ATO, np.argmax(instance.allowed, axis=1)).astype(np.int64)
    return instance, PooledEvaluator(fold(instance)).evaluate(strategy)


@pytest.mark.parametrize("seed", [1, 2, 3] if FULL else [1])
def test_a_budget_is_used_up_at_a_few_prices(monkeypatch, seed):
    free, program = _free(seed)
    plan = promised(free, program)
    tuned, tune = [], Tuning.tune
    monkeypatch.setattr(Tuning, "tune", lambda self, *starts, **more: tuned.append(1) or tune(self, *starts, **more))
    costs = [plan.objective]
    for share in (0.9, 0.7):
        tuned.clear()
        bound = replace(free, budget=share * inventory_value(free, plan))
        found = promised(bound, PooledEvaluator(bound).evaluate(plan.strategy))
        unused = 1.0 - inventory_value(bound, found) / bound.budget
        assert 0.0 <= unused <= 1e-4
        assert len(tuned) <= 10
        costs.append(found.objective)
    # Less in stock costs more (to what descent leaves open), and not more than twice as much.
    assert costs[0] <= costs[1] * 1.001 <= costs[2] * 1.002 <= 2.0 * costs[0]


def test_the_mean_of_what_lies_there_is_the_mean_over_the_samples():
    free, program = _free(4)
    plan = promised(free, program)
    assert parts_on_shelf(free, plan).any()
    np.testing.assert_allclose(mean_parts_on_shelf(free, plan), parts_on_shelf(free, plan).mean(axis=1), rtol=1e-12)


def test_what_is_drawn_counts_the_lines_that_queue_in_each_sample():
    """Lead times that vary leave a part exposed in some samples alone."""
    instance = build_instance(make_scenario(
        [{"lead_time_target_days": 9.0, "demand_per_week": rate} for rate in (10.0, 4.0)],
        components=[{"unit_cost": 60.0, "lead_time_days": 9.0, "lead_time_cv": 0.5}, {"lead_time_days": 30.0}],
        bom={"P1": {"C1": 1.0, "C2": 2.0}, "P2": {"C1": 3.0}}, samples=30, review_days=0,
    ))  # fmt: skip
    queue = FirstCome(instance, np.array([ATO, ATO]), instance.part_carrying)
    assert queue.queues.all(axis=1).any()
    assert not queue.queues.all()
    part, sample = (each.ravel() for each in np.indices(queue.total[queue.used].shape))
    queue.drawn.reaches(part, sample, np.full(part.shape, np.inf))
    summed = np.zeros_like(queue.drawn.values)
    for e in range(len(queue.lines)):
        path = instance.edges.paths[instance.edges.path[queue.product[e]]]
        summed[queue.part[e]] += queue.quantity[e] * path * queue.queues[e]
    np.testing.assert_allclose(queue.drawn.values, summed, rtol=1e-12)
