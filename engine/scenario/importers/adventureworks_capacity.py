"""AdventureWorks work centres: hours per product by its modules' routings, hours per week by the load."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from engine.errors import EngineError

MEAN_UTILISATION = 0.85
OVERTIME_SHARE = 0.25
OVERTIME_RATE = 1.5
OUTSOURCING_RATE = 3.0
FINAL_ASSEMBLY = "Final Assembly"
# One routing step is booked on a store without hours; the work is that of the centre beside it.
STORE_STANDS_FOR = {"Paint Storage": "Paint"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityTables:
    """Resources and routing tables with what to say about them."""

    resources: pd.DataFrame
    routing: pd.DataFrame
    notes: tuple[str, ...]


def capacity_tables(
    bom: pd.DataFrame, items: pd.DataFrame, demand: pd.Series, routings: pd.DataFrame, locations: pd.DataFrame
) -> CapacityTables:
    """Load every product with the hours of its modules.

    Parameters
    ----------
    bom : DataFrame
        ``product``, ``component_id``, ``qty``: direct modules of every product.
    items : DataFrame
        Indexed by ProductID, with ``ProductModelID``.
    demand : Series
        Units per week by product.
    routings, locations : DataFrame
        As in the source.

    Returns
    -------
    CapacityTables
        Regular hours are those at which the mean load is 85% of each work centre.

    Raises
    ------
    EngineError
        Where a routing names an unknown work centre or no product has any routing.
    """
    unknown = sorted(set(routings["LocationID"]) - set(locations["LocationID"]))
    if unknown:
        raise EngineError(f"routings.csv: there is no location {unknown[0]} in locations.csv")
    places = locations.set_index("LocationID")
    steps = routings.assign(place=routings["LocationID"].map(places["Name"]))
    moved = int(steps["place"].isin(list(STORE_STANDS_FOR)).sum())
    steps["place"] = steps["place"].replace(STORE_STANDS_FOR)
    # Labour per unit, and the set-up spread over the lot it serves.
    setup = steps["setup_hours"].fillna(0.0) / steps["lot_size"].fillna(1.0)
    steps["hours"] = steps["labor_hours"].fillna(0.0) + setup
    lines = bom.assign(ProductModelID=bom["component_id"].map(items["ProductModelID"])).merge(
        steps[["ProductModelID", "place", "hours"]], on="ProductModelID"
    )
    if lines.empty:
        raise EngineError(
            "routings.csv: no module of the imported products has a routing; import without capacity"
        )
    lines["stage"] = lines["place"].map(lambda place: "assemble" if place == FINAL_ASSEMBLY else "make")
    lines["hours_per_unit"] = lines["qty"] * lines["hours"]
    routing = (
        lines.rename(columns={"place": "resource"})
        .groupby(["product", "resource", "stage"])["hours_per_unit"]
        .sum()
        .reset_index()
    )
    routing["hours_per_unit"] = routing["hours_per_unit"].round(6)
    load = (routing["hours_per_unit"] * routing["product"].map(demand)).groupby(routing["resource"]).sum()
    centre = locations.set_index("Name").loc[load.index]
    hours = (load / MEAN_UTILISATION).round(4)
    resources = pd.DataFrame(
        {
            "resource": load.index,
            "hours_per_week": hours.to_numpy(),
            "overtime_hours_per_week": (hours * OVERTIME_SHARE).round(4).to_numpy(),
            "overtime_cost_per_hour": (centre["CostRate"] * OVERTIME_RATE).round(4).to_numpy(),
            "outsourcing_cost_per_hour": (centre["CostRate"] * OUTSOURCING_RATE).round(4).to_numpy(),
        }
    )
    nominal = centre["AvailabilityHoursPerWeek"]
    scaled = "; ".join(
        f"{name}: load {load[name]:.1f}, recorded {nominal[name]:g}, used {hours[name]:.1f}"
        for name in load.index
    )
    routed = routing["product"].nunique()
    notes = (
        (
            f"Capacity: {routed} of {demand.size} products have a module with a routing "
            f"({routings['ProductModelID'].nunique()} product models have one); the others use no hours. "
            "Hours per unit are labour hours plus set-up hours over the lot."
        ),
        (
            "Capacity: recorded hours per week are nominal. They are scaled per work centre to a mean "
            f"utilisation of {MEAN_UTILISATION:.0%} (hours per week): {scaled}."
        ),
        f"Capacity: {moved} routing step on Paint Storage, a store without hours, is taken as Paint."
        if moved == 1
        else f"Capacity: {moved} routing steps on Paint Storage, a store without hours, are taken as Paint.",
        (
            f"Capacity, assumed: overtime up to {OVERTIME_SHARE:.0%} of the hours at {OVERTIME_RATE:g} "
            f"times the cost rate, outsourcing at {OUTSOURCING_RATE:g} times. {FINAL_ASSEMBLY} is the "
            "stage assemble, all else make."
        ),
    )
    return CapacityTables(resources=resources, routing=routing, notes=notes)
