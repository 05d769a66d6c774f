"""Which products hang together, and which partition decides them.

Lone products are cut into blocks, groups bundled, both by the order of rows and by sizes that the options name: what
is decided together never depends on the number of partitions, which are runs of whole blocks. So the result does not
either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engine.catalog.intake.keys import Hashes, KeyIndex, Small, hashes
from engine.catalog.intake.links import linked_products
from engine.catalog.intake.owned import owned_products
from engine.catalog.intake.source import Catalogue, batches
from engine.catalog.options import BatchOptions
from engine.errors import EngineError
from engine.scenario.arrays import Array, Booleans, Integers
from engine.scenario.usage import taken_per_unit, units_per_order
from engine.words.reason import cause

# By time a product of a group weighs seventy times a lone one, by memory no more. A partition has one block of lone
# products or some 1,400 of groups whatever the catalogue, so that the memory of a worker does not grow with it.
_LONE_WEIGHT, _GROUP_WEIGHT = 12, 70
_PARTITION_WEIGHT = 100_000
_LEAST_PARTITIONS = 16
# What tells the units of an order; read where orders lose parts.
_ORDERED = ["distribution", "order_size", "demand_per_week", "demand_cv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where every row goes.

    Parameters
    ----------
    partition, block, group : shape (products,)
        Partition and block of each product, -1 for a row whose key stands before; group, 0 for lone products.
    partitions : int
    products : KeyIndex
    components : KeyIndex
    line_component, line_partition : shape (lines,)
        Component of each usable line, and the partition of its product.
    always : shape (components,)
        Parts taken as always available.
    resource_partition : shape (pairs, 2)
        Resources and the partitions that use them.
    resources : KeyIndex
    counts : dict of str to int
    """

    partition: Small
    block: Small
    group: Small
    partitions: int
    products: KeyIndex
    components: KeyIndex
    line_component: Small
    line_partition: Small
    always: Booleans
    resource_partition: Small
    resources: KeyIndex
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a run has put its products, for the same catalogue as it stands on another day.

    Parameters
    ----------
    products : KeyIndex
        Of all that were laid out.
    partition, block, group : shape (products,)
    partitions : int
    always : shape (parts,)
        Keys of the parts taken as always available.
    """

    products: KeyIndex
    partition: Small
    block: Small
    group: Small
    partitions: int
    always: Hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Goods:
    """What the layout reads of products; units of an order where orders lose parts, else none."""

    may_assemble: Booleans
    unit_cost: Array
    plain: Booleans
    order_units: Array | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Lines that name a product and a component, and the parts that are always available."""

    product: Small
    component: Small
    always: Booleans


def plan_layout(catalogue: Catalogue, options: BatchOptions, placed: Placed | None = None) -> Layout:
    """Read keys, link products by shared parts and resources, cut the catalogue into partitions.

    Raises
    ------
    EngineError
        Where there are no products, or parts or resources link products that have been placed apart.
    """
    keys, goods = _read_products(catalogue)
    count = len(keys)
    if not count:
        raise EngineError(cause("catalogue_empty", path=str(catalogue.tables["products"].files[0])))
    # Every array of all products is let go as soon as it has been used: ten million of them count.
    index = KeyIndex(keys)
    del keys
    doubled = np.zeros(count, dtype=bool)
    doubled[index.duplicates()] = True
    parts = KeyIndex(_column(catalogue, "components", "component"))
    share = options.always_available_share if placed is None else 0.0
    lines = _read_lines(catalogue, index, parts, goods, share)
    always = lines.always if placed is None else np.isin(parts.keys(), placed.always)
    resources = KeyIndex(_column(catalogue, "resources", "resource"))
    routed, resource = _read_routing(catalogue, index, resources)
    uses = goods.may_assemble[lines.product] & ~always[lines.component]
    del goods
    label = linked_products(
        count, lines.product[uses], lines.component[uses], parts=len(always), routed=routed, resource=resource
    )
    del uses
    size = np.bincount(label, minlength=1)
    with_hours = np.zeros(count, dtype=bool)
    with_hours[routed] = True
    lone = (size[label] == 1) & ~with_hours & ~doubled
    grouped = ~lone & ~doubled
    if placed is None:
        block, group, weight = _blocks(label, lone, grouped, options)
        partition, partitions = _partitions(block, weight, options)
    else:
        partition, block, group = _as_placed(placed, index.keys(), label, size)
        partitions = placed.partitions
    pairs = np.unique(np.stack([resource, partition[routed]], axis=1), axis=0) if len(routed) else np.zeros((0, 2))
    return Layout(
        partition=partition,
        block=block,
        group=group,
        partitions=partitions,
        products=index,
        components=parts,
        line_component=lines.component,
        line_partition=partition[lines.product],
        always=always,
        resource_partition=pairs.astype(np.int32),
        resources=resources,
        counts={
            "rows": count,
            "lone": int(lone.sum()),
            "grouped": int(grouped.sum()),
            "groups": int(group.max(initial=0)),
            "largest_group": int(np.bincount(group[grouped]).max(initial=0)) if grouped.any() else 0,
            "components": len(parts.order),
            "always_available": int(always.sum()),
        },
    )


