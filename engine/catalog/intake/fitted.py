"""A catalogue whose blank demand columns are filled from order lines: partition by partition, as `fit_demand` fits."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.intake.aside import WARNINGS, write_notices
from engine.catalog.intake.filled import SEGMENTS, add_fitted, add_products, copy_others, given_seasons, with_values
from engine.catalog.intake.history import StagedHistory, stage_history
from engine.catalog.intake.keys import Hashes, KeyIndex, hashes
from engine.catalog.intake.listing import HISTORY, ORDERS
from engine.catalog.intake.order_lines import StagedLines, stage_lines
from engine.catalog.intake.owned import family_keys
from engine.catalog.intake.pieces import Pieces, read_pieces, staged_file
from engine.catalog.intake.rejected import Rejected, ragged, write_rejected
from engine.catalog.intake.source import (
    ROW,
    Catalogue,
    batches,
    file_sha256,
    open_catalogue,
    with_orders,
)
from engine.catalog.intake.typed import typed_frame
from engine.demand.fitting.classify import TARGET_QUANTILE, WEEKS_MIN
from engine.demand.fitting.fills import fills_of, new_seasons, notices_of
from engine.demand.fitting.fit import NO_DEMAND, DemandFit, fit_demand
from engine.demand.fitting.row import FIT_COLUMNS, TEXT_COLUMNS
from engine.demand.order_sizes import with_order_sizes
from engine.demand.streams import Array
from engine.errors import EngineError, Fault
from engine.evaluate.processes.side_by_side import side_by_side
from engine.notices import Notice, at_most
from engine.scenario.columns import FITTED
from engine.scenario.scenario import Scenario, empty_table
from engine.words.reason import cause, quoted

# Memory is that of the lines of so many products, of which few or many are fitted in the same time.
PRODUCTS_A_PARTITION = 500
# A family is fitted together up to so many products, so that memory stays what it is.
LARGEST_FAMILY = 5_000
FIT = "fit"
SCHEMA = pa.schema([(name, pa.string() if name in TEXT_COLUMNS else pa.float64()) for name in FIT_COLUMNS])
_LEAD, _FIRST = "_lead", "_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFit:
    """What was filled.

    Parameters
    ----------
    out : Path
        The new catalogue.
    summary : dict
        As ``fit/summary.json`` has it.
    """

    out: Path
    summary: dict[str, Any]


@dataclass(slots=True)
class _Totals:
    """What is told of all partitions."""

    products: int = 0
    fitted: int = 0
    idle: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    notices: tuple[Notice, ...] = ()

    def add(self, part: _Totals) -> None:
        """Add what is told of one of them."""
        self.products += part.products
        self.fitted += part.fitted
        self.idle += part.idle
        self.rejected += part.rejected
        self.notices = at_most((*self.notices, *part.notices))


def fit_catalogue(
    catalogue: str | Path,
    orders: str | Path,
    out: str | Path,
    *,
    weeks_min: int = WEEKS_MIN,
    target_quantile: float = TARGET_QUANTILE,
    workers: int = 1,
    log: Callable[[str], None] = lambda _: None,
) -> CatalogueFit:
    """Write a catalogue with the blank demand columns of its products filled from order lines.

    Values are those of `engine.demand.fitting.fit.fit_demand` on all lines at once: the weeks are those of the whole
    book, families are fitted together, and the catalogue's tables `stock_outs` and `forecasts` count as there. What
    cannot be fitted stays blank.

    Parameters
    ----------
    catalogue : str or Path
        Demand columns may be blank or missing; no cell that is given is changed.
    orders : str or Path
        Order lines: a CSV file, a Parquet file or a folder of such.
    out : str or Path
        New folder: the catalogue, with the seasons and the sizes of orders that were found, and in ``fit/`` the fit of
        each product, segments, ``rejected.csv``, ``warnings.csv`` and ``summary.json``. It is there whole or not at
        all.
    weeks_min, target_quantile
        As in `fit_demand`.
    workers : int
        Processes that fit partitions side by side (`side_by_side`); the files are the same with any number of them.
    log : callable
        Takes a line of progress.

    Raises
    ------
    ScenarioError
        With every fault of settings, headers and order lines.
    EngineError
        Where the folder is there, or the disk refuses.
    """
    began = time.perf_counter()
    target = Path(out)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise EngineError(cause("folder_already", path=str(target)))
    opened = with_orders(open_catalogue(catalogue, fitted=True), Path(orders))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fit-", dir=target.parent) as scratch:
            work, made = Path(scratch) / "work", Path(scratch) / "made"
            work.mkdir()
            (made / FIT).mkdir(parents=True)
            bad: list[Fault] = []
            lines, history, partitions = _laid_out(opened, work, bad)
            seasons = given_seasons(opened, made)
            totals = _Totals(notices=(*opened.notices, *lines.notices), rejected=ragged("products", bad))
            filling = _Filling(
                catalogue=opened, work=work, made=made, lines=lines, history=history, seasons=seasons,
                weeks_min=weeks_min, target_quantile=target_quantile,
            )  # fmt: skip
            for number, (rows, part) in enumerate(
                side_by_side(_filled, filling, range(partitions), processes=workers)
            ):
                totals.add(part)
                add_products(opened, made, number, rows)
                log(f"{number + 1} of {partitions} partitions")
            copy_others(opened, made)
            summary = filling.summary(totals, time.perf_counter() - began)
            write_rejected(made / FIT / "rejected.csv", totals.rejected)
            write_notices(totals.notices, made / FIT / f"{WARNINGS}.csv")
            text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
            (made / FIT / "summary.json").write_text(text, encoding="utf-8", newline="\n")
            if target.exists():
                target.rmdir()
            made.rename(target)
    except OSError as error:
        raise EngineError(cause("unwritten", path=str(target), error=quoted(str(error.strerror or error)))) from error
    return CatalogueFit(out=target, summary=summary)


def _laid_out(catalogue: Catalogue, work: Path, bad: list[Fault]) -> tuple[StagedLines, StagedHistory, int]:
    """Products, order lines and what stands beside them by partition, and how many partitions there are.

    Takes up rows of products with too many or too few cells, which are left out.
    """
    goods = [hashes(batch.column("product")) for batch in batches(catalogue, "products", ["product"])]
    keys = np.concatenate([np.zeros(0, dtype=np.uint64), *goods])
    index = KeyIndex(keys)
    partition = _partitions(keys, family_keys(catalogue))
    partitions = int(partition.max(initial=0)) + 1
    lead = _longest_lead(catalogue, index, len(keys))
    pieces, start = Pieces(work, "products"), 0
    for batch in batches(catalogue, "products", bad=bad):
        rows = slice(start, start + len(batch))
        start += len(batch)
        first = index.find(keys[rows]) == np.arange(rows.start, rows.stop)
        pieces.add(batch, partition[rows], {_LEAD: lead[rows], _FIRST: first})
    history = stage_history(catalogue, work, index, partition, partitions=partitions)
    return stage_lines(catalogue, work, index, partition), history, partitions


def _partitions(keys: Hashes, families: Hashes) -> npt.NDArray[np.int64]:
    """Partition of each product: families whole, in the order of their first products, since they share a season.

    A family of more than `LARGEST_FAMILY` is many: each product by itself is put where its key says.
    """
    of = np.where(families == hashes(pa.array([""]))[0], keys, families)
    size = np.unique(of, return_inverse=True, return_counts=True)
    of = np.where(size[2][size[1]] > LARGEST_FAMILY, keys, of)
    _, first, inverse, count = np.unique(of, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(first, kind="stable")
    begins = np.zeros(len(first), dtype=np.int64)
    begins[order] = np.cumsum(count[order]) - count[order]
    numbers = np.unique(begins // PRODUCTS_A_PARTITION, return_inverse=True)[1]
    return np.asarray(numbers[inverse], dtype=np.int64)


def _longest_lead(catalogue: Catalogue, products: KeyIndex, count: int) -> Array:
    """Days of the slowest part of each product, shape (products,); 0 without parts."""
    longest = np.zeros(count)
    if "bom" not in catalogue.tables:
        return longest
    names: list[npt.NDArray[np.uint64]] = []
    days: list[Array] = []
    form, text = catalogue.settings.format, catalogue.tables["components"].text
    for batch in batches(catalogue, "components"):
        frame, _ = typed_frame("components", pa.Table.from_batches([batch]), form, text=text)
        names.append(hashes(batch.column("component")))
        days.append(np.nan_to_num(frame["lead_time_days"].to_numpy(dtype=np.float64)))
    parts, lead = KeyIndex(np.concatenate(names)), np.concatenate(days)
    for batch in batches(catalogue, "bom", ["product", "component"]):
        product = products.find(hashes(batch.column("product")))
        part = parts.find(hashes(batch.column("component")))
        mask = (product >= 0) & (part >= 0)
        np.maximum.at(longest, product[mask], lead[part[mask]])
    return longest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filling:
    """What partitions are filled from."""

    catalogue: Catalogue
    work: Path
    made: Path
    lines: StagedLines
    history: StagedHistory
    seasons: pd.DataFrame
    weeks_min: int
    target_quantile: float

    def of(self, number: int, totals: _Totals) -> tuple[pa.Table, Scenario, DemandFit | None]:
        """The rows of a partition as they stand, blanks filled, the scenario of their lines and what was fitted."""
        path = staged_file(self.work, number, "products")
        staged = read_pieces(path).sort_by(ROW)
        table, settings, lines = self.catalogue.tables["products"], self.catalogue.settings, self.lines
        frame, faults = typed_frame(
            "products", staged, settings.format, text=table.text, fitted=True,
            segments=SEGMENTS in self.catalogue.tables, currency=settings.currency,
        )  # fmt: skip
        blank = np.logical_or.reduce([(frame[name].isna() | (frame[name] == "")).to_numpy() for name in FITTED])
        faulty = frame[ROW].isin({fault.row for fault in faults}).to_numpy()
        sound = ~faulty & staged.column(_FIRST).to_numpy()
        totals.products += len(frame)
        used = np.flatnonzero(sound)
        goods = frame.iloc[used].reset_index(drop=True)
        scenario = self._scenario(goods, staged.column(_LEAD).to_numpy()[used], number)
        needed = np.flatnonzero(blank & sound)
        if not len(needed):
            return staged, scenario, None
        fit = fit_demand(
            scenario, products=set(frame["product"].iloc[needed]), weeks_min=self.weeks_min,
            target_quantile=self.target_quantile, replicates=0, span=lines.span, pauses=lines.pauses,
        )  # fmt: skip
        totals.notices = notices_of(scenario, fit)
        filled = frame.iloc[needed].reset_index(drop=True)
        numbers = _found(filled, fit, settings.demand.common_factor_cv, totals)
        values = {name: {int(needed[at]): value for at, value in cells.items()} for name, cells in numbers.items()}
        rows = with_values(staged, values, text=table.text, decimal=settings.format.decimal)
        return rows, scenario, replace(fit, seasons=new_seasons(scenario, fit.seasons, self.seasons))

    def _scenario(self, goods: pd.DataFrame, lead: Array, number: int) -> Scenario:
        """Products and their order lines; the slowest part is in `make_days`, where no other time is given."""
        lines, rows = self.lines.numbered(number)
        keys = set(goods["product"])
        mine = lines["product"].isin(keys).to_numpy()
        beside, places = self.history.of(number)
        masks = {name: frame["product"].isin(keys).to_numpy() for name, frame in beside.items()}
        slowest = pd.Series(lead + goods["assembly_days"].to_numpy(dtype=np.float64))
        scenario = Scenario(
            settings=self.catalogue.settings,
            products=goods.drop(columns=ROW).assign(make_days=goods["make_days"].fillna(slowest)),
            orders=lines[mine].reset_index(drop=True),
            stock_outs=beside["stock_outs"][masks["stock_outs"]].reset_index(drop=True),
            forecasts=beside["forecasts"][masks["forecasts"]].reset_index(drop=True),
            rows={
                "products": goods[ROW].to_numpy(dtype=np.int64), ORDERS: rows[mine],
                **{name: places[name][masks[name]] for name in HISTORY},
            },
            components=empty_table("components"), bom=empty_table("bom"), resources=empty_table("resources"),
            routing=empty_table("routing"),
        )  # fmt: skip
        return with_order_sizes(scenario, span=self.lines.span, pauses=self.lines.pauses)

    def summary(self, totals: _Totals, seconds: float) -> dict[str, Any]:
        """What ``summary.json`` has."""
        lines, tables = self.lines, dict(self.catalogue.tables)
        orders = tables.pop(ORDERS).files
        first, last = lines.span or (None, None)
        return {
            "scenario": self.catalogue.settings.name,
            "status": "fitted" if not totals.rejected else "some products refused",
            "products": totals.products,
            "fitted": totals.fitted,
            "no_demand": totals.idle,
            "refused": len(totals.rejected),
            "lines": lines.lines,
            "lines_of_other_products": lines.others,
            "lines_of_other_days": lines.outside,
            "rows_of_other_products": self.history.others,
            "first_day": None if first is None else f"{first:%Y-%m-%d}",
            "last_day": None if last is None else f"{last:%Y-%m-%d}",
            "warnings": len(totals.notices),
            "weeks_min": self.weeks_min,
            "target_quantile": self.target_quantile,
            "seconds": round(seconds, 3),
            "versions": {name: version(name) for name in ("numpy", "scipy", "pandas", "statsmodels", "pyarrow")},
            "input_sha256": {
                **replace(self.catalogue, tables=tables).digests(), **{file.name: file_sha256(file) for file in orders},
            },
        }  # fmt: skip


def _filled(filling: _Filling, number: int) -> tuple[pa.Table, _Totals]:
    """The rows of a partition, blanks filled, and what is told of it; what was fitted beside them is written."""
    part = _Totals()
    rows, scenario, fit = filling.of(number, part)
    add_fitted(scenario, fit, filling.made, FIT, number)
    if fit is not None:
        table = pa.Table.from_pandas(fit.table, schema=SCHEMA, preserve_index=False)
        pq.write_table(table, filling.made / FIT / f"{number:05d}.parquet", compression="zstd")
    return rows, part


def _found(
    goods: pd.DataFrame, fit: DemandFit, common: float, totals: _Totals
) -> dict[str, dict[int, float | str]]:
    """What each blank is filled with, by column and record; those that cannot be are told."""
    numbers: dict[str, dict[int, float | str]] = {name: {} for name in FITTED}
    refused = {fault.cause.values["name"]: fault.cause for fault in fit.faults}  # noqa: PD011  (a cause, no frame)
    for at, (_, row) in enumerate(fit.table.iterrows()):
        product = goods.iloc[at]
        if row["demand_class"] == NO_DEMAND and pd.isna(product["demand_per_week"]):
            totals.idle += 1
            numbers["demand_per_week"][at] = 0.0
            if pd.isna(product["lead_time_target_days"]):
                # No order asks for it, and a blank would be a fault.
                numbers["lead_time_target_days"][at] = 0.0
            continue
        fills = fills_of(product, row, common, refused.get(row["product"]))
        wrong = next(((column, problem) for column, _, problem in fills if problem is not None), None)
        if wrong is not None:
            fault = Fault(file="products", row=int(product[ROW]), column=wrong[0], cause=wrong[1])
            totals.rejected.append(
                Rejected(
                    table="products", row=int(product[ROW]), product=str(product["product"]), column=wrong[0],
                    reason=fault.message,
                )
            )  # fmt: skip
            continue
        totals.fitted += 1
        for column, value, _ in fills:
            numbers[column][at] = value
    return numbers
