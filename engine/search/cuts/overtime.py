"""Cuts on the mean cost of overtime, from its convex envelope over the strategies that the relaxation splits.

The cost of a resource's extra hours, phi(x), is convex in the strategies; the relaxation holds it exactly where they
are whole and far too low where they are split, since a split product's hours are its average. Over the split pairs F
all 2^|F| choices are counted and phi's envelope found at the point, by its vertices (the smallest convex combination;
Rockafellar 1970, section 5). The other pairs j come in by tangents: at every choice of F

    phi(x) >= phi(x_F, x*) + sum_j g_j (x_j - x*_j),

with g_j the slope there; for binary x_j the least of the right-hand sides over F is linear in x_j, which makes the sum
a cut for all strategies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import Instance, Integers
from engine.program.highs import Program, Solver
from engine.program.reduced import PooledProgram
from engine.search.cuts.hours import ResourceHours, mostly
from engine.search.cuts.rounding import FRACTIONAL

# 2^12 choices by 200 samples take a few milliseconds.
_MOST_SPLIT = 10
_WORTH = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeCut:
    """mean over the samples of the cost of extra hours + weight * x >= constant, for one resource; money per bucket.

    Parameters
    ----------
    resource : int
    hourly : shape (2,)
        Cost of an hour of overtime and of an outsourced one.
    product, choice : shape (n,)
    weight : shape (n,)
        Coefficient of x[product, choice].
    constant : float
    share : shape (I, 3)
        The point at which it was found, the recipe.
    """

    resource: int
    hourly: Array
    product: Integers
    choice: Integers
    weight: Array
    constant: float
    share: Array

    def others(self, pooled: PooledProgram) -> list[tuple[Integers, Array]]:
        """Columns of other variables than strategies, -1 where there is none, and their values."""
        hours = [pooled.place.columns[name][self.resource] for name in ("O", "U")]
        rates = [
            np.full(len(members), rate / len(members))
            for members, rate in zip(hours, self.hourly.tolist(), strict=True)
        ]
        return list(zip(hours, rates, strict=True))


def overtime_cuts(instance: Instance, pooled: PooledProgram, values: Array) -> list[OvertimeCut]:
    """The violated envelope of each resource at a solution of the relaxation.

    Parameters
    ----------
    instance : Instance
    pooled : PooledProgram
    values : shape (columns,)
    """
    if instance.capacity is None:
        return []
    share = pooled.shares(values)
    candidates = [_cut(instance, pooled, g, share) for g in range(len(instance.capacity.names))]
    return [cut for cut in candidates if cut is not None]


def renewed_overtime(cuts: list[OvertimeCut], instance: Instance, pooled: PooledProgram) -> list[OvertimeCut | None]:
    """The envelopes at the same points for other numbers.

    Parameters
    ----------
    cuts : list of OvertimeCut
    instance : Instance
    pooled : PooledProgram
    """
    if instance.capacity is None:
        return [None] * len(cuts)
    return [_cut(instance, pooled, cut.resource, cut.share, always=True) for cut in cuts]


def _cut(
    instance: Instance, pooled: PooledProgram, g: int, share: Array, *, always: bool = False
) -> OvertimeCut | None:
    """The envelope of one resource at a point; None where nothing is split or the relaxation holds it already."""
    capacity = instance.capacity
    if capacity is None:
        return None
    row = ResourceHours(capacity, instance.rate, pooled, g, mostly(share))
    point = share[row.product, row.choice]
    reach = np.abs(row.own).mean(axis=1)
    split = np.flatnonzero((point > FRACTIONAL) & (point < 1.0 - FRACTIONAL))
    split = split[np.argsort(-(reach * point * (1.0 - point))[split], kind="stable")][:_MOST_SPLIT]
    if not split.size:
        return None
    bits = ((np.arange(1 << len(split))[:, None] >> np.arange(len(split))) & 1).astype(np.float64)
    # Of one product at most one strategy is chosen.
    one = np.zeros((len(split), int(row.product.max()) + 1))
    one[np.arange(len(split)), row.product[split]] = 1.0
    bits = bits[((bits @ one) <= 1.0).all(axis=1)]
    rest = np.setdiff1d(np.arange(len(point)), split)
    base = point[rest] @ row.own[rest] - row.limit
    hours = bits @ row.own[split] + base
    cheap, dear, first = _rates(instance, g)
    extra = np.maximum(hours, 0.0)
    beyond = np.maximum(hours - first, 0.0) if np.isfinite(first) else np.zeros_like(hours)
    cost = (cheap * extra + (dear - cheap) * beyond).mean(axis=1)
    slopes = (cheap * (hours > 0.0) + (dear - cheap) * (beyond > 0.0)) @ row.own[rest].T / hours.shape[1]
    facet = convex_envelope(bits, cost, point[split])
    if facet is None:
        return None
    value, slope = facet
    at_none, at_all = -point[rest] * slopes.max(axis=0), (1.0 - point[rest]) * slopes.min(axis=0)
    held = float((cheap * np.maximum(point @ row.own - row.limit, 0.0)).mean())
    loss = float(((1.0 - point[rest]) * at_none + point[rest] * at_all).sum())
    if not always and value + loss - held < _WORTH * (1.0 + abs(value)):
        return None
    weight = np.zeros(len(point))
    weight[split], weight[rest] = slope, at_all - at_none
    constant = value - float(slope @ point[split]) + float(at_none.sum())
    return OvertimeCut(
        resource=g, hourly=np.array([prices[g] for prices in instance.hour_prices]),
        product=row.product, choice=row.choice, weight=-weight, constant=constant, share=share,
    )  # fmt: skip


def _rates(instance: Instance, g: int) -> tuple[float, float, float]:
    """Cost of the first extra hours, of those beyond, and how many the first are; extra hours are never cheaper."""
    capacity = instance.capacity
    assert capacity is not None  # noqa: S101 (the caller has one)
    over, outside = (float(prices[g]) for prices in instance.hour_prices)
    if not capacity.outsourcing[g]:
        return over, over, float("inf")
    return (over, outside, float(capacity.overtime[g])) if over <= outside else (outside, outside, float("inf"))


def convex_envelope(vertices: Array, cost: Array, point: Array) -> tuple[float, Array] | None:
    """Value and slope of the convex envelope of a function on points, at a point inside their hull.

    Parameters
    ----------
    vertices : shape (n, d)
    cost : shape (n,)
    point : shape (d,)

    Returns
    -------
    value : float
    slope : shape (d,)
        The plane through `value` is nowhere above `cost`.
    """
    count = len(cost)
    matrix = sparse.csc_matrix(np.vstack([vertices.T, np.ones(count)]))
    right = np.append(point, 1.0)
    program = Program(
        cost=cost, offset=0.0, matrix=matrix, row_low=right, row_high=right, lower=np.zeros(count),
        upper=np.full(count, np.inf), integer=np.zeros(count, dtype=bool), columns={}, rows={},
    )  # fmt: skip
    answer = Solver(program).solve()
    if answer.values is None or answer.duals is None:
        return None
    slope = answer.duals[:-1]
    # What the solver's tolerance leaves above a vertex is taken off: the cut holds to rounding.
    above = float(np.max(answer.duals[-1] + vertices @ slope - cost))
    return answer.objective - max(above, 0.0), slope
