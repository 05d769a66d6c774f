"""AdventureWorks below the bicycles: modules, their scaled costs and their rolled-up lead times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

MATERIAL_SHARE = 0.75


def children(edges: pd.DataFrame) -> dict[str, list[str]]:
    """Direct components of every assembly, current edges only."""
    return {str(assembly): list(parts) for assembly, parts in edges.groupby("assembly_id")["component_id"]}


def parts_below(tops: Sequence[str], below: dict[str, list[str]]) -> set[str]:
    """Everything in the bills of the given items, at any depth."""
    parts: set[str] = set()
    waiting = list(tops)
    while waiting:
        for part in below.get(waiting.pop(), ()):
            if part not in parts:
                parts.add(part)
                waiting.append(part)
    return parts


def lead_times(
    wanted: Sequence[str], items: pd.DataFrame, vendors: pd.DataFrame, below: dict[str, list[str]]
) -> pd.Series:
    """Days to get one unit of a part, with nothing of it in stock anywhere.

    Bought: the average lead time of the quickest vendor. Made: its own days to manufacture, plus the
    longest lead time of what it is made of (cumulative lead time over the bill).

    Parameters
    ----------
    wanted : sequence of str
        ProductIDs.
    items : DataFrame
        Indexed by ProductID, with ``ProductNumber``, ``MakeFlag``, ``DaysToManufacture``.
    vendors : DataFrame
        With ``ProductID`` and ``AverageLeadTime`` in days.
    below : dict
        Direct components.

    Returns
    -------
    Series of float
        Days, indexed by ProductID.

    Raises
    ------
    EngineError
        Where a bought part has no vendor or a bill contains itself.
    """
    quickest = vendors.groupby("ProductID")["AverageLeadTime"].min()
    days: dict[str, float] = {}

    def of(part: str, above: tuple[str, ...]) -> float:
        if part in above:
            raise EngineError(
                f"bom_edges.csv: {items['ProductNumber'][part]} is, through its components, part of itself"
            )
        if part not in days:
            if items["MakeFlag"][part] == 1:
                longest = max((of(child, (*above, part)) for child in below.get(part, ())), default=0.0)
                days[part] = float(items["DaysToManufacture"][part]) + longest
            elif part in quickest:
                days[part] = float(quickest[part])
            else:
                name = items["ProductNumber"][part]
                raise EngineError(f"ProductVendor.csv: the bought part {name} has no vendor, so no lead time")
        return days[part]

    return pd.Series({part: of(part, ()) for part in wanted}, dtype="float64")


def module_costs(
    modules: Sequence[str], items: pd.DataFrame, vendors: pd.DataFrame
) -> tuple[pd.Series, list[str]]:
    """Cost of every module before scaling: as recorded, else the cheapest vendor's price.

    Returns
    -------
    costs : Series of float
        Money per unit, indexed by ProductID.
    priced : list of str
        ProductNumbers that carry cost 0 and took a vendor's price.

    Raises
    ------
    EngineError
        Where a module has neither a cost nor a vendor's price.
    """
    costs = items.loc[list(modules), "StandardCost"].copy()
    cheapest = vendors.groupby("ProductID")["StandardPrice"].min()
    free = costs.index[~(costs > 0)]
    costs.loc[free] = cheapest.reindex(free)
    unknown = costs.index[~(costs > 0)]
    if len(unknown):
        names = ", ".join(items.loc[unknown, "ProductNumber"])
        raise EngineError(f"products.csv: no cost and no vendor's price for the modules {names}")
    return costs, list(items.loc[free, "ProductNumber"])


def material_ratios(bom: pd.DataFrame, costs: pd.Series, items: pd.DataFrame) -> pd.Series:
    """Cost of a product's direct components over its own cost.

    Parameters
    ----------
    bom : DataFrame
        ``assembly_id``, ``component_id``, ``qty``.
    costs : Series
        Money per component, by ProductID.
    items : DataFrame
        With ``StandardCost``.
    """
    material = (bom["qty"] * bom["component_id"].map(costs)).groupby(bom["assembly_id"]).sum()
    return material / items["StandardCost"].reindex(material.index)
