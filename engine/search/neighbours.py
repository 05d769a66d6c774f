"""Plans that differ in one product: evaluated exactly by one linear program that is kept warm.

Only the right-hand side and the bounds of late units change when a product joins or leaves the components' pool, so
the last basis stays dual feasible and the dual simplex needs few steps.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.axes import added_to
from engine.economics.instance import ATO, MTS, Booleans, Instance, Integers
from engine.program.highs import Solution, Solver
from engine.program.numbering import taken
from engine.program.reduced import TAIL, build_pooled, component_demand, tail_rows, tail_rows_next_to
from engine.search.evaluator import Priced
from engine.search.recourse import Recourse, dispatch_hours


class Neighbourhood:
    """Costs of the plans next to one plan.

    Parameters
    ----------
    instance : Instance
        With finished stock decided.
    strategy : shape (I,)
    products : list of int, optional
        Those that will be asked for; by default all.
    """

    def __init__(self, instance: Instance, strategy: Integers, products: list[int] | None = None) -> None:
        self.instance = instance
        self.strategy = strategy.copy()
        moved = np.ones(len(strategy), dtype=bool)
        if products is not None:
            moved = np.isin(np.arange(len(strategy)), products)
        self.pool = ComponentPool(instance, strategy, moved)
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

    def recourse(self, i: int, k: int) -> Recourse | None:
        """Best stocks after product i alone moves to k; None where rules break or they are not known exactly."""
        instance, after = self.instance, self.strategy.copy()
        after[i] = k
        overtime, outsourced, feasible = dispatch_hours(instance, after)
        moves = (k == ATO) != (self.strategy[i] == ATO)
        if moves:
            self._toggled[i] = self.pool.toggle(i)
        answer = self.pool.answer if moves else self.pool.begun
        cost = self.cost(i, k) if feasible else None
        if cost is None or answer.values is None or answer.duals is None:
            return None
        place = self.pool.pooled.place
        priced = Priced(place=place, duals=answer.duals)
        level = np.full(len(after), np.nan) if instance.stock_level is None else instance.stock_level
        return Recourse(
            strategy=after, objective=cost, program_value=cost, level=np.where(after == MTS, level, np.nan),
            base=np.where(instance.parts_of(after == ATO), answer.values[place.columns["Sc"]], 0.0),
            late=taken(answer.values, place.columns["w"]),
            prices=priced.prices, overtime=overtime, outsourced=outsourced, budget_price=priced.budget_price,
            tail=priced.tail,
        )  # fmt: skip

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
    """The component program of all products that could be assembled, those that are not held at zero demand.

    Parameters
    ----------
    instance : Instance
        With finished stock decided.
    strategy : shape (I,)
    moved : shape (I,)
        Products that may leave or join.
    """

    def __init__(self, instance: Instance, strategy: Integers, moved: Booleans) -> None:
        self.instance = instance
        self.assembled: Booleans = strategy == ATO
        edges = instance.edges
        # Rows for the plan itself and for every product that leaves or joins it.
        self.moved = moved & (instance.allowed[:, ATO] | self.assembled)
        could = np.where(self.moved | self.assembled, ATO, strategy)
        tail = tail_rows(instance, strategy, TAIL) | tail_rows_next_to(instance, self.assembled, self.moved, TAIL)
        self.pooled = build_pooled(replace(instance.untied(), capacity=None), could.astype(np.int64), tail)
        self.solver = Solver(self.pooled.program)
        self.low = self.pooled.program.row_low.copy()
        self.outside = float(instance.standing[np.arange(len(could)), could].sum())
        self.forced = instance.parts_of(could == ATO)
        self.lines = _lines_of_products(edges.product)
        # What each product's late units leave of every part.
        places = (edges.component, edges.product)
        self.leaves = sparse.csr_matrix((edges.quantity, places), shape=(len(instance.components), len(could)))
        self.asked = self._asked()
        out = [i for i in self.lines if not self.assembled[i] and could[i] == ATO]
        for i in out:
            self._shift(i, added=False)
        self.base_cost, self.begun, self.basis = self._begin()

    def toggle(self, i: int) -> float | None:
        """Component and late cost when product i joins or leaves; None where it is not open, or left-out rows bind."""
        if not self.moved[i]:
            return None
        if i not in self.lines:
            self.answer = self.begun
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
        self.asked = self._asked()
        self.base_cost, self.begun, self.basis = self._begin()

    def _asked(self) -> Array:
        """What the plan's demand asks of every part beyond its position, shape (C, W)."""
        return np.asarray(component_demand(self.instance, self.assembled) - self.instance.parts.position)

    def _begin(self) -> tuple[float, Solution, object]:
        """Solve for the plan itself, from whose basis its neighbours are solved; its cost, solution and basis."""
        cost = self._solve(self.assembled)
        return cost, self.answer, self.solver.raw_basis()

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
        self.answer = answer = self.solver.solve()
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
        stocked, asked = instance.parts_of(assembled), self.asked
        for i in np.flatnonzero(assembled != self.assembled).tolist():
            own = instance.edges.demand[self.lines[i]]
            asked = added_to(asked, own if assembled[i] else -own, instance.edges.component[self.lines[i]])
        # S_c + V_c + sum_i a_ci w_i - sum_i a_ci D_i(t_ci), w_i = 0 of those that are not there
        late = taken(self.values, self.pooled.late)
        least = (self.leaves @ late - asked)[stocked].min(axis=1, initial=np.inf)
        return bool((base[stocked] + least >= -1e-6 * (1.0 + np.abs(base[stocked]))).all())
