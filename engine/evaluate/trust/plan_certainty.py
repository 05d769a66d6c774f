"""A plan with what is known of its certainty before any input is judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.decision.plan import Plan
from engine.demand.fitting.complete import complete
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.evaluate.trust.at_stake import saving_at_stake
from engine.evaluate.trust.certainty import certainties, counts
from engine.evaluate.trust.regret_range import regret_lows
from engine.program.deadline import NEVER, Deadline
from engine.scenario.scenario import Scenario

COLUMNS = ("regret_low_per_year", "certainty")
# How long either part may take, in times that drawing the samples took.
_TIMES_DRAWING = 3.0


def with_certainty(
    scenario: Scenario, plan: Plan, *, cache: SampleCache | None = None, deadline: Deadline = NEVER
) -> Plan:
    """The plan with the columns of `COLUMNS` in its decisions, behind the regret, and their figures in its summary.

    regret_low_per_year is the least that sampling leaves of the regret (95%, two-sided); NaN where the regret is too
    large for sampling to matter, or not known. certainty is the badge before any input is judged. In the summary
    stand `certainty`, the number of choices by badge, and `saving_at_stake`, None where there is no time for it.

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
        Of this scenario.
    cache : SampleCache, optional
        Draws that the plan was decided on.
    deadline : Deadline
        Where time is short, fewer spreads are looked at, and the rest takes the widest of them.
    """
    scenario = complete(scenario)
    samples, seed = int(plan.summary["samples"]), int(plan.summary["seed"])
    cache = SampleCache() if cache is None else cache
    table = plan.decisions.drop(columns=list(COLUMNS), errors="ignore")
    low = np.full(len(table), np.nan)
    if not _late(deadline, cache) and samples > 1:
        low = regret_lows(build_instance(scenario, samples=samples, seed=seed, cache=cache), plan, deadline=deadline)
    at = list(table.columns).index("regret_per_year") + 1
    table.insert(at, "regret_low_per_year", low)
    told = replace(plan, decisions=table)
    badges = certainties(told)["certainty"]
    table.insert(at + 1, "certainty", badges.to_numpy(dtype=object))
    known = plan.summary.get("today") is not None and not _late(deadline, cache)
    at_stake = saving_at_stake(scenario, told, badges, cache=cache) if known else None
    return replace(told, summary={**plan.summary, "certainty": counts(badges), "saving_at_stake": at_stake})


def _late(deadline: Deadline, cache: SampleCache) -> bool:
    return deadline.room() < _TIMES_DRAWING * cache.seconds
