"""Shortage of a stock over the windows of a cycle and over its batch: X = D(t) - V, averaged over both.

Windows of a stock that comes in batches may be below zero: what has come before it falls due fills a reorder level
below zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt
from scipy import special

from engine.demand.streams import Array
from engine.economics.lone.demand import Before, Demands, demands
from engine.economics.lone.windows import Exposure
from engine.economics.optima.losses import Family
from engine.scenario.arrays import Integers

_STEPS = 80
# Values of windows and products that are worked on at once.
_AT_ONCE = 1 << 14
_SHORT_STEP = 1e-4
_NARROW = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """X = D(t) - V of products of one family.

    Parameters
    ----------
    demands : Demands
        One window per node.
    weights : shape (nodes, products)
    ahead : Demands
        Of windows below zero, without any where nothing comes in batches.
    ahead_weights : shape (nodes, products)
    none : shape (products,)
        Probability of a window of length zero, in which nothing is asked for.
    batch : shape (products,)
        Q, zero where there is none; V is uniform on (0, Q), or on 1..Q where units are whole.
    mean, sd : shape (products,)
        Of D(t) over all windows.
    """

    demands: Demands
    weights: Array
    ahead: Demands
    ahead_weights: Array
    none: Array
    batch: Array
    mean: Array
    sd: Array

    @property
    def integer(self) -> bool:
        """Whether levels are whole."""
        return self.demands.integer

    def take(self, which: Integers) -> Shortage:
        """The same of some products."""
        return Shortage(
            demands=self.demands.take(which), weights=self.weights[:, which], ahead=self.ahead.take(which),
            ahead_weights=self.ahead_weights[:, which], none=self.none[which], batch=self.batch[which],
            mean=self.mean[which], sd=self.sd[which],
        )  # fmt: skip

    def _windows(self) -> Iterator[tuple[Demands | Before, Array]]:
        """Windows with their weights, those below zero too."""
        yield from _in_slabs(self.demands, self.weights)
        for some, weights in _in_slabs(self.ahead, self.ahead_weights):
            yield Before(demands=some), weights

    def tail(self, level: Array) -> tuple[Array, Array]:
        """P(X > S), and minus its slope in S; both shape (products,)."""
        batch, step = self.batch, 1.0 if self.integer else 0.0
        some = batch > 0.0
        above, density = np.zeros(len(batch)), np.zeros(len(batch))
        if not some.any():
            for windows, weights in _in_slabs(self.demands, self.weights):
                now, at = windows.tail(level)
                above += (weights * now).sum(axis=0)
                density += (weights * at).sum(axis=0)
            return above + self.none * (level < 0.0), density
        if not some.all():
            for which in (np.flatnonzero(some), np.flatnonzero(~some)):
                above[which], density[which] = self.take(which).tail(level[which])
            return above, density
        low, high = level + step, level + step + batch
        for side, weights in self._windows():
            short, now = side.loss(low)
            less, later = side.loss(high)
            above += (weights * (short - less)).sum(axis=0)
            density += (weights * (now - later)).sum(axis=0)
        nothing = np.maximum(-low, 0.0) - np.maximum(-high, 0.0)
        above += self.none * nothing
        density += self.none * ((low < 0.0).astype(np.float64) - (high < 0.0))
        return np.clip(above / batch, 0.0, 1.0), np.maximum(density / batch, 0.0)

    def backlog(self, level: Array) -> Array:
        """E(X - S)+, shape (products,)."""
        batch, step = self.batch, 1.0 if self.integer else 0.0
        some = batch > 0.0
        total = np.zeros(len(batch))
        if some.any() and not some.all():
            for which in (np.flatnonzero(some), np.flatnonzero(~some)):
                total[which] = self.take(which).backlog(level[which])
            return total
        if not some.any():
            for windows, weights in _in_slabs(self.demands, self.weights):
                total += (weights * windows.loss(level)[0]).sum(axis=0)
            return np.asarray(total + self.none * np.maximum(-level, 0.0))
        low, high = level + step, level + step + batch
        for side, weights in self._windows():
            total += (weights * (side.loss2(low) - side.loss2(high))).sum(axis=0)
        return np.maximum(total / batch + self.none * self.owed(level), 0.0)

    def owed(self, level: Array) -> Array:
        """E(-S - V)+, shape (products,): what a position below zero is short by, though nothing is asked for."""
        step = 1.0 if self.integer else 0.0
        low, high = (np.maximum(-at, 0.0) for at in (level + step, level + step + self.batch))
        some = self.batch > 0.0
        mean = (low * (low + step) - high * (high + step)) / 2.0 / np.where(some, self.batch, 1.0)
        return np.where(some, mean, np.maximum(-level, 0.0))

    def below_zero(self, level: Array) -> Array:
        """P(S + V < 0), shape (products,), levels without a batch included."""
        low, some = level + (1.0 if self.integer else 0.0), self.batch > 0.0
        share = np.clip(np.divide(-low, self.batch, where=some, out=np.zeros_like(low)), 0.0, 1.0)
        return np.where(some, share, (level < 0.0).astype(np.float64))

    @property
    def position(self) -> Array:
        """E V, shape (products,)."""
        return np.where(self.batch > 0.0, (self.batch + (1.0 if self.integer else 0.0)) / 2.0, 0.0)


def _in_slabs(windows: Demands, weights: Array) -> Iterator[tuple[Demands, Array]]:
    """Windows of all products with their weights, so many at a time as fit a core's cache."""
    rows = max(1, _AT_ONCE // max(weights.shape[1], 1))
    for first in range(0, len(weights), rows):
        some = slice(first, first + rows)
        yield windows.windows(some), weights[some]


def shortage(
    family: Family, *, mean_per_day: Array, variance_per_day: Array, exposure: Exposure, batch: Array, ahead: Exposure
) -> Shortage:
    """Shortage of products of one family under the distribution of their windows, those ahead below zero."""
    days = exposure.mean - ahead.mean
    spread = np.maximum(exposure.square + ahead.square - days**2, 0.0)

    def over(windows: Exposure) -> Demands:
        return demands(family, mean_per_day=mean_per_day, variance_per_day=variance_per_day, days=windows.days)

    return Shortage(
        demands=over(exposure), weights=exposure.weights, ahead=over(ahead), ahead_weights=ahead.weights,
        none=np.clip(1.0 - exposure.total - ahead.total, 0.0, 1.0), batch=batch, mean=mean_per_day * days,
        sd=np.sqrt(variance_per_day * (exposure.mean + ahead.mean) + mean_per_day**2 * spread),
    )  # fmt: skip


def quantile(shortage: Shortage, goal: Array, low: Array) -> Array:
    """The least S, at least `low`, with P(X > S) <= goal; whole where units are.

    Newton's method on the logarithm of the tail, which is nearly straight, kept between bounds that Cantelli's
    inequality gives first.

    Parameters
    ----------
    shortage : Shortage
    goal : shape (products,)
        In (0, 1].
    low : shape (products,)

    Returns
    -------
    numpy.ndarray, shape (products,)
    """
    goal = np.clip(goal, 1e-9, 1.0)
    level = low.copy()
    enough = shortage.tail(low)[0] <= goal
    todo = np.flatnonzero(~enough)
    if not todo.size:
        return level
    part, aim = shortage.take(todo), goal[todo]
    spread = np.sqrt(part.sd**2 + part.batch**2 / 12.0)
    center = part.mean - part.position
    bottom = low[todo]
    # Cantelli: P(X > mean + z sd) <= 1 / (1 + z^2).
    top = np.maximum(center + spread * np.sqrt((1.0 - aim) / aim) * (1.0 + 1e-9) + 1.0, bottom + 1.0)
    at = np.clip(_guess(part, aim), bottom, top)
    search = _search_whole if part.integer else _search
    result = search(part, aim, at, bottom, top)
    level[todo] = result
    return level


def _search(shortage: Shortage, goal: Array, start: Array, bottom: Array, top: Array) -> Array:
    """The root of the tail between bounds; where the tail jumps, the upper bound is where it is low enough."""
    at, low, high = start.copy(), bottom.copy(), top.copy()
    scale = np.sqrt(shortage.sd**2 + shortage.batch**2 / 12.0)
    scale = np.where(scale > 0.0, scale, 1.0)
    result = high.copy()
    active = np.arange(len(goal))
    for _ in range(_STEPS):
        now = shortage.take(active) if len(active) < len(goal) else shortage
        s = at[active]
        over, newton = _step(now, goal[active], s)
        low[active] = np.where(over, s, low[active])
        high[active] = np.where(over, high[active], s)
        lo, hi = low[active], high[active]
        inside = np.isfinite(newton) & (newton >= lo) & (newton <= hi)
        after = np.where(inside, newton, 0.5 * (lo + hi))
        # Newton's method squares the error: the step after one this short is far below rounding of the cost.
        done = ((np.abs(after - s) <= _SHORT_STEP * scale[active]) & inside) | (hi - lo <= _NARROW * scale[active])
        at[active] = after
        result[active] = np.where(inside, after, hi)
        active = active[~done]
        if not active.size:
            break
    return result


def _search_whole(shortage: Shortage, goal: Array, start: Array, bottom: Array, top: Array) -> Array:
    """The least whole level at which the tail is low enough; it is not at `bottom`, and it is at `top`."""
    low, high = bottom.copy(), np.ceil(top)
    at = np.clip(np.ceil(start), low + 1.0, high)
    active = np.flatnonzero(_apart(low, high))
    for step in count():
        if not active.size:
            break
        s = at[active]
        over, newton = _step(shortage.take(active), goal[active] * (1.0 + 1e-12), s)
        low[active] = np.where(over, s, low[active])
        high[active] = np.where(over, high[active], s)
        lo, hi = low[active], high[active]
        wanted = np.where(np.isfinite(newton), np.ceil(newton), np.ceil(0.5 * (lo + hi)))
        # Far outside, the slope was of no use; next to a bound, the neighbour decides.
        wanted = np.where((wanted > hi) & (hi - lo > 8.0), np.ceil(0.5 * (lo + hi)), wanted)
        if step % 4 == 3:
            # Demand that hardly varies has a tail like stairs, on which Newton's method goes up and down.
            wanted = np.ceil(0.5 * (lo + hi))
        at[active] = np.clip(wanted, lo + 1.0, hi - 1.0)
        active = active[_apart(lo, hi)]
    return high


def _apart(low: Array, high: Array) -> npt.NDArray[np.bool_]:
    """Whether a whole number lies between, as far as numbers of this size tell."""
    return high - low > np.maximum(1.0, 4.0 * np.spacing(high))


def _step(shortage: Shortage, goal: Array, level: Array) -> tuple[npt.NDArray[np.bool_], Array]:
    """Whether the tail is above the goal, and Newton's next level on its logarithm."""
    above, density = shortage.tail(level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return above > goal, level + np.log(above / goal) * above / density


def _guess(shortage: Shortage, goal: Array) -> Array:
    """A gamma or normal with the mean and variance of X; where the batch is wide beside demand, the batch alone."""
    mean, sd = shortage.mean, np.maximum(shortage.sd, 1e-300)
    normal = mean + sd * _normal_quantile(1.0 - goal)
    # Below zero on average, where much comes early, no gamma has its moments.
    skewed = mean > 1e-12 * sd
    if shortage.demands.family == "normal" or not skewed.any():
        from_demand = normal
    else:
        shape = np.where(skewed, mean / sd, 1.0) ** 2
        # Wilson & Hilferty (1931); for small shapes the tail is nearly exponential.
        cube = 1.0 - 1.0 / (9.0 * shape) + _normal_quantile(1.0 - goal) / (3.0 * np.sqrt(shape))
        gamma = np.where(cube > 0.3, mean * np.abs(cube) ** 3, sd * np.log1p(1.0 / goal) * 0.5)
        from_demand = np.where(skewed, gamma, normal)
    wide = shortage.batch > 3.5 * sd
    return np.where(wide, shortage.mean - goal * shortage.batch, from_demand - 0.5 * shortage.batch)


def _normal_quantile(p: Array) -> Array:

    return np.asarray(special.ndtri(np.clip(p, 1e-12, 1.0 - 1e-12)))
