"""Amounts of products as they are shown, so that every difference told of two of them is that of what is read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.scenario.columns import STRATEGIES

_AMOUNTS = ("expected_cost_per_year", *(f"cost_if_{k}" for k in STRATEGIES), "inventory_value")
# What the strategy of another column costs more than the one chosen.
_DIFFERENCES = {"regret_per_year": "next_best", "saving_per_year": "current_strategy"}


def decisions_as_shown(decisions: pd.DataFrame, decimals: int = 0) -> pd.DataFrame:
    """Decisions with rounded amounts, and regrets and savings that are differences of those.

    Parameters
    ----------
    decisions : pandas.DataFrame
        As in a plan, or with more columns.
    decimals : int
        With which amounts are shown.

    Examples
    --------
    >>> costs = {"cost_if_MTS": [20.4], "cost_if_ATO": [31.6], "cost_if_MTO": [np.nan]}
    >>> exact = pd.DataFrame({"expected_cost_per_year": [20.4], **costs, "inventory_value": [7.5],
    ...                       "next_best": ["ATO"], "regret_per_year": [11.2]})
    >>> decisions_as_shown(exact)[["expected_cost_per_year", "cost_if_ATO", "regret_per_year"]].values.tolist()
    [[20.0, 32.0, 12.0]]
    """
    shown = decisions.assign(**{name: decisions[name].astype(float).round(decimals) for name in _AMOUNTS})
    for name, of in _DIFFERENCES.items():
        if name in decisions:
            other, more = decisions[of].to_numpy(), decisions[name].to_numpy(dtype=float).copy()
            for k in STRATEGIES:
                rows = (other == k) & np.isfinite(more)
                more[rows] = (shown[f"cost_if_{k}"] - shown["expected_cost_per_year"]).to_numpy()[rows]
            shown[name] = more.round(decimals)
    return shown


def said_of(more: float, *, within: float, at_least: bool = False) -> str:
    """How it is said that a strategy costs more than the one chosen: more, same, less, at_least or at_most_less.

    Parameters
    ----------
    more : float
    within : float
        What differs by less reads the same.
    at_least : bool
        It is a lower bound.

    Examples
    --------
    >>> said_of(12.0, within=0.5), said_of(12.0, within=0.5, at_least=True), said_of(-0.2, within=0.5)
    ('more', 'at_least', 'same')
    """
    if at_least:
        return "at_least" if more > -within else "at_most_less"
    return "same" if abs(more) < within else "more" if more > 0.0 else "less"


def plan_as_shown(plan: Plan, decimals: int = 0) -> Plan:
    """A plan whose decisions tell their amounts as they are shown: for sentences, never for sums."""
    return replace(plan, decisions=decisions_as_shown(plan.decisions, decimals))
