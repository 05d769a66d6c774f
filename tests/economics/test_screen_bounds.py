"""Bounds that screening decides by, stated anew product by product, in loops and in full."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTO, TERMS
from engine.economics.optima import screen
from engine.economics.optima.screen import DecidedBy, dedicated_cost, joining_cost, scarce_products, shared_lines
from tests.decision.cases import case
from tests.evidence import covering
from tests.scenarios import make_scenario

CASES = (
    "plain", "on time", "component stocking", "min order quantities", "lost sales", "random lead times", "everything",
)  # fmt: skip


@cache
def instances(rule):
    """Built once for all tests, none of which changes them."""
    return tuple(build_instance(case(rule, seed, parts_per_product=2)) for seed in range(3))


def lines_of(instance, i):
    edges = instance.edges
    return [
        (c, q, w)
        for p, c, q, w in zip(edges.product, edges.component, edges.quantity, edges.window, strict=True)
        if p == i
    ]


def users(instance, c, allowed):
    """Products that take a part and may be assembled."""
    edges = instance.edges
    return {
        int(p) for p, part in zip(edges.product, edges.component, strict=True) if part == c and allowed[p, ATO]
    }


@pytest.mark.parametrize("rule", CASES)
def test_a_line_is_shared_where_another_product_takes_its_part(rule):
    for instance in instances(rule):
        for allowed in (instance.allowed, instance.allowed & (np.arange(len(instance.products)) > 0)[:, None]):
            found, edges = shared_lines(instance, allowed), instance.edges
            for e, (p, c) in enumerate(zip(edges.product, edges.component, strict=True)):
                assert found[e] == (allowed[p, ATO] and len(users(instance, c, allowed)) > 1)


@pytest.mark.parametrize("rule", CASES)
def test_joining_saves_at_most_what_its_shared_parts_could_be_worth(rule):
    """Choice and own parts' stocking, less carrying of shared ones: mean demand, and what the peak is ahead of it."""
    for instance in instances(rule):
        shared = shared_lines(instance, instance.allowed)
        found, edges = joining_cost(instance, shared), instance.edges
        for i in range(len(instance.products)):
            expected = instance.standing[i, ATO]
            own = {c for (p, c, s) in zip(edges.product, edges.component, shared, strict=True) if p == i and not s}
            expected += sum(instance.part_stocking[c] for c in own)
            for e, (p, c, q, w) in enumerate(
                zip(edges.product, edges.component, edges.quantity, edges.window, strict=True)
            ):
                if p == i and shared[e]:
                    window = edges.windows[w]
                    ahead = (edges.peak[i] - window).max()
                    expected -= instance.part_carrying[c] * q * (window.mean() + max(ahead, 0.0))
            assert found[i] == pytest.approx(expected, rel=1e-12, abs=1e-9)


def order_statistic(values, share):
    """The least that a share of the samples does not exceed; nothing for a share of zero."""
    if share <= 0.0:
        return 0.0
    place = int(np.ceil(share * len(values) - 1e-9)) - 1
    return np.sort(values)[min(max(place, 0), len(values) - 1)]


def dedicated(instance, i):
    """Least cost of the candidate stocks and the bound by splitting lateness, without what stands anyway."""
    lines, edges = lines_of(instance, i), instance.edges
    windows = sorted({w for _, _, w in lines})
    if not windows:
        return 0.0, 0.0
    carried = np.array([sum(instance.part_carrying[c] * q for c, q, w in lines if w == one) for one in windows])
    demand, kit = edges.windows[windows], carried.sum()
    late_price = instance.waiting[i] + instance.bought_carrying[i]
    dear = late_price + kit
    ratio = late_price / dear if dear > 0.0 else 1.0
    became = edges.late_rate[i]

    def cost(levels):
        late = np.maximum(demand - levels[:, None], 0.0).max(axis=0)
        if instance.on_time_target[i] > 0.0 and (became * late).mean() > (
            (1.0 - instance.part_target[i]) * instance.rate[i]
        ):
            return np.inf
        lost = 365.0 * instance.part_lost[i] * became
        return (carried * (levels - demand.mean(axis=1))).sum() + ((dear + lost) * late).mean()

    def at(share):
        return np.array([order_statistic(row, share) for row in demand])

    newsvendor = at(ratio)
    tried = [newsvendor, *(at(share) for share in screen._SHARES)]
    if instance.on_time_target[i] > 0.0:
        tried += [np.maximum(newsvendor, at(share)) for share in screen._SHARES]
    short = np.maximum(demand - newsvendor[:, None], 0.0).mean(axis=1)
    part = carried / kit if kit > 0.0 else carried
    split = (carried * (newsvendor - demand.mean(axis=1)) + part * dear * short).sum()
    return min(cost(levels) for levels in tried), split


