"""A plan is taken only with its own scenario: what differs is named by everybody who reads a plan."""

from dataclasses import replace

import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.economics.build import build_instance
from engine.errors import EngineError
from engine.evaluate.figures.readers import with_readers
from engine.evaluate.simulate.simulation import simulate
from engine.evaluate.studies.compare import Case, compare
from engine.evaluate.studies.same_scenario import plan_of
from engine.evaluate.trust.first_stage import of_plan
from engine.evaluate.trust.trust import confidence
from engine.report.content import make_report
from tests.evidence import FULL
from tests.scenarios import make_scenario

SAMPLES = 20
PRODUCTS = [
    {"product": "A", "locked": "MTS", "batch_size": 4.0, "current_strategy": "MTO"},
    {"product": "B", "locked": "ATO", "assembly_days": 1.0, "current_strategy": "MTO"},
    {"product": "C", "locked": "MTO", "current_strategy": "MTO"},
    {"product": "D", "locked": "MTS", "lead_time_target_days": 0.0},
]


@pytest.fixture(scope="module")
def scenario():
    parts = [{}, {"min_order_quantity": 3.0}]
    return make_scenario(PRODUCTS, components=parts, bom={"B": {"C1": 1, "C2": 1}}, samples=SAMPLES)


@pytest.fixture(scope="module")
def plan(scenario):
    return solve(scenario, certified=False).plan


def compared(scenario, plan):
    return compare([Case(label="s", given=scenario), Case(label="p", given=plan)])


READ = {
    "simulate": lambda scenario, plan: simulate(scenario, plan, years=0.5, replications=2),
    "confidence": lambda scenario, plan: confidence(scenario, plan, draws=0, batches=0),
    "report": lambda scenario, plan: make_report(plan, scenario),
    "compare": compared,
    "readers": with_readers,
}


@pytest.mark.parametrize("reader", READ)
def test_products_and_components_that_differ_are_named(reader, scenario, plan):
    decisions = plan.decisions.assign(product=["A", "X", "C", "D"])
    other = replace(plan, decisions=decisions, components=plan.components.iloc[:1])
    with pytest.raises(EngineError) as caught:
        READ[reader](scenario, other)
    assert str(caught.value) == (
        "the plan is not one of this scenario: it lacks product B; the scenario lacks its product X; "
        "it lacks component C2; solve the scenario again"
    )


@pytest.mark.parametrize("reader", READ)
def test_a_row_deleted_or_doubled_is_told(reader, scenario, plan):
    with pytest.raises(EngineError, match=r"it lacks products A, B, C; solve"):
        READ[reader](scenario, replace(plan, decisions=plan.decisions.iloc[3:]))
    doubled = pd.concat([plan.decisions, plan.decisions.iloc[:1]], ignore_index=True)
    with pytest.raises(EngineError, match=r"the scenario lacks its product A; solve"):
        READ[reader](scenario, replace(plan, decisions=doubled))


def test_of_many_the_first_are_named(plan):
    other = make_scenario([{"product": f"Q{k}"} for k in range(5)])
    with pytest.raises(EngineError, match=r"it lacks products Q0, Q1, Q2 and 2 more; the scenario lacks its products"):
        plan_of(other, plan)


@pytest.mark.parametrize("read", [plan_of, lambda scenario, plan: of_plan(build_instance(scenario), plan)])
@pytest.mark.parametrize(
    ("table", "row", "level", "words"),
    [("decisions", 0, -4.1, "A has -4.1, the least is -4"), ("decisions", 3, -1.0, "D has -1, the least is 0"),
     ("decisions", 3, float("nan"), "D has none"), ("components", 1, float("nan"), "C2 has none"),
     ("components", 0, -2.0, "C1 has -2, the least is 0"), ("components", 1, -3.5, "C2 has -3.5, the least is -3")],
)  # fmt: skip
def test_stocks_that_nobody_can_keep_are_told(read, scenario, plan, table, row, level, words):
    frame = getattr(plan, table).copy()
    frame.loc[row, "base_stock"] = level
    with pytest.raises(EngineError, match=f"base stocks cannot be kept: {words}$"):
        read(scenario, replace(plan, **{table: frame}))


def test_a_reorder_level_may_lie_below_zero_by_the_lot(scenario, plan):
    decisions = plan.decisions.copy()
    decisions.loc[0, "base_stock"] = -4.0
    parts = plan.components.copy()
    parts.loc[1, "base_stock"] = -3.0
    read = plan_of(scenario, replace(plan, decisions=decisions, components=parts))
    assert read.decisions["base_stock"].iloc[0] == -4.0
    assert read.components["base_stock"].iloc[1] == -3.0


def test_rows_sorted_by_hand_change_nothing(scenario, plan, monkeypatch):
    # Each batch has the same causes in whatever order.
    monkeypatch.setattr("engine.evaluate.simulate.findings.modelled.BATCHES", 10 if FULL else 3)
    mixed = replace(plan, decisions=plan.decisions.iloc[::-1].reset_index(drop=True),
                    components=plan.components.iloc[::-1].reset_index(drop=True))  # fmt: skip
    one, other = (simulate(scenario, given, years=0.5, replications=2) for given in (plan, mixed))
    pd.testing.assert_frame_equal(other.products, one.products)
    pd.testing.assert_frame_equal(other.ledger, one.ledger)
    pd.testing.assert_frame_equal(other.components, one.components)
    reports = [make_report(given, scenario) for given in (plan, mixed)]
    assert reports[0].today == reports[1].today
    pd.testing.assert_frame_equal(reports[1].plan.decisions, plan.decisions)


def test_a_plan_of_other_data_is_not_simulated(scenario, plan):
    dearer = scenario.with_settings(holding_rate_per_year=0.5)
    for read in (simulate, confidence):
        with pytest.raises(EngineError, match="the plan was made from other data than this scenario; solve it again"):
            read(dearer, plan)
