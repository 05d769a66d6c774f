"""Scarce resources in numbers: hours there are, hours that products take, demand of a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Booleans, Integers, along
from engine.economics.prices import DAYS_PER_YEAR, MTS
from engine.scenario.columns import STAGES
from engine.scenario.scenario import Scenario


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
    pace : shape (I, W) or None
        What is made ahead of assembly in the bucket over its mean, which follows the season; None where no product has
        one.
    stock_pace : shape (I, W) or None
        Work of stock orders in the bucket over its mean, which is even where a product needs hours that cannot be
        bought; None where all are.
    """

    names: tuple[str, ...] = along("resource")
    bucket_days: float
    hours: Array = along("resource")
    overtime: Array = along("resource")
    outsourcing: Booleans = along("resource")
    make_hours: Array = along("product", "resource")
    assemble_hours: Array = along("product", "resource")
    demand: Array = along("product", "sample")
    pace: Array | None = along("product", "sample", optional=True)
    stock_pace: Array | None = along("product", "sample", optional=True)

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

    def hours_of(self, rate: Array, product: Integers, strategy: Integers, resource: Integers | int) -> Array:
        """Hours per bucket in each sample (C5), shape (n, W).

        Order-driven ones come from the demand of the bucket, the others as stock orders and the season bring them.

        Parameters
        ----------
        rate : shape (I,)
            Units a day.
        product, strategy, resource : shape (n,)
            The last may be one for all.
        """
        ordered = self.order_hours()[product, strategy, resource][:, None] * self.demand[product]
        return np.asarray(ordered + self.paced(product, strategy, self.mean_hours(rate)[product, strategy, resource]))

    def paced(self, product: Integers, strategy: Integers, hours: Array) -> Array:
        """Stock-driven hours of products under strategies in each sample, shape (n, W), or (n, 1) where alike.

        Parameters
        ----------
        product, strategy : shape (n,)
        hours : shape (n,)
            At the mean rate.
        """
        if self.pace is None and self.stock_pace is None:
            return hours[:, None]
        paced = np.repeat(hours[:, None], self.demand.shape[1], axis=1)
        for pace, made in ((self.stock_pace, strategy == MTS), (self.pace, strategy != MTS)):
            if pace is not None:
                paced[made] *= pace[product[made]]
        return paced

    def order_hours(self) -> Array:
        """Order-driven hours per unit of each product, strategy and resource, shape (I, 3, G)."""
        none = np.zeros_like(self.make_hours)
        return np.stack([none, self.assemble_hours, self.make_hours + self.assemble_hours], axis=1)


def capacity_of(
    scenario: Scenario, rows: Mapping[str, int], bucket: Array, pace: Array | None, stock_pace: Array
) -> Capacity | None:
    """The resources of a scenario; None where there are none.

    Parameters
    ----------
    scenario : Scenario
    rows : mapping of str to int
        Places of products.
    bucket, pace, stock_pace : shape (I, W)
        As `demand` and the fields of these names.
    """
    if not len(scenario.resources):
        return None
    weeks = scenario.settings.capacity_bucket_days / 7.0
    frame = scenario.resources
    index = {str(name): g for g, name in enumerate(frame["resource"])}
    hours = {stage: np.zeros((len(rows), len(index))) for stage in STAGES}
    for line in scenario.routing.itertuples():
        at = rows[str(line.product)], index[str(line.resource)]
        hours[str(line.stage)][at] += float(str(line.hours_per_unit))
    outsourcing = frame["outsourcing_cost_per_hour"].notna().to_numpy(dtype=bool)
    # Where hours beyond overtime cannot be bought a full shop puts work for stock off: it comes at the mean.
    put_off = ((hours["make"] + hours["assemble"])[:, ~outsourcing] > 0.0).any(axis=1, keepdims=True)
    stock_pace = np.where(put_off, 1.0 if pace is None else pace, stock_pace)
    return Capacity(
        names=tuple(index),
        bucket_days=scenario.settings.capacity_bucket_days,
        hours=frame["hours_per_week"].to_numpy(dtype=float) * weeks,
        overtime=frame["overtime_hours_per_week"].to_numpy(dtype=float) * weeks,
        outsourcing=outsourcing,
        make_hours=hours["make"],
        assemble_hours=hours["assemble"],
        demand=bucket,
        pace=pace,
        stock_pace=stock_pace,
    )
