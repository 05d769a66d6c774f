"""Fill blank demand columns of products from the order lines."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.demand.fitting.classify import TARGET_QUANTILE, WEEKS_MIN
from engine.scenario.arrays import Booleans
from engine.scenario.columns import FITTED
from engine.scenario.scenario import Scenario


def complete(scenario: Scenario, *, weeks_min: int = WEEKS_MIN, target_quantile: float = TARGET_QUANTILE) -> Scenario:
    """Fill the blank demand columns of products from the order lines.

    A value that the client gave is kept, `empirical` among them; a family is chosen among those that admit
    the product's mean and CV. Where a product has too little history, its blank distribution and order size
    take their defaults, gamma and 1, while a blank mean, CV or target is a fault. The sizes of the orders of products
    that may have a cut-off are looked up too.

    Parameters
    ----------
    scenario : Scenario
    weeks_min, target_quantile
        As in `fit_demand`.

    Returns
    -------
    Scenario
        The same object where nothing is blank and no order sizes are asked for.

    Raises
    ------
    ScenarioError
        With every product that cannot be fitted.
    """
    some = np.logical_or.reduce([blank_cells(scenario.products[name]) for name in FITTED])
    if some.any():
        from engine.demand.fitting.fills import filled  # noqa: PLC0415  (slow import, needed where something is blank only)

        scenario = filled(scenario, some, weeks_min=weeks_min, target_quantile=target_quantile)
    if scenario.products["large_order_target_days"].notna().any() and len(scenario.orders):
        from engine.demand.order_sizes import with_order_sizes  # noqa: PLC0415  (as above)

        scenario = with_order_sizes(scenario)
    return scenario


def blank_cells(values: pd.Series) -> Booleans:
    """Which cells of a column are left to the order lines, shape (rows,)."""
    return np.asarray(values.isna() | (values == ""))
