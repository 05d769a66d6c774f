"""What each kind of customers of a product takes, day by day back from the observed instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.demand.paths import Paths
from engine.demand.streams import Array
from engine.demand.thinning import divided_days
from engine.scenario.arrays import Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentPaths:
    """Demand by due date of the groups of products whose customers wait and cost differently.

    Parameters
    ----------
    paths : mapping of int to shape (groups, days + 1, W)
        By product: what has fallen due within so many whole days.
    dear : mapping of int to shape (groups,)
        Late cost of each group over that of the product.
    """

    paths: Mapping[int, Array] = field(default_factory=dict)
    dear: Mapping[int, Array] = field(default_factory=dict)


def group_paths(paths: Paths, share: Array, longest: float) -> Array:
    """Demand of each group within whole days, shape (groups, days + 1, W), up to its longest window.

    Parameters
    ----------
    paths : Paths
        Of the product.
    share : shape (groups,)
    longest : float
        Days.
    """
    days, samples = min(int(np.ceil(longest)) + 1, paths.days), paths.increments.shape[1]
    wanted = np.zeros((paths.days, samples), dtype=bool)
    wanted[:days] = True
    each = np.zeros((len(share), days + 1, samples))
    np.cumsum(divided_days(paths, share, wanted)[:, :days], axis=1, out=each[:, 1:])
    # Demand of some families can fall: the highest so far.
    return np.asarray(np.maximum.accumulate(each, axis=1))


def age_of(drawn: Array, short: Array) -> Array:
    """The least age A with F(A) >= what is short, in days, shape (n,); zero where nothing is.

    Parameters
    ----------
    drawn : shape (days + 1, n)
        F on whole days, which a day is divided evenly between.
    short : shape (n,)
    """
    day = np.clip((drawn < short).sum(axis=0), 1, len(drawn) - 1)
    every = np.arange(len(short))
    before, after = drawn[day - 1, every], drawn[day, every]
    part = np.clip((short - before) / np.maximum(after - before, 1e-12), 0.0, 1.0)
    return np.asarray(np.where(short > 0.0, day - 1 + part, 0.0))


def within(paths: Array, age: Array) -> Array:
    """Demand within an age, shape (n,), of a path, shape (days + 1, n)."""
    last, every = len(paths) - 1, np.arange(len(age))
    day: Integers = np.minimum(age.astype(np.int64), last - 1)
    before, after = paths[day, every], paths[day + 1, every]
    return np.asarray(before + np.minimum(age - day, 1.0) * (after - before))
