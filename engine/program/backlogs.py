"""Rows of (C2) sample by sample, which CVaR needs: those to begin with, and those that a solution violates."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import MTS, Booleans, Instance
from engine.program.numbering import Numbering, taken


def violated_backlog(instance: Instance, place: Numbering, values: Array) -> Booleans:
    """Rows of (C2) that were left out and do not hold at a solution, shape (I, W)."""
    share = np.where(place.open, taken(values, place.columns["x"].reshape(-1, 3)[:, MTS]), place.strategy == MTS)
    level = taken(values, place.columns["S"])[:, None]
    # (D - V) x[i,MTS] - S > B = 0
    short: Array = instance.stock.net * share[:, None] - level
    missing: Booleans = (place.columns["S"] >= 0)[:, None] & (place.rows["C2"] < 0)
    return missing & (short > 1e-7 * (1.0 + np.abs(level)))


def tail_backlog(instance: Instance, share: float) -> Booleans:
    """Samples with most demand for each finished stock, shape (I, W)."""
    # the largest X = D - V
    net = instance.stock.net
    count = max(1, int(np.ceil(share * instance.samples)))
    least = np.partition(net, instance.samples - count, axis=1)[:, instance.samples - count]
    return np.asarray(net >= least[:, None])
