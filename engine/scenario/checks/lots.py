"""Lots of parts that a product made to order leaves on the shelf: no cost of making to order, and so told."""

from __future__ import annotations

from collections.abc import Iterator

from engine.notices import Notice
from engine.scenario.scenario import Scenario
from engine.scenario.stock_prices import stock_prices
from engine.scenario.usage import parts_per_unit, units_per_order

# What lies there is told from this share of the yearly value of the product's demand on.
_TOLD_SHARE = 0.01
_WEEKS = 365.0 / 7.0


def lot_notices(scenario: Scenario, file: str) -> Iterator[Notice]:
    """Parts whose lot is larger than what an order takes, each with a product that is likely made to order of it.

    Half a lot lies on the shelf on average. Assembled products pay for it as for all stock; making to order knows no
    stock.

    Parameters
    ----------
    scenario : Scenario
        As read, without faults.
    file : str
        Of the components.
    """
    products, parts, lines = scenario.products, scenario.components, scenario.bom
    if not len(lines) or not (parts["min_order_quantity"] > 0.0).any():
        return
    place, row_of = ({key: at for at, key in enumerate(keys)} for keys in (parts["component"], products["product"]))
    taken, size = parts_per_unit(scenario), units_per_order(products)
    lot, carrying = parts["min_order_quantity"], stock_prices(parts, scenario.settings.holding_rate_per_year).carrying
    worth = (products["demand_per_week"] * products["unit_cost"]).to_numpy(dtype=float) * _WEEKS
    told, orders = set(), _to_order(scenario)
    for line in range(len(lines)):
        c, i = place[lines["component"].iloc[line]], row_of[lines["product"].iloc[line]]
        order, cost = float(taken[line] * size[i]), 0.5 * float(lot.iloc[c] * carrying[c])
        if orders[i] and c not in told and lot.iloc[c] > order and cost > _TOLD_SHARE * worth[i]:
            told.add(c)
            yield Notice(
                kind="lot_left", file=file, row=scenario.row("components", c), column="min_order_quantity",
                values={
                    "part": str(parts["component"].iloc[c]), "lot": float(lot.iloc[c]), "order": order,
                    "made": str(products["product"].iloc[i]), "cost": cost, "currency": scenario.settings.currency,
                },
            )  # fmt: skip


def _to_order(scenario: Scenario) -> list[bool]:
    """Products that have no strategy but MTO, or may have it and are made within the time that customers wait."""
    products = scenario.products
    lead = scenario.components.set_index("component")["lead_time_days"]
    longest = scenario.bom["component"].map(lead[~lead.index.duplicated()]).groupby(scenario.bom["product"]).max()
    parts = products["product"].map(longest) + products["assembly_days"]
    wait = products["lead_time_target_days"] - products["delivery_days"]
    in_time = products["make_days"].fillna(parts) <= wait
    locked = products["locked"].fillna("")
    allowed = products["allowed"].where(locked == "", locked)
    return ((allowed == "MTO") | (allowed.str.contains("MTO") & in_time)).tolist()
