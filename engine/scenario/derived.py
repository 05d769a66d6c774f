"""Defaults that depend on other columns: longest component, lead times, batches, targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.scenario.arrays import Array
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.scenario.segments import Waits, waits_of
from engine.scenario.stock_prices import stock_prices
from engine.scenario.usage import longest_component, single_units, whole_demand


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """Columns of products with every default filled in; all of shape (products,) in the order of the table.

    Parameters
    ----------
    waits : Waits
        Of their segments.
    wait_days
        L': lead-time target less delivery; mean over the segments.
    slack_days
        (L' - assembly)+: days in which parts may come after the order; mean over the segments.
    make_days, replenishment_days, make_cv, replenishment_cv
        Lead times of MTO and MTS.
    batch : units
        Replenishment batch Q, zero where there is none.
    on_time_target
        Zero where there is none.
    late_cost_per_unit_day
    integer : bool
        Demand is drawn in whole units.
    whole : bool
        Sold in single units, and stocked in whole ones.
    allowed : shape (products, 3)
        In the order of `STRATEGIES`, before anything is ruled out by time.
    current : int
        Index of the current strategy, -1 where unknown.
    """

    waits: Waits
    wait_days: Array
    slack_days: Array
    make_days: Array
    make_cv: Array
    replenishment_days: Array
    replenishment_cv: Array
    batch: Array
    on_time_target: Array
    late_cost_per_unit_day: Array
    integer: npt.NDArray[np.bool_]
    whole: npt.NDArray[np.bool_]
    allowed: npt.NDArray[np.bool_]
    current: npt.NDArray[np.int64]


def derive(scenario: Scenario) -> Derived:
    """Fill in the defaults of a checked scenario."""
    products, settings = scenario.products, scenario.settings
    assembly, waits = _number(products, "assembly_days"), waits_of(scenario)
    make = _filled(_number(products, "make_days"), longest_component(scenario) + assembly)
    make_cv = _number(products, "make_cv")
    everyone = 0.0 if settings.on_time_target is None else settings.on_time_target
    whole = single_units(scenario)
    named = [lock or names for lock, names in zip(products["locked"], products["allowed"], strict=True)]
    # Few spellings among many products: each is taken apart once.
    spelled = {names: [k in names.split("|") for k in STRATEGIES] for names in set(named)}
    allowed = np.array([spelled[names] for names in named], dtype=bool).reshape(len(named), len(STRATEGIES))
    listed = set(scenario.bom["product"])
    allowed[:, STRATEGIES.index("ATO")] &= np.array([name in listed for name in products["product"]], dtype=bool)
    place = {name: k for k, name in enumerate(STRATEGIES)}
    current = [place.get(name, -1) for name in products["current_strategy"]]
    return Derived(
        waits=waits,
        wait_days=waits.mean(waits.wait_days),
        slack_days=waits.mean(np.maximum(waits.wait_days - assembly[waits.product], 0.0)),
        make_days=make,
        make_cv=make_cv,
        replenishment_days=_filled(_number(products, "replenishment_days"), make),
        replenishment_cv=_filled(_number(products, "replenishment_cv"), make_cv),
        batch=_batches(scenario, whole),
        on_time_target=_filled(_number(products, "on_time_target"), everyone),
        late_cost_per_unit_day=waits.mean(waits.late_cost),
        integer=whole_demand(scenario),
        whole=whole,
        allowed=allowed,
        current=np.array(current, dtype=np.int64),
    )


def _number(products: pd.DataFrame, name: str) -> Array:
    return products[name].to_numpy(dtype=np.float64)


def _filled(values: Array, default: Array | float) -> Array:
    """Values, and the default where they are blank."""
    return np.where(np.isnan(values), default, values)


def _batches(scenario: Scenario, single: npt.NDArray[np.bool_]) -> Array:
    """Given batch, else the economic order quantity where a set-up costs money; at least the minimum.

    Q = sqrt(2 K D / h) (Harris 1913), D units a year and h what a unit on hand costs a year,
    what is written off of it included. Stock that costs nothing to hold would make it endless: then a year's demand.
    """
    products = scenario.products
    yearly = _number(products, "demand_per_week") / 7.0 * 365.0
    holding = stock_prices(products, scenario.settings.holding_rate_per_year).carrying
    setup = _number(products, "batch_setup_cost")
    free = holding <= 0.0
    economic = np.sqrt(2.0 * setup * yearly / np.where(free, np.inf, holding))
    economic = np.where(free & (setup > 0.0), yearly, economic)
    given, least = _number(products, "batch_size"), _number(products, "min_order_quantity")
    batch = np.maximum(np.where(np.isnan(given), economic, given), least)
    whole = np.maximum(np.maximum(np.round(batch), np.ceil(least)), 1.0)
    return np.where(single & (batch > 0.0), whole, batch)
