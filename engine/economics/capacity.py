"""Scarce resources of an instance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Booleans, along
from engine.economics.prices import DAYS_PER_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Scarce resources, per bucket.

    Parameters
    ----------
    names : tuple of str
    bucket_days : float
    hours, overtime : shape (G,)
        Regular hours and most overtime per bucket.
    outsourcing : shape (G,)
        Whether hours can be bought outside.
    make_hours, assemble_hours : shape (I, G)
        Hours per unit.
    demand : shape (I, W)
        Demand of one bucket, zero for products that use no resource.
    """

    names: tuple[str, ...] = along("resource")
    bucket_days: float
    hours: Array = along("resource")
    overtime: Array = along("resource")
    outsourcing: Booleans = along("resource")
    make_hours: Array = along("product", "resource")
    assemble_hours: Array = along("product", "resource")
    demand: Array = along("product", "sample")

    @property
    def buckets_per_year(self) -> float:
        """Buckets in a year."""
        return DAYS_PER_YEAR / self.bucket_days

    @property
    def used(self) -> Booleans:
        """Whether a product uses a resource under any strategy, shape (I, G)."""
        return np.asarray((self.make_hours > 0.0) | (self.assemble_hours > 0.0))

    def mean_hours(self, rate: Array) -> Array:
        """Stock-driven hours per bucket of each product, strategy and resource, shape (I, 3, G)."""
        units = (rate * self.bucket_days)[:, None]
        none = np.zeros_like(self.make_hours)
        return np.stack([units * (self.make_hours + self.assemble_hours), units * self.make_hours, none], axis=1)

    def order_hours(self) -> Array:
        """Order-driven hours per unit of each product, strategy and resource, shape (I, 3, G)."""
        none = np.zeros_like(self.make_hours)
        return np.stack([none, self.assemble_hours, self.make_hours + self.assemble_hours], axis=1)
