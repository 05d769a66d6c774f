"""What was simulated beside what the plan promised, and which deviations matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.demand.streams import Array
from engine.economics.instance import TERMS, Booleans
from engine.evaluate.simulate.findings.ledger import planned_ledger
from engine.evaluate.simulate.findings.statistics import Shares, half_widths, shares
from engine.evaluate.simulate.replicate import DAYS_PER_YEAR, Simulated
from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario

# A deviation is named above these: share of the planned cost, share of the units on time.
COST_MATTERS = 0.05
SERVICE_MATTERS = 0.02
# Below this share of the cost of the whole plan, a cost is next to nothing.
NEXT_TO_NOTHING = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseComparison:
    """Plan and simulation side by side, arrays over products.

    Parameters
    ----------
    planned, simulated : shape (I, terms)
        Money per year, the risk term left out: it weighs costs, nobody pays it.
    cost_half_width : shape (I,)
    on_time : Shares
        Share of the units, NaN where nothing was sold.
    planned_on_time : shape (I,)
    """

    planned: Array
    simulated: Array
    cost_half_width: Array
    on_time: Shares
    planned_on_time: Array

    @property
    def later(self) -> Array:
        """How much less than planned is on time, as a share of the units; NaN where nothing was sold."""
        return self.planned_on_time - self.on_time.mean

    @property
    def dearer(self) -> Array:
        """How much more than planned it costs, money per year."""
        return np.asarray((self.simulated - self.planned).sum(axis=1))

    @property
    def cost_matters(self) -> Booleans:
        """Whether the cost is off by more than 5% of what was planned."""
        return np.asarray(np.abs(self.dearer) > COST_MATTERS * np.maximum(np.abs(self.planned.sum(axis=1)), 1e-9))

    @property
    def service_matters(self) -> Booleans:
        """Whether the on-time share is off by more than 2 points; where nothing was sold it is not."""
        return np.asarray(np.abs(self.later) > SERVICE_MATTERS)

    @property
    def cost_off(self) -> Booleans:
        """Whether that is so for sure: the interval of the cost leaves out the promise."""
        return self.cost_matters & (np.abs(self.dearer) > self.cost_half_width)

    @property
    def service_off(self) -> Booleans:
        """Whether that is so for sure: the interval of the on-time share leaves out the promise."""
        outside = (self.on_time.low > self.planned_on_time) | (self.on_time.high < self.planned_on_time)
        return self.service_matters & outside


def on_time_shares(simulated: Simulated) -> Shares:
    """Share of the units of each product that were on time; the orders are the trials."""
    seen = simulated.observed
    return shares(seen.units - seen.late_units, seen.units, orders_seen(simulated))


def otif_shares(simulated: Simulated) -> Shares:
    """Share of the orders of each product that left whole by their due date, NaN where none was delivered."""
    seen = simulated.observed
    return shares(seen.orders_on_time, seen.orders, orders_seen(simulated))


def orders_seen(simulated: Simulated) -> Array:
    """Number of orders of each product that were delivered in all replications."""
    days = simulated.replications * simulated.years * DAYS_PER_YEAR
    return np.asarray(np.rint(simulated.observed.orders.mean(axis=0) * days))


def compare(plan: Plan, simulated: Simulated, ledger: Array) -> PromiseComparison:
    """Put the two side by side.

    Parameters
    ----------
    plan : Plan
    simulated : Simulated
    ledger : shape (N, I, terms)
        Of the simulation.
    """
    planned = planned_ledger(plan).copy()
    planned[:, TERMS.index("risk")] = 0.0
    return PromiseComparison(
        planned=planned,
        simulated=ledger.mean(axis=0),
        cost_half_width=half_widths(ledger.sum(axis=2)),
        on_time=on_time_shares(simulated),
        planned_on_time=plan.decisions["on_time"].to_numpy(dtype=np.float64),
    )


def targets_told(scenario: Scenario, simulated: Simulated, on_time: Shares) -> dict[str, list[str]]:
    """Products that miss their on-time target with their whole interval, and those of which too few orders tell."""
    target = derive(scenario).on_time_target
    targets = {"targets_missed": on_time.high < target, "targets_untold": on_time.few & (target > 0.0)}
    goods = simulated.system.goods
    return {
        key: [good.name for good, is_so in zip(goods, which, strict=True) if is_so] for key, which in targets.items()
    }


def total_table(plan: Plan, compared: PromiseComparison, ledger: Array, simulated: Simulated) -> pd.DataFrame:
    """One row per strategy and one for all: cost and on-time share with what was planned.

    The planned share weighs by mean demand, as the plan's own figures; the simulated one is that of all units
    delivered in the run (`on_time_of`).
    """
    strategy = plan.decisions["strategy"].to_numpy()
    units = np.array([good.mean_per_day for good in simulated.system.goods])
    whole = float(compared.planned.sum())
    rows = []
    for name in (*STRATEGIES, "all"):
        chosen = np.ones(len(strategy), dtype=bool) if name == "all" else strategy == name
        if not chosen.any():
            continue
        cost = ledger[:, chosen].sum(axis=(1, 2))
        planned = float(compared.planned[chosen].sum())
        rows.append(
            {
                "strategy": name, "products": int(chosen.sum()), "planned_cost_per_year": planned,
                "simulated_cost_per_year": float(cost.mean()), "half_width": float(half_widths(cost)),
                "deviation": float(cost_deviation(np.array([planned]), np.array([cost.mean()]), whole)[0]),
                "planned_on_time": float(compared.planned_on_time[chosen] @ units[chosen]) / float(units[chosen].sum()),
                "simulated_on_time": float(on_time_of(simulated, chosen).mean),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def on_time_of(simulated: Simulated, chosen: Booleans) -> Shares:
    """Share of the units of some products that left by their due date, of all that they delivered in the run.

    Every unit counts the same; NaN where nothing was sold.
    """
    seen = simulated.observed
    units = seen.units[:, chosen].sum(axis=1)
    return shares(units - seen.late_units[:, chosen].sum(axis=1), units, orders_seen(simulated)[chosen].sum())


def cost_deviation(planned: Array, simulated: Array, whole: float) -> Array:
    """Simulated over planned cost, less one; NaN where next to nothing was planned, of which a share tells nothing.

    Parameters
    ----------
    planned, simulated : shape (n,)
    whole : float
        Planned cost of the whole plan.
    """
    some = planned > NEXT_TO_NOTHING * whole
    return np.where(some, simulated / np.where(some, planned, 1.0) - 1.0, np.nan)
