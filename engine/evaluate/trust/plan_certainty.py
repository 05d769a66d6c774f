"""A plan with what is known of its certainty before any input is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from engine.decision.aside import Aside, at_once, begun
from engine.decision.plan import Plan
from engine.demand.fitting.complete import complete
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.evaluate.figures.readers import with_readers
from engine.evaluate.trust.at_stake import saving_at_stake
from engine.evaluate.trust.certainty import certainties, counts
from engine.evaluate.trust.regret_range import regret_lows
from engine.program.deadline import NEVER, Deadline
from engine.scenario.scenario import Scenario

COLUMNS = ("regret_low_per_year", "certainty")
# How long either part may take, in times that drawing the samples took.
_TIMES_DRAWING = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Certain:
    """What is known of a plan's certainty, apart from it.

    Parameters
    ----------
    regret_low : shape (I,)
        Money per year.
    at_stake : dict or None
        As of `saving_at_stake`; None where there was no time for it.
    """

    regret_low: Array
    at_stake: dict[str, float] | None


def with_figures(
    scenario: Scenario,
    plan: Plan,
    *,
    cache: SampleCache | None = None,
    deadline: Deadline = NEVER,
    aside: Aside = at_once,
) -> Plan:
    """The plan with readers' figures and its certainty, which do not wait for each other.

    Parameters
    ----------
    scenario, plan, cache, deadline
        As of `with_certainty`.
    aside : callable
        Where the readers' figures are worked on.
    """
    figures = begun(aside, partial(with_readers, scenario, plan, cache=cache, deadline=deadline))
    certain = _certain(scenario, plan, cache=cache, deadline=deadline)
    return _with(figures(), certain)


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
    return _with(plan, _certain(scenario, plan, cache=cache, deadline=deadline))


def _certain(scenario: Scenario, plan: Plan, *, cache: SampleCache | None, deadline: Deadline) -> Certain:
    scenario = complete(scenario)
    samples, seed = int(plan.summary["samples"]), int(plan.summary["seed"])
    cache = SampleCache() if cache is None else cache
    low = np.full(len(plan.decisions), np.nan)
    if not _late(deadline, cache) and samples > 1:
        low = regret_lows(build_instance(scenario, samples=samples, seed=seed, cache=cache), plan, deadline=deadline)
    told = _with_badges(plan, low)
    badges = told.decisions["certainty"]
    at_stake = None if _late(deadline, cache) else saving_at_stake(scenario, told, badges, cache=cache)
    return Certain(regret_low=low, at_stake=at_stake)


def _with(plan: Plan, certain: Certain) -> Plan:
    told = _with_badges(plan, certain.regret_low)
    # Without a price of today there is no saving to split.
    at_stake = None if plan.summary.get("today") is None else certain.at_stake
    badges = counts(told.decisions["certainty"])
    return replace(told, summary={**plan.summary, "certainty": badges, "saving_at_stake": at_stake})


def _with_badges(plan: Plan, low: Array) -> Plan:
    """The plan with its columns of certainty."""
    table = plan.decisions.drop(columns=list(COLUMNS), errors="ignore")
    at = list(table.columns).index("regret_per_year") + 1
    table.insert(at, "regret_low_per_year", low)
    told = replace(plan, decisions=table)
    table.insert(at + 1, "certainty", certainties(told)["certainty"].to_numpy(dtype=object))
    return told


def _late(deadline: Deadline, cache: SampleCache) -> bool:
    return deadline.room() < _TIMES_DRAWING * cache.seconds
