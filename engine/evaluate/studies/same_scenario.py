"""Whether a plan is one of a scenario: told in words before the two are taken together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from engine.decision.plan import Plan
from engine.demand.streams import Array
from engine.errors import EngineError
from engine.scenario.derived import derive
from engine.scenario.rounding import at_least
from engine.scenario.scenario import Scenario
from engine.scenario.usage import part_lots
from engine.words.reason import Reason, cause, named

_NAMED = 3
# What rounding leaves below the least is no fault.
_HAIR = 1e-6


def plan_of(scenario: Scenario, plan: Plan) -> Plan:
    """The plan with products and components in the order of the scenario, which rows sorted by hand may have lost.

    Raises
    ------
    EngineError
        Where products or components differ, or a stock is missing or impossible.
    """
    products, parts = scenario.products["product"].tolist(), scenario.components["component"].tolist()
    refuse_others(plan, products, parts)
    if plan.decisions["product"].tolist() != products:
        plan = replace(plan, decisions=plan.decisions.set_index("product").loc[products].reset_index())
    if plan.components["component"].tolist() != parts:
        plan = replace(plan, components=plan.components.set_index("component").loc[parts].reset_index())
    refuse_stocks(plan, derive(scenario).batch, part_lots(scenario))
    return plan


def refuse_other_data(scenario: Scenario, plan: Plan) -> None:
    """Refuse a plan that was made from another state of the scenario, or another variant."""
    if plan.summary.get("input_sha256") != scenario.digest():
        raise EngineError(cause("other_data"))


def refuse_others(plan: Plan, products: Iterable[str], components: Iterable[str]) -> None:
    """Refuse a plan of other products or components, naming them."""
    told = []
    for what, table, names in (("product", plan.decisions, products), ("component", plan.components, components)):
        here, there = Counter(table[what].astype(str)), Counter(str(name) for name in names)
        told += _told(f"lacks_{what}", there - here) + _told(f"beyond_{what}", here - there)
    if told:
        raise EngineError(cause("other_products", told=tuple(told)))


def refuse_stocks(plan: Plan, batch: Array, lot: Array) -> None:
    """Refuse stocks that a plan needs and does not have, or that nobody can have.

    Parameters
    ----------
    plan : Plan
    batch : shape (I,)
        Replenishment batch by the rows of the decisions: as far below zero as a reorder level may lie.
    lot : shape (C,)
        Minimum order quantity by the rows of the components: the same for parts.
    """
    level = plan.decisions["base_stock"].to_numpy(dtype=np.float64)
    stocked = (plan.decisions["strategy"] == "MTS").to_numpy()
    goods = _faulty(plan.decisions["product"].tolist(), np.where(stocked, level, 0.0), -batch)
    base = plan.components["base_stock"].to_numpy(dtype=np.float64)
    faulty = [*goods, *_faulty(plan.components["component"].tolist(), base, -lot)]
    if faulty:
        raise EngineError(cause("base_stocks", told=tuple(faulty)))


def _faulty(names: list[str], level: Array, least: Array) -> list[Reason]:
    wrong = np.isnan(level) | (level < least - _HAIR)
    return [
        cause("stock_unknown", name=names[k]) if np.isnan(level[k]) else
        cause("stock_low", name=names[k], level=float(level[k]), least=at_least(least[k] + 0.0, significant=6))
        for k in np.flatnonzero(wrong).tolist()
    ]


def _told(kind: str, names: Counter[str]) -> list[Reason]:
    several = list(names.elements())
    if not several:
        return []
    return [cause(f"{kind}s" if len(several) > 1 else kind, names=named(several, _NAMED))]
