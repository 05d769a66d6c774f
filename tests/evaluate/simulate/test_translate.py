"""What a scenario and its plan are in physical terms: goods, parts, resources, customers, order by order."""

from dataclasses import replace

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.demand.fitting.complete import complete
from engine.errors import EngineError
from engine.evaluate.simulate.clock.orders import (
    GammaLots,
    ListedOrders,
    LogarithmicOrders,
    NormalLots,
    PoissonOrders,
    SeasonalOrders,
    SegmentOrders,
)
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Shelf, Use
from engine.evaluate.simulate.translate import order_source, system_of
from tests.economics.test_cutoff import MIXED, WARES, demand_of, mixed
from tests.scenarios import make_scenario, season_rows

ROWS = (
    {"locked": "MTS", "demand_per_week": 14.0, "batch_size": 6.0, "replenishment_days": 12.0, "replenishment_cv": 0.2,
     "delivery_days": 1.0, "order_size": 3.0},
    {"locked": "ATO", "demand_per_week": 7.0, "assembly_days": 2.0},
    {"locked": "MTO", "demand_per_week": 21.0, "make_days": 9.0, "make_cv": 0.4, "distribution": "poisson",
     "demand_cv": ""},
)  # fmt: skip
PARTS = (
    {"lead_time_days": 20.0, "lead_time_cv": 0.3},
    {"lead_time_days": 20.0, "min_order_quantity": 30.0},
    # In time for every order, so that none is stocked; just too late for one.
    {"lead_time_days": 3.0},
    {"lead_time_days": 3.1},
)
SHOP = {
    "resources": [
        {"resource": "R", "hours_per_week": 35.0, "overtime_hours_per_week": 5.0, "overtime_cost_per_hour": 30.0},
        {"resource": "S", "hours_per_week": 70.0, "overtime_hours_per_week": 4.0, "overtime_cost_per_hour": 30.0,
         "outsourcing_cost_per_hour": 20.0},
        {"resource": "T", "hours_per_week": 70.0, "overtime_hours_per_week": 4.0, "overtime_cost_per_hour": 30.0,
         "outsourcing_cost_per_hour": 40.0},
    ],
    "routing": [
        {"product": product, "resource": resource, "stage": stage, "hours_per_unit": hours, "hours_cv": cv}
        for product, resource, stage, hours, cv in (
            ("P1", "R", "make", 0.2, 1.0), ("P1", "S", "assemble", 0.1, 0.0), ("P2", "R", "make", 0.3, 0.0),
            ("P2", "S", "assemble", 0.4, 0.5), ("P3", "T", "make", 0.5, 0.0), ("P3", "S", "make", 0.0, 0.0),
        )
    ],
    "capacity_bucket_days": 14.0,
}  # fmt: skip


def decided(made):
    return made, solve(made, certified=False, compared=False).plan


@pytest.fixture(scope="module")
def case():
    return decided(make_scenario(
        ROWS, components=PARTS, bom={"P2": {"C1": 2, "C2": 1, "C3": 1, "C4": 5}}, samples=40,
        demand={"common_factor_cv": 0.2}, **SHOP,
    ))  # fmt: skip


def test_goods_have_the_stocks_parts_and_work_of_their_strategies(case):
    made, plan = case
    system = system_of(made, plan)
    stock, kit, order = system.goods
    level = plan.decisions.set_index("product").loc["P1", "base_stock"]
    supply = Supply(mean_days=12.0, cv=0.2)
    assert stock.shelf == Shelf(level=level, batch=6.0, whole=False, supply=supply)
    assert (stock.wait_days, stock.delivery_days, stock.order_size, stock.parts) == (4.0, 1.0, 3.0, ())
    assert stock.uses == (
        Use(resource=0, hours_per_unit=0.2, hours_cv=1.0), Use(resource=1, hours_per_unit=0.1, hours_cv=0.0),
    )  # fmt: skip
    assert stock.level_uses == ()
    assert kit.shelf is None
    assert kit.parts == ((0, 2.0), (1, 1.0), (2, 1.0), (3, 5.0))
    assert (kit.wait_days, kit.assembly_days, kit.order_size) == (5.0, 2.0, 1.0)
    # Made at the mean rate, assembled order by order.
    assert kit.uses == (Use(resource=1, hours_per_unit=0.4, hours_cv=0.5),)
    assert kit.level_uses == (Use(resource=0, hours_per_unit=0.3),)
    assert order.make == Supply(mean_days=9.0, cv=0.4)
    # Single units are orders; an entry without hours is no work.
    assert (order.shelf, order.parts, order.order_size) == (None, (), None)
    assert order.uses == (Use(resource=2, hours_per_unit=0.5),)
    assert [good.mean_per_day for good in system.goods] == [2.0, 1.0, 3.0]
    assert [good.dearness for good in system.goods] == [(), (), ()]
    assert (system.review_days, system.period_end, system.bucket_days) == (7.0, False, 14.0)
    assert system.common_factor_cv == 0.2


def test_parts_have_their_stocks_but_those_that_come_in_time(case):
    made, plan = case
    base = plan.components.set_index("component")["base_stock"]
    shelves = [part.shelf for part in system_of(made, plan).parts]
    assert shelves[0] == Shelf(level=base["C1"], supply=Supply(mean_days=20.0, cv=0.3))
    assert shelves[1] == Shelf(level=base["C2"], batch=30.0, supply=Supply(mean_days=20.0))
    assert shelves[2] == Shelf(level=0.0, supply=Supply(mean_days=3.0))
    assert shelves[3] == Shelf(level=base["C4"], supply=Supply(mean_days=3.1))
    assert base["C4"] > 0.0


