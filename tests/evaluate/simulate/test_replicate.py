"""What observations say of each good, runs cut into observations, and how long a run warms up: on counts given."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine.errors import EngineError
from engine.evaluate.simulate.clock.observed import ARRAYS, Observed, together
from engine.evaluate.simulate.clock.orders import PoissonOrders
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, Part, Shelf, System
from engine.evaluate.simulate.findings.promise import (
    PromiseComparison,
    compare,
    cost_deviation,
    on_time_of,
    orders_seen,
    otif_shares,
    targets_told,
    total_table,
)
from engine.evaluate.simulate.findings.statistics import Shares, estimate, ratio, shares
from engine.evaluate.simulate.replicate import Simulated, simulate_system, warm_up_time
from tests.scenarios import make_scenario

DAILY = PoissonOrders(per_day=1.0)
GOODS = (Good(name="A", orders=DAILY, mean_per_day=2.0), Good(name="B", orders=DAILY, mean_per_day=5.0))
SYSTEM = System(goods=GOODS, parts=(Part(name="X", shelf=Shelf(level=1.0, supply=Supply(mean_days=2.0))),))
SIZES = {"part_on_hand": 1, "part_net": 1, "part_square": 1, "part_worth": 1, "worked": 0, "overtime": 0,
         "outsourced": 0, "queue_days": 0}  # fmt: skip


def seen(seed=1, count=3):
    """Counts at random, late and on time within all."""
    rng = np.random.default_rng(seed)
    arrays = {name: rng.uniform(1.0, 9.0, (count, SIZES.get(name, 2))) for name in ARRAYS}
    for part, whole in (("late_units", "units"), ("orders_on_time", "orders"), ("arrivals_in_time", "arrivals")):
        arrays[part] = arrays[whole] * rng.uniform(0.1, 0.9, (count, 2))
    leads = ({1.0: 4.0, 3.0: 6.0 + seed}, {2.0: 5.0})
    waits = ({2.0: (4.0, 1.0, 2.5), 6.0: (2.0, 2.0, 1.0)}, {})
    return Observed(**arrays, leads=leads, waits=waits)


def simulated(**more):
    one, other = seen(1), seen(2)
    given = {"system": SYSTEM, "observed": together([one, other]), "replications": 2, "years": 1.5,
             "leads_by_replication": (one.leads, other.leads), "stopped": False, "warm_up_days": 9.0}  # fmt: skip
    return Simulated(**{**given, **more})


def test_observations_of_runs_stand_below_each_other_and_their_lead_times_add_up():
    one, other = seen(1), seen(2, count=2)
    found = together([one, other])
    assert found.count == 5
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(found, name), np.vstack([getattr(one, name), getattr(other, name)]))
    assert found.leads == ({1.0: 8.0, 3.0: 15.0}, {2.0: 10.0})
    assert found.waits == ({2.0: (8.0, 2.0, 5.0), 6.0: (4.0, 4.0, 2.0)}, {})


@pytest.mark.parametrize(("name", "i"), [("A", 0), ("B", 1)])
def test_figures_of_a_good_are_means_and_ratios_of_its_counts(name, i):
    found = simulated()
    o = found.observed
    assert found.on_time(name) == ratio(o.units[:, i] - o.late_units[:, i], o.units[:, i])
    assert found.order_fill_rate(name) == ratio(o.orders_on_time[:, i], o.orders[:, i])
    assert found.cycle_service(name) == ratio(o.arrivals_in_time[:, i], o.arrivals[:, i])
    assert found.on_hand(name, confidence=0.8) == estimate(o.on_hand[:, i], confidence=0.8)
    assert found.late(name) == estimate(o.late[:, i])
    assert found.part_on_hand("X") == estimate(o.part_on_hand[:, 0])
    cost = found.cost_per_day(name, holding=3.0, late=7.0)
    assert cost.mean == pytest.approx((3.0 * o.on_hand[:, i] + 7.0 * o.late[:, i]).mean())
    # Of all units of both runs, 4 + 7 and 4 + 8 of A, 5 and 5 of B.
    longer = found.beyond(name, 2.0)
    assert longer.mean == pytest.approx(15.0 / 23.0 if name == "A" else 0.0)
    assert longer == (ratio(np.array([7.0, 8.0]), np.array([11.0, 12.0])) if name == "A" else longer)
    assert found.lead_times(name).days.tolist() == ([1.0, 3.0] if name == "A" else [2.0])
    assert found.on_time_of_waits("A") == {2.0: 0.75, 6.0: 0.0}


def test_the_spread_of_net_stock_has_the_interval_of_its_variance():
    found = simulated()
    o = found.observed
    net = o.on_hand[:, 0] - o.late[:, 0]
    # E N^2 of a mean net stock that is its mean over all, plus a variance that differs by observation.
    variance = np.array([4.0, 9.0, 5.0, 6.0, 7.0, 5.0])
    square = variance + 2.0 * net.mean() * net - net.mean() ** 2
    o.net_square[:, 0] = square
    sd = np.sqrt(variance.mean())
    spread = found.net_stock_sd("A")
    assert spread.mean == pytest.approx(sd)
    assert spread.half_width == pytest.approx(estimate(variance).half_width / (2.0 * sd))


@pytest.mark.parametrize(
    ("good", "days"),
    [
        ({}, 180.0),
        ({"wait_days": 90.0}, 3.0 * (90.0 + 7.0)),
        ({"wait_days": 40.0, "assembly_days": 50.0}, 3.0 * (90.0 + 7.0)),
        ({"dearness": ((1.0, 1.0), (90.0, 2.0))}, 3.0 * (90.0 + 7.0)),
        ({"make": Supply(mean_days=60.0, cv=0.5)}, 3.0 * (60.0 + 3.0 * 30.0 + 7.0)),
        ({"shelf": Shelf(level=1.0, supply=Supply(mean_days=80.0)), "wait_days": 1.0}, 3.0 * (80.0 + 1.0 + 7.0)),
    ],
)
def test_a_run_warms_up_for_three_of_the_longest_chains_of_waits(good, days):
    assert warm_up_time(System(goods=(Good(name="A", orders=DAILY, **good),))) == pytest.approx(days)
    slow = Part(name="X", shelf=Shelf(level=1.0, supply=Supply(mean_days=300.0)))
    wait = max(good.get("wait_days", 0.0), 90.0 if "dearness" in good else 0.0) + good.get("assembly_days", 0.0)
    assert warm_up_time(System(goods=(Good(name="A", orders=DAILY, **good),), parts=(slow,), review_days=1.0)) == (
        pytest.approx(3.0 * (300.0 + wait + 1.0))
    )


@pytest.mark.parametrize(("replications", "batches"), [(1, 10), (4, 10), (5, 1)])
def test_few_replications_are_cut_into_ten_observations_each(replications, batches):
    told = []
    found = simulate_system(
        System(goods=GOODS), years=0.5, replications=replications, warm_up_days=3.0,
        progress=lambda done, every: told.append((done, every)),
    )  # fmt: skip
    assert found.observed.count == replications * batches
    assert (found.replications, found.years, found.warm_up_days, found.stopped) == (replications, 0.5, 3.0, False)
    whole = replications * (batches + 1)
    assert {every for _, every in told} == {whole}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {done for done, _ in told} == set(range(1, whole + 1))


@pytest.mark.parametrize("wrong", [{"years": 0.0}, {"years": np.inf}, {"years": np.nan}, {"replications": 0}])
def test_nothing_to_simulate_is_told(wrong):
    with pytest.raises(EngineError):
        simulate_system(SYSTEM, **{"years": 1.0, "replications": 1, **wrong})
    with pytest.raises(EngineError):
        simulate_system(System(goods=()), years=1.0, replications=1)


def promise(planned, seen_cost, half, planned_on_time, low, mean, high):
    told = Shares(mean=np.array(mean), low=np.array(low), high=np.array(high), trials=np.full(len(mean), 50))
    return PromiseComparison(
        planned=np.array(planned)[:, None], simulated=np.array(seen_cost)[:, None], cost_half_width=np.array(half),
        on_time=told, planned_on_time=np.array(planned_on_time),
    )  # fmt: skip


def test_deviations_matter_above_their_limits_and_are_sure_outside_their_intervals():
    found = promise(
        [100.0, 100.0, 100.0, -100.0, 100.0], [104.9, 105.1, 94.0, -106.0, 110.0], [1.0, 6.0, 5.0, 5.0, 11.0],
        [0.90, 0.90, 0.90, 0.90, 0.90], [0.85, 0.85, 0.91, 0.80, 0.90], [0.885, 0.875, 0.93, 0.87, np.nan],
        [0.91, 0.91, 0.95, 0.89, 1.0],
    )  # fmt: skip
    np.testing.assert_allclose(found.dearer, [4.9, 5.1, -6.0, -6.0, 10.0])
    np.testing.assert_allclose(found.later, [0.015, 0.025, -0.03, 0.03, np.nan])
    assert found.cost_matters.tolist() == [False, True, True, True, True]
    assert found.cost_off.tolist() == [False, False, True, True, False]
    assert found.service_matters.tolist() == [False, True, True, True, False]
    assert found.service_off.tolist() == [False, False, True, True, False]


def test_shares_have_the_orders_of_all_replications_as_trials():
    found = simulated()
    o = found.observed
    orders = np.rint(o.orders.mean(axis=0) * 2 * 1.5 * 365.0)
    np.testing.assert_array_equal(orders_seen(found), orders)
    otif = shares(o.orders_on_time, o.orders, orders)
    np.testing.assert_array_equal(otif_shares(found).low, otif.low)
    both = shares((o.units - o.late_units).sum(axis=1), o.units.sum(axis=1), orders.sum())
    assert on_time_of(found, np.array([True, True])).mean == both.mean
    one = on_time_of(found, np.array([False, True]))
    assert one.mean == pytest.approx(1.0 - o.late_units[:, 1].sum() / o.units[:, 1].sum())
    assert one.trials == orders[1]


def test_targets_are_missed_by_their_whole_interval_and_untold_by_few_orders():
    made = make_scenario([{"product": name, "on_time_target": target} for name, target in
                          (("A", 0.9), ("B", 0.9), ("C", ""), ("D", 0.9))])  # fmt: skip
    goods = [SimpleNamespace(name=name) for name in "ABCD"]
    told = Shares(
        mean=np.array([0.8, 0.8, 0.1, 0.95]), low=np.zeros(4), high=np.array([0.89, 0.91, 0.2, 1.0]),
        trials=np.array([50, 50, 3, 3]),
    )  # fmt: skip
    found = targets_told(made, SimpleNamespace(system=SimpleNamespace(goods=goods)), told)
    assert found == {"targets_missed": ["A"], "targets_untold": ["D"]}


def test_totals_are_those_of_the_products_of_each_strategy():
    plan = SimpleNamespace(
        decisions=make_scenario([{}, {}]).products.assign(strategy=["MTS", "MTO"], on_time=[0.9, 0.6]),
        ledger=make_scenario([{}, {}]).products[["product"]].assign(term="holding", cost_per_year=[100.0, 300.0]),
    )  # fmt: skip
    found, rng = simulated(), np.random.default_rng(4)
    ledger = rng.uniform(10.0, 30.0, (6, 2, 12))
    compared = compare(plan, found, ledger)
    np.testing.assert_allclose(compared.planned.sum(axis=1), [100.0, 300.0])
    np.testing.assert_allclose(compared.simulated, ledger.mean(axis=0))
    table = total_table(plan, compared, ledger, found).set_index("strategy")
    assert list(table.index) == ["MTS", "MTO", "all"]
    assert table["products"].tolist() == [1, 1, 2]
    assert table["planned_cost_per_year"].tolist() == [100.0, 300.0, 400.0]
    cost = ledger.sum(axis=2)
    each = {"MTS": (cost[:, 0], 100.0), "MTO": (cost[:, 1], 300.0), "all": (cost.sum(axis=1), 400.0)}
    for name, (values, planned) in each.items():
        assert table.loc[name, "simulated_cost_per_year"] == pytest.approx(values.mean())
        assert table.loc[name, "half_width"] == pytest.approx(estimate(values).half_width)
        assert table.loc[name, "deviation"] == pytest.approx(values.mean() / planned - 1.0)
    # By mean demand, 2 and 5 a day.
    assert table["planned_on_time"].tolist() == pytest.approx([0.9, 0.6, (2 * 0.9 + 5 * 0.6) / 7])
    assert table.loc["all", "simulated_on_time"] == on_time_of(found, np.ones(2, dtype=bool)).mean
    # Next to nothing, of which a share tells nothing.
    np.testing.assert_array_equal(
        cost_deviation(np.array([0.5, 2.0, 0.0]), np.array([1.0, 3.0, 1.0]), 1000.0), [np.nan, 0.5, np.nan]
    )
