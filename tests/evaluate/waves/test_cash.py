"""Stock runs down at the rate of demand, and what is told of it adds up."""

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.evaluate.waves.cash import CASH, Levels, cash_table, levels_of, stock_flows
from engine.evaluate.waves.waves import waves
from tests.scenarios import make_scenario

MONTH = 365.0 / 12.0


def levels(*, start, planned, useful=None, rate=1.0, unit_cost=2.0):
    """One item."""
    kept = [[np.inf]] * len(planned) if useful is None else [[one] for one in useful]
    return Levels(
        unit_cost=np.array([unit_cost]), rate=np.array([rate]), start=np.array([float(start)]),
        planned=np.array([[float(one)] for one in planned]), useful=np.array(kept, dtype=float),
    )  # fmt: skip


def test_a_surplus_runs_down_at_the_rate_of_demand():
    # 100 units above the level, one a day, two money each.
    moved, released, built = stock_flows(levels(start=150, planned=[150, 50]), [0], 6)
    assert released == pytest.approx([2 * MONTH, 2 * MONTH, 2 * MONTH, 200 - 6 * MONTH, 0.0, 0.0])
    assert built.sum() == 0.0
    assert (moved[0].released, moved[0].stranded, moved[0].built) == (200.0, 0.0, 0.0)
    assert moved[0].run_down_days == pytest.approx(90.0)


def test_what_is_missing_is_bought_when_the_wave_begins():
    moved, released, built = stock_flows(levels(start=10, planned=[10, 10, 40]), [0, 3], 6)
    assert built.tolist() == [0.0, 0.0, 0.0, 60.0, 0.0, 0.0]
    assert released.sum() == 0.0
    assert [one.built for one in moved] == [0.0, 60.0]


def test_goods_without_buyers_are_stranded():
    # 90 days of stock, and customers wait 20 days for the first order that is made for them.
    flows = levels(start=90, planned=[60, 0], useful=[np.inf, 20])
    moved, released, _ = stock_flows(flows, [0], 12)
    assert (moved[0].stranded, moved[0].released) == (140.0, 40.0)
    assert released.sum() == pytest.approx(40.0)


def test_what_has_run_down_before_its_switch_is_not_stranded():
    # The same item in the second wave: by then it stands at its level of 60.
    flows = levels(start=90, planned=[60, 60, 0], useful=[np.inf, np.inf, 20])
    moved, released, _ = stock_flows(flows, [0, 2], 12)
    assert [one.stranded for one in moved] == [0.0, 80.0]
    assert [one.released for one in moved] == [60.0, 40.0]
    assert released.sum() == pytest.approx(100.0)


def test_a_wave_after_the_months_told_moves_stock_all_the_same():
    moved, released, _ = stock_flows(levels(start=50, planned=[50, 50, 0]), [0, 30], 12)
    assert (len(moved), len(released)) == (2, 12)
    assert moved[1].released == 100.0


def test_cash_by_hand():
    table = cash_table(
        starts=[0, 2], switched=[3, 1], once=[100.0, 10.0], saving=[120.0, 12.0], released=np.array([5.0, 0, 0, 0]),
        built=np.array([0, 0, 7.0, 0]),
    )  # fmt: skip
    assert tuple(table.columns) == CASH
    assert table["cash"].tolist() == [-85.0, 10.0, -6.0, 11.0]
    assert table["cumulative_cash"].tolist() == [-85.0, -75.0, -81.0, -70.0]
    assert table["switched"].tolist() == [3, 3, 4, 4]


@pytest.fixture(scope="module")
def stocked():
    """Two products that leave finished stock and one that stays, with what lies there today."""
    products = [
        {"product": "A", "current_strategy": "MTS", "allowed": "MTO", "stock_on_hand": 200, "change_cost": 30},
        {"product": "B", "current_strategy": "MTS", "allowed": "MTO", "stock_on_hand": 15, "unit_cost": 40},
        {"product": "C", "current_strategy": "MTS", "allowed": "MTS", "stock_on_hand": 5},
    ]
    scenario = make_scenario(products, samples=40)
    return scenario, solve(scenario).plan_or_raise()


def test_all_at_once_is_what_the_plan_tells_of_its_books(stocked):
    scenario, plan = stocked
    of, books = waves(scenario, sizes="rest", plan=plan).waves.iloc[-1], plan.summary["stock_on_hand"]
    assert of["stranded_value"] == pytest.approx(books["stranded_value"])
    assert of["stranded_value"] > 0.0
    moved = of["inventory_released"] + of["stranded_value"] - of["inventory_built"]
    assert moved == pytest.approx(books["capital_released"])


def test_before_is_after_and_what_moved(stocked):
    scenario, plan = stocked
    of = waves(scenario, sizes="1,rest", plan=plan)
    table = of.waves.iloc[1:]
    moved = table["inventory_released"] + table["stranded_value"] - table["inventory_built"]
    first = plan.summary["stock_on_hand"]["book_value"]
    assert first - moved.cumsum().to_numpy() == pytest.approx(table["inventory_value"].to_numpy())
    mine = of.cash[of.cash["schedule"] == "waves"]
    assert mine["cash"].sum() == pytest.approx(mine["cumulative_cash"].iloc[-1])
    assert mine["change_cost"].sum() == pytest.approx(plan.summary["change_cost"]) == 30.0


def test_without_stock_given_it_begins_with_the_best_of_today():
    blank = make_scenario([{"product": name, "current_strategy": "MTS", "allowed": "MTO"} for name in "AB"], samples=40)
    of = waves(blank, sizes="1,rest")
    begun = levels_of(blank, [of.plan, of.plan])
    assert np.isinf(begun.useful).all()
    assert of.waves["stranded_value"].sum() == 0.0
    released = of.waves["inventory_released"].sum() - of.waves["inventory_built"].sum()
    assert released == pytest.approx(of.waves["inventory_value"].iloc[0] - of.waves["inventory_value"].iloc[-1])
