"""The readers' figures against closed forms, and against the plan they belong to."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from scipy import stats

from engine.decision.solve import solve
from engine.decision.whatif import best_stocks
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTS
from engine.errors import EngineError
from engine.evaluate.figures.readers import on_hand, readers, with_readers
from engine.evaluate.figures.waiting import waits
from engine.evaluate.trust.first_stage import FirstStage, assess_fixed, of_plan
from engine.scenario.read import read_scenario
from tests.decision.cases import RULES, case
from tests.evidence import FULL, covering
from tests.scenarios import make_scenario, random_scenario, season_rows


def told(scenario, **options):
    plan = solve(scenario, **options).plan
    return plan, readers(scenario, build_instance(scenario), plan)


def comes(scenario, strategy, *, level=(), base=()):
    """When the units come under given strategies and stocks."""
    return waits(scenario, measured(scenario, strategy, level=level, base=base), seed=scenario.settings.seed)


def measured(scenario, strategy, *, level=(), base=()):
    """What given strategies and stocks reach."""
    given = np.full(len(strategy), np.nan)
    given[: len(level)] = level
    stage = FirstStage(strategy=np.array(strategy), level=given, base=np.array([*base], dtype=float))
    return assess_fixed(build_instance(scenario), stage)


def later_than(when, i, days):
    """Share of a product's units that come more than some days late."""
    return float((1.0 - when.on_time[i]) * np.mean(when.late_days[i] > days + 1e-6))


def test_made_to_order_the_lead_time_is_the_longer_of_promise_and_making():
    scenario = make_scenario(
        [{"make_days": 10.0, "make_cv": 0.5, "delivery_days": 1.0, "allowed": "MTO", "lead_time_target_days": 6.0}],
        samples=2000,
    )  # fmt: skip
    _, found = told(scenario)
    quantile = stats.gamma.ppf(0.95, 4.0, scale=2.5)
    assert found.customer.lead_time_p95_days == pytest.approx(1.0 + quantile, rel=2e-3)
    assert found.customer.days_beyond_promise_p95 == pytest.approx(1.0 + quantile - 6.0, rel=4e-3)
    assert found.customer.promised_lead_time_days == 6.0
    assert found.customer.on_time == pytest.approx(stats.gamma.cdf(5.0, 4.0, scale=2.5), rel=1e-9)
    patient = make_scenario([{"make_days": 5.0, "allowed": "MTO", "lead_time_target_days": 6.0}])
    assert told(patient)[1].customer.lead_time_p95_days == 6.0


@pytest.mark.parametrize("level", [0.0, 4.0, 9.0, 20.0])
def test_even_demand_waits_for_what_the_stock_does_not_cover(level):
    """Demand of 1 a day, 10 days of supply, continuous review: a stock of S covers S days, the rest is waited for."""
    row = {"demand_per_week": 7.0, "demand_cv": 0.0, "lead_time_target_days": 0.0, "replenishment_days": 10.0,
           "allowed": "MTS"}  # fmt: skip
    scenario = make_scenario([row], samples=20, review_days=0)
    when = comes(scenario, [MTS], level=[level])
    assert when.on_time == pytest.approx(float(level > 10.0))
    if level < 10.0:
        assert when.late_days == pytest.approx(10.0 - level, abs=1e-3)


def test_even_demand_waits_for_the_scarcest_shared_part():
    """Two products share C1 (quantities 1 and 2, so 3 a day); C2 is of the first alone. Slack is 2 days."""
    row = {"demand_per_week": 7.0, "demand_cv": 0.0, "lead_time_target_days": 3.0, "assembly_days": 1.0,
           "allowed": "ATO"}  # fmt: skip
    scenario = make_scenario(
        [{**row, "product": "A"}, {**row, "product": "B"}],
        components=[{"lead_time_days": 12.0}, {"lead_time_days": 20.0}],
        bom={"A": {"C1": 1, "C2": 1}, "B": {"C1": 2}}, samples=20, review_days=0,
    )  # fmt: skip
    late = comes(scenario, [ATO, ATO], base=[15.0, 11.0]).late_days
    # C1: 12 - 2 days less 15 / 3; C2: 20 - 2 days less 11 / 1.
    assert late[0] == pytest.approx(7.0, abs=1e-3)
    assert late[1] == pytest.approx(5.0, abs=1e-3)


