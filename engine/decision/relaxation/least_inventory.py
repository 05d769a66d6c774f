"""The strategies that keep the rules with the least money in stock: the last resort under an inventory budget."""

from __future__ import annotations

import numpy as np

from engine.decision.settling.promise import inventory_value, leanest
from engine.decision.tables.attribution import attribute
from engine.economics.instance import MTS, Instance, Integers
from engine.economics.optima.stock import best_stock, fold
from engine.model.portfolio import portfolio
from engine.program.deadline import NEVER, Deadline
from engine.search.evaluator import PooledEvaluator
from engine.search.groups import lean_search
from engine.search.lean import lean
from engine.search.recourse import Recourse

# Plans next to the program's that are tried, so many before the best of them is gone on from, and by what share one
# has to need less.
_TRIES, _AT_ONCE, _LESS = 40, 8, 1e-6


def least_inventory(
    instance: Instance, *, deadline: Deadline = NEVER, tries: int = _TRIES
) -> tuple[Recourse, float] | None:
    """The plan of the least inventory value first come first served, and that value.

    Its strategies are those of the program that pays for inventory value alone, then moved one product at a time while
    that needs less: the program counts on-time targets of assembled products with hindsight, and parts that seem to
    need little may need much. They do not depend on the budget, so that a budget of the value returned is kept by the
    same plan.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    deadline : Deadline
    tries : int
        Most plans next to the program's.

    Returns
    -------
    (Recourse, float) or None
        None where no plan keeps the other rules, or time is out.
    """
    best = lean_search(instance, deadline=deadline).best
    if best is None:
        return None
    evaluator = PooledEvaluator(fold(lean(instance)))

    def needed(strategy: Integers) -> tuple[Recourse, float] | None:
        program = evaluator.evaluate(strategy)
        if program is None:
            return None
        plan = leanest(instance, program)
        return plan, inventory_value(instance, plan)

    least, seen = needed(best.strategy), {best.strategy.tobytes()}
    moved = least is not None
    while least is not None and moved and tries > 0:
        moved, fresh = False, [after for after in _moves(instance, least[0]) if after.tobytes() not in seen]
        for at, strategy in enumerate(fresh):
            if tries <= 0 or deadline.passed() or (moved and at >= _AT_ONCE):
                break
            seen.add(strategy.tobytes())
            tries -= 1
            other = needed(strategy)
            if other is not None and other[1] < least[1] * (1.0 - _LESS):
                least, moved = other, True
    return least


def _moves(instance: Instance, plan: Recourse) -> list[Integers]:
    """Strategies after one product, and whoever changes with it, has moved: those that seem to save most first.

    Saved is what the product ties up now, less what finished stock of it needs at least; parts are not looked ahead to.
    """
    rules, lowest = portfolio(instance), lean(instance)
    kinds = instance.allowed.shape[1]
    value = np.zeros(instance.allowed.shape)
    value[:, MTS] = instance.unit_cost * np.nan_to_num(best_stock(lowest).on_hand)
    saved = rules.together(attribute(instance, plan).inventory_value[:, None] - value)
    allowed = instance.allowed & (saved > _LESS * (instance.budget or 0.0))
    allowed[np.arange(len(plan.strategy)), plan.strategy] = False
    order = [at for at in np.argsort(-saved, axis=None, kind="stable").tolist() if allowed.flat[at]]
    moved = (rules.moved(plan.strategy, at // kinds, at % kinds) for at in order)
    return [strategy for strategy in moved if _open(instance, strategy) and rules.keeps(strategy)]


def _open(instance: Instance, strategy: Integers) -> bool:
    return bool(instance.allowed[np.arange(len(strategy)), strategy].all())
