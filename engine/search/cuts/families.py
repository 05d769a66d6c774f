"""Cuts of all kinds: found at a solution, renewed for other numbers, put into the columns of a program."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import Instance, Integers
from engine.program.highs import Matrix
from engine.program.reduced import PooledProgram
from engine.search.cuts.hours import HoursCut, hours_cuts, renewed_hours
from engine.search.cuts.overtime import OvertimeCut, overtime_cuts, renewed_overtime
from engine.search.cuts.pairs import PairCut, pair_cuts, renewed_pairs

Cut = PairCut | HoursCut | OvertimeCut
_RENEWED: dict[type[Cut], Any] = {PairCut: renewed_pairs, HoursCut: renewed_hours, OvertimeCut: renewed_overtime}


def violated_cuts(instance: Instance, pooled: PooledProgram, values: Array) -> list[Cut]:
    """Violated cuts at a solution of the relaxation.

    Parameters
    ----------
    instance : Instance
    pooled : PooledProgram
    values : shape (columns,)
    """
    return [
        *pair_cuts(instance, pooled, values), *hours_cuts(instance, pooled, values),
        *overtime_cuts(instance, pooled, values),
    ]  # fmt: skip


def renewed(cuts: list[Cut], instance: Instance, pooled: PooledProgram) -> list[Cut | None]:
    """The recipes of cuts found for other numbers of the same products, in their order; None where one is of no use.

    Parameters
    ----------
    cuts : list of Cut
    instance : Instance
    pooled : PooledProgram
    """
    renewals: list[Cut | None] = [None] * len(cuts)
    for kind, renew in _RENEWED.items():
        at = [k for k, cut in enumerate(cuts) if isinstance(cut, kind)]
        for k, fresh in zip(at, renew([cuts[k] for k in at], instance, pooled), strict=True):
            renewals[k] = fresh
    return renewals


def as_rows(cuts: list[Cut], pooled: PooledProgram) -> tuple[Array, sparse.csr_matrix]:
    """The cuts in the columns of a program, what is decided on the right: lower limits and matrix.

    Parameters
    ----------
    cuts : list of Cut
        Of the same instance, found in this program or in one that held fewer rows and decisions.
    pooled : PooledProgram
    """
    low, matrix = np.zeros(len(cuts)), Matrix()
    columns, values, counts = list[Integers](), list[Array](), list[int]()
    for row, cut in enumerate(cuts):
        others, chosen = cut.others(pooled), pooled.x[cut.product, cut.choice]
        parts = [*others, (chosen, cut.weight)]
        columns += [column for column, _ in parts]
        values += [value for _, value in parts]
        counts.append(sum(len(column) for column, _ in parts))
        sure = (chosen < 0) & (pooled.strategy[cut.product] == cut.choice)
        low[row] = cut.constant - float(cut.weight[sure].sum())
    if cuts:
        column = np.concatenate(columns)
        there = column >= 0
        matrix.put(np.repeat(np.arange(len(cuts)), counts)[there], column[there], np.concatenate(values)[there])
    return low, matrix.build((len(cuts), len(pooled.program.cost))).tocsr()
