"""The catalogue that order lines have filled: what was given as it stands, and what was fitted beside it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.intake.listing import HISTORY, ORDERS, SIZE_COLUMNS, SIZES
from engine.catalog.intake.source import Catalogue, batches
from engine.catalog.intake.typed import typed_frame
from engine.demand.fitting.fit import DemandFit
from engine.errors import Fault, ScenarioError
from engine.scenario.columns import FITTED
from engine.scenario.scenario import Scenario

SEASONS, SEGMENTS = "seasons", "segments"
_SEASON_COLUMNS = ("product", "family", "period", "factor")
_GIVEN = "given"


def given_seasons(catalogue: Catalogue, made: Path) -> pd.DataFrame:
    """Write the seasons that the catalogue has, and tell whose they are: product and family, without doubles.

    Raises
    ------
    ScenarioError
        With the faults of their cells.
    """
    faults: list[Fault] = []
    whose = [pd.DataFrame({"product": pd.Series(dtype=object), "family": pd.Series(dtype=object)})]
    for number, batch in enumerate(batches(catalogue, SEASONS, bad=faults)):
        table = catalogue.tables[SEASONS]
        frame, wrong = typed_frame(
            SEASONS, pa.Table.from_batches([batch]), catalogue.settings.format, text=table.text
        )
        faults += wrong
        whose.append(frame[["product", "family"]].drop_duplicates())
        _write(frame[list(_SEASON_COLUMNS)], made / SEASONS / f"{_GIVEN}-{number:05d}.parquet")
    if faults:
        raise ScenarioError(faults)
    return pd.concat(whose, ignore_index=True).drop_duplicates()


def add_fitted(scenario: Scenario, fit: DemandFit | None, made: Path, folder: str, number: int) -> None:
    """Write what one partition's fit has beside the columns of products.

    Seasons and sizes of orders go to the catalogue, where a run takes them; segments, as `codp fit` leaves them, beside
    the fit, to be taken over by whoever wants them.

    Parameters
    ----------
    scenario : Scenario
        Of the partition, with its order sizes.
    fit : DemandFit, optional
        Its seasons those that nobody gave; None where nothing was blank.
    made : Path
        The new catalogue.
    folder : str
        Of the fit in it.
    number : int
        Of the partition.
    """
    name = f"{number:05d}.parquet"
    if fit is not None and len(fit.seasons):
        seasons = fit.seasons.assign(family="", period=fit.seasons["period"].astype(float))
        _write(seasons[list(_SEASON_COLUMNS)], made / SEASONS / name)
    if fit is not None and len(fit.segments):
        _write(fit.segments.assign(family=""), made / folder / SEGMENTS / name)
    rows: list[tuple[str, float, int]] = []
    for product in sorted(scenario.order_sizes):
        units, counts = np.unique(np.asarray(scenario.order_sizes[product]), return_counts=True)
        rows += zip([product] * len(units), units.tolist(), counts.tolist(), strict=True)
    if rows:
        _write(pd.DataFrame(rows, columns=list(SIZE_COLUMNS)), made / SIZES / name)


def _write(frame: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    text = {name: pa.string() for name in ("product", "family", "segment") if name in frame}
    table = pa.Table.from_pandas(frame.reset_index(drop=True), preserve_index=False)
    kinds = [(field.name, text.get(field.name, field.type)) for field in table.schema]
    pq.write_table(table.cast(pa.schema(kinds)), path, compression="zstd")


def with_values(
    rows: pa.Table, numbers: dict[str, dict[int, float | str]], *, text: bool, decimal: str
) -> pa.Table:
    """The rows with values in place of blanks, every other cell as it stands."""
    for name, values in numbers.items():
        if not values:
            continue
        there = name in rows.column_names
        cells = rows.column(name).to_pylist() if there else [None] * len(rows)
        number = name != "distribution" and not text
        for place, value in values.items():
            cells[place] = _cell(value, decimal) if text else value
        column = pa.array(
            [None if cell is None else float(cell) if number else cell for cell in cells],
            pa.float64() if number else pa.string(),
        )  # fmt: skip
        at = rows.column_names.index(name) if there else rows.num_columns
        rows = rows.set_column(at, name, column) if there else rows.append_column(name, column)
    return rows


def _cell(value: float | str, decimal: str) -> str:
    """A value as the client writes it."""
    if isinstance(value, str):
        return value
    return str(np.format_float_positional(float(value), trim="-")).replace(".", decimal)


def add_products(catalogue: Catalogue, made: Path, number: int, rows: pa.Table) -> None:
    """Add the rows of a partition to the new table of products."""
    table = catalogue.tables["products"]
    names = [*table.columns, *(name for name in FITTED if name not in table.columns)]
    if not len(rows):
        return
    if table.text:
        form = catalogue.settings.format
        path = made / "products.csv"
        fresh = not path.exists()
        # A byte order mark stands at the beginning only.
        encoding = form.encoding if fresh else form.encoding.removesuffix("-sig")
        with path.open("a", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=form.delimiter, lineterminator="\n")
            if fresh:
                writer.writerow(names)
            blank = [""] * len(rows)
            cells = [rows.column(name).to_pylist() if name in rows.column_names else blank for name in names]
            writer.writerows([["" if cell is None else cell for cell in row] for row in zip(*cells, strict=True)])
        return
    (made / "products").mkdir(exist_ok=True)
    kinds = {name: pa.string() if name == "distribution" else pa.float64() for name in FITTED}
    for name in FITTED:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(len(rows), kinds[name]))
    pq.write_table(rows.select(names), made / "products" / f"{number:05d}.parquet", compression="zstd")


def copy_others(catalogue: Catalogue, made: Path) -> None:
    """Settings and the other tables, as they are, but for those that only filled it or are written anew."""
    anew = ("products", ORDERS, *HISTORY, SEASONS, SIZES)
    others = [table for name, table in catalogue.tables.items() if name not in anew]
    for file in [catalogue.folder / "scenario.yaml", *(file for table in others for file in table.files)]:
        target = made / file.relative_to(catalogue.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
