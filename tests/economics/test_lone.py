"""Lone products: closed forms against quadrature, sums, a simulated shelf, and samples at the same stocks."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from scipy import integrate, special, stats

from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTS
from engine.economics.lone import windows
from engine.economics.lone.decide import decide_lone
from engine.economics.optima.closed_form import stock_performance
from engine.economics.optima.stock import best_stock, measure_stock
from tests.economics.lone_products import lone
from tests.economics.shelf import periodic
from tests.evidence import FULL, covering
from tests.scenarios import make_scenario

SEEDS, SAMPLES, COUNT = (16, 2000, 5) if FULL else (6, 200, 3)
CASES = {
    "gamma": ({}, {}),
    "gamma in batches": ({"batch_setup_cost": 40.0}, {}),
    "gamma, continuous review": ({}, {"review_days": 0}),
    "normal": ({"distribution": "normal", "demand_cv": 0.3}, {}),
    "poisson": ({"distribution": "poisson", "demand_cv": "", "demand_per_week": 2.0}, {}),
    "poisson in batches": ({"distribution": "poisson", "demand_cv": "", "batch_size": 7.0}, {}),
    "poisson, continuous review": (
        {"distribution": "poisson", "demand_cv": "", "demand_per_week": 2.0}, {"review_days": 0},
    ),
    "negative binomial": ({"distribution": "negative_binomial", "demand_per_week": 5.0, "demand_cv": 1.2}, {}),
    "negative binomial in batches": (
        {"distribution": "negative_binomial", "demand_per_week": 5.0, "demand_cv": 1.2, "batch_size": 9.0}, {},
    ),
    "random lead times": ({"replenishment_cv": 0.4, "make_cv": 0.3}, {}),
    "random lead times, continuous review": ({"replenishment_cv": 0.4, "make_cv": 0.3}, {"review_days": 0}),
    "on-time target": ({"on_time_target": 0.9}, {}),
    "on-time target, continuous review": ({"on_time_target": 0.9}, {"review_days": 0}),
    "on-time target, whole units": ({"on_time_target": 0.95, "distribution": "poisson", "demand_cv": ""}, {}),
    "lost sales": ({"lost_share_if_late": 0.3, "price": 150.0}, {}),
    "lost sales, continuous review": ({"lost_share_if_late": 0.3, "price": 150.0}, {"review_days": 0}),
    "lost sales, normal": (
        {"lost_share_if_late": 0.3, "price": 150.0, "distribution": "normal", "demand_cv": 0.3}, {},
    ),
    "end of the cycle": ({}, {"cost_timing": "period_end"}),
    "shelf life": ({"shelf_life_days": 20.0}, {}),
    "lots, customers wait": ({"batch_size": 12.0, "lead_time_target_days": 14.0, "on_time_target": 0.9}, {}),
    "lots, customers wait, lost sales": (
        {"batch_size": 30.0, "lead_time_target_days": 11.0, "lost_share_if_late": 0.3, "price": 150.0}, {},
    ),
    "lots, customers wait, continuous review": (
        {"batch_size": 12.0, "lead_time_target_days": 14.0, "on_time_target": 0.9}, {"review_days": 0},
    ),
    "lots, customers wait, end of the cycle": (
        {"batch_size": 12.0, "lead_time_target_days": 14.0}, {"cost_timing": "period_end"},
    ),
    "lots, customers wait, normal": (
        {"batch_size": 12.0, "lead_time_target_days": 14.0, "distribution": "normal", "demand_cv": 0.3,
         "on_time_target": 0.9}, {},
    ),
    "lots, customers wait, random lead times": (
        {"batch_size": 12.0, "lead_time_target_days": 14.0, "replenishment_cv": 0.4, "make_cv": 0.3,
         "lost_share_if_late": 0.3, "price": 150.0}, {},
    ),
    "lots, customers wait, whole units": (
        {"batch_size": 12.0, "lead_time_target_days": 14.0, "distribution": "negative_binomial",
         "demand_per_week": 5.0, "demand_cv": 1.2, "lost_share_if_late": 0.3, "price": 150.0}, {},
    ),
    "minimum order quantity": ({"min_order_quantity": 12.0, "stocking_cost_per_year": 30.0}, {}),
}  # fmt: skip


def sampled_stock_cost(instance, levels):
    """Cost of finished stock at given levels on one set of samples, shape (products,)."""
    costs = np.zeros(len(levels))
    for i, level in enumerate(levels):
        found = measure_stock(instance.stock, i, np.array([level]), rate=float(instance.rate[i]))
        costs[i] = instance.choice[i, MTS] + float(
            instance.carrying[i] * found.on_hand[0]
            + instance.late[i] * found.backlog[0]
            + instance.lost[i] * 365.0 * found.late_per_day[0]
        )
    return costs, best_stock(instance).cost + instance.choice[:, MTS]


def sampled_kit_cost(instance, sets):
    """Cost of one part per product at given stocks on one set of samples, shape (products,)."""
    edges, parts = instance.edges, instance.parts
    costs = instance.choice[:, ATO].copy()
    for i, c, quantity, k in zip(edges.product, edges.component, edges.quantity, edges.window, strict=True):
        gone, supply = edges.windows[k], sets[i] + parts.position[c] / quantity
        waiting = np.maximum(gone - supply, 0.0)
        costs[i] += instance.part_stocking[c] + float(
            instance.part_carrying[c] * quantity * (waiting + supply - gone).mean() + instance.late[i] * waiting.mean()
        )
        # Whoever falls due comes behind what is gone and what of its own order comes before it. Lots that are bought
        # after the order are bought for all of it: its newest units wait.
        before = edges.own_order[i]
        own = np.where(edges.exposed[k], before, -(before - instance.integer[i]) if parts.batch[c] > 0 else -np.inf)
        late = gone + own > supply + 1e-9 * (1.0 + np.abs(supply))
        if instance.assembly_late_days[i] <= 0.0:
            costs[i] += instance.lost[i] * 365.0 * instance.rate[i] * late.mean()
    for i, c, early in zip(edges.early_product, edges.early_component, edges.early, strict=True):
        costs[i] += float(instance.part_carrying[c] * early.mean())
    return costs


def agree(exact, runs):
    """The exact value lies within sampling error of the mean over seeds."""
    runs = np.array(runs)
    error = runs.std(axis=0, ddof=1) / np.sqrt(len(runs))
    # Student's t with five degrees of freedom leaves 2 in 1,000 beyond 6 errors; the floor is the mean's own scale.
    return np.abs(runs.mean(axis=0) - exact) <= 6.0 * error + 2e-4 * np.abs(exact)


@pytest.mark.parametrize("case", CASES)
def test_costs_agree_with_samples_at_the_same_stocks(case):
    columns, settings = CASES[case]
    part = {"min_order_quantity": 5.0} if case == "gamma in batches" else {}
    part |= {"lead_time_cv": 0.3} if "random lead times" in case else {}
    # Whole units in lots of parts have no closed form.
    part |= {"min_order_quantity": 25.0} if case.startswith("lots") and "whole" not in case else {}
    # Both are measured on the same samples.
    made = lone({**columns, "allowed": "MTS|ATO", "assembly_days": 0.0}, part=part, count=COUNT, **settings)
    drawn = [build_instance(made, samples=SAMPLES, seed=seed) for seed in range(SEEDS)]
    found = decide_lone(replace(made, products=made.products.assign(allowed="MTS")))
    assert found.exact.all()
    assert (found.strategy == MTS).all()
    runs = [sampled_stock_cost(instance, found.level) for instance in drawn]
    assert agree(found.cost[:, MTS], [cost for cost, _ in runs]).all()
    # No level is much better on the samples than the one chosen without them.
    spread = np.std([cost for cost, _ in runs], axis=0)
    if "on-time" not in case:
        assert (np.mean([cost - best for cost, best in runs], axis=0) <= 2.0 * spread + 0.02 * found.cost[:, MTS]).all()
    found = decide_lone(replace(made, products=made.products.assign(allowed="ATO")))
    assert found.exact.all()
    assert agree(found.cost[:, ATO], [sampled_kit_cost(instance, found.sets) for instance in drawn]).all()


@pytest.mark.parametrize("family", ["gamma", "normal", "poisson", "negative_binomial"])
@pytest.mark.parametrize("batch", ["", 6.0])
def test_costs_agree_with_fine_quadrature(family, batch):
    cv = {"poisson": "", "normal": 0.3}.get(family, 0.9)
    scenario = lone(
        {"distribution": family, "demand_cv": cv, "batch_size": batch, "allowed": "MTS"},
        count=40 if FULL else 10, seed=5,
    )  # fmt: skip
    found = decide_lone(scenario)
    products = scenario.products
    truth = stock_performance(
        family, mean_per_week=products["demand_per_week"], cv=0.0 if family == "poisson" else cv,
        lead_time_days=products["replenishment_days"], level=found.level, batch=batch or 0.0, review_days=7.0,
        wait_days=products["lead_time_target_days"],
    )  # fmt: skip
    carrying = 0.35 * products["unit_cost"].to_numpy()
    cost = carrying * truth.on_hand + found.derived.late_cost_per_unit_day * 365.0 * truth.backlog
    np.testing.assert_allclose(found.cost[:, MTS], cost, rtol=1e-6)
    # Counted only: normal demand's is not smooth in short windows.
    np.testing.assert_allclose(found.late_per_day, truth.late_per_day, atol=1e-4 if family == "normal" else 1e-9)


def weekly(family, mean, cv, days):
    """Demand of windows of these days as a distribution of SciPy."""
    weeks = days / 7.0
    if family == "gamma":
        return stats.gamma(weeks / cv**2, scale=mean * cv**2)
    if family == "poisson":
        return stats.poisson(mean * weeks)
    chance = 1.0 / (cv**2 * mean)
    return stats.nbinom(mean * weeks * chance / (1.0 - chance), chance)


@pytest.mark.evidence
@pytest.mark.parametrize(
    ("family", "batch", "wait"),
    covering(["gamma", "poisson", "negative_binomial"], [0, 4, 30], [0.0, 4.0, 13.0, 30.0]),
)
def test_measures_agree_with_sums_over_a_cycle(family, batch, wait):
    """Reviewed each week: stock, waiting and late units added up over levels, positions and instants, by no formula."""
    mean, cv, lead = 9.0, "" if family == "poisson" else 0.9, 10.0
    row = {
        "distribution": family, "demand_per_week": mean, "demand_cv": cv, "batch_size": batch or "", "allowed": "MTS",
        "replenishment_days": lead, "lead_time_target_days": wait, "late_cost_per_unit_day": 0.2, "price": 130.0,
        "lost_share_if_late": 0.1,
    }  # fmt: skip
    found = decide_lone(make_scenario([row]))
    level, whole = float(found.level[0]), family != "gamma"
    instants = 400 if FULL else 200
    at = (np.arange(instants) + 0.5) / instants * 7.0
    # Of lots, windows are below zero where goods come before they fall due, from the last review in time.
    window = np.maximum(lead + at - wait, np.minimum(at - 7.0, 0.0) if batch else 0.0)
    demand = weekly(family, mean, cv, np.maximum(np.abs(window), 1e-12)[:, None])
    width = 1.0 if whole else 0.02
    grid = np.arange(level if whole else level + width / 2, 200.0 if FULL else 130.0, width)
    nothing, below = (window == 0.0)[:, None], (window < 0.0)[:, None]
    above = np.where(below, demand.cdf(-grid - whole), np.where(nothing, grid < 0.0, demand.sf(grid)))
    # E(D - y)+ is the sum of P(D > x) over x >= y; positions are even over the batch.
    short = np.cumsum(above[:, ::-1], axis=1)[:, ::-1] * width
    steps = round(batch / width)
    first = 1 if whole else 0
    positions = short[:, first : first + steps] if batch else short[:, :1]
    backlog = positions.mean()
    # From instant to instant, the growth of the backlog.
    growth = (positions[-1].mean() - positions[0].mean()) / (at[-1] - at[0])
    early = 0.0 if batch else mean / 7.0 * np.maximum(np.clip(wait - lead, 0.0, 7.0) - at, 0.0).mean()
    extra = (batch + whole) / 2 if batch else 0.0
    on_hand = level + extra - mean / 7.0 * window.mean() + backlog + early
    assert found.backlog[0] == pytest.approx(backlog, rel=2e-3, abs=1e-3)
    assert found.inventory_value[0] == pytest.approx(100.0 * on_hand, rel=2e-3, abs=0.1)
    assert found.late_per_day[0] == pytest.approx(growth, rel=5e-3, abs=2e-3)
    cost = 25.0 * on_hand + 0.2 * 365 * backlog + 0.1 * 30 * 365 * growth
    assert found.cost[0, MTS] == pytest.approx(cost, rel=3e-3, abs=1.0)


@pytest.mark.parametrize("cv", [0.6, 1.5])
@pytest.mark.parametrize("target", [0.8, 0.95, 0.99])
def test_gamma_orders_are_late_in_part_under_continuous_review(cv, target):
    """An order is behind its own first part: jumps of a gamma process, size-biased, are exponential.

    P(D + U > S) with U uniform on an exponential jump, whose density is E1(u / b) / b, by numerical integration.
    """
    row = {
        "demand_per_week": 20.0, "demand_cv": cv, "make_days": 21.0, "lead_time_target_days": 3.0, "allowed": "MTS",
        "on_time_target": target, "late_cost_per_unit_day": 1e-6,
    }  # fmt: skip
    found = decide_lone(make_scenario([row], review_days=0))
    level, jump = float(found.level[0]), 20.0 * cv**2
    demand = stats.gamma(18.0 / 7.0 / cv**2, scale=jump)

    def behind(u):
        return demand.sf(level - u) * special.exp1(u / jump) / jump

    late = integrate.quad(behind, 0.0, jump, limit=200)[0] + integrate.quad(behind, jump, np.inf, limit=200)[0]
    assert late == pytest.approx(1.0 - target, abs=2e-6)
    assert found.late_per_day[0] == pytest.approx((1.0 - target) * 20.0 / 7.0, abs=1e-5)


@pytest.mark.parametrize(("wait", "lead_cv", "batch"), [(4, 0.0, 0.0), (12, 0.0, 0.0), (4, 0.3, 40.0)])
def test_a_simulated_shelf_holds_what_was_decided(wait, lead_cv, batch):
    columns = {"demand_per_week": 20.0, "demand_cv": 0.8, "replenishment_days": 10.0, "lead_time_target_days": wait,
               "replenishment_cv": lead_cv, "batch_size": batch or "", "make_days": 30.0, "allowed": "MTS"}  # fmt: skip
    found = decide_lone(make_scenario([columns]))
    on_hand, late, late_per_day = periodic(
        level=float(found.level[0]), batch=batch, demand_per_week=20.0, cv=0.8, lead_days=10, lead_cv=lead_cv,
        wait_days=wait,
    )  # fmt: skip
    assert found.inventory_value[0] == pytest.approx(100.0 * on_hand, rel=0.02)
    assert found.backlog[0] == pytest.approx(late, rel=0.02)
    assert found.late_per_day[0] == pytest.approx(late_per_day, rel=0.03)


@pytest.mark.parametrize(
    ("case", "review_days"),
    covering(["plain", "target", "lost sales", "lots", "end of the cycle", "lots bought after the order"], [0, 1, 7]),
)
def test_a_lone_part_is_the_same_shelf_as_the_product(case, review_days):
    """As dear, as slow and bought in the same lots, it has the same stock, share on time and cost."""
    columns = {"lead_time_target_days": 3.0, "demand_cv": 0.9, "unit_cost": 100.0, "late_cost_per_unit_day": 0.3}
    settings = {"review_days": review_days}
    lot, lead = 0.0, 21.0
    if case == "target":
        columns["on_time_target"] = 0.95
    if case == "lost sales":
        columns |= {"lost_share_if_late": 0.4, "price": 180.0}
    if case.startswith("lots"):
        lot, columns["on_time_target"] = 30.0, 0.9
    if case == "end of the cycle":
        settings["cost_timing"] = "period_end"
    if case == "lots bought after the order":
        # Nothing is exposed either way where the lead time and a review are what customers wait.
        settings["review_days"] = min(review_days, 1)
        lead = 3.0 - settings["review_days"]
    finished = {**columns, "replenishment_days": lead, "make_days": lead, "min_order_quantity": lot, "allowed": "MTS"}
    shelf = decide_lone(make_scenario([finished], **settings))
    part = {"unit_cost": 100.0, "lead_time_days": lead, "min_order_quantity": lot}
    assembled = {**columns, "make_days": lead, "allowed": "ATO"}
    kit = decide_lone(make_scenario([assembled], components=[part], bom={"P1": {"C1": 1.0}}, **settings))
    assert shelf.exact.all()
    assert kit.exact.all()
    for one, other in (
        (shelf.level, kit.sets), (shelf.cost[:, MTS], kit.cost[:, ATO]), (shelf.late_per_day, kit.late_per_day),
        (shelf.backlog, kit.backlog), (shelf.inventory_value, kit.inventory_value), (shelf.ledger, kit.ledger),
    ):  # fmt: skip
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    assert shelf.cost[0, MTS] > 0.0


@pytest.mark.parametrize("cv", [0.0, 0.4])
def test_goods_of_customers_who_wait_longer_lie_until_due(cv):
    """By 100,000 drawn lead times: what lies is what falls due before the next review, once it is here."""
    row = {"demand_per_week": 14.0, "replenishment_days": 10.0, "replenishment_cv": cv, "make_days": 10.0}
    part = {"lead_time_days": 10.0, "lead_time_cv": cv, "unit_cost": 100.0}
    waits = [12.0, 20.0, 60.0]
    drawn = np.full(100_000, 10.0)
    if cv > 0.0:
        drawn = stats.gamma(1 / cv**2, scale=10.0 * cv**2).ppf((np.arange(100_000) + 0.5) / 100_000)
    made = [{**row, "lead_time_target_days": wait, "allowed": "MTS"} for wait in waits]
    kits = [{**row, "lead_time_target_days": wait + 1.0, "assembly_days": 1.0, "allowed": "ATO"} for wait in waits]
    bom = {f"P{k + 1}": {f"C{k + 1}": 1.0} for k in range(3)}
    shelves = decide_lone(make_scenario(made))
    parts = decide_lone(make_scenario(kits, components=[part] * 3, bom=bom))
    u = (np.arange(200) + 0.5) / 200 * 7.0
    for k, wait in enumerate(waits):
        ahead = np.clip(wait - drawn, 0.0, 7.0)
        early = 2.0 * np.mean([np.maximum(ahead - at, 0.0).mean() for at in u])
        units = parts.kits.units_early[k]
        assert units == pytest.approx(early, rel=1e-3)
        assert shelves.inventory_value[k] / 100.0 >= early * (1.0 - 1e-3)
        if cv == 0.0 and wait >= 20.0:
            # No window: all that lies is early, and that is half a review's demand.
            assert shelves.inventory_value[k] == pytest.approx(100.0 * 2.0 * 3.5, rel=1e-9)
            assert parts.ledger[k].sum() == pytest.approx(25.0 * 2.0 * 3.5, rel=1e-9)


def hardly_varies():
    """Random lead times take the same nodes whatever the CV here: the steepest stair, and one more without lots."""
    # In the short form every CV is there, in turn with lots and without.
    turn = {(0.001, ""), (0.01, 6.0), (0.02, ""), (0.05, 6.0)}
    for family, lead_cv, batch, cv in product(("gamma", "normal"), (0.0, 0.3), ("", 6.0), (0.001, 0.01, 0.02, 0.05)):
        if FULL or ((cv, batch) in turn if lead_cv == 0.0 else cv == 0.001 or (cv == 0.05 and batch == "")):
            yield family, lead_cv, batch, cv


@pytest.mark.parametrize(("family", "lead_cv", "batch", "cv"), list(hardly_varies()))
def test_demand_that_hardly_varies_is_exact_too(monkeypatch, family, cv, batch, lead_cv):
    """Its tail over a cycle is a stair with a step for each node: few nodes would do for lively demand alone."""
    columns = {"distribution": family, "demand_cv": cv, "batch_size": batch, "replenishment_cv": lead_cv}
    columns["allowed"] = "MTS"
    made = lone(columns, count=3 if FULL else 1)
    found = decide_lone(made)
    monkeypatch.setattr(windows, "_NODES", ((200 if FULL else 100) * windows._PANEL,) * len(windows._NODES))
    truth = decide_lone(made)
    np.testing.assert_allclose(found.cost[:, MTS], truth.cost[:, MTS], rtol=2e-5)


def absurd():
    """Any two of demand, late cost and batch meet; all three do in the long form."""
    demands = (
        ("poisson", 1e9, ""), ("poisson", 1e12, ""), ("poisson", 1e-9, ""), ("negative_binomial", 1e9, 1e6),
        ("negative_binomial", 1e12, 0.01), ("gamma", 1e12, 1e3), ("gamma", 1e-9, 1e-3), ("normal", 1e12, 1e-6),
    )  # fmt: skip
    lates, batches = (1e-9, 1.0, 1e12), ("", 1.0, 1e12)
    for d, k, b in product(range(len(demands)), range(len(lates)), range(len(batches))):
        if FULL or (d + k + b) % 3 == 0:
            yield *demands[d], lates[k], batches[b]


@pytest.mark.parametrize(("family", "mean", "cv", "late", "batch"), list(absurd()))
def test_absurd_numbers_end_in_a_cost(family, mean, cv, late, batch):
    found = decide_lone(
        lone({"distribution": family, "demand_per_week": mean, "demand_cv": cv, "late_cost_per_unit_day": late,
              "batch_size": batch}, count=1)
    )  # fmt: skip
    assert found.exact.all()
    assert np.isfinite(found.cost[found.allowed]).all()
    assert (found.cost[found.allowed] >= 0.0).all()


@cache
def poisson_costs(mean, batch):
    """What the excess of the variance goes to: the same for each of them."""
    columns = {"distribution": "poisson", "demand_per_week": mean, "demand_cv": "", "batch_size": batch}
    return decide_lone(lone({**columns, "allowed": "MTS"}, count=3)).cost


@pytest.mark.parametrize(
    ("mean", "excess", "batch"), covering([0.04, 25.0, 400.0], [1e-15, 1e-12, 1e-9, 1e-7, 1e-5], ["", 6.0])
)
def test_negative_binomial_demand_next_to_poisson_costs_as_much(mean, excess, batch):
    """The variance of weeks that are Poisson is the mean but for rounding: probabilities must not cancel away."""
    columns = {"demand_per_week": mean, "batch_size": batch, "allowed": "MTS", "distribution": "negative_binomial"}
    own = {**columns, "demand_cv": repr(mean**-0.5 * (1.0 + excess))}
    cost = decide_lone(lone(own, count=3)).cost
    np.testing.assert_allclose(cost, poisson_costs(mean, batch), rtol=1e-6 + 2.0 * excess)
