"""What a plan sets for each item: its stock in numbers, its strategy in a word."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pandas as pd

from engine.decision.plan import Plan
from engine.decision.tables.order_points import CUTOFFS, ORDER_POINTS
from engine.scenario.scenario import Scenario
from engine.words.erp import REASONS
from engine.words.language import Language, words_of

Value = str | float
CUTOFF = CUTOFFS[0]


class Levels(NamedTuple):
    """The columns of `ORDER_POINTS`, units; NaN where nothing is stocked."""

    reorder_point: float
    order_up_to: float
    lot_size: float
    safety_stock: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A product or a component of a plan.

    Parameters
    ----------
    name : str
    kind : {"product", "component"}
    stocked : bool
    strategy, today : str
        Of products; today's is '' where it is not known. Both '' of components.
    levels : Levels
    cutoff : float
        Largest order that the stock serves, units; NaN where all are.
    reason : str
        Why it has its strategy; of components why they are stocked or not.
    """

    name: str
    kind: Literal["product", "component"]
    stocked: bool
    strategy: str = ""
    today: str = ""
    levels: Levels
    cutoff: float = math.nan
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One field of one item.

    Parameters
    ----------
    item, kind : str
    table, field : str
        In the system's own words.
    value : str or float
    today : str or float or None
        What is set today, where that is known without looking into the system.
    reason : str
    """

    item: str
    kind: str
    table: str
    field: str
    value: Value
    today: Value | None
    reason: str


def items(
    plan: Plan, reasons: list[str], language: Language, *, per_order: frozenset[str] = frozenset()
) -> Iterator[Item]:
    """Products, then the components that the plan has something to say of, in the plan's order.

    Parameters
    ----------
    plan : Plan
    reasons : list of str
        Of each product's strategy.
    language : str
    per_order : frozenset of str
        Components that orders ask for, as of `parts_per_order`. Others that are not stocked are left as they are: a
        part of products made to stock may lie there for the sake of a short `replenishment_days`.
    """
    goods, parts = plan.decisions, plan.components
    named = (goods[name].tolist() for name in ("product", "strategy", "current_strategy", CUTOFF))
    for name, strategy, today, cutoff, levels, reason in zip(*named, _levels(goods), reasons, strict=True):
        yield Item(name=name, kind="product", stocked=strategy == "MTS", strategy=strategy, today=today,
                   levels=levels, cutoff=cutoff, reason=reason)  # fmt: skip
    for name, served, levels in zip(parts["component"], parts["products_served"], _levels(parts), strict=True):
        stocked = not math.isnan(levels.reorder_point)
        if stocked or name in per_order:
            why = words_of(REASONS, "part_stocked" if stocked else "part_not_stocked", language, count=int(served))
            yield Item(name=name, kind="component", stocked=stocked, levels=levels, reason=why)


def _levels(table: pd.DataFrame) -> Iterator[Levels]:
    columns = (table[name].astype(float).tolist() for name in ORDER_POINTS)
    return (Levels(*levels) for levels in zip(*columns, strict=True))


def parts_per_order(plan: Plan, scenario: Scenario) -> frozenset[str]:
    """Components of products that the plan makes or assembles to order, and of none that it makes to stock."""
    strategy = scenario.bom["product"].map(plan.decisions.set_index("product")["strategy"])
    to_stock = strategy == "MTS"
    ordered, kept = (set(scenario.bom.loc[rows, "component"]) for rows in (strategy.notna() & ~to_stock, to_stock))
    return frozenset(ordered - kept)
