"""The cost of a fixed plan, against the search's own cost and a program written here."""

import numpy as np
import pytest
from scipy.optimize import linprog

from engine.decision.solve import decide_instance, solve
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTO, MTS
from engine.errors import EngineError
from engine.evaluate.studies.assess import assess
from engine.evaluate.trust.first_stage import (
    FirstStage,
    assess_fixed,
    cost_of,
    inventory_value,
    keep_targets,
    late_share,
    of_plan,
    of_recourse,
)
from tests.scenarios import make_scenario, random_scenario


def by_hand(instance, plan):
    """The same cost, sample by sample, every row of (C3) in every sample."""
    edges, parts, total = instance.edges, instance.parts, 0.0
    lines = [e for e in range(len(edges.product)) if plan.strategy[edges.product[e]] == ATO]
    used = sorted({int(edges.component[e]) for e in lines})
    for i, k in enumerate(plan.strategy):
        total += instance.prices.choice[i, k].sum()
        if k == MTS:
            ahead = plan.level[i] + instance.stock.position[i] - instance.stock.demand[i]
            hand = np.maximum(ahead, 0) + instance.stock.early[i]
            total += (instance.carrying[i] * hand + instance.late[i] * np.maximum(-ahead, 0)).mean()
            own = instance.stock.reached[i] > plan.level[i] + instance.stock.position[i]
            total += 365.0 * instance.lost[i] * instance.rate[i] * own.mean()
    for i, c, early in zip(edges.early_product, edges.early_component, edges.early, strict=True):
        total += instance.part_carrying[c] * early.mean() if plan.strategy[i] == ATO else 0.0
    total += sum(instance.part_stocking[c] for c in used)
    if instance.capacity is not None:
        cap = instance.capacity
        steady, driven = cap.mean_hours(instance.rate), cap.order_hours()
        for g in range(len(cap.names)):
            need = sum(
                steady[i, k, g] * (cap.stock_pace[i] if k == MTS else 1.0) + driven[i, k, g] * cap.demand[i]
                for i, k in enumerate(plan.strategy)
            )
            excess = np.maximum(need - cap.hours[g], 0.0)
            over = np.minimum(excess, cap.overtime[g])
            worked, bought = (price[g] for price in instance.hour_prices)
            money = over * worked + (excess - over) * bought
            total += money.mean() * cap.buckets_per_year
    count = len(instance.products)
    for w in range(instance.samples):
        rows, limit = np.zeros((len(used), count)), np.zeros(len(used))
        # Of each unit that waits, so many became late a day.
        cost, hand = instance.late + 365.0 * instance.lost * edges.late_rate[:, w], 0.0
        for r, c in enumerate(used):
            stock = plan.base[c] + parts.position[c, w]
            hand += instance.part_carrying[c] * stock
            limit[r] += stock
        for e in lines:
            i, c, q = edges.product[e], edges.component[e], edges.quantity[e]
            need = q * edges.windows[edges.window[e], w]
            rows[used.index(c), i] -= q
            limit[used.index(c)] -= need
            cost[i] += instance.part_carrying[c] * q
            hand -= instance.part_carrying[c] * need
        bounds = [(0.0, edges.peak[i, w] if plan.strategy[i] == ATO else 0.0) for i in range(count)]
        found = linprog(cost, A_ub=rows, b_ub=limit, bounds=bounds) if used else None
        total += (hand + (found.fun if found else 0.0)) / instance.samples
    return total


@pytest.mark.parametrize("seed", range(6))
def test_the_cost_of_any_plan_is_that_of_a_program_written_sample_by_sample(seed):
    rng = np.random.default_rng(seed)
    rules = {"min_order_quantity": 12.0, "stocking_cost_per_year": 40.0} if seed > 2 else {}
    lossy = {"lost_share_if_late": 0.3} if seed % 3 == 1 else {}
    scenario = random_scenario(
        rng, products=4, resources=seed % 2, samples=25, seed=seed, component_columns=rules, product_columns=lossy
    )
    instance = build_instance(scenario)
    plan = FirstStage(
        strategy=rng.integers(0, 3, 4), level=rng.uniform(0, 60, 4), base=rng.uniform(0, 80, len(instance.components))
    )
    assert cost_of(instance, plan) == pytest.approx(by_hand(instance, plan), rel=1e-9)


