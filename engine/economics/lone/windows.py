"""How long a stock is exposed, as nodes and weights over the moments of a cycle and over random lead times.

The observed instant is uniform in the review cycle, so time since the last review is uniform on (0, R) whatever the
lead time, and the exposure is W = LT + U. A fixed lead time makes W uniform; a gamma lead time gives it the density
(F(w) - F(w - R)) / R. Averages over W are taken by Gauss-Legendre quadrature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy import special

from engine.demand.streams import Array
from engine.scenario.arrays import Booleans, Integers

# Nodes by how sharply the demand of a cycle stands out from its spread, see `window_classes`; the last two are for
# random lead times.
_PANEL = 24
_NODES = (5, 8, _PANEL, 16, 4 * _PANEL, 17 * _PANEL, 64, 50 * _PANEL)
_RANDOM = 6
WINDOW_CLASSES = len(_NODES)
# Below these ratios of spread to a cycle's demand, 24, 96 and the 64 nodes of random lead times are steps of a stair.
_STAIRS, _FINE_STAIRS, _RANDOM_STAIRS = 0.07, 0.0175, 0.1
_TAIL = 1e-10
# Days that stand for an instant.
INSTANT = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Distribution of the window of each product; what is left of the weights is a window of length zero.

    Parameters
    ----------
    days, weights : shape (nodes, products)
    """

    days: Array
    weights: Array

    @property
    def mean(self) -> Array:
        """E t, days, shape (products,)."""
        return _weighted(self.weights, self.days)

    @property
    def square(self) -> Array:
        """E t^2, shape (products,)."""
        return _weighted(self.weights, self.days**2)

    @property
    def variance(self) -> Array:
        """Var t, shape (products,)."""
        return np.maximum(self.square - self.mean**2, 0.0)

    @property
    def total(self) -> Array:
        """Probability of a window at all, shape (products,)."""
        return _weighted(self.weights, np.ones_like(self.days))


def _weighted(weights: Array, values: Array) -> Array:
    """Sum over nodes, one after the other: the same for one product as among many."""
    total = np.zeros(weights.shape[1])
    for weight, value in zip(weights, values, strict=True):
        total += weight * value
    return total


def window_classes(
    lead_days: Array, cv: Array, wait_days: Array, review_days: float, *, noise_days: Array, blunt: Booleans
) -> Integers:
    """Products whose windows take the same nodes, shape (products,).

    A quantile as a function of the window's length is as smooth as demand is noisy: a cycle's mean demand beside the
    standard deviation at its end says how many nodes are exact.

    Parameters
    ----------
    lead_days, cv, wait_days : shape (products,)
    review_days : float
    noise_days : shape (products,)
        Variance of a day's demand over its squared mean.
    blunt : shape (products,)
        Demand whose tail is no smooth function of short windows (normal).
    """
    end = np.maximum(lead_days - wait_days + review_days, 0.0)
    # Who waits longer than all that has no window to be exact about.
    ratio = np.where(end > 0.0, np.sqrt(noise_days * end) / max(review_days, 1e-9), np.inf)
    kind = np.where(ratio > 0.8, 0, np.where(ratio > 0.25, 1, 2))
    kind = np.where(ratio < _STAIRS, np.where(ratio < _FINE_STAIRS, 5, 4), kind)
    short = blunt & (lead_days - wait_days < 0.5 * review_days)
    kind = np.where(short & (kind < 2), 3, kind)
    random = np.sqrt(noise_days * np.maximum(end, lead_days * cv)) / np.maximum(review_days + lead_days * cv, 1e-9)
    kind = np.where((cv > 0.0) & (lead_days > 0.0), _RANDOM + (random < _RANDOM_STAIRS), kind)
    return kind.astype(np.int64)


