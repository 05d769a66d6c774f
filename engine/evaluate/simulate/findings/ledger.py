"""Money of what was simulated, by the terms of the plan's ledger."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.demand.streams import Array
from engine.economics.instance import MTO, MTS, TERMS, Integers
from engine.economics.optima.lateness import lateness
from engine.economics.prices import CHOICE_DRIVERS, Prices, price_table
from engine.evaluate.simulate.clock.orders import ListedOrders, Orders, PoissonOrders, ReplayedOrders, SegmentOrders
from engine.evaluate.simulate.clock.system import System
from engine.evaluate.simulate.replicate import DAYS_PER_YEAR, Simulated
from engine.scenario.columns import strategy_numbers
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario


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
    products = scenario.products
    planned = planned_ledger(plan)
    chosen = plan.decisions.set_index("product").loc[products["product"], "strategy"]
    strategy = strategy_numbers(chosen)
    derived = derive(scenario)
    prices = price_table(scenario, derived, lateness(scenario, derived))
    cost = np.zeros((seen.count, len(goods), len(TERMS)))

    def column(name: str) -> Array:
        return products[name].to_numpy(dtype=np.float64)

    def book(measure: Array, price: Array) -> None:
        """measure, shape (N, I), times price, shape (I, terms)."""
        cost[:] += measure[:, :, None] * price[None, :, :]

    book(seen.on_hand, prices.on_hand + column("obsolescence_per_year")[:, None] * prices.written_off)
    book(seen.dear_late, prices.backlog)
    book(DAYS_PER_YEAR * seen.late_units, prices.late_unit)
    cost += _choice_cost(scenario, simulated, prices, strategy, derived.batch)
    for term in (name for name, driver in CHOICE_DRIVERS.items() if driver in {"year", "once"}):
        cost[:, :, TERMS.index(term)] += planned[:, TERMS.index(term)]

    unit, parts_scrapped = units_of(simulated.system), scenario.components["obsolescence_per_year"].to_numpy(np.float64)
    carrying = prices.part_on_hand + parts_scrapped[:, None] * prices.part_written_off
    for units, parts in assembled_units(simulated.system, unit):
        total = seen.part_on_hand[:, parts] @ carrying[parts]
        for t in np.flatnonzero(carrying.any(axis=0)).tolist():
            cost[:, units, t] += total[:, t, None] * as_planned(planned[units, t])
    for hours, price in ((seen.overtime, prices.overtime), (seen.outsourced, prices.outsourced)):
        for t in np.flatnonzero(price.any(axis=0)).tolist():
            total = hours @ price[:, t] * DAYS_PER_YEAR
            cost[:, :, t] += total[:, None] * as_planned(planned[:, t])
    return cost


def _choice_cost(
    scenario: Scenario, simulated: Simulated, prices: Prices, strategy: Integers, batch: Array
) -> Array:
    """What choices cost by what was counted, shape (N, I, terms): they are priced for the mean demand."""
    seen, goods = simulated.observed, simulated.system.goods
    rate, size = (scenario.products[name].to_numpy(dtype=np.float64) for name in ("demand_per_week", "order_size"))
    rate = rate / 7.0
    single = [_sized(good.orders) for good in goods]
    counted = {
        "batches": seen.batches * np.where(batch > 0.0, batch, 0.0) / rate,
        "orders": np.where(single, seen.orders, seen.units / size) * size / rate,
        "units": seen.units / rate,
    }
    # Large orders beside a stock cost what making to order costs.
    beside = {"orders": seen.large_orders * size / rate, "units": seen.large_units / rate}
    every, cost = np.arange(len(goods)), np.zeros((seen.count, len(goods), len(TERMS)))
    for times, price in (
        (counted, prices.choice[every, strategy]),
        (beside, np.where((strategy == MTS)[:, None], prices.choice[:, MTO], 0.0)),
    ):
        for driver, count in times.items():
            cost += count[:, :, None] * price * [CHOICE_DRIVERS.get(term) == driver for term in TERMS]
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


def _sized(orders: Orders) -> bool:
    """Whether single orders are told apart: of Poisson demand only the units are."""
    if isinstance(orders, SegmentOrders):
        return _sized(orders.orders)
    if isinstance(orders, PoissonOrders):
        return orders.size != 1.0 or orders.size_cv2 > 0.0
    return isinstance(orders, ReplayedOrders | ListedOrders)


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
    """Number of the unit of each good, shape (I,): goods that take the same part are one, however many."""
    unit = np.arange(len(system.goods))
    for part in range(len(system.parts)):
        taking = [i for i, good in enumerate(system.goods) if part in dict(good.parts)]
        for i in taking[1:]:
            unit[unit == unit[i]] = unit[taking[0]]
    return np.asarray(np.unique(unit, return_inverse=True)[1], dtype=np.int64)


def assembled_units(system: System, unit: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Goods of each unit that takes parts, and these parts: what is bought for an order lies there, too."""
    parts: dict[int, set[int]] = {}
    for i, good in enumerate(system.goods):
        if good.parts:
            parts.setdefault(int(unit[i]), set()).update(dict(good.parts))
    for number, of in parts.items():
        yield np.flatnonzero(unit == number), np.array(sorted(of), dtype=np.int64)
