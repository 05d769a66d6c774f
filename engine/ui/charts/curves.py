"""The cost of each strategy along one input of one product, and where the cheapest one changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demand.streams import Array
from engine.economics.instance import Instance, Integers
from engine.evaluate.sensitivity.inputs import INPUTS, admissible, put
from engine.evaluate.sensitivity.lone_move import LoneMove, alone, as_told
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario

# Every other value of the engine's own grid, so that a chart is there in a second or two.
_STRIDE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Objective a year along an input, the others' strategies fixed.

    Parameters
    ----------
    points : shape (N,)
        Ascending.
    costs : shape (N, 3)
        In the order of `STRATEGIES`; inf where a strategy is not possible.
    now : float
        Where the input stands.
    """

    points: Array
    costs: Array
    now: float

    def table(self) -> pd.DataFrame:
        """The possible points as rows: value, strategy, cost."""
        rows = [
            (value, k, cost)
            for value, costs in zip(self.points.tolist(), self.costs.tolist(), strict=True)
            for k, cost in zip(STRATEGIES, costs, strict=True)
        ]
        return pd.DataFrame([row for row in rows if np.isfinite(row[2])], columns=["value", "strategy", "cost"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A value at which the cheapest strategy changes, on a straight line between two points."""

    value: float
    cost: float
    before: str
    after: str


def curves(
    scenario: Scenario, instance: Instance, strategy: Integers, product: str, name: str, *, more: Array
) -> Curves:
    """Costs along an input of `INPUTS`.

    Parameters
    ----------
    scenario, instance
        The instance is that of the scenario.
    strategy : shape (I,)
        The plan's.
    product, name : str
    more : shape (3,)
        What each of its strategies costs more than the one chosen, as the plan tells it.
    """
    single, of, i = alone(scenario, product), INPUTS[name], instance.products.index(product)
    move = LoneMove(instance, strategy, i, seed=scenario.settings.seed)
    now = of.current(single)
    grid = {now, *of.outward(single, -1)[1::_STRIDE].tolist(), *of.outward(single, 1)[1::_STRIDE].tolist()}
    values, costs = [], []
    for value in sorted(grid):
        changed = put(single, name, product, value)
        if admissible(changed):
            values.append(value)
            costs.append(move.costs(changed))
    told = as_told(np.array(costs).reshape(-1, len(STRATEGIES)), costs[values.index(now)], more, int(strategy[i]))
    return Curves(points=np.array(values), costs=told, now=now)


def crossings(curves: Curves) -> list[Crossing]:
    """Where the cheapest strategy changes."""
    best = np.argmin(curves.costs, axis=1)
    crossed = []
    for n in np.flatnonzero(best[1:] != best[:-1]).tolist():
        before, after = int(best[n]), int(best[n + 1])
        difference = float(curves.costs[n, after] - curves.costs[n, before])
        right = float(curves.costs[n + 1, before] - curves.costs[n + 1, after])
        part = (
            difference / (difference + right) if np.isfinite(difference + right) and difference + right > 0.0 else 0.5
        )
        value = float(curves.points[n]) + part * float(curves.points[n + 1] - curves.points[n])
        cost = float(curves.costs[n, before]) + part * float(curves.costs[n + 1, before] - curves.costs[n, before])
        if not np.isfinite(cost):
            cost = float(curves.costs[n + 1, after])
        crossed.append(Crossing(value=value, cost=cost, before=STRATEGIES[before], after=STRATEGIES[after]))
    return crossed
