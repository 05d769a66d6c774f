"""Where a search begins: strategies from a few of the samples, and the basis of their plan.

The relaxation over all samples is solved three to five times sooner from the basis of a plan's own program than from
nothing; on a fifth of the samples it takes a few hundredths of the time, and its strategies are near the best ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.economics.instance import MTS, Instance, Integers
from engine.program.highs import Basis, Solver
from engine.program.numbering import Numbering, carried_over
from engine.program.reduced import build_pooled, tail_rows
from engine.search.cheapest import nearest

# Samples that tell the strategies; with less than twice as many nothing is gained.
_FEW = 60
_FEW_TAIL = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBasis:
    """The basis of the program that a plan's stocks were found by.

    Parameters
    ----------
    strategy : shape (I,)
    place : Numbering
        All strategies decided.
    basis : Basis
    """

    strategy: Integers
    place: Numbering
    basis: Basis

    def continue_in(self, solver: Solver, now: Numbering) -> None:
        """Start the solver of a program with open strategies from this plan.

        The chosen strategies are basic, their rows of (C1) are not. Stocks of products that are not made to stock are
        held at zero by their least-stock row.

        Parameters
        ----------
        solver : Solver
        now : Numbering
            Of the same instance; its rows of (C3) that hold with equality in the plan are there.
        """
        chosen = now.columns["x"][3 * np.arange(len(self.strategy)) + self.strategy]
        level, one, least = now.columns["S"], now.rows["C1"], now.rows["C2_least"]
        idle = (level >= 0) & now.open & (self.strategy != MTS)
        basic = np.concatenate([chosen[chosen >= 0], level[idle]])
        tight = np.concatenate([one[one >= 0], least[idle], self._tangents(now)])
        stocked = now.columns["stocked"]
        solver.continue_from(
            self.basis, *carried_over(self.place, now), basic=basic, tight=tight,
            upper=stocked[(stocked >= 0) & self.place.forced],
        )  # fmt: skip

    def _tangents(self, now: Numbering) -> Integers:
        """Tangents that hold with equality in the plan, or the nearest ones held."""
        tangents, there_now = self.place.rows["tangents"], now.rows["tangents"]
        product, rank = np.nonzero(tangents >= 0)
        tight = ~self.basis.basic_rows()[tangents[product, rank]]
        rows = []
        for i in np.unique(product[tight]).tolist():
            there = np.flatnonzero(there_now[i] >= 0)
            if there.size:
                near = np.searchsorted(there, rank[tight & (product == i)]).clip(0, len(there) - 1)
                # Two that fall on one are it and the one below.
                near[1:] = np.where(np.diff(near) == 0, near[1:] - 1, near[1:])
                rows.append(there_now[i, there[np.maximum(near, 0)]])
        return np.concatenate([*rows, np.zeros(0, dtype=np.int64)])


def likely_strategies(instance: Instance, strategy: Integers) -> Integers | None:
    """Strategies of the relaxation on a few of the samples, rounded; None where there are few or it has no solution.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
        Decided strategies, `OPEN` elsewhere.
    """
    if instance.samples < 2 * _FEW:
        return None
    few = some_samples(instance.without_paths(), _FEW)
    pooled = build_pooled(few, strategy, tail_rows(few, strategy, _FEW_TAIL))
    values = Solver(pooled.program, relax=True).solve().values
    return None if values is None else nearest(instance, pooled, values)


def some_samples(instance: Instance, count: int) -> Instance:
    """The instance on `count` of its samples, spread evenly over all.

    Parameters
    ----------
    instance : Instance
    count : int
    """
    return instance.restricted(samples=np.linspace(0, instance.samples - 1, count).round().astype(np.int64))
