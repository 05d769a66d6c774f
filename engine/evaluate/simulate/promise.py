"""What was simulated beside what the plan promised: each deviation that matters, and its likely cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demand.streams import Array
from engine.economics.instance import TERMS
from engine.evaluate.simulate.ledger import planned_ledger
from engine.evaluate.simulate.orders import ReplayedOrders, WeekLots
from engine.evaluate.simulate.replicate import Simulated
from engine.evaluate.simulate.statistics import half_widths, ratio_half_widths
from engine.scenario.columns import STRATEGIES
from engine.solve.plan import Plan

# A deviation is named above these: share of the planned cost, share of the units on time.
COST_MATTERS = 0.05
SERVICE_MATTERS = 0.02
# Units drawn or replayed that differ by more from what was planned with are a cause by themselves.
UNITS_MATTER = 0.02
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
    on_time, on_time_half_width, planned_on_time : shape (I,)
        Share of the units; the plan's own where nothing was sold.
    """

    planned: Array
    simulated: Array
    cost_half_width: Array
    on_time: Array
    on_time_half_width: Array
    planned_on_time: Array


def compare(plan: Plan, simulated: Simulated, ledger: Array) -> Compared:
    """Put the two side by side.

    Parameters
    ----------
    plan : Plan
    simulated : Simulated
    ledger : shape (N, I, terms)
        Of the simulation.
    """
    seen = simulated.observed
    planned = planned_ledger(plan).copy()
    planned[:, TERMS.index("risk")] = 0.0
    sold = seen.units.mean(axis=0)
    promised = plan.decisions["on_time"].to_numpy(dtype=np.float64)
    on_time = np.where(sold > 0.0, 1.0 - seen.late_units.mean(axis=0) / np.where(sold > 0.0, sold, 1.0), promised)
    return Compared(
        planned=planned,
        simulated=ledger.mean(axis=0),
        cost_half_width=half_widths(ledger.sum(axis=2)),
        on_time=on_time,
        on_time_half_width=ratio_half_widths(seen.late_units, seen.units),
        planned_on_time=promised,
    )


def total_table(plan: Plan, compared: Compared, ledger: Array, simulated: Simulated) -> pd.DataFrame:
    """One row per strategy and one for all: cost, on-time share (weighed by units), their intervals."""
    strategy = plan.decisions["strategy"].to_numpy()
    units = np.array([good.mean_per_day for good in simulated.system.goods])
    rows = []
    for name in (*STRATEGIES, "all"):
        chosen = np.ones(len(strategy), dtype=bool) if name == "all" else strategy == name
        if not chosen.any():
            continue
        cost = ledger[:, chosen].sum(axis=(1, 2))
        planned = float(compared.planned[chosen].sum())
        weight = units[chosen] / max(float(units[chosen].sum()), 1e-300)
        rows.append(
            {
                "strategy": name, "products": int(chosen.sum()), "planned_cost_per_year": planned,
                "simulated_cost_per_year": float(cost.mean()), "half_width": float(half_widths(cost)),
                "deviation": float(cost.mean()) / planned - 1.0 if planned > 0.0 else float("nan"),
                "planned_on_time": float(compared.planned_on_time[chosen] @ weight),
                "simulated_on_time": float(compared.on_time[chosen] @ weight),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def causes(plan: Plan, simulated: Simulated, compared: Compared) -> list[str]:
    """For each product the likely cause of a deviation that matters, else an empty text."""
    strategy = plan.decisions["strategy"].to_numpy()
    found = []
    for i in range(len(strategy)):
        planned, seen = float(compared.planned[i].sum()), float(compared.simulated[i].sum())
        costs = abs(seen - planned) > COST_MATTERS * max(abs(planned), 1e-9)
        service = abs(compared.on_time[i] - compared.planned_on_time[i]) > SERVICE_MATTERS
        if not costs and not service:
            found.append("")
            continue
        sure_cost = costs and abs(seen - planned) > compared.cost_half_width[i]
        sure_service = service and (
            abs(compared.on_time[i] - compared.planned_on_time[i]) > compared.on_time_half_width[i]
        )
        if not sure_cost and not sure_service:
            found.append("chance: the interval holds the promise")
            continue
        found.append("; ".join(_reasons(plan, simulated, compared, i, cost=sure_cost)))
    return found


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
        late = difference[TERMS.index("late")] + difference[TERMS.index("lost_margin")]
        if late > 0.0 or compared.on_time[i] < compared.planned_on_time[i] - SERVICE_MATTERS:
            reasons.append("parts go first come first served; the plan shares them with hindsight")
        elif compared.on_time[i] > compared.planned_on_time[i] + SERVICE_MATTERS:
            reasons.append("the plan counts late parts at the end of the review cycle, which is conservative")
        else:
            reasons.append("lateness falls on other products than in the plan's split")
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
        return [f"orders drawn come to {sold:.0%} of the mean, by chance"]
    return []
