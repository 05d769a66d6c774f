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
    orders = lines[(lines["quantity"] > 0.0) & lines["product"].isin(set(products))]
    waits = np.maximum((orders["requested_date"] - orders["order_date"]).dt.days.to_numpy(dtype=np.float64), 0.0)
    quantity = orders["quantity"].to_numpy(dtype=np.float64)
    # Names as numbers, once: there may be many lines of few products.
    keys = {name: pd.factorize(orders[name].to_numpy(dtype=object).astype(str)) for name in ("channel", "customer")}
    for name, place in sorted(orders.groupby("product", sort=True).indices.items()):
        wait, units = waits[place], quantity[place]
        dated = ~np.isnan(wait)
        column = "channel" if (keys["channel"][1][keys["channel"][0][place]] != "").any() else "customer"
        who, names = keys[column][0][place], keys[column][1]
        counts = np.bincount(who[dated], minlength=len(names))
        often = np.flatnonzero((counts >= LEAST_LINES) & ~np.isin(names, ["", OTHERS]))
        # The most lines first, and of as many those that are met first.
        first = {key: k for k, key in reversed(list(enumerate(who[dated].tolist())))} if often.size else {}
        frequent = sorted(often.tolist(), key=lambda key: (-counts[key], first[key]))[:MOST_SEGMENTS]
        rest = ~np.isin(who, frequent)
        tables = []
        for one, mine in (*((str(names[key]), who == key) for key in frequent), (OTHERS, rest)):
            asked = wait[mine & dated]
            if asked.size < LEAST_LINES:
                asked = wait[dated]
            if mine.any() and asked.size:
                target = float(np.quantile(asked, target_quantile, method="lower"))
                tables.append((str(name), one, target, float(units[mine].sum() / units.sum())))
        if len({target for _, _, target, _ in tables}) > 1:
            rows += tables
    return pd.DataFrame(rows, columns=list(COLUMNS))
