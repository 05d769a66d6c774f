"""The AdventureWorks files: what is read of them, and what must hold between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.scenario.importers.source import SourceTable

if TYPE_CHECKING:
    import pandas as pd

TABLES = {
    "items": SourceTable(
        file="products.csv",
        columns={
            "ProductID": "text", "ProductNumber": "text", "Name": "text", "Category": "text",
            "Subcategory": "text", "ProductModelID": "number", "MakeFlag": "number",
            "DaysToManufacture": "number", "StandardCost": "number", "ListPrice": "number",
        },
        required=frozenset(
            ("ProductID", "ProductNumber", "MakeFlag", "DaysToManufacture", "StandardCost", "ListPrice")
        ),
    ),
    "edges": SourceTable(
        file="bom_edges.csv",
        columns={"assembly_id": "text", "component_id": "text", "qty": "number", "current": "number"},
        required=frozenset(("assembly_id", "component_id", "qty", "current")),
    ),
    "sales": SourceTable(
        file="sales_lines.csv.gz",
        columns={
            "channel": "text", "customer": "text", "order_date": "date", "due_date": "date",
            "qty": "number", "unit_price": "number", "product_id": "text",
        },
        required=frozenset(("order_date", "qty", "product_id")),
    ),
    "vendors": SourceTable(
        file="ProductVendor.csv",
        separator="\t",
        headings=(
            "ProductID", "VendorID", "AverageLeadTime", "StandardPrice", "LastCost", "LastDate",
            "MinOrderQty", "MaxOrderQty", "OnOrderQty", "Unit", "Modified",
        ),
        columns={
            "ProductID": "text", "AverageLeadTime": "number", "StandardPrice": "number",
            "MinOrderQty": "number",
        },
        required=frozenset(("ProductID", "AverageLeadTime")),
    ),
}  # fmt: skip
CAPACITY_TABLES = {
    "locations": SourceTable(
        file="locations.csv",
        columns={
            "LocationID": "text", "Name": "text", "CostRate": "number", "AvailabilityHoursPerWeek": "number",
        },
        required=frozenset(("LocationID", "Name", "CostRate", "AvailabilityHoursPerWeek")),
    ),
    "routings": SourceTable(
        file="routings.csv",
        columns={
            "ProductModelID": "number", "LocationID": "text", "labor_hours": "number",
            "setup_hours": "number", "lot_size": "number",
        },
        required=frozenset(("ProductModelID", "LocationID")),
    ),
}  # fmt: skip


def check_source(read: dict[str, pd.DataFrame]) -> None:
    """Raise one EngineError with everything that does not fit together."""
    items, edges, sales = read["items"], read["edges"], read["sales"]
    faults: list[str] = []
    for column in ("ProductID", "ProductNumber"):
        doubled = items.loc[items[column].duplicated(), column].unique()
        faults.extend(f"products.csv: {column} {value} stands twice; keep one row" for value in doubled)
    keys = set(items["ProductID"])
    for file, column, values in (
        ("bom_edges.csv", "assembly_id", edges["assembly_id"]),
        ("bom_edges.csv", "component_id", edges["component_id"]),
        ("sales_lines.csv.gz", "product_id", sales["product_id"]),
    ):
        strange = sorted(set(values) - keys)
        faults.extend(f"{file}: {column} {value} is not a ProductID of products.csv" for value in strange)
    current = edges[edges["current"] == 1]
    twice = current[current.duplicated(["assembly_id", "component_id"])]
    pairs = zip(twice["assembly_id"], twice["component_id"], strict=True)
    faults.extend(f"bom_edges.csv: {top} holds {part} twice in current rows; keep one" for top, part in pairs)
    bikes = items[items["Category"] == "Bikes"]
    faults.extend(
        f"products.csv: {name}: StandardCost must be above 0"
        for name in bikes.loc[bikes["StandardCost"] <= 0, "ProductNumber"]
    )
    if faults:
        raise EngineError("\n".join(faults))
