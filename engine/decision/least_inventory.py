"""The strategies that keep the rules with the least money in stock: the last resort under an inventory budget."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.decision.promise import inventory_value, leanest
from engine.economics.instance import Instance
from engine.economics.prices import TERMS, Prices
from engine.economics.stock import best_stock, fold
from engine.search.evaluator import PooledEvaluator
from engine.search.groups import search_whole
from engine.search.recourse import Recourse

_GAP = 1e-3


def least_inventory(instance: Instance, *, deadline: float | None = None) -> tuple[Recourse, float] | None:
    """The plan of the least inventory value first come first served, and that value.

    Its strategies are those of the program that pays for inventory value alone; they do not depend on the budget, so
    that a budget of the value returned is kept by the same plan.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    deadline : float, optional

    Returns
    -------
    (Recourse, float) or None
        None where no plan keeps the other rules, or time is out.
    """
    lean = replace(instance, budget=None, cvar_weight=0.0, prices=_prices(instance))
    optimum = best_stock(lean)
    folded = fold(lean, optimum)
    best = search_whole(folded, optimum, gap=_GAP, deadline=deadline).best
    program = None if best is None else PooledEvaluator(folded, optimum).evaluate(best.strategy)
    if program is None:
        return None
    plan = leanest(instance, program)
    return plan, inventory_value(instance, plan)


def _prices(instance: Instance) -> Prices:
    """Money in stock and nothing else: the unit cost of what is on hand."""
    now = instance.prices
    free = Prices(**{name: np.zeros_like(getattr(now, name)) for name in now.__slots__})
    holding = TERMS.index("holding")
    free.on_hand[:, holding] = instance.unit_cost
    free.part_on_hand[:, holding] = instance.parts.unit_cost
    return free
