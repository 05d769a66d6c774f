"""Whole paths against the event form: the same drawn orders give the same numbers, whatever the system."""

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from engine.demand.streams import stream
from engine.errors import EngineError
from engine.evaluate.simulate.clock.observed import ARRAYS
from engine.evaluate.simulate.clock.orders import GammaLots, PoissonOrders
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, Part, Server, Shelf, System, Use
from engine.evaluate.simulate.paths.rule import why_not_on_paths
from engine.evaluate.simulate.paths.service import Arrivals, Line, pieces
from engine.evaluate.simulate.paths.work import Queue
from engine.evaluate.simulate.replicate import simulate_system
from tests.evaluate.simulate.systems import random_system, worth_of
from tests.evidence import FULL

# An instant is told to a millionth of a day, by which overtime may be seen later: so much of units times days.
INSTANT = 1e-6


def both(system, **length):
    return [simulate_system(system, form=form, **length).observed for form in ("paths", "events")]


def assert_same(paths, events):
    for name in ARRAYS:
        one, other = getattr(paths, name), getattr(events, name)
        assert one.shape == other.shape, name
        # Stock orders that one day's work finishes together come in any order.
        together = name == "arrivals_in_time" and paths.worked.any()
        assert one == pytest.approx(other, rel=1e-9, abs=0.1 if together else INSTANT), name
    for one, other in zip(paths.waits, events.waits, strict=True):
        assert sorted(one) == sorted(other)
        for days, sums in one.items():
            assert sums == pytest.approx(other[days], rel=1e-9, abs=INSTANT)
    for one, other in zip(paths.leads, events.leads, strict=True):
        # A lead time at the edge between two hundredths of a day may be told as either.
        apart = Counter(one)
        apart.subtract(other)
        moved = sum(abs(units) for lead, units in apart.items() if abs(units) > INSTANT)
        assert moved <= 0.002 * sum(one.values()) + INSTANT
        mean = [sum(lead * units for lead, units in leads.items()) for leads in (one, other)]
        assert mean[0] == pytest.approx(mean[1], rel=1e-5)


@pytest.mark.parametrize("seed", range(400 if FULL else 32))
def test_both_forms_tell_the_same_of_any_system(seed):
    """Every strategy, family, review, lot, lead time and season, with and without resources that queue."""
    system = random_system(seed)
    assert_same(*both(system, years=0.5, replications=1, seed=seed, warm_up_days=60.0, worth=worth_of(system)))


LOTS = GammaLots(mean_per_day=3.0, week_cv=0.8)
WORK = (Use(resource=0, hours_per_unit=1.0, hours_cv=0.3),)


@pytest.mark.parametrize(
    "system",
    [
        pytest.param(
            System(
                goods=(
                    Good(
                        name="A", orders=LOTS, order_size=4.0,
                        shelf=Shelf(level=6.0, supply=Supply(mean_days=0.0)),
                    ),
                ),
                review_days=0.0,
            ), id="ordered and there at the instant of the order",
        ),
        pytest.param(
            System(
                goods=(Good(name="A", orders=LOTS, parts=((0, 1.0),), assembly_days=1.0, uses=WORK),),
                parts=(Part(name="C", shelf=Shelf(level=30.0, supply=Supply(mean_days=14.0))),),
                servers=(Server(name="R", hours_per_day=3.1, overtime_per_bucket=9.0),), bucket_days=14.0,
            ), id="a delivery at the end of a bucket longer than the review",
        ),
        pytest.param(
            System(
                goods=(
                    Good(name="A", orders=LOTS, shelf=Shelf(level=90.0, supply=Supply(mean_days=21.0)), uses=WORK),
                ),
                servers=(Server(name="R", hours_per_day=3.0, overtime_per_bucket=9.0),),
            ), id="a stock order due at the end of a bucket",
        ),
        pytest.param(
            System(
                goods=(
                    Good(name="A", orders=LOTS, wait_days=9.0, parts=((0, 1.0), (1, 2.0)), assembly_days=2.0),
                    Good(name="B", orders=PoissonOrders(per_day=2.0), wait_days=1.0, parts=((1, 1.0), (2, 1.0))),
                ),
                parts=(
                    Part(name="early", shelf=Shelf(level=0.0, supply=Supply(mean_days=5.0))),
                    Part(name="C", shelf=Shelf(level=120.0, batch=40.0, supply=Supply(mean_days=12.0, cv=0.3))),
                    Part(name="D", shelf=Shelf(level=20.0, supply=Supply(mean_days=9.0))),
                ),
            ), id="parts that lie there for an order that waits for others",
        ),
    ],
)  # fmt: skip
def test_both_forms_tell_the_same_at_the_edges(system):
    assert_same(*both(system, years=1.0, replications=1, warm_up_days=60.0, worth=worth_of(system)))


