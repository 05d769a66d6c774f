"""The catalogue laid out by partition: every partition finds its own rows in files of its own.

One pass over the tables, some rows at a time.
"""

from __future__ import annotations

import json
import shutil
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.catalog.intake.keys import Hashes, KeyIndex, hashes
from engine.catalog.intake.layout import Layout, Placed, plan_layout
from engine.catalog.intake.owned import stage_owned
from engine.catalog.intake.pieces import Pieces, read_pieces, staged_file
from engine.catalog.intake.rejected import Rejected, ragged, write_rejected
from engine.catalog.intake.source import ROW, Catalogue, batches, file_sha256
from engine.catalog.options import BatchOptions
from engine.errors import Fault
from engine.scenario.arrays import Integers

PLAN = "plan"
BLOCK, GROUP, ALWAYS = "_block", "_group", "_always"


def stage(catalogue: Catalogue, options: BatchOptions, out: Path, placed: Placed | None = None) -> dict[str, Any]:
    """Lay the catalogue out in ``out/plan``, its products where they were placed before; what the plan says of itself.

    The folder is made under another name and renamed, so that it is whole or not there.
    """
    target, scratch = out / PLAN, out / f".{PLAN}-{uuid.uuid4().hex[:8]}"
    for leftover in out.glob(f".{PLAN}-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    layout = plan_layout(catalogue, options, placed)
    scratch.mkdir(parents=True)
    try:
        about = _stage_all(catalogue, layout, scratch)
        if target.exists():
            shutil.rmtree(target)
        scratch.rename(target)
    finally:
        # Where the disk is full, half a copy must not keep it so.
        shutil.rmtree(scratch, ignore_errors=True)
    return about


def _stage_all(catalogue: Catalogue, layout: Layout, folder: Path) -> dict[str, Any]:
    rejected = _stage_products(catalogue, layout, folder)
    rejected += _stage_lines(catalogue, layout, folder)
    rejected += _stage_parts(catalogue, layout, folder)
    rejected += _stage_routing(catalogue, layout, folder)
    rejected += stage_owned(catalogue, folder, layout.products, layout.partition.astype(np.int64))
    write_rejected(folder / "rejected.csv", rejected)
    about: dict[str, Any] = {
        "partitions": layout.partitions,
        "counts": layout.counts,
        "text": {name: table.text for name, table in catalogue.tables.items()},
        "rejected": len(rejected),
        "files": {path.name: [path.stat().st_size, file_sha256(path)] for path in sorted(folder.iterdir())},
    }
    (folder / "plan.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return about


def placed_in(out: Path, partitions: int) -> Placed:
    """Where a layout in ``out/plan`` has put its products.

    Raises
    ------
    OSError, pyarrow.ArrowException
        Where a file is not what was laid out.
    """
    keys, always = list[Hashes](), list[Hashes]()
    places: dict[str, list[npt.NDArray[np.int32]]] = {name: [] for name in ("partition", BLOCK, GROUP)}
    for number in range(partitions):
        goods, parts = (read_staged(out / PLAN, number, name) for name in ("products", "components"))
        if goods is not None:
            keys.append(hashes(goods.column("product").combine_chunks()))
            places["partition"].append(np.full(len(goods), number, dtype=np.int32))
            for name in (BLOCK, GROUP):
                places[name].append(goods.column(name).to_numpy().astype(np.int32))
        if parts is not None:
            marked = parts.filter(parts.column(ALWAYS)).column("component")
            always.append(hashes(marked.combine_chunks()))
    partition, block, group = (np.concatenate(pieces) for pieces in places.values())
    return Placed(
        products=KeyIndex(np.concatenate(keys)), partition=partition, block=block, group=group, partitions=partitions,
        always=np.unique(np.concatenate(always)) if always else np.zeros(0, dtype=np.uint64),
    )  # fmt: skip


def read_staged(folder: Path, partition: int, table: str) -> pa.Table | None:
    """All rows of one table of one partition; None where it has none.

    Raises
    ------
    OSError, pyarrow.ArrowException
        Where the file is not what was laid out.
    """
    path = staged_file(folder, partition, table)
    plan = folder / "plan.json"
    written = _written(plan, plan.stat().st_mtime_ns).get(path.name)
    if written is None:
        return None
    if file_sha256(path) != written:
        raise OSError(f"{path.name} is damaged")
    return read_pieces(path)


@lru_cache(maxsize=2)
def _written(plan: Path, _when: int) -> dict[str, str]:
    """SHA-256 of every file of a layout."""
    return {name: sha for name, (_, sha) in json.loads(plan.read_text(encoding="utf-8"))["files"].items()}


def _stage_products(catalogue: Catalogue, layout: Layout, folder: Path) -> list[Rejected]:
    pieces = Pieces(folder, "products")
    rejected: list[Rejected] = []
    bad: list[Fault] = []
    start = 0
    for batch in batches(catalogue, "products", bad=bad):
        rows = slice(start, start + len(batch))
        start += len(batch)
        partition = layout.partition[rows].astype(np.int64)
        pieces.add(batch, partition, {BLOCK: layout.block[rows], GROUP: layout.group[rows]})
        for k in np.flatnonzero(partition < 0).tolist():
            name = batch.column("product")[k].as_py() or ""
            first = int(layout.products.find(hashes(batch.column("product").slice(k, 1)))[0]) + 2
            message = f"'{name}' stands already in row {first}; keep one"
            rejected.append(_rejected("products", batch.column(ROW)[k].as_py(), name, "product", message))
    return rejected + ragged("products", bad)


def _stage_lines(catalogue: Catalogue, layout: Layout, folder: Path) -> list[Rejected]:
    pieces = Pieces(folder, "bom")
    rejected: list[Rejected] = []
    bad: list[Fault] = []
    for batch in batches(catalogue, "bom", bad=bad):
        product = layout.products.find(hashes(batch.column("product"))).astype(np.int64)
        mask = product >= 0
        at = np.maximum(product, 0)
        partition = np.where(mask, layout.partition[at], -1).astype(np.int64)
        pieces.add(batch, partition, {BLOCK: np.where(mask, layout.block[at], -1).astype(np.int32)})
        rejected += _of_no_product("bom", batch, mask)
    return rejected + ragged("bom", bad)


def _stage_parts(catalogue: Catalogue, layout: Layout, folder: Path) -> list[Rejected]:
    """Every component to each partition that uses it."""
    mask = layout.line_partition >= 0
    code = layout.line_component[mask].astype(np.int64) * layout.partitions + layout.line_partition[mask]
    # Sorted by hand: numpy.unique hashes integers first, which takes many times as long.
    code.sort()
    code = code[np.concatenate([[True], code[1:] != code[:-1]])] if len(code) else code
    return _copy_to_users(catalogue, layout, folder, users=code, table="components", key="component")


def _stage_routing(catalogue: Catalogue, layout: Layout, folder: Path) -> list[Rejected]:
    pieces = Pieces(folder, "routing")
    rejected: list[Rejected] = []
    bad: list[Fault] = []
    for batch in batches(catalogue, "routing", bad=bad):
        product = layout.products.find(hashes(batch.column("product"))).astype(np.int64)
        mask, at = product >= 0, np.maximum(product, 0)
        partition = np.where(mask, layout.partition[at], -1).astype(np.int64)
        pieces.add(batch, partition, {BLOCK: np.where(mask, layout.block[at], -1).astype(np.int32)})
        rejected += _of_no_product("routing", batch, mask)
    pairs = layout.resource_partition.astype(np.int64)
    users = pairs[:, 0] * layout.partitions + pairs[:, 1]
    told = _copy_to_users(catalogue, layout, folder, users=users, table="resources", key="resource")
    return rejected + ragged("routing", bad) + told


def _copy_to_users(
    catalogue: Catalogue, layout: Layout, folder: Path, *, users: Integers, table: str, key: str
) -> list[Rejected]:
    """Rows of a table to the partitions that use them; rows with a key seen before go along.

    `users` ascend: code of the row's key times partitions, plus the partition.
    """
    pieces = Pieces(folder, table)
    index = layout.components if table == "components" else layout.resources
    bad: list[Fault] = []
    for batch in batches(catalogue, table, bad=bad):
        code = index.find(hashes(batch.column(key))).astype(np.int64)
        first, last = (np.searchsorted(users, (code + after) * layout.partitions) for after in (0, 1))
        times = last - first
        row = np.repeat(np.arange(len(batch)), times)
        at = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times) + np.repeat(first, times)
        copied = batch.take(pa.array(row))
        extra = {ALWAYS: layout.always[code[row]]} if table == "components" else {}
        pieces.add(copied, users[at] % layout.partitions, extra)
    return ragged(table, bad)


def _of_no_product(table: str, batch: pa.RecordBatch, mask: npt.NDArray[np.bool_]) -> list[Rejected]:
    """Rows of a table whose product is none, outside of the mask of those whose is."""
    rejected = []
    for k in np.flatnonzero(~mask).tolist():
        name = batch.column("product")[k].as_py() or ""
        message = f"'{name}' is not in products; add it there or mend the spelling"
        rejected.append(_rejected(table, batch.column(ROW)[k].as_py(), name, "product", message))
    return rejected


def _rejected(table: str, row: int, product: str, column: str, reason: str) -> Rejected:
    return Rejected(table=table, row=row, product=product, column=column, reason=reason)
