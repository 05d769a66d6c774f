"""What sampling leaves of the regret of a choice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.decision.close import widest_share
from engine.decision.plan import Plan
from engine.demand.streams import Array
from engine.economics.instance import Instance
from engine.economics.optima.stock import fold
from engine.evaluate.studies.assess import assess, difference
from engine.model.portfolio import portfolio
from engine.program.deadline import NEVER, Deadline
from engine.scenario.columns import STRATEGIES, strategy_numbers
from engine.search.evaluator import PooledEvaluator
from engine.search.neighbours import Neighbourhood

# Samples to tell the spread on, and choices whose spread is looked at.
_SPREAD_SAMPLES, _MOST = 200, 24
# With less time left than so often what the last move took, no other is begun.
_ROOM = 3.0


def regret_lows(instance: Instance, plan: Plan, *, deadline: Deadline = NEVER) -> Array:
    """The lower ends of the 95% intervals of the regrets, shape (I,); NaN where sampling cannot matter.

    The spread of c(move)[w] - c(plan)[w] is that of the program on some of the samples, its stocks the best for both,
    of several equally good ones those that the simplex method comes to from the plan's; the interval about the regret
    is t s / sqrt(W), on all W of them.

    Parameters
    ----------
    instance : Instance
        On the plan's samples, products in the plan's order.
    plan : Plan
    deadline : Deadline
    """
    table, samples = plan.decisions, instance.samples
    regret = table["regret_per_year"].to_numpy(dtype=float)
    cost = np.maximum(np.abs(table["expected_cost_per_year"].to_numpy(dtype=float)), 1e-9)
    share = regret / cost
    low = np.full(len(table), np.nan)
    asked = np.flatnonzero(share <= widest_share(samples))
    asked = asked[np.argsort(share[asked], kind="stable")]
    widths = _half_widths(instance, plan, asked[:_MOST].tolist(), deadline)
    # Of choices that nobody looked at the spread is as wide as the widest of many, else as it can be.
    widest = widest_share(samples)
    if len(widths) == _MOST:
        widest = max(width / cost[i] for i, width in widths.items())
    for i in asked.tolist():
        low[i] = regret[i] - widths.get(i, widest * cost[i])
    return low


def _half_widths(instance: Instance, plan: Plan, asked: list[int], deadline: Deadline) -> dict[int, float]:
    """Half of the interval of each regret, money per year; those that time leaves out are missing."""
    widths: dict[int, float] = {}
    if not asked:
        return widths
    samples = min(instance.samples, _SPREAD_SAMPLES)
    bare = instance.without_paths()
    few = bare if samples == instance.samples else bare.restricted(samples=np.arange(samples))
    # How costs spread hangs on none of these rules, and on few samples the plan may not keep them.
    few = replace(few.untied(), budget=None, cvar_weight=0.0)
    folded, rules = fold(few), portfolio(instance)
    evaluator, strategy = PooledEvaluator(folded), strategy_numbers(plan.decisions["strategy"])
    rival = [STRATEGIES.index(k) if k else int(strategy[i]) for i, k in enumerate(plan.decisions["next_best"].tolist())]
    # One warm program for all who move alone.
    alone = rules.alone(asked)
    near = Neighbourhood(folded, strategy, alone)
    recourse = near.recourse(asked[0], int(strategy[asked[0]]))
    if recourse is None:
        return widths
    base, scale = assess(few, recourse), (samples / instance.samples) ** 0.5
    for i in asked:
        before = deadline.room()
        moved = near.recourse(i, rival[i]) if i in alone else None
        moved = evaluator.evaluate(rules.moved(strategy, i, rival[i])) if moved is None else moved
        spread = None if moved is None else difference(assess(few, moved), base)
        if spread is not None:
            widths[i] = scale * (spread.high - spread.mean)
        if deadline.limited and deadline.room() < _ROOM * (before - deadline.room()):
            break
    return widths
