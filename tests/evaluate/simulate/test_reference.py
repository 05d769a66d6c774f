"""The simulation against closed forms and published values: orders one by one, through its public interface.

A short run has a wide interval; CODP_EVIDENCE=full runs long enough to see an error of a percent. Of some twenty
intervals of 95% one would miss its value by chance, so these are intervals of 99.9%.
"""


import pytest
from scipy import stats

from engine.evaluate.simulate.clock.orders import GammaLots, NormalLots, PoissonOrders
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, Part, Server, Shelf, System, Use
from engine.evaluate.simulate.replicate import simulate_system
from tests.evidence import FULL

YEARS = 60.0 if FULL else 3.0
SURE = 0.999


def run(system, *, longer=1.0):
    return simulate_system(system, years=YEARS * longer, replications=10, seed=20)


def single_queue(level):
    """One server at 80% load; a level of None makes every order after it came."""
    shelf = None if level is None else Shelf(level=level, whole=True, supply=Supply(mean_days=0.0))
    good = Good(
        name="A", orders=PoissonOrders(per_day=0.8), shelf=shelf,
        uses=(Use(resource=0, hours_per_unit=1.0, hours_cv=1.0),),
    )  # fmt: skip
    return System(goods=(good,), servers=(Server(name="R", hours_per_day=1.0),), review_days=0.0)


@pytest.mark.evidence
def test_a3_base_stock_charged_at_the_end_of_the_period():
    """Snyder & Shen, example 4.4."""
    good = Good(
        name="A", orders=NormalLots(mean_per_day=50.0, week_cv=8.0 * 7**0.5 / 350.0),
        shelf=Shelf(level=264.766894, supply=Supply(mean_days=4.0)),
    )  # fmt: skip
    seen = run(System(goods=(good,), review_days=1.0, period_end=True))
    assert seen.cost_per_day("A", holding=0.18, late=0.70, confidence=SURE).covers(4.466781)


@pytest.mark.evidence
def test_b1_lead_times_that_do_not_cross_add_their_variance():
    """sigma^2 = E[L] sd^2 + mean^2 Var[L]: 105.672 units, a safety stock of 1.645 of it."""
    good = Good(
        name="A", orders=NormalLots(mean_per_day=100.0, week_cv=30.0 * 7**0.5 / 700.0),
        shelf=Shelf(level=673.815712, supply=Supply(mean_days=5.0, values=(4.0, 5.0, 6.0))),
    )  # fmt: skip
    seen = run(System(goods=(good,), review_days=0.0), longer=3)
    sd = seen.net_stock_sd("A", confidence=SURE)
    assert sd.covers(105.672450)
    assert sd.low > 110.340136 / 1.644854 * 1.2  # what it is without the variance of the lead time


def test_the_spread_of_a_stock_and_its_interval_are_counted_in_its_units():
    """In hundreds or in pieces: the same orders, so a hundred times the spread, as surely."""
    seen = [
        simulate_system(
            System(goods=(Good(
                name="A", orders=NormalLots(mean_per_day=units, week_cv=0.3),
                shelf=Shelf(level=6.0 * units, supply=Supply(mean_days=5.0)),
            ),), review_days=0.0),
            years=1.0, replications=6, seed=20,
        ).net_stock_sd("A")
        for units in (1.0, 100.0)
    ]  # fmt: skip
    assert seen[1].mean == pytest.approx(100.0 * seen[0].mean, rel=1e-6)
    assert seen[1].half_width == pytest.approx(100.0 * seen[0].half_width, rel=1e-6)
    assert 0.0 < seen[0].half_width < 0.2 * seen[0].mean


@pytest.mark.evidence
def test_b2_lead_times_that_cross():
    """Palm: outstanding orders are Poisson whatever the lead times' law."""
    for cv in (1.0, 0.4):
        shelf = Shelf(level=29, whole=True, supply=Supply(mean_days=5.0, cv=cv, crossing=True))
        seen = run(System(goods=(Good(name="A", orders=PoissonOrders(per_day=4.0), shelf=shelf),), review_days=0.0))
        assert seen.on_time("A", confidence=SURE).covers(0.965666)


