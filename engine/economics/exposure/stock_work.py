"""Work of stock orders in a bucket of a scarce resource: it comes with the orders, not at the mean rate.

Finished stock is ordered at reviews: as much as was sold since the review before, in whole lots. The work of an order
is spread evenly over the days that it is given, so that a bucket has its part of every order still in the shop. Where
a bucket holds whole review cycles it ends with a review, as weeks do; otherwise at any instant of the cycle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Integers

# Lots sold but for the rounding of sums are sold.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOrders:
    """What was sold up to each instant of ordering, of the products whose stock orders need scarce hours.

    Parameters
    ----------
    bucket_days : float
    lead_days : shape (I,)
        That an order is given; at least a day.
    row : shape (I,)
        Row of each product in `sold`; -1 of the others.
    age : shape (K + 1, W)
        Whole days before the end of the bucket at which stock is ordered, the last time first.
    before : float
        Days before that at which an order was placed, on average: half a day where review is continuous.
    sold : shape (n, K + 1, W)
        Units in so many days before the end of the bucket.
    """

    bucket_days: float
    lead_days: Array
    row: Integers
    age: Integers
    before: float
    sold: Array

    @classmethod
    def of(
        cls, products: Integers, *, lead_days: Array, review_days: float, bucket_days: float, instant: Array
    ) -> StockOrders:
        """Nothing sold yet.

        Parameters
        ----------
        products : shape (n,)
        lead_days : shape (I,)
        review_days, bucket_days : float
        instant : shape (W,)
            Days since the last review of the instant observed.
        """
        lead, step = np.maximum(lead_days, 1.0), max(review_days, 1.0)
        cycles = bucket_days / step
        since = np.zeros(1) if abs(cycles - round(cycles)) < _ROUNDING else np.floor(instant)
        longest = float(lead[products].max(initial=0.0))
        count = int(np.ceil((bucket_days + longest) / step)) + 1
        age = np.floor(step * np.arange(count + 1) + _ROUNDING)[:, None] + since
        row = np.full(len(lead), -1, dtype=np.int64)
        row[products] = np.arange(len(products))
        return cls(
            bucket_days=bucket_days, lead_days=lead, row=row, age=age.astype(np.int64),
            before=0.0 if review_days >= 1.0 else 0.5, sold=np.zeros((len(products), count + 1, len(instant))),
        )  # fmt: skip

    @property
    def days(self) -> Array:
        """Days of demand that are asked for, shape (I,)."""
        return np.where(self.row >= 0, float(self.age.max(initial=0)), 0.0)

    def put(self, products: Iterable[int], cumulated: Iterable[Array]) -> None:
        """Demand since the start of each day, shape (days + 1, W), of products."""
        for i, demand in zip(products, cumulated, strict=True):
            if self.row[i] >= 0:
                self.sold[self.row[i]] = np.take_along_axis(demand, np.broadcast_to(self.age, self.sold[0].shape), 0)

    def pace(self, position: Array, batch: Array) -> Array:
        """Work of stock orders in the bucket over its mean, shape (I, W); one where there is none.

        The position after the last order is S + V, V uniform on (0, Q]; before the n last it was S + V', V' in (0, Q],
        so that they came to V + D - V' = Q (ceil((V + D) / Q) - 1) units, D what was sold in between.

        Parameters
        ----------
        position : shape (I, W)
            V.
        batch : shape (I,)
            Q, zero without lots.
        """
        pace = np.ones(position.shape)
        products = np.flatnonzero(self.row >= 0)
        if not products.size:
            return pace
        # Demand of some families can fall: on the highest so far.
        sold = np.maximum.accumulate(self.sold - self.sold[:, :1], axis=1)
        lot = batch[products, None, None]
        size = np.where(lot > 0.0, lot, 1.0)
        lots = np.ceil((position[products, None] + sold) / size - _ROUNDING) - 1.0
        ordered = np.diff(np.where(lot > 0.0, size * np.maximum(lots, 0.0), sold), axis=1)
        # Of an order placed a days ago the bucket has min(B, a) - max(0, a - LT) of its LT days.
        age, lead = self.age[:-1] + self.before, self.lead_days[products, None, None]
        within = np.minimum(self.bucket_days, age) - np.maximum(0.0, age - lead)
        work = (ordered * np.maximum(within, 0.0) / lead).sum(axis=1)
        mean = work.mean(axis=1, keepdims=True)
        pace[products] = np.where(mean > 0.0, work / np.where(mean > 0.0, mean, 1.0), 1.0)
        return pace
