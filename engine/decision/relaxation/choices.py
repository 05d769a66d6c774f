"""Rules over the strategies alone, whatever the stocks: do they leave a choice, and if not, which give way and how far.

With e the excess of a rule or of the hours of a resource, relative to its limit, least sum of e such that every product
has one strategy, hours_g(x)[w] <= regular + overtime + e_g in every sample, and so on. Hours are linear in x, and few
samples matter: those that the last choice violates are added until none is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from engine.decision.outcome import Conflict
from engine.decision.relaxation.conflicts import capacity_conflict, changes_conflict, limit_conflicts
from engine.demand.streams import Array
from engine.economics.instance import Instance, Integers
from engine.model.blocks import Block
from engine.model.formulation import formulation
from engine.program.deadline import NEVER, Deadline
from engine.program.highs import Program, Solver
from engine.search.recourse import hours_needed

# Samples held of each resource at first and added in a round, rounds, and what is no excess.
_HELD, _ADDED, _ROUNDS, _TOLERANCE = 20, 5, 40, 1e-6
_GAP = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice of strategies that exceeds the rules by least, and the rules that it exceeds.

    Parameters
    ----------
    strategy : shape (I,)
    conflicts : tuple of Conflict
        Empty where it exceeds none.
    """

    strategy: Integers
    conflicts: tuple[Conflict, ...]


def nearest_choice(instance: Instance, *, deadline: Deadline = NEVER) -> Choice | None:
    """The strategies that exceed the rules over them alone by least.

    Parameters
    ----------
    instance : Instance
        Every product has a strategy that it may have.
    deadline : Deadline

    Returns
    -------
    Choice or None
        None where time is up, or a rule that cannot give way leaves none.
    """
    program = _ChoiceProgram(instance)
    strategy: Integers | None = None
    for _ in range(_ROUNDS):
        strategy = program.solve(deadline)
        if strategy is None or not program.hold_violated(strategy):
            break
    return None if strategy is None else Choice(strategy=strategy, conflicts=program.conflicts(strategy))


