"""How full each resource is in the samples of a plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.scenario.columns import strategy_numbers
from engine.search.recourse import hours_needed
from engine.ui.state.instances import instance_of
from engine.ui.state.session import Answer


def loads(answer: Answer) -> pd.DataFrame:
    """Columns resource, load (share of regular hours), share (of the samples at or below that load)."""
    instance = instance_of(answer)
    capacity = instance.capacity
    if capacity is None:
        return pd.DataFrame(columns=["resource", "load", "share"])
    strategy = strategy_numbers(answer.plan.decisions["strategy"])
    needed = hours_needed(instance, strategy)
    share = np.linspace(0.0, 1.0, 101)
    rows = []
    for name, hours, full in zip(capacity.names, needed, capacity.hours, strict=True):
        load = np.quantile(hours, share) / max(float(full), 1e-9)
        rows.append(pd.DataFrame({"resource": name, "load": load, "share": share}))
    return pd.concat(rows, ignore_index=True)
