"""Where a step gives no answer the next says so, in place of making one up."""

from types import SimpleNamespace

import numpy as np
import pytest

import engine.decision.extensive
import engine.decision.relaxation.infeasible
import engine.decision.relaxation.least_inventory
from engine.decision.decided import _check_sums, best_of
from engine.decision.extensive import NotCertified, certify, search_extensive
from engine.decision.relaxation.infeasible import advice
from engine.decision.relaxation.least_inventory import least_inventory
from engine.economics.build import build_instance
from engine.economics.optima.stock import fold
from engine.errors import EngineError
from engine.notices import Notice, notice_of
from engine.program.highs import Solution, Solver, SolveStatus
from engine.search.branch_and_cut import NOWHERE
from engine.search.evaluator import PooledEvaluator
from tests.scenarios import make_scenario


def instance(**settings):
    return build_instance(make_scenario([{}, {}], components=[{}], bom={"P1": {"C1": 1}, "P2": {"C1": 2}}, samples=20,
                                        **settings))  # fmt: skip


@pytest.mark.parametrize(
    ("status", "end"),
    [(SolveStatus.TIME_LIMIT, NotCertified.OUT_OF_TIME), (SolveStatus.INFEASIBLE, "no stocks that keep")],
)
def test_a_model_without_an_answer_certifies_nothing(monkeypatch, status, end):
    """Out of time is no verdict; stocks that the model does not find are one, and no plan leaves the engine."""
    folded = fold(instance())
    monkeypatch.setattr(Solver, "solve", lambda *_, **__: Solution(status=status, seconds=0.0))
    strategy = np.array([2, 2])
    if isinstance(end, NotCertified):
        assert certify(folded, strategy, 1.0) is end
        return
    with pytest.raises(EngineError, match=end):
        certify(folded, strategy, 1.0)


def test_a_value_that_the_model_does_not_share_is_refused():
    folded = fold(instance())
    strategy = np.array([2, 2])
    value = PooledEvaluator(folded).evaluate(strategy).objective
    assert certify(folded, strategy, value).difference <= 1e-6
    with pytest.raises(EngineError, match="the Pyomo model at"):
        certify(folded, strategy, value * 1.01)


def test_the_extensive_form_claims_no_plan_that_cannot_be_valued(monkeypatch):
    folded = fold(instance())
    monkeypatch.setattr(PooledEvaluator, "evaluate", lambda *_: None)
    found = search_extensive(folded, gap=1e-3)
    assert found.best is None
    assert found.status is SolveStatus.TIME_LIMIT
    assert np.isfinite(found.bound)


def test_without_a_search_there_is_nothing_to_report_on():
    with pytest.raises(EngineError, match="no plan to report on"):
        best_of(NOWHERE)


def test_what_time_did_not_allow_to_be_known_is_not_advised(monkeypatch):
    """No choice in time, no conflict; a least inventory that is not known, only what the choice tells."""
    module, tight = engine.decision.relaxation.infeasible, instance(inventory_budget=10.0)
    monkeypatch.setattr(module, "_least_value", lambda *_: None)
    assert advice(tight) == ()
    monkeypatch.setattr(module, "nearest_choice", lambda *_, **__: None)
    assert advice(tight) == ()


def test_where_no_lean_plan_is_known_there_is_no_least_inventory(monkeypatch):
    module = engine.decision.relaxation.least_inventory
    monkeypatch.setattr(module, "lean_search", lambda *_, **__: NOWHERE)
    assert least_inventory(instance(inventory_budget=10.0)) is None


@pytest.mark.parametrize("change", [{"kind": "never"}, {"values": "none"}])
def test_what_is_no_notice_is_refused(change):
    said = Notice(kind="file_left_out", file="x.csv", values={"tables": "products"}).as_dict()
    assert notice_of(said).file == "x.csv"
    with pytest.raises(ValueError, match="is no notice"):
        notice_of({**said, **change})


@pytest.mark.parametrize(("other", "same"), [(100.0, True), (100.0 + 1e-4, True), (101.0, False), (np.nan, False)])
def test_costs_of_products_are_the_programs_or_no_plan_leaves(other, same):
    attribution, recourse = SimpleNamespace(objective=other), SimpleNamespace(objective=100.0)
    if same:
        _check_sums(attribution, recourse)
        return
    with pytest.raises(EngineError, match="add up to"):
        _check_sums(attribution, recourse)
