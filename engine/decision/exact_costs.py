"""A plan that tells exactly what the other strategies of one product would cost, where it told lower bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.decision.plan import AT_LEAST, Plan, at_least_of, rivals
from engine.decision.settling.settle import Settling
from engine.economics.instance import Instance
from engine.economics.optima.stock import fold
from engine.scenario.columns import STRATEGIES, strategy_numbers
from engine.search.evaluator import PooledEvaluator
from engine.search.recourse import Recourse


def with_exact_costs(instance: Instance, plan: Plan, recourse: Recourse, product: str) -> Plan:
    """The plan, the costs of the product's other strategies as `exact_alternatives` would have told them.

    A strategy that breaks a rule on stocks has no cost then. The sentence of the product (`reason`) stays.

    Parameters
    ----------
    instance : Instance
        Of the plan's scenario, on its samples and seed, finished stock open.
    plan : Plan
    recourse : Recourse
        Its strategies and stocks, first come first served.
    product : str
    """
    table = plan.decisions.copy()
    at = table["product"].tolist().index(product)
    row = table.iloc[at]
    asked = [STRATEGIES.index(k) for k in at_least_of(row)]
    if not asked:
        return plan
    folded, i = fold(instance), instance.products.index(product)
    moves = Settling(instance, folded, PooledEvaluator(folded)).moves_from(recourse)
    if moves is None:
        return plan
    limit = np.full((len(instance.products), len(STRATEGIES)), -np.inf)
    limit[i, asked] = np.inf
    more = moves(limit).objective[i] - recourse.objective
    cost = float(row["expected_cost_per_year"])
    costs = np.array([row[f"cost_if_{k}"] for k in STRATEGIES], dtype=float)
    for k in asked:
        costs[k] = cost + more[k] if np.isfinite(more[k]) else np.nan
    (rival,), regret = rivals(costs[None, :], strategy_numbers(table["strategy"])[[at]])
    told = {**{f"cost_if_{k}": costs[n] for n, k in enumerate(STRATEGIES)}, AT_LEAST: ""}
    told |= {"next_best": rival, "regret_per_year": float(regret[0])}
    for name, value in told.items():
        table.loc[table.index[at], name] = value
    return replace(plan, decisions=table)
