"""Rules over the strategies of several products, in words: with whom a product moves, and what bars a move."""

from __future__ import annotations

import numpy as np

from engine.economics.instance import Instance, Integers
from engine.economics.ties import Limits
from engine.model.portfolio import portfolio
from engine.scenario.columns import STRATEGIES
from engine.words.reason import Reason

# Of a family so many are named.
_NAMED = 3


def others_of_family(instance: Instance, i: int) -> str:
    """Names of the other products that share the strategy of product i; empty where none do."""
    others = [instance.products[j] for j in portfolio(instance).moves_with(i).tolist() if j != i]
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    return ", ".join(others[:_NAMED]) + more


def ties_of(instance: Instance, strategy: Integers, i: int) -> list[Reason]:
    """What ties product i to others under strategies, shape (I,): its family, and limits that leave no room."""
    others, limits = others_of_family(instance, i), instance.ties.limits
    reasons = [Reason(kind="changes_with", values={"products": others})] if others else []
    return reasons + [_limit("limit_binds", limits, row) for row in binding_limits(instance, strategy, i)]


def binding_limits(instance: Instance, strategy: Integers, i: int) -> list[int]:
    """Limits that count product i and are reached by strategies, shape (I,)."""
    limits = instance.ties.limits
    taken = (limits.counted & (strategy == limits.strategy[:, None])).sum(axis=1)
    tight = (taken >= limits.most) | ((taken <= limits.least) & (limits.least > 0.0))
    return np.flatnonzero(tight & limits.counted[:, i]).tolist()


def limit_short(limits: Limits, row: int, count: int) -> Reason:
    """A limit that no plan keeps, and the count that would do."""
    return _limit("limit", limits, row, count=count)


def barred(instance: Instance, strategy: Integers) -> tuple[Reason, ...]:
    """Why strategies, shape (I,), may not be together; empty where they may."""
    limits, reasons = instance.ties.limits, list[Reason]()
    for block, row in portfolio(instance).broken(strategy):
        rule = block.partition("_")[0]
        if rule == "C8":
            reasons.append(Reason(kind="changes_full"))
        elif rule == "C11":
            reasons.append(_limit("limit_full", limits, row))
        # A family moves as one.
        elif rule != "C10":
            raise ValueError(f"say what bars a move under ({rule})")
    return tuple(reasons)


def _limit(kind: str, limits: Limits, row: int, **values: int) -> Reason:
    """Something to say of a limit: its name, its family or plant, what it asks for."""
    by = limits.by[row]
    of = (Reason(kind=f"of_{by}", values={by: limits.of[row]}),) if by else ()
    return Reason(kind=kind, values={"limit": limits.name[row], "of": of, "asked": (_asked(limits, row),), **values})


def _asked(limits: Limits, row: int) -> Reason:
    least, most = limits.least[row] > 0.0, bool(np.isfinite(limits.most[row]))
    ends = ({"least": int(limits.least[row])} if least else {}) | ({"most": int(limits.most[row])} if most else {})
    return Reason(
        kind="least_and_most" if least and most else "least" if least else "most",
        values={**ends, "strategy": STRATEGIES[int(limits.strategy[row])]},
    )
