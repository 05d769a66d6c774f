"""`simulate`: a plan under orders one by one, beside what it promised."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.aside import Aside, at_once
from engine.decision.plan import Plan
from engine.decision.solve import solve
from engine.decision.tables.whole_orders import otif_of
from engine.demand.fitting.complete import complete
from engine.demand.streams import Array
from engine.evaluate.simulate.findings.causes import Causes
from engine.evaluate.simulate.findings.corrected import Length, Told, correct_and_check
from engine.evaluate.simulate.findings.ledger import inventory_value, ledger_frame, simulated_ledger
from engine.evaluate.simulate.findings.modelled import modelled
from engine.evaluate.simulate.findings.promise import (
    PromiseComparison,
    compare,
    cost_deviation,
    on_time_of,
    otif_shares,
    targets_told,
    total_table,
)
from engine.evaluate.simulate.findings.statistics import CONFIDENCE, estimate, half_widths, lead_times
from engine.evaluate.simulate.replicate import DAYS_PER_YEAR, Simulated
from engine.evaluate.simulate.translate import system_of
from engine.evaluate.studies.same_scenario import plan_of, refuse_other_data
from engine.scenario.scenario import Scenario
from engine.words.reason import Reason

# Status of a simulation that Ctrl-C ended early.
STOPPED = "stopped"

@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A plan simulated.

    Parameters
    ----------
    products : pandas.DataFrame
        One row per product: planned and simulated cost, on-time share, lead times, stock; ``likely_cause`` names what
        is behind a deviation of more than 5% of cost or 2 points of service; ``summary["causes"]`` has their kinds.
    ledger : pandas.DataFrame
        product, term, planned_per_year, simulated_per_year, half_width.
    totals : pandas.DataFrame
        The same per strategy and for all.
    components : pandas.DataFrame
        component, base_stock, planned and simulated inventory value, half_width; with a correction also
        corrected_base_stock.
    resources : pandas.DataFrame
        resource, utilisation, queue_days, overtime and outsourced hours a week.
    summary : dict
    corrected : Plan or None
        The plan with tuned base stocks of components and simulated costs, where a correction was asked for.
    """

    products: pd.DataFrame
    ledger: pd.DataFrame
    totals: pd.DataFrame
    components: pd.DataFrame
    resources: pd.DataFrame
    summary: dict[str, Any]
    corrected: Plan | None = None


