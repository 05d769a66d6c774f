"""Cuts of all kinds: found at a solution, renewed for other numbers, put into the columns of a program."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import Instance
from engine.program.highs import Matrix
from engine.program.reduced import PooledProgram
from engine.search.cuts.hours import HoursCut, hours_cuts, renewed_hours
from engine.search.cuts.overtime import OvertimeCut, overtime_cuts, renewed_overtime
from engine.search.cuts.pairs import PairCut, pair_cuts, pair_entries, renewed_pairs

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
    low, matrix = np.array([cut.constant for cut in cuts], dtype=np.float64), Matrix()
    if not cuts:
        return low, matrix.build((0, len(pooled.program.cost))).tocsr()
    # Weights of the strategies, of all cuts below each other.
    counts = np.array([len(cut.weight) for cut in cuts], dtype=np.int64)
    row, ends = np.repeat(np.arange(len(cuts)), counts), np.cumsum(counts)
    product, weight = (np.concatenate([getattr(cut, name) for cut in cuts]) for name in ("product", "weight"))
    choice = np.concatenate([np.broadcast_to(cut.choice, len(cut.weight)) for cut in cuts])
    chosen = pooled.x[product, choice]
    sure = (chosen < 0) & (pooled.strategy[product] == choice)
    for k in np.unique(row[sure]).tolist():
        part = slice(ends[k] - counts[k], ends[k])
        low[k] -= float(weight[part][sure[part]].sum())
    pairs = [k for k, cut in enumerate(cuts) if isinstance(cut, PairCut)]
    entries = [(row, chosen, weight), *pair_entries([cut for cut in cuts if isinstance(cut, PairCut)], pairs, pooled)]
    for k, cut in enumerate(cuts):
        if not isinstance(cut, PairCut):
            entries += [(np.full(len(column), k), column, value) for column, value in cut.others(pooled)]
    for at, column, value in entries:
        there = column >= 0
        matrix.put(at[there], column[there], value[there])
    return low, matrix.build((len(cuts), len(pooled.program.cost))).tocsr()
