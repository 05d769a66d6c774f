"""Blocks of lone products: decided in closed form, those without one on samples."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.catalog.results.decisions import EXACT, BlockCost, GroupResults
from engine.decision.plan import AT_LEAST
from engine.decision.tables.order_points import cutoffs, ex_stock_days, order_points
from engine.decision.tables.reasons import SAME, settled_beforehand
from engine.economics.exposure.windows import protected_days
from engine.economics.instance import ATO, MTO, MTS, TERMS
from engine.economics.lone.decide import LoneDecisions, decide_lone
from engine.economics.optima.large_orders import no_large_orders
from engine.scenario.arrays import Booleans
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario

_NAMES = np.array([*STRATEGIES, ""], dtype=object)


def decide_block(scenario: Scenario) -> tuple[GroupResults, Booleans]:
    """Decide lone products.

    Returns
    -------
    decided : GroupResults
        Those with a closed form and a strategy left.
    left : shape (products,)
        Those that are not among them: without a closed form, or without any strategy.
    """
    decisions = decide_lone(scenario)
    rows = np.flatnonzero(decisions.exact & (decisions.strategy >= 0))
    decided = GroupResults()
    if rows.size:
        frame = _decisions(scenario, decisions, rows)
        decided.decisions.append(frame)
        decided.components.append(_components(scenario, decisions))
        sums = decisions.ledger[rows].sum(axis=0)
        total = float(frame["expected_cost_per_year"].sum())
        terms = {term: float(cost) for term, cost in zip(TERMS, sums, strict=True) if cost != 0.0}
        decided.costs.append(BlockCost(objective=total, program=total, bound=total, terms=terms))
    open_products = np.ones(len(decisions.exact), dtype=bool)
    open_products[rows] = False
    return decided, open_products


def _decisions(scenario: Scenario, lone: LoneDecisions, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    products = scenario.products.iloc[rows]
    strategy, cost = lone.strategy[rows], lone.cost[rows]
    at = np.arange(len(rows))
    chosen = cost[at, strategy]
    others = np.where(np.isnan(cost), np.inf, cost)
    others[at, strategy] = np.inf
    next_best = np.argmin(others, axis=1)
    regret = others[at, next_best] - chosen
    has_other = np.isfinite(regret)
    rate = products["demand_per_week"].to_numpy(dtype=float) / 7.0
    target = products["lead_time_target_days"].to_numpy(dtype=float)
    co2, assembly = (products[name].to_numpy(dtype=float) for name in ("co2_kg", "assembly_days"))
    derived = lone.derived
    protected = rate * protected_days(
        derived.replenishment_days[rows], derived.replenishment_cv[rows], np.maximum(derived.wait_days[rows], 0.0),
        scenario.settings.review_days,
    )  # fmt: skip
    names, second = _NAMES[strategy], np.where(has_other, _NAMES[next_best], "")
    return pd.DataFrame(
        {
            "product": products["product"].to_numpy(),
            "family": products["family"].to_numpy(),
            "strategy": names,
            "current_strategy": _NAMES[lone.derived.current[rows]],
            "base_stock": lone.level[rows],
            **order_points(lone.level[rows], lone.derived.batch[rows], protected, strategy == MTS),
            **cutoffs(no_large_orders(len(rows)), strategy == MTS),
            "expected_cost_per_year": chosen,
            "cost_if_MTS": cost[:, MTS],
            "cost_if_ATO": cost[:, ATO],
            "cost_if_MTO": cost[:, MTO],
            AT_LEAST: "",
            "next_best": second,
            "regret_per_year": np.where(has_other, regret, np.nan),
            "on_time": np.clip(1.0 - lone.late_per_day[rows] / rate, 0.0, 1.0),
            "otif": lone.otif[rows],
            "lead_time_days": target + lone.backlog[rows] / rate,
            "ex_stock_days": ex_stock_days(strategy, products["delivery_days"].to_numpy(dtype=float), assembly),
            "inventory_value": lone.inventory_value[rows],
            "obsolescence_per_year": lone.ledger[rows, TERMS.index("obsolescence")],
            "co2_kg_per_year": co2 * rate * 365.0 + lone.scrap_co2[rows],
            "reason": _reasons(names, second, regret, settled_beforehand(products)),
            "basis": EXACT,
            "group": np.zeros(len(rows), dtype=np.int32),
        }
    )


def _reasons(
    names: npt.NDArray[np.object_], second: npt.NDArray[np.object_], regret: npt.NDArray[np.float64],
    settled: Mapping[int, str],
) -> list[str]:  # fmt: skip
    """One short sentence per product."""

    def sentence(k: int, name: str, other: str, more: float) -> str:
        if not other:
            return f"{name}: {settled.get(k, 'the only strategy left')}"
        dearer = "the same, a tie" if abs(more) < SAME else f"{more:,.0f} a year more"
        return f"{name}: {other} would cost {dearer}"

    rows = zip(names.tolist(), second.tolist(), regret.tolist(), strict=True)
    return [sentence(k, *row) for k, row in enumerate(rows)]


def _components(scenario: Scenario, lone: LoneDecisions) -> pd.DataFrame:
    """Stocks of the parts of assembled products; each part serves one product."""
    kits = lone.kits
    used = lone.exact[kits.product] & (lone.strategy[kits.product] == ATO)
    product, component, stocked = kits.product[used], kits.component[used], kits.stocked[used]
    sets, parts = np.where(stocked, kits.quantity[used], 0.0), scenario.components
    cost = parts["unit_cost"].to_numpy(dtype=float)[component]
    after = np.where(kits.waits[used], kits.quantity[used], 0.0) * lone.part_waiting[product]
    value = (lone.part_on_hand[product] * sets + after + kits.units_early[used]) * cost
    held = stocked | (value > 0.0)
    level, protected = lone.sets[product] * sets, kits.protected[used]
    lot = parts["min_order_quantity"].to_numpy(dtype=float)[component]
    return pd.DataFrame(
        {
            "component": parts["component"].to_numpy()[component][held],
            "base_stock": level[held],
            **{name: values[held] for name, values in order_points(level, lot, protected, stocked).items()},
            "inventory_value": value[held],
            "products_served": stocked[held].astype(np.int64),
            "pooling_saving_per_year": np.zeros(int(held.sum())),
        }
    )
