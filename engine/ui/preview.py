"""The quick answer: in process, without Pyomo, whose solves must not run in two threads at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from engine.economics.build import build_instance
from engine.economics.draw import SampleCache
from engine.economics.instance import Instance, Integers
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.solve.decide import needs_extensive
from engine.solve.plan import Plan
from engine.solve.whatif import NoAnswer, WhatIf, WhatIfAnswer

# A preview draws fewer samples where products times samples would be more than this, and the page says so.
_SAMPLED = 12_000
_FEWEST = 100


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
        ``NEEDS_PROOF`` where only the whole program decides (risk, lost sales), and where time ran out.
    plan : Plan or None
        With the gap proven so far, on the solver's samples. The other strategies' costs come with the proof.
    today : Plan or Today
        The current strategies with their best stocks; products without one follow the plan.
    """

    status: Preview
    plan: Plan | None
    today: Plan | Today


def preview_samples(scenario: Scenario) -> int:
    """How many samples a preview takes: at most the scenario's own."""
    return min(scenario.settings.samples, max(_FEWEST, _SAMPLED // max(1, len(scenario.products))))


def preview(solver: WhatIf, scenario: Scenario) -> PreviewResult:
    """Decide a scenario roughly, with an honest gap.

    Parameters
    ----------
    solver : WhatIf
        Made for the scenario before any value was changed; it serves one thread at a time.
    scenario : Scenario
    """
    answer = solver.quick(scenario)
    if answer is NoAnswer.INFEASIBLE:
        return PreviewResult(status=Preview.INFEASIBLE, plan=None, today=Today.OPEN)
    plan = solver.plan(scenario, answer) if isinstance(answer, WhatIfAnswer) else None
    if plan is None or not isinstance(answer, WhatIfAnswer):
        return PreviewResult(status=Preview.NEEDS_PROOF, plan=None, today=Today.OPEN)
    found = _today(solver, scenario, answer.instance, answer.strategy)
    return PreviewResult(status=Preview.FOUND, plan=plan, today=found)


def today(solver: WhatIf, scenario: Scenario, plan: Plan, cache: SampleCache) -> Plan | Today:
    """The current strategies on all samples, to hold against a proven plan.

    Parameters
    ----------
    solver : WhatIf
        Writes the tables down.
    scenario : Scenario
    plan : Plan
        Products without a current strategy follow it.
    cache : SampleCache
        Of the same products.
    """
    instance = build_instance(scenario, cache=cache)
    strategy = np.array([STRATEGIES.index(k) for k in plan.decisions["strategy"]], dtype=np.int64)
    return _today(solver, scenario, instance, strategy)


def _today(solver: WhatIf, scenario: Scenario, instance: Instance, strategy: Integers) -> Plan | Today:
    known = instance.current >= 0
    if not known.any():
        return Today.UNKNOWN
    if needs_extensive(instance):
        return Today.OPEN
    strategies = np.where(known, instance.current, strategy)
    return strategies_as_plan(solver, scenario, instance, strategies) or Today.BREAKS_RULES


def strategies_as_plan(
    solver: WhatIf, scenario: Scenario, instance: Instance, strategy: Integers
) -> Plan | None:
    """Given strategies with their best stocks; None where no stocks keep the rules.

    Parameters
    ----------
    solver : WhatIf
        Writes the tables down.
    scenario : Scenario
    instance : Instance
        Of the scenario.
    strategy : shape (I,)
    """
    counts = {name: int((strategy == k).sum()) for k, name in enumerate(STRATEGIES)}
    given = WhatIfAnswer(
        instance=instance, strategy=strategy, objective=np.inf, bound=-np.inf, gap=np.inf, counts=counts, seconds=0.0,
        proven=False,
    )  # fmt: skip
    return solver.plan(scenario, given)
