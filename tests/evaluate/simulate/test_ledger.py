"""Money of what was simulated, booked anew term by term on counts that are given."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.economics.prices import TERMS
from engine.evaluate.simulate.clock.observed import ARRAYS, Observed
from engine.evaluate.simulate.clock.orders import (
    GammaLots,
    ListedOrders,
    PoissonOrders,
    ReplayedOrders,
    SegmentOrders,
)
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, Part, Shelf, System
from engine.evaluate.simulate.findings.ledger import (
    _sized,
    as_planned,
    assembled_units,
    inventory_value,
    ledger_frame,
    planned_ledger,
    simulated_ledger,
    units_of,
)
from tests.scenarios import make_scenario

KEEP = 0.25
COMMON = {"obsolescence_per_year": 0.1, "late_cost_per_unit_day": 2.0, "price": 150.0, "lost_share_if_late": 0.2}
# In lots from stock, with large orders beside it; two that share a part; one by itself; one to order.
ROWS = (
    {"demand_per_week": 14.0, "batch_size": 20.0, "batch_setup_cost": 40.0, "order_size": 2.0, "make_order_cost": 6.0,
     "make_premium": 3.0, "disposal_cost_per_unit": 5.0, "stocking_cost_per_year": 11.0},
    {"demand_per_week": 7.0, "assembly_order_cost": 9.0, "assembly_premium": 1.5, "order_size": 4.0},
    {"demand_per_week": 21.0, "assembly_premium": 2.5, "current_strategy": "MTS", "change_cost": 500.0},
    {"demand_per_week": 7.0},
    {"demand_per_week": 35.0, "make_order_cost": 8.0, "make_premium": 4.0},
)
STRATEGY = ("MTS", "ATO", "ATO", "ATO", "MTO")
PARTS = (
    {"unit_cost": 10.0, "lead_time_days": 20.0, "obsolescence_per_year": 0.3, "disposal_cost_per_unit": 2.0},
    {"unit_cost": 6.0, "lead_time_days": 20.0},
)
ORDERS = (
    SegmentOrders(orders=ListedOrders(per_day=1.0, sizes=(2.0,)), share=(1.0,), wait_days=(0.0,)),
    GammaLots(mean_per_day=1.0, week_cv=0.5), PoissonOrders(per_day=3.0, size=1.0, size_cv2=0.5),
    PoissonOrders(per_day=1.0), PoissonOrders(per_day=1.0, size=5.0),
)  # fmt: skip
TAKEN = ((), ((0, 1.0),), ((0, 2.0),), ((1, 1.0),), ())
LEDGER = {
    ("P1", "holding"): 80.0, ("P1", "stocking"): 11.0, ("P2", "holding"): 30.0, ("P3", "holding"): 10.0,
    ("P2", "overtime"): 6.0, ("P5", "overtime"): 18.0, ("P3", "change"): 250.0, ("P2", "obsolescence"): 5.0,
    ("P4", "holding"): 12.0, ("P1", "batch_setup"): 1.0, ("P2", "outsourcing"): 3.0, ("P3", "outsourcing"): 1.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def case():
    made = make_scenario(
        [{**COMMON, **row, "make_days": 30.0} for row in ROWS], components=PARTS,
        bom={"P2": {"C1": 1}, "P3": {"C1": 2}, "P4": {"C2": 1}},
        resources=[{"resource": "R", "hours_per_week": 40.0, "overtime_hours_per_week": 9.0,
                    "overtime_cost_per_hour": 13.0, "outsourcing_cost_per_hour": 17.0}],
        routing=[{"product": f"P{k}", "resource": "R", "stage": "make", "hours_per_unit": 0.1} for k in (2, 3, 5)],
    )  # fmt: skip
    goods = tuple(
        Good(name=f"P{k + 1}", orders=orders, parts=parts)
        for k, (orders, parts) in enumerate(zip(ORDERS, TAKEN, strict=True))
    )
    shelf = Shelf(level=1.0, supply=Supply(mean_days=20.0))
    system = System(goods=goods, parts=(Part(name="C1", shelf=shelf), Part(name="C2", shelf=shelf)))
    rng = np.random.default_rng(2)
    size = {name: 2 for name in ARRAYS if name.startswith("part")}
    size |= dict.fromkeys(("worked", "overtime", "outsourced", "queue_days"), 1)
    seen = Observed(
        **{name: rng.uniform(1.0, 5.0, (3, size.get(name, 5))) for name in ARRAYS}, leads=({},) * 5, waits=({},) * 5
    )
    names = [f"P{k + 1}" for k in range(5)]
    plan = SimpleNamespace(
        decisions=pd.DataFrame({"product": names, "strategy": STRATEGY}),
        ledger=pd.DataFrame([{"product": p, "term": t, "cost_per_year": c} for (p, t), c in LEDGER.items()]),
    )
    return made, plan, SimpleNamespace(observed=seen, system=system), seen


def test_every_count_is_booked_at_its_price(case):
    made, plan, simulated, seen = case
    cost = simulated_ledger(made, plan, simulated)
    expected = {term: np.zeros((3, 5)) for term in TERMS}
    column = made.products.set_index("product")
    for i, row in enumerate(ROWS):
        rate = row["demand_per_week"] / 7.0
        expected["holding"][:, i] += KEEP * 100.0 * seen.on_hand[:, i]
        expected["obsolescence"][:, i] += 0.1 * 100.0 * seen.on_hand[:, i]
        expected["disposal"][:, i] += 0.1 * row.get("disposal_cost_per_unit", 0.0) * seen.on_hand[:, i]
        expected["late"][:, i] += 2.0 * 365.0 * seen.dear_late[:, i]
        expected["lost_margin"][:, i] += 0.2 * 50.0 * 365.0 * seen.late_units[:, i]
        size = row.get("order_size", 1.0)
        if STRATEGY[i] == "MTS":
            # As many batches as were ordered, each at its set-up cost.
            expected["batch_setup"][:, i] += row.get("batch_setup_cost", 0.0) * 365.0 * seen.batches[:, i]
            expected["order_handling"][:, i] += row["make_order_cost"] * 365.0 * seen.large_orders[:, i]
            expected["premium"][:, i] += row["make_premium"] * 365.0 * seen.large_units[:, i]
            continue
        stage = "assembly" if STRATEGY[i] == "ATO" else "make"
        single = i in (2, 4)
        orders = seen.orders[:, i] if single else seen.units[:, i] / size
        expected["order_handling"][:, i] += row.get(f"{stage}_order_cost", 0.0) * 365.0 * orders
        expected["premium"][:, i] += row.get(f"{stage}_premium", 0.0) * 365.0 * seen.units[:, i]
        assert rate > 0.0
    # What happens once a year, or once, is booked as planned.
    expected["stocking"][:, 0] += 11.0
    expected["change"][:, 2] += 250.0
    # Parts by the plan's shares among those who take them: P2 and P3 three to one.
    for c, (part, who) in enumerate(zip(PARTS, ({1: 0.75, 2: 0.25}, {3: 1.0}), strict=True)):
        scrap = part.get("obsolescence_per_year", 0.0)
        for i, share in who.items():
            expected["holding"][:, i] += share * KEEP * part["unit_cost"] * seen.part_on_hand[:, c]
        # No obsolescence is planned of P3, and no disposal of anybody.
        for i, share in ({1: 1.0, 2: 0.0} if c == 0 else {}).items():
            expected["obsolescence"][:, i] += share * scrap * part["unit_cost"] * seen.part_on_hand[:, c]
        for i in who if c == 0 else ():
            disposal = scrap * part.get("disposal_cost_per_unit", 0.0)
            expected["disposal"][:, i] += 0.5 * disposal * seen.part_on_hand[:, c]
    for term, hours, price, shares in (
        ("overtime", seen.overtime, 13.0, [0.0, 0.25, 0.0, 0.0, 0.75]),
        ("outsourcing", seen.outsourced, 17.0, [0.0, 0.75, 0.25, 0.0, 0.0]),
    ):
        expected[term] += 365.0 * price * hours * np.array(shares)
    for term in TERMS:
        np.testing.assert_allclose(cost[:, :, TERMS.index(term)], expected[term], rtol=1e-9, atol=1e-9, err_msg=term)
    assert column.index.tolist() == [f"P{k + 1}" for k in range(5)]


def test_what_lies_is_valued_at_what_it_cost(case):
    made, _, simulated, seen = case
    value = 100.0 * seen.on_hand.sum(axis=1) + seen.part_on_hand @ [10.0, 6.0]
    np.testing.assert_allclose(inventory_value(made, simulated), value)


def test_the_plans_ledger_is_wide_in_the_order_of_its_decisions(case):
    _, plan, *_ = case
    wide = planned_ledger(plan)
    assert wide.shape == (5, len(TERMS))
    for (product, term), cost in LEDGER.items():
        assert wide[int(product[1]) - 1, TERMS.index(term)] == cost
    assert wide.sum() == sum(LEDGER.values())


def test_shares_are_the_plans_or_alike():
    assert as_planned(np.array([3.0, 0.0, 1.0])).tolist() == [0.75, 0.0, 0.25]
    assert as_planned(np.zeros(4)).tolist() == [0.25] * 4
    assert as_planned(np.full(2, 1e-13)).tolist() == [0.5, 0.5]
    assert as_planned(np.array([2e-12, 0.0])).tolist() == [1.0, 0.0]
    assert as_planned(np.zeros(0)).size == 0


def test_goods_that_take_a_part_together_are_one_unit_however_many_lie_between():
    def of(*taken):
        goods = tuple(Good(name=str(i), orders=ORDERS[3], parts=parts) for i, parts in enumerate(taken))
        shelf = Shelf(level=1.0, supply=Supply(mean_days=1.0))
        return System(goods=goods, parts=tuple(Part(name=str(c), shelf=shelf) for c in range(4)))

    chain = of(((0, 1.0),), (), ((0, 1.0), (1, 1.0)), ((2, 1.0),), ((1, 1.0), (3, 1.0)), ((2, 1.0),))
    unit = units_of(chain)
    assert [np.flatnonzero(unit == number).tolist() for number in np.unique(unit)] == [[0, 2, 4], [1], [3, 5]]
    found = {tuple(goods.tolist()): parts.tolist() for goods, parts in assembled_units(chain, unit)}
    assert found == {(0, 2, 4): [0, 1, 3], (3, 5): [2]}


def test_rows_of_the_ledger_are_those_that_are_not_zero_on_either_side():
    planned, seen = np.zeros((2, len(TERMS))), np.zeros((2, len(TERMS)))
    planned[0, 1], seen[0, 1], seen[1, 2] = 5.0, 4.0, 3.0
    frame = ledger_frame(pd.Series(["A", "B"]), planned, seen, np.full(planned.shape, 0.5))
    assert frame.to_dict("list") == {
        "product": ["A", "B"], "term": [TERMS[1], TERMS[2]], "planned_per_year": [5.0, 0.0],
        "simulated_per_year": [4.0, 3.0], "half_width": [0.5, 0.5],
    }  # fmt: skip


def test_single_orders_are_told_apart_where_they_are_drawn():
    book = ReplayedOrders(day=(0.0,), units=(1.0,), wait_days=(0.0,), span_days=1.0)
    sized = [PoissonOrders(per_day=1.0, size=2.0), PoissonOrders(per_day=1.0, size_cv2=0.1), book, ORDERS[0]]
    assert all(map(_sized, sized))
    plain = [PoissonOrders(per_day=1.0), GammaLots(mean_per_day=1.0, week_cv=1.0)]
    plain.append(SegmentOrders(orders=plain[0], share=(1.0,), wait_days=(0.0,)))
    assert not any(map(_sized, plain))
