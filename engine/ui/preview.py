"""The quick answer: in process, without Pyomo, whose solves must not run in two threads at once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum

import numpy as np

from engine.economics.build import build_instance
from engine.economics.instance import Instance
from engine.economics.stock import best_stock, decide_stock
from engine.scenario.scenario import Scenario
from engine.solve.alternatives import pooled_move_costs
from engine.solve.decide import Decided, make_plan, needs_extensive
from engine.solve.evaluate import PooledEvaluator
from engine.solve.plan import Plan
from engine.solve.recourse import Recourse
from engine.solve.search import PooledSearch

PREVIEW_GAP = 0.05
PREVIEW_SECONDS = 2.0


class Preview(Enum):
    """How a preview ends."""

    FOUND = "found"
    NEEDS_PROOF = "needs_proof"
    INFEASIBLE = "infeasible"


class Today(Enum):
    """Why there is no cost of the current strategies."""

    UNKNOWN = "no_current"
    BREAKS_RULES = "current_breaks"
    OPEN = "current_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResult:
    """A quick answer.

    Parameters
    ----------
    status : Preview
        ``NEEDS_PROOF`` where only the whole program decides (budget, risk, lost sales), and where time ran out.
    plan : Plan or None
    today : float or Today
        Cost per year of the current strategies with their best stocks; products without one follow the plan.
    """

    status: Preview
    plan: Plan | None
    today: float | Today


def preview(scenario: Scenario) -> PreviewResult:
    """Decide a scenario roughly: the relaxation rounded, with its gap, and every move of one product.

    Safe in threads: NumPy and raw HiGHS only.
    """
    began = time.perf_counter()
    instance = build_instance(scenario)
    if needs_extensive(instance):
        return PreviewResult(status=Preview.NEEDS_PROOF, plan=None, today=Today.OPEN)
    optimum = best_stock(instance)
    folded = decide_stock(instance, optimum)
    deadline = time.perf_counter() + PREVIEW_SECONDS
    search = PooledSearch(folded, optimum, gap=PREVIEW_GAP, deadline=deadline, log=lambda _: None).run()
    best = search.best
    if best is None:
        status = Preview.INFEASIBLE if np.isposinf(search.bound) else Preview.NEEDS_PROOF
        return PreviewResult(status=status, plan=None, today=Today.OPEN)
    evaluator = PooledEvaluator(folded, optimum)
    decided = Decided(search=search, move_objectives=lambda: pooled_move_costs(folded, best, evaluator))
    plan = make_plan(scenario, instance, decided, began=began)
    return PreviewResult(status=Preview.FOUND, plan=plan, today=_today(folded, best, evaluator))


def _today(instance: Instance, best: Recourse, evaluator: PooledEvaluator) -> float | Today:
    known = instance.current >= 0
    if not known.any():
        return Today.UNKNOWN
    strategy = np.where(known, instance.current, best.strategy)
    if not instance.allowed[np.arange(len(strategy)), strategy].all():
        return Today.BREAKS_RULES
    found = evaluator.evaluate(strategy)
    return Today.BREAKS_RULES if found is None else float(found.objective)
