"""Stocks in the terms of planning systems: reorder point, order-up-to level, lot size, safety stock."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Booleans, Integers
from engine.economics.optima.large_orders import LargeOrders
from engine.economics.prices import ATO, MTS

# Largest order that comes from stock, and the shares of orders and of units in orders above it.
CUTOFFS = ("order_size_cutoff", "orders_above_cutoff", "volume_above_cutoff")
ORDER_POINTS = ("reorder_point", "order_up_to", "lot_size", "safety_stock")


def order_points(level: Array, lot: Array, protected: Array, stocked: Booleans) -> dict[str, Array]:
    """The columns of `ORDER_POINTS`, NaN where nothing is stocked; all arguments of shape (n,).

    The reorder point is the base stock S: at a review with less than S on hand and on order, less what customers wait
    for, as many lots of Q are ordered as bring it above S, up to S + Q at most; without a lot what is missing up to S.
    Safety stock is the reorder point less the mean demand until what is ordered at the next review is there.

    Parameters
    ----------
    level : S, units.
    lot : Q, units, zero where there is none.
    protected : mean demand of lead time and review, less the days that customers leave; units.
    stocked : bool

    Examples
    --------
    >>> found = order_points(np.array([50.0]), np.array([20.0]), np.array([42.0]), np.array([True]))
    >>> {name: float(column[0]) for name, column in found.items()}
    {'reorder_point': 50.0, 'order_up_to': 70.0, 'lot_size': 20.0, 'safety_stock': 8.0}
    """
    columns = (level, level + lot, lot, level - protected)
    return {name: np.where(stocked, values, np.nan) for name, values in zip(ORDER_POINTS, columns, strict=True)}


def cutoffs(large: LargeOrders, from_stock: Booleans) -> dict[str, Array]:
    """The columns of `CUTOFFS`, NaN where a product is not made to stock or all its orders come from there.

    Parameters
    ----------
    large : LargeOrders
    from_stock : shape (n,)
        Made to stock.
    """
    cut = from_stock & np.isfinite(large.cutoff)
    columns = (large.cutoff, large.orders, large.volume)
    return {name: np.where(cut, values, np.nan) for name, values in zip(CUTOFFS, columns, strict=True)}


def ex_stock_days(strategy: Integers, delivery: Array, assembly: Array) -> Array:
    """Days from order to delivery of what is on the shelf, shape (n,); NaN where nothing is.

    Parameters
    ----------
    strategy : shape (n,)
        Indices of `engine.scenario.columns.STRATEGIES`.
    delivery, assembly : shape (n,)
        Days.
    """
    from_stock, from_parts = strategy == MTS, strategy == ATO
    return np.select([from_stock, from_parts], [delivery, delivery + assembly], np.nan)
