"""The quick answer: in process, without Pyomo, whose solves must not run in two threads at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from engine.decision.plan import Plan
from engine.decision.whatif import WhatIf, WhatIfAnswer
from engine.economics.build import build_instance
from engine.economics.draw import SampleCache
from engine.economics.instance import Instance, Integers
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario

# A preview is searched for on fewer samples where products times samples would be more than this. What it costs is
# told on all samples, up to the second limit: its proof is then another plan at most, never another draw.
_SEARCHED = 24_000
_COSTED = 60_000
_FEWEST = 100


class Today(Enum):
    """Why there is no cost of the current strategies."""

    UNKNOWN = "no_current"
    BREAKS_RULES = "current_breaks"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResult:
    """A quick answer.

    Parameters
    ----------
    plan : Plan
        With the gap proven so far, on the solver's samples. The other strategies' costs come with the proof.
    today : Plan or Today
        The current strategies with their best stocks; products without one follow the plan.
    searched : int
        Samples of demand on which the plan was looked for and its gap proven; its costs may be those of more.
    """

    plan: Plan
    today: Plan | Today
    searched: int


def preview_samples(scenario: Scenario) -> int:
    """On how many samples a preview is looked for: at most the scenario's own."""
    return min(scenario.settings.samples, max(_FEWEST, _SEARCHED // max(1, len(scenario.products))))


def preview(solver: WhatIf, scenario: Scenario, cache: SampleCache | None = None) -> PreviewResult | None:
    """Decide a scenario roughly, with an honest gap; None where no plan was found that keeps the rules.

    Parameters
    ----------
    solver : WhatIf
        Made for the scenario before any value was changed; it serves one thread at a time.
    scenario : Scenario
    cache : SampleCache, optional
        Of the same products on all samples, kept between previews.
    """
    answer = solver.first(scenario)
    if answer is None:
        return None
    own, all_of_them = answer, scenario.settings.samples
    if solver.samples < all_of_them and len(scenario.products) * all_of_them <= _COSTED:
        own = replace(answer, instance=build_instance(scenario, cache=cache))
    plan = solver.plan(scenario, own)
    if plan is None and own is not answer:
        # Rules that hold on the samples searched may be broken on all of them.
        own = answer
        plan = solver.plan(scenario, own)
    if plan is None:
        return None
    if own is not answer:
        plan = _with_gap(plan, answer.gap)
    found = _today(solver, scenario, own.instance, answer.strategy)
    return PreviewResult(plan=plan, today=found, searched=solver.samples)


def _with_gap(plan: Plan, gap: float) -> Plan:
    """The same plan with the gap that the search has proven on its own samples, which bound nothing on others."""
    program, scale = float(plan.summary["program_per_year"]), max(abs(plan.objective_per_year), 1e-9)
    told = {"gap": gap, "allocation_gap": (plan.objective_per_year - program) / scale}
    return replace(plan, summary={**plan.summary, **told, "bound_per_year": program - gap * scale})


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
