"""Costs that a strategy brings whatever the stocks, one function per strategy and term."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTO, MTS, TERMS
from engine.scenario.derived import Derived
from engine.scenario.scenario import Scenario


def fixed_costs(
    scenario: Scenario,
    derived: Derived,
    *,
    rate: Array,
    late: Array,
    lost: Array,
    assembly_late_days: Array,
    make_late_days: Array,
    make_on_time: Array,
) -> Array:
    """Fixed part of every term, money per year.

    Parameters
    ----------
    scenario, derived
    rate : shape (I,)
        Units a day.
    late : shape (I,)
        Money per unit and year of lateness.
    lost : shape (I,)
        Money per late unit.
    assembly_late_days, make_late_days, make_on_time : shape (I,)

    Returns
    -------
    numpy.ndarray, shape (I, 3, terms)
        In the order of `TERMS`.
    """
    products = scenario.products
    units = rate * DAYS_PER_YEAR
    orders = units / products["order_size"].to_numpy(dtype=float)
    fixed = np.zeros((len(products), 3, len(TERMS)))

    def put(strategy: int, term: str, cost: Array) -> None:
        fixed[:, strategy, TERMS.index(term)] += cost

    batch = np.where(derived.batch > 0.0, derived.batch, np.inf)
    put(MTS, "batch_setup", products["batch_setup_cost"].to_numpy(dtype=float) * units / batch)
    put(MTS, "stocking", products["stocking_cost_per_year"].to_numpy(dtype=float))
    put(ATO, "order_handling", products["assembly_order_cost"].to_numpy(dtype=float) * orders)
    put(ATO, "premium", products["assembly_premium"].to_numpy(dtype=float) * units)
    # By Little's law, units that each wait d days too long are rate x d units late at any time.
    put(ATO, "late", late * rate * assembly_late_days)
    put(MTO, "order_handling", products["make_order_cost"].to_numpy(dtype=float) * orders)
    put(MTO, "premium", products["make_premium"].to_numpy(dtype=float) * units)
    put(MTO, "late", late * rate * make_late_days)
    put(MTO, "lost_margin", lost * units * (1.0 - make_on_time))
    # Assembly that alone exceeds the wait makes every unit late.
    put(ATO, "lost_margin", np.where(assembly_late_days > 0.0, lost * units, 0.0))
    for strategy in (MTS, ATO, MTO):
        leaves = (derived.current >= 0) & (derived.current != strategy)
        put(strategy, "change", np.where(leaves, products["change_cost"].to_numpy(dtype=float), 0.0))
    return fixed
