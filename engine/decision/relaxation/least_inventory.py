"""The strategies that keep the rules with the least money in stock: the last resort under an inventory budget."""

from __future__ import annotations

from engine.decision.settling.promise import inventory_value, leanest
from engine.economics.instance import Instance
from engine.economics.optima.stock import fold
from engine.program.deadline import NEVER, Deadline
from engine.search.evaluator import PooledEvaluator
from engine.search.groups import lean_search
from engine.search.lean import lean
from engine.search.recourse import Recourse


def least_inventory(instance: Instance, *, deadline: Deadline = NEVER) -> tuple[Recourse, float] | None:
    """The plan of the least inventory value first come first served, and that value.

    Its strategies are those of the program that pays for inventory value alone; they do not depend on the budget, so
    that a budget of the value returned is kept by the same plan.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    deadline : Deadline

    Returns
    -------
    (Recourse, float) or None
        None where no plan keeps the other rules, or time is out.
    """
    best = lean_search(instance, deadline=deadline).best
    if best is None:
        return None
    program = PooledEvaluator(fold(lean(instance))).evaluate(best.strategy)
    if program is None:
        return None
    plan = leanest(instance, program)
    return plan, inventory_value(instance, plan)
