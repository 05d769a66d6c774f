"""Causes of deviations: told only where the model at the plan's own stocks bears them out."""

import ast
import json
from dataclasses import replace
from pathlib import Path
from string import Formatter

import numpy as np
import pytest

from engine import solve
from engine.economics.instance import TERMS
from engine.evaluate.simulate.findings import causes
from engine.evaluate.simulate.findings.causes import Causes, Figure
from engine.evaluate.simulate.findings.ledger import simulated_ledger
from engine.evaluate.simulate.findings.modelled import modelled
from engine.evaluate.simulate.findings.promise import compare
from engine.evaluate.simulate.replicate import simulate_system
from engine.evaluate.simulate.simulation import simulate
from engine.evaluate.simulate.translate import system_of
from engine.words.causes import CAUSES, CHANCE, FEW
from engine.words.reason import reasons_of
from tests.evidence import FULL
from tests.scenarios import make_scenario, random_scenario

LONE_PART = {
    "product": "A", "demand_per_week": 10, "demand_cv": 0.8, "unit_cost": 100, "lead_time_target_days": 10,
    "assembly_days": 2, "make_days": 20, "late_cost_per_unit_day": 2, "assembly_premium": 1, "locked": "ATO",
}  # fmt: skip
PART = {"components": [{"component": "x", "unit_cost": 30, "lead_time_days": 14}], "bom": {"A": {"x": 1}}}


@pytest.fixture
def fewer_batches(monkeypatch):
    """A third of the batches of fresh samples: that a cause is one does not hang on them."""
    if not FULL:
        monkeypatch.setattr("engine.evaluate.simulate.findings.modelled.BATCHES", 3)


def lone_part(samples):
    scenario = make_scenario([LONE_PART], **PART, samples=samples)
    return scenario, solve(scenario, certified=False, compared=False).plan


def cause(scenario, plan, **more):
    found = simulate(scenario, plan, **{"years": 5, "replications": 20, **more}).products.set_index("product")
    return found.loc["A"]


@pytest.mark.parametrize(("seed", "worse"), [(1, True), (16, False)])
def test_few_samples_are_told_as_sampling_and_flatter_only_what_turns_out_worse(seed, worse):
    """One product with a part of its own: nothing is shared, and many samples hold."""
    scenario = make_scenario([LONE_PART], **PART, samples=100, seed=seed)
    row = cause(scenario, solve(scenario, certified=False).plan)
    assert (row["simulated_cost_per_year"] > row["planned_cost_per_year"]) == worse
    assert abs(row["cost_deviation"]) > 0.05
    told = "the best on 100 samples, which flatters it" if worse else "measured on 100 samples"
    assert row["likely_cause"] == f"sampling: the plan is {told}"


def test_many_samples_of_a_part_of_its_own_leave_nothing_to_explain():
    assert cause(*lone_part(4000))["likely_cause"] == ""


@pytest.mark.usefixtures("fewer_batches")
@pytest.mark.parametrize("locked", ["MTS", "ATO"])
def test_stocks_changed_by_hand_are_told_as_that(locked):
    scenario = make_scenario([{**LONE_PART, "locked": locked}], **PART, samples=1000 if FULL else 400)
    plan = solve(scenario, certified=False, compared=False).plan
    table = "decisions" if locked == "MTS" else "components"
    frame = getattr(plan, table)
    changed = replace(plan, **{table: frame.assign(base_stock=frame["base_stock"] * 1.5)})
    row = cause(scenario, changed, years=2, replications=5)
    assert row["likely_cause"].startswith("the plan was changed after it was decided: its own samples say ")
    assert "sampling" not in row["likely_cause"]
    made = {**plan.summary, "versions": {**plan.summary["versions"], "numpy": "1.0"}}
    row = cause(scenario, replace(changed, summary=made), years=2, replications=5)
    assert row["likely_cause"].startswith("the plan was changed after it was decided, or decided by another version: ")


