"""From order lines to weeks: what each product sold while it was on sale, and what was cleaned on the way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.book.book import Book
from engine.demand.exceptional import exceptional
from engine.demand.gaps import LEAST_RUN, YEAR_WEEKS, Run, suspected_runs
from engine.demand.life import Cleaning, in_life
from engine.demand.streams import Array
from engine.demand.totals import MONTH_WEEKS, Bucket, bucket_of, monthly
from engine.demand.weeks import Calendar, Grid, calendar

_LEAST_RUN_MONTHS = 2
_YEAR_MONTHS = 12


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
        Units of each week of its life with something to sell, weeks without sales included; months where `bucket` is
        monthly.
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
    suspected : tuple of Suspected
    exceptional : tuple of Exceptional
    """

    product: str
    weeks: Array
    place: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    start: pd.Timestamp | None = None
    with_gaps: Array = field(default_factory=lambda: np.zeros(0))
    ordinary: Array | None = None
    bucket: Bucket = Bucket.ORDERS
    order_sizes: Array = field(default_factory=lambda: np.zeros(0))
    waits_days: Array = field(default_factory=lambda: np.zeros(0))
    dates: pd.DatetimeIndex = field(default_factory=lambda: pd.DatetimeIndex([]))
    units: Array = field(default_factory=lambda: np.zeros(0))
    cleaned: Cleaning = field(default_factory=Cleaning)
    suspected: tuple[Suspected, ...] = ()
    exceptional: tuple[Exceptional, ...] = ()

    @property
    def bucket_weeks(self) -> float:
        """Weeks of one of `weeks`: 1, or those of a mean month."""
        return MONTH_WEEKS if self.bucket.monthly else 1.0

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
    weeks = calendar(book.first_day, book.last_day)
    chosen = book.lines if products is None else book.lines[book.lines["product"].isin(list(products))]
    return {
        str(name): _History(book=book, lines=lines, weeks=weeks).of(str(name))
        for name, lines in chosen.groupby("product", sort=True)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _History:
    """What the lines of one product come to."""

    book: Book
    lines: pd.DataFrame
    weeks: Calendar

    def of(self, product: str) -> History:
        lines, bucket = self.lines, self._bucket()
        day = self.weeks.day(lines["order_date"])
        if not bucket.monthly:
            # A rest of less than a week at the beginning is not used.
            lines, day = lines[day >= 0], day[day >= 0]
        quantity = lines["quantity"].to_numpy(dtype=np.float64)
        sold = quantity > 0.0
        sales = lines[sold]
        dates, units = pd.DatetimeIndex(sales["order_date"]), quantity[sold]
        grid = self._grid(lines, day, bucket)
        totals = grid.totals(quantity)
        cleaned = self._cleaned(product, clipped=int((totals < 0.0).sum()))
        ends = grid.partial_ends(day[sold], bucket)
        alive, cleaned = in_life(np.maximum(totals, 0.0), cleaned, starts_partial=ends[0], ends_partial=ends[1])
        begin = _begin(cleaned, starts_partial=ends[0])
        out = grid.stock_outs(self.book.stock_outs.get(product, []))[begin : begin + len(alive)]
        there = np.where(out, np.nan, alive)
        runs = suspected_runs(
            there, least=_LEAST_RUN_MONTHS if bucket.monthly else LEAST_RUN,
            year=_YEAR_MONTHS if bucket.monthly else YEAR_WEEKS,
        )  # fmt: skip
        given = int(np.isnan(there).sum())
        for run in runs:
            there[run.start : run.stop] = np.nan
        kept = ~np.isnan(there)
        cleaned = replace(cleaned, stock_out_weeks=given, suspected_weeks=sum(run.stop - run.start for run in runs))
        sizes, apart = _orders(sales, weekly=float(alive.sum()) / (len(alive) * grid.weeks) if len(alive) else 0.0)
        ordinary = None
        if apart:
            without = np.where(sold & lines["together"].isin(apart).to_numpy(), 0.0, quantity)
            ordinary = np.maximum(grid.totals(without), 0.0)[begin : begin + len(alive)][kept]
        requested = sales.dropna(subset=["requested_date"])
        waits = (requested["requested_date"] - requested["order_date"]).dt.days.to_numpy()
        return History(
            product=product,
            weeks=alive[kept],
            place=begin + np.flatnonzero(kept),
            start=grid.start,
            with_gaps=alive,
            ordinary=ordinary,
            bucket=bucket,
            order_sizes=np.zeros(0) if bucket.totals else sizes,
            waits_days=waits.astype(np.float64),
            dates=dates,
            units=units,
            cleaned=cleaned,
            suspected=tuple(_suspected(grid, run, begin) for run in runs),
            exceptional=tuple(apart.values()),
        )

    def _bucket(self) -> Bucket:
        sales = self.lines[self.lines["quantity"] > 0.0]
        named = bool((sales["customer"] != "").any() or sales["numbered"].any())
        units = sales["quantity"].to_numpy(dtype=np.float64)
        return bucket_of(pd.DatetimeIndex(sales["order_date"]), units, named=named)

    def _cleaned(self, product: str, *, clipped: int) -> Cleaning:
        def count(name: str) -> int:
            return int(self.book.count(product, name))

        return Cleaning(
            lines_left_out=count("lines_left_out"),
            duplicate_lines=count("duplicate_lines"),
            taken_back_lines=count("taken_back_lines"),
            taken_back_units=self.book.count(product, "taken_back_units"),
            return_lines=count("return_lines"),
            returned_units=self.book.count(product, "returned_units"),
            clipped_weeks=clipped,
        )

    def _grid(self, lines: pd.DataFrame, day: np.ndarray, bucket: Bucket) -> Grid:
        if not bucket.monthly:
            return Grid(start=self.weeks.first_day, count=self.weeks.weeks, index=day // 7)
        dates = pd.DatetimeIndex(lines["order_date"])
        found = monthly(dates, first=self.book.first_day, last=self.book.last_day)
        return Grid(start=found.first.start_time, count=found.count, index=found.index, months=True)


def _suspected(grid: Grid, run: Run, begin: int) -> Suspected:
    first, after = grid.first_day(begin + run.start), grid.first_day(begin + run.stop)
    return Suspected(
        first=first, last=after - pd.Timedelta(days=1), weeks=run.stop - run.start, chance=run.chance
    )


def _begin(cleaned: Cleaning, *, starts_partial: bool) -> int:
    """Week of the book at which the life begins."""
    return cleaned.weeks_before_launch + int(cleaned.weeks_before_launch > 0 and starts_partial)


def _orders(sales: pd.DataFrame, *, weekly: float) -> tuple[Array, dict[int, Exceptional]]:
    """Size of each order, and the orders (of a customer and day together) that stand apart, by their number."""
    order_sizes = sales.groupby("order", sort=True)["quantity"].sum().to_numpy(dtype=np.float64)
    together = sales.groupby("together", sort=True).agg(
        quantity=("quantity", "sum"), record=("record", "first"), date=("order_date", "first")
    )
    sizes = together["quantity"].to_numpy(dtype=np.float64)
    apart = exceptional(sizes, weekly=weekly)
    largest = float(np.delete(sizes, apart).max()) if len(apart) else 0.0
    return order_sizes, {
        int(together.index[k]): Exceptional(
            record=int(together["record"].iloc[k]), date=together["date"].iloc[k], quantity=float(sizes[k]),
            times=float(sizes[k]) / largest,
        )
        for k in apart.tolist()
    }  # fmt: skip
