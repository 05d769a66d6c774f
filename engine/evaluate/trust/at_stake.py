"""What a saving rests on: firm switches, likely ones and open ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from engine.decision.plan import Plan, leaves_today
from engine.decision.today import held
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Booleans
from engine.evaluate.trust.certainty import Certainty, certainties
from engine.scenario.columns import strategy_numbers
from engine.scenario.scenario import Scenario


def saving_at_stake(
    scenario: Scenario, plan: Plan, badges: pd.Series, *, cache: SampleCache | None = None
) -> dict[str, float]:
    """What the switches of each badge save together, those less sure left as today; none of the surest there is.

    With U(x) the cost of strategies x with their best stocks, bound by no rule, as today is priced: of the plan x and
    the surer switches y alone, what the others save is U(y) - U(x).

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
        Of this scenario.
    badges : pandas.Series
        `Certainty` of each decision.
    cache : SampleCache, optional
        Of the same products.

    Returns
    -------
    dict of str to float
        Badge to money per year; empty where all switches are as sure, or today cannot be priced.
    """
    moved = leaves_today(plan.decisions).to_numpy()
    present = _present(plan, badges)
    parts: dict[str, float] = {}
    last = None
    for k in range(len(present), 0, -1):
        if len(present) == 1:
            break
        if k == len(present) and scenario.settings.inventory_budget is None:
            # Without a budget no rule moves the stocks of given strategies.
            last = plan.objective_per_year
            continue
        kept = moved & badges.isin([str(one) for one in present[:k]]).to_numpy()
        cost = _unbound_cost(scenario, plan, moved & ~kept, cache)
        if cost is None:
            return {}
        if last is not None:
            parts[str(present[k])] = cost - last
        last = cost
    return parts


def split(saving: float, at_stake: dict[str, float], plan: Plan, badges: pd.Series) -> dict[str, float]:
    """A saving by the badge of the switches that bring it; the surest there is bears what rules cost.

    Parameters
    ----------
    saving : float
        Against today, money per year.
    at_stake : dict of str to float
        As of `saving_at_stake`.
    plan : Plan
    badges : pandas.Series
    """
    parts = {str(one): at_stake.get(str(one), 0.0) for one in Certainty}
    for surest in _present(plan, badges)[:1]:
        parts[str(surest)] = saving - sum(at_stake.values())
    return parts


def as_told(plan: Plan, badges: pd.Series) -> bool:
    """Whether no evidence has moved a badge: then the plan's summary tells what is at stake."""
    return bool(badges.tolist() == certainties(plan)["certainty"].tolist())


def _present(plan: Plan, badges: pd.Series) -> list[Certainty]:
    """Badges of products that leave today's strategy, the surest first."""
    moved = leaves_today(plan.decisions).to_numpy()
    return [one for one in Certainty if (moved & (badges == str(one)).to_numpy()).any()]


def _unbound_cost(scenario: Scenario, plan: Plan, back: Booleans, cache: SampleCache | None) -> float | None:
    """Cost a year of the plan's strategies, some of them as today, with the best stocks and what changing costs."""
    table = plan.decisions
    held_as = np.where(back, table["current_strategy"], table["strategy"])
    world = replace(scenario, products=scenario.products.assign(current_strategy=held_as))
    samples, seed = int(plan.summary["samples"]), int(plan.summary["seed"])
    priced = held(world, strategy_numbers(held_as.tolist()), samples=samples, seed=seed, cache=cache)
    if priced is None:
        return None
    changed = plan.ledger[(plan.ledger["term"] == "change") & ~plan.ledger["product"].isin(table["product"][back])]
    return priced.recourse.objective + float(changed["cost_per_year"].sum())
