"""Cost of every product's other strategies: the product alone moves, all stocks are optimised again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Instance, Integers
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
    """Objective after each move of one product, shape (I, 3).

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
    for i, k in moves(instance, base.strategy):
        if deadline.passed():
            break
        cost = None if near is None else near.cost(i, k)
        if cost is None:
            after = base.strategy.copy()
            after[i] = k
            found = evaluator.evaluate(after)
            if found is None and deadline.passed():
                break
            cost = np.inf if found is None else found.objective
        costs[i, k] = cost
    return costs
