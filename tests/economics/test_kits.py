"""Parts of lone products in sets, and levels of parts each by itself: added up line by line, as they are defined."""

import numpy as np
import pytest
from scipy import stats

from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTS
from engine.economics.lone.lines import stocked_kits
from engine.economics.optima.budget_price import _inventory, part_asked, part_levels
from engine.economics.optima.lateness import lateness
from engine.economics.optima.stock import best_stock
from engine.economics.prices import TERMS, price_table
from engine.scenario.derived import derive
from tests.decision.cases import case
from tests.evidence import covering
from tests.scenarios import make_scenario

KEEP = 0.25
PARTS = (
    # Exposed, with a fixed cost; exposed at random; in lots, though bought after the order; early; just in time.
    {"unit_cost": 20.0, "lead_time_days": 12.0, "stocking_cost_per_year": 70.0, "obsolescence_per_year": 0.2,
     "disposal_cost_per_unit": 3.0, "co2_kg": 2.0},
    {"unit_cost": 7.0, "lead_time_days": 12.0, "lead_time_cv": 0.5, "co2_kg": 1.0, "obsolescence_per_year": 0.1},
    {"unit_cost": 4.0, "lead_time_days": 2.0, "min_order_quantity": 36.0},
    {"unit_cost": 9.0, "lead_time_days": 1.0, "obsolescence_per_year": 0.4, "co2_kg": 5.0},
    {"unit_cost": 3.0, "lead_time_days": 5.0, "obsolescence_per_year": 0.3, "co2_kg": 0.5},
    {"unit_cost": 11.0, "lead_time_days": 12.0},
)  # fmt: skip
# Customers wait six days, of which one is for assembly.
BOM = {"P1": {"C1": 2, "C4": 3, "C5": 4}, "P2": {"C2": 1}, "P3": {"C3": 3}, "P4": {"C1": 1, "C6": 2}, "P5": {"C4": 1},
       "P6": {"C1": 1, "C2": 1}}  # fmt: skip
SLACK, RATES, REVIEW = 5.0, np.array([14.0, 7.0, 21.0, 3.5, 7.0, 10.0]) / 7.0, 7.0


@pytest.fixture(scope="module")
def kits():
    rows = [
        {"demand_per_week": 7.0 * rate, "lead_time_target_days": 6.0, "assembly_days": 1.0, "make_days": 20.0}
        for rate in RATES
    ]
    made = make_scenario(rows, components=PARTS, bom=BOM)
    derived = derive(made)
    return stocked_kits(made, derived, price_table(made, derived, lateness(made, derived)))


def lines(i):
    return [(int(name[1]) - 1, float(q)) for name, q in BOM[f"P{i + 1}"].items()]


def of(c, name):
    return PARTS[c].get(name, 0.0)


def stocked(c):
    row = PARTS[c]
    return row["lead_time_days"] > SLACK or "lead_time_cv" in row or "min_order_quantity" in row


def early(i, c, q):
    """l a E min((wait - lead)+, R)^2 / (2 R) of what does not come in lots."""
    lead, cv = of(c, "lead_time_days"), of(c, "lead_time_cv")
    if of(c, "min_order_quantity"):
        return 0.0
    square = max(min(SLACK - lead, REVIEW), 0.0) ** 2
    if cv:
        law = stats.gamma(1.0 / cv**2, scale=lead * cv**2)
        square = law.expect(lambda x: min(SLACK - x, REVIEW) ** 2, ub=SLACK)
    return q * RATES[i] * square / (2.0 * REVIEW)


def money(c):
    """What a unit on hand costs a year."""
    row = PARTS[c]
    scrap = row.get("obsolescence_per_year", 0.0)
    return row["unit_cost"] * (KEEP + scrap) + scrap * row.get("disposal_cost_per_unit", 0.0)


def test_sets_are_added_up_from_the_lines_that_are_stocked(kits):
    for i in range(6):
        shelf = [(c, q) for c, q in lines(i) if stocked(c)]
        waits = [(c, q) for c, q in lines(i) if not stocked(c)] if shelf else []
        assert kits.count[i] == len(shelf)
        assert kits.carrying[i].sum() == pytest.approx(sum(q * money(c) for c, q in shelf))
        assert kits.stocking[i].sum() == pytest.approx(sum(of(c, "stocking_cost_per_year") for c, _ in shelf))
        assert kits.value[i] == pytest.approx(sum(q * of(c, "unit_cost") for c, q in shelf))
        scrap = [q * of(c, "co2_kg") * of(c, "obsolescence_per_year") for c, q in shelf]
        assert kits.scrap_co2[i] == pytest.approx(sum(scrap))
        assert kits.bought[i].sum() == pytest.approx(sum(q * money(c) for c, q in waits))
        assert kits.bought_value[i] == pytest.approx(sum(q * of(c, "unit_cost") for c, q in waits))
        scrap = [q * of(c, "co2_kg") * of(c, "obsolescence_per_year") for c, q in waits]
        assert kits.bought_scrap_co2[i] == pytest.approx(sum(scrap))
        lying = [(c, early(i, c, q)) for c, q in lines(i)]
        assert kits.early[i].sum() == pytest.approx(sum(units * money(c) for c, units in lying))
        assert kits.early_value[i] == pytest.approx(sum(units * of(c, "unit_cost") for c, units in lying))
        scrap = [units * of(c, "co2_kg") * of(c, "obsolescence_per_year") for c, units in lying]
        assert kits.early_scrap_co2[i] == pytest.approx(sum(scrap))
    assert kits.stocking[:, TERMS.index("stocking")].sum() == pytest.approx(3 * 70.0)


