"""One strategy per family: what a whole family costs otherwise, what binds, what is advised, and who else is asked."""

import json
from dataclasses import replace

import numpy as np
import pytest

from engine import Solved, explain, solve, thresholds
from engine.catalog.intake.source import open_catalogue
from engine.decision.outcome import Infeasible
from engine.decision.relaxation.conflicts import relaxed
from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTO, MTS
from engine.economics.optima.screen import screen
from engine.economics.optima.stock import fold
from engine.errors import ScenarioError
from engine.evaluate.sensitivity.lone_move import LoneMove, alone, spliced
from engine.model.portfolio import portfolio
from engine.report.sentences.words import unsolved
from engine.search.alternatives import MoveCosts
from engine.search.cheapest import cheapest
from engine.search.evaluator import PooledEvaluator
from engine.search.groups import groups
from tests.scenarios import make_scenario, random_scenario, write_scenario

STRATEGIES = ("MTS", "ATO", "MTO")


def families(names="AAB", seed=2, **settings):
    """Products of named families, none of a blank one, in which every strategy is plausible."""
    rng = np.random.default_rng(seed)
    scenario = random_scenario(
        rng, products=len(names), families=[name.strip() for name in names], components=5, samples=40,
        holding_rate_per_year=0.6,
        product_columns={"make_premium": 1.0, "assembly_premium": 0.5}, **{"one_strategy_per": "family", **settings},
    )  # fmt: skip
    goods = scenario.products.assign(
        make_days=rng.integers(4, 20, len(names)).astype(float),
        late_cost_per_unit_day=10.0 ** rng.uniform(-2.0, 0.0, len(names)),
    )  # fmt: skip
    return replace(scenario, products=goods)


def locked(scenario, strategy):
    return replace(scenario, products=scenario.products.assign(locked=[STRATEGIES[k] for k in strategy]))


def test_a_family_has_one_strategy_and_products_without_one_are_free():
    scenario = families("AA  AB")
    plan = solve(scenario, gap=1e-6, compared=False).plan
    found = plan.decisions["strategy"].tolist()
    assert found[0] == found[1] == found[4]
    instance = build_instance(scenario)
    assert instance.ties.family.tolist() == [0, 0, -1, -1, 0, -1]
    free = solve(scenario.with_settings(one_strategy_per=None), gap=1e-6, compared=False).plan
    assert free.objective_per_year <= plan.objective_per_year * (1 + 1e-9)
    assert free.decisions["strategy"].iloc[[0, 1, 4]].nunique() > 1, "the rule changes nothing here"


@pytest.mark.parametrize("seed", [2, 4])
def test_other_costs_are_those_of_the_whole_family(seed):
    # Seed 4: assembled to order, waiting in turn costs a fifteenth more than the program says.
    scenario = families("AAB", seed=seed)
    plan = solve(scenario, gap=1e-6, exact_alternatives=True).plan
    table = plan.decisions
    more = table[[f"cost_if_{name}" for name in STRATEGIES]].sub(table["expected_cost_per_year"], axis=0).to_numpy()
    np.testing.assert_allclose(more[0], more[1], atol=1e-6)
    chosen = [STRATEGIES.index(name) for name in table["strategy"]]
    for k in range(3):
        # Levels are tuned by descent from another start.
        alone = solve(locked(scenario, [k, k, chosen[2]]), gap=1e-6, certified=False, compared=False)
        other = alone.plan.objective_per_year
        assert plan.objective_per_year + more[0, k] == pytest.approx(other, rel=3e-3)
    assert "one strategy for its family, with P2" in table["reason"].iloc[0]
    assert " for all of it would cost" in table["reason"].iloc[0]
    assert "family" not in table["reason"].iloc[2]


def test_the_programs_other_costs_move_the_whole_family():
    instance = build_instance(families("AAB"))
    folded = fold(instance)
    evaluator = PooledEvaluator(folded)
    costs = MoveCosts(folded, evaluator.evaluate(np.array([MTO, MTO, MTS])), evaluator).every()
    for k in range(3):
        assert costs[0, k] == costs[1, k] == evaluator.evaluate(np.array([k, k, MTS])).objective


def test_explaining_a_product_moves_its_family_and_says_with_whom():
    scenario = families("AAB")
    plan = solve(scenario).plan
    found = explain(scenario, "P2")
    assert "one strategy for its family: it changes together with P1" in [str(one) for one in found.binding]
    for name in STRATEGIES:
        assert found.ledgers.loc["total", name] == pytest.approx(plan.decisions[f"cost_if_{name}"].iloc[1], rel=1e-6)


def test_what_one_product_may_not_be_no_other_of_its_family_may():
    scenario = families("AAB")
    goods = scenario.products.assign(allowed=["MTS|MTO", "ATO|MTO", "MTS|ATO|MTO"])
    instance = build_instance(replace(scenario, products=goods))
    assert instance.allowed.tolist() == [[False, False, True], [False, False, True], [True, True, True]]
    assert str(instance.dropped[0, MTS]) == "family 'A' shares one strategy, and MTS is not possible for 'P2'"
    assert str(instance.dropped[1, ATO]) == "family 'A' shares one strategy, and ATO is not possible for 'P1'"
    assert "family 'A' shares one strategy" in str(explain(replace(scenario, products=goods), "P1").unavailable["MTS"])