@pytest.mark.parametrize(
    ("columns", "settings", "shared"),
    [
        pytest.param({}, {}, False, id="plain, parts of their own"),
        pytest.param({}, {}, True, id="plain"),
        pytest.param({"on_time_target": 0.95}, {}, True, id="target"),
        pytest.param({"price": 300.0, "lost_share_if_late": 0.2}, {}, True, id="lost sales"),
        pytest.param({}, {"risk": {"cvar_weight": 0.5}}, True, id="cvar"),
        pytest.param({}, {"inventory_budget": 2000.0}, True, id="budget"),
        pytest.param({}, {"review_days": 0.0}, True, id="continuous"),
        pytest.param({}, {"cost_timing": "period_end"}, True, id="period end"),
    ],
)
def test_on_its_own_samples_the_model_says_again_what_the_plan_promised(columns, settings, shared, monkeypatch):
    """Nobody changed these plans: cost and share on time of every product, whoever shares its parts."""
    # What fresh samples say is not looked at here.
    monkeypatch.setattr("engine.evaluate.simulate.findings.modelled.BATCHES", 10 if FULL else 1)
    columns = {**columns, "locked": ""}
    scenario = random_scenario(
        np.random.default_rng(5), products=4, components=3 if shared else 8, product_columns=columns,
        samples=60 if FULL else 20, **settings,
    )  # fmt: skip
    plan = solve(scenario, certified=False, compared=False).plan
    system = system_of(scenario, plan)
    found = modelled(scenario, plan, system)
    ledger = plan.ledger[plan.ledger["term"] != "risk"].groupby("product")["cost_per_year"].sum()
    planned = ledger.reindex(plan.decisions["product"]).fillna(0.0).to_numpy()
    assert found.tested.all()
    assert found.own.sum(axis=1) == pytest.approx(planned, rel=1e-6, abs=1e-3)
    rate = np.array([good.mean_per_day for good in system.goods])
    assert 1.0 - found.own_late / rate == pytest.approx(plan.decisions["on_time"].to_numpy(), abs=1e-6)


@pytest.fixture(scope="module")
def waiting():
    """A waits for both of its parts and B for one of them: what is late of either depends on the other's orders."""
    products = [{**LONE_PART, "product": name, "lead_time_target_days": 3} for name in "AB"]
    parts = [{"component": name, "unit_cost": 30, "lead_time_days": days} for name, days in (("x", 28), ("y", 28))]
    products[0] |= {"late_cost_per_unit_day": 20}
    products[1] |= {"late_cost_per_unit_day": 0.2}
    return make_scenario(products, components=parts, bom={"A": {"x": 1, "y": 1}, "B": {"x": 1}}, samples=3000)


def test_of_products_that_share_a_part_many_samples_leave_nothing_to_explain(waiting):
    """The plan serves orders in turn, as a plant does: hindsight would promise a seventh less."""
    plan = solve(waiting, certified=False, compared=False).plan
    assert plan.allocation_gap > 0.1
    found = simulate(waiting, plan, years=20, replications=20)
    table = found.products
    assert all(each[0]["kind"] == CHANCE for each in found.summary["causes"].values())
    assert table["simulated_on_time"].to_numpy() == pytest.approx(table["planned_on_time"].to_numpy(), abs=0.01)
    whole = found.totals.set_index("strategy").loc["ATO"]
    assert abs(whole["deviation"]) < 0.05 + whole["half_width"] / whole["planned_cost_per_year"]
    assert whole["simulated_cost_per_year"] > plan.summary["program_per_year"] + whole["half_width"]


@pytest.mark.usefixtures("fewer_batches")
def test_of_products_that_share_a_part_each_has_a_cause_of_its_own(waiting):
    """Stocks of the shared part changed by hand: both products are told so, with what their samples say now."""
    plan = solve(waiting, samples=400, certified=False).plan
    parts = plan.components.assign(base_stock=plan.components["base_stock"] * np.array([0.8, 1.0]))
    found = simulate(waiting, replace(plan, components=parts), years=10, replications=10).products
    for said in found["likely_cause"]:
        assert said.startswith("the plan was changed after it was decided: its own samples say ")


def figure(**values):
    plain = {"promised": 100.0, "own": 100.0, "fresh": 100.0, "seen": 130.0, "fresh_error": 2.0, "seen_error": 3.0,
             "matters": 5.0, "tested": True}  # fmt: skip
    return Figure(**{**plain, **values})


