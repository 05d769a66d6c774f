"""Mean and coefficient of variation of weekly demand."""

from __future__ import annotations

import numpy as np
import pandas as pd


def weekly_quantities(lines: pd.DataFrame, *, key: str, last_day: pd.Timestamp, weeks: int) -> pd.DataFrame:
    """Units ordered per item and week, weeks without orders as zeros.

    Parameters
    ----------
    lines : DataFrame
        Order lines with columns `key`, ``order_date`` and ``quantity``.
    key : str
        Column that names the item.
    last_day : Timestamp
        Last day of the last week.
    weeks : int
        Number of weeks of seven days.

    Returns
    -------
    DataFrame
        Shape (items, weeks), items sorted; only items with at least one line in these weeks.
    """
    first_day = last_day - pd.Timedelta(days=7 * weeks - 1)
    inside = lines[(lines["order_date"] >= first_day) & (lines["order_date"] <= last_day)]
    week = (inside["order_date"] - first_day).dt.days // 7
    table = inside.groupby([inside[key], week.rename("week")])["quantity"].sum().unstack(fill_value=0)  # noqa: PD010 - the sum is taken already
    return table.reindex(columns=range(weeks), fill_value=0.0).sort_index()


def weekly_moments(quantities: pd.DataFrame) -> pd.DataFrame:
    """Mean, CV and number of weeks with demand.

    Parameters
    ----------
    quantities : DataFrame
        Shape (items, weeks), not negative, with some demand in every row.

    Returns
    -------
    DataFrame
        ``demand_per_week``; ``demand_cv``, with the sample standard deviation (divisor weeks - 1), to
        six decimals; ``active_weeks``. An item with demand in one week of n has CV sqrt(n) whatever
        the quantity: the CV of one order in n weeks, so it says how rare the demand is and no more.
    """
    values = quantities.to_numpy(dtype=np.float64)
    mean = values.sum(axis=1) / values.shape[1]
    # Rounded: the last digits of a sum depend on the processor, and no data set knows them.
    cv = np.round(values.std(axis=1, ddof=1) / mean, 6)
    columns = {"demand_per_week": mean, "demand_cv": cv, "active_weeks": (values > 0).sum(axis=1)}
    return pd.DataFrame(columns, index=quantities.index)
