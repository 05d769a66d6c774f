"""Lines of the bill of materials whose parts lie on a shelf: windows, lots, and what comes before it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.exposure.ahead import early_units
from engine.economics.exposure.bought import Bought
from engine.economics.exposure.edges import late_rates
from engine.economics.exposure.groups import Groups
from engine.economics.exposure.windows import component_window, exposure, lot_window, protected_days, time_since_review
from engine.economics.instance import ATO, Booleans, Integers
from engine.scenario.scenario import Scenario
from engine.scenario.usage import part_lots, parts_per_unit

# How much longer than on average it may take until a lot is sold.
_LOT_SPREAD = 3.0
# Less demand than this is none: a rate per unit of it would be beyond any solver's numbers.
_NONE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Bill-of-material lines with their windows in days, shape (E, W), and lots; names as in `Edges`.

    Of customers who wait differently `days` and `due` are those of the least patient. `due`, shape (E, W): windows of
    units that fall due, over the cycle. `reach`, shape (E,): the longest window of the part if nobody waited, days.

    `apart`, by line of products with several groups: windows of each, shape (groups, W), those that fall due as
    `due_apart`. `unit_due`, shape (E, W): window of the group of the unit that falls due. `exposed_share`, shape (E,
    W): of the units that assembly leaves on time, the share whose group is exposed; one where nothing queues.
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
    apart: Mapping[int, Array]
    due_apart: Mapping[int, Array]
    unit_due: Array
    exposed_share: Array

    def longest(self, products: Integers, samples: int) -> Array:
        """Longest window of any product that shares a part with each, shape (products, W), days."""
        of_part = np.zeros((int(self.component.max(initial=-1)) + 1, samples))
        np.maximum.at(of_part, self.component, self.days)
        longest = np.zeros((len(products), samples))
        np.maximum.at(longest, np.searchsorted(products, self.product), of_part[self.component])
        return longest

    def days_of_lots(self, rate: Array) -> Array:
        """Days more of a path, until a lot of the slowest part is sold, shape (I,); at most a year."""
        use = np.zeros(int(self.component.max(initial=-1)) + 1)
        np.add.at(use, self.component, self.quantity * rate[self.product])
        days = np.zeros(len(rate))
        np.maximum.at(days, self.product, self.lot / np.maximum(use[self.component], 1e-12))
        return np.minimum(_LOT_SPREAD * days, 365.0)

    def late_rates(self, peak: Array, rate: Array, *, period_end: bool = False) -> Array:
        """l_i / P_i, shape (I, W); zero where nothing can wait, or where that may be more than becomes late.

        What comes of a lot that is bought after the order is for its whole order: the newest wait, and what waits need
        not be what falls due: none of that counts, nor the share of the customers who wait that long. Nor is what waits
        at the end of a cycle late all through it.
        """
        exposed = np.where(peak >= _NONE, 0.0 if period_end else 1.0, 0.0)
        np.minimum.at(exposed, self.product, self.exposed_share)
        return late_rates(rate[:, None], exposed, peak)


def stocked_lines(
    scenario: Scenario,
    allowed: Booleans,
    lead: Array,
    instant: Array,
    *,
    rows: Mapping[str, int],
    parts: Mapping[str, int],
    groups: Groups,
    marks: Mapping[int, Integers],
) -> Lines:
    """Lines of products that may be assembled, by product: those whose part is ever exposed or bought in lots.

    Parameters
    ----------
    scenario : Scenario
    allowed : shape (I, 3)
    lead : shape (C, W)
        Lead times of parts.
    instant : shape (W,)
    rows, parts : mapping
        Places of products and of components.
    groups : Groups
    marks : mapping of int to shape (W,)
        Of products with several groups, that of the unit that falls due.
    """
    bom, products, review = scenario.bom, scenario.products, scenario.settings.review_days
    period_end = scenario.settings.cost_timing == "period_end"
    product = np.array([rows[str(name)] for name in bom["product"]], dtype=np.int64)
    component = np.array([parts[str(name)] for name in bom["component"]], dtype=np.int64)
    order = np.argsort(product, kind="stable")
    order = order[allowed[product[order], ATO]]
    product, component = product[order], component[order]
    quantity = parts_per_unit(scenario)[order]
    # a_ci l_i
    usage = quantity * (products["demand_per_week"].to_numpy(dtype=float) / 7.0)[product]
    mean, cv = (scenario.components[name].to_numpy(dtype=float) for name in ("lead_time_days", "lead_time_cv"))
    # A row for each group of customers who wait alike, and what all of them make of a line.
    spread = groups.spread(product)
    row, group, start, total, longest = spread.row, spread.group, spread.start, spread.total, spread.longest
    share, of = groups.share[group], component[row]
    assembly = products["assembly_days"].to_numpy(dtype=float)[product[row]]
    slack = np.maximum(groups.wait_days[group] - assembly, 0.0)[:, None]
    protected = total(usage[row] * share * protected_days(mean[of], cv[of], slack[:, 0], review, only_longer=True))
    came = lead[of]
    exposed = exposure(came, instant, review, period_end=period_end)
    each = component_window(exposed, came, slack)
    lot = part_lots(scenario)[component]
    used = (longest(each) > 0.0).any(axis=1) | (lot > 0.0)
    # At the end of the cycle costs are charged; units fall due all through it.
    each_due = component_window(exposure(came, instant, review), came, slack) if period_end else each
    each_early = early_units(usage[row] * share, came, slack, scenario.settings.early_days)
    if not period_end:
        # The rest of a lot is anybody's, and so is what came early with it, or for one of several groups.
        shared = (lot > 0.0) | (used & (groups.count[product] > 1))
        since = time_since_review(came, instant, review)
        before = np.minimum(lot_window(exposed, since, slack, review), 0.0)
        each = each_due = np.where(shared[row][:, None] & (each <= 0.0), before, each)
        each_early[shared[row]] = 0.0
    days, due, early = longest(each), longest(each_due), total(each_early)
    # Of the units that assembly does not make late anyway.
    close = np.where(groups.wait_days[group] - assembly >= 0.0, share, 0.0)
    kept_lines = total(close)[row]
    close = np.where(kept_lines > 0.0, close / np.where(kept_lines > 0.0, kept_lines, 1.0), share)
    queues = (days > 0.0) | (lot > 0.0)[:, None]
    exposed_share = np.where(queues, total(close[:, None] * (each > 0.0)), 1.0)
    unit_due = due.copy()
    several = np.flatnonzero(used & (groups.count[product] > 1)).tolist()
    place = np.cumsum(used) - 1
    apart, due_apart = dict[int, Array](), dict[int, Array]()
    for e in several:
        segments = slice(int(start[e]), int(start[e] + groups.count[product[e]]))
        apart[int(place[e])], due_apart[int(place[e])] = each[segments], each_due[segments]
        unit_due[e] = each_due[segments][marks[int(product[e])], np.arange(len(instant))]
    soon = early.any(axis=1)
    # Who may wait for one part leaves on the shelf what was bought for the order.
    waits = np.zeros(len(rows), dtype=bool)
    waits[product[used]] = True
    after = ~used & waits[product]
    return Lines(
        product=product[used], component=component[used], quantity=quantity[used], days=days[used],
        due=due[used], reach=longest(exposed)[used].max(axis=1, initial=0.0), lot=lot[used],
        protected=protected[used], early_product=product[soon], early_component=component[soon],
        early=early[soon],
        bought=Bought(product=product[after], component=component[after], quantity=quantity[after]),
        apart=apart, due_apart=due_apart, unit_due=unit_due[used], exposed_share=exposed_share[used],
    )  # fmt: skip
