"""Orders at random times, of the sizes that were seen one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.demand.distributions import WEEK, CompoundPoisson
from engine.demand.streams import Array

# Points of the lattice that a day's demand is counted on, and how far it reaches in standard deviations.
_POINTS, _REACH = 2**14, 12.0
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOrders(CompoundPoisson):
    """Compound Poisson demand whose sizes are those of a list, each as likely as another.

    Parameters
    ----------
    sizes : tuple of float
        Ascending, units; their mean is `order_size`.
    """

    sizes: tuple[float, ...]

    def increments(self, u: Array) -> Array:
        """Inversion in the distribution function of a day's demand."""
        chances, step = _day(self)
        return np.asarray(np.searchsorted(chances, np.minimum(u, chances[-1]), side="left") * step)

    def size_at(self, u: Array, *, biased: bool) -> Array:
        """By inversion in the list."""
        sizes = np.asarray(self.sizes)
        weight = np.cumsum(sizes if biased else np.ones(len(sizes)))
        return np.asarray(sizes[np.searchsorted(weight, u * weight[-1], side="left")])


def seen_orders(*, mean_per_week: float, cv: float, sizes: tuple[float, ...]) -> SeenOrders:
    """The process with a mean and a CV; where orders vary more or less than that, sizes are scaled and as many fewer.

    The weekly variance over the mean is s E[X^2] / E[X] of sizes s X.

    Parameters
    ----------
    mean_per_week, cv : float
    sizes : tuple of float
        Units, above zero.
    """
    listed = np.sort(np.asarray(sizes))
    scale = cv**2 * mean_per_week * listed.mean() / (listed**2).mean()
    # Whole units stay whole where orders vary as they should.
    scale = 1.0 if abs(scale - 1.0) < _ROUNDING else scale
    return SeenOrders(
        mean_per_week=mean_per_week, cv=cv, order_size=float(scale * listed.mean()),
        sizes=tuple((scale * listed).tolist()),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _day(made: SeenOrders) -> tuple[Array, float]:
    """Distribution function of a day's demand on a lattice, and its step.

    The transform of a compound Poisson sum is exp(rate (f - 1)) with f that of a size (Feller 1971, section XV.2); a
    size between two points is shared between them, which keeps its mean.
    """
    sizes = np.asarray(made.sizes)
    mean = made.mean_per_week / WEEK
    top = mean + _REACH * made.cv * made.mean_per_week / WEEK**0.5 + 2.0 * sizes[-1]
    step = top / _POINTS
    if (sizes == np.round(sizes)).all() and step <= 1.0:
        step = 1.0
    place = sizes / step
    low = np.floor(place).astype(np.int64)
    weight = np.bincount(low, weights=1.0 - (place - low), minlength=_POINTS)
    weight += np.bincount(low + 1, weights=place - low, minlength=_POINTS)
    of_size = np.fft.rfft(weight / len(sizes))
    chance = np.fft.irfft(np.exp(made.orders_per_day * (of_size - 1.0)), _POINTS)
    chances = np.cumsum(np.maximum(chance, 0.0))
    chances.setflags(write=False)
    return chances, float(step)
