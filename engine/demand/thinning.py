"""A product's demand divided among its segments: each order belongs to one of them, whatever came before.

The part of a share p of a process with independent increments is that process at p times the pace: p of the mean and p
of the variance, independent of the rest. Given what comes in a day, what of it comes from the segment is therefore what
comes in a part p of the day, and the bridges of the families say how much that is. Demand without single orders
(constant, resampled weeks) is divided evenly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.demand.distributions import (
    CompoundPoisson,
    Constant,
    Empirical,
    Gamma,
    NegativeBinomial,
    Normal,
    Poisson,
    Process,
)
from engine.demand.paths import PART_OF_A_DAY, Paths, whole_days
from engine.demand.streams import Array, uniforms
from engine.scenario.arrays import Booleans

SEGMENT = "segment"


def thinned(made: Process, share: float) -> Process:
    """The part of a share of a process: its mean times the share, its weekly CV over the root of it."""
    if share == 1.0:
        return made
    if isinstance(made, Empirical):
        return replace(made, weeks=tuple(week * share for week in made.weeks))
    if isinstance(made, Constant | Poisson):
        return replace(made, mean_per_week=made.mean_per_week * share)
    if isinstance(made, Gamma | Normal | NegativeBinomial | CompoundPoisson):
        return replace(made, mean_per_week=made.mean_per_week * share, cv=made.cv / share**0.5)
    raise TypeError(f"{type(made).__name__} is not divided among segments")


def segment_key(key: str, segment: int) -> str:
    """Key of the streams of a segment of a product."""
    return f"{key} {SEGMENT} {segment}"


def segment_windows(paths: Paths, share: Array, windows: Sequence[Array]) -> list[Array]:
    """Demand of windows whose length differs by segment: sum_k D_k(t_k), each of shape (W,).

    Up to the shortest window of a sample nothing is divided: all of its demand is inside.

    Parameters
    ----------
    paths : Paths
        Of the product.
    share : shape (K,)
        Of its demand, by segment; they add up to 1.
    windows : sequence of shape (K, W)
        Days; negative counts as zero.
    """
    if not windows:
        return []
    horizon, samples = paths.days, len(windows[0][0])
    inner = np.zeros((horizon, samples), dtype=bool)
    places = [whole_days(days) for days in windows]
    day = np.arange(horizon)[:, None]
    for whole, fraction in places:
        inner |= (day >= whole.min(axis=0)) & (day < (whole + (fraction > 0.0)).max(axis=0))
    divided = divided_days(paths, share, inner)
    sums = np.zeros((len(share), horizon + 1, samples))
    np.cumsum(divided, axis=1, out=sums[:, 1:])
    sample, units = np.arange(samples), list[Array]()
    for whole, fraction in places:
        start = whole.min(axis=0)
        total = paths.cumulated[start, sample]
        for k in range(len(share)):
            total = total + sums[k, whole[k], sample] - sums[k, start, sample]
            part = np.flatnonzero(fraction[k])
            if not part.size:
                continue
            at = whole[k, part]
            within = uniforms(paths.seed, PART_OF_A_DAY, segment_key(paths.key, k), horizon, samples)[at, part]
            scale = 1.0 if paths.factor is None else paths.factor[at, part]
            rest_of_day = divided[k, at, part] / scale
            total[part] += scale * thinned(paths.process, float(share[k])).bridge(
                rest_of_day, fraction[k, part], within
            )
        units.append(total)
    return units


def divided_days(paths: Paths, share: Array, inner: Booleans) -> Array:
    """Demand of each segment in the days and samples wanted, zero in others, shape (K, days, W).

    Parameters
    ----------
    paths : Paths
    share : shape (K,)
    inner : shape (days, W)
        Which are wanted.
    """
    days, samples = inner.shape
    parts = np.zeros((len(share), days, samples))
    rest, remaining = paths.increments[inner], 1.0
    for k, part in enumerate(share[:-1].tolist()):
        u = uniforms(paths.seed, SEGMENT, segment_key(paths.key, k), days, samples)[inner]
        share_of_rest = thinned(paths.process, remaining).bridge(rest, np.full(rest.shape, part / remaining), u)
        parts[k][inner] = share_of_rest
        rest, remaining = rest - share_of_rest, remaining - part
    parts[-1][inner] = rest
    if paths.factor is not None:
        parts *= paths.factor[:days]
    return parts
