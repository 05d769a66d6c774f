"""Defaults that depend on other columns: longest component, lead times, batches, targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.scenario.stock_prices import stock_prices
from engine.scenario.usage import longest_component

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """Columns of products with every default filled in; all of shape (products,) in the order of the table.

    Parameters
    ----------
    wait_days
        L': lead-time target less delivery.
    slack_days
        (L' - assembly)+: days in which parts may come after the order.
    make_days, replenishment_days, make_cv, replenishment_cv
        Lead times of MTO and MTS.
    batch : units
        Replenishment batch Q, zero where there is none.
    on_time_target
        Zero where there is none.
    late_cost_per_unit_day
    integer : bool
        Demand comes in whole units.
    allowed : shape (products, 3)
        In the order of `STRATEGIES`, before anything is ruled out by time.
    current : int
        Index of the current strategy, -1 where unknown.
    """

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
    allowed: npt.NDArray[np.bool_]
    current: npt.NDArray[np.int64]


def derive(scenario: Scenario) -> Derived:
    """Fill in the defaults of a checked scenario."""
    products, settings = scenario.products, scenario.settings
    make = products["make_days"].fillna(longest_component(scenario) + products["assembly_days"])
    replenishment = products["replenishment_days"].fillna(make)
    target = products["on_time_target"].fillna(
        0.0 if settings.on_time_target is None else settings.on_time_target
    )
    integer = products["distribution"].isin(["poisson", "negative_binomial"]) & (
        settings.demand.common_factor_cv <= 0.0
    )
    named = products["locked"].where(products["locked"] != "", products["allowed"])
    # Few spellings among many products: each is taken apart once.
    code, spellings = pd.factorize(named)
    allowed = np.array([[k in names.split("|") for k in STRATEGIES] for names in spellings], dtype=bool)
    allowed = allowed.reshape(len(spellings), len(STRATEGIES))[code]
    has_bom = products["product"].isin(set(scenario.bom["product"])).to_numpy()
    allowed[:, STRATEGIES.index("ATO")] &= has_bom
    current = products["current_strategy"].map({name: k for k, name in enumerate(STRATEGIES)})
    wait = _array(products["lead_time_target_days"] - products["delivery_days"])
    return Derived(
        wait_days=wait,
        slack_days=np.maximum(wait - _array(products["assembly_days"]), 0.0),
        make_days=_array(make),
        make_cv=_array(products["make_cv"]),
        replenishment_days=_array(replenishment),
        replenishment_cv=_array(products["replenishment_cv"].fillna(products["make_cv"])),
        batch=_batches(scenario, integer.to_numpy(dtype=bool)),
        on_time_target=_array(target),
        late_cost_per_unit_day=_array(products["late_cost_per_unit_day"].fillna(0.0)),
        integer=integer.to_numpy(dtype=bool),
        allowed=allowed,
        current=np.asarray(current.fillna(-1), dtype=np.int64),
    )


def _array(values: pd.Series) -> Array:
    return values.to_numpy(dtype=np.float64)


def _batches(scenario: Scenario, integer: npt.NDArray[np.bool_]) -> Array:
    """Given batch, else the economic order quantity where a set-up costs money; at least the minimum.

    Q = sqrt(2 K D / h) (Harris 1913), D units a year and h what a unit on hand costs a year,
    what is written off of it included. Stock that costs nothing to hold would make it endless: then a year's demand.
    """
    products = scenario.products
    yearly = _array(products["demand_per_week"]) / 7.0 * 365.0
    holding = stock_prices(products, scenario.settings.holding_rate_per_year).carrying
    setup = _array(products["batch_setup_cost"])
    free = holding <= 0.0
    economic = np.sqrt(2.0 * setup * yearly / np.where(free, np.inf, holding))
    economic = np.where(free & (setup > 0.0), yearly, economic)
    given, least = _array(products["batch_size"]), _array(products["min_order_quantity"])
    batch = np.maximum(np.where(np.isnan(given), economic, given), least)
    whole = np.maximum(np.maximum(np.round(batch), np.ceil(least)), 1.0)
    return np.where(integer & (batch > 0.0), whole, batch)
