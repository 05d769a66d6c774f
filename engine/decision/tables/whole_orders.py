"""Orders on time in full (OTIF): the share that is delivered whole by its due date, first come first served."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.demand.streams import Array
from engine.economics.axes import added_up
from engine.economics.instance import ATO, MTO, MTS, Instance
from engine.search.recourse import Recourse

# A level equal to what a sample reaches but for the rounding of sums covers it.
_ROUNDING = 1e-9


def on_time_in_full(instance: Instance, recourse: Recourse) -> Array:
    """Share of the orders of each product that are whole when they fall due, shape (I,), each order counting alike.

    From finished stock P(D(t) + Z <= S + V), Z the size of an order; of assembled products that of every part,
    sum_j a_cj D_j(t_cj) + a_ci Z_i <= S_c + V_c in the same sample; an order that is made to order is made as a whole,
    P(make <= L'), and so are the orders above a cut-off.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    recourse : Recourse
    """
    stock, strategy = instance.stock, recourse.strategy
    supply = np.nan_to_num(recourse.level)[:, None] + stock.position
    there = stock.whole <= supply + _ROUNDING * (1.0 + np.abs(supply))
    shelf = (there * stock.order_pace).mean(axis=1)
    assembled = instance.assembly_on_time * (1.0 - _short_orders(instance, recourse))
    shelf = (1.0 - instance.large.orders) * shelf + instance.large.orders * instance.large.on_time
    return np.select(
        [strategy == MTS, strategy == ATO, strategy == MTO], [shelf, assembled, instance.make_on_time], np.nan
    )


def _short_orders(instance: Instance, recourse: Recourse) -> Array:
    """Share of the orders of each product that find too little of a part, shape (I,)."""
    edges = instance.edges
    lines = np.flatnonzero(recourse.strategy[edges.product] == ATO)
    product, component = edges.product[lines], edges.component[lines]
    windows, exposes = edges.falls_due
    exposed = exposes[edges.window[lines]]
    quantity = edges.quantity[lines, None]
    gone = added_up(quantity * windows[edges.window[lines]], component, len(instance.components))
    # A part that is bought after the order is bought for the whole of it; without lots it never keeps one waiting.
    waits = edges.waits_for_supply[edges.window[lines]]
    order = np.where(waits, quantity * edges.whole_order[product], 0.0)
    queues = exposed | (instance.parts.batch[component] > 0.0)[:, None]
    supply = recourse.base[component, None] + instance.parts.position[component]
    lacking = queues & (gone[component] + order > supply + _ROUNDING * (1.0 + np.abs(supply)))
    short = np.zeros((len(instance.products), instance.samples), dtype=bool)
    np.logical_or.at(short, product, lacking)
    return np.asarray((short * instance.stock.order_pace).mean(axis=1))


def otif_of(products: pd.DataFrame, share: Array) -> float:
    """Share of all orders that are on time in full: that of each product, shape (I,), by its orders a year.

    Products whose share is not known count for nothing; NaN where none is known.

    Parameters
    ----------
    products : pandas.DataFrame
        The scenario's.
    share : shape (I,)
    """
    rate, size = (products[name].to_numpy(dtype=np.float64) for name in ("demand_per_week", "order_size"))
    weight = np.where(np.isnan(share), 0.0, rate / size)
    return float(np.nan_to_num(share) @ weight / weight.sum()) if weight.any() else float("nan")
