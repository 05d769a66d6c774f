"""Rules over the strategies alone, whatever the stocks: do they leave a choice, and if not, which give way and how far.

With e the excess of a rule or of the hours of a resource, relative to its limit, least sum of e such that every product
has one strategy, hours_g(x)[w] <= regular + overtime + e_g in every sample, and so on. Hours are linear in x, and few
samples matter: those that the last choice violates are added until none is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from engine.decision.outcome import Conflict
from engine.decision.relaxation.conflicts import capacity_conflict, changes_conflict, limit_conflicts
from engine.demand.streams import Array
from engine.economics.instance import Capacity, Instance, Integers
from engine.model.blocks import Block
from engine.model.formulation import formulation
from engine.model.portfolio import strategy_rows
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


# Coefficients of the strategies and of the excesses of a rule, what each excess costs, limits of its rows.
_Rule = tuple[Any, Any, Array, Array, Array]


class _ChoiceProgram:
    """The mixed-integer program over strategies and excesses; its rows of hours grow."""

    def __init__(self, instance: Instance) -> None:
        program, capacity = formulation(instance), instance.capacity
        self.instance = instance
        self.blocks = [block for block in program.by_name.values() if _of_strategies(block) and len(block.rows)]
        self.hours = [piece for block in program.blocks("C5") for piece in block.form if piece.variable == "x"]
        self.columns = 3 * len(instance.products)
        self.limits = np.zeros(0) if capacity is None else capacity.hours + capacity.overtime
        self.held = {} if capacity is None else {
            g: self._fullest(capacity, g) for g in np.flatnonzero(~capacity.outsourcing).tolist()
        }  # fmt: skip
        self.excess = dict.fromkeys(self.held, 0.0)

    def _hours(self, g: int, samples: Integers) -> Array:
        """Hours of a resource by product and strategy, shape (samples, 3 I): the coefficients of x in (C5)."""
        hours = np.zeros((len(samples), self.columns))
        for piece in self.hours:
            at = np.flatnonzero(piece.row == g)
            hours[:, piece.index[at]] = piece.coefficient[at][:, samples].T
        return hours

    def _fullest(self, capacity: Capacity, g: int) -> Integers:
        """The samples with the most hours where every product is made after the order as far as it may be."""
        driven = np.where(self.instance.allowed, capacity.order_hours()[:, :, g], 0.0).max(axis=1)
        count = min(_HELD, self.instance.samples)
        return np.sort(np.argsort(-(driven @ capacity.demand), kind="stable")[:count])

    def _rules(self) -> Iterator[_Rule]:
        """The rules, then the hours of each resource on the samples held."""
        for block in self.blocks:
            low, high = block.low[block.rows], block.high[block.rows]
            rigid = sparse.csr_matrix((len(low), 0)), np.zeros(0)
            gives = sparse.diags(np.where(np.isfinite(high), -1.0, 1.0))
            excess = rigid if block.excess is None else (gives, 1.0 / block.excess[block.rows])
            yield strategy_rows(block, self.columns), *excess, low, high
        for g, samples in self.held.items():
            none, limit = np.full(len(samples), -np.inf), np.full(len(samples), self.limits[g])
            price = np.array([1.0 / max(float(self.limits[g]), 1.0)])
            yield sparse.csr_matrix(self._hours(g, samples)), -np.ones((len(samples), 1)), price, none, limit

    def solve(self, deadline: Deadline) -> Integers | None:
        """The strategies of least excess, shape (I,), on the samples held."""
        rows, excess, price, low, high = zip(*self._rules(), strict=True)
        cost = np.concatenate([np.zeros(self.columns), *price])
        lower, whole = np.zeros(len(cost)), np.arange(len(cost)) < self.columns
        upper = np.concatenate([self.instance.allowed.ravel(), np.full(len(cost) - self.columns, np.inf)])
        program = Program(
            cost=cost, offset=0.0, matrix=sparse.hstack([sparse.vstack(rows), sparse.block_diag(excess)]).tocsc(),
            row_low=np.concatenate(low), row_high=np.concatenate(high), lower=lower, upper=upper, integer=whole,
            columns={}, rows={},
        )  # fmt: skip
        values = Solver(program).solve(gap=_GAP, time_limit=deadline.left()).values
        if values is None:
            return None
        self.excess = dict(zip(self.held, values[len(values) - len(self.held) :].tolist(), strict=True))
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
        conflicts, needed = [], hours_needed(self.instance, strategy)
        for g in self.held:
            over = float(needed[g].max() - self.limits[g])
            if over > _TOLERANCE * (1.0 + self.limits[g]):
                conflicts.append(capacity_conflict(self.instance, g, over))
        mask, most = self.instance.current >= 0, self.instance.max_changes
        changes = int((strategy[mask] != self.instance.current[mask]).sum())
        if most is not None and changes > most:
            conflicts.append(changes_conflict(self.instance, changes))
        return (*conflicts, *limit_conflicts(self.instance, strategy))


def _of_strategies(block: Block) -> bool:
    """Whether a block is over strategies alone."""
    return not block.sampled and all(piece.variable == "x" and piece.coefficient.ndim == 1 for piece in block.form)
