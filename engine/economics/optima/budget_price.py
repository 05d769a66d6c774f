"""What money in stock is worth a year under an inventory budget, before any program: by products each for itself.

At a price b of inventory every product takes the strategy that is cheapest for itself, b times its inventory included,
and every part the level of its own newsvendor. Inventory falls as b rises; b is where it is the budget. That is the
budget's price but for what sharing parts saves, enough for what hangs little on it.
"""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import added_up
from engine.economics.instance import ATO, MTS, Instance, Integers
from engine.economics.optima.stock import best_stock

# The first price tried, money a year per money in stock; doublings and halvings of it; a share that is close enough.
_FIRST, _DOUBLINGS, _HALVINGS = 0.05, 24, 12


def lone_budget_price(instance: Instance) -> float:
    """The price at which products, each for itself, keep the inventory budget; 0 where they do without.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.

    Returns
    -------
    float
        Money per year and money in stock; the highest tried where no price brings the inventory down to the budget.
    """
    if instance.budget is None or _inventory(instance, 0.0) <= instance.budget:
        return 0.0
    low, high = 0.0, _FIRST
    for _ in range(_DOUBLINGS):
        if _inventory(instance, high) <= instance.budget:
            break
        low, high = high, 2.0 * high
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        over = _inventory(instance, middle) > instance.budget
        low, high = (middle, high) if over else (low, middle)
    return high


def part_levels(instance: Instance, lines: Integers, *, value_price: float = 0.0, times: Array | float = 1.0) -> Array:
    """Levels of parts, each its own newsvendor of all its lines together; shape (C,), zero where no line uses one.

    Parameters
    ----------
    instance : Instance
    lines : shape (n,)
        Of the products that are assembled.
    value_price : float
        Of inventory, money per year and money in stock.
    times : shape (I,) or 1
        Late cost of what waits over that of the instance.
    """
    edges, levels = instance.edges, np.zeros(len(instance.components))
    carrying = instance.part_carrying + value_price * instance.parts.unit_cost
    kit = edges.bought.of_products(carrying, len(instance.products))
    np.add.at(kit, edges.product[lines], carrying[edges.component[lines]] * edges.quantity[lines])
    worth = kit + instance.waiting * times
    for c in np.unique(edges.component[lines]).tolist():
        users = lines[edges.component[lines] == c]
        taken, product = edges.quantity[users], edges.product[users]
        rate = instance.rate[product]
        # A part short keeps l_i / sum_j a_cj l_j units of each product waiting.
        price = float(worth[product] @ rate) / float(taken @ rate)
        share = max(price - carrying[c], 0.0) / price if price > 0.0 else 0.0
        share = max(share, float(instance.part_target[product].max()))
        levels[c] = np.quantile(part_asked(instance, users, c), share, method="inverted_cdf")
    return levels


def part_asked(instance: Instance, lines: Integers, c: int) -> Array:
    """What the level of a part has to cover, shape (W,)."""
    return np.asarray(instance.edges.demand[lines].sum(axis=0) - instance.parts.position[c])


def _inventory(instance: Instance, price: float) -> float:
    """Value on hand of the strategies that are cheapest at a price of inventory, money."""
    edges, count = instance.edges, len(instance.products)
    made = best_stock(instance, value_price=price)
    lines = np.flatnonzero(instance.allowed[edges.product, ATO])
    levels = part_levels(instance, lines, value_price=price)
    parts = np.unique(edges.component[lines])
    on_hand, short = np.zeros(len(levels)), np.zeros(len(levels))
    for c in parts.tolist():
        gap = levels[c] - part_asked(instance, lines[edges.component[lines] == c], c)
        on_hand[c], short[c] = np.maximum(gap, 0.0).mean(), np.maximum(-gap, 0.0).mean()
    # A part's stock, and what it keeps waiting, go by use.
    use = edges.quantity[lines] * instance.rate[edges.product[lines]]
    share = use / np.maximum(added_up(use, edges.component[lines], len(levels)), 1e-300)[edges.component[lines]]
    value = added_up(share * (instance.parts.unit_cost * on_hand)[edges.component[lines]], edges.product[lines], count)
    carried = instance.part_carrying + price * instance.parts.unit_cost
    assembled = added_up(share * (carried * on_hand)[edges.component[lines]], edges.product[lines], count)
    waits = np.zeros(count)
    np.maximum.at(waits, edges.product[lines], share * short[edges.component[lines]] / edges.quantity[lines])
    cost = instance.standing
    cost[:, MTS] += made.cost
    cost[:, ATO] += assembled + instance.waiting * waits
    cost = np.where(instance.allowed, cost, np.inf)
    best = cost.argmin(axis=1)
    finished = np.where(best == MTS, instance.unit_cost * np.nan_to_num(made.on_hand), 0.0)
    return float(finished.sum() + value[best == ATO].sum())
