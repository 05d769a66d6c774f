"""Segments: customers of one product who wait differently, served from one stock by due date."""

from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from engine.decision.outcome import Infeasible
from engine.decision.solve import solve
from engine.demand.distributions import CompoundPoisson, Constant, Gamma, NegativeBinomial, Normal, Poisson
from engine.demand.paths import sample_paths
from engine.demand.thinning import segment_windows, thinned
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import ATO, MTO
from engine.economics.optima.lateness import excess
from engine.economics.optima.stock import best_stock
from engine.scenario.derived import derive
from tests.evidence import FULL, covering
from tests.scenarios import make_scenario

PARTS = {"components": [{}, {"lead_time_days": 20}], "bom": {"P1": {"C1": 1, "C2": 2}, "P2": {"C1": 1}}, "samples": 60}
WARES = [
    {"assembly_days": 2, "make_premium": 3, "assembly_premium": 1, "make_cv": 0.3, "lost_share_if_late": 0.1,
     "price": 150},
    {"assembly_days": 1, "distribution": "negative_binomial", "demand_cv": 1.0},
]  # fmt: skip
ALIKE = [[(1.0, 5.0)], [(0.3, 5.0), (0.7, 5.0)], [(0.3, 5.0, 1.0), (0.3, 5.0), (0.4, 5.0, 1.0)]]
MANY = 6000 if FULL else 2000
FAMILIES = [
    {"distribution": "gamma", "demand_cv": 0.6},
    {"distribution": "negative_binomial", "demand_cv": 0.9},
    {"distribution": "poisson", "demand_cv": None},
    {"distribution": "normal", "demand_cv": 0.3},
    {"distribution": "compound_poisson", "demand_cv": 1.0, "order_size": 3},
]


def segments(*parts, product="P1"):
    """Rows of the table: share and lead-time target of each, and what lateness costs where a third number stands."""
    return [
        {"product": product, "segment": f"s{k}", "share": share, "lead_time_target_days": days,
         "late_cost_per_unit_day": cost[0] if cost else None}
        for k, (share, days, *cost) in enumerate(parts)
    ]  # fmt: skip


def arrays(part, name=""):
    """Every array of an instance by its name."""
    for field in fields(part):
        value = getattr(part, field.name)
        if is_dataclass(value):
            yield from arrays(value, f"{name}{field.name}.")
        elif isinstance(value, np.ndarray) and field.name != "unit_exposed":
            yield name + field.name, value.astype(float)


def cost_of_stock(rows=(), *, samples=1500, review_days=7.0, **columns):
    """Cost a year of the best finished stock."""
    goods = {"lead_time_target_days": 4, "make_days": 14, **FAMILIES[0], **columns}
    scenario = make_scenario([goods], segments=rows, samples=samples, review_days=review_days)
    return float(best_stock(build_instance(scenario)).cost[0])


@pytest.mark.parametrize(
    ("parts", "settings"), covering(ALIKE, [{}, {"review_days": 0}, {"cost_timing": "period_end"}])
)
def test_customers_who_wait_alike_are_the_product_as_it_was(parts, settings):
    plain, apart = (
        dict(arrays(build_instance(make_scenario(WARES, segments=rows, **PARTS, **settings))))
        for rows in ((), segments(*parts))
    )
    assert plain.keys() == apart.keys()
    for name, values in plain.items():
        np.testing.assert_allclose(apart[name], values, rtol=1e-12, atol=1e-12, err_msg=name)


def test_one_segment_leaves_the_plan_as_it_was():
    costs = [
        solve(make_scenario(WARES, segments=rows, **PARTS)).plan_or_raise().objective_per_year
        for rows in ((), segments((1.0, 5.0)))
    ]
    assert costs[1] == pytest.approx(costs[0], rel=1e-12)


@pytest.mark.parametrize("family", FAMILIES, ids=[str(one["distribution"]) for one in FAMILIES])
def test_what_a_window_holds_is_the_sum_of_thinned_demand(family):
    goods = [{**family, "lead_time_target_days": 4, "make_days": 14}]
    scenario = make_scenario(goods, segments=segments((0.25, 0.0), (0.75, 9.5)), review_days=0, samples=3000)
    demand = build_instance(scenario).stock.demand[0]
    mean, cv = 10.0 / 7.0, float(scenario.products["demand_cv"].fillna(10.0**-0.5).iloc[0])
    days = 0.25 * 14.0 + 0.75 * 4.5
    assert demand.mean() == pytest.approx(mean * days, rel=0.02)
    assert demand.var() == pytest.approx(days * (10.0 * cv) ** 2 / 7.0, rel=0.08)


