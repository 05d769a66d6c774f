"""Parts declared always available: they tie no products together, and their stock is costed on its own.

Leaving a part out of the program can only lower its optimum, so bounds stay bounds. What a stock of its own can cost at
most is added to the plan's cost afterwards (`AlwaysUse.cost_at_most`): so the rule's price is part of the reported gap.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from engine.catalog.results.decisions import AlwaysUse
from engine.demand.streams import Array
from engine.economics.lone.early import early_units
from engine.economics.lone.windows import WINDOW_CLASSES, cycle_windows, fixed_windows, window_classes
from engine.economics.optima.lateness import lateness
from engine.economics.prices import price_table
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario
from engine.scenario.usage import part_lots, parts_per_unit, whole_parts

_NOTHING: dict[str, float | str] = {
    "unit_cost": 0.0, "lead_time_days": 0.0, "lead_time_cv": 0.0, "min_order_quantity": 0.0,
    "stocking_cost_per_year": 0.0, "obsolescence_per_year": 0.0, "whole_units": "no",
}  # fmt: skip


def without_stock(scenario: Scenario, names: set[str]) -> Scenario:
    """The scenario with these parts at hand for nothing; lead times that hang on them stay as they are."""
    used = scenario.components["component"].isin(names)
    if not used.any():
        return scenario
    derived = derive(scenario)
    products, parts = scenario.products.copy(), scenario.components.copy()
    products["make_days"], products["replenishment_days"] = derived.make_days, derived.replenishment_days
    for column, value in _NOTHING.items():
        parts.loc[used, column] = value
    return replace(scenario, products=products, components=parts)


def always_uses(scenario: Scenario, names: set[str], decisions: pd.DataFrame) -> dict[str, AlwaysUse]:
    """What the assembled products ask of the parts always available.

    Parameters
    ----------
    scenario : Scenario
        As given, those parts with their costs and lead times.
    names : set of str
    decisions : DataFrame
        Of these products; others than ATO ask nothing.
    """
    assembled = decisions[decisions["strategy"] == "ATO"].set_index("product")
    bom = scenario.bom.assign(quantity=parts_per_unit(scenario))
    parts = scenario.components.set_index("component")
    lines = bom[bom["component"].isin(names) & bom["product"].isin(assembled.index)]
    if lines.empty:
        return {}
    products = scenario.products.set_index("product")
    derived = derive(scenario)
    prices = price_table(scenario, derived, lateness(scenario, derived))
    scrap = scenario.components["obsolescence_per_year"].to_numpy(dtype=float)[:, None]
    carrying = pd.Series((prices.part_on_hand + scrap * prices.part_written_off).sum(axis=1), index=parts.index)
    stocking = pd.Series(prices.part_stocked.sum(axis=1), index=parts.index)
    kit = (bom["component"].map(carrying) * bom["quantity"]).groupby(bom["product"]).sum()
    at = pd.Index(scenario.products["product"]).get_indexer(pd.Index(lines["product"]))
    goods, used = products.loc[lines["product"]], parts.loc[lines["component"]]
    rate = goods["demand_per_week"].to_numpy(dtype=float) / 7.0
    spread = goods["demand_cv"].to_numpy(dtype=float)
    poisson = (goods["distribution"] == "poisson").to_numpy(dtype=bool)
    daily = np.where(poisson, rate, np.nan_to_num(spread) ** 2 * rate**2 * 7.0)
    mean_days, sd_days = _moments(scenario, used, derived.slack_days[at])
    quantity = lines["quantity"].to_numpy(dtype=float)
    variance = quantity**2 * daily * mean_days
    swing = quantity * rate * sd_days
    if scenario.settings.demand.common_factor_cv > 0.0:
        # Demands move together: standard deviations add up.
        variance, swing = np.zeros_like(variance), swing + np.sqrt(variance)
    late = prices.waiting.sum(axis=1)[at] + kit.loc[lines["product"]].to_numpy(dtype=float)
    wait = assembled.loc[lines["product"], "lead_time_days"].to_numpy(dtype=float)
    waiting = quantity * rate * np.maximum(wait - goods["lead_time_target_days"].to_numpy(dtype=float), 0.0)
    lead, cv = (used[name].to_numpy(dtype=float) for name in ("lead_time_days", "lead_time_cv"))
    waiting += early_units(quantity * rate, lead, cv, derived.slack_days[at], scenario.settings.early_days)
    # A lot lies there by half on average; whole parts taken in pieces, to a unit above the best level besides.
    whole, even = whole_parts(scenario)
    above = pd.Series(0.5 * part_lots(scenario) + (whole & ~even), index=parts.index)
    uses: dict[str, AlwaysUse] = {}
    for k, name in enumerate(lines["component"].astype(str)):
        use = AlwaysUse(
            mean=Fraction(float(quantity[k] * rate[k] * mean_days[k])), variance=Fraction(float(variance[k])),
            swing=Fraction(float(swing[k])), waiting=Fraction(float(waiting[k])),
            shortage=float(late[k] / quantity[k]), carrying=float(carrying[name]),
            stocking=float(stocking[name]), above=float(above[name]),
        )  # fmt: skip
        uses[name] = uses[name].joined(use) if name in uses else use
    return uses


def _moments(scenario: Scenario, used: pd.DataFrame, slack: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each line's window, days."""
    lead, cv = (used[name].to_numpy(dtype=float) for name in ("lead_time_days", "lead_time_cv"))
    review = scenario.settings.review_days
    # Demand that is all noise needs the fewest nodes; two moments need no more.
    noise = np.full(len(lead), 1e6)
    kinds = window_classes(lead, cv, slack, review, noise_days=noise, blunt=np.zeros(len(lead), dtype=bool))
    mean, sd = np.zeros(len(lead)), np.zeros(len(lead))
    for kind in range(WINDOW_CLASSES):
        which = np.flatnonzero(kinds == kind)
        if not which.size:
            continue
        if scenario.settings.cost_timing == "period_end":
            windows = fixed_windows(kind, lead[which], cv[which], slack[which], review, only_longer=True)
        else:
            windows = cycle_windows(kind, lead[which], cv[which], slack[which], review, only_longer=True)
        mean[which], sd[which] = windows.mean, np.sqrt(windows.variance)
    return mean, sd
