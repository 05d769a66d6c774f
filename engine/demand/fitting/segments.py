"""Segments from order lines: channels, or customers, whose orders ask for different waits."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

# Fewest dated lines from which a wait is read; most segments of a product, the rest being one.
LEAST_LINES, MOST_SEGMENTS = 20, 8
OTHERS = "others"
COLUMNS = ("product", "segment", "lead_time_target_days", "share")


def fitted_segments(lines: pd.DataFrame, products: Collection[str], *, target_quantile: float) -> pd.DataFrame:
    """The segments of products whose channels, or customers, ask for different waits; columns as `COLUMNS`.

    Channels where the lines name any, else customers. Those with few dated lines, and all lines that name none, are
    one, whose wait is that of all lines where it has few itself. Shares are of units.

    Parameters
    ----------
    lines : pandas.DataFrame
        Of the order book, made sound, with the columns channel and customer.
    products : collection of str
        Only these.
    target_quantile : float
        A segment's target is this quantile of the waits asked for, the lower of two neighbours.
    """
    rows: list[tuple[str, str, float, float]] = []
    if not len(lines):
        return pd.DataFrame(rows, columns=list(COLUMNS))
    own = lines[(lines["quantity"] > 0.0) & lines["product"].isin(set(products))]
    for name, sold in own.groupby("product", sort=True):
        wait = np.maximum((sold["requested_date"] - sold["order_date"]).dt.days.to_numpy(dtype=np.float64), 0.0)
        dated = ~np.isnan(wait)
        column = "channel" if (sold["channel"] != "").any() else "customer"
        segment = sold[column].to_numpy(dtype=object).astype(str)
        counts = pd.Series(segment[dated]).value_counts()
        known = [str(key) for key, count in counts.items() if str(key) and count >= LEAST_LINES][:MOST_SEGMENTS]
        segment = np.where(np.isin(segment, known), segment, OTHERS)
        units = sold["quantity"].to_numpy(dtype=np.float64)
        found = []
        for one in (*known, OTHERS):
            mine = segment == one
            asked = wait[mine & dated]
            if asked.size < LEAST_LINES:
                asked = wait[dated]
            if mine.any() and asked.size:
                target = float(np.quantile(asked, target_quantile, method="lower"))
                found.append((str(name), one, target, float(units[mine].sum() / units.sum())))
        if len({target for _, _, target, _ in found}) > 1:
            rows += found
    return pd.DataFrame(rows, columns=list(COLUMNS))
