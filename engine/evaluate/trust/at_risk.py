"""What a plan costs on samples that it did not see where risk counts (C9).

CVaR is the least over eta of eta + E(cost - eta)+ / (1 - level) (Rockafellar & Uryasev 2000, theorem 1). On the samples
that choose it, the tail is better than it will be: stocks are the best for just these dear samples, and so is eta. Both
are decided before the fresh samples are seen. At an eta held fixed the mean over those is unbiased, and on average no
less than the plan's CVaR, so that the interval of Mak, Morton & Wood (1999) holds for it as for a mean.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.decision.tables.attribution import Attribution
from engine.economics.instance import TERMS, Instance
from engine.evaluate.trust.first_stage import FirstStage, assess_fixed, assess_with_hindsight, cost_of
from engine.search.first_come.risk import tail_weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """What a plan costs in its dearest samples, money a year.

    Parameters
    ----------
    weight, level : float
        Of risk in the objective, and the share of samples that are not in the tail.
    promised : float
        CVaR on the plan's own samples.
    held_out, margin : float
        The same on fresh ones, and half its two-sided interval.
    """

    weight: float
    level: float
    promised: float
    held_out: float
    margin: float


def with_value_at_risk(instance: Instance, plan: FirstStage) -> FirstStage:
    """The plan with the cost that the dearest samples of an instance begin at, first come first served."""
    cost = np.sort(assess_fixed(instance, plan).attribution.at_risk)
    place = int(np.ceil(instance.cvar_level * len(cost) - 1e-9)) - 1
    return replace(plan, value_at_risk=float(cost[max(place, 0)]))


def promised_tail(instance: Instance, plan: FirstStage) -> float:
    """CVaR of the plan on the samples of an instance, money a year."""
    cost = assess_fixed(instance, plan).attribution.at_risk
    return float(tail_weights(cost, instance.cvar_level) @ cost)


def program_cost(instance: Instance, plan: FirstStage) -> float:
    """The objective of a fixed plan with parts shared with hindsight, at its value at risk where risk counts.

    What waits then is of the least expected cost, sample by sample; of lost sales more could be said, which would only
    cost less. Infinite where hours cannot be worked.
    """
    if plan.value_at_risk is None:
        return cost_of(instance, plan)
    found = assess_with_hindsight(instance, plan)
    return float("inf") if found is None else risk_cost(instance, found.attribution, plan.value_at_risk)


def served_cost(instance: Instance, plan: FirstStage) -> float:
    """The same first come first served; hours that nobody can work are left out."""
    found = assess_fixed(instance, plan)
    return found.cost if plan.value_at_risk is None else risk_cost(instance, found.attribution, plan.value_at_risk)


def tail_cost(instance: Instance, of: Attribution, value_at_risk: float) -> float:
    """Mean cost of the dear samples at a value at risk, eta + E(cost - eta)+ / (1 - level)."""
    beyond = np.maximum(of.at_risk - value_at_risk, 0.0).mean()
    return float(value_at_risk + beyond / (1.0 - instance.cvar_level))


def risk_cost(instance: Instance, of: Attribution, value_at_risk: float) -> float:
    """The objective at a value at risk: E(cost) + cvar_weight (its tail less the mean of what risk counts)."""
    mean = of.objective - float(of.ledger[:, TERMS.index("risk")].sum())
    return mean + instance.cvar_weight * (tail_cost(instance, of, value_at_risk) - float(of.at_risk.mean()))
