"""`simulate`: a plan under orders one by one, beside what it promised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from engine.demand.streams import Array
from engine.economics.instance import TERMS
from engine.errors import EngineError
from engine.evaluate.same_scenario import plan_of, refuse_other_data
from engine.evaluate.simulate.correct import ESTIMATE, Tuned, tune, with_levels
from engine.evaluate.simulate.ledger import inventory_value, ledger_frame, planned_ledger, simulated_ledger
from engine.evaluate.simulate.promise import Compared, causes, compare, on_time_shares, orders_seen, total_table
from engine.evaluate.simulate.replicate import DAYS_PER_YEAR, Simulated, simulate_system
from engine.evaluate.simulate.statistics import CONFIDENCE, estimate, half_widths, lead_times, shares
from engine.evaluate.simulate.system import System
from engine.evaluate.simulate.translate import system_of
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario
from engine.solve.decide import solve
from engine.solve.outcome import Infeasible, NoPlanError
from engine.solve.plan import Plan

# Terms that the plan knows without samples.
FROM_MEAN_DEMAND = ("batch_setup", "stocking", "order_handling", "premium", "change", "risk")
# Status of a simulation that Ctrl-C ended early.
STOPPED = "stopped"
# Phase of the work, steps done, steps in all.
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A plan simulated.

    Parameters
    ----------
    products : pandas.DataFrame
        One row per product: planned and simulated cost, on-time share, lead times, stock; ``likely_cause`` names what
        is behind a deviation of more than 5% of cost or 2 points of service.
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
) -> Simulation:
    """Simulate a plan, and tell where it does not hold.

    Ctrl-C ends it: the replications finished by then are kept, and the correction only where it has been checked.

    Parameters
    ----------
    scenario : Scenario
        Checked, its demand columns filled in.
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
    if plan is None:
        told("solving", 0, 1)
        outcome = solve(scenario)
        if isinstance(outcome, Infeasible):
            raise NoPlanError(scenario.name, outcome)
        plan = outcome.plan
    if plan is None:
        raise EngineError("this scenario has no plan to simulate; 'codp solve' tells why")
    # Rows are matched by position from here on.
    plan = plan_of(scenario, plan)
    refuse_other_data(scenario, plan)
    key = scenario.settings.seed if seed is None else seed
    length = _Length(years=years, replications=replications, seed=key)
    system = system_of(scenario, plan, replay=replay)
    seen = length.simulate(system, told, "simulating")
    ledger = simulated_ledger(scenario, plan, seen)
    compared = compare(plan, seen, ledger)
    summary = _summary(scenario, plan, seen, ledger, compared, length=length, replay=replay)
    components = component_table(scenario, plan, seen)
    corrected = None
    if correct and not seen.stopped:
        try:
            found = _correct(scenario, plan, system, length, told)
        except KeyboardInterrupt:
            # What was simulated of the plan stands without the correction.
            summary["status"] = STOPPED
        else:
            corrected, summary["corrected"] = found.plan, found.check
            components["corrected_base_stock"] = found.level
            if found.stopped:
                summary["status"] = STOPPED
    return Simulation(
        products=product_table(scenario, plan, seen, compared),
        ledger=ledger_frame(plan.decisions["product"], compared.planned, compared.simulated, half_widths(ledger)),
        totals=total_table(plan, compared, ledger, seen),
        components=components,
        resources=resource_table(seen),
        summary=summary,
        corrected=corrected,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Length:
    """How long and on which seed to simulate."""

    years: float
    replications: int
    seed: int

    def simulate(self, system: System, told: Told, phase: str, *, apart: int = 0) -> Simulated:
        """Simulate a system, on seeds so far apart."""
        return simulate_system(
            system, years=self.years, replications=self.replications, seed=self.seed + apart,
            progress=lambda done, steps: told(phase, done, steps),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Corrected:
    """The corrected plan, its base stocks, and the check of it; `stopped` where the check was cut short."""

    plan: Plan
    level: Array
    check: dict[str, object]
    stopped: bool


def _correct(scenario: Scenario, plan: Plan, system: System, length: _Length, told: Told) -> _Corrected:
    """Tune base stocks, estimate costs with them, check both; KeyboardInterrupt where it is stopped before that."""
    tuned: Tuned | None = None
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
    return _Corrected(plan=corrected, level=level, check=check, stopped=held_out.stopped)


def product_table(
    scenario: Scenario, plan: Plan, simulated: Simulated, compared: Compared
) -> pd.DataFrame:
    """One row per product: promise, simulation, interval, and the likely cause of what matters."""
    seen, decisions = simulated.observed, plan.decisions
    planned, cost = compared.planned.sum(axis=1), compared.simulated.sum(axis=1)
    names = [good.name for good in simulated.system.goods]
    leads = [lead_times(units) for units in seen.leads]
    fills = [simulated.order_fill_rate(name) for name in names]
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = np.where(planned > 0.0, cost / planned - 1.0, np.nan)
    unit_cost = scenario.products["unit_cost"].to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {
            "product": names,
            "strategy": decisions["strategy"].to_numpy(),
            "planned_cost_per_year": planned,
            "simulated_cost_per_year": cost,
            "cost_half_width": compared.cost_half_width,
            "cost_deviation": deviation,
            "planned_on_time": compared.planned_on_time,
            "orders": compared.on_time.trials.astype(np.int64),
            "simulated_on_time": compared.on_time.mean,
            "on_time_half_width": compared.on_time.half_width,
            "order_fill_rate": [fill.mean for fill in fills],
            "planned_lead_time_days": decisions["lead_time_days"].to_numpy(dtype=np.float64),
            "mean_lead_time_days": [lead.mean_days for lead in leads],
            "median_lead_time_days": [lead.quantile(0.5) for lead in leads],
            "p95_lead_time_days": [lead.quantile(0.95) for lead in leads],
            "units_per_week": 7.0 * seen.units.mean(axis=0),
            "finished_on_hand": seen.on_hand.mean(axis=0),
            "finished_inventory_value": unit_cost * seen.on_hand.mean(axis=0),
            "likely_cause": causes(plan, simulated, compared),
        }
    )


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


def corrected_plan(scenario: Scenario, plan: Plan, simulated: Simulated, level: Array) -> Plan:
    """The plan with other base stocks and the costs that were simulated with them.

    Strategies, finished stocks and the cost of other strategies (`cost_if`) are the plan's; so are the terms that
    follow from the mean demand alone, which a simulation can only blur, and the risk term.
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
    decisions["regret_per_year"] += decisions["expected_cost_per_year"] - total
    decisions["expected_cost_per_year"] = total
    for k, name in enumerate(decisions["strategy"]):
        decisions.loc[decisions.index[k], f"cost_if_{name}"] = total[k]
    decisions["on_time"] = np.where(np.isnan(compared.on_time.mean), decisions["on_time"], compared.on_time.mean)
    promised = decisions["lead_time_days"].to_numpy(dtype=np.float64)
    decisions["lead_time_days"] = [
        lead.mean_days if lead.days.size else days for lead, days in zip(leads, promised, strict=True)
    ]
    value = scenario.components["unit_cost"].to_numpy(dtype=np.float64)
    components = plan.components.set_index("component").loc[scenario.components["component"].tolist()].reset_index()
    on_hand = seen.part_on_hand.mean(axis=0)
    components["base_stock"], components["inventory_value"] = level, value * on_hand
    made = (plan.decisions["strategy"] == "ATO").to_numpy()
    held = np.where(made, decisions["inventory_value"].to_numpy(dtype=np.float64), 0.0)
    share = held / held.sum() if held.sum() > 0.0 else made / max(int(made.sum()), 1)
    own = scenario.products["unit_cost"].to_numpy(dtype=np.float64) * seen.on_hand.mean(axis=0)
    decisions["inventory_value"] = own + share * float((value * on_hand).sum())
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
    bound = plan.bound_per_year
    summary = {
        **plan.summary,
        "objective_per_year": objective,
        "gap": max(0.0, objective - bound) / max(abs(objective), 1e-9),
        "inventory_value": float(decisions["inventory_value"].sum()),
        "corrected": "base stocks of components and costs by simulation, first come first served",
    }
    return replace(plan, decisions=decisions, components=components, ledger=frame, summary=summary)


def missed_targets(scenario: Scenario, simulated: Simulated) -> list[str]:
    """Products whose on-time share lies below their target with its whole interval."""
    missed = on_time_shares(simulated).high < derive(scenario).on_time_target
    return [good.name for good, late in zip(simulated.system.goods, missed, strict=True) if late]


def untold_targets(scenario: Scenario, simulated: Simulated) -> list[str]:
    """Products with an on-time target of which too few orders came in to tell whether they keep it."""
    untold = on_time_shares(simulated).few & (derive(scenario).on_time_target > 0.0)
    return [good.name for good, few in zip(simulated.system.goods, untold, strict=True) if few]


def _check(
    scenario: Scenario, plan: Plan, corrected: Plan, held_out: Simulated, tuned: Tuned | None
) -> dict[str, object]:
    """The corrected costs against a run on seeds that neither tuned nor estimated them."""
    ledger = simulated_ledger(scenario, plan, held_out)
    risk = float(corrected.ledger.loc[corrected.ledger["term"] == "risk", "cost_per_year"].sum())
    found = estimate(ledger.sum(axis=(1, 2)))
    ato = (plan.decisions["strategy"] == "ATO").to_numpy()
    read = float(corrected.decisions.loc[ato, "expected_cost_per_year"].sum())
    seen = float(ledger[:, ato].sum(axis=(1, 2)).mean())
    objective = corrected.objective_per_year - risk
    return {
        "cost_per_year": objective,
        "held_out_cost_per_year": found.mean,
        "held_out_half_width": found.half_width,
        "deviation": found.mean / objective - 1.0 if objective > 0.0 else 0.0,
        "ato_deviation": seen / read - 1.0 if read > 0.0 else 0.0,
        "inventory_value": float(inventory_value(scenario, held_out).mean()),
        "targets_missed": missed_targets(scenario, held_out),
        "targets_untold": untold_targets(scenario, held_out),
        "replications": held_out.replications,
        "rounds": 0 if tuned is None else len(tuned.costs),
    }


def _summary(
    scenario: Scenario,
    plan: Plan,
    simulated: Simulated,
    ledger: Array,
    compared: Compared,
    *,
    length: _Length,
    replay: bool,
) -> dict[str, Any]:
    seen = simulated.observed
    cost, value = estimate(ledger.sum(axis=(1, 2))), estimate(inventory_value(scenario, simulated))
    planned = float(compared.planned.sum())
    sold = seen.units.sum(axis=1)
    on_time = shares(sold - seen.late_units.sum(axis=1), sold, orders_seen(simulated).sum())
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
        "targets_missed": missed_targets(scenario, simulated),
        "targets_untold": untold_targets(scenario, simulated),
        "planned_inventory_value": float(plan.summary["inventory_value"]),
        "simulated_inventory_value": value.mean,
        "inventory_half_width": value.half_width,
        "confidence": CONFIDENCE,
        "orders": "replayed" if replay else "drawn",
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
