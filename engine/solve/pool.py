"""The components' pool as a linear program of the shares of ATO products: warm, with bounds valid for every share.

Given shares x of the products that are assembled to order, the best base stocks and allocation are a linear program
whose matrix holds only the bill of materials: demand stands in right-hand sides and bounds, costs in the objective.
So one HiGHS object serves all shares and all what-ifs, and its dual solution gives a vector g with
pool(x) >= g'x for every x (LP duality: the dual polytope does not depend on x).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import ATO, Instance
from engine.model.variables import is_stocked_variable, wants_end_of_cycle
from engine.solve.bridge import Program, Solver
from engine.solve.pooled import component_demand

_MEMORY = 40
# Left-out rows may raise a plan's cost by this share before more of them are held.
_APART = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCost:
    """One evaluation.

    Parameters
    ----------
    value : float
        Carrying, late and fixed ATO cost at the shares, with every row held (stocks are raised where a left-out row
        asked for it), money per year.
    relaxed : float
        The same without the left-out rows: at most `value`.
    cut : shape (I,)
        pool(x) >= cut'x for every x.
    base : shape (C,)
        Base stocks.
    inventory : float
        Average value of the components on hand.
    """

    value: float
    relaxed: float
    cut: Array
    base: Array
    inventory: float


class Pool:
    """Evaluates shares of ATO products.

    Parameters
    ----------
    instance : Instance
    share : float
        Share of the samples whose rows are held for each component, those with most demand.
    """

    def __init__(self, instance: Instance, *, share: float = 0.3) -> None:
        self.ends = (False, True) if wants_end_of_cycle(instance) else (False,)
        self.share = share
        self.value_price = 0.0
        self._index(instance)
        self._load(instance)

    @staticmethod
    def supports(instance: Instance) -> bool:
        """Whether a pool can stand for this instance: no component whose stocking is a decision of its own."""
        return not bool(is_stocked_variable(instance).any())

    def _index(self, instance: Instance) -> None:  # noqa: PLR0915 (one number after the other)
        """Number rows and columns; what depends on the bill of materials and on which samples are tails."""
        edges, count = instance.edges, len(instance.components)
        may = instance.allowed[:, ATO]
        self.lines = np.flatnonzero(may[edges.product])
        rows: list[tuple[np.ndarray, np.ndarray]] = []
        self.row_line: list[np.ndarray] = []
        self.row_sample: list[np.ndarray] = []
        self.row_at: list[np.ndarray] = []
        self.late: list[np.ndarray] = []
        next_row, next_column = 0, count
        matrix: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for end in self.ends:
            total = component_demand(instance, may, end=end)
            held = max(1, int(np.ceil(self.share * instance.samples)))
            least = np.partition(total, instance.samples - held, axis=1)[:, instance.samples - held]
            tail = (total >= least[:, None]) & (total > 0.0)
            component, sample = np.nonzero(tail)
            place = np.full(tail.shape, -1, dtype=np.int64)
            place[component, sample] = next_row + np.arange(len(component))
            next_row += len(component)
            rows.append((component, sample))
            matrix.append((place[component, sample], component, np.ones(len(component))))
            at, when = np.nonzero(tail[edges.component[self.lines]])
            line = self.lines[at]
            need = np.zeros((len(instance.products), instance.samples), dtype=bool)
            need[edges.product[line], when] = True
            columns = np.full(need.shape, -1, dtype=np.int64)
            columns[need] = next_column + np.arange(int(need.sum()))
            next_column += int(need.sum())
            self.late.append(columns)
            row = place[edges.component[line], when]
            matrix.append((row, columns[edges.product[line], when], edges.quantity[line]))
            self.row_line.append(line)
            self.row_sample.append(when)
            self.row_at.append(row)
        self.targeted = np.zeros(0, dtype=np.int64)
        if len(self.ends) > 1:
            with_target = may & (instance.on_time_target > 0.0)
            with_target &= np.isin(np.arange(len(may)), edges.product[self.lines])
            self.targeted = np.flatnonzero(with_target)
            rank = np.full(len(may), -1, dtype=np.int64)
            rank[self.targeted] = next_row + np.arange(len(self.targeted))
            product, when = np.nonzero((self.late[1] >= 0) & (rank >= 0)[:, None])
            weight = np.full(len(product), -1.0 / instance.samples / instance.cycle_days)
            matrix.append((rank[product], self.late[1][product, when], weight))
            next_row += len(self.targeted)
        self.row_count, self.column_count = next_row, next_column
        places = (np.concatenate([m[0] for m in matrix]), np.concatenate([m[1] for m in matrix]))
        values = np.concatenate([m[2] for m in matrix])
        self.matrix = sparse.csc_matrix((values, places), shape=(next_row, next_column))
        self.solver: Solver | None = None
        self._memory: deque[tuple[Array, Array]] = deque(maxlen=_MEMORY)

    def recall(self) -> list[Array]:
        """Cuts that the prices of earlier evaluations give for the present numbers, without solving anything.

        Prices are kept in proportion to the carrying cost of their component: after a what-if they are still within
        it, so the cuts hold, and nearby they are nearly as good as new ones.
        """
        parts = len(self.instance.components)
        stock = self.matrix[:, :parts].tocoo()
        cuts = []
        for duals, carrying in self._memory:
            ratio = np.ones(self.row_count)
            before = carrying[stock.col]
            ratio[stock.row] = np.where(before > 0.0, self.cost[stock.col] / np.where(before > 0.0, before, 1.0), 1.0)
            cuts.append(self._cut(duals * ratio))
        return cuts

    def _load(self, instance: Instance) -> None:
        """Numbers of an instance: right-hand sides per product, largest late units, costs."""
        self.instance = instance
        edges, products = instance.edges, len(instance.products)
        rows, cols, values = [], [], []
        self.most = np.zeros(self.column_count)
        self.owner = np.zeros(self.column_count, dtype=np.int64)
        for e, end in enumerate(self.ends):
            windows = edges.windows_end if end else edges.windows
            peak = edges.peak_end if end else edges.peak
            line, when = self.row_line[e], self.row_sample[e]
            rows.append(self.row_at[e])
            cols.append(edges.product[line])
            values.append(edges.quantity[line] * windows[edges.window[line], when])
            product, sample = np.nonzero(self.late[e] >= 0)
            at = self.late[e][product, sample]
            self.most[at] = np.maximum(peak[product, sample], 0.0)
            self.owner[at] = product
        if self.targeted.size:
            allowance = (1.0 - instance.on_time_target) * instance.rate
            rows.append(self.row_count - len(self.targeted) + np.arange(len(self.targeted)))
            cols.append(self.targeted)
            values.append(-allowance[self.targeted])
        demand = (np.concatenate(values), (np.concatenate(rows), np.concatenate(cols)))
        self.demand = sparse.csr_matrix(demand, shape=(self.row_count, products))
        self._price()

    def _price(self) -> None:
        """Costs of the columns under the price of inventory value, and what a demanded part earns back."""
        instance, lines = self.instance, self.lines
        edges, parts = instance.edges, instance.parts
        carrying = parts.carrying + self.value_price * parts.unit_cost
        self.cost = np.zeros(self.column_count)
        self.cost[: len(carrying)] = carrying
        weight = instance.late.copy()
        np.add.at(weight, edges.product[lines], carrying[edges.component[lines]] * edges.quantity[lines])
        now = self.late[0][self.late[0] >= 0]
        self.cost[now] = weight[self.owner[now]] / instance.samples
        mean = edges.windows.mean(axis=1)[edges.window[lines]] * edges.quantity[lines]
        back = np.zeros(len(instance.products))
        np.add.at(back, edges.product[lines], carrying[edges.component[lines]] * mean)
        self.back = back
        self.fixed = instance.fixed_total[:, ATO] - back
        self.value_back = np.zeros(len(instance.products))
        np.add.at(self.value_back, edges.product[lines], parts.unit_cost[edges.component[lines]] * mean)

    def update(self, instance: Instance, *, value_price: float = 0.0) -> None:
        """Take the numbers of another what-if with the same bill of materials; the last basis is kept."""
        self.value_price = value_price
        self._load(instance)
        if self.solver is not None:
            self.solver.set_costs(np.arange(self.column_count), self.cost)

    def reprice(self, value_price: float) -> None:
        """Change the price of inventory value alone."""
        self.value_price = value_price
        self._price()
        if self.solver is not None:
            self.solver.set_costs(np.arange(self.column_count), self.cost)

    def evaluate(self, share: Array) -> PoolCost:
        """Best stocks at given shares of the products, each between 0 and 1.

        Where the left-out rows matter (low stocks run short in more samples than the tail), more are held from then on.

        Parameters
        ----------
        share : shape (I,)
        """
        while True:
            found = self._solve(share)
            apart = found.value - found.relaxed
            if self.share >= 1.0 or not apart > _APART * abs(found.relaxed):
                return found
            self.share = min(1.0, 1.5 * self.share)
            self._index(self.instance)
            self._load(self.instance)

    def _solve(self, share: Array) -> PoolCost:
        low = self.demand @ share
        upper = np.full(self.column_count, np.inf)
        parts = len(self.instance.components)
        upper[parts:] = (self.most * share[self.owner])[parts:]
        if self.solver is None:
            program = Program(
                cost=self.cost, offset=0.0, matrix=self.matrix, row_low=low, row_high=np.full(len(low), np.inf),
                lower=np.zeros(self.column_count), upper=upper, integer=np.zeros(self.column_count, dtype=bool),
                columns={}, rows={},
            )  # fmt: skip
            self.solver = Solver(program)
        else:
            self.solver.set_row_low(np.arange(self.row_count), low)
            late = np.arange(parts, self.column_count)
            self.solver.set_bounds(late, np.zeros(len(late)), upper[parts:])
        answer = self.solver.solve()
        if answer.values is None or answer.duals is None:
            nothing = np.zeros(len(share))
            return PoolCost(value=np.inf, relaxed=-np.inf, cut=nothing, base=nothing, inventory=np.inf)
        self._memory.append((answer.duals, self.cost[:parts].copy()))
        relaxed = answer.objective + float(self.fixed @ share)
        base = answer.values[:parts].copy()
        raised = self._raise(share, answer.values, base)
        carrying = self.cost[:parts]
        unit = self.instance.parts.unit_cost
        now = self.late[0] >= 0
        waiting: Array = np.zeros(self.late[0].shape)
        waiting[now] = answer.values[self.late[0][now]]
        # Value that one late unit of each product leaves on the shelf.
        left = np.zeros(len(share))
        own = self.instance.edges
        np.add.at(left, own.product[self.lines], unit[own.component[self.lines]] * own.quantity[self.lines])
        inventory = float(unit @ raised) + float(left @ waiting.mean(axis=1)) - float(self.value_back @ share)
        return PoolCost(
            value=relaxed + float(carrying @ (raised - base)),
            relaxed=relaxed,
            cut=self._cut(answer.duals),
            base=raised,
            inventory=inventory,
        )

    def _cut(self, duals: Array) -> Array:
        """The linear lower bound that a dual solution gives."""
        duals = np.maximum(duals, 0.0)
        parts = len(self.instance.components)
        used = self.matrix[:, :parts].T @ duals
        # Rounding of the solver must not push a component's prices above its carrying cost.
        over = np.ones(parts)
        excess = used > self.cost[:parts]
        over[excess] = self.cost[:parts][excess] / used[excess]
        if (over < 1.0).any():
            duals = duals * self._row_scale(over)
        reduced = self.cost - self.matrix.T @ duals
        gain = np.minimum(reduced, 0.0)[parts:] * self.most[parts:]
        late = np.bincount(self.owner[parts:], weights=gain, minlength=len(self.fixed))
        cut: Array = self.fixed + self.demand.T @ duals + late
        return cut

    def _row_scale(self, over: Array) -> Array:
        scale = np.ones(self.row_count)
        stock = self.matrix[:, : len(over)].tocoo()
        scale[stock.row] = over[stock.col]
        return scale

    def _raise(self, share: Array, values: Array, base: Array) -> Array:
        """Base stocks that also keep the left-out rows, shape (C,)."""
        instance, lines = self.instance, self.lines
        edges = instance.edges
        raised = base.copy()
        for e, end in enumerate(self.ends):
            windows = edges.windows_end if end else edges.windows
            late = np.zeros(self.late[e].shape)
            some = self.late[e] >= 0
            late[some] = values[self.late[e][some]]
            need = np.zeros((len(base), instance.samples))
            own = edges.product[lines]
            moves = edges.quantity[lines, None] * (share[own, None] * windows[edges.window[lines]] - late[own])
            np.add.at(need, edges.component[lines], moves)
            raised = np.maximum(raised, need.max(axis=1))
        return raised

