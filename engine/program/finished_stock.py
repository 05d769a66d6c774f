"""Finished stock in the reduced program, where a budget keeps it open: (C2) and (C7)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Booleans, Instance, Integers
from engine.program.highs import Matrix
from engine.program.numbering import Places, taken
from engine.program.risk_rows import put_backlog

# Tangents to begin with, at the largest shortages and at the others.
_UPPER, _LOWER = 12, 5
_VIOLATED = 1e-9
# Of the tangents that are violated those next to the most violated one are held with it.
_NEARLY = 0.9


def put_finished_stock(  # noqa: PLR0917 (the parts of one program)
    instance: Instance,
    place: Places,
    matrix: Matrix,
    low: Array,
    high: Array,
    lower: Array,
    upper: Array,
    cost: Array,
    offset: float,
) -> float:
    """(C2) with the mean backlog as one convex function of the level, and (C7); returns the new offset.

    With CVaR the backlog is held sample by sample instead (`risk_rows`).
    """
    held = np.flatnonzero(place.level >= 0)
    if not held.size and not place.budget.size:
        return offset
    stock = instance.stock
    if place.risk:
        put_backlog(instance, place, matrix, low)
    else:
        _put_tangents(instance, place, matrix, low)
    own = place.open[held]
    bottom = np.maximum(stock.least, -stock.batch)
    decided, free = held[~own], held[own]
    lower[place.level[decided]] = bottom[decided]
    upper[place.level[decided]] = stock.most[decided]
    lower[place.level[free]] = np.minimum(bottom[free], 0.0)
    matrix.put(place.least[free], place.level[free], 1.0)
    matrix.put(place.least[free], place.x[free, MTS], -bottom[free])
    low[place.least[free]] = 0.0
    capped = np.flatnonzero(place.most >= 0)
    matrix.put(place.most[capped], place.level[capped], 1.0)
    matrix.put(place.most[capped], place.x[capped, MTS], -stock.most[capped])
    high[place.most[capped]] = 0.0
    carrying, mean = instance.carrying, stock.net.mean(axis=1)
    cost[place.level[held]] = carrying[held]
    if place.risk:
        product, sample = np.nonzero(place.backlog >= 0)
        cost[place.backlog[product, sample]] = (carrying + instance.late)[product] / instance.samples
    else:
        cost[place.short[held]] = carrying[held] + instance.late[held]
    cost[place.x[free, MTS]] -= carrying[free] * mean[free]
    offset -= float((carrying * mean)[decided].sum())
    if place.budget.size and instance.budget is not None:
        high[place.budget] = instance.budget
        put_inventory_value(instance, place, matrix, high)
    return offset


def _put_tangents(instance: Instance, place: Places, matrix: Matrix, low: Array) -> None:
    """The mean of (X - S)+ as the largest of its tangents (1/W) sum over the k largest X of (X - S), k = 1..W.

    One column and these rows stand for the backlogs of all samples.
    """
    product, rank = np.nonzero(place.tangents >= 0)
    rows = place.tangents[product, rank]
    level = _put_rows(instance, place, matrix, rows, product, rank)
    own = place.open[product]
    matrix.put(rows[own], place.x[product[own], MTS], -level[own])
    low[rows] = np.where(own, 0.0, level)


def _put_rows(  # noqa: PLR0917 (the parts of one program)
    instance: Instance, place: Places, matrix: Matrix, rows: Integers, product: Integers, rank: Integers
) -> Array:
    """Backlog and level of tangents, each in a row of its own; their values at a level of zero, shape (rows,)."""
    matrix.put(rows, place.short[product], 1.0)
    matrix.put(rows, place.level[product], (rank + 1.0) / instance.samples)
    own, at = np.unique(product, return_inverse=True)
    tops: Array = _largest(instance, own)[at, rank]
    return tops


def _largest(instance: Instance, products: Integers) -> Array:
    """Sum of the k largest shortages at a level of zero, over the samples, for k = 1..W; shape (products, W)."""
    tops: Array = np.cumsum(-np.sort(-instance.stock.net[products], axis=1), axis=1) / instance.samples
    return tops


def some_tangents(shape: tuple[int, ...]) -> Booleans:
    """Tangents to begin with, more of them where few samples run short; of the shape (I, W) given."""
    samples = shape[1]
    share = np.concatenate([np.linspace(0.005, 0.3, _UPPER), np.linspace(0.3, 1.0, _LOWER)])
    mask = np.zeros(shape, dtype=bool)
    mask[:, np.maximum(1, np.round(share * samples)).astype(np.int64) - 1] = True
    return mask


def violated_tangents(instance: Instance, place: Places, values: Array) -> Booleans:
    """The tangents that a solution violates most, of those left out; shape (I, W)."""
    missing = np.zeros(place.tangents.shape, dtype=bool)
    held = np.flatnonzero(place.short >= 0)
    if not held.size:
        return missing
    share = np.where(place.open[held], taken(values, place.x[held, MTS]), 1.0)
    level, short = values[place.level[held]], values[place.short[held]]
    ranks = np.arange(1, instance.samples + 1) / instance.samples
    over = _largest(instance, held) * share[:, None] - ranks * level[:, None] - short[:, None]
    over[place.tangents[held] >= 0] = -np.inf
    most = over.max(axis=1, keepdims=True)
    missing[held] = (over > _VIOLATED * (1.0 + np.abs(short))[:, None]) & (over >= _NEARLY * most)
    return missing


def more_tangents(instance: Instance, place: Places, wanted: Booleans) -> tuple[Array, sparse.csr_matrix]:
    """Tangents to add to a solver whose strategies are all decided: lower limits and matrix; they get their numbers.

    Parameters
    ----------
    instance : Instance
    place : Places
        Without other rows added since.
    wanted : shape (I, W)
    """
    product, rank = np.nonzero(wanted)
    place.number_tangents(wanted)
    matrix = Matrix()
    low = _put_rows(instance, place, matrix, np.arange(len(product)), product, rank)
    return low, matrix.build((len(product), place.column_count)).tocsr()


def put_inventory_value(instance: Instance, place: Places, matrix: Matrix, high: Array) -> None:
    """The row of (C7): mean value of finished stock and of components on hand."""
    row = place.budget[0]

    def put(columns: Integers, values: Array) -> None:
        matrix.put(np.full(len(columns), row), columns, values)

    held = np.flatnonzero(place.level >= 0)
    value, mean = instance.unit_cost, instance.stock.net.mean(axis=1)
    put(place.level[held], value[held])
    if place.risk:
        product, sample = np.nonzero(place.backlog >= 0)
        put(place.backlog[product, sample], value[product] / instance.samples)
    else:
        put(place.short[held], value[held])
    free = held[place.open[held]]
    put(place.x[free, MTS], -(value * mean)[free])
    high[place.budget] += float((value * mean)[held[~place.open[held]]].sum())
    edges, parts, line = instance.edges, instance.parts, place.active
    used = np.unique(edges.component[line])
    put(used, parts.unit_cost[used])
    position = parts.unit_cost * parts.position.mean(axis=1)
    high[place.budget] -= float(position[place.forced].sum())
    own = np.flatnonzero(place.stocked >= 0)
    put(place.stocked[own], position[own])
    back, unit = np.zeros(len(value)), np.zeros(len(value))
    worth = parts.unit_cost[edges.component[line]] * edges.quantity[line]
    np.add.at(back, edges.product[line], worth * edges.windows[edges.window[line]].mean(axis=1))
    np.add.at(unit, edges.product[line], worth)
    free = np.flatnonzero(place.x[:, ATO] >= 0)
    put(place.x[free, ATO], -back[free])
    high[place.budget] += float(back[~place.open & (place.strategy == ATO)].sum())
    product, sample = np.nonzero(place.late >= 0)
    put(place.late[product, sample], unit[product] / instance.samples)
