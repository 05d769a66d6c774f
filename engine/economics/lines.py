"""Lines of the bill of materials whose parts lie on a shelf: windows, lots, and what comes before it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.ahead import early_units
from engine.economics.bought import Bought
from engine.economics.instance import ATO, Booleans, Integers
from engine.economics.windows import component_window, exposure, lot_window, protected_days, time_since_review
from engine.scenario.derived import Derived
from engine.scenario.scenario import Scenario
from engine.scenario.usage import part_lots, parts_per_unit

# Less demand than this is none: a rate per unit of it would be beyond any solver's numbers.
_NONE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Bill-of-material lines with their windows in days, shape (E, W), and lots; names as in `Edges`.

    `due`, shape (E, W): windows of units that fall due, over the cycle. `reach`, shape (E,): the longest
    window of the part if nobody waited, days.
    """

    product: Integers
    component: Integers
    quantity: Array
    days: Array
    due: Array
    reach: Array
    lot: Array
    protected: Array
    early_product: Integers
    early_component: Integers
    early: Array
    bought: Bought

    def longest(self, products: Integers, samples: int) -> Array:
        """Longest window of any product that shares a part with each, shape (products, W), days."""
        of_part = np.zeros((int(self.component.max(initial=-1)) + 1, samples))
        np.maximum.at(of_part, self.component, self.days)
        longest = np.zeros((len(products), samples))
        np.maximum.at(longest, np.searchsorted(products, self.product), of_part[self.component])
        return longest

    def late_rates(self, peak: Array, rate: Array, *, period_end: bool = False) -> Array:
        """l_i / P_i, shape (I, W); zero where nothing can wait, or where that may be more than becomes late.

        What comes of a lot that is bought after the order is for its whole order: the newest wait, and what waits need
        not be what falls due. Nor is what waits at the end of a cycle late all through it.
        """
        rates = np.zeros(peak.shape)
        if period_end:
            return rates
        np.divide(rate[:, None], peak, out=rates, where=peak >= _NONE)
        after = np.zeros(peak.shape, dtype=bool)
        np.logical_or.at(after, self.product, (self.lot > 0.0)[:, None] & (self.days <= 0.0))
        rates[after] = 0.0
        return rates


def stocked_lines(
    scenario: Scenario,
    derived: Derived,
    allowed: Booleans,
    lead: Array,
    instant: Array,
    *,
    rows: Mapping[str, int],
    parts: Mapping[str, int],
) -> Lines:
    """Lines of products that may be assembled, by product: those whose part is ever exposed or bought in lots.

    Parameters
    ----------
    scenario : Scenario
    derived : Derived
    allowed : shape (I, 3)
    lead : shape (C, W)
        Lead times of parts.
    instant : shape (W,)
    rows, parts : mapping
        Places of products and of components.
    """
    bom, products, review = scenario.bom, scenario.products, scenario.settings.review_days
    period_end = scenario.settings.cost_timing == "period_end"
    product = np.array([rows[str(name)] for name in bom["product"]], dtype=np.int64)
    component = np.array([parts[str(name)] for name in bom["component"]], dtype=np.int64)
    order = np.argsort(product, kind="stable")
    order = order[allowed[product[order], ATO]]
    product, component = product[order], component[order]
    quantity = parts_per_unit(scenario)[order]
    slack = derived.slack_days[product, None]
    # a_ci l_i
    usage = quantity * (products["demand_per_week"].to_numpy(dtype=float) / 7.0)[product]
    mean, cv = (scenario.components[name].to_numpy(dtype=float) for name in ("lead_time_days", "lead_time_cv"))
    protected = usage * protected_days(mean[component], cv[component], slack[:, 0], review, only_longer=True)
    lead = lead[component]
    exposed = exposure(lead, instant, review, period_end=period_end)
    days = component_window(exposed, lead, slack)
    lot = part_lots(scenario)[component]
    used = (days > 0.0).any(axis=1) | (lot > 0.0)
    # At the end of the cycle costs are charged; units fall due all through it.
    due = component_window(exposure(lead, instant, review), lead, slack) if period_end else days
    early = early_units(usage, lead, slack, review)
    if not period_end:
        # The rest of a lot is anybody's, and so is what came early with it.
        since = time_since_review(lead, instant, review)
        before = np.minimum(lot_window(exposed, since, slack, review), 0.0)
        days = due = np.where((lot > 0.0)[:, None] & (days <= 0.0), before, days)
        early[lot > 0.0] = 0.0
    soon = early.any(axis=1)
    # Who may wait for one part leaves on the shelf what was bought for the order.
    waits = np.zeros(len(rows), dtype=bool)
    waits[product[used]] = True
    after = ~used & waits[product]
    return Lines(
        product=product[used], component=component[used], quantity=quantity[used], days=days[used],
        due=due[used], reach=exposed[used].max(axis=1, initial=0.0), lot=lot[used],
        protected=protected[used], early_product=product[soon], early_component=component[soon],
        early=early[soon],
        bought=Bought(product=product[after], component=component[after], quantity=quantity[after]),
    )  # fmt: skip
