"""Windows of parts, lots and what comes early, for lead times and instants that are given: line by line, in loops."""

import numpy as np
import pytest
from scipy import stats

from engine.economics.exposure.groups import groups_of
from engine.economics.exposure.lines import stocked_lines
from engine.economics.exposure.windows import (
    component_window,
    exposure,
    lot_window,
    protected_days,
    sold_within_life,
    stock_window,
    time_since_review,
)
from engine.scenario.derived import derive
from tests.evidence import covering
from tests.scenarios import make_scenario

INSTANT = np.array([0.0, 1.5, 3.0, 6.5])
LEAD = np.array([[10.0, 11.0, 12.5, 9.0], [4.0, 4.0, 4.0, 4.0], [1.0, 6.0, 2.0, 8.0], [4.0, 4.0, 4.0, 4.0]])
PARTS = (
    {"lead_time_days": 10.0, "lead_time_cv": 0.2},
    {"lead_time_days": 4.0},
    {"lead_time_days": 4.0, "lead_time_cv": 0.8},
    {"lead_time_days": 4.0, "min_order_quantity": 90.0},
)
PRODUCTS = (
    {"demand_per_week": 14.0, "lead_time_target_days": 6.0, "assembly_days": 1.0},
    {"demand_per_week": 7.0, "lead_time_target_days": 2.0, "assembly_days": 3.0},
    {"demand_per_week": 21.0, "lead_time_target_days": 8.0, "delivery_days": 2.0},
    {"demand_per_week": 70.0, "lead_time_target_days": 6.0, "allowed": "MTS|MTO"},
    {"demand_per_week": 35.0, "lead_time_target_days": 9.0},
)
TAKEN = ((3, 1, 1.0), (1, 2, 2.0), (1, 1, 3.0), (2, 2, 1.0), (3, 3, 2.0), (4, 1, 1.0), (3, 4, 0.5), (5, 2, 1.0))
BOM = [{"product": f"P{p}", "component": f"C{c}", "quantity": q} for p, c, q in TAKEN]
SLACK, RATE = np.array([5.0, 0.0, 6.0, 6.0, 9.0]), np.array([2.0, 1.0, 3.0, 10.0, 5.0])


def cut(review, period_end):
    made = make_scenario(
        [{**row, "make_days": 30.0} for row in PRODUCTS], components=PARTS, bom=BOM, review_days=review, samples=4,
        **({"cost_timing": "period_end"} if period_end else {}),
    )  # fmt: skip
    derived = derive(made)
    return stocked_lines(
        made, derived.allowed, LEAD, INSTANT, rows={f"P{k + 1}": k for k in range(5)},
        parts={f"C{k + 1}": k for k in range(4)}, groups=groups_of(derived.waits), marks={},
    )  # fmt: skip


def days(lead, slack, instant, review, *, period_end, lot):
    """(LT + u - slack)+, nothing where the part comes in time after the order; of lots it may be below."""
    u = (instant - lead) % review if review else 0.0
    window = 0.0 if lead <= slack else max(lead + (review if period_end else u) - slack, 0.0)
    if lot and not period_end and window <= 0.0:
        # From the last review in time: as many days ahead as supply is early, and never more than a review.
        return min(max(lead + u - slack, min(u - review, 0.0)), 0.0)
    return window


@pytest.mark.parametrize(("review", "period_end"), [(0.0, False), (7.0, False), (7.0, True)])
def test_lines_have_the_windows_of_their_parts(review, period_end):
    found = cut(review, period_end)
    kept, soon, after = [], [], []
    for p, c, q in sorted(((p - 1, c - 1, q) for p, c, q in TAKEN), key=lambda line: line[0]):
        if "allowed" in PRODUCTS[p]:
            continue
        lot = 90.0 if c == 3 else 0.0
        own = [days(LEAD[c, w], SLACK[p], INSTANT[w], review, period_end=period_end, lot=lot) for w in range(4)]
        line = (p, c, q, np.array(own), lot)
        (kept if max(own) > 0.0 or lot else after).append(line)
        ahead = np.clip(SLACK[p] - LEAD[c], 0.0, review)
        # Charged at the end of a cycle nothing is early, and what came early with a lot is in its windows.
        early = q * RATE[p] * ahead**2 / (2.0 * review) if review and not period_end else np.zeros(4)
        if early.any() and not lot:
            soon.append((p, c, early))
    order = [(p, c) for p, c, *_ in kept]
    assert list(zip(found.product.tolist(), found.component.tolist(), strict=True)) == order
    for e, (p, c, q, own, lot) in enumerate(kept):
        assert (found.quantity[e], found.lot[e]) == (q, lot)
        np.testing.assert_allclose(found.days[e], own, atol=1e-12)
        over = [days(LEAD[c, w], SLACK[p], INSTANT[w], review, period_end=False, lot=0.0) for w in range(4)]
        np.testing.assert_allclose(found.due[e], over if period_end else own, atol=1e-12)
        np.testing.assert_array_equal(found.unit_due[e], found.due[e])
        u = (INSTANT - LEAD[c]) % review if review else 0.0
        assert found.reach[e] == pytest.approx((LEAD[c] + (review if period_end else u)).max())
        # Everything queues where something may be short; all customers wait alike.
        np.testing.assert_array_equal(found.exposed_share[e], np.where((own > 0.0) | (lot > 0.0), own > 0.0, 1.0))
    assert list(zip(found.early_product.tolist(), found.early_component.tolist(), strict=True)) == [
        (p, c) for p, c, _ in soon
    ]
    for e, (_, _, early) in enumerate(soon):
        np.testing.assert_allclose(found.early[e], early, atol=1e-12)
    waiting = {p for p, *_ in kept}
    bought = [(p, c, q) for p, c, q, *_ in after if p in waiting]
    assert list(zip(found.bought.product, found.bought.component, found.bought.quantity, strict=True)) == bought
    assert found.apart == found.due_apart == {}