def simulate(
    scenario: Scenario,
    plan: Plan | None = None,
    *,
    years: float = 5.0,
    replications: int = 10,
    seed: int | None = None,
    replay: bool = False,
    correct: bool = False,
    told: Told = lambda _phase, _done, _all: None,
    aside: Aside = at_once,
) -> Simulation:
    """Simulate a plan, and tell where it does not hold.

    Ctrl-C ends it: the replications finished by then are kept, and the correction only where it has been checked.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    plan : Plan, optional
        Decided from this scenario; solved first where none is given.
    years : float
        Length of each replication, after its warm-up.
    replications : int
        Independent runs; with less than five each is cut into ten batches for the intervals.
    seed : int, optional
        In place of the scenario's own. No draw of the simulation is a draw of the plan's samples.
    replay : bool
        Replay the scenario's order lines in place of drawing orders.
    correct : bool
        Tune the base stocks of components to how parts are really given out, and correct the plan's costs by a
        simulation on other seeds.
    told : callable
        Told the phase, and how many of how many steps are done.
    aside : callable
        Where the certificate of a plan that is solved first and half of the replications are worked on.

    Returns
    -------
    Simulation

    Raises
    ------
    NoPlanError
        Where no plan keeps the rules of the scenario.
    EngineError
        Where the plan is not one of this scenario.
    """
    scenario = complete(scenario)
    if plan is None:
        told("solving", 0, 1)
        plan = solve(scenario, aside=aside).plan_or_raise()
    # Rows are matched by position from here on.
    plan = plan_of(scenario, plan)
    refuse_other_data(scenario, plan)
    key = scenario.settings.seed if seed is None else seed
    length = Length(years=years, replications=replications, seed=key, aside=aside)
    system = system_of(scenario, plan, replay=replay)
    seen = length.simulate(system, told, "simulating")
    ledger = simulated_ledger(scenario, plan, seen)
    compared = compare(plan, seen, ledger)
    summary = _summary(scenario, plan, seen, ledger, compared, length=length, replay=replay)
    components = component_table(scenario, plan, seen)
    causes, summary["causes_looked_for"] = look_for_causes(scenario, plan, seen, compared, ledger, told)
    summary["causes"] = {
        str(product): [cause.as_dict() for cause in each]
        for product, each in zip(plan.decisions["product"], causes, strict=True) if each
    }  # fmt: skip
    if not summary["causes_looked_for"]:
        summary["status"] = STOPPED
    corrected = None
    if correct and summary["status"] != STOPPED:
        try:
            correction = correct_and_check(scenario, plan, system, length, told)
        except KeyboardInterrupt:
            # What was simulated of the plan stands without the correction.
            summary["status"] = STOPPED
        else:
            corrected, summary["corrected"] = correction.plan, correction.check
            components["corrected_base_stock"] = correction.level
            if correction.stopped:
                summary["status"] = STOPPED
    return Simulation(
        products=product_table(scenario, plan, seen, compared).assign(
            likely_cause=["; ".join(cause.words() for cause in each) for each in causes]
        ),
        ledger=ledger_frame(plan.decisions["product"], compared.planned, compared.simulated, half_widths(ledger)),
        totals=total_table(plan, compared, ledger, seen),
        components=components,
        resources=resource_table(seen),
        summary=summary,
        corrected=corrected,
    )


def product_table(
    scenario: Scenario, plan: Plan, simulated: Simulated, compared: PromiseComparison
) -> pd.DataFrame:
    """One row per product: promise, simulation, interval, and the likely cause of what matters."""
    seen, decisions = simulated.observed, plan.decisions
    planned, cost = compared.planned.sum(axis=1), compared.simulated.sum(axis=1)
    names = [good.name for good in simulated.system.goods]
    leads = [lead_times(units) for units in seen.leads]
    otif = otif_shares(simulated)
    unit_cost = scenario.products["unit_cost"].to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {
            "product": names,
            "strategy": decisions["strategy"].to_numpy(),
            "planned_cost_per_year": planned,
            "simulated_cost_per_year": cost,
            "cost_half_width": compared.cost_half_width,
            "cost_deviation": cost_deviation(planned, cost, float(planned.sum())),
            "planned_on_time": compared.planned_on_time,
            "orders": compared.on_time.trials.astype(np.int64),
            "simulated_on_time": compared.on_time.mean,
            "on_time_half_width": compared.on_time.half_width,
            "planned_otif": decisions["otif"].to_numpy(dtype=np.float64),
            "simulated_otif": otif.mean,
            "otif_half_width": otif.half_width,
            "planned_lead_time_days": decisions["lead_time_days"].to_numpy(dtype=np.float64),
            "mean_lead_time_days": [lead.mean_days for lead in leads],
            "median_lead_time_days": [lead.quantile(0.5) for lead in leads],
            "p95_lead_time_days": [lead.quantile(0.95) for lead in leads],
            "units_per_week": 7.0 * seen.units.mean(axis=0),
            "finished_on_hand": seen.on_hand.mean(axis=0),
            "finished_inventory_value": unit_cost * seen.on_hand.mean(axis=0),
        }
    )


def look_for_causes(  # noqa: PLR0917 (what was simulated, and what it is compared with)
    scenario: Scenario, plan: Plan, simulated: Simulated, compared: PromiseComparison, ledger: Array, told: Told
) -> tuple[list[tuple[Reason, ...]], bool]:
    """Causes of each product's deviation, and whether they were looked for: not where the user stopped.

    The model is asked only where something deviates for sure. Of a corrected plan it knows nothing: its costs come from
    a simulation.
    """
    model, stopped = None, simulated.stopped
    if bool((compared.cost_off | compared.service_off).any()) and not stopped and "corrected" not in plan.summary:
        told("looking for causes", 0, 1)
        try:
            model = modelled(scenario, plan, simulated.system)
        except KeyboardInterrupt:
            stopped = True
        else:
            told("looking for causes", 1, 1)
    causes = Causes(plan, simulated, compared, ledger=ledger, model=model, stopped=stopped)
    return [causes.of(i) for i in range(len(plan.decisions))], not stopped


