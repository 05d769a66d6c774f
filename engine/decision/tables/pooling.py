"""What sharing a component saves against a stock of its own for each product, with its own lots."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, Instance, Integers
from engine.program.reduced import component_demand
from engine.search.recourse import Recourse


def pooling_savings(instance: Instance, recourse: Recourse) -> Array:
    """Money per year saved by pooling each component among the plan's ATO products (Eppen 1979).

    Stock, its fixed cost, and lateness: each product's own stock is bought in lots of its own and has the level that is
    best for it; where margin is lost or an on-time target asks for service, it covers at least the share of time that
    the shared one covers. What is short of the component waits as if the other parts were there. Zero for components
    that serve one product.

    Parameters
    ----------
    instance : Instance
    recourse : Recourse

    Returns
    -------
    numpy.ndarray, shape (C,)
    """
    edges, parts = instance.edges, instance.parts
    used = np.flatnonzero(recourse.strategy[edges.product] == ATO)
    lines = np.bincount(edges.component[used], minlength=len(instance.components))
    used = used[lines[edges.component[used]] > 1]
    carrying, stocking, short_price = instance.part_carrying, instance.part_stocking, _short_prices(instance, used)
    net = component_demand(instance, recourse.strategy == ATO) - parts.position
    gap = recourse.base[:, None] - net
    covered = (gap >= -1e-9 * (1.0 + np.abs(recourse.base))[:, None]).mean(axis=1)
    saving, waits = np.zeros(len(lines)), edges.quantity * recourse.late[edges.product].mean(axis=1)
    served = (instance.part_lost > 0.0) | (instance.part_target > 0.0)
    for c in np.unique(edges.component[used]).tolist():
        need = used[edges.component[used] == c]
        # h (S - X)+ + b (X - S)+, shared, as dear as who waits, and of each product alone
        price = float(short_price[need] @ waits[need] / max(waits[need].sum(), 1e-300))
        saving[c] = (len(need) - 1) * stocking[c] - float(_cost(gap[c], carrying[c], price))
        # a_ci D_i(t_ci) - V_c
        asked = np.sort(edges.quantity[need, None] * edges.windows[edges.window[need]] - parts.position[c], axis=1)
        alone = short_price[need]
        share = alone / (alone + carrying[c]) if carrying[c] > 0.0 else np.ones(len(need))
        share = np.where(served[edges.product[need]], np.maximum(share, covered[c]), share)
        place = np.ceil(share * asked.shape[1] - 1e-9).astype(np.int64) - 1
        level = asked[np.arange(len(need)), np.clip(place, 0, asked.shape[1] - 1)]
        for cost in _cost(level[:, None] - asked, carrying[c], alone).tolist():
            saving[c] += cost
    return saving


def _short_prices(instance: Instance, lines: Integers) -> Array:
    """What a unit of each line's part that is short costs a year, shape (E,): (p_i + sum over other parts a h) / a."""
    edges = instance.edges
    held = instance.part_carrying[edges.component] * edges.quantity
    kit = instance.waiting + instance.bought_carrying
    np.add.at(kit, edges.product[lines], held[lines])
    return np.asarray((kit[edges.product] - held) / edges.quantity)


def _cost(gap: Array, carrying: float, short: Array | float) -> Array:
    """Carrying what is over, and the price of what is short, money a year; of gaps of shape (W,) or (n, W)."""
    return np.asarray(carrying * np.maximum(gap, 0.0).mean(axis=-1) + short * np.maximum(-gap, 0.0).mean(axis=-1))