def test_paths_reach_as_far_as_whoever_shares_a_part_and_until_its_lot_is_sold():
    found = cut(7.0, False)
    assembled = np.unique(found.product)
    longest = found.longest(assembled, 4)
    for k, p in enumerate(assembled):
        shared = set(found.component[found.product == p].tolist())
        mine = [found.days[e] for e in range(len(found.product)) if found.component[e] in shared]
        np.testing.assert_array_equal(longest[k], np.maximum(np.max(mine, axis=0), 0.0))
    # 90 units of which half goes into each of three a day: 60 days, and three times as long at most.
    np.testing.assert_allclose(found.days_of_lots(RATE), [0.0, 0.0, 180.0, 0.0, 0.0])
    np.testing.assert_allclose(found.days_of_lots(0.7 * RATE), [0.0, 0.0, 180.0 / 0.7, 0.0, 0.0])
    np.testing.assert_allclose(found.days_of_lots(RATE / 10.0), [0.0, 0.0, 365.0, 0.0, 0.0])
    assert (found.days_of_lots(np.zeros(5)) == [0.0, 0.0, 365.0, 0.0, 0.0]).all()


@pytest.mark.parametrize("period_end", [False, True])
def test_of_what_waits_as_much_becomes_late_as_can_wait_at_most(period_end):
    found = cut(7.0, False)
    peak = np.full((5, 4), 8.0)
    peak[0, 1] = 1e-12
    rates = found.late_rates(peak, RATE, period_end=period_end)
    for p in range(5):
        for w in range(4):
            share = found.exposed_share[found.product == p, w].min(initial=1.0)
            some = 0.0 if period_end or peak[p, w] < 1e-9 else share
            assert rates[p, w] == pytest.approx(RATE[p] * some / peak[p, w] if some else 0.0)


def test_windows_of_single_stocks():
    lead, since = np.array([3.0, 10.0]), time_since_review(np.array([3.0, 10.0]), np.array([1.0, 1.0]), 7.0)
    np.testing.assert_array_equal(since, [5.0, 5.0])
    np.testing.assert_array_equal(time_since_review(lead, np.array([1.0, 1.0]), 0.0), [0.0, 0.0])
    np.testing.assert_array_equal(exposure(lead, np.array([1.0, 1.0]), 7.0), [8.0, 15.0])
    np.testing.assert_array_equal(exposure(lead, np.array([1.0, 1.0]), 7.0, period_end=True), [10.0, 17.0])
    np.testing.assert_array_equal(stock_window(np.array([8.0, 15.0]), 9.0), [0.0, 6.0])
    np.testing.assert_array_equal(component_window(np.array([8.0, 15.0]), lead, 3.0), [0.0, 12.0])
    np.testing.assert_array_equal(component_window(np.array([8.0, 15.0]), lead, 9.0), [0.0, 6.0])
    np.testing.assert_array_equal(lot_window(np.array([8.0, 15.0]), since, 12.0, 7.0), [-2.0, 3.0])
    np.testing.assert_array_equal(lot_window(np.array([8.0, 15.0]), since, 9.5, 7.0), [-1.5, 5.5])


def test_a_full_shelf_sells_within_its_life():
    rate, gone, batch = np.full(3, 2.0), np.full(3, 5.0), np.full(3, 4.0)
    life = np.array([10.25, 10.25, np.nan])
    np.testing.assert_array_equal(sold_within_life(rate, life, gone, batch, whole=False), [21.5, 21.5, 1.0])
    whole = np.array([True, False, True])
    np.testing.assert_array_equal(sold_within_life(rate, life, gone, batch, whole=whole), [21.0, 21.5, 1.0])
    # A whole number but for its rounding is that number.
    assert sold_within_life(np.array([0.1]), np.array([30.0]), np.zeros(1), np.zeros(1), whole=True)[0] == 3.0


@pytest.mark.parametrize(("cv", "wait"), covering([0.0, 0.5], [0.0, 4.0, 11.0, 20.0]))
def test_days_until_the_next_delivery_are_means_over_lead_times(cv, wait):
    shares = (np.arange(200_000) + 0.5) / 200_000
    lead = np.full(1, 10.0) if not cv else stats.gamma(1 / cv**2, scale=10.0 * cv**2).ppf(shares)
    given = np.array([10.0]), np.array([cv]), np.array([wait])
    found = protected_days(*given, 7.0)[0]
    assert found == pytest.approx(np.maximum(lead + 7.0 - wait, 0.0).mean(), rel=1e-3)
    found = protected_days(*given, 7.0, only_longer=True)[0]
    assert found == pytest.approx(np.where(lead > wait, lead + 7.0 - wait, 0.0).mean(), rel=1e-3, abs=1e-6)
