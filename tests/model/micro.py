"""One instance small enough to read its program: three products, three components, two samples, round numbers."""

from dataclasses import replace

import numpy as np

from engine.economics.instance import TERMS, Bought, Capacity, Edges, FinishedStock, Instance, Parts
from engine.economics.optima.large_orders import no_large_orders
from engine.economics.prices import Prices
from engine.economics.ties import Limits, Ties

MTS, ATO, MTO = 0, 1, 2


def priced(**terms):
    """Prices by the names of their terms, shape (n, terms)."""
    table = np.zeros((len(next(iter(terms.values()))), len(TERMS)))
    for term, price in terms.items():
        table[:, TERMS.index(term)] = price
    return table


def micro_instance():
    """Products a, b and c; b and c share frame, c alone uses motor and may not be made to stock; b uses bolt.

    Everything that a rule can need is there: targets, lost sales, capacity, batches, a budget, changes, CVaR. Customers
    of a wait longer than it takes to replenish a, those of b longer than bolts take: both lie on the shelf early, and
    bolts are bought after the order, so that no rule but the budget knows them: three for each b, which lie there too
    while it waits for its frame.

    The peak of b is its demand in the longest window of those who use frame, c's 15 and 17 days: 18 and 20 units; that
    of c its demand in its own longest window, of motor, and the lot of 6 motors that may keep as many waiting: 46 and
    50 units. Their late rates are 2/18, 2/20, 3/46 and 3/50.
    """
    choice = np.zeros((3, 3, len(TERMS)))
    choice[:, ATO, TERMS.index("premium")] = [11.0, 12.0, 13.0]
    choice[:, MTO, TERMS.index("premium")] = [21.0, 22.0, 23.0]
    choice[0, ATO, TERMS.index("change")] = 5.0
    allowed = np.array([[True, False, True], [True, True, True], [False, True, True]])
    return Instance(
        products=("a", "b", "c"),
        components=("frame", "motor", "bolt"),
        samples=2,
        allowed=allowed,
        dropped={},
        current=np.array([MTS, ATO, -1]),
        rate=np.array([1.0, 2.0, 3.0]),
        unit_cost=np.array([100.0, 200.0, 300.0]),
        write_off_rate=np.array([0.1, 0.0, 0.0]),
        integer=np.array([False, False, False]),
        whole=np.array([False, False, False]),
        prices=Prices(
            choice=choice,
            on_hand=priced(holding=[20.0, 40.0, 60.0]),
            written_off=priced(obsolescence=[100.0, 200.0, 300.0], disposal=[40.0, 0.0, 0.0]),
            backlog=priced(late=[365.0, 730.0, 1095.0]),
            waiting=priced(late=[365.0, 730.0, 1095.0]),
            late_unit=priced(lost_margin=[0.0, 7.0, 0.0]),
            part_on_hand=priced(holding=[10.0, 16.0, 2.0]),
            part_written_off=priced(obsolescence=[50.0, 80.0, 8.0], disposal=[0.0, 20.0, 0.0]),
            part_stocked=priced(stocking=[0.0, 30.0, 0.0]),
            overtime=priced(overtime=[50.0, 0.0]),
            outsourced=priced(outsourcing=[0.0, 90.0]),
        ),
        wait_days=np.array([1.0, 2.0, 3.0]),
        assembly_late_days=np.zeros(3),
        assembly_on_time=np.ones(3),
        make_late_days=np.array([4.0, 3.0, 2.0]),
        make_on_time=np.zeros(3),
        on_time_target=np.array([0.0, 0.9, 0.8]),
        co2=np.zeros(3),
        stock=FinishedStock(
            position=np.array([[2.0, 4.0], [0.0, 0.0], [0.0, 0.0]]),
            demand=np.array([[6.0, 10.0], [14.0, 18.0], [0.0, 0.0]]),
            reached=np.array([[6.5, 10.5], [15.0, 19.0], [-np.inf, -np.inf]]),
            whole=np.array([[7.0, 11.0], [15.0, 19.0], [0.0, 0.0]]),
            early=np.array([[0.5, 1.5], [0.0, 0.0], [0.0, 0.0]]),
            pace=np.ones((3, 2)),
            order_pace=np.ones((3, 2)),
            batch=np.array([4.0, 0.0, 0.0]),
            least=np.array([-np.inf, 13.0, -np.inf]),
            most=np.array([9.0, np.inf, np.inf]),
            protected=np.array([9.0, 17.0, 0.0]),
        ),
        large=no_large_orders(3),
        parts=Parts(
            unit_cost=np.array([50.0, 80.0, 8.0]),
            write_off_rate=np.array([0.0, 0.05, 0.0]),
            stocked_by_choice=np.array([False, True, False]),
            batch=np.array([0.0, 6.0, 0.0]),
            whole=np.array([False, False, False]),
            position=np.array([[0.0, 0.0], [3.0, 5.0], [0.0, 0.0]]),
            co2=np.zeros(3),
            lead_time_days=np.array([10.0, 20.0, 1.0]),
        ),
        edges=Edges(
            product=np.array([1, 2, 2]),
            component=np.array([0, 0, 1]),
            quantity=np.array([1.0, 2.0, 1.0]),
            window=np.array([0, 1, 2]),
            windows=np.array([[9.0, 0.0], [15.0, 17.0], [40.0, 44.0]]),
            exposed=np.array([[True, False], [True, True], [True, True]]),
            due=None,
            due_exposed=None,
            window_product=np.array([1, 2, 2]),
            peak=np.array([[0.0, 0.0], [18.0, 20.0], [46.0, 50.0]]),
            late_rate=np.array([[0.0, 0.0], [2.0 / 18.0, 0.1], [3.0 / 46.0, 0.06]]),
            own_order=np.array([[0.5, 0.5], [1.0, 1.0], [2.0, 1.0]]),
            whole_order=np.array([[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]]),
            protected=np.array([8.0, 34.0, 44.0]),
            # Counted back from the observed instant: day 0, 1 and 2, of b and c.
            paths=np.array([[[0.0, 0.0], [9.0, 0.0], [18.0, 20.0]], [[0.0, 0.0], [15.0, 17.0], [40.0, 44.0]]]),
            path=np.array([0, 0, 1]),
            early_product=np.array([1]),
            early_component=np.array([2]),
            early=np.array([[2.0, 4.0]]),
            bought=Bought(product=np.array([1]), component=np.array([2]), quantity=np.array([3.0])),
        ),
        capacity=Capacity(
            names=("press", "bench"),
            bucket_days=7.0,
            hours=np.array([40.0, 30.0]),
            overtime=np.array([8.0, 0.0]),
            outsourcing=np.array([False, True]),
            make_hours=np.array([[0.5, 0.0], [0.25, 0.0], [1.0, 0.0]]),
            assemble_hours=np.array([[0.0, 0.5], [0.0, 1.0], [0.0, 0.25]]),
            demand=np.array([[6.0, 8.0], [12.0, 16.0], [20.0, 22.0]]),
            stock_pace=np.array([[0.5, 1.5], [1.0, 1.0], [1.25, 0.75]]),
        ),
        budget=5000.0,
        max_changes=1,
        ties=Ties(family=np.array([-1, 0, 0]), narrowed=np.zeros((3, 3), dtype=bool), limits=Limits(
            name=("kits", "orders"), by=("", "family"), of=("", "bc"), strategy=np.array([ATO, MTO]),
            least=np.array([1.0, 0.0]), most=np.array([np.inf, 1.0]),
            counted=np.array([[True, True, True], [False, True, True]]),
        )),
        cvar_weight=0.0,
        cvar_level=0.5,
        review_days=7.0,
    )


def risky_instance():
    """The same with CVaR, which only its own rule needs."""
    return replace(micro_instance(), cvar_weight=0.25)
