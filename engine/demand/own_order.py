"""How much of its own order comes before, and with, a unit that falls due: what makes an order late in part.

Demand up to a moment is D(t); a unit falling due then finds D(t) ahead of it and U of its own order. It is late where
D(t) + U exceeds what has been supplied, so that late units a day are rate x P(D(t) + U > S + V): the derivative of
E(D(t) - S - V)+ with respect to t, for every process with independent increments (compensation formula of a Levy
process; Bertoin 1996, section O.5). U is a uniform share of a size-biased order.

An order is delivered whole and on time (OTIF) where all of it is there: D(t) + Z <= S + V, Z the size of an order, each
order counting alike. Demand that comes without single orders (gamma, normal, constant, resampled weeks) is asked for in
orders of the product's order size.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.demand.distributions import CompoundPoisson, Gamma, NegativeBinomial, Normal, Poisson, Process
from engine.demand.streams import Array, uniforms_of_many

_SHARE, _SIZE = "place in the order", "size of the order"


def own_orders(processes: Sequence[Process], keys: Sequence[str], *, seed: int, samples: int) -> Array:
    """U of each product in each sample, shape (products, samples), units.

    Parameters
    ----------
    processes, keys : sequences, one per product
    seed : int
    samples : int
    """
    share = uniforms_of_many(seed, _SHARE, keys, rows=1, samples=samples)[:, 0]
    size = uniforms_of_many(seed, _SIZE, keys, rows=1, samples=samples)[:, 0]
    return np.stack([own_order(made, share[k], size[k]) for k, made in enumerate(processes)]) if keys else share


def own_order(made: Process, share: Array, size: Array) -> Array:
    """U from two uniforms of the same shape.

    Gamma: the jumps have the density e^(-x/b)/x, size-biased exponential. Compound Poisson with gamma sizes: gamma with
    one more in shape. Negative binomial: logarithmic sizes, size-biased geometric (Quenouille 1949). Single units are
    whole; constant demand and resampled weeks have no jumps. Nor has Brownian motion, but its shortage grows by
    diffusion, too: by l P(D > S) + sigma^2 / 2 f(S) a day, nearly l P(D + U > S) with U = sigma^2 / 2 l. That is the
    mean of U of every process with independent increments of this mean and variance, whatever its orders; windows of
    days have a U of their own (`engine.economics.exposure.diffusion`).

    Parameters
    ----------
    made : Process
    share, size : numpy.ndarray
        Uniform: the place in the order, and its size.
    """
    if isinstance(made, Gamma):
        return np.asarray(share * -np.log1p(-size) * made.mean_per_week * made.cv**2)
    if isinstance(made, Poisson):
        return np.ones_like(share)
    if isinstance(made, NegativeBinomial):
        variance_ratio = made.cv**2 * made.mean_per_week
        # P(size = k) = (1 - p) p^(k-1) with 1 - p = mean / variance.
        biased = np.ceil(np.log1p(-size) / np.log1p(-1.0 / variance_ratio))
        return np.asarray(np.ceil(share * np.maximum(biased, 1.0)))
    if isinstance(made, CompoundPoisson):
        return share * made.size_at(size, biased=True)
    if isinstance(made, Normal):
        return np.full_like(share, 0.5 * made.cv**2 * made.mean_per_week)
    return np.zeros_like(share)


def whole_orders(
    processes: Sequence[Process], keys: Sequence[str], order_sizes: Array, *, seed: int, samples: int
) -> Array:
    """Z of each product in each sample, shape (products, samples), units.

    Parameters
    ----------
    processes, keys : sequences, one per product
    order_sizes : shape (products,)
        Units of an order where the process has no single orders.
    seed : int
    samples : int
    """
    share = uniforms_of_many(seed, _SHARE, keys, rows=1, samples=samples)[:, 0]
    size = uniforms_of_many(seed, _SIZE, keys, rows=1, samples=samples)[:, 0]
    whole = [whole_order(made, float(order_sizes[k]), share[k], size[k]) for k, made in enumerate(processes)]
    return np.stack(whole) if keys else share


def whole_order(made: Process, order_size: float, share: Array, size: Array) -> Array:
    """Z from two uniforms of the same shape.

    Single units of Poisson demand; gamma sizes of compound Poisson demand; logarithmic sizes of negative binomial
    demand (Quenouille 1949), drawn as geometric with a random parameter (Kemp 1981, algorithm LK).
    """
    if isinstance(made, Poisson):
        return np.ones_like(share)
    if isinstance(made, NegativeBinomial):
        # P(size = k) is proportional to p^k / k with 1 - p = mean / variance.
        log_rest = -np.log(made.cv**2 * made.mean_per_week)
        geometric = -np.expm1(share * log_rest)
        return np.asarray(np.floor(1.0 + np.log1p(-size) / np.log(np.maximum(geometric, 1e-300))))
    if isinstance(made, CompoundPoisson):
        return made.size_at(size, biased=False)
    return np.full_like(share, order_size)
