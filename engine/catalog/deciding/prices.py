"""Costs of other strategies of a large group, from the prices of its program instead of a program each."""

from __future__ import annotations

import numpy as np

from engine.economics.instance import Instance
from engine.economics.optima.stock import fold
from engine.search.alternatives import Moves
from engine.search.move_bounds import move_bounds
from engine.search.recourse import Recourse


def price_moves(instance: Instance, plan: Recourse, program: Recourse) -> Moves:
    """Objective after each move of one product, estimated from the program's prices.

    A move costs the program at least this much (docs/screening.md); stocks re-optimised could not make it cheaper.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    plan : Recourse
        First come first served.
    program : Recourse
        Of the same strategies, with hindsight.
    """
    change = move_bounds(fold(instance), program) - program.program_value
    # The plan is proven the best within the gap: no move is known to save anything.
    costs = plan.objective + np.maximum(change, 0.0)
    at_least = np.isfinite(costs)
    rows = np.arange(len(costs))
    costs[rows, program.strategy], at_least[rows, program.strategy] = plan.objective, False
    return Moves(objective=costs, at_least=at_least)
