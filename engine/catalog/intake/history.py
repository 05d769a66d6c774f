"""What stands beside order lines where they fill a catalogue: weeks with nothing to sell, forecasts; by partition."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.catalog.intake.keys import KeyIndex, hashes
from engine.catalog.intake.listing import HISTORY
from engine.catalog.intake.pieces import Pieces, read_pieces, staged_file
from engine.catalog.intake.source import ROW, Catalogue, batches
from engine.catalog.intake.typed import typed_frame
from engine.errors import Fault, ScenarioError
from engine.scenario.arrays import Integers
from engine.scenario.checks.check import Places, history_faults
from engine.scenario.scenario import empty_table


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedHistory:
    """Rows by partition in a folder.

    Parameters
    ----------
    folder : Path
    others : dict of str to int
        By table, rows of products that the catalogue does not have; they are left out.
    """

    folder: Path
    others: dict[str, int]

    def of(self, partition: int) -> tuple[dict[str, pd.DataFrame], dict[str, Integers]]:
        """The tables of a partition as those of a scenario, and the row of each record in its file."""
        frames: dict[str, pd.DataFrame] = {}
        rows: dict[str, Integers] = {}
        for name in HISTORY:
            path = staged_file(self.folder, partition, name)
            if path.is_file():
                frame: pd.DataFrame = read_pieces(path).to_pandas().sort_values(ROW, ignore_index=True)
                rows[name] = frame[ROW].to_numpy(dtype=np.int64)
                frames[name] = frame.drop(columns=ROW)
            else:
                frames[name], rows[name] = empty_table(name), np.zeros(0, dtype=np.int64)
        return frames, rows


def stage_history(
    catalogue: Catalogue, folder: Path, index: KeyIndex, partition: Integers, *, partitions: int
) -> StagedHistory:
    """Read the tables once and put each row to the partition of its product.

    Parameters
    ----------
    catalogue : Catalogue
    folder : Path
    index : KeyIndex
        Of its products.
    partition : shape (products,)
        Of each of them.
    partitions : int

    Raises
    ------
    ScenarioError
        With the faults of cells and rows.
    """
    faults: list[Fault] = []
    others = dict.fromkeys((name for name in HISTORY if name in catalogue.tables), 0)
    for name in others:
        pieces = Pieces(folder, name)
        for batch in batches(catalogue, name, bad=faults):
            frame, faults_here = typed_frame(
                name, pa.Table.from_batches([batch]), catalogue.settings.format, text=catalogue.tables[name].text
            )  # fmt: skip
            faults += faults_here
            at = index.find(hashes(pa.array(frame["product"].astype(str)))).astype(np.int64)
            others[name] += int((at < 0).sum())
            frame, at = frame[at >= 0].reset_index(drop=True), at[at >= 0]
            if len(frame):
                pieces.add(pa.RecordBatch.from_pandas(frame, preserve_index=False), partition[at], {})
    staged = StagedHistory(folder=folder, others=others)
    files = {name: catalogue.tables[name].files[0].name for name in others}
    for number in range(partitions if others and not faults else 0):
        frames, rows = staged.of(number)
        faults += history_faults(catalogue.settings, frames, Places(files=files, rows=dict(rows)))
    if faults:
        raise ScenarioError(faults)
    return staged