def cycle_windows(
    kind: int, lead_days: Array, cv: Array, wait_days: Array, review_days: float, *, only_longer: bool = False
) -> Exposure:
    """Windows (LT + U - wait)+ with U uniform on (0, R), averaged over the cycle.

    Parameters
    ----------
    kind : int
        From `window_classes`, the same for all products given.
    lead_days, cv, wait_days : shape (products,)
    review_days : float
        R; zero is continuous review.
    only_longer : bool
        A lead time within the wait exposes nothing (a part that is bought after the order).
    """
    if kind >= _RANDOM:
        return _random_windows(lead_days, cv, wait_days, review_days, nodes=_NODES[kind], only_longer=only_longer)
    start, end = lead_days - wait_days, lead_days - wait_days + review_days
    if review_days <= 0.0:
        return _single(np.maximum(start, 0.0))
    low = np.maximum(start, 0.0)
    length = np.maximum(end - low, 0.0)
    nodes, weights = _legendre(_NODES[kind])
    if kind >= 2:
        # Nodes crowd towards short windows, where demand changes fastest.
        nodes, weights = nodes**2, 2.0 * nodes * weights
    weight = weights[:, None] * (length / review_days)[None, :]
    if only_longer:
        weight = np.where(start[None, :] > 1e-9, weight, 0.0)
    return Exposure(days=low[None, :] + nodes[:, None] * length[None, :], weights=weight)


def fixed_windows(
    kind: int, lead_days: Array, cv: Array, wait_days: Array, more_days: float, *, only_longer: bool = False
) -> Exposure:
    """Windows (LT + more - wait)+ at one moment of the cycle: its start, its end."""
    if kind >= _RANDOM:
        return _random_windows(
            lead_days, cv, wait_days, 0.0, nodes=_NODES[kind], more_days=more_days, only_longer=only_longer
        )
    days = np.maximum(lead_days + more_days - wait_days, 0.0)
    return _single(np.where((lead_days - wait_days <= 1e-9) & only_longer, 0.0, days))


def no_windows(products: int) -> Exposure:
    """No window for any product."""
    return Exposure(days=np.zeros((0, products)), weights=np.zeros((0, products)))


def instant_windows(now: Exposure) -> tuple[Exposure, Exposure]:
    """The windows at both ends of an instant, `INSTANT` days, around each window."""
    before = np.maximum(now.days - 0.5 * INSTANT, 0.0)
    return replace(now, days=before), replace(now, days=before + INSTANT)


def ahead_windows(kind: int, lead_days: Array, cv: Array, wait_days: Array, review_days: float) -> Exposure:
    """Days by which windows are below zero, max(LT + U - wait, U - R) < 0, averaged over the cycle.

    Stock is ordered at the last review in time: where LT < wait, days below zero are even on (0, min(wait - LT, R)), so
    that tau of them have the density P(LT < wait - tau) / R.
    """
    if review_days <= 0.0:
        return no_windows(len(lead_days))
    random = kind >= _RANDOM
    top = np.clip(wait_days if random else wait_days - lead_days, 0.0, review_days)
    nodes, weights = _legendre(_NODES[kind])
    days = nodes[:, None] ** 2 * top[None, :]
    weight = (2.0 * nodes * weights)[:, None] * (top / review_days)[None, :]
    if random:
        weight = weight * special.gammainc(1.0 / cv**2, np.maximum(wait_days - days, 0.0) / (lead_days * cv**2))
    return Exposure(days=days, weights=weight)


