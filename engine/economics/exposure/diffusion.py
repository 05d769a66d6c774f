"""What comes of its own order up to a unit of normal demand that falls due, window by window.

Brownian motion has no orders. Its shortage grows by the drift of what is short and by diffusion at the edge,

    l P(D > S) + sigma^2 / 2 f(S) = l P(D + U > S)   units a day, f the density of D (Ito-Tanaka formula).

U = m = sigma^2 / 2 l does it where D spreads by much more than m: over windows of weeks, in lots, beside other
products. Over a day or two m is no small part of the spread s of D, and the right side is off by m^2 f'(S) / 2. There
D = l t + s z has the U of its own place: s (y - z), y such that

    P(Z > y) + m / s phi(y) = P(Z > z),   Z standard normal,

which makes both sides equal at every level. Below y = -s / m the left side grows with the level; nobody stocks so
little.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import special

from engine.demand.distributions import Normal
from engine.demand.streams import Array
from engine.economics.processes import demand_processes
from engine.scenario.arrays import Booleans, Integers
from engine.scenario.scenario import Scenario

# Windows with m / s above this are as of this: of minutes.
_SHORTEST = 20.0
# Steps of Newton's method: to the last digits where stocks stand, to a thousandth far below the mean.
_STEPS = 12


def own_place(demand: Array, days: Array, made: Normal) -> Array:
    """U of windows of normal demand, units, of the shape of `demand`; that of long windows where there is no window.

    Parameters
    ----------
    demand : numpy.ndarray
        D(t).
    days : numpy.ndarray
        t.
    made : Normal

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
    return np.asarray(np.where(some, own, most))


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


def beyond_own_order(
    diffused: Mapping[int, Normal], owner: Integers, demand: Array, days: Array, own_order: Array
) -> Array | None:
    """U of windows less that of their products, shape (windows, W); None where it is the same everywhere.

    Parameters
    ----------
    diffused : mapping of int to Normal
        As of `diffused_products`.
    owner : shape (windows,)
    demand, days : shape (windows, W)
    own_order : shape (I, W)
    """
    of = np.flatnonzero(np.isin(owner, list(diffused)))
    if not of.size:
        return None
    beyond = np.zeros(demand.shape)
    for k in of.tolist():
        i = int(owner[k])
        beyond[k] = own_place(demand[k], days[k], diffused[i]) - own_order[i]
    return beyond
