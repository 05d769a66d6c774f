"""The quick answer: in process, without Pyomo, whose solves must not run in two threads at once."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from engine.economics.build import build_instance
from engine.economics.instance import Instance
from engine.scenario.scenario import Scenario
from engine.solve.decide import decide_instance, make_plan, needs_extensive
from engine.solve.plan import Plan
from engine.solve.recourse import Recourse

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
    # A budget is known before anything is drawn.
    instance = None if scenario.settings.inventory_budget is not None else build_instance(scenario)
    if instance is None or needs_extensive(instance):
        return PreviewResult(status=Preview.NEEDS_PROOF, plan=None, today=Today.OPEN)
    decided = decide_instance(instance, gap=PREVIEW_GAP, deadline=time.perf_counter() + PREVIEW_SECONDS)
    best = decided.search.best
    if best is None:
        status = Preview.INFEASIBLE if np.isposinf(decided.search.bound) else Preview.NEEDS_PROOF
        return PreviewResult(status=status, plan=None, today=Today.OPEN)
    plan = make_plan(scenario, instance, decided, began=began)
    return PreviewResult(status=Preview.FOUND, plan=plan, today=_today(instance, best))


def _today(instance: Instance, best: Recourse) -> float | Today:
    known = instance.current >= 0
    if not known.any():
        return Today.UNKNOWN
    kept = np.where(known, instance.current, best.strategy)
    only = np.arange(3) == kept[:, None]
    if not (instance.allowed & only).any(axis=1).all():
        return Today.BREAKS_RULES
    # With one strategy left for each product the search is a single exact evaluation.
    found = decide_instance(replace(instance, allowed=only), gap=PREVIEW_GAP).search.best
    return Today.BREAKS_RULES if found is None else float(found.objective)
