"""Lead times of supply: fixed, or wandering so slowly that no delivery overtakes another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from engine.demand.streams import Array

# The steeper a lead time may fall, the more deliveries would overtake: its slope has this standard deviation.
SLOPE = 0.2
# Lead times are looked up on a grid this fine, relative to the time between two independent values.
GRID = 16
# Lead times out of a list jump, and every jump is blurred by its own height: they need longer between jumps.
LIST_SLOWER = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """How long supply takes.

    Parameters
    ----------
    mean_days : float
    cv : float
        Coefficient of variation of a gamma lead time.
    values : tuple of float
        Equally likely lead times instead of a gamma.
    crossing : bool
        Every lead time by itself, so that deliveries may overtake (Palm's case); otherwise they wander slowly.
    """

    mean_days: float
    cv: float = 0.0
    values: tuple[float, ...] = ()
    crossing: bool = False

    @property
    def random(self) -> bool:
        """Whether it varies at all."""
        return bool(self.values) or (self.cv > 0.0 and self.mean_days > 0.0)

    @property
    def sd_days(self) -> float:
        """Standard deviation."""
        return float(np.std(self.values)) if self.values else self.cv * self.mean_days

    def quantile(self, u: Array) -> Array:
        """Lead times at given probabilities."""
        if self.values:
            ordered = np.sort(np.asarray(self.values))
            return np.asarray(ordered[np.minimum((u * ordered.size).astype(np.int64), ordered.size - 1)])
        if not self.random:
            return np.full(u.shape, self.mean_days)
        return np.asarray(special.gammaincinv(1.0 / self.cv**2, u) * self.mean_days * self.cv**2)

    def clock(self, rng: np.random.Generator, days: float) -> Callable[[float], float]:
        """The lead time of an order placed at a given time of the run."""
        if not self.random:
            fixed = self.mean_days
            return lambda _now: fixed
        if self.crossing:
            drawn: list[float] = []

            def fresh(_now: float) -> float:
                if not drawn:
                    drawn.extend(self.quantile(rng.random(1024)).tolist())
                return drawn.pop()

            return fresh
        # A normal value that turns from one independent draw into the next, sin^2 + cos^2 = 1, keeps its variance.
        apart = max(np.pi / 2.0 / SLOPE * self.sd_days * (LIST_SLOWER if self.values else 1.0), 0.25)
        knots = rng.standard_normal(int(np.ceil(days / apart)) + 2)
        turn = np.arange((knots.size - 1) * GRID) / GRID
        first, share = turn.astype(np.int64), np.mod(turn, 1.0) * np.pi / 2.0
        wander = np.cos(share) * knots[first] + np.sin(share) * knots[first + 1]
        table = self.quantile(special.ndtr(wander)).tolist()
        step, last = apart / GRID, len(table) - 1
        return lambda now: table[min(int(now / step), last)]
