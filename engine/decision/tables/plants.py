"""The plant of each row of a plan's tables, so that results can be filtered and added up by it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.scenario.columns import STRATEGIES
from engine.scenario.plants import OWNERS, PLANT, has_plants
from engine.scenario.scenario import Scenario

# How many products of a plant have each strategy.
BY_STRATEGY = tuple(f"products_{strategy}" for strategy in STRATEGIES)


def with_plant(scenario: Scenario, owner: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table of a plan with the plant after its key; as it is where nothing of its kind has one.

    Parameters
    ----------
    scenario : Scenario
    owner : str
        Whose keys the table has: ``products``, ``components`` or ``resources``.
    table : pandas.DataFrame
    """
    given, key = scenario.table(owner), OWNERS[owner]
    if PLANT in table or not has_plants(given):
        return table
    told, at = table.copy(), list(table.columns).index(key) + 1
    told.insert(at, PLANT, table[key].map(given.set_index(key)[PLANT]).fillna("").astype(object))
    return told


def by_plant(decisions: pd.DataFrame) -> pd.DataFrame:
    """A row for each plant of a plan's decisions: products, how many of each strategy, cost and inventory.

    A part that several plants draw on costs each what its products are charged with. No rows where there are no
    plants.
    """
    columns = [PLANT, "products", *BY_STRATEGY, "expected_cost_per_year", "inventory_value"]
    if PLANT not in decisions:
        return pd.DataFrame({name: pd.Series(dtype=object if name == PLANT else float) for name in columns})
    table = decisions[[PLANT, "expected_cost_per_year", "inventory_value"]].assign(products=1)
    for strategy, name in zip(STRATEGIES, BY_STRATEGY, strict=True):
        table[name] = (decisions["strategy"] == strategy).astype(np.int64)
    return table.groupby(PLANT, as_index=False, sort=True).sum()[columns]
