"""The rules (C1) to (C11), one function each; FORMULATION.md states them in the same order and words.

A rule says its rows as blocks. From them come the arrays of the search (`engine.program.assemble`), decided strategies
put in, and the readable Pyomo model (`engine.model.build`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.economics.axes import Integers
from engine.economics.instance import ATO, MTS, Instance
from engine.model.blocks import Block, at_least, at_most, exactly
from engine.model.envelope import late_unit_facets
from engine.model.forms import Form, joined, only, part, scaled, summed
from engine.model.measures import AT_ITS_MEAN, inventory_value, late_units, part_slack, stock_slack, yearly_cost
from engine.model.variables import choice, losing_stocks, stocked_products, used_parts, waiting_products

# The single row of a rule over all products.
_ONE: Integers = np.zeros(1, dtype=np.int64)
Rule = Callable[[Instance], tuple[Block, ...]]


def c1_one_strategy(instance: Instance) -> tuple[Block, ...]:
    """(C1) sum_k x[i,k] = 1; stocked[c] >= x[i,ATO] for every line whose part's stocking is a decision."""
    # sum_k x[i,k] = 1
    product, strategy = np.nonzero(instance.allowed)
    one = (part("x", product, 3 * product + strategy, 1.0),)
    # stocked_c - x[i,ATO] >= 0 for every such line
    line = _lines_of_chosen_parts(instance)
    rows = np.arange(len(line))
    stocked = (
        part("stocked", rows, instance.edges.component[line], 1.0),
        part("x", rows, choice(instance.edges.product[line], ATO), -1.0),
    )
    count = len(instance.products)
    return exactly("C1", one, np.arange(count), count, 1.0), at_least("C1_stocked", stocked, rows, len(line))


def c2_finished_stock(instance: Instance) -> tuple[Block, ...]:
    """(C2) S_i + (V_i[w] - D_i(t_i)[w]) x[i,MTS] + B_i[w] >= 0, that is on-hand; bounds of S_i; late units."""
    count, stock = len(instance.products), instance.stock
    i = np.flatnonzero(stocked_products(instance))
    capped = i[np.isfinite(stock.most[i])]
    # S_i - max(-Q_i, S_min) x[i,MTS] >= 0
    least = (part("S", i, i, 1.0), part("x", i, choice(i, MTS), -stock.lowest[i]))
    # S_i - S_max x[i,MTS] <= 0
    most = (part("S", capped, capped, 1.0), part("x", capped, choice(capped, MTS), -stock.most[capped]))
    return (
        at_least("C2", stock_slack(instance), i, count, sampled=True),
        at_least("C2_least", least, i, count),
        at_most("C2_shelf_life", most, capped, count),
        _lost(instance),
    )


def c3_component_stock(instance: Instance) -> tuple[Block, ...]:
    """(C3) S_c + V_c[w] stocked_c + sum_i a_ci (w_i[w] - D_i(t_ci)[w] x[i,ATO]) >= 0; S_c >= -Q_c stocked_c."""
    count, parts = len(instance.components), instance.parts
    c = np.flatnonzero(used_parts(instance))
    batched = c[parts.batch[c] > 0.0]
    # S_c + Q_c stocked_c >= 0
    least = (part("Sc", batched, batched, 1.0), part("stocked", batched, batched, parts.batch[batched]))
    return (
        at_least("C3", part_slack(instance), c, count, sampled=True),
        at_least("C3_least", least, batched, count),
    )


def c4_late_at_most_ordered(instance: Instance) -> tuple[Block, ...]:
    """(C4) w_i[w] <= P_i[w] x[i,ATO], P_i the most that can wait of what was ordered."""
    i = np.flatnonzero(waiting_products(instance))
    # w_i - P_i x[i,ATO] <= 0
    form = (part("w", i, i, 1.0), part("x", i, choice(i, ATO), -instance.edges.peak[i]))
    return (at_most("C4", form, i, len(instance.products), sampled=True),)


def c5_capacity(instance: Instance) -> tuple[Block, ...]:
    """(C5) order-driven hours of the bucket + stock-driven hours <= H_g + O_g[w] + U_g[w]."""
    capacity = instance.capacity
    if capacity is None:
        return ()
    steady, driven = capacity.mean_hours(instance.rate), capacity.order_hours()
    product, strategy, resource = np.nonzero(((steady > 0.0) | (driven > 0.0)) & instance.allowed[:, :, None])
    # hours of x[i,k]: order-driven per unit x D_i(bucket)[w] + stock-driven at the mean rate, or at the season's
    hours = capacity.hours_of(instance.rate, product, strategy, resource)
    # sum_ik hours_ikg x[i,k] - O_g - U_g <= H_g
    g = np.arange(len(capacity.names))
    outside = np.flatnonzero(capacity.outsourcing)
    form = (
        part("x", resource, 3 * product + strategy, hours),
        part("O", g, g, -1.0),
        part("U", outside, outside, -1.0),
    )
    excess = np.maximum(capacity.hours, 1.0)
    return (at_most("C5", form, g, len(g), capacity.hours, sampled=True, excess=excess),)


def c6_on_time(instance: Instance) -> tuple[Block, ...]:
    """(C6) A_i E(r_i w_i) <= (A_i - target_i) l_i x[i,ATO], a relaxation; MTS keeps S_min by (C2)."""
    i = np.flatnonzero(waiting_products(instance) & (instance.on_time_target > 0.0))
    # A_i E(r_i w_i) - (A_i - target_i) l_i x[i,ATO] <= 0, A_i = 1 where all customers wait alike
    close = np.where(instance.assembly_on_time > 0.0, instance.assembly_on_time, 1.0)
    allowance = np.maximum(close - instance.on_time_target, 0.0) * instance.rate
    waiting = tuple(piece for piece in late_units(instance) if piece.variable == "w")
    form = (*only(waiting, i), part("x", i, choice(i, ATO), -allowance[i]))
    return (at_most("C6", form, i, len(instance.products), excess=np.maximum(instance.rate, 1e-9)),)


