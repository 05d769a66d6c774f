"""What all who queue for a part have drawn of it over the last days, as far back as anyone asks."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Integers

# Days of the paths that are added up at first.
_DAYS = 32
# Units of the paths that are added up at once.
_AT_ONCE = 4_000_000
# A sum that misses another of the same terms by this share is as large.
_ROUNDING = 1e-9


class Drawn:
    """F_c(g) = sum_i a_ci D_i(g) of parts on whole days g.

    Paths go back as far as the longest queue of any part, most queues a fraction of that: days are added where they are
    asked for.

    Parameters
    ----------
    part, path : shape (lines,)
        Numbers of the part and of the product's path.
    quantity : shape (lines,)
    queues : shape (lines, W)
        Where a line waits for its part.
    paths : shape (A, days + 1, W)
    total : shape (parts, W)
        All that is due of each part: what is short but for what a lot leaves.
    near : Drawn, optional
        Of other lines, where some parts are drawn by the same: what it has added up of these is taken over.
    same : (shape (n,), shape (n,)), optional
        Numbers of such parts here and there.
    """

    def __init__(  # noqa: PLR0917 (the lines of the parts, what they draw, and how far)
        self, part: Integers, path: Integers, quantity: Array, queues: Booleans, paths: Array, total: Array,
        *, near: Drawn | None = None, same: tuple[Integers, Integers] | None = None,
    ) -> None:  # fmt: skip
        self.part, self.quantity, self.queues, self.paths = part, quantity, queues, paths
        # Those of the paths that are asked for, and which of them each line has.
        self.rows, self.path = np.unique(path, return_inverse=True)
        always = queues.all(axis=1) if len(part) else np.zeros(0, dtype=bool)
        self.sometimes = np.flatnonzero(~always)
        places, shape = (part[always], self.path[always]), (len(total), len(self.rows))
        self.use = sparse.csr_matrix((quantity[always], places), shape=shape)
        self.days = min(_DAYS, paths.shape[1])
        if near is None or same is None:
            enough = total * (1.0 - _ROUNDING)
            while self.days < paths.shape[1] and (self._on(self.days - 1, self.days)[:, 0] < enough).any():
                self.days = min(2 * self.days, paths.shape[1])
            # Shape (parts, days, W).
            self.values = self._on(0, self.days)
            return
        self.days = near.days
        if len(same[0]) == len(total) == len(near.values):
            # Days are added to a copy.
            self.values = near.values
            return
        others = np.setdiff1d(np.arange(len(total)), same[0], assume_unique=True)
        self.values = np.empty((len(total), self.days, paths.shape[2]))
        self.values[same[0]] = near.values[same[1]]
        self.values[others] = self._on(0, self.days, parts=others)

    def reaches(self, part: Integers, sample: Integers, wanted: Array) -> None:
        """Add days until so much is drawn of some parts in some samples, all of shape (n,), or there are no more."""
        while self.days < self.paths.shape[1] and (wanted > self.values[part, -1, sample]).any():
            first, self.days = self.days, min(2 * self.days, self.paths.shape[1])
            self.values = np.concatenate([self.values, self._on(first, self.days)], axis=1)

    def _on(self, first: int, last: int, *, parts: Integers | None = None) -> Array:
        """F on days first to last - 1, of some parts or of all."""
        use, rows, of_part = self.use, self.rows, self.part
        if parts is not None:
            # The same sums in the same order, of the paths that these parts need.
            needs = np.unique(use[parts].indices)
            use, rows = use[parts][:, needs], rows[needs]
            place = np.full(self.use.shape[0], -1)
            place[parts] = np.arange(len(parts))
            of_part = place[self.part]
        drawn = np.zeros((use.shape[0], last - first, self.paths.shape[2]))
        if not len(self.part):
            return drawn
        if len(rows):
            # F = A D, some days at a time: those of ten thousand products all at once would be copied into a gigabyte.
            step = max(_AT_ONCE // (len(rows) * self.paths.shape[2]), 1)
            for day in range(first, last, step):
                paths = self.paths[rows, day : min(day + step, last)]
                due = np.asarray(use @ paths.reshape(len(paths), -1))
                drawn[:, day - first : day - first + step] = due.reshape(len(drawn), -1, paths.shape[2])
        for e in self.sometimes.tolist():
            if of_part[e] >= 0:
                paths = self.paths[self.rows[self.path[e]], first:last]
                drawn[of_part[e]] += self.quantity[e] * paths * self.queues[e]
        return drawn
