"""Orders above a cut-off, which a product that is made to stock leaves to be made to order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Booleans, along


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeOrders:
    """Orders above the cut-off of a product that is made to stock; they are made to order.

    Parameters
    ----------
    cutoff : shape (I,)
        Units; the largest order that comes from stock, infinite where there is no cut-off.
    orders, volume : shape (I,)
        Share of the orders, and of the units, that come in orders above it.
    target_days : shape (I,)
        What their customers accept between order and delivery.
    late_days : shape (I,)
        E(make - L')+ with that target.
    on_time : shape (I,)
        P(make <= L').
    """

    cutoff: Array = along("product")
    orders: Array = along("product")
    volume: Array = along("product")
    target_days: Array = along("product")
    late_days: Array = along("product")
    on_time: Array = along("product")

    def beside(self, from_stock: Booleans) -> Array:
        """Share of the units of each product that are made beside its stock, shape (I,); zero of others.

        Parameters
        ----------
        from_stock : shape (I,)
            Made to stock.
        """
        return np.where(from_stock, self.volume, 0.0)


def no_large_orders(products: int) -> LargeOrders:
    """Products all of whose orders are served alike."""
    orders, volume, target_days, late_days = np.zeros((4, products))
    return LargeOrders(
        cutoff=np.full(products, np.inf), orders=orders, volume=volume, target_days=target_days, late_days=late_days,
        on_time=np.ones(products),
    )  # fmt: skip
