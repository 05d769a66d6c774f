"""Rules over the strategies of several products, in words: with whom a product moves, and what bars a move."""

from __future__ import annotations

import numpy as np

from engine.economics.instance import Instance, Integers
from engine.economics.ties import Limits
from engine.model.portfolio import portfolio
from engine.scenario.columns import STRATEGIES

# Of a family so many are named.
_NAMED = 3


def others_of_family(instance: Instance, i: int) -> str:
    """Names of the other products that share the strategy of product i; empty where none do."""
    others = [instance.products[j] for j in portfolio(instance).moves_with(i).tolist() if j != i]
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    return ", ".join(others[:_NAMED]) + more


def ties_of(instance: Instance, strategy: Integers, i: int) -> list[str]:
    """What ties product i to others under strategies, shape (I,): its family, and limits that leave no room."""
    others, limits = others_of_family(instance, i), instance.ties.limits
    found = [f"one strategy for its family: it changes together with {others}"] if others else []
    tight = binding_limits(instance, strategy, i)
    return found + [f"limit {limits.label(row)} leaves no room: {limit_words(limits, row)}" for row in tight]


def binding_limits(instance: Instance, strategy: Integers, i: int) -> list[int]:
    """Limits that count product i and are reached by strategies, shape (I,)."""
    limits = instance.ties.limits
    taken = (limits.counted & (strategy == limits.strategy[:, None])).sum(axis=1)
    tight = (taken >= limits.most) | ((taken <= limits.least) & (limits.least > 0.0))
    return np.flatnonzero(tight & limits.counted[:, i]).tolist()


def limit_words(limits: Limits, row: int) -> str:
    """What a limit says."""
    ends = [("at least", limits.least[row])] if limits.least[row] > 0.0 else []
    ends += [("at most", limits.most[row])] if np.isfinite(limits.most[row]) else []
    name = STRATEGIES[int(limits.strategy[row])]
    return " and ".join(f"{words} {int(end)}" for words, end in ends) + f" {name}"


def barred(instance: Instance, strategy: Integers) -> list[str]:
    """Why strategies, shape (I,), may not be together; empty where they may."""
    limits, found = instance.ties.limits, list[str]()
    for block, row in portfolio(instance).broken(strategy):
        if block == "C8":
            found.append("max_changes leaves no room for it")
        elif block != "C10":
            found.append(f"limit {limits.label(row)} leaves no room for it: {limit_words(limits, row)}")
    return found
