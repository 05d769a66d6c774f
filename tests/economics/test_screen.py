"""A screened decision is never wrong: the best plan among those left costs what the best of all does."""

from dataclasses import replace

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTO, MTS, TERMS
from engine.economics.optima.screen import DecidedBy, alone_cost, dedicated_cost, joining_cost, screen, shared_lines
from engine.economics.optima.stock import best_stock, decide_stock
from tests.decision.cases import RULES, case
from tests.decision.enumeration import cost_of, enumerate_all
from tests.evidence import FULL
from tests.scenarios import make_scenario

SEEDS = 10 if FULL else 1
TIED = {"budget", "budget and on time", "max changes", "cvar", "cvar and capacity", "everything"}


def folded(scenario):
    """The instance with finished stock decided, and the optimum."""
    instance = build_instance(scenario)
    optimum = best_stock(instance)
    return instance, decide_stock(instance, optimum), optimum


def with_fixed(instance, i, costs):
    """The instance with the fixed costs of product i replaced, all in the term of premiums."""
    choice = instance.prices.choice.copy()
    choice[i] = 0.0
    choice[i, :, TERMS.index("premium")] = costs
    return replace(instance, prices=replace(instance.prices, choice=choice))


def near_ties(instance, optimum, rng):
    """Fixed costs drawn so that the strategies of each product lie close together, where a wrong test shows."""
    out = decide_stock(instance, optimum)
    alone = dedicated_cost(out).high - out.choice[:, ATO]
    for i in range(len(out.products)):
        base = alone[i] if np.isfinite(alone[i]) else 100.0
        out = with_fixed(out, i, base * np.array([rng.uniform(0.5, 1.6), rng.uniform(0.0, 0.3), rng.uniform(0.5, 1.6)]))
    # The oracle prices finished stock itself: take that part out again.
    choice = out.prices.choice.copy()
    own = np.nan_to_num(optimum.cost)
    choice[:, MTS, TERMS.index("premium")] -= own
    return replace(out, prices=replace(out.prices, choice=choice), stock_level=None)


def assert_safe(instance, context):
    """Returns by which tests the products were decided."""
    found = screen(instance)
    assert (found.allowed <= instance.allowed).all()
    assert found.allowed.any(axis=1).all()
    best = enumerate_all(instance)
    products = np.arange(len(instance.products))
    kept = min((cost for chosen, cost in best.costs.items() if found.allowed[products, chosen].all()), default=np.inf)
    assert kept == pytest.approx(best.cost, rel=1e-6, abs=1e-6), f"{context}: {found.decided_by}"
    return found


@pytest.mark.evidence
@pytest.mark.parametrize("rule", sorted(RULES))
def test_screening_never_excludes_every_best_plan(rule):
    for seed in range(SEEDS):
        instance = build_instance(case(rule, seed))
        found = assert_safe(instance, f"{rule}, seed {seed}")
        if rule in TIED:
            assert np.array_equal(found.allowed, instance.allowed), "tied products are not screened"


@pytest.mark.evidence
@pytest.mark.parametrize("parts", [1, 2, 3])
def test_near_ties_are_decided_right_whatever_is_shared(parts):
    """Every test decides some product, and no decision costs anything."""
    tests = set()
    for seed in range(50 if FULL else 5):
        rule = ("plain", "on time", "component stocking", "min order quantities", "random lead times")[seed % 5]
        scenario = case(rule, seed, parts_per_product=parts)
        instance = build_instance(scenario)
        instance = near_ties(instance, best_stock(instance), np.random.default_rng(seed))
        tests |= set(assert_safe(instance, f"{rule}, {parts} parts, seed {seed}").decided_by)
    assert DecidedBy.DEDICATED in tests
    if parts == 1:
        assert DecidedBy.LONE in tests


def lone_scenario(**columns):
    return make_scenario(
        products=[columns],
        components=[{}, {"unit_cost": 45.0, "lead_time_days": 25.0}],
        bom={"P1": {"C1": 2, "C2": 1}},
        samples=40,
    )


