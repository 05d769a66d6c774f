"""Bill-of-material lines of lone products, summed up per product: what is exposed, when, and what a set of it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.streams import Array
from engine.scenario.derived import Derived
from engine.scenario.scenario import Scenario

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kits:
    """Exposed parts of each product; all of shape (products,) but for the lines.

    Parameters
    ----------
    count : lines that are exposed.
    same : bool
        All exposed parts have one window: equal fixed lead times, or a single part.
    lead_days, lead_cv : float
        Of the exposed parts, where they are the same.
    slack_days : float
        (L' - assembly)+, the days the customer leaves for getting a part.
    batch : float
        Minimum order quantity of a single part, in sets.
    batches : int
        Exposed parts with a minimum order quantity.
    holding, obsolescence, value : float
        Cost a year, and value, of one set.
    stocking : float
        Fixed costs of the exposed parts.
    scrap_co2 : float
        kg a year of what is written off of one set.
    product, component, quantity : shape (lines,)
        Exposed lines.
    """

    count: Integers
    same: Flags
    lead_days: Array
    lead_cv: Array
    slack_days: Array
    batch: Array
    batches: Integers
    holding: Array
    obsolescence: Array
    value: Array
    stocking: Array
    scrap_co2: Array
    product: Integers
    component: Integers
    quantity: Array


def exposed_kits(scenario: Scenario, derived: Derived) -> Kits:
    """Sum up the exposed lines of every product."""
    products, parts, bom = scenario.products, scenario.components, scenario.bom
    size = len(products)
    owner = pd.Index(products["product"]).get_indexer(pd.Index(bom["product"])).astype(np.int64)
    part = pd.Index(parts["component"]).get_indexer(pd.Index(bom["component"])).astype(np.int64)
    quantity = bom["quantity"].to_numpy(dtype=float)
    slack = np.maximum(derived.wait_days - products["assembly_days"].to_numpy(dtype=float), 0.0)
    lead, cv, moq, cost, scrap, stocking, co2 = (
        parts[name].to_numpy(dtype=float)
        for name in (
            "lead_time_days", "lead_time_cv", "min_order_quantity", "unit_cost", "obsolescence_per_year",
            "stocking_cost_per_year", "co2_kg",
        )
    )  # fmt: skip
    random = (cv > 0.0) & (lead > 0.0)
    seen = random[part] | (lead[part] > slack[owner] + 1e-9)
    owner, part, quantity = owner[seen], part[seen], quantity[seen]

    def total(values: Array) -> Array:
        return np.bincount(owner, weights=values, minlength=size).astype(np.float64)

    def extreme(values: Array, *, least: bool) -> Array:
        found = np.full(size, np.inf if least else -np.inf)
        (np.minimum if least else np.maximum).at(found, owner, values)
        return np.where(np.isfinite(found), found, 0.0)

    count = np.bincount(owner, minlength=size)
    equal = extreme(lead[part], least=True) == extreme(lead[part], least=False)
    any_random = total(random[part].astype(float)) > 0.0
    rate = scenario.settings.holding_rate_per_year
    return Kits(
        count=count,
        same=(count <= 1) | (equal & ~any_random),
        lead_days=extreme(lead[part], least=False),
        lead_cv=np.where(any_random, extreme(cv[part], least=False), 0.0),
        slack_days=slack,
        batch=total(moq[part] / quantity),
        batches=np.bincount(owner[moq[part] > 0.0], minlength=size),
        holding=total(rate * cost[part] * quantity),
        obsolescence=total(scrap[part] * cost[part] * quantity),
        value=total(cost[part] * quantity),
        stocking=total(stocking[part]),
        scrap_co2=total(co2[part] * scrap[part] * quantity),
        product=owner,
        component=part,
        quantity=quantity,
    )
