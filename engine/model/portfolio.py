"""The rules that hold strategies alone, taken from their blocks: whether a plan keeps them, and which moves do.

Whoever moves products asks here, so that such a rule is stated once, in `engine.model.rules`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.axes import Booleans, Integers
from engine.economics.instance import Instance
from engine.economics.per_instance import per_instance
from engine.model.blocks import Block
from engine.model.rules import RULES

# Rules whose rows have no other variable than x, (C1) aside.
PORTFOLIO = ("C8", "C10", "C11")
_TOLERANCE = 1e-9


def strategy_rows(block: Block, columns: int) -> sparse.csr_matrix:
    """The rows that a block over strategies alone has, as coefficients of x, shape (rows, columns)."""
    row, column, value = (
        np.concatenate([getattr(piece, name) for piece in block.form]) for name in ("row", "index", "coefficient")
    )
    return sparse.csr_matrix((value, (row, column)), shape=(block.count, columns))[block.rows]


class Portfolio:
    """The rules of an instance over strategies alone.

    Parameters
    ----------
    instance : Instance
    """

    def __init__(self, instance: Instance) -> None:
        self.names, self.low, self.high, self.rows = self._stated(instance)
        self.family, self.allowed = instance.ties.family, instance.allowed

    @staticmethod
    def _stated(instance: Instance) -> tuple[list[tuple[str, int]], Array, Array, sparse.csr_matrix]:
        """Name, limits and coefficients of every row, low <= A x <= high."""
        names: list[tuple[str, int]] = []
        low, high, matrices = [np.zeros(0)], [np.zeros(0)], []
        for rule in PORTFOLIO:
            for block in RULES[rule](instance):
                if not block.rows.size:
                    continue
                matrices.append(strategy_rows(block, 3 * len(instance.products)))
                names += [(block.name, row) for row in block.rows.tolist()]
                low.append(block.low[block.rows])
                high.append(block.high[block.rows])
        matrix = sparse.vstack(matrices) if matrices else sparse.csr_matrix((0, 3 * len(instance.products)))
        return names, np.concatenate(low), np.concatenate(high), sparse.csr_matrix(matrix)

    @property
    def stated(self) -> set[str]:
        """The rules that have a row."""
        return {name.partition("_")[0] for name, _ in self.names}

    def broken(self, strategy: Integers) -> list[tuple[str, int]]:
        """Blocks and rows that strategies, shape (I,), break."""
        if not self.names:
            return []
        x = np.zeros(self.rows.shape[1])
        x[3 * np.arange(len(strategy)) + strategy] = 1.0
        sums = self.rows @ x
        over = (sums < self.low - _TOLERANCE) | (sums > self.high + _TOLERANCE)
        return [self.names[row] for row in np.flatnonzero(over).tolist()]

    def keeps(self, strategy: Integers) -> bool:
        """Whether strategies, shape (I,), keep every such rule."""
        return not self.broken(strategy)

    def moves_with(self, i: int) -> Integers:
        """Products that change their strategy with product i: its family, or itself."""
        if self.family[i] < 0:
            return np.array([i], dtype=np.int64)
        return np.flatnonzero(self.family == self.family[i])

    def alone(self, products: Iterable[int]) -> list[int]:
        """Those of some products that change their strategy by themselves."""
        return [i for i in products if len(self.moves_with(i)) == 1]

    def moved(self, strategy: Integers, i: int, k: int) -> Integers:
        """Strategies after product i, and whoever changes with it, is moved to k; shape (I,)."""
        after = strategy.copy()
        after[self.moves_with(i)] = k
        return after

    def free(self, strategy: Integers) -> Booleans:
        """Moves of one product, and whoever changes with it, that keep the rules; shape (I, 3)."""
        free = np.ones((len(strategy), 3), dtype=bool)
        if self.names:
            for i in range(len(strategy)):
                for k in range(3):
                    free[i, k] = self.keeps(self.moved(strategy, i, k))
        return free

    def together(self, values: Array) -> Array:
        """The sum of values, shape (I, 3), over whoever changes with each product."""
        tied = self.family >= 0
        if not tied.any():
            return values
        total = np.zeros((int(self.family.max()) + 1, 3))
        np.add.at(total, self.family[tied], values[tied])
        added: Array = values.copy()
        added[tied] = total[self.family[tied]]
        return added


@per_instance
def portfolio(instance: Instance) -> Portfolio:
    """The rules of an instance over strategies alone, kept as long as the instance is."""
    return Portfolio(instance)
