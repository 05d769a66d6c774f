"""The quick answer: in process, without Pyomo, whose solves must not run in two threads at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.decision.plan import Plan
from engine.decision.whatif import WhatIf
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.scenario.scenario import Scenario

# A preview is searched for on fewer samples where products times samples would be more than this. What it costs is
# told on all samples, up to the second limit: its proof is then another plan at most, never another draw.
_SEARCHED = 24_000
_COSTED = 60_000
_FEWEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResult:
    """A quick answer.

    Parameters
    ----------
    plan : Plan
        With the gap proven so far, on the solver's samples. The other strategies' costs come with the proof.
    searched : int
        Samples of demand on which the plan was looked for and its gap proven; its costs may be those of more.
    """

    plan: Plan
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
    all_of_them = scenario.settings.samples
    again = solver.samples < all_of_them and len(scenario.products) * all_of_them <= _COSTED
    answer = solver.first(scenario, planned=not again)
    if answer is None:
        return None
    costed = replace(answer, instance=build_instance(scenario, cache=cache)) if again else answer
    plan = solver.plan(scenario, costed)
    if plan is None and costed is not answer:
        # Rules that hold on the samples searched may be broken on all of them.
        costed = answer
        plan = solver.plan(scenario, costed)
    if plan is None:
        return None
    if costed is not answer:
        plan = _with_gap(plan, answer.gap)
    return PreviewResult(plan=plan, searched=solver.samples)


def _with_gap(plan: Plan, gap: float) -> Plan:
    """The same plan with the gap that the search has proven on its own samples, which bound nothing on others."""
    program, scale = float(plan.summary["program_per_year"]), max(abs(plan.objective_per_year), 1e-9)
    told = {"gap": gap, "allocation_gap": (plan.objective_per_year - program) / scale}
    return replace(plan, summary={**plan.summary, **told, "bound_per_year": program - gap * scale})