def _column(catalogue: Catalogue, table: str, column: str) -> Hashes:
    return _joined([hashes(batch.column(0)) for batch in batches(catalogue, table, [column])], np.uint64)


def _read_products(catalogue: Catalogue) -> tuple[Hashes, _Goods]:
    wanted = ["product", "allowed", "locked", "unit_cost", "on_time_target", "lost_share_if_late"]
    lines = catalogue.tables.get("bom")
    loses = lines is not None and "loss_per_order" in lines.columns
    if loses:
        wanted += _ORDERED
    keys, assemble, cost, plain = list[Hashes](), list[Booleans](), list[Array](), list[Booleans]()
    ordered = list[Array]()
    for batch in batches(catalogue, "products", wanted):
        size = len(batch)
        keys.append(hashes(batch.column("product")))
        assemble.append(_mentions(batch, "locked", "allowed"))
        cost.append(_number(batch, "unit_cost", size))
        target, lost = (_number(batch, name, size) for name in ("on_time_target", "lost_share_if_late"))
        plain.append(~(target > 0.0) & ~(lost > 0.0))
        if loses:
            ordered.append(_order_units(batch))
    return _joined(keys, np.uint64), _Goods(
        may_assemble=_joined(assemble, bool), unit_cost=_joined(cost, float), plain=_joined(plain, bool),
        order_units=_joined(ordered, float) if loses else None,
    )  # fmt: skip


