"""Products of a batch run that are looked for; partitions are read one after the other, what is shown stays bounded."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine.catalog.results.report import decision_frames, read_summary, savings
from engine.decision.plan import leaves_today
from engine.evaluate.trust.certainty import certainties_of
from engine.scenario.files.formulas import escaped_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What products are looked for; what is left blank does not matter.

    Parameters
    ----------
    search : str
        Part of the product's or its family's name, in capitals or not.
    family, strategy, certainty : str, optional
    switching : bool
        Only those that leave their current strategy.
    """

    search: str = ""
    family: str | None = None
    strategy: str | None = None
    certainty: str | None = None
    switching: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The products that were looked for.

    Parameters
    ----------
    rows : pandas.DataFrame
        The columns of the run's decisions, saving_per_year and certainty: what saves most first, then what costs most.
    count : int
        All of them, those that are not among the rows too.
    saving_per_year, cost_per_year : float
        Of all of them together.
    """

    rows: pd.DataFrame
    count: int
    saving_per_year: float
    cost_per_year: float


def browse(out: Path, wanted: Wanted, *, most: int = 500) -> Found:
    """Look for products of a complete run.

    Parameters
    ----------
    out : Path
        Folder of the run.
    wanted : Wanted
    most : int
        Rows to show.

    Raises
    ------
    EngineError
        Where the run is not complete or a file cannot be read.
    """
    rows, count, saving, cost = pd.DataFrame(), 0, 0.0, 0.0
    for frame in matching(out, wanted):
        count += len(frame)
        saving += float(frame["saving_per_year"].sum())
        cost += float(frame["expected_cost_per_year"].sum())
        rows = _first(pd.concat([rows, frame]) if len(rows) else frame, most)
    return Found(rows=rows.reset_index(drop=True), count=count, saving_per_year=saving, cost_per_year=cost)


def matching(out: Path, wanted: Wanted) -> Iterator[pd.DataFrame]:
    """The products that are looked for, partition by partition, with saving_per_year and certainty."""
    read_summary(out)
    part = wanted.search.strip().casefold()
    for frame in decision_frames(out):
        keep = np.ones(len(frame), dtype=bool)
        for name, value in (("family", wanted.family), ("strategy", wanted.strategy)):
            if value is not None:
                keep &= (frame[name] == value).to_numpy()
        if wanted.switching:
            keep &= leaves_today(frame).to_numpy()
        if part:
            text = frame["product"].astype(str) + "\n" + frame["family"].astype(str)
            keep &= text.str.casefold().str.contains(part, regex=False).to_numpy()
        rows = frame[keep]
        rows = rows.assign(saving_per_year=savings(rows), certainty=certainties_of(rows)["certainty"].to_numpy())
        yield rows if wanted.certainty is None else rows[rows["certainty"] == wanted.certainty]


def csv_bytes(out: Path, wanted: Wanted) -> bytes:
    """The products that are looked for as CSV, with no text that a spreadsheet runs as a formula."""
    written = io.BytesIO()
    for number, frame in enumerate(matching(out, wanted)):
        escaped_table(frame).to_csv(written, index=False, header=number == 0, lineterminator="\n")
    return written.getvalue()


def parquet_bytes(out: Path) -> bytes:
    """The run's own files as a zip: every decision and every stock of a component, and the summary."""
    read_summary(out)
    written = io.BytesIO()
    # Parquet is packed already.
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for kind in ("decisions", "components"):
            for path in sorted((out / kind).glob("*.parquet")):
                archive.write(path, f"{kind}/{path.name}")
        for name in ("summary.json", "rejected.csv", "no_demand.csv"):
            if (out / name).is_file():
                archive.write(out / name, name)
    return written.getvalue()


def _first(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows that save most, then those that cost most."""
    keys = ["saving_per_year", "expected_cost_per_year", "product"]
    return frame.sort_values(keys, ascending=[False, False, True], na_position="last").head(most)