def ahead_at_review(kind: int, lead_days: Array, cv: Array, wait_days: Array, review_days: float) -> Exposure:
    """The same at the start of the cycle: min((wait - LT)+, R) days."""
    if review_days <= 0.0:
        return no_windows(len(lead_days))
    if kind < _RANDOM:
        return _single(np.clip(wait_days - lead_days, 0.0, review_days))
    shape, scale = 1.0 / cv**2, lead_days * cv**2
    nodes, weights = _legendre(_NODES[kind])
    # Lead times from the last that comes a whole review before the wait, up to the wait.
    first, last = np.maximum(wait_days - review_days, 0.0), np.maximum(wait_days, 0.0)
    lead = first[None, :] + nodes[:, None] ** 2 * (last - first)[None, :]
    ratio = np.maximum(lead, 1e-300) / scale
    density = np.exp(special.xlogy(shape - 1.0, ratio) - ratio - special.gammaln(shape)) / scale
    weight = (2.0 * nodes * weights)[:, None] * (last - first)[None, :] * density
    total = _weighted(weight, np.ones_like(weight))
    whole = special.gammainc(shape, first / scale)
    mass = special.gammainc(shape, last / scale) - whole
    weight *= np.where(total > 0.0, mass / np.where(total > 0.0, total, 1.0), 0.0)[None, :]
    days = np.concatenate([np.maximum(wait_days - lead, 0.0), np.full((1, len(lead_days)), review_days)])
    return Exposure(days=days, weights=np.concatenate([weight, whole[None, :]]))


def _single(days: Array) -> Exposure:
    return Exposure(days=days[None, :], weights=(days > 0.0).astype(np.float64)[None, :])


def _random_windows(
    lead_days: Array, cv: Array, wait_days: Array, spread: float, *, nodes: int, more_days: float = 0.0,
    only_longer: bool,
) -> Exposure:
    """Windows of gamma lead times, with U uniform on (0, spread) or zero, and `more_days` on top."""
    shape, scale = 1.0 / cv**2, lead_days * cv**2
    floor = wait_days if only_longer else np.full(len(wait_days), -np.inf)
    at, weights = _legendre(nodes)
    least = np.maximum(special.gammaincinv(shape, _TAIL) * scale, np.maximum(floor, 0.0))
    low = np.maximum(least, wait_days - more_days)
    high = np.maximum(special.gammainccinv(shape, _TAIL) * scale + spread, low)
    x, w = at**2, 2.0 * at * weights
    lead = low[None, :] + x[:, None] * (high - low)[None, :]

    def below(at: Array) -> Array:
        return np.asarray(special.gammainc(shape, np.maximum(at, 0.0) / scale))

    if spread > 0.0:
        density = (below(lead) - below(np.maximum(lead - spread, floor[None, :]))) / spread
    else:
        ratio = lead / scale
        density = np.exp(special.xlogy(shape - 1.0, ratio) - ratio - special.gammaln(shape)) / scale
    weight = w[:, None] * density * (high - low)[None, :]
    total = np.zeros(len(low))
    for row in weight:
        total += row
    # The mass above the wait is known exactly; where the nodes see some of it, they carry all of it.
    mass = _mass_above(below, low, floor, spread)
    weight *= np.where(total > 0.0, mass / np.where(total > 0.0, total, 1.0), 0.0)[None, :]
    return Exposure(days=np.maximum(lead + more_days - wait_days, 0.0), weights=weight)


def _mass_above(below: Callable[[Array], Array], low: Array, floor: Array, spread: float) -> Array:
    """P(LT + U > low and LT > floor)."""
    reach = np.maximum(low, floor)
    if spread <= 0.0:
        return np.asarray(1.0 - below(reach))
    nodes, weights = _legendre(_NODES[_RANDOM])
    mass = np.zeros(len(low))
    for node, weight in zip(nodes, weights, strict=True):
        mass += weight * (1.0 - below(np.maximum(low - node * spread, floor)))
    return mass


@lru_cache(maxsize=8)
def _legendre(count: int) -> tuple[Array, Array]:
    """Nodes and weights on (0, 1); very many of them in panels: high degrees gain nothing on stairs."""
    panels = count // _PANEL if count > _PANEL and count % _PANEL == 0 else 1
    nodes, weights = np.polynomial.legendre.leggauss(count // panels)
    starts = np.arange(panels)[:, None]
    return ((starts + (nodes + 1.0) / 2.0) / panels).ravel(), np.tile(weights / 2.0 / panels, panels)