def test_on_its_own_samples_a_plan_costs_what_the_search_says():
    scenario = random_scenario(np.random.default_rng(3), products=6, resources=1, samples=80)
    instance = build_instance(scenario)
    best = decide_instance(instance, gap=1e-4, served=False).search.best
    assert cost_of(instance, of_recourse(best)) == pytest.approx(best.objective, rel=1e-9)
    served = decide_instance(instance, gap=1e-4).search.best
    assert assess_fixed(instance, of_recourse(served)).cost == pytest.approx(served.objective, rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_hindsight_never_shares_parts_worse_than_turn_by_turn(seed):
    """Of any stocks, on any samples: first come first served is one way to share them out."""
    rng = np.random.default_rng(seed)
    lossy = {"lost_share_if_late": 0.3} if seed % 2 else {}
    scenario = random_scenario(rng, products=4, samples=40, product_columns=lossy)
    instance = build_instance(scenario)
    for _ in range(5):
        plan = FirstStage(
            strategy=np.full(4, ATO), level=np.full(4, np.nan), base=rng.uniform(0, 150, len(instance.components))
        )
        assert cost_of(instance, plan) <= assess_fixed(instance, plan).cost * (1.0 + 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_fixed_plan_is_worth_what_its_budget_counts(seed):
    """Where the budget binds, its stocks are worth the budget."""
    free = random_scenario(np.random.default_rng(seed), products=4, samples=40)
    program = decide_instance(build_instance(free), gap=1e-4, served=False).search.best
    worth = assess(build_instance(free), program).inventory_value
    assert worth > 0.0
    instance = build_instance(free.with_settings(inventory_budget=0.6 * worth))
    best = decide_instance(instance, gap=1e-4, served=False).search.best
    assert best.budget_price > 0.0
    assert inventory_value(instance, of_recourse(best)) == pytest.approx(0.6 * worth, rel=1e-6)


def test_a_plan_that_was_written_is_read_back_whatever_the_order():
    scenario = random_scenario(np.random.default_rng(5), products=5, samples=60)
    plan = solve(scenario, certified=False).plan
    instance = build_instance(scenario)
    shuffled = plan.__class__(
        decisions=plan.decisions.iloc[::-1], components=plan.components.iloc[::-1], ledger=plan.ledger,
        resources=plan.resources, summary=plan.summary,
    )  # fmt: skip
    assert assess_fixed(instance, of_plan(instance, shuffled)).cost == pytest.approx(plan.objective_per_year, rel=1e-9)
    other = build_instance(random_scenario(np.random.default_rng(5), products=4, samples=20))
    with pytest.raises(EngineError, match="lacks its product P5"):
        of_plan(other, plan)


def test_lost_sales_cost_their_margin():
    """Made to order in 8 days for a customer who waits 5: every unit is late, three days, and half are lost."""
    row = {"lost_share_if_late": 0.5, "price": 200.0, "make_days": 8.0, "lead_time_target_days": 5.0}
    instance = build_instance(make_scenario([{**row, "allowed": "MTO"}], samples=20))
    plan = FirstStage(strategy=np.array([MTO]), level=np.array([np.nan]), base=np.zeros(0))
    yearly = 365.0 * instance.rate[0]
    expected = yearly * (0.5 * (200.0 - instance.unit_cost[0]) + 3.0 * instance.late[0] / 365.0)
    assert cost_of(instance, plan) == pytest.approx(expected, rel=1e-9)


def test_cvar_is_refused_in_words():
    instance = build_instance(make_scenario([{}], samples=20, risk={"cvar_weight": 0.5}))
    plan = FirstStage(strategy=np.array([MTO]), level=np.array([np.nan]), base=np.zeros(0))
    with pytest.raises(EngineError, match="cvar_weight"):
        cost_of(instance, plan)


def test_raised_stocks_keep_the_targets_and_nothing_else_changes():
    scenario = random_scenario(
        np.random.default_rng(8), products=5, samples=60, product_columns={"on_time_target": 0.95}
    )
    few, many = build_instance(scenario, samples=15), build_instance(scenario, samples=200, seed=99)
    plan = of_recourse(decide_instance(few, gap=1e-3).search.best)
    raised = keep_targets(many, plan)
    assert (np.nan_to_num(raised.level - plan.level) >= 0.0).all()
    assert (raised.base >= plan.base).all()
    assert late_share(assess_fixed(many, plan)).max() > 0.06
    assert late_share(assess_fixed(many, raised)).max() <= 0.05 + 1e-9
    assert cost_of(many, raised) >= decide_instance(many, gap=0.0).search.bound - 1e-6
    again = keep_targets(many, raised)
    np.testing.assert_allclose(again.base, raised.base, rtol=1e-9)