class _ChoiceProgram:
    """The mixed-integer program over strategies and excesses; its rows of hours grow."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.capacity = instance, instance.capacity
        blocks = formulation(instance).by_name.values()
        self.blocks = [block for block in blocks if _of_strategies(block) and len(block.rows)]
        self.columns = 3 * len(instance.products)
        self.limits = np.zeros(0)
        self.short = np.zeros(0, dtype=np.int64)
        if self.capacity is not None:
            self.limits = self.capacity.hours + self.capacity.overtime
            self.short = np.flatnonzero(~self.capacity.outsourcing)
        self.held = {int(g): self._fullest(int(g)) for g in self.short}
        self.excess = {int(g): 0.0 for g in self.short}

    def _hours(self, g: int, samples: Integers) -> Array:
        """Hours of a resource by product and strategy, shape (samples, 3 I)."""
        if self.capacity is None:
            return np.zeros((len(samples), self.columns))
        steady = self.capacity.mean_hours(self.instance.rate)[:, :, g]
        driven = self.capacity.order_hours()[:, :, g]
        mean = steady[:, :, None]
        if self.capacity.pace is not None:
            mean = mean * self.capacity.pace[:, None, samples]
        hours = mean + driven[:, :, None] * self.capacity.demand[:, None, samples]
        return np.asarray(hours.reshape(self.columns, len(samples)).T)

    def _fullest(self, g: int) -> Integers:
        """The samples with the most hours where every product is made after the order as far as it may be."""
        if self.capacity is None:
            return np.zeros(0, dtype=np.int64)
        driven = np.where(self.instance.allowed, self.capacity.order_hours()[:, :, g], 0.0).max(axis=1)
        count = min(_HELD, self.instance.samples)
        return np.sort(np.argsort(-(driven @ self.capacity.demand), kind="stable")[:count])

    def solve(self, deadline: Deadline) -> Integers | None:
        """The strategies of least excess, shape (I,), on the samples held."""
        rows: list[sparse.csr_matrix] = []
        low, high, cost = list[Array](), list[Array](), [np.zeros(self.columns)]
        slack: list[tuple[int, int, float]] = []
        for block in self.blocks:
            matrix = _rows(block, self.columns)
            first = sum(part.shape[0] for part in rows)
            rows.append(matrix)
            low.append(block.low[block.rows])
            high.append(block.high[block.rows])
            if block.excess is not None:
                sign = np.where(np.isfinite(high[-1]), -1.0, 1.0)
                slack += [(first + k, len(slack) + k, float(sign[k])) for k in range(len(block.rows))]
                cost.append(1.0 / block.excess[block.rows])
        for g, samples in self.held.items():
            first = sum(part.shape[0] for part in rows)
            rows.append(sparse.csr_matrix(self._hours(g, samples)))
            low.append(np.full(len(samples), -np.inf))
            high.append(np.full(len(samples), self.limits[g]))
            column = sum(len(part) for part in cost[1:])
            slack += [(first + k, column, -1.0) for k in range(len(samples))]
            cost.append(np.array([1.0 / max(float(self.limits[g]), 1.0)]))
        count = sum(len(part) for part in cost[1:])
        size = sum(part.shape[0] for part in rows)
        at, column_of, sign_of = (np.array(part) for part in zip(*slack, strict=True)) if slack else [np.zeros(0)] * 3
        beside = sparse.csr_matrix((sign_of, (at.astype(int), column_of.astype(int))), shape=(size, count))
        allowed = self.instance.allowed.ravel().astype(float)
        whole = self.columns + count
        program = Program(
            cost=np.concatenate(cost), offset=0.0, matrix=sparse.hstack([sparse.vstack(rows), beside]).tocsc(),
            row_low=np.concatenate(low), row_high=np.concatenate(high), lower=np.zeros(whole),
            upper=np.concatenate([allowed, np.full(count, np.inf)]), integer=np.arange(whole) < self.columns,
            columns={}, rows={},
        )  # fmt: skip
        values = Solver(program).solve(gap=_GAP, time_limit=deadline.left()).values
        if values is None:
            return None
        for g, excess in zip(self.held, values[whole - len(self.held) :].tolist(), strict=True):
            self.excess[g] = float(excess)
        chosen: Integers = np.argmax(values[: self.columns].reshape(-1, 3), axis=1).astype(np.int64)
        return chosen

    def hold_violated(self, strategy: Integers) -> bool:
        """Hold the samples in which the choice lacks more hours than were counted; whether there are any."""
        needed, any_ = hours_needed(self.instance, strategy), False
        for g, samples in self.held.items():
            over = needed[g] - self.limits[g] - self.excess[g]
            worst = np.argsort(-over, kind="stable")[:_ADDED]
            worst = worst[over[worst] > _TOLERANCE * (1.0 + self.limits[g])]
            more = np.setdiff1d(worst, samples)
            self.held[g] = np.union1d(samples, more)
            any_ = any_ or bool(more.size)
        return any_

    def conflicts(self, strategy: Integers) -> tuple[Conflict, ...]:
        """The rules that a choice exceeds, by how much in any sample."""
        found, needed = [], hours_needed(self.instance, strategy)
        for g in self.held:
            over = float(needed[g].max() - self.limits[g])
            if over > _TOLERANCE * (1.0 + self.limits[g]):
                found.append(capacity_conflict(self.instance, g, over))
        known, most = self.instance.current >= 0, self.instance.max_changes
        changes = int((strategy[known] != self.instance.current[known]).sum())
        if most is not None and changes > most:
            found.append(changes_conflict(self.instance, changes))
        return (*found, *limit_conflicts(self.instance, strategy))


def _of_strategies(block: Block) -> bool:
    """Whether a block is over strategies alone."""
    return not block.sampled and all(piece.variable == "x" and piece.coefficient.ndim == 1 for piece in block.form)


def _rows(block: Block, columns: int) -> sparse.csr_matrix:
    """The rows that a block has, over the strategies."""
    entries = [(piece.row, piece.index, piece.coefficient) for piece in block.form]
    row, index, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    return sparse.csr_matrix((value, (row, index)), shape=(block.count, columns))[block.rows]
