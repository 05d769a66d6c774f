"""Large orders to order: what lies above a cut-off, which one is chosen, and what it means for a product."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.demand.fitting.complete import complete
from engine.demand.fitting.fit import fit_demand
from engine.demand.order_sizes import MOST_CUTOFFS, GammaSizes, SeenSizes, known_sizes
from engine.economics.build import build_instance
from engine.economics.exposure import draw
from engine.economics.exposure.draw import SampleCache
from engine.economics.lone.decide import decide_lone
from engine.economics.optima import cutoff
from engine.economics.optima.cutoff import Cutoffs, parts_of
from engine.economics.optima.stock import best_stock
from engine.errors import ScenarioError
from engine.scenario.derived import derive
from engine.scenario.importers.adventureworks import import_adventureworks
from engine.scenario.read import read_scenario
from tests.economics.shelf import net_at_zero
from tests.evidence import FULL
from tests.scenarios import make_scenario, season_rows

# Of 100 orders 19 are of each size from 1 to 5, and 5 of 60 units.
MIXED = np.concatenate([np.repeat(np.arange(1.0, 6.0), 57), np.full(15, 60.0)])
WARES = {
    "unit_cost": 50.0, "lead_time_target_days": 2.0, "make_days": 14.0, "late_cost_per_unit_day": 0.5,
    "make_premium": 0.4, "make_order_cost": 2.0, "obsolescence_per_year": 0.1, "large_order_target_days": 13.0,
}  # fmt: skip


def ordered(product, sizes):
    """Order lines of these sizes, on days of two years."""
    days = np.sort(np.random.default_rng(1).integers(0, 700, len(sizes)))
    dates = np.datetime64("2024-01-01") + days
    return [
        {"order_date": str(date), "product": product, "quantity": float(size), "order_number": f"{product}-{k}"}
        for k, (date, size) in enumerate(zip(dates, sizes, strict=True))
    ]


def demand_of(sizes, orders_per_day, family="compound_poisson"):
    """Columns of demand that comes in orders of these sizes at random times."""
    weekly = 7.0 * orders_per_day
    mean = weekly * sizes.mean()
    cv = (weekly * (sizes**2).mean()) ** 0.5 / mean
    return {"demand_per_week": mean, "demand_cv": cv, "order_size": sizes.mean(), "distribution": family}


def mixed(*, orders_per_day=1.0, sizes=MIXED, settings=None, **columns):
    """One product whose orders are those of `sizes`."""
    row = {**WARES, **demand_of(sizes, orders_per_day), **columns}
    return make_scenario([row], orders=ordered("P1", sizes), **{"samples": 100, **(settings or {})})


def cut_at(scenario, size):
    """The two parts of the only product at a cut-off."""
    sizes = known_sizes(scenario, 0)
    cut = Cutoffs(rows=np.array([0]), sizes=np.array([size]), of=(sizes,))
    return parts_of(scenario, derive(scenario), cut)


def test_five_in_a_hundred_orders_can_be_half_of_the_volume_and_most_of_the_variance():
    above = SeenSizes(units=tuple(MIXED)).above(5.0)
    assert above.orders == pytest.approx(0.05)
    assert above.volume == pytest.approx(0.513, abs=5e-4)
    assert above.square == pytest.approx(0.945, abs=5e-4)
    assert 1.0 - (1.0 - above.square) ** 0.5 == pytest.approx(0.766, abs=5e-4)


@pytest.mark.parametrize("cv", [0.4, 1.0, 2.5])
def test_gamma_orders_are_those_of_their_quantiles(cv):
    exact = GammaSizes(mean=8.0, cv=cv)
    drawn = SeenSizes(units=tuple(np.random.default_rng(3).gamma(cv**-2, 8.0 * cv**2, 400_000)))
    for size in exact.cutoffs()[::4]:
        found, seen = exact.above(float(size)), drawn.above(float(size))
        assert (found.orders, found.volume) == pytest.approx((seen.orders, seen.volume), abs=0.01)
        assert found.square == pytest.approx(seen.square, abs=0.03)
    whole = exact.above(0.0)
    assert (whole.orders, whole.volume, whole.square) == (1.0, 1.0, 1.0)


def test_the_sizes_tried_lie_between_the_smallest_and_the_largest():
    assert SeenSizes(units=tuple(MIXED)).cutoffs().tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    many = SeenSizes(units=tuple(np.arange(1.0, 200.0)))
    assert len(many.cutoffs()) == MOST_CUTOFFS
    assert set(many.cutoffs()) <= set(many.units[:-1])
    # Worked out once for the same orders, whoever asks; so nobody may write to it.
    assert SeenSizes(units=tuple(many.units)).cutoffs() is many.cutoffs()
    assert not many.cutoffs().flags.writeable
    assert len(SeenSizes(units=(4.0, 4.0)).cutoffs()) == len(GammaSizes(mean=4.0, cv=0.0).cutoffs()) == 0
    assert np.all(np.diff(GammaSizes(mean=40.0, cv=1.0).cutoffs()) > 0.0)
    assert set(GammaSizes(mean=40.0, cv=1.0).cutoffs() % 1.0) == {0.0}


@pytest.mark.parametrize("common", [0.0, 0.2])
def test_the_two_parts_are_the_demand_of_the_orders_below_and_above(common):
    """Poisson orders: mean and variance are rate x E[X] and rate x E[X^2] of the sizes on each side."""
    scenario = complete(mixed(settings={"demand": {"common_factor_cv": common}}, demand_cv=1.5))
    own = (1.5**2 - common**2) / (1.0 + common**2)
    small, large = (part.products.iloc[0] for part in cut_at(scenario, 5.0))
    below = MIXED[MIXED <= 5.0]
    per_order = 7.0 / len(MIXED)
    assert small["demand_per_week"] == pytest.approx(per_order * below.sum())
    assert large["demand_per_week"] == pytest.approx(per_order * (MIXED.sum() - below.sum()))
    assert (small["order_size"], large["order_size"]) == pytest.approx((3.0, 60.0))
    own_small = (small["demand_cv"] ** 2 - common**2) / (1.0 + common**2)
    variance = own * scenario.products["demand_per_week"][0] ** 2
    share = (below**2).sum() / (MIXED**2).sum()
    assert own_small * small["demand_per_week"] ** 2 == pytest.approx(variance * share)


def test_a_plan_with_a_cutoff_says_what_it_does():
    plan = mixed_plan()
    row, ledger = plan.decisions.iloc[0], plan.ledger.set_index("term")["cost_per_year"]
    assert (row["strategy"], row["order_size_cutoff"]) == ("MTS", 5.0)
    assert row["orders_above_cutoff"] == pytest.approx(0.05)
    assert row["volume_above_cutoff"] == pytest.approx(0.513, abs=5e-4)
    a_year = 365.0 * MIXED.mean()
    assert ledger["premium"] == pytest.approx(a_year * row["volume_above_cutoff"] * WARES["make_premium"])
    assert ledger["order_handling"] == pytest.approx(365.0 * 0.05 * WARES["make_order_cost"])
    # Half of the units wait thirteen days by agreement, and one more until they are made.
    assert row["lead_time_days"] >= 2.0 + row["volume_above_cutoff"] * (11.0 + 1.0)
    assert row["on_time"] <= 1.0 - row["volume_above_cutoff"]
    assert row["otif"] <= 0.95
    assert plan.ledger["cost_per_year"].sum() == pytest.approx(plan.objective_per_year)
    assert row["reason"].startswith("MTS, orders over 5 to order: ")


@cache
def mixed_plan():
    """The plan of one product as it is, certified; no test changes it."""
    return solve(mixed()).plan


def test_a_cutoff_is_never_worse_than_stock_for_all_or_none_to_stock():
    for columns in ({}, {"make_premium": 20.0}, {"late_cost_per_unit_day": 0.02}, {"large_order_target_days": 2.0}):
        with_cutoff = solve(mixed(**columns), certified=False).plan
        plain = solve(mixed(**{**columns, "large_order_target_days": ""}), certified=False).plan
        found, given = with_cutoff.decisions.iloc[0], plain.decisions.iloc[0]
        assert found["cost_if_MTO"] == pytest.approx(given["cost_if_MTO"])
        assert found["expected_cost_per_year"] <= min(given["cost_if_MTS"], given["cost_if_MTO"]) * (1.0 + 1e-9)


def test_two_stocks_for_one_promise_do_not_pay():
    """Cut in two with the same promise and both made to stock, a product loses pooling."""
    scenario = complete(mixed(large_order_target_days=2.0, allowed="MTS|MTO"))
    whole = best_stock(build_instance(replace(scenario, order_sizes={"P1": ()}))).cost[0]
    small, large = cut_at(scenario, 5.0)
    beyond = large.products.assign(allowed="MTS", demand_cv=1.0 / (7.0 * 0.05) ** 0.5)
    both = [best_stock(build_instance(part)).cost[0] for part in (small, replace(large, products=beyond))]
    assert sum(both) > 1.05 * whole


def test_other_draws_keep_the_cutoff():
    scenario = complete(mixed())
    found = [build_instance(scenario, seed=seed, samples=30).large.cutoff[0] for seed in (1, 7, 8)]
    assert found == [5.0] * 3


def test_a_cutoff_stays_under_a_budget_and_under_risk():
    """Rules that tie stocks leave the cut-off as it is; one that does not bind changes nothing, and Pyomo agrees."""
    free = mixed_plan()
    cost, value = free.objective_per_year, float(free.summary["inventory_value"])
    for settings in ({"inventory_budget": 1e6}, {"inventory_budget": 0.7 * value}, {"risk": {"cvar_weight": 0.2}}):
        plan = solve(mixed(settings=settings)).plan
        assert plan.decisions["order_size_cutoff"][0] == 5.0
        assert plan.summary["certified_by"]["model"] == "pyomo"
        assert plan.ledger["cost_per_year"].sum() == pytest.approx(plan.objective_per_year)
        if settings.get("inventory_budget") == 1e6:
            assert plan.objective_per_year == pytest.approx(cost)
        else:
            assert plan.objective_per_year > cost
        assert float(plan.summary["inventory_value"]) <= settings.get("inventory_budget", np.inf) * (1.0 + 1e-9)


@pytest.mark.parametrize(
    ("columns", "settings"),
    [
        ({"large_order_target_days": ""}, {}),
        ({"allowed": "MTS|ATO"}, {}),
        ({"on_time_target": 0.9}, {}),
        ({"make_premium": 40.0}, {}),
    ],
)
def test_all_orders_come_from_stock_where_a_cutoff_is_not_possible_or_does_not_pay(columns, settings):
    instance = build_instance(complete(mixed(settings=settings, **columns)))
    assert np.isinf(instance.large.cutoff).all()
    assert (instance.stock_rate == instance.rate).all()


def test_goods_on_a_scarce_resource_or_with_a_season_have_no_cutoff():
    row = {**WARES, **demand_of(MIXED, 1.0)}
    orders = ordered("P1", MIXED)
    busy = make_scenario(
        [row], orders=orders, samples=50, resources=[{"resource": "R", "hours_per_week": 40.0}],
        routing=[{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 0.1}],
    )  # fmt: skip
    seasonal = make_scenario([row], orders=orders, samples=50, seasons=season_rows(0.3, product="P1"))
    for scenario in (busy, seasonal):
        assert np.isinf(build_instance(complete(scenario)).large.cutoff).all()


def test_an_on_time_target_holds_for_small_and_for_large_orders():
    instance = build_instance(complete(mixed(on_time_target=0.9, large_order_target_days=15.0)))
    assert instance.large.cutoff[0] == 5.0
    plan = solve(mixed(on_time_target=0.9, large_order_target_days=15.0), certified=False).plan
    assert plan.decisions["on_time"][0] >= 0.9


def test_typed_sizes_need_no_order_lines_and_totals_of_weeks_say_nothing():
    typed = {**WARES, **demand_of(MIXED, 1.0)}
    scenario = make_scenario([typed, {**typed, "distribution": "gamma", "order_size_cv": 2.0}], samples=50)
    assert known_sizes(scenario, 0).cv == pytest.approx(MIXED.std() / MIXED.mean())
    assert known_sizes(scenario, 1) == GammaSizes(mean=MIXED.mean(), cv=2.0)
    assert np.isfinite(build_instance(scenario).large.cutoff).all()
    assert not decide_lone(scenario).exact.any()
    weeks = np.datetime64("2024-01-01") + 7 * np.arange(60)
    totals = [{"order_date": str(day), "product": "P1", "quantity": 10.0 + k % 7} for k, day in enumerate(weeks)]
    summed = complete(make_scenario([{**typed, "distribution": "gamma"}], orders=totals))
    assert known_sizes(summed, 0) is None


def test_a_few_orders_say_too_little_of_sizes():
    some = np.array([1.0, 2.0, 40.0] * 6)
    few, enough = (complete(mixed(sizes=sizes, distribution="gamma")) for sizes in (some, np.append(some, some)))
    assert known_sizes(few, 0) is None
    assert known_sizes(enough, 0) == SeenSizes(units=tuple(sorted([*some, *some])))


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"large_order_target_days": 9.0}, "large_order_target_days"),
        ({"distribution": "poisson", "demand_cv": "", "order_size_cv": 0.5}, "order_size_cv"),
    ],
)
def test_sizes_that_are_not_known_or_cannot_be_are_told(columns, column):
    with pytest.raises(ScenarioError) as caught:
        make_scenario([columns])
    assert [fault.column for fault in caught.value.issues] == [column]


def test_what_a_cutoff_costs_is_drawn_once_for_changes_of_money(monkeypatch):
    """What-ifs on costs cut nothing again, and find what is found without a cache."""
    scenario = complete(mixed())
    dearer = replace(scenario, products=scenario.products.assign(late_cost_per_unit_day=0.7))
    cache = SampleCache()
    # What other tests have looked for is forgotten.
    cutoff._KEPT.clear()
    build_instance(scenario, cache=cache)
    fresh = build_instance(dearer)
    cutoff._KEPT.clear()
    monkeypatch.setattr(draw, "draw_panels", None)
    again = build_instance(dearer, cache=cache)
    assert again.large.cutoff[0] == fresh.large.cutoff[0]
    assert (again.stock.demand == fresh.stock.demand).all()


@pytest.mark.skipif(not FULL, reason="a minute; CODP_EVIDENCE=full")
def test_on_real_orders_few_large_ones_hold_much_of_the_stock(data_dir, tmp_path):
    """AdventureWorks' resellers: inventory without the largest orders of each product, at most 5% and 10% of them."""
    import_adventureworks(data_dir / "adventureworks", tmp_path / "aw", orders=True)
    given = read_scenario(tmp_path / "aw")
    orders = given.orders[given.orders["channel"] == "reseller"].reset_index(drop=True)
    goods = given.products.assign(
        demand_per_week=np.nan, demand_cv=np.nan, distribution="", order_size=np.nan, allowed="MTS|MTO"
    )
    fitted = fit_demand(replace(given, products=goods, orders=orders, rows={}), replicates=0).table
    known = set(fitted.loc[(fitted["refused"] == "") & (fitted["demand_class"] != "none"), "product"])
    goods = goods[goods["product"].isin(known)].reset_index(drop=True)
    scenario = complete(
        replace(
            given, products=goods.assign(large_order_target_days=30.0), rows={},
            bom=given.bom[given.bom["product"].isin(known)].reset_index(drop=True),
            orders=orders[orders["product"].isin(known)].reset_index(drop=True),
        )
    )  # fmt: skip
    scenario = replace(scenario, seasons=scenario.seasons.iloc[:0])
    of = {i: sizes for i in range(len(known)) if isinstance(sizes := known_sizes(scenario, i), SeenSizes)}
    value = []
    for most in (0.0, 0.05, 0.1):
        size = np.array([min(x for x in np.unique(one.units) if one.above(x).orders <= most) for one in of.values()])
        cut = Cutoffs(rows=np.array(list(of)), sizes=size, of=tuple(of.values()))
        small = build_instance(parts_of(scenario, derive(scenario), cut)[0])
        value.append(float(best_stock(small).on_hand @ small.unit_cost))
    assert len(of) == 117
    assert 1.0 - np.array(value[1:]) / value[0] == pytest.approx([0.143, 0.244], abs=0.01)