@pytest.mark.parametrize(
    "made",
    [
        Gamma(mean_per_week=10.0, cv=0.6), Poisson(mean_per_week=10.0), Normal(mean_per_week=10.0, cv=0.3),
        NegativeBinomial(mean_per_week=10.0, cv=0.9), CompoundPoisson(mean_per_week=10.0, cv=1.0, order_size=3.0),
        Constant(mean_per_week=10.0),
    ],
    ids=lambda made: type(made).__name__,
)  # fmt: skip
def test_segments_are_independent_and_add_up(made):
    share, samples = np.array([0.2, 0.5, 0.3]), 4000
    paths = sample_paths(made, seed=3, key="P", days=20.0, samples=samples)
    days = np.full(samples, 9.25)
    whole = np.stack([np.where(np.eye(3, dtype=bool)[k][:, None], 12.0, 0.0).repeat(samples, 1) for k in range(3)])
    each = segment_windows(paths, share, [*whole, np.tile(days, (3, 1))])
    together = segment_windows(paths, share, [np.full((3, samples), 12.0)])[0]
    np.testing.assert_allclose(sum(each[:3]), paths.cumulated[12], rtol=1e-9)
    np.testing.assert_allclose(together, paths.cumulated[12], rtol=1e-12)
    assert each[3].mean() == pytest.approx(10.0 * 9.25 / 7.0, rel=0.02)
    for k, part in enumerate(share):
        slow = thinned(made, float(part))
        assert each[k].mean() == pytest.approx(12.0 / 7.0 * slow.mean_per_week, rel=0.05)
        # Poisson's and that of steady demand are implied.
        cv = getattr(slow, "cv", slow.mean_per_week**-0.5 if isinstance(made, Poisson) else 0.0)
        assert each[k].std() == pytest.approx((12.0 / 7.0) ** 0.5 * cv * slow.mean_per_week, rel=0.12, abs=1e-9)
    if not isinstance(made, Constant):
        assert np.abs(np.corrcoef(each[:3])[np.triu_indices(3, 1)]).max() < 0.06


@pytest.mark.parametrize("share", [0.4, 1.0])
def test_a_unit_that_falls_due_waits_for_supply_as_often_as_its_segment_orders(share):
    """Who waits longer than the lead time gets parts that are bought after the order, beside those in stock."""
    rows = segments((share, 4.0), (1.0 - share, 40.0)) if share < 1.0 else ()
    goods = {"lead_time_target_days": 4, "assembly_days": 1, "make_days": 21}
    parts = {"components": [{"lead_time_days": 20}], "bom": {"P1": {"C1": 1}}}
    edges = build_instance(make_scenario([goods], segments=rows, samples=1000, **parts)).edges
    assert edges.exposed.all()
    assert edges.waits_for_supply.mean() == pytest.approx(share, abs=1e-3)


@pytest.mark.parametrize("review_days", [0.0, 7.0])
def test_a_mixture_costs_between_those_who_wait_least_and_longest(review_days):
    short, mixed, long = (
        cost_of_stock(segments(*parts), review_days=review_days)
        for parts in ([(1.0, 0.0)], [(0.5, 0.0), (0.5, 8.0)], [(1.0, 8.0)])
    )
    assert long < mixed < short


def test_one_stock_for_all_is_worth_more_than_a_stock_for_each():
    parts = [(0.2, 0.0), (0.5, 7.0), (0.3, 30.0)]
    goods = {"demand_cv": 0.8, "make_days": 21, "late_cost_per_unit_day": 2}
    mixed = cost_of_stock(segments(*parts), samples=MANY, **goods)
    least, mean = (cost_of_stock(samples=MANY, **{**goods, "lead_time_target_days": days}) for days in (0.0, 12.5))
    apart = [
        {**goods, "lead_time_target_days": days, "demand_per_week": 10 * share, "demand_cv": 0.8 / share**0.5}
        for share, days in parts
    ]
    assert mean < mixed < 0.95 * least
    assert sum(cost_of_stock(samples=MANY, **one) for one in apart) > 1.2 * mixed


def test_a_longer_wait_of_one_segment_never_costs_more():
    costs = [cost_of_stock(segments((0.4, 0.0), (0.6, days))) for days in (1.0, 3.0, 5.0, 9.0, 13.0)]
    assert (np.diff(costs) < 0.0).all()
    scenarios = [make_scenario(WARES, segments=segments((0.4, 1.0), (0.6, days)), **PARTS) for days in (4.0, 9.0)]
    costs = [solve(one).plan_or_raise().objective_per_year for one in scenarios]
    assert costs[1] < costs[0]


