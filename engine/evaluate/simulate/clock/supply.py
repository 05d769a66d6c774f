"""Lead times of supply: fixed, or wandering so slowly that no delivery overtakes another."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.ticks import TICKS_PER_DAY, on_ticks
from engine.scenario.arrays import Integers

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

    def at_normal(self, z: Array) -> Array:
        """Lead times at given normal values, to a millionth of their mean."""
        if self.values or not self.random:
            return self.quantile(special.ndtr(z))
        grid, factor = _gamma_at_normal(self.cv)
        return np.asarray(np.interp(z, grid, factor) * self.mean_days)

    def clock(self, rng: np.random.Generator, days: float) -> Clock:
        """The lead times of orders placed in a run of so many days."""
        if not self.random:
            return Clock(self, np.zeros(1), math.inf)
        if self.crossing:
            return FreshClock(self, rng)
        # A normal value that turns from one independent draw into the next, sin^2 + cos^2 = 1, keeps its variance.
        apart = max(np.pi / 2.0 / SLOPE * self.sd_days * (LIST_SLOWER if self.values else 1.0), 0.25)
        knots = rng.standard_normal(int(np.ceil(days / apart)) + 2)
        turn = np.arange((knots.size - 1) * GRID) / GRID
        first, share = turn.astype(np.int64), np.mod(turn, 1.0) * np.pi / 2.0
        wander = np.cos(share) * knots[first] + np.sin(share) * knots[first + 1]
        return Clock(self, wander, apart / GRID)


@lru_cache(maxsize=64)
def _gamma_at_normal(cv: float) -> tuple[Array, Array]:
    """Normal values, and gamma values of mean 1 and this CV at the same probabilities; shapes (values,)."""
    grid = np.linspace(-8.0, 8.0, 2**13 + 1)
    return grid, np.asarray(special.gammaincinv(1.0 / cv**2, special.ndtr(grid)) * cv**2)


class Clock:
    """The lead time of an order placed at a given time of the run.

    Parameters
    ----------
    supply : Supply
    wander : shape (steps,)
        Normal values, one after the other; the last holds from then on.
    step : float
        Days that each holds.
    """

    def __init__(self, supply: Supply, wander: Array, step: float) -> None:
        self.supply, self.wander, self.step = supply, wander, step
        # Only those that are asked for: quantiles of a gamma take their time.
        self.looked_up = np.full(wander.shape, np.nan)

    def __call__(self, now: float) -> float:
        """Days of an order placed now."""
        return float(self.of(np.array([now]))[0])

    def of(self, at: Array) -> Array:
        """Days of orders placed one after the other, shape of `at`."""
        return self._held(np.minimum((at / self.step).astype(np.int64), self.wander.size - 1))

    def _held(self, step: Integers) -> Array:
        """Days that hold during some steps."""
        new = np.unique(step[np.isnan(self.looked_up[step])])
        self.looked_up[new] = on_ticks(self.supply.at_normal(self.wander[new]))
        return np.asarray(self.looked_up[step])

    def latest(self, due: Array) -> Array:
        """When an order has to be placed at the latest to come in by then, shape of `due`; below zero before the run.

        Lead times are known when an order is placed, as the plan's samples have it.
        """
        if not self.supply.random:
            return due - on_ticks(self.supply.mean_days)
        steps = np.arange(self.wander.size)
        begins, lead = np.ceil(steps * self.step * TICKS_PER_DAY) / TICKS_PER_DAY, self._held(steps)
        # What is ordered during step k comes from begins_k + lead_k on, and behind the last of what was ordered before.
        comes = begins + lead
        comes[1:] = np.maximum(comes[1:], begins[1:] + lead[:-1])
        step = np.maximum(np.searchsorted(np.maximum.accumulate(comes), due, side="right") - 1, 0)
        ends = np.append(begins[1:], np.inf)
        return np.asarray(np.minimum(due - lead[step], ends[step] - 1.0 / TICKS_PER_DAY))


class FreshClock(Clock):
    """A lead time of its own for every order, whenever it is placed: nobody knows it before."""

    def __init__(self, supply: Supply, rng: np.random.Generator) -> None:
        super().__init__(supply, np.zeros(0), math.inf)
        self.rng, self.drawn = rng, deque[float]()

    def of(self, at: Array) -> Array:
        """Days of the next orders."""
        while len(self.drawn) < at.size:
            self.drawn.extend(on_ticks(self.supply.quantile(self.rng.random(1024))).tolist())
        return np.array([self.drawn.popleft() for _ in range(at.size)], dtype=np.float64)

    def latest(self, due: Array) -> Array:
        """The same by the mean lead time."""
        return due - on_ticks(self.supply.mean_days)
