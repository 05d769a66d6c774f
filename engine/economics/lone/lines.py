"""Bill-of-material lines of lone products, summed up per product: what is exposed, when, and what a set of it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demand.streams import Array
from engine.economics.exposure.windows import protected_days
from engine.economics.lone.early import early_units
from engine.economics.prices import Prices
from engine.scenario.arrays import Booleans, Integers
from engine.scenario.derived import Derived
from engine.scenario.scenario import Scenario
from engine.scenario.usage import parts_per_unit, whole_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Kits:
    """Parts of each product that lie on a shelf; of shape (products,) but for the lines.

    Parameters
    ----------
    count : lines that are exposed, or bought in lots.
    same : bool
        All of these have one window: equal fixed lead times, or a single part.
    lead_days, lead_cv : float
        Theirs, where they are the same.
    slack_days : float
        (L' - assembly)+, the days the customer leaves for getting a part.
    batch : float
        Minimum order quantity of a single part, in sets.
    batches : int
        Parts with a minimum order quantity.
    carrying, stocking, early : shape (products, terms)
        Money a year: of one set on hand, of stocking the parts at all, of parts that come before they are needed.
    bought : shape (products, terms)
        Money a year: of the parts bought after the order for one unit, while it waits for the set.
    value, scrap_co2 : float
        Of one set: money, and kg a year written off.
    bought_value, bought_scrap_co2 : float
        The same of the parts bought for one unit.
    early_value, early_scrap_co2 : float
        The same of the parts that come early.
    product, component, quantity : shape (lines,)
        Lines with a part that is exposed, bought in lots or early, or bought for an order that may wait for others.
    stocked : shape (lines,)
        The first two.
    in_pieces : shape (lines,)
        Of a part that is stocked in whole units and taken in parts of them.
    waits : shape (lines,)
        Of a part that is bought after the order, for a unit that may wait for others.
    units_early : shape (lines,)
        Parts on the shelf until they are needed.
    protected : shape (lines,)
        Mean demand for the part until what is ordered at the next review is there.
    """

    count: Integers
    same: Booleans
    lead_days: Array
    lead_cv: Array
    slack_days: Array
    batch: Array
    batches: Integers
    carrying: Array
    stocking: Array
    early: Array
    bought: Array
    value: Array
    scrap_co2: Array
    bought_value: Array
    bought_scrap_co2: Array
    early_value: Array
    early_scrap_co2: Array
    product: Integers
    component: Integers
    quantity: Array
    stocked: Booleans
    in_pieces: Booleans
    waits: Booleans
    units_early: Array
    protected: Array


def stocked_kits(scenario: Scenario, derived: Derived, prices: Prices) -> Kits:
    """Sum up the lines of every product whose parts lie on a shelf."""
    products, parts, bom = scenario.products, scenario.components, scenario.bom
    size = len(products)
    owner = pd.Index(products["product"]).get_indexer(pd.Index(bom["product"])).astype(np.int64)
    part = pd.Index(parts["component"]).get_indexer(pd.Index(bom["component"])).astype(np.int64)
    quantity = parts_per_unit(scenario)
    slack = derived.slack_days
    rate = products["demand_per_week"].to_numpy(dtype=float) / 7.0
    lead, cv, moq, cost, scrap, co2 = (
        parts[name].to_numpy(dtype=float)
        for name in (
            "lead_time_days", "lead_time_cv", "min_order_quantity", "unit_cost", "obsolescence_per_year", "co2_kg",
        )
    )  # fmt: skip
    random = (cv > 0.0) & (lead > 0.0)
    stocked = random[part] | (lead[part] > slack[owner] + 1e-9) | (moq[part] > 0.0)
    usage, review = quantity * rate[owner], scenario.settings.review_days
    early = early_units(usage, lead[part], cv[part], slack[owner], scenario.settings.early_days)
    # The rest of a lot is anybody's, and what came early with it is in the stock.
    early[moq[part] > 0.0] = 0.0
    protected = usage * protected_days(lead[part], cv[part], slack[owner], review, only_longer=True)
    whole, even = whole_parts(scenario)
    stocked |= (whole & ~even)[part]
    waits = ~stocked & np.isin(owner, owner[stocked])
    kept = stocked | (early > 0.0) | waits
    owner, part, quantity, stocked, waits, early, protected = (
        values[kept] for values in (owner, part, quantity, stocked, waits, early, protected)
    )
    one, part_of = owner[stocked], part[stocked]
    sets, after = quantity[stocked], np.where(waits, quantity, 0.0)

    def total(values: Array, to: Integers = one) -> Array:
        """Sum over lines, shape (products, ...)."""
        summed = np.zeros((size, *values.shape[1:]))
        np.add.at(summed, to, values)
        return summed

    def extreme(values: Array, *, least: bool) -> Array:
        bound = np.full(size, np.inf if least else -np.inf)
        (np.minimum if least else np.maximum).at(bound, one, values)
        return np.where(np.isfinite(bound), bound, 0.0)

    carrying = prices.part_on_hand + scrap[:, None] * prices.part_written_off
    count = np.bincount(one, minlength=size)
    equal = extreme(lead[part_of], least=True) == extreme(lead[part_of], least=False)
    any_random = total(random[part_of].astype(float)) > 0.0
    return Kits(
        count=count,
        same=(count <= 1) | (equal & ~any_random),
        lead_days=extreme(lead[part_of], least=False),
        lead_cv=np.where(any_random, extreme(cv[part_of], least=False), 0.0),
        slack_days=slack,
        batch=total(moq[part_of] / sets),
        batches=np.bincount(one[moq[part_of] > 0.0], minlength=size),
        carrying=total(carrying[part_of] * sets[:, None]),
        stocking=total(prices.part_stocked[part_of]),
        early=total(carrying[part] * early[:, None], owner),
        bought=total(carrying[part] * after[:, None], owner),
        value=total(cost[part_of] * sets),
        scrap_co2=total(co2[part_of] * scrap[part_of] * sets),
        bought_value=total(cost[part] * after, owner),
        bought_scrap_co2=total(co2[part] * scrap[part] * after, owner),
        early_value=total(cost[part] * early, owner),
        early_scrap_co2=total(co2[part] * scrap[part] * early, owner),
        product=owner,
        component=part,
        quantity=quantity,
        stocked=stocked,
        in_pieces=(whole & ~even)[part],
        waits=waits,
        units_early=early,
        protected=protected,
    )
