"""What money in stock is worth under a budget: nothing where it is not short, else what brings stock down to it."""

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.optima.budget_price import _inventory, lone_budget_price
from tests.scenarios import make_scenario


def instance(budget, **row):
    return build_instance(make_scenario(
        [row, {**row, "demand_cv": 0.9}], components=[{}], bom={"P1": {"C1": 1}, "P2": {"C1": 2}}, samples=60,
        inventory_budget=budget,
    ))  # fmt: skip


FREE = _inventory(instance(None), 0.0)


@pytest.mark.parametrize("budget", [None, FREE, 2.0 * FREE])
def test_money_that_is_not_short_has_no_price(budget):
    assert FREE > 0.0
    assert lone_budget_price(instance(budget)) == 0.0


def test_the_less_there_is_the_dearer_it_is_and_at_its_price_it_is_enough():
    prices = []
    for share in (0.9, 0.5, 0.2):
        made = instance(share * FREE)
        prices.append(lone_budget_price(made))
        assert _inventory(made, prices[-1]) <= share * FREE
        # A little cheaper it would not be.
        assert _inventory(made, 0.99 * prices[-1]) > share * FREE
    assert 0.0 < prices[0] <= prices[1] <= prices[2]


def test_where_no_price_brings_stock_down_to_nothing_the_highest_tried_is_told():
    """Kept in stock whatever it costs: the target asks for it."""
    made = instance(0.0, allowed="MTS", on_time_target=0.95)
    price = lone_budget_price(made)
    assert np.isfinite(price)
    assert price > 1e3
    assert _inventory(made, price) > 0.0
