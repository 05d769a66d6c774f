"""A quantity that jumps, averaged over the batches of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.observed import Horizon
from engine.scenario.arrays import Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """The batches of a run, each from its beginning up to, but without, its end.

    Parameters
    ----------
    bounds : shape (batches + 1,)
        Days; the first is the end of the warm-up.
    """

    bounds: Array

    @classmethod
    def of(cls, horizon: Horizon, least: float) -> Batches:
        """Those of a horizon whose warm-up has a least length."""
        bounds: Array = horizon.warm_up_days + np.arange(horizon.batches + 1.0) * horizon.batch_days
        bounds[0] = max(bounds[0], least)
        return cls(bounds=bounds)

    @property
    def count(self) -> int:
        """How many there are."""
        return self.bounds.size - 1

    def inside(self, at: Array) -> tuple[Integers, Integers]:
        """Which instants are counted at all, and the batch of each of those."""
        batch = np.searchsorted(self.bounds, at, side="right") - 1
        counted = np.flatnonzero((batch >= 0) & (batch < self.count))
        return counted, batch[counted]

    def sums(self, at: Array, values: Array | None = None) -> Array:
        """Sum of the values at instants, or their number, in each batch; shape (batches,)."""
        counted, batch = self.inside(at)
        weights = None if values is None else values[counted]
        return np.bincount(batch, weights=weights, minlength=self.count).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A step function of time.

    Parameters
    ----------
    at : shape (jumps,)
        Increasing.
    value : shape (jumps + 1,)
        Before the first jump and after each.
    """

    at: Array
    value: Array

    @classmethod
    def of(cls, start: float, jumps: list[tuple[Array, Array]]) -> Level:
        """From where it starts, and instants with how much it jumps at each."""
        at = np.concatenate([np.zeros(0), *(when for when, _ in jumps)])
        by = np.concatenate([np.zeros(0), *(much for _, much in jumps)])
        # What never comes is never jumped by.
        at, by = at[np.isfinite(at)], by[np.isfinite(at)]
        order = np.argsort(at, kind="stable")
        return cls(at=at[order], value=np.concatenate([[start], start + np.cumsum(by[order])]))

    def areas(self, batches: Batches, *, power: int = 1) -> Array:
        """Integral over each batch of the level, or of a power of it; shape (batches,)."""
        # F(t) = int_0^t x(s)^p ds, linear between jumps
        value = self.value**power
        steps = np.diff(self.at, prepend=0.0)
        total = np.concatenate([[0.0], np.cumsum(value[:-1] * steps)])
        last = np.concatenate([[0.0], self.at])
        k = np.searchsorted(self.at, batches.bounds, side="right")
        return np.diff(total[k] + value[k] * (batches.bounds - last[k]))

    def moments(self, batches: Batches, moments: Array, days: float, *, power: int = 1) -> Array:
        """The same where only certain moments count, each for so many days."""
        seen = self.value[np.searchsorted(self.at, moments, side="left")]
        return batches.sums(moments, days * seen**power)