def test_sets_have_one_window_where_lead_times_are_equal_and_do_not_vary(kits):
    assert kits.same.tolist() == [True, True, True, True, True, False]
    assert kits.lead_days.tolist() == [12.0, 12.0, 2.0, 12.0, 0.0, 12.0]
    assert kits.lead_cv.tolist() == [0.0, 0.5, 0.0, 0.0, 0.0, 0.5]
    assert kits.slack_days.tolist() == [SLACK] * 6
    # Lots in sets of three.
    assert kits.batch.tolist() == [0.0, 0.0, 12.0, 0.0, 0.0, 0.0]
    assert kits.batches.tolist() == [0, 0, 1, 0, 0, 0]


def test_lines_are_those_of_parts_that_lie_somewhere(kits):
    expected = [(i, c, q) for i in range(6) for c, q in lines(i) if stocked(c) or early(i, c, q) or kits.count[i]]
    found = list(zip(kits.product.tolist(), kits.component.tolist(), kits.quantity.tolist(), strict=True))
    assert sorted(found) == sorted(expected)
    for k, (i, c, q) in enumerate(found):
        assert kits.stocked[k] == stocked(c)
        assert kits.waits[k] == (not stocked(c) and kits.count[i] > 0)
        assert not kits.in_pieces[k]
        assert kits.units_early[k] == pytest.approx(early(i, c, q))
        # Mean demand of the days beyond the wait, and of a review where the part is exposed at all.
        lead, cv = of(c, "lead_time_days"), of(c, "lead_time_cv")
        days = lead + REVIEW - SLACK if lead > SLACK else 0.0
        if cv:
            law = stats.gamma(1.0 / cv**2, scale=lead * cv**2)
            days = law.expect(lambda x: x - SLACK, lb=SLACK) + REVIEW * law.sf(SLACK)
        assert kits.protected[k] == pytest.approx(q * RATES[i] * days, rel=1e-6)


RULES = ("plain", "on time", "min order quantities", "lost sales", "component stocking")


def price_of(instance, c, users, price, times):
    """Worth of what a part short keeps waiting, per unit of the part, and what the part costs to keep."""
    edges, bought = instance.edges, instance.edges.bought
    carrying = instance.part_carrying + price * instance.parts.unit_cost
    worth = use = 0.0
    for p, q in users:
        kit = 0.0
        for of_parts in (edges, bought):
            mine = of_parts.product == p
            kit += (carrying[of_parts.component[mine]] * of_parts.quantity[mine]).sum()
        worth += instance.rate[p] * (kit + instance.waiting[p] * times)
        use += instance.rate[p] * q
    return worth / use, carrying[c]


@pytest.mark.parametrize(
    ("rule", "priced"), covering(RULES, [(0.0, 1.0), (0.3, 1.0), (0.0, 0.05), (0.0, 3.0)])
)
def test_levels_of_parts_are_newsvendors_of_what_their_users_ask_together(rule, priced):
    price, times = priced
    for seed in range(2):
        instance = build_instance(case(rule, seed, parts_per_product=2))
        edges, parts = instance.edges, instance.parts
        chosen = np.flatnonzero(instance.allowed[edges.product, ATO])
        found = part_levels(instance, chosen, value_price=price, times=times)
        for c in range(len(instance.components)):
            own = [e for e in chosen if edges.component[e] == c]
            if not own:
                assert found[c] == 0.0
                continue
            asked = sum(edges.quantity[e] * edges.windows[edges.window[e]] for e in own) - parts.position[c]
            np.testing.assert_allclose(part_asked(instance, np.array(own), c), asked, atol=1e-9)
            worth, keep = price_of(instance, c, [(edges.product[e], edges.quantity[e]) for e in own], price, times)
            share = max((worth - keep) / worth, 0.0, *(instance.part_target[edges.product[e]] for e in own))
            place = max(int(np.ceil(share * len(asked) - 1e-9)), 1)
            assert found[c] == pytest.approx(np.sort(asked)[place - 1], abs=1e-9)


@pytest.mark.parametrize(("rule", "price"), covering(RULES, [0.0, 0.4]))
def test_inventory_is_that_of_the_strategies_that_are_cheapest_alone(rule, price):
    for seed in range(2):
        instance = build_instance(case(rule, seed, parts_per_product=2))
        edges, parts = instance.edges, instance.parts
        chosen = np.flatnonzero(instance.allowed[edges.product, ATO])
        levels, made = part_levels(instance, chosen, value_price=price), best_stock(instance, value_price=price)
        total = 0.0
        for i in range(len(instance.products)):
            worth = cost = waits = 0.0
            for e in (e for e in chosen if edges.product[e] == i):
                c = edges.component[e]
                users = [other for other in chosen if edges.component[other] == c]
                gap = levels[c] - part_asked(instance, np.array(users), c)
                used = sum(edges.quantity[other] * instance.rate[edges.product[other]] for other in users)
                share = edges.quantity[e] * instance.rate[i] / used
                on_hand, short = np.maximum(gap, 0.0).mean(), np.maximum(-gap, 0.0).mean()
                worth += share * parts.unit_cost[c] * on_hand
                cost += share * (instance.part_carrying[c] + price * parts.unit_cost[c]) * on_hand
                waits = max(waits, share * short / edges.quantity[e])
            each = instance.standing[i] + [made.cost[i], cost + instance.waiting[i] * waits, 0.0]
            best = np.argmin(np.where(instance.allowed[i], each, np.inf))
            total += {MTS: instance.unit_cost[i] * np.nan_to_num(made.on_hand[i]), ATO: worth}.get(int(best), 0.0)
        assert _inventory(instance, price) == pytest.approx(total, rel=1e-9)
