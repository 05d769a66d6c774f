"""A step in the size of order lines: pieces that became boxes, or boxes that became pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demand.streams import Array

# Sizes this far apart, hardly overlapping, from one day on: demand steps in its number of orders, units in their size.
LEAST_TIMES = 4.0
LEAST_LINES, LEAST_DAYS = 8, 28
MOST_OVERLAP = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeStep:
    """A step.

    Parameters
    ----------
    first : pandas.Timestamp
        Day of the first line after it.
    before, after : float
        Median units of a line.
    """

    first: pd.Timestamp
    before: float
    after: float


def size_step(dates: pd.DatetimeIndex, units: Array) -> SizeStep | None:
    """The day from which on order lines are several times as large, or as small; None where there is none.

    The day divides the logarithms x of the units where their squares between the two parts, n m / (n + m) (mean of
    x before - mean after)^2, are largest. It is a step where the medians are `LEAST_TIMES` apart and at most
    `MOST_OVERLAP` of the lines of each part lie on the other side of their middle.

    Parameters
    ----------
    dates : pandas.DatetimeIndex, shape (lines,)
    units : numpy.ndarray, shape (lines,)
        Above zero.

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=40, freq="7D")
    >>> size_step(days, np.repeat([24.0, 2.0], 20)).after
    2.0
    """
    if len(units) < 2 * LEAST_LINES or float(units.max()) < LEAST_TIMES * float(units.min()):
        return None
    order = np.argsort(dates.to_numpy(), kind="stable")
    days, x = dates.to_numpy()[order].astype("datetime64[D]"), np.log(units[order])
    count = np.arange(1, len(x))
    total = np.cumsum(x)
    apart = total[:-1] / count - (total[-1] - total[:-1]) / (len(x) - count)
    between = count * (len(x) - count) * apart**2
    long = (days[:-1] - days[0]).astype(np.int64) >= LEAST_DAYS
    long &= (days[-1] - days[1:]).astype(np.int64) >= LEAST_DAYS
    between[~long | (days[1:] == days[:-1]) | (np.minimum(count, len(x) - count) < LEAST_LINES)] = -1.0
    at = int(np.argmax(between))
    if between[at] <= 0.0:
        return None
    before, after = x[: at + 1], x[at + 1 :]
    medians = float(np.median(before)), float(np.median(after))
    middle = 0.5 * (medians[0] + medians[1])
    over = ((before > middle).mean(), (after > middle).mean())
    low, high = (over[0], over[1]) if medians[0] < medians[1] else (over[1], over[0])
    if abs(medians[0] - medians[1]) < np.log(LEAST_TIMES) or max(low, 1.0 - high) > MOST_OVERLAP:
        return None
    return SizeStep(
        first=pd.Timestamp(days[at + 1].astype("datetime64[s]").item()), before=float(np.exp(medians[0])),
        after=float(np.exp(medians[1])),
    )  # fmt: skip