def test_who_is_late_by_making_or_assembling_is_so_at_the_segments_own_cost():
    rows = segments((0.25, 1.0, 4.0), (0.75, 9.0, 0.5))
    scenario = make_scenario(WARES, segments=rows, **PARTS)
    instance, derived = build_instance(scenario), derive(scenario)
    assert derived.wait_days[0] == pytest.approx(0.25 * 1.0 + 0.75 * 9.0)
    assert derived.late_cost_per_unit_day[0] == pytest.approx(0.25 * 4.0 + 0.75 * 0.5)
    assert instance.assembly_on_time[0] == 0.75
    assert instance.assembly_late_days[0] == pytest.approx(0.25 * 1.0)
    late, on_time = excess(np.full(2, 22.0), np.full(2, 0.3), np.array([1.0, 9.0]))
    assert instance.make_on_time[0] == pytest.approx(on_time @ [0.25, 0.75])
    term, yearly = instance.prices.choice.sum(axis=2)[0], 365.0 * 10.0 / 7.0
    lost, premium = 0.1 * 50.0, {ATO: 1.0, MTO: 3.0}
    of_assembly = 0.25 * 4.0 * 1.0 + lost * 0.25 + premium[ATO]
    of_making = late @ [0.25 * 4.0, 0.75 * 0.5] + lost * (1.0 - on_time @ [0.25, 0.75]) + premium[MTO]
    assert term[ATO] == pytest.approx(yearly * of_assembly)
    assert term[MTO] == pytest.approx(yearly * of_making)


@pytest.mark.parametrize("target", [0.6, 0.9])
def test_an_on_time_target_counts_all_segments(target):
    rows = segments((0.25, 1.0), (0.75, 9.0))
    goods = [{**WARES[0], "on_time_target": target, "allowed": "MTS|ATO"}, WARES[1]]
    scenario = make_scenario(goods, segments=rows, **{**PARTS, "samples": 100})
    dropped = (0, ATO) in build_instance(scenario).dropped
    # Assembly takes longer than a quarter of the customers waits.
    assert dropped == (target > 0.75)
    on_time = solve(scenario).plan_or_raise().decisions["on_time"].to_numpy()
    assert on_time[0] >= target - 1e-9


def test_assembled_goods_keep_a_target_that_some_segments_miss():
    goods = [{**WARES[0], "on_time_target": 0.6, "locked": "ATO"}, WARES[1]]
    scenario = make_scenario(goods, segments=segments((0.25, 1.0), (0.75, 9.0)), **PARTS)
    plan = solve(scenario).plan_or_raise()
    assert 0.6 - 1e-9 <= plan.decisions["on_time"].iloc[0] <= 0.75
    assert plan.summary["certified_by"]["model"] == "pyomo"
    assert plan.bound_per_year <= plan.objective_per_year


def test_a_target_that_no_strategy_keeps_is_told_with_what_segments_leave():
    goods = [{**WARES[0], "on_time_target": 0.9, "locked": "ATO"}, WARES[1]]
    found = solve(make_scenario(goods, segments=segments((0.25, 1.0), (0.75, 9.0)), **PARTS))
    assert isinstance(found, Infeasible)
    (conflict,) = found.conflicts
    assert conflict.needed == pytest.approx(0.75)
    assert "assembly alone leaves 75% of units on time, target 90%" in str(conflict.reason)


def test_what_ifs_on_the_product_move_all_its_segments():
    scenario = make_scenario(WARES, segments=segments((0.25, 1.0, 4.0), (0.75, 9.0, 0.5)), **PARTS)
    later = derive(scenario.change(set={"lead_time_target_days": 10.0}, where={"product": "P1"})).waits
    np.testing.assert_allclose(later.wait_days[:2], [4.0, 12.0])
    dear = derive(scenario.change(scale={"late_cost_per_unit_day": 2.0}))
    np.testing.assert_allclose(dear.waits.late_cost, [8.0, 1.0, 2.0])
    moved = scenario.change(set={"segments.lead_time_target_days": 5.0}, where={"segment": "s0"})
    np.testing.assert_allclose(derive(moved).waits.wait_days, [5.0, 9.0, 5.0])
    assert moved.products["lead_time_target_days"].iloc[0] == pytest.approx(8.0)


def test_kept_windows_are_cut_anew_where_a_segment_waits_longer():
    cache = SampleCache()
    for days in (4.0, 9.0):
        scenario = make_scenario(WARES, segments=segments((0.4, 1.0), (0.6, days)), **PARTS)
        kept, fresh = build_instance(scenario, cache=cache), build_instance(scenario)
        for (name, one), (_, other) in zip(arrays(kept), arrays(fresh), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=name)


def test_lots_hold_what_patient_customers_ordered_ahead():
    rows = segments((0.5, 0.0), (0.5, 30.0))
    scenario = make_scenario([{"make_days": 10, "batch_size": 40}], segments=rows, samples=2000, review_days=7)
    demand = build_instance(scenario).stock.demand[0]
    # Half of the demand of LT + u days, less half of that of the R - u days to come.
    assert demand.mean() == pytest.approx(10.0 / 7.0 * 0.5 * (13.5 - 3.5), rel=0.05)
