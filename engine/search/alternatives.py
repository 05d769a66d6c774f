"""Cost of every product's other strategies: it moves with its family or alone, all stocks are optimised again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Instance, Integers
from engine.model.portfolio import portfolio
from engine.program.deadline import NEVER, Deadline
from engine.search.neighbours import Neighbourhood
from engine.search.recourse import Recourse


class Evaluator(Protocol):
    """Anything that evaluates a choice of strategies."""

    def evaluate(self, strategy: Integers) -> Recourse | None:
        """Best stocks, or None where the rules cannot be kept."""
        ...


def moves(instance: Instance, strategy: Integers) -> Iterator[tuple[int, int]]:
    """Every allowed change of one product."""
    for i, k in zip(*np.nonzero(instance.allowed), strict=True):
        if k != strategy[i]:
            yield int(i), int(k)


def move_costs(
    instance: Instance, base: Recourse, evaluator: Evaluator, *, pooled: bool, deadline: Deadline = NEVER
) -> Array:
    """Objective after each move of one product, with all of its family where that shares one strategy; shape (I, 3).

    Parameters
    ----------
    instance : Instance
    base : Recourse
    evaluator : Evaluator
    pooled : bool
        Finished stock is decided, so that one warm program serves all moves.
    deadline : Deadline
        Moves that are not reached by then are left out.

    Returns
    -------
    numpy.ndarray, shape (I, 3)
        The base objective where the product stays, inf where the rules break, NaN where not allowed or left out.
    """
    costs = np.full((len(instance.products), 3), np.nan)
    costs[np.arange(len(costs)), base.strategy] = base.objective
    if deadline.passed():
        return costs
    near = Neighbourhood(instance, base.strategy) if pooled else None
    rules = portfolio(instance)
    for i, k in moves(instance, base.strategy):
        if deadline.passed():
            break
        members = rules.moves_with(i)
        if i != members[0]:
            costs[i, k] = costs[members[0], k]
            continue
        cost = None if near is None or len(members) > 1 else near.cost(i, k)
        if cost is None:
            found = evaluator.evaluate(rules.moved(base.strategy, i, k))
            if found is None and deadline.passed():
                break
            cost = np.inf if found is None else found.objective
        costs[i, k] = cost
    return costs
