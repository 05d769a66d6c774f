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
