"""All that tells how far a plan can be believed, put together: `confidence`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.demand.fitting.complete import complete
from engine.economics.build import build_instance
from engine.evaluate.studies.same_scenario import refuse_other_data
from engine.evaluate.trust.confidence import Confidence, judge
from engine.evaluate.trust.draws import decide_draws
from engine.evaluate.trust.first_stage import of_plan
from engine.evaluate.trust.information import Information, information
from engine.evaluate.trust.inputs import DEFAULT_UNCERTAINTY, UncertainInput, uncertain_inputs
from engine.evaluate.trust.resample import resample
from engine.evaluate.trust.sampling_gap import SamplingGap, sampling_gap
from engine.program.deadline import Log
from engine.scenario.scenario import Scenario

DEFAULT_DRAWS = 120
DRAW_SAMPLES = 60
DEFAULT_BATCHES = 10
BATCH_GAP = 2e-3
# With fewer products a draw is decided sooner than a process is started.
_MANY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How far a plan can be believed.

    Parameters
    ----------
    plan : Plan
    gap : SamplingGap or None
        None where it was not asked for, or the rules do not let it be worked out (`notes`).
    information : Information or None
        The same.
    confidence : Confidence or None
        None where no draws were asked for.
    inputs : tuple of UncertainInput
    within : float
        Gap for which enough samples are looked for.
    notes : tuple of str
        What is left out and why.
    seconds : float
    """

    plan: Plan
    gap: SamplingGap | None
    information: Information | None
    confidence: Confidence | None
    inputs: tuple[UncertainInput, ...]
    within: float
    notes: tuple[str, ...]
    seconds: float

    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables to write, by name."""
        tables: dict[str, pd.DataFrame] = {}
        if self.confidence is not None:
            tables |= {"confidence": self.confidence.products, "inputs": self.confidence.inputs}
        if self.gap is not None:
            batches = {
                "served_per_year": self.gap.served, "cost_per_year": self.gap.cost, "best_per_year": self.gap.best,
                "bound_per_year": self.gap.bound,
            }  # fmt: skip
            tables["batches"] = pd.DataFrame({"batch": np.arange(1, len(self.gap.cost) + 1), **batches})
            tables |= {"samples": self.gap.ladder, "below_target": self.gap.below_target}
        return tables

    def summary(self) -> dict[str, Any]:
        """What ``summary.json`` holds."""
        plan = self.plan.summary
        basis = {
            key: plan[key]
            for key in ("scenario", "currency", "objective_per_year", "bound_per_year", "samples", "seed")
        }
        gap, info, confidence = self.gap, self.information, self.confidence
        figures: dict[str, Any] = {**basis, "status": "judged"}
        if gap is not None:
            enough = gap.enough(self.within)
            figures["sampling_gap"] = {
                "high_per_year": gap.interval.high, "high_share": gap.high_share, "mean_per_year": gap.interval.mean,
                "solver_share": gap.solver_share, "level": gap.level, "batches": len(gap.cost),
                "batch_samples": gap.samples, "held_out_per_year": gap.held_out,
                "held_out_margin_per_year": gap.held_out_margin, "for_targets_per_year": gap.for_targets,
                "products_below_target": len(gap.below_target), "within": self.within,
                "samples_enough": enough.samples, "samples_enough_seen": enough.seen,
            }  # fmt: skip
            if gap.tail is not None:
                figures["sampling_gap"]["tail"] = {
                    "cvar_weight": gap.tail.weight, "cvar_level": gap.tail.level,
                    "promised_per_year": gap.tail.promised, "held_out_per_year": gap.tail.held_out,
                    "held_out_margin_per_year": gap.tail.margin,
                }  # fmt: skip
        if info is not None:
            figures["information"] = {
                "vss_per_year": info.vss, "vss_of_strategies_per_year": info.vss_of_strategies,
                "evpi_per_year": info.evpi, "expected_value_per_year": info.expected_value,
                "expected_result_per_year": info.expected_result, "wait_and_see_per_year": info.wait_and_see,
            }  # fmt: skip
        if confidence is not None:
            figures["confidence"] = {
                "counts": confidence.counts, "draws": confidence.draws, "draws_without_plan": confidence.unsolved,
                "uncertainty": {one.name: one.uncertainty for one in self.inputs},
            }  # fmt: skip
        return {
            **figures, "notes": list(self.notes), "seconds": self.seconds, "versions": plan["versions"],
            "input_sha256": plan["input_sha256"],
        }  # fmt: skip


def confidence(
    scenario: Scenario,
    plan: Plan,
    *,
    uncertainty: float = DEFAULT_UNCERTAINTY,
    of: Mapping[str, float] | None = None,
    draws: int = DEFAULT_DRAWS,
    draw_samples: int = DRAW_SAMPLES,
    batches: int = DEFAULT_BATCHES,
    batch_samples: int | None = None,
    gap: float = BATCH_GAP,
    within: float = 0.01,
    processes: int = 1,
    tick: Log = lambda _: None,
) -> Trust:
    """Tell how far a plan can be believed.

    Parameters
    ----------
    scenario : Scenario
        The one that the plan was made from.
    plan : Plan
        From `solve` or `read_plan`; its strategies and base stocks are judged as they are.
    uncertainty : float
        How far each estimate can be off (coefficient of variation).
    of : mapping of str to float, optional
        The same by column, in place of `uncertainty`.
    draws : int
        Redrawn scenarios for the confidence of the products; 0 leaves it out.
    draw_samples : int
        Samples of demand in each.
    batches : int
        Batches of fresh samples for the sampling gap; 0 leaves it out, with VSS and EVPI.
    batch_samples : int, optional
        By default half the plan's.
    gap : float
        To which each batch is solved.
    within : float
        Gap for which enough samples are looked for.
    processes : int
        That work side by side, with the same figures; where there are few products one is as quick, and does it all.
        More than one reads the program's own file again in each (`if __name__ == "__main__":`).
    tick : callable
        Takes one line of progress at a time.

    Raises
    ------
    EngineError
        Where the plan is not of this scenario.
    """
    began = time.perf_counter()
    scenario = complete(scenario)
    refuse_other_data(scenario, plan)
    inputs = uncertain_inputs(uncertainty, of)
    samples, seed = int(plan.summary["samples"]), int(plan.summary["seed"])
    instance = build_instance(scenario, samples=samples, seed=seed)
    first = of_plan(instance, plan)
    processes = processes if len(instance.products) >= _MANY else 1
    found_gap, info, judged, notes = None, None, None, []
    # The worth of information is defined for the program, with hindsight.
    program = float(plan.summary.get("program_per_year", plan.objective_per_year))
    if batches:
        found_gap = sampling_gap(
            scenario, first, promised=plan.objective_per_year, plan_samples=samples, batches=batches,
            samples=batch_samples, seed=seed, gap=gap, processes=processes, tick=tick,
        )  # fmt: skip
        if len(found_gap.below_target) or found_gap.for_targets > 0.0:
            notes.append("with on-time targets the sampling gap is approximate: stocks are first raised to keep them")
    if batches and instance.cvar_weight > 0.0:
        notes.append("VSS and EVPI are left out: they are not defined here with CVaR")
    elif batches:
        info = information(
            instance, recourse=program, recourse_bound=plan.bound_per_year, gap=1e-3, processes=processes, tick=tick
        )
    if draws:
        resamples = resample(scenario, inputs, draws=draws, seed=seed)
        decided = decide_draws(
            resamples, first.strategy, samples=draw_samples, processes=processes, tick=tick
        )  # fmt: skip
        cost = plan.decisions.set_index("product")["expected_cost_per_year"].loc[list(instance.products)]
        judged = judge(resamples, decided, cost=cost.to_numpy(dtype=float), current=instance.current)
        if judged.unsolved:
            notes.append(f"{judged.unsolved} of {draws} draws have no plan that keeps all rules and are left out")
        if resamples.bootstrapped:
            notes.append(f"demand of {len(resamples.bootstrapped)} products is redrawn from their order lines")
    return Trust(
        plan=plan, gap=found_gap, information=info, confidence=judged, inputs=inputs, within=within,
        notes=tuple(notes), seconds=round(time.perf_counter() - began, 3),
    )  # fmt: skip
