"""What sharing a component saves against a dedicated stock for each product at the same availability."""

from __future__ import annotations

import numpy as np

from engine.decision.attribution import Attribution
from engine.demand.streams import Array
from engine.economics.instance import ATO, Instance
from engine.search.recourse import Recourse


def pooling_savings(instance: Instance, recourse: Recourse, attribution: Attribution) -> Array:
    """Carrying cost of dedicated stocks less that of the shared stock, money per year, shape (C,).

    Each product's dedicated stock covers its own demand for the part in as many samples as the shared stock covers
    everybody's: the comparison at equal service of Eppen (1979).
    """
    edges = instance.edges
    used = np.flatnonzero(recourse.strategy[edges.product] == ATO)
    demand = edges.quantity[used, None] * edges.windows[edges.window[used]]
    total = np.zeros((len(instance.components), instance.samples))
    np.add.at(total, edges.component[used], demand)
    covered = (total <= recourse.base[:, None] + instance.parts.position + 1e-9).mean(axis=1)
    dedicated = np.zeros(len(instance.components))
    ordered = np.sort(demand, axis=1)
    at = np.clip(np.ceil(covered[edges.component[used]] * instance.samples).astype(np.int64) - 1, 0, None)
    level = ordered[np.arange(len(used)), at] if len(used) else np.zeros(0)
    hand = np.maximum(level[:, None] - demand, 0.0).mean(axis=1)
    np.add.at(dedicated, edges.component[used], hand)
    several = np.bincount(edges.component[used], minlength=len(instance.components)) > 1
    saving = instance.parts.carrying * (dedicated - attribution.part_on_hand)
    return np.where(several, saving, 0.0)
