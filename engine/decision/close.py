"""Which choices are close: there the costs of other strategies are told exactly, else their lower bounds will do."""

from __future__ import annotations

import math

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Instance, Integers

# Below this share of a product's cost the next best strategy is as good as the chosen one.
CLOSE_SHARE = 0.05
# Paired costs of two strategies were never seen to differ from sample to sample by more than three times the product's
# cost: a regret beyond that, twice over root W, is told from zero whatever is drawn.
_WIDEST = 6.0
# So few moves of single products are all tried, and a plan of a scenario tells each of them exactly.
FEW_MOVES = 24


def few_moves(instance: Instance, free: Booleans) -> bool:
    """Whether a plan has so few moves of single products that keep its rules that each is tried and told exactly.

    Parameters
    ----------
    instance : Instance
    free : shape (I, 3)
        Moves that keep the rules over strategies (`Portfolio.free`).
    """
    return bool((instance.allowed & free).sum() - len(instance.products) <= FEW_MOVES)


def widest_share(samples: int) -> float:
    """The largest regret that sampling may leave open, as a share of the product's cost.

    Parameters
    ----------
    samples : int
        On which both strategies are measured.

    Examples
    --------
    >>> widest_share(400)
    0.3
    """
    return _WIDEST / math.sqrt(samples)


def near_limit(instance: Instance, cost: Array) -> Array:
    """What a move may add and be close, money per year; shape (I,). Where the queue for parts is in it, it is served.

    Parameters
    ----------
    instance : Instance
    cost : shape (I,)
        Of each product, money per year.
    """
    return np.asarray(max(CLOSE_SHARE, widest_share(instance.samples)) * np.abs(cost))


def close_limit(instance: Instance, strategy: Integers, cost: Array) -> Array:
    """What a move may add, money per year, for its cost to be told exactly; shape (I, 3).

    So much as badges ask for (`engine.evaluate.trust.certainty`): what is near by the cost, or within sampling. Back to
    today's strategy a move is always told exactly, for that is what a switch saves.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
        Chosen.
    cost : shape (I,)
        Of each product, money per year.
    """
    limit = np.repeat(near_limit(instance, cost)[:, None], 3, axis=1)
    switches = (instance.current >= 0) & (instance.current != strategy)
    limit[switches, instance.current[switches]] = np.inf
    return limit