def test_the_cost_alone_is_that_of_the_oracle():
    """Several windows, batches and a target: the linear program and its bounds against the oracle's own program."""
    for rule in ("plain", "on time", "component stocking", "min order quantities", "end of the cycle"):
        for seed in range(3 if FULL else 1):
            instance = build_instance(case(rule, seed))
            for i in range(len(instance.products)):
                if not instance.allowed[i, ATO]:
                    continue
                # The others are made to order at no cost, so that the pool is this product's own.
                choice = instance.prices.choice.copy()
                others = np.arange(len(instance.products)) != i
                choice[others] = 0.0
                prices = replace(instance.prices, choice=choice)
                mine = replace(instance, prices=prices, capacity=None, on_time_target=np.where(
                    others, 0.0, instance.on_time_target))  # fmt: skip
                strategy = tuple(ATO if j == i else MTO for j in range(len(instance.products)))
                expected = cost_of(mine, strategy)
                bounds = dedicated_cost(mine)
                assert alone_cost(mine, i) == pytest.approx(expected, rel=1e-7), f"{rule}, seed {seed}"
                assert bounds.low[i] <= expected * (1 + 1e-9)
                assert bounds.high[i] >= expected * (1 - 1e-9)
                if bounds.exact[i]:
                    assert bounds.high[i] == pytest.approx(expected, rel=1e-9)


def test_one_window_is_a_newsvendor():
    """By hand: the least over all sampled levels of carrying what is left and paying for what is late."""
    instance = build_instance(make_scenario(
        products=[{"late_cost_per_unit_day": 0.3}], components=[{}], bom={"P1": {"C1": 2}}, samples=60
    ))  # fmt: skip
    window, carried = instance.edges.windows[0], 2.0 * instance.part_carrying[0]
    by_hand = min(
        carried * np.maximum(y - window, 0.0).mean() + instance.late[0] * np.maximum(window - y, 0.0).mean()
        for y in np.append(window, 0.0)
    )
    cost = dedicated_cost(instance)
    assert cost.exact[0]
    assert cost.high[0] == pytest.approx(instance.choice[0, ATO] + by_hand, rel=1e-12)
    assert cost.low[0] == pytest.approx(cost.high[0], rel=1e-12)


def test_pooling_is_subadditive_also_where_parts_come_in_batches():
    """A product that joins adds at most its dedicated cost and at least the joining cost, in every pool."""
    for rule in ("plain", "min order quantities", "on time", "component stocking"):
        for seed in range(12 if FULL else 2):
            instance = build_instance(case(rule, seed))
            if not instance.allowed.all():
                continue
            high = dedicated_cost(instance).high
            low = joining_cost(instance, shared_lines(instance, instance.allowed))
            for pool in ((MTO, MTO), (ATO, MTO), (ATO, ATO), (MTO, ATO)):
                before = cost_of(instance, (MTO, *pool)) - instance.choice[0, MTO]
                added = cost_of(instance, (ATO, *pool)) - before
                room = 1e-7 * (1.0 + before)
                assert added <= high[0] + room, f"{rule}, seed {seed}: the pool costs more than its parts"
                assert added >= low[0] - room, f"{rule}, seed {seed}: joining saves more than the bound says"


def test_dearer_of_two_constants_is_dropped_and_ato_where_its_premium_is_too_high():
    instance, decided, _ = folded(lone_scenario())
    dear_ato = with_fixed(decided, 0, [30.0, 1e7, 50.0])
    found = screen(dear_ato)
    assert found.allowed.tolist() == [[True, False, False]]
    assert found.decided_by == (DecidedBy.DOMINATED,)
    cheap_ato = with_fixed(decided, 0, [1e7, 0.0, 2e7])
    assert screen(cheap_ato).decided_by == (DecidedBy.DEDICATED,)
    assert screen(cheap_ato).allowed.tolist() == [[False, True, False]]
    assert screen(replace(cheap_ato, max_changes=1)).decided_by == (DecidedBy.OPEN,)
    assert instance.allowed.all()


def test_products_on_a_scarce_resource_are_left_open():
    for seed in range(4):
        instance = build_instance(case("capacity", seed))
        found = screen(instance)
        assert np.array_equal(found.allowed, instance.allowed)
        assert found.counts[DecidedBy.OPEN] + found.counts[DecidedBy.GIVEN] == len(instance.products)