def test_poisson_orders_wait_as_in_the_base_stock_model():
    """P(wait > x) = P(D(L - x) >= S), continuous review, one for one (Axsater 2015, section 5.3)."""
    row = {"demand_per_week": 14.0, "demand_cv": "", "distribution": "poisson", "lead_time_target_days": 0.0,
           "replenishment_days": 5.0, "allowed": "MTS"}  # fmt: skip
    scenario = make_scenario([row], samples=4000, review_days=0)
    when = comes(scenario, [MTS], level=[8.0])
    for days in (0.0, 1.0, 2.0, 3.0):
        expected = stats.poisson.sf(7, 2.0 * (5.0 - days))
        assert later_than(when, 0, days) == pytest.approx(expected, abs=0.012)


@pytest.mark.evidence
@pytest.mark.parametrize(
    ("strategy", "review_days", "season"),
    covering([MTS, ATO], [0, 7], [{}, {"seasons": season_rows(0.5, product="P1")}]),
)
def test_what_comes_late_is_what_the_plan_counts(strategy, review_days, season):
    """The share beyond 0 days is the plan's, the share beyond x days that of a target x days longer, same stock."""
    def scenario(target):
        return make_scenario(
            [{"demand_cv": 0.8, "allowed": ("MTS", "ATO")[strategy], "late_cost_per_unit_day": 0.5,
              "lead_time_target_days": target}],
            components=[{"lead_time_days": 20.0}, {"lead_time_days": 35.0, "lead_time_cv": 0.3}],
            bom={"P1": {"C1": 2, "C2": 1}}, samples=2000 if FULL else 800, review_days=review_days, **season,
        )  # fmt: skip

    instance = build_instance(scenario(5.0))
    recourse = best_stocks(instance, np.array([strategy]))
    stocks = {"level": recourse.level, "base": recourse.base}
    when = comes(scenario(5.0), [strategy], **stocks)
    # Who waits longer also lets stocks swing less, so that in a season they are not the same stocks.
    for more in (0.0,) if season else (0.0, 2.0, 6.0):
        on_time = measured(scenario(5.0 + more), [strategy], **stocks).on_time
        assert later_than(when, 0, more) == pytest.approx(1.0 - on_time, abs=0.006)
    # Units late at any time are those a day times the days that each is late (Little 1961).
    days = (1.0 - when.on_time[0]) * when.late_days[0].mean()
    backlog = measured(scenario(5.0), [strategy], **stocks).attribution.backlog[0]
    assert days == pytest.approx(backlog / instance.rate[0], rel=0.12)


@pytest.mark.evidence
@pytest.mark.parametrize(
    ("of", "samples"),
    covering(["tiny", "two that share a part", "nearly on time", "no review", "late anyway"], [20, 60, 400]),
)
def test_95_percent_come_within_the_promise_if_and_only_if_95_percent_are_on_time(of, samples):
    """One distribution: its share on time is the plan's, and its mean is no less than its percentile allows."""
    goods = [{"demand_cv": 0.8, "on_time_target": 0.95}, {"demand_cv": 1.5, "on_time_target": 0.9}]
    row = {"lead_time_target_days": 10.0, "assembly_days": 2.0, "make_days": 20.0, "replenishment_days": 20.0}
    goods = [{**row, **one} for one in goods]
    part = {"components": [{"lead_time_days": 14.0, "unit_cost": 30.0}], "bom": {"P1": {"C1": 1}, "P2": {"C1": 1}}}
    scenario = {
        "tiny": lambda: read_scenario("scenarios/tiny"),
        "two that share a part": lambda: make_scenario([{**one, "allowed": "ATO"} for one in goods], **part),
        "nearly on time": lambda: make_scenario([{**one, "on_time_target": 0.95, "allowed": k}
                                                 for one, k in zip(goods, ("MTS", "ATO"), strict=True)], **part),
        "no review": lambda: make_scenario([{**one, "on_time_target": ""} for one in goods], review_days=0, **part),
        "late anyway": lambda: make_scenario([{**one, "on_time_target": "", "assembly_days": 12.0, "allowed": "ATO"}
                                              for one in goods], **part),
    }[of]().with_settings(samples=samples)  # fmt: skip
    plan, found = told(scenario, certified=False, compared=False)
    customer, rate = found.customer, scenario.products["demand_per_week"]
    assert customer.on_time == pytest.approx((rate * plan.decisions["on_time"]).sum() / rate.sum(), abs=1e-6)
    assert (customer.days_beyond_promise_p95 == 0.0) == (customer.on_time >= 0.95 - 1e-6)
    beyond = customer.lead_time_days - customer.promised_lead_time_days
    assert beyond >= 0.05 * customer.days_beyond_promise_p95 - 1e-9
    if scenario.products["lead_time_target_days"].nunique() == 1:
        beyond_promise = customer.lead_time_p95_days - customer.promised_lead_time_days
        assert beyond_promise == pytest.approx(customer.days_beyond_promise_p95, abs=1e-9)


