"""What a corrected plan tells besides costs and stocks: readers' figures, reasons, sharing, hours.

Everything comes from the run that the corrected costs are read from, or from the corrected stocks; what neither tells
is left out, for the plan's own figures belong to stocks that are no longer its.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.plan import Plan, told_at_least
from engine.decision.tables.pooling import pooling_savings
from engine.decision.tables.reasons import reasons, settled_beforehand
from engine.decision.tables.whole_orders import otif_of
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.instance import DAYS_PER_YEAR, TERMS
from engine.evaluate.figures.readers import QUANTILE
from engine.evaluate.simulate.clock.orders import ReplayedOrders
from engine.evaluate.simulate.findings.ledger import as_planned, assembled_units, units_of
from engine.evaluate.simulate.findings.promise import on_time_of, otif_shares
from engine.evaluate.simulate.findings.statistics import lead_times
from engine.evaluate.simulate.replicate import Simulated
from engine.evaluate.trust.first_stage import assess_fixed, of_plan
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario

# Figures of the plan that a simulation of other stocks does not tell.
LEFT_OUT = (
    "running_saving_per_year", "payback_months", "working_capital_released",
    "obsolescence_write_off_at_risk_per_year", "cost_cvar_per_year", "budget_price_per_year",
)  # fmt: skip


def readers_blocks(scenario: Scenario, simulated: Simulated, cost: Array) -> dict[str, dict[str, float | None]]:
    """The figures of customer, investor and regulator (`engine.evaluate.figures.readers`); None for what is left out.

    Parameters
    ----------
    scenario : Scenario
    simulated : Simulated
        Of the corrected stocks.
    cost : shape (I, terms)
        Corrected ledger, money per year.
    """
    blocks = {"investor": _investor(scenario, simulated, cost), "regulator": _regulator(scenario, simulated)}
    customer = _customer(scenario, simulated)
    return blocks if customer is None else {"customer": customer, **blocks}


def _customer(scenario: Scenario, simulated: Simulated) -> dict[str, float | None] | None:
    """Of the units delivered in the run, every one alike; None where there are none."""
    seen, goods = simulated.observed, simulated.system.goods
    target = scenario.products["lead_time_target_days"].to_numpy(dtype=np.float64)
    units: dict[float, float] = {}
    beyond: dict[float, float] = {}
    for days, leads in zip(target.tolist(), seen.leads, strict=True):
        for lead, count in leads.items():
            units[lead] = units.get(lead, 0.0) + count
            late = max(lead - days, 0.0)
            beyond[late] = beyond.get(late, 0.0) + count
    if not units:
        return None
    weight, whole = as_planned(seen.units.mean(axis=0)), lead_times(units)
    # Replayed orders have due dates of their own.
    replayed = any(isinstance(good.orders, ReplayedOrders) for good in goods)
    return {
        "promised_lead_time_days": float(weight @ target),
        "lead_time_days": whole.mean_days,
        "lead_time_p95_days": whole.quantile(QUANTILE),
        "days_beyond_promise_p95": None if replayed else lead_times(beyond).quantile(QUANTILE),
        "on_time": float(on_time_of(simulated, np.ones(len(goods), dtype=bool)).mean),
        "otif": otif_of(scenario.products, otif_shares(simulated).mean),
    }


def _investor(scenario: Scenario, simulated: Simulated, cost: Array) -> dict[str, float | None]:
    unit_cost = scenario.products["unit_cost"].to_numpy(dtype=np.float64)
    part_cost = scenario.components["unit_cost"].to_numpy(dtype=np.float64)
    seen = simulated.observed
    value = float(unit_cost @ seen.on_hand.mean(axis=0) + part_cost @ seen.part_on_hand.mean(axis=0))
    rate = scenario.products["demand_per_week"].to_numpy(dtype=np.float64) / 7.0
    sold = float(rate @ unit_cost) * DAYS_PER_YEAR
    return {
        "inventory_value": value,
        "turns_per_year": sold / value if value > 1e-9 else None,
        "inventory_days": DAYS_PER_YEAR * value / sold if value > 1e-9 and sold > 0.0 else None,
        "change_cost": float(cost[:, TERMS.index("change")].sum()) * scenario.settings.change_payback_years,
        "running_saving_per_year": None,
        "payback_months": None,
        "working_capital_released": None,
        "obsolescence_write_off_per_year": float(cost[:, TERMS.index("obsolescence")].sum()),
        "obsolescence_write_off_at_risk_per_year": None,
        "cost_cvar_per_year": None,
        "cvar_level": scenario.settings.risk.cvar_level,
    }


def _regulator(scenario: Scenario, simulated: Simulated) -> dict[str, float | None]:
    finished, parts = written_off(scenario, simulated)
    co2, part_co2 = (frame["co2_kg"].to_numpy(dtype=np.float64) for frame in (scenario.products, scenario.components))
    rate = scenario.products["demand_per_week"].to_numpy(dtype=np.float64) / 7.0
    scrap = float(co2 @ finished + part_co2 @ parts)
    # Nothing given is not nothing emitted.
    given = bool((co2 > 0.0).any() or (part_co2 > 0.0).any())
    return {
        "finished_units_obsoleted_per_year": float(finished.sum()),
        "component_units_obsoleted_per_year": float(parts.sum()),
        "co2e_kg_per_year": float(co2 @ rate) * DAYS_PER_YEAR + scrap if given else None,
        "co2e_written_off_kg_per_year": scrap if given else None,
    }


def written_off(scenario: Scenario, simulated: Simulated) -> tuple[Array, Array]:
    """Units a year that are written off: finished, shape (I,), and components, shape (C,)."""
    seen = simulated.observed

    def lost(frame: pd.DataFrame, on_hand: Array) -> Array:
        return np.asarray(frame["obsolescence_per_year"].to_numpy(dtype=np.float64) * on_hand.mean(axis=0))

    return lost(scenario.products, seen.on_hand), lost(scenario.components, seen.part_on_hand)


def shared_among_products(simulated: Simulated, amount: Array, planned: Array) -> Array:
    """An amount of every part, shape (C,), given to the products that take it, as planned; shape (I,)."""
    cost = np.zeros(len(simulated.system.goods))
    for units, parts in assembled_units(simulated.system, units_of(simulated.system)):
        cost[units] = float(amount[parts].sum()) * as_planned(planned[units])
    return cost


def overtime_costs(scenario: Scenario, resources: pd.DataFrame, simulated: Simulated) -> pd.DataFrame:
    """The plan's resources with what overtime and bought hours cost in the run; the use of hours stays the plan's."""
    seen, prices = simulated.observed, scenario.resources.set_index("resource")
    names = [server.name for server in simulated.system.servers]
    table = resources.copy()
    for column, price, hours in (
        ("overtime_cost_per_year", "overtime_cost_per_hour", seen.overtime),
        ("outsourcing_cost_per_year", "outsourcing_cost_per_hour", seen.outsourced),
    ):
        hourly = np.nan_to_num(prices.loc[names, price].to_numpy(dtype=np.float64))
        cost = dict(zip(names, (hours.mean(axis=0) * hourly * DAYS_PER_YEAR).tolist(), strict=True))
        table[column] = [cost[str(name)] for name in table["resource"]]
    return table


def from_the_model(scenario: Scenario, corrected: Plan, cost: Array) -> tuple[list[str], Array]:
    """A reason for every product, and what sharing each component saves, at the corrected stocks.

    Parameters
    ----------
    scenario : Scenario
    corrected : Plan
        With its new stocks and costs.
    cost : shape (I, terms)
        Corrected ledger, money per year.
    """
    summary: Mapping[str, Any] = corrected.summary
    instance = build_instance(scenario, samples=int(summary["samples"]), seed=int(summary["seed"]))
    stage = of_plan(instance, corrected)
    assessed = assess_fixed(instance, stage)
    cost_if = corrected.decisions[[f"cost_if_{name}" for name in STRATEGIES]].to_numpy(dtype=np.float64)
    at_least = told_at_least(corrected.decisions)[[f"cost_if_{name}" for name in STRATEGIES]].to_numpy()
    settled = settled_beforehand(scenario.products)
    said = reasons(instance, stage.strategy, cost, cost_if, corrected=True, at_least=at_least, settled=settled)
    return said, pooling_savings(instance, assessed.recourse)
