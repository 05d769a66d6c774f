"""What a rule of thumb costs: its strategies, evaluated by the same model with the best stocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.decision.today import today_of
from engine.decision.whatif import best_stocks
from engine.demand.fitting.stationary import scenario_weeks
from engine.demand.streams import Array
from engine.economics.classifiers import abc_xyz, pd_rdv
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTO, MTS, Instance, Integers
from engine.evaluate.studies.assess import Assessed, Difference, assess, difference
from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario

RULES = ("current strategies", "ABC-XYZ", "P:D x RDV")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A product that cannot have the strategy a rule asks for.

    Parameters
    ----------
    product, wanted, used, why : str
        `wanted` is blank where the rule says nothing.
    """

    product: str
    wanted: str
    used: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInUse:
    """One rule on one scenario.

    Parameters
    ----------
    rule : str
    strategy : shape (I,)
        As evaluated.
    replaced : tuple of Replaced
    assessed : Assessed or None
        None where no stocks keep the scenario's rules under these strategies.
    over_plan : Difference or None
        Cost over the best plan, on the same samples.
    """

    rule: str
    strategy: Integers
    replaced: tuple[Replaced, ...]
    assessed: Assessed | None
    over_plan: Difference | None


def rules_in_use(scenario: Scenario, plan: Assessed, *, seed: int | None = None) -> tuple[RuleInUse, ...]:
    """Evaluate the current strategies, ABC-XYZ and P:D x RDV beside a plan.

    A limit of changes (C8) and families of one strategy (C10) bind the plan, not the rules; leaving a current strategy
    costs the same in all. The current strategies are those of `engine.decision.today`, which no rule of the plan binds.

    Parameters
    ----------
    scenario : Scenario
    plan : Assessed
        The best plan of the scenario.
    seed : int, optional
        Of its samples, where it is not the scenario's own.
    """
    instance = plan.instance
    current = _current(scenario, plan, seed)
    for rule, wanted in zip(RULES[1:], _wanted(scenario, instance), strict=True):
        strategy, replaced = nearest_allowed(instance, wanted, plan.recourse.strategy)
        free = instance.untied()
        recourse = best_stocks(free, strategy)
        assessed = None if recourse is None else assess(free, recourse)
        current.append(
            RuleInUse(
                rule=rule, strategy=strategy, replaced=replaced, assessed=assessed,
                over_plan=None if assessed is None else difference(assessed, plan),
            )
        )  # fmt: skip
    return tuple(current)


def _current(scenario: Scenario, plan: Assessed, seed: int | None) -> list[RuleInUse]:
    """Today's strategies; none where the scenario names none."""
    planned = pd.Series([STRATEGIES[k] for k in plan.recourse.strategy])
    today = today_of(scenario, planned, samples=plan.instance.samples, seed=seed)
    if today is None:
        return []
    place = {name: i for i, name in enumerate(plan.instance.products)}
    replaced = []
    for name in today.followed:
        used, wanted = planned[place[name]], plan.instance.current[place[name]]
        why = "there is no bill of materials" if wanted >= 0 else "no current strategy is given; the plan's is taken"
        replaced.append(
            Replaced(product=name, wanted=STRATEGIES[wanted] if wanted >= 0 else "", used=str(used), why=why)
        )
    assessed = assess(today.instance, today.recourse)
    return [
        RuleInUse(rule=RULES[0], strategy=today.recourse.strategy, replaced=tuple(replaced), assessed=assessed,
                  over_plan=difference(assessed, plan))
    ]  # fmt: skip


def _wanted(scenario: Scenario, instance: Instance) -> tuple[Integers, Integers]:
    """Strategies of each of `RULES` but today's, -1 where the rule says nothing."""
    cv = weekly_cvs(scenario)
    value = instance.rate * DAYS_PER_YEAR * instance.unit_cost
    made = derive(scenario).make_days
    return abc_xyz(value, cv, scenario.settings.rules_in_use), pd_rdv(made, instance.wait_days, cv)


def weekly_cvs(scenario: Scenario) -> Array:
    """CV of weekly demand of each product, where it is left blank that of its family; shape (products,)."""
    products = scenario.products
    cv = products["demand_cv"].to_numpy(dtype=float).copy()
    for i in np.flatnonzero(np.isnan(cv)).tolist():
        row = products.iloc[i]
        if row["distribution"] == "empirical":
            weeks = np.asarray(scenario_weeks(scenario, [str(row["product"])])[str(row["product"])])
            cv[i] = weeks.std() / max(float(weeks.mean()), 1e-300)
        else:
            cv[i] = float(row["demand_per_week"]) ** -0.5
    return cv


def nearest_allowed(instance: Instance, wanted: Integers, plan: Integers) -> tuple[Integers, tuple[Replaced, ...]]:
    """Strategies that are possible, nearest to those wanted along MTS - ATO - MTO.

    Between MTS and MTO in place of ATO the choice is MTS, which asks no more patience of the customer. Where nothing is
    wanted the plan's strategy stands.

    Parameters
    ----------
    instance : Instance
    wanted : shape (I,)
        -1 where nothing is.
    plan : shape (I,)
    """
    order = {MTS: (MTS, ATO, MTO), ATO: (ATO, MTS, MTO), MTO: (MTO, ATO, MTS)}
    used = np.where(wanted < 0, plan, wanted).astype(np.int64)
    replaced = []
    for i, k in enumerate(wanted.tolist()):
        name = instance.products[i]
        if k < 0:
            why = "no current strategy is given; the plan's is taken"
            replaced.append(Replaced(product=name, wanted="", used=STRATEGIES[plan[i]], why=why))
            continue
        used[i] = next(j for j in order[k] if instance.allowed[i, j])
        if used[i] != k:
            why = str(instance.dropped.get((i, k), f"{STRATEGIES[k]} is not allowed"))
            replaced.append(
                Replaced(product=name, wanted=STRATEGIES[k], used=STRATEGIES[used[i]], why=why)
            )
    return used, tuple(replaced)
