"""Strategies of least total cost that keep the rules over strategies alone, where rounding would break them."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, identity, kron

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTO, MTS, Instance, Integers
from engine.model.portfolio import portfolio
from engine.program.reduced import PooledProgram

_SECONDS = 2.0


def cheapest(instance: Instance, cost: Array) -> Integers:
    """The strategies with the least sum of costs; where none is found that keeps the rules, the cheapest of each.

    Parameters
    ----------
    instance : Instance
    cost : shape (I, 3)
        Of each product and strategy by itself; infinite where it may not be.

    Returns
    -------
    shape (I,)
    """
    rules = portfolio(instance)
    simple: Integers = np.argmin(rules.together(cost), axis=1).astype(np.int64)
    if rules.keeps(simple):
        return simple
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  (slow import, rarely needed)

    # min sum c_ik x_ik, sum_k x_ik = 1, low <= A x <= high
    count, possible = len(cost), np.isfinite(cost).ravel()
    each = csr_matrix(kron(identity(count), np.ones((1, 3))))
    held = [LinearConstraint(each, 1.0, 1.0), LinearConstraint(rules.rows, rules.low, rules.high)]
    solution = milp(
        np.where(possible, cost.ravel(), 0.0), integrality=np.ones(3 * count, dtype=np.int64), constraints=held,
        bounds=Bounds(0.0, possible.astype(float)), options={"time_limit": _SECONDS},
    )  # fmt: skip
    if solution.x is None:
        return simple
    nearest: Integers = np.argmax(solution.x.reshape(count, 3), axis=1).astype(np.int64)
    return nearest if rules.keeps(nearest) else simple


def nearest(instance: Instance, pooled: PooledProgram, values: Array | None) -> Integers:
    """The strategies of the largest shares in a solution, shape (I,); without one the first of each.

    Parameters
    ----------
    instance : Instance
    pooled : PooledProgram
    values : shape (columns,) or None
    """
    there = (pooled.x >= 0) | (pooled.strategy[:, None] == np.arange(3))
    share = np.zeros(there.shape) if values is None else pooled.shares(values)
    return cheapest(instance, np.where(there, -share, np.inf))


def without_shared_parts(instance: Instance) -> Integers:
    """The cheaper of MTS and MTO for every product that may, which takes no time to evaluate; shape (I,)."""
    cost = np.where(instance.allowed, instance.standing, np.inf)
    cost[:, ATO] = np.where(np.isfinite(cost[:, [MTS, MTO]]).any(axis=1), np.inf, cost[:, ATO])
    return cheapest(instance, cost)
