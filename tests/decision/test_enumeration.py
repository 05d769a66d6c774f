"""Both ways of deciding agree with the enumeration of all combinations of three products, rule by rule."""

from dataclasses import replace

import numpy as np
import pytest

from engine.decision.outcome import Solved
from engine.decision.solve import decide_instance, solve
from engine.economics.build import build_instance
from engine.program.highs import SolveStatus
from engine.scenario.columns import STRATEGIES
from tests.decision.cases import RULES, case
from tests.decision.enumeration import enumerate_all
from tests.decision.one_sum import assert_one_sum
from tests.evidence import FULL

PLAIN = 50 if FULL else 5
# The first that has a plan will do.
WITH_RULE = 30 if FULL else 2
RELAXED = {
    "capacity": {"resources": {"overtime_hours_per_week": 1e6, "overtime_cost_per_hour": 0.0}},
    "budget": {"settings": {"inventory_budget": None}},
    "budget and on time": {"settings": {"inventory_budget": None}},
    "max changes": {"settings": {"max_changes": None}},
    "change cost": {"products": {"change_cost": 0.0}},
    "on time": {"products": {"on_time_target": 0.0}},
    "on time at continuous review": {"products": {"on_time_target": 0.0}},
    "lost sales": {"products": {"lost_share_if_late": 0.0}},
    "lost sales of whole units": {"products": {"lost_share_if_late": 0.0}},
    "component stocking": {"components": {"stocking_cost_per_year": 0.0}},
    "shelf life": {"products": {"shelf_life_days": np.nan}},
    "shelf life and on time": {"products": {"shelf_life_days": np.nan}},
    "everything": {"settings": {"max_changes": None}},
    "with limits": {"settings": {"limits": {}}},
    "with limits per family and a budget": {"settings": {"limits": {}}},
    "with families": {"settings": {"one_strategy_per": None}},
    "with families and a budget": {"settings": {"one_strategy_per": None}},
}
PLAIN_WITHOUT = {"budget", "max changes", "change cost", "on time", "lost sales", "component stocking", "shelf life"}


def decided(instance, *, extensive):
    """Cost and bound of the program, which shares parts with hindsight, and its strategies; infinite where infeasible.

    The gap is closed.
    """
    search = decide_instance(instance, gap=1e-8, extensive=extensive, served=False).search
    if search.best is None:
        assert search.status is SolveStatus.INFEASIBLE
        return np.inf, np.inf, None
    assert search.status is SolveStatus.OPTIMAL
    return search.best.objective, search.bound, tuple(search.best.strategy.tolist())


def assert_agrees(instance, context):
    best = enumerate_all(instance)
    for extensive in (False, True):
        cost, bound, chosen = decided(replace(instance), extensive=extensive)
        where = f"{context}, {'extensive form' if extensive else 'production path'}, enumerated {best.strategy}"
        assert cost == pytest.approx(best.cost, rel=1e-6, abs=1e-4), where
        assert bound <= best.cost * (1 + 1e-6) + 1e-4, f"{where}: the bound exceeds the optimum"
        if chosen is not None:
            assert best.costs[chosen] == pytest.approx(best.cost, rel=1e-6, abs=1e-4), where
    return best


def test_all_27_combinations_agree_on_random_instances():
    chosen = set()
    for seed in range(PLAIN):
        best = assert_agrees(build_instance(case("plain", seed)), f"plain, seed {seed}")
        assert len(best.costs) == 27
        chosen |= set(best.strategy)
    assert chosen == {0, 1, 2}, "the instances leave a strategy out, so they prove less than they should"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "plain"])
def test_every_rule_agrees_holds_and_never_pays_to_be_kept(rule):
    feasible = 0
    for seed in range(WITH_RULE):
        scenario = case(rule, seed)
        instance = build_instance(scenario)
        best = assert_agrees(instance, f"{rule}, seed {seed}")
        if np.isfinite(best.cost):
            feasible += 1
            assert_holds(scenario, instance, f"{rule}, seed {seed}", best)
        if rule in RELAXED:
            without = build_instance(relaxed(scenario, RELAXED[rule]))
            relaxed_cost, _, _ = decided(without, extensive=False)
            assert relaxed_cost <= best.cost * (1 + 1e-6) + 1e-4, f"{rule}, seed {seed}: relaxing costs money"
            # Most are plain without their rule, of which the test above enumerates some.
            if FULL or rule not in PLAIN_WITHOUT:
                assert relaxed_cost == pytest.approx(enumerate_all(without).cost, rel=1e-6, abs=1e-4)
        if feasible and not FULL:
            break
    assert feasible, f"no instance of '{rule}' is feasible, so the test shows nothing"


