"""Plans that differ in one product: evaluated exactly by one linear program that is kept warm.

Only the right-hand side and the bounds of late units change when a product joins or leaves the components' pool, so
the last basis stays dual feasible and the dual simplex needs few steps.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.program.highs import Solver
from engine.program.numbering import taken
from engine.program.reduced import TAIL, build_pooled, tail_rows, tail_rows_next_to
from engine.search.recourse import dispatch_hours, parts_left


class Neighbourhood:
    """Costs of the plans next to one plan.

    Parameters
    ----------
    instance : Instance
        With finished stock decided.
    strategy : shape (I,)
    """

    def __init__(self, instance: Instance, strategy: Integers) -> None:
        self.instance = instance
        self.strategy = strategy.copy()
        self.pool = ComponentPool(instance, strategy)
        self.choice = instance.standing
        self._toggled: dict[int, float | None] = {}

    def cost(self, i: int, k: int) -> float | None:
        """Objective after product i alone moves to k; inf where rules break, None where it is not known exactly."""
        before = int(self.strategy[i])
        after = self.strategy.copy()
        after[i] = k
        hours = overtime_cost(self.instance, after)
        if hours is None:
            return float("inf")
        stock: float | None = self.pool.base_cost
        if ATO in (k, before) and k != before:
            if i not in self._toggled:
                self._toggled[i] = self.pool.toggle(i)
            stock = self._toggled[i]
        if stock is None:
            return None
        rows = np.arange(len(after))
        return float(self.choice[rows, after].sum()) + stock + hours

    def accept(self, i: int, k: int) -> None:
        """Move product i to k for good."""
        if ATO in (k, int(self.strategy[i])):
            self.pool.accept(i)
            self._toggled.clear()
        self.strategy[i] = k


def overtime_cost(instance: Instance, strategy: Integers, *, weight: Array | None = None) -> float | None:
    """Overtime and outsourcing per year; None where hours cannot be worked.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
    weight : shape (W,), optional
        Of the samples, summing to one; by default all weigh the same.
    """
    if instance.capacity is None:
        return 0.0
    overtime, outsourced, feasible = dispatch_hours(instance, strategy)
    if not feasible:
        return None
    over, outside = instance.hour_prices
    weight = np.full(instance.samples, 1.0 / instance.samples) if weight is None else weight
    hourly = over @ (overtime @ weight) + outside @ (outsourced @ weight)
    return float(hourly * instance.capacity.buckets_per_year)


def _lines_of_products(product: Integers) -> dict[int, Integers]:
    """Ascending lines of every product that has some."""
    order = np.argsort(product, kind="stable")
    products, first = np.unique(product[order], return_index=True)
    return dict(zip(products.tolist(), np.split(order, first[1:]), strict=True)) if len(products) else {}


class ComponentPool:
    """The component program of all products that could be assembled, those that are not held at zero demand."""

    def __init__(self, instance: Instance, strategy: Integers) -> None:
        self.instance = instance
        self.assembled: Booleans = strategy == ATO
        edges = instance.edges
        could = np.where(instance.allowed[:, ATO] | self.assembled, ATO, strategy)
        # Rows for the plan itself and for every product that leaves or joins it.
        moved = instance.allowed[:, ATO] | self.assembled
        tail = tail_rows(instance, strategy, TAIL) | tail_rows_next_to(instance, self.assembled, moved, TAIL)
        self.pooled = build_pooled(replace(instance.untied(), capacity=None), could.astype(np.int64), tail)
        self.solver = Solver(self.pooled.program)
        self.low = self.pooled.program.row_low.copy()
        self.outside = float(instance.standing[np.arange(len(could)), could].sum())
        self.forced = instance.parts_of(could == ATO)
        self.lines = _lines_of_products(edges.product)
        out = [i for i in self.lines if not self.assembled[i] and could[i] == ATO]
        for i in out:
            self._shift(i, added=False)
        self._begin()

    def toggle(self, i: int) -> float | None:
        """Component and late cost when product i joins or leaves; None where left-out rows would bind."""
        if i not in self.lines:
            return self.base_cost
        joins = not self.assembled[i]
        self._shift(i, added=joins)
        after = self.assembled.copy()
        after[i] = joins
        # From the plan's own basis, not from that of the last move.
        self.solver.go_back_to(self.basis)
        cost = self._solve(after)
        exact = np.isfinite(cost) and self._exact(after)
        self._shift(i, added=not joins)
        return cost if exact else None

    def accept(self, i: int) -> None:
        """Let product i join or leave for good."""
        if i in self.lines:
            self._shift(i, added=not self.assembled[i])
        self.assembled[i] = not self.assembled[i]
        self._begin()

    def _begin(self) -> None:
        """Solve for the plan itself, from whose basis its neighbours are solved."""
        self.base_cost = self._solve(self.assembled)
        self.basis = self.solver.raw_basis()

    def _shift(self, i: int, *, added: bool) -> None:
        edges, cover, late = self.instance.edges, self.pooled.cover, self.pooled.late
        sign = 1.0 if added else -1.0
        for e in self.lines[i]:
            samples = np.flatnonzero(cover[edges.component[e]] >= 0)
            if samples.size:
                rows = cover[edges.component[e], samples]
                self.low[rows] += sign * edges.quantity[e] * edges.windows[edges.window[e], samples]
                self.solver.set_row_low(rows, self.low[rows])
        some = late[i] >= 0
        if some.any():
            most = edges.peak[i][some] if added else np.zeros(int(some.sum()))
            self.solver.set_bounds(late[i][some], np.zeros(len(most)), most)

    def _solve(self, assembled: Booleans) -> float:
        instance, edges = self.instance, self.instance.edges
        answer = self.solver.solve()
        if answer.values is None:
            return float("inf")
        self.values = answer.values
        # What the program's offset counts of parts and products that are not there: V, stocking, demand taken.
        carrying = instance.part_carrying
        steady = carrying * instance.parts.position.mean(axis=1) * instance.parts.stocked_by_choice
        steady += instance.part_stocking
        back = edges.quantity * carrying[edges.component] * edges.windows[edges.window].mean(axis=1)
        could = self.pooled.strategy[edges.product] == ATO
        gone = float(back[could & ~assembled[edges.product]].sum())
        idle = self.forced & ~instance.parts_of(assembled)
        # A part that nobody uses has no stock below zero to earn on: its level counts nothing.
        below = float((carrying * self.values[self.pooled.place.columns["Sc"]])[idle].sum())
        return answer.objective - self.outside - float(steady[idle].sum()) - below + gone

    def _exact(self, assembled: Booleans) -> bool:
        """Whether no left-out row is violated."""
        instance, base = self.instance, self.values[self.pooled.place.columns["Sc"]]
        spare = parts_left(instance, assembled, base, taken(self.values, self.pooled.late))
        return bool((spare >= -1e-6 * (1.0 + np.abs(base[:, None]))).all())
