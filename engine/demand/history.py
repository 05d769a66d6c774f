"""From order lines to weeks: what each product sold while it was on sale, and what was cleaned on the way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from engine.demand.streams import Array

# Weeks without sales at an end of the history are life cycle, not demand, where so many in a row are this
# unlikely.
UNLIKELY_GAP = 0.01
LEAST_GAP_WEEKS = 4
LEAST_ACTIVE_WEEKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """What was taken out of a product's history.

    Parameters
    ----------
    duplicate_lines : int
        Lines equal to another one in every cell, customer included.
    return_lines : int
        Lines with a negative quantity; they are netted in the week they are dated.
    returned_units : float
    clipped_weeks : int
        Weeks whose returns exceed their orders; they count as zero.
    weeks_before_launch, weeks_after_end : int
        Weeks without sales that belong to the life cycle.
    partial_weeks : int
        Weeks in which the product was launched or ended part of the way.
    """

    duplicate_lines: int = 0
    return_lines: int = 0
    returned_units: float = 0.0
    clipped_weeks: int = 0
    weeks_before_launch: int = 0
    weeks_after_end: int = 0
    partial_weeks: int = 0

    @property
    def changed_weeks(self) -> bool:
        """Whether the weeks differ from the plain sums of the order lines."""
        return any(
            (
                self.duplicate_lines,
                self.clipped_weeks,
                self.weeks_before_launch,
                self.weeks_after_end,
                self.partial_weeks,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A product's past.

    Parameters
    ----------
    product : str
    weeks : numpy.ndarray, shape (weeks,)
        Units of each week of its life, weeks without sales included.
    order_sizes : numpy.ndarray, shape (orders,)
        Units of each order: the lines of one customer and day, or the line where no customer is named.
    waits_days : numpy.ndarray, shape (dated orders,)
        Days between order and requested date.
    dates : pandas.DatetimeIndex, shape (lines,)
        Order dates of the lines that are no returns, with `units`.
    units : numpy.ndarray, shape (lines,)
    cleaned : Cleaning
    """

    product: str
    weeks: Array
    order_sizes: Array = field(default_factory=lambda: np.zeros(0))
    waits_days: Array = field(default_factory=lambda: np.zeros(0))
    dates: pd.DatetimeIndex = field(default_factory=lambda: pd.DatetimeIndex([]))
    units: Array = field(default_factory=lambda: np.zeros(0))
    cleaned: Cleaning = field(default_factory=Cleaning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Whole weeks of the order book, counted back from its last day; what is left before them is not used.

    Parameters
    ----------
    last_day : pandas.Timestamp
    weeks : int
    """

    last_day: pd.Timestamp
    weeks: int

    def day(self, dates: pd.Series) -> np.ndarray:
        """Day of each date counted from the first day of the first week; negative before it."""
        days: np.ndarray = self.weeks * 7 - 1 - (self.last_day - dates).dt.days.to_numpy(dtype=np.int64)
        return days


def calendar(orders: pd.DataFrame) -> Calendar:
    """The weeks of an order book, the same for all products.

    Parameters
    ----------
    orders : pandas.DataFrame
        The table ``orders``, with at least one line.
    """
    first, last = orders["order_date"].min(), orders["order_date"].max()
    return Calendar(last_day=last, weeks=(int((last - first).days) + 1) // 7)


def histories(orders: pd.DataFrame, products: Collection[str] | None = None) -> dict[str, History]:
    """The history of every product with order lines.

    Parameters
    ----------
    orders : pandas.DataFrame
        The table ``orders``.
    products : collection of str, optional
        Only these.

    Returns
    -------
    dict of str to History
        By product, sorted.
    """
    if not len(orders):
        return {}
    weeks = calendar(orders)
    chosen = orders if products is None else orders[orders["product"].isin(list(products))]
    return {str(name): _history(str(name), lines, weeks) for name, lines in chosen.groupby("product", sort=True)}


def weekly_history(orders: pd.DataFrame, product: str) -> tuple[float, ...]:
    """Cleaned weeks of one product: what the `empirical` distribution draws from.

    Where the whole book is shorter than a week, it is one week.
    """
    found = histories(orders, [product]).get(product)
    if found is None or not found.weeks.size:
        return (float(max(0.0, orders.loc[orders["product"] == product, "quantity"].sum())),)
    return tuple(found.weeks.tolist())


def _history(product: str, lines: pd.DataFrame, weeks: Calendar) -> History:
    named = (lines["customer"] != "").to_numpy()
    double = lines.duplicated(keep="first").to_numpy() & named
    lines = lines[~double]
    day = weeks.day(lines["order_date"])
    lines, day = lines[day >= 0], day[day >= 0]
    quantity = lines["quantity"].to_numpy(dtype=np.float64)
    totals = np.bincount(day // 7, weights=quantity, minlength=weeks.weeks).astype(np.float64)
    sold = quantity > 0.0
    cleaned = Cleaning(
        duplicate_lines=int(double.sum()),
        return_lines=int((quantity < 0.0).sum()),
        returned_units=float(np.abs(quantity[quantity < 0.0]).sum()),
        clipped_weeks=int((totals < 0.0).sum()),
    )
    first, last = (int(day[sold].min()), int(day[sold].max())) if sold.any() else (0, 0)
    alive, cleaned = in_life(
        np.maximum(totals, 0.0), cleaned, starts_partial=first % 7 != 0, ends_partial=last % 7 != 6
    )
    sales = lines[sold]
    requested = sales.dropna(subset=["requested_date"])
    waits = (requested["requested_date"] - requested["order_date"]).dt.days.to_numpy()
    return History(
        product=product,
        weeks=alive,
        order_sizes=_order_sizes(sales),
        waits_days=waits.astype(np.float64),
        dates=pd.DatetimeIndex(sales["order_date"]),
        units=sales["quantity"].to_numpy(dtype=np.float64),
        cleaned=cleaned,
    )


def _order_sizes(sales: pd.DataFrame) -> Array:
    named = sales["customer"] != ""
    together = sales[named].groupby(["order_date", "customer"], sort=True)["quantity"].sum()
    return np.concatenate(
        [together.to_numpy(dtype=np.float64), sales.loc[~named, "quantity"].to_numpy(dtype=np.float64)]
    )


def in_life(
    weeks: Array, cleaned: Cleaning, *, starts_partial: bool = False, ends_partial: bool = False
) -> tuple[Array, Cleaning]:
    """The weeks between launch and end of life.

    A run of k weeks without sales at an end is not demand of a living product where its chance (1 - p)^k,
    p the share of weeks with sales between the first and the last, is below `UNLIKELY_GAP`.

    Parameters
    ----------
    weeks : numpy.ndarray, shape (weeks,)
    cleaned : Cleaning
    starts_partial, ends_partial : bool
        Whether the first (last) sale falls inside its week, so that a week of launch (end) is not a whole
        one.

    Returns
    -------
    weeks : numpy.ndarray
    cleaned : Cleaning

    Examples
    --------
    >>> alive, cleaned = in_life(np.array([0, 0, 0, 0, 0, 3.0, 2, 4, 1, 2]), Cleaning())
    >>> len(alive), cleaned.weeks_before_launch
    (5, 5)
    """
    active = np.flatnonzero(weeks > 0.0)
    if active.size < LEAST_ACTIVE_WEEKS:
        return weeks, cleaned
    first, last = int(active[0]), int(active[-1])
    idle = 1.0 - active.size / (last - first + 1)
    after = weeks.size - 1 - last
    launched = first >= LEAST_GAP_WEEKS and idle**first < UNLIKELY_GAP
    ended = after >= LEAST_GAP_WEEKS and idle**after < UNLIKELY_GAP
    start = first + int(starts_partial) if launched else 0
    stop = last + 1 - int(ends_partial) if ended else weeks.size
    kept = replace(
        cleaned,
        weeks_before_launch=first if launched else 0,
        weeks_after_end=after if ended else 0,
        partial_weeks=int(launched and starts_partial) + int(ended and ends_partial),
    )
    return weeks[start:stop], kept
