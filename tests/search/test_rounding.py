"""Rounding cuts are valid at every choice of strategies, and cut off split ones."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.instances import group
from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.economics.optima.stock import best_stock, decide_stock
from engine.program.numbering import OPEN, taken
from engine.program.reduced import build_pooled, tail_rows
from engine.scenario.settings import Variant
from engine.scenario.variants import apply_variant
from engine.search.cuts.families import as_rows
from engine.search.cuts.hours import HoursCut
from engine.search.cuts.overtime import OvertimeCut, convex_envelope
from engine.search.cuts.pairs import PairCut
from engine.search.cuts.rounding import rounded
from engine.search.evaluator import PooledEvaluator
from engine.search.held_rows import RowPool
from engine.search.relaxation import Relaxation
from tests.evidence import FULL
from tests.scenarios import random_scenario

numbers = st.floats(-5.0, 5.0, allow_nan=False).map(lambda value: round(value, 3))


@given(data=st.data(), count=st.integers(1, 5))
def test_never_above_the_rounded_function_at_binary_points(data, count):
    coefficients = np.array(data.draw(st.lists(numbers, min_size=count, max_size=count)))[:, None]
    share = np.array(data.draw(st.lists(st.floats(0.0, 1.0), min_size=count, max_size=count)))
    limit = np.array([data.draw(numbers)])
    best = rounded(coefficients, share, limit, np.zeros(1))
    if not np.isfinite(best.violation[0]):
        return
    for choice in itertools.product((0.0, 1.0), repeat=count):
        x = np.array(choice)
        truth = max(0.0, float(x @ coefficients[:, 0] - limit[0]))
        assert x @ best.weight[:, 0] + best.constant[0] <= truth + 1e-7


def test_cuts_off_a_split_choice():
    # max(0, 3 x - 2) is 1 at x = 1 and 0 at x = 0, so at least x / 1 in between, where the row alone says 0.
    best = rounded(np.array([[3.0]]), np.array([0.5]), np.array([2.0]), np.zeros(1))
    assert best.violation[0] == pytest.approx(0.5)
    assert best.weight[0, 0] == pytest.approx(1.0)
    assert best.constant[0] == pytest.approx(0.0)


def _relaxed(scenario, *, targets=False, cuts=None):
    instance = build_instance(scenario)
    folded = decide_stock(instance, best_stock(instance))
    only = folded.allowed.sum(axis=1) == 1
    strategy = np.where(only, np.argmax(folded.allowed, axis=1), OPEN)
    rows = RowPool(tail=tail_rows(folded, strategy, 1.0))
    relaxation = Relaxation(folded, strategy, rows, cuts=cuts)
    relaxation.grow()
    return folded, relaxation


def _plans(folded):
    evaluator = PooledEvaluator(folded)
    every = itertools.product(*(np.flatnonzero(row) for row in folded.allowed))
    for choice in itertools.islice(every, 0, None, 1 if FULL else 2):
        plan = evaluator.evaluate(np.array(choice, dtype=np.int64))
        if plan is not None:
            yield plan


def _assert_kept(folded, plan, cut):
    if isinstance(cut, PairCut):
        used = (plan.strategy == ATO)[folded.edges.product]
        positions = np.zeros(len(folded.components), dtype=bool)
        positions[folded.edges.component[used]] = True
        if not positions[cut.component] and folded.parts.batch[cut.component] > 0.0:
            return  # V counts only where the component is stocked
        late = plan.late
        left = plan.base[cut.component] + cut.weight @ (plan.strategy[cut.product] == ATO).astype(float)
        left += cut.top_quantity @ late[cut.product, cut.top] + cut.base_quantity @ late[cut.product, cut.base]
    else:
        left = cut.weight @ (plan.strategy[cut.product] == cut.choice).astype(float)
        hours = np.stack([plan.overtime[cut.resource], plan.outsourced[cut.resource]])
        if isinstance(cut, HoursCut):
            left += hours[:, cut.sample].sum()
        else:
            left += (cut.hourly @ hours).mean()
    assert left >= cut.constant - 1e-6 * (1.0 + abs(cut.constant))


@pytest.mark.parametrize("rules", ["none", "hours"])
def test_rows_say_what_the_cuts_say(rules):
    folded, relaxation = _relaxed(random_scenario(
        np.random.default_rng(1), products=6, samples=40, resources=2 if rules == "hours" else 0
    ))  # fmt: skip
    relaxation.tighten()
    cuts = relaxation.rows.cuts
    assert any(isinstance(cut, PairCut if rules == "none" else (HoursCut, OvertimeCut)) for cut in cuts)
    # Every second product is decided by now.
    strategy = np.where(np.arange(len(folded.products)) % 2, np.argmax(folded.allowed, axis=1), OPEN)
    pooled = build_pooled(folded, strategy, tail_rows(folded, strategy, 1.0))
    low, matrix = as_rows(cuts, pooled)
    values = np.random.default_rng(1).random(len(pooled.program.cost))
    share, late, place = pooled.shares(values), taken(values, pooled.late), pooled.place.columns
    for row, cut in enumerate(cuts):
        left = cut.weight @ share[cut.product, cut.choice] - cut.constant
        if isinstance(cut, PairCut):
            left += values[place["Sc"][cut.component]]
            left += cut.top_quantity @ late[cut.product, cut.top] + cut.base_quantity @ late[cut.product, cut.base]
        else:
            hours = np.stack([taken(values, place[name][cut.resource]) for name in ("O", "U")])
            left += hours[:, cut.sample].sum() if isinstance(cut, HoursCut) else (cut.hourly @ hours).mean()
        assert (matrix[[row]] @ values)[0] - low[row] == pytest.approx(left, abs=1e-9)


SEEDS, PRODUCTS = (4, 5) if FULL else (1, 4)
CASES = [(seed, rules) for seed in range(SEEDS) for rules in ("none", "min_order", "targets", "hours", "outsourced")]


def _case(seed, rules):
    rng = np.random.default_rng(seed)
    scenario = random_scenario(
        rng, products=PRODUCTS, samples=40, resources=2 if rules in {"hours", "outsourced"} else 0
    )
    if rules == "min_order":
        scenario.components["min_order_quantity"] = 7.0
    if rules == "targets":
        scenario.products["on_time_target"] = 0.8
    if rules in {"hours", "outsourced"}:
        scenario.resources["hours_per_week"] *= 0.8
        scenario.resources["overtime_hours_per_week"] *= 0.3 if rules == "outsourced" else 100.0
        scenario.resources["outsourcing_cost_per_hour"] = 40.0 if rules == "outsourced" else np.nan
    return scenario


@pytest.mark.parametrize(("seed", "rules"), CASES)
def test_every_plan_keeps_every_cut(seed, rules):
    folded, relaxation = _relaxed(_case(seed, rules), targets=rules == "targets")
    plain = relaxation.answer.objective
    relaxation.tighten()
    assert relaxation.answer.objective >= plain - 1e-6 * abs(plain)
    for plan in _plans(folded):
        for cut in relaxation.rows.cuts:
            _assert_kept(folded, plan, cut)


@pytest.mark.parametrize(("seed", "rules"), CASES)
def test_recipes_serve_other_numbers(seed, rules):
    scenario = _case(seed, rules)
    _, relaxation = _relaxed(scenario, targets=rules == "targets")
    relaxation.tighten()
    relaxation.keep_what_matters()
    move = {"holding_rate_per_year": 1.5, "products.demand_cv": 1.3, "lead_time_target_days": 0.8}
    move |= {"hours_per_week": 0.9, "overtime_cost_per_hour": 1.7} if len(scenario.resources) else {}
    changed = apply_variant(scenario, Variant.model_validate({"scale": move}))
    folded, after = _relaxed(changed, targets=rules == "targets", cuts=relaxation.rows.cuts)
    assert len(after.rows.cuts) <= len(relaxation.rows.cuts)
    plans = list(_plans(folded))
    least = min((plan.objective for plan in plans), default=np.inf)
    assert after.answer.objective <= least + 1e-6 * abs(least)
    for plan in plans:
        for cut in after.rows.cuts:
            _assert_kept(folded, plan, cut)


def test_recipes_lift_the_bound_at_once():
    scenario = group(24, samples=60, capacity=True)
    _, before = _relaxed(scenario)
    before.tighten()
    kinds = {type(cut) for cut in before.rows.cuts}
    assert kinds == {PairCut, HoursCut, OvertimeCut}
    before.keep_what_matters()
    changed = apply_variant(scenario, Variant.model_validate({"scale": {"holding_rate_per_year": 1.05}}))
    _, plain = _relaxed(changed)
    _, after = _relaxed(changed, cuts=before.rows.cuts)
    assert after.answer.objective > plain.answer.objective * 1.001


def test_overtime_is_held_exactly_at_whole_choices():
    # One machine of 8 hours, three products that take 5 each where they are assembled to order.
    envelope = convex_envelope(
        np.array(list(itertools.product((0.0, 1.0), repeat=3))),
        np.array([max(0.0, 5.0 * sum(choice) - 8.0) for choice in itertools.product((0.0, 1.0), repeat=3)]),
        np.array([0.5, 0.5, 0.5]),
    )
    assert envelope is not None
    # At half of each, the cheapest mix of whole choices is one product or two, each half of the time: 0 and 2.
    assert envelope[0] == pytest.approx(1.0)


def test_random_groups_give_cuts():
    found = 0
    for seed in range(6):
        scenario = random_scenario(np.random.default_rng(seed), products=6, samples=40)
        instance = build_instance(scenario)
        folded = decide_stock(instance, best_stock(instance))
        strategy = np.where(folded.allowed.sum(axis=1) == 1, np.argmax(folded.allowed, axis=1), OPEN)
        relaxation = Relaxation(folded, strategy, RowPool(tail=tail_rows(folded, strategy, 1.0)))
        relaxation.tighten()
        found += len(relaxation.rows.cuts)
    assert found > 0