def test_a_family_without_a_common_strategy_is_told_and_the_rule_left_out_helps():
    scenario = families("AAB")
    scenario = replace(scenario, products=scenario.products.assign(allowed=["MTS", "ATO|MTO", "MTO"]))
    outcome = solve(scenario)
    assert isinstance(outcome, Infeasible)
    (conflict,) = outcome.conflicts
    assert (conflict.rule, conflict.concerns, conflict.setting) == ("C10", ("P1", "P2"), "one_strategy_per")
    assert "one strategy per family (C10): family 'A' shares one strategy" in unsolved(outcome)
    assert "or leave out one_strategy_per" in unsolved(outcome)
    assert conflict.words("zh").startswith("同族同策略（C10）：产品族“A”须采用同一策略")
    assert conflict.words("zh").endswith("或取消 one_strategy_per")
    assert isinstance(solve(relaxed(scenario, outcome.conflicts)), Solved)


def test_a_product_that_nothing_serves_is_told_by_itself():
    scenario = families("AAB")
    goods = scenario.products.assign(
        allowed=["MTO", "MTO", "MTO"], on_time_target=[0.99, 0.0, 0.0], make_days=[50.0, 10.0, 10.0]
    )
    (conflict,) = solve(replace(scenario, products=goods)).conflicts
    assert (conflict.rule, conflict.concerns) == ("C6", ("P1",))


def test_families_tie_groups_and_are_left_to_the_search():
    scenario = families("AB AB", seed=1)
    scenario = replace(scenario, bom=scenario.bom.assign(component=scenario.bom["component"] + scenario.bom["product"]),
                       components=scenario.components.iloc[:0])  # fmt: skip
    parts = scenario.bom.drop_duplicates("component")["component"]
    rows = families("AB AB", seed=1).components.iloc[[0] * len(parts)].assign(component=parts.to_numpy())
    scenario = replace(scenario, components=rows.reset_index(drop=True))
    instance = build_instance(scenario)
    apart = [members.tolist() for members in groups(instance, instance.allowed)]
    assert apart == [[0, 3], [1, 4], [2]]
    left = screen(instance).allowed
    assert (left == instance.allowed)[instance.ties.tied].all()
    assert left[2].sum() == 1
    # The whole is the sum of the groups, and the same as decided at once.
    decided = decide_instance(instance, gap=1e-8, served=False).search.best
    at_once = decide_instance(replace(instance, max_changes=9), gap=1e-8, served=False).search.best
    assert decided.objective == pytest.approx(at_once.objective, rel=1e-6)


def test_portfolio_moves_families_and_finds_the_cheapest_that_keep_the_rules():
    instance = build_instance(families("AAB", max_changes=1))
    instance = replace(instance, current=np.array([MTS, MTS, MTS]))
    rules = portfolio(instance)
    assert rules.moved(np.array([MTS, MTS, MTS]), 0, MTO).tolist() == [MTO, MTO, MTS]
    assert rules.free(np.array([MTS, MTS, MTS])).tolist() == [[True, False, False]] * 2 + [[True] * 3]
    assert not rules.keeps(np.array([MTS, MTO, MTS]))
    assert rules.broken(np.array([MTO, MTO, MTS])) == [("C8", 0)]
    cost = np.array([[5.0, 9.0, 0.0], [0.0, 9.0, 2.0], [3.0, 1.0, 9.0]])
    assert cheapest(replace(instance, max_changes=None), cost).tolist() == [MTO, MTO, ATO]
    assert cheapest(instance, cost).tolist() == [MTS, MTS, ATO]


def test_a_lone_move_takes_the_family_along():
    scenario = families("AAB")
    instance = build_instance(scenario)
    found = LoneMove(instance, np.array([MTO, MTO, MTS]), 0, seed=scenario.settings.seed).costs(alone(scenario, "P1"))
    for k in range(3):
        together = solve(locked(scenario, [k, k, MTS]), gap=1e-6, certified=False, compared=False).plan
        assert found[k] == pytest.approx(together.objective_per_year, rel=2e-3)


def test_a_changed_product_stays_in_its_family():
    scenario = families("AAB")
    instance, own = build_instance(scenario), build_instance(alone(scenario, "P1"))
    assert spliced(instance, own, 0).ties.family.tolist() == instance.ties.family.tolist() == [0, 0, -1]


def test_thresholds_switch_families_as_a_whole(fewer_values):
    scenario = families("AAB")
    found = thresholds(scenario, products=["P1"], inputs=["late_cost_per_unit_day"]).table
    flips = found[found["status"] == "verified"]
    assert len(flips), "no flip is shown, so the test shows nothing"
    for row in flips.to_dict("records"):
        goods = scenario.products.copy()
        goods.loc[0, "late_cost_per_unit_day"] = row["high"] * 1.02
        plan = solve(replace(scenario, products=goods), gap=1e-4, certified=False, compared=False).plan.decisions
        assert plan["strategy"].iloc[0] == plan["strategy"].iloc[1] == row["strategy_above"]


def test_a_batch_refuses_the_rule(tmp_path):
    folder = write_scenario(tmp_path / "case", products=[{"family": "A"}, {"family": "A"}], one_strategy_per="family")
    with pytest.raises(ScenarioError, match="ties the products of each family together"):
        open_catalogue(folder)


def test_another_word_is_refused():
    with pytest.raises(ScenarioError, match="one_strategy_per"):
        make_scenario(one_strategy_per="plant")
    assert json.dumps(make_scenario(one_strategy_per="family").settings.one_strategy_per) == '"family"'
