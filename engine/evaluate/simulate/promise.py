"""What was simulated beside what the plan promised: each deviation that matters, and its likely cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demand.streams import Array
from engine.economics.instance import TERMS, Booleans
from engine.evaluate.simulate.ledger import planned_ledger
from engine.evaluate.simulate.orders import ReplayedOrders, WeekLots
from engine.evaluate.simulate.replicate import DAYS_PER_YEAR, Simulated
from engine.evaluate.simulate.statistics import Shares, half_widths, shares
from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario
from engine.solve.plan import Plan

# A deviation is named above these: share of the planned cost, share of the units on time.
COST_MATTERS = 0.05
SERVICE_MATTERS = 0.02
# Units drawn or replayed that differ by more from what was planned with are a cause by themselves.
UNITS_MATTER = 0.02
# How causes begin that are none: the run is too short to tell.
CHANCE, FEW = "chance", "too few orders delivered"
# Work that took longer than the days given, as a share of the units, is a queue.
QUEUE_MATTERS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
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
    def surely_off(self) -> Booleans:
        """Whether the interval of the on-time share leaves out the promise."""
        return (self.on_time.low > self.planned_on_time) | (self.on_time.high < self.planned_on_time)


def on_time_shares(simulated: Simulated) -> Shares:
    """Share of the units of each product that were on time; the orders are the trials."""
    seen = simulated.observed
    return shares(seen.units - seen.late_units, seen.units, orders_seen(simulated))


def orders_seen(simulated: Simulated) -> Array:
    """Number of orders of each product that were delivered in all replications."""
    days = simulated.replications * simulated.years * DAYS_PER_YEAR
    return np.asarray(np.rint(simulated.observed.orders.mean(axis=0) * days))


def compare(plan: Plan, simulated: Simulated, ledger: Array) -> Compared:
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
    return Compared(
        planned=planned,
        simulated=ledger.mean(axis=0),
        cost_half_width=half_widths(ledger.sum(axis=2)),
        on_time=on_time_shares(simulated),
        planned_on_time=plan.decisions["on_time"].to_numpy(dtype=np.float64),
    )


def targets_told(scenario: Scenario, simulated: Simulated, on_time: Shares) -> dict[str, list[str]]:
    """Products that miss their on-time target with their whole interval, and those of which too few orders tell."""
    target = derive(scenario).on_time_target
    found = {"targets_missed": on_time.high < target, "targets_untold": on_time.few & (target > 0.0)}
    goods = simulated.system.goods
    return {key: [good.name for good, is_so in zip(goods, which, strict=True) if is_so] for key, which in found.items()}


def total_table(plan: Plan, compared: Compared, ledger: Array, simulated: Simulated) -> pd.DataFrame:
    """One row per strategy and one for all: cost, on-time share (weighed by units), their intervals.

    The simulated share is that of the products sold, NaN where there are none.
    """
    strategy = plan.decisions["strategy"].to_numpy()
    units = np.array([good.mean_per_day for good in simulated.system.goods])
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
                "deviation": float(cost.mean()) / planned - 1.0 if planned > 0.0 else float("nan"),
                "planned_on_time": _weighed(compared.planned_on_time[chosen], units[chosen]),
                "simulated_on_time": _weighed(compared.on_time.mean[chosen], units[chosen]),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _weighed(values: Array, weights: Array) -> float:
    """Weighted mean of the values that there are."""
    known = np.isfinite(values)
    total = float(weights[known].sum())
    return float(values[known] @ weights[known]) / total if total > 0.0 else float("nan")


def causes(plan: Plan, simulated: Simulated, compared: Compared) -> list[str]:
    """For each product the likely cause of a deviation that matters, else an empty text."""
    return [_cause(plan, simulated, compared, i) for i in range(len(plan.decisions))]


def _cause(plan: Plan, simulated: Simulated, compared: Compared, i: int) -> str:
    planned, seen = float(compared.planned[i].sum()), float(compared.simulated[i].sum())
    costs = abs(seen - planned) > COST_MATTERS * max(abs(planned), 1e-9)
    # NaN, where nothing was sold, matters to none.
    service = bool(abs(compared.later[i]) > SERVICE_MATTERS)
    if not costs and not service:
        return ""
    # Lines that are replayed are what they are, few or not.
    replayed = isinstance(simulated.system.goods[i].orders, ReplayedOrders)
    if compared.on_time.few[i] and not replayed:
        return f"{FEW} ({compared.on_time.trials[i]:.0f}) to tell"
    sure_cost = costs and bool(abs(seen - planned) > compared.cost_half_width[i])
    if not sure_cost and not (service and compared.surely_off[i]):
        return f"{CHANCE}: the interval holds the promise"
    return "; ".join(_reasons(plan, simulated, compared, i, cost=sure_cost))


def _reasons(plan: Plan, simulated: Simulated, compared: Compared, i: int, *, cost: bool) -> list[str]:
    reasons = _demand_reasons(simulated, i)
    good, strategy = simulated.system.goods[i], str(plan.decisions["strategy"].iloc[i])
    difference = compared.simulated[i] - compared.planned[i]
    largest = TERMS[int(np.argmax(np.abs(difference)))]
    waits = simulated.observed.overrun_units[:, i].mean()
    if waits > QUEUE_MATTERS * max(simulated.observed.units[:, i].mean(), 1e-300):
        busy = max(good.uses, key=lambda use: simulated.observed.queue_days[:, use.resource].mean())
        reasons.append(f"queue at {simulated.system.servers[busy.resource].name}")
    if cost and largest in ("overtime", "outsourcing"):
        reasons.append("uneven load: the plan takes the hours of stock orders at their mean")
    if strategy == "ATO":
        reasons.append(_parts_reason(compared, i))
    elif strategy == "MTS" and good.shelf is not None:
        ahead = good.wait_days - good.shelf.supply.mean_days
        if ahead > 0.0 and simulated.system.review_days > 0.0 and not reasons:
            reasons.append(f"customers wait {ahead:g} days longer than the supplier, and early stock lies on the shelf")
        if isinstance(good.orders, WeekLots) or simulated.system.common_factor_cv > 0.0:
            reasons.append("weeks begin on a day of their own, not with the day of observation")
    if not reasons:
        worse = difference.sum() > 0.0
        samples = f"{plan.summary.get('samples', 'its')} samples"
        how = f"the best on {samples}, which flatters it" if worse else f"measured on {samples}"
        reasons.append(f"sampling: the plan is {how}")
    return reasons


def _parts_reason(compared: Compared, i: int) -> str:
    """What giving out parts one order at a time does to an assembled product."""
    difference = compared.simulated[i] - compared.planned[i]
    late = difference[TERMS.index("late")] + difference[TERMS.index("lost_margin")]
    dearer = late > COST_MATTERS * max(abs(float(compared.planned[i].sum())), 1e-9)
    if compared.later[i] < -SERVICE_MATTERS:
        if dearer:
            return "fewer units are late than in the plan, and each for longer"
        return "the plan counts late parts at the end of the review cycle, which is conservative"
    if dearer or compared.later[i] > SERVICE_MATTERS:
        return "parts go first come first served; the plan shares them with hindsight"
    return "lateness falls on other products than in the plan's split"


def _demand_reasons(simulated: Simulated, i: int) -> list[str]:
    good = simulated.system.goods[i]
    if good.mean_per_day <= 0.0:
        return []
    sold = float(simulated.observed.units[:, i].mean()) / good.mean_per_day
    spread = float(half_widths(simulated.observed.units[:, i])) / good.mean_per_day
    if isinstance(good.orders, ReplayedOrders):
        if abs(sold - 1.0) > UNITS_MATTER:
            return [f"the order lines hold {sold:.0%} of the demand planned with"]
        return ["the order lines move together or drift, which the plan does not know"]
    if abs(sold - 1.0) > max(UNITS_MATTER, spread):
        return [f"orders drawn come to {sold:.0%} of the mean"]
    return []
