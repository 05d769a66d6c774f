"""Demand of windows of products whose customers wait differently: each group's in its own window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.demand.distributions import Process
from engine.demand.paths import Paths
from engine.demand.streams import Array
from engine.demand.thinning import segment_key, segment_windows, thinned
from engine.economics.exposure.ahead import demand_ahead
from engine.economics.exposure.groups import Groups
from engine.economics.exposure.segment_paths import SegmentPaths, group_paths
from engine.scenario.arrays import Integers


def placed(apart: Mapping[int, Array], first: Integers) -> dict[int, Array]:
    """What lines have, by the place of their windows, each of which is that of its first line."""
    return {k: apart[e] for k, e in enumerate(first.tolist()) if e in apart}


class Mixed:
    """Windows of products with several groups, among all that are asked for.

    Parameters
    ----------
    groups : Groups
    asked : sequence of (shape (n,), shape (n, W))
        Products and windows, block after block.
    apart : sequence of mapping of int to shape (groups, W)
        Windows of each group, by the place in its block.
    """

    def __init__(
        self, groups: Groups, asked: Sequence[tuple[Integers, Array]], apart: Sequence[Mapping[int, Array]]
    ) -> None:
        self.groups = groups
        self.paths: dict[int, Array] = {}
        self.windows: dict[int, dict[int, Array]] = {}
        row = 0
        for (product, _), days in zip(asked, apart, strict=True):
            for k, windows in days.items():
                self.windows.setdefault(int(product[k]), {})[row + k] = windows
            row += len(product)

    @property
    def products(self) -> Integers:
        """Those that have such windows, ascending."""
        return np.array(sorted(self.windows), dtype=np.int64)

    def put(self, units: Array, i: int, paths: Paths) -> None:
        """Demand of the windows of product i in place of that of its least patient, in `units`, shape (n, W)."""
        places = self.windows[i]
        if i in self.groups.unequal:
            longest = max(float(days.max()) for days in places.values())
            self.paths[i] = group_paths(paths, self.groups.share[self.groups.of(i)], longest)
        windows = segment_windows(paths, self.groups.share[self.groups.of(i)], list(places.values()))
        for row, demand in zip(places, windows, strict=True):
            units[row] = demand

    @property
    def segments(self) -> SegmentPaths:
        """What is whose, of products whose groups cost differently."""
        return SegmentPaths(paths=self.paths, dear={i: self.groups.dear[self.groups.of(i)] for i in self.paths})

    def ahead(
        self, ahead: Array, made: Sequence[Process], names: Sequence[str], *, seed: int, common_factor_cv: float
    ) -> Array:
        """What windows below zero hold, shape (n, W), with that of each group in place of the least patient's."""
        for i, places in self.windows.items():
            share = self.groups.share[self.groups.of(i)]
            parts = [thinned(made[i], float(one)) for one in share]
            # Who gives more days ordered earlier, in another week of history than those whose orders are due by now.
            keys = [segment_key(names[i], k) for k in range(len(share))]
            every = np.arange(len(share))
            for row, days in places.items():
                each = demand_ahead(parts, keys, every, days, seed=seed, common_factor_cv=common_factor_cv)
                ahead[row] = each.sum(axis=0)
        return ahead