def c7_budget(instance: Instance) -> tuple[Block, ...]:
    """(C7) average value of finished stock and components on hand <= budget."""
    if instance.budget is None:
        return ()
    # E(sum_i value_i on_hand_i + sum_c value_c part_on_hand_c) <= budget
    form = tuple(piece for form_of, value in inventory_value(instance) for piece in summed(scaled(form_of, value)))
    return (at_most("C7", form, _ONE, 1, instance.budget, excess=np.array([max(instance.budget, 1.0)])),)


def c8_changes(instance: Instance) -> tuple[Block, ...]:
    """(C8) at most max_changes products leave their current strategy."""
    if instance.max_changes is None:
        return ()
    # sum of x[i,k], k not the current strategy <= max_changes
    product, strategy = np.nonzero(instance.allowed & (instance.current >= 0)[:, None])
    leaves = strategy != instance.current[product]
    index = (3 * product + strategy)[leaves]
    form = (part("x", np.zeros(len(index), dtype=np.int64), index, 1.0),)
    rows = np.zeros(1 if len(index) else 0, dtype=np.int64)
    return (at_most("C8", form, rows, 1, instance.max_changes, excess=np.array([max(len(instance.products), 1.0)])),)


def c9_cvar(instance: Instance) -> tuple[Block, ...]:
    """(C9) excess[w] >= cost[w] - eta; Rockafellar & Uryasev (2000), theorem 1."""
    if instance.cvar_weight <= 0.0:
        return ()
    # excess[w] + eta - cost[w] >= 0 for every sample; the mean of cost[w] is the sum of the terms less lost margin
    cost = tuple(
        part(variable, np.zeros(len(values), dtype=np.int64), np.arange(len(values)), -values)
        for variable, values in yearly_cost(instance, mean=False, without=AT_ITS_MEAN).items()
    )
    form = (part("excess", _ONE, _ONE, 1.0), part("eta", _ONE, _ONE, 1.0), *cost)
    return (at_least("C9", form, _ONE, 1, sampled=True),)


def c10_families(instance: Instance) -> tuple[Block, ...]:
    """(C10) x[i,k] = x[j,k] for every product i of a family that shares one strategy, j the first of it."""
    if not (instance.ties.family >= 0).any():
        return ()
    # x[i,k] - x[j,k] = 0; what one of them may not be has no x, so that the other's is zero
    tied, first = np.flatnonzero(instance.ties.family >= 0), instance.ties.first
    product, strategy = np.nonzero(instance.allowed[tied] | instance.allowed[first[tied]])
    product = tied[product]
    product, strategy = product[product != first[product]], strategy[product != first[product]]
    rows = choice(product, strategy)
    form = (part("x", rows, rows, 1.0), part("x", rows, choice(first[product], strategy), -1.0))
    return (exactly("C10", form, rows, 3 * len(instance.products), 0.0),)


def c11_limits(instance: Instance) -> tuple[Block, ...]:
    """(C11) least_l <= sum of x[i,k_l] over the products that limit l counts <= most_l."""
    if not instance.ties.limits.name:
        return ()
    # sum_i x[i,k] <= most; - sum_i x[i,k] <= - least
    limits = instance.ties.limits
    count, many = len(limits.name), np.maximum(limits.counted.sum(axis=1), 1.0)
    row, product = np.nonzero(limits.counted & instance.allowed[:, limits.strategy].T)
    index = choice(product, limits.strategy[row])
    most, least = np.flatnonzero(np.isfinite(limits.most)), np.flatnonzero(limits.least > 0.0)
    return (
        at_most("C11_most", (part("x", row, index, 1.0),), most, count, limits.most, excess=many),
        at_most("C11_least", (part("x", row, index, -1.0),), least, count, -limits.least, excess=many),
    )


RULES: dict[str, Rule] = {
    "C1": c1_one_strategy,
    "C2": c2_finished_stock,
    "C3": c3_component_stock,
    "C4": c4_late_at_most_ordered,
    "C5": c5_capacity,
    "C6": c6_on_time,
    "C7": c7_budget,
    "C8": c8_changes,
    "C9": c9_cvar,
    "C10": c10_families,
    "C11": c11_limits,
}


def _lines_of_chosen_parts(instance: Instance) -> Integers:
    """Lines whose product may be assembled and whose part's stocking is a decision."""
    edges = instance.edges
    return np.flatnonzero(instance.allowed[edges.product, ATO] & instance.parts.stocked_by_choice[edges.component])


def _lost(instance: Instance) -> Block:
    """late_mts_i >= slope S_i + intercept x[i,MTS], for every facet of the convex envelope of late units a day."""
    forms: list[Form] = []
    for i in np.flatnonzero(losing_stocks(instance)).tolist():
        # late_mts_i - slope S_i - intercept x[i,MTS] >= 0
        facets = np.array(late_unit_facets(instance, i))
        rows = np.arange(len(facets))
        forms.append((
            part("late_mts", rows, np.full(len(facets), i), 1.0),
            part("S", rows, np.full(len(facets), i), -facets[:, 0]),
            part("x", rows, choice(np.full(len(facets), i), MTS), -facets[:, 1]),
        ))  # fmt: skip
    counts = [len(form[0].row) for form in forms]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(int).tolist()
    return at_least("C2_lost", joined(forms, starts[:-1]), np.arange(starts[-1]), starts[-1])