def test_figures_are_those_of_the_plan():
    scenario = read_scenario("scenarios/tiny").with_settings(samples=400 if FULL else 60)
    plan, found = told(scenario)
    obsolete = plan.ledger[plan.ledger["term"] == "obsolescence"]["cost_per_year"].sum()
    investor = found.investor
    assert investor.inventory_value == plan.summary["inventory_value"]
    assert investor.obsolescence_write_off_per_year == pytest.approx(obsolete, rel=1e-9)
    assert investor.obsolescence_write_off_at_risk_per_year > obsolete
    assert investor.turns_per_year * investor.inventory_days == pytest.approx(365.0)
    sold = (scenario.products["demand_per_week"] * scenario.products["unit_cost"]).sum() / 7.0 * 365.0
    assert investor.turns_per_year == pytest.approx(sold / investor.inventory_value)
    locked = replace(scenario, products=scenario.products.assign(locked=scenario.products["current_strategy"]))
    released = solve(locked, certified=False).plan.summary["inventory_value"] - investor.inventory_value
    assert investor.working_capital_released == pytest.approx(released, rel=1e-6)
    assert investor.cost_cvar_per_year > plan.objective_per_year


def test_units_written_off_emit_what_they_are_made_of():
    scenario = make_scenario([{"obsolescence_per_year": 0.2, "co2_kg": 3.0, "allowed": "MTS"}], samples=100)
    plan, found = told(scenario)
    on_shelf = plan.summary["inventory_value"] / 100.0
    regulator = found.regulator
    assert regulator.finished_units_obsoleted_per_year == pytest.approx(0.2 * on_shelf)
    assert regulator.co2e_written_off_kg_per_year == pytest.approx(3.0 * 0.2 * on_shelf)
    assert regulator.co2e_kg_per_year == pytest.approx(plan.decisions["co2_kg_per_year"].sum())
    assert regulator.component_units_obsoleted_per_year == 0.0


def test_emissions_that_nobody_gave_are_unknown_not_none():
    regulator = told(make_scenario([{"obsolescence_per_year": 0.2, "allowed": "MTS"}], samples=20))[1].regulator
    assert regulator.co2e_kg_per_year is None
    assert regulator.co2e_written_off_kg_per_year is None


def test_the_tail_of_the_cost_is_what_the_risk_term_counts():
    """With weight 1 the objective is the CVaR itself (C9)."""
    scenario = random_scenario(np.random.default_rng(3), samples=40, risk={"cvar_weight": 1.0, "cvar_level": 0.8})
    plan, found = told(scenario, gap=0.0)
    assert found.investor.cost_cvar_per_year == pytest.approx(plan.objective_per_year, rel=1e-5)
    assert found.investor.cvar_level == 0.8


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_figures(rule):
    scenario = case(rule, 1, samples=20 if FULL else 8)
    plan = getattr(solve(scenario, certified=False, compared=False), "plan", None)
    if plan is None:
        pytest.skip("no plan under this rule")
    found = with_readers(scenario, plan).summary
    assert 0.0 <= found["customer"]["on_time"] <= 1.0
    assert found["customer"]["lead_time_p95_days"] >= scenario.products["lead_time_target_days"].min() - 1e-9
    instance = build_instance(scenario)
    measured = assess_fixed(instance, of_plan(instance, plan))
    finished, parts = on_hand(instance, measured.recourse)
    assert finished.mean(axis=1) == pytest.approx(measured.attribution.on_hand, abs=1e-6)
    assert parts.mean(axis=1) == pytest.approx(measured.attribution.part_on_hand, abs=1e-6)
    value = instance.unit_cost @ finished.mean(axis=1) + instance.parts.unit_cost @ parts.mean(axis=1)
    assert value == pytest.approx(plan.summary["inventory_value"], rel=1e-9)


def test_unknown_current_strategies_release_nothing_known():
    assert told(make_scenario([{}], samples=30))[1].investor.working_capital_released is None


def test_a_plan_of_another_scenario_is_refused():
    plan = solve(make_scenario([{}], samples=30)).plan
    other = make_scenario([{"product": "Z"}], samples=30)
    with pytest.raises(EngineError, match="not one of this scenario: it lacks product Z"):
        readers(other, build_instance(other), plan)


def test_the_summary_holds_the_three_objects():
    tiny = read_scenario("scenarios/tiny").with_settings(samples=60)
    scenario = replace(tiny, products=tiny.products.assign(co2_kg=3.0))
    plan, found = told(scenario)
    summary = with_readers(scenario, plan).summary
    for name, figures in asdict(found).items():
        assert summary[name] == pytest.approx(figures, rel=1e-9)
    assert {key: summary[key] for key in plan.summary} == plan.summary
