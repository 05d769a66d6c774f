"""From order lines to weeks: what each product sold while it was on sale, and what was cleaned on the way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.book.book import Book
from engine.demand.book.life import YEAR_WEEKS, Cleaning, ends_known, in_life, in_weeks
from engine.demand.book.weeks import Calendar, Grid, calendar
from engine.demand.fitting.exceptional import exceptional
from engine.demand.fitting.gaps import LEAST_RUN, SalesGap, booked_late, spread, suspected_runs
from engine.demand.fitting.totals import ORDERS, Bucket, at_weekday, periods
from engine.demand.fitting.whole import is_unfinished, missing_totals, with_stray_end
from engine.demand.streams import Array

_LEAST_RUN_PERIODS = 2
_NO_DAYS = np.zeros(0, dtype="datetime64[D]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """A run without sales that was taken for a stock-out.

    Parameters
    ----------
    first, last : pandas.Timestamp
        Its days.
    weeks : int
        Weeks (or months).
    chance : float
        Of such a run at demand as elsewhere.
    """

    first: pd.Timestamp
    last: pd.Timestamp
    weeks: int
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptional:
    """An order that stands apart.

    Parameters
    ----------
    record : int
        Of the table of orders.
    date : pandas.Timestamp
    quantity : float
    times : float
        Its size over that of the largest ordinary order.
    """

    record: int
    date: pd.Timestamp
    quantity: float
    times: float


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A product's past.

    Parameters
    ----------
    product : str
    weeks : numpy.ndarray, shape (weeks,)
        Units of each week of its life with something to sell, weeks without sales included; periods of `bucket` where
        those are longer.
    place : numpy.ndarray, shape (weeks,)
        Number of each week in the book, the first being 0, so that gaps are seen; by default 0, 1, ...
    start : pandas.Timestamp or None
        First day of week 0 of the book.
    book_weeks : int
        Weeks of the book; `place` of the last week, and one, where nothing is known.
    with_gaps : numpy.ndarray, shape (more weeks,)
        The same with the weeks of stock-outs.
    ordinary : numpy.ndarray or None, shape (weeks,)
        Weeks without the exceptional orders.
    bucket : Bucket
    order_sizes : numpy.ndarray, shape (orders,)
        Units of each order; none where the lines are totals.
    waits_days : numpy.ndarray, shape (dated orders,)
        Days between order and requested date.
    dates : pandas.DatetimeIndex, shape (lines,)
        Order dates of the lines that are no returns, with `units`.
    units : numpy.ndarray, shape (lines,)
    cleaned : Cleaning
    suspected, booked_late : tuple of Suspected
        Runs without sales that were left out, and those whose orders were booked in the week after.
    exceptional : tuple of Exceptional
    unfinished : float
        Total of a last period that had not ended, left out; 0 where there is none.
    zeros : int
        Periods of totals without a line that count as zero.
    """

    product: str
    weeks: Array
    place: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    start: pd.Timestamp | None = None
    with_gaps: Array = field(default_factory=lambda: np.zeros(0))
    ordinary: Array | None = None
    bucket: Bucket = ORDERS
    order_sizes: Array = field(default_factory=lambda: np.zeros(0))
    waits_days: Array = field(default_factory=lambda: np.zeros(0))
    dates: pd.DatetimeIndex = field(default_factory=lambda: pd.DatetimeIndex([]))
    units: Array = field(default_factory=lambda: np.zeros(0))
    cleaned: Cleaning = field(default_factory=Cleaning)
    suspected: tuple[Suspected, ...] = ()
    booked_late: tuple[Suspected, ...] = ()
    exceptional: tuple[Exceptional, ...] = ()
    unfinished: float = 0.0
    zeros: int = 0

    @property
    def bucket_weeks(self) -> float:
        """Weeks of one of `weeks`: 1, or those of a longer period."""
        return self.bucket.length_weeks

    @property
    def places(self) -> npt.NDArray[np.int64]:
        """`place`, in order where nothing is known."""
        return self.place if len(self.place) == len(self.weeks) else np.arange(len(self.weeks))