def _random_product(rng, family):
    small, middle = rng.integers(1, rng.integers(3, 8), 300), rng.integers(8, 15, 300)
    kind = rng.choice(3, 300, p=[0.8, 0.15, 0.05])
    sizes = np.choose(kind, [small, middle, rng.integers(20, 80, 300)]).astype(float)
    cost, rate = rng.uniform(20.0, 100.0), rng.uniform(0.3, 2.0)
    row = {
        **demand_of(sizes, rate, family), "unit_cost": cost, "lead_time_target_days": float(rng.integers(0, 4)),
        "make_days": float(rng.integers(8, 20)), "late_cost_per_unit_day": cost * rng.uniform(0.003, 0.02),
        "make_premium": cost * rng.uniform(0.002, 0.03), "make_order_cost": rng.uniform(0.0, 5.0),
        "large_order_target_days": float(rng.integers(5, 20)),
    }  # fmt: skip
    return row, sizes, rate


def _simulated(row, sizes, rate, size, *, runs, weeks):
    """Cost a year of a stock for orders up to a size at its best level, the others made to order."""
    holding, late = 0.25 * row["unit_cost"], 365.0 * row["late_cost_per_unit_day"]
    below, beyond = sizes[sizes <= size], sizes[sizes > size]
    per_day = rate / len(sizes)
    short = -net_at_zero(
        orders_per_day=per_day * len(below), sizes=below, lead_days=row["make_days"],
        wait_days=row["lead_time_target_days"], runs=runs, weeks=weeks,
    )  # fmt: skip
    level = np.quantile(short, late / (late + holding))
    stock = holding * np.maximum(level - short, 0.0).mean() + late * np.maximum(short - level, 0.0).mean()
    days = max(row["make_days"] - row["large_order_target_days"], 0.0)
    made = (
        365.0 * (beyond.sum() * row["make_premium"] + len(beyond) * row["make_order_cost"]) + late * days * beyond.sum()
    )
    return stock + per_day * made


@pytest.mark.parametrize("case", range(20 if FULL else 2))
def test_the_cutoff_is_that_of_brute_force_by_simulation(case):
    """Every size tried, each with its best level, order by order; the chosen one costs hardly more than the best."""
    row, sizes, rate = _random_product(np.random.default_rng(case), ("compound_poisson", "gamma")[case % 2])
    scenario = complete(make_scenario([row], orders=ordered("P1", sizes), samples=300))
    chosen = float(build_instance(scenario).large.cutoff[0])
    # Beside each other for half as long after the shelf has settled: as many weeks in half as many steps.
    runs, weeks = (150, 120) if FULL else (60, 70)
    tried = {
        size: _simulated(row, sizes, rate, size, runs=runs, weeks=weeks)
        for size in (*known_sizes(scenario, 0).cutoffs(), np.inf)
    }
    assert tried[chosen] <= 1.03 * min(tried.values())
