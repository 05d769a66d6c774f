"""Costs of other strategies of a large group, from the prices of its program instead of a program each."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, DAYS_PER_YEAR, Instance
from engine.economics.stock import best_stock, decide_stock
from engine.search.recourse import Recourse


def price_moves(instance: Instance, plan: Recourse, program: Recourse) -> Array:
    """Objective after each move of one product, estimated from the program's prices, shape (I, 3).

    By duality of the pooled program the same prices stay feasible when a product joins or leaves, so that a move costs
    the program at least this much (docs/screening.md); stocks re-optimised could not make it cheaper.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open, without capacity.
    plan : Recourse
        First come first served.
    program : Recourse
        Of the same strategies, with hindsight.
    """
    optimum = best_stock(instance)
    fixed = decide_stock(instance, optimum).standing
    rows = np.arange(len(instance.products))
    strategy = program.strategy
    worth = _pool_worth(instance, program)
    change = fixed - fixed[rows, strategy][:, None]
    leaves = strategy == ATO
    change[leaves] -= worth[leaves, None]
    change[leaves, ATO] = 0.0
    change[~leaves, ATO] += worth[~leaves]
    # The plan is proven the best within the gap: no move is known to save anything.
    costs = np.where(instance.allowed, plan.objective + np.maximum(change, 0.0), np.nan)
    costs[rows, strategy] = plan.objective
    return costs


def _pool_worth(instance: Instance, plan: Recourse) -> Array:
    """What a product's terms are worth in the pooled program under the plan's prices, shape (I,)."""
    edges, parts, samples, carrying = instance.edges, instance.parts, instance.samples, instance.part_carrying
    used = np.zeros(len(instance.components), dtype=np.int64)
    assembled = plan.strategy == ATO
    np.add.at(used, edges.component[assembled[edges.product]], 1)
    prices = np.where(used[:, None] > 0, plan.prices, carrying[:, None] / samples)
    line = prices[edges.component]
    windows = edges.windows[edges.window]
    worth = np.zeros(len(instance.products))
    taken = edges.quantity * ((line * windows).sum(axis=1) - carrying[edges.component] * windows.mean(axis=1))
    np.add.at(worth, edges.product, taken)
    lost = np.where(instance.assembly_late_days > 0.0, 0.0, DAYS_PER_YEAR * instance.lost)
    back = ((instance.late + instance.bought_carrying)[:, None] + lost[:, None] * edges.late_rate) / samples
    np.add.at(back, edges.product, (carrying[edges.component] * edges.quantity / samples)[:, None])
    np.subtract.at(back, edges.product, edges.quantity[:, None] * line)
    worth += (np.minimum(back, 0.0) * edges.peak).sum(axis=1)
    # Fixed costs of parts that stand or fall with the product.
    steady = instance.part_stocking + carrying * parts.position.mean(axis=1) - (prices * parts.position).sum(axis=1)
    own = np.where(assembled[edges.product], used[edges.component] == 1, used[edges.component] == 0)
    np.add.at(worth, edges.product, np.where(own, steady[edges.component], 0.0))
    return worth
