"""A plan with base stocks and costs as a simulation has them, checked on seeds of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.decision.aside import Aside, at_once
from engine.decision.plan import Plan
from engine.decision.tables.books import with_books
from engine.demand.streams import Array
from engine.economics.instance import TERMS
from engine.economics.prices import CHOICE_DRIVERS
from engine.evaluate.simulate.clock.system import System
from engine.evaluate.simulate.findings.correct import ESTIMATE, CorrectedStocks, tune, with_levels
from engine.evaluate.simulate.findings.corrected_figures import (
    LEFT_OUT,
    from_the_model,
    overtime_costs,
    readers_blocks,
    shared_among_products,
    written_off,
)
from engine.evaluate.simulate.findings.ledger import inventory_value, planned_ledger, simulated_ledger
from engine.evaluate.simulate.findings.promise import (
    compare,
    cost_deviation,
    on_time_shares,
    otif_shares,
    targets_told,
)
from engine.evaluate.simulate.findings.statistics import estimate, lead_times
from engine.evaluate.simulate.replicate import DAYS_PER_YEAR, Simulated, simulate_system
from engine.scenario.scenario import Scenario

# Terms that the plan knows without samples.
FROM_MEAN_DEMAND = (*CHOICE_DRIVERS, "risk")
# Blocks of the summary; blank where nothing was sold.
READERS = ("customer", "investor", "regulator")
# Phase of the work, steps done, steps in all.
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long, on which seed and where to simulate."""

    years: float
    replications: int
    seed: int
    aside: Aside = at_once

    def simulate(self, system: System, told: Told, phase: str, *, apart: int = 0) -> Simulated:
        """Simulate a system, on seeds so far apart."""
        return simulate_system(
            system, years=self.years, replications=self.replications, seed=self.seed + apart,
            progress=lambda done, steps: told(phase, done, steps), aside=self.aside,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The corrected plan, its base stocks, and the check of it; `stopped` where the check was cut short."""

    plan: Plan
    level: Array
    check: dict[str, object]
    stopped: bool


def correct_and_check(scenario: Scenario, plan: Plan, system: System, length: Length, told: Told) -> Corrected:
    """Tune base stocks, estimate costs with them, check both; KeyboardInterrupt where it is stopped before that."""
    tuned: CorrectedStocks | None = None
    if (plan.decisions["strategy"] == "ATO").any():
        tuned = tune(
            scenario, plan, system, years=length.years, replications=length.replications, seed=length.seed,
            progress=lambda done, steps: told("correcting", done, steps),
        )  # fmt: skip
    level = np.array([part.shelf.level for part in system.parts]) if tuned is None else tuned.level
    # The corrected costs are read from a run that neither tuned nor checks.
    basis = length.simulate(system, told, "correcting", apart=ESTIMATE) if tuned is None else tuned.simulated
    if basis.stopped:
        raise KeyboardInterrupt
    corrected = corrected_plan(scenario, plan, basis, level)
    held_out = length.simulate(with_levels(system, level), told, "checking")
    check = _check(scenario, plan, corrected, held_out, tuned)
    return Corrected(plan=corrected, level=level, check=check, stopped=held_out.stopped)


def corrected_plan(scenario: Scenario, plan: Plan, simulated: Simulated, level: Array) -> Plan:
    """The plan with other base stocks and the costs that were simulated with them.

    Strategies, finished stocks and the cost of other strategies (`cost_if`) are the plan's; so are the terms that
    follow from the mean demand alone, which a simulation can only blur, and the risk term. What readers look for comes
    from the simulation too (`corrected_figures`).
    """
    ledger = simulated_ledger(scenario, plan, simulated)
    compared = compare(plan, simulated, ledger)
    cost = compared.simulated.copy()
    planned = planned_ledger(plan)
    for term in FROM_MEAN_DEMAND:
        cost[:, TERMS.index(term)] = planned[:, TERMS.index(term)]
    seen = simulated.observed
    leads = [lead_times(units) for units in seen.leads]
    decisions = plan.decisions.copy()
    total = cost.sum(axis=1)
    cheaper = decisions["expected_cost_per_year"] - total
    decisions["regret_per_year"] += cheaper
    if "regret_low_per_year" in decisions:
        decisions["regret_low_per_year"] += cheaper
    decisions["expected_cost_per_year"] = total
    for k, name in enumerate(decisions["strategy"]):
        decisions.loc[decisions.index[k], f"cost_if_{name}"] = total[k]
    decisions["on_time"] = np.where(np.isnan(compared.on_time.mean), decisions["on_time"], compared.on_time.mean)
    whole = otif_shares(simulated).mean
    decisions["otif"] = np.where(np.isnan(whole), decisions["otif"], whole)
    promised = decisions["lead_time_days"].to_numpy(dtype=np.float64)
    decisions["lead_time_days"] = [
        lead.mean_days if lead.days.size else days for lead, days in zip(leads, promised, strict=True)
    ]
    value = scenario.components["unit_cost"].to_numpy(dtype=np.float64)
    components = plan.components.set_index("component").loc[scenario.components["component"].tolist()].reset_index()
    on_hand = seen.part_on_hand.mean(axis=0)
    # The other levels are so far from the base stock as they were.
    moved = level - components["base_stock"].to_numpy(dtype=np.float64)
    for name in ("reorder_point", "order_up_to", "safety_stock"):
        components[name] += moved
    components["base_stock"], components["inventory_value"] = level, value * on_hand
    held = decisions["inventory_value"].to_numpy(dtype=np.float64)
    finished_value = scenario.products["unit_cost"].to_numpy(dtype=np.float64) * seen.on_hand.mean(axis=0)
    decisions["inventory_value"] = finished_value + shared_among_products(simulated, value * on_hand, held)
    finished, parts = written_off(scenario, simulated)
    co2, part_co2 = (frame["co2_kg"].to_numpy(dtype=np.float64) for frame in (scenario.products, scenario.components))
    rate = np.array([good.mean_per_day for good in simulated.system.goods])
    scrap = co2 * finished + shared_among_products(simulated, part_co2 * parts, held)
    decisions["co2_kg_per_year"] = co2 * rate * DAYS_PER_YEAR + scrap
    decisions["obsolescence_per_year"] = cost[:, TERMS.index("obsolescence")]
    rows, columns = np.nonzero(cost)
    frame = pd.DataFrame(
        {
            "product": decisions["product"].to_numpy()[rows],
            "term": [TERMS[t] for t in columns],
            "cost_per_year": cost[rows, columns],
        }
    )
    objective = float(cost.sum())
    scale, bound = max(abs(objective), 1e-9), plan.bound_per_year
    program = float(plan.summary.get("program_per_year", bound))
    summary = {
        **{key: told for key, told in plan.summary.items() if key not in LEFT_OUT},
        "objective_per_year": objective,
        "gap": max(0.0, program - bound) / scale,
        "allocation_gap": max(0.0, objective - max(program, bound)) / scale,
        "inventory_value": float(decisions["inventory_value"].sum()),
        **dict.fromkeys(READERS),
        **readers_blocks(scenario, simulated, cost),
        "corrected": "base stocks of components and costs by simulation, first come first served",
        "left_out": f"not told by a simulation of these stocks: {', '.join(LEFT_OUT)}; cost_if of other strategies, "
        "bound and hour prices are the plan's",
    }
    corrected = replace(
        plan, decisions=decisions, components=components, ledger=frame, summary=summary,
        resources=overtime_costs(scenario, plan.resources, simulated),
    )  # fmt: skip
    # The model tells these at the new stocks, so the plan has to be there first; its tables are the ones written to.
    decisions["reason"], components["pooling_saving_per_year"] = from_the_model(scenario, corrected, cost)
    decisions, components, books = with_books(scenario, decisions, components)
    told = {} if books is None else {"stock_on_hand": books}
    return replace(corrected, decisions=decisions, components=components, summary={**summary, **told})


def _check(
    scenario: Scenario, plan: Plan, corrected: Plan, held_out: Simulated, tuned: CorrectedStocks | None
) -> dict[str, object]:
    """The corrected costs against a run on seeds that neither tuned nor estimated them."""
    ledger = simulated_ledger(scenario, plan, held_out)
    risk = float(corrected.ledger.loc[corrected.ledger["term"] == "risk", "cost_per_year"].sum())
    total = estimate(ledger.sum(axis=(1, 2)))
    ato = (plan.decisions["strategy"] == "ATO").to_numpy()
    read = float(corrected.decisions.loc[ato, "expected_cost_per_year"].sum())
    seen = float(ledger[:, ato].sum(axis=(1, 2)).mean())
    objective = corrected.objective_per_year - risk
    return {
        "cost_per_year": objective,
        "held_out_cost_per_year": total.mean,
        "held_out_half_width": total.half_width,
        "deviation": _share(objective, total.mean, objective),
        "ato_deviation": _share(read, seen, objective),
        "inventory_value": float(inventory_value(scenario, held_out).mean()),
        **targets_told(scenario, held_out, on_time_shares(held_out)),
        "replications": held_out.replications,
        "rounds": 0 if tuned is None else len(tuned.costs),
    }


def _share(read: float, seen: float, whole: float) -> float:
    """Deviation of a cost from what the corrected plan says; NaN where it says next to nothing."""
    return float(cost_deviation(np.array([read]), np.array([seen]), whole)[0])