def component_table(scenario: Scenario, plan: Plan, simulated: Simulated) -> pd.DataFrame:
    """Stock of every component, planned and simulated."""
    value = scenario.components["unit_cost"].to_numpy(dtype=np.float64)
    planned = plan.components.set_index("component").loc[scenario.components["component"].tolist()]
    seen = simulated.observed.part_on_hand
    return pd.DataFrame(
        {
            "component": scenario.components["component"].to_numpy(),
            "base_stock": planned["base_stock"].to_numpy(dtype=np.float64),
            "planned_inventory_value": planned["inventory_value"].to_numpy(dtype=np.float64),
            "simulated_inventory_value": value * seen.mean(axis=0),
            "half_width": value * half_widths(seen),
        }
    )


def resource_table(simulated: Simulated) -> pd.DataFrame:
    """Use of every resource and the queue before it."""
    seen, servers = simulated.observed, simulated.system.servers
    hours = np.array([server.hours_per_day for server in servers], dtype=np.float64)
    total = (seen.worked + seen.overtime + seen.outsourced).mean(axis=0)
    return pd.DataFrame(
        {
            "resource": [server.name for server in servers],
            "mean_utilisation": total / np.maximum(hours, 1e-300),
            "mean_queue_days": seen.queue_days.mean(axis=0),
            "overtime_hours_per_week": 7.0 * seen.overtime.mean(axis=0),
            "outsourced_hours_per_week": 7.0 * seen.outsourced.mean(axis=0),
        }
    )


def _summary(
    scenario: Scenario,
    plan: Plan,
    simulated: Simulated,
    ledger: Array,
    compared: PromiseComparison,
    *,
    length: Length,
    replay: bool,
) -> dict[str, Any]:
    seen = simulated.observed
    cost, value = estimate(ledger.sum(axis=(1, 2))), estimate(inventory_value(scenario, simulated))
    planned = float(compared.planned.sum())
    on_time = on_time_of(simulated, np.ones(len(plan.decisions), dtype=bool))
    return {
        "scenario": scenario.name,
        "currency": scenario.settings.currency,
        "status": STOPPED if simulated.stopped else "simulated",
        "planned_cost_per_year": planned,
        "simulated_cost_per_year": cost.mean,
        "cost_half_width": cost.half_width,
        "cost_deviation": cost.mean / planned - 1.0 if planned > 0.0 else None,
        "on_time": float(on_time.mean),
        "on_time_half_width": float(on_time.half_width),
        "planned_otif": otif_of(scenario.products, plan.decisions["otif"].to_numpy(dtype=np.float64)),
        "otif": otif_of(scenario.products, otif_shares(simulated).mean),
        **targets_told(scenario, simulated, compared.on_time),
        "planned_inventory_value": float(plan.summary["inventory_value"]),
        "simulated_inventory_value": value.mean,
        "inventory_half_width": value.half_width,
        "confidence": CONFIDENCE,
        "orders": "replayed" if replay else "drawn",
        "form": simulated.form,
        **({"form_reason": simulated.form_reason} if simulated.form_reason else {}),
        "years": simulated.years,
        "replications": simulated.replications,
        "replications_asked": length.replications,
        "observations": seen.count,
        "warm_up_days": simulated.warm_up_days,
        "simulated_years": simulated.replications * (simulated.years + simulated.warm_up_days / DAYS_PER_YEAR),
        "seed": length.seed,
        "versions": {name: version(name) for name in ("codp", "numpy", "pandas", "scipy", "simpy")},
        "input_sha256": scenario.digest(),
    }
