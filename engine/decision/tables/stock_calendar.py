"""The stocks of a plan week by week, where they follow a season: reorder points and order-up-to levels.

The plan decides each level S as its mean over the year; in a week it is S plus the swing of that week, which demand,
times and costs of the scenario alone say (`engine.economics.exposure.following`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.demand.streams import Array
from engine.demand.year import WEEKS
from engine.economics.build import scenario_season
from engine.scenario.scenario import Scenario
from engine.scenario.usage import parts_per_unit

CALENDAR = ("item", "kind", "period", "reorder_point", "order_up_to")


def swings(scenario: Scenario, strategies: Sequence[str]) -> tuple[Array, Array] | None:
    """By how much the stocks of a plan stand above their mean in each week of the year; None without seasons.

    Parameters
    ----------
    scenario : Scenario
        Its demand columns filled in.
    strategies : sequence of str
        Of each product.

    Returns
    -------
    finished : shape (I, 52)
        Units; zero of what is not made to stock.
    parts : shape (C, 52)
        Of the products that are assembled to order.
    """
    season = scenario_season(scenario)
    if season is None:
        return None
    made = np.array([name == "MTS" for name in strategies])
    finished = np.where(made[:, None], season.stock, 0.0)
    row = {str(name): i for i, name in enumerate(scenario.products["product"])}
    place = {str(name): c for c, name in enumerate(scenario.components["component"])}
    parts = np.zeros((len(place), WEEKS))
    # What is scrapped and lost is ordered too, as the windows that the swing is taken from count it.
    for line, quantity in zip(scenario.bom.itertuples(), parts_per_unit(scenario).tolist(), strict=True):
        at = row[str(line.product)], place[str(line.component)]
        if strategies[at[0]] == "ATO" and at in season.line:
            parts[at[1]] += quantity * season.lines[season.line[at]]
    return finished, parts


def stock_calendar(scenario: Scenario, decisions: pd.DataFrame, components: pd.DataFrame) -> pd.DataFrame:
    """The columns of `CALENDAR`: 52 rows of every stock that follows a season; none where there is no season.

    Parameters
    ----------
    scenario : Scenario
    decisions, components : pandas.DataFrame
        Of the plan, in the order of the scenario.
    """
    calendar = swings(scenario, decisions["strategy"].tolist())
    tables = []
    if calendar is not None:
        for kind, table, swing in (("product", decisions, calendar[0]), ("component", components, calendar[1])):
            for k in np.flatnonzero(swing.any(axis=1)).tolist():
                item = table.iloc[k]
                tables.append(pd.DataFrame({
                    "item": item[kind], "kind": kind, "period": np.arange(1, WEEKS + 1),
                    "reorder_point": item["reorder_point"] + swing[k], "order_up_to": item["order_up_to"] + swing[k],
                }))  # fmt: skip
    return pd.concat(tables, ignore_index=True) if tables else no_calendar()


def no_calendar() -> pd.DataFrame:
    """The table without rows."""
    text = {"item", "kind"}
    return pd.DataFrame({name: pd.Series([], dtype="object" if name in text else "float64") for name in CALENDAR})
