"""Lone products: what is decided of them, by laws and by a threshold of the literature."""

import numpy as np
import pytest

from engine.economics.instance import ATO, MTO, MTS
from engine.economics.lone.decide import decide_lone
from engine.economics.optima.closed_form import make_to_order_wins, stock_performance
from engine.economics.optima.losses import window_demand
from engine.scenario.columns import STRATEGIES
from tests.economics.lone_products import lone
from tests.scenarios import make_scenario


def test_levels_are_the_best_nearby():
    scenario = lone({"allowed": "MTS", "batch_size": 4.0}, count=30)
    found = decide_lone(scenario)
    products = scenario.products
    carrying = 0.35 * products["unit_cost"].to_numpy()
    late = found.derived.late_cost_per_unit_day * 365.0
    for step in (-0.3, 0.3):
        other = stock_performance(
            "gamma", mean_per_week=products["demand_per_week"], cv=products["demand_cv"], batch=4.0, review_days=7.0,
            lead_time_days=products["replenishment_days"], level=found.level + step,
            wait_days=products["lead_time_target_days"],
        )  # fmt: skip
        assert (carrying * other.on_hand + late * other.backlog > found.cost[:, MTS] * (1.0 - 1e-9)).all()


def test_make_to_order_wins_where_the_threshold_of_arreola_risa_and_de_croix_says_so():
    rates = np.geomspace(0.01, 5.0, 40)
    scenario = make_scenario(
        [
            {"demand_per_week": float(rate), "demand_cv": "", "distribution": "poisson", "make_days": 10.0,
             "allowed": "MTS|MTO", "late_cost_per_unit_day": 1.0, "lead_time_target_days": 2.0}
            for rate in rates
        ],
        review_days=0,
    )  # fmt: skip
    found = decide_lone(scenario)
    demand = window_demand("poisson", mean_per_week=rates, cv=0.0, days=8.0)
    wins = make_to_order_wins(demand, holding=25.0, late=365.0)
    empty = np.isclose(found.cost[:, MTS], found.cost[:, MTO], rtol=1e-12)
    np.testing.assert_array_equal(empty, wins)
    assert wins.any()
    assert not wins.all()


@pytest.mark.parametrize(("current", "kept"), [("", "MTO"), ("MTO", "MTO"), ("MTS", "MTS"), ("ATO", "ATO")])
def test_ties_keep_the_current_strategy_else_hold_less_stock(current, kept):
    """Supply, part and make alike take what customers wait: all three cost nothing, and nothing lies."""
    row = {"current_strategy": current, "lead_time_target_days": 10.0, "make_days": 10.0, "replenishment_days": 10.0}
    shelf = {"components": [{"lead_time_days": 10.0, "unit_cost": 100.0}], "bom": {"P1": {"C1": 1.0}}}
    found = decide_lone(make_scenario([row], **shelf, review_days=0))
    np.testing.assert_array_equal(found.cost, [[0.0, 0.0, 0.0]])
    assert STRATEGIES[found.strategy[0]] == kept
    # Finished goods, or parts of half their value, that lie half a review, priced alike: less stock wins a tie.
    row |= {"lead_time_target_days": 20.0, "allowed": "MTS|ATO", "assembly_premium": 25.0 / 2.0 * 3.5 / 365.0}
    shelf["components"] = [{"lead_time_days": 10.0, "unit_cost": 50.0}]
    found = decide_lone(make_scenario([row], **shelf))
    assert found.cost[0, MTS] == pytest.approx(found.cost[0, ATO], rel=1e-9)
    assert STRATEGIES[found.strategy[0]] == ("MTS" if current == "MTS" else "ATO")


def test_ledger_adds_up_and_dearer_holding_never_moves_towards_stock():
    ranks = []
    for rate in (0.3, 3.0, 30.0):
        found = decide_lone(lone({"allowed": "MTS|MTO"}, count=40, holding_rate_per_year=rate))
        np.testing.assert_allclose(found.ledger.sum(axis=1), np.nanmin(found.cost, axis=1), rtol=1e-12)
        ranks.append(found.strategy == MTS)
    assert ranks[0].any()
    assert not ranks[2].all()
    assert (ranks[0] >= ranks[1]).all()
    assert (ranks[1] >= ranks[2]).all()


def test_products_decided_alone_and_together_are_the_same():
    together = decide_lone(lone({}, count=12))
    for i in range(12):
        scenario = lone({}, count=12)
        one = decide_lone(
            type(scenario)(
                settings=scenario.settings, products=scenario.products.iloc[[i]].reset_index(drop=True),
                components=scenario.components, bom=scenario.bom.iloc[[i]].reset_index(drop=True),
                resources=scenario.resources, routing=scenario.routing, orders=scenario.orders,
            )
        )  # fmt: skip
        np.testing.assert_array_equal(one.cost[0], together.cost[i])


def test_what_has_no_closed_form_is_left_to_samples():
    columns = {"distribution": "compound_poisson", "demand_cv": 1.0, "order_size": 2.0, "demand_per_week": 20.0}
    assert not decide_lone(lone(columns)).exact.any()
    assert not decide_lone(lone({"demand_cv": 0.0})).exact.any()
    assert not decide_lone(lone({}, demand={"common_factor_cv": 0.2})).exact.any()
    pair = {"bom": {"P1": {"C1": 1.0, "C2": 1.0}}}
    parts = [{"lead_time_days": 5.0}, {"lead_time_days": 9.0}]
    assert not decide_lone(make_scenario([{"lead_time_target_days": 2.0}], components=parts, **pair)).exact.any()
    # A lot beside another part, though bought after the order; and a lot of parts for demand in whole units.
    parts = [{"lead_time_days": 1.0, "min_order_quantity": 50.0}, {"lead_time_days": 9.0}]
    assert not decide_lone(make_scenario([{"lead_time_target_days": 2.0}], components=parts, **pair)).exact.any()
    whole = {"distribution": "poisson", "demand_cv": ""}
    one = make_scenario([whole], components=parts[:1], bom={"P1": {"C1": 2.0}})
    assert not decide_lone(one).exact.any()
    assert decide_lone(make_scenario([{}], components=parts[:1], bom={"P1": {"C1": 2.0}})).exact.all()
