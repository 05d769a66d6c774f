"""A scenario written as Odoo exports it: products shown by reference, rows of a record below each other."""

import pandas as pd

ON_ORDER = "Replenish on Order (MTO)"
# Columns that the exports hold; the others are answered.
IN_ODOO = {
    "products": ("name", "family", "unit_cost", "price", "assembly_days", "current_strategy", "lead_time_target_days"),
    "components": ("name", "unit_cost", "lead_time_days"),
    "routing": ("hours_per_unit",),
}
TECHNICAL = {
    "Internal Reference": "default_code", "Name": "name", "Product Category": "categ_id", "Cost": "standard_price",
    "Sales Price": "list_price", "Routes": "route_ids", "Customer Lead Time": "sale_delay",
    "Vendors/Delivery Lead Time": "seller_ids/delay", "Product": "product_tmpl_id", "Quantity": "product_qty",
    "Manufacturing Lead Time": "produce_delay", "BoM Lines/Component": "bom_line_ids/product_id",
    "BoM Lines/Quantity": "bom_line_ids/product_qty", "Operations/Work Center": "operation_ids/workcenter_id",
    "Operations/Duration": "operation_ids/time_cycle_manual",
}  # fmt: skip
# What one bill makes.
PER_BILL = 4.0


def odoo_tables(scenario):
    """Exports by file stem, with the headings of an export for people."""
    goods, parts = scenario.products, scenario.components
    today = goods.set_index("product")["current_strategy"]
    users = scenario.bom.groupby("component")["product"].agg(lambda names: {today[name] for name in names})
    shown = {row.product: f"[{row.product}] {row.name}" for row in goods[["product", "name"]].itertuples(index=False)}
    shown |= {row.component: f"[{row.component}] {row.name}"
              for row in parts[["component", "name"]].itertuples(index=False)}  # fmt: skip
    ordered = [*(name in ("ATO", "MTO") for name in goods["current_strategy"]),
               *("MTO" in users[name] and "ATO" not in users[name] for name in parts["component"])]  # fmt: skip
    products = {
        "Internal Reference": [*goods["product"], *parts["component"]], "Name": [*goods["name"], *parts["name"]],
        "Product Category": [*goods["family"], *["All"] * len(parts)],
        "Cost": [*goods["unit_cost"], *parts["unit_cost"]], "Sales Price": [*goods["price"], *[0.0] * len(parts)],
        "Routes": [f"Manufacture, {ON_ORDER}" if one else "Manufacture" for one in ordered],
        "Customer Lead Time": [*goods["lead_time_target_days"], *[0.0] * len(parts)],
        "Vendors/Delivery Lead Time": [*[0.0] * len(goods), *parts["lead_time_days"]],
    }  # fmt: skip
    rows = []
    for product, days in zip(goods["product"], goods["assembly_days"], strict=True):
        lines = scenario.bom[scenario.bom["product"] == product][["component", "quantity"]].to_numpy().tolist()
        work = scenario.routing[scenario.routing["product"] == product][["resource", "hours_per_unit"]]
        steps = work.to_numpy().tolist()
        for k in range(max(len(lines), len(steps))):
            first = (shown[product], PER_BILL, days) if k == 0 else ("", None, None)
            part, quantity = lines[k] if k < len(lines) else ("", None)
            centre, hours = steps[k] if k < len(steps) else ("", None)
            rows.append((*first, shown.get(part, ""), None if quantity is None else PER_BILL * quantity, centre,
                         None if hours is None else 60.0 * hours))  # fmt: skip
    heads = ("Product", "Quantity", "Manufacturing Lead Time", "BoM Lines/Component", "BoM Lines/Quantity",
             "Operations/Work Center", "Operations/Duration")  # fmt: skip
    return {"Product (product.template)": pd.DataFrame(products),
            "Bill of Material (mrp.bom)": pd.DataFrame(rows, columns=list(heads))}  # fmt: skip


def write_workbooks(folder, tables):
    """As Odoo's xlsx, headings for people."""
    folder.mkdir()
    for name, frame in tables.items():
        frame.to_excel(folder / f"{name}.xlsx", index=False)


def write_csv(folder, tables):
    """As Odoo's CSV that can be imported again, technical headings."""
    folder.mkdir()
    for name, frame in tables.items():
        frame.rename(columns=TECHNICAL).to_csv(folder / f"{name}.csv", index=False)
