"""Cuts that two samples of one component give together, stronger than their rows of (C3) where strategies are split.

For samples t and s of component c, the rows of (C3) and w >= 0 give

    z = S_c + sum_i a_i (w_i[t] + w_i[s]) - sum_i a_i D_i[s] x_i  >=  max(0, sum_i d_i x_i - b),

with d_i = a_i (D_i[t] - D_i[s]) and b the difference of the positions. Over binary x the right-hand side is bounded
from below by mixed-integer rounding (Nemhauser & Wolsey 1990; with complemented variables, Marchand & Wolsey 2001,
section 3): a linear function that lies above it where x is fractional. Late units at their limit are replaced by it,
w_i = peak_i x_i (C4), which moves the product from the left to the right-hand side and makes the cut far stronger.
HiGHS finds some of these cuts after minutes of general search; here t is a sample whose row holds with equality and s
one near the base stock, for all pairs at once. Overtime of one sample is max(0, hours - regular) too (C5), and is
rounded alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import ATO, Instance, Integers
from engine.solve.bridge import Matrix
from engine.solve.places import OPEN, taken
from engine.solve.pooled import PooledProgram

_FRACTIONAL = 1e-5
# Violation worth a row, relative to the base stock; samples nearest to the base stock that may serve as s.
_WORTH = 1e-4
_NEAREST = 80
_MOST_FLIPPED = 6
# Rows that one sample gives in one round, as t and as s: their cost of lateness is spent once.
_USES_TOP, _USES_BASE = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCut:
    """S_c + sum (a_i w_i[top] + a_i w_i[base]) + weight * x >= constant, for one component and two samples.

    Parameters
    ----------
    component, top, base : int
    end : bool
        Whether the rows are those of the end of the cycle.
    product : shape (n,)
    top_quantity, base_quantity : shape (n,)
        a_i, zero where late units were replaced by their limit.
    weight : shape (n,)
        Coefficient of x[i, ATO].
    constant : float
    """

    component: int
    top: int
    base: int
    end: bool
    product: Integers
    top_quantity: Array
    base_quantity: Array
    weight: Array
    constant: float

    def row(self, pooled: PooledProgram) -> tuple[Integers, Array, float]:
        """Columns, -1 where there is none, their values, and the lower limit."""
        late = pooled.late_end if self.end else pooled.late
        own = pooled.x[self.product, ATO]
        columns = [np.array([self.component]), late[self.product, self.top], late[self.product, self.base], own]
        values = [np.ones(1), self.top_quantity, self.base_quantity, self.weight]
        sure = (own < 0) & (pooled.strategy[self.product] == ATO)
        return np.concatenate(columns), np.concatenate(values), self.constant - float(self.weight[sure].sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursCut:
    """overtime + outsourced + weight * x >= constant, for one resource and sample.

    Parameters
    ----------
    resource, sample : int
    product, choice : shape (n,)
    weight : shape (n,)
        Coefficient of x[product, choice].
    constant : float
    """

    resource: int
    sample: int
    product: Integers
    choice: Integers
    weight: Array
    constant: float

    def row(self, pooled: PooledProgram) -> tuple[Integers, Array, float]:
        """Columns, -1 where there is none, their values, and the lower limit."""
        own = pooled.x[self.product, self.choice]
        hours = [pooled.overtime[self.resource, [self.sample]], pooled.outsourced[self.resource, [self.sample]]]
        sure = (own < 0) & (pooled.strategy[self.product] == self.choice)
        low = self.constant - float(self.weight[sure].sum())
        return np.concatenate([*hours, own]), np.concatenate([np.ones(2), self.weight]), low


Cut = PairCut | HoursCut


def rounded(
    coefficients: Array, share: Array, limit: Array, slack: Array
) -> tuple[Array, Array, Array]:
    """Best rounding of max(0, coefficients'x - limit) at a fractional point, for many rows at once.

    Parameters
    ----------
    coefficients : shape (n, rows)
    share : shape (n,)
        The point, each between 0 and 1.
    limit, slack : shape (rows,)
        b, and the value at the point of what is to be bounded.

    Returns
    -------
    violation : shape (rows,)
        How much the bound exceeds `slack` at the point; -inf where nothing could be rounded.
    weight : shape (n, rows)
    constant : shape (rows,)
        max(0, coefficients'x - limit) >= weight'x + constant for every binary x.
    """
    count = coefficients.shape[1]
    violation, weight = np.full(count, -np.inf), np.zeros(coefficients.shape)
    constant = np.zeros(count)
    split = np.flatnonzero((share > _FRACTIONAL) & (share < 1.0 - _FRACTIONAL))
    # Of many split ones each alone is worth a divisor, but not a complement.
    for flipped in (-1, *(split.tolist() if len(split) <= _MOST_FLIPPED else ())):
        complemented = share > 0.5
        if flipped >= 0:
            complemented[flipped] = not complemented[flipped]
        sign = np.where(complemented, -1.0, 1.0)
        y = np.where(complemented, 1.0 - share, share)
        right = limit - coefficients[complemented].sum(axis=0)
        for j in split.tolist():
            divisor = np.abs(coefficients[j])
            usable = divisor > 1e-9
            divisor = np.where(usable, divisor, 1.0)
            whole = np.floor(right / divisor)
            part = right / divisor - whole
            usable &= part < 0.99
            scaled = sign[:, None] * coefficients / divisor
            floor = np.floor(scaled)
            gain = floor + np.maximum(scaled - floor - part, 0.0) / (1.0 - np.minimum(part, 0.99))
            size = divisor * (1.0 - part)
            found = np.where(usable, size * (y @ gain - whole) - slack, -np.inf)
            better = found > violation + 1e-12
            if better.any():
                own = gain[:, better] * size[better]
                violation[better] = found[better]
                constant[better] = own[complemented].sum(axis=0) - (whole * size)[better]
                weight[:, better] = sign[:, None] * own
    return violation, weight, constant


def pair_cuts(instance: Instance, pooled: PooledProgram, values: Array) -> list[PairCut]:
    """Violated cuts at a solution of the relaxation.

    Parameters
    ----------
    instance : Instance
    pooled : PooledProgram
    values : shape (columns,)
    """
    share = pooled.assembled_share(values)
    split = (share > _FRACTIONAL) & (share < 1.0 - _FRACTIONAL)
    edges, cuts = instance.edges, list[PairCut]()
    ends = [False, True] if (pooled.cover_end >= 0).any() else [False]
    late = [taken(values, pooled.late_end if end else pooled.late) for end in ends]
    lines = np.flatnonzero((share > 0.0)[edges.product] | (pooled.x[edges.product, ATO] >= 0))
    lines = lines[np.argsort(edges.component[lines], kind="stable")]
    if not split[edges.product[lines]].any():
        return []
    component, first = np.unique(edges.component[lines], return_index=True)
    for c, own in zip(component.tolist(), np.split(lines, first[1:]), strict=True):
        # V counts where the component is stocked: open, that is one more binary, which these cuts leave alone.
        known = instance.parts.batch[c] <= 0.0 or pooled.stocked[c] < 0
        if split[edges.product[own]].any() and known:
            for end in ends:
                point = _Point(instance, pooled, c, own, end=end)
                cuts += point.cuts(float(values[c]), share, late[int(end)])
    return cuts


class _Point:
    """One component at a solution of the relaxation."""

    def __init__(self, instance: Instance, pooled: PooledProgram, c: int, lines: Integers, *, end: bool) -> None:
        edges = instance.edges
        self.component, self.end = c, end
        self.product, self.quantity = edges.product[lines], edges.quantity[lines]
        self.rows = np.flatnonzero((pooled.cover_end if end else pooled.cover)[c] >= 0)
        windows = edges.windows_end if end else edges.windows
        self.demand = self.quantity[:, None] * windows[edges.window[lines]][:, self.rows]
        self.position = instance.parts.position[c, self.rows]
        self.peak = (edges.peak_end if end else edges.peak)[self.product][:, self.rows]

    def cuts(self, stock: float, share: Array, waiting: Array) -> list[PairCut]:
        """The most violated pairs of samples, every sample in a few of them.

        Parameters
        ----------
        stock : float
        share : shape (I,)
        waiting : shape (I, W)
        """
        if not self.rows.size:
            return []
        position, own = self.position, share[self.product]
        units = waiting[self.product][:, self.rows]
        limit = self.peak * own[:, None]
        full = (limit > 0.0) & (units >= limit * (1.0 - 1e-6))
        demand = self.demand - self.quantity[:, None] * np.where(full, self.peak, 0.0)
        late = self.quantity @ np.where(full, 0.0, units)
        net = own @ demand - position
        tight = np.flatnonzero(stock + late - net < 1e-6 * (1.0 + abs(stock)))
        near = np.argsort(np.abs(net - stock), kind="stable")[:_NEAREST]
        top, base = np.repeat(tight, len(near)), np.tile(near, len(tight))
        slack = np.maximum(stock + late[top] + late[base] - net[base], 0.0)
        difference = demand[:, top] - demand[:, base]
        split = (own > _FRACTIONAL) & (own < 1.0 - _FRACTIONAL)
        worth = (top != base) & (slack < np.abs(difference[split]).max(axis=0))
        if not worth.any():
            return []
        top, base = top[worth], base[worth]
        violation, weight, constant = rounded(
            difference[:, worth], own, position[top] - position[base], slack[worth]
        )
        used_top, used_base = np.zeros(len(net), dtype=np.int64), np.zeros(len(net), dtype=np.int64)
        found: list[PairCut] = []
        for k in np.argsort(-violation, kind="stable").tolist():
            t, s = int(top[k]), int(base[k])
            if violation[k] < _WORTH * (1.0 + abs(stock)):
                break
            if used_top[t] >= _USES_TOP or used_base[s] >= _USES_BASE:
                continue
            used_top[t] += 1
            used_base[s] += 1
            found.append(
                PairCut(
                    component=self.component, top=int(self.rows[t]), base=int(self.rows[s]), end=self.end,
                    product=self.product, top_quantity=np.where(full[:, t], 0.0, self.quantity),
                    base_quantity=np.where(full[:, s], 0.0, self.quantity), weight=-(demand[:, s] + weight[:, k]),
                    constant=float(constant[k] - position[s]),
                )
            )  # fmt: skip
        return found


def hours_cuts(instance: Instance, pooled: PooledProgram, values: Array) -> list[HoursCut]:
    """Violated cuts on the overtime of single samples (C5) at a solution of the relaxation.

    Every product's hours are counted from those of the strategy it mostly has, so that the split that (C1) makes
    between two strategies counts once.

    Parameters
    ----------
    instance : Instance
    pooled : PooledProgram
    values : shape (columns,)
    """
    capacity = instance.capacity
    if capacity is None:
        return []
    share = np.where(pooled.x >= 0, taken(values, pooled.x), 0.0)
    decided = np.flatnonzero(pooled.strategy != OPEN)
    share[decided, pooled.strategy[decided]] = 1.0
    products, main = np.arange(len(share)), np.argmax(share, axis=1)
    other = pooled.x >= 0
    other[products, main] = False
    product, choice = np.nonzero(other)
    steady, driven = capacity.mean_hours(instance.rate), capacity.order_hours()
    cuts: list[HoursCut] = []
    for g in range(len(capacity.names)):
        hours = steady[:, :, g, None] + driven[:, :, g, None] * capacity.demand[:, None, :]
        usual = hours[products, main]
        own = hours[product, choice] - usual[product]
        matters = np.flatnonzero(np.abs(own).max(axis=1, initial=0.0) > 0.0)
        limit = capacity.hours[g] - usual.sum(axis=0)
        extra = taken(values, pooled.overtime[g]) + taken(values, pooled.outsourced[g])
        violation, weight, constant = rounded(own[matters], share[product, choice][matters], limit, extra)
        cuts += [
            HoursCut(
                resource=g, sample=sample, product=product[matters], choice=choice[matters],
                weight=-weight[:, sample], constant=float(constant[sample]),
            )
            for sample in np.flatnonzero(violation > _WORTH * (1.0 + capacity.hours[g])).tolist()
        ]  # fmt: skip
    return cuts


def as_rows(cuts: list[Cut], pooled: PooledProgram) -> tuple[Array, sparse.csr_matrix]:
    """The cuts in the columns of a program, what is decided on the right: lower limits and matrix.

    Parameters
    ----------
    cuts : list of Cut
        Of the same instance, found in this program or in one that held fewer rows and decisions.
    pooled : PooledProgram
    """
    low, matrix = np.zeros(len(cuts)), Matrix()
    for row, cut in enumerate(cuts):
        columns, values, low[row] = cut.row(pooled)
        there = columns >= 0
        matrix.put(np.full(int(there.sum()), row), columns[there], values[there])
    return low, matrix.build((len(cuts), len(pooled.program.cost))).tocsr()