def histories(book: Book, products: Collection[str] | None = None) -> dict[str, History]:
    """The history of every product with order lines.

    Parameters
    ----------
    book : Book
    products : collection of str, optional
        Only these.

    Returns
    -------
    dict of str to History
        By product, sorted.
    """
    if not len(book.lines):
        return {}
    lines = book.lines if products is None else book.lines[book.lines["product"].isin(list(products))]
    names, code = np.unique(lines["product"].to_numpy(dtype=object).astype(str), return_inverse=True)
    order = np.argsort(code, kind="stable")
    days = {
        name: lines[name].to_numpy().astype("datetime64[D]")[order] for name in ("order_date", "requested_date")
    }
    wait = (days["requested_date"] - days["order_date"]).astype(np.float64)
    wait[np.isnat(days["requested_date"])] = np.nan
    columns = _Lines(
        day=days["order_date"],
        wait=wait,
        quantity=lines["quantity"].to_numpy(dtype=np.float64)[order],
        named=((lines["customer"] != "") | lines["numbered"]).to_numpy(dtype=bool)[order],
        order=lines["order"].to_numpy(dtype=np.int64)[order],
        together=lines["together"].to_numpy(dtype=np.int64)[order],
        record=lines["record"].to_numpy(dtype=np.int64)[order],
    )
    weeks = calendar(book.first_day, book.last_day)
    nothing = {
        name: dates.to_numpy().astype("datetime64[D]") for name, dates in book.nothing.groupby("product")["order_date"]
    }
    edges = np.searchsorted(code[order], np.arange(len(names) + 1))
    return {
        str(name): _History(book=book, lines=columns.at(slice(edges[k], edges[k + 1])), weeks=weeks,
                           written=np.append(days["order_date"][edges[k] : edges[k + 1]], nothing.get(name, _NO_DAYS)),
                           ).of(str(name))
        for k, name in enumerate(names.tolist())
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Columns of order lines, all of shape (lines,)."""

    day: npt.NDArray[np.datetime64]
    wait: Array
    quantity: Array
    named: npt.NDArray[np.bool_]
    order: npt.NDArray[np.int64]
    together: npt.NDArray[np.int64]
    record: npt.NDArray[np.int64]

    def at(self, rows: slice | npt.NDArray[np.bool_]) -> _Lines:
        """Some of the lines."""
        return _Lines(
            day=self.day[rows], wait=self.wait[rows], quantity=self.quantity[rows], named=self.named[rows],
            order=self.order[rows], together=self.together[rows], record=self.record[rows],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _History:
    """What the lines of one product come to."""

    book: Book
    lines: _Lines
    weeks: Calendar
    # Days of all lines, those of nothing and those taken back included.
    written: npt.NDArray[np.datetime64]

    def of(self, product: str) -> History:
        lines, every = self.lines, self.lines.at(self.lines.quantity > 0.0)
        bucket, stray = with_stray_end(every.day, every.quantity, named=bool(every.named.any()))
        part = float(every.quantity[stray].sum())
        if stray.any():
            lines = lines.at(lines.day < every.day[stray][0])
        grid = self._grid(lines, bucket)
        if not bucket.long:
            # A rest of less than a week at the beginning is not used.
            lines, grid = lines.at(grid.index >= 0), replace(grid, index=grid.index[grid.index >= 0])
        sales = lines.at(lines.quantity > 0.0)
        totals = grid.totals(lines.quantity)
        cleaned = self._cleaned(product, clipped=int((totals < 0.0).sum()))
        ends = self._partial_ends(sales, bucket)
        year = max(1, round(YEAR_WEEKS / bucket.length_weeks))
        out = grid.stock_outs(self.book.stock_outs.get(product, []))
        # With nothing to sell at an end of the book, nothing says that the life of the product ended there.
        known = np.flatnonzero(~out | (totals > 0.0))
        inside = slice(int(known[0]), int(known[-1]) + 1) if len(known) else slice(0, len(totals))
        alive, cleaned = in_life(
            np.maximum(totals[inside], 0.0), cleaned, starts_partial=ends[0], ends_partial=ends[1], year=year
        )  # fmt: skip
        if bucket.totals and not cleaned.weeks_after_end and inside.stop == len(totals) and is_unfinished(alive):
            part, alive = float(alive[-1]), alive[:-1]
        begin = inside.start + _begin(cleaned, starts_partial=ends[0])
        there = np.where(out[begin : begin + len(alive)], np.nan, alive)
        given = int(out.sum())
        if not bucket.long:
            there[grid.stock_outs(list(self.book.pauses))[begin : begin + len(alive)]] = np.nan
        paused = int(np.isnan(there).sum()) - int(out[begin : begin + len(alive)].sum())
        number = grid.totals((lines.quantity > 0.0).astype(np.float64))[begin : begin + len(alive)]
        missing, zeros = self._missing(there, grid, begin, bucket, year)
        runs = suspected_runs(there, least=_LEAST_RUN_PERIODS if bucket.long else LEAST_RUN, year=year)
        late = [run for run in runs if booked_late(run, alive, number)]
        runs = tuple(run for run in runs if run not in late)
        runs = tuple(sorted((*runs, *missing), key=lambda run: run.start))
        for run in runs:
            there[run.start : run.stop] = np.nan
        if runs:
            there, cleaned = ends_known(there, cleaned, year=year)
        kept = ~np.isnan(there)
        cleaned = replace(
            cleaned, stock_out_weeks=given, suspected_weeks=paused + sum(run.stop - run.start for run in runs)
        )
        apart = _apart(sales, weekly=float(alive.sum()) / (len(alive) * grid.weeks) if len(alive) else 0.0)
        ordinary = None
        if apart:
            without = np.where((lines.quantity > 0.0) & np.isin(lines.together, list(apart)), 0.0, lines.quantity)
            ordinary = np.maximum(grid.totals(without), 0.0)[begin : begin + len(alive)]
        for run in late:
            alive, ordinary = spread(alive, run), None if ordinary is None else spread(ordinary, run)
        return History(
            product=product,
            weeks=alive[kept],
            place=begin + np.flatnonzero(kept),
            start=grid.start,
            with_gaps=alive,
            ordinary=None if ordinary is None else ordinary[kept],
            bucket=bucket,
            order_sizes=np.zeros(0) if bucket.totals else _summed(sales.order, sales.quantity)[1],
            waits_days=sales.wait[~np.isnan(sales.wait)],
            dates=pd.DatetimeIndex(every.day.astype("datetime64[s]")),
            units=every.quantity,
            cleaned=in_weeks(cleaned, grid.weeks),
            suspected=tuple(_suspected(grid, run, begin) for run in runs),
            booked_late=tuple(_suspected(grid, run, begin) for run in late),
            exceptional=tuple(apart.values()),
            unfinished=part,
            zeros=zeros,
        )

    def _missing(
        self, there: Array, grid: Grid, begin: int, bucket: Bucket, year: int
    ) -> tuple[tuple[SalesGap, ...], int]:
        """Totals that are missing, marked in `there` as periods that do not count, and periods that count as zero."""
        if not bucket.totals:
            return (), 0
        edges = np.array([grid.first_day(begin + k) for k in range(len(there) + 1)], dtype="datetime64[D]")
        written = np.histogram(self.written.astype(np.int64), edges.astype(np.int64))[0] > 0
        missing, zeros = missing_totals(there, written, year=year)
        for run in missing:
            there[run.start : run.stop] = np.nan
        return missing, zeros

    def _cleaned(self, product: str, *, clipped: int) -> Cleaning:
        def count(name: str) -> int:
            return int(self.book.count(product, name))

        return Cleaning(
            lines_left_out=count("lines_left_out"),
            duplicate_lines=count("duplicate_lines") + count("copied_lines"),
            taken_back_lines=count("taken_back_lines"),
            taken_back_units=self.book.count(product, "taken_back_units"),
            return_lines=count("return_lines"),
            returned_units=self.book.count(product, "returned_units"),
            clipped_weeks=clipped,
        )

    def _grid(self, lines: _Lines, bucket: Bucket) -> Grid:
        if not bucket.long:
            day = lines.day
            if bucket.totals:
                # A total that a holiday moved belongs to its week all the same.
                day = np.minimum(at_weekday(day), np.datetime64(self.book.last_day.date(), "D"))
            return Grid(start=self.weeks.first_day, count=self.weeks.weeks, index=self.weeks.day(day) // 7)
        grid = periods(
            lines.day, bucket, sales=lines.day[lines.quantity > 0.0], first=self.book.first_day,
            last=self.book.last_day,
        )  # fmt: skip
        return Grid(start=grid.first, count=grid.count, index=grid.index, bucket=bucket)

    def _partial_ends(self, sales: _Lines, bucket: Bucket) -> tuple[bool, bool]:
        """Whether the first and last sale fall inside their week; a total is one of a whole week."""
        if not len(sales.day) or bucket != ORDERS:
            return False, False
        day = self.weeks.day(sales.day)
        return int(day.min()) % 7 != 0, int(day.max()) % 7 != 6


def _summed(key: npt.NDArray[np.int64], quantity: Array) -> tuple[npt.NDArray[np.int64], Array, npt.NDArray[np.int64]]:
    """Keys, the sum of each, and its first line."""
    keys, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return keys, np.bincount(inverse, weights=quantity, minlength=len(keys)).astype(np.float64), first


def _suspected(grid: Grid, run: SalesGap, begin: int) -> Suspected:
    first, after = grid.first_day(begin + run.start), grid.first_day(begin + run.stop)
    return Suspected(
        first=first, last=after - pd.Timedelta(days=1), weeks=run.stop - run.start, chance=run.chance
    )


def _begin(cleaned: Cleaning, *, starts_partial: bool) -> int:
    """Week of the book at which the life begins."""
    return cleaned.weeks_before_launch + int(cleaned.weeks_before_launch > 0 and starts_partial)


def _apart(sales: _Lines, *, weekly: float) -> dict[int, Exceptional]:
    """The orders (of a customer and day together) that stand apart, by their number."""
    keys, sizes, first = _summed(sales.together, sales.quantity)
    apart = exceptional(sizes, weekly=weekly)
    largest = float(np.delete(sizes, apart).max()) if len(apart) else 0.0
    return {
        int(keys[k]): Exceptional(
            record=int(sales.record[first[k]]), date=pd.Timestamp(sales.day[first[k]]), quantity=float(sizes[k]),
            times=float(sizes[k]) / largest,
        )
        for k in apart.tolist()
    }  # fmt: skip
