"""What a unit late costs where customers of a product wait and cost differently: by whose units are late.

Stock is given out by due date. What waits is the newest of what was due: of group k what fell due within the age A of
the oldest that waits, D_k(A), sum_k D_k(A) what is short. Where somebody waits longer than supply takes, stock runs
short when the others have asked for much, so that more of what waits is theirs than of demand. A unit late costs
p = sum_k p_k E D_k(A) / sum_k E D_k(A) on average. That hangs on the level, and hangs little on it: it is measured at
the level that is best alone, under a budget at the price of inventory with which products keep it, each for itself.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.exposure.segment_paths import SegmentPaths, age_of, within
from engine.economics.instance import ATO, MTS, Booleans, Instance, Integers
from engine.economics.optima.budget_price import lone_budget_price, part_asked, part_levels
from engine.economics.optima.stock import best_stock

# Prices and levels in turn, and samples that are short at least where whose units they are is measured.
_ROUNDS, _LEAST_SHORT = 3, 40


def with_segment_prices(instance: Instance, segments: SegmentPaths) -> Instance:
    """The instance whose lateness is priced as it falls; itself where all customers of each product cost alike.

    Parameters
    ----------
    instance : Instance
        As built, at the mean late cost of each product.
    segments : SegmentPaths
    """
    products = np.array(sorted(segments.paths), dtype=np.int64)
    if not products.size:
        return instance
    priced = _priced(instance, segments, products, value_price=lone_budget_price(instance))
    if instance.budget is None:
        return priced
    # What the budget's price is hangs on what a unit late costs.
    return _priced(instance, segments, products, value_price=lone_budget_price(priced))


def _priced(instance: Instance, segments: SegmentPaths, products: Integers, *, value_price: float) -> Instance:
    """The instance with the prices of some products at a price of inventory, money per year and money in stock."""
    prices = instance.prices
    finished, waiting = np.ones(len(instance.products)), np.ones(len(instance.products))
    made = products[instance.allowed[products, MTS]]
    if made.size:
        finished[made] = _finished(instance, segments, made, value_price)
    assembled = products[instance.allowed[products, ATO] & np.isin(products, instance.edges.product)]
    if assembled.size:
        waiting[assembled] = _waiting(instance, segments, assembled, value_price)
    return replace(
        instance,
        prices=replace(
            prices, backlog=prices.backlog * finished[:, None], waiting=prices.waiting * waiting[:, None]
        ),
    )  # fmt: skip


def _finished(instance: Instance, segments: SegmentPaths, made: Integers, value_price: float) -> Array:
    """Late cost of what waits for finished stock over that of the product, shape (n,)."""
    part = instance.restricted(products=made)
    times, at_mean = np.ones(len(made)), part.prices.backlog
    for _ in range(_ROUNDS):
        priced = replace(part, prices=replace(part.prices, backlog=at_mean * times[:, None]))
        level = best_stock(priced, value_price=value_price).level
        for n, i in enumerate(made.tolist()):
            short = _short(part.stock.net[n], float(level[n]))
            paths = segments.paths[i]
            age = age_of(paths.sum(axis=0), short)
            times[n] = _dearness(np.stack([within(one, age) for one in paths]), segments.dear[i])
    return times


def _waiting(instance: Instance, segments: SegmentPaths, assembled: Integers, value_price: float) -> Array:
    """Late cost of what waits for parts over that of the product, shape (n,): all that may be assembled is."""
    edges, samples = instance.edges, instance.samples
    lines = np.flatnonzero(instance.allowed[edges.product, ATO])
    used = np.unique(edges.component[lines[np.isin(edges.product[lines], assembled)]])
    times = np.ones(len(instance.products))
    users = {c: lines[edges.component[lines] == c] for c in used.tolist()}
    drawn = {c: _drawn(instance, of_part) for c, of_part in users.items()}
    for _ in range(_ROUNDS):
        levels = part_levels(instance, lines, value_price=value_price, times=times)
        age = np.zeros((len(instance.components), samples))
        for c, of_part in users.items():
            age[c] = age_of(drawn[c], _short(part_asked(instance, of_part, c), float(levels[c])))
        for i in assembled.tolist():
            paths, longest = segments.paths[i], np.zeros(samples)
            for e in lines[edges.product[lines] == i].tolist():
                longest = np.maximum(longest, np.where(_queues(instance, e), age[edges.component[e]], 0.0))
            times[i] = _dearness(np.stack([within(one, longest) for one in paths]), segments.dear[i])
    return times[assembled]


def _drawn(instance: Instance, lines: Integers) -> Array:
    """F_c(A) on whole days, what orders of that age take of a part, shape (days + 1, W)."""
    edges = instance.edges
    total = np.zeros(edges.paths.shape[1:])
    for e in lines.tolist():
        total += edges.quantity[e] * edges.paths[edges.path[edges.product[e]]] * _queues(instance, e)
    return total


def _queues(instance: Instance, line: int) -> Booleans:
    """Whether a product waits for a part with others, shape (W,); else the part is bought after the order."""
    edges = instance.edges
    exposed: Booleans = edges.exposed[edges.window[line]]
    return exposed | bool(instance.parts.batch[edges.component[line]] > 0.0)


def _short(asked: Array, level: float) -> Array:
    """What a level is short of, shape (W,); a level that is hardly ever short is taken where it is so a little more."""
    least = np.sort(asked)[max(len(asked) - 1 - _LEAST_SHORT, 0)]
    return np.asarray(np.maximum(asked - min(level, float(least)), 0.0))


def _dearness(late: Array, dear: Array) -> float:
    """sum_k dear_k E late_k / sum_k E late_k of what is late of each group, shape (groups, W); 1 where nothing is."""
    mean = late.mean(axis=1)
    total = float(mean.sum())
    return float(mean @ dear) / total if total > 0.0 else 1.0