def relaxed(scenario, change):
    frames = {
        table: getattr(scenario, table).assign(**change[table])
        for table in ("products", "components", "resources")
        if table in change
    }
    return replace(scenario, **frames).with_settings(**change.get("settings", {}))


def assert_holds(scenario, instance, context, best):
    """Every rule, checked from what the engine puts out; served in turn no plan is below the program's optimum.

    A budget that hindsight keeps may leave no plan served in turn: then none of hindsight's is one by itself.
    """
    outcome = solve(scenario, gap=1e-8, compared=False)
    if not isinstance(outcome, Solved) and scenario.settings.inventory_budget is not None:
        for strategies in (each for each, cost in best.costs.items() if np.isfinite(cost)):
            locked = scenario.products.assign(locked=[STRATEGIES[k] for k in strategies])
            alone = solve(replace(scenario, products=locked), gap=1e-8, compared=False)
            assert not isinstance(alone, Solved), f"{context}: {strategies} keeps the budget"
        return
    assert isinstance(outcome, Solved), context
    least = best.cost
    plan = outcome.plan
    assert_one_sum(plan)
    assert plan.objective_per_year >= least * (1 - 1e-6) - 1e-4, f"{context}: cheaper than hindsight"
    table, settings = plan.decisions, scenario.settings
    target = instance.on_time_target
    assert (table["on_time"].to_numpy() >= target - 1e-6).all(), f"{context}: on-time target missed"
    if settings.inventory_budget is not None:
        held = table["inventory_value"].sum()
        assert held <= settings.inventory_budget * (1 + 1e-6), f"{context}: budget exceeded"
        assert plan.summary["inventory_value"] == pytest.approx(held, rel=1e-9)
    if settings.max_changes is not None:
        known = table["current_strategy"] != ""
        assert (table["strategy"] != table["current_strategy"])[known].sum() <= settings.max_changes, context
    if settings.one_strategy_per == "family":
        assert (table.groupby(scenario.products["family"])["strategy"].nunique() == 1).all(), context
    made = table["strategy"] == "MTS"
    level, batch = table["base_stock"].to_numpy(), instance.stock.batch
    assert (level[made] >= -batch[made] - 1e-6).all(), f"{context}: reorder level below -Q"
    assert (level[made] <= instance.stock.most[made] + 1e-6).all(), f"{context}: more than a shelf life holds"
    lots = scenario.components.set_index("component")["min_order_quantity"]
    assert (plan.components["base_stock"] >= -lots[plan.components["component"]].to_numpy() - 1e-9).all(), context
    if instance.capacity is not None:
        recourse = decide_instance(instance, gap=1e-8).search.best
        assert (recourse.overtime <= instance.capacity.overtime[:, None] + 1e-6).all(), f"{context}: overtime"
        assert (recourse.overtime >= -1e-9).all()
    changed = plan.ledger[plan.ledger["term"] == "change"]
    leaves = table[(table["current_strategy"] != "") & (table["current_strategy"] != table["strategy"])]
    costs = scenario.products.set_index("product")["change_cost"] / settings.change_payback_years
    assert changed["cost_per_year"].sum() == pytest.approx(costs[leaves["product"]].sum())
    stocking = plan.ledger.loc[plan.ledger["term"] == "stocking", "cost_per_year"].sum()
    needed = {
        int(c) for i, c in zip(instance.edges.product, instance.edges.component, strict=True)
        if table["strategy"].iloc[i] == "ATO"
    }  # fmt: skip
    own = scenario.products.set_index("product")["stocking_cost_per_year"]
    finished = own[table.loc[made, "product"]].sum()
    assert stocking == pytest.approx(finished + instance.part_stocking[sorted(needed)].sum(), abs=1e-6)
    if settings.risk.cvar_weight > 0.0:
        assert plan.ledger.loc[plan.ledger["term"] == "risk", "cost_per_year"].sum() >= -1e-6


def test_the_oracle_sees_a_changed_objective():
    """The oracle is not the engine in disguise: change one price in the instance and only the oracle's cost moves."""
    scenario = case("plain", 3)
    instance = build_instance(scenario)
    prices = replace(instance.prices, backlog=2.0 * instance.prices.backlog, on_hand=2.0 * instance.prices.on_hand)
    dearer = replace(instance, prices=prices)
    assert enumerate_all(dearer).cost > enumerate_all(instance).cost * 1.01
