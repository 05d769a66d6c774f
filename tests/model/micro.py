"""One instance small enough to read its program: three products, two components, two samples, round numbers."""

from dataclasses import replace

import numpy as np

from engine.economics.instance import TERMS, Capacity, Edges, FinishedStock, Instance, Parts

MTS, ATO, MTO = 0, 1, 2


def micro_instance():
    """Products a, b and c; b and c share frame, c alone uses motor and may not be made to stock.

    Everything that a rule can need is there: targets, lost sales, capacity, batches, a budget, changes, CVaR.
    """
    fixed = np.zeros((3, 3, len(TERMS)))
    fixed[:, ATO, TERMS.index("premium")] = [11.0, 12.0, 13.0]
    fixed[:, MTO, TERMS.index("premium")] = [21.0, 22.0, 23.0]
    fixed[0, ATO, TERMS.index("change")] = 5.0
    allowed = np.array([[True, False, True], [True, True, True], [False, True, True]])
    return Instance(
        products=("a", "b", "c"),
        components=("frame", "motor"),
        samples=2,
        allowed=allowed,
        dropped={},
        current=np.array([MTS, ATO, -1]),
        rate=np.array([1.0, 2.0, 3.0]),
        unit_cost=np.array([100.0, 200.0, 300.0]),
        holding=np.array([20.0, 40.0, 60.0]),
        obsolescence=np.array([10.0, 0.0, 0.0]),
        late=np.array([365.0, 730.0, 1095.0]),
        lost=np.array([0.0, 7.0, 0.0]),
        integer=np.array([False, False, False]),
        fixed=fixed,
        wait_days=np.array([1.0, 2.0, 3.0]),
        assembly_late_days=np.zeros(3),
        make_late_days=np.array([4.0, 3.0, 2.0]),
        make_on_time=np.zeros(3),
        on_time_target=np.array([0.0, 0.9, 0.8]),
        co2=np.zeros(3),
        stock=FinishedStock(
            position=np.array([[2.0, 4.0], [0.0, 0.0], [0.0, 0.0]]),
            demand=np.array([[6.0, 10.0], [14.0, 18.0], [0.0, 0.0]]),
            demand_start=np.array([[4.0, 8.0], [10.0, 12.0], [0.0, 0.0]]),
            demand_end=np.array([[11.0, 15.0], [24.0, 26.0], [0.0, 0.0]]),
            exposed=np.ones((3, 2), dtype=bool),
            batch=np.array([4.0, 0.0, 0.0]),
            least=np.array([-np.inf, 13.0, -np.inf]),
            most=np.array([9.0, np.inf, np.inf]),
        ),
        parts=Parts(
            unit_cost=np.array([50.0, 80.0]),
            holding=np.array([10.0, 16.0]),
            obsolescence=np.array([0.0, 4.0]),
            stocking=np.array([0.0, 30.0]),
            batch=np.array([0.0, 6.0]),
            position=np.array([[0.0, 0.0], [3.0, 5.0]]),
            co2=np.zeros(2),
            lead_time_days=np.array([10.0, 20.0]),
        ),
        edges=Edges(
            product=np.array([1, 2, 2]),
            component=np.array([0, 0, 1]),
            quantity=np.array([1.0, 2.0, 1.0]),
            window=np.array([0, 1, 2]),
            windows=np.array([[9.0, 0.0], [15.0, 17.0], [40.0, 44.0]]),
            windows_end=np.array([[19.0, 8.0], [25.0, 27.0], [50.0, 54.0]]),
            window_product=np.array([1, 2, 2]),
            peak=np.array([[0.0, 0.0], [9.0, 0.0], [40.0, 44.0]]),
            peak_end=np.array([[0.0, 0.0], [19.0, 8.0], [50.0, 54.0]]),
        ),
        capacity=Capacity(
            names=("press", "bench"),
            bucket_days=7.0,
            hours=np.array([40.0, 30.0]),
            overtime=np.array([8.0, 0.0]),
            overtime_cost=np.array([50.0, 0.0]),
            outsourcing_cost=np.array([np.nan, 90.0]),
            make_hours=np.array([[0.5, 0.0], [0.25, 0.0], [1.0, 0.0]]),
            assemble_hours=np.array([[0.0, 0.5], [0.0, 1.0], [0.0, 0.25]]),
            demand=np.array([[6.0, 8.0], [12.0, 16.0], [20.0, 22.0]]),
        ),
        budget=5000.0,
        max_changes=1,
        cvar_weight=0.0,
        cvar_level=0.5,
        review_days=7.0,
    )


def risky_instance():
    """The same with CVaR, which only its own rule needs."""
    return replace(micro_instance(), cvar_weight=0.25)
