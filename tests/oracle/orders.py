"""Order streams: when orders come and how large they are, drawn one by one and never by windows."""

from dataclasses import dataclass

import numpy as np
from scipy.special import exp1

from tests.oracle.plant import Product

# Orders of a gamma process smaller than this share of its scale come as equal small ones, mean and variance kept.
SMALL = 0.02


@dataclass(frozen=True)
class Orders:
    """The orders of one product: times since each run began plus its offset (ascending), sizes, and the run of each."""

    time: np.ndarray
    size: np.ndarray
    run: np.ndarray


def draw_orders(made: Product, rng: np.random.Generator, *, runs: int, days: float, apart: float) -> Orders:
    """Orders over `days` in each of `runs` runs, which lie `apart` on one axis of time."""
    rate = order_rate(made)
    count = rng.poisson(rate * days * runs)
    time = np.sort(rng.uniform(0.0, days * runs, count))
    run = np.minimum((time / days).astype(np.int64), runs - 1)
    return Orders(time=time + run * (apart - days), size=order_sizes(made, rng, count), run=run)


def order_rate(made: Product) -> float:
    """Orders a day."""
    if made.family == "poisson":
        return made.rate
    if made.family == "compound_poisson":
        return made.rate / made.order_size
    if made.family == "negative_binomial":
        # Logarithmic orders: the variance of a unit of mean is 1 / (1 - p).
        p = 1.0 - 1.0 / (made.cv**2 * made.week)
        return -made.rate * (1.0 - p) / p * np.log1p(-p)
    # A gamma process has jumps of density shape e^(-x/scale) / x; the small ones, of mean SMALL/2 by size, come at 2.
    return (exp1(SMALL) + 2.0) / (7.0 * made.cv**2)


def order_sizes(made: Product, rng: np.random.Generator, count: int) -> np.ndarray:
    """Units of each order."""
    if made.family == "poisson":
        return np.ones(count)
    if made.family == "compound_poisson":
        spread = made.cv**2 * made.week / made.order_size - 1.0
        if spread < 1e-9:
            return np.full(count, made.order_size)
        return rng.gamma(1.0 / spread, made.order_size * spread, count)
    if made.family == "negative_binomial":
        return rng.logseries(1.0 - 1.0 / (made.cv**2 * made.week), count).astype(float)
    if made.family != "gamma":
        message = f"no orders are known of {made.family} demand"
        raise ValueError(message)
    scale = made.week * made.cv**2
    size = np.exp(np.linspace(np.log(SMALL), np.log(50.0), 20_001))
    above = exp1(size) / exp1(SMALL)
    large = np.interp(1.0 - rng.uniform(size=count), above[::-1], size[::-1])
    small = rng.uniform(size=count) < 2.0 / (exp1(SMALL) + 2.0)
    return scale * np.where(small, SMALL / 2.0, large)


def units_of(orders: Orders, *, whole: bool, most: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Orders taken apart: the order, the units up to and with each piece, and its weight in units.

    Whole units one by one; others in equal pieces of at most `most`, each looked at in one random place.
    """
    pieces = orders.size if whole else np.ceil(orders.size / most)
    pieces = np.maximum(pieces.astype(np.int64), 1)
    order = np.repeat(np.arange(len(pieces)), pieces)
    first = np.cumsum(pieces) - pieces
    number = np.arange(len(order)) - first[order]
    weight = orders.size[order] / pieces[order]
    place = 1.0 if whole else rng.uniform(size=len(order))
    return order, (number + place) * weight, weight
