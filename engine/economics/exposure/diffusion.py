"""What comes of its own order up to a unit of normal demand that falls due, window by window.

Brownian motion has no orders. Its shortage grows by the drift of what is short and by diffusion at the edge,

    l P(D > S) + sigma^2 / 2 f(S) = l P(D + U > S)   units a day, f the density of D (Ito-Tanaka formula).

U = m = sigma^2 / 2 l does it where D spreads by much more than m: over windows of weeks, in lots, beside other
products. Over a day or two m is no small part of the spread s of D, and the right side is off by m^2 f'(S) / 2. There
D = l t + s z has the U of its own place: s (y - z), y such that

    P(Z > y) + m / s phi(y) = P(Z > z),   Z standard normal,

which makes both sides equal at every level. Below y = -s / m the left side grows with the level; nobody stocks so
little. In lots every level counts, since they stand anywhere above it: where s is next to m, all have U = m.

Where supply comes for the whole order (t <= 0) units after it are short, not before: U is that of a gamma process of
the same mean and variance there, whose mean is m as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from engine.demand.distributions import Gamma, Normal
from engine.demand.own_order import own_orders
from engine.demand.streams import Array
from engine.economics.processes import demand_processes
from engine.scenario.arrays import Booleans, Integers
from engine.scenario.scenario import Scenario

# Windows with m / s above this are as of this: of minutes.
_SHORTEST = 20.0
# Of m / s in lots: a twentieth of m is lost with what the left side is above one.
_MOST_IN_LOTS = 0.75
# Steps of Newton's method: to the last digits where stocks stand, to a thousandth far below the mean.
_STEPS = 12


def own_place(demand: Array, days: Array, made: Normal, *, rest: Array | float = 0.0, lots: bool = False) -> Array:
    """U of windows of normal demand, units, of the shape of `demand`.

    Parameters
    ----------
    demand : numpy.ndarray
        D(t).
    days : numpy.ndarray
        t.
    made : Normal
    rest : numpy.ndarray
        U where t <= 0.
    lots : bool
        Whether what the window is for comes in lots.

    Examples
    --------
    Demand of 70 a week with a CV of 0.3: of windows of 100 days, of a day at its mean and of one at twice that.

    >>> made = Normal(mean_per_week=70.0, cv=0.3)
    >>> own_place(np.array([1000.0, 10.0, 20.0]), np.array([100.0, 1.0, 1.0]), made).round(2).tolist()
    [3.15, 3.0, 2.48]
    """
    mean, sigma = made.mean_per_week / 7.0, made.cv * made.mean_per_week / 7.0**0.5
    most = sigma**2 / (2.0 * mean)
    some = days > 0.0
    spread = sigma * np.sqrt(np.where(some, days, 1.0))
    share = np.minimum(most / spread, _SHORTEST)
    z = (demand - mean * days) / spread
    own = spread * (_edge(z, share) - z)
    if lots:
        own = np.where(share > _MOST_IN_LOTS, most, own)
    return np.where(some, own, rest)


def _edge(z: Array, share: Array) -> Array:
    """The y with P(Z > y) + share phi(y) = P(Z > z), on the side where the left falls.

    By Newton's method on logarithms, which are concave there: from y(z) <= max(z, 0) + share on it never passes y.
    """
    goal, y = special.log_ndtr(-z), np.maximum(z, 0.0) + share
    for _ in range(_STEPS):
        density = np.exp(-0.5 * y * y) / np.sqrt(2.0 * np.pi)
        left = special.ndtr(-y) + share * density
        y = y + (np.log(left) - goal) * left / (density * (1.0 + share * y))
    return np.asarray(y)


def diffused_products(scenario: Scenario, *, seasonal: Booleans | None, several: Integers) -> dict[int, Normal]:
    """Products of normal demand whose windows are normal: no common factor, no season, one kind of customers.

    Parameters
    ----------
    scenario : Scenario
    seasonal : shape (I,), or None
    several : numpy.ndarray of int
        Products whose customers wait differently.
    """
    normal = scenario.products["distribution"].to_numpy() == "normal"
    normal[several] = False
    if seasonal is not None:
        normal &= ~seasonal
    if scenario.settings.demand.common_factor_cv > 0.0:
        normal[:] = False
    rows = np.flatnonzero(normal).tolist()
    made = zip(rows, demand_processes(scenario, rows), strict=True)
    return {i: one for i, one in made if isinstance(one, Normal) and one.mean_per_week > 0.0}


@dataclass(frozen=True, slots=True)
class Diffused:
    """Normal demand of some products in the windows that units falling due find.

    Parameters
    ----------
    made : mapping of int to Normal
        As of `diffused_products`.
    rest : mapping of int to shape (W,)
        U of each where supply comes for the whole order.
    """

    made: Mapping[int, Normal]
    rest: Mapping[int, Array]

    @classmethod
    def of(cls, made: Mapping[int, Normal], names: Sequence[str], *, seed: int, samples: int) -> Diffused:
        """Of products by their names, one per product of the scenario."""
        gamma = [Gamma(mean_per_week=one.mean_per_week, cv=one.cv) for one in made.values()]
        orders = own_orders(gamma, [names[i] for i in made], seed=seed, samples=samples)
        return cls(made, dict(zip(made, orders, strict=True)))

    def own_orders(self, own_order: Array, demand: Array, days: Array, lots: Booleans) -> Array:
        """U of each product in its window, shape (I, W), from those that are the same in all and the windows'.

        Parameters
        ----------
        own_order, demand, days : shape (I, W)
        lots : shape (I,)
        """
        own = own_order.copy()
        for i in self.made:
            own[i] = self._own(i, demand[i], days[i], lots=lots[i])
        return own

    def beyond(self, own_order: Array, owner: Integers, demand: Array, days: Array, lots: Booleans) -> Array | None:
        """U of windows less that of their products, shape (windows, W); None where it is the same everywhere.

        Parameters
        ----------
        own_order : shape (I, W)
        owner : shape (windows,)
        demand, days : shape (windows, W)
        lots : shape (windows,)
        """
        of = np.flatnonzero(np.isin(owner, list(self.made)))
        if not of.size:
            return None
        beyond = np.zeros(demand.shape)
        for k in of.tolist():
            i = int(owner[k])
            beyond[k] = self._own(i, demand[k], days[k], lots=lots[k]) - own_order[i]
        return beyond

    def _own(self, i: int, demand: Array, days: Array, *, lots: np.bool_) -> Array:
        return own_place(demand, days, self.made[i], rest=self.rest[i], lots=bool(lots))
