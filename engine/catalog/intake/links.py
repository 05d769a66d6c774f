"""Which products hang together by the parts and resources they share."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from engine.catalog.intake.keys import Small


def linked_products(
    count: int, product: Small, component: Small, *, parts: int, routed: Small, resource: Small
) -> Small:
    """The first product, by its row, of those that each product hangs together with; shape (count,).

    Parameters
    ----------
    count : int
        Products.
    product, component : shape (lines,)
        Lines that may tie products together.
    parts : int
        Components there are.
    routed, resource : shape (steps,)
        Products and the resources that work on them.
    """
    left, right = _shared(product, component, parts)
    resources = int(resource.max(initial=-1)) + 1
    others, used = _shared(routed, resource, resources)
    left, right = np.concatenate([left, others]), np.concatenate([right, used + np.int32(parts)])
    first = np.arange(count, dtype=np.int32)
    # The graph holds only those that share something: of a catalogue of lone products nobody.
    rows, one = np.unique(left, return_inverse=True)
    things, other = np.unique(right, return_inverse=True)
    if rows.size:
        nodes = len(rows) + len(things)
        graph = sparse.coo_matrix((np.ones(len(one), dtype=np.int8), (one, len(rows) + other)), shape=(nodes, nodes))
        label = connected_components(graph.tocsr(), directed=False)[1][: len(rows)]
        # Rows ascend, so that the first of each label is its first product.
        first[rows] = rows[np.unique(label, return_index=True)[1]][label]
    return first


def _shared(product: Small, thing: Small, things: int) -> tuple[Small, Small]:
    """Those of the pairs whose thing is also another product's."""
    holder = np.full(things, -1, dtype=np.int32)
    holder[thing] = product
    several = np.zeros(things, dtype=bool)
    several[thing[holder[thing] != product]] = True
    mask = several[thing]
    return product[mask], thing[mask]
