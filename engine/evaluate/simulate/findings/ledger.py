"""Money of what was simulated, by the terms of the plan's ledger."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.demand.streams import Array
from engine.economics.instance import TERMS, Integers
from engine.evaluate.simulate.clock.orders import PoissonOrders, ReplayedOrders
from engine.evaluate.simulate.clock.system import System
from engine.evaluate.simulate.replicate import DAYS_PER_YEAR, Simulated
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario

# What does not depend on chance is booked as the plan says.
AS_PLANNED = ("stocking", "change")


def planned_ledger(plan: Plan) -> Array:
    """The plan's ledger, shape (I, terms), products in the order of the plan's decisions."""
    wide = plan.ledger.pivot_table(index="product", columns="term", values="cost_per_year", aggfunc="sum")
    return wide.reindex(index=plan.decisions["product"], columns=list(TERMS)).fillna(0.0).to_numpy(dtype=np.float64)


def simulated_ledger(scenario: Scenario, plan: Plan, simulated: Simulated) -> Array:
    """Cost of every observation, shape (N, I, terms), money per year.

    Parts' stock and overtime are shared out as in the plan among the products that take the parts, or use the hours:
    who causes them is a question of prices, not of the simulation. Their sums are what was simulated.
    """
    seen, goods = simulated.observed, simulated.system.goods
    products, settings = scenario.products, scenario.settings
    planned = planned_ledger(plan)
    strategy = plan.decisions.set_index("product").loc[products["product"], "strategy"].to_numpy()
    mts, ato, mto = (strategy == name for name in ("MTS", "ATO", "MTO"))
    cost = np.zeros((seen.count, len(goods), len(TERMS)))

    def column(name: str) -> Array:
        return products[name].to_numpy(dtype=np.float64)

    def book(term: str, amount: Array) -> None:
        cost[:, :, TERMS.index(term)] += amount

    unit_cost = column("unit_cost")
    book("holding", settings.holding_rate_per_year * unit_cost * seen.on_hand)
    book("obsolescence", column("obsolescence_per_year") * unit_cost * seen.on_hand)
    book("late", derive(scenario).late_cost_per_unit_day * DAYS_PER_YEAR * seen.late)
    margin = np.maximum(np.nan_to_num(column("price") - unit_cost), 0.0)
    book("lost_margin", column("lost_share_if_late") * margin * DAYS_PER_YEAR * seen.late_units)
    book("batch_setup", mts * column("batch_setup_cost") * DAYS_PER_YEAR * seen.batches)
    single = [isinstance(good.orders, ReplayedOrders | PoissonOrders) and _sized(good.orders) for good in goods]
    orders = np.where(single, seen.orders, seen.units / column("order_size")) * DAYS_PER_YEAR
    book("order_handling", (ato * column("assembly_order_cost") + mto * column("make_order_cost")) * orders)
    units = seen.units * DAYS_PER_YEAR
    book("premium", (ato * column("assembly_premium") + mto * column("make_premium")) * units)
    for term in AS_PLANNED:
        book(term, planned[:, TERMS.index(term)])

    unit = units_of(simulated.system)
    part_cost = scenario.components["unit_cost"].to_numpy(dtype=np.float64)
    rates = {
        "holding": np.full(part_cost.shape, settings.holding_rate_per_year),
        "obsolescence": scenario.components["obsolescence_per_year"].to_numpy(dtype=np.float64),
    }
    for own, parts in assembled_units(simulated.system, unit):
        for term, rate in rates.items():
            t = TERMS.index(term)
            total = seen.part_on_hand[:, parts] @ (rate * part_cost)[parts]
            cost[:, own, t] += total[:, None] * as_planned(planned[own, t])
    if len(scenario.resources):
        outside = np.nan_to_num(scenario.resources["outsourcing_cost_per_hour"].to_numpy(dtype=np.float64))
        over = scenario.resources["overtime_cost_per_hour"].to_numpy(dtype=np.float64)
        for term, hours, price in (("overtime", seen.overtime, over), ("outsourcing", seen.outsourced, outside)):
            total = hours @ price * DAYS_PER_YEAR
            book(term, total[:, None] * as_planned(planned[:, TERMS.index(term)]))
    return cost


def inventory_value(scenario: Scenario, simulated: Simulated) -> Array:
    """Value on hand of each observation, finished goods and parts, shape (N,)."""
    seen = simulated.observed
    goods = seen.on_hand @ scenario.products["unit_cost"].to_numpy(dtype=np.float64)
    parts = seen.part_on_hand @ scenario.components["unit_cost"].to_numpy(dtype=np.float64)
    return np.asarray(goods + parts)


def ledger_frame(names: pd.Series, planned: Array, simulated: Array, half_width: Array) -> pd.DataFrame:
    """One row per product and term that is not zero in the plan or in the simulation."""
    product, term = np.nonzero((planned != 0.0) | (simulated != 0.0))
    return pd.DataFrame(
        {
            "product": names.to_numpy()[product],
            "term": [TERMS[t] for t in term],
            "planned_per_year": planned[product, term],
            "simulated_per_year": simulated[product, term],
            "half_width": half_width[product, term],
        }
    )


def _sized(orders: PoissonOrders | ReplayedOrders) -> bool:
    """Whether single orders are told apart: of Poisson demand only the units are."""
    return isinstance(orders, ReplayedOrders) or orders.size != 1.0 or orders.size_cv2 > 0.0


def as_planned(planned: Array) -> Array:
    """Shares of products in what they cause together: as the plan has it, alike where it has nothing.

    Examples
    --------
    >>> as_planned(np.array([30.0, 10.0])).tolist(), as_planned(np.zeros(2)).tolist()
    ([0.75, 0.25], [0.5, 0.5])
    """
    total = float(planned.sum())
    return planned / total if total > 1e-12 else np.full(planned.shape, 1.0 / max(planned.size, 1))


def units_of(system: System) -> Integers:
    """Number of the unit of each good, shape (I,): goods that draw on the stock of a part are one, however many."""
    unit = np.arange(len(system.goods))
    for part in range(len(system.parts)):
        drawing = [i for i, good in enumerate(system.goods) if part in system.drawn(good)]
        for i in drawing[1:]:
            unit[unit == unit[i]] = unit[drawing[0]]
    return np.asarray(np.unique(unit, return_inverse=True)[1], dtype=np.int64)


def assembled_units(system: System, unit: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Goods of each unit that draws on parts, and these parts."""
    parts: dict[int, set[int]] = {}
    for i, good in enumerate(system.goods):
        if drawn := system.drawn(good):
            parts.setdefault(int(unit[i]), set()).update(drawn)
    for number, of in parts.items():
        yield np.flatnonzero(unit == number), np.array(sorted(of), dtype=np.int64)
