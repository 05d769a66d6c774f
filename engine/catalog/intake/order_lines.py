"""New order lines of a catalogue, each put to the partition of its product; memory as for laying out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engine.catalog.intake.keys import KeyIndex, hashes
from engine.catalog.intake.listing import ORDERS
from engine.catalog.intake.pieces import Pieces, read_pieces, staged_file
from engine.catalog.intake.source import ROW, Catalogue, batches
from engine.catalog.intake.spelling import Spellings
from engine.demand.book.dates import near_dates
from engine.demand.book.pauses import Stretch, book_pauses, pause_notices
from engine.errors import Fault, ScenarioError
from engine.notices import Notice, at_most
from engine.scenario.arrays import Booleans, Integers
from engine.scenario.checks.date_order import date_order
from engine.scenario.files.coded import CodedColumn, CodedRows, coded_arrow
from engine.scenario.files.parse import ParsedTable, parse_table
from engine.scenario.files.raw import RawTable
from engine.scenario.plants import PLANT, at_plant, has_plants
from engine.scenario.scenario import empty_table
from engine.scenario.settings import Settings

# A file that is faulty throughout is told by its first faults.
_MOST_FAULTS = 200
NOT_A_DAY = cast("pd.Timestamp", pd.NaT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedLines:
    """Lines by partition in a folder, and what all of them together say of their dates.

    Parameters
    ----------
    folder : Path
    first_day, last_day : pandas.Timestamp
        Of the lines that count; NaT where there are none.
    lines, others, outside : int
        Read, of products that are not decided, and of days that do not count.
    pauses : tuple of (first day, last day)
        In which no product has a line.
    notices : tuple of Notice
        What is said of cells and keys, rows of sums, pauses.
    """

    folder: Path
    first_day: pd.Timestamp
    last_day: pd.Timestamp
    lines: int
    others: int
    outside: int
    pauses: tuple[Stretch, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """First and last day that counts; None without any."""
        return None if self.first_day is NOT_A_DAY else (self.first_day, self.last_day)

    def of(self, partition: int) -> pd.DataFrame:
        """The lines of a partition whose dates count, as the table of a scenario."""
        return self.numbered(partition)[0]

    def numbered(self, partition: int) -> tuple[pd.DataFrame, Integers]:
        """The same, and the row of each in its file."""
        path = staged_file(self.folder, partition, ORDERS)
        if not path.is_file():
            return empty_table(ORDERS), np.zeros(0, dtype=np.int64)
        frame: pd.DataFrame = read_pieces(path).to_pandas()
        counts = (frame["order_date"] >= self.first_day) & (frame["order_date"] <= self.last_day)
        frame = frame.loc[counts].reset_index(drop=True)
        return frame.drop(columns=ROW), frame[ROW].to_numpy(dtype=np.int64)


@dataclass(slots=True)
class _Days:
    """Lines by day."""

    counts: dict[int, int] = field(default_factory=dict)

    def add(self, dates: pd.Series) -> None:
        days, counts = np.unique(dates.to_numpy().astype("datetime64[D]").astype(np.int64), return_counts=True)
        for day, count in zip(days.tolist(), counts.tolist(), strict=True):
            self.counts[day] = self.counts.get(day, 0) + count

    def outside(self, first: pd.Timestamp, last: pd.Timestamp) -> int:
        """Lines of other days than these."""
        if not self.counts:
            return 0
        low, high = (int((day - pd.Timestamp(0)).days) for day in (first, last))
        return sum(count for day, count in self.counts.items() if not low <= day <= high)

    def pauses(self, first: pd.Timestamp, last: pd.Timestamp) -> tuple[Stretch, ...]:
        """Weeks without any line between these days."""
        low, high = (int((day - pd.Timestamp(0)).days) for day in (first, last))
        days = np.array([day for day in sorted(self.counts) if low <= day <= high], dtype=np.int64)
        return book_pauses(days, np.array([self.counts[day] for day in days.tolist()], dtype=np.int64))

    def ends(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last day without those far from all others, as of `far_dates`."""
        if not self.counts:
            return NOT_A_DAY, NOT_A_DAY
        distinct = np.array(sorted(self.counts), dtype=np.int64)
        low, high = near_dates(distinct, np.array([self.counts[day] for day in distinct.tolist()], dtype=np.int64))
        first, last = (pd.Timestamp(int(distinct[at]), unit="D") for at in (low, high - 1))
        return first, last


