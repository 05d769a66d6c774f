"""The life of a product: the weeks between its launch and its end, and what was taken out of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from engine.demand.streams import Array

# Weeks without sales at an end of the history are life cycle, not demand, where so many in a row are this
# unlikely.
UNLIKELY_GAP = 0.01
LEAST_GAP_WEEKS = 4
LEAST_ACTIVE_WEEKS = 4
YEAR_WEEKS = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """What was taken out of a product's history.

    Parameters
    ----------
    lines_left_out : int
        Lines whose date does not count.
    duplicate_lines : int
        Lines that repeat an order number and are equal to another one in every cell, and copies of a whole book.
    taken_back_lines, taken_back_units
        Cancellations and returns taken back from the order they belong to.
    return_lines : int
        Other lines with a negative quantity; they are netted in the week they are dated.
    returned_units : float
        Of these lines.
    clipped_weeks : int
        Weeks whose returns exceed their orders; they count as zero.
    weeks_before_launch, weeks_after_end : int
        Weeks without sales that belong to the life cycle.
    partial_weeks : int
        Weeks in which the product was launched or ended part of the way.
    stock_out_weeks, suspected_weeks : int
        Weeks with nothing to sell, as given and as suspected.
    """

    lines_left_out: int = 0
    duplicate_lines: int = 0
    taken_back_lines: int = 0
    taken_back_units: float = 0.0
    return_lines: int = 0
    returned_units: float = 0.0
    clipped_weeks: int = 0
    weeks_before_launch: int = 0
    weeks_after_end: int = 0
    partial_weeks: int = 0
    stock_out_weeks: int = 0
    suspected_weeks: int = 0

    @property
    def changed_weeks(self) -> bool:
        """Whether the weeks differ from the plain sums of the order lines."""
        return any(
            (
                self.lines_left_out,
                self.duplicate_lines,
                self.taken_back_lines,
                self.clipped_weeks,
                self.weeks_before_launch,
                self.weeks_after_end,
                self.partial_weeks,
                self.stock_out_weeks,
                self.suspected_weeks,
            )
        )


def in_weeks(cleaned: Cleaning, weeks: float) -> Cleaning:
    """What was counted in periods of some weeks, in weeks."""
    if weeks == 1.0:
        return cleaned
    names = [name for name in Cleaning.__dataclass_fields__ if "weeks" in name]
    return replace(cleaned, **{name: round(getattr(cleaned, name) * weeks) for name in names})


def in_life(
    weeks: Array,
    cleaned: Cleaning,
    *,
    starts_partial: bool = False,
    ends_partial: bool = False,
    year: int = YEAR_WEEKS,
) -> tuple[Array, Cleaning]:
    """The weeks between launch and end of life.

    A run of k weeks without sales at an end is not demand of a living product where its chance (1 - p)^k,
    p the share of weeks with sales between the first and the last, is below `UNLIKELY_GAP`. Where the same weeks of
    the next year (the year before) are as unlikely empty, the run is the season of a living product (`_seasonal`).

    Parameters
    ----------
    weeks : numpy.ndarray, shape (weeks,)
    cleaned : Cleaning
    year : int
        Weeks (or periods) of a year.
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
    if (sales := _sales(weeks)) is None:
        return weeks, cleaned
    first, last, idle = sales
    after = weeks.size - 1 - last
    launched = first >= LEAST_GAP_WEEKS and idle**first < UNLIKELY_GAP and not _seasonal(weeks, first, idle, year)
    ended = after >= LEAST_GAP_WEEKS and idle**after < UNLIKELY_GAP and not _seasonal(weeks[::-1], after, idle, year)
    start = first + int(starts_partial) if launched else 0
    stop = last + 1 - int(ends_partial) if ended else weeks.size
    kept = replace(
        cleaned,
        weeks_before_launch=first if launched else 0,
        weeks_after_end=after if ended else 0,
        partial_weeks=int(launched and starts_partial) + int(ended and ends_partial),
    )
    return weeks[start:stop], kept


def _sales(weeks: Array) -> tuple[int, int, float] | None:
    """First and last week with sales, and the share without between them; None where there are too few to tell."""
    active = np.flatnonzero(weeks > 0.0)
    if active.size < LEAST_ACTIVE_WEEKS:
        return None
    first, last = int(active[0]), int(active[-1])
    return first, last, 1.0 - active.size / (last - first + 1)


def ends_known(weeks: Array, cleaned: Cleaning, *, year: int = YEAR_WEEKS) -> tuple[Array, Cleaning]:
    """Launch and end of life once more, where some weeks have turned out not to count.

    A line a year too early makes the weeks before it look like those before the launch a year later, so that both pass
    for a season; once these are left out, nothing speaks for one.

    Parameters
    ----------
    weeks : numpy.ndarray, shape (weeks,)
        NaN where a week does not count.
    cleaned : Cleaning
    year : int

    Returns
    -------
    weeks : numpy.ndarray
        NaN in the weeks of the life cycle, too.
    cleaned : Cleaning

    Examples
    --------
    >>> weeks = np.concatenate([np.zeros(20), [4.0], np.full(51, np.nan), np.full(30, 4.0)])
    >>> found, cleaned = ends_known(weeks, Cleaning())
    >>> cleaned.weeks_before_launch, int((~np.isnan(found)).sum())
    (20, 31)
    """
    # As it was before: what looked like demand then is left.
    if (sales := _sales(weeks)) is None:
        return weeks, cleaned
    first, last, idle = sales
    weeks = weeks.copy()
    counts = []
    for part, turned in ((slice(0, first), weeks), (slice(last + 1, None), weeks[::-1])):
        known, length = int((~np.isnan(weeks[part])).sum()), len(weeks[part])
        unlikely = known >= LEAST_GAP_WEEKS and idle**known < UNLIKELY_GAP
        outside = unlikely and not _seasonal(turned, length, idle, year)
        counts.append(known if outside else 0)
        if outside:
            weeks[part] = np.nan
    return weeks, replace(
        cleaned, weeks_before_launch=cleaned.weeks_before_launch + counts[0],
        weeks_after_end=cleaned.weeks_after_end + counts[1],
    )  # fmt: skip


def _seasonal(weeks: Array, count: int, idle: float, year: int) -> bool:
    """Whether the first weeks of all, which are empty, are so a year later, too, between weeks with sales.

    Of the m weeks a year later that lie in the life (half of the run at least), k have sales. At a share 1 - idle of
    them everywhere, so few have a chance below `UNLIKELY_GAP`: binomial, as is the chance of the run.
    """
    last = int(np.flatnonzero(weeks > 0.0)[-1])
    twin = weeks[max(count, year) : min(year + count, last)]
    twin = twin[~np.isnan(twin)]
    if 2 * len(twin) < count:
        return False
    return bool(special.bdtr(int((twin > 0.0).sum()), len(twin), 1.0 - idle) < UNLIKELY_GAP)