@pytest.mark.parametrize(
    ("values", "changed", "sampled", "rest"),
    [
        ({}, False, False, 30.0),
        ({"fresh": 128.0}, False, True, 0.0),
        # Within its own error nothing is sampling, and less than most of it is not either.
        ({"fresh": 128.0, "fresh_error": 40.0}, False, False, 0.0),
        ({"fresh": 110.0}, False, False, 20.0),
        # Samples explain more than all of it, or pull the other way.
        ({"fresh": 150.0}, False, True, -20.0),
        ({"fresh": 80.0}, False, False, 50.0),
        ({"own": 128.0, "fresh": 128.0}, True, False, 0.0),
        ({"tested": False}, False, False, 30.0),
    ],
)
def test_a_cause_is_what_the_figures_bear_out(values, changed, sampled, rest):
    found = figure(**values)
    assert (found.changed, found.sampled, found.rest) == (changed, sampled, rest)


def test_without_a_cause_that_holds_it_is_told_that_none_is_known():
    """A simulation that costs more than the model on many samples, of a product that shares nothing."""
    scenario, plan = lone_part(4000)
    seen = simulate_system(system_of(scenario, plan), years=5, replications=10, seed=3)
    ledger = simulated_ledger(scenario, plan, seen)
    ledger[:, :, TERMS.index("late")] += 500.0
    model = modelled(scenario, plan, seen.system)
    told = Causes(plan, seen, compare(plan, seen, ledger), ledger=ledger, model=model).of(0)
    assert [cause.words() for cause in told] == ["no cause is known"]
    # Where the user stopped, none is claimed.
    told = Causes(plan, seen, compare(plan, seen, ledger), ledger=ledger, model=None, stopped=True).of(0)
    assert [cause.words() for cause in told] == ["causes were not looked for: stopped early"]


@pytest.mark.usefixtures("fewer_batches")
@pytest.mark.parametrize("late", [1e-6, 2.0])
def test_a_full_shop_is_the_cause_where_the_days_given_do_not_do(late):
    """Made to order within its days by the model, which knows no queue: what is late is the press, dear or not."""
    row = {**LONE_PART, "locked": "MTO", "demand_cv": 0.03, "make_days": 5, "lead_time_target_days": 6}
    row |= {"late_cost_per_unit_day": late, "make_premium": 1}
    work = {"product": "A", "resource": "press", "stage": "make", "hours_per_unit": 4, "hours_cv": 3}
    press = {"resources": [{"resource": "press", "hours_per_week": 45}], "routing": [work]}
    scenario = make_scenario([row], **press, samples=200)
    found = simulate(scenario, solve(scenario, certified=False).plan, years=5, replications=10)
    (cause,) = found.summary["causes"].values()
    assert found.products["planned_on_time"].tolist() == [1.0]
    assert found.products["simulated_on_time"][0] < 0.9
    assert [one["kind"] for one in cause] == ["queue"]
    assert "press" in found.products["likely_cause"][0]


def test_a_stop_while_causes_are_looked_for_keeps_the_simulation(monkeypatch):
    scenario, plan = lone_part(100)

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.evaluate.simulate.simulation.modelled", stop)
    found = simulate(scenario, plan, years=5, replications=20, correct=True)
    assert found.summary["status"] == "stopped"
    assert found.corrected is None
    assert found.products["likely_cause"].tolist() == ["causes were not looked for: stopped early"]


def test_every_kind_of_cause_has_words_and_is_told_somewhere():
    source = ast.parse(Path(causes.__file__).read_text("utf-8"))
    said = {node.value for node in ast.walk(source) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    put_together = {f"changed{other}_{what}" for other in ("", "_or_version") for what in ("cost", "on_time")}
    assert set(CAUSES) - put_together - {CHANCE, FEW} <= said
    assert put_together <= set(CAUSES)
    for english, chinese in CAUSES.values():
        assert [part[1:3] for part in Formatter().parse(english) if part[1]] == [
            part[1:3] for part in Formatter().parse(chinese) if part[1]
        ]


@pytest.mark.usefixtures("fewer_batches")
def test_causes_are_told_in_another_language_from_what_is_written(tmp_path):
    scenario, plan = lone_part(1000)
    frame = plan.components
    changed = replace(plan, components=frame.assign(base_stock=frame["base_stock"] * 1.5))
    found = simulate(scenario, changed, years=2, replications=5)
    written = json.loads(json.dumps(found.summary["causes"]))
    (cause,) = reasons_of(written["A"])
    assert cause.words() == found.products["likely_cause"][0]
    assert cause.words("zh").startswith("方案在求解后被修改：其自身样本给出每年 ")
