"""What strategies cost the program: without assembly no program says so, and it is what the program would say."""

from dataclasses import replace

import numpy as np
import pytest

from engine.decision.tables.attribution import attribute, ledger_of
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTO, MTS
from engine.economics.optima.stock import fold
from engine.search.evaluator import PooledEvaluator
from tests.decision.cases import case

FIELDS = (
    "objective", "program_value", "level", "base", "late", "prices", "overtime", "outsourced", "budget_price", "tail",
)  # fmt: skip


def searched(rule="plain", seed=3):
    return fold(build_instance(case(rule, seed)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_assembly_no_program_is_asked_and_its_answer_is_the_same(seed, monkeypatch):
    instance = searched(seed=seed)
    strategy = np.where(instance.allowed[:, MTS], MTS, MTO)
    by_program = PooledEvaluator(instance)._by_program(strategy)
    evaluator = PooledEvaluator(instance)
    monkeypatch.setattr(evaluator, "_by_program", lambda _: pytest.fail("a program was asked"))
    plain = evaluator.evaluate(strategy)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(plain, name), getattr(by_program, name), err_msg=name)


def test_the_next_program_begins_where_that_of_no_rows_would_end():
    instance = searched()
    made, assembled = (np.where(instance.allowed[:, k], k, MTO) for k in (MTS, ATO))
    plain, by_program = PooledEvaluator(instance), PooledEvaluator(instance)
    plain.evaluate(made)
    by_program._by_program(made)
    first, second = plain.evaluate(assembled), by_program.evaluate(assembled)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name), err_msg=name)


def test_a_basis_is_there_for_whoever_asks():
    instance = searched()
    evaluator = PooledEvaluator(instance)
    evaluator.evaluate(np.where(instance.allowed[:, MTS], MTS, MTO))
    plan, rows = evaluator.last_basis()
    assert (plan.strategy != ATO).all()
    assert not rows.any()


@pytest.mark.parametrize("rule", ["capacity", "max changes", "budget", "cvar"])
def test_where_something_ties_stocks_strategies_or_hours_the_program_is_asked(rule, monkeypatch):
    instance = searched(rule)
    evaluator = PooledEvaluator(instance)
    asked = []
    monkeypatch.setattr(evaluator, "_by_program", asked.append)
    evaluator.evaluate(np.full(len(instance.products), MTO))
    assert len(asked) == 1


@pytest.mark.parametrize("rule", ["plain", "cvar", "capacity"])
def test_the_ledger_alone_is_that_of_all_that_is_told(rule):
    instance = build_instance(case(rule, 4))
    folded = fold(instance)
    plan = PooledEvaluator(folded).evaluate(np.where(instance.allowed[:, ATO], ATO, MTO))
    weighed = replace(plan, tail=np.arange(1.0, 1.0 + instance.samples) / np.arange(1.0, 1.0 + instance.samples).sum())
    np.testing.assert_array_equal(ledger_of(instance, weighed), attribute(instance, weighed).ledger)
