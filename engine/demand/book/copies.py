"""Order lines that stand twice: doubles by their order number, and books that were exported more than once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.scenario.arrays import Booleans

# What makes a line, but for the number of its order, which another export may give anew.
_CELLS = ("order_date", "product", "quantity", "requested_date", "customer", "channel")
# Nearly all lines of a book that stands k times do so, and they are many and not all alike: a shop that sells one
# piece five times a day has equal lines, too.
COPIED_SHARE = 0.99
LEAST_LINES, LEAST_FORMS = 20, 10


def doubles(lines: pd.DataFrame) -> tuple[Booleans, Booleans]:
    """Doubles by their order number, and lines equal to an earlier one in every cell.

    Parameters
    ----------
    lines : pandas.DataFrame
        Of the table, with their record.
    """
    cells = lines.drop(columns="record")
    equal = cells.duplicated(keep="first").to_numpy()
    numbered = (lines["order_number"] != "").to_numpy()
    return equal & numbered, equal


def copies(lines: pd.DataFrame) -> tuple[Booleans, int]:
    """Lines that are there only since the whole book stands several times in the table, and how many times it does.

    A line stands c times, its order number aside. Where nearly all c are multiples of the same k > 1, c / k of them
    count. Lines of one quantity and customer say nothing: `LEAST_FORMS` of product, customer and quantity are needed.

    Parameters
    ----------
    lines : pandas.DataFrame

    Returns
    -------
    out : numpy.ndarray of bool, shape (lines,)
    times : int
        1 where the book stands once.

    Examples
    --------
    >>> day = pd.Timestamp("2024-01-01")
    >>> once = pd.DataFrame({"order_date": [day] * 25, "product": "A", "quantity": np.arange(25.0),
    ...                      "requested_date": pd.NaT, "customer": "", "channel": ""})
    >>> copies(once)[1], copies(pd.concat([once, once]))[1]
    (1, 2)
    """
    none = np.zeros(len(lines), dtype=bool)
    few = ["order_date", "product", "quantity", "customer"]
    if len(lines) < 2 * LEAST_LINES or lines.duplicated(few, keep=False).mean() < COPIED_SHARE:
        return none, 1
    same = lines.groupby(list(_CELLS), sort=False, dropna=False)
    number, place = same.ngroup().to_numpy(), same.cumcount().to_numpy()
    count = np.bincount(number)
    times = int(np.quantile(count, 1.0 - COPIED_SHARE, method="lower"))
    forms = len(lines[["product", "customer", "quantity"]].drop_duplicates())
    if times < 2 or len(count) < LEAST_LINES or forms < LEAST_FORMS or (count % times == 0).mean() < COPIED_SHARE:
        return none, 1
    # What does not come out even stays, rather than that an order is lost.
    return np.asarray(place >= -(-count[number] // times)), times


def overlap(lines: pd.DataFrame) -> tuple[Booleans, tuple[pd.Timestamp, pd.Timestamp] | None]:
    """Lines that are there only since two exports overlap, and the first and last day on which all lines stand twice.

    Of all days in a row (those that have lines) on which every line stands an even number of times, the ones with most
    lines; as many lines and forms are needed as of a whole book. Lines that are alike by chance are some of a day's.

    Parameters
    ----------
    lines : pandas.DataFrame

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=60)
    >>> once = pd.DataFrame({"order_date": days, "product": "A", "quantity": np.arange(60.0),
    ...                      "requested_date": pd.NaT, "customer": "", "channel": ""})
    >>> out, stretch = overlap(pd.concat([once[:40], once[10:]]))
    >>> int(out.sum()), f"{stretch[0]:%m-%d}", f"{stretch[1]:%m-%d}"
    (30, '01-11', '02-09')
    """
    none = np.zeros(len(lines), dtype=bool)
    if len(lines) < 2 * LEAST_LINES:
        return none, None
    same = lines.groupby(list(_CELLS), sort=False, dropna=False)
    number, place = same.ngroup().to_numpy(), same.cumcount().to_numpy()
    count = np.bincount(number)
    even = count[number] % 2 == 0
    days, day = np.unique(lines["order_date"].to_numpy(), return_inverse=True)
    alone = np.bincount(day[~even], minlength=len(days)) > 0
    # Days in a row, the runs numbered by the days before them that speak against it.
    run = np.cumsum(alone)
    inside = ~alone[day]
    if not inside.any():
        return none, None
    most = int(np.bincount(run[day[inside]]).argmax())
    chosen = inside & (run[day] == most)
    forms = len(lines.loc[chosen, ["product", "customer", "quantity"]].drop_duplicates())
    if len(np.unique(number[chosen])) < LEAST_LINES or forms < LEAST_FORMS:
        return none, None
    found = days[np.unique(day[chosen])]
    return chosen & (place >= count[number] // 2), (pd.Timestamp(found[0]), pd.Timestamp(found[-1]))
