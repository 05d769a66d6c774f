"""A large group cut in blocks of neighbouring products, where few parts cross."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import reverse_cuthill_mckee

from engine.economics.instance import ATO, Booleans, Instance, Integers

# Products of a block: where the simplex method takes as long for all blocks together as their number asks.
SIZE = 400
# How far from even a block may end, as a share of it.
_PLAY = 0.2
# Products on either side of a border whose prices its parts have, as a share of a block: two or three steps of shared
# parts away, where the other side is hardly felt.
_BESIDE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Blocks of a group and what crosses their borders.

    Parameters
    ----------
    members : tuple of arrays
        Ascending products of each block; every product is in one.
    beside : tuple of arrays
        Ascending products on both sides of each border.
    crossing : shape (C,)
        Parts that products of several blocks may be assembled from.
    """

    members: tuple[Integers, ...]
    beside: tuple[Integers, ...]
    crossing: Booleans


def cut_in_blocks(instance: Instance, size: int = SIZE) -> Blocks:
    """Blocks of about as many products.

    The products are put in a row in which those that share parts stand close (Cuthill & McKee 1969), and the row is cut
    where the fewest parts cross.

    Parameters
    ----------
    instance : Instance
    size : int
        Products of a block.
    """
    count = len(instance.products)
    edges, use = instance.edges, instance.allowed[instance.edges.product, ATO]
    product, component = edges.product[use], edges.component[use]
    lines = np.bincount(component, minlength=len(instance.components))
    # A part of more products than a block has crosses anyway, and says of none who its neighbours are.
    near = lines[component] <= size
    order = _row(instance, product[near], component[near])
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)
    ends = _ends(_crossings(place[product[near]], component[near], count), max(1, round(count / size)))
    block = np.searchsorted(ends[1:], place, side="right")
    side = max(1, round(_BESIDE * size))
    return Blocks(
        members=tuple(np.flatnonzero(block == k) for k in range(len(ends) - 1)),
        beside=tuple(np.sort(order[max(end - side, 0) : end + side]) for end in ends[1:-1].tolist()),
        crossing=shared_by(block[product], component, len(lines)),
    )


def _row(instance: Instance, product: Integers, component: Integers) -> Integers:
    """The products in a row, neighbours by parts close to each other."""
    count, nodes = len(instance.products), len(instance.products) + len(instance.components)
    ends = (np.concatenate([product, count + component]), np.concatenate([count + component, product]))
    graph = sparse.coo_matrix((np.ones(len(ends[0])), ends), shape=(nodes, nodes)).tocsr()
    order: Integers = reverse_cuthill_mckee(graph, symmetric_mode=True).astype(np.int64)
    return order[order < count]


def _crossings(place: Integers, component: Integers, count: int) -> Integers:
    """How many parts have products before each place of the row and at or behind it, shape (count + 1,)."""
    parts = int(component.max(initial=-1)) + 1
    first, last = np.full(parts, count), np.full(parts, -1)
    np.minimum.at(first, component, place)
    np.maximum.at(last, component, place)
    change = np.zeros(count + 2, dtype=np.int64)
    there = last >= 0
    np.add.at(change, first[there] + 1, 1)
    np.add.at(change, last[there] + 1, -1)
    return np.cumsum(change)[: count + 1]


def _ends(crossings: Integers, blocks: int) -> Integers:
    """Where the blocks end, zero in front, each near its even share of the row where the fewest parts cross."""
    count = len(crossings) - 1
    ends = [0]
    for k in range(1, blocks):
        even, play = k * count / blocks, _PLAY * count / blocks
        low = max(round(even - play), ends[-1] + 1)
        ends.append(low + int(np.argmin(crossings[low : max(round(even + play), low) + 1])))
    return np.array([*ends, count], dtype=np.int64)


def shared_by(label: Integers, component: Integers, parts: int) -> Booleans:
    """Parts whose lines have different labels, shape (parts,).

    Parameters
    ----------
    label, component : shape (n,)
        Of each line.
    parts : int
    """
    least, most = np.full(parts, np.iinfo(np.int64).max), np.full(parts, -1)
    np.minimum.at(least, component, label)
    np.maximum.at(most, component, label)
    return most > least