def _joined(pieces: list[npt.NDArray[Any]], kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """The pieces in one array; they are let go."""
    whole = np.concatenate(pieces) if pieces else np.zeros(0, dtype=kind)
    pieces.clear()
    return whole


def _order_units(batch: pa.RecordBatch) -> Array:
    """Mean units of an order of each product, NaN where they are not told; blanks as in a scenario."""
    frame = pd.DataFrame({name: _number(batch, name, len(batch)) for name in _ORDERED[1:]})
    frame["distribution"] = pd.Series(_upper(batch, "distribution"), dtype="object").str.lower()
    frame["order_size"] = frame["order_size"].fillna(1.0)
    return units_per_order(frame)


def _mentions(batch: pa.RecordBatch, first: str, second: str) -> Booleans:
    """Whether ATO may be chosen: it is locked, or nothing is locked and it is allowed; blank allows all."""
    names = [_upper(batch, column) for column in (first, second)]
    text = np.where(names[0] != "", names[0], names[1])
    meaning = {value: value == "" or "ATO" in value for value in set(text.tolist())}
    return np.array([meaning[value] for value in text.tolist()], dtype=bool)


def _upper(batch: pa.RecordBatch, column: str) -> npt.NDArray[np.object_]:
    """A text column in capitals, empty where it is missing or blank."""
    if column not in batch.schema.names:
        return np.full(len(batch), "", dtype=object)
    text = batch.column(column)
    text = text.cast(text.type.value_type) if pa.types.is_dictionary(text.type) else text
    upper = pc.utf8_upper(pc.utf8_trim_whitespace(text.cast(pa.string()).fill_null("")))
    return np.asarray(upper.to_numpy(zero_copy_only=False), dtype=object)


def _number(batch: pa.RecordBatch, column: str, size: int) -> Array:
    """A number column, NaN where it is missing, blank or no number: the rows are judged when they are decided."""
    if column not in batch.schema.names:
        return np.full(size, np.nan)
    values = batch.column(column)
    if pa.types.is_string(values.type):
        text = pd.Series(values.to_numpy(zero_copy_only=False), dtype="object")
        return np.asarray(pd.to_numeric(text, errors="coerce"), dtype=np.float64)
    return np.array(values.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _read_lines(catalogue: Catalogue, products: KeyIndex, parts: KeyIndex, goods: _Goods, share: float) -> _Lines:
    """Every line that names a product and a component, and the parts that are always available.

    These cost less than the stated share of every product they are in, what is lost on the way included. A part of a
    product with an on-time target or lost sales is none: the bound of the rule counts lateness only. Nor is one of a
    product with a season or segments, whose windows are other ones.
    """
    of_product, of_part = list[Small](), list[Small]()
    plain = goods.plain if catalogue.settings.on_time_target is None else np.zeros_like(goods.plain)
    plain = plain & ~owned_products(catalogue, products) if share > 0.0 else plain
    used, dear = (np.zeros(len(parts.order), dtype=bool) for _ in range(2))
    cost = _part_costs(catalogue) if share > 0.0 else np.zeros(0)
    for batch in batches(catalogue, "bom", ["product", "component", "quantity", "scrap_share", "loss_per_order"]):
        product = products.find(hashes(batch.column("product")))
        component = parts.find(hashes(batch.column("component")))
        mask = (product >= 0) & (component >= 0)
        product, component = product[mask], component[mask]
        of_product.append(product)
        of_part.append(component)
        if share <= 0.0:
            continue
        quantity, scrap, loss = (
            _number(batch, name, len(batch))[mask] for name in ("quantity", "scrap_share", "loss_per_order")
        )
        units = np.ones(1) if goods.order_units is None else goods.order_units[product]
        with np.errstate(divide="ignore", invalid="ignore"):
            taken = taken_per_unit(quantity, np.nan_to_num(scrap), np.nan_to_num(loss), units)
            small = taken * cost[component] < share * goods.unit_cost[product]
        used[component] = True
        dear[component[~(small & plain[product])]] = True
    return _Lines(product=_joined(of_product, np.int32), component=_joined(of_part, np.int32), always=used & ~dear)


def _part_costs(catalogue: Catalogue) -> Array:
    pieces = [_number(batch, "unit_cost", len(batch)) for batch in batches(catalogue, "components", ["unit_cost"])]
    return _joined(pieces, float)


def _read_routing(catalogue: Catalogue, products: KeyIndex, resources: KeyIndex) -> tuple[Small, Small]:
    of_product, of_resource = list[Small](), list[Small]()
    for batch in batches(catalogue, "routing", ["product", "resource"]):
        product = products.find(hashes(batch.column("product")))
        resource = resources.find(hashes(batch.column("resource")))
        mask = (product >= 0) & (resource >= 0)
        of_product.append(product[mask])
        of_resource.append(resource[mask])
    return _joined(of_product, np.int32), _joined(of_resource, np.int32)


def _blocks(
    label: npt.NDArray[np.int32], lone: Booleans, grouped: Booleans, options: BatchOptions
) -> tuple[Small, Small, npt.NDArray[np.int64]]:
    """Block of each product, group of each grouped one, weight of each block: lone blocks first, then bundles."""
    count = len(label)
    block, group = np.full(count, -1, dtype=np.int32), np.zeros(count, dtype=np.int32)
    block[lone] = np.arange(int(lone.sum())) // options.block_products
    blocks = int(block.max(initial=-1)) + 1
    rows = np.flatnonzero(grouped)
    if rows.size:
        labels, first, inverse = np.unique(label[rows], return_index=True, return_inverse=True)
        rank = np.empty(len(labels), dtype=np.int64)
        rank[np.argsort(first, kind="stable")] = np.arange(len(labels))
        number = rank[inverse]
        group[rows] = number + 1
        size = np.bincount(number)
        begins = np.concatenate([[0], np.cumsum(size)[:-1]])
        bundle = np.unique(begins // options.bundle_products, return_inverse=True)[1]
        block[rows] = blocks + bundle[number]
    weight = np.bincount(block[block >= 0], minlength=blocks)
    weight[:blocks] *= _LONE_WEIGHT
    weight[blocks:] *= _GROUP_WEIGHT
    return block, group, weight.astype(np.int64)


def _as_placed(
    placed: Placed, keys: Hashes, label: npt.NDArray[np.int32], size: Integers
) -> tuple[Small, Small, Small]:
    """Partition, block and group of each product where it was placed; -1, -1 and 0 where it was not."""
    at = placed.products.find(keys)
    mask, there = at >= 0, np.maximum(at, 0)
    group = np.where(mask, placed.group[there], 0).astype(np.int32)
    # Whoever shares parts or hours has to be in one group, or what they share would be counted twice.
    linked = mask & (size[label] > 1)
    first = np.full(len(size), -1, dtype=np.int32)
    first[label[linked]] = group[linked]
    apart = linked & ((group == 0) | (group != first[label]))
    if apart.any():
        count = int((linked & np.isin(label, label[apart])).sum())
        raise EngineError(cause("review_linked", count=count))
    partition, block = (np.where(mask, of[there], -1).astype(np.int32) for of in (placed.partition, placed.block))
    return partition, block, group


def _partitions(block: Small, weight: npt.NDArray[np.int64], options: BatchOptions) -> tuple[Small, int]:
    """Partition of each product: runs of whole blocks of about equal weight."""
    total, blocks = int(weight.sum()), len(weight)
    wanted = options.partitions or max(_LEAST_PARTITIONS, -(-total // _PARTITION_WEIGHT))
    wanted = max(1, min(wanted, blocks))
    begins = np.concatenate([[0], np.cumsum(weight)[:-1]]) if blocks else np.zeros(0)
    of_block = np.unique(np.minimum(begins * wanted // max(total, 1), wanted - 1), return_inverse=True)[1]
    partition = np.full(len(block), -1, dtype=np.int32)
    mask = block >= 0
    partition[mask] = of_block[block[mask]] if blocks else 0
    return partition, int(of_block.max(initial=0)) + 1 if blocks else 1