def test_resources_have_their_hours_a_day_and_a_bucket(case):
    servers = system_of(*case).servers
    assert [server.hours_per_day for server in servers] == [5.0, 10.0, 10.0]
    # Of two weeks.
    assert [server.overtime_per_bucket for server in servers] == [10.0, 8.0, 8.0]
    assert [server.outsourcing for server in servers] == [False, True, True]
    # First whatever is cheaper.
    assert [server.outsourcing_first for server in servers] == [False, True, False]


@pytest.mark.parametrize(
    ("row", "orders"),
    [
        ({"demand_cv": 0.6}, GammaLots(mean_per_day=2.0, week_cv=0.6)),
        ({"demand_cv": 0.0}, NormalLots(mean_per_day=2.0, week_cv=0.0)),
        ({"demand_cv": 0.2, "distribution": "normal"}, NormalLots(mean_per_day=2.0, week_cv=0.2)),
        ({"demand_cv": "", "distribution": "poisson"}, PoissonOrders(per_day=2.0)),
        ({"demand_cv": 0.5, "distribution": "negative_binomial"},
         LogarithmicOrders(mean_per_day=2.0, week_size=1.0 / (0.25 - 1.0 / 14.0))),
    ],
)  # fmt: skip
def test_orders_are_of_the_family_that_the_scenario_names(row, orders):
    found = order_source(make_scenario([{"demand_per_week": 14.0, **row}]), 0)
    assert type(found) is type(orders)
    for name in type(orders).__dataclass_fields__:
        assert getattr(found, name) == pytest.approx(getattr(orders, name))


def test_orders_of_several_units_keep_the_variance_of_a_week():
    """cv^2 m = q (1 + cv_q^2) where orders of q units come at random."""
    row = {"demand_per_week": 14.0, "distribution": "compound_poisson", "order_size": 4.0, "demand_cv": 0.8}
    found = order_source(make_scenario([row]), 0)
    assert (found.per_day, found.size) == pytest.approx((0.5, 4.0))
    assert found.size * (1.0 + found.size_cv2) == pytest.approx(0.64 * 14.0)


def test_customers_who_wait_differently_are_told_apart():
    columns = ("segment", "lead_time_target_days", "share", "late_cost_per_unit_day")
    given = (("a", 2.0, 0.5, 4.0), ("b", 9.0, 0.25, 1.0), ("c", 9.0, 0.25, 3.0))
    segments = [{"product": "P1", **dict(zip(columns, row, strict=True))} for row in given]
    made, plan = decided(make_scenario([{"locked": "MTS"}], segments=segments, samples=40))
    (good,) = system_of(made, plan).goods
    assert isinstance(good.orders, SegmentOrders)
    assert (good.orders.share, good.orders.wait_days) == ((0.5, 0.5), (2.0, 9.0))
    # The least patient give the days of the good; late cost over the mean of all, 3.
    assert good.wait_days == 2.0
    assert good.dearness == ((2.0, pytest.approx(4.0 / 3.0)), (9.0, pytest.approx(2.0 / 3.0)))
    assert good.longest_wait_days == 9.0
    # Where lateness costs nothing nobody is dearer.
    free, plan = decided(make_scenario(
        [{"locked": "MTS", "on_time_target": 0.9, "late_cost_per_unit_day": 0.0}],
        segments=[{**row, "late_cost_per_unit_day": 0.0} for row in segments], samples=40,
    ))  # fmt: skip
    assert system_of(free, plan).goods[0].dearness == ((2.0, 1.0), (9.0, 1.0))


def test_seasons_swing_demand_and_stocks():
    seasons = season_rows(0.5, product="P1")
    made, plan = decided(make_scenario([{"locked": "MTS", "make_days": 30.0}, {"locked": "MTS", "make_days": 30.0}],
                                       seasons=seasons, samples=40))  # fmt: skip
    first, second = system_of(made, plan).goods
    assert isinstance(first.orders, SeasonalOrders)
    assert (len(first.season), first.orders.in_orders, len(first.shelf.swing)) == (365, False, 52)
    assert first.orders.daily == first.season
    assert np.mean(first.season) == pytest.approx(1.0)
    assert isinstance(second.orders, GammaLots)
    assert (second.season, second.shelf.swing) == ((), ())
    with pytest.raises(EngineError):
        system_of(made, plan, replay=True)


@pytest.mark.parametrize("in_orders", [True, False])
def test_large_orders_are_parted_from_the_stock(in_orders):
    """Of demand in single orders those are told apart; of lots a size stands for the orders that are left."""
    if in_orders:
        made = complete(mixed(settings={"samples": 100}))
    else:
        made = make_scenario([{**WARES, **demand_of(MIXED, 1.0, "gamma"), "order_size_cv": 2.0}], samples=100)
    made, plan = decided(made)
    cutoff = float(plan.decisions["order_size_cutoff"].iloc[0])
    assert np.isfinite(cutoff)
    (good,) = system_of(made, plan).goods
    beside = float(plan.decisions["volume_above_cutoff"].iloc[0])
    assert isinstance(good.large.orders, ListedOrders)
    assert min(good.large.orders.sizes) > cutoff
    assert good.large.wait_days > good.wait_days
    daily = float(made.products["demand_per_week"].iloc[0]) / 7.0
    assert good.large.orders.per_day * np.mean(good.large.orders.sizes) == pytest.approx(beside * daily, rel=1e-6)
    if in_orders:
        assert good.order_size is None
        assert max(good.orders.sizes) <= cutoff
    else:
        assert isinstance(good.orders, GammaLots)
        assert good.orders.mean_per_day == pytest.approx((1.0 - beside) * daily, rel=1e-6)
        assert 0.0 < good.order_size <= cutoff
    without = replace(plan, decisions=plan.decisions.assign(order_size_cutoff=np.nan))
    assert system_of(made, without).goods[0].large is None
