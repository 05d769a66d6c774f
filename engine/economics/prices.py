"""The price table: what a unit of each measure costs in each term of the ledger. The one place where a cost is stated.

Every cost is linear in a few measures. Programs take the sum over the terms; ledgers, lone products, simulation and
reports take measure times price. To add a cost is to add a line here (CONTRIBUTING.md, "Add a cost").
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import along
from engine.economics.optima.lateness import Lateness
from engine.scenario.derived import Derived
from engine.scenario.scenario import Scenario
from engine.scenario.stock_prices import STOCK_TERMS, stock_prices

DAYS_PER_YEAR = 365.0
MTS, ATO, MTO = 0, 1, 2
# The named terms of the ledger, in the order of reports.
TERMS = (
    *STOCK_TERMS, "late", "lost_margin", "batch_setup", "stocking", "order_handling", "premium", "overtime",
    "outsourcing", "change", "risk",
)  # fmt: skip

# What each price of the measure `choice` is priced for, at the mean demand. A simulation counts units, orders and
# batches and books that much more or less; what happens once a year or once it books as planned.
CHOICE_DRIVERS = {
    "batch_setup": "batches", "order_handling": "orders", "premium": "units", "stocking": "year", "change": "once",
}  # fmt: skip
# Lateness that comes with a choice is observed as lateness.
_OBSERVED = {"late", "lost_margin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Money per unit of each measure, by term in the order of `TERMS`.

    Parameters
    ----------
    choice : shape (I, 3, terms)
        Per year in which the product has the strategy, whatever the stocks.
    on_hand : shape (I, terms)
        Per finished unit on hand and year.
    written_off : shape (I, terms)
        Per finished unit written off.
    backlog, waiting : shape (I, terms)
        Per unit late at any time and year, of finished stock and of what waits for parts: the same but where customers
        of a product wait and cost differently (`engine.economics.optima.segment_prices`).
    late_unit : shape (I, terms)
        Per unit delivered late.
    part_on_hand, part_written_off : shape (C, terms)
        The same of parts.
    part_stocked : shape (C, terms)
        Per year in which the part is stocked for any assemble-to-order product.
    overtime, outsourced : shape (G, terms)
        Per hour.
    """

    choice: Array = along("product")
    on_hand: Array = along("product")
    written_off: Array = along("product")
    backlog: Array = along("product")
    waiting: Array = along("product")
    late_unit: Array = along("product")
    part_on_hand: Array = along("component")
    part_written_off: Array = along("component")
    part_stocked: Array = along("component")
    overtime: Array = along("resource")
    outsourced: Array = along("resource")

    def without(self, measure: str) -> Prices:
        """The table with one measure free of charge."""
        return replace(self, **{measure: np.zeros_like(getattr(self, measure))})

    def plus(self, measure: str, term: str, price: Array) -> Prices:
        """The table with a price on top, shape (n,), in one term of a measure."""
        dearer = getattr(self, measure).copy()
        dearer[..., TERMS.index(term)] += price
        return replace(self, **{measure: dearer})


def price_table(scenario: Scenario, derived: Derived, lateness: Lateness) -> Prices:
    """All prices of a scenario.

    Parameters
    ----------
    scenario : Scenario
    derived : Derived
    lateness : Lateness
        What assembling and making to order make late, whatever the stocks.

    Returns
    -------
    Prices
    """
    products, parts, resources = scenario.products, scenario.components, scenario.resources

    def of(column: str) -> Array:
        return products[column].to_numpy(dtype=float)

    def part(column: str) -> Array:
        return parts[column].to_numpy(dtype=float)

    def hour(column: str) -> Array:
        return np.nan_to_num(resources[column].to_numpy(dtype=float)) if len(resources) else np.zeros(0)

    rate = scenario.settings.holding_rate_per_year
    finished, stored = stock_prices(products, rate), stock_prices(parts, rate)
    backlog = _terms(late=derived.late_cost_per_unit_day * DAYS_PER_YEAR)
    margin = np.nan_to_num(of("price") - of("unit_cost"))
    late_unit = _terms(lost_margin=np.maximum(of("lost_share_if_late") * margin, 0.0))
    daily = of("demand_per_week") / 7.0
    units = daily * DAYS_PER_YEAR
    orders = units / of("order_size")
    batch = np.where(derived.batch > 0.0, derived.batch, np.inf)
    choice = np.stack([
        _terms(batch_setup=of("batch_setup_cost") * units / batch, stocking=of("stocking_cost_per_year")),
        _terms(order_handling=of("assembly_order_cost") * orders, premium=of("assembly_premium") * units),
        _terms(order_handling=of("make_order_cost") * orders, premium=of("make_premium") * units),
    ], axis=1)  # fmt: skip
    # Lateness that no stock can mend. By Little's law (1961) units that each wait d days too long are rate x d units
    # late at any time.
    for strategy, days, share in (
        (ATO, lateness.assembly_dear_days, 1.0 - lateness.assembly_on_time),
        (MTO, lateness.make_dear_days, 1.0 - lateness.make_on_time),
    ):
        choice[:, strategy] += backlog * (daily * days)[:, None] + late_unit * (units * share)[:, None]
    # A change is paid once: the years in which it is to pay back carry it in equal parts, without interest.
    change = of("change_cost") / scenario.settings.change_payback_years
    for strategy in (MTS, ATO, MTO):
        leaves = (derived.current >= 0) & (derived.current != strategy)
        choice[:, strategy] += _terms(change=np.where(leaves, change, 0.0))
    undriven = {TERMS[t] for t in np.flatnonzero(choice.any(axis=(0, 1)))} - CHOICE_DRIVERS.keys() - _OBSERVED
    if undriven:
        raise ValueError(f"say in CHOICE_DRIVERS what {', '.join(sorted(undriven))} is priced for")
    return Prices(
        choice=choice,
        on_hand=_terms(**finished.on_hand),
        written_off=_terms(**finished.written_off),
        backlog=backlog,
        waiting=backlog,
        late_unit=late_unit,
        part_on_hand=_terms(**stored.on_hand),
        part_written_off=_terms(**stored.written_off),
        part_stocked=_terms(stocking=part("stocking_cost_per_year")),
        overtime=_terms(overtime=hour("overtime_cost_per_hour")),
        outsourced=_terms(outsourcing=hour("outsourcing_cost_per_hour")),
    )


def _terms(**prices: Array) -> Array:
    """Prices by the names of their terms as an array, shape (n, terms)."""
    table = np.zeros((len(next(iter(prices.values()))), len(TERMS)))
    for term, price in prices.items():
        table[:, TERMS.index(term)] = price
    return table
