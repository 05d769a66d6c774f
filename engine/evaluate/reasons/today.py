"""A plan beside today's strategies: what those come to, and how soon the switches pay back."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.decision.today import Today, broken
from engine.demand.streams import Array
from engine.economics.instance import Instance
from engine.evaluate.studies.assess import assess, difference
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse

_MONTHS = 12.0
# A saving below this share of the cost is rounding.
_ROUNDING = 1e-9


class NoCurrentCost(Enum):
    """Why the cost of today's strategies is not known."""

    NO_CURRENT = "no_current"
    NO_SCENARIO = "no_scenario"
    CORRECTED = "current_corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payback:
    """When the plan's switches have earned what they cost.

    Parameters
    ----------
    change_cost : float
        Of all switches, money once.
    running_saving_per_year : float or None
        What today's strategies cost a year above the plan, whose change cost is left out; None where that is not known.
    months : float or None
        Until the saving has paid for the change; 0 where it costs nothing, None where nothing is known, or nothing
        saved.
    """

    change_cost: float
    running_saving_per_year: float | None
    months: float | None


def today_figures(now: Today | None, scenario: Scenario) -> dict[str, Any] | None:
    """Today as `summary.json` has it: what it comes to, and which of the scenario's rules it does not keep.

    Parameters
    ----------
    now : Today or None
    scenario : Scenario
        Of the plan.
    """
    if now is None:
        return None
    return {**now.figures(), "broken": [asdict(one) for one in broken(now, scenario)]}


def saving_interval(now: Today, recourse: Recourse, instance: Instance) -> dict[str, float] | None:
    """What sampling leaves open of a plan's saving against today, low and high, money a year; None on one sample.

    Parameters
    ----------
    now : Today
    recourse : Recourse
        The plan's strategies and stocks, first come first served.
    instance : Instance
        Of the plan, on today's samples.
    """
    # Today less the plan, so that a saving is positive.
    interval = difference(assess(now.instance, now.recourse), assess(instance, recourse))
    return None if interval is None else {"low": interval.low, "high": interval.high}


def with_today(plan: Plan, now: Today | None, scenario: Scenario) -> Plan:
    """The plan with another today in its summary, and what of its figures hangs on it; the interval is left open.

    Parameters
    ----------
    plan : Plan
    now : Today or None
        On the plan's samples.
    scenario : Scenario
        Of the plan.
    """
    summary = {**plan.summary, "today": today_figures(now, scenario), "saving_interval": None}
    investor = summary.get("investor")
    if investor is not None:
        repaid = payback(plan, None if now is None else now.cost_per_year)
        summary["investor"] = {
            **investor,
            "running_saving_per_year": repaid.running_saving_per_year,
            "payback_months": repaid.months,
            "working_capital_released": capital_released(plan, now),
        }
    return replace(plan, summary=summary)


def capital_released(plan: Plan, now: Today | None) -> float | None:
    """Inventory today less the plan's: what lies there where that is given, else today's best stocks; None if unknown.

    Parameters
    ----------
    plan : Plan
    now : Today or None
        On the plan's samples.
    """
    books = plan.summary.get("stock_on_hand")
    if books is not None:
        return float(books["capital_released"])
    return None if now is None else now.inventory_value - float(plan.summary["inventory_value"])


def payback(plan: Plan, current_cost_per_year: float | NoCurrentCost | None) -> Payback:
    """How soon a plan's switches pay back, its own running costs being its cost less the change term.

    Parameters
    ----------
    plan : Plan
    current_cost_per_year : float or NoCurrentCost or None
        As of `engine.decision.today`, where nobody pays for a change; None where there was no time for it.
    """
    once = change_cost(plan)
    if current_cost_per_year is None or isinstance(current_cost_per_year, NoCurrentCost):
        return Payback(change_cost=once, running_saving_per_year=None, months=None)
    saving = current_cost_per_year - running_cost(plan)
    if abs(saving) <= _ROUNDING * abs(current_cost_per_year):
        saving = 0.0
    months = float(repaid(np.array([once]), np.array([saving]))[0])
    return Payback(change_cost=once, running_saving_per_year=saving, months=None if math.isnan(months) else months)


def told_payback(plan: Plan) -> Payback:
    """The same as the plan's summary has it."""
    told = plan.summary.get("investor") or {}
    return Payback(
        change_cost=change_cost(plan),
        running_saving_per_year=told.get("running_saving_per_year"),
        months=told.get("payback_months"),
    )


def repaid(once: Array | pd.Series, saving: Array | pd.Series) -> Array:
    """Months until savings have paid for what is spent once: 12 once / saving; NaN where nothing is saved.

    Parameters
    ----------
    once : shape (n,)
        Money.
    saving : shape (n,)
        Money a year.

    Examples
    --------
    >>> repaid(np.array([500.0, 0.0, 500.0]), np.array([2000.0, -1.0, -1.0])).tolist()
    [3.0, 0.0, nan]
    """
    spent, saved = np.asarray(once, dtype=float), np.asarray(saving, dtype=float)
    earned = np.where(saved > 0.0, saved, np.nan)
    return np.where(spent > 0.0, _MONTHS * spent / earned, 0.0)


def running_cost(plan: Plan) -> float:
    """What a plan costs a year once its changes are paid."""
    return plan.objective_per_year - float(plan.ledger.loc[plan.ledger["term"] == "change", "cost_per_year"].sum())


def change_cost(plan: Plan) -> float:
    """What the plan's switches cost, money once; plans of earlier versions tell nothing of it."""
    return float(plan.summary.get("change_cost", 0.0))
