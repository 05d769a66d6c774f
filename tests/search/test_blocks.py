"""Every product is in one block, and what several blocks share is told."""

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.search.blocks import cut_in_blocks
from tests.scenarios import make_scenario

PLACES = 24


def chain(*, everywhere=True):
    """Products that share two parts with the next one, in the middle one; in any order, and one part in all."""
    order = np.random.default_rng(3).permutation(PLACES)
    names = [f"P{i + 1}" for i in order.tolist()]
    bom = {name: {} for name in names}
    for k in range(PLACES - 1):
        for part in (f"A{k}", f"B{k}") if k != PLACES // 2 - 1 else (f"A{k}",):
            bom[names[k]][part] = bom[names[k + 1]][part] = 1
    if everywhere:
        for name in names:
            bom[name]["ALL"] = 1
    parts = sorted({part for lines in bom.values() for part in lines})
    return build_instance(make_scenario(
        products=[{"lead_time_target_days": 2.0, "assembly_days": 1.0}] * PLACES,
        components=[{"component": part, "lead_time_days": 14.0} for part in parts], bom=bom, samples=12,
    )), names  # fmt: skip


@pytest.mark.parametrize("size", [3, 8, 12, 24, 100])
def test_every_product_is_in_one_block(size):
    instance, _ = chain()
    blocks = cut_in_blocks(instance, size)
    assert sorted(np.concatenate(blocks.members).tolist()) == list(range(PLACES))
    assert all((np.diff(members) > 0).all() for members in blocks.members if len(members) > 1)
    assert len(blocks.members) == max(1, round(PLACES / size))
    assert max(len(members) for members in blocks.members) <= 1.5 * max(PLACES / len(blocks.members), size)


@pytest.mark.parametrize("size", [5, 8, 12])
def test_crossing_parts_are_those_of_several_blocks(size):
    instance, _ = chain()
    blocks, edges = cut_in_blocks(instance, size), instance.edges
    block = np.full(PLACES, -1)
    for k, members in enumerate(blocks.members):
        block[members] = k
    use = instance.allowed[edges.product, ATO]
    for c in range(len(instance.components)):
        users = block[edges.product[use & (edges.component == c)]]
        assert blocks.crossing[c] == (len(set(users.tolist())) > 1)


def test_a_group_is_cut_where_fewest_parts_cross():
    """Neighbours stand together though names say nothing; the part in all products tells nobody's place."""
    instance, names = chain()
    blocks = cut_in_blocks(instance, 12)
    halves = {frozenset(names[: PLACES // 2]), frozenset(names[PLACES // 2 :])}
    assert {frozenset(instance.products[i] for i in members.tolist()) for members in blocks.members} == halves
    crossing = {instance.components[c] for c in np.flatnonzero(blocks.crossing).tolist()}
    assert crossing == {f"A{PLACES // 2 - 1}", "ALL"}


def test_products_beside_a_border_are_the_nearest_of_both_sides():
    instance, names = chain(everywhere=False)
    (beside,) = cut_in_blocks(instance, 12).beside
    middle = PLACES // 2
    assert {instance.products[i] for i in beside.tolist()} == set(names[middle - 3 : middle + 3])
