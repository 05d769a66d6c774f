"""What sharing a component saves against a stock of its own for each product, with its own lots."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, Instance
from engine.program.reduced import component_demand
from engine.search.recourse import Recourse


def pooling_savings(instance: Instance, recourse: Recourse) -> Array:
    """Money per year saved by pooling each component among the plan's ATO products (Eppen 1979).

    Each product's own stock is bought in lots of its own and covers the same share of time as the shared one. Zero for
    components that serve one product.

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
    dedicated = np.zeros(len(instance.components))
    lines = np.bincount(edges.component[used], minlength=len(dedicated))
    net = component_demand(instance, recourse.strategy == ATO) - parts.position
    covered = (net <= (recourse.base + 1e-9 * (1.0 + np.abs(recourse.base)))[:, None]).mean(axis=1)
    for e in used.tolist():
        c = int(edges.component[e])
        if lines[c] < 2:
            continue
        own = np.sort(edges.demand[e] - parts.position[c])
        level = own[min(len(own) - 1, max(0, int(np.ceil(covered[c] * len(own) - 1e-9)) - 1))]
        dedicated[c] += float(np.maximum(level - own, 0.0).mean())
    shared = np.maximum(recourse.base[:, None] - net, 0.0).mean(axis=1)
    saving: Array = instance.part_carrying * (dedicated - shared)
    return np.where(lines > 1, saving, 0.0)
