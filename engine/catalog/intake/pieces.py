"""Files of rows by partition: each a sequence of Arrow streams, one for every piece that was added."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.scenario.arrays import Integers


def staged_file(folder: Path, partition: int, table: str) -> Path:
    """File of one table of one partition."""
    return folder / f"{partition:05d}.{table}.arrow"


def read_pieces(path: Path) -> pa.Table:
    """All rows of a file that `Pieces` has added to."""
    pieces: list[pa.Table] = []
    size = path.stat().st_size
    with pa.OSFile(str(path)) as file:
        while file.tell() < size:
            pieces.append(pa.ipc.open_stream(file).read_all())
    return pa.concat_tables(pieces).combine_chunks()


class Pieces:
    """Adds rows to the files of their partitions."""

    def __init__(self, folder: Path, table: str) -> None:
        self.folder, self.table = folder, table

    def add(self, batch: pa.RecordBatch, partition: Integers, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        """Add the rows of a batch, each to its partition, those below zero to none."""
        order = np.argsort(partition, kind="stable")
        order = order[partition[order] >= 0]
        if not order.size:
            return
        arrays = [*batch.columns, *(pa.array(values) for values in columns.values())]
        names = [*batch.schema.names, *columns]
        rows = pa.RecordBatch.from_arrays([array.take(pa.array(order)) for array in arrays], names=names)
        sorted_to = partition[order]
        starts = np.concatenate([[0], np.flatnonzero(np.diff(sorted_to)) + 1, [len(order)]])
        for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
            path = staged_file(self.folder, int(sorted_to[begin]), self.table)
            with path.open("ab") as file, pa.ipc.new_stream(file, rows.schema) as stream:
                stream.write_batch(rows.slice(begin, end - begin))
