"""Rounding cuts are valid at every choice of strategies, and cut off split ones."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.economics.stock import best_stock, decide_stock
from engine.solve.evaluate import PooledEvaluator
from engine.solve.places import OPEN
from engine.solve.pooled import tail_rows
from engine.solve.relaxation import Relaxation, Rows
from engine.solve.rounding import rounded
from tests.scenarios import random_scenario

numbers = st.floats(-5.0, 5.0, allow_nan=False).map(lambda value: round(value, 3))


@given(data=st.data(), count=st.integers(1, 5))
def test_never_above_the_rounded_function_at_binary_points(data, count):
    coefficients = np.array(data.draw(st.lists(numbers, min_size=count, max_size=count)))[:, None]
    share = np.array(data.draw(st.lists(st.floats(0.0, 1.0), min_size=count, max_size=count)))
    limit = np.array([data.draw(numbers)])
    violation, weight, constant = rounded(coefficients, share, limit, np.zeros(1))
    if not np.isfinite(violation[0]):
        return
    for choice in itertools.product((0.0, 1.0), repeat=count):
        x = np.array(choice)
        truth = max(0.0, float(x @ coefficients[:, 0] - limit[0]))
        assert x @ weight[:, 0] + constant[0] <= truth + 1e-7


def test_cuts_off_a_split_choice():
    # max(0, 3 x - 2) is 1 at x = 1 and 0 at x = 0, so at least x / 1 in between, where the row alone says 0.
    violation, weight, constant = rounded(np.array([[3.0]]), np.array([0.5]), np.array([2.0]), np.zeros(1))
    assert violation[0] == pytest.approx(0.5)
    assert weight[0, 0] == pytest.approx(1.0)
    assert constant[0] == pytest.approx(0.0)


@pytest.mark.parametrize("rules", ["none", "min_order", "targets"])
@pytest.mark.parametrize("seed", range(4))
def test_every_plan_keeps_every_cut(seed, rules):
    scenario = random_scenario(np.random.default_rng(seed), products=5, samples=40)
    if rules == "min_order":
        scenario.components["min_order_quantity"] = 7.0
    if rules == "targets":
        scenario.products["on_time_target"] = 0.8
    instance = build_instance(scenario)
    optimum = best_stock(instance)
    folded = decide_stock(instance, optimum)
    only = folded.allowed.sum(axis=1) == 1
    strategy = np.where(only, np.argmax(folded.allowed, axis=1), OPEN)
    if not (strategy == OPEN).any():
        return
    end = tail_rows(folded, strategy, 1.0, end=True) if rules == "targets" else None
    relaxation = Relaxation(folded, strategy, Rows(tail=tail_rows(folded, strategy, 1.0), tail_end=end))
    plain = relaxation.answer.objective
    relaxation.tighten()
    assert relaxation.answer.objective >= plain - 1e-6 * abs(plain)
    evaluator = PooledEvaluator(folded, optimum)
    for choice in itertools.product(*(np.flatnonzero(row) for row in folded.allowed)):
        plan = evaluator.evaluate(np.array(choice, dtype=np.int64))
        if plan is None:
            continue
        used = (plan.strategy == ATO)[folded.edges.product]
        positions = np.zeros(len(folded.components), dtype=bool)
        positions[folded.edges.component[used]] = True
        for cut in relaxation.rows.cuts:
            if not positions[cut.component] and folded.parts.batch[cut.component] > 0.0:
                continue  # V counts only where the component is stocked
            late = plan.late_end if cut.end else plan.late
            x = (plan.strategy[cut.product] == ATO).astype(float)
            left = plan.base[cut.component] + cut.weight @ x
            left += cut.top_quantity @ late[cut.product, cut.top] + cut.base_quantity @ late[cut.product, cut.base]
            assert left >= cut.constant - 1e-6 * (1.0 + abs(cut.constant))


def test_random_groups_give_cuts():
    found = 0
    for seed in range(6):
        scenario = random_scenario(np.random.default_rng(seed), products=6, samples=40)
        instance = build_instance(scenario)
        folded = decide_stock(instance, best_stock(instance))
        strategy = np.where(folded.allowed.sum(axis=1) == 1, np.argmax(folded.allowed, axis=1), OPEN)
        relaxation = Relaxation(folded, strategy, Rows(tail=tail_rows(folded, strategy, 1.0), tail_end=None))
        relaxation.tighten()
        found += len(relaxation.rows.cuts)
    assert found > 0
