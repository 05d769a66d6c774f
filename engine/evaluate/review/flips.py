"""The demand at which strategies flip, beside the level since: which flips it has passed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.demand.streams import Array

_SIDES = ("below", "above")


def with_flips(table: pd.DataFrame, thresholds: pd.DataFrame | None) -> pd.DataFrame:
    """The table with the demand at which each product flips on either side, its range of sampling, and `crossed`.

    `crossed` says on which side the level since lies beyond a flip; "perhaps below" where it lies within its range.

    Parameters
    ----------
    table : pandas.DataFrame
        With product and level_per_week.
    thresholds : pandas.DataFrame or None
        As ``thresholds.csv``.
    """
    crossed = np.full(len(table), "", dtype=object)
    level = table["level_per_week"].to_numpy(dtype=float)
    for side in _SIDES:
        flip, low, high = _flips(table["product"], thresholds, side)
        table = table.assign(**{f"flip_{side}": flip, f"flip_{side}_low": low, f"flip_{side}_high": high})
        # How far the level lies beyond: of both ends of the range, or of one.
        least, most = (level < low, level < high) if side == "below" else (level > high, level > low)
        crossed = np.where(least, side, np.where(most, f"perhaps {side}", crossed))
    return table.assign(crossed=crossed)


def crossed_of(table: pd.DataFrame) -> int:
    """How many products that were told of a change have passed a flip, whatever its range of sampling."""
    return int(((table["told_on"] != "") & table["crossed"].isin(_SIDES)).sum())


def _flips(products: pd.Series, thresholds: pd.DataFrame | None, side: str) -> tuple[Array, Array, Array]:
    """Demand a week at which each product flips on a side, and its range; NaN where it does not."""
    if thresholds is None:
        none = np.full(len(products), np.nan)
        return none, none, none
    flips = thresholds[
        (thresholds["input"] == "demand_per_week") & (thresholds["strategy_below"].fillna("") != "")
        & (thresholds["side"] == side)
    ].set_index("product")  # fmt: skip
    flip = flips["high" if side == "below" else "low"].astype(float)
    low, high = (flips[f"sampling_{end}"].astype(float).fillna(flip) if f"sampling_{end}" in flips else flip
                 for end in ("low", "high"))  # fmt: skip
    return tuple(products.map(one).to_numpy(dtype=float) for one in (flip, low, high))  # type: ignore[return-value]
