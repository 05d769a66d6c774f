"""Seasons, segments and order sizes of a catalogue: each row put where the products are that it holds for.

Rows of a family hold for products of many partitions, and go to each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.catalog.intake.keys import Hashes, KeyIndex, hashes
from engine.catalog.intake.listing import OWNED, SIZES
from engine.catalog.intake.pieces import Pieces
from engine.catalog.intake.rejected import Rejected, ragged
from engine.catalog.intake.source import ROW, Catalogue, batches
from engine.errors import Fault
from engine.scenario.arrays import Booleans, Integers
from engine.words.reason import Reason, cause


@dataclass(frozen=True, slots=True, kw_only=True)
class _Families:
    """Families of products, by the first row of each, and the partitions that hold some of them.

    Parameters
    ----------
    index : KeyIndex
        Of the family of every product.
    pairs : shape (pairs, 2)
        First row and partition, ascending.
    """

    index: KeyIndex
    pairs: Integers


def stage_owned(catalogue: Catalogue, folder: Path, products: KeyIndex, partition: Integers) -> list[Rejected]:
    """Put the rows of these tables to the partitions of their products; those that hold for none are told.

    Parameters
    ----------
    catalogue : Catalogue
    folder : Path
    products : KeyIndex
    partition : shape (products,)
        Of each product, -1 for none.
    """
    rejected: list[Rejected] = []
    families: _Families | None = None
    for name in (table for table in OWNED if table in catalogue.tables):
        families = families or _families(catalogue, partition)
        pieces, bad = Pieces(folder, name), list[Fault]()
        for batch in batches(catalogue, name, bad=bad):
            product, family = _owners(batch)
            of_product, of_family = product != "", family != ""
            record = products.find(hashes(pa.array(product))).astype(np.int64)
            first = families.index.find(hashes(pa.array(family))).astype(np.int64)
            one = of_product & ~of_family & (record >= 0)
            pieces.add(batch, np.where(one, partition[np.maximum(record, 0)], -1), {})
            many = np.flatnonzero(of_family & ~of_product & (first >= 0))
            ends = [np.searchsorted(families.pairs[:, 0], first[many], side=side) for side in ("left", "right")]
            times = ends[1] - ends[0]
            at = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times) + np.repeat(ends[0], times)
            pieces.add(batch.take(pa.array(np.repeat(many, times))), families.pairs[at, 1], {})
            strange = ~one
            strange[many] = False
            rejected += _strange(name, batch, strange, product, family)
        rejected += ragged(name, bad)
    pieces = Pieces(folder, SIZES)
    for batch in batches(catalogue, SIZES):
        # Written for products that were there; others have gone since.
        record = products.find(hashes(batch.column("product"))).astype(np.int64)
        pieces.add(batch, np.where(record >= 0, partition[np.maximum(record, 0)], -1), {})
    return rejected


def owned_products(catalogue: Catalogue, products: KeyIndex) -> Booleans:
    """Which products have a season or segments, by themselves or by their family, shape (products,)."""
    owned = np.zeros(len(products.order), dtype=bool)
    if not any(name in catalogue.tables for name in OWNED):
        return owned
    keys, families = products.keys(), family_keys(catalogue)
    for name in OWNED:
        for batch in batches(catalogue, name, ["product", "family"]):
            product, family = _owners(batch)
            owned |= np.isin(keys, hashes(pa.array(product[product != ""])))
            owned |= np.isin(families, hashes(pa.array(family[family != ""])))
    return owned


def of_block(frame: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table that hold for some of the products."""
    mine = frame["product"].isin(set(products["product"])) & (frame["product"] != "")
    if "family" in frame:
        mine |= frame["family"].isin(set(products["family"]) - {""}) & (frame["product"] == "")
    return frame[mine]


def owners(frame: pd.DataFrame, records: Booleans, products: pd.DataFrame) -> set[str]:
    """Products that some rows of such a table hold for: those of a family are whoever has no row of its own."""
    rows = frame[records]
    own = set(frame["product"]) - {""}
    of_family = products["family"].isin(set(rows["family"]) - {""}) & ~products["product"].isin(own)
    return {str(name) for name in rows["product"] if name} | {str(name) for name in products.loc[of_family, "product"]}


def _families(catalogue: Catalogue, partition: Integers) -> _Families:
    index = KeyIndex(family_keys(catalogue))
    pairs = np.stack([index.find(index.keys()).astype(np.int64), partition.astype(np.int64)], axis=1)
    return _Families(index=index, pairs=np.unique(pairs[pairs[:, 1] >= 0], axis=0))


def family_keys(catalogue: Catalogue) -> Hashes:
    """Family of each product, shape (products,)."""
    keys = [np.zeros(0, dtype=np.uint64)]
    for batch in batches(catalogue, "products", ["product", "family"]):
        there = "family" in batch.schema.names
        keys.append(hashes(batch.column("family")) if there else hashes(pa.array([""] * len(batch))))
    return np.concatenate(keys)


def _owners(batch: pa.RecordBatch) -> tuple[np.ndarray, np.ndarray]:
    """Product and family of each row, '' where it names none."""
    both = []
    for name in ("product", "family"):
        if name not in batch.schema.names:
            both.append(np.full(len(batch), "", dtype=object))
            continue
        column = batch.column(name)
        column = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        both.append(np.asarray(column.cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False), dtype=object))
    return both[0], both[1]


def _strange(
    table: str, batch: pa.RecordBatch, strange: Booleans, product: np.ndarray, family: np.ndarray
) -> list[Rejected]:
    """Rows that hold for no product or family that there is, or for both or neither."""

    def why(name: str, of: str) -> tuple[str, Reason]:
        if name and of:
            return "family", cause("season_of_two")
        if not name and not of:
            return "product", cause("season_of_none")
        column = "product" if name else "family"
        return column, cause("owner_unknown", name=name or of, column=column)

    rows = batch.column(ROW)
    told = []
    for k in np.flatnonzero(strange).tolist():
        column, reason = why(str(product[k]), str(family[k]))
        told.append(
            Rejected(
                table=table, row=rows[k].as_py(), product=str(product[k]), column=column,
                reason=Fault(file=table, cause=reason).message,
            )
        )  # fmt: skip
    return told