@pytest.mark.evidence
def test_c1_and_c2_make_to_stock_queue():
    """Buzacott & Shanthikumar: cost at the best base stock, and how long customers wait."""
    seen = run(single_queue(10), longer=3)
    assert seen.cost_per_day("A", holding=1.0, late=9.0, confidence=SURE).covers(10.294967)
    assert seen.on_time("A", confidence=SURE).covers(1.0 - 0.107374)
    assert seen.beyond("A", 5.0, confidence=SURE).covers(0.039501)
    assert seen.beyond("A", 10.0, confidence=SURE).covers(0.014532)
    waiting = run(single_queue(None), longer=3)
    assert waiting.cost_per_day("A", holding=1.0, late=9.0, confidence=SURE).covers(36.0)
    assert waiting.beyond("A", 14.978661, confidence=SURE).covers(0.05)


@pytest.mark.evidence
def test_d1_shared_server():
    """Arreola-Risa & DeCroix (1998): two products to stock and one to order on one server."""
    goods = tuple(
        Good(
            name=f"P{n}", orders=PoissonOrders(per_day=rate),
            shelf=Shelf(level=level, whole=True, supply=Supply(mean_days=0.0)) if level else None,
            uses=(Use(resource=0, hours_per_unit=1.0, hours_cv=1.0),),
        )
        for n, (rate, level) in enumerate([(0.45, 6), (0.25, 2), (0.10, 0)])
    )  # fmt: skip
    seen = run(System(goods=goods, servers=(Server(name="R", hours_per_day=1.0),), review_days=0.0), longer=3)
    for n, (holding, late, cost) in enumerate([(1, 9, 6.227293), (2, 6, 4.586420), (4, 5, 2.5)]):
        assert seen.cost_per_day(f"P{n}", holding=holding, late=late, confidence=SURE).covers(cost)


@pytest.mark.evidence
def test_f1_reorder_point_and_batch():
    """(Q, r) policy; the values are those of r = 12 and Q = 10."""
    shelf = Shelf(level=12, batch=10, whole=True, supply=Supply(mean_days=2.0))
    seen = run(System(goods=(Good(name="A", orders=PoissonOrders(per_day=5.0), shelf=shelf),), review_days=0.0))
    assert seen.cycle_service("A", confidence=SURE).covers(0.791556)
    assert seen.on_time("A", confidence=SURE).covers(0.946957)
    assert seen.on_hand("A", confidence=SURE).covers(7.571943)


@pytest.mark.evidence
@pytest.mark.parametrize(("wait_days", "share"), [(0.0, 0.865771), (2.0, 0.990057)])
def test_h1_assemble_to_order(wait_days, share):
    """Song (1998): orders for A, for B and for both, parts first come first served."""
    shelves = [Shelf(level=level, whole=True, supply=Supply(mean_days=5.0)) for level in (9, 8)]
    parts = tuple(Part(name=f"C{n}", shelf=shelf) for n, shelf in enumerate(shelves))
    goods = tuple(
        Good(name=name, orders=PoissonOrders(per_day=rate), wait_days=wait_days, parts=tuple((c, 1.0) for c in used))
        for name, rate, used in [("A", 0.6, (0,)), ("B", 0.5, (1,)), ("AB", 0.4, (0, 1))]
    )
    seen = run(System(goods=goods, parts=parts, review_days=0.0))
    assert seen.order_fill_rate("AB", confidence=SURE).covers(share)


def test_lots_of_gamma_demand_are_late_as_often_as_the_process_they_stand_for():
    """d/dt E(D(t) - S)+ at five days, of a gamma process of 25 a week with a CV of 0.32."""
    shape, scale, level = 1.0 / (7.0 * 0.32**2), 25.0 * 0.32**2, 27.24
    good = Good(
        name="A", orders=GammaLots(mean_per_day=25.0 / 7.0, week_cv=0.32), wait_days=25.0,
        shelf=Shelf(level=level, supply=Supply(mean_days=30.0)),
    )  # fmt: skip
    seen = run(System(goods=(good,), review_days=0.0), longer=4)

    def short(days):
        a = shape * days
        return a * scale * stats.gamma.sf(level, a + 1.0, scale=scale) - level * stats.gamma.sf(level, a, scale=scale)

    late = (short(5.01) - short(4.99)) / 0.02 / (25.0 / 7.0)
    assert seen.on_time("A").mean == pytest.approx(1.0 - late, abs=0.01)
