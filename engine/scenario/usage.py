"""Parts that a unit takes from the shelf: what is in it, what is lost on the way into it, how long they take."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.scenario.arrays import Array, Booleans
from engine.scenario.scenario import Scenario


def parts_per_unit(scenario: Scenario) -> Array:
    """a_ci of every line of the bill of materials, shape (lines,).

    Parameters
    ----------
    scenario : Scenario
        Its demand columns filled in.
    """
    lines = scenario.bom
    loss = lines["loss_per_order"].to_numpy(dtype=float)
    quantity, scrap = (lines[name].to_numpy(dtype=float) for name in ("quantity", "scrap_share"))
    size: Array = np.full(len(lines), 1.0)
    if (loss > 0.0).any():
        of_product = pd.Series(units_per_order(scenario.products), index=scenario.products["product"])
        size = np.asarray(lines["product"].map(of_product), dtype=np.float64)
    return taken_per_unit(quantity, scrap, loss, size)


def taken_per_unit(quantity: Array, scrap_share: Array, loss_per_order: Array, order_units: Array) -> Array:
    """What is in a unit, and what is lost on the way into it; units of the part, the shape of its arguments.

    a = (quantity + loss_per_order / units of an order) / (1 - scrap_share): a share of what is taken is scrapped, and
    an order loses some pieces whatever its size (leaders, set-up pieces), which its units bear alike. Orders of sizes
    that vary take as many parts on average, and vary less for it than counted here.
    """
    return np.asarray((quantity + loss_per_order / order_units) / (1.0 - scrap_share))


def units_per_order(products: pd.DataFrame) -> Array:
    """Mean units of an order, shape (products,).

    Poisson demand comes in single units; negative binomial demand in logarithmic orders, of mean (v - 1) / ln v with v
    its variance-to-mean ratio (Quenouille 1949); all other demand in orders of `order_size`.
    """
    family = products["distribution"].to_numpy(dtype=object)
    size = products["order_size"].to_numpy(dtype=float)
    mean, cv = (products[name].to_numpy(dtype=float) for name in ("demand_per_week", "demand_cv"))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = cv**2 * mean
        logarithmic = np.where(ratio > 1.0, (ratio - 1.0) / np.log(ratio), 1.0)
    return np.select([family == "poisson", family == "negative_binomial"], [1.0, logarithmic], size)


def single_units(scenario: Scenario) -> Booleans:
    """Whether a product is sold in single units, and so stocked in whole ones, shape (products,)."""
    family = scenario.products["distribution"].to_numpy(dtype=object)
    return np.asarray((family == "poisson") | (family == "negative_binomial"))


def whole_demand(scenario: Scenario) -> Booleans:
    """Whether a product's demand is drawn in whole units, shape (products,); a common factor makes pieces of them."""
    return np.asarray(single_units(scenario) & (scenario.settings.demand.common_factor_cv <= 0.0))


def whole_parts(scenario: Scenario) -> tuple[Booleans, Booleans]:
    """Parts stocked in whole units, and those of them that are also taken in whole units; both of shape (C,).

    A blank `whole_units` says yes where every product that uses the part takes whole numbers of it, and its demand
    comes in whole units too: demand in parts of units is an approximation that rounding would not better.
    """
    lines, parts = scenario.bom, scenario.components
    taken = parts_per_unit(scenario)
    of_product = dict(zip(scenario.products["product"].tolist(), whole_demand(scenario).tolist(), strict=True))
    place = {name: c for c, name in enumerate(parts["component"].tolist())}
    even = taken == np.round(taken)
    even &= np.array([of_product[name] for name in lines["product"].tolist()], dtype=bool)
    part = np.array([place[name] for name in lines["component"].tolist()], dtype=np.int64)
    taken_whole = np.zeros(len(parts), dtype=bool)
    taken_whole[part] = True
    taken_whole[part[~even]] = False
    said = parts["whole_units"].to_numpy(dtype=object)
    whole = (said == "yes") | ((said != "no") & taken_whole)
    return whole, whole & taken_whole


def part_lots(scenario: Scenario, units: tuple[Booleans, Booleans] | None = None) -> Array:
    """Lot of every part, shape (C,): its least order quantity, in whole units where it comes in them.

    Where a part comes whole and is taken in pieces, a single unit is a lot of which the rest stays on the shelf.

    Parameters
    ----------
    scenario : Scenario
    units : pair of shape (C,), optional
        What `whole_parts` says, where that is known.
    """
    least = scenario.components["min_order_quantity"].to_numpy(dtype=float)
    whole, even = whole_parts(scenario) if units is None else units
    lots = np.where(whole, np.ceil(least), least)
    return np.asarray(np.where(whole & ~even, np.maximum(lots, 1.0), lots))


def longest_component(scenario: Scenario) -> Array:
    """Longest lead time of the components of each product in days, NaN without components; shape (products,).

    Of a component that stands twice the first lead time counts, so that a scenario with faults has an answer too.
    """
    parts, lines = scenario.components, scenario.bom
    pairs = zip(reversed(parts["component"].tolist()), parts["lead_time_days"].to_numpy(dtype=float)[::-1], strict=True)
    days = dict(pairs)
    lead = np.array([days.get(name, np.nan) for name in lines["component"].tolist()], dtype=float)
    code, names = pd.factorize(lines["product"])
    longest = np.full(len(names), np.nan)
    np.fmax.at(longest, code, lead)
    longest_of = dict(zip(names.tolist(), longest.tolist(), strict=True))
    return np.array([longest_of.get(name, np.nan) for name in scenario.products["product"].tolist()], dtype=float)