@pytest.mark.parametrize(("rule", "block"), covering(CASES, [1, 4_000_000]))
def test_parts_of_its_own_cost_the_best_candidate_and_no_less_than_lateness_split(rule, block, monkeypatch):
    monkeypatch.setattr(screen, "_BLOCK", block)
    seen = set()
    for instance in instances(rule):
        found, parts = dedicated_cost(instance), instance.parts
        for i in range(len(instance.products)):
            lines = lines_of(instance, i)
            best, split = dedicated(instance, i)
            on_top = sum(
                instance.part_stocking[c] + instance.part_carrying[c] * parts.position[c].mean() for c, _, _ in lines
            )
            stands = instance.standing[i, ATO] + on_top
            assert found.high[i] == pytest.approx(stands + best, rel=1e-12, abs=1e-9)
            lots = any((parts.position[c] > 0.0).any() for c, _, _ in lines)
            assert found.low[i] == (-np.inf if lots else pytest.approx(stands + split, rel=1e-12, abs=1e-9))
            one_window = len({w for _, _, w in lines}) <= 1
            plain = instance.on_time_target[i] <= 0.0 and instance.lost[i] <= 0.0
            assert found.exact[i] == (one_window and not lots and plain)
            seen.add(bool(found.exact[i]))
    assert False in seen


@pytest.mark.parametrize(("more", "test"), [(1e-3, DecidedBy.DEDICATED), (-1e-3, DecidedBy.LONE)])
def test_a_lone_product_of_several_windows_is_decided_by_its_own_cost(more, test):
    """The lower bound leaves it open where the other strategy costs a little less: the linear program decides."""
    instance = build_instance(make_scenario(
        [{"allowed": "ATO|MTO"}], components=[{}, {"unit_cost": 45.0, "lead_time_days": 25.0}],
        bom={"P1": {"C1": 2, "C2": 1}}, samples=40,
    ))  # fmt: skip
    bounds, alone = dedicated_cost(instance), screen.alone_cost(instance, 0)
    assert bounds.low[0] < alone * (1.0 - 1e-3)
    assert alone <= bounds.high[0] * (1.0 + 1e-9)
    assert not bounds.exact[0]
    choice = instance.prices.choice.copy()
    choice[0, MTO] = 0.0
    choice[0, MTO, TERMS.index("premium")] = alone * (1.0 + more)
    found = screen.screen(replace(instance, prices=replace(instance.prices, choice=choice)))
    assert found.decided_by == (test,)
    assert found.allowed.tolist() == [[False, more > 0.0, more < 0.0]]


def test_hours_are_scarce_for_whoever_is_worked_on():
    instance = build_instance(case("capacity", 1))
    used = instance.capacity.make_hours + instance.capacity.assemble_hours
    np.testing.assert_array_equal(scarce_products(instance), (used > 0.0).any(axis=1))
    assert not scarce_products(build_instance(case("plain", 1))).any()


def test_every_test_is_counted_by_how_many_it_decided():
    found = screen.Screen(
        allowed=np.ones((3, 3), dtype=bool), decided_by=(DecidedBy.LONE, DecidedBy.OPEN, DecidedBy.LONE)
    )
    assert found.counts == {test: {DecidedBy.LONE: 2, DecidedBy.OPEN: 1}.get(test, 0) for test in DecidedBy}