def test_the_systems_have_everything_in_them():
    """So that agreement means something: each kind is among those that every run compares."""
    systems = [random_system(seed) for seed in range(32)]
    goods = [good for system in systems for good in system.goods]
    kinds = {
        "stock": any(good.shelf for good in goods),
        "assembly": any(good.parts for good in goods),
        "making": any(not good.shelf and not good.parts for good in goods),
        "customers who wait differently": any(good.dearness for good in goods),
        "large orders": any(good.large for good in goods),
        "lots that stand for orders": any(good.order_size and (good.shelf or good.parts) for good in goods),
        "work of stock orders": any(good.shelf and good.uses for good in goods),
        "work at assembly": any(good.parts and good.uses for good in goods),
        "continuous review": any(system.review_days == 0.0 for system in systems),
        "period ends": any(system.period_end for system in systems),
        "crossing": any(part.shelf.supply.crossing for system in systems for part in system.parts),
        "levels that follow a season": any(part.shelf.swing for system in systems for part in system.parts),
        "levels below zero": any(part.shelf.level < 0.0 for system in systems for part in system.parts),
    }
    assert [kind for kind, there in kinds.items() if not there] == []


def test_a_stock_that_begins_below_zero_owes_what_it_lacks():
    """E(IP - D(5))+ with the position uniform on -19 ... 80 (Hadley & Whitin 1963), where lots begin owed too."""
    shelf = Shelf(level=-20.0, batch=100.0, whole=True, supply=Supply(mean_days=5.0))
    system = System(goods=(Good(name="A", orders=PoissonOrders(per_day=4.0), shelf=shelf),), review_days=0.0)
    seen = simulate_system(system, years=10, replications=20, seed=3)
    position, units = np.arange(-19, 81), np.arange(120)
    on_hand = (np.maximum(position[:, None] - units, 0) @ stats.poisson(20.0).pmf(units)).mean()
    assert seen.on_hand("A").mean == pytest.approx(on_hand, rel=0.015)
    starts = [stream(3, "simulation", "position", "good A", str(run)).random() for run in range(20)]
    assert min(starts) < 0.2


def test_an_order_is_served_in_the_pieces_that_its_scarcest_part_comes_in():
    """Four units that take one X and two Y: X is there for three, Y comes for one, one and two units."""
    x = Arrivals.of(3.0, np.array([2.0]), np.array([0.0]), np.array([5.0]))
    y = Arrivals.of(0.0, np.array([1.0, 3.0, 4.0]), np.array([0.0, 0.0, 0.0]), np.array([2.0, 2.0, 4.0]))
    lines = [
        Line(arrivals=x, rank=np.array([1]), before=np.zeros(1), need=1.0),
        Line(arrivals=y, rank=np.array([0, 2, 3]), before=np.zeros(1), need=2.0),
    ]
    found = pieces(np.array([4.0]), np.array([0.5]), lines)
    assert found.rank.tolist() == [0, 2, 3]
    assert found.units.tolist() == [1.0, 1.0, 2.0]


def test_a_queue_is_worked_off_at_its_rate_and_by_overtime_at_the_end_of_a_bucket():
    """Ten hours a day; 100 hours on day 1 leave 40 at the end of the week, of which overtime does 12."""
    server = Server(name="R", hours_per_day=10.0, overtime_per_bucket=12.0)
    queue = Queue(server, 7.0, np.array([1.0, 7.0, 8.0]), np.array([100.0, 0.0, 5.0]), np.array([False, True, False]))
    done, by_overtime = queue.done(np.array([0, 2]))
    assert done.tolist() == pytest.approx([7.0 + 2.8, 7.0 + 3.3])
    assert not by_overtime.any()
    late, seen = queue.late(np.array([0]), np.array([9.5]))
    assert late.tolist() == [True]
    assert seen.tolist() == pytest.approx([9.8])


def test_deliveries_that_overtake_and_are_counted_one_by_one_need_events():
    shelf = Shelf(level=5.0, supply=Supply(mean_days=5.0, cv=0.5, crossing=True))
    system = System(
        goods=(Good(name="A", orders=PoissonOrders(per_day=1.0), shelf=shelf),), period_end=True, review_days=7.0
    )
    assert "overtake" in why_not_on_paths(system)
    seen = simulate_system(system, years=0.2, replications=1)
    assert (seen.form, seen.form_reason) == ("events", why_not_on_paths(system))
    with pytest.raises(EngineError, match="overtake"):
        simulate_system(system, years=0.2, replications=1, form="paths")
    twice = System(
        goods=(Good(name="A", orders=PoissonOrders(per_day=1.0), parts=((0, 1.0), (0, 1.0))),),
        parts=(Part(name="C", shelf=shelf),),
    )
    assert "same part twice" in why_not_on_paths(twice)

