"""Which products hang together: against a search from product to product that shares no code with it."""

import numpy as np
import pytest

from engine.catalog.intake.links import linked_products


def _first_of_each(count, lines, steps):
    """The least product that can be reached from each over shared parts and resources."""
    holders = {}
    for kind, pairs in (("part", lines), ("resource", steps)):
        for product, thing in pairs:
            holders.setdefault((kind, thing), set()).add(product)
    beside = {product: set() for product in range(count)}
    for products in holders.values():
        for product in products:
            beside[product] |= products
    first = []
    for product in range(count):
        seen, open_ = {product}, [product]
        while open_:
            more = beside[open_.pop()] - seen
            seen |= more
            open_ += more
        first.append(min(seen))
    return first


def _pairs(rng, count, things, number):
    return [(int(rng.integers(count)), int(rng.integers(things))) for _ in range(number)]


@pytest.mark.parametrize("seed", range(30))
def test_products_hang_together_by_what_they_share(seed):
    rng = np.random.default_rng(seed)
    count, parts, resources = (int(rng.integers(1, 25)) for _ in range(3))
    lines = _pairs(rng, count, parts, int(rng.integers(0, 30)))
    steps = _pairs(rng, count, resources, int(rng.integers(0, 8)))
    product, component, routed, resource = (
        np.array([pair[k] for pair in pairs], dtype=np.int32) for pairs in (lines, steps) for k in (0, 1)
    )
    linked = linked_products(count, product, component, parts=parts, routed=routed, resource=resource)
    assert linked.tolist() == _first_of_each(count, lines, steps)


def test_a_part_named_twice_by_one_product_ties_it_to_nobody():
    none = np.zeros(0, dtype=np.int32)
    product, component = np.array([1, 1, 2], dtype=np.int32), np.array([0, 0, 1], dtype=np.int32)
    linked = linked_products(3, product, component, parts=2, routed=none, resource=none)
    assert linked.tolist() == [0, 1, 2]


def test_nothing_is_linked_by_no_line():
    none = np.zeros(0, dtype=np.int32)
    assert linked_products(4, none, none, parts=0, routed=none, resource=none).tolist() == [0, 1, 2, 3]