@dataclass(slots=True)
class _Spelled:
    """Lines whose product is spelled otherwise than its key, read as it.

    Parameters
    ----------
    spellings : Spellings
    first : dict of str to Notice
        By the key as it is written, of its first line.
    """

    spellings: Spellings
    first: dict[str, Notice] = field(default_factory=dict)

    def read(self, parsed: ParsedTable, strange: Booleans) -> Booleans:
        """Change the products of some lines in place; which were changed."""
        names = parsed.frame.loc[strange, "product"].astype(str)
        meant = self.spellings.meant(names.unique().tolist())
        read = np.zeros(len(strange), dtype=bool)
        read[strange] = names.isin(list(meant))
        names = names[names.isin(list(meant))]
        parsed.frame.loc[read, "product"] = names.map(meant)
        counts = names.value_counts()
        rows = dict(zip(names[::-1], parsed.rows[read][::-1].tolist(), strict=True))
        for written, key in meant.items():
            told = self.first.get(written)
            more = int(counts[written]) if told is not None else int(counts[written]) - 1
            notice = told or Notice(
                kind="key_read_as", file=parsed.file, row=rows[written], column="product",
                values={"key": written, "read": key},
            )  # fmt: skip
            self.first[written] = replace(notice, more=notice.more + more)
        return read

    def notices(self) -> tuple[Notice, ...]:
        """What is said of them."""
        return tuple(self.first.values())


def stage_lines(
    catalogue: Catalogue, folder: Path, index: KeyIndex, partition: Integers, *, since: pd.Timestamp | None = None,
    before: pd.Timestamp | None = None,
) -> StagedLines:  # fmt: skip
    """Read order lines once and put each to the partition of its product.

    Parameters
    ----------
    catalogue : Catalogue
        With order lines.
    folder : Path
        Empty.
    index : KeyIndex
        Of decided products.
    partition : shape (products,)
        Of each of them.
    since, before : pandas.Timestamp, optional
        First day that counts, and the first that does not count any more.

    Raises
    ------
    ScenarioError
        With the faults of cells and rows.
    """
    pieces, days = Pieces(folder, ORDERS), _Days()
    faults: list[Fault] = []
    notices: list[Notice] = []
    lines = others = outside = 0
    spelled = _Spelled(spellings=Spellings(catalogue=catalogue))
    for parsed in _parsed(catalogue, faults):
        frame = parsed.frame
        lines += len(frame)
        notices = list(at_most((*notices, *parsed.notices, *date_order({ORDERS: parsed}))))
        if has_plants(frame):
            pairs = zip(frame["product"].tolist(), frame[PLANT].tolist(), strict=True)
            frame["product"] = [at_plant(*pair) for pair in pairs]
        kept = _counted(frame, catalogue.settings, since, before)
        at = index.find(hashes(pa.array(frame["product"].astype(str)))).astype(np.int64)
        read = spelled.read(parsed, kept & (at < 0))
        at[read] = index.find(hashes(pa.array(frame.loc[read, "product"].astype(str))))
        others += int(((at < 0) & kept).sum())
        outside += int((~kept & (at >= 0)).sum())
        kept = kept & (at >= 0)
        days.add(frame.loc[kept, "order_date"])
        frame, at = frame.assign(**{ROW: parsed.rows})[kept].reset_index(drop=True), at[kept]
        if len(frame):
            pieces.add(pa.RecordBatch.from_pandas(frame, preserve_index=False), partition[at], {})
    if faults:
        raise ScenarioError(faults)
    first, last = days.ends()
    outside += days.outside(first, last)
    pauses = days.pauses(first, last) if days.counts else ()
    return StagedLines(
        folder=folder, first_day=first, last_day=last, lines=lines, others=others, outside=outside,
        pauses=pauses, notices=at_most((*notices, *spelled.notices(), *pause_notices(pauses))),
    )  # fmt: skip


def _counted(
    frame: pd.DataFrame, settings: Settings, since: pd.Timestamp | None, before: pd.Timestamp | None
) -> npt.NDArray[np.bool_]:
    """Lines on a day that counts; those without a day are faults."""
    dates, book = frame["order_date"], settings.order_book
    kept = dates.notna()
    for first in (since, book.first_day and pd.Timestamp(book.first_day)):
        if first:
            kept &= dates >= first
    if before is not None:
        kept &= dates < before
    if book.last_day:
        kept &= dates <= pd.Timestamp(book.last_day)
    return kept.to_numpy(dtype=bool)


def _parsed(catalogue: Catalogue, faults: list[Fault]) -> Iterator[ParsedTable]:
    """The lines as typed tables, some at a time; what is wrong with them is added to `faults`."""
    table = catalogue.tables[ORDERS]
    form, label = catalogue.settings.format, table.files[0].name
    for batch in batches(catalogue, ORDERS, bad=faults):
        header = tuple(name for name in batch.schema.names if name != ROW)
        rows = CodedRows([_texts(batch.column(name)) for name in header])
        raw = RawTable(
            name=ORDERS, file=label, header=header, rows=rows, numbers=batch.column(ROW).to_pylist(),
            native_numbers=not table.text,
        )  # fmt: skip
        parsed, cell_faults = parse_table(raw, form, {}, has_orders=True)
        faults += cell_faults
        if len(faults) >= _MOST_FAULTS:
            return
        yield parsed


def _texts(column: pa.Array) -> CodedColumn:
    """Cells as text, so that they are judged like those of a scenario; days without a time."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):
        column = pc.floor_temporal(column, unit="day").cast(pa.date32())
    return coded_arrow(column.cast(pa.string()).fill_null(""), stripped=False)
