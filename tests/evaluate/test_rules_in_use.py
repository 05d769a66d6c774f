"""A rule costs what its strategies cost with their best stocks, never less than the optimum."""

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.decision.whatif import best_stocks
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTO, MTS
from engine.errors import ScenarioError
from engine.evaluate.studies.assess import assess, difference
from engine.evaluate.studies.redecide import redecide
from engine.evaluate.studies.rules_in_use import RULES, nearest_allowed, rules_in_use, weekly_cvs
from engine.scenario.read import read_scenario
from engine.scenario.settings import RulesInUse
from tests.scenarios import make_scenario, random_scenario, write_scenario


def decided_with_rules(scenario, gap=0.0):
    found = redecide(scenario, gap=gap)
    plan = assess(found.instance, found.recourse)
    return plan, {rule.rule: rule for rule in rules_in_use(scenario, plan)}


def test_the_current_strategies_cost_what_a_scenario_locked_to_them_costs():
    scenario = read_scenario("scenarios/tiny").with_settings(samples=100)
    plan, found = decided_with_rules(scenario)
    products = scenario.products.assign(locked=scenario.products["current_strategy"])
    locked = solve(type(scenario)(**{
        name: getattr(scenario, name) for name in ("settings", "components", "bom", "resources", "routing", "orders")
    }, products=products)).plan  # fmt: skip
    current = found["current strategies"]
    assert current.assessed.cost == pytest.approx(locked.objective_per_year, rel=1e-9)
    assert current.over_plan.mean == pytest.approx(locked.objective_per_year - plan.cost, rel=1e-9)
    assert current.over_plan.distinguishable


@pytest.mark.parametrize("seed", range(4))
def test_no_rule_beats_the_optimum(seed):
    scenario = random_scenario(np.random.default_rng(seed), products=4, resources=1, samples=40,
                               product_columns={"current_strategy": "MTS"})  # fmt: skip
    plan, found = decided_with_rules(scenario)
    assert set(found) == set(RULES)
    for rule in found.values():
        if rule.assessed is not None:
            assert rule.assessed.cost >= plan.cost * (1.0 - 1e-9)


def test_a_limit_of_changes_does_not_bind_a_rule():
    scenario = random_scenario(np.random.default_rng(1), samples=40, max_changes=0,
                               product_columns={"current_strategy": "MTS"})  # fmt: skip
    plan, found = decided_with_rules(scenario)
    assert (plan.recourse.strategy == MTS).all()
    assert found["P:D x RDV"].assessed is not None


def test_a_strategy_that_is_not_allowed_is_named_and_replaced_by_the_nearest():
    scenario = make_scenario(
        [{"product": "A", "allowed": "MTS|MTO"}, {"product": "B", "allowed": "MTO"}, {"product": "C"},
         {"product": "D", "on_time_target": 0.9, "lead_time_target_days": 2, "assembly_days": 3}],
        components=[{}], bom={name: {"C1": 1} for name in "ABCD"}, samples=30,
    )  # fmt: skip
    instance = build_instance(scenario)
    plan = np.array([MTS, MTO, ATO, MTS])
    used, replaced = nearest_allowed(instance, np.array([ATO, MTS, -1, ATO]), plan)
    assert used.tolist() == [MTS, MTO, ATO, MTS]
    told = {row.product: (row.wanted, row.used, row.why) for row in replaced}
    assert told == {
        "A": ("ATO", "MTS", "ATO is not allowed"),
        "B": ("MTS", "MTO", "MTS is not allowed"),
        "C": ("", "ATO", "no current strategy is given; the plan's is taken"),
        "D": ("ATO", "MTS", "assembly alone takes 3 of 2 days"),
    }


def test_without_current_strategies_that_rule_is_left_out():
    _, found = decided_with_rules(make_scenario([{}], samples=30))
    assert set(found) == {"ABC-XYZ", "P:D x RDV"}


def test_a_blank_cv_is_that_of_its_family():
    scenario = make_scenario([{"distribution": "poisson", "demand_cv": "", "demand_per_week": 16.0}, {}], samples=10)
    assert weekly_cvs(scenario).tolist() == [0.25, 0.5]


def test_the_same_plan_differs_by_nothing_and_another_by_its_interval():
    scenario = make_scenario([{"demand_cv": 1.0}], samples=80)
    instance = build_instance(scenario)
    stock, order = (assess(instance, best_stocks(instance, np.array([k]))) for k in (MTS, MTO))
    same = difference(stock, stock)
    assert (same.mean, same.low, same.high, same.distinguishable) == (0.0, 0.0, 0.0, False)
    other = difference(order, stock)
    gaps = order.attribution.sample_cost - stock.attribution.sample_cost
    assert other.mean == pytest.approx(gaps.mean())
    # Student's t at 79 degrees of freedom, 97.5%: 1.990450.
    assert other.high - other.mean == pytest.approx(1.990450 * gaps.std(ddof=1) / np.sqrt(80), rel=1e-5)
    fewer = build_instance(scenario, samples=40)
    assert difference(assess(fewer, best_stocks(fewer, np.array([MTS]))), stock) is None


OWN = {"A": dict.fromkeys("XYZ", "MTO"), "B": {"X": "ATO", "Y": "MTO", "Z": "MTS"}, "C": dict.fromkeys("XYZ", "ATO")}


def test_the_table_is_the_clients_own(tmp_path):
    """One product of most value and one of least; both steady."""
    goods = [{"demand_per_week": 100.0, "demand_cv": 0.2, "make_days": 5.0}, {"demand_per_week": 1.0, "demand_cv": 0.2}]
    parts = {"components": [{}], "bom": {"P1": {"C1": 1}, "P2": {"C1": 1}}, "samples": 30}
    _, found = decided_with_rules(make_scenario(goods, **parts))
    assert found["ABC-XYZ"].strategy.tolist() == [MTS, MTS]
    _, found = decided_with_rules(make_scenario(goods, rules_in_use=OWN, **parts))
    assert found["ABC-XYZ"].strategy.tolist() == [MTO, ATO]
    read = read_scenario(write_scenario(tmp_path / "case", products=goods, rules_in_use={"C": OWN["C"]}))
    assert read.settings.rules_in_use.C.X == "ATO"
    assert read.settings.rules_in_use.A.Z == "ATO"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"A": {"X": "MTS", "Y": "ATO"}}, "rules_in_use.A.Z: this setting is required"),
        ({"A": {**OWN["A"], "Z": "MTX"}}, "rules_in_use.A.Z: should be 'MTS', 'ATO' or 'MTO'; given: 'MTX'"),
        ({"D": OWN["A"]}, "rules_in_use.D: there is no setting 'D'; known are: A, B, C"),
        ({"A": "MTS"}, "rules_in_use.A: should hold lines of its own (X, Y, Z); given: 'MTS'"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_place(given, words):
    with pytest.raises(ScenarioError) as raised:
        make_scenario(rules_in_use=given)
    assert words in str(raised.value)


def test_little_erratic_demand_is_made_to_order_and_much_waits_in_parts():
    """What literature says of the corners; a table of another kind would be easy to beat."""
    used = RulesInUse()
    assert {used.B.Z, used.C.Z} == {"MTO"}
    assert used.A.Z == "ATO"
    assert {used.A.X, used.B.X, used.C.X} == {"MTS"}
